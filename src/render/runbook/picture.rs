//! The system as a Mermaid picture.

use std::fmt::Write;

use super::page::Markdown;
use super::system::System;
use crate::facts::{Principal, ServerRight, What};
use crate::print::markdown::mermaid_label;

/// Nodes and arrows: clients, frontend, Gateway, routes, workloads, identities, resources.
pub(super) fn picture(system: System<'_>) -> Markdown {
    Markdown::block("mermaid", &flowchart(system))
}

/// Writing to a String cannot fail, so the results of `write!` say nothing.
fn flowchart(system: System<'_>) -> String {
    let model = system.model;
    let cluster = system.cluster();
    let mut out = String::from("flowchart LR\n");
    out.push_str("  clients([\"clients\"])\n");
    for (f, frontend) in cluster.gateway.frontends.iter().enumerate() {
        let label = format!("AGC frontend {}", frontend.name);
        _ = writeln!(out, "  frontend{f}[{}]", mermaid_label(&label));
    }
    let label = format!("{}, namespace {}", cluster.name, cluster.namespace.name);
    _ = writeln!(out, "  subgraph cluster[{}]", mermaid_label(&label));
    for (f, frontend) in cluster.gateway.frontends.iter().enumerate() {
        let label = format!("Gateway {}", frontend.gateway);
        _ = writeln!(out, "    gateway{f}[{}]", mermaid_label(&label));
    }
    for (r, route) in model.routes.iter().enumerate() {
        let label = format!("{} {}", route.name, route.path.value());
        _ = writeln!(out, "    route{r}{{{{{}}}}}", mermaid_label(&label));
    }
    for (w, workload) in model.workloads.iter().enumerate() {
        let label = format!("{} x {}", workload.name, workload.replicas);
        _ = writeln!(out, "    workload{w}[{}]", mermaid_label(&label));
    }
    out.push_str("  end\n");
    for (w, workload) in model.workloads.iter().enumerate() {
        if let Some(identity) = &workload.identity {
            _ = writeln!(out, "  identity{w}([{}])", mermaid_label(&identity.name));
        }
    }
    for (d, resource) in model.resources.iter().enumerate() {
        let label = format!("{} {}", resource.kind.facets().title(), resource.azure_name);
        _ = writeln!(out, "  resource{d}[({})]", mermaid_label(&label));
    }
    arrows(system, &mut out);
    out
}

fn arrows(system: System<'_>, out: &mut String) {
    let model = system.model;
    let gateway = &system.cluster().gateway;
    let workload = |name: &str| model.workloads.iter().position(|known| known.name == name);
    let resource = |name: &str| {
        model
            .resources
            .iter()
            .position(|known| known.azure_name == name)
    };
    for (f, frontend) in gateway.frontends.iter().enumerate() {
        let ports: Vec<String> = frontend
            .listeners
            .iter()
            .map(|listener| format!("{} {}", listener.protocol, listener.port))
            .collect();
        let label = mermaid_label(&ports.join(", "));
        _ = writeln!(out, "  clients -->|{label}| frontend{f}");
        _ = writeln!(out, "  frontend{f} --> gateway{f}");
    }
    for (r, route) in model.routes.iter().enumerate() {
        let position = gateway
            .frontends
            .iter()
            .position(|frontend| frontend.gateway == route.gateway);
        if let Some(f) = position {
            _ = writeln!(out, "  gateway{f} --> route{r}");
        }
        for w in route
            .backends
            .iter()
            .filter_map(|backend| workload(&backend.workload))
        {
            _ = writeln!(out, "  route{r} --> workload{w}");
        }
    }
    for (w, caller) in model.workloads.iter().enumerate() {
        for to in caller
            .calls
            .iter()
            .filter_map(|call| workload(&call.workload))
        {
            _ = writeln!(out, "  workload{w} -->|\"calls\"| workload{to}");
        }
        if caller.identity.is_some() {
            _ = writeln!(out, "  workload{w} -.-|\"acts as\"| identity{w}");
        }
    }
    for fact in system.facts {
        let (principal, target, label) = match &fact.what {
            What::Role(role) => (
                &role.principal,
                role.scope.names.first(),
                if role.scope.names.len() > 1 {
                    format!("{} on {}", role.role.name, role.scope.name())
                } else {
                    role.role.name.to_owned()
                },
            ),
            What::Database(right) => match &right.right {
                ServerRight::Role { database, role, .. } => (
                    &right.principal,
                    Some(&right.server),
                    format!("{role} on {database}"),
                ),
                ServerRight::Administrator => continue,
            },
            _ => continue,
        };
        let Principal::Workload { workload: name, .. } = principal else {
            continue;
        };
        if let (Some(w), Some(d)) = (workload(name), target.and_then(|name| resource(name))) {
            let label = mermaid_label(&label);
            _ = writeln!(out, "  identity{w} -->|{label}| resource{d}");
        }
    }
}
