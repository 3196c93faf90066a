//! How the pods of a workload learn where resources are: one link a resource, or one a database.

use indexmap::IndexMap;

use super::{Edge, Part};
use crate::catalog::connector::Target;
use crate::diagnostic::{Code, listed, quoted};
use crate::model::{
    Azure, Link, Provision, Resource, ServiceConnection, Setting, Variable, Via, Workload,
};
use crate::names;
use crate::resolve::Resolver;
use crate::source::At;
use crate::spec::{self, Client, Connection};

impl Resolver<'_> {
    /// How the pods learn where resources are: one link a resource, or one a database.
    pub(super) fn links(
        &mut self,
        azure: &Azure,
        workload: &mut Workload,
        client: Client,
        edges: &[Edge<'_>],
    ) {
        let mut groups: IndexMap<Part<'_>, Vec<&Edge<'_>>> = IndexMap::new();
        for edge in edges {
            groups.entry(edge.settings_of()).or_default().push(edge);
        }
        let groups: Vec<Vec<&Edge<'_>>> = groups.into_values().collect();
        // How Service Connector calls the variables of a second connection of one type is not established, so where a
        // workload has two, both go directly (service-connector page on internals, read 2026-11).
        let targets: Vec<Option<&str>> = groups
            .iter()
            .map(|group| {
                let direct = group
                    .iter()
                    .any(|edge| edge.connection.via == Some(spec::Via::Direct));
                let target = group.first()?.resource.kind.facets().connector()?;
                (!direct).then_some(target.word)
            })
            .collect();
        workload.links.reserve_exact(groups.len());
        for (index, group) in groups.iter().enumerate() {
            for edge in group {
                self.facts(workload, edge);
            }
            let twin = targets
                .iter()
                .enumerate()
                .find(|(other, target)| *other != index && **target == targets[index])
                .and_then(|(other, _)| groups.get(other)?.first().copied());
            if let Some(link) = self.link(azure, workload, client, group, twin) {
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
                    .help(format!(
                        "write for instance `names: {{ {}: … }}`, or remove it",
                        known.clone().next().unwrap_or_default()
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
        twin: Option<&Edge<'_>>,
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
        let via = self.agreed(group, "via", |connection| connection.via)?;
        let prefix = self.agreed(group, "prefix", |connection| connection.prefix.as_deref())?;
        let mut settings: Vec<Setting> = Vec::with_capacity(defaults.len());
        let mut customized: Vec<(String, String)> = Vec::new();
        let renames: Vec<(&str, &str, At)> = group
            .iter()
            .flat_map(|edge| {
                let renames = edge.connection.rename.0.iter();
                renames.map(|(from, to)| {
                    let at = edge.at.key("rename").key(from);
                    (from.as_str(), to.as_str(), at)
                })
            })
            .collect();
        for (index, (from, to, at)) in renames.iter().enumerate() {
            let other = renames[..index]
                .iter()
                .find(|(name, wanted, _)| name == from && wanted != to);
            if let Some((_, _, earlier)) = other {
                let related = self.value_span(earlier);
                self.report(
                    Code::AGC0507,
                    at,
                    format!(
                        "connections to one resource share one name for {}",
                        quoted(from)
                    ),
                )
                .label("another")
                .related(related, "one")
                .help("rename it once: the settings of one resource reach the pod once");
            }
            if !defaults.iter().any(|(name, _)| name == from) {
                let span = self.key_span(at);
                let known = defaults.iter().map(|(name, _)| *name);
                self.report_key(
                    Code::AGC0411,
                    at,
                    format!("the connection sets no variable {}", quoted(from)),
                )
                .label(format!("it sets: {}", listed(known.clone())))
                .help(known.clone().next().map_or_else(
                    || "remove it".to_owned(),
                    |first| format!("write `rename: {{ {first}: … }}`, or remove it"),
                ))
                .did_you_mean(from, span, known);
            }
        }
        let prefixable = defaults
            .iter()
            .any(|(name, _)| name.starts_with(facets.variable_stem()));
        if let Some(edge) = group
            .iter()
            .find(|edge| edge.connection.prefix.is_some() && !prefixable)
        {
            self.report_key(
                Code::AGC0407,
                &edge.at.key("prefix"),
                format!("`prefix` does not fit the variables of `{}`", client.word()),
            )
            .label(format!(
                "they do not begin with `{}`",
                facets.variable_stem()
            ))
            .help("use `rename` for single variables");
        }
        for (name, value) in defaults {
            let chosen = renames
                .iter()
                .find(|(from, _, _)| *from == name)
                .map(|(_, to, _)| (*to).to_owned());
            let prefixed = prefix.as_ref().and_then(|(prefix, _)| {
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
        let target = self.connector_target(client, resource, via.as_ref(), twin.is_none())?;
        let via = self.carrier(azure, workload, client, group, target, customized)?;
        let named = group.iter().find(|edge| edge.connection.name.is_some());
        if let (Via::Direct, Some(edge)) = (&via, named) {
            self.name_of_none(client, group, twin, &edge.at.key("name"));
        }
        Some(Link {
            origin: first.origin.clone(),
            resource: resource.key.clone(),
            child: first.settings_child().map(|child| child.key.clone()),
            via,
            settings,
        })
    }

    /// What the connections of one link may state once, and where; `Some(None)`: none states it.
    #[allow(clippy::option_option)] // They disagree, they say nothing, they say this: three answers.
    fn agreed<'e, T: PartialEq + Copy>(
        &mut self,
        group: &[&'e Edge<'_>],
        key: &str,
        read: fn(&'e Connection) -> Option<T>,
    ) -> Option<Option<(T, At)>> {
        let mut stated = group
            .iter()
            .filter_map(|edge| Some((read(edge.connection)?, edge.at.key(key))));
        let Some((first, first_at)) = stated.next() else {
            return Some(None);
        };
        if let Some((_, at)) = stated.find(|(other, _)| *other != first) {
            let related = self.value_span(&first_at);
            self.report(
                Code::AGC0507,
                &at,
                format!("connections to one resource share one `{key}`"),
            )
            .label("another")
            .related(related, "one")
            .help(format!("state `{key}` once"));
            return None;
        }
        Some(Some((first, first_at)))
    }

    /// The target of Service Connector that carries a link; `Some(None)`: a ConfigMap of ours does.
    #[allow(clippy::option_option)] // It cannot be as stated, it goes directly, it goes by this: three answers.
    fn connector_target(
        &mut self,
        client: Client,
        resource: &Resource,
        stated: Option<&(spec::Via, At)>,
        alone: bool,
    ) -> Option<Option<Target>> {
        const DIRECT: &str = "write `via: direct`: the same variables, from a ConfigMap";
        let facets = resource.kind.facets();
        let elsewhere = is_elsewhere(resource);
        let target = facets.connector();
        let knows_client = |target: &Target| target.clients.contains(&client);
        let at = match stated {
            Some((spec::Via::Direct, _)) => return Some(None),
            None => {
                return Some(target.filter(|target| knows_client(target) && !elsewhere && alone));
            }
            Some((spec::Via::ServiceConnector, at)) => at,
        };
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
            .help(DIRECT);
            return None;
        };
        if !knows_client(&target) {
            let known = listed(target.clients.iter().map(|client| client.word()));
            self.report(
                Code::AGC0408,
                at,
                format!(
                    "Service Connector does not know `{}` for a {}",
                    client.word(),
                    facets.title()
                ),
            )
            .label(format!("it knows: {known}"))
            .help(DIRECT);
            return None;
        }
        if elsewhere {
            self.report(
                Code::AGC0407,
                at,
                "Service Connector does not connect to another subscription here",
            )
            .label("the resource is in another subscription")
            .help(DIRECT);
            return None;
        }
        Some(Some(target))
    }

    /// The connection that carries a link, or the ConfigMap.
    fn carrier(
        &mut self,
        azure: &Azure,
        workload: &Workload,
        client: Client,
        group: &[&Edge<'_>],
        target: Option<Target>,
        customized_keys: Vec<(String, String)>,
    ) -> Option<Via> {
        let resource = group.first()?.resource;
        let pinned = self.agreed(group, "name", |connection| connection.name.as_deref())?;
        let Some(target) = target else {
            return Some(Via::Direct);
        };
        let name = pinned.map_or_else(
            || names::service_connection(&workload.name, &resource.key),
            |(name, _)| name.to_owned(),
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
            client_type: client.word(),
            customized_keys,
        }))
    }

    /// A name for a connection of Service Connector where a ConfigMap carries the settings: why it does, and what would change it.
    fn name_of_none(
        &mut self,
        client: Client,
        group: &[&Edge<'_>],
        twin: Option<&Edge<'_>>,
        at: &At,
    ) {
        let Some(resource) = group.first().map(|edge| edge.resource) else {
            return;
        };
        let facets = resource.kind.facets();
        let title = facets.title();
        let stated = group
            .iter()
            .find(|edge| edge.connection.via == Some(spec::Via::Direct))
            .map(|edge| self.value_span(&edge.at.key("via")));
        let (why, related, help) = match (facets.connector(), stated, twin) {
            (None, ..) => (
                format!("it has no passwordless connection to a {title}"),
                None,
                "remove `name`",
            ),
            (Some(target), ..) if !target.clients.contains(&client) => (
                format!("it does not know `{}` for a {title}", client.word()),
                None,
                "remove `name`",
            ),
            (Some(_), ..) if is_elsewhere(resource) => (
                "the resource is in another subscription".to_owned(),
                None,
                "remove `name`",
            ),
            (Some(_), Some(via), _) => (
                "the settings come from a ConfigMap".to_owned(),
                Some((via, "as stated")),
                "remove `name`, or state `via: serviceConnector` instead",
            ),
            (Some(_), None, Some(twin)) => (
                format!("beside another {title}, a ConfigMap has these settings"),
                Some((self.key_span(&twin.at), "the other")),
                "remove `name`, or state `via: serviceConnector` beside it",
            ),
            (Some(_), None, None) => (
                "the settings come from a ConfigMap".to_owned(),
                None,
                "remove `name`",
            ),
        };
        let finding = self.report_key(
            Code::AGC0407,
            at,
            "`name` names a connection of Service Connector, and there is none",
        );
        finding.label(why).help(help);
        if let Some((span, text)) = related {
            finding.related(span, text);
        }
    }
}

/// Whether a resource is in another subscription than the one that is deployed to.
fn is_elsewhere(resource: &Resource) -> bool {
    match &resource.provision {
        Provision::Existing(id) => id.subscription.is_some(),
        Provision::Create(()) => false,
    }
}
