// Part of agcgen, the same for every system.

metadata name = 'Access to the gateway subnet'
metadata description = 'Lets the ALB Controller add-on join traffic controllers to the subnet. AKS itself gives it its roles on the resource group of the nodes.'

@description('Name of the cluster whose add-on it is.')
param clusterName string

@description('Object id of the identity that the ALB Controller add-on acts as.')
param principalId string

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

resource joinsGatewaySubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  // AKS makes the identity, so its id is not known when names are decided; the cluster has one such identity.
  name: guid(gatewaySubnet.id, clusterName, networkContributor)
  scope: gatewaySubnet
  properties: {
    description: 'The ALB Controller joins traffic controllers to the subnet.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: networkContributor
  }
}
