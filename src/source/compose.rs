//! Text → tree: an iterative composer over the parser's events.
//!
//! A spec is YAML 1.2 (core) or JSON. What two YAML readers could read differently is refused or warned about here, so
//! that no later pass has to think of it: duplicate keys, anchors, aliases, merge keys, tags, several documents,
//! complex keys, control characters. All mistakes of a document are found, up to the first that breaks its syntax.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag};
use serde::de::IgnoredAny;

use super::{
    Entries, Entry, MAX_DEPTH, MAX_MANIFEST_DEPTH, MAX_MANIFEST_VALUES, MAX_VALUES, Node, SourceId,
    Sources, Span, Value, is_secret_name,
};
use crate::diagnostic::{Code, Findings, quoted};

/// Parses one source. `None` if and only if an error was reported.
#[inline(never)]
pub fn parse(sources: &Sources, id: SourceId, found: &mut Findings) -> Option<Node> {
    let errors = found.error_count();
    let root = compose(sources, id, found, Dialect::Spec).pop();
    if found.error_count() > errors {
        return None;
    }
    let (span, message) = match root {
        Some(node) if matches!(node.value, Value::Map(_)) => return Some(node),
        Some(node) if node.value != Value::Null => (
            node.span,
            format!("a spec is a map of keys, this is {}", node.type_name()),
        ),
        _ => {
            let span = Span {
                source: id,
                start: 0,
                end: 0,
            };
            (span, "the spec is empty".to_owned())
        }
    };
    found
        .report(Code::AGC0005, span, message)
        .help("begin with `apiVersion: agcgen/v1`; `agcgen init` writes a spec to start from");
    None
}

/// Parses a source of Kubernetes manifests: its documents that are not empty. `None` if and only if an error was reported.
pub fn parse_manifests(sources: &Sources, id: SourceId, found: &mut Findings) -> Option<Vec<Node>> {
    let errors = found.error_count();
    let mut documents = compose(sources, id, found, Dialect::Manifests);
    documents.retain(|node| node.value != Value::Null);
    (found.error_count() == errors).then_some(documents)
}

/// What a source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// One spec.
    Spec,
    /// Kubernetes manifests, whoever wrote them.
    Manifests,
}

impl Dialect {
    /// Deepest nesting of lists and maps.
    fn most_depth(self) -> usize {
        match self {
            Self::Spec => MAX_DEPTH,
            Self::Manifests => MAX_MANIFEST_DEPTH,
        }
    }

    /// Most keys and values.
    fn most_values(self) -> usize {
        match self {
            Self::Spec => MAX_VALUES,
            Self::Manifests => MAX_MANIFEST_VALUES,
        }
    }
}

/// Stands in manifests for a character that no terminal and no picture is to get.
pub const REPLACEMENT: char = '\u{fffd}';

/// The documents of a source, as far as they could be read.
fn compose(sources: &Sources, id: SourceId, found: &mut Findings, dialect: Dialect) -> Vec<Node> {
    let text = &sources.get(id).text;
    let mut composer = Composer {
        text,
        base: 0,
        id,
        found,
        dialect,
        open: Vec::new(),
        roots: Vec::new(),
        anchored: BTreeMap::new(),
        documents: 0,
        values: 0,
    };
    match dialect {
        Dialect::Spec => _ = composer.part(0..text.len()),
        Dialect::Manifests => composer.parts(),
    }
    composer.doubles_in_open_maps();
    composer.roots
}

/// A collection that is not closed yet.
enum Open {
    List {
        start: usize,
        anchor: usize,
        items: Vec<Node>,
    },
    Map {
        start: usize,
        anchor: usize,
        entries: Vec<Entry>,
        key: Option<(String, Span)>,
    },
}

struct Composer<'a> {
    text: &'a str,
    /// Where the part that is read begins.
    base: usize,
    id: SourceId,
    found: &'a mut Findings,
    dialect: Dialect,
    open: Vec<Open>,
    roots: Vec<Node>,
    /// What aliases may stand for.
    anchored: BTreeMap<usize, Node>,
    documents: usize,
    /// How many keys and values were read.
    values: usize,
}

impl Composer<'_> {
    /// Reads the parts of a file as kubectl does: JSON documents, as many as follow each other; behind one that stands alone, YAML
    /// (`YAMLOrJSONDecoder` of k8s.io/apimachinery v0.37.2, read 2026-11-30).
    fn parts(&mut self) {
        let text = self.text;
        if !text.trim_start().starts_with('{') {
            _ = self.part(0..text.len());
            return;
        }
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        let (mut count, mut start) = (0, 0);
        while let Some(document) = stream.next() {
            let end = match document {
                Ok(_) => stream.byte_offset(),
                Err(error) if count > 1 => return self.no_json(&error),
                Err(_) => text.len(),
            };
            if !self.part(start..end) || end == text.len() {
                return;
            }
            (count, start) = (count + 1, end);
        }
    }

    fn no_json(&mut self, error: &serde_json::Error) {
        let before = self
            .text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let line: usize = before.map(str::len).sum();
        let span = self.character(line + error.column().saturating_sub(1));
        self.found
            .report(Code::AGC0001, span, "this is not valid JSON")
            .label("behind two JSON documents kubectl takes JSON alone")
            .help("mend this place, or put `---` between all documents");
    }

    /// The character at a place.
    fn character(&self, at: usize) -> Span {
        let start = self.text.floor_char_boundary(at);
        let rest = self.text.get(start..).unwrap_or_default();
        let first = rest.chars().next().filter(|&c| c != '\n');
        Span {
            source: self.id,
            start,
            end: start + first.map_or(0, char::len_utf8),
        }
    }

    /// Reads a part of the text. `false`: stop reading.
    fn part(&mut self, part: Range<usize>) -> bool {
        self.base = part.start;
        self.anchored.clear();
        let text = self.text.get(part).unwrap_or_default();
        // The scanner reads ahead, so it meets a wall of brackets before the composer has an event of it.
        let options = granit_parser::options! {
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: self.dialect.most_depth(),
        };
        for event in Parser::new_from_str_with_options(text, options) {
            match event {
                Ok((event, span)) => {
                    if !self.event(event, span.byte_range()) {
                        return false;
                    }
                }
                Err(error) => {
                    self.syntax(&error);
                    return false;
                }
            }
        }
        true
    }

    /// Takes one event in. `false`: stop reading.
    fn event(&mut self, event: Event<'_>, range: Option<Range<usize>>) -> bool {
        let range = range.unwrap_or(0..0);
        let span = Span {
            source: self.id,
            start: self.base + range.start,
            end: self.base + range.end.max(range.start),
        };
        if !self.count(1, span) {
            return false;
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 && self.dialect == Dialect::Spec {
                    self.found
                        .report(Code::AGC0004, span, "the file holds more than one document")
                        .label("a second document begins here")
                        .help("one file is one system: keep one document, and remove this `---` and what follows");
                    return false;
                }
            }
            Event::Alias(anchor) if self.dialect == Dialect::Manifests => {
                let node = self.anchored.get(&anchor).cloned();
                let node = node.unwrap_or(Node {
                    span,
                    value: Value::Null,
                });
                // Aliases of aliases explode: what they stand for counts as if it were written out.
                if !self.count(node.size(), span) {
                    return false;
                }
                self.value(node);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(span, "an alias");
                self.value(Node {
                    span,
                    value: Value::Null,
                });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.properties(anchor, tag.is_some(), span);
                let text = self.characters(text, span);
                if self.expects_key() {
                    self.key(&text, style, span);
                } else {
                    let value = match self.dialect {
                        Dialect::Spec => self.scalar(&text, style, span),
                        Dialect::Manifests => of_manifest(&text, style, tag.as_deref()),
                    };
                    return self.anchored_value(anchor, Node { span, value });
                }
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.properties(anchor, tag.is_some(), span);
                return self.start(
                    span,
                    Open::List {
                        start: span.start,
                        anchor,
                        items: Vec::new(),
                    },
                );
            }
            Event::MappingStart(_, anchor, tag) => {
                self.properties(anchor, tag.is_some(), span);
                return self.start(
                    span,
                    Open::Map {
                        start: span.start,
                        anchor,
                        entries: Vec::new(),
                        key: None,
                    },
                );
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(span),
            _ => {}
        }
        true
    }

    /// Counts keys and values. `false`: there are too many.
    fn count(&mut self, more: usize, span: Span) -> bool {
        self.values = self.values.saturating_add(more);
        let most = self.dialect.most_values();
        if self.values <= most {
            return true;
        }
        let (what, help) = match self.dialect {
            Dialect::Spec => (
                "the spec has",
                "a spec is written by hand and stays far below that: was this file made by a program?",
            ),
            Dialect::Manifests => (
                "the manifests have",
                "take them apart, and keep the Gateways, routes and Services of one gateway together",
            ),
        };
        self.found
            .report(
                Code::AGC0014,
                span,
                format!("{what} more than {most} keys and values"),
            )
            .label("not read from here on")
            .help(help);
        false
    }

    /// Takes a value in, and keeps it for the aliases of its anchor. `false`: there are too many: anchors in what has an anchor keep it
    /// once more each.
    fn anchored_value(&mut self, anchor: usize, node: Node) -> bool {
        if anchor != 0 && self.dialect == Dialect::Manifests {
            if !self.count(node.size(), node.span) {
                return false;
            }
            self.anchored.insert(anchor, node.clone());
        }
        self.value(node);
        true
    }

    /// What stands in a message for a scalar that is read now: not the text, where its key says that it is secret.
    fn echo(&self, text: &str) -> String {
        let secret = self.open.iter().any(|open| match open {
            Open::Map {
                key: Some((key, _)),
                ..
            } => key == "secrets" || is_secret_name(key),
            _ => false,
        });
        if secret {
            "(not shown)".to_owned()
        } else {
            quoted(text)
        }
    }

    /// Refuses what stands before a value in YAML: an anchor, a tag.
    fn properties(&mut self, anchor: usize, tagged: bool, span: Span) {
        if anchor != 0 {
            self.refuse(span, "an anchor");
        }
        if tagged {
            self.refuse(span, "a tag");
        }
    }

    fn refuse(&mut self, span: Span, what: &str) {
        if self.dialect == Dialect::Manifests {
            return;
        }
        self.found
            .report(
                Code::AGC0003,
                span,
                format!("{what} is YAML that a spec does not use"),
            )
            .label("not taken")
            .help(
                "write the value out at each place; keys that begin with `x-` are free for notes",
            );
    }

    /// A map key is expected next.
    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Map { key: None, .. }))
    }

    fn start(&mut self, span: Span, open: Open) -> bool {
        if self.open.len() >= self.dialect.most_depth() {
            self.too_deep(span);
            return false;
        }
        if self.expects_key() {
            // The rest of a template would be read as anything: one finding says what it is.
            if self.dialect == Dialect::Manifests && self.is_in_template(span.start) {
                self.template(span);
                return false;
            }
            let whose = match self.dialect {
                Dialect::Spec => "a spec",
                Dialect::Manifests => "a manifest",
            };
            self.found
                .report(
                    Code::AGC0003,
                    span,
                    format!("a list or map as a key is YAML that {whose} does not use"),
                )
                .label("a key is a name")
                .help("write a plain name before the colon");
        }
        self.open.push(open);
        true
    }

    /// Whether `{{` stands outside of quotes on the line of a place, before or at it.
    fn is_in_template(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text.get(start..).unwrap_or_default();
        let line = line.lines().next().unwrap_or_default();
        line.find("{{").is_some_and(|braces| {
            let (text, _) = line.split_at(braces);
            let is_closed = |quote| text.matches(quote).count() % 2 == 0;
            start + braces <= at && is_closed('"') && is_closed('\'') && !text.contains('#')
        })
    }

    fn template(&mut self, span: Span) {
        self.found
            .report(
                Code::AGC0001,
                span,
                "this is not valid YAML: it looks like a Helm template",
            )
            .label("Helm puts a value in the place of `{{ ... }}`")
            .help("have it rendered first: helm template CHART | agcgen trace - GET URL");
    }

    fn too_deep(&mut self, span: Span) {
        let help = match self.dialect {
            Dialect::Spec => "no block of a spec is nested this deep: remove it",
            Dialect::Manifests => "nothing about routing is nested this deep: leave the file out",
        };
        self.found
            .report(
                Code::AGC0006,
                span,
                format!(
                    "lists and maps are nested more than {} deep",
                    self.dialect.most_depth()
                ),
            )
            .help(help);
    }

    /// Takes in a collection that ends. `false`: stop reading.
    fn end(&mut self, span: Span) -> bool {
        let (anchor, node) = match self.open.pop() {
            Some(Open::List {
                start,
                anchor,
                items,
            }) => {
                let node = Node {
                    span: self.between(start, span.end),
                    value: Value::List(items),
                };
                (anchor, node)
            }
            Some(Open::Map {
                start,
                anchor,
                entries,
                ..
            }) => {
                let mut entries = Entries::from(entries);
                if !self.open.is_empty() || !self.no_end_of_document(&entries) {
                    self.doubles(&entries);
                }
                if self.dialect == Dialect::Manifests {
                    if entries.get("<<").is_some() {
                        entries = merged(entries);
                    }
                    entries.keep_the_last_of_each();
                }
                let node = Node {
                    span: self.between(start, span.end),
                    value: Value::Map(entries),
                };
                (anchor, node)
            }
            None => return true,
        };
        self.anchored_value(anchor, node)
    }

    /// From `start` to `end` without the white space at the end, which block collections carry.
    fn between(&self, start: usize, end: usize) -> Span {
        let end = end.max(start).min(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        Span {
            source: self.id,
            start,
            end: start + text.trim_end().len(),
        }
    }

    fn key(&mut self, text: &str, style: ScalarStyle, span: Span) {
        if text == "<<" && style == ScalarStyle::Plain {
            self.refuse(span, "a merge key");
        }
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some((text.to_owned(), span));
        }
    }

    /// Tells that two objects stand in one document, which is one slip and not one for each of their keys. `false`: so it does not look.
    fn no_end_of_document(&mut self, entries: &Entries) -> bool {
        let begins = |key: &str| key == "apiVersion" || key == "kind";
        let second = entries
            .doubles()
            .filter(|(one, _)| begins(&one.key))
            .min_by_key(|(_, again)| again.key_span.start);
        let Some((first, again)) = second else {
            return false;
        };
        let is_alone = entries.doubles().all(|(one, _)| one.key == again.key);
        let before = self.text.get(..again.key_span.start).unwrap_or_default();
        // In a map in braces `---` ends nothing.
        if self.dialect == Dialect::Spec || is_alone || !before.ends_with('\n') {
            return false;
        }
        let times = entries.doubles().filter(|(one, _)| one.key == again.key);
        let times = match times.count() {
            1 => "twice".to_owned(),
            more => format!("{} times", more + 1),
        };
        self.found
            .report(
                Code::AGC0616,
                again.key_span,
                format!(
                    "the key {} stands {times} in one document: `---` is missing between two objects",
                    quoted(&again.key)
                ),
            )
            .label("another object seems to begin here")
            .related(first.key_span, "first")
            .help("write `---` on a line of its own before it; kubectl makes one object of both and takes the last of each key");
        true
    }

    /// Tells which keys of a map stand there again.
    fn doubles(&mut self, entries: &Entries) {
        let (code, label, help) = match self.dialect {
            Dialect::Spec => (
                Code::AGC0002,
                "second",
                "keep one of the two; YAML readers disagree on which one counts",
            ),
            Dialect::Manifests => (
                Code::AGC0616,
                "kubectl takes the last one",
                "keep one of the two; kustomize refuses the file",
            ),
        };
        let is_told = |key: &str| self.dialect == Dialect::Spec || key != "<<";
        for (first, again) in entries.doubles().filter(|(one, _)| is_told(&one.key)) {
            self.found
                .report(
                    code,
                    again.key_span,
                    format!("the key {} stands twice in one map", quoted(&again.key)),
                )
                .label(label)
                .related(first.key_span, "first")
                .help(help);
        }
    }

    /// The same of the maps that are open where reading ends too early.
    fn doubles_in_open_maps(&mut self) {
        for (depth, open) in std::mem::take(&mut self.open).into_iter().enumerate() {
            let Open::Map {
                mut entries, key, ..
            } = open
            else {
                continue;
            };
            entries.extend(key.map(|(key, key_span)| Entry {
                key,
                key_span,
                value: Node {
                    span: key_span,
                    value: Value::Null,
                },
            }));
            let entries = Entries::from(entries);
            if depth > 0 || !self.no_end_of_document(&entries) {
                self.doubles(&entries);
            }
        }
    }

    fn value(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => {
                match key.take() {
                    Some((key, key_span)) => entries.push(Entry {
                        key,
                        key_span,
                        value: node,
                    }),
                    // A key that was refused; its value comes next. It needs a name that no other has.
                    None => *key = Some((format!("\0{}", node.span.start), node.span)),
                }
            }
            None => self.roots.push(node),
        }
    }

    /// Resolves a scalar by YAML 1.2's core schema.
    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Value {
        if style != ScalarStyle::Plain {
            return Value::Text(text.to_owned());
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
            "true" | "True" | "TRUE" => return Value::Bool(true),
            "false" | "False" | "FALSE" => return Value::Bool(false),
            _ => {}
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            if digits.len() > 1 && digits.starts_with('0') {
                self.odd_number(
                    text,
                    span,
                    "older YAML readers take a number that begins with 0 as octal",
                );
            }
            return if let Ok(value) = text.strip_prefix('+').unwrap_or(text).parse() {
                Value::Integer(value)
            } else {
                self.odd_number(text, span, "it does not fit into 64 bits");
                Value::Null
            };
        }
        if digits.starts_with("0x")
            || digits.starts_with("0o")
            || is_one_of(digits, &[".inf", ".nan"])
        {
            self.odd_number(text, span, "YAML readers disagree on this notation");
            return Value::Null;
        }
        if is_float(digits) {
            return match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Value::Float(value),
                _ => {
                    self.odd_number(text, span, "it is too large");
                    Value::Null
                }
            };
        }
        if is_one_of(text, &["yes", "no", "on", "off", "y", "n"]) {
            self.found
                .report(
                    Code::AGC0008,
                    span,
                    format!(
                        "{} is text here, and a boolean to older YAML readers",
                        self.echo(text)
                    ),
                )
                .label("write it in quotes")
                .help("put it in quotes, or write `true` or `false` where a boolean is meant");
        } else if is_sexagesimal_or_grouped(digits) {
            self.found
                .report(
                    Code::AGC0008,
                    span,
                    format!(
                        "{} is text here, and a number to older YAML readers",
                        self.echo(text)
                    ),
                )
                .label("write it in quotes")
                .help("put it in quotes");
        }
        Value::Text(text.to_owned())
    }

    fn odd_number(&mut self, text: &str, span: Span, why: &str) {
        self.found
            .report(
                Code::AGC0009,
                span,
                format!(
                    "{} is a number that cannot be taken as it stands",
                    self.echo(text)
                ),
            )
            .label(why)
            .help("write a plain decimal number, or put it in quotes where text is meant");
    }

    /// Refuses characters that no file made from the spec could carry safely. In manifests, where they stand in what nobody asks
    /// about, such as a script in a `ConfigMap`, something else takes their place.
    fn characters<'t>(&mut self, text: Cow<'t, str>, span: Span) -> Cow<'t, str> {
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_plain {
            return text;
        }
        let Some(bad) = text.chars().find(|&c| is_refused(c)) else {
            return text;
        };
        if self.dialect == Dialect::Manifests {
            return Cow::Owned(text.replace(is_refused, REPLACEMENT.encode_utf8(&mut [0; 4])));
        }
        self.found
            .report(
                Code::AGC0007,
                span,
                format!("the character U+{:04X} cannot stand in a spec", u32::from(bad)),
            )
            .label("contains it")
            .help("remove it; it is invisible, and tools that read the generated files would refuse or misread it");
        text
    }

    fn syntax(&mut self, error: &granit_parser::ScanError) {
        let marker = error.marker();
        let span = self.character(self.base + marker.byte_offset().unwrap_or(0));
        let start = span.start;
        let rest = self.text.get(start..).unwrap_or_default();
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            self.too_deep(span);
            return;
        }
        if self.dialect == Dialect::Manifests && self.is_in_template(start) {
            self.template(span);
            return;
        }
        // Of these the parser says where the value begins, and the tab stands before a later line of it.
        let tab = matches!(
            error.kind(),
            ErrorKind::TabInPlainScalar | ErrorKind::TabAtBlockScalarStart
        )
        .then(|| tab_before_a_line(rest))
        .flatten();
        if let Some(offset) = tab {
            self.found
                .report(
                    Code::AGC0001,
                    self.character(start + offset),
                    format!("this is not valid YAML: {}", error.info()),
                )
                .label("the tab")
                .help(NO_TABS);
            return;
        }
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let finding = self
            .found
            .report(
                Code::AGC0001,
                span,
                format!("this is not valid YAML: {}", error.info()),
            )
            .label("the parser stopped here");
        if line.contains('\t') || rest.starts_with('\t') {
            finding.help(NO_TABS);
        } else {
            finding.help("mend this place; what comes after it was not read");
        }
    }
}

const NO_TABS: &str = "indent with spaces: YAML does not take tabs there";

/// Where the first tab is that stands before the text of a line, the first line not counted.
fn tab_before_a_line(text: &str) -> Option<usize> {
    text.match_indices('\n').find_map(|(at, _)| {
        let line = text.get(at + 1..)?.lines().next()?;
        let indent = line.split(|c| c != ' ' && c != '\t').next()?;
        let tab = indent.find('\t').filter(|_| indent.len() < line.len())?;
        Some(at + 1 + tab)
    })
}

/// A scalar of a manifest as kubectl reads it: by YAML 1.1, as far as `resolve` of sigs.k8s.io/yaml's goyaml.v2 goes (read
/// 2026-11-29).
fn of_manifest(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str")) {
        return Value::Text(text.to_owned());
    }
    if text.is_empty() || text == "~" || is_in_one_case(text, &["null"]) {
        return Value::Null;
    }
    if is_in_one_case(text, &["true", "yes", "on", "y"]) {
        return Value::Bool(true);
    }
    if is_in_one_case(text, &["false", "no", "off", "n"]) {
        return Value::Bool(false);
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        let plain = text.replace('_', "");
        if let Some(whole) = whole_number(&plain) {
            return Value::Integer(whole);
        }
        let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
        let is_number = is_float(digits)
            || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if let Ok(value) = plain.parse::<f64>()
            && is_number
            && value.is_finite()
        {
            return Value::Float(value);
        }
    }
    Value::Text(text.to_owned())
}

/// A whole number whose beginning says to which base it is, as Go's `ParseInt` with base 0 reads it.
fn whole_number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1) {
        Some((sign @ ("-" | "+"), digits)) => (sign, digits),
        _ => ("", text),
    };
    let (base, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.starts_with(['-', '+']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

/// Whether it is one of these words, which are in small letters: so, in capitals, or with the first letter one.
fn is_in_one_case(text: &str, words: &[&str]) -> bool {
    let rest = text.get(1..).unwrap_or_default();
    let is_small = |part: &str| !part.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_one_case = is_small(rest) || !text.bytes().any(|byte| byte.is_ascii_lowercase());
    is_one_case && is_one_of(text, words)
}

/// Puts what merge keys name in their place. Of a key that stands in several, and of one that is written out too, the last counts:
/// so reads kubectl, whereas kustomize keeps what is written out (both of 1.37.1 asked 2026-11-30; <https://yaml.org/type/merge.html>
/// has it as kustomize). Of a list the first counts.
fn merged(entries: Entries) -> Entries {
    let mut all = Vec::new();
    for entry in entries {
        if entry.key != "<<" {
            all.push(entry);
            continue;
        }
        let maps = match entry.value.value {
            Value::List(items) => items,
            _ => vec![entry.value],
        };
        for map in maps.into_iter().rev() {
            if let Value::Map(more) = map.value {
                all.extend(more);
            }
        }
    }
    all.into()
}

/// Whether it is one of these words, which are in small letters, in any.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Control characters but newline and tab, line separators, byte order marks, bidirectional controls, non-characters.
fn is_refused(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fdd0}'..='\u{fdef}' => true,
        c => u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// `1.5`, `.5`, `1.`, `1e3`, as YAML 1.2's core schema has it; the sign is already gone.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits =
        all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    mantissa_fits && exponent_fits && (mantissa.contains('.') || exponent.is_some())
}

/// `12:30:45` and `1_000`: numbers to YAML 1.1, text to YAML 1.2.
fn is_sexagesimal_or_grouped(text: &str) -> bool {
    let number = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let grouped = text.contains('_') && number(text);
    let sexagesimal = text.contains(':')
        && text.split(':').all(|part| number(part) && part.len() <= 2)
        && text
            .split(':')
            .skip(1)
            .all(|part| part.parse::<u8>().is_ok_and(|value| value < 60));
    starts_with_digit && (grouped || sexagesimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Node>, Vec<Code>) {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", text);
        let mut found = Findings::new();
        let node = parse(&sources, id, &mut found);
        (node, found.iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn reads_the_core_schema_with_spans() {
        let text = "a: 1\nb: [true, \"no\", 1.5, ~]\nc:\n  d: x y\n";
        let (node, codes) = read(text);
        let node = node.expect("valid");
        assert!(codes.is_empty());
        assert_eq!(
            node.to_json(),
            serde_json::json!({"a": 1, "b": [true, "no", 1.5, null], "c": {"d": "x y"}})
        );
        let d = node.get("c").and_then(|c| c.entry("d")).expect("there");
        assert_eq!(&text[d.key_span.range()], "d");
        assert_eq!(&text[d.value.span.range()], "x y");
        assert_eq!(&text[node.get("c").expect("there").span.range()], "d: x y");
    }

    #[test]
    fn finds_every_mistake_of_a_document() {
        let (node, codes) =
            read("a: &x 1\nb: *x\nc: !t 2\na: 3\n<<: {}\nd: 0x1F\ne: \"\\u202e\"\n");
        assert!(node.is_none());
        assert_eq!(
            codes,
            [
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0009,
                Code::AGC0007,
                Code::AGC0002,
            ]
        );
    }

    #[test]
    fn reads_on_into_what_an_anchor_or_a_tag_stands_before() {
        let (node, codes) =
            read("a: &a { b: 1, b: 2 }\nc: *a\nd: !!seq [!t x]\ne: &e\n  - {f: *a, f: 1}\ne: 3\n");
        assert!(node.is_none());
        assert_eq!(
            codes,
            [
                Code::AGC0003,
                Code::AGC0002,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0003,
                Code::AGC0002,
                Code::AGC0002,
            ]
        );
    }

    #[test]
    fn reads_on_behind_a_key_that_is_none() {
        let (node, codes) =
            read("? [a, {b: 1, b: 2}]\n: {c: 1, c: 2}\nd: 1\n? {e: 1}\n: 2\nd: 2\n");
        assert!(node.is_none());
        assert_eq!(
            codes,
            [
                Code::AGC0003,
                Code::AGC0002,
                Code::AGC0002,
                Code::AGC0003,
                Code::AGC0002,
            ]
        );
    }

    #[test]
    fn keys_that_stand_twice_are_told_of_what_is_left_open() {
        let (node, codes) = read("a: 1\nb: { c: 1, c: 2 }\nd:\n  e: 1\n  e: 2\na: ]\n");
        assert!(node.is_none());
        assert_eq!(
            codes,
            [Code::AGC0002, Code::AGC0002, Code::AGC0001, Code::AGC0002,]
        );
    }

    #[test]
    fn warns_where_older_readers_see_something_else() {
        let (node, codes) = read("a: yes\nb: 12:30\nc: 1_000\nd: \"on\"\ne: v12:30\n");
        assert!(node.is_some());
        assert_eq!(codes, [Code::AGC0008; 3]);
    }

    #[test]
    fn refuses_hostile_files_quickly() {
        for (opens, last) in [("[", '['), ("{a: ", '{'), ("- ", '-'), ("[{a: ", '[')] {
            let text = opens.repeat(100_000);
            let mut sources = Sources::new();
            let id = sources.add("t.yaml", text.clone());
            let mut found = Findings::new();
            assert!(parse(&sources, id, &mut found).is_none());
            let found: Vec<_> = found.iter().collect();
            assert_eq!(found.len(), 1, "{opens}");
            assert_eq!(found[0].code, Code::AGC0006, "{opens}");
            let at = found[0].place.span.start;
            assert!(text[at..].starts_with(last), "{opens}: at {at}");
            let opened = text[..=at].matches(['[', '{', '-']).count();
            assert_eq!(opened, MAX_DEPTH + 1, "{opens}");
        }
        let deepest = "[".repeat(MAX_DEPTH - 1) + &"]".repeat(MAX_DEPTH - 1);
        assert_eq!(read(&format!("a: {deepest}\n")).1, []);
        assert_eq!(read(&format!("a: [{deepest}]\n")).1, [Code::AGC0006]);
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\n";
        assert!(read(bomb).0.is_none());
    }

    /// What is found in manifests, each as its message and the line it stands on.
    fn found_in_manifests(text: &str) -> Vec<(String, usize)> {
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", text);
        let mut found = Findings::new();
        parse_manifests(&sources, id, &mut found);
        let line = |start: usize| text[..start].matches('\n').count() + 1;
        found
            .iter()
            .map(|one| (one.message.clone(), line(one.place.span.start)))
            .collect()
    }

    #[test]
    fn a_template_of_helm_is_told_as_one() {
        let told = "this is not valid YAML: it looks like a Helm template";
        for (text, line) in [
            ("kind: A\nmetadata:\n  name: {{ .Values.x }}\n", 3),
            (
                "metadata:\n  name: {{ .Values.x }}-web\n  more: {{ .Values.y }}\n",
                2,
            ),
            ("{{- if .Values.on }}\nkind: A\n{{- end }}\n", 1),
            (
                "labels:\n  {{- include \"labels\" . | nindent 4 }}\nkind: A\n",
                2,
            ),
        ] {
            assert_eq!(
                found_in_manifests(text),
                [(told.to_owned(), line)],
                "{text}"
            );
        }
        for text in ["a: {? {b: 1} : '{{ .Values.x }}'}\n", "? {b: 1}\n: 1\n"] {
            let told = "a list or map as a key is YAML that a manifest does not use";
            assert_eq!(found_in_manifests(text), [(told.to_owned(), 1)], "{text}");
        }
        assert_eq!(
            found_in_manifests("a: '{{ .Values.x }}'\nb: x-{{ y }}\n"),
            []
        );
    }

    #[test]
    fn objects_without_three_dashes_between_them_are_told_once() {
        let object = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: {}\n";
        let told = |times: &str, line| {
            let text = format!(
                "the key `apiVersion` stands {times} in one document: `---` is missing between two objects"
            );
            [(text, line)]
        };
        assert_eq!(found_in_manifests(&object.repeat(2)), told("twice", 5));
        assert_eq!(found_in_manifests(&object.repeat(6)), told("6 times", 5));
        assert_eq!(found_in_manifests(&format!("{object}---\n{object}")), []);
        let alone = |key: &str| (format!("the key `{key}` stands twice in one map"), 1);
        let flow = "{apiVersion: v1, kind: A, apiVersion: v1, kind: B}\n";
        assert_eq!(
            found_in_manifests(flow),
            [alone("apiVersion"), alone("kind")]
        );
    }

    #[test]
    fn a_long_comment_is_no_obstacle() {
        let text = format!("a:\n{}  b: 1\n", "# note\n".repeat(200));
        assert!(read(&text).0.is_some());
    }

    #[test]
    fn an_empty_file_and_a_list_are_no_spec() {
        for text in ["", "# only a comment\n", "- a\n", "text", "---\n"] {
            assert_eq!(read(text).1, [Code::AGC0005], "{text:?}");
        }
        assert_eq!(read("a: 1\n---\nb: 2\n").1, [Code::AGC0004]);
    }
}
