//! Steps that connect workloads with data services: database users, and the connections of Service Connector.

use super::Step;
use crate::catalog::arm_types;
use crate::facts::ArmPlace;
use crate::model::{ServiceConnection, Workload};
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::NulInArgument;
use crate::render::runbook::page::{Markdown, codes, paragraph};
use crate::render::runbook::script::{Line, Script};
use crate::render::runbook::system::System;

pub(super) fn sql_grants(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let servers: Vec<_> = system.model.sql_servers().collect();
    if servers.is_empty() {
        return Ok(None);
    }
    let wait = servers.iter().map(|(_, sql)| {
        Line::new("kubectl wait")
            .text(&format!("job/{}", sql.grants.job))
            .words("--for=condition=Complete --timeout=30m")
            .flag("--namespace", &sql.grants.namespace)
    });
    let logs = servers.iter().map(|(_, sql)| {
        Line::new("kubectl logs")
            .text(&format!("job/{}", sql.grants.job))
            .flag("--namespace", &sql.grants.namespace)
            .words("--all-pods")
    });
    let what = text(
        "No role of Azure opens a SQL database. A Job makes a user for each workload that connects to one, without a password, and \
         gives it the roles of the matrix.",
    );
    Ok(Some((
        "Wait for the database users",
        vec![
            if servers.iter().any(|(_, sql)| sql.grants.image_is_default) {
                paragraph(
                    "{} *Its image was never tried:* see the end of this page.",
                    [what],
                )
            } else {
                Markdown::from(what)
            },
            Script::default().all(wait).block()?,
            paragraph(
                "**It worked when** that ends by itself. If it does not, ask in a second shell:",
                [],
            ),
            Script::default().all(logs).block()?,
        ],
    )))
}

pub(super) fn service_connector(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let connections: Vec<_> = system.service_connections().collect();
    if connections.is_empty() {
        return Ok(None);
    }
    let mut body = vec![paragraph(
        "Service Connector writes where a resource is into a Secret of the workload's namespace. Identities, roles and firewall \
         rules are not its business here, hence `--opt-out`. The first connection also installs {}. **One at a time**, each when the \
         cluster is not being changed. With `--no-recreate` a connection that is there as asked for is not written again; where its \
         Secret is gone, leave that out.",
        [extension()],
    )];
    for (workload, link, connection) in connections {
        body.push(paragraph(
            "{} to {}:",
            [code(&workload.name), code(&link.resource)],
        ));
        body.push(
            Script::new(
                system
                    .az_on_cluster("az aks wait")
                    .words("--updated --interval 15 --timeout 1800"),
            )
            .then(create_connection(system, workload, connection))
            .block()?,
        );
        body.push(paragraph(
            "**It worked when** this lists {}, none of 0 bytes:",
            [codes(
                link.settings.iter().map(|setting| setting.name.as_str()),
            )],
        ));
        body.push(secret_keys(system, connection)?);
    }
    Ok(Some(("Connect with Service Connector", body)))
}

/// What Service Connector adds to the cluster. Source: Service Connector on AKS, 2025-02-06.
pub(in crate::render::runbook) fn extension() -> Inline {
    Inline::literal(
        "the cluster extension `sc-extension`, whose Jobs run in the namespace `sc-system`",
    )
}

/// Waits for the Secret of a connection and prints its keys and the sizes of their values, never the values.
pub(in crate::render::runbook) fn secret_keys(
    system: System<'_>,
    connection: &ServiceConnection,
) -> Result<Markdown, NulInArgument> {
    let secret = format!("secret/{}", connection.secret);
    Script::new(
        system
            .kubectl("kubectl wait")
            .text(&secret)
            .words("--for=create --timeout=5m"),
    )
    .then(system.kubectl("kubectl describe").text(&secret))
    .block()
}

/// Flags: azure-cli 2.91.0. An argument that is missing would be asked for, so nothing is to be read.
fn create_connection(
    system: System<'_>,
    workload: &Workload,
    connection: &ServiceConnection,
) -> Line {
    let mut line = system
        .az_on_cluster("az aks connection create")
        .flag("--connection", &connection.name)
        .flag("--kube-namespace", system.namespace());
    for (flag, value) in &connection.target_flags {
        line = line.flag(flag, value);
    }
    if let Some(identity) = &workload.identity {
        let place = ArmPlace::here(system.model, arm_types::IDENTITY, [&identity.name]);
        line = system.id(line.words("--workload-identity"), &place);
    }
    line = line.flag("--client-type", connection.client_type);
    if !connection.customized_keys.is_empty() {
        line = connection.customized_keys.iter().fold(
            line.words("--customized-keys"),
            |line, (default, wanted)| line.text(&format!("{default}={wanted}")),
        );
    }
    line.words("--opt-out auth publicnetwork --no-recreate --only-show-errors --output none")
        .after(4, connection.target)
        .between("", " < /dev/null")
}
