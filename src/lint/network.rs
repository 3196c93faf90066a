//! Address ranges and regions.

use crate::catalog::{network as facts, regions};
use crate::diagnostic::{Code, Findings};
use crate::kinds::Kind;
use crate::model::{Cidr, Cluster, CniMode, Model, NetworkPolicyEngine, Origin};

/// Judges every cluster's network, and the region.
pub(super) fn lint(model: &Model, found: &mut Findings) {
    for cluster in &model.clusters {
        gateway_subnet(cluster, found);
        overlaps(cluster, found);
        capacity(cluster, found);
        if cluster.cni.policy == NetworkPolicyEngine::Azure {
            found
                .report(
                    Code::AGC0305,
                    cluster.cni.origin.span,
                    "Azure's network policy manager is being retired",
                )
                .label("`policy: azure`")
                .help("use `policy: cilium`; changing it later replaces the data plane of the cluster");
        }
    }
    region(model, found);
}

/// What the region does not have, as far as is known.
fn region(model: &Model, found: &mut Findings) {
    let Some(region) = regions::find(&model.azure.location) else {
        return;
    };
    if !region.zones {
        for resource in &model.resources {
            if let Kind::Storage(storage) = &resource.kind
                && storage.lacks_zones
                && resource.is_made()
            {
                found
                    .report(
                        Code::AGC0512,
                        resource.origin.span,
                        format!(
                            "`{}` is kept in one data centre: {} is not known to have zones",
                            resource.key, model.azure.location
                        ),
                    )
                    .label(format!("`{}` by default here", storage.sku))
                    .help(
                        "write `sku: Standard_GRS` for a copy in a second region too, or `sku: Standard_LRS` to keep it so",
                    );
            }
            let size = match &resource.kind {
                Kind::Storage(storage) if storage.sku.ends_with("ZRS") => Some(storage.sku.clone()),
                Kind::Sql(sql) if sql.databases.iter().any(|database| database.zone_redundant) => {
                    Some("zoneRedundant".to_owned())
                }
                _ => None,
            };
            if let Some(size) = size.filter(|_| resource.is_made()) {
                found
                    .report(
                        Code::AGC0512,
                        resource.origin.span,
                        format!(
                            "`{}` is to be kept in zones, and {} is not known to have any",
                            resource.key, model.azure.location
                        ),
                    )
                    .label(size)
                    .help("choose a size without zones, or another region");
            }
        }
    }
    if regions::WITHOUT_PAIR.contains(&region.name) {
        for resource in model.resources.iter().filter(|resource| resource.is_made()) {
            let Kind::Storage(storage) = &resource.kind else {
                continue;
            };
            if matches!(storage.sku.as_str(), "Standard_GRS" | "Standard_GZRS") {
                found
                    .report(
                        Code::AGC0512,
                        resource.origin.span,
                        format!(
                            "`{}` is to have a copy in a second region, and {} has no pair",
                            resource.key, region.name
                        ),
                    )
                    .label(&storage.sku)
                    .help("choose `sku: Standard_ZRS`, or another region");
            }
        }
    }
    if !region.gateway {
        let known: Vec<&str> = regions::REGIONS
            .iter()
            .filter(|region| region.gateway)
            .map(|region| region.name)
            .collect();
        found
            .report(
                Code::AGC0306,
                model.azure.origin.span,
                format!("Application Gateway for Containers was not offered in {} when this agcgen was made", model.azure.location),
            )
            .label(format!("not in the list of {}", regions::GATEWAY_LIST))
            .help(format!("check whether it is now, or use one of: {}", known.join(", ")));
    }
}

fn gateway_subnet(cluster: &Cluster, found: &mut Findings) {
    let subnet = &cluster.network.gateway;
    let wanted = facts::GATEWAY_SUBNET_PREFIX;
    let prefix = subnet.prefix.prefix;
    let (wrong, rule) = match cluster.cni.mode {
        CniMode::Overlay { .. } => (
            prefix != wanted,
            format!("exactly /{wanted} with an overlay network"),
        ),
        CniMode::Flat => (
            prefix > wanted,
            format!("/{wanted} or larger with a flat network"),
        ),
    };
    if wrong {
        let right = Cidr {
            address: subnet.prefix.address,
            prefix: wanted,
        }
        .aligned();
        found
            .report(
                Code::AGC0302,
                subnet.origin.span,
                format!("the gateway's subnet must be {rule}"),
            )
            .label(subnet.prefix.to_string())
            .help(format!("write `{right}`; Azure says `extensionIPRange prefix length too short`, or misses 500 addresses"));
    }
}

fn overlaps(cluster: &Cluster, found: &mut Findings) {
    let network = &cluster.network;
    let mut ranges: Vec<(String, Cidr, &Origin)> = Vec::new();
    for range in &network.address_space {
        ranges.push(("the network".to_owned(), *range, &network.origin));
    }
    if let CniMode::Overlay { pod_cidr } = cluster.cni.mode {
        ranges.push((
            "the range of the pods".to_owned(),
            pod_cidr,
            &cluster.cni.pod_origin,
        ));
    }
    ranges.push((
        "the range of the Services".to_owned(),
        cluster.cni.service_cidr,
        &cluster.cni.service_origin,
    ));
    for (index, (what, range, origin)) in ranges.iter().enumerate() {
        for (other, other_range, other_origin) in &ranges[..index] {
            if range.overlaps(*other_range) {
                let message = format!("{what} ({range}) overlaps {other} ({other_range})");
                let mut places = [(origin, range), (other_origin, other_range)];
                // What somebody wrote comes before a default.
                places.sort_by_key(|(origin, _)| !origin.stated);
                let [(here, range), (there, other_range)] = places;
                found
                    .report(Code::AGC0303, here.span, message)
                    .label(range.to_string())
                    .related(there.span, other_range.to_string())
                    .help("choose ranges that share no address");
            }
        }
    }
    let services = cluster.cni.service_cidr;
    if !facts::SERVICE_PREFIX.contains(&services.prefix) {
        found
            .report(
                Code::AGC0303,
                cluster.cni.service_origin.span,
                format!("AKS takes no range of Services like {services}"),
            )
            .label(format!(
                "/{} to /{}",
                facts::SERVICE_PREFIX.start(),
                facts::SERVICE_PREFIX.end()
            ))
            .help("leave `cluster.cni.serviceCidr` out, or write `172.16.0.0/16`");
    }
    for (reserved, why) in facts::RESERVED_RANGES
        .iter()
        .filter_map(|(text, why)| Some((Cidr::parse(text)?, why)))
    {
        for (what, range, origin) in &ranges {
            if range.overlaps(reserved) {
                found
                    .report(
                        Code::AGC0303,
                        origin.span,
                        format!("{what} ({range}) shares addresses with {reserved}, which {why}"),
                    )
                    .label(range.to_string())
                    .help("choose a range that shares no address with it");
            }
        }
    }
    let subnets = [("nodes", &network.nodes), ("gateway", &network.gateway)];
    for (name, subnet) in subnets {
        if !network
            .address_space
            .iter()
            .any(|range| range.contains(subnet.prefix))
        {
            found
                .report(
                    Code::AGC0303,
                    subnet.origin.span,
                    format!(
                        "the subnet `{name}` ({}) is outside the network",
                        subnet.prefix
                    ),
                )
                .label(subnet.prefix.to_string())
                .related(network.origin.span, "the network")
                .help("choose a range inside `network.addressSpace`");
        }
    }
    if network.nodes.prefix.overlaps(network.gateway.prefix) {
        found
            .report(
                Code::AGC0303,
                network.gateway.origin.span,
                format!(
                    "the subnets overlap: {} and {}",
                    network.gateway.prefix, network.nodes.prefix
                ),
            )
            .label("the gateway's")
            .related(network.nodes.origin.span, "the nodes'")
            .help("choose ranges that share no address");
    }
    if network
        .nodes
        .name
        .eq_ignore_ascii_case(&network.gateway.name)
    {
        found
            .report(
                Code::AGC0104,
                network.gateway.origin.span,
                format!("both subnets would be called `{}`", network.gateway.name),
            )
            .related(network.nodes.origin.span, "the other")
            .help("give one of them another `azureName`");
    }
}

/// Whether nodes, the nodes that an upgrade adds, and with a flat network their pods find an address.
fn capacity(cluster: &Cluster, found: &mut Findings) {
    let nodes = u64::from(cluster.nodes.count + cluster.nodes.count.div_ceil(facts::SURGE_DIVISOR));
    let subnet = &cluster.network.nodes;
    // A range that nobody wrote is not what is wrong.
    let scarce = |range: &Origin| {
        let count = &cluster.nodes.count_origin;
        if range.stated { range.span } else { count.span }
    };
    let each = match cluster.cni.mode {
        CniMode::Overlay { .. } => 1,
        CniMode::Flat => 1 + u64::from(cluster.nodes.max_pods),
    };
    let needed = nodes * each + facts::RESERVED_ADDRESSES;
    if needed > subnet.prefix.size() {
        found
            .report(
                Code::AGC0304,
                scarce(&subnet.origin),
                format!(
                    "the nodes' subnet has {} addresses and needs {needed}",
                    subnet.prefix.size()
                ),
            )
            .label(format!(
                "{nodes} nodes during an upgrade, {each} addresses each"
            ))
            .help(
                "make the subnet larger, or use fewer nodes; it cannot grow once nodes are in it",
            );
    }
    if let CniMode::Overlay { pod_cidr } = cluster.cni.mode {
        let room = if pod_cidr.prefix > facts::OVERLAY_NODE_PREFIX {
            0
        } else {
            1_u64 << (facts::OVERLAY_NODE_PREFIX - pod_cidr.prefix)
        };
        if nodes > room {
            found
                .report(
                    Code::AGC0304,
                    scarce(&cluster.cni.pod_origin),
                    format!("the range of the pods ({pod_cidr}) has room for {room} nodes and needs {nodes}"),
                )
                .label("each node takes a /24")
                .help("make `cluster.cni.podCidr` larger, or use fewer nodes");
        }
    }
}
