// Part of agcgen, the same for every system.

metadata name = 'Collection rule'
metadata description = 'What is collected from the containers of the cluster, and the workspace that it goes to.'

@description('Name of the rule.')
@minLength(1)
@maxLength(64)
param name string

@description('Region of the rule.')
param location string

@description('Tags of the rule.')
param tags { *: string }

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

var containerInsights = 'Microsoft-ContainerInsights-Group-Default'

resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: name
  location: location
  tags: tags
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: [containerInsights]
          extensionSettings: {
            dataCollectionSettings: {
              interval: '1m'
              namespaceFilteringMode: 'Off'
              enableContainerLogV2: true
            }
          }
        }
      ]
    }
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspaceId
        }
      ]
    }
    dataFlows: [
      {
        streams: [containerInsights]
        destinations: ['workspace']
      }
    ]
  }
}

@description('Resource id of the rule.')
output id string = rule.id
