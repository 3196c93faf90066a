//! Brings a spec to full form: notes (`x-…`) go, and every short form becomes the one long form that it stands for.
//!
//! Driven by the schema alone (see [`super::sugar`]). Spans stay those of what was written, so a message about
//! `workloads.web.health.path` points at the `/healthz` of `health: /healthz`. Full form of a full form is itself.

use serde_json::Value as Json;

use super::sugar::{DATA, SHORT};
use crate::source::{Entry, Node, Value};

/// The node without its notes: what the validator sees, so that a note never counts as one of the things of a map.
pub(super) fn without_notes(node: &Node, schema: &Json) -> Node {
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|entry| !is_note(schema, &entry.key))
                .map(|entry| Entry {
                    value: match property(schema, entries, &entry.key) {
                        Some(schema) => without_notes(&entry.value, schema),
                        None => entry.value.clone(),
                    },
                    ..entry.clone()
                })
                .collect(),
        ),
        Value::List(items) => {
            let of_items = schema.get("items").unwrap_or(&Json::Null);
            Value::List(
                items
                    .iter()
                    .map(|item| without_notes(item, of_items))
                    .collect(),
            )
        }
        value => value.clone(),
    };
    Node {
        span: node.span,
        value,
    }
}

/// Whether a key of a map is a note; in maps of the user's data every key is data.
fn is_note(schema: &Json, key: &str) -> bool {
    key.starts_with("x-") && schema.get(DATA).is_none()
}

/// The node in the full form that the schema describes.
pub(super) fn expand(node: &Node, schema: &Json) -> Node {
    let node = long_form(node, schema);
    let span = node.span;
    match node.value {
        Value::Map(entries) => Node {
            span,
            value: Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: entry.key.clone(),
                        key_span: entry.key_span,
                        value: match property(schema, entries.as_slice(), &entry.key) {
                            Some(schema) => expand(&entry.value, schema),
                            None => entry.value.clone(),
                        },
                    })
                    .collect(),
            ),
        },
        Value::List(items) => {
            let of_items = schema.get("items").unwrap_or(&Json::Null);
            Node {
                span,
                value: Value::List(items.iter().map(|item| expand(item, of_items)).collect()),
            }
        }
        value => Node { span, value },
    }
}

/// Undoes one short form, if this is one.
fn long_form(node: &Node, schema: &Json) -> Node {
    let Some(short) = schema.get(SHORT).and_then(Json::as_str) else {
        return node.clone();
    };
    let value = match (short, &node.value) {
        ("text", Value::Integer(number)) => Value::Text(number.to_string()),
        ("list", Value::List(_)) | ("text", _) | (_, Value::Map(_)) => return node.clone(),
        ("list", _) => Value::List(vec![node.clone()]),
        ("names", Value::List(items)) => {
            Value::Map(items.iter().filter_map(empty_settings).collect())
        }
        ("names", Value::Text(_)) => Value::Map(empty_settings(node).into_iter().collect()),
        ("names", _) => return node.clone(),
        (field, _) => Value::Map(vec![Entry {
            key: field.to_owned(),
            key_span: node.span,
            value: node.clone(),
        }]),
    };
    Node {
        span: node.span,
        value,
    }
}

fn empty_settings(name: &Node) -> Option<Entry> {
    Some(Entry {
        key: name.text()?.to_owned(),
        key_span: name.span,
        value: Node {
            span: name.span,
            value: Value::Map(Vec::new()),
        },
    })
}

/// The schema of one key of a map: a property, that of a branch whose condition holds, or that of all other keys.
pub(super) fn property<'a>(schema: &'a Json, entries: &[Entry], key: &str) -> Option<&'a Json> {
    if let Some(branches) = schema.get("allOf").and_then(Json::as_array) {
        let kind = entries
            .iter()
            .find(|entry| entry.key == "kind")
            .and_then(|entry| entry.value.text());
        let branch = branches.iter().find(|branch| {
            branch
                .pointer("/if/properties/kind/const")
                .and_then(Json::as_str)
                == kind
        });
        if let Some(found) = branch
            .and_then(|branch| branch.get("then"))
            .and_then(|then| property(then, entries, key))
        {
            return Some(found);
        }
    }
    schema
        .get("properties")
        .and_then(|properties| properties.get(key))
        .or_else(|| {
            schema
                .get("additionalProperties")
                .filter(|more| more.is_object())
        })
}
