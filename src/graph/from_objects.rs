//! From objects of a cluster to a picture, for folders whose spec is not at hand.
//!
//! In: the objects, as trees. Out: what they say. A Deployment calls the Services whose addresses are values of its variables. It
//! has an identity where its service account names one; that one's own name and its rights are Azure's, and no object has them. A
//! resource is drawn where a variable or a ConfigMap names its host; what a Secret names is not known here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::drawing::Drawing;
use super::from_facts::{CLIENTS, EVERY_HOST, path, pods};
use super::{Graph, Layer, Link};

/// The annotation of a service account that acts as an identity: Microsoft Entra Workload ID, 2026-11.
const CLIENT_ID: &str = "azure.workload.identity/client-id";

/// How hosts of Azure end, and what has one: the public cloud, 2026-11.
const HOSTS: &[(&str, &str)] = &[
    (".blob.core.windows.net", "storage account"),
    (".database.windows.net", "SQL server"),
    (".vault.azure.net", "key vault"),
];

/// The picture of a folder of objects, and the Deployments that may reach more than it shows, because Secrets name it.
pub fn graph_of_objects(objects: &[Value]) -> (Graph, Vec<String>) {
    let mut reading = Reading {
        all: objects,
        drawing: Drawing::default(),
        workloads: BTreeMap::new(),
        by_secret: Vec::new(),
    };
    reading.workloads();
    reading.gateways();
    reading.routes();
    for deployment in kind(objects, "Deployment") {
        reading.calls_and_rights(deployment);
    }
    let cluster = match namespaces(objects).as_slice() {
        [one] => format!("namespace {one}"),
        _ => "cluster".to_owned(),
    };
    (reading.drawing.finished(cluster), reading.by_secret)
}

struct Reading<'a> {
    all: &'a [Value],
    drawing: Drawing,
    /// The node of each Deployment, or of a Service that none is behind, by namespace and name.
    workloads: BTreeMap<(&'a str, &'a str), usize>,
    /// The Deployments whose variables come from Secrets.
    by_secret: Vec<String>,
}

/// The objects of a kind.
fn kind<'a>(objects: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    objects
        .iter()
        .filter(move |object| text(object, "/kind") == kind)
}

/// The text at a place of a tree; empty where there is none.
fn text<'a>(tree: &'a Value, at: &str) -> &'a str {
    tree.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a place of a tree.
fn list<'a>(tree: &'a Value, at: &str) -> &'a [Value] {
    let list = tree.pointer(at).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

fn namespace(object: &Value) -> &str {
    match text(object, "/metadata/namespace") {
        "" => "default",
        named => named,
    }
}

/// The namespaces of all Deployments.
fn namespaces(objects: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = kind(objects, "Deployment").map(namespace).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A number, or one for a field that may be left out.
fn count(tree: &Value, at: &str) -> u32 {
    let number = tree.pointer(at).and_then(Value::as_u64).unwrap_or(1);
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl<'a> Reading<'a> {
    /// A node that no other is taken for, also where one of that name is in another namespace.
    fn new_node(&mut self, layer: Layer, name: &str, namespace: &str, detail: String) -> usize {
        let is_taken = self.drawing.find(layer, name, Some(&detail)).is_some();
        let detail = if is_taken {
            format!("{detail}, namespace {namespace}")
        } else {
            detail
        };
        self.drawing.node(layer, name, &detail)
    }

    fn workloads(&mut self) {
        let all = self.all;
        for deployment in kind(all, "Deployment") {
            let (namespace, name) = (namespace(deployment), name(deployment));
            let detail = pods(count(deployment, "/spec/replicas"));
            let node = self.new_node(Layer::Workloads, name, namespace, detail);
            self.workloads.insert((namespace, name), node);
        }
    }

    /// The node of the workload that a Service stands for.
    fn workload_of(&mut self, namespace: &'a str, service: &'a str) -> usize {
        let all = self.all;
        let selector = kind(all, "Service")
            .find(|known| name(known) == service && self::namespace(known) == namespace)
            .and_then(|known| known.pointer("/spec/selector")?.as_object());
        let behind = kind(all, "Deployment").find(|deployment| {
            let labels = deployment.pointer("/spec/template/metadata/labels");
            self::namespace(deployment) == namespace
                && selector.is_some_and(|selector| {
                    let mut wanted = selector.iter();
                    wanted.all(|(key, value)| labels.and_then(|has| has.get(key)) == Some(value))
                })
        });
        let key = (namespace, behind.map_or(service, name));
        if let Some(node) = self.workloads.get(&key) {
            return *node;
        }
        let node = self.new_node(Layer::Workloads, service, namespace, "Service".to_owned());
        self.workloads.insert(key, node);
        node
    }

    fn gateways(&mut self) {
        for gateway in kind(self.all, "Gateway") {
            let listeners = list(gateway, "/spec/listeners");
            let hosts = listeners.iter().map(|listener| text(listener, "/hostname"));
            let hosts = joined(hosts.filter(|host| !host.is_empty()).map(str::to_owned));
            let hosts = if hosts.is_empty() {
                EVERY_HOST.to_owned()
            } else {
                hosts
            };
            let node = self.new_node(Layer::Gateways, name(gateway), namespace(gateway), hosts);
            let clients = self.drawing.node(Layer::Clients, CLIENTS, "");
            let ports = joined(listeners.iter().map(|listener| {
                let port = listener.pointer("/port").and_then(Value::as_u64);
                let port = port.map_or_else(String::new, |port| port.to_string());
                format!("{} {port}", text(listener, "/protocol"))
            }));
            let named = list(gateway, "/spec/addresses");
            let mut frontends: Vec<(&str, &str)> = named
                .iter()
                .map(|address| (text(address, "/value"), ""))
                .collect();
            if frontends.is_empty() {
                frontends.push((name(gateway), "named by its controller"));
            }
            for (frontend, detail) in frontends {
                let frontend = self.drawing.node(Layer::Frontends, frontend, detail);
                self.drawing
                    .join(clients, frontend, Link::Request, ports.clone());
                self.drawing.join(frontend, node, Link::Request, "");
            }
        }
    }

    fn routes(&mut self) {
        let all = self.all;
        let routes = all
            .iter()
            .filter(|object| matches!(text(object, "/kind"), "HTTPRoute" | "GRPCRoute"));
        for route in routes {
            let own = namespace(route);
            let rules = list(route, "/spec/rules");
            let hosts = list(route, "/spec/hostnames").iter();
            let hosts = joined(hosts.filter_map(Value::as_str).map(str::to_owned));
            let detail = match (hosts.as_str(), joined(rules.iter().map(matches_of))) {
                ("", paths) => paths,
                (hosts, paths) => format!("{hosts} {paths}"),
            };
            let node = self.new_node(Layer::Routes, name(route), own, detail);
            for parent in list(route, "/spec/parentRefs") {
                let gateway = self
                    .drawing
                    .find(Layer::Gateways, text(parent, "/name"), None);
                if let Some(gateway) = gateway {
                    self.drawing.join(gateway, node, Link::Request, "");
                }
            }
            for rule in rules {
                let backends = list(rule, "/backendRefs");
                let total: u64 = backends
                    .iter()
                    .map(|it| u64::from(count(it, "/weight")))
                    .sum();
                for backend in backends {
                    let namespace = match text(backend, "/namespace") {
                        "" => own,
                        named => named,
                    };
                    let mut says = Vec::new();
                    if rules.len() > 1 {
                        says.push(matches_of(rule));
                    }
                    if backends.len() > 1 {
                        says.push(format!("{} of {total}", count(backend, "/weight")));
                    }
                    let workload = self.workload_of(namespace, text(backend, "/name"));
                    self.drawing
                        .join(node, workload, Link::Request, says.join(": "));
                }
            }
        }
    }

    fn calls_and_rights(&mut self, deployment: &'a Value) {
        let all = self.all;
        let own = namespace(deployment);
        let Some(node) = self.workloads.get(&(own, name(deployment))).copied() else {
            return;
        };
        let account = text(deployment, "/spec/template/spec/serviceAccountName");
        let acts = kind(all, "ServiceAccount").any(|known| {
            let annotations = known.pointer("/metadata/annotations");
            let client_id = annotations.and_then(|all| all.get(CLIENT_ID));
            name(known) == account && namespace(known) == own && client_id.is_some()
        });
        let identity = acts.then(|| {
            let detail = "service account".to_owned();
            let identity = self.drawing.find(Layer::Identities, account, Some(&detail));
            let shared = identity.filter(|_| namespaces(all).len() == 1);
            let identity =
                shared.unwrap_or_else(|| self.new_node(Layer::Identities, account, own, detail));
            self.drawing.join(node, identity, Link::ActsAs, "");
            identity
        });
        let mut has_secret = false;
        for container in list(deployment, "/spec/template/spec/containers") {
            let mut values: Vec<&'a str> = Vec::new();
            for variable in list(container, "/env") {
                values.push(text(variable, "/value"));
            }
            for source in list(container, "/envFrom") {
                let map = text(source, "/configMapRef/name");
                let data = kind(all, "ConfigMap")
                    .find(|known| name(known) == map && namespace(known) == own)
                    .and_then(|known| known.pointer("/data")?.as_object());
                values.extend(data.into_iter().flatten().filter_map(|(_, it)| it.as_str()));
                has_secret |= source.get("secretRef").is_some();
            }
            for value in values {
                if let Some((service, namespace)) = self.called(value, own) {
                    let to = self.workload_of(namespace, service);
                    self.drawing.join(node, to, Link::Call, "");
                }
                for (resource, title) in resources_in(value) {
                    if let Some(identity) = identity {
                        let to = self.drawing.node(Layer::Resources, resource, title);
                        self.drawing.join(identity, to, Link::Right, "");
                    }
                }
            }
        }
        if has_secret {
            self.by_secret.push(name(deployment).to_owned());
        }
    }

    /// The Service that a value is the address of, with its namespace.
    fn called(&self, value: &str, own: &'a str) -> Option<(&'a str, &'a str)> {
        let (_, rest) = value.split_once("://")?;
        let host = rest.split(['/', ':', '?']).next()?;
        let mut parts = host.split('.');
        let (service, of) = (parts.next()?, parts.next().unwrap_or(own));
        kind(self.all, "Service")
            .map(|known| (name(known), namespace(known)))
            .find(|known| *known == (service, of))
    }
}

/// The resources of Azure whose hosts stand in a value: each its name and what people call it.
fn resources_in(value: &str) -> Vec<(&str, &'static str)> {
    let hosts = HOSTS.iter().filter_map(|(ending, title)| {
        let (before, _) = value.split_once(ending)?;
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let name = before.rsplit(|letter| !is_part(letter)).next()?;
        (!name.is_empty()).then_some((name, *title))
    });
    hosts.collect()
}

/// What a rule takes: its paths, or for gRPC its methods; and what it makes of a prefix.
fn matches_of(rule: &Value) -> String {
    let matches = list(rule, "/matches").iter().map(|one| {
        let service = text(one, "/method/service");
        match (text(one, "/path/value"), text(one, "/path/type")) {
            ("", _) if !service.is_empty() => format!("{service}/{}", text(one, "/method/method")),
            ("", _) => path("/", true),
            (value, kind) => path(value, kind != "Exact"),
        }
    });
    let mut said = match joined(matches) {
        nothing if nothing.is_empty() => path("/", true),
        matches => matches,
    };
    let filters = list(rule, "/filters").iter();
    for rewritten in filters.map(|it| text(it, "/urlRewrite/path/replacePrefixMatch")) {
        if !rewritten.is_empty() {
            said.push_str(" as ");
            said.push_str(rewritten);
        }
    }
    said
}

/// All that differ, with commas.
fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.join(", ")
}
