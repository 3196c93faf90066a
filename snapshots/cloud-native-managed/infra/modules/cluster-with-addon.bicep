// Part of agcgen, the same for every system.

metadata name = 'Cluster'
metadata description = 'The AKS cluster: who runs it, who may administer it, how it is upgraded and what it reports.'

@description('Name of the cluster.')
@minLength(1)
@maxLength(63)
param name string

@description('First part of the host name of the API server.')
@minLength(1)
@maxLength(54)
param dnsPrefix string

@description('Name of the identity that the control plane acts as.')
@minLength(3)
@maxLength(128)
param identityName string

@description('Name of the resource group that AKS makes for the nodes.')
@minLength(1)
@maxLength(80)
param nodeResourceGroup string

@description('Region of the resources.')
param location string

@description('Tags of the resources.')
param tags { *: string }

@description('Minor version of Kubernetes; AKS chooses and upgrades the patch.')
param version string

@description('Price tier: Standard and Premium come with an uptime commitment.')
param tier tierType

@description('The node pool.')
param nodes nodesType

@description('How pods get addresses and who may talk to whom.')
param networking networkingType

@description('Name of the virtual network.')
param networkName string

@description('Name of the subnet for nodes.')
param nodeSubnetName string

@description('Resource id of the subnet for nodes.')
param nodeSubnetId string

@description('Who may do everything in the cluster.')
param administrators administratorType[]

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the rule that says what is collected from containers.')
param collectionRuleId string

@description('Which logs of the control plane are kept.')
param diagnostics 'all' | 'audit' | 'none'

@description('Price tier of a cluster.')
@export()
type tierType = 'Free' | 'Standard' | 'Premium'

@description('A node pool.')
@export()
type nodesType = {
  @description('Size of the virtual machines.')
  size: string
  @description('How many there are.')
  @minValue(1)
  @maxValue(1000)
  count: int
  @description('Availability zones that they are spread over; none where the region has none.')
  zones: string[]
  @description('Most pods on one node.')
  @minValue(10)
  @maxValue(250)
  maxPods: int
}

@description('The network of the cluster, as Azure CNI makes it.')
type networkingType = {
  @description('overlay: pods have addresses of their own range; flat: pods have addresses of the node subnet.')
  mode: 'flat' | 'overlay'
  @description('What enforces network policies. With cilium it is the data plane too.')
  policy: 'azure' | 'calico' | 'cilium' | 'none'
  @description('Address range of the pods, in CIDR notation; only with overlay.')
  podCidr: string?
  @description('Address range of the services, in CIDR notation.')
  serviceCidr: string
  @description('Address of the DNS service, in the range of the services.')
  dnsServiceIp: string
}

@description('A user, group or service principal of the tenant.')
@export()
type administratorType = {
  @description('Object id.')
  @minLength(36)
  @maxLength(36)
  objectId: string
  @description('Kind of principal.')
  type: 'Group' | 'ServicePrincipal' | 'User'
}

var networkContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4d97b98b-1d4f-4787-a291-c67834d212e7'
)
// Azure Kubernetes Service RBAC Cluster Admin.
var clusterAdmin = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'
)
// Azure Kubernetes Service Cluster User Role.
var clusterUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4abbcc35-e782-43d8-92c5-2d3f1bd2253f'
)

// kube-audit is in none of them: kube-audit-admin is the same log without the reads, which are most of its volume.
var auditLogs = ['guard', 'kube-audit-admin']
var operationLogs = [
  'cloud-controller-manager'
  'cluster-autoscaler'
  'kube-apiserver'
  'kube-controller-manager'
  'kube-scheduler'
]

resource nodeSubnet 'Microsoft.Network/virtualNetworks/subnets@2026-03-01' existing = {
  name: '${networkName}/${nodeSubnetName}'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags
}

resource identityJoinsSubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(nodeSubnet.id, identity.id, networkContributor)
  scope: nodeSubnet
  properties: {
    description: 'The control plane joins nodes and load balancers to the subnet.'
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: networkContributor
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2026-08-02-preview' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Base'
    tier: tier
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    dnsPrefix: dnsPrefix
    kubernetesVersion: version
    // Said, because clusters of the tier Premium were put on long-term support where it was not (Azure/AKS#4707, 2024-12).
    supportPlan: 'KubernetesOfficial'
    nodeResourceGroup: nodeResourceGroup
    disableLocalAccounts: true
    enableRBAC: true
    aadProfile: {
      managed: true
      enableAzureRBAC: true
      tenantID: tenant().tenantId
    }
    oidcIssuerProfile: {
      enabled: true
    }
    securityProfile: {
      workloadIdentity: {
        enabled: true
      }
      imageCleaner: {
        enabled: true
        intervalHours: 168
      }
    }
    ingressProfile: {
      applicationLoadBalancer: {
        enabled: true
      }
      gatewayAPI: {
        installation: 'Standard'
      }
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: networking.mode == 'overlay' ? 'overlay' : null
      networkPolicy: networking.policy
      networkDataplane: networking.policy == 'cilium' ? 'cilium' : 'azure'
      podCidr: networking.?podCidr
      serviceCidr: networking.serviceCidr
      dnsServiceIP: networking.dnsServiceIp
      loadBalancerSku: 'standard'
      outboundType: 'loadBalancer'
    }
    agentPoolProfiles: [
      {
        // The only pool: workloads run here too, so it has no taint.
        name: 'system'
        mode: 'System'
        // Without it a new version reaches the control plane alone (Azure/AKS#3087, 2022-07). The same minor again upgrades
        // nothing.
        orchestratorVersion: version
        count: nodes.count
        vmSize: nodes.size
        osType: 'Linux'
        osSKU: 'AzureLinux'
        type: 'VirtualMachineScaleSets'
        availabilityZones: empty(nodes.zones) ? null : nodes.zones
        maxPods: nodes.maxPods
        vnetSubnetID: nodeSubnetId
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
    ]
    addonProfiles: {
      azurepolicy: {
        enabled: true
      }
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
          useAADAuth: 'true'
        }
      }
    }
    autoUpgradeProfile: {
      upgradeChannel: 'patch'
      nodeOSUpgradeChannel: 'NodeImage'
    }
  }
  // Without the role the cluster cannot be created, and nothing else says that the role comes first.
  dependsOn: [identityJoinsSubnet]
}

@batchSize(1)
resource maintenance 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2026-08-02-preview' = [
  for schedule in ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule']: {
    parent: cluster
    name: schedule
    properties: {
      maintenanceWindow: {
        schedule: {
          weekly: {
            dayOfWeek: 'Sunday'
            intervalWeeks: 1
          }
        }
        startTime: '01:00'
        durationHours: 4
        utcOffset: '+00:00'
      }
    }
  }
]

resource administratorsDoEverything 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for administrator in administrators: {
    name: guid(cluster.id, administrator.objectId, clusterAdmin)
    scope: cluster
    properties: {
      description: 'The cluster has no local accounts: this is who may do everything in it.'
      principalId: administrator.objectId
      principalType: administrator.type
      roleDefinitionId: clusterAdmin
    }
  }
]

resource administratorsGetCredentials 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for administrator in administrators: {
    name: guid(cluster.id, administrator.objectId, clusterUser)
    scope: cluster
    properties: {
      description: 'Administrators fetch the kubeconfig, which says where the cluster is and holds no right.'
      principalId: administrator.objectId
      principalType: administrator.type
      roleDefinitionId: clusterUser
    }
  }
]

// The name is fixed: by it the agent on the nodes finds its rule.
resource containerLogs 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'ContainerInsightsExtension'
  scope: cluster
  properties: {
    dataCollectionRuleId: collectionRuleId
  }
}

resource clusterLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (diagnostics != 'none') {
  name: 'log-analytics'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in (diagnostics == 'all' ? concat(auditLogs, operationLogs) : auditLogs): {
        category: category
        enabled: true
      }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

@description('Who signs the tokens of the service accounts.')
output oidcIssuerUrl string = cluster.properties.oidcIssuerProfile.issuerURL

@description('Object id of the identity that the ALB Controller add-on acts as.')
output albControllerPrincipalId string = cluster.properties.ingressProfile.applicationLoadBalancer.identity.objectId
