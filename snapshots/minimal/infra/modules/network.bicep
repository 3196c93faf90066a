// Part of agcgen, the same for every system.

metadata name = 'Network'
metadata description = 'The virtual network: one subnet for the nodes, one for Application Gateway for Containers.'

@description('Name of the virtual network.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the resources.')
param location string

@description('Tags of the resources.')
param tags { *: string }

@description('Address ranges of the network, in CIDR notation.')
@minLength(1)
param addressSpace string[]

@description('The two subnets.')
param subnets subnetsType

@description('Ports that the gateway listens on.')
@minLength(1)
param listenerPorts string[]

@description('The two subnets of the network.')
type subnetsType = {
  @description('For the nodes; with a flat network every pod takes one of its addresses too.')
  nodes: subnetType
  @description('For Application Gateway for Containers alone, which it is delegated to.')
  gateway: subnetType
}

@description('A subnet.')
type subnetType = {
  @description('Name of the subnet.')
  @minLength(1)
  @maxLength(76)
  name: string
  @description('Its address range, in CIDR notation.')
  prefix: string
}

resource nodeSecurityGroup 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'nsg-${subnets.nodes.name}'
  location: location
  tags: tags
}

resource gatewaySecurityGroup 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'nsg-${subnets.gateway.name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-clients'
        properties: {
          description: 'Clients reach the listeners of the gateway.'
          direction: 'Inbound'
          access: 'Allow'
          priority: 100
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: listenerPorts
        }
      }
    ]
  }
}

// Without `subnets`: a network that lists them deletes every other one, while one that says nothing of them leaves them
// alone since version 2023-11-01 of the API (Azure/bicep-types-az#1687, 2024-04). So a subnet that somebody adds stays.
resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: addressSpace
    }
  }
}

resource nodeSubnet 'Microsoft.Network/virtualNetworks/subnets@2026-03-01' = {
  parent: network
  name: subnets.nodes.name
  properties: {
    addressPrefix: subnets.nodes.prefix
    networkSecurityGroup: {
      id: nodeSecurityGroup.id
    }
    // Storage accounts, SQL servers and key vaults let this subnet in and nobody else.
    serviceEndpoints: [
      { service: 'Microsoft.KeyVault' }
      { service: 'Microsoft.Sql' }
      { service: 'Microsoft.Storage' }
    ]
  }
}

resource gatewaySubnet 'Microsoft.Network/virtualNetworks/subnets@2026-03-01' = {
  parent: network
  name: subnets.gateway.name
  properties: {
    addressPrefix: subnets.gateway.prefix
    networkSecurityGroup: {
      id: gatewaySecurityGroup.id
    }
    delegations: [
      {
        name: 'traffic-controllers'
        properties: {
          serviceName: 'Microsoft.ServiceNetworking/trafficControllers'
        }
      }
    ]
  }
  // A network takes one change at a time and may refuse the second: AnotherOperationInProgress (Azure/bicep issue 5132, 2021-11).
  dependsOn: [nodeSubnet]
}

@description('Resource id of the subnet for nodes.')
output nodeSubnetId string = nodeSubnet.id

@description('Resource id of the subnet for Application Gateway for Containers.')
output gatewaySubnetId string = gatewaySubnet.id
