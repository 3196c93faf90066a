//! Text in XML 1.0, as SVG has it.
//!
//! In: texts of any origin. Out: text that is right between tags and in an attribute with double quotes: never a tag, an entity
//! or the end of either. It is one line: line breaks and tabs become blanks. Characters that no reader can be trusted with,
//! among them those that XML has no way to write, become U+FFFD.

use super::{is_disruptive, is_printable_ascii};

/// `content` as text, on one line.
pub fn text(content: &str) -> String {
    if is_printable_ascii(content) && !content.contains(['&', '<', '>', '"', '\'']) {
        return content.to_owned();
    }
    let mut out = String::new();
    for character in content.replace("\r\n", "\n").chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(' '),
            other if is_disruptive(other) => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        for (content, expected) in [
            ("web, 2 pods", "web, 2 pods"),
            ("<b>&amp;\"'", "&lt;b&gt;&amp;amp;&quot;&#39;"),
            ("]]>", "]]&gt;"),
            ("a\r\nb\tc", "a b c"),
            (
                "a\0\u{b}\u{202e}\u{fffe}",
                "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("é 中 😀", "é 中 😀"),
        ] {
            assert_eq!(text(content), expected, "{content:?}");
        }
    }
}
