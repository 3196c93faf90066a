//! Checks a tree against the published schema and says what is wrong in the words of the language.
//!
//! Every mistake is reported. What it is in is then taken out with all that follows from it (`prune`), and names are remembered
//! as [`Refused`], so that later passes can still judge the rest and nothing that refers to it is called a second mistake.

mod choose;
mod lookup;
mod patterns;
mod prune;
mod wording;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;

use self::choose::choose;
use self::prune::prune;
use self::wording::Checker;
use super::expand::drop_notes;
use super::form::form;
use super::schema::schema;
use crate::diagnostic::{Code, Findings, nearest};
use crate::source::{At, Node, Place, Sources, Value, is_secret_name};

/// The published schema as code, made when agcgen is built. It says whether a spec fits, and most do: to make [`VALIDATOR`]
/// takes longer than to compile a spec. A test compares the file with what the structs say.
#[jsonschema::validator(
    path = "schema/agcgen.schema.json",
    draft = Draft202012,
    // No engine that pays only for long texts is made.
    pattern_options = { engine = regex, dfa_size_limit = 1 },
    methods = { is_valid = true, validate = false, iter_errors = false }
)]
struct Published;

/// Says what is wrong; the code above cannot (0.60.2 loses which key a `propertyNames` refuses). Both have one engine of patterns,
/// so that they agree. Every test that reads a spec fails where the schema is none.
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema())
        .expect("the schema is one")
});

/// What was taken out of the spec because it was wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused {
    names: BTreeSet<String>,
    workloads: BTreeSet<String>,
    routes: BTreeSet<String>,
}

impl Refused {
    /// Whether something of that name stood in the spec and was refused.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The names of those that are, or may be, workloads.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = &str> {
        self.workloads.iter().map(String::as_str)
    }

    /// Remembers a name.
    pub(crate) fn insert(&mut self, name: impl Into<String>) {
        self.names.insert(name.into());
    }

    /// Remembers the name of a workload.
    pub(super) fn insert_workload(&mut self, name: impl Into<String>) {
        let name = name.into();
        self.workloads.insert(name.clone());
        self.insert(name);
    }

    /// Whether a route of that name stood in the spec and was refused. Routes have names of their own: one may be called
    /// like a workload.
    pub(crate) fn contains_route(&self, name: &str) -> bool {
        self.routes.contains(name)
    }

    /// Remembers the name of a route.
    pub(super) fn insert_route(&mut self, name: impl Into<String>) {
        self.routes.insert(name.into());
    }
}

/// One mistake, before it is decided which of several at one place is said.
struct Mistake {
    code: Code,
    place: Place,
    message: String,
    label: String,
    help: Option<Help>,
    /// The key that is missing, where one is.
    missing: Option<String>,
    /// Another place that belongs to it, and what is there.
    related: Option<(Place, String)>,
}

/// What to do about a mistake.
enum Help {
    Say(String),
    /// Say it, and offer the replacement for what stands at the place.
    Replace(String, String),
}

/// The tree without what is wrong and what follows from it, and the names of what went. `None`: it is no spec.
pub(super) fn check(
    sources: &Sources,
    mut tree: Node,
    found: &mut Findings,
) -> Option<(Node, Refused)> {
    drop_notes(&mut tree, Some(form()));
    let json = tree.to_json();
    let mut checker = Checker {
        sources,
        tree: &tree,
        mistakes: Vec::new(),
        hidden: Vec::new(),
    };
    secret_values(&tree, &mut checker);
    if has_floats(&tree) {
        whole_floats(&tree, &At::root(), &mut checker);
    }
    if !Published::is_valid(&json) {
        values_beside_names(&tree, &At::root(), &mut checker);
        for error in VALIDATOR.iter_errors(&json) {
            let at = At::from_json_pointer(error.instance_path().as_str(), &json);
            checker.take(&at, error.kind());
        }
    }
    for at in &checker.hidden {
        found.hide(tree.locate(&Place::Value(at.clone())));
    }
    let mistakes = choose(checker.mistakes);
    for mistake in &mistakes {
        let span = tree.locate(&mistake.place);
        let finding = found.report(mistake.code, span, mistake.message.clone());
        finding.label(mistake.label.clone());
        if let Some((place, text)) = &mistake.related {
            finding.related(tree.locate(place), text.clone());
        }
        match &mistake.help {
            Some(Help::Say(help)) => {
                finding.help(help.clone());
            }
            Some(Help::Replace(help, text)) => {
                finding.fix(help.clone(), span, text.clone());
            }
            None => {}
        }
    }
    prune(tree, &mistakes)
}

/// A secret's value in the place of its name or its settings: refused, and kept out of every message.
fn secret_values(tree: &Node, checker: &mut Checker<'_>) {
    for resource in tree.get("resources").map(Node::entries).unwrap_or_default() {
        let Some(secrets) = resource.value.get("secrets") else {
            continue;
        };
        let at = At::root()
            .key("resources")
            .key(&resource.key)
            .key("secrets");
        match &secrets.value {
            Value::Map(entries) => {
                for secret in entries.iter().filter(|secret| holds_value(&secret.value)) {
                    let name = Some(secret.key.as_str());
                    checker.secret_value(at.key(&secret.key), &resource.key, name);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if is_with_value(item) {
                        checker.secret_value(at.index(index), &resource.key, name_in(item));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a secret's value stands there: anything but nothing and settings, or settings with a key that people put it under.
fn holds_value(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => items.iter().any(holds_value),
        Value::Map(entries) => entries
            .iter()
            .any(|entry| is_key_of_value(&entry.key) && holds_value(&entry.value)),
        _ => true,
    }
}

/// Whether people put a secret's value under that key of its settings.
fn is_key_of_value(key: &str) -> bool {
    matches!(key, "data" | "stringData" | "secret" | "default")
        || nearest(key, ["value"]).is_some()
        || is_secret_name(key)
}

/// Keys under which a list of maps has the names.
const KEYS_OF_NAMES: [&str; 3] = ["name", "key", "id"];

/// Whether a secret's value stands in an item of a list of names: `api-key: …`, or beside the name.
fn is_with_value(item: &Node) -> bool {
    let is_named = item.get("name").is_some_and(|name| name.text().is_some());
    item.entries()
        .iter()
        .any(|entry| (!is_named || is_key_of_value(&entry.key)) && holds_value(&entry.value))
}

/// The name of the secret in such an item, where there is no doubt.
fn name_in(item: &Node) -> Option<&str> {
    let named = KEYS_OF_NAMES
        .iter()
        .find_map(|key| item.get(key).and_then(Node::text));
    match item.entries() {
        [only] => Some(&only.key),
        _ if holds_value(item) => named,
        _ => None,
    }
}

/// Hides what stands beside the name of something secret, as in `{ name: DB_PASSWORD, value: … }`, wherever it is written.
fn values_beside_names(node: &Node, at: &At, checker: &mut Checker<'_>) {
    match &node.value {
        Value::Map(entries) => {
            let is_secret = KEYS_OF_NAMES
                .iter()
                .filter_map(|key| entries.get(key)?.value.text())
                .any(is_secret_name);
            for entry in entries.iter() {
                let at = at.key(&entry.key);
                if is_secret && is_key_of_value(&entry.key) {
                    checker.hidden.push(at);
                } else {
                    values_beside_names(&entry.value, &at, checker);
                }
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                values_beside_names(item, &at.index(index), checker);
            }
        }
        _ => {}
    }
}

/// Whether there is any: to name a place takes longer than to look at it.
fn has_floats(node: &Node) -> bool {
    match &node.value {
        Value::Float(_) => true,
        Value::Map(entries) => entries.iter().any(|entry| has_floats(&entry.value)),
        Value::List(items) => items.iter().any(has_floats),
        _ => false,
    }
}

/// A number such as `1.0`: whole to JSON Schema, but written with a fraction, and nothing in a spec takes one.
fn whole_floats(node: &Node, at: &At, checker: &mut Checker<'_>) {
    match &node.value {
        Value::Float(number) if number.fract() == 0.0 => checker.wrong_type_at(at),
        Value::Map(entries) => {
            for entry in entries.iter() {
                whole_floats(&entry.value, &at.key(&entry.key), checker);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                whole_floats(item, &at.index(index), checker);
            }
        }
        _ => {}
    }
}
