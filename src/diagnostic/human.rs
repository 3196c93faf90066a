//! Findings for people: the rustc look, and one line each for editors.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Finding, Findings, Severity};
use crate::source::{SourceId, Sources, Span, masked};

/// Every finding with the lines it speaks of, styled for a terminal; whoever prints it strips the styles where colours
/// are not wanted.
pub fn human(sources: &Sources, findings: &Findings) -> String {
    let renderer = Renderer::styled();
    let mut shown: BTreeMap<SourceId, String> = BTreeMap::new();
    let mut out = String::new();
    for finding in findings.sorted() {
        for id in sources_of(finding) {
            shown
                .entry(id)
                .or_insert_with(|| masked_source(sources, findings, id));
        }
        out.push_str(&renderer.render(&report(sources, &shown, finding)));
        out.push_str("\n\n");
    }
    out
}

/// One line a finding: `path:line:column: severity[code]: message`.
pub fn short(sources: &Sources, findings: &Findings) -> String {
    let mut out = String::new();
    for finding in findings.sorted() {
        let (line, column) = line_and_column(sources, finding.place.span);
        let name = &sources.get(finding.place.span.source).name;
        let severity = finding.code.severity();
        let _ = write!(
            out,
            "{name}:{line}:{column}: {severity}[{}]: {}",
            finding.code, finding.message
        );
        if let Some(help) = &finding.help {
            let _ = write!(out, " ({help})");
        }
        out.push('\n');
    }
    out
}

/// Line and column of the first byte, both from 1; the column counts characters.
pub(super) fn line_and_column(sources: &Sources, span: Span) -> (usize, usize) {
    let text = &sources.get(span.source).text;
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The sources that a finding shows, that of its place first.
fn sources_of(finding: &Finding) -> Vec<SourceId> {
    let spans = std::iter::once(finding.place.span)
        .chain(finding.related.iter().map(|label| label.span))
        .chain(finding.fix.iter().map(|fix| fix.span));
    let mut ids: Vec<SourceId> = Vec::new();
    for span in spans {
        if !ids.contains(&span.source) {
            ids.push(span.source);
        }
    }
    ids
}

/// One finding over the texts of its sources, with what may be a secret hidden.
fn report<'a>(
    sources: &'a Sources,
    shown: &'a BTreeMap<SourceId, String>,
    finding: &'a Finding,
) -> Vec<Group<'a>> {
    let text_of = |id: SourceId| shown.get(&id).map_or("", String::as_str);

    let level = match finding.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let place = finding.place.span;
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.code.to_string());
    let mut group = Group::with_title(title);
    for id in sources_of(finding) {
        let text = text_of(id);
        let mut snippet = Snippet::source(text)
            .path(sources.get(id).name.as_str())
            .fold(true);
        if id == place.source {
            let annotation = AnnotationKind::Primary.span(first_line(text, place));
            snippet = snippet.annotation(labelled(annotation, &finding.place.text));
        }
        for label in finding
            .related
            .iter()
            .filter(|label| label.span.source == id)
        {
            let annotation = AnnotationKind::Context.span(first_line(text, label.span));
            snippet = snippet.annotation(labelled(annotation, &label.text));
        }
        group = group.element(snippet);
    }
    let mut groups = vec![group];
    match (&finding.help, &finding.fix) {
        (Some(help), Some(fix)) => {
            let text = text_of(fix.span.source);
            let patch = Patch::new(first_line(text, fix.span), fix.replacement.as_str());
            groups.push(
                Level::HELP
                    .secondary_title(help.as_str())
                    .element(Snippet::source(text).fold(true).patch(patch)),
            );
        }
        (Some(help), None) => {
            let last = groups.remove(0);
            groups.push(last.element(Level::HELP.message(help.as_str())));
        }
        (None, _) => {}
    }
    groups
}

fn labelled<'a>(
    annotation: annotate_snippets::Annotation<'a>,
    text: &'a str,
) -> annotate_snippets::Annotation<'a> {
    if text.is_empty() {
        annotation
    } else {
        annotation.label(text)
    }
}

/// A source with everything hidden that may be a secret.
fn masked_source(sources: &Sources, findings: &Findings, id: SourceId) -> String {
    let hidden: Vec<Range<usize>> = findings.hidden(id).map(Span::range).collect();
    masked(&sources.get(id).text, &hidden)
}

/// A value that stands on many lines is pointed at on its first.
fn first_line(text: &str, span: Span) -> Range<usize> {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let line = text
        .get(start..end)
        .and_then(|part| part.find('\n'))
        .map_or(end, |at| start + at);
    start..line
}
