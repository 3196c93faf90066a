// Part of agcgen, the same for every system.

metadata name = 'Key vault secret'
metadata description = 'One secret of a key vault.'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('Name of the secret.')
@minLength(1)
@maxLength(127)
param name string

@description('Value of the secret.')
@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = {
  parent: vault
  name: name
  properties: {
    value: value
  }
}
