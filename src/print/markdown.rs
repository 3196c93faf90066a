//! Markdown as GitHub reads it, and the labels and code inside it.
//!
//! In: texts of any origin. Out: Markdown in which such a text is text: never a link, an image, HTML, a heading, a list,
//! a table border, mathematics or the end of a code block.
//!
//! [`text`] and [`code`] make an [`Inline`], which is right in a paragraph, a heading, a list item and a table cell, also
//! at the start of a line. In it line breaks and tabs become blanks. Characters that no reader can be trusted with
//! (control characters, DEL, C1, U+2028, U+2029, the byte order mark, direction marks, noncharacters) become U+FFFD
//! everywhere; the spec refuses them, so that mark shows a fault of agcgen.
//!
//! GitHub makes an e-mail address a link after it has resolved all escapes, so no escape prevents that (tried with
//! GitHub's own parser, cmark-gfm, as packaged on 2025-10-22). Another element does: [`text`] shows an address as code.
//!
//! Not done here: the document around these pieces, emphasis; nor the pictures (`:rocket:`), people (`@somebody`)
//! and issues (`#1`) that GitHub puts into finished HTML. The latter two exist in comments only, not in files.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::{is_disruptive, is_invisible, is_printable_ascii};

/// What stands for a character that is not passed on.
const REPLACEMENT: char = '\u{fffd}';

/// Markdown of one line in which every piece of foreign text is escaped. `Display` prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inline(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Code(String),
    Literal(Cow<'static, str>),
}

impl Inline {
    /// Markdown of agcgen's own: complete elements on one line, without a table border.
    pub fn literal(markdown: &'static str) -> Self {
        Self(vec![Piece::Literal(markdown.into())])
    }

    /// The same with room for so many pieces.
    pub(crate) fn literal_with_room(markdown: &'static str, pieces: usize) -> Self {
        let mut all = Vec::with_capacity(pieces);
        all.push(Piece::Literal(markdown.into()));
        Self(all)
    }

    /// This with Markdown of agcgen's own directly behind it.
    #[must_use]
    pub(crate) fn followed_by_literal(mut self, markdown: &'static str) -> Self {
        self.0.push(Piece::Literal(markdown.into()));
        self
    }

    /// This with `next` directly behind it. Two pieces of code become one.
    #[must_use]
    pub fn followed_by(mut self, next: Self) -> Self {
        for piece in next.0 {
            self.push(piece);
        }
        self
    }

    fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Text(text) | Piece::Code(text)) if text.is_empty() => {}
            (Some(Piece::Text(before)), Piece::Text(text))
            | (Some(Piece::Code(before)), Piece::Code(text)) => {
                before.push_str(&text);
            }
            (_, piece) => self.0.push(piece),
        }
    }

    /// Prints it as `Display` does, into a text that is long enough from the start where nothing has to be escaped.
    pub(crate) fn print(&self) -> String {
        let lengths = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Code(text) => text.len() + "``".len(),
            Piece::Literal(markdown) => markdown.len(),
        });
        let mut out = String::with_capacity(lengths.sum());
        // Writing to a String cannot fail.
        _ = write!(out, "{self}");
        out
    }

    /// The pieces as they are printed: addresses are code, and code has no table border.
    fn printable(&self) -> Cow<'_, Self> {
        let is_printable = |piece: &Piece| match piece {
            Piece::Text(text) => !text.contains('@'),
            Piece::Code(text) => !text.contains('|'),
            Piece::Literal(_) => true,
        };
        if self.0.iter().all(is_printable) {
            return Cow::Borrowed(self);
        }
        let mut out = Self::default();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => {
                    for (part, is_address) in split_at_addresses(text) {
                        out.push(if is_address {
                            Piece::Code(part.to_owned())
                        } else {
                            Piece::Text(part.to_owned())
                        });
                    }
                }
                // In a table GitHub takes `\|` for a border's escape even inside code, elsewhere for two characters;
                // outside of code `&#124;` is right in both.
                Piece::Code(text) => {
                    for part in text.split_inclusive('|') {
                        let (part, border) = part
                            .strip_suffix('|')
                            .map_or((part, ""), |code| (code, "|"));
                        out.push(Piece::Code(part.to_owned()));
                        out.push(Piece::Text(border.to_owned()));
                    }
                }
                literal @ Piece::Literal(_) => out.push(literal.clone()),
            }
        }
        Cow::Owned(out)
    }
}

impl fmt::Display for Inline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printable = self.printable();
        let pieces = &printable.0;
        for (position, piece) in pieces.iter().enumerate() {
            let is_code = |position: usize| matches!(pieces.get(position), Some(Piece::Code(_)));
            match piece {
                Piece::Text(text) => write_escaped(
                    formatter,
                    text,
                    position.checked_sub(1).is_some_and(is_code),
                    is_code(position + 1),
                )?,
                Piece::Code(text) => write_code_span(formatter, text)?,
                Piece::Literal(markdown) => formatter.write_str(markdown)?,
            }
        }
        Ok(())
    }
}

/// `content` as text: it reads as it stands and does nothing.
pub fn text(content: &str) -> Inline {
    let mut inline = Inline::default();
    inline.push(Piece::Text(on_one_line(content)));
    inline
}

/// `content` as inline code, whatever backticks it has. A `|` in it is shown beside the code, which is right in tables
/// and out of them. Empty content is no code but nothing.
pub fn code(content: &str) -> Inline {
    let mut inline = Inline::default();
    inline.push(Piece::Code(on_one_line(content)));
    inline
}

/// `label` as a link to a file that lies at `path`, seen from the document. Of `path` all but letters, digits and `/._-~`
/// is percent-encoded, so it names a file of this folder and nothing else. `label` has no link of its own.
pub fn link(label: Inline, path: &str) -> Inline {
    let mut encoded = String::with_capacity(path.len() + "]()".len());
    encoded.push_str("](");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded.push(')');
    let mut link = Inline::literal_with_room("[", 3).followed_by(label);
    link.0.push(Piece::Literal(encoded.into()));
    link
}

/// A fenced code block of `content`, ending with a line break. It stands in the first column of the document.
///
/// Of `language` only letters, digits and `+-_.#` are kept. Line breaks become LF, and the last line gets one.
pub fn block(language: &str, content: &str) -> String {
    let language: String = language
        .chars()
        .filter(|&letter| letter.is_ascii_alphanumeric() || "+-_.#".contains(letter))
        .collect();
    let is_plain = |byte: u8| matches!(byte, b'\n' | b' '..=b'~');
    let lines = if content.bytes().all(is_plain) {
        Cow::Borrowed(content)
    } else {
        let shown = content.replace("\r\n", "\n");
        let characters = shown.chars().map(|character| match character {
            '\n' | '\r' => '\n',
            '\t' => '\t',
            other => replaced_if_disruptive(other),
        });
        Cow::Owned(characters.collect())
    };
    let end = if lines.is_empty() || lines.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let fence = "`".repeat(longest_backtick_run(&lines).max(2) + 1);
    [&fence, &language, "\n", &lines, end, &fence, "\n"].concat()
}

/// A table of one column at least, ending with a line break. A row of another length than the header does not compile.
pub fn table<const N: usize>(header: &[Inline; N], rows: &[[Inline; N]]) -> String {
    let mut out = String::new();
    table_row(&mut out, header);
    out.push('|');
    out.push_str(&" --- |".repeat(N));
    out.push('\n');
    for row in rows {
        table_row(&mut out, row);
    }
    out.shrink_to_fit();
    out
}

fn table_row(out: &mut String, cells: &[Inline]) {
    out.push('|');
    for cell in cells {
        out.push(' ');
        let start = out.len();
        // Writing to a String cannot fail.
        _ = write!(out, "{cell}");
        out.push_str(if out.len() == start { "|" } else { " |" });
    }
    out.push('\n');
}

/// `content` as a label of a Mermaid diagram, with its double quotes: `node["…"]`, `a -->|"…"| b`.
///
/// Mermaid reads labels as Markdown, then as HTML, and looks for directives (`%%{`), icons (`fa:`) and formulas (`$$`)
/// in them. So all but letters, digits, blanks and harmless marks is written as a Mermaid entity (`#35;`). Line breaks
/// and runs of blanks become one blank. An empty label, which Mermaid does not parse, becomes a blank.
pub fn mermaid_label(content: &str) -> String {
    let words: Vec<String> = on_one_line(content)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(mermaid_word)
        .collect();
    if words.is_empty() {
        "\" \"".to_owned()
    } else {
        format!("\"{}\"", words.join(" "))
    }
}

fn mermaid_word(word: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    let mut rest = word.chars().peekable();
    while let Some(character) = rest.next() {
        let is_between_alphanumerics = before.is_some_and(char::is_alphanumeric)
            && rest.peek().is_some_and(|next| next.is_alphanumeric());
        let is_harmless = match character {
            // Mermaid's own marks for entities on their way through the parser.
            'ﬂ' | '°' | '¶' | 'ß' => false,
            // At the start or end of a word they could be a list.
            '-' | '.' => is_between_alphanumerics,
            '/' | ',' => true,
            other => other.is_alphanumeric() && !is_invisible(other),
        };
        if is_harmless {
            out.push(character);
        } else {
            // Writing to a String cannot fail.
            _ = write!(out, "#{};", u32::from(character));
        }
        before = Some(character);
    }
    out
}

/// The anchor, without `#`, that GitHub gives the first heading whose plain text is `heading`: lower case, blanks as
/// hyphens, and of the rest only letters, digits, hyphens and underscores.
pub fn anchor(heading: &str) -> String {
    on_one_line(heading)
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            other => other.is_alphanumeric().then_some(other),
        })
        .collect()
}

/// The inside of an HTML comment: one line, which the text cannot end.
pub fn comment(content: &str) -> String {
    content
        .chars()
        .map(replaced_if_disruptive)
        .collect::<String>()
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn on_one_line(content: &str) -> String {
    if is_printable_ascii(content) {
        return content.to_owned();
    }
    content
        .replace("\r\n", "\n")
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            other => replaced_if_disruptive(other),
        })
        .collect()
}

fn replaced_if_disruptive(character: char) -> char {
    if is_disruptive(character) {
        REPLACEMENT
    } else {
        character
    }
}

/// Splits `text` into parts, each with whether it could be an e-mail address to GitHub. It errs on the side of yes.
fn split_at_addresses(text: &str) -> Vec<(&str, bool)> {
    let is_address_character =
        |character: char| character.is_ascii_alphanumeric() || ".+-_@:/".contains(character);
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word_start = rest.find(is_address_character).unwrap_or(rest.len());
        let (between, from_word) = rest.split_at(word_start);
        parts.push((between, false));
        let word_end = from_word
            .find(|character| !is_address_character(character))
            .unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(word_end);
        // No name and no host is needed: `xmpp:@/a.b` is a link to GitHub too.
        let is_address = word
            .split_once('@')
            .is_some_and(|(_, host)| host.contains('.'));
        parts.push((word, is_address));
        rest = after;
    }
    parts
}

/// Escapes `text`. A blank at an edge would be lost unless code stands beside it.
fn write_escaped(
    out: &mut impl Write,
    text: &str,
    after_code: bool,
    before_code: bool,
) -> fmt::Result {
    // Most of a text stands for itself and is written in one go.
    let mut written = 0;
    let after_digits = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = text.len() - after_digits.len();
    for (position, character) in text.char_indices() {
        let is_first = position == 0;
        let rest = &text[position + character.len_utf8()..];
        let entity = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            // An escaped backtick could still lengthen the backticks of a code span beside it.
            '`' => "&#96;",
            '|' => "&#124;",
            ' ' if (is_first && !after_code) || (rest.is_empty() && !before_code) => "&#32;",
            _ => "",
        };
        if !entity.is_empty() {
            out.write_str(&text[written..position])?;
            out.write_str(entity)?;
            written = position + 1;
            continue;
        }
        let needs_backslash = match character {
            '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '~' | '^' | '$' => true,
            // Lists, headings underlined with `=`, definitions, and the rest of an ordered list's number.
            '-' | '+' | '=' | ':' if is_first => !after_code,
            '.' | ')' if position == digits => !after_code,
            // `http://` and `www.` are links without any mark.
            ':' => rest.starts_with("//"),
            '.' => ends_with_www(&text[..position]),
            // Before a bracket it would begin an image.
            '!' => rest.is_empty(),
            _ => false,
        };
        if needs_backslash {
            out.write_str(&text[written..position])?;
            out.write_char('\\')?;
            written = position;
        }
    }
    out.write_str(&text[written..])
}

fn ends_with_www(text: &str) -> bool {
    text.len()
        .checked_sub(3)
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

fn write_code_span(out: &mut impl Write, content: &str) -> fmt::Result {
    let delimiter = match longest_backtick_run(content) {
        0 => Cow::Borrowed("`"),
        run => Cow::Owned("`".repeat(run + 1)),
    };
    // One blank at both ends is taken off by the reader, where not all is blank.
    let is_stripped = content.starts_with(' ')
        && content.ends_with(' ')
        && content.contains(|other| other != ' ');
    let padding = if is_stripped || content.starts_with('`') || content.ends_with('`') {
        " "
    } else {
        ""
    };
    for part in [&delimiter, padding, content, padding, &delimiter] {
        out.write_str(part)?;
    }
    Ok(())
}

fn longest_backtick_run(text: &str) -> usize {
    if !text.bytes().any(|byte| byte == b'`') {
        return 0;
    }
    let mut longest = 0;
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let run = &rest[start..];
        rest = run.trim_start_matches('`');
        longest = longest.max(run.len() - rest.len());
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_look_where_it_can() {
        assert_eq!(
            text("api-service 10.0.0.0/16 (2 of 3), it's 5%: 1.5").to_string(),
            "api-service 10.0.0.0/16 (2 of 3), it's 5%: 1.5"
        );
    }

    #[test]
    fn a_comment_ends_where_it_is_said() {
        assert_eq!(
            comment("my --> <b>\n--!> spec.yaml"),
            "my --&gt; &lt;b&gt;\u{fffd}--!&gt; spec.yaml"
        );
    }

    #[test]
    fn a_link_names_a_file() {
        assert_eq!(
            link(code("infra/main.bicep"), "infra/main.bicep").to_string(),
            "[`infra/main.bicep`](infra/main.bicep)"
        );
        assert_eq!(
            link(text("a]b"), "a)b (c\n:é").to_string(),
            r"[a\]b](a%29b%20%28c%0A%3A%C3%A9)"
        );
    }

    #[test]
    fn text_is_escaped() {
        for (content, expected) in [
            ("", ""),
            ("a*b_c", r"a\*b\_c"),
            ("[x](y)", r"\[x\](y)"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            ("a|b`c`", "a&#124;b&#96;c&#96;"),
            ("# a #", r"\# a \#"),
            ("- a", r"\- a"),
            ("+ a", r"\+ a"),
            ("===", r"\==="),
            ("12. a", r"12\. a"),
            ("1) a", r"1\) a"),
            (". a", r"\. a"),
            ("a\r\nb\tc", "a b c"),
            (" a ", "&#32;a&#32;"),
            (" ", "&#32;"),
            (
                "see https://a.b and WWW.c.d",
                r"see https\://a.b and WWW\.c.d",
            ),
            ("wow!", r"wow\!"),
            ("a\0\u{202e}\u{2028}", "a\u{fffd}\u{fffd}\u{fffd}"),
            ("ask (me@example.com)!", r"ask (`me@example.com`)\!"),
            ("@team a@ a@b", "@team a@ a@b"),
            ("xmpp:@/a.b @a@b.c", "`xmpp:@/a.b` `@a@b.c`"),
            ("x.io/a:1@sha256:0f", "x.io/a:1@sha256:0f"),
        ] {
            assert_eq!(text(content).to_string(), expected, "{content:?}");
        }
    }

    #[test]
    fn code_survives_backticks_blanks_and_borders() {
        for (content, expected) in [
            ("", ""),
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`a", "`` `a ``"),
            ("``", "``` `` ```"),
            (" a ", "`  a  `"),
            (" a", "` a`"),
            ("  ", "`  `"),
            ("a\\", "`a\\`"),
            ("a\nb", "`a b`"),
            ("a|b", "`a`&#124;`b`"),
            ("|", "&#124;"),
        ] {
            assert_eq!(code(content).to_string(), expected, "{content:?}");
        }
    }

    #[test]
    fn pieces_that_meet_stay_what_they_are() {
        assert_eq!(code("a").followed_by(code("b")).to_string(), "`ab`");
        assert_eq!(text("a@").followed_by(text("b.c")).to_string(), "`a@b.c`");
        assert_eq!(
            text("a@b.c").followed_by(code("`")).to_string(),
            "`` a@b.c` ``"
        );
        assert_eq!(
            text("see ")
                .followed_by(code("x"))
                .followed_by(text(" now"))
                .to_string(),
            "see `x` now"
        );
        assert_eq!(
            Inline::literal("**")
                .followed_by(text("*"))
                .followed_by(Inline::literal("**"))
                .to_string(),
            r"**\***"
        );
        assert_eq!(
            Inline::literal("- ")
                .followed_by(text("     x"))
                .to_string(),
            "- &#32;    x"
        );
    }

    #[test]
    fn a_fence_is_longer_than_any_run_inside() {
        assert_eq!(block("bash", "az login"), "```bash\naz login\n```\n");
        assert_eq!(block("", "a\r\n````\r"), "`````\na\n````\n`````\n");
        assert_eq!(block("a`b\nc", ""), "```abc\n```\n");
        assert_eq!(
            block("text", "a\tb\0\u{85}"),
            "```text\na\tb\u{fffd}\u{fffd}\n```\n"
        );
    }

    #[test]
    fn a_table_has_a_line_a_row_and_borders_between_cells_alone() {
        let cells = |texts: [&str; 2]| texts.map(text);
        assert_eq!(
            table(&cells(["a", "b"]), &[cells(["1|", ""]), cells(["x", "2"])]),
            "| a | b |\n| --- | --- |\n| 1&#124; | |\n| x | 2 |\n"
        );
    }

    #[test]
    fn mermaid_labels() {
        for (content, expected) in [
            ("", " "),
            ("api-service :8080/data", "api-service #58;8080/data"),
            ("a\"]; b[\"", "a#34;#93;#59; b#91;#34;"),
            ("#quot; &lt;<b>", "#35;quot#59; #38;lt#59;#60;b#62;"),
            (
                "%%{init: {}}%%",
                "#37;#37;#123;init#58; #123;#125;#125;#37;#37;",
            ),
            ("1. a", "1#46; a"),
            ("- a", "#45; a"),
            (" a\n\n b ", "a b"),
            ("`x_y` $$z$$", "#96;x#95;y#96; #36;#36;z#36;#36;"),
            ("größe 中", "grö#223;e 中"),
            ("ﬂ°°60¶ß", "#64258;#176;#176;60#182;#223;"),
        ] {
            assert_eq!(
                mermaid_label(content),
                format!("\"{expected}\""),
                "{content:?}"
            );
        }
    }

    #[test]
    fn anchors_are_those_of_github() {
        assert_eq!(
            anchor("What it costs: 50 to 100 $"),
            "what-it-costs-50-to-100-"
        );
        assert_eq!(anchor("`AGC_ID` & friends"), "agc_id--friends");
    }
}
