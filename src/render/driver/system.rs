//! `system.tsv`: what the spec decides about the driver. The program says what each row means, where it reads it.

use super::rows::{BadField, Rows};
use crate::catalog::{arm_types, controller, network};
use crate::facts::{ArmPlace, Maker, Principal, What};
use crate::model::{Controller, GatewayDeployment, Model, Workload};
use crate::objects::KINDS;
use crate::operation::{self, CURL_IMAGE, CURL_USER, System, TRAFFIC_CONTROLLER_API};
use crate::output::Shape;

/// The format that the program reads.
const FORMAT: &str = "1";

pub(super) fn rows(system: System<'_>) -> Result<String, BadField> {
    let mut rows = Rows::new(&super::super::k8s::generated_by(system.model));
    rows.add("agcgen-system", [FORMAT]);
    place(&mut rows, system);
    preparation(&mut rows, system);
    cluster(&mut rows, system);
    gateway(&mut rows, system);
    workloads(&mut rows, system);
    connections(&mut rows, system);
    super::tests::rows(&mut rows, &system.model.tests);
    removal(&mut rows, system);
    rows.end()
}

/// Where it all is.
fn place(rows: &mut Rows, system: System<'_>) {
    let azure = &system.model.azure;
    rows.add("system", [&system.model.name, &system.model.spec_file]);
    rows.add(
        "subscription",
        [azure.subscription.as_deref().unwrap_or_default()],
    );
    let provision = if azure.resource_group.created {
        "created"
    } else {
        "existing"
    };
    rows.add(
        "group",
        [&azure.resource_group.name, &azure.location, provision],
    );
    for (name, value) in &azure.tags {
        // az reads a file where an argument begins with `@`, and an option where it begins with `-`.
        if !name.starts_with(['@', '-']) {
            rows.add("tag", [&format!("{name}={value}")]);
        }
    }
    rows.add("deployment", [&system.model.deployment_name()]);
}

/// What must be there before anything is made.
fn preparation(rows: &mut Rows, system: System<'_>) {
    for tool in operation::tools(system) {
        rows.add(
            "tool",
            [tool.name, tool.at_least.as_deref().unwrap_or_default()],
        );
    }
    for provider in system.providers() {
        rows.add("provider", [provider]);
    }
    for feature in system.features() {
        rows.add("feature", ["Microsoft.ContainerService", feature]);
    }
    for resource in &system.model.resources {
        let facets = resource.kind.facets();
        if let (true, Some(version)) = (resource.is_made(), facets.name_check_version()) {
            rows.add(
                "unique",
                [facets.resource_type(), &resource.azure_name, version],
            );
        }
    }
    for resource in system
        .resources()
        .filter(|resource| resource.maker == Maker::SomebodyElse)
    {
        rows.add("existing", [&id(system.model, &resource.place)]);
    }
    for (name, vault) in operation::own_vaults(system) {
        let purge = if vault.purge_protection {
            "protected"
        } else {
            "purgeable"
        };
        rows.add("vault", [name, &vault.soft_delete_days.to_string(), purge]);
    }
    for secret in system.about(|what| match what {
        What::Secret(secret) => Some(secret),
        _ => None,
    }) {
        if let Some(variable) = &secret.variable {
            rows.add("secret", [variable, &secret.vault_name, &secret.name]);
        }
    }
    for value in crate::late::late_values(system.model) {
        let shape = match &value.shape {
            Shape::ClientId => "client-id",
            Shape::ResourceId(resource_type) => resource_type,
        };
        rows.add("late", [&value.key, shape]);
    }
}

fn cluster(rows: &mut Rows, system: System<'_>) {
    let cluster = system.cluster();
    let nodes = &cluster.nodes;
    let zones: Vec<String> = nodes.zones.iter().map(ToString::to_string).collect();
    rows.add(
        "cluster",
        [
            &cluster.name,
            &cluster.node_resource_group,
            &cluster.kubernetes_version,
            &nodes.size,
            &nodes.count.to_string(),
            &nodes.count.div_ceil(network::SURGE_DIVISOR).to_string(),
            &zones.join(","),
            cluster.cni.mode.word(),
            &cluster.cni.service_cidr.to_string(),
        ],
    );
    for administrator in &cluster.administrators {
        rows.add("administrator", [&administrator.object_id]);
    }
    // That of the workloads stands first.
    rows.add("namespace", [system.namespace()]);
    let mut grants: Vec<&str> = system
        .model
        .sql_servers()
        .map(|(_, sql)| sql.grants.namespace.as_str())
        .filter(|namespace| *namespace != system.namespace())
        .collect();
    grants.dedup();
    for namespace in grants {
        rows.add("namespace", [namespace]);
    }
    for (_, sql) in system.model.sql_servers() {
        rows.add("job", [&sql.grants.job, &sql.grants.namespace]);
    }
    for (api_version, kind) in KINDS {
        // Namespaces are never pruned: everything in them would go.
        match api_version.split_once('/') {
            _ if *kind == "Namespace" => {}
            Some((group, version)) => rows.add("kind", [&format!("{kind}.{version}.{group}")]),
            None => rows.add("kind", [kind]),
        }
    }
}

fn gateway(rows: &mut Rows, system: System<'_>) {
    let gateway = &system.cluster().gateway;
    match &gateway.controller {
        Controller::Helm { version, .. } => rows.add(
            "controller",
            [
                "helm",
                controller::RELEASE,
                controller::CHART,
                version,
                controller::RELEASE_NAMESPACE,
            ],
        ),
        Controller::Addon => rows.add("controller", ["addon", "", "", "", ""]),
        Controller::Existing => rows.add("controller", ["existing", "", "", "", ""]),
    }
    let (deployment, name) = match &gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => ("byo", traffic_controller),
        GatewayDeployment::Managed {
            application_load_balancer,
        } => ("managed", application_load_balancer),
    };
    rows.add(
        "gateway",
        [
            deployment,
            name,
            controller::GATEWAY_CLASS,
            TRAFFIC_CONTROLLER_API,
        ],
    );
    for part in system
        .resources()
        .filter(|part| part.maker == Maker::Deployment)
    {
        if let Some(kind) = part
            .place
            .resource_type
            .strip_prefix(arm_types::TRAFFIC_CONTROLLER)
            .and_then(|rest| rest.strip_prefix('/'))
        {
            rows.add("gateway-part", [kind, part.place.name()]);
        }
    }
    if let Some((workspace, logs)) = system.managed_logs() {
        rows.add("logs", [&id(system.model, workspace), logs]);
    }
    for frontend in &gateway.frontends {
        rows.add("frontend", [&frontend.name, &frontend.gateway]);
    }
}

fn workloads(rows: &mut Rows, system: System<'_>) {
    let model = system.model;
    rows.add("probe-image", [CURL_IMAGE, &CURL_USER.to_string()]);
    for workload in &model.workloads {
        rows.add(
            "workload",
            [
                &workload.name,
                &workload.replicas.to_string(),
                &operation::rollout_seconds(workload).to_string(),
            ],
        );
    }
    for caller in &model.workloads {
        for call in &caller.calls {
            let callee = model.workload(&call.workload);
            let (first, last) = answers(callee);
            let url = operation::call_url(call, callee);
            rows.add("call", [&caller.name, &call.workload, &url, &first, &last]);
        }
    }
    for route in &model.routes {
        let workload = route
            .backends
            .first()
            .and_then(|backend| model.workload(&backend.workload));
        let (path, (first, last)) = match operation::healthy_request(system, route, workload) {
            Some(path) => (path, answers(workload)),
            None => (route.path.value().to_owned(), answers(None)),
        };
        rows.add("route", [&route.name, &route.gateway, &path, &first, &last]);
    }
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            rows.add(
                "identity",
                [
                    &workload.name,
                    &identity.name,
                    &identity.credential,
                    &identity.service_account,
                    &identity.client_id_key,
                ],
            );
        }
    }
    for role in system.roles() {
        if let Principal::Workload { identity, .. } = &role.principal {
            rows.add("role", [identity, role.role.id, &id(model, &role.scope)]);
        }
    }
}

/// First and last status code of a workload that is well; empty: any but 404 and 5xx.
fn answers(workload: Option<&Workload>) -> (String, String) {
    operation::answers_of(workload)
        .map(|(first, last)| (first.to_string(), last.to_string()))
        .unwrap_or_default()
}

fn connections(rows: &mut Rows, system: System<'_>) {
    let model = system.model;
    for (workload, link, connection) in system.service_connections() {
        let resource = model
            .resource(&link.resource)
            .map(|resource| id(model, &ArmPlace::of(model, resource)))
            .unwrap_or_default();
        let identity = workload.identity.as_ref();
        rows.add(
            "connection",
            [
                &connection.name,
                &workload.name,
                connection.target,
                connection.client_type,
                identity.map_or("", |identity| identity.name.as_str()),
                &connection.secret,
                &resource,
            ],
        );
        for (flag, value) in &connection.target_flags {
            rows.add("connection-flag", [&connection.name, flag, value]);
        }
        for (default, wanted) in &connection.customized_keys {
            rows.add(
                "connection-rename",
                [&connection.name, &format!("{default}={wanted}")],
            );
        }
        for setting in &link.settings {
            rows.add("connection-key", [&connection.name, &setting.name]);
        }
    }
    for workload in &model.workloads {
        if let Some(map) = workload.connections_map() {
            for setting in workload.direct_settings() {
                rows.add("settings", [&map, &setting.name]);
            }
        }
    }
}

fn removal(rows: &mut Rows, system: System<'_>) {
    let assignments = [
        ("assignment", operation::surviving_assignments(system)),
        ("group-assignment", operation::group_assignments(system)),
    ];
    for (kind, roles) in assignments {
        for role in roles {
            let scope = id(system.model, &role.scope);
            let group = system.group_of_identity(&role.principal);
            rows.add(kind, [role.principal.id(), group, role.role.id, &scope]);
        }
    }
    for place in operation::own_resources(system) {
        rows.add("resource", [&id(system.model, place)]);
    }
}

/// A resource id. Where the subscription is the one that is deployed to and the spec does not name it, the id begins with
/// `/resourceGroups`.
fn id(model: &Model, place: &ArmPlace) -> String {
    let subscription = place
        .subscription
        .as_ref()
        .or(model.azure.subscription.as_ref());
    match subscription {
        Some(subscription) => format!("/subscriptions/{subscription}{}", place.path()),
        None => place.path(),
    }
}
