// Part of agcgen, the same for every system.

metadata name = 'ALB Controller'
metadata description = 'What the ALB Controller acts as when Helm installs it, and the three roles that it needs.'

@description('Name of the identity.')
@minLength(3)
@maxLength(128)
param identityName string

@description('Region of the identity.')
param location string

@description('Tags of the identity.')
param tags { *: string }

@description('Who signs the tokens of the service accounts: the issuer of the cluster.')
param oidcIssuerUrl string

@description('Namespace that the controller runs in.')
param namespace string

@description('Name of the resource group that AKS made for the nodes.')
@minLength(1)
@maxLength(80)
param nodeResourceGroup string

@description('Name of the resource group of the traffic controllers: the nodes\' one where the controller makes them.')
@minLength(1)
@maxLength(90)
param trafficControllerResourceGroup string

@description('Name of the virtual network.')
param networkName string

@description('Name of the subnet for Application Gateway for Containers.')
param gatewaySubnetName string

var networkContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4d97b98b-1d4f-4787-a291-c67834d212e7'
)

resource gatewaySubnet 'Microsoft.Network/virtualNetworks/subnets@2026-03-01' existing = {
  name: '${networkName}/${gatewaySubnetName}'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags

  resource controller 'federatedIdentityCredentials' = {
    name: 'fc-alb-controller'
    properties: {
      issuer: oidcIssuerUrl
      subject: 'system:serviceaccount:${namespace}:alb-controller-sa'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

resource joinsGatewaySubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(gatewaySubnet.id, identity.id, networkContributor)
  scope: gatewaySubnet
  properties: {
    description: 'The ALB Controller joins traffic controllers to the subnet.'
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: networkContributor
  }
}

module configuresTrafficControllers 'traffic-controller-configurator.bicep' = {
  scope: resourceGroup(trafficControllerResourceGroup)
  params: {
    holder: identity.id
    principalId: identity.properties.principalId
  }
}

module readsNodeResourceGroup 'resource-group-reader.bicep' = {
  scope: resourceGroup(nodeResourceGroup)
  params: {
    holder: identity.id
    principalId: identity.properties.principalId
    reason: 'The ALB Controller reads the resource group of the nodes.'
  }
}

@description('Client id of the identity: what the controller is installed with.')
output clientId string = identity.properties.clientId
