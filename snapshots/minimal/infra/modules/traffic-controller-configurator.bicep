// Part of agcgen, the same for every system.

metadata name = 'Configurator of traffic controllers'
metadata description = 'Lets the ALB Controller configure the traffic controllers of the resource group that this module is deployed to.'

@description('What makes the name of the role assignment unique: the identity\'s resource id, or the name of the cluster whose add-on it is.')
param holder string

@description('Object id of the identity that the ALB Controller acts as.')
param principalId string

// AppGw for Containers Configuration Manager.
var configurationManager = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'fbc52c3f-28ad-4303-a892-8a056630b8f1'
)

// At the resource group: that the role is enough at a single traffic controller is not documented.
resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, holder, configurationManager)
  properties: {
    description: 'The ALB Controller configures the traffic controllers of this resource group.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: configurationManager
  }
}
