//! The tree that a spec is read into.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{At, Place, Span, Step};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value stands.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What a node holds: the values of YAML 1.2's core schema, which are those of JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Entries),
}

/// The entries of a map in the order written, none with the key of another once it has been read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entries {
    list: Vec<Entry>,
    /// Positions in `list`, in the order of the keys: a map may be long, and each of its keys wrong. Nothing of a map of
    /// [`FEW`].
    by_key: Vec<usize>,
}

/// So many entries are looked through before a search by order has begun.
const FEW: usize = 8;

impl Entries {
    /// The entry with that key; the first, where it stands there again.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        if self.list.len() <= FEW {
            return self.list.iter().find(|entry| entry.key == key);
        }
        let at = self
            .by_key
            .partition_point(|&position| self.list[position].key.as_str() < key);
        let entry = &self.list[*self.by_key.get(at)?];
        (entry.key == key).then_some(entry)
    }

    /// The entries whose key stands there again, each behind the first that has it.
    pub(super) fn doubles(&self) -> impl Iterator<Item = (&Entry, &Entry)> {
        self.list.iter().filter_map(|again| {
            let first = self.get(&again.key)?;
            (!std::ptr::eq(first, again)).then_some((first, again))
        })
    }

    /// Drops every entry whose key stands there again.
    pub(super) fn keep_the_last_of_each(&mut self) {
        if self.doubles().next().is_none() {
            return;
        }
        let mut later = BTreeSet::new();
        let mut list = std::mem::take(&mut self.list);
        list.reverse();
        list.retain(|entry| later.insert(entry.key.clone()));
        list.reverse();
        *self = list.into();
    }

    /// The values, to be changed, each with its key.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&str, &mut Node)> {
        self.list
            .iter_mut()
            .map(|entry| (entry.key.as_str(), &mut entry.value))
    }

    /// Drops the entries whose key is not kept.
    pub fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        if !self.list.iter().all(|entry| is_kept(&entry.key)) {
            let list = std::mem::take(&mut self.list);
            *self = list
                .into_iter()
                .filter(|entry| is_kept(&entry.key))
                .collect();
        }
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let list: Vec<Entry> = entries.into_iter().collect();
        let mut by_key = Vec::new();
        if list.len() > FEW {
            by_key.extend(0..list.len());
            // Of one key, the sort leaves the positions in their order.
            by_key.sort_by(|&left, &right| list[left].key.cmp(&list[right].key));
        }
        Self { list, by_key }
    }
}

impl From<Vec<Entry>> for Entries {
    fn from(entries: Vec<Entry>) -> Self {
        entries.into_iter().collect()
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.list
    }
}

impl IntoIterator for Entries {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// How many keys and values it is, itself counted. A long text is as many as would take its room.
    pub(super) fn size(&self) -> usize {
        /// About what a value without text takes, in bytes.
        const ROOM: usize = 32;
        let text = |text: &str| text.len() / ROOM;
        1 + match &self.value {
            Value::List(items) => items.iter().map(Self::size).sum(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| 1 + text(&entry.key) + entry.value.size())
                .sum(),
            Value::Text(value) => text(value),
            _ => 0,
        }
    }

    /// The entries, if this is a map.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of a map with that key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The value of a map under that key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text, if this is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word for this type that messages use.
    pub fn type_name(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Follows the steps as far as they go: the last node reached, and whether all steps were taken.
    pub fn follow(&self, steps: &[Step]) -> (&Node, bool) {
        let mut node = self;
        for step in steps {
            let next = match (step, &node.value) {
                (Step::Key(key), Value::Map(_)) => node.get(key),
                (Step::Index(index), Value::List(list)) => list.get(*index),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return (node, false),
            }
        }
        (node, true)
    }

    /// Where a place stands; the nearest parent that exists where it does not.
    pub fn locate(&self, place: &Place) -> Span {
        let (span, _) = match place {
            Place::Key(at) => self.locate_key(at),
            Place::Value(at) => self.locate_value(at),
        };
        span
    }

    /// Where the last key of a path stands, or its value if it ends in a list, and whether it does; the nearest parent that
    /// exists where it does not.
    pub(crate) fn locate_key(&self, at: &At) -> (Span, bool) {
        let Some((Step::Key(key), parents)) = at.steps().split_last() else {
            return self.locate_value(at);
        };
        let (parent, whole) = self.follow(parents);
        match parent.entry(key) {
            Some(entry) if whole => (entry.key_span, true),
            _ => (self.nearest(parents), false),
        }
    }

    /// Where the value of a path stands, and whether it does; the nearest parent that exists where it does not.
    pub(crate) fn locate_value(&self, at: &At) -> (Span, bool) {
        let (node, whole) = self.follow(at.steps());
        let span = if whole {
            node.span
        } else {
            self.nearest(at.steps())
        };
        (span, whole)
    }

    /// The key of the deepest existing node on the way, so that a message about something missing points at a name.
    fn nearest(&self, steps: &[Step]) -> Span {
        for length in (1..=steps.len()).rev() {
            let (node, whole) = self.follow(&steps[..length]);
            if !whole {
                continue;
            }
            if let Step::Key(key) = &steps[length - 1]
                && let (parent, true) = self.follow(&steps[..length - 1])
                && let Some(entry) = parent.entry(key)
            {
                return entry.key_span;
            }
            return node.span;
        }
        match self.entries().first() {
            Some(first) => first.key_span,
            None => self.span,
        }
    }

    /// The same value as JSON, without spans.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Integer(value) => Json::from(*value),
            Value::Float(value) => {
                serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number)
            }
            Value::Text(text) => Json::String(text.clone()),
            Value::List(list) => Json::Array(list.iter().map(Node::to_json).collect()),
            Value::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_json()))
                    .collect(),
            ),
        }
    }

    /// [`Node::to_json`] of a tree that is not needed any more.
    pub fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.value {
            Value::Text(text) => Json::String(text),
            Value::List(list) => Json::Array(list.into_iter().map(Self::into_json).collect()),
            Value::Map(entries) => Json::Object(
                entries
                    .into_iter()
                    .map(|entry| (entry.key, entry.value.into_json()))
                    .collect(),
            ),
            _ => self.to_json(),
        }
    }
}
