//! What everything after the checks reads: plain, ordered data in which nothing is left to decide.
//!
//! Only `resolve` makes a [`Model`]. Every name is bound, every default is filled, every derived name is
//! final. An `Option` here is a fact about the system ("this workload has no port"), never an open question. Lists stand
//! in the order of the spec, so that output reads like its source. Every entity carries its [`Origin`].

use std::fmt;

use crate::catalog::roles::Role;
use crate::kinds::{Kind, Sql};
use crate::source::{At, Span};
use crate::url::Url;

/// Where in the spec an entity comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Path in the full form of the spec.
    pub at: At,
    /// The bytes that messages point at.
    pub span: Span,
    /// Whether the spec has something there; else the span is what it would stand in.
    pub stated: bool,
}

/// A thing that the deployment makes, or one that is there already and only used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provision<T> {
    /// Made by the deployment.
    Create(T),
    /// Made elsewhere; never changed, never deleted.
    Existing(ResourceId),
}

/// An ARM resource id, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceId {
    /// Subscription; `None`: the one that is deployed to.
    pub subscription: Option<String>,
    /// Resource group.
    pub resource_group: String,
    /// Type, such as `Microsoft.Storage/storageAccounts`.
    pub resource_type: String,
    /// Name.
    pub name: String,
}

/// The whole system.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// File name of the spec, as first lines of generated files call it; no path.
    pub spec_file: String,
    /// `name` of the spec.
    pub name: String,
    /// Stem of derived names: `name`, and later the environment.
    pub stem: String,
    /// Where in Azure.
    pub azure: Azure,
    /// Where logs go.
    pub workspace: Workspace,
    /// Clusters with their networks and gateways. One today; never empty.
    pub clusters: Vec<Cluster>,
    /// What workloads connect to.
    pub resources: Vec<Resource>,
    /// What runs in the cluster.
    pub workloads: Vec<Workload>,
    /// What the world may ask for.
    pub routes: Vec<Route>,
    /// Requests and what has to become of them. Of what is rendered, the driver alone has them.
    pub tests: Vec<RequestTest>,
}

impl Model {
    /// The cluster; with regions there will be several.
    pub fn cluster(&self) -> &Cluster {
        &self.clusters[0]
    }

    /// The resource of that key.
    pub fn resource(&self, key: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.key == key)
    }

    /// The workload of that name.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name == name)
    }

    /// The SQL servers, each with the settings of its kind.
    pub fn sql_servers(&self) -> impl Iterator<Item = (&Resource, &Sql)> {
        self.resources
            .iter()
            .filter_map(|resource| match &resource.kind {
                Kind::Sql(sql) => Some((resource, sql)),
                Kind::Storage(_) | Kind::KeyVault(_) => None,
            })
    }

    /// Whether a resource group is the one that is deployed to. Azure takes no notice of case in its name, and one of that
    /// name in another subscription is another.
    pub fn is_own_group(&self, subscription: Option<&str>, name: &str) -> bool {
        subscription.is_none() && name.eq_ignore_ascii_case(&self.azure.resource_group.name)
    }

    /// Name of the deployment in Azure: fixed, so that a second run at the same time is refused.
    pub fn deployment_name(&self) -> String {
        format!("agcgen-{}", self.stem)
    }
}

/// Where in Azure the system lives.
#[derive(Debug, Clone, PartialEq)]
pub struct Azure {
    /// Where the region stands.
    pub origin: Origin,
    /// Programmatic name of the region, such as `westeurope`.
    pub location: String,
    /// The resource group.
    pub resource_group: ResourceGroup,
    /// Ends the names that must be unique in the world: 3 to 6 of `[a-z0-9]`.
    pub suffix: String,
    /// Subscription; `None`: the signed-in one, and then one ARM id is a late value.
    pub subscription: Option<String>,
    /// Tags of every resource, in the order of the spec.
    pub tags: Vec<(String, String)>,
}

/// The resource group that the deployment goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceGroup {
    /// Its name.
    pub name: String,
    /// Whether it is made for this system (and may be deleted with it) or was there before.
    pub created: bool,
}

/// The Log Analytics workspace and what is sent there.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// The workspace.
    pub workspace: Provision<CreatedWorkspace>,
    /// Which logs are collected.
    pub diagnostics: Diagnostics,
}

/// A workspace that the deployment makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedWorkspace {
    /// Name, `log-<stem>`.
    pub name: String,
    /// Days that logs are kept, 30 to 730.
    pub retention_days: u32,
}

/// Which log categories a diagnostic setting collects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnostics {
    /// Every category.
    All,
    /// Who did what; for the gateway its access and firewall logs.
    Audit,
    /// No diagnostic setting.
    None,
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::Audit => "audit",
            Self::None => "none",
        })
    }
}

/// A cluster, the network it stands in, and the gateway in front of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// `cluster` of the spec, or the nearest key where it is left out.
    pub origin: Origin,
    /// Name, `aks-<stem>`.
    pub name: String,
    /// Prefix of the API server's host name, at most 54 characters.
    pub dns_prefix: String,
    /// Name of the identity that the control plane acts as.
    pub identity: String,
    /// Name of the group that AKS makes for the nodes: given here, so that it is known before the cluster is.
    pub node_resource_group: String,
    /// Minor version of Kubernetes, such as `1.35`.
    pub kubernetes_version: String,
    /// Where that stands.
    pub kubernetes_version_origin: Origin,
    /// Price tier.
    pub tier: Tier,
    /// The node pool.
    pub nodes: Nodes,
    /// How pods get addresses and policies.
    pub cni: Cni,
    /// Who may do everything in the cluster.
    pub administrators: Vec<Administrator>,
    /// Name of the rule that collects container logs, `dcr-<stem>`.
    pub collection_rule: String,
    /// The virtual network.
    pub network: Network,
    /// The gateway.
    pub gateway: Gateway,
    /// The namespace of the workloads.
    pub namespace: Namespace,
}

/// AKS price tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// No uptime commitment.
    Free,
    /// With an uptime commitment.
    Standard,
    /// With long-term support.
    Premium,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "Free",
            Self::Standard => "Standard",
            Self::Premium => "Premium",
        })
    }
}

/// The node pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodes {
    /// Where its size stands.
    pub origin: Origin,
    /// Size of the virtual machines, such as `Standard_D4s_v5`.
    pub size: String,
    /// How many.
    pub count: u32,
    /// Where that stands.
    pub count_origin: Origin,
    /// Availability zones that they are spread over; none: not pinned to zones.
    pub zones: Vec<u8>,
    /// Most pods on one node.
    pub max_pods: u32,
}

/// The container network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cni {
    /// Where its policy engine stands.
    pub origin: Origin,
    /// Where pods get their addresses from.
    pub mode: CniMode,
    /// Who enforces network policies.
    pub policy: NetworkPolicyEngine,
    /// Where the range of the pods stands.
    pub pod_origin: Origin,
    /// Range of Kubernetes Services.
    pub service_cidr: Cidr,
    /// Where that stands.
    pub service_origin: Origin,
    /// Address of the cluster's DNS, the tenth of the service range.
    pub dns_service_ip: std::net::Ipv4Addr,
}

/// Where pods get their addresses from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CniMode {
    /// From a range of their own.
    Overlay {
        /// That range.
        pod_cidr: Cidr,
    },
    /// From the subnet of the nodes.
    Flat,
}

impl CniMode {
    /// Its name in Azure and in the spec.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Overlay { .. } => "overlay",
            Self::Flat => "flat",
        }
    }
}

/// Who enforces network policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkPolicyEngine {
    /// Cilium, with its data plane.
    Cilium,
    /// Azure's own, which is being retired.
    Azure,
    /// Calico.
    Calico,
    /// Nobody.
    None,
}

impl fmt::Display for NetworkPolicyEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cilium => "cilium",
            Self::Azure => "azure",
            Self::Calico => "calico",
            Self::None => "none",
        })
    }
}

/// Somebody with every right in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    /// Where it stands.
    pub origin: Origin,
    /// Object id in Microsoft Entra.
    pub object_id: String,
    /// What the object is.
    pub principal_type: PrincipalType,
}

impl Administrator {
    /// Whether the id is all zeros: nobody's, to be replaced before anybody can use the cluster.
    pub fn is_placeholder(&self) -> bool {
        self.object_id.chars().all(|c| matches!(c, '0' | '-'))
    }
}

/// What an object of Microsoft Entra is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalType {
    /// A group.
    Group,
    /// A person.
    User,
    /// A service principal or managed identity.
    ServicePrincipal,
}

impl fmt::Display for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "Group",
            Self::User => "User",
            Self::ServicePrincipal => "ServicePrincipal",
        })
    }
}

/// A virtual network with its subnets.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Where it stands.
    pub origin: Origin,
    /// Name, `vnet-<stem>`.
    pub name: String,
    /// Its ranges.
    pub address_space: Vec<Cidr>,
    /// For nodes, and with a flat network their pods.
    pub nodes: Subnet,
    /// For Application Gateway for Containers alone, delegated to it.
    pub gateway: Subnet,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// Where it stands.
    pub origin: Origin,
    /// Name, such as `snet-nodes`.
    pub name: String,
    /// Its range.
    pub prefix: Cidr,
}

/// A range of IPv4 addresses whose host bits are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    /// First address.
    pub address: std::net::Ipv4Addr,
    /// Length of the prefix, 0 to 32.
    pub prefix: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/16`; `None` where it is no range. Host bits stay as they are.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: std::net::Ipv4Addr = address.parse().ok()?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u8 = prefix
            .parse()
            .ok()
            .filter(|prefix| digits && *prefix <= 32)?;
        Some(Self { address, prefix })
    }

    /// The range of that length that holds the address: its host bits are zero.
    #[must_use]
    pub fn aligned(self) -> Self {
        Self {
            address: std::net::Ipv4Addr::from_bits(self.address.to_bits() & self.mask()),
            ..self
        }
    }

    /// The bits that are the same for every address of the range.
    fn mask(self) -> u32 {
        u32::MAX
            .checked_shl(32 - u32::from(self.prefix))
            .unwrap_or(0)
    }

    /// How many addresses it holds.
    pub fn size(self) -> u64 {
        1 << (32 - u64::from(self.prefix))
    }

    /// Whether two ranges share an address.
    pub fn overlaps(self, other: Self) -> bool {
        let mask = self.mask() & other.mask();
        self.address.to_bits() & mask == other.address.to_bits() & mask
    }

    /// Whether every address of the other range is in this one.
    pub fn contains(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.overlaps(other)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Application Gateway for Containers and the controller that configures it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gateway {
    /// Where it stands.
    pub origin: Origin,
    /// Who makes the traffic controller.
    pub deployment: GatewayDeployment,
    /// Who configures it.
    pub controller: Controller,
    /// Its frontends, each with a Gateway of its own. One today; never empty.
    pub frontends: Vec<Frontend>,
}

/// Who makes the traffic controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayDeployment {
    /// Bicep makes it, under a name of ours.
    Byo {
        /// Name of the traffic controller, `agc-<stem>`.
        traffic_controller: String,
    },
    /// The ALB Controller makes it from an ApplicationLoadBalancer, under a random name in the node resource group.
    Managed {
        /// Name of the ApplicationLoadBalancer object.
        application_load_balancer: String,
    },
}

/// The ALB Controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Controller {
    /// Installed with Helm, acting as an identity of this deployment.
    Helm {
        /// Version of the chart.
        version: String,
        /// Namespace that it runs in.
        namespace: String,
        /// Name of its identity.
        identity: String,
    },
    /// The add-on of AKS (preview), acting as an identity that AKS makes.
    Addon,
    /// Somebody else installs it.
    Existing,
}

/// A frontend and the Gateway object that listens on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontend {
    /// Name in Azure.
    pub name: String,
    /// Name of the Gateway object.
    pub gateway: String,
    /// Its listeners; only HTTP on port 80 today.
    pub listeners: Vec<Listener>,
}

/// A listener of a Gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Name.
    pub name: String,
    /// Port.
    pub port: u16,
    /// Gateway API protocol.
    pub protocol: &'static str,
}

/// The namespace of the workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Name.
    pub name: String,
    /// The strictest Pod Security level that all its workloads keep.
    pub enforce: PodSecurity,
}

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodSecurity {
    /// Non-root, no capabilities, default seccomp profile.
    Restricted,
    /// The image may start as root.
    Baseline,
}

impl fmt::Display for PodSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
        })
    }
}

/// Something that workloads connect to.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Where it stands.
    pub origin: Origin,
    /// Its key in the spec.
    pub key: String,
    /// Its name in Azure.
    pub azure_name: String,
    /// What it is, if the deployment makes it; else where it is.
    pub provision: Provision<()>,
    /// Tags of its own, over those of the system.
    pub tags: Vec<(String, String)>,
    /// Which of its logs are collected.
    pub diagnostics: Diagnostics,
    /// Its kind with the settings of the kind.
    pub kind: crate::kinds::Kind,
}

impl Resource {
    /// Whether the deployment makes it.
    pub fn is_made(&self) -> bool {
        self.provision == Provision::Create(())
    }
}

/// A workload: one container, its Service, and what it may reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Where it stands.
    pub origin: Origin,
    /// Name of the Deployment, and of everything that has no name of its own.
    pub name: String,
    /// Image with a fixed tag or digest.
    pub image: String,
    /// Its Service; `None`: nobody calls it.
    pub service: Option<Service>,
    /// How many pods.
    pub replicas: u32,
    /// Replaces the image's entry point; empty: the image's own.
    pub command: Vec<String>,
    /// Replaces the image's arguments; empty: the image's own.
    pub args: Vec<String>,
    /// Variables with fixed values: those of the spec, facts of targets, addresses of called workloads.
    pub env: Vec<Variable>,
    /// How to see that it works.
    pub health: Option<Health>,
    /// What the scheduler keeps for it.
    pub requests: Quantities,
    /// What it may use at most.
    pub limits: Quantities,
    /// The Pod Security level that it keeps.
    pub pod_security: PodSecurity,
    /// Its identity; `None`: it connects to nothing in Azure, and gets no token.
    pub identity: Option<Identity>,
    /// What it may do in Azure: one a target and role.
    pub grants: Vec<Grant>,
    /// How its pods learn where resources are: one a resource.
    pub links: Vec<Link>,
    /// Which workloads it calls.
    pub calls: Vec<Call>,
}

impl Workload {
    /// Name of the `ConfigMap` that holds the settings of its direct connections, if it has any.
    pub fn connections_map(&self) -> Option<String> {
        self.direct_settings()
            .next()
            .map(|_| format!("{}-connections", self.name))
    }

    /// The variables that agcgen itself writes for its connections.
    pub fn direct_settings(&self) -> impl Iterator<Item = &Setting> {
        self.links
            .iter()
            .filter(|link| link.via == Via::Direct)
            .flat_map(|link| &link.settings)
    }
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Name.
    pub name: String,
    /// Name of the port.
    pub port_name: String,
    /// Port of the Service.
    pub port: u16,
    /// Port of the container.
    pub container_port: u16,
}

/// A variable of a pod with a fixed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Where it comes from.
    pub origin: Origin,
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// How to see that a workload works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Where it stands.
    pub origin: Origin,
    /// Path that answers 200 to 299 when it works.
    pub path: String,
    /// Seconds that it may take to start.
    pub startup_seconds: u32,
    /// Seconds between two probes.
    pub interval_seconds: u32,
    /// Seconds until a probe has failed.
    pub timeout_seconds: u32,
    /// Failed probes until it counts as unhealthy.
    pub unhealthy_threshold: u32,
    /// Probes until it counts as healthy again.
    pub healthy_threshold: u32,
    /// First and last status code that count as healthy.
    pub status_codes: (u16, u16),
}

/// CPU and memory, as Kubernetes quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantities {
    /// CPU, such as `100m`.
    pub cpu: String,
    /// Memory, such as `128Mi`.
    pub memory: String,
}

/// A user-assigned identity and the service account that may act as it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name in Azure, `id-<stem>-<workload>`.
    pub name: String,
    /// Name of its federated credential, `fc-<workload>`.
    pub credential: String,
    /// Name of the service account.
    pub service_account: String,
    /// Key of its client id among the late values.
    pub client_id_key: String,
}

/// A right in the data plane of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The connection that asks for it.
    pub origin: Origin,
    /// Key of the resource.
    pub resource: String,
    /// The part of the resource that it holds for.
    pub scope: Scope,
    /// The word of the spec, such as `write`.
    pub access: &'static str,
    /// What gives it.
    pub right: Right,
}

impl Grant {
    /// The rights inside databases of a server that it gives: each database, and a role in it.
    pub fn database_roles<'m>(
        &'m self,
        server: &'m Sql,
    ) -> impl Iterator<Item = (&'m str, &'static str)> {
        let roles = match self.right {
            Right::DatabaseRoles(roles) => roles,
            Right::Role(_) => &[],
        };
        server
            .databases
            .iter()
            .map(|database| database.azure_name.as_str())
            .filter(|database| match &self.scope {
                Scope::Resource => true,
                Scope::Child { azure_name, .. } => database == azure_name,
            })
            .flat_map(|database| roles.iter().map(move |role| (database, *role)))
    }
}

/// The part of a resource that a right holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Resource,
    /// One child, by its key and its name in Azure.
    Child {
        /// Key in the spec.
        key: String,
        /// Name in Azure.
        azure_name: String,
    },
}

/// What gives a right.
#[derive(Debug, Clone, PartialEq)]
pub enum Right {
    /// A role assignment at the scope.
    Role(&'static Role),
    /// Membership of roles in a database.
    DatabaseRoles(&'static [&'static str]),
}

/// How the pods of a workload learn where a resource is.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The connection that makes it.
    pub origin: Origin,
    /// Key of the resource.
    pub resource: String,
    /// Key of the child that the settings name, for kinds whose settings name one (a database).
    pub child: Option<String>,
    /// Who writes the settings into the cluster.
    pub via: Via,
    /// The variables that the pods see, in order.
    pub settings: Vec<Setting>,
}

/// Who writes a connection's settings into the cluster.
#[derive(Debug, Clone, PartialEq)]
pub enum Via {
    /// Service Connector, into a Secret.
    ServiceConnector(ServiceConnection),
    /// agcgen, into the ConfigMap `<workload>-connections`.
    Direct,
}

/// A connection of Service Connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceConnection {
    /// Name, of `[a-z0-9_]`.
    pub name: String,
    /// Name of the Secret that it writes.
    pub secret: String,
    /// Target of `az aks connection create`, such as `storage-blob`.
    pub target: &'static str,
    /// The flags that name the target and their values, such as `--account`.
    pub target_flags: Vec<(&'static str, String)>,
    /// Value of `--client-type`.
    pub client_type: &'static str,
    /// Renamed variables, as `--customized-keys` takes them: default name, wanted name.
    pub customized_keys: Vec<(String, String)>,
}

/// A variable that a connection sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Name that the pods see.
    pub name: String,
    /// Value.
    pub value: SettingValue,
}

/// Where the value of a connection's variable comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Known at render time.
    Fixed(String),
    /// The client id of the workload's identity: a late value.
    ClientId,
}

/// One workload calling another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The connection.
    pub origin: Origin,
    /// Name of the workload that is called.
    pub workload: String,
    /// Variable that holds its address, such as `API_URL`.
    pub variable: String,
    /// Its address, such as `http://api:8080`.
    pub url: String,
}

/// A route from the world to a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Where it stands.
    pub origin: Origin,
    /// Name of the HTTPRoute.
    pub name: String,
    /// Name of the Gateway that it is attached to.
    pub gateway: String,
    /// Which paths it takes.
    pub path: PathMatch,
    /// Where requests go.
    pub backends: Vec<Backend>,
    /// What the prefix is replaced by on the way.
    pub rewrite_prefix: Option<String>,
}

/// Which paths a route takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathMatch {
    /// This path and everything below it, by segment.
    Prefix(String),
    /// This path alone.
    Exact(String),
}

impl PathMatch {
    /// The path.
    pub fn value(&self) -> &str {
        match self {
            Self::Prefix(path) | Self::Exact(path) => path,
        }
    }
}

/// A Service that a route sends requests to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// Name of the workload.
    pub workload: String,
    /// Name of its Service.
    pub service: String,
    /// Port of the Service.
    pub port: u16,
}

/// A request, and what has to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTest {
    /// Where it stands.
    pub origin: Origin,
    /// What people call it: one line of any text.
    pub title: String,
    /// What is asked.
    pub request: Request,
    /// What has to become of it.
    pub expected: Expected,
}

/// A request as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Name of the Gateway that it is sent to.
    pub gateway: String,
    /// Method; of gRPC, `POST`.
    pub method: String,
    /// What is connected to, and what is asked for there.
    pub url: Url,
    /// Whether the frontend's own address is asked, which Azure chooses: the host of the URL only stands for it.
    pub of_frontend: bool,
    /// Headers, in the order of the spec; of gRPC, those of every call are among them.
    pub headers: Vec<(String, String)>,
    /// Whether the client shows a certificate.
    pub client_certificate: bool,
}

/// What has to become of a request. What a test says nothing about is `None`, or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Which workloads answer.
    pub backends: Option<ExpectedBackends>,
    /// Name of the route that takes it.
    pub route: Option<String>,
    /// What the gateway answers by itself.
    pub status: Option<u16>,
    /// Where a redirect leads.
    pub location: Option<Url>,
    /// The path that the backend sees; with a query, that too.
    pub path: Option<String>,
    /// Headers that the backend sees.
    pub request_headers: Vec<(String, String)>,
    /// Headers that the client sees.
    pub response_headers: Vec<(String, String)>,
}

/// Which workloads answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedBackends {
    /// These and no others, in whatever shares.
    These(Vec<Backend>),
    /// Each with its share; together they are everything, but for what rounding takes.
    Shares(Vec<(Backend, Share)>),
}

impl fmt::Display for ExpectedBackends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::These(these) => {
                let names: Vec<&str> = these.iter().map(|one| one.workload.as_str()).collect();
                f.write_str(&names.join(" and "))
            }
            Self::Shares(shares) => {
                let shares: Vec<String> = shares
                    .iter()
                    .map(|(one, share)| format!("{share} {}", one.workload))
                    .collect();
                f.write_str(&shares.join(", "))
            }
        }
    }
}

/// A share of requests in percent, as exact as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Hundredths of a percent.
    pub hundredths: u16,
    /// What one more in the last digit is, in hundredths of a percent: 100, 10 or 1.
    pub digit: u16,
}

impl Share {
    /// Reads `90%` or `33.33%`; `None` where it is no percentage.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%')?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || number.ends_with('.') || !digits(whole) || !digits(fraction) {
            return None;
        }
        let digit: u16 = match fraction.len() {
            0 => 100,
            1 => 10,
            2 => 1,
            _ => return None,
        };
        let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 100)?;
        let fraction: u16 = match fraction {
            "" => 0,
            digits => digits.parse().ok()?,
        };
        let hundredths = whole * 100 + fraction * digit;
        (hundredths <= 10_000).then_some(Self { hundredths, digit })
    }

    /// Whether a weight in a sum of weights is this share, rounded to as many digits as are written.
    pub fn is(self, weight: u64, of: u64) -> bool {
        let (weight, of) = (u128::from(weight), u128::from(of));
        let written = u128::from(self.hundredths) * of;
        of > 0 && 2 * (weight * 10_000).abs_diff(written) <= u128::from(self.digit) * of
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.hundredths / 100, self.hundredths % 100);
        match self.digit {
            100 => write!(f, "{whole}%"),
            10 => write!(f, "{whole}.{}%", rest / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}
