//! Derived names: a contract that may only grow, room for the longest, and what happens where two become one.
//!
//! `names.tsv` has a row a name, made without agcgen: rule, input, name. It is read against the public functions of
//! `names`, and against models of small specs for the names that only a model has.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

mod systems;

use std::collections::BTreeSet;

use agcgen::catalog::name_rules;
use agcgen::diagnostic::Findings;
use agcgen::kinds::{Kind, Sql};
use agcgen::model::{Controller, GatewayDeployment, Identity, Model, Provision, Via};
use agcgen::names;
use agcgen::objects;
use agcgen::source::Sources;
use regex::Regex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use systems::{longest, system};

/// Rows of `names.tsv` on the day of the last addition. **Add to it; never take away.**
const LEAST_ROWS: usize = 152;
/// SHA-256 of these rows. Whoever changes it changes the name of something that exists in Azure.
const THEIR_DIGEST: &str = "ed8f4328d7fa069336b624b8a9942667c32211ad0d54633d16affe3f8d1f6aa8";

#[test]
fn names_are_these_for_ever() {
    let mut rules = BTreeSet::new();
    let mut rows = 0;
    let mut wrong = Vec::new();
    let lines = || {
        let lines = include_str!("names.tsv").lines();
        lines.filter(|line| !line.starts_with('#'))
    };
    let frozen: Vec<&str> = lines().take(LEAST_ROWS).collect();
    let digest = Sha256::digest(frozen.join("\n"))
        .iter()
        .fold(String::new(), |digest, byte| {
            digest + &format!("{byte:02x}")
        });
    for line in lines() {
        let [rule, input, name] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not rule, input, name: {line}");
        };
        rows += 1;
        rules.insert(rule);
        let derived = derived(rule, &input.split(' ').collect::<Vec<_>>());
        if derived != name {
            wrong.push(format!("{rule} {input}: was {name}, is {derived}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "a changed name makes Azure delete what has it:\n{}",
        wrong.join("\n")
    );
    assert!(rows >= LEAST_ROWS, "{rows} rows: a name was taken away");
    assert_eq!(digest, THEIR_DIGEST, "a row was changed");
    assert!(rules.len() >= 40, "{} rules", rules.len());
}

/// The name that agcgen derives.
fn derived(rule: &str, input: &[&str]) -> String {
    match (rule, input) {
        ("default_suffix", [name, group]) => names::default_suffix(name, group, None),
        ("default_suffix", [name, group, id]) => names::default_suffix(name, group, Some(id)),
        ("variable", [words]) => names::variable(words),
        ("client_id_key", [name]) => names::client_id_key(name),
        ("secret_variable", [vault, secret]) => names::secret_variable(vault, secret),
        ("storage_account", [stem, key, suffix]) => names::storage_account(stem, key, suffix),
        ("key_vault", [stem, key, suffix]) => names::key_vault(stem, key, suffix),
        ("global", [prefix, stem, key, suffix, most]) => {
            names::global(prefix, stem, key, suffix, most.parse().unwrap())
        }
        ("service_connection", [workload, resource]) => {
            names::service_connection(workload, resource)
        }
        ("service_connector_secret", [connection]) => names::service_connector_secret(connection),
        ("dns_prefix", [stem, suffix]) => small(stem, "web", "data", suffix)
            .cluster()
            .dns_prefix
            .clone(),
        ("sql_server", [stem, key, suffix]) => small(stem, "web", key, suffix).resources[0]
            .azure_name
            .clone(),
        (_, [stem]) => of_system(rule, &small(stem, "web", "data", "7k2f9d")),
        (
            "identity" | "credential" | "service_account" | "service" | "connections_map"
            | "workload_module",
            [stem, workload],
        ) => of_workload(rule, &small(stem, workload, "data", "7k2f9d")),
        (_, [stem, key]) => of_sql(rule, &small(stem, "web", key, "7k2f9d")),
        _ => panic!("no rule {rule} of {input:?}"),
    }
}

fn small(stem: &str, workload: &str, key: &str, suffix: &str) -> Model {
    system(&format!(
        "
apiVersion: agcgen/v1
name: {stem}
azure: {{ location: westeurope, suffix: {suffix} }}
cluster: {{ administrators: [{{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }}] }}
resources: {{ {key}: {{ kind: sql, databases: [main] }} }}
workloads:
  {workload}: {{ image: ghcr.io/example/app:1.0.3, port: 8080, connections: {{ {key}: read }} }}
"
    ))
}

fn of_system(rule: &str, model: &Model) -> String {
    let cluster = model.cluster();
    match rule {
        "resource_group" => &model.azure.resource_group.name,
        "cluster" => &cluster.name,
        "cluster_identity" => &cluster.identity,
        "node_resource_group" => &cluster.node_resource_group,
        "network" => &cluster.network.name,
        "node_subnet" => &cluster.network.nodes.name,
        "gateway_subnet" => &cluster.network.gateway.name,
        "collection_rule" => &cluster.collection_rule,
        "workspace" => workspace(model).unwrap(),
        "controller_identity" => controller_identity(model).unwrap(),
        "traffic_controller" => traffic_controller(model).unwrap(),
        "frontend" => &cluster.gateway.frontends[0].name,
        "gateway" => &cluster.gateway.frontends[0].gateway,
        "namespace" => &cluster.namespace.name,
        "grants_namespace" => &sql(model).grants.namespace,
        "deployment" => return model.deployment_name(),
        "load_balancer" => {
            let managed = format!(
                "{}gateway: {{ deployment: managed }}\n",
                systems::PLAIN.replace("name: shop", &format!("name: {}", model.name))
            );
            return match system(&managed).cluster().gateway.deployment.clone() {
                GatewayDeployment::Managed {
                    application_load_balancer,
                } => application_load_balancer,
                GatewayDeployment::Byo { .. } => panic!("managed"),
            };
        }
        _ => panic!("no rule {rule}"),
    }
    .clone()
}

fn of_workload(rule: &str, model: &Model) -> String {
    let workload = &model.workloads[0];
    let identity = workload.identity.as_ref().unwrap();
    match rule {
        "identity" => identity.name.clone(),
        "credential" => identity.credential.clone(),
        "service_account" => identity.service_account.clone(),
        "service" => workload.service.as_ref().unwrap().name.clone(),
        "connections_map" => workload.connections_map().unwrap(),
        _ => module(model, &format!("workloads/{}.bicep", workload.name)),
    }
}

fn of_sql(rule: &str, model: &Model) -> String {
    let sql = sql(model);
    match rule {
        "administrator_identity" => sql.administrator.identity.clone(),
        "administrator_credential" => sql.administrator.credential.clone(),
        "administrator_account" => sql.administrator.service_account.clone(),
        "administrator_client_id" => sql.administrator.client_id_key.clone(),
        "grants_job" => sql.grants.job.clone(),
        "resource_module" => module(model, "modules/sql.bicep"),
        _ => panic!("no rule {rule}"),
    }
}

fn sql(model: &Model) -> &Sql {
    model.sql_servers().next().unwrap().1
}

fn workspace(model: &Model) -> Option<&String> {
    match &model.workspace.workspace {
        Provision::Create(workspace) => Some(&workspace.name),
        Provision::Existing(_) => None,
    }
}

fn controller_identity(model: &Model) -> Option<&String> {
    match &model.cluster().gateway.controller {
        Controller::Helm { identity, .. } => Some(identity),
        Controller::Addon | Controller::Existing => None,
    }
}

fn traffic_controller(model: &Model) -> Option<&String> {
    match &model.cluster().gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => Some(traffic_controller),
        GatewayDeployment::Managed { .. } => None,
    }
}

/// The symbol of the module of that path in `main.bicep`: what its deployment in Azure is called after.
fn module(model: &Model, path: &str) -> String {
    let files = agcgen::render::infra::files(model).unwrap();
    let main = files
        .iter()
        .find(|file| file.path.as_str() == "infra/main.bicep");
    let call = Regex::new(&format!("(?m)^module (\\w+) '{path}'")).unwrap();
    call.captures(&main.unwrap().text).unwrap()[1].to_owned()
}

#[test]
fn the_longest_names_fit_in_azure() {
    let model = system(&longest());
    let cluster = model.cluster();
    let mut names: Vec<(&str, String)> = vec![
        (
            "Microsoft.Resources/resourceGroups",
            model.azure.resource_group.name.clone(),
        ),
        (
            "Microsoft.Resources/resourceGroups",
            cluster.node_resource_group.clone(),
        ),
        ("Microsoft.Resources/deployments", model.deployment_name()),
        (
            "Microsoft.OperationalInsights/workspaces",
            workspace(&model).unwrap().clone(),
        ),
        (
            "Microsoft.ContainerService/managedClusters",
            cluster.name.clone(),
        ),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            cluster.identity.clone(),
        ),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            controller_identity(&model).unwrap().clone(),
        ),
        (
            "Microsoft.Insights/dataCollectionRules",
            cluster.collection_rule.clone(),
        ),
        (
            "Microsoft.Network/virtualNetworks",
            cluster.network.name.clone(),
        ),
        (
            "Microsoft.ServiceNetworking/trafficControllers",
            traffic_controller(&model).unwrap().clone(),
        ),
    ];
    for subnet in [&cluster.network.nodes, &cluster.network.gateway] {
        names.push((
            "Microsoft.Network/virtualNetworks/subnets",
            subnet.name.clone(),
        ));
        names.push((
            "Microsoft.Network/networkSecurityGroups",
            format!("nsg-{}", subnet.name),
        ));
    }
    for frontend in &cluster.gateway.frontends {
        names.push((
            "Microsoft.ServiceNetworking/trafficControllers/frontends",
            frontend.name.clone(),
        ));
    }
    let identity = "Microsoft.ManagedIdentity/userAssignedIdentities";
    let credential =
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";
    for resource in &model.resources {
        let (kind, child, children): (_, _, Vec<&String>) = match &resource.kind {
            Kind::Storage(storage) => (
                "Microsoft.Storage/storageAccounts",
                "Microsoft.Storage/storageAccounts/blobServices/containers",
                storage
                    .containers
                    .iter()
                    .map(|child| &child.azure_name)
                    .collect(),
            ),
            Kind::KeyVault(vault) => (
                "Microsoft.KeyVault/vaults",
                "Microsoft.KeyVault/vaults/secrets",
                vault
                    .secrets
                    .iter()
                    .map(|child| &child.azure_name)
                    .collect(),
            ),
            Kind::Sql(sql) => {
                names.push((identity, sql.administrator.identity.clone()));
                names.push((credential, sql.administrator.credential.clone()));
                (
                    "Microsoft.Sql/servers",
                    "Microsoft.Sql/servers/databases",
                    sql.databases
                        .iter()
                        .map(|child| &child.azure_name)
                        .collect(),
                )
            }
        };
        names.push((kind, resource.azure_name.clone()));
        names.extend(children.into_iter().map(|name| (child, name.clone())));
    }
    for workload in &model.workloads {
        let Identity {
            name,
            credential: its,
            ..
        } = workload.identity.as_ref().unwrap();
        names.push((identity, name.clone()));
        names.push((credential, its.clone()));
        for link in &workload.links {
            if let Via::ServiceConnector(connection) = &link.via {
                names.push(("Microsoft.ServiceLinker/linkers", connection.name.clone()));
            }
        }
    }
    let wrong: Vec<String> = names
        .iter()
        .filter(|(kind, name)| !name_rules::find(kind).is_some_and(|rule| rule.allows(name)))
        .map(|(kind, name)| format!("{kind}: {name} ({})", name.len()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() >= 31, "{} names", names.len());
    // What only AKS limits: its page on `az aks create`.
    assert!(cluster.dns_prefix.len() <= 54 && cluster.node_resource_group.len() <= 80);
    // A name that is as long as the rule takes was there to be judged.
    let full = |(kind, name): &&(&str, String)| {
        name_rules::find(kind).is_some_and(|rule| rule.most == name.len())
    };
    assert!(names.iter().filter(full).count() >= 9);
}

/// Kubernetes' limits ("Object Names and IDs", "Labels and Selectors", `ValidatePodTemplateSpec`): labels of DNS and values
/// of labels have 63 characters, names of ports 15, other names 253.
#[test]
fn the_longest_names_fit_in_kubernetes() {
    let byo = longest();
    let managed = byo.replace(
        "gateway: { controller:",
        "gateway: { deployment: managed, controller:",
    );
    assert_ne!(byo, managed);
    for spec in [byo, managed] {
        let model = system(&spec);
        let mut reader = Reader::default();
        for manifest in objects::manifests(&model) {
            let tree = manifest.object.to_value().unwrap();
            let kind = tree["kind"].as_str().unwrap().to_owned();
            let name = tree["metadata"]["name"].as_str().unwrap();
            match kind.as_str() {
                // A Job's name is a label of its pods.
                "Service" | "Namespace" | "Job" => reader.label(&kind, name),
                _ => reader.name(&kind, name),
            }
            reader.walk(&kind, "", &tree);
        }
        assert!(reader.wrong.is_empty(), "{}", reader.wrong.join("\n"));
        assert!(reader.read >= 150, "{} names", reader.read);
        assert_eq!(reader.longest, 63, "the longest are as long as may be");
    }
}

#[derive(Default)]
struct Reader {
    read: usize,
    longest: usize,
    wrong: Vec<String>,
}

impl Reader {
    fn judge(&mut self, place: &str, name: &str, most: usize, pattern: &str) {
        self.read += 1;
        if most == 63 {
            self.longest = self.longest.max(name.len());
        }
        if name.len() > most || !Regex::new(pattern).unwrap().is_match(name) {
            self.wrong.push(format!("{place}: {name} ({})", name.len()));
        }
    }

    fn label(&mut self, place: &str, name: &str) {
        self.judge(place, name, 63, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
    }

    fn name(&mut self, place: &str, name: &str) {
        self.judge(place, name, 253, r"^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$");
    }

    /// Every name in the tree of an object that one of its parts has, or that it speaks of.
    fn walk(&mut self, place: &str, key: &str, tree: &Value) {
        match tree {
            Value::Object(map) => {
                for (name, value) in map {
                    let here = format!("{place}.{name}");
                    match (key, name.as_str(), value) {
                        ("labels" | "matchLabels", _, Value::String(text)) => {
                            let pattern = "^([A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?)?$";
                            self.judge(&here, text, 63, pattern);
                        }
                        ("ports", "name", Value::String(text)) => {
                            self.judge(&here, text, 15, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
                        }
                        (
                            "containers" | "initContainers" | "volumes" | "backendRefs",
                            "name",
                            Value::String(text),
                        )
                        | (_, "namespace", Value::String(text)) => self.label(&here, text),
                        ("env", "name", _) => {}
                        (_, "name" | "serviceAccountName", Value::String(text)) => {
                            self.name(&here, text);
                        }
                        _ => self.walk(&here, name, value),
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.walk(place, key, item);
                }
            }
            _ => {}
        }
    }
}

/// Code and the texts at its places, of each finding with that code.
fn collisions(rest: &str) -> Vec<(String, Vec<String>)> {
    let text = format!(
        "
apiVersion: agcgen/v1
name: shop
azure: {{ location: westeurope, suffix: 7k2f9d }}
cluster: {{ administrators: [{{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }}] }}
{rest}"
    );
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", &text);
    let mut found = Findings::new();
    let model = agcgen::check(&sources, id, &mut found);
    let collisions: Vec<(String, Vec<String>)> = found
        .iter()
        .filter(|finding| matches!(finding.code.name(), "AGC0104" | "AGC0107"))
        .map(|finding| {
            let places = finding.related.iter().chain([&finding.place]);
            let texts = places.map(|label| text[label.span.range()].to_owned());
            (finding.code.to_string(), texts.collect())
        })
        .collect();
    assert_eq!(model.is_none(), !collisions.is_empty(), "{text}");
    collisions
}

/// The pairs are made by looking for equal hashes with Python's hashlib, so each is cut to the same letters and digits.
#[test]
fn names_that_become_one_are_found_at_both_places() {
    const WORKLOAD: &str =
        "workloads: { web: { image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz } }";
    let kept = |kind: &str, one: &str, other: &str| {
        format!(
            "resources: {{ {one}: {{ kind: {kind} }}, {other}: {{ kind: {kind} }} }}\n{WORKLOAD}"
        )
    };
    let connected = |one: [&str; 2], other: [&str; 2]| {
        let workload = |[name, resource]: [&str; 2]| {
            format!(
                "  {name}: {{ image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz, connections: {{ {resource}: read }} }}\n"
            )
        };
        let mut resources: Vec<String> = [one[1], other[1]]
            .map(|key| format!("{key}: {{ kind: storage }}"))
            .to_vec();
        resources.dedup();
        format!(
            "resources: {{ {} }}\nworkloads:\n{}{}",
            resources.join(", "),
            workload(one),
            workload(other)
        )
    };
    let same_store = |one: &str, other: &str, workload: &str| {
        format!(
            "resources: {{ {one}: {{ kind: storage }}, {other}: {{ kind: storage }} }}\nworkloads: {{ {workload}: {{ image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz, connections: {{ {one}: {{ access: read, via: serviceConnector }}, {other}: {{ access: read, via: serviceConnector, prefix: OTHER }} }} }} }}"
        )
    };
    let recommendation = "product-recommendation-service-of-shop";
    for (rest, code, one, other) in [
        (
            kept("storage", "product-images-278", "product-images-287"),
            "AGC0104",
            "product-images-278",
            "product-images-287",
        ),
        (
            kept("keyVault", "customer-611", "customer-702"),
            "AGC0104",
            "customer-611",
            "customer-702",
        ),
        // Two accounts, but a deployment is called after a symbol, which has no hyphen and whose case is no difference.
        (kept("storage", "a-b", "ab"), "AGC0104", "a-b", "ab"),
        // Nothing was cut, but a Secret has no `_`.
        (
            connected(["shop", "api-files"], ["shop-api", "files"]),
            "AGC0107",
            "api-files",
            "files",
        ),
        // Cut to the same letters, with the same hash.
        (
            same_store(
                "customer-data-archive-2185",
                "customer-data-archive-2362",
                recommendation,
            ),
            "AGC0107",
            "customer-data-archive-2185",
            "customer-data-archive-2362",
        ),
    ] {
        let places = vec![one.to_owned(), other.to_owned()];
        assert_eq!(collisions(&rest), [(code.to_owned(), places)], "{rest}");
    }
    // Cut to the same letters alone: the hash tells them apart.
    for rest in [
        kept("storage", "product-images-278", "product-images-279"),
        kept("keyVault", "customer-611", "customer-612"),
        same_store(
            "customer-data-archive-2185",
            "customer-data-archive-2186",
            recommendation,
        ),
    ] {
        assert_eq!(collisions(&rest), [], "{rest}");
    }
}

#[test]
fn a_connection_begins_with_a_letter_or_digit() {
    // Service Connector's own rule: `^[A-Za-z0-9][A-Za-z0-9._]{0,59}$`.
    let schema = agcgen::spec::schema().to_string();
    assert!(schema.contains("\"^[a-z0-9][a-z0-9_]*$\""));
    assert!(!schema.contains("\"^[a-z0-9_]+$\""));
}
