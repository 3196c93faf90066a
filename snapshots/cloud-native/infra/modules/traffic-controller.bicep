// Part of agcgen, the same for every system.

metadata name = 'Traffic controller'
metadata description = 'Application Gateway for Containers: its frontends, its place in the network, and its logs.'

@description('Name of the traffic controller.')
@minLength(1)
@maxLength(64)
param name string

@description('Names of the frontends: every one has a host name, and one Gateway listens on it.')
@minLength(1)
@maxLength(5)
param frontendNames string[]

@description('Region of the resources.')
param location string

@description('Tags of the resources.')
param tags { *: string }

@description('Resource id of the delegated subnet.')
param subnetId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Which logs are kept. audit: requests, and what the firewall said of them.')
param diagnostics 'all' | 'audit' | 'none'

@description('A frontend.')
@export()
type frontendType = {
  @description('Name of the frontend.')
  name: string
  @description('Host name that clients, or a CNAME record, reach it by.')
  hostName: string
}

var auditLogs = [
  { category: 'TrafficControllerAccessLog', enabled: true }
  { category: 'TrafficControllerFirewallLog', enabled: true }
]

resource trafficController 'Microsoft.ServiceNetworking/trafficControllers@2026-03-01' = {
  name: name
  location: location
  tags: tags
}

// The traffic controller takes one change at a time: one frontend after the other, then the association.
@batchSize(1)
resource frontends 'Microsoft.ServiceNetworking/trafficControllers/frontends@2026-03-01' = [
  for frontendName in frontendNames: {
    parent: trafficController
    name: frontendName
    location: location
    tags: tags
    properties: {
      // Written though it is the default: a frontend deployed again without it was refused in 2026.
      publicNetworkAccess: 'Enabled'
    }
  }
]

resource association 'Microsoft.ServiceNetworking/trafficControllers/associations@2026-03-01' = {
  parent: trafficController
  name: 'association'
  location: location
  tags: tags
  properties: {
    associationType: 'subnets'
    subnet: {
      id: subnetId
    }
  }
  dependsOn: [frontends]
}

resource trafficControllerLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (diagnostics != 'none') {
  name: 'log-analytics'
  scope: trafficController
  properties: {
    workspaceId: workspaceId
    logs: diagnostics == 'all' ? [{ categoryGroup: 'allLogs', enabled: true }] : auditLogs
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

@description('Resource id of the traffic controller.')
output id string = trafficController.id

@description('The frontends, in the order of their names in the parameters.')
output frontends frontendType[] = [
  for (frontendName, index) in frontendNames: {
    name: frontendName
    hostName: frontends[index].properties.fqdn
  }
]
