//! A spec and its findings: reading the one, and printing and counting the others.

use serde_json::{Map, Value};

use super::Format;
use super::console::Console;
use super::exit::{Exit, Failure, unreadable};
use crate::diagnostic::{self, Code, Findings, Severity};
use crate::source::{self, SourceId, Sources};

/// The spec at a path, or from standard input for `-`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_spec(path: &str) -> Result<(Sources, SourceId), Failure> {
    let source = source::read(path).map_err(|error| unreadable(path, &error))?;
    let mut sources = Sources::new();
    let id = sources.add(source.name, source.text);
    Ok((sources, id))
}

/// Prints findings for people to stderr. JSON is one document with what else the command has to say: [`diagnostic::json::document`].
pub(super) fn findings(
    console: &mut Console,
    format: Format,
    sources: &Sources,
    findings: &Findings,
) {
    match format {
        Format::Human => {
            console.say(&diagnostic::human(sources, findings));
            if let Some(code) = first_code(findings) {
                console.line(&format!(
                    "{}; `agcgen explain {code}` says more",
                    counted(findings)
                ));
            }
        }
        Format::Short => console.say(&diagnostic::short(sources, findings)),
        Format::Json => {}
    }
}

/// What the JSON documents of `trace` and `test` begin with.
pub(super) fn document(sources: &Sources, findings: &Findings) -> Map<String, Value> {
    let mut document = Map::from_iter([("schemaVersion".to_owned(), Value::from(1))]);
    document.extend(diagnostic::json::document(sources, findings));
    document
}

/// The end of a command whose spec or files have errors: `document` is what JSON has of it.
pub(super) fn refused(
    console: &mut Console,
    format: Format,
    document: Map<String, Value>,
) -> Result<Exit, Failure> {
    if format == Format::Json {
        console.data(&diagnostic::json::text(document))?;
    }
    Ok(Exit::Refused)
}

/// The code that is worth a look first: that of the first finding of the worst kind.
fn first_code(findings: &Findings) -> Option<Code> {
    findings
        .sorted()
        .into_iter()
        .map(|finding| finding.code)
        .min_by_key(|code| code.severity())
}

/// How many findings there are of each kind: `3 errors, 1 warning`.
pub(super) fn counted(findings: &Findings) -> String {
    [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ]
    .into_iter()
    .map(|(severity, word)| (findings.count(severity), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| number_of(count, word))
    .collect::<Vec<_>>()
    .join(", ")
}

/// `1 file`, `2 files`.
pub(super) fn number_of(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
