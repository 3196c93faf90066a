//! What a value must be like, as data: the words in which the other files of this folder say it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Fault;
use crate::source::At;

/// What a value must be like.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A text.
    Text(&'static Text),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number.
    Number(&'static Number),
    /// One of some whole numbers.
    OneOf(&'static [u16]),
    /// True or false.
    Flag,
    /// A list.
    List(&'static List),
    /// An object with fields.
    Object(&'static Object),
    /// A map of texts to texts, with any keys.
    Map(&'static TextMap),
    /// An object that the server drops: its fields must be known, and may say anything.
    Dropped(&'static Object),
    /// Anything at all.
    Any,
}

/// A text.
pub(super) struct Text {
    /// Least characters: 0 or 1.
    pub least: usize,
    /// Most characters.
    pub most: usize,
    /// Whether it is written right.
    pub fits: fn(&str) -> bool,
    /// What to say if not.
    pub why: &'static str,
}

impl Text {
    /// Any text up to a length.
    pub(super) const fn up_to(most: usize) -> Self {
        Self {
            least: 0,
            most,
            fits: |_| true,
            why: "",
        }
    }

    /// The same, but not empty.
    pub(super) const fn not_empty(self) -> Self {
        Self { least: 1, ..self }
    }

    /// The same, in a form of its own.
    pub(super) const fn like(self, fits: fn(&str) -> bool, why: &'static str) -> Self {
        Self { fits, why, ..self }
    }
}

/// A whole number.
pub(super) struct Number {
    pub least: i64,
    pub most: i64,
    /// What it is, as a sentence: `a port is 1 to 65535`.
    pub what: &'static str,
}

/// A list.
pub(super) struct List {
    pub of: Form,
    /// Fewest items: 0 or 1.
    pub least: usize,
    /// Most items.
    pub most: usize,
    /// What no two items may share.
    pub unique: Unique,
    /// What holds between items.
    pub rule: ListRule,
}

/// What holds between the items of a list; faults go to the end.
type ListRule = fn(&[Value], &At, &mut Vec<Fault>);

impl List {
    /// A list of anything up to a number of items.
    pub(super) const fn up_to(most: usize, of: Form) -> Self {
        Self {
            of,
            least: 0,
            most,
            unique: Unique::Nothing,
            rule: |_, _, _| {},
        }
    }

    /// The same, but not empty.
    pub(super) const fn not_empty(self) -> Self {
        Self { least: 1, ..self }
    }

    /// The same, with items of which no two share something.
    pub(super) const fn unique(self, unique: Unique) -> Self {
        Self { unique, ..self }
    }

    /// The same, with a rule between items.
    pub(super) const fn ruled(self, rule: ListRule) -> Self {
        Self { rule, ..self }
    }
}

/// What no two items of a list may share.
#[derive(Clone, Copy)]
pub(super) enum Unique {
    /// They may be equal.
    Nothing,
    /// No two are equal.
    Item,
    /// No two have the same value of a field.
    By(&'static str),
}

/// An object with fields.
pub(super) struct Object {
    pub fields: &'static [Field],
    /// Whether there may be other fields; nothing is said of them.
    pub is_open: bool,
    /// Fields of the experimental channel alone.
    pub experimental: &'static [&'static str],
    /// What holds between fields.
    pub rule: ObjectRule,
}

/// What holds between the fields of an object; faults go to the end.
type ObjectRule = fn(&Map<String, Value>, &At, &mut Vec<Fault>);

impl Object {
    /// An object with these fields and no others.
    pub(super) const fn of(fields: &'static [Field]) -> Self {
        Self {
            fields,
            is_open: false,
            experimental: &[],
            rule: |_, _, _| {},
        }
    }

    /// The same, with others beside them.
    pub(super) const fn open(self) -> Self {
        Self {
            is_open: true,
            ..self
        }
    }

    /// The same, and these are known to be of the experimental channel.
    pub(super) const fn but_not(self, experimental: &'static [&'static str]) -> Self {
        Self {
            experimental,
            ..self
        }
    }

    /// The same, with a rule between fields.
    pub(super) const fn ruled(self, rule: ObjectRule) -> Self {
        Self { rule, ..self }
    }
}

/// A map of texts to texts.
pub(super) struct TextMap {
    /// Most entries.
    pub most: usize,
    pub key: &'static Text,
    pub value: &'static Text,
}

/// A field of an object.
pub(super) struct Field {
    pub name: &'static str,
    pub is_required: bool,
    pub form: Form,
}

/// A field that must be there.
pub(super) const fn must(name: &'static str, form: Form) -> Field {
    Field {
        name,
        is_required: true,
        form,
    }
}

/// A field that may be there.
pub(super) const fn may(name: &'static str, form: Form) -> Field {
    Field {
        name,
        is_required: false,
        form,
    }
}

/// The text of a field, or its default.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, name: &str, default: &'a str) -> &'a str {
    match fields.get(name) {
        Some(value) => value.as_str().unwrap_or_default(),
        None => default,
    }
}

/// The items of a field that is a list; none where it is missing.
pub(super) fn items<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    fields
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A field that is an object.
pub(super) fn object<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Option<&'a Map<String, Value>> {
    fields.get(name).and_then(Value::as_object)
}

/// The positions of items that are like an earlier one, by a key; an item without one is like no other. Not every pair is
/// compared: a list that the server does not limit may be as long as a file.
pub(super) fn repeated<'a, T: Ord>(
    list: &'a [Value],
    key: impl Fn(&'a Value) -> Option<T>,
) -> impl Iterator<Item = usize> {
    let mut earlier = BTreeSet::new();
    let keys = list.iter().map(key).enumerate();
    keys.filter_map(move |(index, key)| (!earlier.insert(key?)).then_some(index))
}
