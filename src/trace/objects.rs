//! Manifests → the objects that decide where a request goes.
//!
//! In: trees of any source, one an object. Out: [`Objects`]. What has nothing to do with routing is counted by kind; what the API
//! server would refuse is left out, with the reason.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use super::api::{
    GROUP, GatewaySpec, GrpcRouteSpec, HttpRouteSpec, Metadata, ReferenceGrantSpec, ServicePort,
    ServiceSpec,
};
use super::route::Route;
use super::shape::{self, Excess, Fault, Kind};
use crate::source::At;

/// What tells an object apart from every other of its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct ObjectName {
    /// Its namespace; empty for what lies in none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl ObjectName {
    /// "The Route appearing first in alphabetical order by `{namespace}/{name}`" (`HTTPRouteRule`, `matches`): of the two as one
    /// text, in which `-` comes before `/`.
    pub(super) fn alphabetical(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            return f.write_str(&self.name);
        }
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A Gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Which.
    pub name: ObjectName,
    /// What it does.
    pub spec: GatewaySpec,
    /// Whether cert-manager makes the Secrets of its listeners, in its namespace.
    pub has_issuer: bool,
    /// The number of its tree, counted from 0 in the order read.
    pub origin: usize,
}

/// A `ReferenceGrant`.
#[derive(Debug, Clone)]
pub struct ReferenceGrant {
    /// The namespace that it lets others into.
    pub namespace: String,
    /// Whom, and to what.
    pub spec: ReferenceGrantSpec,
    /// The number of its tree, counted from 0 in the order read.
    pub origin: usize,
}

/// The objects that decide where a request goes.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// In the order read.
    pub gateways: Vec<Gateway>,
    /// Routes of both kinds, in the order read.
    pub routes: Vec<Route>,
    /// In the order read.
    pub grants: Vec<ReferenceGrant>,
    /// The Services.
    pub services: BTreeMap<ObjectName, Service>,
    /// The Secrets, and what each is to a listener. Nothing else of them is kept.
    pub secrets: BTreeMap<ObjectName, SecretSort>,
    /// The labels of each Namespace.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// What the API server would refuse: a sentence each.
    pub refused: Vec<Refused>,
    /// What was read twice; the last one counts, as where both are applied.
    pub doubles: Vec<Double>,
    /// How many objects of other kinds there were.
    pub skipped: BTreeMap<String, usize>,
    read: usize,
    /// The number of the tree of each object, by kind and name.
    origins: BTreeMap<(String, ObjectName), usize>,
}

/// A Service, as far as requests go to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its TCP ports, which HTTP can go to.
    pub ports: BTreeSet<u16>,
    /// Its ports that are of another protocol alone, with that.
    pub other_ports: BTreeMap<u16, String>,
    /// What is spoken at its TCP ports, where its manifest says so.
    pub app_protocols: BTreeMap<u16, String>,
    /// Whether it stands for a name elsewhere.
    pub is_external_name: bool,
}

impl Service {
    fn of(spec: ServiceSpec) -> Self {
        let is_tcp =
            |port: &ServicePort| matches!(port.protocol.as_deref(), None | Some("" | "TCP"));
        let (of_tcp, others): (Vec<_>, Vec<_>) = spec.ports.into_iter().partition(is_tcp);
        let ports: BTreeSet<u16> = of_tcp.iter().map(|port| port.port).collect();
        Self {
            other_ports: others
                .into_iter()
                .filter(|port| !ports.contains(&port.port))
                .filter_map(|port| Some((port.port, port.protocol?)))
                .collect(),
            app_protocols: of_tcp
                .into_iter()
                .filter_map(|port| Some((port.port, port.app_protocol?)))
                .collect(),
            ports,
            is_external_name: spec.service_type.as_deref() == Some("ExternalName"),
        }
    }
}

/// What a Secret is to a listener that needs a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSort {
    /// A certificate with its key, as far as can be seen.
    Certificate,
    /// It would be one, but a part of it is missing or no PEM.
    Broken,
    /// It is made or filled in later, and nobody can say with what.
    Unknown,
    /// It is for something else, such as a password.
    Other,
}

/// An object that was read twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double {
    /// Kind and name.
    pub object: String,
    /// The number of the first tree.
    pub first: usize,
    /// The number of the tree that takes its place.
    pub origin: usize,
}

impl fmt::Display for Double {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the first {}: another one comes later", self.object)
    }
}

/// A tree that no API server would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Kind and name, as far as it has them.
    pub object: String,
    /// Where in it; the root where it is no such object at all.
    pub at: At,
    /// What is wrong.
    pub reason: String,
    /// The limit, where it has more of something than is taken.
    pub excess: Option<Excess>,
    /// The number of its tree, counted from 0 in the order read.
    pub origin: usize,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is left out: ", self.object)?;
        if !self.at.steps().is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.reason)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    metadata: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<String>,
}

impl Head {
    /// What messages call the object.
    fn title(&self) -> String {
        let name = self
            .metadata
            .as_ref()
            .and_then(|named| named.name.as_deref());
        match (self.kind.as_str(), name) {
            ("", _) => "A document without kind".to_owned(),
            (kind, Some(name)) => format!("{kind} {name}"),
            (kind, None) => format!("A {kind} without a name"),
        }
    }
}

/// An object of a kind whose `spec` is a `T`.
#[derive(Deserialize)]
struct Body<T> {
    metadata: Metadata,
    spec: T,
}

/// An object without `spec`.
#[derive(Deserialize)]
struct Bare {
    metadata: Metadata,
}

/// A Secret, as far as it says whether it is a certificate.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    metadata: Metadata,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    data: BTreeMap<String, Option<String>>,
    #[serde(default)]
    string_data: BTreeMap<String, Option<String>>,
}

impl Secret {
    /// The keys of a certificate (<https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets>, read 2026-11-30).
    const KEYS: [&str; 2] = ["tls.crt", "tls.key"];

    fn sort(&self) -> SecretSort {
        let has = |key: &&str| self.data.contains_key(*key) || self.string_data.contains_key(*key);
        let is_meant =
            self.kind.as_deref() == Some("kubernetes.io/tls") || Self::KEYS.iter().any(has);
        if is_meant {
            if Self::KEYS.iter().all(|key| self.could_be_pem(key)) {
                SecretSort::Certificate
            } else {
                SecretSort::Broken
            }
        } else if self.data.is_empty() && self.string_data.is_empty() {
            SecretSort::Unknown
        } else {
            SecretSort::Other
        }
    }

    /// Whether a value could be a PEM block. One that is encrypted in git could be, and in a Secret without any that is filled in
    /// later.
    fn could_be_pem(&self, key: &str) -> bool {
        /// `-----BEGIN ` in base64; the last character depends on what follows.
        const BEGIN: &str = "LS0tLS1CRUdJTi";
        // "stringData … merged into the data field on write, overwriting any existing values" (Kubernetes API reference, Secret).
        if let Some(text) = self.string_data.get(key) {
            return text.as_ref().is_none_or(|text| could_be_pem_text(text));
        }
        let Some(value) = self.data.get(key) else {
            return self.data.is_empty() && self.string_data.is_empty();
        };
        let Some(value) = value else {
            return true;
        };
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
        !value.bytes().all(is_base64) || value.starts_with(BEGIN)
    }
}

/// Whether a text could be a PEM block: it is one, or what stands in its place until it is applied (SOPS, Helm, envsubst, the
/// Argo CD Vault plugin, vals).
fn could_be_pem_text(text: &str) -> bool {
    text.contains("-----BEGIN ")
        || text.starts_with("ENC[")
        || ["${", "$(", "{{", "<", "vault:", "://"]
            .iter()
            .any(|mark| text.contains(mark))
}

/// Whether cert-manager makes the Secrets that the listeners of a Gateway name
/// (<https://cert-manager.io/docs/usage/gateway/>, "Annotated Gateway resource", read 2026-11-30).
fn has_issuer(metadata: &Metadata) -> bool {
    ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"]
        .iter()
        .any(|key| metadata.annotations.contains_key(*key))
}

impl Objects {
    /// No objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one tree in.
    pub fn read<'de, D: Deserializer<'de> + Copy>(&mut self, tree: D) {
        let origin = self.read;
        self.read += 1;
        let (title, taken) = match Head::deserialize(tree) {
            Ok(head) => (head.title(), self.take(&head, tree, origin)),
            Err(error) => ("A document".to_owned(), Err(faults_of_head(tree, &error))),
        };
        for Fault { at, reason, excess } in taken.err().into_iter().flatten() {
            self.refused.push(Refused {
                object: title.clone(),
                at,
                reason,
                excess,
                origin,
            });
        }
    }

    fn take<'de, D: Deserializer<'de> + Copy>(
        &mut self,
        head: &Head,
        tree: D,
        origin: usize,
    ) -> Result<(), Vec<Fault>> {
        let (group, version) = match head.api_version.split_once('/') {
            Some((group, version)) => (group, version),
            None => ("", head.api_version.as_str()),
        };
        if version.is_empty() || head.kind.is_empty() {
            return Err(whole("it has no `apiVersion` or no `kind`"));
        }
        if group == GROUP
            && let Some(fault) = shape::kind_and_version(&head.kind, version)
        {
            return Err(vec![fault]);
        }
        match (group, head.kind.as_str()) {
            (GROUP, "Gateway") => {
                let Body { metadata, spec } = body(tree, Kind::Gateway)?;
                let name = named(&metadata);
                self.forget_earlier(head, &name, origin);
                self.gateways.push(Gateway {
                    name,
                    spec,
                    has_issuer: has_issuer(&metadata),
                    origin,
                });
            }
            (GROUP, "HTTPRoute") => {
                let Body::<HttpRouteSpec> { metadata, spec } = body(tree, Kind::HttpRoute)?;
                let name = named(&metadata);
                let created = metadata.created();
                self.forget_earlier(head, &name, origin);
                self.routes.push(Route::http(name, created, spec, origin));
            }
            (GROUP, "GRPCRoute") => {
                let Body::<GrpcRouteSpec> { metadata, spec } = body(tree, Kind::GrpcRoute)?;
                let name = named(&metadata);
                let created = metadata.created();
                self.forget_earlier(head, &name, origin);
                self.routes.push(Route::grpc(name, created, spec, origin));
            }
            (GROUP, "ReferenceGrant") => {
                let Body { metadata, spec } = body(tree, Kind::ReferenceGrant)?;
                let name = named(&metadata);
                self.forget_earlier(head, &name, origin);
                self.grants.push(ReferenceGrant {
                    namespace: name.namespace,
                    spec,
                    origin,
                });
            }
            ("", "Service") => {
                let Body::<ServiceSpec> { metadata, spec } = body(tree, Kind::Service)?;
                let name = named(&metadata);
                self.forget_earlier(head, &name, origin);
                self.services.insert(name, Service::of(spec));
            }
            ("", "Secret") => {
                let secret: Secret = body(tree, Kind::Secret)?;
                let name = named(&secret.metadata);
                self.forget_earlier(head, &name, origin);
                self.secrets.insert(name, secret.sort());
            }
            ("", "Namespace") => {
                let Bare { metadata } = body(tree, Kind::Namespace)?;
                let name = ObjectName {
                    namespace: String::new(),
                    ..named(&metadata)
                };
                self.forget_earlier(head, &name, origin);
                self.namespaces.insert(name.name, metadata.labels);
            }
            (group, kind) => {
                if let Some((name, sort)) = secret_made_by(group, kind, tree) {
                    // One that is written out says more.
                    self.secrets.entry(name).or_insert(sort);
                }
                *self.skipped.entry(kind.to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Takes out what an object replaces.
    fn forget_earlier(&mut self, head: &Head, name: &ObjectName, origin: usize) {
        let key = (head.kind.clone(), name.clone());
        let Some(first) = self.origins.insert(key, origin) else {
            return;
        };
        self.gateways.retain(|one| one.origin != first);
        self.routes.retain(|one| one.origin != first);
        self.grants.retain(|one| one.origin != first);
        self.doubles.push(Double {
            object: format!("{} {name}", head.kind),
            first,
            origin,
        });
    }

    /// The labels of a namespace. The API server gives each its name as a label.
    pub fn labels_of(&self, namespace: &str) -> BTreeMap<String, String> {
        let mut labels = self.namespaces.get(namespace).cloned().unwrap_or_default();
        labels.insert(
            "kubernetes.io/metadata.name".to_owned(),
            namespace.to_owned(),
        );
        labels
    }

    /// A Service.
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        self.services.get(&ObjectName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The TCP ports of a Service.
    pub fn ports(&self, namespace: &str, name: &str) -> Option<&BTreeSet<u16>> {
        self.service(namespace, name).map(|service| &service.ports)
    }

    /// Whether it is known which certificates a namespace has: some of them are among the objects.
    pub fn knows_certificates_of(&self, namespace: &str) -> bool {
        let first = ObjectName {
            namespace: namespace.to_owned(),
            name: String::new(),
        };
        self.secrets
            .range(first..)
            .take_while(|(secret, _)| secret.namespace == namespace)
            .any(|(_, sort)| matches!(sort, SecretSort::Certificate | SecretSort::Broken))
    }

    /// The protocol of a port of a Service that is not of TCP.
    pub fn other_protocol(&self, namespace: &str, name: &str, port: u16) -> Option<&str> {
        let ports = &self.service(namespace, name)?.other_ports;
        ports.get(&port).map(String::as_str)
    }

    /// Whether it is known which Services a namespace has: some of them are among the objects.
    pub fn knows_services_of(&self, namespace: &str) -> bool {
        let first = ObjectName {
            namespace: namespace.to_owned(),
            name: String::new(),
        };
        let mut from = self.services.range(first..);
        from.next()
            .is_some_and(|(service, _)| service.namespace == namespace)
    }

    /// What is spoken at a port of a Service, where its manifest says so.
    pub fn app_protocol(&self, namespace: &str, name: &str, port: u16) -> Option<&str> {
        let ports = &self.service(namespace, name)?.app_protocols;
        ports.get(&port).map(String::as_str)
    }

    /// Whether something of one namespace may refer to something of another: a `ReferenceGrant` beside what is referred to.
    pub fn is_granted(&self, from: From<'_>, to: To<'_>) -> bool {
        from.namespace == to.namespace
            || self.grants.iter().any(|grant| {
                grant.namespace == to.namespace
                    && grant.spec.from.iter().any(|one| {
                        one.group == from.group
                            && one.kind == from.kind
                            && one.namespace == from.namespace
                    })
                    && grant.spec.to.iter().any(|one| {
                        one.group == to.group
                            && one.kind == to.kind
                            && one.name.as_ref().is_none_or(|name| name == to.name)
                    })
            })
    }
}

/// Who refers.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// Its group.
    pub group: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
}

/// What is referred to.
#[derive(Debug, Clone, Copy)]
pub struct To<'a> {
    /// Its group.
    pub group: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// The Secret that an object of another kind asks a controller to make: cert-manager's Certificate, the `ExternalSecret` of the
/// External Secrets Operator, and `SealedSecret` (their API references, read 2026-11-29).
fn secret_made_by<'de, D: Deserializer<'de> + Copy>(
    group: &str,
    kind: &str,
    tree: D,
) -> Option<(ObjectName, SecretSort)> {
    let (pointer, sort) = match (group, kind) {
        ("cert-manager.io", "Certificate") => ("/spec/secretName", SecretSort::Certificate),
        ("external-secrets.io", "ExternalSecret") => ("/spec/target/name", SecretSort::Unknown),
        ("bitnami.com", "SealedSecret") => ("/spec/template/metadata/name", SecretSort::Unknown),
        _ => return None,
    };
    let tree = Value::deserialize(tree).ok()?;
    let text = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str);
    let name = ObjectName {
        namespace: text("/metadata/namespace").unwrap_or("default").to_owned(),
        name: text(pointer).or_else(|| text("/metadata/name"))?.to_owned(),
    };
    Some((name, sort))
}

/// What is wrong with the whole of a tree.
fn whole(reason: impl Into<String>) -> Vec<Fault> {
    vec![Fault {
        at: At::root(),
        reason: reason.into(),
        excess: None,
    }]
}

/// What is wrong with a tree that has no head.
fn faults_of_head<'de, D: Deserializer<'de>>(tree: D, error: &D::Error) -> Vec<Fault> {
    match Value::deserialize(tree) {
        Ok(mut tree @ Value::Object(_)) => {
            shape::as_read(&mut tree);
            let faults = shape::head(&tree);
            if faults.is_empty() {
                whole(error.to_string())
            } else {
                faults
            }
        }
        Ok(_) => whole("it is no Kubernetes object: one is a map with `apiVersion` and `kind`"),
        Err(error) => whole(format!("it is no Kubernetes object: {error}")),
    }
}

/// An object of a kind, once nothing is wrong with it.
fn body<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    tree: D,
    kind: Kind,
) -> Result<T, Vec<Fault>> {
    let mut tree = Value::deserialize(tree).map_err(|error| whole(error.to_string()))?;
    shape::as_read(&mut tree);
    shape::without_empty_namespace(&mut tree);
    let faults = shape::object(&tree, kind);
    if faults.is_empty() {
        T::deserialize(tree).map_err(|error| whole(error.to_string()))
    } else {
        Err(faults)
    }
}

fn named(metadata: &Metadata) -> ObjectName {
    ObjectName {
        namespace: metadata
            .namespace
            .clone()
            .unwrap_or_else(|| "default".to_owned()),
        name: metadata.name.clone(),
    }
}
