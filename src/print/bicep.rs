//! Prints values, types and names as Bicep.
//!
//! In: [`Expression`], [`Type`], [`Symbol`] and plain text, whoever wrote it. Out: Bicep in the form that `bicep format`
//! leaves as it is, so that a committed file never changes by being formatted.
//!
//! Whole files are not its business (the templates compose them), nor is meaning: it does not know which symbols exist
//! or what type a property has. It only sees to it that a value stays a value.
//!
//! The lexical rules were established with the Bicep compiler 0.49.2 in November 2026.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use heck::{ToLowerCamelCase, ToUpperCamelCase};
use serde::{Deserialize, Serialize};

/// Longest line that the formatter leaves on one line, in UTF-16 code units (Bicep 0.49.2).
const WIDTH: usize = 120;

/// Longest identifier that the compiler takes is 255 characters (BCP024); what is derived stays well below it.
const LONGEST_DERIVED_SYMBOL: usize = 200;

/// Words of the language that are no identifiers.
const RESERVED: [&str; 3] = ["false", "null", "true"];

/// Names that the compiler refuses for a declaration (BCP084).
const REFUSED: [&str; 3] = ["az", "sys", "this"];

/// Functions, decorators and types of Bicep 0.49.2: a declaration of that name would hide them (BCP265, BCP287).
/// The functions whose names begin with `list` are left out, because no output calls them.
/// Sorted, because it is searched by halves.
const SHADOWED: [&str; 114] = [
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
fn is_identifier(text: &str) -> bool {
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
pub struct Symbol(String);

impl Symbol {
    /// The symbol that is called exactly `text`, if a declaration may be called so.
    pub fn new(text: &str) -> Option<Self> {
        is_declarable(text).then(|| Self(text.to_owned()))
    }

    /// The symbol made of the words of `names` and what they name, in lower camel case: `api-service` and `Workload`
    /// become `apiServiceWorkload`. Any text gives a symbol; what is no ASCII letter or digit only divides words.
    /// Two different texts may give one symbol: [`Symbols`] keeps them apart.
    pub fn of(names: &[&str], what: &str) -> Self {
        let words: String = names
            .join("-")
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() {
                    character
                } else {
                    '-'
                }
            })
            .collect();
        let mut text = words.to_lower_camel_case();
        text.truncate(LONGEST_DERIVED_SYMBOL);
        if text.is_empty() {
            what.to_lower_camel_case().clone_into(&mut text);
        } else {
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

/// A number with a fraction, which Bicep has only as `json('0.5')`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(String);

impl Decimal {
    /// The number that `text` writes as digits, a point and digits, if it does.
    pub fn new(text: &str) -> Option<Self> {
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
        // JSON has no leading zeros.
        let whole_is_json = whole == "0" || !whole.starts_with('0');
        (digits(whole) && digits(fraction) && whole_is_json).then(|| Self(text.to_owned()))
    }
}

impl TryFrom<String> for Decimal {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or_else(|| format!("`{text}` is no number with a fraction"))
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.0
    }
}

/// The functions that composed files call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    /// Whether a text, list or object is empty.
    Empty,
    /// A variable of the environment of whoever deploys; only in a parameter file.
    ReadEnvironmentVariable,
    /// The resource group that is deployed to, or that of the given name.
    ResourceGroup,
    /// Two objects in one: the second one's properties win.
    Union,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::ReadEnvironmentVariable => "readEnvironmentVariable",
            Self::ResourceGroup => "resourceGroup",
            Self::Union => "union",
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expression {
    /// Text, taken literally whatever it holds.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(Decimal),
    /// `true` or `false`.
    Boolean(bool),
    /// Nothing: a property that is null is as if it were not there.
    Null,
    /// A list: on one line while its elements are single values and it fits, else one element a line.
    List(Vec<Expression>),
    /// An object with one property a line, in this order.
    Object(Vec<Property>),
    /// An object that reads as a row of a table: on one line while it fits.
    Row(Vec<Property>),
    /// What a declaration stands for.
    Symbol(Symbol),
    /// A property of a value.
    Of(Box<Expression>, String),
    /// What a function says of its arguments.
    Call(Function, Vec<Expression>),
    /// The opposite of a condition.
    Not(Box<Expression>),
}

/// A property of an object, or a name with the value that is assigned to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Any text; it is quoted where it is no identifier.
    pub name: String,
    /// Its value.
    pub value: Expression,
}

impl Property {
    /// A property called `name`.
    pub fn new(name: impl Into<String>, value: impl Into<Expression>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Expression {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Symbol> for Expression {
    fn from(symbol: Symbol) -> Self {
        Self::Symbol(symbol)
    }
}

impl From<&Symbol> for Expression {
    fn from(symbol: &Symbol) -> Self {
        Self::Symbol(symbol.clone())
    }
}

impl<E: Into<Expression>> From<Vec<E>> for Expression {
    fn from(elements: Vec<E>) -> Self {
        Self::List(elements.into_iter().map(Into::into).collect())
    }
}

impl Expression {
    /// The property `name` of this value.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        Self::Of(Box::new(self), name.to_owned())
    }

    /// The output `name` of the module that is called `module`.
    pub fn output(module: &Symbol, name: &str) -> Self {
        Self::from(module).of("outputs").of(name)
    }

    /// Whether the text `value` holds something.
    pub fn is_given(value: impl Into<Expression>) -> Self {
        Self::Not(Box::new(Self::Call(Function::Empty, vec![value.into()])))
    }

    /// Prints the value.
    ///
    /// `indent` is that of the line on which it begins and `column` where on the line it begins, both in characters.
    /// Its further lines are indented; the last one does not end.
    pub fn print(&self, indent: usize, column: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, column);
        out
    }

    fn write(&self, out: &mut String, indent: usize, column: usize) {
        if let Some(line) = self.line()
            && column + width(&line) <= WIDTH
        {
            out.push_str(&line);
            return;
        }
        let inner = indent + 2;
        match self {
            Self::List(elements) if !elements.is_empty() => {
                out.push('[');
                for element in elements {
                    new_line(out, inner);
                    element.write(out, inner, inner);
                }
                new_line(out, indent);
                out.push(']');
            }
            Self::Object(properties) | Self::Row(properties) if !properties.is_empty() => {
                out.push('{');
                for property in properties {
                    new_line(out, inner);
                    out.push_str(&property.print(inner));
                }
                new_line(out, indent);
                out.push('}');
            }
            Self::Call(function, arguments) => {
                out.push_str(function.name());
                out.push('(');
                let column = column + function.name().len() + 1;
                write_arguments(out, arguments, indent, column);
                out.push(')');
            }
            // One word cannot be broken, however long it is.
            Self::Of(..)
            | Self::Not(_)
            | Self::Text(_)
            | Self::Integer(_)
            | Self::Decimal(_)
            | Self::Boolean(_)
            | Self::Null
            | Self::List(_)
            | Self::Object(_)
            | Self::Row(_)
            | Self::Symbol(_) => out.push_str(&self.word()),
        }
    }

    /// The value on one line, if that is how it reads.
    fn line(&self) -> Option<String> {
        match self {
            Self::Object(properties) if properties.is_empty() => Some("{}".to_owned()),
            Self::Object(_) => None,
            Self::Row(properties) => {
                let parts: Option<Vec<String>> = properties
                    .iter()
                    .map(|property| {
                        Some(format!(
                            "{}: {}",
                            key(&property.name),
                            property.value.line()?
                        ))
                    })
                    .collect();
                Some(match parts?.join(", ").as_str() {
                    "" => "{}".to_owned(),
                    parts => format!("{{ {parts} }}"),
                })
            }
            Self::List(elements) if elements.iter().any(Self::has_parts) => None,
            Self::List(elements) => {
                let parts: Option<Vec<String>> = elements.iter().map(Self::line).collect();
                Some(format!("[{}]", parts?.join(", ")))
            }
            Self::Call(function, arguments) => {
                let parts: Option<Vec<String>> = arguments.iter().map(Self::line).collect();
                Some(format!("{}({})", function.name(), parts?.join(", ")))
            }
            _ => Some(self.word()),
        }
    }

    /// Whether the value is a list or an object.
    fn has_parts(&self) -> bool {
        matches!(self, Self::List(_) | Self::Object(_) | Self::Row(_))
    }

    /// The value as one word that no line break may stand in.
    fn word(&self) -> String {
        match self {
            Self::Text(value) => text(value),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => format!("json({})", text(&number.0)),
            Self::Boolean(value) => value.to_string(),
            Self::Null => "null".to_owned(),
            Self::Symbol(symbol) => symbol.0.clone(),
            Self::Of(value, name) if is_identifier(name) => format!("{}.{name}", value.word()),
            Self::Of(value, name) => format!("{}[{}]", value.word(), text(name)),
            Self::Not(condition) => format!("!{}", condition.word()),
            Self::List(_) | Self::Object(_) | Self::Row(_) | Self::Call(..) => {
                self.line().unwrap_or_else(|| self.print(0, 0))
            }
        }
    }
}

/// Prints the arguments of a call that does not fit on one line. The last one stays on the line of the call where it
/// can be opened there, or where it is alone; else there is one argument a line.
fn write_arguments(out: &mut String, arguments: &[Expression], indent: usize, column: usize) {
    let Some((last, others)) = arguments.split_last() else {
        return;
    };
    let mut line = String::new();
    let others_are_short = others.iter().all(|argument| {
        argument.line().is_some_and(|argument| {
            line.push_str(&argument);
            line.push_str(", ");
            true
        })
    });
    if others.is_empty() || (others_are_short && last.has_parts() && column + width(&line) < WIDTH)
    {
        out.push_str(&line);
        last.write(out, indent, column + width(&line));
        return;
    }
    let inner = indent + 2;
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(out, inner);
        argument.write(out, inner, inner);
    }
    new_line(out, indent);
}

impl Property {
    /// Prints the property, on a line that is indented by `indent`.
    pub fn print(&self, indent: usize) -> String {
        let name = key(&self.name);
        let column = indent + width(&name) + ": ".len();
        format!("{name}: {}", self.value.print(indent, column))
    }
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An object with texts under names that are not fixed.
    Texts,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A type that is declared or imported.
    Named(Symbol),
    /// A list of values of one type.
    ListOf(Box<Type>),
    /// An object with these properties and no others.
    Object(Vec<Field>),
}

/// A property of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Any text; it is quoted where it is no identifier.
    pub name: String,
    /// What the property means, as a sentence.
    pub description: String,
    /// Type of the property.
    pub kind: Type,
}

impl Type {
    /// Prints the type; `indent` is that of the line on which it begins.
    pub fn print(&self, indent: usize) -> String {
        match self {
            Self::Text => "string".to_owned(),
            Self::Integer => "int".to_owned(),
            Self::Boolean => "bool".to_owned(),
            Self::Texts => "{ *: string }".to_owned(),
            Self::OneOf(values) => values
                .iter()
                .map(|value| text(value))
                .collect::<Vec<_>>()
                .join(" | "),
            Self::Named(symbol) => symbol.0.clone(),
            Self::ListOf(element) => match element.as_ref() {
                Self::OneOf(_) => format!("({})[]", element.print(indent)),
                _ => format!("{}[]", element.print(indent)),
            },
            Self::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Self::Object(fields) => {
                let inner = indent + 2;
                let mut out = "{".to_owned();
                for field in fields {
                    new_line(&mut out, inner);
                    let _ = write!(out, "@description({})", text(&field.description));
                    new_line(&mut out, inner);
                    let _ = write!(out, "{}: {}", key(&field.name), field.kind.print(inner));
                }
                new_line(&mut out, indent);
                out.push('}');
                out
            }
        }
    }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// The width of text as the formatter measures it.
fn width(line: &str) -> usize {
    line.encode_utf16().count()
}

/// Prints `name` as the key of an object.
pub fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        text(name)
    }
}

/// Prints `value` as a literal.
///
/// It must be the whole value: two literals that are printed apart and joined afterwards could open a hole where the
/// first ends in `$` and the second begins with `{`.
pub fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
            character if is_invisible(character) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            character => out.push(character),
        }
    }
    out.push('\'');
    out
}

/// Prints `line` as the text of a comment that began with `//`: it does not end the line, and shows what it holds.
pub fn comment(line: &str) -> String {
    let shown: String = line
        .chars()
        .map(|character| {
            if is_invisible(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    shown.trim_end().to_owned()
}

/// Whether a reader would not see the character, or would see its neighbours in another order.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..)
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character, '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn symbol(text: &str) -> Expression {
        Expression::Symbol(Symbol::new(text).unwrap())
    }

    fn short() -> Expression {
        Expression::Row(vec![Property::new("name", "a"), Property::new("count", 1)])
    }

    #[test]
    fn text_is_quoted() {
        for (value, expected) in [
            ("", "''"),
            ("it's", r"'it\'s'"),
            (r"a\b", r"'a\\b'"),
            ("${x}", r"'\${x}'"),
            ("$${x}", r"'$\${x}'"),
            ("$x {y} $", "'$x {y} $'"),
            ("a\nb\r\tc", r"'a\nb\r\tc'"),
            ("\u{0}\u{7f}\u{85}", r"'\u{0}\u{7f}\u{85}'"),
            (
                "\u{202e}\u{2066}\u{feff}\u{2028}",
                r"'\u{202e}\u{2066}\u{feff}\u{2028}'",
            ),
            ("é 日 😀", "'é 日 😀'"),
            ("[resourceId()]", "'[resourceId()]'"),
            ("'''", r"'\'\'\''"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    /// Reads a literal as the lexer of the compiler does; none if it has a hole or does not end where it should.
    fn read(literal: &str) -> Option<String> {
        let mut characters = literal.strip_prefix('\'')?.chars().peekable();
        let mut value = String::new();
        loop {
            match characters.next()? {
                '\'' => return characters.next().is_none().then_some(value),
                '\n' | '\r' => return None,
                '$' if characters.peek() == Some(&'{') => return None,
                '\\' => value.push(match characters.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let digits: String = characters
                            .by_ref()
                            .take_while(|digit| *digit != '}')
                            .collect();
                        char::from_u32(u32::from_str_radix(digits.strip_prefix('{')?, 16).ok()?)?
                    }
                    same @ ('\\' | '\'' | '$') => same,
                    _ => return None,
                }),
                character => value.push(character),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(value in any::<String>()) {
            prop_assert_eq!(read(&text(&value)), Some(value));
        }

        #[test]
        fn text_full_of_signs_is_read_back(value in r"[${}'\\\nu0x]{0,12}") {
            prop_assert_eq!(read(&text(&value)), Some(value));
        }

        #[test]
        fn any_text_gives_a_symbol(name in any::<String>(), other in "[a-z0-9-]{0,12}", what in "[A-Z][a-z]{0,8}|") {
            let symbol = Symbol::of(&[&name, &other], &what);
            prop_assert_eq!(Symbol::new(symbol.as_str()), Some(symbol));
        }

        #[test]
        fn a_comment_stays_on_its_line(line in any::<String>()) {
            let line = comment(&line);
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        }
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        for (name, expected) in [
            ("name", "name"),
            ("_x1", "_x1"),
            ("if", "if"),
            ("true", "'true'"),
            ("null", "'null'"),
            ("1a", "'1a'"),
            ("a-b", "'a-b'"),
            ("", "''"),
            ("é", "'é'"),
            ("${x}", r"'\${x}'"),
        ] {
            assert_eq!(key(name), expected);
        }
    }

    #[test]
    fn comments_end_nowhere_but_at_the_end() {
        assert_eq!(comment("a\r\nparam x = 1 \u{202e}*/"), "a  param x = 1  */");
        assert_eq!(comment("  kept  "), "  kept");
    }

    #[test]
    fn symbols_are_made_of_names() {
        for (names, what, expected) in [
            (&["api-service"][..], "Workload", "apiServiceWorkload"),
            (&["storage"], "Resource", "storageResource"),
            (
                &["vault", "api-rate-limit"],
                "Value",
                "vaultApiRateLimitValue",
            ),
            (&["a-1"], "", "a1"),
            (&["string"], "", "string_"),
            (&["resource-group"], "", "resourceGroup_"),
            (&["sys"], "", "sys_"),
            (&["null"], "", "null_"),
            (&["7up"], "", "_7up"),
            (&["é"], "Resource", "resource"),
            (&["é"], "", "_"),
        ] {
            assert_eq!(Symbol::of(names, what).as_str(), expected);
        }
        assert_eq!(Symbol::new("a-b"), None);
        assert_eq!(Symbol::new("az"), None);
        assert_eq!(Symbol::new("description"), None);
        assert!(
            Symbol::of(&["x".repeat(400).as_str()], "Workload")
                .as_str()
                .len()
                < 255
        );
    }

    #[test]
    fn names_of_the_language_are_sorted() {
        assert!(SHADOWED.is_sorted());
    }

    #[test]
    fn a_symbol_is_claimed_once() {
        let mut symbols = Symbols::default();
        let claimed: Vec<String> = ["a", "b", "a", "a2", "a"]
            .iter()
            .map(|name| symbols.claim(&Symbol::of(&[name], "")).into())
            .collect();
        assert_eq!(claimed, ["a", "b", "a2", "a22", "a3"]);
    }

    #[test]
    fn decimals_are_json() {
        for good in ["0.5", "-1.25", "10.0"] {
            assert_eq!(
                Expression::Decimal(Decimal::new(good).unwrap()).print(0, 0),
                format!("json('{good}')")
            );
        }
        for bad in [
            "", "1", ".5", "1.", "01.5", "1.5.0", "1e3", "--1.0", "1.5')",
        ] {
            assert_eq!(Decimal::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_list_stands_on_one_line_while_it_fits() {
        let list = |length: usize| Expression::from(vec!["x".repeat(length), "y".to_owned()]);
        // ['x…', 'y'] takes nine characters more than the x.
        assert_eq!(list(111).print(0, 0).lines().count(), 1);
        assert_eq!(list(112).print(0, 0).lines().count(), 4);
        assert_eq!(list(111).print(2, 1).lines().count(), 4);
        assert_eq!(
            Expression::List(vec![short(), short()]).print(2, 9),
            "[\n    { name: 'a', count: 1 }\n    { name: 'a', count: 1 }\n  ]"
        );
        assert_eq!(Expression::List(Vec::new()).print(0, 0), "[]");
    }

    #[test]
    fn objects_are_open_and_rows_are_not() {
        let properties = vec![Property::new("a-b", 1), Property::new("c", vec!["d"])];
        assert_eq!(
            Expression::Object(properties.clone()).print(4, 11),
            "{\n      'a-b': 1\n      c: ['d']\n    }"
        );
        assert_eq!(
            Expression::Row(properties.clone()).print(4, 11),
            "{ 'a-b': 1, c: ['d'] }"
        );
        assert_eq!(
            Expression::Row(properties).print(4, 99),
            "{\n      'a-b': 1\n      c: ['d']\n    }"
        );
        assert_eq!(Expression::Object(Vec::new()).print(0, 0), "{}");
        assert_eq!(Expression::Row(Vec::new()).print(0, 0), "{}");
        // An open object opens the row that it stands in.
        let nested = Expression::Row(vec![Property::new(
            "inner",
            Expression::Object(vec![Property::new("a", Expression::Null)]),
        )]);
        assert_eq!(nested.print(0, 0), "{\n  inner: {\n    a: null\n  }\n}");
    }

    #[test]
    fn calls_break_as_the_formatter_breaks_them() {
        let variable = |length: usize| {
            Expression::Call(
                Function::ReadEnvironmentVariable,
                vec!["X".repeat(length).into(), "".into()],
            )
        };
        assert_eq!(
            variable(3).print(0, 10),
            "readEnvironmentVariable('XXX', '')"
        );
        assert_eq!(
            variable(90).print(0, 10),
            format!("readEnvironmentVariable(\n  '{}',\n  ''\n)", "X".repeat(90))
        );
        assert_eq!(
            Expression::Call(
                Function::Union,
                vec![
                    symbol("tags"),
                    Expression::Object(vec![Property::new("a", "b")])
                ]
            )
            .print(4, 10),
            "union(tags, {\n      a: 'b'\n    })"
        );
        assert_eq!(Expression::is_given(symbol("x")).print(0, 0), "!empty(x)");
        assert_eq!(
            Expression::Call(Function::ResourceGroup, Vec::new())
                .of("name")
                .print(0, 0),
            "resourceGroup().name"
        );
    }

    #[test]
    fn properties_that_are_no_identifiers_are_indexed() {
        assert_eq!(
            symbol("resources")
                .of("sql")
                .of("a-db")
                .of("it's")
                .print(0, 0),
            r"resources.sql['a-db']['it\'s']"
        );
    }

    #[test]
    fn types_are_printed() {
        let named = |name: &str| Type::Named(Symbol::new(name).unwrap());
        let one_of = Type::OneOf(vec!["a".to_owned(), "it's".to_owned()]);
        assert_eq!(one_of.print(0), r"'a' | 'it\'s'");
        assert_eq!(
            Type::ListOf(Box::new(one_of)).print(0),
            r"('a' | 'it\'s')[]"
        );
        assert_eq!(
            Type::ListOf(Box::new(named("nodeType"))).print(0),
            "nodeType[]"
        );
        assert_eq!(Type::Texts.print(0), "{ *: string }");
        assert_eq!(Type::Object(Vec::new()).print(0), "{}");
        let object = Type::Object(vec![Field {
            name: "a-b".to_owned(),
            description: "What it's for.".to_owned(),
            kind: Type::Object(vec![Field {
                name: "c".to_owned(),
                description: "C.".to_owned(),
                kind: Type::Boolean,
            }]),
        }]);
        assert_eq!(
            object.print(2),
            "{\n    @description('What it\\'s for.')\n    'a-b': {\n      @description('C.')\n      c: bool\n    }\n  }"
        );
    }
}
