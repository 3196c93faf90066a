//! The printers: one for each language that agcgen writes.
//!
//! In: values of any origin, also hostile ones. Out: text of exactly one language, in which a value is a value and
//! can never become code, markup or a comment's end.
//!
//! A printer decides nothing about content. The order of keys, the wording and the line breaks between things are the
//! caller's. No printer reads a file, the clock or the environment.
//!
//! The spec refuses control characters and their like before anything is printed. The printers are right for them all
//! the same: each module says what it does with them.

pub mod bicep;
pub mod dot;
pub mod markdown;
pub mod shell;
pub mod xml;
pub mod yaml;

/// Whether `character` can end a line, move the cursor or turn the reading direction in some reader.
///
/// These are control characters (C0, DEL, C1), line and paragraph separators, the byte order mark, marks of the
/// reading direction and noncharacters. No reader can be trusted to show them or to pass them on.
pub(crate) fn is_disruptive(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    matches!(character,
        '\u{80}'..='\u{9f}'
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Whether a reviewer cannot see `character`, or cannot tell it from a plain blank.
///
/// Everything disruptive, and the no-break spaces, soft hyphens, joiners, fillers, fixed-width spaces, annotation
/// marks and tag characters.
pub(crate) fn is_invisible(character: char) -> bool {
    is_disruptive(character)
        || !character.is_ascii()
            && matches!(character,
            '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200d}' | '\u{202f}' | '\u{205f}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The bytes of ASCII letters and digits and of these signs, as a table: most texts are held against one, byte by byte.
pub(crate) const fn letters_digits_and(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut position = 0;
    while position < signs.len() {
        table[signs[position] as usize] = true;
        position += 1;
    }
    table
}

/// Whether all of a line is printable ASCII, as most lines are: then nothing in it is disruptive or invisible.
pub(crate) fn is_printable_ascii(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::{is_disruptive, is_invisible};

    #[test]
    fn line_ends_and_direction_marks_are_disruptive() {
        for character in
            "\0\t\n\r\u{7f}\u{85}\u{2028}\u{202e}\u{feff}\u{fffe}\u{1ffff}\u{10ffff}".chars()
        {
            assert!(is_disruptive(character), "{character:?}");
            assert!(is_invisible(character), "{character:?}");
        }
    }

    #[test]
    fn what_people_write_is_neither() {
        for character in " ~é€中😀\u{fffd}\u{3000}\u{e000}".chars() {
            assert!(!is_invisible(character), "{character:?}");
        }
    }

    #[test]
    fn joiners_are_invisible_but_harmless() {
        for character in "\u{a0}\u{ad}\u{200b}\u{200d}\u{2060}".chars() {
            assert!(
                is_invisible(character) && !is_disruptive(character),
                "{character:?}"
            );
        }
    }
}
