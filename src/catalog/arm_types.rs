//! Types of what every system has in Azure, as ARM calls them. Those of the kinds of resources stand with the kinds.
//!
//! Source: the type data of Bicep 0.49.2, 2026-11.

/// Log Analytics workspace.
pub const WORKSPACE: &str = "Microsoft.OperationalInsights/workspaces";
/// Data collection rule.
pub const COLLECTION_RULE: &str = "Microsoft.Insights/dataCollectionRules";
/// Virtual network.
pub const NETWORK: &str = "Microsoft.Network/virtualNetworks";
/// Subnet.
pub const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
/// Network security group.
pub const SECURITY_GROUP: &str = "Microsoft.Network/networkSecurityGroups";
/// AKS cluster.
pub const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
/// Application Gateway for Containers.
pub const TRAFFIC_CONTROLLER: &str = "Microsoft.ServiceNetworking/trafficControllers";
/// Association of a traffic controller with its subnet.
pub const ASSOCIATION: &str = "Microsoft.ServiceNetworking/trafficControllers/associations";
/// Frontend of a traffic controller.
pub const FRONTEND: &str = "Microsoft.ServiceNetworking/trafficControllers/frontends";
/// User-assigned managed identity.
pub const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
