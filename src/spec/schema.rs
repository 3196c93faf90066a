//! The published JSON Schema (draft 2020-12), made from the structs that decode a spec.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::Spec;
use super::block::{example_in, kinds_in, other_keys_in, properties_in, types_in};
use super::sugar::{DATA, REFUSED, SHORT, WORDS};

/// To read it takes less than half of what it takes to make it. A file that is no JSON does not compile (`shape`).
static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(TEXT).expect("it is JSON"));

/// The file of the published schema.
const TEXT: &str = include_str!("../../schema/agcgen.schema.json");

/// The published schema. A test compares it with [`schema_text`].
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// What has to stand in `schema/agcgen.schema.json`: the schema as the structs say it.
pub fn schema_text() -> String {
    let mut text = serde_json::to_string_pretty(&generate()).unwrap_or_default();
    text.push('\n');
    text
}

/// What has to stand in `src/spec/forms.json`, the part of the schema that every spec is read by.
pub fn forms_text() -> String {
    super::form::forms_text(&generate())
}

fn generate() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    // Written out in place: a reader and an editor see every field where it is used, and each is used about once.
    settings.inline_subschemas = true;
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<Spec>();
    RecursiveTransform(without_null).transform(&mut schema);
    RecursiveTransform(without_formats).transform(&mut schema);
    RecursiveTransform(open_to_notes).transform(&mut schema);
    schema.insert(
        "title".to_owned(),
        json!("agcgen connectivity spec, version 1"),
    );
    schema.to_value()
}

/// `null` has no meaning in a spec; absence has.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    // An optional enumeration comes as a choice between itself and null.
    if let Some(Value::Array(choices)) = schema.get("anyOf").cloned() {
        let mut choices: Vec<Value> = choices
            .into_iter()
            .filter(|choice| choice != &json!({"type": "null"}))
            .collect();
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            schema.remove("anyOf");
            for (keyword, value) in only {
                if schema.get(&keyword).is_none() {
                    schema.insert(keyword, value);
                }
            }
        }
    }
}

/// `uint16` and the like say nothing that `minimum` and `maximum` do not; defaults stand in the descriptions, because most
/// depend on `profile`.
fn without_formats(schema: &mut Schema) {
    schema.remove("format");
    schema.remove("default");
    schema.remove("title");
}

/// Every closed object also takes keys that begin with `x-`; they mean nothing, for ever.
fn open_to_notes(schema: &mut Schema) {
    if schema.get("additionalProperties").is_some() && schema.get(DATA).is_none() {
        schema.insert("patternProperties".to_owned(), json!({ "^x-": true }));
    }
}

/// One row of the reference of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Path with `<name>` for the user's names, such as `workloads.<name>.health.path`.
    pub path: String,
    /// What it takes.
    pub types: String,
    /// Whether its block cannot do without it.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// An example, as JSON.
    pub example: String,
}

/// Every field of the language, in the order of the schema, but for those that are always refused.
pub fn reference() -> Vec<Field> {
    let mut fields = Vec::new();
    collect(schema(), "", &mut fields);
    fields
}

fn collect(schema: &Value, path: &str, fields: &mut Vec<Field>) {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    for (key, property) in properties_in(schema) {
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        };
        let refused = property.get(REFUSED) == Some(&Value::Bool(true));
        if refused || fields.iter().any(|field| field.path == path) {
            continue;
        }
        fields.push(Field {
            path: path.clone(),
            types: types(property),
            required: required.contains(&key),
            description: text(property, "description"),
            example: example_in(property)
                .map(Value::to_string)
                .unwrap_or_default(),
        });
        collect(property, &path, fields);
    }
    if let Some(more) = other_keys_in(schema) {
        collect(more, &format!("{path}.<name>"), fields);
    }
    if let Some(items) = schema
        .get("items")
        .filter(|items| items.get("properties").is_some())
    {
        collect(items, &format!("{path}[]"), fields);
    }
    for (kind, then) in kinds_in(schema) {
        let own = format!("{path}({kind})");
        collect(then, &own, fields);
        // In a kind, the kind is that one; the schema says it of all of them.
        if let Some(field) = fields
            .iter_mut()
            .find(|field| field.path == format!("{own}.kind"))
        {
            field.types = format!("`{kind}`");
            field.required = required.contains(&"kind");
        }
    }
}

fn text(schema: &Value, key: &str) -> String {
    let text = schema.get(key).and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a field takes, in a few words.
fn types(schema: &Value) -> String {
    let words = schema
        .get("enum")
        .or_else(|| schema.get(WORDS))
        .and_then(Value::as_array);
    let mut parts: Vec<String> = Vec::new();
    if let Some(words) = words {
        parts.extend(
            words
                .iter()
                .filter_map(Value::as_str)
                .map(|word| format!("`{word}`")),
        );
    }
    for name in types_in(schema) {
        match name {
            "string" if words.is_some() => {}
            "string" => parts.push("text".to_owned()),
            "integer" => parts.push("whole number".to_owned()),
            "array" => parts.push("list".to_owned()),
            "object" => parts.push("map".to_owned()),
            other => parts.push(other.to_owned()),
        }
    }
    if schema.get(SHORT).and_then(Value::as_str) == Some("names") {
        return match parts.first().map(String::as_str) {
            Some("text") => "name, list of names, or map".to_owned(),
            _ => "list of names, or map".to_owned(),
        };
    }
    parts.join(", ")
}
