//! The way back, in the order that leaves nothing behind.

use super::deploy::load_balancer;
use super::gitops;
use super::page::{Markdown, paragraph};
use super::script::{Line, Script};
use super::system::{System, block, late_value};
use crate::catalog::controller;
use crate::facts::Maker;
use crate::model::{Controller, GatewayDeployment};
use crate::objects::Phase;
use crate::operation;
use crate::print::markdown::{code, text};
use crate::print::shell::{NulInArgument, Reference};

const CLIENT_ID: Reference = Reference::required("CLIENT_ID");
const PRINCIPAL_ID: Reference = Reference::required("PRINCIPAL_ID");

pub(super) fn steps(
    system: System<'_>,
) -> Result<Vec<(&'static str, Vec<Markdown>)>, NulInArgument> {
    let mut steps = vec![(
        "Remove DNS records",
        vec![paragraph(
            "Remove every record that leads to a frontend **first**: the host name of a removed frontend may become somebody \
             else's, and your name would show their pages.",
            [],
        )],
    )];
    steps.push(("Stop what applies the folder", gitops::stop(system)?));
    steps.push(("Remove routes and gateway", gateway(system)?));
    if system.service_connections().next().is_some() {
        steps.push((
            "Remove the connections of Service Connector",
            connections(system)?,
        ));
    }
    if matches!(system.cluster().gateway.controller, Controller::Helm { .. }) {
        steps.push((
            "Remove the ALB Controller",
            vec![block(
                Line::new("helm uninstall")
                    .text(controller::RELEASE)
                    .flag("--namespace", controller::RELEASE_NAMESPACE)
                    .words("--ignore-not-found --wait"),
            )?],
        ));
    }
    steps.push(("Remove the namespaces", namespaces(system)?));
    steps.extend(assignments(system)?);
    steps.push(azure(system)?);
    steps.extend(vaults(system)?);
    Ok(steps)
}

fn gateway(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let mut script = Script::default();
    if !system.model.routes.is_empty() {
        script = script.then(
            Line::new("kubectl delete --kustomize")
                .text(Phase::Routes.folder())
                .words("--ignore-not-found"),
        );
    }
    let gateway = &system.cluster().gateway;
    for frontend in &gateway.frontends {
        script = script.then(
            system
                .kubectl("kubectl delete")
                .text(&format!("gateway/{}", frontend.gateway))
                .words("--ignore-not-found"),
        );
    }
    let mut body = Vec::new();
    if let GatewayDeployment::Managed {
        application_load_balancer,
    } = &gateway.deployment
    {
        script = script.then(
            system
                .kubectl("kubectl delete")
                .text(&load_balancer(application_load_balancer))
                .words("--ignore-not-found --timeout=15m"),
        );
        body.push(paragraph(
            "The last command waits until the ALB Controller has removed what it made in Azure, so the controller must still run.",
            [],
        ));
    }
    body.insert(0, script.block()?);
    Ok(body)
}

fn connections(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let delete = system.service_connections().map(|(_, _, connection)| {
        system
            .az_on_cluster("az aks connection delete")
            .flag("--connection", &connection.name)
            .words("--yes --only-show-errors")
            .between("", " < /dev/null")
    });
    let secrets = system
        .service_connections()
        .fold(
            system.kubectl("kubectl delete secret"),
            |line, (_, _, connection)| line.text(&connection.secret),
        )
        .words("--ignore-not-found");
    let mut script = Script::new(secrets);
    for workload in &system.model.workloads {
        let connects = system
            .service_connections()
            .any(|(owner, _, _)| owner.name == workload.name);
        if let (Some(identity), true) = (&workload.identity, connects) {
            script = script
                .then(late_value(&identity.client_id_key).between("CLIENT_ID=$(", ")"))
                .then(
                    system
                        .kubectl("kubectl delete serviceaccount")
                        .joined("sc-account-", CLIENT_ID, "")
                        .words("--ignore-not-found"),
                );
        }
    }
    Ok(vec![
        Script::default().all(delete).block()?,
        paragraph(
            "Service Connector leaves its Secrets, and the service accounts if it made any:",
            [],
        ),
        script.block()?,
    ])
}

fn namespaces(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let mut names: Vec<&str> = vec![system.namespace()];
    names.extend(
        system
            .model
            .sql_servers()
            .map(|(_, sql)| sql.grants.namespace.as_str()),
    );
    names.dedup();
    let delete = names
        .iter()
        .fold(Line::new("kubectl delete namespace"), |line, name| {
            line.text(name)
        })
        .words("--ignore-not-found");
    Ok(vec![
        paragraph(
            "**Everything in them goes**, also what somebody else put there.",
            [],
        ),
        block(delete)?,
    ])
}

fn assignments(system: System<'_>) -> Result<Option<(&'static str, Vec<Markdown>)>, NulInArgument> {
    let roles = operation::surviving_assignments(system);
    if roles.is_empty() {
        return Ok(None);
    }
    let mut script = Script::default();
    let mut before = "";
    for role in roles {
        let identity = role.principal.id();
        if identity != before {
            script = script.then(
                system
                    .az("az identity show")
                    .flag(
                        "--resource-group",
                        system.group_of_identity(&role.principal),
                    )
                    .flag("--name", identity)
                    .words("--query principalId --output tsv")
                    .between("PRINCIPAL_ID=$(", ")"),
            );
            before = identity;
        }
        let delete = system
            .az_in(
                "az role assignment delete",
                role.scope.subscription.as_deref(),
            )
            .words("--assignee-object-id")
            .argument(PRINCIPAL_ID)
            .flag("--role", role.role.id)
            .words("--scope");
        // An empty principal would mean everybody's assignments of the role.
        script = script.then(system.id(delete, &role.scope));
    }
    Ok(Some((
        "Remove role assignments that would stay",
        vec![
            paragraph(
                "These hold for something that this system does not remove. Left behind, they block a later deployment that makes \
                 an identity of the same name.",
                [],
            ),
            script.block()?,
        ],
    )))
}

fn azure(system: System<'_>) -> Result<(&'static str, Vec<Markdown>), NulInArgument> {
    let group = &system.model.azure.resource_group;
    if !group.created {
        return own_resources(system);
    }
    let mut body = Vec::new();
    let others: Vec<&str> = system
        .resources()
        .filter(|resource| {
            let place = &resource.place;
            // Without a subscription in the spec, an id that names one may well mean this one.
            let own = system.model.azure.subscription.as_ref();
            let other = place.subscription.as_deref().filter(|_| own.is_some());
            resource.maker == Maker::SomebodyElse
                && system.model.is_own_group(other, &place.resource_group)
        })
        .map(|resource| resource.place.name())
        .collect();
    if !others.is_empty() {
        body.push(paragraph(
            "**Stop:** {} lie in this group and were there before this system. Deleting the group deletes them too; move them first.",
            [super::page::codes(others)],
        ));
    }
    body.push(paragraph(
        "It takes the resource group of the nodes, {}, with it. **Data in it is gone**, but for what is kept as deleted for a while.",
        [code(&system.cluster().node_resource_group)],
    ));
    body.push(block(
        system
            .az("az group delete")
            .flag("--name", &group.name)
            .words("--yes"),
    )?);
    body.push(paragraph("**It worked when** this prints `false`:", []));
    body.push(block(
        system.az("az group exists").flag("--name", &group.name),
    )?);
    Ok(("Delete the resource group", body))
}

fn own_resources(system: System<'_>) -> Result<(&'static str, Vec<Markdown>), NulInArgument> {
    let delete = operation::own_resources(system)
        .into_iter()
        .map(|place| system.id(system.az("az resource delete").words("--ids"), place));
    Ok((
        "Delete what the deployment made",
        vec![
            paragraph(
                "The group {} was there before and stays. In this order; the cluster takes the resource group of its nodes, {}, with \
                 it. **Data is gone**, but for what is kept as deleted for a while.",
                [
                    code(system.group()),
                    code(&system.cluster().node_resource_group),
                ],
            ),
            Script::default().all(delete).block()?,
        ],
    ))
}

fn vaults(system: System<'_>) -> Result<Option<(&'static str, Vec<Markdown>)>, NulInArgument> {
    let mut body = Vec::new();
    for (name, vault) in operation::own_vaults(system) {
        let days = text(&vault.soft_delete_days.to_string());
        if vault.purge_protection {
            body.push(paragraph(
                "{} stays as deleted for {} days, and nobody can remove it earlier. Its name is taken that long: a new deployment of \
                 the same spec needs the vault recovered (`az keyvault recover`) or another `azure.suffix`.",
                [code(name), days],
            ));
        } else {
            body.push(paragraph(
                "{} stays as deleted for {} days and keeps its name. To give the name free, for good:",
                [code(name), days],
            ));
            body.push(block(
                system
                    .az("az keyvault purge")
                    .flag("--name", name)
                    .flag("--location", &system.model.azure.location),
            )?);
        }
    }
    Ok((!body.is_empty()).then_some(("Know what is left of the vaults", body)))
}
