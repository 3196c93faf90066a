//! The objects as a whole: nothing is lost on the way, and each has its name, labels, namespace and origin.

use std::collections::BTreeSet;

use agcgen::objects::{Object, Part, manifests};
use serde_json::{Value, json};

use super::oracle::{Checks, asserting};
use super::systems::cloud_native;
use super::{all_models, managed, rendered_objects};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        objects_read_back_without_losing_a_field,
        reading_refuses_what_it_does_not_know,
        people_find_the_fields_in_the_order_they_know,
        every_object_carries_the_labels_that_the_driver_prunes_by,
        objects_have_names_of_their_own_and_a_namespace_that_exists,
        every_manifest_knows_where_it_comes_from,
    );
}

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

/// JSON pointers to every map in a tree, but not into those whose keys are the user's.
fn maps(tree: &Value, at: &str, found: &mut Vec<String>) {
    match tree {
        Value::Object(map) => {
            found.push(at.to_owned());
            for (key, value) in map {
                if !["labels", "annotations", "matchLabels", "selector", "data"]
                    .contains(&key.as_str())
                    || key == "selector" && value.get("matchLabels").is_some()
                {
                    let step = key.replace('~', "~0").replace('/', "~1");
                    maps(value, &format!("{at}/{step}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                maps(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn reading_refuses_what_it_does_not_know() {
    let mut planted = 0;
    for tree in rendered_objects(&cloud_native()) {
        let mut places = Vec::new();
        maps(&tree, "", &mut places);
        for place in places {
            let mut with_more = tree.clone();
            with_more.pointer_mut(&place).unwrap()["nobodyKnowsThis"] = json!(1);
            assert!(Object::read(with_more).is_err(), "{place} of\n{tree}");
            planted += 1;
        }
    }
    assert!(planted > 200, "{planted} places");
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

/// Objects of the platform, and the place in the spec that each is there for.
const PLATFORM: &[(&str, &str)] = &[
    ("Namespace cloud-native-app", "cluster"),
    ("Namespace cloud-native-sql-grants", "resources.sql"),
    ("ServiceAccount api-service", "workloads.api-service"),
    ("ServiceAccount data-service", "workloads.data-service"),
    ("ServiceAccount sql-administrator", "resources.sql"),
    ("ConfigMap sql-grants", "resources.sql"),
    ("Job sql-grants", "resources.sql"),
    (
        "ConfigMap data-service-connections",
        "workloads.data-service",
    ),
    ("Gateway cloud-native-gateway", "gateway"),
    ("ApplicationLoadBalancer cloud-native-gateway", "gateway"),
];

fn every_manifest_knows_where_it_comes_from() {
    let mut met = BTreeSet::new();
    for manifest in manifests(&cloud_native())
        .into_iter()
        .chain(manifests(&managed()))
    {
        let title = manifest.object.title();
        let expected = match &manifest.part {
            Part::Workload(name) => format!("workloads.{name}"),
            Part::Route(name) => format!("routes.{name}"),
            Part::Platform(_) => match PLATFORM.iter().find(|(known, _)| *known == title) {
                Some((known, at)) => {
                    met.insert(*known);
                    (*at).to_owned()
                }
                None => panic!("{title} is not on the list"),
            },
        };
        assert_eq!(manifest.origin.at.to_string(), expected, "{title}");
    }
    assert_eq!(met.len(), PLATFORM.len(), "{met:?}");
}
