//! The path by hand: what to type, in order, and how to see that it worked.

mod azure;
mod cluster;
mod connect;

use std::collections::BTreeMap;

use super::page::{Markdown, group, listed, paragraph, say};
use super::system::System;
use crate::facts::{Maker, What};
use crate::model::Controller;
use crate::print::markdown::{code, text};
use crate::print::shell::NulInArgument;

pub(super) use cluster::{load_balancer, managed_id, routes_programmed};
pub(super) use connect::secret_keys;

/// A step: its title, and what stands under it.
type Step = (&'static str, Vec<Markdown>);

/// The steps.
pub(super) fn steps(system: System<'_>) -> Result<Vec<Step>, NulInArgument> {
    let mut steps = vec![azure::sign_in(system)?, azure::providers(system)?];
    if system.is_addon() {
        steps.push(azure::features(system)?);
    }
    steps.push(azure::resource_group(system)?);
    steps.extend(azure::secrets(system)?);
    steps.push(azure::deployment(system)?);
    steps.extend(azure::late(system)?);
    steps.push(cluster::credentials(system)?);
    steps.push(cluster::alb_controller(system)?);
    steps.push(cluster::platform(system)?);
    steps.extend(connect::sql_grants(system)?);
    steps.extend(connect::service_connector(system)?);
    steps.push(cluster::workloads(system)?);
    steps.extend(cluster::routes(system)?);
    Ok(steps)
}

fn met() -> Markdown {
    paragraph(
        "**It worked when** this says `condition met`, each time:",
        [],
    )
}

/// Tools that the path by hand needs.
pub(super) fn tools(system: System<'_>) -> Markdown {
    let mut rows = vec![
        [
            code("az"),
            code("2.91"),
            text("what these commands were written for; an extension is not needed"),
        ],
        [
            say("Bicep, inside {}", [code("az")]),
            code("0.49"),
            say("{}", [code("az bicep upgrade")]),
        ],
        [
            code("kubectl"),
            code("1.31"),
            text("its wait for things that do not exist yet"),
        ],
        [
            code("kubelogin"),
            text("any"),
            text("sign-in to the cluster with Microsoft Entra"),
        ],
        [
            listed([code("bash"), code("curl"), code("sed"), code("grep")]),
            text("any"),
            text("the blocks below"),
        ],
    ];
    if matches!(system.cluster().gateway.controller, Controller::Helm { .. }) {
        rows.push([code("helm"), code("3.8"), text("charts from registries")]);
    }
    Markdown::table(["tool", "at least", "note"], &rows)
}

/// Who can run it.
pub(super) fn rights(system: System<'_>) -> Markdown {
    let key = |group: &str, subscription| (group.to_ascii_lowercase(), subscription);
    // Two spellings of a group are one.
    let mut groups = BTreeMap::new();
    for role in system.about(|what| match what {
        What::Role(role) => Some(role),
        _ => None,
    }) {
        let place = &role.scope;
        if role.maker == Maker::Deployment && !system.is_at_home(place) {
            groups
                .entry(key(&place.resource_group, place.subscription.as_deref()))
                .or_insert_with(|| group(place));
        }
    }
    let own = say(
        "*Contributor* is not enough: the deployment assigns roles. Whoever deploys needs *Contributor* and *Role Based Access Control \
         Administrator* (or *Owner*) on {}",
        [code(system.group())],
    );
    if groups.is_empty() {
        return paragraph("{}.", [own]);
    }
    let sentence = if groups.contains_key(&key(&system.cluster().node_resource_group, None)) {
        "{}, and must be able to assign roles on {}. The group of the nodes exists only once AKS has made it, so these rights are \
         best held on the subscription."
    } else {
        "{}, and must be able to assign roles on {}."
    };
    paragraph(sentence, [own, listed(groups.into_values())])
}
