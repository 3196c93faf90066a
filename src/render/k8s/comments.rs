//! What a reader of a manifest would ask, answered above the object.

use std::collections::BTreeMap;

use crate::catalog::health::PROBE_STATUS_CODES;
use crate::kinds::Sql;
use crate::model::{GatewayDeployment, Health, Identity, Model, PodSecurity, Workload};
use crate::objects::{Manifest, Object, Part, Topic};

/// The workloads of a model, each by its name, by its service account and by its `ConfigMap`: an object is asked for each.
pub(super) struct Workloads<'m> {
    named: BTreeMap<&'m str, &'m Workload>,
    acting: BTreeMap<&'m str, (&'m Workload, &'m Identity)>,
    configured: BTreeMap<String, &'m Workload>,
}

impl<'m> Workloads<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let all = model.workloads.iter();
        let with_identity = all.clone().filter_map(|workload| {
            let identity = workload.identity.as_ref()?;
            Some((identity.service_account.as_str(), (workload, identity)))
        });
        let with_map = all
            .clone()
            .filter_map(|workload| Some((workload.connections_map()?, workload)));
        Self {
            configured: with_map.collect(),
            named: all.map(|one| (one.name.as_str(), one)).collect(),
            acting: with_identity.collect(),
        }
    }
}

/// The lines above an object; often none.
pub(super) fn of(model: &Model, workloads: &Workloads<'_>, manifest: &Manifest) -> Vec<String> {
    let workload = match &manifest.part {
        Part::Workload(name) => workloads.named.get(name.as_str()).copied(),
        Part::Platform(_) | Part::Route(_) => None,
    };
    match (&manifest.object, workload) {
        (Object::Namespace(namespace), _) => self::namespace(model, &namespace.metadata.name),
        (Object::ServiceAccount(account), _) => {
            service_account(model, workloads, &account.metadata.name)
        }
        (Object::Gateway(gateway), _) => self::gateway(model, &gateway.metadata.name),
        (Object::ApplicationLoadBalancer(_), _) => lines(&[
            "From this the ALB Controller makes the traffic controller, under a random name, in the group of the nodes.",
        ]),
        (Object::ConfigMap(map), _) => config_map(workloads, manifest, &map.metadata.name),
        (Object::Job(job), _) => model
            .sql_servers()
            .find(|(_, sql)| sql.grants.job == job.metadata.name)
            .map(|(_, sql)| job_of(sql))
            .unwrap_or_default(),
        (Object::Deployment(_), Some(workload)) => deployment(workload),
        (Object::HealthCheckPolicy(_), Some(workload)) => workload
            .health
            .as_ref()
            .map(health_check)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn lines(text: &[&str]) -> Vec<String> {
    text.iter().map(|line| (*line).to_owned()).collect()
}

fn namespace(model: &Model, name: &str) -> Vec<String> {
    let namespace = &model.cluster().namespace;
    if namespace.name != name {
        return lines(&[
            "The Jobs that make users of databases run apart from the workloads, because they administer SQL servers.",
        ]);
    }
    if namespace.enforce == PodSecurity::Restricted {
        return Vec::new();
    }
    let relaxed: Vec<&str> = model
        .workloads
        .iter()
        .filter(|workload| workload.pod_security == namespace.enforce)
        .map(|workload| workload.name.as_str())
        .collect();
    vec![format!(
        "Not restricted, because the image of {} may start as root.",
        relaxed.join(", ")
    )]
}

fn service_account(model: &Model, workloads: &Workloads<'_>, name: &str) -> Vec<String> {
    let workload = workloads
        .acting
        .get(name)
        .map(|(workload, identity)| format!("{} acts as {}.", workload.name, identity.name));
    let administrator = model.sql_servers().find_map(|(resource, sql)| {
        (sql.administrator.service_account == name).then(|| {
            format!(
                "The Job {} acts as {}, which administers {}.",
                sql.grants.job, sql.administrator.identity, resource.azure_name
            )
        })
    });
    workload.or(administrator).into_iter().collect()
}

fn gateway(model: &Model, name: &str) -> Vec<String> {
    let gateway = &model.cluster().gateway;
    let Some(frontend) = gateway
        .frontends
        .iter()
        .find(|frontend| frontend.gateway == name)
    else {
        return Vec::new();
    };
    match &gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => vec![
            format!("Configures the frontend {} of {traffic_controller}, which the deployment makes.", frontend.name),
            "It needs both: the annotation names the traffic controller, the address names the frontend.".to_owned(),
        ],
        GatewayDeployment::Managed { .. } => {
            lines(&["The ALB Controller makes a frontend for it; its host name is in the status."])
        }
    }
}

fn config_map(workloads: &Workloads<'_>, manifest: &Manifest, name: &str) -> Vec<String> {
    match &manifest.part {
        Part::Platform(Topic::SqlGrants) => vec![format!(
            "The program of the Job {name}, the same for every system."
        )],
        Part::Platform(Topic::Connections) => workloads
            .configured
            .get(name)
            .map(|workload| {
                format!(
                    "Where the resources are that {} uses directly. No secret: who may use them is decided by identity.",
                    workload.name
                )
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn job_of(sql: &Sql) -> Vec<String> {
    let grants = &sql.grants;
    vec![
        format!("Makes the users of the databases on {} and their roles. It can run again at any time.", sql.host),
        "Its probes always succeed: deployment safeguards of AKS refuse pods without, and a Job is judged by how it ends.".to_owned(),
        "A line of GRANTS: user, variable with its client id, role, database.".to_owned(),
        "A finished Job cannot be changed. Argo CD and Flux replace it by the annotations; by hand, before each apply:"
            .to_owned(),
        format!("  kubectl -n {} delete job {} --ignore-not-found", grants.namespace, grants.job),
    ]
}

fn deployment(workload: &Workload) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(identity) = &workload.identity {
        out.push(format!(
            "Acts as {} in Azure: the service account names that identity, and the label",
            identity.name
        ));
        out.push(
            "azure.workload.identity/use gets the pods a token for it. They get no token for the Kubernetes API.".to_owned(),
        );
    }
    if workload.pod_security == PodSecurity::Baseline {
        out.push(
            "The image may start as root, with the capabilities below and no others.".to_owned(),
        );
    }
    if workload.service.is_none() {
        out.push("No port, so no probes: pods count as ready while their process runs. Clusters that enforce the AKS".to_owned());
        out.push("deployment safeguards refuse a Deployment without probes.".to_owned());
    }
    out
}

fn health_check(health: &Health) -> Vec<String> {
    let mut out = lines(&["How the gateway asks; the probes above are the cluster's own."]);
    // Probes of Kubernetes cannot choose their codes.
    if health.status_codes != PROBE_STATUS_CODES {
        out.push("Only here the status codes count: probes of Kubernetes take every answer from 200 to 399.".to_owned());
    }
    out
}
