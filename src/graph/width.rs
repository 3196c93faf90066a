//! How wide a text is at most, without asking a font.
//!
//! The picture names no font but the reader's own, so a text is taken for as wide as in the widest that is in use: of each
//! group of letters the widest advance in Verdana Bold and `DejaVu` Sans Bold, rounded up. A text that fits here fits there.

/// The width of a text in pixels at that size of letters, rounded up.
pub(crate) fn width(text: &str, size: i64) -> i64 {
    let thousandths: i64 = text.chars().map(advance).sum();
    (thousandths * size + 999) / 1000
}

/// The text, or as much of its beginning and its end as fits, with a mark between: of names that agcgen derives the beginning is
/// the same for all.
pub(crate) fn cut(text: &str, size: i64, room: i64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = room * 1000 - advance('…') * size;
    let half = left / 2;
    let mut tail = Vec::new();
    for letter in text.chars().rev() {
        if left - advance(letter) * size < half {
            break;
        }
        left -= advance(letter) * size;
        tail.push(letter);
    }
    let mut kept = String::new();
    for letter in text.chars() {
        left -= advance(letter) * size;
        if left < 0 {
            break;
        }
        kept.push(letter);
    }
    let tail: String = tail.into_iter().rev().collect();
    format!("{}…{}", kept.trim_end(), tail.trim())
}

/// The advance of a letter in thousandths of the size.
fn advance(letter: char) -> i64 {
    match letter {
        'i' | 'j' | 'l' | ' ' | '.' | ',' | '\'' => 410,
        ':' | ';' | '!' | '|' | 'I' | 'f' | 't' | 'r' | '-' | '(' | ')' | '[' | ']' => 560,
        'c' | 's' | 'z' | 'J' => 620,
        'a' | 'e' | 'k' | 'x' | 'y' | 'v' | 'L' | '/' | '\\' | '?' | '_' | '*' | '`' => 720,
        'b' | 'd' | 'g' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | '0'..='9' | '"' | '{' | '}' | '$' => {
            735
        }
        'A'..='H' | 'K' | 'N'..='V' | 'X'..='Z' | '+' | '<' | '=' | '>' | '~' | '^' | '#' | '&' => {
            880
        }
        'm' | 'w' | 'M' => 1080,
        'W' | '@' => 1140,
        '%' => 1280,
        '…' => 1100,
        // Letters of other scripts, signs and pictures.
        _ => 1500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_whole() {
        // 3 letters of 0.735, at 10 pixels.
        assert_eq!(width("bob", 10), 23);
        assert_eq!(cut("bob", 10, 23), "bob");
    }

    #[test]
    fn a_text_that_does_not_is_cut_with_a_mark() {
        // Of 22 pixels the mark takes 11, a letter 7.35: half of what is left is not enough for one at the end.
        assert_eq!(cut("bob", 10, 22), "b…");
        // Of 41 the mark leaves 30: two letters on either side.
        assert_eq!(cut("bdgbdg", 10, 41), "bd…dg");
        assert_eq!(cut("b dgbd g", 10, 34), "b…g");
        assert_eq!(cut("", 10, 0), "");
        assert_eq!(cut("中中", 10, 29), "中…");
    }

    #[test]
    fn no_letter_of_ascii_is_narrower_than_in_the_widest_fonts() {
        // Advances in thousandths, the wider of Verdana Bold and DejaVu Sans Bold.
        for (letter, least) in [
            ('a', 675),
            ('b', 716),
            ('c', 593),
            ('e', 678),
            ('f', 435),
            ('i', 343),
            ('m', 1058),
            ('r', 497),
        ] {
            assert!(advance(letter) >= least, "{letter}");
        }
        for (letter, least) in [
            ('s', 595),
            ('t', 478),
            ('w', 980),
            ('-', 480),
            ('/', 690),
            ('W', 1128),
            ('@', 1000),
            ('%', 1271),
        ] {
            assert!(advance(letter) >= least, "{letter}");
        }
    }
}
