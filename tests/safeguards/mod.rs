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
                object["kind"] == "Deployment"
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
                        (millis(&amounts["cpu"]), mebibytes(&amounts["memory"]))
                    };
                    let (requests, limits) = (of("requests"), of("limits"));
                    requests.0 < 100
                        || requests.1 < 100
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

/// Thousandths of a CPU; 0 where there is none.
fn millis(quantity: &Value) -> u64 {
    let text = quantity.as_str().unwrap_or("0");
    match text.strip_suffix('m') {
        Some(millis) => millis.parse().unwrap_or(0),
        None => text.parse::<u64>().map_or(0, |cores| cores * 1000),
    }
}

/// Mebibytes; 0 where there are none.
fn mebibytes(quantity: &Value) -> u64 {
    let text = quantity.as_str().unwrap_or("0");
    let units = [("Mi", 1), ("Gi", 1024), ("Ti", 1024 * 1024)];
    units
        .iter()
        .find_map(|(unit, size)| {
            text.strip_suffix(unit)?
                .parse::<u64>()
                .ok()
                .map(|count| count * size)
        })
        .unwrap_or(0)
}
