//! From objects of a cluster to a picture, for folders whose spec is not at hand.
//!
//! In: the objects, as trees. Out: what they say. Where requests go, [`crate::trace`] says: a route hangs under the Gateways that take
//! it, behind the clients stands only what serves, and a backend that is refused is drawn as what its share gets. A Deployment calls the Services whose addresses are values of its variables. It
//! has an identity where its service account names one; that one's own name and its rights are Azure's, and no object has them. A
//! resource is drawn where a variable or a ConfigMap names its host; what a Secret names is not known here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::drawing::Drawing;
use super::from_facts::{CLIENTS, EVERY_HOST, path, pods};
use super::{Graph, Layer, Link};
use crate::source::At;
use crate::trace::api::{BackendRef, Filter, Listener, Reference, RequestRedirect};
use crate::trace::{
    BackendState, Gateway, Hostname, ListenerId, ListenerState, ObjectName, Objects, Route, Router,
    Rule, Target, backend_state, unknown_filter,
};

/// The annotation of a service account that acts as an identity: Microsoft Entra Workload ID, 2026-11.
const CLIENT_ID: &str = "azure.workload.identity/client-id";

/// How hosts of Azure end, and what has one: the public cloud, 2026-11.
const HOSTS: &[(&str, &str)] = &[
    (".blob.core.windows.net", "storage account"),
    (".database.windows.net", "SQL server"),
    (".vault.azure.net", "key vault"),
];

/// What objects say.
#[derive(Debug)]
pub struct OfObjects {
    /// Their picture.
    pub graph: Graph,
    /// The Deployments that may reach more than it shows, because Secrets name it.
    pub by_secret: Vec<String>,
    /// What is not in it, or not known: a sentence each.
    pub left_out: Vec<LeftOut>,
}

/// Something that is not in a picture: the API server would refuse it, another object takes its place, or nobody knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What, and why.
    pub text: String,
    /// The object that says so, by its number among those read, and where in it.
    pub place: Option<(usize, At)>,
}

impl LeftOut {
    fn without_place(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place: None,
        }
    }
}

/// The picture of objects.
pub fn graph_of_objects(objects: &[Value]) -> OfObjects {
    let mut routing = Objects::new();
    // A folder holds other YAML too: values of Helm, settings of tools.
    let has_kind = |(_, one): &(usize, &Value)| !text(one, "/kind").is_empty();
    let read: Vec<(usize, &Value)> = objects.iter().enumerate().filter(has_kind).collect();
    for (_, object) in &read {
        routing.read(*object);
    }
    let router = Router::new(&routing);
    let mut reading = Reading {
        all: objects,
        drawing: Drawing::default(),
        workloads: BTreeMap::new(),
        refused: BTreeMap::new(),
        by_secret: Vec::new(),
    };
    reading.workloads();
    let gateways = reading.gateways(&router);
    reading.routes(&router, &gateways);
    for deployment in kind(objects, "Deployment") {
        reading.calls_and_rights(deployment);
    }
    let cluster = match namespaces(objects).as_slice() {
        [one] => format!("namespace {one}"),
        _ => "cluster".to_owned(),
    };
    let refused = routing.refused.iter().map(|refused| LeftOut {
        text: refused.to_string(),
        place: read
            .get(refused.origin)
            .map(|(number, _)| (*number, refused.at.clone())),
    });
    let doubles = routing.doubles.iter().map(ToString::to_string);
    let doubles = doubles.map(LeftOut::without_place);
    let is_unknown = routing.gateways.is_empty() && !routing.routes.is_empty();
    let unknown = is_unknown.then(|| {
        LeftOut::without_place(
            "whether a listener takes the routes: no Gateway is among the objects",
        )
    });
    OfObjects {
        graph: reading.drawing.finished(cluster),
        by_secret: reading.by_secret,
        left_out: refused.chain(doubles).chain(unknown).collect(),
    }
}

struct Reading<'a> {
    all: &'a [Value],
    drawing: Drawing,
    /// The node of each Deployment, or of a Service that none is behind, by namespace and name.
    workloads: BTreeMap<(&'a str, &'a str), usize>,
    /// The node of each backend that is no workload, by namespace, name and what is said of it.
    refused: BTreeMap<(&'a str, &'a str, String), usize>,
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

    /// Gateways that the API server takes, each with its hosts and frontends: in the order read.
    fn gateways(&mut self, router: &Router<'_>) -> Vec<usize> {
        let all = router.objects().gateways.iter().enumerate();
        all.map(|(at, gateway)| {
            let states = router.attachments().listeners.iter();
            let own: Vec<&ListenerState> = states.filter(|state| state.id.gateway == at).collect();
            self.gateway(gateway, &own)
        })
        .collect()
    }

    fn gateway(&mut self, gateway: &Gateway, states: &[&ListenerState]) -> usize {
        let ObjectName { namespace, name } = &gateway.name;
        let listeners = states
            .iter()
            .filter_map(|state| Some((state, gateway.spec.listeners.get(state.id.listener)?)));
        let serving: Vec<&Listener> = listeners
            .clone()
            .filter(|(state, _)| state.serves())
            .map(|(_, listener)| listener)
            .collect();
        let hosts = serving
            .iter()
            .map(|listener| listener.hostname.clone())
            .map(|host| host.unwrap_or_else(|| EVERY_HOST.to_owned()));
        let broken = listeners.filter_map(|(state, listener)| {
            let fault = state.faults.iter().find(|fault| fault.is_fatal())?;
            Some(format!(
                "listener {} does not serve ({})",
                listener.name,
                fault.reason()
            ))
        });
        let detail = joined(hosts.chain(broken));
        let node = self.new_node(Layer::Gateways, name, namespace, detail);
        let clients = self.drawing.node(Layer::Clients, CLIENTS, "");
        let ports = joined(
            serving
                .iter()
                .map(|listener| format!("{} {}", listener.protocol, listener.port)),
        );
        let named = gateway.spec.addresses.iter();
        let mut frontends: Vec<usize> = named
            .filter_map(|address| address.value.as_deref())
            .map(|frontend| self.drawing.node(Layer::Frontends, frontend, ""))
            .collect();
        if frontends.is_empty() {
            let detail = "named by its controller".to_owned();
            frontends.push(self.new_node(Layer::Frontends, name, namespace, detail));
        }
        // No line leads to what answers nobody.
        for frontend in frontends.into_iter().filter(|_| !serving.is_empty()) {
            self.drawing
                .join(clients, frontend, Link::Request, ports.clone());
            self.drawing.join(frontend, node, Link::Request, "");
        }
        node
    }

    /// Routes, and where the engine sends their requests.
    fn routes(&mut self, router: &'a Router<'a>, gateways: &[usize]) {
        for (at, route) in router.objects().routes.iter().enumerate() {
            let hosts = joined(route.hostnames.iter().filter_map(Hostname::text));
            let attachments = router.attachments();
            let taken = attachments.attached.iter();
            let taken: Vec<ListenerId> = taken
                .filter(|one| one.route == at)
                .map(|one| one.listener)
                .collect();
            let state = |id: &&ListenerId| attachments.listener(**id);
            let serving = taken
                .iter()
                .filter(|id| state(id).is_some_and(ListenerState::serves));
            let mut parents: Vec<usize> = serving.map(|id| id.gateway).collect();
            parents.dedup();
            let mut detail = joined(route.rules.iter().map(demands));
            if !hosts.is_empty() {
                detail = format!("{hosts} {detail}");
            }
            if parents.is_empty() {
                detail.push_str(if router.objects().gateways.is_empty() {
                    ", whether a listener takes it is not known: no Gateway is among the objects"
                } else if taken.is_empty() {
                    ", taken by no listener"
                } else {
                    ", no answer: no listener that takes it serves"
                });
            }
            let ObjectName { namespace, name } = &route.name;
            let node = self.new_node(Layer::Routes, name, namespace, detail);
            for parent in parents {
                if let Some(gateway) = gateways.get(parent) {
                    self.drawing.join(*gateway, node, Link::Request, "");
                }
            }
            for rule in &route.rules {
                let said = if route.rules.len() > 1 {
                    demands(rule)
                } else {
                    String::new()
                };
                self.rule(router.objects(), route, rule, node, &said);
            }
        }
    }

    fn rule(
        &mut self,
        objects: &'a Objects,
        route: &'a Route,
        rule: &'a Rule,
        node: usize,
        said: &str,
    ) {
        // What comes after the first filter that answers is not asked.
        let answers =
            |filter: &Filter| filter.request_redirect.is_some() || unknown_filter(filter).is_some();
        let end = rule.filters.iter().position(answers);
        let answer = end.and_then(|end| rule.filters.get(end));
        let label = |more: String| {
            let words = [said.to_owned(), more].into_iter();
            words
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(": ")
        };
        if let Some(unknown) = answer.and_then(unknown_filter) {
            let status = route.kind.refusal().0.to_string();
            let to = self.drawing.node(Layer::Workloads, &status, &unknown);
            self.drawing
                .join(node, to, Link::Request, label(String::new()));
            return;
        }
        let asked = rule.filters.iter().take(end.unwrap_or(usize::MAX));
        for mirror in asked.filter_map(|filter| filter.request_mirror.as_ref()) {
            let to = self.backend(objects, route, &mirror.backend_ref);
            self.drawing
                .join(node, to, Link::Request, label("a copy".to_owned()));
        }
        if let Some(redirect) = answer.and_then(|filter| filter.request_redirect.as_ref()) {
            let status = redirect.status_code.unwrap_or(302);
            let title = format!("redirect {status}");
            let to = self
                .drawing
                .node(Layer::Workloads, &title, &leads_to(redirect));
            self.drawing
                .join(node, to, Link::Request, label(String::new()));
            return;
        }
        let weight = |backend: &BackendRef| u64::from(backend.weight.unwrap_or(1));
        let total: u64 = rule.backends.iter().map(weight).sum();
        if total == 0 {
            let status = route.kind.refusal().0.to_string();
            let to = self.drawing.node(Layer::Workloads, &status, "no backend");
            self.drawing
                .join(node, to, Link::Request, label(String::new()));
        }
        for backend in rule.backends.iter().filter(|backend| weight(backend) > 0) {
            let share = if weight(backend) == total {
                String::new()
            } else {
                format!("{} of {total}", weight(backend))
            };
            let to = self.backend(objects, route, &backend.reference);
            self.drawing.join(node, to, Link::Request, label(share));
        }
    }

    /// The node of a backend: of one that gets nothing, what its share gets instead.
    fn backend(&mut self, objects: &'a Objects, route: &'a Route, to: &'a Reference) -> usize {
        let namespace = to.namespace.as_deref();
        let namespace = namespace.unwrap_or(&route.name.namespace);
        let why = match backend_state(objects, route, to) {
            BackendState::Fine | BackendState::Unknown => {
                return self.workload_of(namespace, &to.name);
            }
            BackendState::Pool => {
                return self.no_workload(namespace, &to.name, "InferencePool".to_owned());
            }
            BackendState::InvalidKind => "no Service",
            BackendState::NotPermitted => "no ReferenceGrant",
            BackendState::NotFound => "not there",
            BackendState::NoPort => "no port named",
        };
        let (status, _) = route.kind.refusal();
        self.no_workload(namespace, &to.name, format!("{status}: {why}"))
    }

    /// The node of a backend that is no workload; two of one name in two namespaces are two.
    fn no_workload(&mut self, namespace: &'a str, name: &'a str, detail: String) -> usize {
        let key = (namespace, name, detail);
        if let Some(node) = self.refused.get(&key) {
            return *node;
        }
        let node = self.new_node(Layer::Workloads, name, namespace, key.2.clone());
        self.refused.insert(key, node);
        node
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

/// What a rule takes, and what it makes of a prefix.
fn demands(rule: &Rule) -> String {
    let mut said = joined(rule.matches.iter().map(|one| {
        let is_more = one.method.is_some() || !one.headers.is_empty() || !one.parameters.is_empty();
        match &one.target {
            Target::Prefix { path: prefix, .. } if prefix.is_empty() && !is_more => path("/", true),
            Target::Prefix { path: prefix, .. } if !is_more => path(prefix, true),
            Target::Exact(exact) if !is_more => path(exact, false),
            _ => one.to_string(),
        }
    }));
    let filters = rule.filters.iter();
    for path in filters.filter_map(|filter| filter.url_rewrite.as_ref()?.path.as_ref()) {
        if let Some(new) = path.replacement() {
            said.push_str(" as ");
            said.push_str(if new.is_empty() { "/" } else { new });
        }
    }
    said
}

/// Where a redirect leads, as far as it says.
fn leads_to(redirect: &RequestRedirect) -> String {
    let host = redirect.hostname.as_deref().unwrap_or_default();
    let mut place = match (&redirect.scheme, host) {
        (Some(scheme), "") => scheme.clone(),
        (Some(scheme), host) => format!("{scheme}://{host}"),
        (None, host) => host.to_owned(),
    };
    if let Some(port) = redirect.port {
        place.extend([":", &port.to_string()]);
    }
    if let Some(path) = &redirect.path {
        place.push_str(path.replacement().unwrap_or_default());
    }
    format!("to {place}")
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
