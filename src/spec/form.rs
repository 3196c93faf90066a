//! What the published schema says of short forms and notes, and nothing else of it.
//!
//! Every spec is brought to full form, and to read the whole schema for that would be a tenth of a `validate`. So `forms.json`
//! has this part of it, made from the schema by [`forms_text`]; a test compares the two. The rest of the schema is read only where
//! something is wrong ([`super::schema`]).

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::block::{kinds_in, other_keys_in, properties_in};
use super::sugar::{DATA, SHORT};
use crate::source::Entry;

/// What the schema of one value says.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Form<'a> {
    /// The short form that it takes; see [`super::sugar`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) short: Option<&'a str>,
    /// Whether its keys are the user's data.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_data: bool,
    /// The elements of a list.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Box<Form<'a>>>,
    #[serde(borrow, skip_serializing_if = "IndexMap::is_empty")]
    keys: IndexMap<&'a str, Form<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    other_keys: Option<Box<Form<'a>>>,
    /// What the blocks of one kind have beside what all have.
    #[serde(borrow, skip_serializing_if = "IndexMap::is_empty")]
    kinds: IndexMap<&'a str, Form<'a>>,
}

/// Every test that reads a spec fails where the file is another.
static FORM: LazyLock<Form<'static>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("forms.json")).expect("forms of the schema")
});

/// The form of a spec.
pub(super) fn form() -> &'static Form<'static> {
    &FORM
}

/// What has to stand in `forms.json`.
pub(super) fn forms_text(schema: &Json) -> String {
    let mut text = serde_json::to_string_pretty(&Form::of(schema)).unwrap_or_default();
    text.push('\n');
    text
}

impl<'a> Form<'a> {
    fn of(schema: &'a Json) -> Self {
        Self::beside(schema, &Self::default())
    }

    /// The form of what stands beside another, which is asked where this one does not have a key. What says nothing is left
    /// out where it hides nothing: of such values notes go, and nothing else.
    fn beside(schema: &'a Json, all: &Self) -> Self {
        let of_inner = |inner: Option<&'a Json>| {
            let form = inner.map(Self::of).filter(|form| !form.says_nothing());
            form.map(Box::new)
        };
        let other_keys = of_inner(other_keys_in(schema));
        let keys = properties_in(schema)
            .map(|(key, property)| (key, Self::of(property)))
            .filter(|(key, form)| {
                !form.says_nothing() || other_keys.is_some() || all.of_key(key).is_some()
            })
            .collect();
        let mut form = Self {
            short: schema.get(SHORT).and_then(Json::as_str),
            is_data: schema.get(DATA) == Some(&Json::Bool(true)),
            items: of_inner(schema.get("items")),
            keys,
            other_keys,
            kinds: IndexMap::new(),
        };
        form.kinds = kinds_in(schema)
            .map(|(kind, then)| (kind, Self::beside(then, &form)))
            .filter(|(_, then)| !then.says_nothing())
            .collect();
        form
    }

    fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The form of each key of a block that has these entries: that of its kind, that of every block, or that of all other
    /// keys.
    pub(super) fn of_keys<'s>(
        &'s self,
        entries: &[Entry],
    ) -> impl Fn(&str) -> Option<&'s Self> + use<'s, 'a> {
        let kind = entries
            .iter()
            .filter(|_| !self.kinds.is_empty())
            .find(|entry| entry.key == "kind")
            .and_then(|entry| entry.value.text());
        let of_kind = kind.and_then(|kind| self.kinds.get(kind));
        move |key| {
            of_kind
                .and_then(|then| then.of_key(key))
                .or_else(|| self.of_key(key))
        }
    }

    fn of_key(&self, key: &str) -> Option<&Self> {
        self.keys.get(key).or(self.other_keys.as_deref())
    }
}
