//! Model → the objects of the cluster.
//!
//! In: a [`Model`], in which nothing is left to decide. Out: one [`Manifest`] an object, in the order in which a person
//! would apply them, each with the place of the spec that it was made for and the part of the tree that it belongs to.
//! Deciding how an object looks in YAML, and in which file it stands, is [`crate::render::k8s`]'s; judging objects is
//! not done here either.

pub mod api;
mod build;
mod late_field;

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use self::api::{
    ApplicationLoadBalancer, ConfigMap, Deployment, Gateway, HealthCheckPolicy, HttpRoute, Job,
    Metadata, Namespace, PodDisruptionBudget, Service, ServiceAccount, TextMap,
};
use crate::model::{Model, Origin};
use crate::output::ObjectId;

pub use self::build::manifests;
pub use self::late_field::{LateField, Step, Waiting, hole};

/// An object with what agcgen knows of it beyond its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The object.
    pub object: Object,
    /// What in the spec it was made for.
    pub origin: Origin,
    /// What it belongs to.
    pub part: Part,
    /// Its fields whose value exists only after the deployment.
    pub late: Vec<LateField>,
}

/// The part of the system that an object belongs to: who reviews it, and when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// What stands before any workload.
    Platform(Topic),
    /// The workload of that name.
    Workload(String),
    /// The route of that name.
    Route(String),
}

impl Part {
    /// What it is applied with.
    pub fn phase(&self) -> Phase {
        match self {
            Self::Platform(_) => Phase::Platform,
            Self::Workload(_) => Phase::Workloads,
            Self::Route(_) => Phase::Routes,
        }
    }

    /// The file that its objects stand in, from the output folder.
    pub fn file(&self) -> String {
        [self.phase().folder(), "/", self.name(), ".yaml"].concat()
    }

    /// The same, from the folder of its phase.
    pub fn file_name(&self) -> String {
        [self.name(), ".yaml"].concat()
    }

    fn name(&self) -> &str {
        match self {
            Self::Platform(Topic::Namespaces) => "namespace",
            Self::Platform(Topic::ServiceAccounts) => "service-accounts",
            Self::Platform(Topic::Gateway) => "gateway",
            Self::Platform(Topic::SqlGrants) => "sql-grants",
            Self::Platform(Topic::Connections) => "connections",
            Self::Workload(name) | Self::Route(name) => name,
        }
    }
}

/// What is applied together, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// What stands before any workload.
    Platform,
    /// The workloads.
    Workloads,
    /// The routes to them.
    Routes,
}

impl Phase {
    /// Its folder, from the output folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Platform => "k8s/platform",
            Self::Workloads => "k8s/workloads",
            Self::Routes => "k8s/routes",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Platform => "platform",
            Self::Workloads => "workloads",
            Self::Routes => "routes",
        })
    }
}

/// What an object of the platform is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Namespaces.
    Namespaces,
    /// Who may act as an identity in Azure.
    ServiceAccounts,
    /// Where requests come in.
    Gateway,
    /// Who makes the users of SQL databases.
    SqlGrants,
    /// Settings of direct connections.
    Connections,
}

/// Why a tree is no object of agcgen's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// It has no `apiVersion` and `kind`, or they are no text.
    NoKind,
    /// Its kind is not among those that agcgen writes.
    UnknownKind {
        /// `apiVersion` of the tree.
        api_version: String,
        /// `kind` of the tree.
        kind: String,
    },
    /// A field is unknown, missing or of another type.
    Field {
        /// Kind and name of the object.
        object: String,
        /// What is wrong, in one line.
        reason: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKind => {
                f.write_str("no Kubernetes object: `apiVersion` and `kind` are missing")
            }
            Self::UnknownKind { api_version, kind } => {
                write!(
                    f,
                    "`{kind}` of `{api_version}` is not among the kinds that agcgen knows"
                )
            }
            Self::Field { object, reason } => write!(f, "{object}: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {}

macro_rules! object_kinds {
    ($($(#[$doc:meta])* $variant:ident = $api_version:literal, $kind:literal;)*) => {
        /// Every kind that agcgen writes: `apiVersion` and `kind`.
        pub(crate) const KINDS: &[(&str, &str)] = &[$(($api_version, $kind)),*];

        /// A Kubernetes object of a kind that agcgen writes.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Object {
            $($(#[$doc])* $variant($variant),)*
        }

        impl Serialize for Object {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let (api_version, kind) = (self.api_version(), self.kind());
                match self {
                    $(Self::$variant(body) => Tagged { api_version, kind, body }.serialize(serializer),)*
                }
            }
        }

        impl Object {
            /// Its `apiVersion`, such as `apps/v1`.
            pub fn api_version(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $api_version,)*
                }
            }

            /// Its `kind`, such as `Deployment`.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                }
            }

            /// Its name, namespace, labels and annotations.
            pub fn metadata(&self) -> &Metadata {
                match self {
                    $(Self::$variant(object) => &object.metadata,)*
                }
            }

            fn from_body(api_version: &str, kind: &str, body: Value) -> Option<serde_json::Result<Self>> {
                match (api_version, kind) {
                    $(($api_version, $kind) => Some(serde_json::from_value(body).map(Self::$variant)),)*
                    _ => None,
                }
            }
        }
    };
}

/// A body behind what its type does not say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tagged<'a, T> {
    api_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

object_kinds! {
    /// A namespace.
    Namespace = "v1", "Namespace";
    /// A service account.
    ServiceAccount = "v1", "ServiceAccount";
    /// Settings that are not secret.
    ConfigMap = "v1", "ConfigMap";
    /// A name and an address for the pods of a workload.
    Service = "v1", "Service";
    /// Equal pods that are replaced one after another.
    Deployment = "apps/v1", "Deployment";
    /// Something that runs until it has succeeded once.
    Job = "batch/v1", "Job";
    /// How many pods may be missing while nodes are emptied.
    PodDisruptionBudget = "policy/v1", "PodDisruptionBudget";
    /// Where requests come in.
    Gateway = "gateway.networking.k8s.io/v1", "Gateway";
    /// Which requests go where.
    HttpRoute = "gateway.networking.k8s.io/v1", "HTTPRoute";
    /// An Application Gateway for Containers that the ALB Controller makes.
    ApplicationLoadBalancer = "alb.networking.azure.io/v1", "ApplicationLoadBalancer";
    /// How the gateway sees that the pods of a Service work.
    HealthCheckPolicy = "alb.networking.azure.io/v1", "HealthCheckPolicy";
}

impl Object {
    /// The object as a tree, fields in the order in which people write them.
    ///
    /// # Errors
    ///
    /// None for the structs of [`api`], whose keys are all text; the type is that of the serialiser.
    pub fn to_value(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }

    /// Reads an object strictly: nothing of the tree is lost, or it is an error.
    ///
    /// # Errors
    ///
    /// [`ReadError`] for a tree without a kind, of a kind that agcgen does not write, or with a field that it does not
    /// write.
    pub fn read(tree: Value) -> Result<Self, ReadError> {
        let Value::Object(mut body) = tree else {
            return Err(ReadError::NoKind);
        };
        let (Some(Value::String(api_version)), Some(Value::String(kind))) =
            (body.shift_remove("apiVersion"), body.shift_remove("kind"))
        else {
            return Err(ReadError::NoKind);
        };
        let name = body
            .get("metadata")
            .and_then(|metadata| metadata.get("name"))
            .and_then(Value::as_str)
            .unwrap_or("without a name")
            .to_owned();
        match Self::from_body(&api_version, &kind, Value::Object(body)) {
            None => Err(ReadError::UnknownKind { api_version, kind }),
            Some(Ok(object)) => Ok(object),
            Some(Err(failure)) => Err(ReadError::Field {
                object: format!("{kind} {name}"),
                reason: failure.to_string(),
            }),
        }
    }

    /// What tells it apart from every other object of a cluster.
    pub fn id(&self) -> ObjectId {
        let metadata = self.metadata();
        ObjectId {
            api_version: self.api_version().to_owned(),
            kind: self.kind().to_owned(),
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
        }
    }

    /// Kind and name, as messages and comments call it: `Gateway hello-gateway`.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind(), self.metadata().name)
    }
}

/// The labels that every object of a system carries; with them the driver finds what it may delete.
///
/// `name` is what the object is of: a workload, a route, or the object itself.
fn labels(model: &Model, name: &str) -> TextMap {
    TextMap::from([
        (NAME_LABEL, name),
        ("app.kubernetes.io/part-of", &model.name),
        ("app.kubernetes.io/managed-by", "agcgen"),
    ])
}

/// The label that selects the pods of a workload. Nothing else is in selectors, because they can never change.
const NAME_LABEL: &str = "app.kubernetes.io/name";
