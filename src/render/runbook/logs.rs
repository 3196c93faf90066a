//! Questions to the gateway's logs, in KQL.

use super::page::{Markdown, paragraph};
use super::system::System;
use crate::model::{Diagnostics, GatewayDeployment, Provision};
use crate::print::markdown::code;

/// Columns: the table's reference page (Azure Monitor, `AGCAccessLogs`), as known 2026-11.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "Which requests failed on our side in the last hour, and at which pod?",
        "| where HttpStatusCode >= 500\n\
         | summarize Requests = count() by HttpStatusCode, HostName, RequestUri, BackendHost\n\
         | order by Requests desc\n",
    ),
    (
        "How long do pods take until their first byte, in milliseconds?",
        "| summarize Requests = count(), P50 = percentile(BackendResponseLatency, 50), P95 = percentile(BackendResponseLatency, 95) by BackendHost, bin(TimeGenerated, 5m)\n\
         | order by TimeGenerated asc\n",
    ),
    (
        "Who sends the most, and how much of it is refused?",
        "| summarize Requests = count(), Refused = countif(HttpStatusCode >= 400 and HttpStatusCode < 500) by ClientIp\n\
         | top 20 by Requests desc\n",
    ),
];

pub(super) fn body(system: System<'_>) -> Vec<Markdown> {
    let workspace = &system.model.workspace;
    if workspace.diagnostics == Diagnostics::None {
        return vec![paragraph(
            "The spec switches diagnostic settings off, so the gateway writes no logs. `observability.diagnostics` switches them on.",
            [],
        )];
    }
    let name = match &workspace.workspace {
        Provision::Create(created) => &created.name,
        Provision::Existing(id) => &id.name,
    };
    let mut body = vec![paragraph(
        "In the portal, workspace {}, *Logs*. The first lines may take an hour to arrive.",
        [code(name)],
    )];
    let source = source(system);
    for (question, rest) in QUESTIONS {
        body.push(paragraph(question, []));
        body.push(Markdown::block("kusto", &format!("{source}{rest}")));
    }
    body
}

/// The last hour of this system's gateway. A workspace may hold others; the ids in it are in lower case.
fn source(system: System<'_>) -> String {
    let (operator, id) = match &system.cluster().gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => (
            "endswith",
            format!(
                "/resourcegroups/{}/providers/microsoft.servicenetworking/trafficcontrollers/{traffic_controller}",
                system.group()
            ),
        ),
        GatewayDeployment::Managed { .. } => (
            "contains",
            format!("/resourcegroups/{}/", system.cluster().node_resource_group),
        ),
    };
    format!(
        "AGCAccessLogs\n| where TimeGenerated > ago(1h)\n| where _ResourceId {operator} {}\n",
        string(&id.to_lowercase())
    )
}

/// A string of KQL.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            other if other.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
