//! Checks a tree against the published schema and says what is wrong in the words of the language.
//!
//! Every mistake is reported. What is wrong inside one workload, resource or route is then taken out whole and
//! remembered as [`Refused`], so that later passes can still judge the rest and nothing that refers to it is called a
//! second mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::expand::property;
use super::reserved::{FORMS, fits, is_reserved_key, is_reserved_word};
use super::resources::Resource;
use super::schema::schema;
use super::sugar::{FORMAT, NAMES, SHORT, WORDS};
use crate::diagnostic::{Code, Findings, listed, nearest, quoted};
use crate::source::{At, Entry, Node, Place, Sources, Step, Value};

static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(schema())
        .ok()
});

/// Blocks whose entries stand for themselves: one wrong entry says nothing about the others.
const NAMED_BLOCKS: &[&str] = &["workloads", "resources", "routes"];

/// What was taken out of the spec because it was wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refused {
    names: BTreeSet<String>,
}

impl Refused {
    /// Whether something of that name stood in the spec and was refused.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Remembers a name.
    pub(crate) fn insert(&mut self, name: impl Into<String>) {
        self.names.insert(name.into());
    }
}

/// One mistake, before it is decided which of several at one place is said.
struct Mistake {
    code: Code,
    place: Place,
    message: String,
    label: String,
    help: Option<Help>,
}

enum Help {
    Say(String),
    /// Say it, and offer the replacement for what stands at the place.
    Replace(String, String),
}

/// The tree without what is wrong, and the names of what went. `None`: what is left could not be judged.
pub(super) fn check(
    sources: &Sources,
    tree: &Node,
    found: &mut Findings,
) -> Option<(Node, Refused)> {
    let json = tree.to_json();
    let mut checker = Checker {
        sources,
        tree,
        mistakes: Vec::new(),
        hidden: Vec::new(),
    };
    secret_values(tree, &mut checker);
    let validator = VALIDATOR.as_ref()?;
    for error in validator.iter_errors(&json) {
        let at = At::from_json_pointer(error.instance_path().as_str(), &json);
        checker.take(&at, error.kind());
    }
    for at in &checker.hidden {
        found.hide(tree.locate(&Place::Value(at.clone())));
    }
    let mistakes = checker.settle();
    for mistake in &mistakes {
        let span = tree.locate(&mistake.place);
        let finding = found.report(mistake.code, span, mistake.message.clone());
        finding.label(mistake.label.clone());
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

/// A secret's value in the place of its settings: refused, and kept out of every message.
fn secret_values(tree: &Node, checker: &mut Checker<'_>) {
    for resource in tree.get("resources").map(Node::entries).unwrap_or_default() {
        let at = At::root()
            .key("resources")
            .key(&resource.key)
            .key("secrets");
        for secret in resource
            .value
            .get("secrets")
            .map(Node::entries)
            .unwrap_or_default()
        {
            if secret.key.starts_with("x-") {
                continue;
            }
            if let Value::Map(_) = secret.value.value {
                continue;
            }
            checker.hidden.push(at.key(&secret.key));
            let variable = crate::names::secret_variable(&resource.key, &secret.key);
            checker.mistakes.push(Mistake {
                code: Code::AGC0404,
                place: Place::Value(at.key(&secret.key)),
                message: format!("the value of the secret `{}` does not belong in the spec", secret.key),
                label: "value not shown".to_owned(),
                help: Some(Help::Say(format!(
                    "write `secrets: [{}]` and give the value to the deployment in {variable}; treat this one as leaked \
                     if it was committed",
                    secret.key
                ))),
            });
        }
    }
}

struct Checker<'a> {
    sources: &'a Sources,
    tree: &'a Node,
    mistakes: Vec<Mistake>,
    /// Values that messages do not show.
    hidden: Vec<At>,
}

impl Checker<'_> {
    fn say(
        &mut self,
        code: Code,
        place: Place,
        message: String,
        label: impl Into<String>,
        help: Option<Help>,
    ) {
        self.mistakes.push(Mistake {
            code,
            place,
            message,
            label: label.into(),
            help,
        });
    }

    /// Puts one error of the validator into words.
    fn take(&mut self, at: &At, kind: &Kind) {
        let (node, _) = self.tree.follow(at.steps());
        let schema = schema_at(self.tree, at);
        let value = Place::Value(at.clone());
        match kind {
            Kind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    self.unknown_key(at, key, schema);
                }
            }
            Kind::Required { property } => {
                self.missing_key(at, property.as_str().unwrap_or_default(), schema);
            }
            Kind::Type { .. } => self.wrong_type(at, node, schema),
            Kind::Enum { options } => {
                let words: Vec<&str> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                self.unknown_word(at, node, &words);
            }
            Kind::Pattern { .. } => self.wrong_form(at, node, schema),
            Kind::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default();
                self.wrong_name(Place::Key(at.key(key)), key);
            }
            Kind::MinProperties { .. }
            | Kind::MaxProperties { .. }
            | Kind::MinItems { .. }
            | Kind::MaxItems { .. } => {
                self.wrong_count(at, node, schema, kind);
            }
            Kind::UniqueItems => self.say(
                Code::AGC0002,
                value,
                format!("{} names something twice", name_of(at)),
                "one of them is too many",
                Some(Help::Say("keep each once".to_owned())),
            ),
            Kind::Minimum { limit } => {
                let message = format!("{} must be at least {limit}", name_of(at));
                self.say(Code::AGC0014, value, message, "too small", None);
            }
            Kind::Maximum { limit } => {
                let message = format!("{} must be at most {limit}", name_of(at));
                self.say(Code::AGC0014, value, message, "too large", None);
            }
            Kind::MinLength { limit } => {
                let message = format!("{} must have at least {limit} characters", name_of(at));
                self.say(Code::AGC0014, value, message, "too short", None);
            }
            Kind::MaxLength { limit } => {
                let message = format!("{} must have at most {limit} characters", name_of(at));
                let length = node.text().map_or(0, |text| text.chars().count());
                self.say(
                    Code::AGC0014,
                    value,
                    message,
                    format!("{length} characters"),
                    None,
                );
            }
            other => {
                let message = format!(
                    "{} does not fit the language ({})",
                    name_of(at),
                    other.keyword()
                );
                self.say(Code::AGC0017, value, message, "", None);
            }
        }
    }

    fn unknown_key(&mut self, at: &At, key: &str, schema: Option<&Json>) {
        let place = Place::Key(at.key(key));
        // Whatever it was meant to be, a misspelt `password` among them: its value is nobody's business.
        self.hidden.push(at.key(key));
        let known = keys_of(schema, self.tree.follow(at.steps()).0.entries());
        if is_reserved_key(&words_of(at), key) {
            self.say(
                Code::AGC0016,
                place,
                format!("`{key}` is not in this version of agcgen"),
                format!("{} has: {}", block_of(at), listed(&known)),
                Some(Help::Say(
                    "it comes with a later version; leave it out until then, or keep it under a key that begins with `x-`"
                        .to_owned(),
                )),
            );
            return;
        }
        let (node, _) = self.tree.follow(at.steps());
        let free = known
            .iter()
            .copied()
            .filter(|known| node.get(known).is_none());
        let help = match nearest(key, free) {
            Some(near) => Help::Replace(format!("did you mean `{near}`?"), near.to_owned()),
            None => Help::Say("remove it, or begin it with `x-` to keep it as a note".to_owned()),
        };
        self.say(
            Code::AGC0010,
            place,
            format!("unknown key {}", quoted(key)),
            format!("{} has: {}", block_of(at), listed(&known)),
            Some(help),
        );
    }

    fn missing_key(&mut self, at: &At, key: &str, schema: Option<&Json>) {
        let example = schema
            .and_then(|schema| schema.get("properties"))
            .and_then(|all| all.get(key))
            .and_then(|property| property.get("examples"))
            .and_then(|list| list.get(0));
        let help = example
            .map(|example| Help::Say(format!("add it, for instance `{key}: {}`", inline(example))));
        let place = if at.steps().is_empty() {
            Place::Value(at.clone())
        } else {
            Place::Key(at.clone())
        };
        self.say(
            Code::AGC0011,
            place,
            format!("{} has no `{key}`", block_of(at)),
            format!("`{key}` is missing"),
            help,
        );
    }

    fn wrong_type(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let place = Place::Value(at.clone());
        let path = words_of(at);
        let name = name_of(at);
        let raw = self.raw(node);
        if let Some(form) = FORMS
            .iter()
            .find(|form| fits(form.at, &path) && form.type_name == node.type_name())
        {
            return self.say(
                Code::AGC0016,
                place,
                format!(
                    "{} ({}) is not in this version of agcgen",
                    form.meaning, name
                ),
                node.type_name(),
                Some(Help::Say(
                    "it comes with a later version; leave it out until then".to_owned(),
                )),
            );
        }
        let types = expected_types(schema);
        let takes_text = types.contains(&"string");
        let keyword = |key: &str| schema.and_then(|schema| schema.get(key));
        match &node.value {
            Value::Integer(_) | Value::Float(_)
                if keyword(FORMAT) == Some(&Json::from("duration")) =>
            {
                return self.needs_unit(at, &raw);
            }
            Value::Bool(_) if takes_text => {
                return self.say(
                    Code::AGC0018,
                    place,
                    format!("`{raw}` is a YAML boolean, {name} is text"),
                    "programs differ on `true` and `True`",
                    Some(Help::Replace(
                        format!("write \"{raw}\""),
                        format!("\"{raw}\""),
                    )),
                );
            }
            Value::Integer(_) | Value::Float(_) if takes_text => {
                let number = match &node.value {
                    Value::Float(number) => number.to_string(),
                    Value::Integer(number) => number.to_string(),
                    _ => String::new(),
                };
                let label = if number == raw {
                    "a number".to_owned()
                } else {
                    format!("read as {number}")
                };
                return self.say(
                    Code::AGC0018,
                    place,
                    format!("`{raw}` is the number {number}, {name} is text"),
                    label,
                    Some(Help::Replace(
                        format!("write \"{raw}\""),
                        format!("\"{raw}\""),
                    )),
                );
            }
            Value::List(_) if keyword(NAMES).is_some() && keyword(SHORT).is_none() => {
                let why = if path == ["routes"] {
                    "the order of routes has no meaning in Gateway API"
                } else {
                    "each has a name, and order has no meaning"
                };
                let example = example_of(schema_at(self.tree, &at.parent()), path.last().copied());
                return self.say(
                    Code::AGC0015,
                    place,
                    format!("{name} is a map of names, not a list"),
                    why,
                    example.map(|example| {
                        Help::Say(format!("write `{}: {example}`", path.last().unwrap_or(&"")))
                    }),
                );
            }
            _ => {}
        }
        let wanted: Vec<String> = types.iter().map(|name| type_word(name)).collect();
        let wanted = match wanted.as_slice() {
            [] => "something else".to_owned(),
            [one] => one.clone(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        };
        let example = example_of(schema_at(self.tree, &at.parent()), path.last().copied());
        let help = match (&node.value, example) {
            (Value::Null, None) => Some(Help::Say("give it a value, or remove the key".to_owned())),
            (_, Some(example)) => Some(Help::Say(format!(
                "for instance `{}: {example}`",
                path.last().copied().unwrap_or_default()
            ))),
            _ => None,
        };
        self.say(
            Code::AGC0012,
            place,
            format!("{name} takes {wanted}, not {}", node.type_name()),
            node.type_name(),
            help,
        );
    }

    fn needs_unit(&mut self, at: &At, raw: &str) {
        let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
        let help = if digits.is_empty() || digits.len() > 5 {
            Help::Say("write a number with `h`, `m`, `s` or `ms`, such as `90s`".to_owned())
        } else {
            Help::Replace(format!("write `{digits}s`"), format!("{digits}s"))
        };
        self.say(
            Code::AGC0019,
            Place::Value(at.clone()),
            format!("{} needs a duration with its unit", name_of(at)),
            "no unit",
            Some(help),
        );
    }

    fn unknown_word(&mut self, at: &At, node: &Node, words: &[&str]) {
        let word = node.text().unwrap_or_default();
        let path = words_of(at);
        let is_kind = fits("resources.*.kind", &path);
        if is_reserved_word(&path, word) {
            let what = if is_kind { "kind" } else { "word" };
            return self.say(
                Code::AGC0016,
                Place::Value(at.clone()),
                format!("the {what} `{word}` is not in this version of agcgen"),
                format!("it has: {}", listed(words)),
                Some(Help::Say(
                    "it comes with a later version; leave it out until then".to_owned(),
                )),
            );
        }
        if !matches!(node.value, Value::Text(_)) {
            return self.wrong_type(at, node, schema_at(self.tree, at));
        }
        let near = nearest(word, words.iter().copied());
        let help = match near {
            Some(near) => Some(Help::Replace(
                format!("did you mean `{near}`?"),
                near.to_owned(),
            )),
            None if is_kind => reserved_kind_near(word)
                .or_else(|| Some(Help::Say("write one of the kinds above".to_owned()))),
            None => Some(Help::Say("write one of the words above".to_owned())),
        };
        let (code, message) = if is_kind {
            (Code::AGC0501, format!("unknown kind {}", quoted(word)))
        } else {
            (
                Code::AGC0013,
                format!("{} does not know {}", name_of(at), quoted(word)),
            )
        };
        let label = if is_kind {
            let kinds = Resource::KINDS;
            format!("{} kinds: {}", kinds.len(), listed(kinds))
        } else {
            format!("it takes: {}", listed(words))
        };
        self.say(code, Place::Value(at.clone()), message, label, help);
    }

    fn wrong_form(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let keyword = |key: &str| schema.and_then(|schema| schema.get(key));
        if let Some(words) = keyword(WORDS).and_then(Json::as_array) {
            let words: Vec<&str> = words.iter().filter_map(Json::as_str).collect();
            return self.unknown_word(at, node, &words);
        }
        let text = node.text().unwrap_or_default();
        match keyword(FORMAT).and_then(Json::as_str) {
            Some("duration") => return self.needs_unit(at, text),
            Some("quantity") => {
                return self.say(
                    Code::AGC0017,
                    Place::Value(at.clone()),
                    format!("{} is not a quantity: {}", name_of(at), quoted(text)),
                    "not a number with an optional unit",
                    Some(Help::Say(
                        "write CPU as `250m` or `2`, memory as `256Mi` or `1Gi`".to_owned(),
                    )),
                );
            }
            _ => {}
        }
        let is_name = keyword("pattern").and_then(Json::as_str) == Some(super::sugar::NAME_PATTERN)
            || keyword(SHORT).and_then(Json::as_str) == Some("names");
        if is_name {
            return self.wrong_name(Place::Value(at.clone()), text);
        }
        let (pattern, example) = (
            keyword("pattern")
                .and_then(Json::as_str)
                .unwrap_or_default(),
            keyword("examples").and_then(|list| list.get(0)),
        );
        let help = match example {
            Some(example) => format!("for instance `{}`", inline(example)),
            None => format!("it fits {pattern}"),
        };
        self.say(
            Code::AGC0017,
            Place::Value(at.clone()),
            format!("{} cannot be {}", name_of(at), quoted(text)),
            format!("does not fit `{pattern}`"),
            Some(Help::Say(help)),
        );
    }

    fn wrong_name(&mut self, place: Place, name: &str) {
        let mended: String = crate::names::as_name(name);
        let help = if mended.is_empty() || mended == name {
            Help::Say("use lower-case letters, digits and single `-`, beginning with a letter, at most 40".to_owned())
        } else {
            Help::Replace(format!("write `{mended}`"), mended)
        };
        self.say(
            Code::AGC0101,
            place,
            format!("{} cannot be a name", quoted(name)),
            "lower-case letters, digits and single `-`, at most 40",
            Some(help),
        );
    }

    fn wrong_count(&mut self, at: &At, node: &Node, schema: Option<&Json>, kind: &Kind) {
        let place = Place::Value(at.clone());
        let path = words_of(at);
        let name = name_of(at);
        if fits("routes.*.to", &path)
            && matches!(kind, Kind::MaxProperties { .. } | Kind::MaxItems { .. })
        {
            return self.say(
                Code::AGC0016,
                place,
                "a route to several workloads is not in this version of agcgen".to_owned(),
                "more than one workload",
                Some(Help::Say(
                    "name one workload; weights come with a later version".to_owned(),
                )),
            );
        }
        let both = ["minProperties", "maxProperties"]
            .iter()
            .all(|key| schema.and_then(|schema| schema.get(*key)) == Some(&Json::from(1)));
        if both && schema.is_some_and(|schema| schema.get("properties").is_some()) {
            let keys = keys_of(schema, node.entries());
            return self.say(
                Code::AGC0017,
                place,
                format!("{name} takes exactly one of {}", listed(&keys)),
                if node.entries().is_empty() {
                    "none of them"
                } else {
                    "more than one"
                },
                None,
            );
        }
        let (message, label) = match kind {
            Kind::MinProperties { limit } | Kind::MinItems { limit } => {
                (format!("{name} needs at least {limit}"), "too few")
            }
            Kind::MaxProperties { limit } | Kind::MaxItems { limit } => {
                (format!("{name} takes at most {limit}"), "too many")
            }
            _ => return,
        };
        self.say(Code::AGC0014, place, message, label, None);
    }

    /// What stands there, to the letter; the first line of it, where it is long.
    fn raw(&self, node: &Node) -> String {
        let text = &self.sources.get(node.span.source).text;
        let part = text.get(node.span.range()).unwrap_or_default();
        part.lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect()
    }

    /// Of several mistakes at one place, or at one place and below it, the one that says most.
    fn settle(self) -> Vec<Mistake> {
        let later_blocks: BTreeSet<At> = self
            .mistakes
            .iter()
            .filter(|mistake| mistake.code == Code::AGC0016)
            .map(|mistake| match &mistake.place {
                Place::Key(at) => at.parent(),
                Place::Value(at) => at.clone(),
            })
            .collect();
        let misspelt: BTreeSet<(At, String)> = self
            .mistakes
            .iter()
            .filter_map(|mistake| match (&mistake.help, &mistake.place) {
                (Some(Help::Replace(_, word)), Place::Key(at)) => Some((at.parent(), word.clone())),
                _ => None,
            })
            .collect();
        let whole: Vec<At> = self
            .mistakes
            .iter()
            .filter(|mistake| matches!(mistake.code, Code::AGC0404 | Code::AGC0016 | Code::AGC0015))
            .map(|mistake| mistake.place.at().clone())
            .collect();
        let mut kept: BTreeMap<At, Mistake> = BTreeMap::new();
        let mut order: Vec<At> = Vec::new();
        for mistake in self.mistakes {
            let at = mistake.place.at().clone();
            if mistake.code == Code::AGC0011 {
                let missing = mistake
                    .label
                    .trim_start_matches('`')
                    .split('`')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                if later_blocks.contains(&at) || misspelt.contains(&(at.clone(), missing.clone())) {
                    continue;
                }
                let slot = at.key(missing);
                order.push(slot.clone());
                kept.insert(slot, mistake);
                continue;
            }
            if whole
                .iter()
                .any(|outer| at != *outer && at.is_within(outer))
            {
                continue;
            }
            match kept.get(&at) {
                Some(earlier) if weight(earlier.code) >= weight(mistake.code) => {}
                Some(_) => {
                    kept.insert(at, mistake);
                }
                None => {
                    order.push(at.clone());
                    kept.insert(at, mistake);
                }
            }
        }
        order
            .into_iter()
            .filter_map(|at| kept.remove(&at))
            .collect()
    }
}

/// Which of two mistakes at one place is said.
fn weight(code: Code) -> u8 {
    match code {
        Code::AGC0404 => 5,
        Code::AGC0016 => 4,
        Code::AGC0015 | Code::AGC0018 | Code::AGC0019 => 3,
        Code::AGC0012 => 2,
        Code::AGC0014 => 0,
        _ => 1,
    }
}

fn reserved_kind_near(word: &str) -> Option<Help> {
    let kinds = super::reserved::WORDS
        .iter()
        .find(|row| row.at == "resources.*.kind")
        .map(|row| row.words)
        .unwrap_or_default();
    nearest(word, kinds.iter().copied()).map(|near| {
        Help::Say(format!(
            "`{near}` comes with a later version of agcgen; this one has the kinds above"
        ))
    })
}

/// The path as words, list indices among them.
fn words_of(at: &At) -> Vec<&str> {
    at.steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "*",
        })
        .collect()
}

/// How a message calls the value at a path.
fn name_of(at: &At) -> String {
    match at.steps().last() {
        None => "the spec".to_owned(),
        Some(Step::Key(key)) => quoted(key),
        Some(Step::Index(index)) => format!("item {} of {}", index + 1, name_of(&at.parent())),
    }
}

/// How a message calls the block at a path.
fn block_of(at: &At) -> String {
    let path = words_of(at);
    match path.as_slice() {
        [] => "the spec".to_owned(),
        ["workloads", name] => format!("the workload {}", quoted(name)),
        ["resources", name] => format!("the resource {}", quoted(name)),
        ["routes", name] => format!("the route {}", quoted(name)),
        _ => name_of(at),
    }
}

/// The schema that holds for the value at a path.
fn schema_at<'a>(tree: &Node, at: &At) -> Option<&'a Json> {
    let mut schema = schema();
    let mut node = Some(tree);
    for step in at.steps() {
        let entries: &[Entry] = node.map(Node::entries).unwrap_or_default();
        match step {
            Step::Key(key) => {
                schema = property(schema, entries, key)?;
                node = node.and_then(|node| node.get(key));
            }
            Step::Index(index) => {
                schema = schema.get("items")?;
                node = match node.map(|node| &node.value) {
                    Some(Value::List(list)) => list.get(*index),
                    _ => None,
                };
            }
        }
    }
    Some(schema)
}

/// The keys that a block takes.
fn keys_of<'a>(schema: Option<&'a Json>, entries: &[Entry]) -> Vec<&'a str> {
    let Some(schema) = schema else {
        return Vec::new();
    };
    let mut keys: Vec<&str> = Vec::new();
    if let Some(Json::Object(properties)) = schema.get("properties") {
        keys.extend(properties.keys().map(String::as_str));
    }
    let kind = entries
        .iter()
        .find(|entry| entry.key == "kind")
        .and_then(|entry| entry.value.text());
    for branch in schema
        .get("allOf")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        if branch
            .pointer("/if/properties/kind/const")
            .and_then(Json::as_str)
            == kind
            && let Some(Json::Object(properties)) = branch.pointer("/then/properties")
        {
            keys.extend(
                properties
                    .keys()
                    .map(String::as_str)
                    .filter(|key| *key != "kind"),
            );
        }
    }
    keys
}

fn expected_types(schema: Option<&Json>) -> Vec<&str> {
    match schema.and_then(|schema| schema.get("type")) {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_word(name: &str) -> String {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a map",
        other => other,
    }
    .to_owned()
}

fn example_of(block: Option<&Json>, key: Option<&str>) -> Option<String> {
    let example = block?
        .get("properties")?
        .get(key?)?
        .get("examples")?
        .get(0)?;
    Some(inline(example))
}

/// A JSON value the way people write it on one line of a spec.
fn inline(value: &Json) -> String {
    match value {
        Json::String(text)
            if text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./:@+".contains(c)) =>
        {
            text.clone()
        }
        Json::Array(list) => format!(
            "[{}]",
            list.iter().map(inline).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(map) => {
            let parts: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", inline(value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// Takes out what is wrong: the whole workload, resource or route, or else the unknown key. `None` where that is not
/// possible.
fn prune(tree: &Node, mistakes: &[Mistake]) -> Option<(Node, Refused)> {
    let mut refused = Refused::default();
    let mut gone: Vec<At> = Vec::new();
    for mistake in mistakes {
        let at = mistake.place.at();
        match words_of(at).as_slice() {
            [block, name, ..] if NAMED_BLOCKS.contains(block) => {
                refused.insert(*name);
                gone.push(At::root().key(*block).key(*name));
            }
            path => {
                if !matches!(mistake.code, Code::AGC0010 | Code::AGC0016)
                    || !matches!(mistake.place, Place::Key(_))
                {
                    return None;
                }
                if let ["externals"] = path {
                    for entry in tree.get("externals").map(Node::entries).unwrap_or_default() {
                        refused.insert(entry.key.clone());
                    }
                }
                gone.push(at.clone());
            }
        }
    }
    Some((without(tree, &At::root(), &gone), refused))
}

fn without(node: &Node, at: &At, gone: &[At]) -> Node {
    if gone.is_empty() {
        return node.clone();
    }
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|entry| !gone.contains(&at.key(&entry.key)))
                .map(|entry| Entry {
                    value: without(&entry.value, &at.key(&entry.key), gone),
                    ..entry.clone()
                })
                .collect(),
        ),
        value => value.clone(),
    };
    Node {
        span: node.span,
        value,
    }
}
