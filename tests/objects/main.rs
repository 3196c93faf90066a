//! Proves the cluster half on models made by hand: objects, files, and what kustomize makes of them.
//!
//! What is right is written here from the rules of the platforms (AKS deployment safeguards, Pod Security Standards,
//! Gateway API, kustomize), not taken from the code under test. What needs a tool that is not here says so and is left out.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may end, use files, and say what it left out"
)]

mod models;
mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use agcgen::disk::{Plan, Request, Scope, Tree};
use agcgen::model::{Model, PodSecurity};
use agcgen::objects::{Manifest, Object, Part, hole, manifests};
use agcgen::output::{OutputFile, Owner};
use agcgen::render;
use serde_json::{Value, json};

const CLIENT_ID: &str = "5f0d1b6e-3c54-4d7b-9d1f-7a3c2b1e0f9a";
const ARM_ID: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.ServiceNetworking/trafficControllers/agc-cloud-native";

fn files(model: &Model) -> Vec<OutputFile> {
    let mut files = render::k8s::files(model, &manifests(model)).unwrap();
    files.extend(render::controller::file(model).unwrap());
    files
}

fn text<'f>(files: &'f [OutputFile], path: &str) -> &'f str {
    match files.iter().find(|file| file.path.as_str() == path) {
        Some(file) => &file.text,
        None => panic!("{path} is not among {:?}", paths(files)),
    }
}

fn paths(files: &[OutputFile]) -> Vec<&str> {
    files.iter().map(|file| file.path.as_str()).collect()
}

/// The objects in a file's text, by a reader that is not ours.
fn documents(text: &str) -> Vec<Value> {
    oracle::documents(text).unwrap()
}

/// Every object of the rendered files, read by a reader that is not ours.
fn rendered_objects(model: &Model) -> Vec<Value> {
    files(model)
        .iter()
        .filter(|file| file.path.as_str().starts_with("k8s/") && file.owner == Owner::Generated)
        .filter(|file| !file.path.as_str().ends_with("kustomization.yaml"))
        .flat_map(|file| documents(&file.text))
        .collect()
}

fn only<'v>(objects: &'v [Value], kind: &str, name: &str) -> &'v Value {
    let found: Vec<&Value> = objects
        .iter()
        .filter(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .collect();
    assert_eq!(found.len(), 1, "{kind} {name}");
    found[0]
}

/// The late values of a system as `bind` would write them.
fn write_tree(model: &Model, folder: &Path, values: &[(&str, &str)]) {
    let files = files(model);
    let ids: Vec<_> = manifests(model)
        .iter()
        .map(|manifest| manifest.object.id())
        .collect();
    let request = Request {
        files: &files,
        objects: &ids,
        scope: Scope::Everything,
        force: false,
    };
    let write = || {
        let tree = Tree::read(folder, &request).unwrap();
        let plan = Plan::new(&tree, &request).unwrap();
        plan.apply(folder).unwrap();
    };
    write();
    let path = folder.join("k8s/platform/late-values.env");
    if !values.is_empty() {
        let mut text = fs::read_to_string(&path).unwrap();
        for (key, value) in values {
            writeln!(text, "{key}={value}").unwrap();
        }
        fs::write(&path, text).unwrap();
        // A second render refuses a value that has not the shape of its slot.
        write();
    }
}

fn kustomize() -> Option<&'static oracle::Kustomize> {
    match oracle::find::<oracle::Kustomize>() {
        Ok(kustomize) => Some(kustomize),
        Err(reason) => {
            println!("kubectl kustomize: NOT CHECKED, because {reason}");
            None
        }
    }
}

fn all_models() -> Vec<(&'static str, Model)> {
    vec![
        ("reference", models::reference()),
        ("managed", models::managed()),
        ("minimal", models::minimal()),
        ("odd", models::odd()),
    ]
}

// ---------------------------------------------------------------------------------------------------------------- tree

#[test]
fn the_tree_of_the_reference_scenario() {
    assert_eq!(
        paths(&files(&models::reference())),
        [
            "k8s/kustomization.yaml",
            "k8s/platform/kustomization.yaml",
            "k8s/platform/namespace.yaml",
            "k8s/platform/service-accounts.yaml",
            "k8s/platform/gateway.yaml",
            "k8s/platform/sql-grants.yaml",
            "k8s/platform/connections.yaml",
            "k8s/workloads/kustomization.yaml",
            "k8s/workloads/frontend-app.yaml",
            "k8s/workloads/api-service.yaml",
            "k8s/workloads/data-service.yaml",
            "k8s/routes/kustomization.yaml",
            "k8s/routes/frontend-route.yaml",
            "k8s/routes/api-route.yaml",
            "k8s/routes/data-route.yaml",
            "k8s/platform/late-values.env",
            "controller/values.yaml",
        ]
    );
}

#[test]
fn files_without_content_are_not_written() {
    // No identity, no database, no route, the subscription given, and the add-on installs the controller.
    let mut model = models::minimal();
    model.azure.subscription = Some("11111111-2222-3333-4444-555555555555".to_owned());
    model.clusters[0].gateway.controller = agcgen::model::Controller::Addon;
    let workload = &mut model.workloads[0];
    workload.identity = None;
    workload.links.clear();
    workload.grants.clear();
    model.routes.clear();
    assert_eq!(
        paths(&files(&model)),
        [
            "k8s/kustomization.yaml",
            "k8s/platform/kustomization.yaml",
            "k8s/platform/namespace.yaml",
            "k8s/platform/gateway.yaml",
            "k8s/workloads/kustomization.yaml",
            "k8s/workloads/web.yaml",
        ]
    );
    let platform = documents(text(&files(&model), "k8s/platform/kustomization.yaml")).remove(0);
    assert_eq!(platform.get("replacements"), None);
    assert_eq!(platform.get("configMapGenerator"), None);
}

#[test]
fn composed_files_begin_with_where_they_come_from() {
    let model = models::reference();
    for file in files(&model) {
        let first = file.text.lines().next().unwrap();
        if file.owner == Owner::Generated {
            assert_eq!(
                first,
                "# Generated by agcgen from cloud-native.yaml. Edit that file, not this one.",
                "{}",
                file.path
            );
        } else {
            assert!(
                first.starts_with("# ") && first.contains("cloud-native.yaml"),
                "{}",
                file.path
            );
        }
    }
}

#[test]
fn a_hostile_file_name_of_the_spec_stays_in_comments() {
    let mut model = models::reference();
    model.spec_file = "a\nkind: Secret\r\u{2028}b.yaml".to_owned();
    let folder = tempfile::tempdir().unwrap();
    for file in files(&model) {
        if file.owner == Owner::Generated {
            for object in documents(&file.text) {
                assert_ne!(object["kind"], "Secret", "{}", file.path);
            }
        }
    }
    write_tree(&model, folder.path(), &[]);
    let seeded = fs::read_to_string(folder.path().join("k8s/platform/late-values.env")).unwrap();
    assert!(
        seeded
            .lines()
            .all(|line| line.is_empty() || line.starts_with('#')),
        "{seeded}"
    );
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for (name, model) in all_models() {
        assert_eq!(files(&model), files(&model), "{name}");
    }
}

// ------------------------------------------------------------------------------------------------------------- objects

#[test]
fn objects_read_back_without_losing_a_field() {
    for (name, model) in all_models() {
        let built: Vec<Object> = manifests(&model)
            .into_iter()
            .map(|manifest| manifest.object)
            .collect();
        let mut read: Vec<Object> = rendered_objects(&model)
            .into_iter()
            .map(|tree| Object::read(tree).unwrap())
            .collect();
        assert_eq!(built.len(), read.len(), "{name}");
        for object in &built {
            let at = read.iter().position(|other| other == object);
            let at = at.unwrap_or_else(|| panic!("{name}: {} changed on the way", object.title()));
            read.remove(at);
        }
    }
}

#[test]
fn reading_refuses_what_it_does_not_know() {
    let model = models::reference();
    for tree in rendered_objects(&model) {
        let mut with_more = tree.clone();
        with_more["nobodyKnowsThis"] = json!(1);
        assert!(Object::read(with_more).is_err(), "{tree}");
        let mut deeper = tree.clone();
        deeper["metadata"]["nobodyKnowsThis"] = json!(1);
        assert!(Object::read(deeper).is_err(), "{tree}");
    }
    for tree in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "kind": "Service" }),
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "x" } }),
        json!({ "apiVersion": "v2", "kind": "Service", "metadata": { "name": "x" } }),
        json!({ "apiVersion": "v1", "kind": "Service" }),
    ] {
        assert!(Object::read(tree.clone()).is_err(), "{tree}");
    }
}

#[test]
fn people_find_the_fields_in_the_order_they_know() {
    for (name, model) in all_models() {
        for tree in rendered_objects(&model) {
            let keys: Vec<&str> = tree
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(
                keys[..3],
                ["apiVersion", "kind", "metadata"],
                "{name}: {tree}"
            );
            assert_eq!(
                tree["metadata"].as_object().unwrap().keys().next().unwrap(),
                "name",
                "{name}: {tree}"
            );
            no_empty_fields(
                &tree,
                &format!("{name}: {} {}", tree["kind"], tree["metadata"]["name"]),
            );
        }
    }
}

fn no_empty_fields(value: &Value, at: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                // The core group is the empty text, and a database may have no grants.
                if (key == "group" || key == "value") && value == "" {
                    continue;
                }
                no_empty_fields(value, &format!("{at}.{key}"));
            }
            assert!(!map.is_empty(), "{at} is empty");
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "{at} is empty");
            for item in items {
                no_empty_fields(item, at);
            }
        }
        Value::String(text) => assert!(!text.is_empty(), "{at} is empty"),
        Value::Null => panic!("{at} is null"),
        Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn every_object_carries_the_labels_that_the_driver_prunes_by() {
    for (name, model) in all_models() {
        for tree in rendered_objects(&model) {
            let labels = &tree["metadata"]["labels"];
            assert_eq!(
                labels["app.kubernetes.io/managed-by"], "agcgen",
                "{name}: {tree}"
            );
            assert_eq!(
                labels["app.kubernetes.io/part-of"],
                model.name.as_str(),
                "{name}: {tree}"
            );
            assert!(
                labels["app.kubernetes.io/name"].is_string(),
                "{name}: {tree}"
            );
            let text = tree.to_string();
            assert!(
                !text.contains("kubernetes.azure.com"),
                "{name}: a reserved label: {text}"
            );
        }
    }
}

#[test]
fn objects_have_names_of_their_own_and_a_namespace_that_exists() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        let namespaces: BTreeSet<&str> = objects
            .iter()
            .filter(|object| object["kind"] == "Namespace")
            .map(|object| object["metadata"]["name"].as_str().unwrap())
            .collect();
        let mut seen = BTreeSet::new();
        for object in &objects {
            let namespace = object["metadata"].get("namespace").and_then(Value::as_str);
            assert!(
                seen.insert((
                    object["kind"].to_string(),
                    namespace,
                    object["metadata"]["name"].to_string()
                )),
                "{name}: twice: {object}"
            );
            if object["kind"] != "Namespace" {
                assert!(namespaces.contains(namespace.unwrap()), "{name}: {object}");
            }
        }
    }
}

#[test]
fn every_manifest_knows_where_it_comes_from() {
    let model = models::reference();
    for Manifest {
        object,
        origin,
        part,
        ..
    } in manifests(&model)
    {
        let expected = match &part {
            Part::Workload(name) => Some(model.workload(name).unwrap().origin.clone()),
            Part::Route(name) => model
                .routes
                .iter()
                .find(|route| route.name == *name)
                .map(|route| route.origin.clone()),
            Part::Platform(_) => None,
        };
        if let Some(expected) = expected {
            assert_eq!(origin, expected, "{}", object.title());
        }
    }
    let grants = manifests(&model)
        .into_iter()
        .find(|manifest| manifest.object.kind() == "Job")
        .unwrap();
    assert_eq!(grants.origin, model.resource("sql").unwrap().origin);
}

// ------------------------------------------------------------------------------------------- safeguards, Pod Security

/// Pod templates of Deployments and Jobs, each with the replicas of its Deployment.
fn templates(objects: &[Value]) -> Vec<(&Value, &Value)> {
    objects
        .iter()
        .filter(|object| object["kind"] == "Deployment" || object["kind"] == "Job")
        .map(|object| (object, &object["spec"]["template"]))
        .collect()
}

/// Thousandths of a CPU.
fn millis(quantity: &Value) -> u64 {
    let text = quantity.as_str().unwrap();
    match text.strip_suffix('m') {
        Some(millis) => millis.parse().unwrap(),
        None => text.parse::<u64>().unwrap() * 1000,
    }
}

/// Mebibytes.
fn mebibytes(quantity: &Value) -> u64 {
    let text = quantity.as_str().unwrap();
    match (text.strip_suffix("Mi"), text.strip_suffix("Gi")) {
        (Some(mebibytes), _) => mebibytes.parse().unwrap(),
        (_, Some(gibibytes)) => gibibytes.parse::<u64>().unwrap() * 1024,
        _ => panic!("{text}"),
    }
}

/// What AKS deployment safeguards refuse or change (their documentation of 2026-06-02, policies of 2026-07-21).
fn against_safeguards(objects: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    let mut selectors = BTreeSet::new();
    for object in objects {
        let title = format!("{} {}", object["kind"], object["metadata"]["name"]);
        if object["kind"] == "Service"
            && !selectors.insert((
                object["metadata"]["namespace"].to_string(),
                object["spec"]["selector"].to_string(),
            ))
        {
            found.push(format!("{title}: selector of another Service"));
        }
        if object["kind"] == "PodDisruptionBudget" {
            let spec = &object["spec"];
            if spec["maxUnavailable"] == 0 || spec.get("minAvailable").is_some() {
                found.push(format!("{title}: nodes could never be emptied"));
            }
        }
    }
    for (object, template) in templates(objects) {
        let title = format!("{} {}", object["kind"], object["metadata"]["name"]);
        let pod = &template["spec"];
        for container in pod["containers"].as_array().unwrap() {
            if object["kind"] == "Deployment" {
                for probe in ["livenessProbe", "readinessProbe"] {
                    let asked = ["httpGet", "tcpSocket", "exec"]
                        .iter()
                        .any(|way| container[probe].get(way).is_some());
                    if !asked {
                        found.push(format!("{title}: {probe}"));
                    }
                }
            }
            let image = container["image"].as_str().unwrap();
            let tag = image.rsplit('/').next().unwrap().split_once([':', '@']);
            if tag.is_none_or(|(_, tag)| tag == "latest") {
                found.push(format!("{title}: image {image}"));
            }
            let (requests, limits) = (
                &container["resources"]["requests"],
                &container["resources"]["limits"],
            );
            if millis(&requests["cpu"]) < 100 || mebibytes(&requests["memory"]) < 100 {
                found.push(format!("{title}: requests would be raised"));
            }
            if millis(&limits["cpu"]) < millis(&requests["cpu"])
                || mebibytes(&limits["memory"]) < mebibytes(&requests["memory"])
            {
                found.push(format!("{title}: limits below requests"));
            }
        }
        let replicas = object["spec"]["replicas"].as_u64().unwrap_or(1);
        let keys: Vec<&str> = pod["topologySpreadConstraints"]
            .as_array()
            .map(|list| {
                list.iter()
                    .map(|item| item["topologyKey"].as_str().unwrap())
                    .collect()
            })
            .unwrap_or_default();
        if replicas > 1 && !keys.contains(&"kubernetes.io/hostname") {
            found.push(format!("{title}: not spread"));
        }
    }
    found
}

/// What the Pod Security Standards say against a pod at a level (kubernetes.io, "Pod Security Standards").
fn against_pod_security(title: &str, pod: &Value, level: PodSecurity) -> Vec<String> {
    const BASELINE_CAPABILITIES: [&str; 13] = [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];
    let mut found = Vec::new();
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if pod.get(key).is_some() {
            found.push(format!("{title}: {key}"));
        }
    }
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        if volume.get("configMap").is_none() && volume.get("emptyDir").is_none() {
            found.push(format!("{title}: volume {volume}"));
        }
    }
    for container in pod["containers"].as_array().unwrap() {
        let security = &container["securityContext"];
        let added: Vec<&str> = security["capabilities"]["add"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap())
            .collect();
        if security.get("privileged").is_some()
            || added
                .iter()
                .any(|name| !BASELINE_CAPABILITIES.contains(name))
        {
            found.push(format!("{title}: not even baseline"));
        }
        if level == PodSecurity::Restricted {
            let right = pod["securityContext"]["runAsNonRoot"] == true
                && pod["securityContext"]["runAsUser"] != 0
                && pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
                && security["allowPrivilegeEscalation"] == false
                && security["capabilities"]["drop"] == json!(["ALL"])
                && added.iter().all(|name| *name == "NET_BIND_SERVICE");
            if !right {
                found.push(format!("{title}: not restricted"));
            }
        }
    }
    found
}

#[test]
fn workloads_pass_the_safeguards() {
    for (name, model) in all_models() {
        let mut found = against_safeguards(&rendered_objects(&model));
        if name == "odd" {
            // A workload without a port has nothing that could be probed; its file says so.
            found.retain(|line| !line.starts_with("\"Deployment\" \"worker\": "));
            let files = files(&model);
            let worker = text(&files, "k8s/workloads/worker.yaml");
            assert!(worker.contains("# No port, so no probes"), "{worker}");
        }
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_safeguards_of_this_test_see_what_is_wrong() {
    let objects = rendered_objects(&models::reference());
    let break_it = |change: &dyn Fn(&mut Value)| {
        let mut objects = objects.clone();
        let deployment = objects
            .iter_mut()
            .find(|object| object["kind"] == "Deployment" && object["spec"]["replicas"] == 2)
            .unwrap();
        change(deployment);
        against_safeguards(&objects)
    };
    let container = "/spec/template/spec/containers/0";
    for (change, word) in [
        ("livenessProbe", "livenessProbe"),
        ("readinessProbe", "readinessProbe"),
    ] {
        let found = break_it(&|object| {
            object
                .pointer_mut(container)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(change);
        });
        assert!(found.len() == 1 && found[0].contains(word), "{found:?}");
    }
    let found =
        break_it(&|object| object.pointer_mut(container).unwrap()["image"] = json!("nginx"));
    assert!(
        found.len() == 1 && found[0].contains("image nginx"),
        "{found:?}"
    );
    let found = break_it(&|object| {
        object.pointer_mut(container).unwrap()["resources"]["requests"]["cpu"] = json!("50m");
    });
    assert!(found.len() == 1 && found[0].contains("raised"), "{found:?}");
    let found = break_it(&|object| {
        object
            .pointer_mut("/spec/template/spec")
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove("topologySpreadConstraints");
    });
    assert!(found.len() == 1 && found[0].contains("spread"), "{found:?}");
}

#[test]
fn pods_keep_the_level_that_their_namespace_enforces() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        for (object, template) in templates(&objects) {
            let namespace = only(
                &objects,
                "Namespace",
                object["metadata"]["namespace"].as_str().unwrap(),
            );
            let labels = &namespace["metadata"]["labels"];
            let level = match labels["pod-security.kubernetes.io/enforce"]
                .as_str()
                .unwrap()
            {
                "restricted" => PodSecurity::Restricted,
                "baseline" => PodSecurity::Baseline,
                other => panic!("{other}"),
            };
            let title = format!("{name}: {} {}", object["kind"], object["metadata"]["name"]);
            assert_eq!(
                against_pod_security(&title, &template["spec"], level),
                Vec::<String>::new()
            );
            assert_eq!(labels["pod-security.kubernetes.io/warn"], "restricted");
            assert_eq!(labels["pod-security.kubernetes.io/audit"], "restricted");
        }
    }
}

#[test]
fn a_restricted_workload_beside_a_baseline_one_stays_restricted() {
    let objects = rendered_objects(&models::odd());
    let namespace = only(&objects, "Namespace", "odd");
    assert_eq!(
        namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"],
        "baseline"
    );
    let worker = &only(&objects, "Deployment", "worker")["spec"]["template"]["spec"];
    assert_eq!(
        against_pod_security("worker", worker, PodSecurity::Restricted),
        Vec::<String>::new()
    );
    let nginx = &only(&objects, "Deployment", "nginx")["spec"]["template"]["spec"];
    assert_eq!(nginx["securityContext"].get("runAsNonRoot"), None);
    let security = &nginx["containers"][0]["securityContext"];
    assert_eq!(security["allowPrivilegeEscalation"], false);
    assert_eq!(security["capabilities"]["drop"], json!(["ALL"]));
    // nginx takes over its cache folders, listens on 80, becomes another user and signals its workers.
    let added = security["capabilities"]["add"].as_array().unwrap();
    for needed in ["CHOWN", "NET_BIND_SERVICE", "SETUID", "SETGID", "KILL"] {
        assert!(added.contains(&json!(needed)), "{needed}");
    }
    assert!(!added.contains(&json!("NET_RAW")));
}

// ----------------------------------------------------------------------------------------------------------- workloads

#[test]
fn a_workload_that_acts_in_azure_is_wired_from_label_to_account() {
    let objects = rendered_objects(&models::reference());
    let deployment = only(&objects, "Deployment", "api-service");
    let template = &deployment["spec"]["template"];
    assert_eq!(
        template["metadata"]["labels"]["azure.workload.identity/use"],
        "true"
    );
    assert_eq!(template["spec"]["serviceAccountName"], "api-service");
    let account = only(&objects, "ServiceAccount", "api-service");
    assert_eq!(
        account["metadata"]["namespace"],
        deployment["metadata"]["namespace"]
    );
    assert_eq!(
        account["metadata"]["annotations"]["azure.workload.identity/client-id"],
        "<API_SERVICE_CLIENT_ID of late-values.env>"
    );
    assert_eq!(
        template["spec"]["containers"][0]["envFrom"],
        json!([
            { "secretRef": { "name": "sc-apiservicestorage-secret" } },
            { "secretRef": { "name": "sc-apiservicevault-secret" } },
        ])
    );
    let data =
        &only(&objects, "Deployment", "data-service")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        data["envFrom"],
        json!([{ "configMapRef": { "name": "data-service-connections" } }])
    );
    assert_eq!(
        only(&objects, "ConfigMap", "data-service-connections")["data"],
        json!({
            "AZURE_SQL_CONNECTIONSTRING": "Server=tcp:sql-cloud-native-sql-7k2f9d.database.windows.net,1433;Database=application-db;Authentication=Active Directory Default;Encrypt=True;",
        })
    );
}

#[test]
fn a_workload_that_only_calls_gets_no_identity_and_no_token() {
    let objects = rendered_objects(&models::reference());
    let template = &only(&objects, "Deployment", "frontend-app")["spec"]["template"];
    assert_eq!(
        template["metadata"]["labels"].get("azure.workload.identity/use"),
        None
    );
    assert_eq!(template["spec"].get("serviceAccountName"), None);
    assert_eq!(template["spec"]["automountServiceAccountToken"], false);
    assert!(!objects.iter().any(|object| {
        object["kind"] == "ServiceAccount" && object["metadata"]["name"] == "frontend-app"
    }));
    assert_eq!(
        template["spec"]["containers"][0]["env"],
        json!([{ "name": "API_SERVICE_URL", "value": "http://api-service:8080" }])
    );
}

#[test]
fn no_pod_gets_a_token_for_the_kubernetes_api() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        for (_, template) in templates(&objects) {
            assert_eq!(
                template["spec"]["automountServiceAccountToken"], false,
                "{name}"
            );
            assert_eq!(template["spec"]["enableServiceLinks"], false, "{name}");
        }
    }
}

#[test]
fn selectors_find_the_pods_of_their_workload_and_no_others() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        let selects = |selector: &Value, labels: &Value| {
            selector
                .as_object()
                .unwrap()
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
        };
        for workload in &model.workloads {
            let deployment = only(&objects, "Deployment", &workload.name);
            let mut selectors = vec![deployment["spec"]["selector"]["matchLabels"].clone()];
            if let Some(service) = &workload.service {
                selectors
                    .push(only(&objects, "Service", &service.name)["spec"]["selector"].clone());
            }
            if workload.replicas > 1 {
                let budget = only(&objects, "PodDisruptionBudget", &workload.name);
                selectors.push(budget["spec"]["selector"]["matchLabels"].clone());
                assert_eq!(budget["spec"]["maxUnavailable"], 1);
            }
            for constraint in deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
                .as_array()
                .into_iter()
                .flatten()
            {
                assert_eq!(constraint["whenUnsatisfiable"], "ScheduleAnyway");
                selectors.push(constraint["labelSelector"]["matchLabels"].clone());
            }
            for selector in selectors {
                for other in &model.workloads {
                    let labels = &only(&objects, "Deployment", &other.name)["spec"]["template"]["metadata"]
                        ["labels"];
                    assert_eq!(
                        selects(&selector, labels),
                        other.name == workload.name,
                        "{name}: {selector}"
                    );
                }
            }
        }
    }
}

#[test]
fn probes_ask_the_path_and_give_the_workload_its_time() {
    let objects = rendered_objects(&models::reference());
    let container =
        &only(&objects, "Deployment", "api-service")["spec"]["template"]["spec"]["containers"][0];
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        assert_eq!(
            container[probe]["httpGet"],
            json!({ "path": "/healthz", "port": 8080 }),
            "{probe}"
        );
        assert_eq!(container[probe]["timeoutSeconds"], 3, "{probe}");
    }
    // `startup: 60s` with a question every 5 seconds.
    assert_eq!(container["startupProbe"]["periodSeconds"], 5);
    assert_eq!(container["startupProbe"]["failureThreshold"], 12);
    assert_eq!(container["readinessProbe"]["failureThreshold"], 3);
    // Out of the Service first, killed later.
    let patience = |probe: &str| {
        container[probe]["periodSeconds"].as_u64().unwrap()
            * container[probe]["failureThreshold"].as_u64().unwrap()
    };
    assert!(patience("livenessProbe") > patience("readinessProbe"));
    let policy = only(&objects, "HealthCheckPolicy", "api-service");
    assert_eq!(
        policy["spec"],
        json!({
            "targetRef": { "group": "", "kind": "Service", "name": "api-service" },
            "default": {
                "interval": "5s",
                "timeout": "3s",
                "healthyThreshold": 1,
                "unhealthyThreshold": 3,
                "http": { "path": "/healthz", "match": { "statusCodes": [{ "start": 200, "end": 299 }] } },
            },
        })
    );
}

#[test]
fn a_port_without_health_is_tried_by_tcp_and_gets_no_policy() {
    let objects = rendered_objects(&models::odd());
    let container =
        &only(&objects, "Deployment", "nginx")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["readinessProbe"]["tcpSocket"],
        json!({ "port": 80 })
    );
    assert_eq!(
        container["livenessProbe"]["tcpSocket"],
        json!({ "port": 80 })
    );
    assert!(
        !objects
            .iter()
            .any(|object| object["kind"] == "HealthCheckPolicy")
    );
}

#[test]
fn text_of_the_spec_is_not_read_as_a_reference_to_a_variable() {
    let objects = rendered_objects(&models::odd());
    let container =
        &only(&objects, "Deployment", "worker")["spec"]["template"]["spec"]["containers"][0];
    let env: BTreeMap<&str, &str> = container["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| {
            (
                variable["name"].as_str().unwrap(),
                variable["value"].as_str().unwrap(),
            )
        })
        .collect();
    // `$(HOME)` in the model: Kubernetes reads `$$(HOME)` as that text.
    assert_eq!(env["DOLLARS"], "$$(HOME) and $5");
    assert_eq!(env["ANSWER"], "no");
    assert_eq!(env["LINES"], "first\nsecond: \"x\"\n");
    assert_eq!(container["args"], json!(["--name=$$(HOSTNAME)"]));
}

#[test]
fn pods_are_replaced_when_a_connection_changes() {
    let checksum = |model: &Model| {
        only(&rendered_objects(model), "Deployment", "data-service")["spec"]["template"]["metadata"]
            ["annotations"]["checksum/connections"]
            .clone()
    };
    let model = models::reference();
    assert!(checksum(&model).is_string());
    let mut other = models::reference();
    other.workloads[2].links[0].settings[0].name.push_str("_2");
    assert_ne!(checksum(&model), checksum(&other));
    let objects = rendered_objects(&model);
    let frontend = &only(&objects, "Deployment", "frontend-app")["spec"]["template"]["metadata"];
    assert_eq!(frontend.get("annotations"), None);
}

// ------------------------------------------------------------------------------------------------------ gateway, routes

#[test]
fn a_gateway_of_bicep_names_traffic_controller_and_frontend() {
    let mut model = models::reference();
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    assert_eq!(gateway["spec"]["gatewayClassName"], "azure-alb-external");
    assert_eq!(
        gateway["spec"]["addresses"],
        json!([{ "type": "alb.networking.azure.io/alb-frontend", "value": "main" }])
    );
    assert_eq!(
        gateway["metadata"]["annotations"],
        json!({ "alb.networking.azure.io/alb-id": "<AGC_ID of late-values.env>" })
    );
    assert_eq!(
        gateway["spec"]["listeners"],
        json!([{ "name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": { "namespaces": { "from": "Same" } } }])
    );
    model.azure.subscription = Some("11111111-2222-3333-4444-555555555555".to_owned());
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    assert_eq!(
        gateway["metadata"]["annotations"]["alb.networking.azure.io/alb-id"],
        ARM_ID
    );
}

#[test]
fn a_gateway_of_the_controller_names_the_load_balancer_that_exists() {
    let mut model = models::managed();
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    let annotations = &gateway["metadata"]["annotations"];
    assert_eq!(annotations.as_object().unwrap().len(), 2);
    let balancer = only(
        &objects,
        "ApplicationLoadBalancer",
        annotations["alb.networking.azure.io/alb-name"]
            .as_str()
            .unwrap(),
    );
    assert_eq!(
        annotations["alb.networking.azure.io/alb-namespace"],
        balancer["metadata"]["namespace"]
    );
    assert_eq!(gateway["spec"].get("addresses"), None);
    assert_eq!(
        balancer["spec"]["associations"],
        json!(["<GATEWAY_SUBNET_ID of late-values.env>"])
    );
    model.azure.subscription = Some("11111111-2222-3333-4444-555555555555".to_owned());
    let objects = rendered_objects(&model);
    let balancer = only(&objects, "ApplicationLoadBalancer", "cloud-native");
    assert_eq!(
        balancer["spec"]["associations"],
        json!([
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-agc"
        ])
    );
}

#[test]
fn routes_reach_listeners_and_services_that_exist() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        for route in objects
            .iter()
            .filter(|object| object["kind"] == "HTTPRoute")
        {
            for parent in route["spec"]["parentRefs"].as_array().unwrap() {
                let gateway = only(&objects, "Gateway", parent["name"].as_str().unwrap());
                let listeners = gateway["spec"]["listeners"].as_array().unwrap();
                assert!(
                    listeners
                        .iter()
                        .any(|listener| listener["name"] == parent["sectionName"]),
                    "{name}"
                );
            }
            for rule in route["spec"]["rules"].as_array().unwrap() {
                for backend in rule["backendRefs"].as_array().unwrap() {
                    let service = only(&objects, "Service", backend["name"].as_str().unwrap());
                    assert_eq!(
                        service["spec"]["ports"][0]["port"], backend["port"],
                        "{name}"
                    );
                    let target = &service["spec"]["ports"][0]["targetPort"];
                    let workload = service["spec"]["selector"]["app.kubernetes.io/name"]
                        .as_str()
                        .unwrap();
                    let container = &only(&objects, "Deployment", workload)["spec"]["template"]["spec"]
                        ["containers"][0];
                    assert_eq!(&container["ports"][0]["containerPort"], target, "{name}");
                }
            }
        }
    }
    let objects = rendered_objects(&models::reference());
    assert_eq!(
        only(&objects, "HTTPRoute", "api-route")["spec"]["rules"],
        json!([{
            "matches": [{ "path": { "type": "PathPrefix", "value": "/api" } }],
            "filters": [{
                "type": "URLRewrite",
                "urlRewrite": { "path": { "type": "ReplacePrefixMatch", "replacePrefixMatch": "/" } },
            }],
            "backendRefs": [{ "name": "api-service", "port": 8080 }],
        }])
    );
    let frontend = &only(&objects, "HTTPRoute", "frontend-route")["spec"]["rules"][0];
    assert_eq!(frontend.get("filters"), None);
    assert_eq!(
        frontend["backendRefs"],
        json!([{ "name": "frontend-service", "port": 80 }])
    );
}

// ---------------------------------------------------------------------------------------------------------- late values

#[test]
fn holes_stand_where_the_manifests_say_and_nowhere_else() {
    for (name, model) in all_models() {
        let mut declared = 0;
        let mut standing = 0;
        for manifest in manifests(&model) {
            declared += manifest.late.len();
            let text = manifest.object.to_value().unwrap().to_string();
            standing += text.matches(" of late-values.env>").count();
            for field in &manifest.late {
                assert!(
                    text.contains(&hole(&field.key)),
                    "{name}: {}",
                    manifest.object.title()
                );
                assert!(
                    matches!(manifest.part, Part::Platform(_)),
                    "{name}: only the platform waits"
                );
            }
        }
        assert_eq!(declared, standing, "{name}");
        assert!(declared > 0, "{name}");
    }
}

const REFERENCE_VALUES: [(&str, &str); 5] = [
    (
        "ALB_CONTROLLER_CLIENT_ID",
        "00000000-0000-4000-8000-000000000001",
    ),
    ("AGC_ID", ARM_ID),
    (
        "SQL_ADMINISTRATOR_CLIENT_ID",
        "00000000-0000-4000-8000-000000000002",
    ),
    (
        "API_SERVICE_CLIENT_ID",
        "00000000-0000-4000-8000-000000000003",
    ),
    (
        "DATA_SERVICE_CLIENT_ID",
        "00000000-0000-4000-8000-000000000004",
    ),
];

#[test]
fn an_open_value_stops_kustomize_by_name() {
    let Some(kustomize) = kustomize() else { return };
    // The controller's client id goes to Helm, so nothing here waits for it.
    for open in REFERENCE_VALUES {
        let folder = tempfile::tempdir().unwrap();
        let values: Vec<_> = REFERENCE_VALUES
            .into_iter()
            .filter(|value| *value != open)
            .collect();
        write_tree(&models::reference(), folder.path(), &values);
        for start in ["k8s", "k8s/platform"] {
            let result = kustomize.build(folder.path().join(start));
            if open.0 == "ALB_CONTROLLER_CLIENT_ID" {
                assert!(result.is_ok(), "{result:?}");
            } else {
                let message = result.unwrap_err();
                assert!(message.contains(&format!("data.{}", open.0)), "{message}");
            }
        }
        // What has no holes does not wait.
        for start in ["k8s/workloads", "k8s/routes"] {
            assert!(kustomize.build(folder.path().join(start)).is_ok());
        }
    }
}

#[test]
fn an_empty_file_of_late_values_stops_kustomize_too() {
    let Some(kustomize) = kustomize() else { return };
    for (name, model) in all_models() {
        let folder = tempfile::tempdir().unwrap();
        write_tree(&model, folder.path(), &[]);
        let message = kustomize.build(folder.path().join("k8s")).unwrap_err();
        assert!(
            message.contains("is missing for replacement source"),
            "{name}: {message}"
        );
    }
}

#[test]
fn kustomize_fills_every_hole_and_applies_nothing_of_its_own() {
    let Some(kustomize) = kustomize() else { return };
    let folder = tempfile::tempdir().unwrap();
    let model = models::reference();
    write_tree(&model, folder.path(), &REFERENCE_VALUES);
    let objects = kustomize.build(folder.path().join("k8s")).unwrap();
    assert!(
        !objects
            .iter()
            .any(|object| object["metadata"]["name"] == "late-values")
    );
    let everything = Value::Array(objects.clone()).to_string();
    assert!(!everything.contains("late-values.env>"), "{everything}");
    let client_id = "azure.workload.identity/client-id";
    for (account, value) in [
        ("api-service", "00000000-0000-4000-8000-000000000003"),
        ("data-service", "00000000-0000-4000-8000-000000000004"),
        ("sql-administrator", "00000000-0000-4000-8000-000000000002"),
    ] {
        assert_eq!(
            only(&objects, "ServiceAccount", account)["metadata"]["annotations"][client_id],
            value
        );
    }
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    assert_eq!(
        gateway["metadata"]["annotations"]["alb.networking.azure.io/alb-id"],
        ARM_ID
    );
    let job = only(&objects, "Job", "sql-grants");
    let env = job["spec"]["template"]["spec"]["containers"][0]["env"]
        .as_array()
        .unwrap();
    let bound = env
        .iter()
        .find(|variable| variable["name"] == "DATA_SERVICE_CLIENT_ID")
        .unwrap();
    assert_eq!(bound["value"], "00000000-0000-4000-8000-000000000004");

    // Nothing else has changed: with the values put in by hand, kustomize's objects are ours.
    for tree in rendered_objects(&model) {
        let mut text = tree.to_string();
        for (key, value) in REFERENCE_VALUES {
            text = text.replace(&hole(key), value);
        }
        let expected: Value = serde_json::from_str(&text).unwrap();
        let same = only(
            &objects,
            tree["kind"].as_str().unwrap(),
            tree["metadata"]["name"].as_str().unwrap(),
        );
        assert_eq!(*same, expected);
    }
}

#[test]
fn kustomize_fills_lists_and_config_maps() {
    let Some(kustomize) = kustomize() else { return };
    let folder = tempfile::tempdir().unwrap();
    let subnet = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-agc";
    let values: Vec<_> = REFERENCE_VALUES
        .into_iter()
        .map(|(key, value)| {
            if key == "AGC_ID" {
                ("GATEWAY_SUBNET_ID", subnet)
            } else {
                (key, value)
            }
        })
        .collect();
    write_tree(&models::managed(), folder.path(), &values);
    let objects = kustomize.build(folder.path().join("k8s")).unwrap();
    let balancer = only(&objects, "ApplicationLoadBalancer", "cloud-native");
    assert_eq!(balancer["spec"]["associations"], json!([subnet]));

    let folder = tempfile::tempdir().unwrap();
    write_tree(
        &models::odd(),
        folder.path(),
        &[
            ("AGC_ID", ARM_ID),
            ("WORKER_CLIENT_ID", CLIENT_ID),
            ("ALB_CONTROLLER_CLIENT_ID", CLIENT_ID),
        ],
    );
    let objects = kustomize.build(folder.path().join("k8s")).unwrap();
    assert_eq!(
        only(&objects, "ConfigMap", "worker-connections")["data"],
        json!({
            "AZURE_STORAGEBLOB_CLIENTID": CLIENT_ID,
            "AZURE_STORAGEBLOB_RESOURCEENDPOINT": "https://ststorage3f2a7k2f9d.blob.core.windows.net/",
            "spring.client.id": CLIENT_ID,
        })
    );
}

#[test]
fn the_file_of_late_values_says_who_makes_and_who_reads_each() {
    let folder = tempfile::tempdir().unwrap();
    write_tree(&models::reference(), folder.path(), &REFERENCE_VALUES);
    let text = fs::read_to_string(folder.path().join("k8s/platform/late-values.env")).unwrap();
    let block = |key: &str| {
        text.split("\n\n")
            .find(|block| block.contains(&format!("# {key}:")))
            .unwrap_or_else(|| panic!("{key} in {text}"))
    };
    assert!(block("DATA_SERVICE_CLIENT_ID").contains("client id of id-cloud-native-data-service"));
    for reader in [
        "ServiceAccount data-service in service-accounts.yaml",
        "Job sql-grants in sql-grants.yaml",
    ] {
        assert!(block("DATA_SERVICE_CLIENT_ID").contains(reader), "{text}");
    }
    assert!(block("ALB_CONTROLLER_CLIENT_ID").contains("helm"));
    assert!(block("AGC_ID").contains("Gateway cloud-native-gateway in gateway.yaml"));
    let lines: Vec<&str> = text.lines().collect();
    for (key, value) in REFERENCE_VALUES {
        assert!(lines.contains(&format!("{key}={value}").as_str()), "{text}");
    }
}

// ------------------------------------------------------------------------------------------------------------ controller

#[test]
fn the_values_of_the_chart() {
    let files = files(&models::reference());
    let values = text(&files, "controller/values.yaml");
    assert_eq!(
        documents(values),
        [
            json!({ "albController": { "namespace": "azure-alb-system", "installGatewayApiCRDs": true } })
        ]
    );
    for said in [
        "oci://mcr.microsoft.com/application-lb/charts/alb-controller",
        "1.12.1",
        "ALB_CONTROLLER_CLIENT_ID",
    ] {
        assert!(values.contains(said), "{values}");
    }
}

// ------------------------------------------------------------------------------------------------------------ admission

#[test]
fn custom_resources_pass_their_definitions() {
    let crds = match oracle::find::<oracle::CustomResources>() {
        Ok(crds) => crds,
        Err(reason) => {
            println!("definitions of custom resources: NOT CHECKED, because {reason}");
            return;
        }
    };
    let mut judged = 0;
    for (name, model) in all_models() {
        for tree in rendered_objects(&model) {
            for version in ["v1.2.1", "v1.5.1"] {
                match crds.check(version, &tree).unwrap() {
                    oracle::Verdict::Judged(problems) => {
                        assert_eq!(problems, Vec::<String>::new(), "{name}: {tree}");
                        judged += 1;
                    }
                    oracle::Verdict::NoDefinition => {
                        let api = tree["apiVersion"].as_str().unwrap();
                        assert!(!api.contains("networking"), "{name}: {tree}");
                    }
                }
            }
        }
    }
    assert!(judged > 0);
}

#[test]
fn core_objects_pass_the_schemas_of_kubernetes() {
    let core = match oracle::find::<oracle::CoreKinds>() {
        Ok(core) => core,
        Err(reason) => {
            println!("kubernetes-validate: NOT CHECKED, because {reason}");
            return;
        }
    };
    for (name, model) in all_models() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = Vec::new();
        for (at, tree) in rendered_objects(&model).iter().enumerate() {
            let path = folder.path().join(format!("{at}.json"));
            fs::write(&path, tree.to_string()).unwrap();
            written.push(path);
        }
        for version in ["1.32", "1.35"] {
            let report = core.check(version, &written).unwrap();
            assert_eq!(report.problems, Vec::<String>::new(), "{name}");
            assert!(!report.passed.is_empty(), "{name}");
            assert!(
                report
                    .without_schema
                    .iter()
                    .all(|line| line.contains("networking")),
                "{name}: {:?}",
                report.without_schema
            );
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ SQL grants

#[test]
fn the_job_says_what_the_spec_decides() {
    let objects = rendered_objects(&models::reference());
    let job = only(&objects, "Job", "sql-grants");
    assert_eq!(job["metadata"]["namespace"], "cloud-native-sql-grants");
    assert_eq!(
        job["metadata"]["annotations"],
        json!({
            "argocd.argoproj.io/hook": "Sync",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            "kustomize.toolkit.fluxcd.io/force": "enabled",
        })
    );
    let template = &job["spec"]["template"];
    assert_eq!(
        template["metadata"]["labels"]["azure.workload.identity/use"],
        "true"
    );
    assert_eq!(template["spec"]["serviceAccountName"], "sql-administrator");
    let account = only(&objects, "ServiceAccount", "sql-administrator");
    assert_eq!(
        account["metadata"]["namespace"],
        job["metadata"]["namespace"]
    );
    let env: Vec<(&str, &str)> = template["spec"]["containers"][0]["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| {
            (
                variable["name"].as_str().unwrap(),
                variable["value"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        env,
        [
            (
                "SQL_SERVER",
                "sql-cloud-native-sql-7k2f9d.database.windows.net"
            ),
            ("USER_PREFIX", "id-cloud-native-"),
            ("DATABASES", "application-db"),
            (
                "GRANTS",
                "id-cloud-native-data-service DATA_SERVICE_CLIENT_ID db_datareader application-db\n\
                 id-cloud-native-data-service DATA_SERVICE_CLIENT_ID db_datawriter application-db",
            ),
            ("HOME", "/work"),
            ("TMPDIR", "/work"),
            (
                "DATA_SERVICE_CLIENT_ID",
                "<DATA_SERVICE_CLIENT_ID of late-values.env>"
            ),
        ]
    );
    let volumes: BTreeSet<&str> = template["spec"]["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|volume| volume["name"].as_str().unwrap())
        .collect();
    for mount in template["spec"]["containers"][0]["volumeMounts"]
        .as_array()
        .unwrap()
    {
        assert!(volumes.contains(mount["name"].as_str().unwrap()));
    }
    let program = &only(&objects, "ConfigMap", "sql-grants")["data"];
    for (file, path) in [("grants.sh", "grants.sh"), ("grants.sql", "grants.sql")] {
        let template =
            fs::read_to_string(Path::new("templates/k8s/sql-grants").join(path)).unwrap();
        assert_eq!(program[file], template.as_str());
    }
}
