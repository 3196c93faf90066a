//! The objects as a whole: nothing is lost on the way, and each has its name, labels, namespace and origin.

use std::collections::BTreeSet;

use agcgen::objects::{Manifest, Object, Part, manifests};
use serde_json::{Value, json};

use super::oracle::{Checks, asserting};
use super::systems::cloud_native;
use super::{all_models, rendered_objects};

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

fn reading_refuses_what_it_does_not_know() {
    let model = cloud_native();
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

fn every_manifest_knows_where_it_comes_from() {
    let model = cloud_native();
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
