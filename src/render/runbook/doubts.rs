//! What is a preview, and what is not established: only what concerns this system.

use super::page::{Markdown, paragraph};
use super::system::System;
use crate::kinds::Kind;
use crate::model::{Controller, NetworkPolicyEngine, Scope};
use crate::print::markdown::{code, text};

pub(super) fn body(system: System<'_>) -> Vec<Markdown> {
    let cluster = system.cluster();
    let mut doubts = Vec::new();
    if system.is_addon() {
        doubts.push(paragraph(
            "**Preview:** the ALB Controller add-on. AKS offers it by preview API versions only, pins its version (older than the \
             chart's), and chooses its identity.",
            [],
        ));
    }
    if cluster.gateway.controller != Controller::Existing {
        doubts.push(paragraph(
            "**Not in the vendor's table of built-in roles:** {}. Its id is that of the vendor's own quickstarts.",
            [code(crate::catalog::roles::AGC_CONFIGURATION_MANAGER.name)],
        ));
    }
    if system.is_managed() {
        doubts.push(paragraph(
            "**By design:** the names and host names of a managed gateway are random and change when the controller makes it anew.",
            [],
        ));
    }
    doubts.push(paragraph(
        "**Not tried:** rules of the network security group on {}. They hold for associations made since 2026-04-23; for older ones \
         ports 80 and 443 are open whatever the rules say.",
        [code(&cluster.network.gateway.name)],
    ));
    if system.service_connections().next().is_some() {
        doubts.push(paragraph(
            "**Preview:** the commands `az aks connection`.",
            [],
        ));
        doubts.push(paragraph(
            "**Not established:** what Service Connector makes in the cluster under `--opt-out auth`. Service accounts, federated \
             credentials and roles therefore come from this folder, and only its Secrets are used.",
            [],
        ));
    }
    for (resource, sql) in system.model.sql_servers() {
        if sql.grants.image_is_default {
            doubts.push(paragraph(
                "**Not tried:** the image {} of the Job that makes the database users of {}. It must hold a shell and go-sqlcmd. \
                 Nor was seen whether its registry has this tag: {} asks. `grantsImage` of the resource names another.",
                [
                    code(&sql.grants.image),
                    code(&resource.key),
                    code(&format!("docker manifest inspect {}", sql.grants.image)),
                ],
            ));
        }
    }
    if system.model.sql_servers().next().is_some() {
        doubts.push(paragraph(
            "**Not on a page of the vendor:** a database user whose SID is the client id of an identity. Three public reports agree \
             that it works; nobody has to be asked who the identity is.",
            [],
        ));
        doubts.push(paragraph(
            "**Not tried:** an identity as the administrator of a SQL server, named by its object id. If the Job is refused with \
             `Login failed`, make a group that holds the identity the administrator, in the portal or by `az sql server ad-admin`.",
            [],
        ));
    }
    if rights_at_secrets(system) {
        doubts.push(paragraph(
            "**Not established:** whether Azure takes a role at a secret that does not exist yet. Give the values of all secrets \
             before the first deployment.",
            [],
        ));
    }
    if cluster.cni.policy == NetworkPolicyEngine::Azure {
        doubts.push(paragraph(
            "**Being retired:** Azure's own network policy engine, which the spec chooses.",
            [],
        ));
    }
    if system
        .model
        .workloads
        .iter()
        .any(|workload| !workload.calls.is_empty())
    {
        doubts.push(paragraph(
            "**Not enforced:** who calls whom inside the cluster. No network policy is written yet, so every pod may call every \
             Service.",
            [],
        ));
    }
    if cluster
        .gateway
        .frontends
        .iter()
        .flat_map(|frontend| &frontend.listeners)
        .any(|listener| listener.protocol == "HTTP")
    {
        doubts.push(paragraph(
            "**Not encrypted:** traffic between clients and the frontend. {}",
            [text("Send nothing by it that must stay between the two.")],
        ));
    }
    doubts
}

/// Whether a workload has a right at a single secret of a vault that the deployment makes.
fn rights_at_secrets(system: System<'_>) -> bool {
    let model = system.model;
    model
        .workloads
        .iter()
        .flat_map(|workload| &workload.grants)
        .any(|grant| {
            let new_vault = model.resource(&grant.resource).is_some_and(|resource| {
                matches!(resource.kind, Kind::KeyVault(_)) && resource.is_made()
            });
            new_vault && matches!(grant.scope, Scope::Child { .. })
        })
}
