//! Text as literals, keys and comments: no text becomes code.

use std::fmt::Write as _;

use super::symbol::is_identifier;
use crate::print::is_printable_ascii;

/// Prints `name` as the key of an object.
pub fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        text(name)
    }
}

/// Prints `value` as a literal.
///
/// It must be the whole value: two literals that are printed apart and joined afterwards could open a hole where the
/// first ends in `$` and the second begins with `{`.
pub fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    // Most texts stand for themselves and are written in one go.
    if is_printable_ascii(value)
        && !value
            .bytes()
            .any(|byte| matches!(byte, b'\\' | b'\'' | b'$'))
    {
        out.push_str(value);
        out.push('\'');
        return out;
    }
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
            character if is_unclear(character) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            character => out.push(character),
        }
    }
    out.push('\'');
    out
}

/// Prints `line` as the text of a comment that began with `//`: it does not end the line, and shows what it holds.
pub fn comment(line: &str) -> String {
    if is_printable_ascii(line) {
        return line.trim_end().to_owned();
    }
    let shown: String = line
        .chars()
        .map(|character| {
            if is_unclear(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    shown.trim_end().to_owned()
}

/// Whether a reader would not see the character, or would see another one: private use has no meaning of its own.
fn is_unclear(character: char) -> bool {
    crate::print::is_invisible(character)
        || matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}
