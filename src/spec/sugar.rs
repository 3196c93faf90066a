//! Short forms: every one is sugar for exactly one long form, decided by the type of the YAML value, never by content.
//!
//! A short form is declared once, on the struct, as a keyword in its schema; [`super::expand`] reads the keyword. So
//! what editors accept, what agcgen accepts and what it makes of it cannot differ.
//!
//! | `x-agcgen-short` | written | stands for |
//! |---|---|---|
//! | name of a field | a scalar or list | an object with that field |
//! | `list` | one value | a list of it |
//! | `names` | a list of names, or one | a map of names to empty settings |
//! | `text` | a whole number | its digits |

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::block::types_in;
use crate::catalog::safeguards::LEAST_CPU_MILLIS;

/// Keyword that names the short form.
pub(crate) const SHORT: &str = "x-agcgen-short";
/// Keyword that lists the words of a scalar, where a pattern stands for an enumeration.
pub(crate) const WORDS: &str = "x-agcgen-words";
/// Keyword of maps whose keys are the user's data: keys that begin with `x-` are data there, too.
pub(crate) const DATA: &str = "x-agcgen-data";
/// Keyword of maps whose keys are names.
pub(crate) const NAMES: &str = "x-agcgen-names";
/// Keyword, known to editors, of a key that is taken only to be refused with a reason.
pub(crate) const REFUSED: &str = "deprecated";
/// Keyword that names a format, which has rules beyond the schema: `duration`, `quantity`, `cidr`, `path`, `image`, `region`,
/// `databaseSize`.
pub(crate) const FORMAT: &str = "x-agcgen-format";

/// Most characters of a name.
pub(crate) const NAME_MOST: usize = 40;

/// Keys of maps whose keys are names: names, and notes.
const NAME_OR_NOTE_PATTERN: &str = "^(x-|[a-z](-?[a-z0-9])*$)";

/// What people may name things, but for the length. Names that begin with `x-` would be notes.
pub(crate) const NAME_PATTERN: &str = "^([a-wyz](-?[a-z0-9])*|x([a-z0-9](-?[a-z0-9])*)?)$";

/// A transform: the value of `field` alone may stand for the whole object.
pub(crate) fn short(field: &'static str) -> impl FnMut(&mut Schema) {
    move |schema| {
        let Some(inner) = schema
            .get("properties")
            .and_then(|all| all.get(field))
            .cloned()
        else {
            return;
        };
        let mut types = types_of(&inner);
        types.push("object".to_owned());
        schema.insert("type".to_owned(), json!(types));
        lift_scalar_keywords(&inner, schema);
        schema.insert(SHORT.to_owned(), json!(field));
    }
}

/// A transform: one name may stand for a map of it to empty settings.
pub(crate) fn one_name(schema: &mut Schema) {
    schema.insert("type".to_owned(), json!(["string", "array", "object"]));
    schema.insert("pattern".to_owned(), json!(NAME_PATTERN));
    schema.insert("maxLength".to_owned(), json!(NAME_MOST));
}

/// A transform: exactly one of the keys must stand.
pub(crate) fn exactly_one(schema: &mut Schema) {
    schema.insert("minProperties".to_owned(), json!(1));
    schema.insert("maxProperties".to_owned(), json!(1));
}

/// The types of a value that stands in a short form: those of the field but a map; of a reference, text.
fn types_of(schema: &Value) -> Vec<String> {
    let types = match types_in(schema).as_slice() {
        [] => vec!["string"],
        types => types.to_vec(),
    };
    types
        .into_iter()
        .filter(|name| !matches!(*name, "null" | "object"))
        .map(str::to_owned)
        .collect()
}

/// Copies the keywords that concern scalars and lists, so that the short form is checked like the field; an enumeration
/// becomes a pattern, because `enum` would also concern the long form.
fn lift_scalar_keywords(inner: &Value, schema: &mut Schema) {
    for keyword in [
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "uniqueItems",
        WORDS,
        FORMAT,
    ] {
        if let Some(value) = inner.get(keyword) {
            schema.insert(keyword.to_owned(), value.clone());
        }
    }
    if let Some(Value::Array(words)) = inner.get("enum") {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        schema.insert("pattern".to_owned(), json!(pattern_of(&words)));
        schema.insert(WORDS.to_owned(), json!(words));
    }
}

fn pattern_of(words: &[&str]) -> String {
    format!("^({})$", words.join("|"))
}

/// A map of names to settings, for which a list of names may stand; with [`one_name`] also one name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Names<T>(pub IndexMap<String, T>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: JsonSchema> JsonSchema for Names<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Names_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["array", "object"],
            "items": { "type": "string", "pattern": NAME_PATTERN, "maxLength": NAME_MOST },
            "uniqueItems": true,
            "propertyNames": { "pattern": NAME_OR_NOTE_PATTERN, "maxLength": NAME_MOST },
            "additionalProperties": generator.subschema_for::<T>(),
            SHORT: "names",
            NAMES: true
        })
    }
}

/// A map of names to things.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Named<T>(pub IndexMap<String, T>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": NAME_OR_NOTE_PATTERN, "maxLength": NAME_MOST },
            "additionalProperties": generator.subschema_for::<T>(),
            NAMES: true
        })
    }
}

/// A list, for which one value may stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct OneOrMany<T>(pub Vec<T>);

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("One_or_many_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        let mut types = types_of(item.as_value());
        types.push("array".to_owned());
        let mut schema = json_schema!({ "type": types });
        lift_scalar_keywords(item.as_value(), &mut schema);
        schema.insert("items".to_owned(), item.to_value());
        schema.insert("minItems".to_owned(), json!(1));
        schema.insert("uniqueItems".to_owned(), json!(true));
        schema.insert(SHORT.to_owned(), json!("list"));
        schema
    }
}

/// Text, for which a whole number may stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(pub String);

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], SHORT: "text" })
    }
}

/// A Kubernetes quantity of CPU or memory, such as `250m` or `512Mi`; a whole number stands for itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Quantity(pub String);

impl Quantity {
    /// A part of a core as Kubernetes shows it: `0.5` is `500m`. Of less than AKS keeps, none.
    pub(super) fn cpu_meant(written: &Value) -> Option<Value> {
        let (whole, fraction) = written.as_str()?.split_once('.')?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.len() > 3 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let thousandths: u64 = format!("{whole}{fraction:0<3}").parse().ok()?;
        Some(match (thousandths / 1_000, thousandths % 1_000) {
            _ if thousandths < LEAST_CPU_MILLIS => return None,
            (cores, 0) => cores.into(),
            _ => format!("{thousandths}m").into(),
        })
    }
}

impl JsonSchema for Quantity {
    fn schema_name() -> Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": "^[0-9]{1,10}(\\.[0-9]{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
            "minimum": 1,
            "maximum": 1_000_000_000_000_u64,
            SHORT: "text",
            FORMAT: "quantity"
        })
    }
}

/// A duration of Gateway API: one to four numbers, each with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Duration(pub String);

impl Duration {
    /// What is meant by a number without a unit, which then is this one, or with another word for one.
    pub(crate) fn meant(written: &str, unit: &str) -> Option<Self> {
        let lower = written.to_ascii_lowercase();
        let digits = lower.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: u32 = digits.parse().ok()?;
        let (times, unit) = match lower[digits.len()..].trim_start() {
            "" => (1, unit),
            "ms" | "milliseconds" => (1, "ms"),
            "s" | "sec" | "secs" | "second" | "seconds" => (1, "s"),
            "m" | "min" | "mins" | "minute" | "minutes" => (1, "m"),
            "h" | "hr" | "hrs" | "hour" | "hours" => (1, "h"),
            "d" | "day" | "days" => (24, "h"),
            _ => return None,
        };
        Some(Self(format!("{}{unit}", number.checked_mul(times)?)))
    }

    /// Whole seconds, rounded up.
    pub(crate) fn seconds(&self) -> u64 {
        let mut milliseconds: u64 = 0;
        let mut number: u64 = 0;
        let mut rest = self.0.as_str();
        while let Some(c) = rest.chars().next() {
            if let Some(digit) = c.to_digit(10) {
                number = number.saturating_mul(10).saturating_add(u64::from(digit));
                rest = &rest[1..];
                continue;
            }
            let (factor, length) = match rest {
                _ if rest.starts_with("ms") => (1, 2),
                _ if rest.starts_with('s') => (1_000, 1),
                _ if rest.starts_with('m') => (60_000, 1),
                _ => (3_600_000, 1),
            };
            milliseconds = milliseconds.saturating_add(number.saturating_mul(factor));
            number = 0;
            rest = rest.get(length..).unwrap_or_default();
        }
        milliseconds.div_ceil(1_000)
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
            FORMAT: "duration"
        })
    }
}

/// A range of IPv4 addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct CidrText(pub String);

impl JsonSchema for CidrText {
    fn schema_name() -> Cow<'static, str> {
        "Cidr".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": 18,
            FORMAT: "cidr"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_by_unit() {
        for (text, seconds) in [
            ("60s", 60),
            ("1h30m", 5400),
            ("500ms", 1),
            ("1m1ms", 61),
            ("0s", 0),
        ] {
            assert_eq!(Duration(text.to_owned()).seconds(), seconds, "{text}");
        }
    }
}
