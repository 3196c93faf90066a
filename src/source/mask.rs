//! Keeps what may be a secret out of messages: the snippets under a finding show the spec, and a spec may by mistake
//! hold a password.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::{memchr_iter, memchr2_iter, memmem};
use regex::Regex;

/// What a credential looks like, and what to call it.
struct Shape {
    name: &'static str,
    /// One of these is part of every such credential, in letters of any case. Most specs have none, and then the pattern,
    /// which takes longer to compile than such a spec to read, is not needed.
    needs: &'static [&'static str],
    pattern: LazyLock<Regex>,
}

impl Shape {
    /// Whether it may occur in a text, of which this is the lower case.
    fn is_possible_in(&self, lower: &str) -> bool {
        let is_in = |part: &&str| memmem::find(lower.as_bytes(), part.as_bytes()).is_some();
        self.needs.iter().any(is_in)
    }
}

/// Shapes of credentials that are common in Azure and Kubernetes settings. Public formats, as their issuers document
/// them (read 2026-11).
static SHAPES: [Shape; 10] = [
    Shape {
        name: "a private key",
        needs: &["private key-----"],
        pattern: LazyLock::new(|| fixed(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    },
    Shape {
        name: "a storage account key",
        needs: &["accountkey", "=="],
        pattern: LazyLock::new(|| fixed(r"(?i)accountkey\s*=\s*[^;\s]+|\b[A-Za-z0-9+/]{86}==")),
    },
    Shape {
        name: "a shared access key",
        needs: &["sharedaccesskey"],
        pattern: LazyLock::new(|| fixed(r"(?i)sharedaccesskey\s*=\s*[^;\s]+")),
    },
    Shape {
        name: "a shared access signature",
        needs: &["sig="],
        pattern: LazyLock::new(|| fixed(r"(?i)[?&]sig=[A-Za-z0-9%+/=]{16,}")),
    },
    Shape {
        name: "a password in a connection string",
        needs: &["password", "pwd"],
        pattern: LazyLock::new(|| fixed(r"(?i)\b(password|pwd)\s*=\s*[^;\s]+")),
    },
    Shape {
        name: "a password in a URL",
        needs: &["://"],
        pattern: LazyLock::new(|| fixed(r"(?i)[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")),
    },
    Shape {
        name: "a signed token",
        needs: &["eyj"],
        pattern: LazyLock::new(|| {
            fixed(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
        }),
    },
    Shape {
        name: "a client secret of Microsoft Entra",
        needs: &["q~"],
        pattern: LazyLock::new(|| fixed(r"\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}")),
    },
    Shape {
        name: "an access token of a code host",
        needs: &[
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
        ],
        pattern: LazyLock::new(|| {
            fixed(
                r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,})",
            )
        }),
    },
    Shape {
        name: "an access key id of AWS",
        needs: &["akia"],
        pattern: LazyLock::new(|| fixed(r"\bAKIA[A-Z0-9]{16}\b")),
    },
];

/// What any of the shapes needs. Nearly every text of a spec is asked, and none of them has it.
static NEEDED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(SHAPES.iter().flat_map(|shape| shape.needs))
        .expect("the words of this file")
});

/// A pattern of this file. A wrong one fails the tests; without it, secrets would be shown.
fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

/// How names of secret things end. Letters may be of any case. `secrets` is not among them: it is the language's own key,
/// and holds names.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "-pass",
    "_pass",
    "pwd",
    "secret",
    "token",
    "tokens",
    "credential",
    "credentials",
    "authorization",
    "connectionstring",
    "connection-string",
    "connection_string",
];

/// Whose `key` is secret, with `-`, `_` or nothing between.
const SECRET_KEYS_OF: &[&str] = &[
    "api",
    "access",
    "account",
    "private",
    "secret",
    "storage",
    "signing",
    "encryption",
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

/// Whether a name says that what it names is secret: it ends in such a word, as `DB_PASSWORD` does.
pub fn is_secret_name(name: &str) -> bool {
    ends_as_secret(&name.to_ascii_lowercase())
}

/// The same of a text in lower case, of which the end is a name. A number and `value` may follow the word.
fn ends_as_secret(lower: &str) -> bool {
    let name = lower.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_secret = |name: &str| {
        let owner = name.strip_suffix("key").map(without_hyphen);
        ends_with_one_of(name, SECRET_WORDS)
            || owner.is_some_and(|owner| ends_with_one_of(owner, SECRET_KEYS_OF))
    };
    is_secret(name)
        || name
            .strip_suffix("value")
            .map(without_hyphen)
            .is_some_and(is_secret)
}

/// Every sign of a text is asked, so the last letter is looked at first.
fn ends_with_one_of(name: &str, words: &[&str]) -> bool {
    let last = name.as_bytes().last();
    words
        .iter()
        .any(|word| word.as_bytes().last() == last && name.ends_with(word))
}

fn without_hyphen(name: &str) -> &str {
    name.strip_suffix(['-', '_']).unwrap_or(name)
}

/// The text before a `:` or `=` without blanks and the quote of a key.
fn key_before(text: &str) -> &str {
    let key = text.trim_end_matches(BLANKS);
    key.strip_suffix(['"', '\'']).unwrap_or(key)
}

/// What may stand beside a `:` on its line.
const BLANKS: [char; 2] = [' ', '\t'];

/// Values on the same line as a key whose name says that they are secret. `lower` is the text in lower case.
fn beside_secret_keys(text: &str, lower: &str) -> Vec<Range<usize>> {
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for at in memchr2_iter(b':', b'=', text.as_bytes()) {
        let is_in_value = hidden.last().is_some_and(|value| at < value.end);
        if is_in_value || !ends_as_secret(key_before(&lower[..at])) {
            continue;
        }
        let rest = text[at + 1..].trim_start_matches(BLANKS);
        let start = text.len() - rest.len();
        let length = length_of_value(rest);
        // As in `allowCredentials: true`: nobody's secret is one of two words.
        let value = rest[..length].split(" #").next().unwrap_or_default();
        if !matches!(value.trim(), "true" | "false") {
            hidden.push(start..start + length);
        }
    }
    hidden
}

/// The bytes of the value that a text begins with: quoted, a list or map to the end of its line, or plain.
fn length_of_value(text: &str) -> usize {
    let to = |end: &[char], from: usize| text[from..].find(end).map(|at| from + at);
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => match to(&[quote, '\n'], 1) {
            Some(end) if text[end..].starts_with(quote) => end + 1,
            end => end.unwrap_or(text.len()),
        },
        Some('[' | '{') => to(&['\n'], 0).unwrap_or(text.len()),
        Some(first) if !first.is_whitespace() && !",}]".contains(first) => {
            to(&['\n', ',', '}'], 0).unwrap_or(text.len())
        }
        _ => 0,
    }
}

/// A line below `secrets:` that holds nothing but a name.
static PLAIN_NAME: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"^(?:- *["']?[A-Za-z][A-Za-z0-9-]*["']?|["']?[A-Za-z][A-Za-z0-9-]*["']? *: *(?:\{ *\})?) *(?:#.*)?$"#,
    )
});

/// Whether this is a list of names on one line, or the beginning of one, with nothing behind it but the braces that close.
fn is_list_of_names(text: &str) -> bool {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || " ,\"'-".contains(c);
    text.trim_end_matches([' ', '\t', '}'])
        .strip_prefix('[')
        .map(|list| list.strip_suffix(']').unwrap_or(list))
        .is_some_and(|list| list.chars().all(is_of_names))
}

/// Where the value of the key `secrets` begins, wherever the key stands on a line.
fn value_of_secrets(line: &str) -> Option<usize> {
    const KEY: &str = "secrets";
    // Nearly no line has it, and this is the search that begins soonest.
    let first = memmem::find(line.as_bytes(), KEY.as_bytes())?;
    line[first..].match_indices(KEY).find_map(|(at, _)| {
        let at = first + at;
        let is_part_of_word = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &line[at + KEY.len()..];
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let value = rest.trim_start_matches(BLANKS).strip_prefix(':')?;
        (!is_part_of_word).then_some(line.len() - value.len())
    })
}

/// Whether a line, in lower case, ends in a key whose value stands on the lines below it, and whose name says that it is
/// secret. A line may be as long as a file.
fn opens_secret_block(line: &str) -> bool {
    memchr_iter(b':', line.as_bytes()).any(|at| {
        let rest = line[at + 1..].trim_start_matches(BLANKS);
        let rest = rest.strip_prefix(['|', '>']).unwrap_or(rest);
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "-+".contains(c));
        let rest = rest.trim_start_matches(BLANKS);
        (rest.is_empty() || rest.starts_with('#')) && ends_as_secret(key_before(&line[..at]))
    })
}

/// What stands below `secrets`, and below keys of secret things, in the text as it is: the file may not even be YAML. No
/// spec has values there, so whatever is more than a name may be one.
fn below_secret_keys(text: &str, lower: &str) -> Vec<Range<usize>> {
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
        if let Some(after_key) = value_of_secrets(body) {
            let rest = body[after_key..].trim_start();
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
            } else if !is_list_of_names(rest) {
                hidden.push(value..start + body.len());
                block = Some((indent, false));
            }
        } else if opens_secret_block(&lower[start..start + body.len()]) {
            block = Some((indent, false));
        }
        start += line.len();
    }
    hidden
}

/// What kind of credential a text looks like, if any.
pub fn looks_like_credential(text: &str) -> Option<&'static str> {
    if !NEEDED.is_match(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    SHAPES
        .iter()
        .find(|shape| shape.is_possible_in(&lower) && shape.pattern.is_match(text))
        .map(|shape| shape.name)
}

/// The text with every part that may be a secret replaced by as many bytes of `*`, so that places in it stay true.
pub fn masked(text: &str, also: &[Range<usize>]) -> String {
    let lower = text.to_ascii_lowercase();
    let mut hidden: Vec<Range<usize>> = also.to_vec();
    for shape in SHAPES.iter().filter(|shape| shape.is_possible_in(&lower)) {
        hidden.extend(shape.pattern.find_iter(text).map(|found| found.range()));
    }
    hidden.extend(beside_secret_keys(text, &lower));
    hidden.extend(below_secret_keys(text, &lower));
    let mut shown = text.to_owned().into_bytes();
    for range in hidden {
        let start = text.floor_char_boundary(range.start);
        let end = text.ceil_char_boundary(range.end);
        for byte in shown.get_mut(start..end).unwrap_or_default() {
            *byte = if *byte == b'\n' { b'\n' } else { b'*' };
        }
    }
    // Whole characters went, so it is text as before.
    String::from_utf8(shown).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles_and_common_credentials_are_seen() {
        LazyLock::force(&PLAIN_NAME);
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
        for shape in &SHAPES {
            LazyLock::force(&shape.pattern);
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
            "v: { secrets: [\"ab],hunter2\"] }\n",
            "v: { secrets: [{ name: ab, value: hunter2 }] }\n",
            "v: { secrets: [ab] hunter2 }\n",
            "v: { secrets: ['\"', \"x], hunter2\"] }\n",
            "v: { secrets: [ab] } # hunter2\n",
            "r: { a: { secrets: [x] }, b: { secrets: { y: hunter2 } } }\n",
            "{\"a\":{\"secrets\":[\"x\"]},\"b\":{\"secrets\":{\"y\":\"hunter2\"}}}\n",
            "v: { secrets: [a], db-password:\n    hunter2 }\n",
            "v: { secrets: [a], w: { secrets:\n    b: hunter2 } }\n",
            "DB_PASSWORD: |\n  hunter2\n",
            "DB_PASSWORD:\n  hunter2\n",
            "SMTP_PASS: hunter2\nPASSPHRASE: hunter2\nSECRET_KEY: hunter2\nPASSWORD1: hunter2\nTOKENS: hunter2\n",
            "Token_Value2: hunter2\nconnection-string = hunter2\n\"apiKey\"\t: 'hunter2'\nencryption_key=hunter2\n",
            "a: { b: 1, storageKey: hunter2, c: 2 }\nmy.signingkey-value:hunter2\n",
        ] {
            let shown = masked(text, &[]);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(shown.len(), text.len());
        }
        for shown in [
            "secrets: [api-rate-limit, database-connection-timeout]\nnext: shown\n",
            "v: { kind: keyVault, secrets: [api-key, 'other'] }\n  next: shown\n",
            "{ v: { secrets: [api-key] } }\nnext: shown\n",
            "cors: { allowCredentials: true, maxAge: 5 }\nallowCredentials: false # so\n",
            "tokens-of: shown\nkind: keyVault\npasswords: shown\nmysecrets: shown\nkey: shown\n",
        ] {
            assert_eq!(masked(shown, &[]), shown);
        }
    }

    #[test]
    fn masking_keeps_places() {
        let text = "a: 1\nDB_PASSWORD: hünter2\nsecrets: [x]\n";
        let masked = masked(text, &[]);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked, "a: 1\nDB_PASSWORD: ********\nsecrets: [x]\n");
    }
}
