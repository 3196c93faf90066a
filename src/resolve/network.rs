//! Address ranges: read, and chosen where the spec states none. Whether they fit together is lint's to judge.

use std::net::Ipv4Addr;

use super::Resolver;
use crate::catalog::{name_rules, network};
use crate::diagnostic::{Code, quoted};
use crate::model::{Cidr, Network, Subnet};
use crate::source::At;
use crate::spec;

impl Resolver<'_> {
    pub(super) fn network(&mut self) -> Option<Network> {
        let at = At::root().key("network");
        let spec = &self.spec.network;
        let space = match &spec.address_space {
            Some(ranges) => {
                let here = at.key("addressSpace");
                let read: Vec<Option<Cidr>> = ranges
                    .0
                    .iter()
                    .enumerate()
                    .map(|(index, range)| {
                        self.cidr(&here.index(index), &range.0, network::ADDRESS_SPACE)
                    })
                    .collect();
                read.into_iter().collect::<Option<Vec<Cidr>>>()
            }
            None => Some(vec![known(network::ADDRESS_SPACE)]),
        };
        let nodes = self.subnet(
            &at,
            "nodes",
            spec.subnets.nodes.as_ref(),
            "snet-nodes",
            network::NODE_SUBNET,
        );
        let gateway = self.subnet(
            &at,
            "gateway",
            spec.subnets.gateway.as_ref(),
            "snet-agc",
            network::GATEWAY_SUBNET,
        );
        let (space, nodes, gateway) = (space?, nodes?, gateway?);
        let taken: Vec<Cidr> = [nodes.prefix, gateway.prefix]
            .into_iter()
            .flatten()
            .collect();
        let nodes_prefix = match nodes.prefix {
            Some(prefix) => prefix,
            None => self.free_range(&at, "nodes", &space, network::NODE_SUBNET_PREFIX, &taken)?,
        };
        let mut taken = taken;
        taken.push(nodes_prefix);
        let gateway_prefix = match gateway.prefix {
            Some(prefix) => prefix,
            None => self.free_range(
                &at,
                "gateway",
                &space,
                network::GATEWAY_SUBNET_PREFIX,
                &taken,
            )?,
        };
        Some(Network {
            origin: self.origin(&at),
            name: format!("vnet-{}", self.stem()),
            address_space: space,
            nodes: Subnet {
                origin: self.origin(&nodes.at),
                name: nodes.name,
                prefix: nodes_prefix,
            },
            gateway: Subnet {
                origin: self.origin(&gateway.at),
                name: gateway.name,
                prefix: gateway_prefix,
            },
        })
    }

    fn subnet(
        &mut self,
        network: &At,
        key: &str,
        spec: Option<&spec::Subnet>,
        name: &str,
        usual: &str,
    ) -> Option<Stated> {
        let at = network.key("subnets").key(key);
        let prefix = match spec.and_then(|spec| spec.cidr.as_ref()) {
            Some(text) => Some(self.cidr(&at.key("cidr"), &text.0, usual)?),
            None => None,
        };
        let name = spec
            .and_then(|spec| spec.azure_name.clone())
            .unwrap_or_else(|| name.to_owned());
        if name_rules::RESERVED_SUBNETS
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(&name))
        {
            self.report(
                Code::AGC0106,
                &at.key("azureName"),
                format!("a subnet called {} is Azure's own", quoted(&name)),
            )
            .label("kept for another service")
            .help("choose another name");
        }
        Some(Stated { at, name, prefix })
    }

    /// The first range of that length that is free.
    fn free_range(
        &mut self,
        at: &At,
        key: &str,
        space: &[Cidr],
        prefix: u8,
        taken: &[Cidr],
    ) -> Option<Cidr> {
        let free = space
            .iter()
            .find_map(|range| first_free(*range, prefix, taken));
        if free.is_none() {
            let here = at.key("addressSpace");
            self.report(
                Code::AGC0303,
                &here,
                format!("the network has no free /{prefix} for the subnet `{key}`"),
            )
            .label("too small, or taken")
            .help(format!(
                "make the network larger, or state `network.subnets.{key}`"
            ));
        }
        free
    }

    /// An address range whose host bits are zero. `usual` is one that usually stands there.
    pub(super) fn cidr(&mut self, at: &At, text: &str, usual: &str) -> Option<Cidr> {
        let Some(cidr) = Cidr::parse(text) else {
            let span = self.value_span(at);
            let finding = self.report(
                Code::AGC0301,
                at,
                format!("{} is not an address range", quoted(text)),
            );
            finding.label("not an IPv4 address, a slash and a length");
            match range_meant(text, usual) {
                Some(range) => finding.fix(format!("write `{range}`"), span, range.to_string()),
                None => finding.help(format!("write it as `{usual}`")),
            };
            return None;
        };
        let first = cidr.aligned();
        if first != cidr {
            let span = self.value_span(at);
            self.report(
                Code::AGC0301,
                at,
                format!("{} does not begin at its first address", quoted(text)),
            )
            .label(format!("a /{} cannot begin there", cidr.prefix))
            .fix(format!("write `{first}`"), span, first.to_string());
            return None;
        }
        Some(cidr)
    }
}

/// A subnet as stated.
struct Stated {
    at: At,
    name: String,
    prefix: Option<Cidr>,
}

/// The range that is meant by an address alone, or with a length that there is not: it has the usual length.
fn range_meant(text: &str, usual: &str) -> Option<Cidr> {
    let address = text.split('/').next().unwrap_or_default();
    let range = Cidr {
        address: address.parse().ok()?,
        prefix: known(usual).prefix,
    };
    Some(range.aligned())
}

/// A range of the catalogue, which is well formed (a test reads every one).
pub(super) fn known(text: &str) -> Cidr {
    Cidr::parse(text).unwrap_or(Cidr {
        address: Ipv4Addr::UNSPECIFIED,
        prefix: 32,
    })
}

/// The first range of that length within `range` that touches none of `taken`.
fn first_free(range: Cidr, prefix: u8, taken: &[Cidr]) -> Option<Cidr> {
    if prefix < range.prefix {
        return None;
    }
    let mut at = u64::from(range.address.to_bits());
    let end = at + range.size();
    let size = Cidr {
        address: range.address,
        prefix,
    }
    .size();
    while at + size <= end {
        let candidate = Cidr {
            address: Ipv4Addr::from_bits(u32::try_from(at).ok()?),
            prefix,
        };
        match taken.iter().find(|other| other.overlaps(candidate)) {
            None => return Some(candidate),
            Some(other) => {
                let after = u64::from(other.address.to_bits()) + other.size();
                at = after.div_ceil(size) * size;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_of_the_catalogue_are_ranges() {
        for text in [
            network::ADDRESS_SPACE,
            network::POD_CIDR,
            network::SERVICE_CIDR,
            network::NODE_SUBNET,
            network::GATEWAY_SUBNET,
        ] {
            assert_eq!(known(text).to_string(), text);
        }
    }

    #[test]
    fn the_subnets_of_the_catalogue_are_those_that_are_chosen() {
        let space = known(network::ADDRESS_SPACE);
        let nodes = first_free(space, network::NODE_SUBNET_PREFIX, &[]);
        assert_eq!(nodes, Some(known(network::NODE_SUBNET)));
        let taken = [known(network::NODE_SUBNET)];
        let gateway = first_free(space, network::GATEWAY_SUBNET_PREFIX, &taken);
        assert_eq!(gateway, Some(known(network::GATEWAY_SUBNET)));
    }

    #[test]
    fn free_ranges_step_over_what_is_taken() {
        let space = known("10.10.0.0/16");
        assert_eq!(first_free(space, 20, &[]), Some(known("10.10.0.0/20")));
        assert_eq!(
            first_free(space, 24, &[known("10.10.0.0/20")]),
            Some(known("10.10.16.0/24"))
        );
        assert_eq!(
            first_free(space, 20, &[known("10.10.0.0/24")]),
            Some(known("10.10.16.0/20"))
        );
        assert_eq!(first_free(known("10.0.0.0/24"), 20, &[]), None);
        assert_eq!(
            first_free(known("10.0.0.0/24"), 24, &[known("10.0.0.0/25")]),
            None
        );
    }
}
