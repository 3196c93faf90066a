//! A quick yes: whether a value certainly fits its schema.
//!
//! Most specs fit, and then the validator, which takes longer to make than a spec to compile, is not needed. In: a value and
//! its schema. Out: yes, or no answer. It knows the keywords that our schema has, as far as they are plain; where anything is
//! beyond it, and for every mistake, the validator is asked.

use std::collections::{BTreeMap, BTreeSet};

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Map, Value as Json};

/// Whether the value certainly fits the schema.
pub(super) fn certainly_fits(value: &Json, schema: &Json) -> bool {
    Reader::default().fits(value, schema)
}

/// Reads a schema, with the patterns that it has met so far; `None` is one that cannot be compiled.
#[derive(Default)]
struct Reader<'a> {
    patterns: BTreeMap<&'a str, Option<Regex>>,
}

impl<'a> Reader<'a> {
    fn fits(&mut self, value: &Json, schema: &'a Json) -> bool {
        match schema {
            Json::Bool(fits) => *fits,
            Json::Object(keywords) => keywords
                .iter()
                .all(|(keyword, says)| self.fits_keyword(value, keyword, says, keywords)),
            _ => false,
        }
    }

    /// Whether the value fits what one keyword says. A keyword about another type than the value's says nothing.
    fn fits_keyword(
        &mut self,
        value: &Json,
        keyword: &str,
        says: &'a Json,
        keywords: &'a Map<String, Json>,
    ) -> bool {
        match (keyword, value) {
            // `then` is read with its `if`.
            ("$schema" | "title" | "description" | "examples" | "deprecated" | "then", _) => true,
            (note, _) if note.starts_with("x-agcgen-") => true,
            ("type", _) => match says {
                Json::Array(names) => names.iter().any(|name| is_of_type(value, name)),
                name => is_of_type(value, name),
            },
            ("const", _) => value == says,
            ("enum", _) => says.as_array().is_some_and(|words| words.contains(value)),
            ("allOf", _) => all(says, |schema| self.fits(value, schema)),
            ("if", _) => match is_of_kind(value, says) {
                Some(false) => true,
                Some(true) => keywords
                    .get("then")
                    .is_some_and(|then| self.fits(value, then)),
                None => false,
            },
            ("pattern", Json::String(text)) => says
                .as_str()
                .is_some_and(|pattern| self.matches(text, pattern)),
            ("minLength", Json::String(text)) => says.as_u64() <= Some(length(text)),
            ("maxLength", Json::String(text)) => says.as_u64() >= Some(length(text)),
            ("minimum", Json::Number(number)) => in_order(says.as_i64(), number.as_i64()),
            ("maximum", Json::Number(number)) => in_order(number.as_i64(), says.as_i64()),
            ("items", Json::Array(items)) => items.iter().all(|item| self.fits(item, says)),
            ("uniqueItems", Json::Array(items)) => {
                let texts: BTreeSet<&str> = items.iter().filter_map(Json::as_str).collect();
                texts.len() == items.len()
            }
            ("minItems", Json::Array(items)) => says.as_u64() <= Some(items.len() as u64),
            ("maxItems", Json::Array(items)) => says.as_u64() >= Some(items.len() as u64),
            ("minProperties", Json::Object(map)) => says.as_u64() <= Some(map.len() as u64),
            ("maxProperties", Json::Object(map)) => says.as_u64() >= Some(map.len() as u64),
            ("required", Json::Object(map)) => all(says, |key| {
                key.as_str().is_some_and(|key| map.contains_key(key))
            }),
            ("propertyNames", Json::Object(map)) => map
                .keys()
                .all(|key| self.fits(&Json::String(key.clone()), says)),
            ("properties", Json::Object(map)) => says.as_object().is_some_and(|properties| {
                properties
                    .iter()
                    .all(|(key, schema)| map.get(key).is_none_or(|value| self.fits(value, schema)))
            }),
            // Notes have been taken out.
            ("patternProperties", Json::Object(map)) => {
                let knows = says
                    .as_object()
                    .is_some_and(|patterns| patterns.len() == 1 && patterns.contains_key("^x-"));
                knows && !map.keys().any(|key| key.starts_with("x-"))
            }
            ("additionalProperties", Json::Object(map)) => {
                let named = keywords.get("properties").and_then(Json::as_object);
                map.iter()
                    .filter(|(key, _)| !named.is_some_and(|named| named.contains_key(*key)))
                    .all(|(_, value)| self.fits(value, says))
            }
            (
                "pattern"
                | "minLength"
                | "maxLength"
                | "minimum"
                | "maximum"
                | "items"
                | "uniqueItems"
                | "minItems"
                | "maxItems"
                | "minProperties"
                | "maxProperties"
                | "required"
                | "propertyNames"
                | "properties"
                | "patternProperties"
                | "additionalProperties",
                _,
            ) => true,
            _ => false,
        }
    }

    fn matches(&mut self, text: &str, pattern: &'a str) -> bool {
        // In JSON Schema the classes of patterns are of ASCII.
        let compile = || RegexBuilder::new(pattern).unicode(false).build().ok();
        self.patterns
            .entry(pattern)
            .or_insert_with(compile)
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(text.as_bytes()))
    }
}

fn all<'a>(list: &'a Json, fits: impl FnMut(&'a Json) -> bool) -> bool {
    list.as_array().is_some_and(|list| list.iter().all(fits))
}

fn is_of_type(value: &Json, name: &Json) -> bool {
    match name.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    }
}

/// Whether the condition holds, if it is one about the `kind` of a block and nothing else.
fn is_of_kind(value: &Json, condition: &Json) -> Option<bool> {
    let kind = condition.pointer("/properties/kind/const")?;
    let plain =
        serde_json::json!({ "properties": { "kind": { "const": kind } }, "required": ["kind"] });
    (*condition == plain).then(|| value.get("kind") == Some(kind))
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

/// Whether both are whole numbers, in this order.
fn in_order(less: Option<i64>, more: Option<i64>) -> bool {
    less.zip(more).is_some_and(|(less, more)| less <= more)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use serde_json::json;

    use super::super::VALIDATOR;
    use super::*;
    use crate::diagnostic::Findings;
    use crate::source::{Sources, parse};
    use crate::spec::schema;

    const SPECS: [&str; 3] = [
        include_str!("../../../examples/minimal/spec.yaml"),
        include_str!("../../../examples/cloud-native/spec.yaml"),
        include_str!("../../../examples/cloud-native-managed/spec.yaml"),
    ];

    fn read(text: &str) -> Json {
        let mut sources = Sources::new();
        let id = sources.add("spec.yaml", text);
        parse(&sources, id, &mut Findings::new()).unwrap().to_json()
    }

    /// Most keywords of the schema, in few lines: every part of it is changed in every way, and judged as a whole.
    const SMALL: &str = "
apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, tags: { team: a }, resourceGroup: rg-shop }
network: { addressSpace: [10.0.0.0/16] }
cluster: { nodes: { count: 3 } }
resources:
  files: { kind: storage, containers: [images] }
  sql: { kind: sql, databases: { orders: { autoPause: 60m } } }
  vault: { kind: keyVault, secrets: [key] }
workloads:
  web:
    image: ghcr.io/example/web:1.0.3
    port: 8080
    health: { path: /healthz, startup: 90s }
    requests: { cpu: 100m }
    connections: { files: read, sql: { access: write, prefix: DB } }
routes:
  web: { path: { exact: / }, to: web }
";

    /// The value with something else in the place of each of its parts, one at a time, and with a key more in each map.
    fn changed(value: &Json, with: &Json) -> Vec<Json> {
        let mut all = vec![with.clone()];
        match value {
            Json::Object(map) => {
                for (key, inner) in map {
                    for inner in changed(inner, with) {
                        let mut map = map.clone();
                        map.insert(key.clone(), inner);
                        all.push(Json::Object(map));
                    }
                    let mut map = map.clone();
                    map.shift_remove(key);
                    all.push(Json::Object(map));
                }
                for key in ["x-note", "other", "Other one"] {
                    let mut map = map.clone();
                    map.insert(key.to_owned(), with.clone());
                    all.push(Json::Object(map));
                }
            }
            Json::Array(items) => {
                for (position, inner) in items.iter().enumerate() {
                    for inner in changed(inner, with) {
                        let mut items = items.clone();
                        items[position] = inner;
                        all.push(Json::Array(items));
                    }
                }
                all.push(Json::Array([items.as_slice(), items].concat()));
            }
            _ => {}
        }
        all
    }

    #[test]
    fn what_fits_needs_no_validator() {
        for spec in SPECS {
            assert!(certainly_fits(&read(spec), schema()), "{spec}");
        }
    }

    #[test]
    fn what_is_said_to_fit_is_valid() {
        let mut reader = Reader::default();
        let (mut fitting, mut others) = (0, 0);
        let value = read(SMALL);
        assert!(certainly_fits(&value, schema()));
        for with in [
            json!(null),
            json!(true),
            json!(0),
            json!(3),
            json!(3.0),
            json!(-1),
            json!(99999),
            json!(""),
            json!("a"),
            json!("é b"),
            json!("Read"),
            json!("a".repeat(300)),
            json!([]),
            json!(["a", "b"]),
            json!(["a", "a"]),
            json!([1, 1.0]),
            json!({}),
            json!({"a": {}}),
            json!({"kind": "sql"}),
        ] {
            for value in changed(&value, &with) {
                if reader.fits(&value, schema()) {
                    assert!(VALIDATOR.is_valid(&value), "{value}");
                    fitting += 1;
                } else {
                    others += 1;
                }
            }
        }
        assert!(fitting > 200 && others > 1000, "{fitting}, {others}");
    }
}
