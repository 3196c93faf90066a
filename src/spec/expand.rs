//! Brings a spec to full form: notes (`x-…`) go, and every short form becomes the one long form that it stands for.
//!
//! Driven by the schema alone (see [`super::sugar`] and [`super::form`]). Spans stay those of what was written, so a message about
//! `workloads.web.health.path` points at the `/healthz` of `health: /healthz`. Full form of a full form is itself.

use super::form::Form;
use crate::source::{Entries, Entry, Node, Value};

/// Takes the notes out: what the validator sees, so that a note never counts as one of the things of a map.
pub(super) fn drop_notes(node: &mut Node, form: Option<&Form>) {
    if let Value::Map(entries) = &mut node.value
        && !form.is_some_and(|form| form.is_data)
    {
        entries.retain(|key| !key.starts_with("x-"));
    }
    for_children(node, form, drop_notes);
}

/// Brings the node to its full form.
pub(super) fn expand(node: &mut Node, form: Option<&Form>) {
    let Some(known) = form else { return };
    lengthen(node, known);
    for_children(node, form, expand);
}

/// Does the same to every child.
fn for_children(node: &mut Node, form: Option<&Form>, change: fn(&mut Node, Option<&Form>)) {
    match &mut node.value {
        Value::Map(entries) => {
            let of_key = form.map(|form| form.of_keys(entries));
            for (key, value) in entries.values_mut() {
                change(value, of_key.as_ref().and_then(|of_key| of_key(key)));
            }
        }
        Value::List(items) => {
            for item in items {
                change(item, form.and_then(|form| form.items.as_deref()));
            }
        }
        _ => {}
    }
}

/// Undoes one short form, if this is one.
fn lengthen(node: &mut Node, form: &Form) {
    let Some(short) = form.short else {
        return;
    };
    let span = node.span;
    node.value = match (short, std::mem::replace(&mut node.value, Value::Null)) {
        ("text", Value::Integer(number)) => Value::Text(number.to_string()),
        ("text", value) | (_, value @ Value::Map(_)) | ("list", value @ Value::List(_)) => value,
        ("list", value) => Value::List(vec![Node { span, value }]),
        ("names", Value::List(items)) => {
            Value::Map(items.iter().filter_map(empty_settings).collect())
        }
        ("names", value @ Value::Text(_)) => {
            Value::Map(empty_settings(&Node { span, value }).into_iter().collect())
        }
        ("names", value) => value,
        (field, value) => Value::Map(
            [Entry {
                key: field.to_owned(),
                key_span: span,
                value: Node { span, value },
            }]
            .into_iter()
            .collect(),
        ),
    };
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
