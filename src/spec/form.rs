//! What the published schema says of short forms and notes, and nothing else of it.
//!
//! In: the text of the schema, which is the same for every spec. Out: a [`Form`]. Every spec is brought to full form; the rest
//! of the schema is read only where something is wrong ([`super::schema`]).

use std::fmt;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::schema::TEXT;
use crate::source::Entry;

/// What the schema of one value says. The keywords are those of [`super::sugar`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Form {
    /// The short form that it takes.
    #[serde(rename = "x-agcgen-short")]
    pub(super) short: Option<&'static str>,
    /// Whether its keys are the user's data.
    #[serde(rename = "x-agcgen-data")]
    pub(super) is_data: bool,
    /// The elements of a list.
    pub(super) items: Option<Box<Form>>,
    properties: IndexMap<&'static str, Form>,
    #[serde(rename = "additionalProperties", deserialize_with = "unless_boolean")]
    other_keys: Option<Box<Form>>,
    #[serde(rename = "allOf")]
    kinds: Vec<OfKind>,
}

/// What the blocks of one kind have beside what all have.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct OfKind {
    #[serde(rename = "if")]
    condition: Condition,
    then: Form,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Condition {
    properties: KindAlone,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct KindAlone {
    kind: Word,
}

#[derive(Debug, Deserialize)]
struct Word {
    #[serde(rename = "const")]
    is: &'static str,
}

/// Every test that reads a spec fails where the schema is another.
static FORM: LazyLock<Form> =
    LazyLock::new(|| serde_json::from_str(TEXT).expect("the published schema"));

/// The form of a spec.
pub(super) fn form() -> &'static Form {
    &FORM
}

impl Form {
    /// The form of each key of a block that has these entries: that of its kind, that of every block, or that of all other
    /// keys.
    pub(super) fn of_keys<'a>(
        &'a self,
        entries: &[Entry],
    ) -> impl Fn(&str) -> Option<&'a Self> + use<'a> {
        let kind = entries
            .iter()
            .filter(|_| !self.kinds.is_empty())
            .find(|entry| entry.key == "kind")
            .and_then(|entry| entry.value.text());
        let of_kind = self
            .kinds
            .iter()
            .find(|branch| Some(branch.condition.properties.kind.is) == kind)
            .map(|branch| &branch.then);
        move |key| {
            of_kind
                .and_then(|then| then.of_key(key))
                .or_else(|| self.of_key(key))
        }
    }

    fn of_key(&self, key: &str) -> Option<&Self> {
        self.properties.get(key).or(self.other_keys.as_deref())
    }
}

/// A schema; none where there is `true` or `false`.
fn unless_boolean<D: Deserializer<'static>>(schema: D) -> Result<Option<Box<Form>>, D::Error> {
    struct UnlessBoolean;

    impl Visitor<'static> for UnlessBoolean {
        type Value = Option<Box<Form>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a schema")
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'static>>(self, map: A) -> Result<Self::Value, A::Error> {
            Box::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }

    schema.deserialize_any(UnlessBoolean)
}
