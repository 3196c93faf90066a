//! The cluster, its container network, and the gateway in front of it.

use std::net::Ipv4Addr;

use super::Resolver;
use super::network::known;
use crate::catalog::{controller, kubernetes, name_rules, network, nodes, regions};
use crate::diagnostic::Code;
use crate::model::{
    Administrator, Azure, Cluster, Cni, CniMode, Controller, Frontend, Gateway, GatewayDeployment,
    Listener, Namespace, NetworkPolicyEngine, Nodes, PodSecurity, PrincipalType, Tier, Workload,
};
use crate::source::At;
use crate::spec;

/// Name of the one frontend that a gateway has today.
const FRONTEND: &str = "main";

impl Resolver<'_> {
    pub(super) fn cluster(
        &mut self,
        azure: &Azure,
        gateway: Gateway,
        namespace: Namespace,
    ) -> Option<Cluster> {
        let at = At::root().key("cluster");
        let cni = self.cni(&at.key("cni"));
        let network = self.network();
        let administrators = self.administrators(&at.key("administrators"));
        let spec = &self.spec.cluster;
        let cni = cni?;
        let max_pods = match cni.mode {
            CniMode::Overlay { .. } => network::OVERLAY_MAX_PODS,
            CniMode::Flat => network::FLAT_MAX_PODS,
        };
        let zones = match regions::find(&azure.location) {
            Some(region) if region.zones => self.by_profile(Vec::new(), vec![1, 2, 3]),
            _ => Vec::new(),
        };
        let tier = match spec.tier {
            Some(spec::Tier::Free) => Tier::Free,
            Some(spec::Tier::Standard) => Tier::Standard,
            Some(spec::Tier::Premium) => Tier::Premium,
            None => self.by_profile(Tier::Free, Tier::Standard),
        };
        let dns_prefix = format!("{}-{}", self.spec.name, azure.suffix);
        if let Some(word) = name_rules::reserved_word(&dns_prefix) {
            self.report(
                Code::AGC0106,
                &At::root().key("name"),
                format!("Azure reserves `{word}`, which is in the address of the cluster"),
            )
            .label(format!("begins `{dns_prefix}`"))
            .help("choose another name");
        }
        Some(Cluster {
            origin: self.origin(&at),
            name: format!("aks-{}", self.stem()),
            dns_prefix,
            identity: format!("id-{}-cluster", self.stem()),
            node_resource_group: format!("{}-nodes", azure.resource_group.name),
            kubernetes_version_origin: self.value_origin(&at.key("kubernetesVersion")),
            kubernetes_version: spec
                .kubernetes_version
                .clone()
                .unwrap_or_else(|| kubernetes::DEFAULT_VERSION.to_owned()),
            tier,
            nodes: Nodes {
                origin: self.value_origin(&at.key("nodes").key("size")),
                size: spec
                    .nodes
                    .size
                    .clone()
                    .unwrap_or_else(|| nodes::DEFAULT_SIZE.to_owned()),
                count: spec.nodes.count.unwrap_or(self.by_profile(2, 3)),
                count_origin: self.value_origin(&at.key("nodes").key("count")),
                zones,
                max_pods,
            },
            cni,
            administrators,
            collection_rule: format!("dcr-{}", self.stem()),
            network: network?,
            gateway,
            namespace,
        })
    }

    /// The namespace of the workloads. It enforces what the least strict of them needs.
    pub(super) fn namespace(&self, workloads: &[Workload]) -> Namespace {
        Namespace {
            name: self
                .spec
                .namespace
                .clone()
                .unwrap_or_else(|| self.spec.name.clone()),
            enforce: workloads
                .iter()
                .map(|workload| workload.pod_security)
                .max()
                .unwrap_or(PodSecurity::Restricted),
        }
    }

    fn cni(&mut self, at: &At) -> Option<Cni> {
        let spec = &self.spec.cluster.cni;
        let pod_cidr = spec
            .pod_cidr
            .as_ref()
            .map(|text| self.cidr(&at.key("podCidr"), &text.0, network::POD_CIDR));
        let service_cidr = match &spec.service_cidr {
            Some(text) => self.cidr(&at.key("serviceCidr"), &text.0, network::SERVICE_CIDR),
            None => Some(known(network::SERVICE_CIDR)),
        };
        let mode = match spec.mode {
            spec::CniMode::Overlay => CniMode::Overlay {
                pod_cidr: match pod_cidr {
                    Some(stated) => stated?,
                    None => known(network::POD_CIDR),
                },
            },
            spec::CniMode::Flat => {
                if pod_cidr.is_some() {
                    let related = self.value_span(&at.key("mode"));
                    self.report_key(
                        Code::AGC0507,
                        &at.key("podCidr"),
                        "`podCidr` has no meaning in a flat network",
                    )
                    .label("pods get their addresses from the nodes' subnet")
                    .related(related, "the network is flat")
                    .help("remove `podCidr`, or use `mode: overlay`");
                }
                CniMode::Flat
            }
        };
        let service_cidr = service_cidr?;
        Some(Cni {
            origin: self.value_origin(&at.key("policy")),
            mode,
            policy: match spec.policy {
                spec::PolicyEngine::Cilium => NetworkPolicyEngine::Cilium,
                spec::PolicyEngine::Azure => NetworkPolicyEngine::Azure,
                spec::PolicyEngine::Calico => NetworkPolicyEngine::Calico,
                spec::PolicyEngine::None => NetworkPolicyEngine::None,
            },
            dns_service_ip: Ipv4Addr::from_bits(service_cidr.address.to_bits().saturating_add(10)),
            pod_origin: self.value_origin(&at.key("podCidr")),
            service_cidr,
            service_origin: self.value_origin(&at.key("serviceCidr")),
        })
    }

    fn administrators(&mut self, at: &At) -> Vec<Administrator> {
        let mut administrators: Vec<Administrator> = Vec::new();
        for (index, administrator) in self.spec.cluster.administrators.iter().enumerate() {
            let here = at.index(index);
            let object_id = administrator.object_id.to_ascii_lowercase();
            if let Some(earlier) = administrators
                .iter()
                .find(|earlier| earlier.object_id == object_id)
            {
                let related = earlier.origin.span;
                self.report(
                    Code::AGC0412,
                    &here.key("objectId"),
                    "the same administrator twice",
                )
                .label("again")
                .related(related, "first")
                .help("remove one of them");
                continue;
            }
            administrators.push(Administrator {
                origin: self.value_origin(&here.key("objectId")),
                object_id,
                principal_type: match administrator.principal_type {
                    spec::PrincipalType::Group => PrincipalType::Group,
                    spec::PrincipalType::User => PrincipalType::User,
                    spec::PrincipalType::ServicePrincipal => PrincipalType::ServicePrincipal,
                },
            });
        }
        administrators
    }

    pub(super) fn gateway(&mut self) -> Gateway {
        let at = At::root().key("gateway");
        let spec = &self.spec.gateway;
        let controller_at = at.key("controller");
        if spec.controller.install != spec::Install::Helm {
            for (key, stands) in [
                ("version", spec.controller.version.is_some()),
                ("namespace", spec.controller.namespace.is_some()),
            ] {
                if stands {
                    self.report_key(
                        Code::AGC0507,
                        &controller_at.key(key),
                        format!("`{key}` is only for a controller that Helm installs"),
                    )
                    .label("somebody else decides it")
                    .help(format!("remove `{key}`, or use `install: helm`"));
                }
            }
        }
        let controller = match spec.controller.install {
            spec::Install::Helm => Controller::Helm {
                version: spec
                    .controller
                    .version
                    .clone()
                    .unwrap_or_else(|| controller::DEFAULT_VERSION.to_owned()),
                namespace: spec
                    .controller
                    .namespace
                    .clone()
                    .unwrap_or_else(|| controller::DEFAULT_NAMESPACE.to_owned()),
                identity: format!("id-{}-alb-controller", self.stem()),
            },
            spec::Install::Addon => Controller::Addon,
            spec::Install::Existing => Controller::Existing,
        };
        Gateway {
            origin: self.origin(&at),
            deployment: match spec.deployment {
                spec::GatewayDeployment::Byo => GatewayDeployment::Byo {
                    traffic_controller: format!("agc-{}", self.stem()),
                },
                spec::GatewayDeployment::Managed => GatewayDeployment::Managed {
                    application_load_balancer: format!("{}-gateway", self.spec.name),
                },
            },
            controller,
            frontends: vec![Frontend {
                name: FRONTEND.to_owned(),
                gateway: format!("{}-gateway", self.spec.name),
                listeners: vec![Listener {
                    name: "http".to_owned(),
                    port: 80,
                    protocol: "HTTP",
                }],
            }],
        }
    }
}
