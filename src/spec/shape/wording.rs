//! Puts what the validator says into the words of the language: what is wrong, why, and what to do.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::super::azure::Azure;
use super::super::block::{Block, example_in, properties_in, types_in};
use super::super::meant::meant;
use super::super::reserved::{self, FORMS, fits, is_reserved_word, reserved_keys};
use super::super::resources::Resource;
use super::super::sugar::{FORMAT, NAME_PATTERN, NAMES, SHORT, WORDS};
use super::super::tests::TITLE_MOST;
use super::lookup::{block_of, inline, name_of, schema_at, type_word, words_of};
use super::patterns::asked;
use super::{Help, Mistake};
use crate::diagnostic::{Code, listed, nearest, quoted};
use crate::names::{as_name, secret_variable};
use crate::source::{
    At, Node, Place, SECRET_NAMES, Sources, Step, Value, is_secret_name, looks_like_credential,
};

/// Most characters that a help asks anybody to type: the longest id of a workspace, and a little more.
const MOST_TYPED: usize = 300;

/// What stands between the parts of an address, and of the target of a connection.
const SEPARATORS: [char; 3] = [':', '/', '.'];

/// Collects the mistakes of one spec.
pub(super) struct Checker<'a> {
    pub(super) sources: &'a Sources,
    pub(super) tree: &'a Node,
    pub(super) mistakes: Vec<Mistake>,
    /// Values that messages do not show.
    pub(super) hidden: Vec<At>,
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
            missing: None,
            related: None,
        });
    }

    /// Puts one error of the validator into words.
    pub(super) fn take(&mut self, at: &At, kind: &Kind) {
        let (node, _) = self.tree.follow(at.steps());
        let schema = schema_at(self.tree, at);
        let value = Place::Value(at.clone());
        match kind {
            Kind::AdditionalProperties { .. } if self.meant(at, node, schema).is_some() => {
                self.wrong_choice(at, node, schema);
            }
            Kind::AdditionalProperties { unexpected } => {
                let keys = Keys::of(at, node, schema);
                for key in unexpected {
                    self.unknown_key(at, node, key, unexpected, &keys);
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
                if words_of(at) == ["tests"] {
                    self.wrong_title(Place::Key(at.key(key)), key);
                } else {
                    self.wrong_name(Place::Key(at.key(key)), key);
                }
            }
            Kind::MinProperties { .. }
            | Kind::MaxProperties { .. }
            | Kind::MinItems { .. }
            | Kind::MaxItems { .. } => {
                self.wrong_count(at, node, schema, kind);
            }
            Kind::UniqueItems => self.repeated_items(at, node, schema),
            Kind::Minimum { limit } => {
                let message = format!("{} must be at least {limit}", name_of(at));
                self.say(Code::AGC0014, value, message, "too small", self.range(at));
            }
            Kind::Maximum { limit } => {
                let message = format!("{} must be at most {limit}", name_of(at));
                self.say(Code::AGC0014, value, message, "too large", self.range(at));
            }
            Kind::MinLength { limit } => {
                let message = format!("{} must have at least {limit} characters", name_of(at));
                self.say(Code::AGC0014, value, message, "too short", self.range(at));
            }
            Kind::MaxLength { limit } => {
                let message = format!("{} must have at most {limit} characters", name_of(at));
                let length = node.text().map_or(0, |text| text.chars().count());
                self.say(
                    Code::AGC0014,
                    value,
                    message,
                    format!("{length} characters"),
                    self.range(at),
                );
            }
            other => {
                let message = format!(
                    "{} does not fit the language ({})",
                    name_of(at),
                    other.keyword()
                );
                let help = self
                    .for_instance(at)
                    .unwrap_or_else(|| "`agcgen schema` prints what it takes".to_owned());
                self.say(Code::AGC0017, value, message, "", Some(Help::Say(help)));
            }
        }
    }

    /// The value of a secret, which stands at a place in the spec.
    pub(super) fn secret_value(&mut self, at: At, resource: &str, name: Option<&str>) {
        self.hidden.push(at.clone());
        let (which, what_to_do) = match name.and_then(shown_name) {
            Some(name) => {
                let variable = secret_variable(resource, &name);
                (
                    format!("the secret `{name}`"),
                    format!(
                        "write `secrets: [{name}]` and give the value to the deployment in {variable}"
                    ),
                )
            }
            None => (
                "a secret".to_owned(),
                "write its name alone, such as `secrets: [api-key]`, and give the value to the deployment"
                    .to_owned(),
            ),
        };
        self.say(
            Code::AGC0404,
            Place::Value(at),
            format!("the value of {which} does not belong in the spec"),
            "value not shown",
            Some(Help::Say(format!(
                "{what_to_do}; treat this one as leaked if it was committed"
            ))),
        );
    }

    /// Items that stand in the list before: each is wrong where it stands again. One that no such list takes is wrong in itself,
    /// and may be nobody's business.
    fn repeated_items(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let Value::List(items) = &node.value else {
            return;
        };
        let validator = schema
            .and_then(|schema| schema.get("items"))
            .and_then(|schema| jsonschema::validator_for(schema).ok());
        let name = name_of(at);
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            let is_taken = validator
                .as_ref()
                .is_none_or(|validator| validator.is_valid(&item.to_json()));
            let Some(text) = item.text().filter(|_| is_taken) else {
                continue;
            };
            let earlier = *first.entry(text).or_insert(index);
            if earlier == index {
                continue;
            }
            self.say(
                Code::AGC0002,
                Place::Value(at.index(index)),
                format!("{name} holds {} twice", quoted(text)),
                "again",
                Some(Help::Say("keep one of the two".to_owned())),
            );
            if let Some(mistake) = self.mistakes.last_mut() {
                mistake.related = Some((Place::Value(at.index(earlier)), "first".to_owned()));
            }
        }
    }

    /// A value whose type no field of the language takes there.
    pub(super) fn wrong_type_at(&mut self, at: &At) {
        let (node, _) = self.tree.follow(at.steps());
        self.wrong_type(at, node, schema_at(self.tree, at));
    }

    /// Whether what stands there may be secret; then it is hidden, and messages must not repeat it.
    fn keep_quiet(&mut self, at: &At) -> bool {
        let path = words_of(at);
        let secret =
            path.contains(&"secrets") || path.last().is_some_and(|name| is_secret_name(name));
        if secret {
            self.hidden.push(at.clone());
        }
        secret
    }

    /// What a number or a text's length may be, in words.
    fn range(&self, at: &At) -> Option<Help> {
        let schema = schema_at(self.tree, at)?;
        let text = |low: &str, high: &str| {
            Some((schema.get(low)?.to_string(), schema.get(high)?.to_string()))
        };
        if let Some((low, high)) = text("minimum", "maximum") {
            return Some(Help::Say(format!("write a number from {low} to {high}")));
        }
        let (low, high) = text("minLength", "maxLength")
            .or_else(|| Some(("1".to_owned(), schema.get("maxLength")?.to_string())))?;
        Some(Help::Say(format!("write {low} to {high} characters")))
    }

    /// A key that the block does not take, one of all such keys that stand there.
    fn unknown_key(
        &mut self,
        at: &At,
        node: &Node,
        key: &str,
        unknown: &[String],
        keys: &Keys<'_>,
    ) {
        let place = Place::Key(at.key(key));
        // A misspelt `password` among them: its value is nobody's business.
        if is_secret_name(key) || nearest(key, SECRET_NAMES.iter().copied()).is_some() {
            self.hidden.push(at.key(key));
        }
        let known = &keys.known;
        let near = nearest(key, keys.free.iter().copied());
        let inner = keys.inner(node, key, unknown);
        let is_any_reserved = keys.reserved.contains(&"*") && near.is_none() && inner.is_none();
        if keys.reserved.contains(&key) || is_any_reserved {
            self.say(
                Code::AGC0016,
                place,
                format!("`{key}` is not in this version of agcgen"),
                format!("{} has: {}", block_of(at), listed(known)),
                Some(Help::Say(
                    "it comes with a later version; leave it out until then, or keep it under a key that begins with `x-`"
                        .to_owned(),
                )),
            );
            return;
        }
        let help = match (near, inner) {
            (Some(near), _) => Help::Replace(format!("did you mean `{near}`?"), near.to_owned()),
            (None, Some(inner)) => Help::Say(inner),
            (None, None) => Help::Say(nearest(key, keys.reserved.iter().copied()).map_or_else(
                || "remove it, or begin it with `x-` to keep it as a note".to_owned(),
                |later| {
                    format!(
                        "`{later}` comes with a later version; leave it out until then, or keep it under a key that begins \
                         with `x-`"
                    )
                },
            )),
        };
        self.say(
            Code::AGC0010,
            place,
            format!("unknown key {}", quoted(key)),
            match key
                .chars()
                .find(|c| c.is_whitespace() && *c != ' ' || matches!(c, '\u{200b}'..='\u{200d}'))
            {
                Some(odd) => format!("it holds the invisible character U+{:04X}", u32::from(odd)),
                None => format!("{} has: {}", block_of(at), listed(known)),
            },
            Some(help),
        );
    }

    fn missing_key(&mut self, at: &At, key: &str, schema: Option<&Json>) {
        let (node, _) = self.tree.follow(at.steps());
        let example = schema
            .and_then(|schema| Block::of(schema, node.entries()).property(key))
            .and_then(example_in);
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
        if let Some(mistake) = self.mistakes.last_mut() {
            mistake.missing = Some(key.to_owned());
        }
    }

    fn wrong_type(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let place = Place::Value(at.clone());
        let path = words_of(at);
        let name = name_of(at);
        let raw = self.raw(node);
        if self.keep_quiet(at)
            && matches!(
                node.value,
                Value::Bool(_) | Value::Integer(_) | Value::Float(_)
            )
        {
            return self.say(
                Code::AGC0018,
                place,
                format!("{name} is text, not {}", node.type_name()),
                "value not shown",
                Some(Help::Say("put it in quotes".to_owned())),
            );
        }
        if let Some(form) = FORMS.iter().find(|form| form.is(&path, node)) {
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
        let types = schema.map(types_in).unwrap_or_default();
        let takes_text = types.contains(&"string");
        let keyword = |key: &str| schema.and_then(|schema| schema.get(key));
        match &node.value {
            Value::Integer(_) | Value::Float(_)
                if keyword(FORMAT) == Some(&Json::from("duration")) =>
            {
                return self.needs_unit(at, node, schema);
            }
            Value::Bool(_) if takes_text => {
                return self.say(
                    Code::AGC0018,
                    place,
                    format!("`{raw}` is a YAML boolean, {name} is text"),
                    "programs differ on `true` and `True`",
                    Some(self.in_quotes(at, node, schema)),
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
                    Some(self.in_quotes(at, node, schema)),
                );
            }
            Value::List(_) if keyword(NAMES).is_some() && keyword(SHORT).is_none() => {
                let why = if path == ["routes"] {
                    "the order of routes has no meaning in Gateway API"
                } else {
                    "each has a name, and order has no meaning"
                };
                return self.say(
                    Code::AGC0015,
                    place,
                    format!("{name} is a map of names, not a list"),
                    why,
                    self.example(at).map(|example| {
                        Help::Say(format!("write `{}: {example}`", path.last().unwrap_or(&"")))
                    }),
                );
            }
            _ => {}
        }
        let is = match node.value {
            Value::Float(_) if types.contains(&"integer") => "a number with a fraction",
            _ => node.type_name(),
        };
        let wanted: Vec<String> = types.iter().map(|name| type_word(name)).collect();
        let wanted = match wanted.as_slice() {
            [] => "something else".to_owned(),
            [one] => one.clone(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        };
        let is_name = keyword("pattern") == Some(&Json::from(NAME_PATTERN));
        let help = self.meant(at, node, schema).unwrap_or_else(|| {
            Help::Say(match (&node.value, self.for_instance(at)) {
                (Value::Text(text), _)
                    if !takes_text && text.contains(':') && !text.contains(": ") =>
                {
                    "put a blank after the colon: `key: value`".to_owned()
                }
                (_, Some(example)) => example,
                (Value::Null, None) => "give it a value, or remove the key".to_owned(),
                (_, None) => match at.steps().last() {
                    Some(Step::Key(key)) if is_typed(key) => {
                        format!("write {wanted} behind `{key}: `")
                    }
                    _ if is_name => "write the name alone".to_owned(),
                    _ => format!("write {wanted} there"),
                },
            })
        });
        self.say(
            Code::AGC0012,
            place,
            format!("{name} takes {wanted}, not {is}"),
            is,
            Some(help),
        );
    }

    /// What to do about a number or boolean where text belongs: quotes, unless the text would be refused next.
    fn in_quotes(&self, at: &At, node: &Node, schema: Option<&Json>) -> Help {
        let raw = self.raw(node);
        let asks_more = meant(&words_of(at)).is_some_and(|field| {
            field.asks_more && (field.of)(&Json::from(raw.as_str())) != Some(raw.as_str().into())
        });
        let is_judged_later =
            asks_more || schema.is_some_and(|schema| schema.get(FORMAT).is_some());
        if schema.is_none_or(|schema| takes(schema, &Json::from(raw.as_str()))) && !is_judged_later
        {
            return Help::Replace(format!("write \"{raw}\""), format!("\"{raw}\""));
        }
        self.meant(at, node, schema)
            .or_else(|| self.for_instance(at).map(Help::Say))
            .unwrap_or_else(|| Help::Say("write text there".to_owned()))
    }

    /// What to type for what is meant by the value there, where its field knows and then takes it.
    fn meant(&self, at: &At, node: &Node, schema: Option<&Json>) -> Option<Help> {
        let path = words_of(at);
        let field = meant(&path)?;
        if path.last().is_some_and(|name| is_secret_name(name)) {
            return None;
        }
        let block = matches!(node.value, Value::Map(_) | Value::List(_));
        let written = match &node.value {
            Value::Text(text) => Json::from(text.as_str()),
            _ if block => node.to_json(),
            _ => Json::from(self.raw(node)),
        };
        let meant =
            (field.of)(&written).filter(|meant| schema.is_none_or(|it| takes(it, meant)))?;
        let typed = inline(&meant);
        if self.loses_subscription(at, node, &typed) {
            return None;
        }
        if looks_like_credential(&typed).is_some() || typed.len() > MOST_TYPED {
            return None;
        }
        Some(match at.steps().last() {
            // A key that is long or odd is not to be typed either.
            Some(Step::Key(key)) if block => {
                let key = inline(&Json::from(&**key));
                is_typed(&key).then(|| Help::Say(format!("write `{key}: {typed}`")))?
            }
            _ => {
                let why = field.why.map(|why| format!("; {why}")).unwrap_or_default();
                Help::Replace(format!("write `{typed}`{why}"), typed)
            }
        })
    }

    /// Whether what is to be typed for a whole id would lead to another subscription than the id.
    fn loses_subscription(&self, at: &At, node: &Node, typed: &str) -> bool {
        let written = node.text().map(Json::from);
        let of_id = written.as_ref().and_then(Azure::subscription_meant);
        let Some(of_id) = of_id.as_ref().and_then(Json::as_str) else {
            return false;
        };
        let (block, _) = self.tree.follow(at.parent().steps());
        let stated = [Some(block), self.tree.get("azure")]
            .into_iter()
            .flatten()
            .find_map(|block| block.get("subscription"))
            .and_then(Node::text);
        !typed.contains(of_id) && stated.is_some_and(|stated| !stated.eq_ignore_ascii_case(of_id))
    }

    fn needs_unit(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let is_number = matches!(node.value, Value::Integer(_) | Value::Float(_))
            || node
                .text()
                .is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let help = self
            .meant(at, node, schema)
            .or_else(|| self.for_instance(at).map(Help::Say));
        self.say(
            Code::AGC0019,
            Place::Value(at.clone()),
            format!("{} needs a duration with its unit", name_of(at)),
            if is_number {
                "no unit"
            } else {
                "not a number with `h`, `m`, `s` or `ms`"
            },
            help,
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
        // What stands where an access belongs may be the secret itself.
        let is_access = matches!(path.as_slice(), ["workloads", _, "connections", ..]);
        if is_access && near.is_none() {
            self.hidden.push(at.clone());
            return self.say(
                Code::AGC0013,
                Place::Value(at.clone()),
                "this is not an access".to_owned(),
                format!("it takes: {}", listed(words)),
                Some(Help::Say(format!("write one of {}", listed(words)))),
            );
        }
        let help = match near {
            Some(near) => Some(Help::Replace(
                format!("did you mean `{near}`?"),
                near.to_owned(),
            )),
            None if is_kind => reserved_kind_near(word).or_else(|| {
                Some(Help::Say(format!(
                    "write one of {}",
                    listed(Resource::KINDS)
                )))
            }),
            None => Some(Help::Say(format!("write one of {}", listed(words)))),
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
            Some("duration") => return self.needs_unit(at, node, schema),
            Some("quantity") => {
                return self.say(
                    Code::AGC0017,
                    Place::Value(at.clone()),
                    format!("{} is not a quantity: {}", name_of(at), quoted(text)),
                    "not a number with an optional unit",
                    self.meant(at, node, schema).or_else(|| {
                        self.example(at)
                            .map(|example| Help::Say(format!("for instance `{example}`")))
                    }),
                );
            }
            _ => {}
        }
        let is_name = keyword("pattern").and_then(Json::as_str) == Some(NAME_PATTERN)
            || keyword(SHORT).and_then(Json::as_str) == Some("names");
        if is_name {
            return self.wrong_name(Place::Value(at.clone()), text);
        }
        let takes_ids = keyword("pattern")
            .and_then(Json::as_str)
            .is_some_and(|pattern| pattern.starts_with("^/subscriptions/"));
        let help = self.meant(at, node, schema).unwrap_or_else(|| {
            Help::Say(match self.example(at) {
                _ if takes_ids && text.starts_with("/subscriptions/") => {
                    "an id is `/subscriptions/<GUID>/resourceGroups/<group>/providers/<type>/<name>`"
                        .to_owned()
                }
                // Names of variables alone have no example of their own.
                None => "for instance `STORAGE_ACCOUNT_NAME`".to_owned(),
                Some(example) if example.starts_with("/subscriptions/") => {
                    "write its id, `/subscriptions/…`, or `{ name: …, resourceGroup: … }`"
                        .to_owned()
                }
                Some(example) => format!("for instance `{example}`"),
            })
        });
        self.say(
            Code::AGC0017,
            Place::Value(at.clone()),
            format!("{} cannot be {}", name_of(at), quoted(text)),
            schema.and_then(asked).map_or_else(
                || "not of the form that it takes".to_owned(),
                |asked| format!("it takes {asked}"),
            ),
            Some(help),
        );
    }

    /// The example that the schema gives for the value at a path, or for the field that a short form stands for.
    fn example(&self, at: &At) -> Option<String> {
        let schema = schema_at(self.tree, at)?;
        let of_field = || {
            let field = schema.get(SHORT)?.as_str()?;
            example_in(schema.get("properties")?.get(field)?)
        };
        example_in(schema).or_else(of_field).map(inline)
    }

    /// A whole line to write at a path, or an item of a list, in words. Where the schema has no example of a map, its required
    /// keys make one.
    fn for_instance(&self, at: &At) -> Option<String> {
        let path = words_of(at);
        let key = path.last()?;
        let example = self.example(at).or_else(|| {
            let schema = schema_at(self.tree, at)?;
            let required = schema
                .get("required")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(|key| {
                    let key = key.as_str()?;
                    let example = example_in(Block::of(schema, &[]).property(key)?)?;
                    Some((key.to_owned(), example.clone()))
                });
            types_in(schema)
                .contains(&"object")
                .then(|| inline(&Json::Object(required.collect())))
        })?;
        let is_item = matches!(at.steps().last(), Some(Step::Index(_)));
        let or = meant(&path).and_then(|field| field.or);
        let or = or.map(|or| format!(", or {or}")).unwrap_or_default();
        Some(if is_typed(key) && !is_item {
            format!("for instance `{key}: {example}`{or}")
        } else {
            format!("for instance `{example}`{or}")
        })
    }

    /// What a route leads to is written as an address, or as a connection: a workload and more.
    fn wrong_backend(&mut self, place: Place, written: &str) {
        let has = |block: &str, name: &str| {
            self.tree
                .get(block)
                .is_some_and(|block| block.get(name).is_some())
        };
        let address = written.split_once("://").map_or(written, |(_, it)| it);
        let name = address.split(SEPARATORS).next().unwrap_or_default();
        let (label, help) = match name {
            workload if has("workloads", workload) => (
                "a route goes to the workload's only port".to_owned(),
                Help::Replace(format!("write `{workload}`"), workload.to_owned()),
            ),
            other => (
                if has("resources", other) {
                    format!("`{other}` is a resource, no workload")
                } else {
                    "not in `workloads`".to_owned()
                },
                Help::Say("name a workload of this spec".to_owned()),
            ),
        };
        self.say(
            Code::AGC0201,
            place,
            format!("unknown workload {}", quoted(written)),
            label,
            Some(help),
        );
    }

    fn wrong_name(&mut self, place: Place, name: &str) {
        const RULE: &str = "lower-case letters, digits and single `-`, at most 40";
        let at = place.at().clone();
        let path = words_of(&at);
        let is_backend = fits("routes.*.to", &path) || fits("routes.*.to.*", &path);
        if is_backend && name.contains(SEPARATORS) {
            return self.wrong_backend(place, name);
        }
        let below_secrets = words_of(&at).contains(&"secrets");
        if (matches!(place, Place::Value(_)) || below_secrets) && self.keep_quiet(&at) {
            return self.say(
                Code::AGC0101,
                place,
                "this cannot be the name of a secret".to_owned(),
                "not shown: it may be a value",
                Some(Help::Say(format!(
                    "a name has {RULE}; a secret's value does not belong in the spec"
                ))),
            );
        }
        if name.starts_with("x-") {
            return self.say(
                Code::AGC0101,
                place,
                format!("{} cannot be a name", quoted(name)),
                "keys that begin with `x-` are notes, and nothing is made of them",
                Some(Help::Say(
                    "choose a name that does not begin with `x-`".to_owned(),
                )),
            );
        }
        let mended: String = as_name(name);
        let help = if mended.is_empty() || mended == name {
            Help::Say("use lower-case letters, digits and single `-`, beginning with a letter, at most 40".to_owned())
        } else {
            Help::Replace(format!("write `{mended}`"), mended)
        };
        self.say(
            Code::AGC0101,
            place,
            format!("{} cannot be a name", quoted(name)),
            RULE,
            Some(help),
        );
    }

    /// A title that is empty or too long; what else it may be, [`crate::resolve`] says.
    fn wrong_title(&mut self, place: Place, title: &str) {
        let length = title.chars().count();
        self.say(
            Code::AGC0014,
            place,
            format!("a test's title has 1 to {TITLE_MOST} characters"),
            format!("{length} characters"),
            Some(Help::Say(
                "say what the test shows, such as `the front page`".to_owned(),
            )),
        );
    }

    /// A block that takes exactly one of its keys. Keys that it does not know are told by themselves, unless all of them are
    /// another form of one that it knows.
    fn wrong_choice(&mut self, at: &At, node: &Node, schema: Option<&Json>) {
        let keys = keys_of(schema, node);
        let count = keys.iter().filter(|key| node.get(key).is_some()).count();
        let (label, help) = match (self.meant(at, node, schema), count) {
            (Some(meant), _) => ("none of them", Some(meant)),
            (None, 0) if node.entries().is_empty() => {
                ("none of them", self.for_instance(at).map(Help::Say))
            }
            (None, 0 | 1) => return,
            (None, _) => (
                "more than one",
                Some(Help::Say("keep one of the two".to_owned())),
            ),
        };
        self.say(
            Code::AGC0017,
            Place::Value(at.clone()),
            format!("{} takes exactly one of {}", name_of(at), listed(&keys)),
            label,
            help,
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
            return self.wrong_choice(at, node, schema);
        }
        let (message, label, help) = match kind {
            Kind::MinProperties { limit } | Kind::MinItems { limit } => (
                format!("{name} needs at least {limit}"),
                "too few",
                self.for_instance(at)
                    .unwrap_or_else(|| "add one, or remove the key".to_owned()),
            ),
            Kind::MaxProperties { limit } | Kind::MaxItems { limit } => (
                format!("{name} takes at most {limit}"),
                "too many",
                "remove what is too many".to_owned(),
            ),
            _ => return,
        };
        self.say(Code::AGC0014, place, message, label, Some(Help::Say(help)));
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
}

/// The name of a secret, mended, where it looks like one: what does not may be its value.
fn shown_name(written: &str) -> Option<String> {
    let is_of = |is_letter: fn(char) -> bool| {
        let is_in_name = |c: char| is_letter(c) || c.is_ascii_digit() || "-_".contains(c);
        written.chars().all(is_in_name)
    };
    let looks_like_one = is_of(|c| c.is_ascii_lowercase())
        || is_of(|c| c.is_ascii_uppercase())
        || is_of(|c| c.is_ascii_alphabetic()) && is_secret_name(written);
    let mended = as_name(written);
    (looks_like_one && !mended.is_empty()).then_some(mended)
}

/// Whether a key may stand in what is to be typed: what cannot be quoted as it stands may not.
fn is_typed(key: &str) -> bool {
    quoted(key) == format!("`{key}`")
}

/// Whether a value is taken by a schema.
fn takes(schema: &Json, value: &Json) -> bool {
    jsonschema::validator_for(schema).is_ok_and(|it| it.is_valid(value))
}

/// The keys that a block may have, and those that people take for one of them.
struct Keys<'a> {
    known: Vec<&'a str>,
    /// The known ones that do not stand there yet.
    free: Vec<&'a str>,
    /// Those of later versions.
    reserved: Vec<&'a str>,
    /// Those of the blocks inside, each with the schema of its block; `None` where several blocks have it.
    inside: BTreeMap<&'a str, Option<(&'a str, &'a Json)>>,
}

impl<'a> Keys<'a> {
    fn of(at: &At, node: &Node, schema: Option<&'a Json>) -> Self {
        let known = keys_of(schema, node);
        let mut inside = BTreeMap::new();
        let block = schema.map(|schema| Block::of(schema, node.entries()));
        for name in &known {
            let Some(schema) = block.and_then(|block| block.property(name)) else {
                continue;
            };
            for key in Block::of(schema, &[]).keys() {
                inside
                    .entry(key)
                    .and_modify(|one| *one = None)
                    .or_insert(Some((*name, schema)));
            }
        }
        Self {
            free: known
                .iter()
                .copied()
                .filter(|known| node.get(known).is_none())
                .collect(),
            known,
            reserved: reserved_keys(&words_of(at)).collect(),
            inside,
        }
    }

    /// What to write where an unknown key is one of a block inside, and of one alone: all such keys of this block, there.
    fn inner(&self, node: &Node, key: &str, unknown: &[String]) -> Option<String> {
        let (name, schema) = self.inside.get(key).copied().flatten()?;
        if node.get(name).is_some() {
            return Some(format!("it is a key of `{name}`: move it there"));
        }
        let required = schema.get("required").and_then(Json::as_array);
        let missing = required
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .filter(|key| node.get(key).is_none())
            .map(|key| format!("{key}: …"));
        let inside = properties_in(schema).map(|(key, _)| key);
        let standing = inside
            .filter(|key| unknown.iter().any(|unknown| unknown == key))
            .map(|key| match node.get(key).map(|value| &value.value) {
                Some(Value::Integer(number)) => format!("{key}: {number}"),
                _ => format!("{key}: …"),
            });
        let parts: Vec<String> = missing.chain(standing).collect();
        Some(format!(
            "it is a key of `{name}`: write `{name}: {{ {} }}`",
            parts.join(", ")
        ))
    }
}

/// The keys that the block takes.
fn keys_of<'a>(schema: Option<&'a Json>, block: &Node) -> Vec<&'a str> {
    schema
        .map(|schema| Block::of(schema, block.entries()).keys())
        .unwrap_or_default()
}

fn reserved_kind_near(word: &str) -> Option<Help> {
    let kinds = reserved::WORDS
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
