//! Brings a spec to full form: notes (`x-…`) go, and every short form becomes the one long form that it stands for.
//!
//! Driven by the schema alone (see [`super::sugar`]). Spans stay those of what was written, so a message about
//! `workloads.web.health.path` points at the `/healthz` of `health: /healthz`. Full form of a full form is itself.

use serde_json::Value as Json;

use super::block::Block;
use super::sugar::{DATA, SHORT};
use crate::source::{Entries, Entry, Node, Value};

/// The node without its notes: what the validator sees, so that a note never counts as one of the things of a map.
pub(super) fn without_notes(node: Node, schema: &Json) -> Node {
    let is_kept = |entry: &Entry| !is_note(schema, &entry.key);
    with_children(node, schema, is_kept, without_notes)
}

/// Whether a key of a map is a note; in maps of the user's data every key is data.
fn is_note(schema: &Json, key: &str) -> bool {
    key.starts_with("x-") && schema.get(DATA).is_none()
}

/// The node in the full form that the schema describes.
pub(super) fn expand(node: Node, schema: &Json) -> Node {
    with_children(long_form(node, schema), schema, |_| true, expand)
}

/// The node with those of its entries that are kept, and with every child of which the schema says something as `change`
/// makes it.
fn with_children(
    Node { span, value }: Node,
    schema: &Json,
    is_kept: impl Fn(&Entry) -> bool,
    change: fn(Node, &Json) -> Node,
) -> Node {
    let value = match value {
        Value::Map(entries) => {
            let block = Block::of(schema, &entries);
            let changed = |entry: Entry| match block.property(&entry.key) {
                Some(schema) => Entry {
                    value: change(entry.value, schema),
                    ..entry
                },
                None => entry,
            };
            Value::Map(entries.into_iter().filter(is_kept).map(changed).collect())
        }
        Value::List(items) => {
            let of_items = schema.get("items").unwrap_or(&Json::Null);
            let changed = items.into_iter().map(|item| change(item, of_items));
            Value::List(changed.collect())
        }
        value => value,
    };
    Node { span, value }
}

/// Undoes one short form, if this is one.
fn long_form(node: Node, schema: &Json) -> Node {
    let span = node.span;
    let value = match (schema.get(SHORT).and_then(Json::as_str), &node.value) {
        (Some("text"), Value::Integer(number)) => Value::Text(number.to_string()),
        (None | Some("text"), _) | (_, Value::Map(_)) | (Some("list"), Value::List(_)) => {
            return node;
        }
        (Some("list"), _) => Value::List(vec![node]),
        (Some("names"), Value::List(items)) => {
            Value::Map(items.iter().filter_map(empty_settings).collect())
        }
        (Some("names"), Value::Text(_)) => Value::Map(empty_settings(&node).into_iter().collect()),
        (Some("names"), _) => return node,
        (Some(field), _) => Value::Map(
            [Entry {
                key: field.to_owned(),
                key_span: span,
                value: node,
            }]
            .into_iter()
            .collect(),
        ),
    };
    Node { span, value }
}

fn empty_settings(name: &Node) -> Option<Entry> {
    Some(Entry {
        key: name.text()?.to_owned(),
        key_span: name.span,
        value: Node {
            span: name.span,
            value: Value::Map(Entries::default()),
        },
    })
}
