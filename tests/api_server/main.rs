//! What a real API server says of the cluster half of every example.
//!
//! Each example gets a server of its own with the definitions that its controller brings, and is applied as its runbook
//! says. The server's admission runs too: pods of every workload and Job are sent to it under the Pod Security level of
//! their namespace. Then one fault is planted in an object of each kind, and each must be refused.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

#[path = "../admission/mod.rs"]
mod admission;
#[path = "../random/instance.rs"]
mod instance;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../trees/mod.rs"]
mod trees;

mod faults;
mod random;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use oracle::{ApiServer, Checks, Cluster, Failed, Kustomize};
use serde_json::{Value, json};
use trees::EXAMPLES;

fn main() -> ExitCode {
    let mut checks = Checks::new();
    for &example in EXAMPLES {
        checks.needing::<(ApiServer, Kustomize)>(
            format!("{example}: an API server takes it, twice, and no fault"),
            move |(server, kustomize)| {
                let copy = trees::filled(example, &trees::late_keys(example)?, None)?;
                let objects = kustomize.build(copy.path().join("k8s"))?;
                let cluster = server.start(gateway_api(example))?;

                apply(&cluster, copy.path())?;
                let first = kept(&cluster, &objects)?;
                apply(&cluster, copy.path())?;
                let second = kept(&cluster, &objects)?;
                is_unchanged(&first, &second)?;

                pods_are_admitted(&cluster, &objects)?;
                faults::are_refused(&cluster, &objects)
            },
        );
    }
    checks.needing::<ApiServer>(
        "random parts: an API server takes what agcgen takes",
        random::parts_are_taken,
    );
    checks.plain("the comparison sees what a server drops or changes", || {
        let sent = json!({ "spec": { "ports": [{ "port": 80, "name": "http" }] } });
        let same = json!({ "spec": { "ports": [{ "port": 80, "name": "http", "protocol": "TCP" }] }, "status": {} });
        assert_eq!(difference(&sent, &same, ""), [] as [String; 0]);
        let other = json!({ "spec": { "ports": [{ "port": 81 }] } });
        assert_eq!(
            difference(&sent, &other, ""),
            [
                "/spec/ports/0/port: sent 80, kept 81",
                "/spec/ports/0/name: sent \"http\", kept null"
            ]
        );
        Ok(())
    });
    checks.run()
}

/// The Gateway API version that the example's controller finds: Helm's chart 1.12.1 brings v1.5.1; on Kubernetes 1.35
/// AKS puts v1.4.1 beside its add-on.
fn gateway_api(example: &str) -> &'static str {
    match example {
        "cloud-native-managed" => "v1.4.1",
        _ => "v1.5.1",
    }
}

/// Runs every `kubectl apply` of the runbook, in its order.
fn apply(cluster: &Cluster, tree: &Path) -> Result<(), Failed> {
    let runbook = std::fs::read_to_string(tree.join("README.md"))?;
    let mut folders = Vec::new();
    for command in runbook
        .lines()
        .filter(|line| line.starts_with("kubectl apply "))
    {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        cluster
            .run_in(tree, &words)?
            .accepted()
            .map_err(|reason| format!("{command}: {reason}"))?;
        folders.push(words[words.len() - 1].to_owned());
    }
    assert_eq!(folders, ["k8s/platform", "k8s/workloads", "k8s/routes"]);
    Ok(())
}

/// Every object as the server keeps it, once it is shown that nothing which was sent is lost or changed.
fn kept(cluster: &Cluster, objects: &[Value]) -> Result<Vec<Value>, Failed> {
    assert!(objects.len() >= 8, "{} objects", objects.len());
    let kept = cluster.kept(objects)?;
    oracle::none(
        objects
            .iter()
            .zip(&kept)
            .flat_map(|(sent, kept)| difference(sent, kept, &title(sent))),
    )?;
    Ok(kept)
}

/// Whether the second time left every object as it was. The number of the write alone may differ: kube-apiserver 1.37
/// keeps a custom resource with defaults in other bytes the second time, and from then on in the same.
fn is_unchanged(first: &[Value], second: &[Value]) -> Result<(), Failed> {
    const NUMBER: &str = "/metadata/resourceVersion: ";
    let changes = |from: &[Value], to: &[Value]| -> Vec<String> {
        from.iter()
            .zip(to)
            .flat_map(|(from, to)| difference(from, to, &title(from)))
            .filter(|change| !change.contains(NUMBER))
            .collect()
    };
    oracle::none([changes(first, second), changes(second, first)].concat())
}

/// Kind and name.
fn title(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    text(&object["kind"]) + " " + &text(&object["metadata"]["name"])
}

/// Where `kept` lacks what `sent` has; what the server adds is its own affair.
fn difference(sent: &Value, kept: &Value, at: &str) -> Vec<String> {
    match (sent, kept) {
        (Value::Object(sent), Value::Object(kept)) => sent
            .iter()
            .flat_map(|(key, value)| {
                difference(
                    value,
                    kept.get(key).unwrap_or(&Value::Null),
                    &format!("{at}/{key}"),
                )
            })
            .collect(),
        (Value::Array(sent), Value::Array(kept)) if sent.len() == kept.len() => sent
            .iter()
            .zip(kept)
            .enumerate()
            .flat_map(|(index, (sent, kept))| difference(sent, kept, &format!("{at}/{index}")))
            .collect(),
        _ if sent == kept => Vec::new(),
        _ => vec![format!("{at}: sent {sent}, kept {kept}")],
    }
}

/// The pod that the controller of a workload or Job would make.
fn pod_of(object: &Value) -> Option<Value> {
    let template = object.pointer("/spec/template")?;
    Some(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": object["metadata"]["name"],
            "namespace": object["metadata"]["namespace"],
            "labels": template["metadata"]["labels"],
        },
        "spec": template["spec"],
    }))
}

/// Sends the pods themselves: a namespace's Pod Security level refuses pods, and only warns of what makes them.
fn pods_are_admitted(cluster: &Cluster, objects: &[Value]) -> Result<(), Failed> {
    let pods: Vec<Value> = objects.iter().filter_map(pod_of).collect();
    assert!(!pods.is_empty());
    for pod in &pods {
        // The controller manager, which is not here, makes this account in every namespace.
        let account = json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": { "name": "default", "namespace": pod["metadata"]["namespace"] },
        });
        cluster.apply(&account, false)?.accepted()?;
        cluster.apply(pod, true)?.accepted()?;
    }
    Ok(())
}

/// The kinds of some objects.
fn kinds(objects: &[Value]) -> BTreeSet<&str> {
    objects
        .iter()
        .filter_map(|object| object["kind"].as_str())
        .collect()
}
