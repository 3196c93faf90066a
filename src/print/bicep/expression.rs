//! Values and calls, laid out as the formatter lays them out.

use serde::{Deserialize, Serialize};

use super::symbol::{Symbol, is_identifier};
use super::text::{key, text};

/// Longest line that the formatter leaves on one line, in UTF-16 code units (Bicep 0.49.2).
const WIDTH: usize = 120;

/// The functions that composed files call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    /// Whether a text, list or object is empty.
    Empty,
    /// A GUID that follows from its arguments.
    Guid,
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
            Self::Guid => "guid",
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
    /// `true` or `false`.
    Boolean(bool),
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
            | Self::Boolean(_)
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
            Self::Boolean(value) => value.to_string(),
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

pub(super) fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// The width of text as the formatter measures it.
fn width(line: &str) -> usize {
    line.encode_utf16().count()
}
