// Part of agcgen, the same for every system.

metadata name = 'Key vault'
metadata description = 'A key vault governed by Azure roles, open to the nodes of the cluster only.'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Region of the vault.')
param location string

@description('Tags of the vault.')
param tags { *: string }

@description('Its tier, and how what was deleted is kept.')
param settings keyVaultSettingsType

@description('Resource id of the subnet for nodes.')
param nodeSubnetId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Which logs are kept. audit: who asked for what.')
param diagnostics 'all' | 'audit' | 'none'

@description('What may differ between environments in a key vault.')
@export()
type keyVaultSettingsType = {
  @description('Price tier; premium keeps keys in hardware.')
  sku: 'premium' | 'standard'
  @description('Whether nobody may purge what was deleted before its time is over. It cannot be taken back.')
  purgeProtection: bool
  @description('How long what was deleted can be brought back, in days. It cannot be changed later.')
  @minValue(7)
  @maxValue(90)
  softDeleteDays: int
}

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: settings.sku
    }
    enableRbacAuthorization: true
    // Azure refuses false: what is not to be protected leaves the property out.
    enablePurgeProtection: settings.purgeProtection ? true : null
    softDeleteRetentionInDays: settings.softDeleteDays
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: [
        { id: nodeSubnetId }
      ]
    }
  }
}

resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (diagnostics != 'none') {
  name: 'log-analytics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      { categoryGroup: diagnostics == 'all' ? 'allLogs' : 'audit', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}
