//! The examples of the reference: each one, put where it belongs, is taken.

use agcgen::diagnostic::Severity;
use agcgen::spec::{Field, reference};
use serde_json::{Value, json};

use super::check;

/// A small spec that holds what examples refer to.
fn base() -> Value {
    json!({
        "apiVersion": "agcgen/v1",
        "name": "shop",
        "profile": "dev",
        "azure": { "location": "westeurope", "suffix": "7k2f9d" },
        "resources": { "files": { "kind": "storage", "containers": ["images"] } },
        "workloads": {
            "web": { "image": "ghcr.io/example/web:1.0.3" },
            "api": { "image": "ghcr.io/example/api:1.0.3", "port": 8080 },
        },
    })
}

/// The name that stands for `<name>` in a block.
fn name_in(block: &str) -> &'static str {
    match block {
        "workloads" => "web",
        "connections" => "files",
        "routes" => "home",
        "containers" => "images",
        "databases" => "orders",
        "secrets" => "api-key",
        _ => "data",
    }
}

/// Puts the example of a field into the spec, and beside it what its block cannot do without.
fn put(spec: &mut Value, field: &Field, fields: &[Field]) {
    let mut here = spec;
    let mut path = String::new();
    let mut block = "";
    let steps: Vec<&str> = field.path.split('.').collect();
    let (last, before) = steps.split_last().expect("a path has a step");
    for step in before {
        path = if path.is_empty() {
            (*step).to_owned()
        } else {
            format!("{path}.{step}")
        };
        let (key, kind) = match step.strip_prefix("<name>") {
            Some(kind) => (name_in(block), kind.trim_matches(['(', ')'])),
            None => (step.trim_end_matches("[]"), ""),
        };
        block = key;
        here = &mut here[key];
        if step.ends_with("[]") {
            here = here
                .as_array_mut()
                .map_or_else(|| unreachable!(), |list| &mut list[0]);
        }
        if !here.is_object() {
            *here = json!({});
        }
        if !kind.is_empty() {
            here["kind"] = json!(kind);
        }
        for beside in fields.iter().filter(|beside| beside.required) {
            let key = beside.path.strip_prefix(&format!("{path}."));
            if let Some(key) = key.filter(|key| !key.contains('.') && here.get(key).is_none()) {
                here[key] = example(beside);
            }
        }
        // Something that is there already is named, or has an id.
        if *step == "existing" && *last != "id" {
            here["name"] = json!("stdata");
        }
    }
    here[*last] = example(field);
}

fn example(field: &Field) -> Value {
    serde_json::from_str(&field.example).expect("an example is JSON")
}

#[test]
fn every_example_of_the_reference_is_taken_where_it_belongs() {
    let fields = reference();
    let mut wrong: Vec<String> = Vec::new();
    for field in &fields {
        let mut spec = base();
        if field.path.starts_with("cluster.administrators[]") {
            spec["cluster"] = json!({ "administrators": [{}] });
        }
        // `port` is short for `ports`: both at once are one too many.
        if !field.path.starts_with("workloads.<name>.ports") {
            spec["workloads"]["web"]["port"] = json!(8080);
        }
        put(&mut spec, field, &fields);
        let errors = check(&spec.to_string()).places(Severity::Error);
        if !errors.is_empty() {
            wrong.push(format!("{}: {errors:?} in {spec}", field.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fields.len() > 120, "{} fields were tried", fields.len());
}

#[test]
fn the_example_of_a_kind_is_the_kind() {
    let kinds: Vec<String> = reference()
        .iter()
        .filter(|field| field.path.ends_with(").kind"))
        .map(|field| format!("{} {}", field.path, field.example))
        .collect();
    assert_eq!(
        kinds,
        [
            "resources.<name>(storage).kind \"storage\"",
            "resources.<name>(sql).kind \"sql\"",
            "resources.<name>(keyVault).kind \"keyVault\"",
        ]
    );
}

#[test]
fn a_route_goes_to_one_name() {
    let to = reference()
        .into_iter()
        .find(|field| field.path == "routes.<name>.to");
    assert_eq!(
        to.expect("it is there").types,
        "name, list of names, or map"
    );
}

/// It is refused with a reason (AGC0507), so nobody is told to write it.
#[test]
fn a_setting_that_is_always_refused_is_not_listed() {
    let listed: Vec<String> = reference()
        .into_iter()
        .map(|field| field.path)
        .filter(|path| path.ends_with(").existing"))
        .collect();
    assert_eq!(
        listed,
        [
            "resources.<name>(storage).existing",
            "resources.<name>(keyVault).existing"
        ]
    );
}
