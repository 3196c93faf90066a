//! What every system has: monitoring, network, cluster, gateway.
//!
//! In: the model. Out: the calls of their modules for `main.bicep`, in the order in which a system is read, and where
//! the rest finds what they make. The modules themselves lie in `templates/infra/modules`.

use crate::model::{Cluster, CniMode, Controller, GatewayDeployment, Model, Provision};
use crate::print::bicep::{Expression, Function, Property};

use super::context::{Existing, ModuleCall, Variable};
use super::modules;
use super::resource::{symbol, value};
use super::workload::elsewhere;

/// Version of the workspace's type, the one that its module uses: the newest of the type data of Bicep 0.49.2.
const WORKSPACE_API_VERSION: &str = "2026-03-01";

/// What every system has, as it stands in `main.bicep`.
pub(super) struct Platform {
    pub existing: Vec<Existing>,
    pub variables: Vec<Variable>,
    pub modules: Vec<ModuleCall>,
    /// Resource id of the workspace.
    pub workspace_id: Expression,
    /// Resource id of the subnet for nodes.
    pub node_subnet_id: Expression,
    /// Who signs the tokens of the service accounts.
    pub oidc_issuer_url: Expression,
    /// The frontends; none where the controller makes them.
    pub frontends: Option<Expression>,
}

/// The output `name` of one of the modules here.
pub(super) fn output(module: &'static str, name: &str) -> Expression {
    Expression::output(&symbol(module), name)
}

/// Name of the module that makes the cluster. An API version cannot be a parameter, so there are two.
pub(super) fn cluster_module(cluster: &Cluster) -> &'static str {
    match cluster.gateway.controller {
        Controller::Addon => "cluster-with-addon",
        Controller::Helm { .. } | Controller::Existing => "cluster",
    }
}

/// The platform of a system.
pub(super) fn platform(model: &Model) -> Platform {
    let cluster = model.cluster();
    let mut platform = Platform {
        existing: Vec::new(),
        variables: Vec::new(),
        modules: Vec::new(),
        workspace_id: output("workspace", "id"),
        node_subnet_id: output("network", "nodeSubnetId"),
        oidc_issuer_url: output("cluster", "oidcIssuerUrl"),
        frontends: None,
    };
    platform.monitoring(model);
    platform.network_and_cluster(cluster);
    platform.gateway(cluster);
    platform
}

/// A call of the module of that name.
fn call(name: &'static str, module: &str) -> ModuleCall {
    ModuleCall::new(symbol(name), modules::path(module))
}

/// The call with region and tags.
fn placed(call: ModuleCall) -> ModuleCall {
    call.with("location", value("location"))
        .with("tags", value("tags"))
}

impl Platform {
    /// A name that stands in more than one place: declared once, referred to everywhere.
    fn shared(&mut self, name: &'static str, text: &str) -> Expression {
        self.variables.push(Variable::new(&symbol(name), text));
        value(name)
    }

    fn monitoring(&mut self, model: &Model) {
        let collection_rule = call("collectionRule", "collection-rule")
            .with("name", model.cluster().collection_rule.as_str());
        let collection_rule = match &model.workspace.workspace {
            Provision::Create(workspace) => {
                self.modules.push(
                    placed(call("workspace", "workspace").with("name", workspace.name.as_str()))
                        .with("retentionInDays", value("logRetentionInDays")),
                );
                placed(collection_rule)
            }
            Provision::Existing(id) => {
                self.workspace_id = value("workspace").of("id");
                self.existing.push(Existing {
                    comment: vec!["Logs go to a workspace that is there already.".to_owned()],
                    name: symbol("workspace"),
                    kind: format!("{}@{WORKSPACE_API_VERSION}", id.resource_type),
                    parent: None,
                    azure_name: id.name.clone(),
                    scope: elsewhere(model, id),
                });
                // Azure Monitor's page on text logs, 2023-05-31, and the onboarding templates of Container Insights.
                collection_rule
                    .comment("Azure wants a rule in the region of the workspace that it sends to.")
                    .with("location", value("workspace").of("location"))
                    .with("tags", value("tags"))
            }
        };
        self.modules
            .push(collection_rule.with("workspaceId", self.workspace_id.clone()));
    }

    fn network_and_cluster(&mut self, cluster: &Cluster) {
        let network = &cluster.network;
        let network_name = self.shared("networkName", &network.name);
        let node_subnet_name = self.shared("nodeSubnetName", &network.nodes.name);
        let controller = &cluster.gateway.controller;
        // Without a controller of ours nothing else speaks of the subnet.
        let gateway_subnet_name = match controller {
            Controller::Existing => network.gateway.name.as_str().into(),
            Controller::Helm { .. } | Controller::Addon => {
                self.shared("gatewaySubnetName", &network.gateway.name)
            }
        };
        let node_resource_group: Expression = match controller {
            Controller::Helm { .. } => {
                let name = symbol("nodeResourceGroup");
                self.variables.push(
                    Variable::new(&name, cluster.node_resource_group.as_str()).comment(
                        "Given here, not left to AKS, so that it is known before the cluster is.",
                    ),
                );
                name.into()
            }
            Controller::Addon | Controller::Existing => cluster.node_resource_group.as_str().into(),
        };
        let cluster_name = match controller {
            Controller::Addon => self.shared("clusterName", &cluster.name),
            Controller::Helm { .. } | Controller::Existing => cluster.name.as_str().into(),
        };

        let ranges: Vec<String> = network
            .address_space
            .iter()
            .map(ToString::to_string)
            .collect();
        let subnet = |name: Expression, prefix: String| {
            Expression::Row(vec![
                Property::new("name", name),
                Property::new("prefix", prefix),
            ])
        };
        let mut network_call =
            placed(call("network", "network").with("name", network_name.clone()))
                .with("addressSpace", ranges)
                .with(
                    "subnets",
                    Expression::Object(vec![
                        Property::new(
                            "nodes",
                            subnet(node_subnet_name.clone(), network.nodes.prefix.to_string()),
                        ),
                        Property::new(
                            "gateway",
                            subnet(gateway_subnet_name, network.gateway.prefix.to_string()),
                        ),
                    ]),
                )
                .with("listenerPorts", listener_ports(cluster));
        if let (Controller::Existing, GatewayDeployment::Managed { .. }) =
            (controller, &cluster.gateway.deployment)
        {
            network_call = network_call
                .comment("The ALB Controller is not of this system, and it makes the traffic controllers: its identity needs Network")
                .comment("Contributor at the subnet for them, from whoever installs it.");
        }
        self.modules.push(network_call);

        let cluster_call = call("cluster", cluster_module(cluster))
            .with("name", cluster_name)
            .with("dnsPrefix", cluster.dns_prefix.as_str())
            .with("identityName", cluster.identity.as_str())
            .with("nodeResourceGroup", node_resource_group);
        self.modules.push(
            placed(cluster_call)
                .with("version", value("kubernetesVersion"))
                .with("tier", value("clusterTier"))
                .with("nodes", value("nodes"))
                .with("networking", networking(cluster))
                .with("networkName", network_name)
                .with("nodeSubnetName", node_subnet_name)
                .with("nodeSubnetId", self.node_subnet_id.clone())
                .with("administrators", value("administrators"))
                .with("workspaceId", self.workspace_id.clone())
                .with("collectionRuleId", output("collectionRule", "id"))
                .with("diagnostics", value("diagnostics")),
        );
    }

    fn gateway(&mut self, cluster: &Cluster) {
        let deployment = &cluster.gateway.deployment;
        let own_group = || Expression::Call(Function::ResourceGroup, Vec::new()).of("name");
        match &cluster.gateway.controller {
            Controller::Helm {
                namespace,
                identity,
                ..
            } => {
                let group = match deployment {
                    GatewayDeployment::Byo { .. } => own_group(),
                    GatewayDeployment::Managed { .. } => value("nodeResourceGroup"),
                };
                self.modules.push(
                    placed(
                        call("albController", "alb-controller")
                            .comment("Its issuer comes from the cluster, so it is deployed after AKS has made the resource group of the nodes.")
                            .with("identityName", identity.as_str()),
                    )
                    .with("oidcIssuerUrl", self.oidc_issuer_url.clone())
                    .with("namespace", namespace.as_str())
                    .with("nodeResourceGroup", value("nodeResourceGroup"))
                    .with("trafficControllerResourceGroup", group)
                    .with("networkName", value("networkName"))
                    .with("gatewaySubnetName", value("gatewaySubnetName")),
                );
            }
            Controller::Addon => {
                let principal = output("cluster", "albControllerPrincipalId");
                let comment = match deployment {
                    GatewayDeployment::Byo { .. } => {
                        "The add-on's identity comes from AKS; its rights here are given by this deployment."
                    }
                    GatewayDeployment::Managed { .. } => {
                        "The add-on makes the traffic controllers, and its identity comes from AKS."
                    }
                };
                self.modules.push(
                    call("gatewaySubnetAccess", "gateway-subnet-access")
                        .comment(comment)
                        .with("clusterName", value("clusterName"))
                        .with("principalId", principal.clone())
                        .with("networkName", value("networkName"))
                        .with("gatewaySubnetName", value("gatewaySubnetName")),
                );
                if let GatewayDeployment::Byo { .. } = deployment {
                    self.modules.push(
                        call(
                            "trafficControllerConfigurator",
                            "traffic-controller-configurator",
                        )
                        .with("holder", value("clusterName"))
                        .with("principalId", principal),
                    );
                }
            }
            Controller::Existing => {}
        }
        if let GatewayDeployment::Byo { traffic_controller } = deployment {
            let mut traffic = call("trafficController", "traffic-controller");
            if cluster.gateway.controller == Controller::Existing {
                traffic = traffic
                    .comment("The ALB Controller is not of this system: its identity needs AppGw for Containers Configuration Manager in this")
                    .comment("resource group and Network Contributor at the subnet, from whoever installs it.");
            }
            let names: Vec<&str> = cluster
                .gateway
                .frontends
                .iter()
                .map(|frontend| frontend.name.as_str())
                .collect();
            traffic = traffic
                .with("name", traffic_controller.as_str())
                .with("frontendNames", names);
            self.modules.push(
                placed(traffic)
                    .with("subnetId", output("network", "gatewaySubnetId"))
                    .with("workspaceId", self.workspace_id.clone())
                    .with("diagnostics", value("diagnostics")),
            );
            self.frontends = Some(output("trafficController", "frontends"));
        }
    }
}

/// How pods get addresses and who may talk to whom.
fn networking(cluster: &Cluster) -> Expression {
    let cni = &cluster.cni;
    let mut networking = vec![
        Property::new("mode", cni.mode.word()),
        Property::new("policy", cni.policy.to_string()),
    ];
    if let CniMode::Overlay { pod_cidr } = &cni.mode {
        networking.push(Property::new("podCidr", pod_cidr.to_string()));
    }
    networking.push(Property::new("serviceCidr", cni.service_cidr.to_string()));
    networking.push(Property::new(
        "dnsServiceIp",
        cni.dns_service_ip.to_string(),
    ));
    Expression::Object(networking)
}

/// Ports that the frontends listen on, each once.
fn listener_ports(cluster: &Cluster) -> Vec<String> {
    let mut ports: Vec<u16> = cluster
        .gateway
        .frontends
        .iter()
        .flat_map(|frontend| &frontend.listeners)
        .map(|listener| listener.port)
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports.iter().map(ToString::to_string).collect()
}
