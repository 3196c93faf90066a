//! Names of declarations: what may be one, and how one is made from the names that people choose.

use std::collections::BTreeSet;

use heck::{ToLowerCamelCase, ToUpperCamelCase};
use serde::{Deserialize, Serialize};

/// Longest identifier that the compiler takes is 255 characters (BCP024); what is derived stays well below it.
const LONGEST_DERIVED_SYMBOL: usize = 200;

/// Words of the language that are no identifiers.
const RESERVED: [&str; 3] = ["false", "null", "true"];

/// Names that the compiler refuses for a declaration (BCP084).
const REFUSED: [&str; 3] = ["az", "sys", "this"];

/// Functions, decorators and types of Bicep 0.49.2: a declaration of that name would hide them (BCP265, BCP287).
/// The functions whose names begin with `list` are left out, because no output calls them.
/// Sorted, because it is searched by halves.
pub(super) const SHADOWED: [&str; 114] = [
    "allowed",
    "any",
    "array",
    "base64",
    "base64ToJson",
    "base64ToString",
    "batchSize",
    "bool",
    "buildUri",
    "cidrHost",
    "cidrSubnet",
    "concat",
    "contains",
    "dataUri",
    "dataUriToString",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "dateTimeToEpoch",
    "deployer",
    "deployment",
    "description",
    "discriminator",
    "distinct",
    "empty",
    "endsWith",
    "environment",
    "export",
    "extensionResourceId",
    "externalInput",
    "fail",
    "filter",
    "first",
    "flatten",
    "format",
    "getRoleAssignmentName",
    "getSecret",
    "groupBy",
    "guid",
    "indexOf",
    "int",
    "intersection",
    "items",
    "join",
    "json",
    "last",
    "lastIndexOf",
    "length",
    "like",
    "loadDirectoryFileInfo",
    "loadFileAsBase64",
    "loadJsonContent",
    "loadTextContent",
    "loadYamlContent",
    "managementGroup",
    "managementGroupResourceId",
    "map",
    "mapValues",
    "max",
    "maxLength",
    "maxValue",
    "metadata",
    "min",
    "minLength",
    "minValue",
    "nameof",
    "newGuid",
    "nullIfNotFound",
    "object",
    "objectKeys",
    "onlyIfNotExists",
    "padLeft",
    "parseCidr",
    "parseUri",
    "pickZones",
    "providers",
    "range",
    "readEnvironmentVariable",
    "reduce",
    "reference",
    "replace",
    "resourceGroup",
    "resourceId",
    "resourceInput",
    "resourceOutput",
    "retryOn",
    "roleDefinitions",
    "sealed",
    "secure",
    "shallowMerge",
    "skip",
    "sort",
    "split",
    "startsWith",
    "string",
    "subscription",
    "subscriptionResourceId",
    "substring",
    "take",
    "tenant",
    "tenantResourceId",
    "toLogicalZone",
    "toLogicalZones",
    "toLower",
    "toObject",
    "toPhysicalZone",
    "toPhysicalZones",
    "toUpper",
    "trim",
    "union",
    "uniqueString",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "utcNow",
];

/// Whether `text` is an identifier of Bicep and no reserved word.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
        && !RESERVED.contains(&text)
}

/// Whether a declaration may be called `text` and hides nothing of the language.
fn is_declarable(text: &str) -> bool {
    is_identifier(text)
        && text.len() <= 255
        && !REFUSED.contains(&text)
        && SHADOWED.binary_search(&text).is_err()
}

/// A name of a declaration: a parameter, variable, resource, module or type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol(pub(super) String);

impl Symbol {
    /// The symbol that is called exactly `text`, if a declaration may be called so.
    pub fn new(text: &str) -> Option<Self> {
        is_declarable(text).then(|| Self(text.to_owned()))
    }

    /// The symbol made of the words of `names` and what they name, in lower camel case: `api-service` and `Workload`
    /// become `apiServiceWorkload`. Any text gives a symbol; what is no ASCII letter or digit only divides words.
    /// Two different texts may give one symbol: [`Symbols`] keeps them apart.
    pub fn of(names: &[&str], what: &str) -> Self {
        let mut text = lower_camel(&names.join("-"));
        text.truncate(LONGEST_DERIVED_SYMBOL);
        if text.is_empty() {
            what.to_lower_camel_case().clone_into(&mut text);
        } else if !what.is_empty() {
            text.push_str(&what.to_upper_camel_case());
        }
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            text.insert(0, '_');
        }
        while !is_declarable(&text) {
            text.push('_');
        }
        Self(text)
    }

    /// The name as it stands in the file.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Symbol {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
            .ok_or_else(|| format!("`{text}` is no name that a Bicep declaration may have"))
    }
}

impl From<Symbol> for String {
    fn from(symbol: Symbol) -> Self {
        symbol.0
    }
}

/// Words in lower camel case; what is no ASCII letter or digit divides them.
fn lower_camel(words: &str) -> String {
    let is_of_word = |character: char| character.is_ascii_alphanumeric();
    if words.contains(|character: char| character.is_ascii_uppercase()) {
        // Capitals divide words too.
        return words
            .replace(|character| !is_of_word(character), "-")
            .to_lower_camel_case();
    }
    let mut text = String::with_capacity(words.len());
    let mut begins_word = false;
    for character in words.chars() {
        if !is_of_word(character) {
            begins_word = !text.is_empty();
        } else if std::mem::take(&mut begins_word) {
            text.push(character.to_ascii_uppercase());
        } else {
            text.push(character);
        }
    }
    text
}

/// The symbols of one file, each of which is declared once (BCP028).
#[derive(Debug, Clone, Default)]
pub struct Symbols(BTreeSet<Symbol>);

impl Symbols {
    /// Takes `wanted`, or, where it is taken, the first free one of `wanted2`, `wanted3`, … Whoever asks in the same
    /// order gets the same symbols.
    pub fn claim(&mut self, wanted: &Symbol) -> Symbol {
        let mut symbol = wanted.clone();
        let mut number = 2_u32;
        while !self.0.insert(symbol.clone()) {
            symbol = Symbol(format!("{}{number}", wanted.0));
            number = number.saturating_add(1);
        }
        symbol
    }
}

#[cfg(test)]
mod tests {
    use heck::ToLowerCamelCase as _;
    use proptest::prelude::*;

    use super::lower_camel;

    proptest! {
        #[test]
        fn words_without_capitals_become_what_heck_makes_of_them(words in "[a-z0-9_. \u{e9}-]{0,24}") {
            let divided = words.replace(|character: char| !character.is_ascii_alphanumeric(), "-");
            prop_assert_eq!(lower_camel(&words), divided.to_lower_camel_case());
        }
    }
}
