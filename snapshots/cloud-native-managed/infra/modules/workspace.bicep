// Part of agcgen, the same for every system.

metadata name = 'Log Analytics workspace'
metadata description = 'The workspace that everything reports to.'

@description('Name of the workspace.')
@minLength(4)
@maxLength(63)
param name string

@description('Region of the workspace.')
param location string

@description('Tags of the workspace.')
param tags { *: string }

@description('How long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param retentionInDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionInDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

@description('Resource id of the workspace.')
output id string = workspace.id
