//! From facts to a picture.

use super::drawing::Drawing;
use super::{Graph, Layer, Link};
use crate::catalog::arm_types;
use crate::facts::{
    Area, AzureResource, Exposure, Fact, Principal, RoleAssignment, Route, ServerRight, What,
};

/// The picture of a system. Facts are sorted by name; here they stand in the order of the spec again, which is the one that its
/// author has in mind.
pub fn graph(facts: &[Fact]) -> Graph {
    let mut facts: Vec<&Fact> = facts.iter().collect();
    facts.sort_by_key(|fact| (fact.origin.span.source, fact.origin.span.start));
    let whats: Vec<&What> = facts.into_iter().map(|fact| &fact.what).collect();
    let mut drawing = Drawing::default();
    traffic(&mut drawing, &whats);
    azure(&mut drawing, &whats);
    drawing.finished(name_of_cluster(&whats))
}

/// What the cluster is called.
fn name_of_cluster(whats: &[&What]) -> String {
    let cluster = whats.iter().find_map(|what| match what {
        What::Exposure(Exposure::ApiServer { cluster }) => Some(cluster.as_str()),
        _ => None,
    });
    let namespace = deployments(whats).find_map(|(_, _, namespace)| namespace);
    match (cluster, namespace) {
        (Some(cluster), Some(namespace)) => format!("{cluster}, namespace {namespace}"),
        (Some(name), None) => name.to_owned(),
        (None, namespace) => namespace.unwrap_or_default().to_owned(),
    }
}

/// Each Deployment: its name, how many pods, its namespace.
fn deployments<'a>(
    whats: &'a [&What],
) -> impl Iterator<Item = (&'a str, u32, Option<&'a str>)> + 'a {
    whats.iter().filter_map(|what| match what {
        What::Object(object) if object.kind == "Deployment" => {
            let namespace = object.namespace.as_deref();
            Some((object.name.as_str(), object.pods, namespace))
        }
        _ => None,
    })
}

/// How many pods, in words.
pub(super) fn pods(count: u32) -> String {
    match count {
        1 => "1 pod".to_owned(),
        count => format!("{count} pods"),
    }
}

/// From the clients to the workloads, and among these.
fn traffic(drawing: &mut Drawing, whats: &[&What]) {
    for (name, count, _) in deployments(whats) {
        drawing.node(Layer::Workloads, name, &pods(count));
    }
    listeners(drawing, whats);
    for what in whats {
        match what {
            What::Route(route) => route_of(drawing, route),
            What::Call(call) => {
                let from = drawing.find(Layer::Workloads, &call.from, None);
                let to = drawing.find(Layer::Workloads, &call.to, None);
                if let (Some(from), Some(to)) = (from, to) {
                    drawing.join(from, to, Link::Call, "");
                }
            }
            _ => {}
        }
    }
}

/// Clients, frontends and their Gateways.
fn listeners(drawing: &mut Drawing, whats: &[&What]) {
    let mut frontends: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for what in whats {
        let What::Exposure(Exposure::Listener {
            gateway,
            frontend,
            protocol,
            port,
            ..
        }) = what
        else {
            continue;
        };
        let port = format!("{protocol} {port}");
        match frontends.iter_mut().find(|known| known.0 == frontend) {
            Some((_, _, ports)) => ports.push(port),
            None => frontends.push((frontend, gateway, vec![port])),
        }
    }
    for (frontend, gateway, ports) in frontends {
        let clients = drawing.node(Layer::Clients, CLIENTS, "");
        let frontend = drawing.node(Layer::Frontends, frontend, "");
        // No listener of the language names a host.
        let gateway = drawing.node(Layer::Gateways, gateway, EVERY_HOST);
        drawing.join(clients, frontend, Link::Request, ports.join(", "));
        drawing.join(frontend, gateway, Link::Request, "");
    }
}

/// What whoever asks from outside is called.
pub(super) const CLIENTS: &str = "clients";

/// What is said of a Gateway that takes requests for every host.
pub(super) const EVERY_HOST: &str = "every host";

fn route_of(drawing: &mut Drawing, route: &Route) {
    let mut detail = path(&route.path, route.is_prefix);
    if let Some(prefix) = &route.rewrite_prefix {
        detail.push_str(" as ");
        detail.push_str(prefix);
    }
    let gateway = drawing.find(Layer::Gateways, &route.gateway, None);
    let node = drawing.node(Layer::Routes, &route.name, &detail);
    if let Some(gateway) = gateway {
        drawing.join(gateway, node, Link::Request, "");
    }
    if let Some(workload) = drawing.find(Layer::Workloads, &route.workload, None) {
        drawing.join(node, workload, Link::Request, "");
    }
}

/// The path of a route, in words.
pub(super) fn path(path: &str, is_prefix: bool) -> String {
    if is_prefix {
        path.to_owned()
    } else {
        format!("{path} alone")
    }
}

/// Identities of workloads, resources, and who may do what.
fn azure(drawing: &mut Drawing, whats: &[&What]) {
    let mut resources: Vec<(&AzureResource, usize)> = Vec::new();
    for what in whats {
        match what {
            What::Resource(resource) if is_connected_to(resource) => {
                let position =
                    drawing.node(Layer::Resources, resource.place.name(), resource.title);
                resources.push((resource, position));
            }
            What::Identity(identity) => {
                if let Principal::Workload { workload, identity } = &identity.principal {
                    let from = drawing.find(Layer::Workloads, workload, None);
                    let to = drawing.node(Layer::Identities, identity, "");
                    if let Some(from) = from {
                        drawing.join(from, to, Link::ActsAs, "");
                    }
                }
            }
            _ => {}
        }
    }
    for what in whats {
        let (principal, to, label) = match what {
            What::Role(role) => {
                let to = resources.iter().find(|(known, _)| holds_for(role, known));
                let to = to.map(|(_, position)| *position);
                (&role.principal, to, role_on_part(role))
            }
            What::Database(right) => {
                let ServerRight::Role { database, role, .. } = &right.right else {
                    continue;
                };
                let to = server(drawing, whats, &right.resource);
                (&right.principal, to, format!("{role} on {database}"))
            }
            _ => continue,
        };
        let Principal::Workload { identity, .. } = principal else {
            continue;
        };
        let from = drawing.find(Layer::Identities, identity, None);
        if let (Some(from), Some(to)) = (from, to) {
            drawing.join(from, to, Link::Right, label);
        }
    }
}

/// Whether workloads connect to it: data, but neither a part of some nor an identity.
fn is_connected_to(resource: &AzureResource) -> bool {
    resource.area == Area::Data
        && resource.place.names.len() == 1
        && resource.place.resource_type != arm_types::IDENTITY
}

/// Whether a role holds for a resource or for a part of it.
fn holds_for(role: &RoleAssignment, resource: &AzureResource) -> bool {
    let (scope, place) = (&role.scope, &resource.place);
    scope.subscription == place.subscription
        && scope.resource_group == place.resource_group
        && scope.names.first() == place.names.first()
        && scope.resource_type.starts_with(place.resource_type)
}

/// The resource of that key.
fn server(drawing: &Drawing, whats: &[&What], key: &str) -> Option<usize> {
    whats.iter().find_map(|what| match what {
        What::Reach(reach) if reach.resource == key => {
            drawing.find(Layer::Resources, &reach.azure_name, Some(reach.title))
        }
        _ => None,
    })
}

fn role_on_part(role: &RoleAssignment) -> String {
    if role.scope.names.len() > 1 {
        format!("{} on {}", role.role.name, role.scope.name())
    } else {
        role.role.name.to_owned()
    }
}
