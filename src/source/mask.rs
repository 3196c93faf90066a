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
    Shape {
        name: "an access key id of AWS",
        pattern: r"\bAKIA[A-Z0-9]{16}\b",
    },
];

/// A pattern of this file. A wrong one fails the tests; without it, secrets would be shown.
fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

static COMPILED: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|shape| (shape.name, fixed(shape.pattern)))
        .collect()
});

/// A key whose name says that its value is secret, with the value on the same line.
static SECRET_KEY: LazyLock<Regex> = LazyLock::new(|| {
    fixed(&format!(
        r#"(?i)[\w.-]*{}["']?[ \t]*[:=][ \t]*("[^"\n]*"?|'[^'\n]*'?|[\[{{][^\n]*|[^\s,}}\[\]{{][^\n,}}]*)"#,
        secret_ending()
    ))
});

/// How names of secret things end. Letters may be of any case. `secrets` is not among them: it is the language's own key,
/// and holds names.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "[-_]pass",
    "pwd",
    "secret",
    "tokens?",
    "credentials?",
    "authorization",
    "connection[-_]?string",
    "(?:api|access|account|private|secret|storage|signing|encryption)[-_]?key",
];

/// Names that people mean when they misspell them.
pub const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "apiKey",
    "accountKey",
];

/// Pattern of the end of a secret name, in letters of any case where the pattern around it says so.
fn secret_ending() -> String {
    format!("(?:{})(?:[-_]?value)?[0-9]*", SECRET_WORDS.join("|"))
}

/// Whether a name says that what it names is secret: it ends in such a word, as `DB_PASSWORD` does.
pub fn is_secret_name(name: &str) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| fixed(&format!("(?i){}$", secret_ending())));
    NAME.is_match(name)
}

/// A line below `secrets:` that holds nothing but a name.
static PLAIN_NAME: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"^(?:- *["']?[A-Za-z][A-Za-z0-9-]*["']?|["']?[A-Za-z][A-Za-z0-9-]*["']? *: *(?:\{ *\})?) *(?:#.*)?$"#,
    )
});

/// A list of names on one line.
static NAMES_ONLY: LazyLock<Regex> = LazyLock::new(|| fixed(r#"^\[[ A-Za-z0-9,"'-]*\]?$"#));

/// The key `secrets`, wherever it stands on a line.
static SECRETS: LazyLock<Regex> = LazyLock::new(|| fixed(r#"\bsecrets["']?[ \t]*:"#));

/// A key whose value stands on the lines below it, if its name says that it is secret.
static SECRET_BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    fixed(&format!(
        r#"(?i)[\w.-]*{}["']?[ \t]*:[ \t]*[|>]?[-+0-9]*[ \t]*(?:#.*)?$"#,
        secret_ending()
    ))
});

/// What stands below `secrets`, and below keys of secret things, in the text as it is: the file may not even be YAML. No
/// spec has values there, so whatever is more than a name may be one.
fn below_secret_keys(text: &str) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    // Indentation of the key, and whether names are shown.
    let mut block: Option<(usize, bool)> = None;
    // Where the last pair of braces ended: a brace inside it closes inside it, and need not be looked for.
    let mut braces_end = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        let content = body.trim_start();
        let indent = body.len() - content.len();
        let item = content.starts_with('-');
        if let Some((outer, names_shown)) = block {
            let inside =
                content.is_empty() || indent > outer || (item && indent == outer && names_shown);
            if inside {
                let scalar = content.contains(": |") || content.contains(": >");
                if !(names_shown && PLAIN_NAME.is_match(content)) {
                    hidden.push(start + indent..start + body.len());
                }
                if scalar {
                    block = Some((outer, false));
                }
                start += line.len();
                continue;
            }
            block = None;
        }
        if let Some(key) = SECRETS.find(body) {
            let rest = body[key.end()..].trim_start();
            let value = start + body.len() - rest.len();
            if rest.is_empty() || rest.starts_with('#') {
                block = Some((indent, true));
            } else if rest.starts_with('{') {
                // To the closing brace, however many lines away: braces in text only make it longer.
                if value >= braces_end {
                    let mut depth = 0_i32;
                    braces_end = text[value..]
                        .char_indices()
                        .find(|(_, c)| {
                            depth += i32::from(*c == '{') - i32::from(*c == '}');
                            depth == 0
                        })
                        .map_or(text.len(), |(at, _)| value + at);
                    hidden.push(value + 1..braces_end);
                }
                hidden.push(value + 1..start + body.len());
            } else if !NAMES_ONLY.is_match(rest) {
                hidden.push(value..start + body.len());
                block = Some((indent, false));
            }
        } else if SECRET_BLOCK.is_match(body) {
            block = Some((indent, false));
        }
        start += line.len();
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
    hidden.extend(
        SECRET_KEY
            .captures_iter(text)
            .filter_map(|found| Some(found.get(1)?.range())),
    );
    hidden.extend(below_secret_keys(text));
    let mut is_hidden = vec![false; text.len()];
    for range in hidden {
        let end = range.end.min(text.len());
        if let Some(bytes) = is_hidden.get_mut(range.start..end) {
            bytes.fill(true);
        }
    }
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c != '\n' && is_hidden[at] {
            shown.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles_and_common_credentials_are_seen() {
        for pattern in [
            &SECRET_KEY,
            &PLAIN_NAME,
            &NAMES_ONLY,
            &SECRETS,
            &SECRET_BLOCK,
        ] {
            LazyLock::force(pattern);
        }
        // One of each, made up.
        let letters = |length: usize| "aB3x".repeat(length / 4);
        let cases = [
            (
                "a private key",
                "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
            ),
            (
                "a storage account key",
                "DefaultEndpointsProtocol=https;AccountKey=abc".to_owned(),
            ),
            ("a storage account key", format!("{}aB==", letters(84))),
            ("a shared access key", "SharedAccessKey=abc".to_owned()),
            (
                "a shared access signature",
                format!(
                    "https://x.blob.core.windows.net/c?se=2030&sig={}",
                    letters(16)
                ),
            ),
            (
                "a password in a connection string",
                "Server=x;Password=hunter2;".to_owned(),
            ),
            (
                "a password in a URL",
                "postgres://app:hunter2@db/x".to_owned(),
            ),
            (
                "a signed token",
                format!("eyJ{}.{}.{}", letters(8), letters(8), letters(8)),
            ),
            (
                "a client secret of Microsoft Entra",
                format!("abc8Q~{}", letters(32)),
            ),
            (
                "an access token of a code host",
                format!("ghp_{}", letters(36)),
            ),
            (
                "an access key id of AWS",
                format!("{}{}", "AKIA", "B3XY".repeat(4)),
            ),
        ];
        for shape in SHAPES {
            assert!(
                cases.iter().any(|(name, _)| *name == shape.name),
                "no case of {}",
                shape.name
            );
        }
        for (name, text) in &cases {
            assert_eq!(looks_like_credential(text), Some(*name), "{text}");
            assert!(masked(text, &[]).contains("***"), "{text}");
        }
        for text in [
            "https://example.com/a:b@c",
            "api-rate-limit",
            "password",
            "mcr.microsoft.com/a:b",
            // One character too many.
            &format!("{}{}Z", "AKIA", "B3XY".repeat(4)),
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
            "secrets:   # ours\n  db: hunter2\n",
            "secrets :\n  db: hunter2\n",
            "secrets:\n  abc: |\n    hunter2\n",
            "secrets:\n- hunter2 hunter2: x: y\n",
            "secrets: {\n  abc: hunter2,\n  d: [ hunter2 }\n",
            "secrets: { abc: 'a}hunter2', abc: 1 }\n",
            "secrets: { abc: 'a,hunter2', abc: 1 }\n",
            "DB_PASSWORD: |\n  hunter2\n",
            "DB_PASSWORD:\n  hunter2\n",
            "SMTP_PASS: hunter2\nPASSPHRASE: hunter2\nSECRET_KEY: hunter2\nPASSWORD1: hunter2\nTOKENS: hunter2\n",
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
