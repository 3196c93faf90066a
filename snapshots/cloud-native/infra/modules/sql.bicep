// Part of agcgen, the same for every system.

metadata name = 'SQL server'
metadata description = 'A SQL server without passwords and its databases, open to the nodes of the cluster only.'

@description('Name of the server.')
@minLength(1)
@maxLength(63)
param name string

@description('Name of the identity that administers the server: the job that makes database users runs as it.')
@minLength(3)
@maxLength(128)
param administratorName string

@description('The databases.')
param databases databaseType[]

@description('Region of the resources.')
param location string

@description('Tags of the resources.')
param tags { *: string }

@description('Resource id of the subnet for nodes.')
param nodeSubnetId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Which logs of the databases are kept. audit: who signed in and which statements ran.')
param diagnostics 'all' | 'audit' | 'none'

@description('A database.')
type databaseType = {
  @description('Name of the database.')
  @minLength(1)
  @maxLength(128)
  name: string
  @description('Its size.')
  settings: databaseSettingsType
}

@description('What may differ between environments in a database: its size.')
@export()
type databaseSettingsType = {
  @description('Price tier and cores.')
  sku: {
    @description('Name, such as GP_S_Gen5 (serverless) or GP_Gen5 (provisioned).')
    name: string
    @description('Tier, such as GeneralPurpose.')
    tier: string
    @description('Hardware, such as Gen5.')
    family: string
    @description('Virtual cores; of a serverless database the most that it grows to.')
    @minValue(1)
    @maxValue(128)
    capacity: int
  }
  @description('Fewest virtual cores that a serverless database keeps while it runs, such as 0.5.')
  minCapacity: string?
  @description('Minutes without load before a serverless database pauses; -1: never.')
  @minValue(-1)
  autoPauseMinutes: int?
  @description('Most data that it holds, in bytes.')
  @minValue(104857600)
  maxSizeBytes: int
  @description('Whether its copies stand in different zones of the region.')
  zoneRedundant: bool
}

resource administrator 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: administratorName
  location: location
  tags: tags
}

resource server 'Microsoft.Sql/servers@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      login: administrator.name
      principalType: 'Application'
      sid: administrator.properties.principalId
      tenantId: tenant().tenantId
    }
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  // The only way in: a SQL server without a rule refuses everybody.
  resource nodes 'virtualNetworkRules' = {
    name: 'nodes'
    properties: {
      virtualNetworkSubnetId: nodeSubnetId
    }
  }
}

resource serverDatabases 'Microsoft.Sql/servers/databases@2025-01-01' = [
  for database in databases: {
    parent: server
    name: database.name
    location: location
    tags: tags
    sku: database.settings.sku
    properties: {
      // Bicep has no fractions, so they come as text.
      minCapacity: database.settings.?minCapacity == null ? null : json(database.settings.minCapacity!)
      autoPauseDelay: database.settings.?autoPauseMinutes
      maxSizeBytes: database.settings.maxSizeBytes
      zoneRedundant: database.settings.zoneRedundant
    }
  }
]

resource audits 'Microsoft.Sql/servers/databases/auditingSettings@2025-01-01' = [
  for (database, index) in databases: if (diagnostics != 'none') {
    parent: serverDatabases[index]
    name: 'default'
    properties: {
      state: 'Enabled'
      isAzureMonitorTargetEnabled: true
    }
  }
]

resource databaseLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (database, index) in databases: if (diagnostics != 'none') {
    name: 'log-analytics'
    scope: serverDatabases[index]
    properties: {
      workspaceId: workspaceId
      logs: diagnostics == 'all'
        ? [{ categoryGroup: 'allLogs', enabled: true }]
        : [{ category: 'SQLSecurityAuditEvents', enabled: true }]
      metrics: [
        { category: 'Basic', enabled: true }
      ]
    }
  }
]

@description('Client id of the identity that administers the server.')
output administratorClientId string = administrator.properties.clientId
