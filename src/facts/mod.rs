//! What is true of a system, as one flat list: who may do what, what there is, what reaches what.
//!
//! In: the model. Out: facts, each with the place in the spec that it follows from. They are sorted by topic and within a
//! topic by what they are about, so the order of a spec's keys, which means nothing, changes nothing here. Tables, the
//! permission matrix and pictures ([`crate::graph`]) are views of this list.
//!
//! Nothing is worded here: a fact holds names, words of Azure and enumerations, never a sentence that a view would have to
//! take apart. Nothing is judged either.

mod access;
mod things;
mod traffic;
mod wiring;

use crate::catalog::roles::Role;
use crate::late::Producer;
use crate::model::{Model, Origin, PrincipalType, Provision, Resource, ResourceId};
use crate::objects::{self, Manifest, Phase};
use crate::output::Shape;

/// Something that is true of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is true.
    pub what: What,
    /// What in the spec makes it so.
    pub origin: Origin,
}

/// What a fact says. The order of the variants is the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// There is a resource in Azure.
    Resource(AzureResource),
    /// There is an object in the cluster.
    Object(ClusterObject),
    /// Something costs money.
    Billed(Billed),
    /// The internet reaches something.
    Exposure(Exposure),
    /// A request of a path goes to a workload.
    Route(Route),
    /// A workload calls another.
    Call(Call),
    /// Pods reach a data service.
    Reach(Reach),
    /// Something acts in Azure under a name.
    Identity(Identity),
    /// A service account may act as an identity.
    Credential(Credential),
    /// Somebody has a role in Azure.
    Role(RoleAssignment),
    /// Somebody has a right inside a SQL server.
    Database(DatabaseRight),
    /// Pods learn where a resource is.
    Connection(Connection),
    /// A value exists only after the deployment.
    LateValue(LateValue),
    /// A vault keeps a secret.
    Secret(Secret),
}

/// The facts of a system, sorted.
pub fn facts(model: &Model) -> Vec<Fact> {
    of(model, &objects::manifests(model))
}

/// The same, for whoever has the objects already.
#[inline(never)]
pub(crate) fn of(model: &Model, manifests: &[Manifest]) -> Vec<Fact> {
    let parts = [
        things::facts(model, manifests),
        traffic::facts(model),
        access::facts(model),
        wiring::facts(model, manifests),
    ];
    let mut facts = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    facts.extend(parts.into_iter().flatten());
    facts.sort_by(|one, other| one.what.cmp(&other.what));
    // What two places of a spec make true is true once; the first in the order of the model stands for it.
    facts.dedup_by(|later, first| later.what == first.what);
    facts
}

/// A part of the system, in the order in which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Where logs go.
    Monitoring,
    /// Virtual network, subnets, security groups.
    Network,
    /// The cluster.
    Cluster,
    /// Application Gateway for Containers and its controller.
    Gateway,
    /// What workloads connect to.
    Data,
    /// What workloads act as.
    Identity,
}

/// Where a resource of Azure is, or with no names its resource group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArmPlace {
    /// Subscription; `None`: the one that is deployed to.
    pub subscription: Option<String>,
    /// Resource group.
    pub resource_group: String,
    /// ARM type; empty for the group itself.
    pub resource_type: &'static str,
    /// One name for each part of the type, the resource's own last; none for the group itself.
    pub names: Vec<String>,
}

impl ArmPlace {
    /// The group itself.
    pub fn group(name: &str) -> Self {
        Self {
            subscription: None,
            resource_group: name.to_owned(),
            resource_type: "",
            names: Vec::new(),
        }
    }

    /// A resource of the system's own group.
    pub fn here<const N: usize>(
        model: &Model,
        resource_type: &'static str,
        names: [&str; N],
    ) -> Self {
        Self {
            resource_type,
            names: names.map(str::to_owned).into(),
            ..Self::group(&model.azure.resource_group.name)
        }
    }

    /// A resource that was there before.
    pub fn existing(id: &ResourceId, resource_type: &'static str) -> Self {
        Self {
            subscription: id.subscription.clone(),
            ..Self::group(&id.resource_group).child(resource_type, &id.name)
        }
    }

    /// What workloads connect to.
    pub fn of(model: &Model, resource: &Resource) -> Self {
        let resource_type = resource.kind.facets().resource_type();
        match &resource.provision {
            Provision::Create(()) => Self::here(model, resource_type, [&resource.azure_name]),
            Provision::Existing(id) => Self::existing(id, resource_type),
        }
    }

    /// A resource of this group, or a child of this resource. Between a storage account and its containers stands its one
    /// blob service.
    #[must_use]
    pub fn child(&self, resource_type: &'static str, name: &str) -> Self {
        let mut names = self.names.clone();
        let types = resource_type.split('/').skip(1).count();
        names.resize(types.saturating_sub(1), ONLY_CHILD.to_owned());
        names.push(name.to_owned());
        Self {
            resource_type,
            names,
            ..self.clone()
        }
    }

    /// The name of the resource, or of the group.
    pub fn name(&self) -> &str {
        self.names.last().unwrap_or(&self.resource_group)
    }

    /// The name of the resource that this one is a part of.
    pub fn parent(&self) -> Option<&str> {
        let before = self.names.len().checked_sub(2)?;
        self.names
            .get(..=before)?
            .iter()
            .rev()
            .find(|name| *name != ONLY_CHILD)
            .map(String::as_str)
    }

    /// What follows the subscription in the resource id, beginning with `/resourceGroups/`.
    pub fn path(&self) -> String {
        let mut path = format!("/resourceGroups/{}", self.resource_group);
        let mut types = self.resource_type.split('/');
        if self.names.is_empty() {
            return path;
        }
        path.push_str("/providers/");
        path.push_str(types.next().unwrap_or_default());
        for (part, name) in types.zip(&self.names) {
            path.push('/');
            path.push_str(part);
            path.push('/');
            path.push_str(name);
        }
        path
    }
}

/// Name of a child that a resource has once, such as the blob service of a storage account.
const ONLY_CHILD: &str = "default";

/// Who makes and removes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// The deployment of `infra/main.bicep`.
    Deployment,
    /// AKS, for itself.
    Aks,
    /// The ALB Controller, from an object in the cluster.
    AlbController,
    /// Somebody else: it was there before and is never changed.
    SomebodyElse,
}

/// A resource in Azure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AzureResource {
    /// The part of the system that it belongs to.
    pub area: Area,
    /// What people call it, as in "storage account".
    pub title: &'static str,
    /// Where it is. A random name is empty.
    pub place: ArmPlace,
    /// Who makes it.
    pub maker: Maker,
    /// The output file that its name stands in, from the output folder.
    pub file: String,
}

/// An object in the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterObject {
    /// What it is applied with.
    pub phase: Phase,
    /// Its kind.
    pub kind: &'static str,
    /// Its namespace; `None`: it belongs to the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The output file that it stands in, from the output folder.
    pub file: String,
    /// The image that its pods run, if it makes pods.
    pub image: Option<String>,
    /// How many pods it makes at a time; 0 if it makes none.
    pub pods: u32,
}

/// Something that costs money. Prices are not known here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Billed {
    /// The part of the system that it belongs to.
    pub area: Area,
    /// The resource that is billed; empty where Azure or a controller names it.
    pub resource: String,
    /// What, as in "database `orders`".
    pub what: String,
    /// Its size or tier; empty where there is no choice of one.
    pub size: String,
    /// How many.
    pub count: u32,
    /// What makes it grow.
    pub grows_with: &'static str,
}

/// Something that the internet reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// A listener of a frontend: anybody may send requests.
    Listener {
        /// Name of the Gateway.
        gateway: String,
        /// Name of the frontend.
        frontend: String,
        /// Name of the listener.
        listener: String,
        /// Its protocol.
        protocol: &'static str,
        /// Its port.
        port: u16,
    },
    /// The API server of the cluster: anybody may ask, only those with a role get an answer.
    ApiServer {
        /// Name of the cluster.
        cluster: String,
    },
}

/// A route from the internet to a workload; one for each of its backends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Name of the `HTTPRoute`.
    pub name: String,
    /// Name of its Gateway.
    pub gateway: String,
    /// Whether the path stands for everything below it too.
    pub is_prefix: bool,
    /// The path.
    pub path: String,
    /// What replaces the prefix on the way.
    pub rewrite_prefix: Option<String>,
    /// The workload.
    pub workload: String,
    /// Its Service.
    pub service: String,
    /// Port of the Service.
    pub port: u16,
}

/// A workload calling another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// The variable that holds the address.
    pub variable: String,
    /// The address.
    pub url: String,
}

/// How pods reach a data service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// Key of the resource.
    pub resource: String,
    /// Its name in Azure.
    pub azure_name: String,
    /// What people call it.
    pub title: &'static str,
    /// The way.
    pub way: Way,
}

/// A way from pods to a data service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// What the deployment sets up.
    Deployed(&'static str),
    /// Not ours: the resource is there already, and its firewall must let this subnet in.
    MustLetIn {
        /// Name of the network.
        network: String,
        /// Name of the nodes' subnet.
        subnet: String,
    },
}

/// Somebody who can be given a right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A workload, acting as its identity.
    Workload {
        /// Name of the workload.
        workload: String,
        /// Name of its identity.
        identity: String,
    },
    /// The Job that administers a SQL server.
    SqlAdministrator {
        /// Key of the server's resource.
        resource: String,
        /// Name of the identity.
        identity: String,
    },
    /// The ALB Controller, installed by Helm or by AKS as an add-on.
    AlbController {
        /// Name of the identity.
        identity: String,
    },
    /// The control plane of the cluster.
    ControlPlane {
        /// Name of the identity.
        identity: String,
    },
    /// An administrator of the cluster.
    Administrator {
        /// Object id in Microsoft Entra.
        object_id: String,
        /// What the object is.
        principal_type: PrincipalType,
    },
}

impl Principal {
    /// The name of the identity, or for an administrator the object id.
    pub fn id(&self) -> &str {
        match self {
            Self::Workload { identity, .. }
            | Self::SqlAdministrator { identity, .. }
            | Self::AlbController { identity }
            | Self::ControlPlane { identity } => identity,
            Self::Administrator { object_id, .. } => object_id,
        }
    }
}

/// An identity in Azure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// Who acts as it.
    pub principal: Principal,
    /// Who makes it.
    pub maker: Maker,
    /// Key of its client id among the late values; `None`: nobody needs it.
    pub client_id_key: Option<String>,
}

/// A service account that may act as an identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credential {
    /// Name of the identity.
    pub identity: String,
    /// Name of the federated credential.
    pub name: String,
    /// Namespace of the service account.
    pub namespace: String,
    /// Name of the service account.
    pub service_account: String,
}

/// A role in Azure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleAssignment {
    /// Who has it.
    pub principal: Principal,
    /// Which role.
    pub role: &'static Role,
    /// What people call what it holds for.
    pub title: &'static str,
    /// What people call the resource that this is a part of, if it is one.
    pub title_of_parent: Option<&'static str>,
    /// What it holds for.
    pub scope: ArmPlace,
    /// Why.
    pub why: Why,
    /// Who assigns it.
    pub maker: Maker,
}

/// Why somebody has a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The control plane joins nodes and load balancers to the subnet.
    JoinsNodes,
    /// The ALB Controller joins traffic controllers to the subnet.
    JoinsGateway,
    /// The ALB Controller configures traffic controllers.
    ConfiguresGateway,
    /// The ALB Controller reads the resource group of the nodes.
    ReadsNodeGroup,
    /// AKS gives the add-on the networks of the resource group of the nodes.
    OwnsNodeGroupNetwork,
    /// An administrator does everything in the cluster.
    AdministersCluster,
    /// An administrator fetches the kubeconfig.
    FetchesCredentials,
    /// A connection of the spec says so.
    Connection {
        /// Its access word.
        access: &'static str,
    },
}

/// A right inside a SQL server, which no role of Azure gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatabaseRight {
    /// Who has it.
    pub principal: Principal,
    /// Key of the server's resource.
    pub resource: String,
    /// Name of the server.
    pub server: String,
    /// What.
    pub right: ServerRight,
}

/// A right inside a SQL server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServerRight {
    /// Everything, as the server's one administrator.
    Administrator,
    /// Membership of a role in a database.
    Role {
        /// Name of the database.
        database: String,
        /// Name of the role.
        role: &'static str,
        /// The access word of the connection.
        access: &'static str,
    },
}

/// How the pods of a workload learn where a resource is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// The workload.
    pub workload: String,
    /// Key of the resource.
    pub resource: String,
    /// Key of the child that the settings name.
    pub child: Option<String>,
    /// Who writes the settings, and where.
    pub carrier: Carrier,
    /// The variables that the pods see.
    pub variables: Vec<String>,
}

/// Where the settings of a connection are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// A `ConfigMap` of the manifests.
    ConfigMap(String),
    /// A Secret that Service Connector writes.
    ServiceConnector {
        /// Name of the connection.
        connection: String,
        /// Name of the Secret.
        secret: String,
    },
}

/// A value that exists only after the deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LateValue {
    /// Its key.
    pub key: String,
    /// What it looks like.
    pub shape: Shape,
    /// What it is, as a noun phrase.
    pub meaning: String,
    /// What makes it.
    pub producer: Producer,
    /// Who reads it.
    pub consumers: Vec<Consumer>,
}

/// Who reads a late value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consumer {
    /// The command that installs the ALB Controller.
    Helm,
    /// An object in the cluster.
    Object {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        name: String,
    },
}

/// A secret that a vault keeps. Its value is known to nobody here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// Key of the vault.
    pub vault: String,
    /// Name of the vault in Azure.
    pub vault_name: String,
    /// Name of the secret in the vault.
    pub name: String,
    /// The variable that its value is read from at deployment; `None`: the vault is not ours, and no value is written.
    pub variable: Option<String>,
}

/// A fact with its origin.
fn fact(what: What, origin: &Origin) -> Fact {
    Fact {
        what,
        origin: origin.clone(),
    }
}
