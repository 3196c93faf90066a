//! Texts that are compared exactly or by a regular expression.
//!
//! The Gateway API leaves the dialect of `RegularExpression` to the implementation. Patterns here are read as RE2 reads them
//! (<https://github.com/google/re2/wiki/Syntax>, read 2026-11-29), by the crate `regex`: of bytes, so that `\w` and `\d` are of
//! ASCII, and compared with the whole text. Matching takes time linear in the text, whatever the pattern. A pattern is compiled
//! when it is first asked, and one that would take more than [`MOST_BYTES`] is not.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ast::parse::Parser;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::api::TextMatchType;

/// Most bytes that a compiled pattern may take. RE2 gives up at 8 MB, which nobody writes by hand; this keeps a folder full of
/// the worst patterns under a second.
pub const MOST_BYTES: usize = 1 << 18;

/// What a text must be like.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    Exactly,
    /// By the expression; or by nothing, and why.
    Regex(OnceLock<Result<Regex, String>>),
}

impl Pattern {
    /// That of a match.
    pub fn of(match_type: TextMatchType, text: &str) -> Self {
        match match_type {
            TextMatchType::Exact => Self {
                text: text.to_owned(),
                how: How::Exactly,
            },
            TextMatchType::RegularExpression => Self::regex(text),
        }
    }

    /// A regular expression.
    pub fn regex(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            how: How::Regex(OnceLock::new()),
        }
    }

    /// Whether a text is like that. Nothing is like a pattern that cannot be read.
    pub fn takes(&self, text: &str) -> bool {
        match &self.how {
            How::Exactly => self.text == text,
            How::Regex(compiled) => self
                .compiled(compiled)
                .as_ref()
                .is_ok_and(|regex| regex.is_match(text.as_bytes())),
        }
    }

    /// A text that is like that, if one can be made up: every repetition as few times as may be.
    pub(super) fn example(&self) -> Option<String> {
        let How::Regex(_) = &self.how else {
            return Some(self.text.clone());
        };
        let hir = regex_syntax::parse(&self.text).ok()?;
        let mut example = String::new();
        add_example(&hir, &mut example)?;
        self.takes(&example).then_some(example)
    }

    /// Whether no path is like that: each begins with `/`.
    pub(super) fn takes_no_path(&self) -> bool {
        if !self.is_regex() || self.fault().is_some() {
            return false;
        }
        // One of bytes is not parsed here, and may take any.
        regex_syntax::parse(&self.text).is_ok_and(|hir| !begins(&hir).with_slash)
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a regular expression.
    pub fn is_regex(&self) -> bool {
        !matches!(self.how, How::Exactly)
    }

    /// Why it cannot be read.
    pub fn fault(&self) -> Option<&str> {
        match &self.how {
            How::Exactly => None,
            How::Regex(compiled) => self.compiled(compiled).as_ref().err().map(String::as_str),
        }
    }

    fn compiled<'a>(
        &self,
        compiled: &'a OnceLock<Result<Regex, String>>,
    ) -> &'a Result<Regex, String> {
        compiled.get_or_init(|| compile(&self.text))
    }
}

/// Most bytes of an example.
const EXAMPLE: usize = 1024;

fn add_example(hir: &Hir, example: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => example.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let has = |c: &char| {
                class
                    .iter()
                    .any(|range| (range.start()..=range.end()).contains(c))
            };
            let first = || {
                class
                    .iter()
                    .next()
                    .map(regex_syntax::hir::ClassUnicodeRange::start)
            };
            example.push(['a', 'A', '0', '-'].into_iter().find(has).or_else(first)?);
        }
        HirKind::Class(Class::Bytes(class)) => {
            example.push(char::from(class.iter().next()?.start()));
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                add_example(&repetition.sub, example)?;
            }
        }
        HirKind::Capture(capture) => add_example(&capture.sub, example)?,
        HirKind::Concat(parts) => {
            for part in parts {
                add_example(part, example)?;
            }
        }
        HirKind::Alternation(choices) => add_example(choices.first()?, example)?,
    }
    (example.len() <= EXAMPLE).then_some(())
}

/// How the texts begin that a pattern takes.
struct Begins {
    /// Whether one may be empty.
    empty: bool,
    /// Whether one may begin with a slash.
    with_slash: bool,
}

fn begins(hir: &Hir) -> Begins {
    let (empty, with_slash) = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (true, false),
        HirKind::Literal(literal) => (false, literal.0.starts_with(b"/")),
        HirKind::Class(Class::Unicode(class)) => {
            let mut ranges = class.iter();
            (
                false,
                ranges.any(|one| (one.start()..=one.end()).contains(&'/')),
            )
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut ranges = class.iter();
            (
                false,
                ranges.any(|one| (one.start()..=one.end()).contains(&b'/')),
            )
        }
        HirKind::Repetition(repetition) => {
            let of = begins(&repetition.sub);
            (
                of.empty || repetition.min == 0,
                of.with_slash && repetition.max != Some(0),
            )
        }
        HirKind::Capture(capture) => return begins(&capture.sub),
        HirKind::Concat(parts) => {
            for part in parts {
                let of = begins(part);
                if of.with_slash || !of.empty {
                    return of;
                }
            }
            (true, false)
        }
        HirKind::Alternation(choices) => {
            let all = choices.iter().map(begins);
            all.fold((false, false), |(empty, with_slash), of| {
                (empty || of.empty, with_slash || of.with_slash)
            })
        }
    };
    Begins { empty, with_slash }
}

fn compile(text: &str) -> Result<Regex, String> {
    // Alone it must be one too: `a)|(?:b` is none.
    if let Err(error) = Parser::new().parse(text) {
        return Err(last_line(&error.to_string()));
    }
    let build = |is_unicode: bool| {
        RegexBuilder::new(&format!("^(?:{text})$"))
            .unicode(is_unicode)
            .size_limit(MOST_BYTES)
            .dfa_size_limit(MOST_BYTES)
            .build()
    };
    // Letters beyond ASCII in a class, and `\pL`, are of characters, not of bytes.
    let regex = match build(false) {
        Err(regex::Error::Syntax(_)) => build(true),
        done => done,
    };
    regex.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large when it is compiled".to_owned(),
        error => last_line(&error.to_string()),
    })
}

/// What the library says, without the drawing that shows where.
fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_of_the_whole_text() {
        let pattern = Pattern::regex("/v[0-9]+|/x");
        for (text, taken) in [
            ("/v1", true),
            ("/v12", true),
            ("/x", true),
            ("/v1/a", false),
            ("a/v1", false),
            ("/v1\n", false),
        ] {
            assert_eq!(pattern.takes(text), taken, "{text:?}");
        }
    }

    #[test]
    fn a_pattern_is_read_as_re2_reads_it() {
        for (pattern, text, taken) in [
            (r"/v/\w+", "/v/abc_9", true),
            (r"/v/\w+", "/v/\u{c4}\u{d6}", false),
            (r"/\d+", "/\u{663}", false),
            (r"/[\w-]{1,64}", "/a-b", true),
            (r"/[\w-]{1,400}/x", "/a-b/x", true),
            (r"/(?i)a", "/A", true),
            ("/[\u{e4}\u{f6}]", "/\u{e4}", true),
            (r"/\pL", "/\u{e4}", true),
            ("/\u{e4}", "/\u{e4}", true),
            ("/.", "/\n", false),
        ] {
            let pattern = Pattern::regex(pattern);
            assert_eq!(pattern.fault(), None, "{}", pattern.text());
            assert_eq!(pattern.takes(text), taken, "{} {text}", pattern.text());
        }
    }

    #[test]
    fn an_example_is_like_its_pattern() {
        for (pattern, example) in [
            ("/x.*", "/x"),
            (r"/v[0-9]+/\w{2}", "/v0/aa"),
            ("/(a|b)(c|d)?", "/a"),
            ("^/a$", "/a"),
        ] {
            assert_eq!(Pattern::regex(pattern).example().as_deref(), Some(example));
        }
        for none in ["/(", "a{2000}", "((a{99}){99}){99}", r"\Ba"] {
            assert_eq!(Pattern::regex(none).example(), None, "{none}");
        }
    }

    #[test]
    fn a_pattern_without_a_slash_in_front_takes_no_path() {
        for (pattern, takes_none) in [
            ("api/.*", true),
            ("^api", true),
            ("(api|web)/.*", true),
            ("x?y/", true),
            ("", true),
            ("[a-z]+/x", true),
            ("/api/.*", false),
            (".*/api", false),
            ("(api|/web)", false),
            ("x?/y", false),
            ("[^a]b", false),
            (r"\W", false),
            ("^/", false),
            (r"\x2fa", false),
            // One that cannot be read is another finding.
            ("(", false),
        ] {
            assert_eq!(
                Pattern::regex(pattern).takes_no_path(),
                takes_none,
                "{pattern}"
            );
        }
        assert!(!Pattern::of(TextMatchType::Exact, "api").takes_no_path());
    }

    #[test]
    fn a_broken_pattern_takes_nothing_and_says_why() {
        for text in ["(", "a)|(?:b", "(?=x)", "(?!admin).*", "(a{1000}){1000}"] {
            let pattern = Pattern::regex(text);
            assert!(
                pattern
                    .fault()
                    .is_some_and(|why| !why.is_empty() && !why.contains('\n')),
                "{text}"
            );
            assert!(!pattern.takes("a") && !pattern.takes(text), "{text}");
        }
        assert_eq!(Pattern::of(TextMatchType::Exact, "(").fault(), None);
        assert!(Pattern::of(TextMatchType::Exact, "(").takes("("));
    }
}
