//! Connections: every edge from a workload becomes rights, settings and variables.

mod grants;
mod links;
mod variables;

use std::collections::BTreeMap;

use super::Resolver;
use crate::diagnostic::{Code, listed, nearest, quoted};
use crate::kinds::{Aim, Child};
use crate::model::{Azure, Call, Identity, Origin, Resource, Variable, Workload};
use crate::names;
use crate::source::At;
use crate::spec::{Access, Connection};

impl Resolver<'_> {
    pub(super) fn connect(
        &mut self,
        azure: &Azure,
        resources: &[Resource],
        workloads: &mut [Workload],
    ) {
        let callees: Vec<Callee> = workloads
            .iter()
            .map(|workload| Callee {
                name: workload.name.clone(),
                origin: workload.origin.clone(),
                address: workload
                    .service
                    .as_ref()
                    .map(|service| (service.name.clone(), service.port)),
            })
            .collect();
        let children: Vec<Vec<Child>> = resources
            .iter()
            .map(|resource| resource.kind.facets().children())
            .collect();
        let targets = Targets::new(resources, &children, &callees);
        let spec = self.spec;
        for workload in workloads.iter_mut() {
            let Some(stated) = spec.workloads.0.get(&workload.name) else {
                continue;
            };
            let at = workload.origin.at.key("connections");
            let mut edges: Vec<Edge<'_>> = Vec::new();
            for (target, connection) in &stated.connections.0 {
                let here = at.key(target);
                if let Some(callee) = targets.callee(target) {
                    self.call(&here, workload, callee, connection);
                } else if let Some(edge) = self.edge(&here, target, connection, &targets) {
                    edges.push(edge);
                }
            }
            self.grants(workload, &edges);
            self.links(azure, workload, stated.client, &edges);
            if !workload.grants.is_empty() || stated.identity.is_some() {
                workload.identity = Some(Identity {
                    name: format!("id-{}-{}", self.stem(), workload.name),
                    credential: format!("fc-{}", workload.name),
                    service_account: workload.name.clone(),
                    client_id_key: names::client_id_key(&workload.name),
                });
            }
            variables::check(workload, self.found);
        }
    }

    /// A call to another workload.
    fn call(&mut self, at: &At, workload: &mut Workload, callee: &Callee, connection: &Connection) {
        let target = &callee.name;
        if *target == workload.name {
            self.report_key(Code::AGC0401, at, format!("`{target}` connects to itself"))
                .label("the same workload")
                .help("remove the line: a workload may always talk to itself");
            return;
        }
        for (index, access) in connection.access.0.iter().enumerate() {
            if *access != Access::Call {
                self.report(
                    Code::AGC0402,
                    &at.key("access").index(index),
                    format!("a workload has no access `{}`", access.word()),
                )
                .label("a workload has: `call`")
                .help(format!("write `{target}: call`"));
                return;
            }
        }
        for (key, stands) in [
            ("via", connection.via.is_some()),
            ("prefix", connection.prefix.is_some()),
            ("rename", !connection.rename.0.is_empty()),
            ("names", !connection.names.0.is_empty()),
            ("name", connection.name.is_some()),
        ] {
            if stands {
                self.report_key(
                    Code::AGC0407,
                    &at.key(key),
                    format!("`{key}` has no meaning in a call"),
                )
                .label("it concerns resources in Azure")
                .help(format!(
                    "remove `{key}`; the address is in `{}_URL`",
                    names::variable(target)
                ));
            }
        }
        let Some((service, port)) = &callee.address else {
            self.report_key(
                Code::AGC0204,
                at,
                format!("`{target}` has no port, so it cannot be called"),
            )
            .label("needs a port")
            .related(callee.origin.span, "the workload")
            .help("give the workload a `port`");
            return;
        };
        let variable = format!("{}_URL", names::variable(target));
        let url = format!("http://{service}:{port}");
        let origin = self.origin(at);
        workload.env.push(Variable {
            origin: origin.clone(),
            name: variable.clone(),
            value: url.clone(),
        });
        workload.calls.push(Call {
            origin,
            workload: target.clone(),
            variable,
            url,
        });
    }

    /// A connection to a resource or to a child of one.
    fn edge<'a>(
        &mut self,
        at: &At,
        target: &str,
        connection: &'a Connection,
        targets: &Targets<'a>,
    ) -> Option<Edge<'a>> {
        let (name, child) = match target.split_once('/') {
            Some((name, child)) => (name, Some(child)),
            None => (target, None),
        };
        if self.refused.contains(name) {
            return None;
        }
        let Some(resource) = targets.resource(name) else {
            let span = self.key_span(at);
            if targets.callee(name).is_some() {
                let help = format!("write `{name}: call`");
                let (connections, _) = self.tree.follow(at.parent().steps());
                let is_twice = connections.get(name).is_some();
                let message = format!("`{name}` is a workload, and a workload has no children");
                let finding = self.report_key(Code::AGC0401, at, message);
                finding.label("names a child");
                if is_twice {
                    finding.help("remove it: the workload stands there already");
                } else if connection.access.0 == [Access::Call] {
                    finding.fix(help, span, name);
                } else {
                    finding.help(help);
                }
                return None;
            }
            let meant = self
                .found
                .guesses()
                .then(|| targets.target_meant(target, self.refused.names()))
                .flatten();
            let finding = self.report_key(
                Code::AGC0401,
                at,
                format!("unknown target {}", quoted(name)),
            );
            finding.label("neither in `resources` nor in `workloads`");
            match meant {
                Some(meant) => finding.fix(format!("did you mean `{meant}`?"), span, meant),
                None => finding.help("name a resource or a workload of this spec"),
            };
            return None;
        };
        let facets = resource.kind.facets();
        let children = targets.children(name);
        let (child_word, _) = facets.child_type();
        let child = match (child, children) {
            (Some("*"), _) | (None, []) => None,
            (None, [only]) => Some(only.clone()),
            (None, several) => {
                let names = several.iter().map(|child| child.key.as_str());
                let access: Vec<&str> = connection
                    .access
                    .0
                    .iter()
                    .map(|access| access.word())
                    .collect();
                let access = access.join(", ");
                let first = names.clone().next().unwrap_or_default();
                self.report_key(Code::AGC0403, at, format!("which {child_word} of `{name}`: {}?", listed(names)))
                    .label(format!("{} {child_word}s", several.len()))
                    .help(format!(
                        "write `{name}/{first}: {access}`, or `{name}/*: {access}` for all of them, also later ones"
                    ));
                return None;
            }
            (Some(key), list) => {
                let Some(child) = targets.child(name, key) else {
                    let span = self.key_span(at);
                    let known: Vec<String> = list
                        .iter()
                        .filter(|_| self.found.guesses())
                        .map(|child| format!("{name}/{}", child.key))
                        .collect();
                    let has = listed(list.iter().map(|child| child.key.as_str()));
                    self.report_key(
                        Code::AGC0401,
                        at,
                        format!("`{name}` has no {child_word} {}", quoted(key)),
                    )
                    .label(format!("it has: {has}"))
                    .help(format!("name one of them, or add it to `resources.{name}`"))
                    .did_you_mean(
                        target,
                        span,
                        known.iter().map(String::as_str),
                    );
                    return None;
                };
                Some(child.clone())
            }
        };
        Some(Edge {
            at: at.clone(),
            origin: self.origin(at),
            target: target.to_owned(),
            resource,
            child,
            connection,
        })
    }
}

/// What may be connected to. A spec may have thousands of connections, and each looks here.
struct Targets<'a> {
    all: &'a [Resource],
    /// By name, each with its children.
    resources: BTreeMap<&'a str, (&'a Resource, &'a [Child])>,
    /// By the key of the child and that of its resource.
    children: BTreeMap<(&'a str, &'a str), &'a Child>,
    callees: &'a [Callee],
    callees_by_name: BTreeMap<&'a str, &'a Callee>,
}

impl<'a> Targets<'a> {
    fn new(all: &'a [Resource], children: &'a [Vec<Child>], callees: &'a [Callee]) -> Self {
        let with_children = || all.iter().zip(children);
        Self {
            all,
            resources: with_children()
                .map(|(resource, children)| {
                    (resource.key.as_str(), (resource, children.as_slice()))
                })
                .collect(),
            children: with_children()
                .flat_map(|(resource, children)| {
                    let key = |child: &'a Child| (child.key.as_str(), resource.key.as_str());
                    children.iter().map(move |child| (key(child), child))
                })
                .collect(),
            callees,
            callees_by_name: callees
                .iter()
                .map(|callee| (callee.name.as_str(), callee))
                .collect(),
        }
    }

    fn resource(&self, name: &str) -> Option<&'a Resource> {
        self.resources.get(name).map(|(resource, _)| *resource)
    }

    fn callee(&self, name: &str) -> Option<&'a Callee> {
        self.callees_by_name.get(name).copied()
    }

    fn children(&self, resource: &str) -> &'a [Child] {
        self.resources
            .get(resource)
            .map_or(&[], |(_, children)| *children)
    }

    fn child(&self, resource: &str, key: &str) -> Option<&'a Child> {
        self.children.get(&(key, resource)).copied()
    }

    /// The target that is meant by an unknown one: a misspelt resource or workload, with the child that stands behind it, or
    /// the resource of which the name is a child's.
    fn target_meant<'r>(
        &self,
        target: &str,
        refused: impl Iterator<Item = &'r str>,
    ) -> Option<String>
    where
        'a: 'r,
    {
        let resources = || self.all.iter().map(|resource| resource.key.as_str());
        let Some((name, child)) = target.split_once('/') else {
            let callees = self.callees.iter().map(|callee| callee.name.as_str());
            let mut owners = resources()
                .filter(|resource| target == "*" || self.child(resource, target).is_some());
            return match (owners.next(), owners.next()) {
                (Some(owner), None) => Some(format!("{owner}/{target}")),
                _ => nearest(target, resources().chain(callees).chain(refused)).map(str::to_owned),
            };
        };
        let near = nearest(name, resources())?;
        if child == "*" || self.child(near, child).is_some() {
            return Some(format!("{near}/{child}"));
        }
        let children = self.children(near).iter().map(|child| child.key.as_str());
        nearest(child, children).map(|child| format!("{near}/{child}"))
    }
}

/// A workload that may be called.
struct Callee {
    name: String,
    origin: Origin,
    /// Service and port.
    address: Option<(String, u16)>,
}

/// A connection whose target is known.
struct Edge<'a> {
    at: At,
    origin: Origin,
    /// As the spec writes it.
    target: String,
    resource: &'a Resource,
    child: Option<Child>,
    connection: &'a Connection,
}

impl Edge<'_> {
    fn aim(&self) -> Aim<'_> {
        Aim {
            azure_name: &self.resource.azure_name,
            child: self.child.as_ref(),
        }
    }

    /// The child that its settings name, where the kind's settings name one.
    fn settings_child(&self) -> Option<&Child> {
        let by_child = self.resource.kind.facets().settings_name_a_child();
        self.child.as_ref().filter(|_| by_child)
    }

    /// What it leads to: the resource, and the child.
    fn part(&self) -> Part<'_> {
        let child = self.child.as_ref().map(|child| child.key.as_str());
        (&self.resource.key, child)
    }

    /// What its settings are of: one set serves all that lead there.
    fn settings_of(&self) -> Part<'_> {
        let child = self.settings_child().map(|child| child.key.as_str());
        (&self.resource.key, child)
    }
}

/// The key of a resource, and of a child where it is not the whole.
type Part<'a> = (&'a str, Option<&'a str>);
