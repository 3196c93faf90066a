//! What the rules of the catalogue's safeguards say against objects of the cluster, from the objects alone.

use std::collections::BTreeSet;

use agcgen::catalog::safeguards::RULES;
use serde_json::Value;

/// What each rule says against the objects: the rule, then the object. A rule of the catalogue without a check is a panic.
pub(crate) fn against_safeguards(objects: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for rule in RULES {
        let check = check_of(rule.name);
        found.extend(check(objects).map(|object| format!("{}: {object}", rule.name)));
    }
    found
}

fn check_of(rule: &str) -> fn(&[Value]) -> std::vec::IntoIter<String> {
    match rule {
        "probes" => |objects| {
            failing(objects, |object| {
                let is_asked = |container: &Value, probe: &str| {
                    ["httpGet", "tcpSocket", "exec"]
                        .iter()
                        .any(|way| container[probe].get(way).is_some())
                };
                // The pods of a Job are judged as pods.
                ["Deployment", "Job"]
                    .iter()
                    .any(|kind| object["kind"] == *kind)
                    && !containers(object).all(|container| {
                        is_asked(container, "livenessProbe")
                            && is_asked(container, "readinessProbe")
                    })
            })
        },
        "image tag" => |objects| {
            failing(objects, |object| {
                containers(object).any(|container| {
                    let image = container["image"].as_str().unwrap_or_default();
                    let name = image.rsplit('/').next().unwrap_or_default();
                    name.split_once([':', '@'])
                        .is_none_or(|(_, tag)| tag == "latest")
                })
            })
        },
        "resources" => |objects| {
            failing(objects, |object| {
                containers(object).any(|container| {
                    let of = |which: &str| {
                        let amounts = &container["resources"][which];
                        (amount(&amounts["cpu"]), amount(&amounts["memory"]))
                    };
                    let (requests, limits) = (of("requests"), of("limits"));
                    // 100m and 100Mi.
                    requests.0 < 0.1
                        || requests.1 < 104_857_600.0
                        || limits.0 < requests.0
                        || limits.1 < requests.1
                })
            })
        },
        "spread" => |objects| {
            failing(objects, |object| {
                let spread = object.pointer("/spec/template/spec/topologySpreadConstraints");
                object["kind"] == "Deployment"
                    && object["spec"]["replicas"].as_u64().unwrap_or(1) > 1
                    && !spread.and_then(Value::as_array).is_some_and(|list| {
                        list.iter()
                            .any(|item| item["topologyKey"] == "kubernetes.io/hostname")
                    })
            })
        },
        "unique selectors" => |objects| {
            let mut selectors = BTreeSet::new();
            failing(objects, |object| {
                object["kind"] == "Service"
                    && !selectors.insert((
                        object["metadata"]["namespace"].to_string(),
                        object["spec"]["selector"].to_string(),
                    ))
            })
        },
        "disruption budget" => |objects| {
            failing(objects, |object| {
                object["kind"] == "PodDisruptionBudget"
                    && (object["spec"]["maxUnavailable"] == 0
                        || object["spec"].get("minAvailable").is_some())
            })
        },
        "reserved labels" => |objects| {
            failing(objects, |object| {
                let labels = [
                    object.pointer("/metadata/labels"),
                    object.pointer("/spec/template/metadata/labels"),
                ];
                labels
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_object)
                    .flat_map(|labels| labels.keys())
                    .any(|label| label.starts_with("kubernetes.azure.com"))
            })
        },
        other => panic!("no check for the safeguard `{other}`"),
    }
}

/// The objects for which it holds, by kind and name.
fn failing(objects: &[Value], mut fails: impl FnMut(&Value) -> bool) -> std::vec::IntoIter<String> {
    let titles: Vec<String> = objects
        .iter()
        .filter(|object| fails(object))
        .map(|object| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            text(&object["kind"]) + " " + &text(&object["metadata"]["name"])
        })
        .collect();
    titles.into_iter()
}

/// Those of the pods that it makes.
fn containers(object: &Value) -> impl Iterator<Item = &Value> {
    object
        .pointer("/spec/template/spec/containers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A quantity of Kubernetes (apimachinery, "Quantity") as a number; 0 where there is none, or none that can be read.
fn amount(quantity: &Value) -> f64 {
    const UNITS: [(&str, f64); 16] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
        ("", 1.0),
    ];
    let text = quantity.as_str().unwrap_or_default();
    UNITS
        .iter()
        .find_map(|(unit, size)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * size))
        .unwrap_or(0.0)
}
