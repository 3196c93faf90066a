//! A spec as a tree that knows nothing of agcgen: read by a library, changed at one place, written with the place of
//! every key and value.

#![allow(
    dead_code,
    reason = "each test program includes this module and uses a part of it"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;

/// Positions from the root: in a map of its entries, in a list of its items.
pub(crate) type Path = Vec<usize>;

/// A map may hold one key twice here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Scalar(Value),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// Where an entry stands in the text; the key of an item of a list is empty.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub key: Range<usize>,
    pub value: Range<usize>,
}

/// A tree as text: JSON, which is YAML, an entry a line.
pub(crate) struct Written {
    pub text: String,
    pub places: BTreeMap<Path, Standing>,
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => Self::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
            scalar => Self::Scalar(scalar),
        }
    }
}

impl Tree {
    pub(crate) fn read(text: &str) -> Self {
        serde_yaml::from_str::<Value>(text)
            .expect("an example is YAML")
            .into()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find_map(|(name, value)| (name == key).then_some(value)),
            _ => None,
        }
    }

    pub(crate) fn at(&self, path: &[usize]) -> &Self {
        path.iter().fold(self, |tree, position| match tree {
            Self::Map(entries) => &entries[*position].1,
            Self::List(items) => &items[*position],
            Self::Scalar(_) => unreachable!("nothing is below a scalar"),
        })
    }

    pub(crate) fn at_mut(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |tree, position| match tree {
            Self::Map(entries) => &mut entries[*position].1,
            Self::List(items) => &mut items[*position],
            Self::Scalar(_) => unreachable!("nothing is below a scalar"),
        })
    }

    /// The keys on the way; `[]` for an item of a list.
    pub(crate) fn keys(&self, path: &[usize]) -> Vec<String> {
        let mut tree = self;
        path.iter()
            .map(|position| match tree {
                Self::Map(entries) => {
                    tree = &entries[*position].1;
                    entries[*position].0.clone()
                }
                Self::List(items) => {
                    tree = &items[*position];
                    "[]".to_owned()
                }
                Self::Scalar(_) => unreachable!("nothing is below a scalar"),
            })
            .collect()
    }

    /// Everything below the root, in order.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let below = match self {
            Self::Scalar(_) => return Vec::new(),
            Self::List(items) => items.iter().collect::<Vec<_>>(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        };
        let mut paths = Vec::new();
        for (position, tree) in below.into_iter().enumerate() {
            paths.push(vec![position]);
            paths.extend(tree.paths().into_iter().map(|mut path| {
                path.insert(0, position);
                path
            }));
        }
        paths
    }

    pub(crate) fn write(&self) -> Written {
        let mut written = Written {
            text: String::new(),
            places: BTreeMap::new(),
        };
        let mut path = Path::new();
        self.write_into(&mut written, &mut path);
        written.places.insert(
            Path::new(),
            Standing {
                key: 0..0,
                value: 0..written.text.len(),
            },
        );
        written.text.push('\n');
        written
    }

    fn write_into(&self, written: &mut Written, path: &mut Path) {
        let (open, close, below): (char, char, Vec<(Option<&str>, &Self)>) = match self {
            Self::Scalar(value) => return written.text.push_str(&value.to_string()),
            Self::List(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
            Self::Map(entries) => (
                '{',
                '}',
                entries
                    .iter()
                    .map(|(key, value)| (Some(key.as_str()), value))
                    .collect(),
            ),
        };
        written.text.push(open);
        for (position, (key, tree)) in below.into_iter().enumerate() {
            written
                .text
                .push_str(if position == 0 { "\n" } else { ",\n" });
            path.push(position);
            written.text.push_str(&"  ".repeat(path.len()));
            let start = written.text.len();
            if let Some(key) = key {
                written.text.push_str(&Value::from(key).to_string());
            }
            let key_end = written.text.len();
            if key.is_some() {
                written.text.push_str(": ");
            }
            let value_start = written.text.len();
            tree.write_into(written, path);
            written.places.insert(
                path.clone(),
                Standing {
                    key: start..key_end,
                    value: value_start..written.text.len(),
                },
            );
            path.pop();
        }
        written.text.push(close);
    }
}

impl Written {
    /// Whether a finding stands at the entry, or at the key or the beginning of the value of what it is in. For what
    /// was deleted the path is that of what it was in.
    pub(crate) fn is_at(&self, path: &[usize], deleted: bool, span: &Range<usize>) -> bool {
        let within =
            |place: &Standing| span.start >= place.key.start && span.end <= place.value.end;
        let (own, parent) = match path.split_last() {
            Some((_, parent)) if !deleted => (within(&self.places[path]), parent),
            _ => (false, path),
        };
        let parent = &self.places[parent];
        own || *span == parent.key || span.start == parent.value.start
    }
}

/// What the schema calls a path: `<name>` for what people name, `(kind)` behind a resource. `None` where it knows none.
pub(crate) fn label(schema: &Value, tree: &Tree, path: &[usize]) -> Option<String> {
    let keys = tree.keys(path);
    let mut label = String::new();
    for (depth, key) in keys.iter().enumerate() {
        let here = schema_of(schema, tree, &path[..depth])?;
        schema_of(schema, tree, &path[..=depth])?;
        let above = tree.at(&path[..depth]);
        let kind = here.get("allOf").and_then(|_| above.get("kind"));
        if let Some(Tree::Scalar(Value::String(kind))) = kind {
            label.extend(["(", kind, ")"]);
        }
        let known = |part: &Value| part["properties"].get(key.as_str()).is_some();
        let branches = here["allOf"].as_array().map_or(&[][..], Vec::as_slice);
        label.push('.');
        if key == "[]" || known(here) || branches.iter().any(|branch| known(&branch["then"])) {
            label.push_str(key);
        } else {
            label.push_str("<name>");
        }
    }
    Some(label)
}

/// Every label of a schema under which text can stand; behind `<name>` stands the name itself.
pub(crate) fn labels_of_text(schema: &Value) -> BTreeSet<String> {
    fn walk(schema: &Value, label: &str, labels: &mut BTreeSet<String>) {
        let is_text = match &schema["type"] {
            Value::Array(types) => types.iter().any(|name| name == "string"),
            name => name == "string",
        };
        if is_text {
            labels.insert(label.to_owned());
        }
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            walk(inner, &format!("{label}.{key}"), labels);
        }
        if schema["additionalProperties"].is_object() {
            let label = format!("{label}.<name>");
            labels.insert(format!("{label} itself"));
            walk(&schema["additionalProperties"], &label, labels);
        }
        if schema["items"].is_object() {
            walk(&schema["items"], &format!("{label}.[]"), labels);
        }
        for branch in schema["allOf"].as_array().into_iter().flatten() {
            let kind = branch["if"]["properties"]["kind"]["const"].as_str();
            if let Some(kind) = kind {
                walk(&branch["then"], &format!("{label}({kind})"), labels);
            }
        }
    }
    let mut labels = BTreeSet::new();
    walk(schema, "", &mut labels);
    labels
}

/// The part of a schema that stands for a path of keys, as [`Tree::keys`] gives it, in a spec.
pub(crate) fn schema_of<'s>(schema: &'s Value, tree: &Tree, path: &[usize]) -> Option<&'s Value> {
    let keys = tree.keys(path);
    keys.iter()
        .enumerate()
        .try_fold(schema, |schema, (depth, key)| {
            below(schema, key, tree.at(&path[..depth]))
        })
}

fn below<'s>(schema: &'s Value, key: &str, here: &Tree) -> Option<&'s Value> {
    if let Some(branches) = schema.get("allOf").and_then(Value::as_array) {
        let kind = here.get("kind");
        for branch in branches {
            let wanted = &branch["if"]["properties"]["kind"]["const"];
            if kind == Some(&Tree::Scalar(wanted.clone())) {
                return below(&branch["then"], key, here);
            }
        }
    }
    if key == "[]" {
        return schema.get("items");
    }
    schema
        .get("properties")
        .and_then(|properties| properties.get(key))
        .or_else(|| {
            schema
                .get("additionalProperties")
                .filter(|more| more.is_object())
        })
}
