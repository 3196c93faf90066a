//! What must be in Azure for a model, and what is: role assignments, identities with their service accounts, resources
//! with their tags and logs, late values.
//!
//! The left side knows the model alone; the right side knows the compiler's snapshot alone.

use std::collections::{BTreeMap, BTreeSet};

use agcgen::kinds::Kind;
use agcgen::model::{
    Controller, Diagnostics, GatewayDeployment, Model, Provision, Resource as Target, ResourceId,
    Right, Scope,
};
use regex::Regex;
use serde_json::Value;

use crate::oracle::{Failed, Metadata, Resource, Snapshot};

// Azure's ids, written down a second time: a wrong row of the catalogue must be seen.
const NETWORK_CONTRIBUTOR: &str = "4d97b98b-1d4f-4787-a291-c67834d212e7";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const CONFIGURATION_MANAGER: &str = "fbc52c3f-28ad-4303-a892-8a056630b8f1";
const CLUSTER_ADMIN: &str = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b";
const CLUSTER_USER: &str = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f";

/// A role at a scope for somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Assignment {
    scope: String,
    principal: String,
    principal_type: String,
    role: String,
}

fn group(subscription: &str, group: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{group}")
}

fn identity(name: &str) -> String {
    format!("identity {name}")
}

/// The role assignments that a model asks for.
pub(crate) fn assignments(model: &Model, metadata: &Metadata) -> Vec<Assignment> {
    let cluster = model.cluster();
    let own = group(&metadata.subscription_id, &metadata.resource_group);
    let nodes = group(&metadata.subscription_id, &cluster.node_resource_group);
    let network = format!(
        "{own}/providers/Microsoft.Network/virtualNetworks/{}/subnets",
        cluster.network.name
    );
    let gateway_subnet = format!("{network}/{}", cluster.network.gateway.name);
    let aks = format!(
        "{own}/providers/Microsoft.ContainerService/managedClusters/{}",
        cluster.name
    );
    let mut all = Vec::new();
    let mut add = |scope: &str, principal: &str, principal_type: &str, role: &str| {
        all.push(Assignment {
            scope: scope.to_lowercase(),
            principal: principal.to_owned(),
            principal_type: principal_type.to_owned(),
            role: role.to_owned(),
        });
    };
    let service = "ServicePrincipal";
    let node_subnet = format!("{network}/{}", cluster.network.nodes.name);
    add(
        &node_subnet,
        &identity(&cluster.identity),
        service,
        NETWORK_CONTRIBUTOR,
    );
    for administrator in &cluster.administrators {
        for role in [CLUSTER_ADMIN, CLUSTER_USER] {
            add(
                &aks,
                &administrator.object_id,
                &administrator.principal_type.to_string(),
                role,
            );
        }
    }
    let byo = matches!(cluster.gateway.deployment, GatewayDeployment::Byo { .. });
    match &cluster.gateway.controller {
        Controller::Helm { identity: name, .. } => {
            add(
                &gateway_subnet,
                &identity(name),
                service,
                NETWORK_CONTRIBUTOR,
            );
            add(
                if byo { &own } else { &nodes },
                &identity(name),
                service,
                CONFIGURATION_MANAGER,
            );
            add(&nodes, &identity(name), service, READER);
        }
        Controller::Addon => {
            add(&gateway_subnet, "add-on", service, NETWORK_CONTRIBUTOR);
            if byo {
                add(&own, "add-on", service, CONFIGURATION_MANAGER);
            }
        }
        Controller::Existing => {}
    }
    for workload in &model.workloads {
        for grant in &workload.grants {
            let (Right::Role(role), Some(resource), Some(own)) = (
                &grant.right,
                model.resource(&grant.resource),
                &workload.identity,
            ) else {
                continue;
            };
            add(
                &scope(resource, &grant.scope, metadata),
                &identity(&own.name),
                service,
                role.id,
            );
        }
    }
    all.sort();
    all
}

fn scope(resource: &Target, scope: &Scope, metadata: &Metadata) -> String {
    let place = match &resource.provision {
        Provision::Create(()) => group(&metadata.subscription_id, &metadata.resource_group),
        Provision::Existing(ResourceId {
            subscription,
            resource_group,
            ..
        }) => group(
            subscription.as_deref().unwrap_or(&metadata.subscription_id),
            resource_group,
        ),
    };
    let (resource_type, child_type) = match resource.kind {
        Kind::Storage(_) => (
            "Microsoft.Storage/storageAccounts",
            "blobServices/default/containers",
        ),
        Kind::KeyVault(_) => ("Microsoft.KeyVault/vaults", "secrets"),
        Kind::Sql(_) => ("Microsoft.Sql/servers", "databases"),
    };
    let whole = format!("{place}/providers/{resource_type}/{}", resource.azure_name);
    match scope {
        Scope::Resource => whole,
        Scope::Child { azure_name, .. } => format!("{whole}/{child_type}/{azure_name}"),
    }
}

/// The role assignments of a snapshot.
pub(crate) fn assigned(snapshot: &Snapshot) -> Result<Vec<Assignment>, Failed> {
    let mut all = Vec::new();
    for resource in of(snapshot, "Microsoft.Authorization/roleAssignments") {
        let properties = &resource.body["properties"];
        let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
        let (scope, _) = resource
            .id
            .split_once("/providers/Microsoft.Authorization/roleAssignments/")
            .ok_or_else(|| format!("an odd id: {}", resource.id))?;
        all.push(Assignment {
            scope: scope.to_lowercase(),
            principal: principal(&text("principalId")),
            principal_type: text("principalType"),
            role: text("roleDefinitionId")
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
        });
        if !text("description").ends_with('.') {
            return Err(format!("{} says nothing of itself", resource.id).into());
        }
    }
    all.sort();
    Ok(all)
}

/// Whose the principal id is: an expression that reads an identity, an output of the cluster, or an id.
fn principal(text: &str) -> String {
    if text.contains(".outputs.albControllerPrincipalId.value]") {
        return "add-on".to_owned();
    }
    match text
        .split_once("/userAssignedIdentities/")
        .and_then(|(_, rest)| rest.split_once('\''))
    {
        Some((name, rest)) if rest.ends_with(").principalId]") => identity(name),
        _ => text.to_owned(),
    }
}

fn of<'a>(snapshot: &'a Snapshot, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
    snapshot
        .resources
        .iter()
        .filter(move |resource| resource.kind == kind)
}

/// The identities of a model, each with the service accounts that may act as it.
pub(crate) fn identities(model: &Model) -> BTreeMap<String, Vec<String>> {
    let cluster = model.cluster();
    let account =
        |namespace: &str, name: &str| vec![format!("system:serviceaccount:{namespace}:{name}")];
    let mut all = BTreeMap::from([(cluster.identity.clone(), Vec::new())]);
    if let Controller::Helm {
        namespace,
        identity,
        ..
    } = &cluster.gateway.controller
    {
        all.insert(identity.clone(), account(namespace, "alb-controller-sa"));
    }
    for resource in &model.resources {
        if let Kind::Sql(sql) = &resource.kind {
            let administrator = &sql.administrator;
            all.insert(
                administrator.identity.clone(),
                account(&sql.grants.namespace, &administrator.service_account),
            );
        }
    }
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            all.insert(
                identity.name.clone(),
                account(&cluster.namespace.name, &identity.service_account),
            );
        }
    }
    all
}

/// The identities of a snapshot.
pub(crate) fn identified(snapshot: &Snapshot) -> Result<BTreeMap<String, Vec<String>>, Failed> {
    let mut all: BTreeMap<String, Vec<String>> =
        of(snapshot, "Microsoft.ManagedIdentity/userAssignedIdentities")
            .map(|resource| (resource.name.clone(), Vec::new()))
            .collect();
    for credential in of(
        snapshot,
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    ) {
        let properties = &credential.body["properties"];
        let (identity, _) = credential
            .name
            .split_once('/')
            .ok_or("a credential of nobody")?;
        if properties["audiences"] != serde_json::json!(["api://AzureADTokenExchange"])
            || !properties["issuer"]
                .as_str()
                .is_some_and(|issuer| issuer.ends_with(".outputs.oidcIssuerUrl.value]"))
        {
            return Err(format!("{}: {properties}", credential.id).into());
        }
        let subject = properties["subject"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        all.get_mut(identity)
            .ok_or("a credential without identity")?
            .push(subject);
    }
    Ok(all)
}

/// What is wrong with the resources that workloads connect to.
pub(crate) fn resource_problems(model: &Model, snapshot: &Snapshot) -> Vec<String> {
    let mut problems = Vec::new();
    let mut made = BTreeSet::new();
    for target in model
        .resources
        .iter()
        .filter(|target| target.provision == Provision::Create(()))
    {
        let (kind, watched) = match target.kind {
            Kind::Storage(_) => (
                "Microsoft.Storage/storageAccounts",
                "/blobServices/default/",
            ),
            Kind::KeyVault(_) => ("Microsoft.KeyVault/vaults", "/"),
            Kind::Sql(_) => ("Microsoft.Sql/servers", "/databases/"),
        };
        made.insert(target.azure_name.as_str());
        let Some(resource) = of(snapshot, kind).find(|resource| resource.name == target.azure_name)
        else {
            problems.push(format!("{} is not made", target.key));
            continue;
        };
        let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, value) in model.azure.tags.iter().chain(&target.tags) {
            tags.insert(name, value);
        }
        let unescape = |text: &str| {
            text.strip_prefix("[[")
                .map_or(text.to_owned(), |rest| format!("[{rest}"))
        };
        let found: BTreeMap<String, String> = resource.body["tags"]
            .as_object()
            .map(|found| {
                found
                    .iter()
                    .map(|(name, value)| {
                        (unescape(name), unescape(value.as_str().unwrap_or_default()))
                    })
                    .collect()
            })
            .unwrap_or_default();
        let wanted: BTreeMap<String, String> = tags
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if found != wanted {
            problems.push(format!("{}: tags {found:?}, not {wanted:?}", target.key));
        }
        let settings = format!("{}{watched}", resource.id);
        let logged: Vec<&Resource> = of(snapshot, "Microsoft.Insights/diagnosticSettings")
            .filter(|setting| setting.id.starts_with(&settings))
            .collect();
        let several = matches!(&target.kind, Kind::Sql(sql) if sql.databases.len() > 1);
        match (target.diagnostics, logged.as_slice()) {
            (Diagnostics::None, []) => {}
            (Diagnostics::All | Diagnostics::Audit, [first, rest @ ..])
                if rest.is_empty() || several =>
            {
                let all = first.body["properties"]["logs"][0]["categoryGroup"] == "allLogs";
                if all != (target.diagnostics == Diagnostics::All) {
                    problems.push(format!("{}: wrong logs", target.key));
                }
            }
            (level, settings) => problems.push(format!(
                "{}: {} settings for {level}",
                target.key,
                settings.len()
            )),
        }
    }
    // Nothing of somebody else's is touched.
    for kind in [
        "Microsoft.Storage/storageAccounts",
        "Microsoft.KeyVault/vaults",
        "Microsoft.Sql/servers",
    ] {
        for resource in of(snapshot, kind).filter(|resource| !made.contains(resource.name.as_str()))
        {
            problems.push(format!("{} is made", resource.id));
        }
    }
    let made_workspaces = of(snapshot, "Microsoft.OperationalInsights/workspaces").count();
    if made_workspaces != usize::from(matches!(model.workspace.workspace, Provision::Create(_))) {
        problems.push(format!("{made_workspaces} workspaces are made"));
    }
    let has_addon = snapshot.resources.iter().any(|resource| {
        resource.kind == "Microsoft.ContainerService/managedClusters"
            && resource.body["properties"]["ingressProfile"].is_object()
    });
    if has_addon != (model.cluster().gateway.controller == Controller::Addon) {
        problems.push(format!("the add-on is there: {has_addon}"));
    }
    let traffic_controllers =
        of(snapshot, "Microsoft.ServiceNetworking/trafficControllers").count();
    let byo = matches!(
        model.cluster().gateway.deployment,
        GatewayDeployment::Byo { .. }
    );
    if traffic_controllers != usize::from(byo) || byo != snapshot.outputs.contains_key("frontends")
    {
        problems.push(format!("{traffic_controllers} traffic controllers"));
    }
    problems
}

/// Where logs go that do not go to the workspace of the model, and an association that is not in the gateway's subnet.
pub(crate) fn reference_problems(
    model: &Model,
    metadata: &Metadata,
    snapshot: &Snapshot,
) -> Vec<String> {
    // What the module that makes it gives out, or the whole id of one that was there before.
    let is_workspace = |text: &str| match &model.workspace.workspace {
        Provision::Create(_) => {
            text.contains("format('workspace-{0}'") && text.ends_with(".outputs.id.value]")
        }
        Provision::Existing(id) => {
            let subscription = id.subscription.as_deref();
            let place = group(
                subscription.unwrap_or(&metadata.subscription_id),
                &id.resource_group,
            );
            let whole = format!(
                "{place}/providers/Microsoft.OperationalInsights/workspaces/{}",
                id.name
            );
            text.eq_ignore_ascii_case(&whole)
        }
    };
    let is_gateway_subnet = |text: &str| {
        text.contains("format('network-{0}'") && text.ends_with(".outputs.gatewaySubnetId.value]")
    };
    let mut problems = Vec::new();
    let mut rules = 0;
    for resource in &snapshot.resources {
        let body = |pointer: &str| {
            resource
                .body
                .get("properties")
                .and_then(|properties| properties.pointer(pointer))
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let fits = match resource.kind.as_str() {
            "Microsoft.Insights/diagnosticSettings" => is_workspace(body("/workspaceId")),
            "Microsoft.Insights/dataCollectionRules" => {
                rules += 1;
                is_workspace(body("/destinations/logAnalytics/0/workspaceResourceId"))
            }
            "Microsoft.ContainerService/managedClusters" => is_workspace(body(
                "/addonProfiles/omsagent/config/logAnalyticsWorkspaceResourceID",
            )),
            "Microsoft.ServiceNetworking/trafficControllers/associations" => {
                is_gateway_subnet(body("/subnet/id"))
            }
            _ => true,
        };
        if !fits {
            problems.push(format!("{} reads something else", resource.id));
        }
    }
    if rules != 1 {
        problems.push(format!("{rules} collection rules"));
    }
    problems
}

/// The keys of the output `lateValues`, in order, each with what its value reads.
pub(crate) fn late_outputs(snapshot: &Snapshot) -> Result<Vec<(String, String)>, Failed> {
    match snapshot.outputs.get("lateValues") {
        Some(Value::Array(none)) if none.is_empty() => Ok(Vec::new()),
        Some(Value::String(text)) => {
            let row = Regex::new(
                r"createObject\('key', '([A-Z0-9_]+)', 'value', reference\(.*?format\('([A-Za-z0-9_]+)-\{0\}'.*?\)\.outputs\.([A-Za-z]+)\.value\)",
            )?;
            let rows: Vec<(String, String)> = row
                .captures_iter(text)
                .map(|row| (row[1].to_owned(), format!("{}.{}", &row[2], &row[3])))
                .collect();
            if rows.len() != text.matches("createObject(").count() {
                return Err(format!("lateValues is {text}").into());
            }
            Ok(rows)
        }
        other => Err(format!("lateValues is {other:?}").into()),
    }
}

/// What the late values of a model read, by key and in order.
pub(crate) fn late_values(model: &Model) -> Vec<(String, String)> {
    let words = |name: &str| {
        let mut symbol = String::new();
        for (index, part) in name.split('-').enumerate() {
            let (first, rest) = part.split_at(1);
            symbol.push_str(&if index == 0 {
                first.to_owned()
            } else {
                first.to_uppercase()
            });
            symbol.push_str(rest);
        }
        symbol
    };
    let cluster = model.cluster();
    let mut all = Vec::new();
    let mut add = |key: &str, source: String| all.push((key.to_owned(), source));
    if matches!(cluster.gateway.controller, Controller::Helm { .. }) {
        add(
            "ALB_CONTROLLER_CLIENT_ID",
            "albController.clientId".to_owned(),
        );
    }
    if model.azure.subscription.is_none() {
        match cluster.gateway.deployment {
            GatewayDeployment::Byo { .. } => add("AGC_ID", "trafficController.id".to_owned()),
            GatewayDeployment::Managed { .. } => {
                add("GATEWAY_SUBNET_ID", "network.gatewaySubnetId".to_owned());
            }
        }
    }
    for resource in &model.resources {
        if let Kind::Sql(sql) = &resource.kind {
            let source = format!("{}Resource.administratorClientId", words(&resource.key));
            add(&sql.administrator.client_id_key, source);
        }
    }
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            add(
                &identity.client_id_key,
                format!("{}Workload.clientId", words(&workload.name)),
            );
        }
    }
    all
}

/// How many resources a condition leaves out because no logs are wanted.
pub(crate) fn left_out_logs(model: &Model) -> usize {
    let mut left_out = 0;
    if model.workspace.diagnostics == Diagnostics::None {
        let byo = matches!(
            model.cluster().gateway.deployment,
            GatewayDeployment::Byo { .. }
        );
        left_out += 1 + usize::from(byo);
    }
    let silent = model.resources.iter().filter(|resource| {
        resource.provision == Provision::Create(()) && resource.diagnostics == Diagnostics::None
    });
    for resource in silent {
        left_out += match &resource.kind {
            Kind::Sql(sql) => 2 * sql.databases.len(),
            Kind::Storage(_) | Kind::KeyVault(_) => 1,
        };
    }
    left_out
}

/// The secrets that the vaults of a model get, by id, and the variables that their values come from.
pub(crate) fn secrets(model: &Model, metadata: &Metadata) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for resource in model
        .resources
        .iter()
        .filter(|resource| resource.provision == Provision::Create(()))
    {
        if let Kind::KeyVault(vault) = &resource.kind {
            for secret in &vault.secrets {
                let child = Scope::Child {
                    key: secret.key.clone(),
                    azure_name: secret.azure_name.clone(),
                };
                all.insert(scope(resource, &child, metadata), secret.variable.clone());
            }
        }
    }
    all
}

/// The secrets of a snapshot, each left alone unless its parameter has a value, and the variables that the parameter
/// file reads.
pub(crate) fn secrets_made(
    snapshot: &Snapshot,
    parameters: &str,
) -> Result<BTreeMap<String, String>, Failed> {
    let mut all = BTreeMap::new();
    let parameter = Regex::new(r"^\[parameters\('(.+)'\)\]$")?;
    // A long call has one argument a line.
    let parameters = parameters
        .replace("(\n  '", "('")
        .replace("',\n  ''\n)", "', '')");
    for secret in of(snapshot, "Microsoft.KeyVault/vaults/secrets") {
        let value = secret.body["properties"]["value"]
            .as_str()
            .unwrap_or_default();
        let name = &parameter
            .captures(value)
            .ok_or_else(|| format!("{}: {value}", secret.id))?[1];
        if secret.body.get("condition")
            != Some(&format!("[not(empty(parameters('{name}')))]").into())
        {
            return Err(format!("{} is overwritten where no value is given", secret.id).into());
        }
        let variable = parameters
            .lines()
            .filter_map(|line| {
                line.strip_prefix(&format!("param {name} = readEnvironmentVariable('"))
            })
            .find_map(|line| line.strip_suffix("', '')"))
            .ok_or_else(|| format!("nothing gives {name} a value"))?;
        all.insert(secret.id.clone(), variable.to_owned());
    }
    Ok(all)
}
