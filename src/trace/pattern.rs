//! Texts that are compared exactly or by a regular expression.
//!
//! The Gateway API leaves the dialect of `RegularExpression` to the implementation. Patterns here are those of the crate `regex`,
//! whose syntax is that of RE2 but for details, and they are compared with the whole text. Matching takes time linear in the
//! text, whatever the pattern; one that would take more than [`MOST_BYTES`] compiled is refused.

use regex::{Regex, RegexBuilder};

use super::api::TextMatchType;

/// Most bytes that a compiled pattern may take.
pub const MOST_BYTES: usize = 1 << 20;

/// What a text must be like.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    Exactly,
    Regex(Regex),
    /// Nothing fits, and why.
    Broken(String),
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
        let compiled = RegexBuilder::new(&format!("^(?:{text})$"))
            .size_limit(MOST_BYTES)
            .dfa_size_limit(MOST_BYTES)
            .build();
        let how = match compiled {
            // Alone it must be one too: `a)|(?:b` is none.
            Ok(regex) if Regex::new(text).is_ok() => How::Regex(regex),
            Err(regex::Error::CompiledTooBig(_)) => How::Broken("it is too large".to_owned()),
            Err(error) => How::Broken(last_line(&error)),
            Ok(_) => How::Broken("its brackets do not fit".to_owned()),
        };
        Self {
            text: text.to_owned(),
            how,
        }
    }

    /// Whether a text is like that.
    pub fn takes(&self, text: &str) -> bool {
        match &self.how {
            How::Exactly => self.text == text,
            How::Regex(regex) => regex.is_match(text),
            How::Broken(_) => false,
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is a regular expression.
    pub fn is_regex(&self) -> bool {
        !matches!(self.how, How::Exactly)
    }

    /// Why nothing can be like that.
    pub fn fault(&self) -> Option<&str> {
        match &self.how {
            How::Broken(why) => Some(why),
            _ => None,
        }
    }
}

/// What the library says, without the drawing that shows where.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
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
    fn a_broken_pattern_takes_nothing_and_says_why() {
        for text in ["(", "a)|(?:b", "(?=x)", "(a{1000}){1000}"] {
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
