//! Types of parameters and outputs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::expression::new_line;
use super::symbol::Symbol;
use super::text::{key, text};

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
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
