//! Finds what a message needs: the schema of a place, the keys of a block, the words for both.

use serde_json::Value as Json;

use super::super::block::Block;
use super::super::schema::schema;
use crate::diagnostic::quoted;
use crate::print::yaml;
use crate::source::{At, Entry, Node, Step, Value};

/// The path as words, list indices among them.
pub(super) fn words_of(at: &At) -> Vec<&str> {
    at.steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => &**key,
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
        ["tests", title] => format!("the test {}", quoted(title)),
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
                schema = Block::of(schema, entries).property(key)?;
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

/// A type in the words of the language.
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

/// A JSON value the way people write it on one line of a spec.
pub(super) fn inline(value: &Json) -> String {
    match value {
        Json::String(text) if is_plain(text) => text.clone(),
        Json::String(text) => yaml::double_quoted(text),
        Json::Array(list) => format!(
            "[{}]",
            list.iter().map(inline).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(map) if map.is_empty() => "{}".to_owned(),
        Json::Object(map) => {
            let parts: Vec<String> = map
                .iter()
                .map(|(key, value)| {
                    format!("{}: {}", inline(&Json::from(key.as_str())), inline(value))
                })
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// Whether a text needs no quotes, also between braces: no reader, of YAML 1.1 either, takes it for something else.
fn is_plain(text: &str) -> bool {
    let is_of_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+%".contains(c);
    if !text.chars().all(is_of_plain) || text.ends_with(':') {
        return false;
    }
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return yaml::scalar(text) == text;
    }
    // Ranges, shares, durations and ids begin with a digit, too, and have what no number and no date has.
    let is_of_number =
        |c: char| !c.is_ascii_alphabetic() || "abcdefotxz".contains(c.to_ascii_lowercase());
    text.contains(['/', '%']) || !text.chars().all(is_of_number) || text.split('-').count() == 5
}
