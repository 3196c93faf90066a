// Part of agcgen, the same for every system.

metadata name = 'Storage account'
metadata description = 'A storage account without keys, open to the nodes of the cluster only.'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Names of its blob containers.')
param containers string[]

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags { *: string }

@description('How many copies are kept, and how long what was deleted or overwritten.')
param settings storageSettingsType

@description('Resource id of the subnet for nodes.')
param nodeSubnetId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Which logs of the blobs are kept. audit: who read, wrote and deleted what.')
param diagnostics 'all' | 'audit' | 'none'

@description('What may differ between environments in a storage account.')
@export()
type storageSettingsType = {
  @description('Copies: in one data centre (LRS), in the zones of a region (ZRS), and in a second region (G).')
  sku: 'Standard_GRS' | 'Standard_GZRS' | 'Standard_LRS' | 'Standard_ZRS'
  @description('How long deleted blobs and containers can be brought back, in days.')
  @minValue(1)
  @maxValue(365)
  softDeleteDays: int
  @description('Whether a blob that is overwritten keeps its earlier versions.')
  versioning: bool
}

var auditLogs = [
  { category: 'StorageDelete', enabled: true }
  { category: 'StorageRead', enabled: true }
  { category: 'StorageWrite', enabled: true }
]

resource account 'Microsoft.Storage/storageAccounts@2026-09-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: settings.sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: [
        { id: nodeSubnetId }
      ]
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: settings.versioning
      deleteRetentionPolicy: {
        enabled: true
        days: settings.softDeleteDays
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: settings.softDeleteDays
      }
    }

    resource container 'containers' = [
      for container in containers: {
        name: container
      }
    ]
  }
}

// On the blob service: the account itself has metrics only.
resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (diagnostics != 'none') {
  name: 'log-analytics'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: diagnostics == 'all' ? [{ categoryGroup: 'allLogs', enabled: true }] : auditLogs
    metrics: [
      { category: 'Transaction', enabled: true }
    ]
  }
}
