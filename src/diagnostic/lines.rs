//! Where the lines of a text are, so that a file full of mistakes is not read once for each.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memchr_iter;

use crate::source::{SourceId, Sources, Span};

/// Bytes between two places whose characters are counted beforehand.
const STRIDE: usize = 256;

/// The lines of one text. Lines and columns count from 1; columns count characters.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// First byte of each line.
    starts: Vec<usize>,
    /// How many characters begin before each multiple of [`STRIDE`]; nothing where each is a byte.
    characters: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = memchr_iter(b'\n', text.as_bytes());
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut before = 0;
            for block in text.as_bytes().chunks(STRIDE) {
                characters.push(before);
                before += begun_in(block);
            }
            characters.push(before);
        }
        Self {
            text,
            starts: std::iter::once(0).chain(breaks.map(|at| at + 1)).collect(),
            characters,
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Line and column of a byte.
    pub(super) fn line_and_column(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let line = self.line(at);
        let before = self.characters_before(at) - self.characters_before(self.starts[line - 1]);
        (line, before + 1)
    }

    /// The line that holds a byte. What stands behind the last line break is held by the line before it, if it is nothing.
    pub(super) fn line_shown(&self, at: usize) -> usize {
        match self.line(at) {
            line if line > 1 && self.starts[line - 1] == self.text.len() => line - 1,
            line => line,
        }
    }

    /// The bytes of the lines from one to another, with the line break of the last.
    pub(super) fn range(&self, first: usize, last: usize) -> Range<usize> {
        let end = self.starts.get(last).copied();
        self.starts[first - 1]..end.unwrap_or(self.text.len())
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn characters_before(&self, at: usize) -> usize {
        let block = at / STRIDE;
        let Some(before) = self.characters.get(block) else {
            return at;
        };
        before + begun_in(&self.text.as_bytes()[block * STRIDE..at])
    }
}

/// Lines and columns in all sources, each of which is read when it is first asked for.
pub(crate) struct Places<'a> {
    sources: &'a Sources,
    lines: BTreeMap<SourceId, Lines<'a>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            lines: BTreeMap::new(),
        }
    }

    /// Line and column of the first byte.
    pub(crate) fn line_and_column(&mut self, span: Span) -> (usize, usize) {
        self.lines
            .entry(span.source)
            .or_insert_with(|| Lines::new(&self.sources.get(span.source).text))
            .line_and_column(span.start)
    }
}

/// How many characters begin in a piece of UTF-8.
fn begun_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let long = "ü".repeat(1000);
        let text = format!("a\n\u{20ac}b\r\n{long}x\n");
        let lines = Lines::new(&text);
        assert_eq!(lines.line_and_column(0), (1, 1));
        assert_eq!(lines.line_and_column(1), (1, 2));
        assert_eq!(lines.line_and_column(2), (2, 1));
        assert_eq!(lines.line_and_column(5), (2, 2));
        assert_eq!(lines.line_and_column(8), (3, 1));
        assert_eq!(lines.line_and_column(8 + 2000), (3, 1001));
        assert_eq!(lines.line_and_column(text.len()), (4, 1));
        assert_eq!(lines.line_shown(text.len()), 3);
        assert_eq!(&text[lines.range(1, 2)], "a\n\u{20ac}b\r\n");
        assert_eq!(lines.range(3, 3), 8..text.len());
        assert_eq!(Lines::new("").line_and_column(3), (1, 1));
        assert_eq!(Lines::new("").range(1, 1), 0..0);
    }
}
