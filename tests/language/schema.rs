//! The published schema: draft 2020-12, closed, described, and the one that agcgen itself asks.

use agcgen::spec::{reference, schema};
use serde_json::Value;

/// Calls `visit` for every schema in a schema, with its path.
fn walk(schema: &Value, path: &str, visit: &mut dyn FnMut(&Value, &str)) {
    visit(schema, path);
    for map in ["properties", "patternProperties"] {
        if let Some(Value::Object(properties)) = schema.get(map) {
            for (key, property) in properties {
                walk(property, &format!("{path}.{key}"), visit);
            }
        }
    }
    for one in ["additionalProperties", "items", "then"] {
        if let Some(inner) = schema.get(one).filter(|inner| inner.is_object()) {
            walk(inner, &format!("{path}.{one}"), visit);
        }
    }
    if let Some(Value::Array(branches)) = schema.get("allOf") {
        for (index, branch) in branches.iter().enumerate() {
            walk(branch, &format!("{path}.allOf{index}"), visit);
        }
    }
}

#[test]
fn is_a_valid_schema_of_its_draft() {
    assert_eq!(
        schema()["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(schema()));
}

#[test]
fn every_object_is_closed_and_open_to_notes() {
    let mut objects = 0;
    walk(schema(), "", &mut |schema, path| {
        if schema.get("properties").is_some() && schema.get("allOf").is_none() {
            objects += 1;
            assert_eq!(schema["additionalProperties"], false, "{path}");
            assert_eq!(schema["patternProperties"]["^x-"], true, "{path}");
        }
    });
    assert!(objects > 25, "{objects}");
}

#[test]
fn nothing_takes_null() {
    walk(schema(), "", &mut |schema, path| {
        let types = schema.get("type").map(Value::to_string).unwrap_or_default();
        assert!(!types.contains("null"), "{path}: {types}");
        assert!(
            schema.get("anyOf").is_none() && schema.get("oneOf").is_none(),
            "{path}"
        );
    });
}

#[test]
fn every_field_has_a_description_and_an_example_that_fits() {
    let mut fields = 0;
    walk(schema(), "", &mut |block, path| {
        let Some(Value::Object(properties)) = block.get("properties") else {
            return;
        };
        for (key, property) in properties {
            if property.get("const").is_some() {
                continue;
            }
            fields += 1;
            let text = property["description"].as_str().unwrap_or_default();
            assert!(
                text.len() > 10 && text.ends_with('.'),
                "{path}.{key}: {text:?}"
            );
            let example = &property["examples"][0];
            assert!(!example.is_null(), "{path}.{key} has no example");
            let validator = jsonschema::validator_for(property).expect("a schema");
            assert!(
                validator.is_valid(example),
                "{path}.{key}: {example} does not fit its own schema"
            );
        }
    });
    assert!(fields > 90, "{fields}");
}

#[test]
fn the_reference_lists_every_field_once() {
    let fields = reference();
    let mut paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
    for path in [
        "name",
        "azure.location",
        "workloads.<name>.connections.<name>.access",
        "routes.<name>.path.exact",
    ] {
        assert!(paths.contains(&path), "{path}");
    }
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
}
