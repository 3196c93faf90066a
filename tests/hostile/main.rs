//! Every text that the schema takes, with every string that some reader trips over: a finding at the field, or the same
//! string again where an outside reader reads what was rendered.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../admission/mod.rs"]
mod admission;
#[path = "../field_specs/mod.rs"]
mod field_specs;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../spec_tree/mod.rs"]
mod spec_tree;

mod admitted;
mod azure;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use agcgen::diagnostic::{Findings, Severity};
use agcgen::render::Rendered;
use agcgen::source::Sources;
use agcgen::spec::{reference, schema};
use oracle::environment::in_ci;
use oracle::{ApiServer, Bicep, Checks, Failed};
use regex::Regex;
use serde_json::{Value, json};
use spec_tree::{Path, Tree, label, labels_of_text};

/// A place for text.
struct Place {
    label: String,
    spec: Tree,
    path: Path,
    /// It is the key that is the text.
    is_key: bool,
}

/// Forms that no example shows.
fn more() -> Vec<Value> {
    let id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-a/providers";
    let spec = json!({
        "apiVersion": "agcgen/v1",
        "name": "shop",
        "profile": "dev",
        "azure": { "location": "westeurope", "suffix": "7k2f9d" },
        "network": { "addressSpace": ["10.10.0.0/16"] },
        "resources": {
            "files": {
                "kind": "storage",
                "existing": format!("{id}/Microsoft.Storage/storageAccounts/stdata"),
            },
            "vault": { "kind": "keyVault", "existing": format!("{id}/Microsoft.KeyVault/vaults/kv-data") },
            "db": { "kind": "sql", "databases": ["orders"] },
        },
        "workloads": {
            "web": {
                "image": "ghcr.io/example/web:1.0.3",
                "port": 8080,
                "connections": { "files": ["read"], "vault": { "access": ["read"] } },
            },
        },
        "routes": { "home": { "to": { "web": {} } } },
    });
    let mut list = spec.clone();
    list["routes"]["home"]["to"] = json!(["web"]);
    list["tests"] = json!({
        "in any shares": { "request": "GET /", "backend": ["web"] },
    });
    let mut shares = spec.clone();
    shares["tests"] = json!({
        "all of it": {
            "request": "GRPC shop.v1.Orders/List",
            "headers": { "x-channel": "beta" },
            "backend": { "web": "100%" },
            "requestHeaders": { "x-channel": "beta" },
            "responseHeaders": { "x-served-by": "beta" },
        },
    });
    vec![spec, list, shares]
}

/// Nothing takes a text there: a kind that is none, and a database server that is there already.
fn is_never_taken(label: &str) -> bool {
    label == ".resources.<name>.kind" || label.starts_with(".resources.<name>(sql).existing")
}

/// What some reader trips over.
fn hostile() -> Vec<String> {
    let mut list: Vec<String> = [
        "a\"b",
        "a'b",
        "a`b",
        "'",
        "\"",
        "'''",
        "${x}",
        "a${x}b",
        "$(id)",
        "$$(id)",
        "`id`",
        "$HOME",
        "a$$b",
        "$$",
        "a$",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a\tb",
        "a\0b",
        "a\u{7f}b",
        "a\u{85}b",
        "a: #b",
        "a #b",
        "{{ x }}",
        "{# x #}",
        "{% x %}",
        "---",
        "a\n---\nb",
        "%",
        "%20",
        "é漢🎉",
        "a\u{202e}b",
        "a\u{2066}b\u{2069}",
        "a\u{200f}b",
        "“a”",
        "‘a’",
        "a\u{2028}b",
        "\u{feff}a",
        "yes",
        "no",
        "on",
        "y",
        "null",
        "~",
        "true",
        "1",
        "0x10",
        "1e3",
        "1_000",
        "012",
        "1.0",
        ".5",
        ".inf",
        "12:30:45",
        "2001-01-01",
        "",
        " a",
        "a ",
        "a\\",
        "\\n",
        "!a",
        "&a",
        "*a",
        "- a",
        "? a",
        "@a",
        "|",
        ">",
        "[a](b)",
        "<b>a</b>",
        "**a**",
        "| a |",
        "# a",
        "a@b.example",
        "]]",
        "a; id",
        "a && id",
        "../a",
        "=",
        "<<",
    ]
    .map(str::to_owned)
    .into();
    list.push("x".repeat(10 * 1024));
    list
}

fn places() -> Vec<Place> {
    let fields = reference();
    let mut specs: Vec<Value> = fields
        .iter()
        .map(|field| field_specs::spec_with(field, &fields))
        .collect();
    specs.extend(more());
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for spec in specs {
        let spec = Tree::from(spec);
        for path in spec.paths() {
            let Some(label) = label(schema(), &spec, &path) else {
                continue;
            };
            let mut add = |label: String, is_key| {
                places.entry(label.clone()).or_insert(Place {
                    label,
                    spec: spec.clone(),
                    path: path.clone(),
                    is_key,
                });
            };
            if label.ends_with("<name>") {
                add(format!("{label} itself"), true);
            }
            if matches!(spec.at(&path), Tree::Scalar(Value::String(_))) {
                add(label, false);
            }
        }
    }
    places.into_values().collect()
}

/// The spec with that text in the place.
fn with(place: &Place, text: &str) -> Tree {
    let mut spec = place.spec.clone();
    if place.is_key {
        let (position, parent) = place.path.split_last().unwrap();
        match spec.at_mut(parent) {
            Tree::Map(entries) => text.clone_into(&mut entries[*position].0),
            _ => unreachable!("a key is in a map"),
        }
    } else {
        *spec.at_mut(&place.path) = Tree::Scalar(json!(text));
    }
    spec
}

/// The output, or whether an error stands there, and all errors.
fn compile(place: &Place, text: &str) -> Result<Rendered, (bool, Vec<String>)> {
    let written = with(place, text).write();
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", written.text.as_str());
    let mut found = Findings::new();
    if let Some(rendered) = agcgen::compile(&sources, id, &mut found).unwrap() {
        return Ok(rendered);
    }
    let errors = || {
        let all = found.iter();
        all.filter(|finding| finding.code.severity() == Severity::Error)
    };
    let there =
        errors().any(|finding| written.is_at(&place.path, false, &finding.place.span.range()));
    let told = errors().map(|finding| format!("{} {}", finding.code, finding.message));
    Err((there, told.collect()))
}

/// What outside readers find in a file, in no order; none for a language that has no reader here.
fn read(path: &str, text: &str) -> Option<Vec<String>> {
    let mut parts = match path.rsplit('.').next() {
        Some("yaml") => yaml(path, text),
        Some("md") => markdown(text),
        Some("tsv") if path == "driver/system.tsv" => rows(text),
        // kustomize reads it line by line.
        Some("env") => text.lines().map(str::to_owned).collect(),
        _ => return None,
    };
    for part in &mut parts {
        *part = without_digest(std::mem::take(part));
    }
    parts.sort();
    Some(parts)
}

/// Every field with the kind of its row, as the driver's own loop gets it from bash.
fn rows(text: &str) -> Vec<String> {
    const LOOP: &str = r#"while IFS=$'\t' read -r kind a b c d e f g; do
  for field in "$a" "$b" "$c" "$d" "$e" "$f" "$g"; do
    [ -z "$field" ] || printf '%s = text %s\0' "$kind" "$field"
  done
done"#;
    let mut bash = Command::new("bash")
        .args(["-c", LOOP])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = bash.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = bash.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let read = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<String> = read
        .split_terminator('\0')
        // How many rows there are says nothing of a text.
        .filter(|part| !part.starts_with("end = "))
        .map(str::to_owned)
        .collect();
    assert!(parts.len() > 30, "{parts:?}");
    parts
}

/// A value or key without quotes that is a truth, a number in base 8 or 60, one with `_`, or a date in YAML 1.1 alone.
static YAML_1_1: LazyLock<Regex> = LazyLock::new(|| {
    let words = "(?i:y|yes|n|no|on|off)";
    let numbers = "[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?|[0-9]+_[0-9_]*)";
    let dates = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
    let plain = format!("({words}|{numbers}|{dates})");
    Regex::new(&format!("(?m)(: |- ){plain}$|^ *(- )?{plain}:( |$)")).unwrap()
});

/// Every scalar with the keys that lead to it, as two readers agree on it.
fn yaml(path: &str, text: &str) -> Vec<String> {
    let mut one: Vec<Value> = serde_yaml::Deserializer::from_str(text)
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .collect();
    one.retain(|document| !document.is_null());
    let mut other: Vec<Value> =
        serde_saphyr::from_multiple(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
    other.retain(|document| !document.is_null());
    assert_eq!(one, other, "{path}: two readers, two meanings:\n{text}");
    // Neither reader knows all that YAML 1.1 takes for no text (https://yaml.org/type/), and kubectl's reader does.
    if let Some(plain) = YAML_1_1.find(text) {
        panic!(
            "{path}: YAML 1.1 has another meaning for {:?}",
            plain.as_str()
        );
    }
    let mut parts = Vec::new();
    for document in &one {
        scalars(document, "", &mut parts);
    }
    parts
}

fn scalars(value: &Value, path: &str, parts: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                scalars(value, &format!("{path}.{key}"), parts);
            }
        }
        Value::Array(items) => {
            for item in items {
                scalars(item, &format!("{path}[]"), parts);
            }
        }
        Value::String(text) => {
            let ends = [".command[]", ".args[]", ".env[].value"];
            let text = if ends.iter().any(|end| path.ends_with(end)) {
                &expanded(text)
            } else {
                text
            };
            // A digest says only that something differs.
            if !path.ends_with("checksum/connections") {
                parts.push(format!("{path} = text {text}"));
            }
        }
        other => parts.push(format!("{path} = {other}")),
    }
}

/// What Kubernetes makes of a value (`third_party/forked/golang/expansion`): `$$` is `$`, and what is left of the form
/// `$(NAME)` is another value.
fn expanded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if rest.starts_with('(') && rest.contains(')') {
            out.push_str("<another value>");
        } else {
            out.push('$');
            rest = rest.strip_prefix('$').unwrap_or(rest);
        }
    }
    out + rest
}

/// Each block as the text that a reader sees; commands by their words, YAML by its scalars.
fn markdown(text: &str) -> Vec<String> {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
    let mut parts = vec![String::new()];
    let mut language = String::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                language = info.to_string();
                parts.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => {
                let code = parts.pop().unwrap();
                match language.as_str() {
                    "sh" | "bash" => {
                        parts.extend(shlex::split(&code).unwrap_or_else(|| panic!("{code}")));
                    }
                    "yaml" => parts.extend(yaml("a block", &code)),
                    _ => parts.push(code),
                }
                parts.push(String::new());
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                parts.push(format!("to {dest_url}"));
                parts.push(String::new());
            }
            Event::Start(_) | Event::End(_) => parts.push(String::new()),
            Event::Text(text) | Event::Code(text) => parts.last_mut().unwrap().push_str(&text),
            Event::SoftBreak | Event::HardBreak => parts.last_mut().unwrap().push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => parts.push(format!("HTML {html}")),
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A word that stands for the text, where the place takes it.
const MARKS: [&str; 3] = ["mkzq", "/mkzq", "MKZQ"];

/// The output for a word that is like any other.
struct Marked {
    word: String,
    files: Vec<File>,
}

/// One of its files, read when somebody asks.
struct File {
    path: String,
    text: String,
    parts: OnceCell<Option<Vec<String>>>,
}

impl Marked {
    /// With the first word that the place takes, or else with the text that stands there.
    fn of(place: &Place) -> Option<Self> {
        let original = match place.spec.at(&place.path) {
            Tree::Scalar(Value::String(text)) if !place.is_key => text.as_str(),
            _ => "",
        };
        let mut words = MARKS.into_iter().chain([original]);
        words.find_map(|word| Self::new(place, word))
    }

    fn new(place: &Place, word: &str) -> Option<Self> {
        let files = compile(place, word).ok()?.files.into_iter();
        Some(Self {
            word: word.to_owned(),
            files: files
                .map(|file| File {
                    path: file.path.to_string(),
                    text: file.text,
                    parts: OnceCell::new(),
                })
                .collect(),
        })
    }

    /// The text in the place of the word, also where names are in capitals or begin with one.
    fn instead(&self, part: &str, text: &str) -> String {
        let part = part.replace(&self.word, text);
        match self.word.as_str() {
            "mkzq" => {
                let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
                part.replace("MKZQ", &text.to_uppercase().replace('-', "_"))
                    .replace("Mkzq", &(first.to_uppercase() + rest))
            }
            _ => part,
        }
    }

    /// What else differs with the text, and in how many files it was read.
    fn compared(&self, rendered: &Rendered, text: &str) -> (usize, Vec<String>) {
        let mut wrong = Vec::new();
        let mut count = 0;
        let paths: BTreeSet<String> = self
            .files
            .iter()
            .map(|file| self.instead(&file.path, text))
            .collect();
        let others = rendered.files.iter().map(|file| file.path.to_string());
        if paths != others.collect() {
            wrong.push(format!("other files than {paths:?}"));
        }
        for before in &self.files {
            let path = self.instead(&before.path, text);
            let after = rendered
                .files
                .iter()
                .find(|file| file.path.as_str() == path);
            let Some(after) = after.filter(|after| after.text != before.text) else {
                continue;
            };
            let parts = before
                .parts
                .get_or_init(|| read(&before.path, &before.text));
            let (Some(parts), Some(mut after)) = (parts, read(&path, &after.text)) else {
                continue;
            };
            count += 1;
            let mut before: Vec<String> =
                parts.iter().map(|part| self.instead(part, text)).collect();
            before.sort();
            after.sort();
            if before != after {
                let lost: Vec<&String> =
                    before.iter().filter(|part| !after.contains(part)).collect();
                let new: Vec<&String> =
                    after.iter().filter(|part| !before.contains(part)).collect();
                wrong.push(format!("{path}: {lost:?} became {new:?}"));
            }
        }
        (count, wrong)
    }
}

/// Names in Azure that must be unique in the world end in a digest and the suffix; the digest says only that something
/// differs.
fn without_digest(part: String) -> String {
    static DIGEST: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9a-f]{4}7k2f9d").unwrap());
    if part.contains("7k2f9d") {
        DIGEST.replace_all(&part, "").into_owned()
    } else {
        part
    }
}

#[derive(Default)]
struct Counts {
    found: usize,
    taken: usize,
    read: usize,
    wrong: Vec<String>,
}

/// The texts for a place: all in CI, elsewhere each fourth, another fourth in the next place.
fn part_of(all: &[String], number: usize) -> impl Iterator<Item = &String> {
    let step = if in_ci() { 1 } else { 4 };
    all.iter().skip(number % step).step_by(step)
}

/// What becomes of a place with each text.
fn judge(number: usize, place: &Place, all: &[String], counts: &mut Counts) {
    let marked = Marked::of(place);
    for text in part_of(all, number) {
        let shown: String = text.chars().take(20).collect();
        let mut say = |what: &str| {
            counts
                .wrong
                .push(format!("{}: {shown:?}: {what}", place.label));
        };
        match (compile(place, text), &marked) {
            (Err((true, _)), _) => counts.found += 1,
            (Err((false, told)), _) => say(&format!("found elsewhere: {told:?}")),
            (Ok(rendered), Some(marked)) => {
                counts.taken += 1;
                let (read, wrong) = marked.compared(&rendered, text);
                counts.read += read;
                if !is_right(place, text) {
                    for what in wrong {
                        say(&what);
                    }
                }
            }
            (Ok(_), None) => say("taken, and what it says is not"),
        }
    }
}

/// What differs for a reason.
fn is_right(place: &Place, text: &str) -> bool {
    match place.label.as_str() {
        // az reads such an argument as a file or an option; the runbook says that the group does not get the tag.
        ".azure.tags.<name> itself" => text.starts_with(['@', '-']),
        // Service Connector leaves it out of the name of its Secret.
        ".workloads.<name>.connections.<name>.name" => text.contains('_'),
        // JSON has one number for both.
        ".resources.<name>(sql).databases.<name>.minCapacity" => text == "1.0",
        _ => false,
    }
}

/// Also that every field is there.
fn found_or_read() -> Result<(), Failed> {
    let places = places();
    let have: BTreeSet<String> = places.iter().map(|place| place.label.clone()).collect();
    let missing: Vec<String> = labels_of_text(schema())
        .into_iter()
        .filter(|label| !have.contains(label) && !is_never_taken(label))
        .collect();
    assert!(missing.is_empty(), "no spec shows {missing:?}");
    let all = hostile();
    let half = |part: usize| {
        let mut counts = Counts::default();
        for (number, place) in places.iter().enumerate().skip(part).step_by(2) {
            judge(number, place, &all, &mut counts);
        }
        counts
    };
    let (mut counts, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        (half(0), other.join().unwrap())
    });
    counts.found += other.found;
    counts.taken += other.taken;
    counts.read += other.read;
    counts.wrong.extend(other.wrong);
    counts.wrong.sort();
    println!(
        "{} fields x {} strings{}: {} found, {} taken, {} files read",
        places.len(),
        all.len(),
        if in_ci() {
            ""
        } else {
            ", each in a quarter of them outside of CI"
        },
        counts.found,
        counts.taken,
        counts.read
    );
    let wrong: Vec<String> = counts
        .wrong
        .iter()
        .map(|line| line.chars().take(600).collect())
        .collect();
    // All strings in CI, a quarter elsewhere.
    let least = if in_ci() {
        [140, 82, 10117, 1363, 1143]
    } else {
        [140, 82, 2537, 333, 270]
    };
    let figures = [
        places.len(),
        all.len(),
        counts.found,
        counts.taken,
        counts.read,
    ];
    if figures
        .iter()
        .zip(least)
        .any(|(figure, least)| *figure < least)
    {
        return Err(format!("{figures:?} were tried; it was {least:?}").into());
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

/// What `YAML_1_1` refuses, and what it does not.
fn yaml_1_1() -> Result<(), Failed> {
    let other = [
        "a: on",
        "- No",
        "  y: 1",
        "a: 012",
        "- 12:30:45",
        "a: 1_000",
        "a: 2001-01-01",
    ];
    let same = [
        "a: \"on\"",
        "a: online",
        "a: 0",
        "a: 10",
        "- 'no'",
        "\"y\": 1",
        "a: 1.5",
    ];
    oracle::none(
        other
            .into_iter()
            .filter(|text| !YAML_1_1.is_match(text))
            .chain(same.into_iter().filter(|text| YAML_1_1.is_match(text)))
            .map(str::to_owned),
    )
}

fn main() -> std::process::ExitCode {
    let mut checks = Checks::new();
    checks.plain("hostile: what YAML 1.1 reads otherwise", yaml_1_1);
    checks.plain(
        "hostile: found where it is, or read as it was written",
        found_or_read,
    );
    checks.needing::<Bicep>(
        "hostile: tags and databases read by the Bicep compiler",
        azure::tags,
    );
    checks.needing::<Bicep>(
        "hostile: every text read by the Bicep compiler",
        azure::every_text,
    );
    checks.needing::<ApiServer>("hostile: taken by an API server", admitted::by_a_server);
    checks.run()
}
