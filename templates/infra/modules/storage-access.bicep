// Part of agcgen, the same for every system.

metadata name = 'Access to an existing storage account'
metadata description = 'Lets an identity read or write the blobs of an account that is not of this system. Deployed to the resource group of the account.'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Name of the container; without it the whole account.')
@minLength(3)
@maxLength(63)
param container string?

@description('read: read blobs; write: read, write and delete them; own: everything, other principals\' access included.')
param access 'own' | 'read' | 'write'

@description('Resource id of the identity.')
param identityId string

@description('Object id of the identity.')
param principalId string

@description('Who does what with it, as a sentence.')
param reason string

var storageBlobDataOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
)
var storageBlobDataReader = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
)
var storageBlobDataContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
)
var role = access == 'own'
  ? storageBlobDataOwner
  : access == 'read' ? storageBlobDataReader : storageBlobDataContributor

resource account 'Microsoft.Storage/storageAccounts@2026-09-01' existing = {
  name: accountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource data 'containers' existing = if (container != null) {
      name: container ?? 'none'
    }
  }
}

resource accountRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (container == null) {
  name: guid(account.id, identityId, role)
  scope: account
  properties: {
    description: reason
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role
  }
}

resource containerRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (container != null) {
  name: guid(account::blobs::data.id, identityId, role)
  scope: account::blobs::data
  properties: {
    description: reason
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role
  }
}
