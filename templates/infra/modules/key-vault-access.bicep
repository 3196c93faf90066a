// Part of agcgen, the same for every system.

metadata name = 'Access to an existing key vault'
metadata description = 'Lets an identity read or write secrets of a vault that is not of this system. Deployed to the resource group of the vault.'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('Name of the secret; without it every secret of the vault.')
@minLength(1)
@maxLength(127)
param secretName string?

@description('read: read values; write: read, set and delete them.')
param access 'read' | 'write'

@description('Resource id of the identity.')
param identityId string

@description('Object id of the identity.')
param principalId string

@description('Who does what with it, as a sentence.')
param reason string

var keyVaultSecretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)
var keyVaultSecretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
)
var role = access == 'read' ? keyVaultSecretsUser : keyVaultSecretsOfficer

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName

  resource secret 'secrets' existing = if (secretName != null) {
    name: secretName ?? 'none'
  }
}

resource vaultRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (secretName == null) {
  name: guid(vault.id, identityId, role)
  scope: vault
  properties: {
    description: reason
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role
  }
}

resource secretRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (secretName != null) {
  name: guid(vault::secret.id, identityId, role)
  scope: vault::secret
  properties: {
    description: reason
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role
  }
}
