//! Findings on the console, and how many there are.

use serde_json::{Map, Value};

use super::Format;
use super::console::Console;
use super::exit::Failure;
use crate::diagnostic::{self, Code, Findings, Severity};
use crate::source::Sources;

/// Prints findings for people to stderr. JSON is one document with what else the command has to say: [`document`].
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

/// The findings as a JSON object, to which a command adds fields of its own.
///
/// # Errors
/// When the printer of findings wrote no object: a bug.
pub(super) fn document(
    sources: &Sources,
    findings: &Findings,
) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(&diagnostic::json(sources, findings))
        .map_err(|error| Failure::Bug(format!("the findings are no JSON object: {error}")))
}

/// A JSON document as text that ends in a line break.
pub(super) fn json_text(document: Map<String, Value>) -> String {
    format!("{:#}\n", Value::Object(document))
}
