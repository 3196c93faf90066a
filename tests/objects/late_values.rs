//! Late values: where the holes are, and what kustomize does with them.

use std::fs;

use agcgen::objects::{Part, hole, manifests};
use serde_json::{Value, json};

use super::oracle::{Checks, Kustomize, asserting};
use super::systems::cloud_native;
use super::{ARM_ID, CLIENT_ID, all_models, managed, odd, only, rendered_objects, write_tree};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        holes_stand_where_the_manifests_say_and_nowhere_else,
        the_file_of_late_values_says_who_makes_and_who_reads_each,
    );
    asserting!(checks, Kustomize:
        an_open_value_stops_kustomize_by_name,
        an_empty_file_of_late_values_stops_kustomize_too,
        kustomize_fills_every_hole_and_applies_nothing_of_its_own,
        kustomize_fills_lists_and_config_maps,
    );
}

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

fn an_open_value_stops_kustomize_by_name(kustomize: &Kustomize) {
    // The controller's client id goes to Helm, so nothing here waits for it.
    for open in REFERENCE_VALUES {
        let folder = tempfile::tempdir().unwrap();
        let values: Vec<_> = REFERENCE_VALUES
            .into_iter()
            .filter(|value| *value != open)
            .collect();
        write_tree(&cloud_native(), folder.path(), &values);
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

fn an_empty_file_of_late_values_stops_kustomize_too(kustomize: &Kustomize) {
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

fn kustomize_fills_every_hole_and_applies_nothing_of_its_own(kustomize: &Kustomize) {
    let folder = tempfile::tempdir().unwrap();
    let model = cloud_native();
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

fn kustomize_fills_lists_and_config_maps(kustomize: &Kustomize) {
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
    write_tree(&managed(), folder.path(), &values);
    let objects = kustomize.build(folder.path().join("k8s")).unwrap();
    let balancer = only(&objects, "ApplicationLoadBalancer", "cloud-native-gateway");
    assert_eq!(balancer["spec"]["associations"], json!([subnet]));

    let folder = tempfile::tempdir().unwrap();
    write_tree(
        &odd(),
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
            "AZURE_STORAGEBLOB_RESOURCEENDPOINT": "https://starchiveadf87k2f9d.blob.core.windows.net/",
            "spring.client.id": CLIENT_ID,
        })
    );
}

fn the_file_of_late_values_says_who_makes_and_who_reads_each() {
    let folder = tempfile::tempdir().unwrap();
    write_tree(&cloud_native(), folder.path(), &REFERENCE_VALUES);
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
