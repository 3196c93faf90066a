//! Steps in the cluster: the controller, the platform, workloads and routes.

use super::{Step, met};
use crate::catalog::{controller, roles};
use crate::late::ALB_CONTROLLER_CLIENT_ID;
use crate::model::{Controller, GatewayDeployment};
use crate::objects::Phase;
use crate::operation;
use crate::print::markdown::{code, text};
use crate::print::shell::{NulInArgument, Reference};
use crate::render::runbook::page::{Markdown, counted, file, paragraph, say};
use crate::render::runbook::script::{Line, Script};
use crate::render::runbook::system::{AGC_ID, System, apply, block, late_value, wait_for_class};

const CLIENT_ID: Reference = Reference::variable("ALB_CONTROLLER_CLIENT_ID");
const GENERATION: Reference = Reference::variable("GENERATION");
const ROUTE: Reference = Reference::variable("ROUTE");

pub(super) fn credentials(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = Vec::new();
    if system.cluster().administrators.is_empty() {
        body.push(paragraph(
            "**The spec names no administrators, and the cluster has no local accounts: nobody can do anything in it.** Add \
             `cluster.administrators` to the spec, render, and deploy again before you go on.",
            [],
        ));
    } else {
        body.push(paragraph(
            "You must be one of the administrators in the matrix above. Roles take some minutes to be known; the last line waits, \
             ten minutes at most, and ends with `yes`. With `no`, you are not one of them.",
            [],
        ));
    }
    let get = system
        .az_on_cluster("az aks get-credentials")
        .words("--file")
        .argument(Reference::variable("KUBECONFIG"))
        .words("--overwrite-existing");
    body.push(
        Script::new(get)
            .then(Line::new("kubelogin convert-kubeconfig -l azurecli"))
            .code("for _ in $(seq 40); do kubectl auth can-i create namespaces --quiet && break; sleep 15; done; kubectl auth can-i create namespaces")
            .block()?,
    );
    body.push(paragraph(
        "**It worked when** this lists {}, all `Ready`:",
        [counted(system.cluster().nodes.count)],
    ));
    body.push(block(Line::new("kubectl get nodes"))?);
    Ok(("Get into the cluster", body))
}

pub(super) fn alb_controller(system: System<'_>) -> Result<Step, NulInArgument> {
    let gateway = &system.cluster().gateway;
    let (title, mut body) = match &gateway.controller {
        Controller::Helm {
            version, namespace, ..
        } => {
            let install = Line::new("helm upgrade --install")
                .text(controller::RELEASE)
                .text(controller::CHART)
                .flag("--version", version)
                .flag("--namespace", controller::RELEASE_NAMESPACE)
                .words("--values controller/values.yaml --set-string")
                .joined(&format!("{}=", controller::CLIENT_ID_VALUE), CLIENT_ID, "")
                .words("--wait --timeout 10m");
            (
                "Install the ALB Controller",
                vec![
                    paragraph(
                        "It runs in namespace {}; Helm keeps the release in {}. Give both again whenever you upgrade it. Its \
                         values are in {}.",
                        [
                            code(namespace),
                            code(controller::RELEASE_NAMESPACE),
                            file("controller/values.yaml"),
                        ],
                    ),
                    Script::new(
                        late_value(ALB_CONTROLLER_CLIENT_ID)
                            .between("ALB_CONTROLLER_CLIENT_ID=$(", ")"),
                    )
                    .then(install)
                    .block()?,
                ],
            )
        }
        Controller::Addon => (
            "Wait for the ALB Controller",
            vec![paragraph(
                "AKS has installed it as an add-on (preview), in `kube-system`. There is nothing to install.",
                [],
            )],
        ),
        Controller::Existing => (
            "Wait for the ALB Controller",
            vec![
                paragraph(
                    "Somebody else installs it. Its identity is not known here, so this deployment gives it no right. It needs:",
                    [],
                ),
                existing_controller_roles(system),
            ],
        ),
    };
    body.push(met());
    let wait = |condition| wait_for_class(condition, "--timeout=10m");
    body.push(
        Script::new(wait("--for=create"))
            .then(wait("--for=condition=Accepted"))
            .block()?,
    );
    Ok((title, body))
}

/// What a controller needs that somebody else installs. Source: AGC quickstarts of 2026-02-07 and 2024-02.
fn existing_controller_roles(system: System<'_>) -> Markdown {
    let cluster = system.cluster();
    let configured = if system.is_managed() {
        &cluster.node_resource_group
    } else {
        &system.model.azure.resource_group.name
    };
    let on_group = |group: &str| say("resource group {}", [code(group)]);
    let rows = [
        (&roles::AGC_CONFIGURATION_MANAGER, on_group(configured)),
        (&roles::READER, on_group(&cluster.node_resource_group)),
        (
            &roles::NETWORK_CONTRIBUTOR,
            say(
                "subnet {} of {}",
                [
                    code(&cluster.network.gateway.name),
                    code(&cluster.network.name),
                ],
            ),
        ),
    ]
    .map(|(role, scope)| [text(role.name), code(role.id), scope]);
    Markdown::table(["role", "id", "on"], &rows)
}

pub(super) fn platform(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = vec![paragraph(
        "Namespaces, service accounts, the Gateway, and what makes database users, where there is any.",
        [],
    )];
    let mut script = Script::default();
    for (_, sql) in system.model.sql_servers() {
        // A finished Job cannot be changed.
        script = script.then(
            Line::new("kubectl delete job")
                .text(&sql.grants.job)
                .flag("--namespace", &sql.grants.namespace)
                .words("--ignore-not-found"),
        );
    }
    body.push(script.then(apply(Phase::Platform)).block()?);
    let gateway = &system.cluster().gateway;
    body.push(met());
    let mut check = Script::default();
    if let GatewayDeployment::Managed {
        application_load_balancer,
    } = &gateway.deployment
    {
        check = check.then(
            system
                .kubectl("kubectl wait")
                .text(&load_balancer(application_load_balancer))
                .words("--for=condition=Deployment --timeout=15m"),
        );
    }
    for frontend in &gateway.frontends {
        check = check.then(
            system
                .kubectl("kubectl wait")
                .text(&format!("gateway/{}", frontend.gateway))
                .words("--for=condition=Programmed --timeout=10m"),
        );
    }
    body.push(check.block()?);
    if let GatewayDeployment::Managed {
        application_load_balancer,
    } = &gateway.deployment
    {
        body.extend(managed_diagnostics(system, application_load_balancer)?);
    }
    Ok(("Apply the platform", body))
}

/// The resource of an `ApplicationLoadBalancer`, by its full name: the short one could become ambiguous.
pub(in crate::render::runbook) fn load_balancer(name: &str) -> String {
    format!("applicationloadbalancer.alb.networking.azure.io/{name}")
}

/// Reads the id of the traffic controller that the ALB Controller made. The condition's message is `alb-id=<id>`.
pub(in crate::render::runbook) fn managed_id(system: System<'_>, name: &str) -> Line {
    system
        .kubectl("kubectl get")
        .text(&load_balancer(name))
        .words("--output")
        .text("jsonpath={.status.conditions[?(@.type==\"Deployment\")].message}")
        .between("AGC_ID=$(", " | sed 's/^alb-id=//')")
}

/// Bicep cannot say what a thing of a random name logs.
fn managed_diagnostics(
    system: System<'_>,
    application_load_balancer: &str,
) -> Result<Vec<Markdown>, NulInArgument> {
    let Some((place, logs)) = system.managed_logs() else {
        return Ok(Vec::new());
    };
    let create = system
        .az("az monitor diagnostic-settings create --name logs")
        .words("--resource")
        .argument(AGC_ID)
        .words("--workspace");
    let create = system
        .id(create, place)
        .flag("--logs", logs)
        .flag(
            "--metrics",
            r#"[{"category": "AllMetrics", "enabled": true}]"#,
        )
        .words("--output none");
    Ok(vec![
        paragraph(
            "The ALB Controller has made the gateway under a random name in {}, so its logs are switched on here, not in Bicep:",
            [code(&system.cluster().node_resource_group)],
        ),
        Script::new(managed_id(system, application_load_balancer))
            .code("echo \"$AGC_ID\"")
            .then(create)
            .block()?,
    ])
}

pub(super) fn workloads(system: System<'_>) -> Result<Step, NulInArgument> {
    let check = system.model.workloads.iter().map(|workload| {
        system
            .kubectl("kubectl rollout status")
            .text(&format!("deployment/{}", workload.name))
            .text(&format!(
                "--timeout={}m",
                operation::rollout_seconds(workload).div_ceil(60)
            ))
    });
    Ok((
        "Apply the workloads",
        vec![
            block(apply(Phase::Workloads))?,
            paragraph(
                "**It worked when** this says `successfully rolled out` of each:",
                [],
            ),
            Script::default().all(check).block()?,
        ],
    ))
}

pub(super) fn routes(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    if system.model.routes.is_empty() {
        return Ok(None);
    }
    let mut body = vec![
        block(apply(Phase::Routes))?,
        met(),
        routes_programmed(system)?,
        paragraph("Where clients reach it, one line a frontend:", []),
    ];
    let hosts = system
        .cluster()
        .gateway
        .frontends
        .iter()
        .map(|frontend| system.host(&frontend.gateway).between("", "; echo"));
    body.push(Script::default().all(hosts).block()?);
    body.push(paragraph(
        "A name of your own is a `CNAME` (or alias) record with that host name, never an address.",
        [],
    ));
    if system.is_managed() {
        body.push(paragraph(
            "A frontend that the controller makes anew has another host name.",
            [],
        ));
    }
    Ok(Some(("Apply the routes", body)))
}

/// Waits until every route is programmed. Of conditions of a parent `kubectl wait` does not ask whether they are older than the last
/// change.
pub(in crate::render::runbook) fn routes_programmed(
    system: System<'_>,
) -> Result<Markdown, NulInArgument> {
    let routes = &system.model.routes;
    if let [route] = routes.as_slice() {
        let of = |verb| {
            system
                .kubectl(verb)
                .text(&format!("httproute/{}", route.name))
        };
        return is_programmed(Script::default(), of, "", "GENERATION=$(").block();
    }
    let each = routes
        .iter()
        .fold(Line::empty(), |line, route| line.text(&route.name))
        .between("for ROUTE in ", "; do");
    let of = |verb| system.kubectl(verb).joined("httproute/", ROUTE, "");
    is_programmed(Script::new(each), of, "  ", "  GENERATION=$(")
        .code("done")
        .block()
}

/// One route, of which `of` makes the calls.
fn is_programmed(
    script: Script,
    of: impl Fn(&'static str) -> Line,
    indent: &'static str,
    assigns: &'static str,
) -> Script {
    const SEEN: &str = "--for=jsonpath={.status.parents[0].conditions[?(@.type==\"Programmed\")].observedGeneration}=";
    const PROGRAMMED: &str =
        "--for=jsonpath={.status.parents[0].conditions[?(@.type==\"Programmed\")].status}=True";
    let generation = of("kubectl get")
        .words("--output")
        .text("jsonpath={.metadata.generation}")
        .between(assigns, ")");
    let wait = |line: Line| line.words("--timeout=10m").between(indent, "");
    script.all([
        generation,
        wait(of("kubectl wait").joined(SEEN, GENERATION, "")),
        wait(of("kubectl wait").text(PROGRAMMED)),
    ])
}
