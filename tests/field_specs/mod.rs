//! Every field of the reference in a spec that takes it. In: the field. Out: the spec, with the field's example in its place.

use agcgen::spec::Field;
use serde_json::{Value, json};

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
        "workloads" | "backend" => "web",
        "connections" => "files",
        "routes" => "home",
        "containers" => "images",
        "databases" => "orders",
        "secrets" => "api-key",
        "tests" => "the front page",
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

/// The spec that holds the example of a field.
pub(crate) fn spec_with(field: &Field, fields: &[Field]) -> Value {
    let mut spec = base();
    if field.path.starts_with("cluster.administrators[]") {
        spec["cluster"] = json!({ "administrators": [{}] });
    }
    // `port` is short for `ports`: both at once are one too many.
    if !field.path.starts_with("workloads.<name>.ports") {
        spec["workloads"]["web"]["port"] = json!(8080);
    }
    if let Some(key) = field.path.strip_prefix("tests.<name>.") {
        spec["routes"] = json!({ "home": { "to": "web" } });
        // A test expects something, and not an answer of the gateway beside what reaches a backend.
        if !["status", "location"].contains(&key) {
            spec["tests"] = json!({ "the front page": { "backend": "web" } });
        }
        // Shares are everything together.
        if key.split('.').next_back() == Some("share") {
            spec["tests"]["the front page"]["backend"] = json!({ "api": { "share": "10%" } });
        }
    }
    put(&mut spec, field, fields);
    spec
}
