//! Deployments, Services and what belongs to them, field by field.

use std::collections::BTreeMap;

use agcgen::model::{Model, SettingValue};
use serde_json::{Value, json};

use super::oracle::{Checks, asserting};
use super::systems::{CLOUD_NATIVE, changed, cloud_native, system};
use super::{account_of, all_models, files, odd, only, rendered_objects, templates, text};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        a_workload_that_acts_in_azure_is_wired_from_label_to_account,
        a_workload_that_only_calls_gets_no_identity_and_no_token,
        no_pod_gets_a_token_for_the_kubernetes_api,
        selectors_find_the_pods_of_their_workload_and_no_others,
        a_workload_takes_no_more_than_it_was_given,
        a_rollout_and_a_drained_node_leave_the_workload_answering,
        probes_ask_the_path_and_give_the_workload_its_time,
        a_gateway_that_takes_other_answers_than_the_kubelet_says_so,
        a_port_without_health_is_tried_by_tcp_and_gets_no_policy,
        text_of_the_spec_is_not_read_as_a_reference_to_a_variable,
        pods_are_replaced_when_a_connection_changes,
    );
}

fn a_workload_that_acts_in_azure_is_wired_from_label_to_account() {
    let objects = rendered_objects(&cloud_native());
    let deployment = only(&objects, "Deployment", "api-service");
    let template = &deployment["spec"]["template"];
    let account = account_of(&objects, deployment, "api-service");
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
            "AZURE_SQL_SERVER": "sql-cloud-native-sql-7k2f9d.database.windows.net",
            "AZURE_SQL_PORT": "1433",
            "AZURE_SQL_DATABASE": "application-db",
            "AZURE_SQL_CONNECTIONSTRING": "Server=tcp:sql-cloud-native-sql-7k2f9d.database.windows.net,1433;Database=application-db;Encrypt=True;Authentication=Active Directory Default;",
        })
    );
}

fn a_workload_that_only_calls_gets_no_identity_and_no_token() {
    let objects = rendered_objects(&cloud_native());
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
        for account in objects
            .iter()
            .filter(|object| object["kind"] == "ServiceAccount")
        {
            assert_eq!(account["automountServiceAccountToken"], false, "{account}");
        }
    }
}

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

fn a_workload_takes_no_more_than_it_was_given() {
    let spec = changed(
        CLOUD_NATIVE,
        &[(
            "replicas: 2\n    health: /healthz",
            "replicas: 2\n    requests: { cpu: 250m, memory: 200Mi }\n    limits: { cpu: \"2\", memory: 1Gi }\n    health: /healthz",
        )],
    );
    let objects = rendered_objects(&system(&spec));
    let resources = |name: &str| {
        only(&objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]["resources"]
            .clone()
    };
    assert_eq!(
        resources("api-service"),
        json!({
            "requests": { "cpu": "250m", "memory": "200Mi" },
            "limits": { "cpu": "2", "memory": "1Gi" },
        })
    );
    // What the language gives where nothing is said.
    assert_eq!(
        resources("data-service"),
        json!({
            "requests": { "cpu": "100m", "memory": "128Mi" },
            "limits": { "cpu": "1", "memory": "512Mi" },
        })
    );
}

fn a_rollout_and_a_drained_node_leave_the_workload_answering() {
    let objects = rendered_objects(&cloud_native());
    for name in ["frontend-app", "api-service", "data-service"] {
        let deployment = &only(&objects, "Deployment", name)["spec"];
        let rollout = &deployment["strategy"]["rollingUpdate"];
        assert_eq!(rollout["maxUnavailable"], 0, "{name}: a new pod first");
        let pod = &deployment["template"]["spec"];
        // The gateway forgets a pod before the pod stops listening, and requests under way get their 30 seconds.
        assert_eq!(
            pod["containers"][0]["lifecycle"]["preStop"],
            json!({ "sleep": { "seconds": 10 } }),
            "{name}"
        );
        assert_eq!(pod["terminationGracePeriodSeconds"], 40, "{name}");
    }
    let api = only(&objects, "Deployment", "api-service");
    let keys: Vec<&Value> = api["spec"]["template"]["spec"]["topologySpreadConstraints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|constraint| &constraint["topologyKey"])
        .collect();
    assert_eq!(
        keys,
        ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    );
    // A pod that does not work must not hold a node.
    let budget = &only(&objects, "PodDisruptionBudget", "api-service")["spec"];
    assert_eq!(budget["unhealthyPodEvictionPolicy"], "AlwaysAllow");
}

fn probes_ask_the_path_and_give_the_workload_its_time() {
    let objects = rendered_objects(&cloud_native());
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
    // `startup: 60s` with a question every 5 seconds, the first of them at once.
    assert_eq!(container["startupProbe"]["periodSeconds"], 5);
    assert_eq!(container["startupProbe"]["failureThreshold"], 13);
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

/// The kubelet takes 200 to 399 (Kubernetes, "Configure Liveness, Readiness and Startup Probes").
fn a_gateway_that_takes_other_answers_than_the_kubelet_says_so() {
    let said = |codes: (u16, u16)| {
        let mut model = cloud_native();
        let health = model.workloads[0].health.as_mut().unwrap();
        health.status_codes = codes;
        let path = format!("k8s/workloads/{}.yaml", model.workloads[0].name);
        text(&files(&model), &path).contains(
            "# Only here the status codes count: probes of Kubernetes take every answer from 200 to 399.",
        )
    };
    assert!(said((200, 299)), "the default");
    assert!(said((200, 204)));
    assert!(!said((200, 399)));
}

fn a_port_without_health_is_tried_by_tcp_and_gets_no_policy() {
    let objects = rendered_objects(&odd());
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

fn text_of_the_spec_is_not_read_as_a_reference_to_a_variable() {
    let objects = rendered_objects(&odd());
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

fn pods_are_replaced_when_a_connection_changes() {
    let checksum = |model: &Model| {
        only(&rendered_objects(model), "Deployment", "data-service")["spec"]["template"]["metadata"]
            ["annotations"]["checksum/connections"]
            .clone()
    };
    let model = cloud_native();
    let written = checksum(&model);
    // It begins with a letter, so no digest makes it a number that YAML needs quotes for.
    assert!(
        written.as_str().unwrap().starts_with("sha256-"),
        "{written}"
    );
    let mut other_name = cloud_native();
    let setting = &mut other_name.workloads[2].links[0].settings[0];
    setting.name.push_str("_2");
    let mut other_value = cloud_native();
    let setting = &mut other_value.workloads[2].links[0].settings[0];
    setting.value = SettingValue::Fixed("elsewhere".to_owned());
    for other in [other_name, other_value] {
        assert_ne!(checksum(&model), checksum(&other));
    }
    let objects = rendered_objects(&model);
    let frontend = &only(&objects, "Deployment", "frontend-app")["spec"]["template"]["metadata"];
    assert_eq!(frontend.get("annotations"), None);
}
