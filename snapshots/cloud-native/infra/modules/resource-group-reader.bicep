// Part of agcgen, the same for every system.

metadata name = 'Reader of a resource group'
metadata description = 'Lets an identity read the resource group that this module is deployed to.'

@description('What makes the name of the role assignment unique: the resource id of the identity.')
param holder string

@description('Object id of the identity.')
param principalId string

@description('Why it reads the resource group, as a sentence.')
param reason string

var reader = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, holder, reader)
  properties: {
    description: reason
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: reader
  }
}
