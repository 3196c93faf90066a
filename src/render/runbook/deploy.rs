//! The path by hand: what to type, in order, and how to see that it worked.

use super::page::{Markdown, codes, file, listed, paragraph, say};
use super::script::{Line, Script};
use super::system::{AGC_ID, GATEWAY_CLASS, HOME, LATE_VALUES, System, block, late_value};
use crate::catalog::controller;
use crate::facts::{ArmPlace, Maker, What};
use crate::kinds::Kind;
use crate::late::{ALB_CONTROLLER_CLIENT_ID, late_values};
use crate::model::{
    Controller, Diagnostics, GatewayDeployment, Provision, ServiceConnection, Workload,
};
use crate::print::markdown::{code, text};
use crate::print::shell::{NulInArgument, Reference};

/// A step: its title, and what stands under it.
type Step = (&'static str, Vec<Markdown>);

/// Preview features that the add-on needs. Source: add-on quickstart of 2026-08-18.
const ADDON_FEATURES: [&str; 2] = ["ManagedGatewayAPIPreview", "ApplicationLoadBalancerPreview"];

const PROVIDER: Reference = Reference::variable("PROVIDER");
const CLIENT_ID: Reference = Reference::variable("ALB_CONTROLLER_CLIENT_ID");

/// The steps.
pub(super) fn steps(system: System<'_>) -> Result<Vec<Step>, NulInArgument> {
    let mut steps = vec![sign_in(system)?, providers(system)?];
    if system.is_addon() {
        steps.push(features(system)?);
    }
    steps.push(resource_group(system)?);
    steps.extend(secrets(system)?);
    steps.push(deployment(system)?);
    steps.extend(late(system)?);
    steps.push(credentials(system)?);
    steps.push(alb_controller(system)?);
    steps.push(platform(system)?);
    steps.extend(sql_grants(system)?);
    steps.extend(service_connector(system)?);
    steps.push(workloads(system)?);
    steps.extend(routes(system)?);
    Ok(steps)
}

fn met() -> Markdown {
    paragraph("**It worked when** this says `condition met`, each time:", [])
}

fn sign_in(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = Vec::new();
    let known = system.model.azure.subscription.as_deref();
    if let Some(subscription) = known {
        body.push(
            Script::new(Line::new("az login"))
                .then(Line::new("az account set --subscription").text(subscription))
                .then(kubeconfig(system))
                .block()?,
        );
    } else {
        body.push(paragraph(
            "The spec names no subscription. Choose one while you sign in, or with `az account set`; every command below \
             names the one that is chosen here.",
            [],
        ));
        body.push(
            Script::new(Line::new("az login"))
                .code("SUBSCRIPTION=$(az account show --query id --output tsv)")
                .code("export SUBSCRIPTION")
                .then(kubeconfig(system))
                .block()?,
        );
    }
    body.push(paragraph(
        "A new shell needs all of this again but `az login`. **It worked when** this shows the subscription that you mean:",
        [],
    ));
    body.push(block(
        system
            .az("az account show")
            .words("--query")
            .text("{name: name, id: id, tenant: tenantId, user: user.name}")
            .words("--output table"),
    )?);
    Ok(("Sign in", body))
}

fn kubeconfig(system: System<'_>) -> Line {
    Line::new("export").joined(
        "KUBECONFIG=",
        HOME,
        &format!("/.kube/{}", system.cluster().name),
    )
}

/// Resource providers that the deployment, the ALB Controller and Service Connector need. Sources: Helm quickstart of
/// 2026-02-07 (`NetworkFunction`); Service Connector on AKS, 2025-02-06 (`KubernetesConfiguration`); the types of the modules.
fn needed_providers(system: System<'_>) -> Vec<&'static str> {
    let mut providers = vec![
        "Microsoft.ContainerService",
        "Microsoft.Insights",
        "Microsoft.ManagedIdentity",
        "Microsoft.Network",
        "Microsoft.NetworkFunction",
        "Microsoft.OperationalInsights",
        "Microsoft.PolicyInsights",
        "Microsoft.ServiceNetworking",
    ];
    for resource in &system.model.resources {
        let namespace = resource.kind.facets().resource_type().split('/').next();
        providers.extend(namespace);
    }
    if system.service_connections().next().is_some() {
        providers.extend(["Microsoft.KubernetesConfiguration", "Microsoft.ServiceLinker"]);
    }
    providers.sort_unstable();
    providers.dedup();
    providers
}

fn providers(system: System<'_>) -> Result<Step, NulInArgument> {
    let each = || {
        needed_providers(system)
            .into_iter()
            .fold(Line::empty(), Line::text)
            .between("for PROVIDER in ", "; do")
    };
    let register = system
        .az("az provider register --namespace")
        .argument(PROVIDER)
        .words("--wait")
        .between("  ", "");
    let show = system
        .az("az provider show --namespace")
        .argument(PROVIDER)
        .words("--query")
        .text("[namespace, registrationState]")
        .words("--output tsv")
        .between("  ", "");
    Ok((
        "Register resource providers",
        vec![
            paragraph("Once a subscription. What is registered already stays as it is.", []),
            Script::new(each()).then(register).code("done").block()?,
            paragraph("**It worked when** this says `Registered` of each:", []),
            Script::new(each()).then(show).code("done").block()?,
        ],
    ))
}

fn features(system: System<'_>) -> Result<Step, NulInArgument> {
    let register = ADDON_FEATURES.iter().map(|feature| {
        system
            .az("az feature register --namespace Microsoft.ContainerService")
            .flag("--name", feature)
    });
    let wait = ADDON_FEATURES.iter().map(|feature| {
        system
            .az("az feature show --namespace Microsoft.ContainerService")
            .flag("--name", feature)
            .words("--query properties.state --output tsv")
            .between("until [ \"$(", ")\" = Registered ]; do sleep 30; done")
    });
    let propagate = system.az("az provider register --namespace Microsoft.ContainerService --wait");
    Ok((
        "Register preview features",
        vec![
            paragraph(
                "The ALB Controller add-on is a preview of AKS. Once a subscription; it can take a quarter of an hour.",
                [],
            ),
            Script::default()
                .all(register)
                .all(wait)
                .then(propagate)
                .block()?,
            paragraph("**It worked when** the block above comes to its end.", []),
        ],
    ))
}

fn resource_group(system: System<'_>) -> Result<Step, NulInArgument> {
    let azure = &system.model.azure;
    let mut body = Vec::new();
    if azure.resource_group.created {
        // az reads a file where an argument begins with `@`, and an option where it begins with `-`.
        let (unsayable, tags): (Vec<_>, Vec<_>) = azure
            .tags
            .iter()
            .partition(|(name, _)| name.starts_with(['@', '-']));
        let mut create = system
            .az("az group create")
            .flag("--name", system.group())
            .flag("--location", &azure.location);
        if !tags.is_empty() {
            create = tags
                .iter()
                .fold(create.words("--tags"), |line, (name, value)| {
                    line.text(&format!("{name}={value}"))
                });
        }
        body.push(block(create.words("--output none"))?);
        if !unsayable.is_empty() {
            body.push(paragraph(
                "The tags {} cannot be given to `az`: their names begin with `@` or `-`. The resources get them all the same.",
                [codes(unsayable.iter().map(|(name, _)| name.as_str()))],
            ));
        }
    } else {
        body.push(paragraph(
            "The group {} was there before this system. Nothing is made here, and nothing below deletes it.",
            [code(system.group())],
        ));
    }
    body.push(paragraph("**It worked when** this prints `Succeeded`:", []));
    body.push(block(
        system
            .az("az group show")
            .flag("--name", system.group())
            .words("--query properties.provisioningState --output tsv"),
    )?);
    Ok(("Make the resource group", body))
}

/// Variables of secrets that the deployment writes.
fn secret_variables(system: System<'_>) -> Vec<&str> {
    system
        .about(|what| match what {
            What::Secret(secret) => Some(secret),
            _ => None,
        })
        .filter_map(|secret| secret.variable.as_deref())
        .collect()
}

fn secrets(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let variables = secret_variables(system);
    if variables.is_empty() {
        return Ok(None);
    }
    let mut body = vec![paragraph(
        "The deployment reads the values from the environment of this shell, and they stand in no file. A variable that is not \
         set leaves its secret as it is. Paste these **one at a time**, each waits for the value:",
        [],
    )];
    for variable in &variables {
        let ask = Line::new("printf").text("%s: ").text(variable).between("", "; ");
        let read = Line::new("read -rs").text(variable).between("", "; ");
        let export = Line::new("export").text(variable).between("", "; echo");
        body.push(Script::default().joined_line([ask, read, export]).block()?);
    }
    body.push(paragraph("**It worked when** this lists them all:", []));
    body.push(block(
        Line::new("cut -d= -f1").between("env | ", " | grep '^AGC_SECRET_'"),
    )?);
    Ok(Some(("Give the values of secrets", body)))
}

fn deployment(system: System<'_>) -> Result<Step, NulInArgument> {
    let name = system.model.deployment_name();
    let deploy = |words| {
        system
            .az_in_group(words)
            .flag("--name", &name)
            .words("--parameters infra/main.bicepparam")
    };
    let mut body = vec![
        paragraph(
            "First what would change, then the change. The first time takes 10 to 20 minutes; a second run changes nothing.",
            [],
        ),
        block(deploy("az deployment group what-if"))?,
        block(deploy("az deployment group create").words("--output none"))?,
        paragraph("**It worked when** this prints `Succeeded`:", []),
        block(
            system
                .az_in_group("az deployment group show")
                .flag("--name", &name)
                .words("--query properties.provisioningState --output tsv"),
        )?,
        paragraph(
            "If it failed because a principal does not exist yet, run it again: a new identity takes a minute to be known \
             everywhere.",
            [],
        ),
    ];
    let variables = secret_variables(system);
    if !variables.is_empty() {
        body.push(paragraph("Then forget the values:", []));
        body.push(block(
            variables
                .iter()
                .fold(Line::new("unset"), |line, variable| line.text(variable)),
        )?);
    }
    Ok(("Deploy to Azure", body))
}

fn late(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let values = late_values(system.model);
    if values.is_empty() {
        return Ok(None);
    }
    let read = system
        .az_in_group("az deployment group show")
        .flag("--name", &system.model.deployment_name())
        .words("--query")
        .text("properties.outputs.lateValues.value[].[key, value]")
        .words("--output tsv")
        .between("VALUES=$(", ") &&");
    let script = Script::new(read)
        .code("  {")
        .code("    grep '^#' k8s/platform/late-values.env")
        .code("    printf '%s\\n' \"$VALUES\" | tr '\\t' = | LC_ALL=C sort")
        .code("  } > late-values.new &&")
        .code("  mv late-values.new k8s/platform/late-values.env");
    let body = vec![
        paragraph(
            "They go into {} ({}). None of them is secret: commit the file. The next render puts each under its comment.",
            [
                file(LATE_VALUES),
                codes(values.iter().map(|value| value.key.as_str())),
            ],
        ),
        script.block()?,
        paragraph(
            "**It worked when** this prints {}, and the line after it `complete`:",
            [code(&values.len().to_string())],
        ),
        Script::new(Line::new("grep -c").text("^[A-Z].*=.").words(LATE_VALUES))
            .code("kubectl kustomize k8s/platform > /dev/null && echo complete")
            .block()?,
    ];
    Ok(Some(("Read what only the deployment knows", body)))
}

fn credentials(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = Vec::new();
    if system.cluster().administrators.is_empty() {
        body.push(paragraph(
            "**The spec names no administrators, and the cluster has no local accounts: nobody can do anything in it.** Add \
             `cluster.administrators` to the spec, render, and deploy again before you go on.",
            [],
        ));
    } else {
        body.push(paragraph(
            "You must be one of the administrators in the matrix above. Roles take some minutes to be known; the last line waits.",
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
            .code("until kubectl auth can-i create namespaces --quiet; do sleep 15; done")
            .block()?,
    );
    body.push(paragraph(
        "**It worked when** this lists {} nodes, all `Ready`:",
        [text(&system.cluster().nodes.count.to_string())],
    ));
    body.push(block(Line::new("kubectl get nodes"))?);
    Ok(("Get into the cluster", body))
}

fn alb_controller(system: System<'_>) -> Result<Step, NulInArgument> {
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
                .joined("albController.podIdentity.clientID=", CLIENT_ID, "")
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
    let wait = |condition| {
        Line::new("kubectl wait")
            .text(GATEWAY_CLASS)
            .words(condition)
            .words("--timeout=10m")
    };
    body.push(
        Script::new(wait("--for=create"))
            .then(wait("--for=condition=Accepted"))
            .block()?,
    );
    Ok((title, body))
}

/// What a controller needs that somebody else installs. Source: AGC quickstarts of 2026-02-07 and 2024-02.
fn existing_controller_roles(system: System<'_>) -> Markdown {
    use crate::catalog::roles;
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
                [code(&cluster.network.gateway.name), code(&cluster.network.name)],
            ),
        ),
    ]
    .map(|(role, scope)| [text(role.name), code(role.id), scope]);
    Markdown::table(["role", "id", "on"], &rows)
}

fn platform(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = vec![paragraph(
        "Namespaces, service accounts, the Gateway, and what makes database users, where there is any.",
        [],
    )];
    let mut script = Script::default();
    for (_, sql) in system.sql_servers() {
        // A finished Job cannot be changed.
        script = script.then(
            Line::new("kubectl delete job")
                .text(&sql.grants.job)
                .flag("--namespace", &sql.grants.namespace)
                .words("--ignore-not-found"),
        );
    }
    body.push(
        script
            .then(Line::new("kubectl apply --server-side --kustomize k8s/platform"))
            .block()?,
    );
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
pub(super) fn load_balancer(name: &str) -> String {
    format!("applicationloadbalancer.alb.networking.azure.io/{name}")
}

/// Reads the id of the traffic controller that the ALB Controller made. The condition's message is `alb-id=<id>`.
pub(super) fn managed_id(system: System<'_>, name: &str) -> Line {
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
    let workspace = &system.model.workspace;
    let logs = match workspace.diagnostics {
        Diagnostics::None => return Ok(Vec::new()),
        Diagnostics::All => r#"[{"categoryGroup": "allLogs", "enabled": true}]"#,
        Diagnostics::Audit => {
            r#"[{"category": "TrafficControllerAccessLog", "enabled": true}, {"category": "TrafficControllerFirewallLog", "enabled": true}]"#
        }
    };
    let place = system
        .about(|what| match what {
            What::Resource(resource) => Some(resource),
            _ => None,
        })
        .find(|resource| resource.place.resource_type == "Microsoft.OperationalInsights/workspaces")
        .map(|resource| resource.place.clone());
    let Some(place) = place else {
        return Ok(Vec::new());
    };
    let create = system
        .az("az monitor diagnostic-settings create --name logs")
        .words("--resource")
        .argument(AGC_ID)
        .words("--workspace");
    let create = system
        .id(create, &place)
        .flag("--logs", logs)
        .flag("--metrics", r#"[{"category": "AllMetrics", "enabled": true}]"#)
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

fn sql_grants(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let servers: Vec<_> = system.sql_servers().collect();
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
                paragraph("{} *Its image was never tried:* see the end of this page.", [what])
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

fn service_connector(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let connections: Vec<_> = system.service_connections().collect();
    if connections.is_empty() {
        return Ok(None);
    }
    let mut body = vec![paragraph(
        "Service Connector writes where a resource is into a Secret of the workload's namespace. Identities, roles and firewall \
         rules come from Bicep, hence `--opt-out`. **One at a time**, each when the cluster is not being changed.",
        [],
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
            "**It worked when** this prints {}:",
            [codes(
                link.settings.iter().map(|setting| setting.name.as_str()),
            )],
        ));
        body.push(secret_keys(system, connection)?);
    }
    Ok(Some(("Connect with Service Connector", body)))
}

/// Waits for the Secret of a connection and prints its keys, never its values.
pub(super) fn secret_keys(
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
    .then(
        system
            .kubectl("kubectl get")
            .text(&secret)
            .words("--output")
            .text(r#"go-template={{range $key, $value := .data}}{{$key}}{{"\n"}}{{end}}"#),
    )
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
        let place = ArmPlace::resource(
            system.group(),
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            [&identity.name],
        );
        line = system.id(line.words("--workload-identity"), &place);
    }
    line = line.flag("--client-type", connection.client_type);
    if !connection.customized_keys.is_empty() {
        line = connection
            .customized_keys
            .iter()
            .fold(line.words("--customized-keys"), |line, (default, wanted)| {
                line.text(&format!("{default}={wanted}"))
            });
    }
    line.words("--opt-out auth publicnetwork --no-recreate --only-show-errors --output none")
        .after(4, connection.target)
        .between("", " < /dev/null")
}

fn workloads(system: System<'_>) -> Result<Step, NulInArgument> {
    let check = system.model.workloads.iter().map(|workload| {
        system
            .kubectl("kubectl rollout status")
            .text(&format!("deployment/{}", workload.name))
            .words("--timeout=10m")
    });
    Ok((
        "Apply the workloads",
        vec![
            block(Line::new("kubectl apply --server-side --kustomize k8s/workloads"))?,
            paragraph("**It worked when** this says `successfully rolled out` of each:", []),
            Script::default().all(check).block()?,
        ],
    ))
}

fn routes(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    if system.model.routes.is_empty() {
        return Ok(None);
    }
    let mut body = vec![
        block(Line::new("kubectl apply --server-side --kustomize k8s/routes"))?,
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

/// Waits until every route is programmed.
pub(super) fn routes_programmed(system: System<'_>) -> Result<Markdown, NulInArgument> {
    let wait = system.model.routes.iter().map(|route| {
        system
            .kubectl("kubectl wait")
            .text(&format!("httproute/{}", route.name))
            .text("--for=jsonpath={.status.parents[0].conditions[?(@.type==\"Programmed\")].status}=True")
            .words("--timeout=10m")
    });
    Script::default().all(wait).block()
}

/// Tools that the path by hand needs.
pub(super) fn tools(system: System<'_>) -> Markdown {
    let mut rows = vec![
        [code("az"), code("2.91"), text("what these commands were written for; an extension is not needed")],
        [
            say("Bicep, inside {}", [code("az")]),
            code("0.49"),
            say("{}", [code("az bicep upgrade")]),
        ],
        [code("kubectl"), code("1.31"), text("its wait for things that do not exist yet")],
        [code("kubelogin"), text("any"), text("sign-in to the cluster with Microsoft Entra")],
        [listed([code("bash"), code("curl"), code("sed"), code("grep")]), text("any"), text("the blocks below")],
    ];
    if matches!(system.cluster().gateway.controller, Controller::Helm { .. }) {
        rows.push([code("helm"), code("3.8"), text("charts from registries")]);
    }
    Markdown::table(["tool", "at least", "note"], &rows)
}

/// Who can run it.
pub(super) fn rights(system: System<'_>) -> Markdown {
    let assigns_elsewhere: Vec<&str> = system
        .about(|what| match what {
            What::Role(role) => Some(role),
            _ => None,
        })
        .filter(|role| role.maker == Maker::Deployment)
        .map(|role| role.scope.resource_group.as_str())
        .filter(|group| *group != system.group())
        .collect();
    let mut groups: Vec<&str> = assigns_elsewhere;
    groups.sort_unstable();
    groups.dedup();
    let own = say(
        "*Contributor* is not enough: the deployment assigns roles. Whoever deploys needs *Contributor* and *Role Based Access Control \
         Administrator* (or *Owner*) on {}",
        [code(system.group())],
    );
    let node_group = system.cluster().node_resource_group.as_str();
    if groups.is_empty() {
        paragraph("{}.", [own])
    } else if groups.contains(&node_group) {
        paragraph(
            "{}, and must be able to assign roles on {}. The group of the nodes exists only once AKS has made it, so these rights are \
             best held on the subscription.",
            [own, codes(groups)],
        )
    } else {
        paragraph(
            "{}, and must be able to assign roles on {}.",
            [own, codes(groups)],
        )
    }
}

/// Vaults that the deployment makes, by their names.
pub(super) fn own_vaults<'a>(
    system: System<'a>,
) -> impl Iterator<Item = (&'a str, &'a crate::kinds::KeyVault)> {
    system
        .model
        .resources
        .iter()
        .filter_map(|resource| match (&resource.kind, &resource.provision) {
            (Kind::KeyVault(vault), Provision::Create(())) => {
                Some((resource.azure_name.as_str(), vault))
            }
            _ => None,
        })
}
