//! Derived names: pure functions from what the spec says to what things are called.
//!
//! **They are a contract.** A changed rule would make Azure delete a database and make a new one under the new name.
//! A name never depends on which other things a spec holds.

use heck::ToShoutySnakeCase;
use sha2::{Digest, Sha256};

use crate::print::bicep::Symbol;

/// The first `length` hex digits of the SHA-256 of a text, lower case.
fn hash(text: &str, length: usize) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .take(length)
        .collect()
}

/// The suffix of a spec that states none: six of `[a-z0-9]`, from a hash of name, resource group and subscription.
pub fn default_suffix(name: &str, resource_group: &str, subscription: Option<&str>) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let text = format!(
        "{name}\n{resource_group}\n{}",
        subscription.unwrap_or_default().to_ascii_lowercase()
    );
    Sha256::digest(text.as_bytes())
        .iter()
        .take(6)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

/// A variable's name from words with `-`: `api-service` → `API_SERVICE`.
pub fn variable(words: &str) -> String {
    words.replace('-', "_").to_ascii_uppercase()
}

/// The variable that a secret's value is read from at deployment.
pub fn secret_variable(vault: &str, secret: &str) -> String {
    format!("AGC_SECRET_{}_{}", variable(vault), variable(secret))
}

/// The symbol of a resource in `main.bicep`: `user-data` → `userDataResource`.
pub(crate) fn resource_symbol(key: &str) -> Symbol {
    Symbol::of(&[key], "resource")
}

/// The symbol of a workload in `main.bicep`: `api-service` → `apiServiceWorkload`.
pub(crate) fn workload_symbol(name: &str) -> Symbol {
    Symbol::of(&[name], "workload")
}

/// The parameter of `main.bicep` that holds a secret's value. It must not look like the name of a secret to the linter,
/// which judges by words.
pub(crate) fn secret_parameter(vault: &str, secret: &str) -> Symbol {
    Symbol::of(&[vault, secret], "value")
}

/// The key of a client id among the late values.
pub fn client_id_key(name: &str) -> String {
    format!("{}_CLIENT_ID", name.to_shouty_snake_case())
}

/// A name that must be unique in the world: `<prefix>-<stem>-<key>-<suffix>`. Too long, stem, then key are cut and a hash
/// of the whole stands before the suffix.
pub fn global(prefix: &str, stem: &str, key: &str, suffix: &str, longest: usize) -> String {
    let whole = format!("{prefix}-{stem}-{key}-{suffix}");
    if whole.len() <= longest {
        return whole;
    }
    let mark = hash(&whole, 5);
    // What is left for stem and key: prefix, suffix, hash and four hyphens are fixed.
    let room = longest.saturating_sub(prefix.len() + suffix.len() + mark.len() + 4);
    let key_room = key.len().min(room.saturating_sub(2));
    let stem_room = room.saturating_sub(key_room);
    let parts = [
        prefix,
        cut(stem, stem_room),
        cut(key, key_room),
        mark.as_str(),
        suffix,
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The name of a storage account: `st`, up to twelve letters and digits of the key, four hex digits, the suffix.
pub fn storage_account(stem: &str, key: &str, suffix: &str) -> String {
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect();
    format!("st{letters}{}{suffix}", hash(&format!("{stem}/{key}"), 4))
}

/// The name of a key vault: `kv-`, up to nine characters of the key, four hex digits, the suffix.
pub fn key_vault(stem: &str, key: &str, suffix: &str) -> String {
    format!(
        "kv-{}-{}-{suffix}",
        cut(key, 9),
        hash(&format!("{stem}/{key}"), 4)
    )
}

/// The name of a Service Connector connection: `<workload>_<resource>`, of `[a-z0-9_]`, at most 60.
pub fn service_connection(workload: &str, resource: &str) -> String {
    let whole = format!("{workload}_{resource}").replace('-', "_");
    shortened(&whole, 60, '_')
}

/// The Secret that Service Connector makes for a connection: its letters and digits between `sc-` and `-secret`.
pub fn service_connector_secret(connection: &str) -> String {
    let letters: String = connection
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("sc-{letters}-secret")
}

/// A name of at most `longest` characters: cut, and ended by a hash of the whole.
fn shortened(whole: &str, longest: usize, separator: char) -> String {
    if whole.len() <= longest {
        return whole.to_owned();
    }
    let head = whole
        .get(..longest.saturating_sub(6))
        .unwrap_or(whole)
        .trim_end_matches(separator);
    format!("{head}{separator}{}", hash(whole, 5))
}

/// The first characters of a name, without a hyphen at the end.
fn cut(name: &str, length: usize) -> &str {
    name.get(..length.min(name.len()))
        .unwrap_or(name)
        .trim_end_matches('-')
}

/// What a name could be, made from what was written: lower case, letters, digits and single hyphens.
pub fn as_name(written: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    for c in written.chars() {
        let is_after_small = std::mem::replace(&mut before, c).is_ascii_lowercase();
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'A'..='Z' => {
                if is_after_small {
                    name.push('-');
                }
                name.push(c.to_ascii_lowercase());
            }
            '-' | '_' | '.' | ' ' if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name: String = name
        .trim_start_matches(|c: char| !c.is_ascii_lowercase())
        .chars()
        .take(40)
        .collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_fit_and_differ() {
        let stem = "a-very-long-name-of-24ch";
        for key in [
            "k".repeat(40),
            "key-with-many-parts-that-go-on-and-on-x".to_owned(),
        ] {
            for longest in [44, 50, 63] {
                let name = global("cosno", stem, &key, "7k2f9d", longest);
                assert!(name.len() <= longest, "{name}");
                assert!(!name.contains("--"), "{name}");
            }
            assert!(storage_account(stem, &key, "7k2f9d").len() <= 24);
            let vault = key_vault(stem, &key, "7k2f9d");
            assert!(vault.len() <= 24 && !vault.contains("--"), "{vault}");
            assert!(service_connection(&key, &key).len() <= 60);
        }
        // What was cut still tells two names apart.
        let (one, other) = ("k".repeat(39) + "a", "k".repeat(39) + "b");
        for longest in [44, 50, 63] {
            assert_ne!(
                global("cosno", stem, &one, "7k2f9d", longest),
                global("cosno", stem, &other, "7k2f9d", longest)
            );
        }
        assert_ne!(
            service_connection(&one, &one),
            service_connection(&other, &one)
        );
        assert_ne!(
            key_vault(stem, &one, "7k2f9d"),
            key_vault(stem, &other, "7k2f9d")
        );
    }

    #[test]
    fn a_name_is_offered_for_what_cannot_be_one() {
        for (written, name) in [
            ("FrontEnd", "front-end"),
            ("API_KEY", "api-key"),
            ("my_app", "my-app"),
            ("1st", "st"),
            ("-", ""),
            ("Größe", "gre"),
        ] {
            assert_eq!(as_name(written), name);
        }
    }
}
