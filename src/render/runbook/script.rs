//! Commands to paste: lines of shell in which foreign text is an argument and nothing else.

use crate::print::shell::{self, Argument, NulInArgument, Reference};

use super::page::Markdown;

/// Room for the words of most lines.
const USUAL_WORDS: usize = 16;

/// A command line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    before: &'static str,
    words: Vec<Argument>,
    last: Vec<Argument>,
    after: &'static str,
    failure: Option<NulInArgument>,
}

impl Line {
    /// Begins with words of agcgen's own, split at blanks.
    pub(super) fn new(words: &'static str) -> Self {
        Self::empty().words(words)
    }

    /// Begins with nothing.
    pub(super) fn empty() -> Self {
        Self {
            before: "",
            words: Vec::with_capacity(USUAL_WORDS),
            last: Vec::new(),
            after: "",
            failure: None,
        }
    }

    /// Further words of agcgen's own, split at blanks.
    pub(super) fn words(mut self, words: &'static str) -> Self {
        for word in words.split(' ') {
            self.push(Argument::word(word));
        }
        self
    }

    fn push(&mut self, argument: Result<Argument, NulInArgument>) {
        match argument {
            Ok(argument) => self.words.push(argument),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// An argument of any text.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.push(Argument::literal(text));
        self
    }

    /// An argument that is already one.
    pub(super) fn argument(mut self, argument: impl Into<Argument>) -> Self {
        self.words.push(argument.into());
        self
    }

    /// A flag and its value that stand behind all that is added later: what is the same in every command.
    pub(super) fn lastly(mut self, flag: &'static str, value: impl Into<Argument>) -> Self {
        match Argument::word(flag) {
            Ok(flag) => self.last.extend([flag, value.into()]),
            Err(failure) => self.failure = Some(failure),
        }
        self
    }

    /// The same with a value of any text.
    pub(super) fn lastly_text(mut self, flag: &'static str, value: &str) -> Self {
        match Argument::literal(value) {
            Ok(value) => self.lastly(flag, value),
            Err(failure) => {
                self.failure = Some(failure);
                self
            }
        }
    }

    /// A flag with a value of any text.
    pub(super) fn flag(mut self, flag: &'static str, value: &str) -> Self {
        self.push(Argument::word(flag));
        self.text(value)
    }

    /// Text, and what the shell expands behind it, as one argument.
    pub(super) fn joined(mut self, text: &str, reference: Reference, rest: &str) -> Self {
        match (Argument::literal(text), Argument::literal(rest)) {
            (Ok(text), Ok(rest)) => self
                .words
                .push(text.followed_by(reference).followed_by(rest)),
            (Err(failure), _) | (_, Err(failure)) => self.failure = Some(failure),
        }
        self
    }

    /// A word of agcgen's own behind the words that the line begins with: the target of `az aks connection create`.
    pub(super) fn after(mut self, count: usize, word: &'static str) -> Self {
        match Argument::word(word) {
            Ok(argument) => self.words.insert(count.min(self.words.len()), argument),
            Err(failure) => self.failure = Some(failure),
        }
        self
    }

    /// Shell code of agcgen's own on both sides: an assignment, a pipe, a loop.
    pub(super) fn between(mut self, before: &'static str, after: &'static str) -> Self {
        self.before = before;
        self.after = after;
        self
    }

    fn print_to(self, out: &mut String) -> Result<(), NulInArgument> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut words = self.words;
        words.extend(self.last);
        let indent = self.before.len() - self.before.trim_start_matches(' ').len();
        out.push_str(self.before);
        out.push_str(&shell::command_at(indent, &words));
        out.push_str(self.after);
        Ok(())
    }
}

/// Lines to paste together.
#[derive(Debug, Clone, Default)]
pub(super) struct Script {
    text: String,
    failure: Option<NulInArgument>,
}

impl Script {
    /// With its first line.
    pub(super) fn new(line: Line) -> Self {
        Self::default().then(line)
    }

    /// A further line.
    pub(super) fn then(mut self, line: Line) -> Self {
        self.add(line);
        self.text.push('\n');
        self
    }

    fn add(&mut self, line: Line) {
        if let Err(failure) = line.print_to(&mut self.text) {
            self.failure = Some(failure);
        }
    }

    /// Several lines as one.
    pub(super) fn joined_line<const N: usize>(mut self, lines: [Line; N]) -> Self {
        for line in lines {
            self.add(line);
        }
        self.text.push('\n');
        self
    }

    /// Further lines.
    pub(super) fn all(self, lines: impl IntoIterator<Item = Line>) -> Self {
        lines.into_iter().fold(self, Self::then)
    }

    /// A line of shell code of agcgen's own.
    pub(super) fn code(mut self, line: &'static str) -> Self {
        self.text.push_str(line);
        self.text.push('\n');
        self
    }

    /// The fenced block.
    ///
    /// # Errors
    ///
    /// A text with a NUL, which no command line can hold; the spec refuses it.
    pub(super) fn block(self) -> Result<Markdown, NulInArgument> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(Markdown::block("bash", &self.text)),
        }
    }
}
