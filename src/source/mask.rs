//! Keeps what may be a secret out of messages: the snippets under a finding show the spec, and a spec may by mistake
//! hold a password.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What a credential looks like, and what to call it.
struct Shape {
    name: &'static str,
    pattern: &'static str,
}

/// Shapes of credentials that are common in Azure and Kubernetes settings. Public formats, as their issuers document
/// them (read 2026-11).
const SHAPES: &[Shape] = &[
    Shape {
        name: "a private key",
        pattern: r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    },
    Shape {
        name: "a storage account key",
        pattern: r"(?i)accountkey\s*=\s*[^;\s]+|\b[A-Za-z0-9+/]{86}==",
    },
    Shape {
        name: "a shared access key",
        pattern: r"(?i)sharedaccesskey\s*=\s*[^;\s]+",
    },
    Shape {
        name: "a shared access signature",
        pattern: r"(?i)[?&]sig=[A-Za-z0-9%+/=]{16,}",
    },
    Shape {
        name: "a password in a connection string",
        pattern: r"(?i)\b(password|pwd)\s*=\s*[^;\s]+",
    },
    Shape {
        name: "a password in a URL",
        pattern: r"(?i)[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@",
    },
    Shape {
        name: "a signed token",
        pattern: r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    },
    Shape {
        name: "a client secret of Microsoft Entra",
        pattern: r"\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}",
    },
    Shape {
        name: "an access token of a code host",
        pattern: r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,})",
    },
];

static COMPILED: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .filter_map(|shape| Some((shape.name, Regex::new(shape.pattern).ok()?)))
        .collect()
});

/// A key whose name says that its value is secret, with the value on the same line.
static SECRET_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = SECRET_WORDS.join("|");
    Regex::new(&format!(
        r#"(?i)[\w.-]*(?:{words})["']?[ \t]*[:=][ \t]*("[^"\n]*"?|'[^'\n]*'?|[\[{{][^\n]*|[^\s,}}\[\]{{][^\n,}}]*)"#
    ))
    .ok()
});

/// The names of secrets with what stands in the place of their settings, on one line: `secrets: {{ a: b }}`.
static SECRETS_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bsecrets["']?[ \t]*:[ \t]*\{([^}\n]*)"#).ok());

/// What follows a colon, up to the next key.
static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r":[ \t]*([^,}\n]+)").ok());

/// How names of secret things end. Letters may be of any case.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "api[-_]?key",
    "access[-_]?key",
    "account[-_]?key",
    "private[-_]?key",
];

/// Whether a name says that what it names is secret: it ends in such a word, as `DB_PASSWORD` does.
pub fn is_secret_name(name: &str) -> bool {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!("(?i)({})$", SECRET_WORDS.join("|"))).ok());
    NAME.as_ref().is_some_and(|pattern| pattern.is_match(name))
}

/// The values in a block of lines below `secrets:`, one `name: value` a line: no spec has values there, so whatever
/// stands there may be a secret, also where the file is not valid YAML.
fn values_below_secrets(text: &str) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    let mut block: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let indent = body.len() - body.trim_start().len();
        let content = body.trim_start();
        if block.is_some_and(|outer| indent <= outer && !content.is_empty()) {
            block = None;
        }
        if block.is_some()
            && let Some(colon) = content.find(':')
        {
            let value = start + indent + colon + 1;
            hidden.push(value..start + body.len());
        }
        if block.is_none()
            && matches!(
                content.trim_start_matches("- "),
                "secrets:" | "\"secrets\":" | "'secrets':"
            )
        {
            block = Some(indent);
        }
        start += line.len();
    }
    if let (Some(line), Some(value)) = (SECRETS_LINE.as_ref(), VALUE.as_ref()) {
        for found in line.captures_iter(text).filter_map(|found| found.get(1)) {
            hidden.extend(
                value
                    .captures_iter(found.as_str())
                    .filter_map(|part| part.get(1))
                    .map(|part| found.start() + part.start()..found.start() + part.end()),
            );
        }
    }
    hidden
}

/// What kind of credential a text looks like, if any.
pub fn looks_like_credential(text: &str) -> Option<&'static str> {
    COMPILED
        .iter()
        .find(|(_, pattern)| pattern.is_match(text))
        .map(|(name, _)| *name)
}

/// The text with every part that may be a secret replaced by as many bytes of `*`, so that places in it stay true.
pub fn masked(text: &str, also: &[Range<usize>]) -> String {
    let mut hidden: Vec<Range<usize>> = also.to_vec();
    for (_, pattern) in COMPILED.iter() {
        hidden.extend(pattern.find_iter(text).map(|found| found.range()));
    }
    if let Some(pattern) = SECRET_KEY.as_ref() {
        hidden.extend(
            pattern
                .captures_iter(text)
                .filter_map(|found| Some(found.get(1)?.range())),
        );
    }
    hidden.extend(values_below_secrets(text));
    text.char_indices()
        .map(|(at, c)| {
            if c != '\n' && hidden.iter().any(|range| range.contains(&at)) {
                "*".repeat(c.len_utf8())
            } else {
                c.to_string()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles_and_common_credentials_are_seen() {
        assert_eq!(COMPILED.len(), SHAPES.len());
        assert!(SECRET_KEY.is_some());
        for text in [
            "Server=x;Password=hunter2;",
            "postgres://app:hunter2@db/x",
            "DefaultEndpointsProtocol=https;AccountKey=abc",
            "-----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert!(looks_like_credential(text).is_some(), "{text}");
        }
        for text in [
            "https://example.com/a:b@c",
            "api-rate-limit",
            "password",
            "mcr.microsoft.com/a:b",
        ] {
            assert_eq!(looks_like_credential(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_hidden_where_they_stand() {
        for text in [
            "DB_PASSWORD: [hunter2]\n",
            "DB_PASSWORD: \"ab,hunter2\"\n",
            "api-key: { value: hunter2 }\n",
            "v: { kind: keyVault, secrets: { abc: hunter2, d: hunter2 } }\n",
            "  secrets:\n    abc: hunter2\n    s1: \"hunter2\n",
            "v: { \"secrets\": { abc: hunter2",
        ] {
            let shown = masked(text, &[]);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(shown.len(), text.len());
        }
        let names = "secrets: [api-rate-limit, database-connection-timeout]\nnext: shown\n";
        assert_eq!(masked(names, &[]), names);
    }

    #[test]
    fn masking_keeps_places() {
        let text = "a: 1\nDB_PASSWORD: hünter2\nsecrets: [x]\n";
        let masked = masked(text, &[]);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked, "a: 1\nDB_PASSWORD: ********\nsecrets: [x]\n");
    }
}
