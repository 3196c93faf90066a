//! Finds what a message needs: the schema of a place, the keys of a block, the words for both.

use serde_json::Value as Json;

use super::super::expand::property;
use super::super::schema::schema;
use crate::diagnostic::quoted;
use crate::source::{At, Entry, Node, Step, Value};

/// The path as words, list indices among them.
pub(super) fn words_of(at: &At) -> Vec<&str> {
    at.steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "*",
        })
        .collect()
}

/// How a message calls the value at a path.
pub(super) fn name_of(at: &At) -> String {
    match at.steps().last() {
        None => "the spec".to_owned(),
        Some(Step::Key(key)) => quoted(key),
        Some(Step::Index(index)) => format!("item {} of {}", index + 1, name_of(&at.parent())),
    }
}

/// How a message calls the block at a path.
pub(super) fn block_of(at: &At) -> String {
    let path = words_of(at);
    match path.as_slice() {
        [] => "the spec".to_owned(),
        ["workloads", name] => format!("the workload {}", quoted(name)),
        ["resources", name] => format!("the resource {}", quoted(name)),
        ["routes", name] => format!("the route {}", quoted(name)),
        _ => name_of(at),
    }
}

/// The schema that holds for the value at a path.
pub(super) fn schema_at<'a>(tree: &Node, at: &At) -> Option<&'a Json> {
    let mut schema = schema();
    let mut node = Some(tree);
    for step in at.steps() {
        let entries: &[Entry] = node.map(Node::entries).unwrap_or_default();
        match step {
            Step::Key(key) => {
                schema = property(schema, entries, key)?;
                node = node.and_then(|node| node.get(key));
            }
            Step::Index(index) => {
                schema = schema.get("items")?;
                node = match node.map(|node| &node.value) {
                    Some(Value::List(list)) => list.get(*index),
                    _ => None,
                };
            }
        }
    }
    Some(schema)
}

/// The keys that a block takes.
pub(super) fn keys_of<'a>(schema: Option<&'a Json>, entries: &[Entry]) -> Vec<&'a str> {
    let Some(schema) = schema else {
        return Vec::new();
    };
    let mut keys: Vec<&str> = Vec::new();
    if let Some(Json::Object(properties)) = schema.get("properties") {
        keys.extend(properties.keys().map(String::as_str));
    }
    let kind = entries
        .iter()
        .find(|entry| entry.key == "kind")
        .and_then(|entry| entry.value.text());
    for branch in schema
        .get("allOf")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        if branch
            .pointer("/if/properties/kind/const")
            .and_then(Json::as_str)
            == kind
            && let Some(Json::Object(properties)) = branch.pointer("/then/properties")
        {
            keys.extend(
                properties
                    .keys()
                    .map(String::as_str)
                    .filter(|key| *key != "kind"),
            );
        }
    }
    keys
}

pub(super) fn expected_types(schema: Option<&Json>) -> Vec<&str> {
    match schema.and_then(|schema| schema.get("type")) {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn type_word(name: &str) -> String {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a map",
        other => other,
    }
    .to_owned()
}

pub(super) fn example_of(block: Option<&Json>, key: Option<&str>) -> Option<String> {
    let example = block?
        .get("properties")?
        .get(key?)?
        .get("examples")?
        .get(0)?;
    Some(inline(example))
}

/// A JSON value the way people write it on one line of a spec.
pub(super) fn inline(value: &Json) -> String {
    match value {
        Json::String(text)
            if text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./:@+".contains(c)) =>
        {
            text.clone()
        }
        Json::Array(list) => format!(
            "[{}]",
            list.iter().map(inline).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(map) => {
            let parts: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", inline(value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}
