//! Findings for programs: one JSON document.
//!
//! `{"findings": [{code, severity, message, file, start, end, label, related, help, fix}]}`; lines and columns count
//! from 1, columns in characters. `notShown` beside them is how many more there are, where there are too many. Fields are
//! only ever added.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::lines::Places;
use super::{Finding, Findings, Label};
use crate::source::{Sources, Span};

#[derive(Serialize)]
struct Entry<'a> {
    code: String,
    severity: String,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    related: Vec<Place<'a>>,
    help: Option<&'a str>,
    fix: Option<Change<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    start: Position,
    end: Position,
    label: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    start: Position,
    end: Position,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

/// All findings as a JSON object, to which a command adds fields of its own.
pub fn document(sources: &Sources, findings: &Findings) -> Map<String, Value> {
    let mut places = Places::new(sources);
    let entries = findings.sorted().into_iter();
    let entries = entries.map(|finding| json!(entry(sources, &mut places, finding)));
    let mut document = Map::from_iter([("findings".to_owned(), entries.collect())]);
    if findings.not_kept() > 0 {
        document.insert("notShown".to_owned(), findings.not_kept().into());
    }
    document
}

/// The same as text.
pub fn json(sources: &Sources, findings: &Findings) -> String {
    text(document(sources, findings))
}

/// A JSON object as text that ends in a line break.
pub fn text(document: Map<String, Value>) -> String {
    format!("{:#}\n", Value::Object(document))
}

fn entry<'a>(sources: &'a Sources, places: &mut Places<'_>, finding: &'a Finding) -> Entry<'a> {
    Entry {
        code: finding.code.to_string(),
        severity: finding.code.severity().to_string(),
        message: &finding.message,
        place: place(sources, places, &finding.place),
        related: finding
            .related
            .iter()
            .map(|label| place(sources, places, label))
            .collect(),
        help: finding.help.as_deref(),
        fix: finding.fix.as_ref().map(|fix| Change {
            start: position(places, fix.span, fix.span.start),
            end: position(places, fix.span, fix.span.end),
            replacement: &fix.replacement,
        }),
    }
}

fn place<'a>(sources: &'a Sources, places: &mut Places<'_>, label: &'a Label) -> Place<'a> {
    Place {
        file: &sources.get(label.span.source).name,
        start: position(places, label.span, label.span.start),
        end: position(places, label.span, label.span.end),
        label: &label.text,
    }
}

fn position(places: &mut Places<'_>, span: Span, at: usize) -> Position {
    let point = Span {
        start: at,
        end: at,
        ..span
    };
    let (line, column) = places.line_and_column(point);
    Position { line, column }
}
