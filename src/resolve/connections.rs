//! Connections: every edge from a workload becomes rights, settings and variables.

use std::collections::BTreeMap;

use super::Resolver;
use super::workloads::SET_BY_WEBHOOK;
use crate::catalog::connector;
use crate::diagnostic::{Code, Findings, listed, quoted};
use crate::kinds::{Aim, Child};
use crate::model::{
    Azure, Call, Grant, Identity, Link, Origin, Provision, Resource, Scope, ServiceConnection,
    Setting, SettingValue, Variable, Via, Workload,
};
use crate::names;
use crate::source::{At, Span};
use crate::spec::{self, Access, Client, Connection};

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
        let spec = self.spec;
        for workload in workloads.iter_mut() {
            let Some(stated) = spec.workloads.0.get(&workload.name) else {
                continue;
            };
            let at = workload.origin.at.key("connections");
            let mut edges: Vec<Edge<'_>> = Vec::new();
            for (target, connection) in &stated.connections.0 {
                let here = at.key(target);
                if let Some(callee) = callees.iter().find(|callee| callee.name == *target) {
                    self.call(&here, workload, callee, connection);
                } else if let Some(edge) = self.edge(&here, target, connection, resources, &callees)
                {
                    edges.push(edge);
                }
            }
            self.grants(workload, &edges);
            self.links(azure, workload, stated.client, &edges);
            if !workload.grants.is_empty() {
                workload.identity = Some(Identity {
                    name: format!("id-{}-{}", self.stem(), workload.name),
                    credential: format!("fc-{}", workload.name),
                    service_account: workload.name.clone(),
                    client_id_key: names::client_id_key(&workload.name),
                });
            }
            check_variables(workload, self.found);
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
        resources: &'a [Resource],
        callees: &[Callee],
    ) -> Option<Edge<'a>> {
        let (name, child) = match target.split_once('/') {
            Some((name, child)) => (name, Some(child)),
            None => (target, None),
        };
        if self.refused.contains(name) {
            return None;
        }
        let Some(resource) = resources.iter().find(|resource| resource.key == name) else {
            let span = self.key_span(at);
            let known = resources.iter().map(|resource| resource.key.as_str());
            let known = known.chain(callees.iter().map(|callee| callee.name.as_str()));
            self.report_key(
                Code::AGC0401,
                at,
                format!("unknown target {}", quoted(name)),
            )
            .label("neither in `resources` nor in `workloads`")
            .help("name a resource or a workload of this spec")
            .did_you_mean(target, span, known);
            return None;
        };
        let facets = resource.kind.facets();
        let children = facets.children();
        let (child_word, _) = facets.child_type();
        let child = match (child, children.as_slice()) {
            (Some("*"), _) | (None, []) => None,
            (None, [only]) => Some(only.clone()),
            (None, several) => {
                let names: Vec<&str> = several.iter().map(|child| child.key.as_str()).collect();
                let access: Vec<&str> = connection
                    .access
                    .0
                    .iter()
                    .map(|access| access.word())
                    .collect();
                let access = access.join(", ");
                let first = names.first().copied().unwrap_or_default();
                self.report_key(Code::AGC0403, at, format!("which {child_word} of `{name}`: {}?", listed(&names)))
                    .label(format!("{} {child_word}s", several.len()))
                    .help(format!(
                        "write `{name}/{first}: {access}`, or `{name}/*: {access}` for all of them, also later ones"
                    ));
                return None;
            }
            (Some(key), list) => {
                let Some(child) = list.iter().find(|child| child.key == key) else {
                    let span = self.key_span(at);
                    let known: Vec<String> = list
                        .iter()
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
            resource,
            child,
            connection,
        })
    }

    /// What a workload may do: the narrowest right for each word, at the scope that is named.
    fn grants(&mut self, workload: &mut Workload, edges: &[Edge<'_>]) {
        for edge in edges {
            let facets = edge.resource.kind.facets();
            let rows = facets.accesses();
            let what = match &edge.child {
                Some(_) => facets.child_type().0,
                None => facets.title(),
            };
            let mut rights: Vec<Grant> = Vec::new();
            let accesses = &edge.connection.access.0;
            for (index, access) in accesses.iter().enumerate() {
                let Some(row) = rows.iter().find(|row| row.access == *access) else {
                    let words: Vec<&str> = rows.iter().map(|row| row.access.word()).collect();
                    self.report(
                        Code::AGC0402,
                        &edge.at.key("access").index(index),
                        format!("a {what} has no access `{}`", access.word()),
                    )
                    .label(format!("it has: {}", listed(&words)))
                    .help(format!(
                        "write one of them, the narrowest that does, such as `{}`",
                        words.first().unwrap_or(&"")
                    ));
                    continue;
                };
                // `write` includes `read`, and `own` everything: only the widest word that is asked for counts.
                let widest = accesses.iter().all(|other| rank(*other) <= rank(*access));
                if !widest {
                    continue;
                }
                rights.push(Grant {
                    origin: edge.origin.clone(),
                    resource: edge.resource.key.clone(),
                    scope: match &edge.child {
                        Some(child) => Scope::Child {
                            key: child.key.clone(),
                            azure_name: child.azure_name.clone(),
                        },
                        None => Scope::Resource,
                    },
                    access: access.word(),
                    right: (row.right)(),
                });
            }
            for grant in rights {
                let known = workload.grants.iter().any(|other| {
                    other.resource == grant.resource
                        && other.scope == grant.scope
                        && other.right == grant.right
                });
                if !known {
                    workload.grants.push(grant);
                }
            }
        }
    }

    /// How the pods learn where resources are: one link a resource, or one a database.
    fn links(
        &mut self,
        azure: &Azure,
        workload: &mut Workload,
        client: Client,
        edges: &[Edge<'_>],
    ) {
        let mut groups: Vec<(String, Vec<&Edge<'_>>)> = Vec::new();
        for edge in edges {
            let by_child = edge.resource.kind.facets().settings_name_a_child();
            let child = edge
                .child
                .as_ref()
                .filter(|_| by_child)
                .map_or("", |child| child.key.as_str());
            let key = format!("{}/{child}", edge.resource.key);
            match groups.iter_mut().find(|(other, _)| *other == key) {
                Some((_, group)) => group.push(edge),
                None => groups.push((key, vec![edge])),
            }
        }
        for (_, group) in &groups {
            for edge in group {
                self.facts(workload, edge);
            }
            if let Some(link) = self.link(azure, workload, client, group) {
                workload.links.push(link);
            }
        }
    }

    /// Variables that a connection sets to facts of its target.
    fn facts(&mut self, workload: &mut Workload, edge: &Edge<'_>) {
        let facets = edge.resource.kind.facets();
        let values = facets.facts(edge.aim());
        for (fact, variable) in &edge.connection.names.0 {
            let here = edge.at.key("names").key(fact);
            let span = self.key_span(&here);
            let known = values.iter().map(|(name, _)| *name);
            match values.iter().find(|(name, _)| name == fact) {
                Some((_, value)) if value.is_empty() => {
                    let child = facets.child_type().0;
                    self.report_key(
                        Code::AGC0411,
                        &here,
                        format!("which {child} is meant by `{fact}`?"),
                    )
                    .label("the connection names none")
                    .help(format!("connect to `{}/<{child}>`", edge.resource.key));
                }
                Some((_, value)) => workload.env.push(Variable {
                    origin: self.origin(&here),
                    name: variable.clone(),
                    value: value.clone(),
                }),
                None => {
                    self.report_key(
                        Code::AGC0411,
                        &here,
                        format!("unknown fact {}", quoted(fact)),
                    )
                    .label(format!(
                        "a {} has: {}",
                        facets.title(),
                        listed(known.clone())
                    ))
                    .did_you_mean(fact, span, known);
                }
            }
        }
    }

    fn link(
        &mut self,
        azure: &Azure,
        workload: &Workload,
        client: Client,
        group: &[&Edge<'_>],
    ) -> Option<Link> {
        let first = *group.first()?;
        let resource = first.resource;
        let facets = resource.kind.facets();
        let Some(defaults) = facets.settings(client, first.aim()) else {
            self.report_key(
                Code::AGC0408,
                &first.at,
                format!(
                    "a {} has no passwordless settings for `{}`",
                    facets.title(),
                    client.word()
                ),
            )
            .label("only a key would work")
            .help("set another `client`, such as `java`, and read the endpoint from the variables");
            return None;
        };
        let via = self.via(group)?;
        let prefix = self.agreed(group, "prefix", |connection| connection.prefix.as_ref())?;
        let mut settings: Vec<Setting> = Vec::new();
        let mut customized: Vec<(String, String)> = Vec::new();
        let renames: Vec<(&str, &str, At)> = group
            .iter()
            .flat_map(|edge| {
                let at = edge.at.key("rename");
                edge.connection
                    .rename
                    .0
                    .iter()
                    .map(move |(from, to)| (from.as_str(), to.as_str(), at.key(from)))
            })
            .collect();
        for (from, _, at) in &renames {
            if !defaults.iter().any(|(name, _)| name == from) {
                let span = self.key_span(at);
                let known = defaults.iter().map(|(name, _)| *name);
                self.report_key(
                    Code::AGC0411,
                    at,
                    format!("the connection sets no variable {}", quoted(from)),
                )
                .label(format!("it sets: {}", listed(known.clone())))
                .did_you_mean(from, span, known);
            }
        }
        for (name, value) in defaults {
            let chosen = renames
                .iter()
                .find(|(from, _, _)| *from == name)
                .map(|(_, to, _)| (*to).to_owned());
            let prefixed = prefix.and_then(|prefix| {
                let rest = name.strip_prefix(facets.variable_stem())?;
                Some(format!("{prefix}{rest}"))
            });
            let wanted = chosen.or(prefixed).unwrap_or_else(|| name.to_owned());
            if wanted != name {
                customized.push((name.to_owned(), wanted.clone()));
            }
            settings.push(Setting {
                name: wanted,
                value,
            });
        }
        let by_child = facets.settings_name_a_child();
        let child = first
            .child
            .as_ref()
            .filter(|_| by_child)
            .map(|child| child.key.clone());
        let via = self.carrier(azure, workload, client, group, via.as_ref(), customized)?;
        Some(Link {
            origin: first.origin.clone(),
            resource: resource.key.clone(),
            child,
            via,
            settings,
        })
    }

    /// What the connections of one link say about how it is carried; `Some(None)`: nothing.
    #[allow(clippy::option_option)] // They disagree, they say nothing, they say this: three answers.
    fn via(&mut self, group: &[&Edge<'_>]) -> Option<Option<(spec::Via, At)>> {
        let stated: Vec<(spec::Via, At)> = group
            .iter()
            .filter_map(|edge| Some((edge.connection.via?, edge.at.key("via"))))
            .collect();
        if let Some((_, at)) = stated.iter().find(|(via, _)| *via != stated[0].0) {
            let related = self.value_span(&stated[0].1);
            self.report(
                Code::AGC0507,
                at,
                "connections to one resource are carried one way",
            )
            .label("another way")
            .related(related, "one way")
            .help("state `via` once");
            return None;
        }
        Some(stated.into_iter().next())
    }

    /// A text that the connections of one link may state once.
    #[allow(clippy::option_option)] // They disagree, they say nothing, they say this: three answers.
    fn agreed<'e>(
        &mut self,
        group: &[&'e Edge<'_>],
        key: &str,
        read: fn(&Connection) -> Option<&String>,
    ) -> Option<Option<&'e str>> {
        let stated: Vec<(&'e str, At)> = group
            .iter()
            .filter_map(|edge| Some((read(edge.connection)?.as_str(), edge.at.key(key))))
            .collect();
        if let Some((_, at)) = stated.iter().find(|(text, _)| *text != stated[0].0) {
            let related = self.value_span(&stated[0].1);
            self.report(
                Code::AGC0507,
                at,
                format!("connections to one resource share one `{key}`"),
            )
            .label("another")
            .related(related, "one")
            .help(format!("state `{key}` once"));
            return None;
        }
        Some(stated.into_iter().next().map(|(text, _)| text))
    }

    /// Decides who carries the settings into the cluster.
    fn carrier(
        &mut self,
        azure: &Azure,
        workload: &Workload,
        client: Client,
        group: &[&Edge<'_>],
        stated: Option<&(spec::Via, At)>,
        customized_keys: Vec<(String, String)>,
    ) -> Option<Via> {
        let first = *group.first()?;
        let resource = first.resource;
        let facets = resource.kind.facets();
        let pinned = self.agreed(group, "name", |connection| connection.name.as_ref())?;
        let elsewhere = match &resource.provision {
            Provision::Existing(id) => {
                id.subscription.is_some() && id.subscription != azure.subscription
            }
            Provision::Create(()) => false,
        };
        let target = facets.connector();
        let possible = target.filter(|target| target.clients.contains(&client) && !elsewhere);
        let chosen = match stated {
            Some((spec::Via::Direct, _)) => None,
            None => possible,
            Some((spec::Via::ServiceConnector, at)) => {
                let Some(target) = target else {
                    self.report(
                        Code::AGC0407,
                        at,
                        format!(
                            "Service Connector has no passwordless connection to a {}",
                            facets.title()
                        ),
                    )
                    .label("would need a password")
                    .help("write `via: direct`: the same variables, from a ConfigMap");
                    return None;
                };
                if !target.clients.contains(&client) {
                    self.report(
                        Code::AGC0408,
                        at,
                        format!(
                            "Service Connector does not know `{}` for a {}",
                            client.word(),
                            facets.title()
                        ),
                    )
                    .label(format!(
                        "it knows: {}",
                        listed(target.clients.iter().map(|client| client.word()))
                    ))
                    .help("write `via: direct`: the same variables, from a ConfigMap");
                    return None;
                }
                if elsewhere {
                    self.report(Code::AGC0407, at, "a connection to another subscription is not made by Service Connector here")
                        .label("the resource is in another subscription")
                        .help("write `via: direct`: the same variables, from a ConfigMap");
                    return None;
                }
                Some(target)
            }
        };
        let Some(target) = chosen else {
            if let Some(edge) = group.iter().find(|edge| edge.connection.name.is_some()) {
                self.report_key(
                    Code::AGC0407,
                    &edge.at.key("name"),
                    "`name` names a connection of Service Connector, and there is none",
                )
                .label("the settings come from a ConfigMap")
                .help("remove `name`");
            }
            return Some(Via::Direct);
        };
        let name = pinned.map_or_else(
            || names::service_connection(&workload.name, &resource.key),
            str::to_owned,
        );
        let group_name = match &resource.provision {
            Provision::Existing(id) => id.resource_group.clone(),
            Provision::Create(()) => azure.resource_group.name.clone(),
        };
        Some(Via::ServiceConnector(ServiceConnection {
            secret: names::service_connector_secret(&name),
            name,
            target: target.word,
            target_flags: vec![
                ("--target-resource-group", group_name),
                (target.resource_flag, resource.azure_name.clone()),
            ],
            client_type: connector_client(target, client),
            customized_keys,
        }))
    }
}

/// The value of `--client-type`.
fn connector_client(target: connector::Target, client: Client) -> &'static str {
    if target.clients.contains(&client) {
        client.word()
    } else {
        Client::None.word()
    }
}

/// How wide a word is: `own` includes `write`, which includes `read`.
fn rank(access: Access) -> u8 {
    match access {
        Access::Call => 0,
        Access::Read => 1,
        Access::Write => 2,
        Access::Own => 3,
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
}

/// Two sources of one variable with different values; the same value twice is said once.
fn check_variables(workload: &mut Workload, found: &mut Findings) {
    let mut first: BTreeMap<String, (Span, Option<String>, Option<String>)> = BTreeMap::new();
    let mut clash = |name: &str,
                     span: Span,
                     value: Option<String>,
                     resource: Option<&str>,
                     found: &mut Findings| {
        let Some((earlier, other, other_resource)) = first.get(name) else {
            first.insert(name.to_owned(), (span, value, resource.map(str::to_owned)));
            return true;
        };
        if *other == value && value.is_some() {
            return false;
        }
        let help = match (resource, other_resource) {
            (Some(resource), Some(_)) => format!(
                "add `prefix: {}` to one of the two connections",
                names::variable(resource)
            ),
            _ => "rename one of them".to_owned(),
        };
        found
            .report(
                Code::AGC0406,
                span,
                format!("two sources set the variable `{name}`"),
            )
            .label("sets it")
            .related(*earlier, "sets it, too")
            .help(help);
        true
    };
    if workload.identity.is_some() {
        for variable in &workload.env {
            if SET_BY_WEBHOOK.contains(&variable.name.as_str()) {
                found
                    .report(
                        Code::AGC0406,
                        variable.origin.span,
                        format!("two sources set the variable `{}`", variable.name),
                    )
                    .label("workload identity sets it in every pod that has an identity")
                    .help("rename it, or remove it");
            }
        }
    }
    workload.env.retain(|variable| {
        clash(
            &variable.name,
            variable.origin.span,
            Some(variable.value.clone()),
            None,
            found,
        )
    });
    for link in &workload.links {
        for setting in &link.settings {
            let value = match &setting.value {
                SettingValue::Fixed(text) => Some(text.clone()),
                // The client id is the same for every connection of a workload.
                SettingValue::ClientId => Some("\u{0}client id".to_owned()),
            };
            clash(
                &setting.name,
                link.origin.span,
                value,
                Some(&link.resource),
                found,
            );
        }
    }
}
