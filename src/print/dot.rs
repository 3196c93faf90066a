//! Text in DOT, the language of Graphviz.
//!
//! In: texts of any origin. Out: a quoted string that Graphviz shows as it stands: never the end of the string, a line break of
//! its own (`\n`), the name of a node (`\N`), an entity (`&amp;`) or HTML. It is one line: line breaks and tabs become blanks.
//! Characters that no reader can be trusted with become U+FFFD.

use super::is_disruptive;

/// `content` as a label, with its double quotes. An empty one is `""`, which shows nothing.
pub fn label(content: &str) -> String {
    let mut out = String::from("\"");
    for character in content.replace("\r\n", "\n").chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => out.push(' '),
            other if is_disruptive(other) => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_quoted() {
        for (content, expected) in [
            ("", r#""""#),
            ("web, 2 pods", r#""web, 2 pods""#),
            (r#"a"]; b ["\N"#, r#""a\"]; b [\"\\N""#),
            ("a\\", r#""a\\""#),
            ("<b>&lt;", r#""<b>&amp;lt;""#),
            ("a\r\nb\tc\0", "\"a b c\u{fffd}\""),
        ] {
            assert_eq!(label(content), expected, "{content:?}");
        }
    }
}
