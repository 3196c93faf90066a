//! Five questions whose answers say whether the system works.

use std::collections::{BTreeMap, BTreeSet};

use super::deploy::{managed_id, routes_programmed, secret_keys};
use super::page::{Markdown, codes, paragraph, say};
use super::script::{Line, Script};
use super::system::{AGC_ID, HOST, POD, System, block, late_value, wait_for_class};
use crate::catalog::arm_types;
use crate::facts::Principal;
use crate::model::{GatewayDeployment, Route, Workload};
use crate::operation::{CURL_IMAGE, TRAFFIC_CONTROLLER_API, answers_of, call_url, healthy_request};
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::{NulInArgument, Reference};

const PROFILE: Reference = Reference::variable("CURL_PROFILE");
const CLIENT_ID: Reference = Reference::variable("CLIENT_ID");

/// The questions, each with what to type.
pub(super) fn steps(
    system: System<'_>,
) -> Result<Vec<(&'static str, Vec<Markdown>)>, NulInArgument> {
    Ok(vec![
        ("Is the gateway up?", gateway(system)?),
        ("Are the identities wired?", identities(system)?),
        (
            "Do the pods run, and do they reach each other?",
            pods(system)?,
        ),
        (
            "Does traffic from outside reach each route?",
            traffic(system)?,
        ),
        ("Are the connections complete?", connections(system)?),
    ])
}

fn gateway(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let gateway = &system.cluster().gateway;
    let mut azure = Script::default();
    let show = match &gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => system
            .az_in_group("az resource show")
            .flag("--name", traffic_controller)
            .flag("--resource-type", arm_types::TRAFFIC_CONTROLLER),
        GatewayDeployment::Managed {
            application_load_balancer,
        } => {
            azure = azure.then(managed_id(system, application_load_balancer));
            system
                .az("az resource show")
                .words("--ids")
                .argument(AGC_ID)
        }
    };
    azure = azure.then(
        show.flag("--api-version", TRAFFIC_CONTROLLER_API)
            .words("--query properties.provisioningState --output tsv"),
    );
    let mut cluster = Script::new(wait_for_class("--for=condition=Accepted", "--timeout=1m"));
    for frontend in &gateway.frontends {
        for condition in ["--for=condition=Accepted", "--for=condition=Programmed"] {
            cluster = cluster.then(
                system
                    .kubectl("kubectl wait")
                    .text(&format!("gateway/{}", frontend.gateway))
                    .text(condition)
                    .words("--timeout=1m"),
            );
        }
    }
    let mut body = vec![
        paragraph("Azure must say `Succeeded`:", []),
        azure.block()?,
        paragraph("The cluster must say `condition met`, each time:", []),
        cluster.block()?,
    ];
    if !system.model.routes.is_empty() {
        body.push(routes_programmed(system)?);
    }
    Ok(body)
}

fn identities(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let mut body = vec![
        paragraph(
            "Who trusts whom: the issuer of the cluster, and the federated credential of each identity. Issuer and subject must be \
             the same on both sides.",
            [],
        ),
        block(
            system
                .az_on_cluster("az aks show")
                .words("--query oidcIssuerProfile.issuerUrl --output tsv"),
        )?,
    ];
    let workloads: Vec<_> = system
        .model
        .workloads
        .iter()
        .filter_map(|workload| Some((workload, workload.identity.as_ref()?)))
        .collect();
    if workloads.is_empty() {
        return Ok(vec![paragraph(
            "No workload acts as an identity: none connects to a resource of Azure.",
            [],
        )]);
    }
    // az lists the assignments of one subscription.
    let mut elsewhere: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for role in system.roles() {
        if let (Principal::Workload { identity, .. }, Some(subscription)) =
            (&role.principal, &role.scope.subscription)
        {
            elsewhere.entry(identity).or_default().insert(subscription);
        }
    }
    for (workload, identity) in workloads {
        body.push(paragraph(
            "{}: the subject must be {}; the pod must have {}; the roles must be those of the matrix (rights inside databases are \
             not roles of Azure and are not listed).",
            [
                code(&workload.name),
                code(&format!(
                    "system:serviceaccount:{}:{}",
                    system.namespace(),
                    identity.service_account
                )),
                codes([
                    "AZURE_CLIENT_ID",
                    "AZURE_TENANT_ID",
                    "AZURE_FEDERATED_TOKEN_FILE",
                    "AZURE_AUTHORITY_HOST",
                ]),
            ],
        ));
        let roles = |subscription: Option<&str>| {
            system
                .az_in("az role assignment list --all --assignee", subscription)
                .argument(CLIENT_ID)
                .words("--query")
                .text("[].{role: roleDefinitionName, scope: scope}")
                .words("--output table")
        };
        let mut script = Script::new(
            system
                .az_in_group("az identity federated-credential list")
                .flag("--identity-name", &identity.name)
                .words("--query")
                .text("[].{issuer: issuer, subject: subject}")
                .words("--output table"),
        )
        .then(a_pod(system, workload))
        .then(
            system
                .kubectl("kubectl get")
                .argument(POD)
                .words("--output")
                .text("jsonpath={.spec.containers[0].env[*].name}")
                .between("", "; echo"),
        )
        .then(late_value(&identity.client_id_key).between("CLIENT_ID=$(", ")"))
        .then(roles(None));
        for subscription in elsewhere.get(identity.name.as_str()).into_iter().flatten() {
            script = script.then(roles(Some(subscription)));
        }
        body.push(script.block()?);
    }
    Ok(body)
}

/// Finds one pod of a workload.
fn a_pod(system: System<'_>, workload: &Workload) -> Line {
    system
        .kubectl("kubectl get pods")
        .flag(
            "--selector",
            &format!("app.kubernetes.io/name={}", workload.name),
        )
        .words("--output name")
        .between("POD=$(", " | head -n 1)")
}

fn pods(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let rollouts = system.model.workloads.iter().map(|workload| {
        system
            .kubectl("kubectl rollout status")
            .text(&format!("deployment/{}", workload.name))
            .words("--timeout=1m")
    });
    let mut body = vec![
        paragraph("Each must say `successfully rolled out`:", []),
        Script::default().all(rollouts).block()?,
    ];
    let edges: Vec<_> = system
        .model
        .workloads
        .iter()
        .flat_map(|workload| workload.calls.iter().map(move |call| (workload, call)))
        .collect();
    if edges.is_empty() {
        return Ok(body);
    }
    body.push(paragraph(
        "Images of workloads need no curl: an ephemeral container asks from inside the caller's pod, with the caller's network. It \
         stays listed in the pod until the pod goes.",
        [],
    ));
    body.push(
        Script::default()
            .code("CURL_PROFILE=$(mktemp)")
            .code("export CURL_PROFILE")
            .code("printf '{\"securityContext\": {\"runAsUser\": 100}}\\n' > \"$CURL_PROFILE\"")
            .block()?,
    );
    for (caller, call) in edges {
        let callee = system.model.workload(&call.workload);
        let url = call_url(call, callee);
        body.push(paragraph(
            "{} reaches {} when this prints {}:",
            [code(&caller.name), code(&call.workload), healthy(callee)],
        ));
        // Behind `--` everything is the other command's.
        let ask = Line::new("kubectl debug")
            .argument(POD)
            .flag("--namespace", system.namespace())
            .flag("--image", CURL_IMAGE)
            .words("--profile restricted --custom")
            .argument(PROFILE)
            .words("--attach --quiet -- curl")
            .text(&url)
            .words("--silent --show-error --max-time 10 --output /dev/null --write-out")
            .text("%{http_code}\\n");
        body.push(Script::new(a_pod(system, caller)).then(ask).block()?);
    }
    Ok(body)
}

/// What a workload answers when it is well.
fn healthy(workload: Option<&Workload>) -> Inline {
    match answers_of(workload) {
        Some((first, last)) if first == last => code(&first.to_string()),
        Some((first, last)) => say(
            "a number from {} to {}",
            [text(&first.to_string()), text(&last.to_string())],
        ),
        None => text("any number but 000, which means no answer"),
    }
}

fn traffic(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    if system.model.routes.is_empty() {
        return Ok(vec![paragraph(
            "There is no route, so nothing from outside may reach a workload.",
            [],
        )]);
    }
    let mut body = Vec::new();
    for frontend in &system.cluster().gateway.frontends {
        let routes: Vec<&Route> = system
            .model
            .routes
            .iter()
            .filter(|route| route.gateway == frontend.gateway)
            .collect();
        if routes.is_empty() {
            continue;
        }
        body.push(
            Script::new(system.host(&frontend.gateway).between("HOST=$(", ")"))
                .code("echo \"$HOST\"")
                .block()?,
        );
        for route in routes {
            let workload = route
                .backends
                .first()
                .and_then(|backend| system.model.workload(&backend.workload));
            let (path, answer) = match healthy_request(system, route, workload) {
                Some(path) => (path, healthy(workload)),
                None => (
                    route.path.value().to_owned(),
                    text(
                        "what its application answers there; 500 or 503 are the gateway's, for a backend that is not well",
                    ),
                ),
            };
            body.push(paragraph(
                "{} works when this prints {}:",
                [code(&route.name), answer],
            ));
            let ask = Line::new("curl")
                .joined("http://", HOST, &path)
                .words("--silent --show-error --max-time 20 --output /dev/null --write-out")
                .text("%{http_code}\\n");
            body.push(block(ask)?);
        }
    }
    body.push(paragraph(
        "`no healthy upstream` means that the gateway's probe fails: ask the workload itself, as above. A name that is not known \
         yet is a minute or two away.",
        [],
    ));
    Ok(body)
}

fn connections(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let mut body = Vec::new();
    if system.service_connections().next().is_some() {
        body.push(paragraph(
            "Every connection of Service Connector must be `Succeeded`, and its Secret must have its keys. (`az aks connection \
             validate` does not look into the cluster, so it proves less.)",
            [],
        ));
        body.push(block(
            system
                .az_on_cluster("az aks connection list")
                .words("--query")
                .text("[].{connection: name, state: provisioningState || properties.provisioningState}")
                .words("--only-show-errors --output table"),
        )?);
        for (_, link, connection) in system.service_connections() {
            body.push(paragraph(
                "{} must have {}:",
                [
                    code(&connection.secret),
                    codes(link.settings.iter().map(|setting| setting.name.as_str())),
                ],
            ));
            body.push(secret_keys(system, connection)?);
        }
    }
    for workload in &system.model.workloads {
        let variables: Vec<&str> = workload
            .direct_settings()
            .map(|setting| setting.name.as_str())
            .collect();
        if variables.is_empty() {
            continue;
        }
        let Some(name) = workload.connections_map() else {
            continue;
        };
        body.push(paragraph(
            "The ConfigMap {} must have {}:",
            [code(&name), codes(variables)],
        ));
        body.push(block(
            system
                .kubectl("kubectl describe")
                .text(&format!("configmap/{name}")),
        )?);
    }
    for (_, sql) in system.model.sql_servers() {
        body.push(paragraph(
            "The Job {} must be complete: its database users exist.",
            [code(&sql.grants.job)],
        ));
        body.push(block(
            Line::new("kubectl wait")
                .text(&format!("job/{}", sql.grants.job))
                .words("--for=condition=Complete --timeout=1m")
                .flag("--namespace", &sql.grants.namespace),
        )?);
    }
    if body.is_empty() {
        body.push(paragraph(
            "No workload connects to a resource of Azure.",
            [],
        ));
    }
    Ok(body)
}
