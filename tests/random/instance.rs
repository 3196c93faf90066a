//! Random instances of a JSON Schema, as far as the published one goes. In: the schema. Out: values of which most fit it, with
//! names that are likely to meet each other.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

/// Names that people choose: few, so that a reference is often right.
const NAMES: &[&str] = &["web", "api", "files", "orders", "vault", "shared"];

/// Text that is trouble wherever it is not quoted.
const HOSTILE: &[&str] = &[
    "", " ", "yes", "012", "1e3", "~", "a: b", "a #b", "'", "\"", "\\", "${x}", "$(x)", "`x`",
    "{{x}}", "'''", "\n", "a\nb\n", "---", "%", "*a", "&a", "!a", "ü", "\u{202e}", "\u{0}", "-",
    "x-", "🚀",
];

/// A value that the schema takes, most of the time.
pub(crate) fn of(schema: &Value) -> BoxedStrategy<Value> {
    let mut ways: Vec<(u32, BoxedStrategy<Value>)> = Vec::new();
    for listed in ["examples", "enum"] {
        if let Some(values) = schema.get(listed).and_then(Value::as_array) {
            ways.push((6, select(values.clone()).boxed()));
        }
    }
    for name in types(schema) {
        let way = match name {
            "string" if schema.get("enum").is_some() => continue,
            "string" => text(schema),
            "integer" => whole_number(schema),
            "boolean" => any::<bool>().prop_map(Value::from).boxed(),
            "array" => list(schema),
            "object" => map(schema),
            other => panic!("the generator does not know the type {other}"),
        };
        ways.push((6, way));
    }
    if ways.is_empty() {
        return any::<bool>().prop_map(Value::from).boxed();
    }
    prop::strategy::Union::new_weighted(ways).boxed()
}

/// Every value below one that fits a schema, as a JSON pointer, with the schema that holds for it.
pub(crate) fn places(schema: &Value, value: &Value, at: String, out: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let below = kinds(schema)
                    .filter(|(kind, _)| map.get("kind") == Some(*kind))
                    .map(|(_, then)| then)
                    .chain([schema])
                    .find_map(|schema| schema.get("properties")?.get(key))
                    .or_else(|| {
                        schema
                            .get("additionalProperties")
                            .filter(|more| more.is_object())
                    });
                if let Some(below) = below {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    places(below, value, format!("{at}/{key}"), out);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(below) = schema.get("items") {
                    places(below, item, format!("{at}/{index}"), out);
                }
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        out.push((at, schema.clone()));
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn number(schema: &Value, key: &str) -> Option<i64> {
    schema.get(key).and_then(Value::as_i64)
}

fn length(schema: &Value, key: &str, otherwise: usize) -> usize {
    number(schema, key).map_or(otherwise, |number| usize::try_from(number).unwrap())
}

fn text(schema: &Value) -> BoxedStrategy<Value> {
    let pattern = schema
        .get("pattern")
        .and_then(Value::as_str)
        .unwrap_or("^.{1,20}$");
    let fits = regex::Regex::new(pattern).unwrap();
    let names: Vec<&str> = NAMES
        .iter()
        .copied()
        .filter(|name| fits.is_match(name))
        .collect();
    let bare = pattern.trim_start_matches('^').trim_end_matches('$');
    let made = match proptest::string::string_regex(bare) {
        Ok(made) => made.boxed(),
        Err(_) => "[a-z]{1,10}".boxed(),
    };
    let longest = length(schema, "maxLength", 40);
    let made = made.prop_map(move |text| text.chars().take(longest).collect::<String>());
    let hostile = select(HOSTILE).prop_map(str::to_owned);
    let text = if names.is_empty() {
        prop_oneof![20 => made, 1 => hostile].boxed()
    } else {
        prop_oneof![20 => select(names).prop_map(str::to_owned), 4 => made, 1 => hostile].boxed()
    };
    text.prop_map(Value::from).boxed()
}

fn whole_number(schema: &Value) -> BoxedStrategy<Value> {
    let low = number(schema, "minimum").unwrap_or(-10);
    let high = number(schema, "maximum").unwrap_or(1_000_000);
    prop_oneof![10 => low..=high, 2 => Just(low), 2 => Just(high), 1 => Just(high + 1), 1 => Just(low - 1)]
        .prop_map(Value::from)
        .boxed()
}

fn list(schema: &Value) -> BoxedStrategy<Value> {
    let items = schema.get("items").map_or(Just(Value::Null).boxed(), of);
    let least = length(schema, "minItems", 0);
    let most = length(schema, "maxItems", 3);
    prop::collection::vec(items, least..=most)
        .prop_map(Value::from)
        .boxed()
}

/// The kinds of a block, each with what it adds.
fn kinds(schema: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let branches = schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    branches.filter_map(|branch| {
        Some((
            branch.pointer("/if/properties/kind/const")?,
            branch.get("then")?,
        ))
    })
}

fn map(schema: &Value) -> BoxedStrategy<Value> {
    let ways: Vec<BoxedStrategy<Value>> = kinds(schema)
        .map(|(kind, then)| {
            let kind = kind.clone();
            (block(schema), block(then))
                .prop_map(move |(mut common, own)| {
                    common.extend(own);
                    common.insert("kind".to_owned(), kind.clone());
                    Value::Object(common)
                })
                .boxed()
        })
        .collect();
    if ways.is_empty() {
        return block(schema).prop_map(Value::Object).boxed();
    }
    prop::strategy::Union::new(ways).boxed()
}

fn block(schema: &Value) -> BoxedStrategy<Map<String, Value>> {
    let required: Vec<&Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    let exclusive = number(schema, "maxProperties") == Some(1);
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let fields: Vec<BoxedStrategy<Option<(String, Value)>>> = properties
        .map(|(key, property)| {
            let always = required.iter().any(|name| name.as_str() == Some(key));
            let key = key.clone();
            let field = of(property).prop_map(move |value| (key.clone(), value));
            prop::option::weighted(if always { 0.99 } else { 0.2 }, field).boxed()
        })
        .collect();
    let named = match schema
        .get("additionalProperties")
        .filter(|more| more.is_object())
    {
        Some(more) => {
            let names = if schema.get("propertyNames").is_some() {
                NAMES
            } else {
                &["owner", "LOG_LEVEL", "a.b"]
            };
            let least = length(schema, "minProperties", 0);
            prop::collection::btree_map(select(names).prop_map(str::to_owned), of(more), least..=2)
                .boxed()
        }
        None => Just(std::collections::BTreeMap::new()).boxed(),
    };
    let note = prop::option::weighted(0.02, Just(("x-note".to_owned(), Value::Null)));
    (fields, named, note, any::<prop::sample::Index>())
        .prop_map(move |(fields, named, note, one)| {
            let fields: Vec<(String, Value)> = fields.into_iter().flatten().collect();
            let mut map = if exclusive && !fields.is_empty() {
                Map::from_iter([one.get(&fields).clone()])
            } else {
                Map::from_iter(fields)
            };
            map.extend(named);
            map.extend(note);
            map
        })
        .boxed()
}
