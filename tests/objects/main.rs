//! Proves the cluster half: objects, files, and what kustomize makes of them.
//!
//! What is right is written here from the rules of the platforms (AKS deployment safeguards, Pod Security Standards,
//! Gateway API, kustomize), not taken from the code under test. What needs a tool that is not here says so.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../safeguards/mod.rs"]
mod safeguard_rules;
#[path = "../systems/mod.rs"]
mod systems;

mod admission;
mod gateway;
mod late_values;
mod objects;
mod safeguards;
mod sql_grants;
mod tree;
mod workloads;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use agcgen::disk::{Plan, Request, Scope, Tree};
use agcgen::model::{Model, Setting, SettingValue};
use agcgen::objects::manifests;
use agcgen::output::{OutputFile, Owner};
use agcgen::render;
use oracle::Checks;
use serde_json::Value;
use systems::{CLOUD_NATIVE, changed, cloud_native, minimal, system};

fn main() -> std::process::ExitCode {
    let mut checks = Checks::new();
    tree::add(&mut checks);
    objects::add(&mut checks);
    safeguards::add(&mut checks);
    workloads::add(&mut checks);
    gateway::add(&mut checks);
    late_values::add(&mut checks);
    admission::add(&mut checks);
    sql_grants::add(&mut checks);
    checks.run()
}

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

/// The service account of a pod that acts in Azure: the pod says that it does, and the account is in its namespace.
fn account_of<'v>(objects: &'v [Value], owner: &Value, account: &str) -> &'v Value {
    let template = &owner["spec"]["template"];
    assert_eq!(
        template["metadata"]["labels"]["azure.workload.identity/use"],
        "true"
    );
    assert_eq!(template["spec"]["serviceAccountName"], account);
    let account = only(objects, "ServiceAccount", account);
    assert_eq!(
        account["metadata"]["namespace"],
        owner["metadata"]["namespace"]
    );
    account
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

/// Pod templates of Deployments and Jobs, each with the replicas of its Deployment.
fn templates(objects: &[Value]) -> Vec<(&Value, &Value)> {
    objects
        .iter()
        .filter(|object| object["kind"] == "Deployment" || object["kind"] == "Job")
        .map(|object| (object, &object["spec"]["template"]))
        .collect()
}

/// The reference scenario, where the ALB Controller of Helm makes the traffic controller.
fn managed() -> Model {
    system(&changed(
        CLOUD_NATIVE,
        &[("deployment: byo ", "deployment: managed ")],
    ))
}

/// What the others lack: an image that starts as root, a workload without a port, a direct connection with late values,
/// hostile text in variables and arguments.
const ODD: &str = r#"
apiVersion: agcgen/v1
name: odd
profile: dev
azure: { location: eastus, suffix: 7k2f9d }
resources:
  archive: { kind: storage, containers: [reports] }
workloads:
  nginx: { image: nginx:1.29, port: 80, podSecurity: baseline }
  worker:
    image: registry.example/worker@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    replicas: 3
    args: ["--name=$(HOSTNAME)"]
    env: { DOLLARS: "$(HOME) and $5", ANSWER: "no", LINES: "first\nsecond: \"x\"\n" }
    connections: { archive: { access: read, via: direct } }
routes:
  nginx: { path: /, to: nginx }
"#;

/// `ODD`, where a connection sets two variables to the client id, one of them with dots in its name: no kind does that.
fn odd() -> Model {
    let mut model = system(ODD);
    model.workloads[1].links[0].settings.push(Setting {
        name: "spring.client.id".to_owned(),
        value: SettingValue::ClientId,
    });
    model
}

fn all_models() -> Vec<(&'static str, Model)> {
    vec![
        ("reference", cloud_native()),
        ("managed", managed()),
        ("minimal", minimal()),
        ("odd", odd()),
    ]
}
