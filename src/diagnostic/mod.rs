//! Findings: what is wrong with a spec, where, why, and what to do.
//!
//! Passes [`Findings::report`] as they go and never print. Three printers read the result: [`human`], [`short`]
//! and [`json()`]. Every code has a page, compiled in; `agcgen explain CODE` shows it.

mod code;
mod human;
pub mod json;
mod lines;
pub mod page;

use std::collections::BTreeMap;

use crate::source::{SourceId, Span, looks_like_credential};

pub use code::{Code, FAMILIES, Severity};
pub use human::{human, short};
pub use json::json;
pub(crate) use lines::Places;

/// A place and what to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// A change to the spec that removes the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// What takes its place.
    pub replacement: String,
}

/// One thing that is wrong, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its stable code.
    pub code: Code,
    /// What is wrong, enough on its own: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// Where, and why.
    pub place: Label,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The change that the help speaks of, where one can be made without asking.
    pub fix: Option<Fix>,
    /// Whether it is asked what was meant.
    guesses: bool,
}

impl Finding {
    /// Says why, at the place itself.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.place.text = text.into();
        self
    }

    /// Names another place that belongs to the finding.
    pub fn related(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, and the change that does it.
    pub fn fix(
        &mut self,
        help: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> &mut Self {
        self.help = Some(help.into());
        self.fix = Some(Fix {
            span,
            replacement: replacement.into(),
        });
        self
    }

    /// Asks "did you mean", where one of the known words is close to what was written at `span`.
    pub fn did_you_mean<'a>(
        &mut self,
        written: &str,
        span: Span,
        known: impl IntoIterator<Item = &'a str>,
    ) -> &mut Self {
        if let Some(nearest) = self.guesses.then(|| nearest(written, known)).flatten() {
            self.fix(format!("did you mean `{nearest}`?"), span, nearest);
        }
        self
    }
}

/// Most findings that are kept. All are told at once, but nobody reads more, and a hostile file could fill the memory.
pub const MOST_KEPT: usize = 10_000;

/// Findings after which nobody asks what was meant: to hold each of thousands of names against thousands takes minutes.
const MOST_GUESSED: usize = 100;

/// Most words that one is held against.
const MOST_KNOWN: usize = 1_000;

/// Most words that a sentence lists.
const MOST_LISTED: usize = 50;

/// All findings of a run, in the order reported until [`Findings::sorted`].
#[derive(Debug, Clone, Default)]
pub struct Findings {
    list: Vec<Finding>,
    hidden: Vec<Span>,
    /// The last of those beyond [`MOST_KEPT`], and the severities of all of them.
    beyond: Option<Finding>,
    not_kept: BTreeMap<Severity, usize>,
}

impl Findings {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding; its severity follows from the code.
    pub fn report(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Finding {
        let finding = Finding {
            code,
            message: message.into(),
            place: Label {
                span,
                text: String::new(),
            },
            related: Vec::new(),
            help: None,
            fix: None,
            guesses: self.guesses(),
        };
        if self.list.len() == MOST_KEPT {
            *self.not_kept.entry(code.severity()).or_default() += 1;
            return self.beyond.insert(finding);
        }
        self.list.push(finding);
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Whether the next finding may ask what was meant.
    pub(crate) fn guesses(&self) -> bool {
        self.list.len() < MOST_GUESSED
    }

    /// Keeps what stands there out of every message: it may be a secret.
    pub fn hide(&mut self, span: Span) {
        self.hidden.push(span);
    }

    /// What must not be shown of one source.
    pub fn hidden(&self, source: SourceId) -> impl Iterator<Item = Span> {
        self.hidden
            .iter()
            .copied()
            .filter(move |span| span.source == source)
    }

    /// The findings that are kept, in the order reported.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    /// The findings that are kept, by place; of two at one place, the one reported first comes first.
    pub fn sorted(&self) -> Vec<&Finding> {
        let mut list: Vec<&Finding> = self.list.iter().collect();
        list.sort_by_key(|finding| finding.place.span);
        list
    }

    /// How many are errors.
    pub fn error_count(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many are of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.list
            .iter()
            .filter(|finding| finding.code.severity() == severity)
            .count()
            + self.not_kept.get(&severity).copied().unwrap_or_default()
    }

    /// How many are counted and not kept.
    pub fn not_kept(&self) -> usize {
        self.not_kept.values().sum()
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// A piece of the spec as a message quotes it: in backticks, shortened, and not at all where it may be a secret.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if looks_like_credential(text).is_some() {
        return "(not shown)".to_owned();
    }
    let shown: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().count() > LONGEST {
        format!("`{shown}…`")
    } else {
        format!("`{shown}`")
    }
}

/// The known word that is closest to what was written, if one is close enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.chars().count() > 64 {
        return None;
    }
    let folded = written.to_ascii_lowercase();
    let known: Vec<&str> = known.into_iter().take(MOST_KNOWN + 1).collect();
    if known.len() > MOST_KNOWN {
        return None;
    }
    let mut begun = known
        .iter()
        .filter(|word| word.to_ascii_lowercase().starts_with(&folded));
    if let (Some(word), None, 3..) = (begun.next(), begun.next(), folded.len()) {
        return Some(word);
    }
    let limit = |word: &str| (word.len().max(written.len()) / 3).clamp(1, 3);
    let length = written.chars().count();
    known
        .into_iter()
        // So far apart in length, a word cannot be near.
        .filter(|word| word.chars().count().abs_diff(length) <= limit(word))
        .map(|word| {
            let plain = word.to_ascii_lowercase();
            let distance = strsim::damerau_levenshtein(&folded, &plain);
            // A letter too many at the end is the likelier slip.
            (distance, !folded.starts_with(&plain), word)
        })
        .filter(|(distance, _, word)| *distance <= limit(word))
        .min_by_key(|(distance, changed, word)| {
            (*distance, *changed, word.len().abs_diff(written.len()))
        })
        .map(|(_, _, word)| word)
}

/// Words as a sentence lists them: `a`, `b` and `c`. Of very many, the first.
pub fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let mut rest = words.into_iter();
    let words: Vec<String> = rest
        .by_ref()
        .take(MOST_LISTED)
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    match (words.as_slice(), rest.count()) {
        ([], _) => "none".to_owned(),
        ([one], 0) => one.clone(),
        ([most @ .., last], 0) => format!("{} and {last}", most.join(", ")),
        (first, more) => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_asks_only_what_may_be_meant() {
        assert_eq!(nearest("prot", ["port", "ports", "image"]), Some("port"));
        assert_eq!(nearest("wbe", ["web", "api"]), Some("web"));
        assert_eq!(
            nearest("servicebus", ["serviceBus", "storage"]),
            Some("serviceBus")
        );
        assert_eq!(nearest("x", ["api", "web"]), None);
        assert_eq!(nearest("node", ["nodejs", "none"]), Some("nodejs"));
        assert_eq!(nearest("vualt", ["storage", "vault"]), Some("vault"));
        assert_eq!(nearest("eastuss", ["eastus2", "eastus"]), Some("eastus"));
    }

    #[test]
    fn of_very_many_words_none_is_meant_and_the_first_are_listed() {
        let words: Vec<String> = (0..1_001).map(|at| format!("word-{at:04}")).collect();
        let known = |count: usize| words.iter().take(count).map(String::as_str);
        assert_eq!(nearest("wrod-0007", known(1_000)), Some("word-0007"));
        assert_eq!(nearest("wrod-0007", known(1_001)), None);
        assert!(listed(known(50)).ends_with("`word-0048` and `word-0049`"));
        assert!(listed(known(1_001)).ends_with("`word-0049` and 951 more"));
    }

    #[test]
    fn quoting_hides_and_shortens() {
        assert_eq!(quoted("a\nb"), "`a\u{fffd}b`");
        assert_eq!(quoted("Password=hunter2"), "(not shown)");
        assert!(quoted(&"x".repeat(100)).chars().count() < 70);
    }
}
