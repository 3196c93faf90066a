//! The language, as its users meet it: what is refused and how, what short forms mean, what later versions bring.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.

#[path = "../field_specs/mod.rs"]
mod field_specs;

mod connections;
mod examples;
mod future;
mod meant;
mod mistakes;
mod request_tests;
mod schema;
mod short_forms;

use agcgen::diagnostic::{Findings, Severity};
use agcgen::model::Model;
use agcgen::source::Sources;

/// What a spec gives.
struct Checked {
    sources: Sources,
    found: Findings,
    model: Option<Model>,
}

fn check(text: &str) -> Checked {
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", text);
    let mut found = Findings::new();
    let model = agcgen::check(&sources, id, &mut found);
    for finding in found.iter() {
        let error = finding.code.severity() == Severity::Error;
        assert!(
            !error || finding.help.is_some(),
            "{}: {} does not say what to do in\n{text}",
            finding.code,
            finding.message
        );
    }
    Checked {
        sources,
        found,
        model,
    }
}

impl Checked {
    /// All findings, one a line, with help: as an editor shows them.
    fn short(&self) -> String {
        agcgen::diagnostic::short(&self.sources, &self.found)
    }

    /// `line:column code text` of every finding of that severity, by place.
    fn places(&self, severity: Severity) -> Vec<String> {
        self.found
            .sorted()
            .into_iter()
            .filter(|finding| finding.code.severity() == severity)
            .map(|finding| {
                let span = finding.place.span;
                let text = &self.sources.get(span.source).text;
                let before = &text[..span.start];
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                let word = text[span.range()].lines().next().unwrap_or_default();
                format!("{line}:{column} {} {word}", finding.code)
            })
            .collect()
    }

    fn codes(&self) -> Vec<String> {
        self.found
            .sorted()
            .into_iter()
            .map(|finding| finding.code.to_string())
            .collect()
    }
}

/// A spec that gives no finding, without its last block.
fn spec(rest: &str) -> String {
    format!(
        "apiVersion: agcgen/v1\n\
         name: shop\n\
         azure: {{ location: westeurope, suffix: 7k2f9d }}\n\
         cluster: {{ administrators: [{{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }}] }}\n\
         {rest}"
    )
}
