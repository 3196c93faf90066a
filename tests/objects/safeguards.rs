//! What AKS deployment safeguards and the Pod Security Standards ask of pods.

use std::collections::BTreeSet;

use agcgen::model::PodSecurity;
use serde_json::{Value, json};

use super::oracle::{Checks, asserting};
use super::systems::cloud_native;
use super::{all_models, files, odd, only, rendered_objects, templates, text};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        workloads_pass_the_safeguards,
        the_safeguards_of_this_test_see_what_is_wrong,
        pods_keep_the_level_that_their_namespace_enforces,
        a_restricted_workload_beside_a_baseline_one_stays_restricted,
    );
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

fn the_safeguards_of_this_test_see_what_is_wrong() {
    let objects = rendered_objects(&cloud_native());
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

fn a_restricted_workload_beside_a_baseline_one_stays_restricted() {
    let objects = rendered_objects(&odd());
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
