//! Reads the schema: what it says of a block with these entries, and of one value.

use serde_json::Value as Json;

use crate::source::Entry;

/// The schema of one block: what all such blocks have, and what those of its `kind` have.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    common: &'a Json,
    of_kind: Option<&'a Json>,
}

impl<'a> Block<'a> {
    /// The schema of a block that has these entries.
    pub(super) fn of(schema: &'a Json, entries: &[Entry]) -> Self {
        let mut kinds = kinds_in(schema).peekable();
        // Most blocks are of no kind, and one without may have very many entries.
        let kind = kinds
            .peek()
            .and_then(|_| entries.iter().find(|entry| entry.key == "kind"))
            .and_then(|entry| entry.value.text());
        Self {
            common: schema,
            of_kind: kinds
                .find(|(word, _)| Some(*word) == kind)
                .map(|(_, then)| then),
        }
    }

    /// The schema of one key: that of the kind, that of every block, or that of all other keys.
    pub(super) fn property(&self, key: &str) -> Option<&'a Json> {
        self.of_kind
            .and_then(|then| property_in(then, key))
            .or_else(|| property_in(self.common, key))
    }

    /// The keys that it takes.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        let mut keys: Vec<&str> = Vec::new();
        for schema in std::iter::once(self.common).chain(self.of_kind) {
            for key in properties_in(schema).map(|(key, _)| key) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        keys
    }
}

/// The kinds of a block, each with what it adds.
pub(super) fn kinds_in(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    schema
        .get("allOf")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|branch| {
            let word = branch.pointer("/if/properties/kind/const")?.as_str()?;
            Some((word, branch.get("then")?))
        })
}

/// The keys that a schema names, each with its own schema.
pub(super) fn properties_in(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    schema
        .get("properties")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(key, property)| (key.as_str(), property))
}

/// The schema of all keys that are not named, where there may be such.
pub(super) fn other_keys_in(schema: &Json) -> Option<&Json> {
    schema
        .get("additionalProperties")
        .filter(|more| more.is_object())
}

fn property_in<'a>(schema: &'a Json, key: &str) -> Option<&'a Json> {
    schema
        .get("properties")
        .and_then(|properties| properties.get(key))
        .or_else(|| other_keys_in(schema))
}

/// The types that a value may have, in JSON Schema's words.
pub(super) fn types_in(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The first example of a value.
pub(super) fn example_in(schema: &Json) -> Option<&Json> {
    schema.get("examples")?.get(0)
}
