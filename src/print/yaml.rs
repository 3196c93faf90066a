//! Kubernetes manifests as YAML.
//!
//! In: trees of `serde_json::Value`, whose key order is kept. Out: a stream of YAML documents that readers of YAML 1.1
//! (`PyYAML`), of YAML 1.2 (`serde_yaml`) and kubectl, which is neither, read as the same tree.
//!
//! Block style, two blanks a level, and the dash of a list in the column of its key, as kubectl and kustomize print it.
//! Text stands plain only where no reader can take it for something else. Text of several lines becomes a literal block
//! where that is exact. All other text is in double quotes on one line; long lines are not folded. Whatever a reviewer
//! could not see is written as an escape, so every string can be printed, also one that the spec would refuse.
//!
//! Not done here: anchors, tags, flow style, sorting, and the refusal of trees that Kubernetes would refuse. The printer
//! descends once per level, so the depth of a tree is bounded by the stack; a spec is refused long before that.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Number, Value};

mod serializer;

use serializer::Printer;

use super::{is_disruptive, is_invisible, is_printable_ascii, letters_digits_and};

/// Columns that one level moves to the right.
const LEVEL: usize = 2;

/// Readers look for the `:` of a simple key within 1024 characters (YAML 1.2.2, section 7.4). A longer key is
/// written with `? `. The margin leaves room for readers that count bytes or indentation.
const LONGEST_SIMPLE_KEY: usize = 900;

/// Text that YAML 1.1 or some reader takes for a boolean, a null or a number, in lower case.
const WORDS_WITH_A_MEANING: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity",
];

/// Bytes of the longest of them.
const LONGEST_WORD_WITH_A_MEANING: usize = "infinity".len();

/// What plain text is made of.
static PLAIN: [bool; 256] = letters_digits_and(b"._/-:@+=");

/// Units after which digits are a quantity or a duration of Kubernetes, and a number for no reader.
const UNITS: [&str; 8] = ["m", "Ki", "Mi", "Gi", "Ti", "ms", "s", "h"];

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<T = Value> {
    /// Lines above the value, without `#`. A line break inside a line starts a further comment line.
    pub comment: Vec<String>,
    /// The tree.
    pub value: T,
}

/// Prints `header` as comment lines, then the documents with `---` between them. Ends with a line break, unless there
/// is nothing to print.
///
/// Characters in comments that could end them are written as line breaks (which start a new comment line) or escapes.
pub fn stream(header: &[String], documents: &[Document]) -> String {
    // A tree has text as keys, and nothing that is no YAML.
    stream_of(header, documents).unwrap_or_default()
}

/// The same of values that are no trees yet.
///
/// # Errors
/// A key that is no text, or a value of a sort that no manifest has.
pub(crate) fn stream_of<T: Serialize>(
    header: &[String],
    documents: &[Document<T>],
) -> serde_json::Result<String> {
    let mut out = String::new();
    comment(&mut out, header);
    for (position, document) in documents.iter().enumerate() {
        if position > 0 {
            out.push_str("---\n");
        } else if !header.is_empty() && !document.comment.is_empty() {
            out.push('\n');
        }
        comment(&mut out, &document.comment);
        document.value.serialize(Printer::of_document(&mut out))?;
    }
    out.shrink_to_fit();
    Ok(out)
}

/// Prints `text` as a scalar of one line, plain or in double quotes. It is right as a key and as a value in block
/// style; as a value in flow style only in quotes, which this function does not promise.
pub fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(double_quoted(text))
    }
}

/// A number that YAML 1.1 reads as a number too: it wants a point and a signed exponent (`1.0e+21`), where JSON has
/// `1e21`.
fn number(value: &Number) -> String {
    let text = value.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

fn is_plain(text: &str) -> bool {
    if is_quantity(text) {
        return true;
    }
    // The first character rules out numbers, dates, times of day, indicators and document marks.
    // A colon separates only before a blank or the end, so `image:tag` and `scheme://host` are safe with one inside.
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.bytes().all(|byte| PLAIN[usize::from(byte)])
        && !text.ends_with(':')
        && !(text.len() <= LONGEST_WORD_WITH_A_MEANING
            && WORDS_WITH_A_MEANING
                .iter()
                .any(|word| word.eq_ignore_ascii_case(text)))
}

fn is_quantity(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
    UNITS.contains(&unit)
}

/// The text between double quotes.
pub(crate) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(character),
            invisible if is_invisible(invisible) => escape(&mut out, invisible),
            visible => out.push(visible),
        }
    }
    out.push('"');
    out
}

/// Writes the escape of `character` as it stands between double quotes.
fn escape(out: &mut String, character: char) {
    match (character, u32::from(character)) {
        ('\0', _) => out.push_str("\\0"),
        ('\t', _) => out.push_str("\\t"),
        ('\n', _) => out.push_str("\\n"),
        ('\r', _) => out.push_str("\\r"),
        // Writing to a String cannot fail.
        (_, code @ ..=0xff) => _ = write!(out, "\\x{code:02X}"),
        (_, code @ ..=0xffff) => _ = write!(out, "\\u{code:04X}"),
        (_, code) => _ = write!(out, "\\U{code:08X}"),
    }
}

/// Whether a literal block says exactly `text`, to every reader and to a reviewer's eye: several lines, the first of
/// them neither empty nor indented, no blank at a line's end, at most one line break at the end, nothing invisible.
fn fits_literal_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !body.is_empty()
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body
            .split('\n')
            .all(|line| !line.ends_with(' ') && !line.chars().any(is_invisible))
}

fn literal_block(out: &mut String, text: &str, column: usize) {
    let (mark, body) = match text.strip_suffix('\n') {
        Some(body) => ("|\n", body),
        None => ("|-\n", text),
    };
    out.push_str(mark);
    for line in body.split('\n') {
        if !line.is_empty() {
            indent(out, column);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn comment(out: &mut String, lines: &[String]) {
    for text in lines {
        let text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n"))
        } else {
            Cow::Borrowed(text.as_str())
        };
        // All of these end a line in YAML 1.1.
        for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            let line = line.trim_end();
            out.push('#');
            if !line.is_empty() {
                out.push(' ');
            }
            if is_printable_ascii(line) {
                out.push_str(line);
                out.push('\n');
                continue;
            }
            for character in line.chars() {
                if is_disruptive(character) {
                    escape(out, character);
                } else {
                    out.push(character);
                }
            }
            out.push('\n');
        }
    }
}

fn indent(out: &mut String, column: usize) {
    out.extend(std::iter::repeat_n(' ', column));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(value: Value) -> String {
        stream(
            &[],
            &[Document {
                comment: Vec::new(),
                value,
            }],
        )
    }

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_manifest_looks_like_one() {
        let deployment = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "api", "labels": {"azure.workload.identity/use": "true"}, "annotations": {}},
            "spec": {
                "replicas": 2,
                "template": {"spec": {
                    "containers": [{
                        "name": "api",
                        "image": "mcr.microsoft.com/dotnet/samples:aspnetapp@sha256:0123abc",
                        "args": ["--urls", "http://+:8080"],
                        "env": [{"name": "DEBUG", "value": "no"}, {"name": "URL", "value": "https://shop.example.com/a"}],
                        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
                        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
                        "securityContext": {"capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": true},
                    }],
                    "volumes": [],
                }},
            },
        });
        assert_eq!(
            printed(deployment),
            r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  labels:
    azure.workload.identity/use: "true"
  annotations: {}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: api
        image: mcr.microsoft.com/dotnet/samples:aspnetapp@sha256:0123abc
        args:
        - "--urls"
        - http://+:8080
        env:
        - name: DEBUG
          value: "no"
        - name: URL
          value: https://shop.example.com/a
        readinessProbe:
          httpGet:
            path: /healthz
            port: 8080
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
        securityContext:
          capabilities:
            drop:
            - ALL
          readOnlyRootFilesystem: true
      volumes: []
"#
        );
    }

    #[test]
    fn text_of_several_lines_is_a_literal_block() {
        assert_eq!(
            printed(json!({"a": "one\n\n  two: #3\n---\n", "b": ["x\ny"], "c": {"d": "---\n"}})),
            "a: |\n  one\n\n    two: #3\n  ---\nb:\n- |-\n  x\n  y\nc:\n  d: |\n    ---\n"
        );
    }

    #[test]
    fn a_block_that_would_not_be_exact_is_quoted() {
        for (text, expected) in [
            ("\n", r#""\n""#),
            (" a\nb", r#"" a\nb""#),
            ("\na", r#""\na""#),
            ("a\n\n", r#""a\n\n""#),
            ("a \nb", r#""a \nb""#),
            ("a\n\tb", r#""a\n\tb""#),
            ("a\r\nb", r#""a\r\nb""#),
            ("a\n\u{2028}", r#""a\n\u2028""#),
        ] {
            assert_eq!(printed(json!(text)), format!("{expected}\n"));
        }
    }

    #[test]
    fn plain_and_quoted_text() {
        for plain in [
            "a",
            "ALL",
            "nginx:1.27",
            "api://app/x",
            "/",
            "/api",
            "a=b",
            "v1.2+build",
            "10s",
            "250m",
            "yes-man",
        ] {
            assert_eq!(scalar(plain), plain);
        }
        for quoted in [
            "",
            "no",
            "NO",
            "y",
            "Off",
            "NaN",
            "1.27",
            "1e3",
            "0x1F",
            "12:30:45",
            "2026-11-23",
            "a: b",
            "a:",
            "a b",
            "=",
            "<<",
            "---",
            "-",
            "~",
            "*.example.com",
            "@a",
            "#a",
            "a #b",
            ".inf",
            "5",
            "5E",
            "1k",
            "1.5Gi",
            "é",
            "[",
            "{{ x }}",
        ] {
            assert_eq!(scalar(quoted), format!("\"{quoted}\""));
        }
        assert_eq!(
            scalar("\"\\${x}\0\u{7f}\u{85}\u{a0}\u{202e}\u{feff}\u{1fffe}😀"),
            r#""\"\\${x}\0\x7F\x85\xA0\u202E\uFEFF\U0001FFFE😀""#
        );
    }

    #[test]
    fn numbers_have_the_form_that_yaml_1_1_knows() {
        assert_eq!(
            printed(json!([
                0,
                -1,
                u64::MAX,
                i64::MIN,
                1.0,
                0.5,
                1e21,
                1.5e-9,
                -0.0
            ])),
            "- 0\n- -1\n- 18446744073709551615\n- -9223372036854775808\n- 1.0\n- 0.5\n- 1.0e+21\n- 1.5e-9\n- -0.0\n"
        );
    }

    #[test]
    fn collections_inside_lists() {
        assert_eq!(
            printed(json!([[1, [2]], [], {}, {"a": [null], "b": {"c": false}}])),
            "- - 1\n  - - 2\n- []\n- {}\n- a:\n  - null\n  b:\n    c: false\n"
        );
    }

    #[test]
    fn a_key_that_is_too_long_for_a_simple_key() {
        let long = "k".repeat(901);
        assert_eq!(
            printed(json!({long.as_str(): [1], "b": {long.as_str(): {"c": "d"}}})),
            format!("? {long}\n:\n  - 1\nb:\n  ? {long}\n  :\n    c: d\n")
        );
    }

    #[test]
    fn documents_comments_and_header() {
        let documents = [
            Document {
                comment: lines(&["first", ""]),
                value: json!({"a": 1}),
            },
            Document {
                comment: Vec::new(),
                value: json!({}),
            },
            Document {
                comment: lines(&["third"]),
                value: json!("x\ny"),
            },
        ];
        assert_eq!(
            stream(&lines(&["from spec.yaml"]), &documents),
            "# from spec.yaml\n\n# first\n#\na: 1\n---\n{}\n---\n# third\n|-\n  x\n  y\n"
        );
        assert_eq!(stream(&[], &[]), "");
        assert_eq!(stream(&lines(&["h"]), &documents[1..2]), "# h\n{}\n");
    }

    #[test]
    fn nothing_ends_a_comment() {
        assert_eq!(
            stream(
                &lines(&[
                    "a\nb: 1\r\n---\rc\u{85}d\u{2028}e\u{2029}f",
                    "\u{feff}g\0h\tx \u{202e}"
                ]),
                &[]
            ),
            "# a\n# b: 1\n# ---\n# c\n# d\n# e\n# f\n# \\uFEFFg\\0h\\tx \\u202E\n"
        );
    }
}
