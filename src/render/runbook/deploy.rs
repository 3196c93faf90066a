//! The path by hand: what to type, in order, and how to see that it worked.

mod azure;
mod cluster;
mod connect;

use std::collections::BTreeMap;

use super::page::{Markdown, group, joined, listed, paragraph, say};
use super::system::System;
use crate::catalog::arm_types;
use crate::facts::{ArmPlace, Maker};
use crate::model::{Diagnostics, Provision};
use crate::operation;
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::NulInArgument;

pub(super) use cluster::{load_balancer, managed_id, routes_programmed};
pub(super) use connect::{extension, secret_keys};

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

/// What to type after a change of the spec, seen from the steps.
pub(super) fn again(steps: &[Step]) -> Markdown {
    let number = |wanted: &str| {
        steps
            .iter()
            .position(|(title, _)| *title == wanted)
            .map(|at| at + 1)
    };
    let secrets = match number(azure::SECRETS) {
        Some(step) => say(
            " and give the values of **new** secrets, as in step {}",
            [text(&step.to_string())],
        ),
        None => Inline::default(),
    };
    paragraph(
        "Change the spec, render, read the diff, commit; then `driver/agc.sh up`. By hand: prepare a shell as in step 1{}, and run the \
         steps again from *Deploy to Azure* on: they change what differs and leave the rest. What the spec no longer has stays in \
         Azure until you delete it; in the cluster the driver deletes it, by hand you do.",
        [secrets],
    )
}

/// Tools that the path by hand needs.
pub(super) fn tools(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 3]> = operation::tools(system)
        .into_iter()
        .map(|tool| {
            let (name, note) = match tool.name {
                "az" => (
                    code("az"),
                    text("what these commands were written for; an extension is not needed"),
                ),
                "bicep" => (
                    say("Bicep, inside {}", [code("az")]),
                    say("{}", [code("az bicep upgrade")]),
                ),
                "kubectl" => (
                    code("kubectl"),
                    text("at most one minor version apart from the cluster"),
                ),
                "kubelogin" => (
                    code("kubelogin"),
                    text("sign-in to the cluster with Microsoft Entra"),
                ),
                "curl" => (
                    listed([code("bash"), code("curl"), code("sed"), code("grep")]),
                    text("the blocks below"),
                ),
                name => (code(name), text("charts from registries")),
            };
            let at_least = tool
                .at_least
                .map_or_else(|| text("any"), |version| code(&version));
            [name, at_least, note]
        })
        .collect();
    Markdown::table(["tool", "at least", "note"], &rows)
}

/// Who can run it.
pub(super) fn rights(system: System<'_>) -> Vec<Markdown> {
    let mut said: Vec<Markdown> = system
        .cluster()
        .administrators
        .iter()
        .filter(|administrator| administrator.is_placeholder())
        .map(|administrator| {
            paragraph(
                "**First of all:** {} is a placeholder and nobody's id. Put the object id of your group into \
                 `cluster.administrators` of the spec (`az ad group show --group <name> --query id --output tsv`), and render.",
                [code(&administrator.object_id)],
            )
        })
        .collect();
    said.push(on_groups(system));
    said.push(paragraph("These steps need more:", []));
    said.push(Markdown::list(&beyond_the_group(system)));
    said
}

/// Rights on the system's group, and on others that get role assignments.
fn on_groups(system: System<'_>) -> Markdown {
    let nodes = &system.cluster().node_resource_group;
    let is_nodes = |place: &ArmPlace| {
        place.subscription.is_none() && place.resource_group.eq_ignore_ascii_case(nodes)
    };
    // Two spellings of a group are one. That of the nodes stands first.
    let mut groups = BTreeMap::new();
    for role in system.roles() {
        let place = &role.scope;
        if role.maker == Maker::Deployment && !system.is_at_home(place) {
            let name = place.resource_group.to_ascii_lowercase();
            groups
                .entry((!is_nodes(place), name, place.subscription.as_deref()))
                .or_insert(place);
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
    let sentence = if groups.values().any(|place| is_nodes(place)) {
        "{}, and must be able to deploy and to assign roles on {}. The group of the nodes exists only once AKS has made it, so the \
         rights on it are best held on its subscription."
    } else {
        "{}, and must be able to deploy and to assign roles on {}."
    };
    let groups = groups.into_values().map(group);
    paragraph(sentence, [own, joined(groups, " and ")])
}

/// Steps that somebody cannot take who has rights on the system's group alone.
///
/// Sources: Azure Monitor's pages on access to workspaces and on diagnostic settings, and Service Connector's page on
/// permissions, as known 2026-11.
fn beyond_the_group(system: System<'_>) -> Vec<Inline> {
    let model = system.model;
    let mut steps = vec![Inline::literal(if system.is_addon() {
        "*Register resource providers* and *Register preview features*: a role on the subscription that may register, such as \
         *Contributor*. Once a subscription, by anybody who has it."
    } else {
        "*Register resource providers*: a role on the subscription that may register, such as *Contributor*. Once a \
         subscription, by anybody who has it."
    })];
    if model.azure.resource_group.created {
        steps.push(Inline::literal(
            "*Make the resource group*: *Contributor* on the subscription. Or somebody makes the group and gives you the \
             rights above on it.",
        ));
    }
    let elsewhere = |place: &ArmPlace| {
        (!system.is_at_home(place)).then(|| say("{} in {}", [code(place.name()), group(place)]))
    };
    if let Provision::Existing(id) = &model.workspace.workspace {
        let workspace = elsewhere(&ArmPlace::existing(id, arm_types::WORKSPACE));
        steps.extend(workspace.map(|workspace| {
            say(
                "*Deploy to Azure*: *Log Analytics Contributor* on the workspace {}, which logs are sent to.",
                [workspace],
            )
        }));
    }
    if system.is_managed() && model.workspace.diagnostics != Diagnostics::None {
        steps.push(say(
            "*Apply the platform*: *Monitoring Contributor* on {}, for the logs of the gateway.",
            [code(&system.cluster().node_resource_group)],
        ));
    }
    let connected = model.resources.iter().filter(|resource| {
        system
            .service_connections()
            .any(|(_, link, _)| link.resource == resource.key)
    });
    let targets: Vec<Inline> = connected
        .filter_map(|resource| elsewhere(&ArmPlace::of(model, resource)))
        .collect();
    if !targets.is_empty() {
        steps.push(say(
            "*Connect with Service Connector*, which acts in your name: at least *Reader* on {}. Whether that is enough is not \
             established.",
            [listed(targets)],
        ));
    }
    steps
}
