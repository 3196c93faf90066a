//! Findings for people: the rustc look, and one line each for editors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::lines::{Lines, Places};
use super::{Finding, Findings, Label, Severity};
use crate::source::{SourceId, Sources, Span, masked};

/// Longest piece of a spec that is shown as one, in bytes. What stands further apart is shown piece by piece, and of a longer
/// line only what is near the place.
const LONGEST_PIECE: usize = 8 * 1024;

/// Every finding with the lines it speaks of, styled for a terminal; whoever prints it strips the styles where colours
/// are not wanted.
pub fn human(sources: &Sources, findings: &Findings) -> String {
    let renderer = Renderer::styled();
    let sorted = findings.sorted();
    let ids: BTreeSet<SourceId> = sorted.iter().flat_map(|it| sources_of(it)).collect();
    let masked: Vec<(SourceId, String)> = ids
        .into_iter()
        .map(|id| (id, masked_source(sources, findings, id)))
        .collect();
    let shown: BTreeMap<SourceId, Lines<'_>> = masked
        .iter()
        .map(|(id, text)| (*id, Lines::new(text)))
        .collect();
    let mut out = String::new();
    for finding in sorted {
        out.push_str(&renderer.render(&report(sources, &shown, finding)));
        out.push_str("\n\n");
    }
    out.push_str(&not_shown(findings));
    out
}

/// One line a finding: `path:line:column: severity[code]: message`.
pub fn short(sources: &Sources, findings: &Findings) -> String {
    let mut places = Places::new(sources);
    let mut out = String::new();
    for finding in findings.sorted() {
        let (line, column) = places.line_and_column(finding.place.span);
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
    out.push_str(&not_shown(findings));
    out
}

/// What is said of findings that are too many.
fn not_shown(findings: &Findings) -> String {
    match findings.not_kept() {
        0 => String::new(),
        more => format!("{more} more are not shown: mend these first\n"),
    }
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
    shown: &BTreeMap<SourceId, Lines<'a>>,
    finding: &'a Finding,
) -> Vec<Group<'a>> {
    let level = match finding.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.code.to_string());
    let labels: Vec<(&Label, AnnotationKind)> =
        std::iter::once((&finding.place, AnnotationKind::Primary))
            .chain(
                finding
                    .related
                    .iter()
                    .map(|label| (label, AnnotationKind::Context)),
            )
            .collect();
    let mut group = Group::with_title(title);
    for id in sources_of(finding) {
        let Some(lines) = shown.get(&id) else {
            continue;
        };
        let labels: Vec<_> = labels
            .iter()
            .filter(|(label, _)| label.span.source == id)
            .map(|(label, kind)| (first_line(lines.text(), label.span), *kind, &label.text))
            .collect();
        let name = sources.get(id).name.as_str();
        let near = Piece::of(lines, labels.iter().map(|(range, ..)| range));
        let pieces = match near {
            Some(piece) => vec![(piece, labels)],
            None => labels
                .into_iter()
                .map(|label| (Piece::around(lines, &label.0), vec![label]))
                .collect(),
        };
        for (piece, labels) in pieces {
            let mut snippet = Snippet::source(piece.text.clone())
                .line_start(piece.line)
                .fold(true);
            if piece.is_whole() {
                snippet = snippet.path(name);
            } else if let Some((range, ..)) = labels.first() {
                let (line, column) = lines.line_and_column(range.start);
                group = group.element(Origin::path(name).line(line).char_column(column));
            }
            for (range, kind, text) in labels {
                snippet = snippet.annotation(labelled(kind.span(piece.place(&range)), text));
            }
            group = group.element(snippet);
        }
    }
    let mut groups = vec![group];
    match (&finding.help, &finding.fix) {
        (Some(help), Some(fix)) => {
            let Some(lines) = shown.get(&fix.span.source) else {
                return groups;
            };
            let range = first_line(lines.text(), fix.span);
            let piece = Piece::of(lines, std::iter::once(&range))
                .unwrap_or_else(|| Piece::around(lines, &range));
            let patch = Patch::new(piece.place(&range), fix.replacement.as_str());
            groups.push(
                Level::HELP.secondary_title(help.as_str()).element(
                    Snippet::source(piece.text)
                        .line_start(piece.line)
                        .fold(true)
                        .patch(patch),
                ),
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

/// The part of a source that is shown: the renderer reads all that it is given, for every finding anew.
struct Piece<'a> {
    text: Cow<'a, str>,
    /// The line that it begins on.
    line: usize,
    /// Where in the source it begins.
    start: usize,
    /// What stands before the text that is from the source.
    lead: usize,
}

impl<'a> Piece<'a> {
    /// The whole lines that hold all the places, unless they are too much.
    fn of<'r>(
        lines: &Lines<'a>,
        places: impl Iterator<Item = &'r Range<usize>> + Clone,
    ) -> Option<Self> {
        let first = places.clone().map(|range| range.start).min()?;
        let last = places.map(|range| range.end).max()?;
        let line = lines.line_shown(first);
        let range = lines.range(line, lines.line_shown(last));
        (range.len() <= LONGEST_PIECE).then(|| Self {
            text: Cow::Borrowed(lines.text().get(range.clone()).unwrap_or_default()),
            line,
            start: range.start,
            lead: 0,
        })
    }

    /// The lines of one place, or what is near it on a line that is too long.
    fn around(lines: &Lines<'a>, place: &Range<usize>) -> Self {
        const BEFORE: usize = 60;
        const LONGEST: usize = 120;
        if let Some(piece) = Self::of(lines, std::iter::once(place)) {
            return piece;
        }
        let line = lines.line_shown(place.start);
        let whole = lines.range(line, line);
        let text = lines.text();
        let start = text.floor_char_boundary(whole.start.max(place.start.saturating_sub(BEFORE)));
        let end = text.floor_char_boundary(whole.end.min(place.start + LONGEST));
        let (before, after) = (cut(start > whole.start), cut(end < whole.end));
        let near = text.get(start..end).unwrap_or_default();
        Self {
            text: Cow::Owned(format!("{before}{near}{after}")),
            line,
            start,
            lead: before.len(),
        }
    }

    /// Whether it is whole lines.
    fn is_whole(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// Where a place of the source is in it.
    fn place(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| (at.saturating_sub(self.start) + self.lead).min(self.text.len());
        place(range.start)..place(range.end)
    }
}

fn cut(is_cut: bool) -> &'static str {
    if is_cut { "\u{2026}" } else { "" }
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

/// A source with everything hidden that may be a secret, and every control character that the renderer leaves as it is.
fn masked_source(sources: &Sources, findings: &Findings, id: SourceId) -> String {
    let hidden: Vec<Range<usize>> = findings.hidden(id).map(Span::range).collect();
    let text = masked(&sources.get(id).text, &hidden);
    if text.is_ascii() {
        return text;
    }
    // U+009B is `ESC [` in one. What stands for it has two bytes too, so every place stays.
    text.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{bf}")
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
