//! Numbers about networks.

/// Length of the prefix of the subnet that Application Gateway for Containers is associated with: exactly this with an
/// overlay network, this or shorter with a flat one.
///
/// Source: AGC container networking page (2025-08-26) and components page (2026-04-27); AKS issues 5123 and 5170.
pub const GATEWAY_SUBNET_PREFIX: u8 = 24;

/// Addresses that Azure keeps for itself in every subnet. Source: Azure Virtual Network FAQ, as known 2026-11.
pub const RESERVED_ADDRESSES: u64 = 5;

/// Range of the virtual network of a spec that states none.
pub const ADDRESS_SPACE: &str = "10.10.0.0/16";
/// Range of pods of a spec that states none; AKS's own default.
pub const POD_CIDR: &str = "10.244.0.0/16";
/// Range of Services of a spec that states none.
pub const SERVICE_CIDR: &str = "172.16.0.0/16";
/// Length of the prefix of the nodes' subnet of a spec that states none.
pub const NODE_SUBNET_PREFIX: u8 = 20;

/// The nodes' subnet in a network that a spec does not state.
pub const NODE_SUBNET: &str = "10.10.0.0/20";
/// The gateway's subnet in such a network.
pub const GATEWAY_SUBNET: &str = "10.10.16.0/24";

/// Most pods on a node with an overlay network: the most that AKS takes (2026-11).
pub const OVERLAY_MAX_PODS: u32 = 250;
/// Most pods on a node with a flat network: AKS's own default; each takes an address of the subnet.
pub const FLAT_MAX_PODS: u32 = 30;

/// Pods of one node of an overlay network get a /24 of the pod range. Source: AKS overlay page, as known 2026-11.
pub const OVERLAY_NODE_PREFIX: u8 = 24;

/// Nodes that an upgrade adds for a while: a third of the pool, as the cluster's `maxSurge` says, rounded up.
pub const SURGE_DIVISOR: u32 = 3;

/// Ranges that neither pods nor Services nor nodes may use, and why. Sources: AKS's pages on container networking, as known
/// 2026-11; "Plan for IP addressing" of the Cloud Adoption Framework, read 2026-11-29.
pub const RESERVED_RANGES: &[(&str, &str)] = &[
    ("169.254.0.0/16", AKS_ITSELF),
    ("172.30.0.0/16", AKS_ITSELF),
    ("172.31.0.0/16", AKS_ITSELF),
    ("192.0.2.0/24", AKS_ITSELF),
    ("127.0.0.0/8", "is every machine's own"),
    ("168.63.129.16/32", "is Azure's own DNS and health probe"),
    ("224.0.0.0/4", "is for multicast"),
    ("255.255.255.255/32", "is for broadcast"),
];

const AKS_ITSELF: &str = "AKS keeps for itself";

/// Shortest and longest prefix of the range of Services: AKS wants it smaller than a /12, and the DNS service is its
/// tenth address. Source: AKS's pages on container networking, as known 2026-11.
pub const SERVICE_PREFIX: std::ops::RangeInclusive<u8> = 13..=28;
