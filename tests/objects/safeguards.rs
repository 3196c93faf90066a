//! What AKS deployment safeguards and the Pod Security Standards ask of pods.

use agcgen::catalog::safeguards::RULES;
use agcgen::model::PodSecurity;
use serde_json::{Value, json};

use super::oracle::{Checks, asserting};
use super::safeguard_rules::against_safeguards;
use super::systems::cloud_native;
use super::{all_models, files, odd, only, rendered_objects, templates, text};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        workloads_pass_the_safeguards,
        every_safeguard_sees_what_is_wrong,
        pods_keep_the_level_that_their_namespace_enforces,
        a_restricted_workload_beside_a_baseline_one_stays_restricted,
    );
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
        let found = against_safeguards(&rendered_objects(&model));
        let mut known = Vec::new();
        if name == "odd" {
            // A workload without a port has nothing that could be probed; its file says so.
            known.push("probes: Deployment worker");
            let files = files(&model);
            let worker = text(&files, "k8s/workloads/worker.yaml");
            assert!(worker.contains("# No port, so no probes"), "{worker}");
        }
        assert_eq!(found, known, "{name}");
    }
}

/// Each rule is shown an object that fails it.
fn every_safeguard_sees_what_is_wrong() {
    type Break = fn(&mut Vec<Value>);
    const CONTAINER: &str = "/spec/template/spec/containers/0";
    fn first<'a>(objects: &'a mut [Value], kind: &str) -> &'a mut Value {
        let found = objects.iter_mut().find(|object| object["kind"] == kind);
        found.unwrap()
    }
    fn container(objects: &mut [Value]) -> &mut Value {
        let deployment = first(objects, "Deployment");
        deployment.pointer_mut(CONTAINER).unwrap()
    }
    fn without(object: &mut Value, key: &str) {
        object.as_object_mut().unwrap().remove(key).unwrap();
    }
    let breaks: [(&str, Break); 12] = [
        ("probes", |all| without(container(all), "livenessProbe")),
        ("probes", |all| without(container(all), "readinessProbe")),
        ("probes", |all| {
            let job = first(all, "Job").pointer_mut(CONTAINER).unwrap();
            without(job, "livenessProbe");
        }),
        ("image tag", |all| container(all)["image"] = json!("nginx")),
        ("image tag", |all| {
            container(all)["image"] = json!("a.io/b:latest");
        }),
        ("resources", |all| {
            container(all)["resources"]["requests"]["cpu"] = json!("50m");
        }),
        ("resources", |all| without(container(all), "resources")),
        ("spread", |all| {
            let pod = first(all, "Deployment")
                .pointer_mut("/spec/template/spec")
                .unwrap();
            without(pod, "topologySpreadConstraints");
        }),
        ("unique selectors", |all| {
            let again = first(all, "Service").clone();
            all.push(again);
        }),
        ("disruption budget", |all| {
            first(all, "PodDisruptionBudget")["spec"]["maxUnavailable"] = json!(0);
        }),
        ("reserved labels", |all| {
            first(all, "Service")["metadata"]["labels"]["kubernetes.azure.com/a"] = json!("b");
        }),
        ("reserved labels", |all| {
            let labels = "/spec/template/metadata/labels";
            let labels = first(all, "Deployment").pointer_mut(labels).unwrap();
            labels["kubernetes.azure.com/a"] = json!("b");
        }),
    ];
    let objects = rendered_objects(&cloud_native());
    for (rule, break_it) in breaks {
        let mut broken = objects.clone();
        break_it(&mut broken);
        let found = against_safeguards(&broken);
        assert!(
            found.len() == 1 && found[0].starts_with(rule),
            "{rule}: {found:?}"
        );
    }
    let shown: Vec<&str> = breaks.iter().map(|(rule, _)| *rule).collect();
    for rule in RULES {
        assert!(shown.contains(&rule.name), "{}", rule.name);
    }
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
