// Part of agcgen, the same for every system.

metadata name = 'Federated credential'
metadata description = 'Lets a service account of the cluster act as an identity.'

@description('Name of the credential.')
@minLength(3)
@maxLength(120)
param name string

@description('Name of the identity.')
@minLength(3)
@maxLength(128)
param identityName string

@description('Who signs the tokens of the service accounts: the issuer of the cluster.')
param oidcIssuerUrl string

@description('Namespace of the service account.')
param namespace string

@description('Name of the service account.')
param serviceAccount string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = {
  parent: identity
  name: name
  properties: {
    issuer: oidcIssuerUrl
    subject: 'system:serviceaccount:${namespace}:${serviceAccount}'
    audiences: ['api://AzureADTokenExchange']
  }
}
