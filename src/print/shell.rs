//! Words and command lines of a POSIX shell.
//!
//! In: texts of any origin, and references that stand in agcgen's own source. Out: text that sh, bash, dash and zsh read
//! as exactly those words, in a script and pasted at a prompt.
//!
//! The two have different types. A [`Literal`] may come from a spec; it is quoted, and nothing in it is expanded. A
//! [`Reference`] is expanded by the shell; it is made from `&'static str` only, so a spec cannot become one.
//!
//! No process can be handed a NUL byte in an argument, so no quoting can say one: [`Literal::new`] refuses it, and a
//! printed command line never contains one. All other characters are passed on as they are, control characters too.
//! They are right in a script; at a prompt the terminal may act on them, which is one reason why the spec refuses them.
//!
//! Not done here: redirections, pipes, loops, and any other shell than these.

use std::borrow::Cow;
use std::fmt;

use super::letters_digits_and;

/// Columns after which a command line is broken.
const LINE_WIDTH: usize = 80;

/// Words that start a construct of the shell when they stand bare in the place of a command.
const RESERVED_WORDS: [&str; 20] = [
    "case", "coproc", "do", "done", "elif", "else", "end", "esac", "fi", "for", "foreach",
    "function", "if", "in", "repeat", "select", "then", "time", "until", "while",
];

/// A text has a NUL byte, which no argument of a process can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NulInArgument;

impl fmt::Display for NulInArgument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a NUL character cannot be part of a command line")
    }
}

impl std::error::Error for NulInArgument {}

/// Text that the shell takes as it is. It has no NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal(Cow<'static, str>);

impl Literal {
    /// Takes `text` of any origin.
    ///
    /// # Errors
    /// [`NulInArgument`] where `text` has a NUL.
    pub fn new(text: impl Into<String>) -> Result<Self, NulInArgument> {
        Self::checked(Cow::Owned(text.into()))
    }

    fn checked(text: Cow<'static, str>) -> Result<Self, NulInArgument> {
        if text.contains('\0') {
            Err(NulInArgument)
        } else {
            Ok(Self(text))
        }
    }
}

/// Something that the shell expands, quoted so that its value stays one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference(Expansion);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expansion {
    Variable(&'static str),
    Required(&'static str),
}

impl Reference {
    /// The value of a variable: `"$NAME"`.
    ///
    /// Meant for a `const`, where a wrong name does not compile.
    ///
    /// # Panics
    /// Where `name` is not a letter or `_` followed by letters, digits and `_`.
    pub const fn variable(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(
            !bytes.is_empty() && !bytes[0].is_ascii_digit(),
            "not the name of a shell variable"
        );
        let mut position = 0;
        while position < bytes.len() {
            assert!(
                bytes[position].is_ascii_alphanumeric() || bytes[position] == b'_',
                "not the name of a shell variable"
            );
            position += 1;
        }
        Self(Expansion::Variable(name))
    }

    /// The value of a variable that must have one: `"${NAME:?}"`. Without one the command is not run.
    ///
    /// For commands that would mean everything where an argument is empty.
    ///
    /// # Panics
    /// As [`Self::variable`].
    pub const fn required(name: &'static str) -> Self {
        let Self(Expansion::Variable(name) | Expansion::Required(name)) = Self::variable(name);
        Self(Expansion::Required(name))
    }
}

/// One argument of a command line: literal text, a reference, or several of them side by side, as in `clientID="$ID"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    first: Part,
    more: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(Literal),
    Reference(Reference),
}

impl Argument {
    /// An argument of literal text of any origin.
    ///
    /// # Errors
    /// [`NulInArgument`] where `text` has a NUL.
    pub fn literal(text: impl Into<String>) -> Result<Self, NulInArgument> {
        Literal::new(text).map(Self::from)
    }

    /// The same of a text that stands in agcgen's own source, which is not copied.
    pub(crate) fn word(text: &'static str) -> Result<Self, NulInArgument> {
        Literal::checked(Cow::Borrowed(text)).map(Self::from)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// This argument with `next` joined to its end, still one word.
    #[must_use]
    pub fn followed_by(mut self, next: impl Into<Self>) -> Self {
        let next = next.into();
        for part in std::iter::once(next.first).chain(next.more) {
            match (self.more.last_mut().unwrap_or(&mut self.first), part) {
                // As one text it is judged as a whole: `i` and `f` are each harmless.
                (Part::Literal(Literal(before)), Part::Literal(Literal(text))) => {
                    before.to_mut().push_str(&text);
                }
                (_, part) => self.more.push(part),
            }
        }
        self
    }

    fn write(&self, out: &mut String, place: Place) {
        let start = out.len();
        // Empty text beside something else adds nothing; alone it is the empty word.
        for part in self.parts() {
            match part {
                Part::Literal(Literal(text)) if text.is_empty() => {}
                Part::Literal(Literal(text)) => {
                    let place = if out.len() == start {
                        place
                    } else {
                        Place::Inside
                    };
                    write_quoted(out, text, place);
                }
                Part::Reference(Reference(Expansion::Variable(name))) => {
                    out.push_str("\"$");
                    out.push_str(name);
                    out.push('"');
                }
                Part::Reference(Reference(Expansion::Required(name))) => {
                    out.push_str("\"${");
                    out.push_str(name);
                    out.push_str(":?}\"");
                }
            }
        }
        if out.len() == start {
            out.push_str("''");
        }
    }

    /// The text, where the argument is nothing but literal text.
    fn as_literal(&self) -> Option<&str> {
        match &self.first {
            Part::Literal(Literal(text)) if self.more.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether it starts with a dash and so, in most commands, an option.
    fn is_option(&self) -> bool {
        matches!(&self.first, Part::Literal(Literal(text)) if text.starts_with('-') && text.len() > 1)
    }
}

impl From<Literal> for Argument {
    fn from(literal: Literal) -> Self {
        Self {
            first: Part::Literal(literal),
            more: Vec::new(),
        }
    }
}

impl From<Reference> for Argument {
    fn from(reference: Reference) -> Self {
        Self {
            first: Part::Reference(reference),
            more: Vec::new(),
        }
    }
}

/// Quotes `text` as one word, bare where that means the same.
///
/// # Errors
/// [`NulInArgument`] where `text` has a NUL.
pub fn quote(text: &str) -> Result<String, NulInArgument> {
    let Literal(text) = Literal::new(text)?;
    let mut out = String::new();
    write_quoted(&mut out, &text, Place::Argument);
    Ok(out)
}

/// Prints a command line, without a line break at its end.
///
/// A line that is too long is broken with ` \` before each option, and between words where that is not enough. Further
/// lines are indented by two blanks. Words are never broken.
pub fn command(arguments: &[Argument]) -> String {
    command_at(0, arguments)
}

/// The same, for a line that begins at a column; further lines are indented by two blanks more.
pub fn command_at(column: usize, arguments: &[Argument]) -> String {
    let mut whole = String::with_capacity(2 * LINE_WIDTH);
    let mut ends = Vec::with_capacity(arguments.len());
    for (position, argument) in arguments.iter().enumerate() {
        let place = if position == 0 {
            Place::Command
        } else {
            whole.push(' ');
            Place::Argument
        };
        argument.write(&mut whole, place);
        ends.push(whole.len());
    }
    let line_width = LINE_WIDTH.saturating_sub(column);
    if width(&whole) <= line_width {
        return whole;
    }

    // A blank stands between the end of a word and the next.
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let words = starts.zip(&ends).map(|(start, &end)| &whole[start..end]);
    let mut out = String::with_capacity(whole.len() + whole.len() / 8);
    let mut line = 0;
    let mut options_have_ended = false;
    for (argument, word) in arguments.iter().zip(words) {
        let starts_line = argument.is_option() && !options_have_ended;
        // What follows `--` belongs to another command; its dashes are not options of this one.
        options_have_ended |= argument.as_literal() == Some("--");
        let word_width = width(word);
        // Two columns for the indent, two for the ` \`, one for the blank.
        if out.is_empty() {
            line = word_width;
        } else if !starts_line && line + word_width + 5 <= line_width {
            out.push(' ');
            line += 1 + word_width;
        } else {
            out.push_str(" \\\n  ");
            out.extend(std::iter::repeat_n(' ', column));
            line = word_width;
        }
        out.push_str(word);
    }
    out
}

/// Where a literal stands in a command line.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// It begins the name of the command.
    Command,
    /// It begins an argument.
    Argument,
    /// Something stands before it in the same word.
    Inside,
}

fn write_quoted(out: &mut String, text: &str, place: Place) {
    if is_bare(text, place) {
        out.push_str(text);
        return;
    }
    out.push('\'');
    for (position, part) in text.split('\'').enumerate() {
        if position > 0 {
            out.push_str(r"'\''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

/// What a bare word is made of.
static BARE: [bool; 256] = letters_digits_and(b"._/:=@%+,-");

fn is_bare(text: &str, place: Place) -> bool {
    let safe = !text.is_empty() && text.bytes().all(|byte| BARE[usize::from(byte)]);
    safe && match place {
        Place::Inside => true,
        // zsh replaces `=name` by the path of a command.
        Place::Argument => !text.starts_with('='),
        // `a=b` would be an assignment, `%1` a job.
        Place::Command => {
            !text.contains('=') && !text.starts_with('%') && !RESERVED_WORDS.contains(&text)
        }
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SUBSCRIPTION: Reference = Reference::variable("AZURE_SUBSCRIPTION_ID");
    const CLIENT_ID: Reference = Reference::variable("client_id2");

    fn literals(texts: &[&str]) -> Vec<Argument> {
        texts
            .iter()
            .map(|text| Argument::literal(*text).unwrap())
            .collect()
    }

    #[test]
    fn words_are_bare_or_in_single_quotes() {
        for bare in [
            "a",
            "--name",
            "10.0.0.0/16",
            "a=b",
            "user@host:80",
            "50%",
            "a,b+c_d",
        ] {
            assert_eq!(quote(bare).unwrap(), bare);
        }
        for (text, expected) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("$HOME", "'$HOME'"),
            ("$(id)`id`", "'$(id)`id`'"),
            ("it's", r"'it'\''s'"),
            ("~", "'~'"),
            ("*", "'*'"),
            ("!x", "'!x'"),
            ("a\nb", "'a\nb'"),
            ("=ls", "'=ls'"),
            ("{a,b}", "'{a,b}'"),
            ("é", "'é'"),
        ] {
            assert_eq!(quote(text).unwrap(), expected);
        }
    }

    #[test]
    fn nul_is_refused() {
        assert_eq!(quote("a\0b"), Err(NulInArgument));
        assert_eq!(Argument::literal("\0"), Err(NulInArgument));
    }

    #[test]
    fn a_command_in_a_loop_is_indented_with_it() {
        let words = literals(&[
            "az",
            "provider",
            "register",
            "--namespace",
            "Microsoft.ServiceNetworking",
            "--wait",
            "--yes",
        ]);
        assert_eq!(
            command_at(8, &words),
            "az provider register \\\n          --namespace Microsoft.ServiceNetworking \\\n          --wait \\\n          --yes"
        );
        assert_eq!(
            command(&words),
            "az provider register --namespace Microsoft.ServiceNetworking --wait --yes"
        );
    }

    #[test]
    fn a_short_command_stays_on_one_line() {
        let mut arguments = literals(&[
            "az",
            "group",
            "show",
            "--name",
            "rg-shop dev",
            "--subscription",
        ]);
        arguments.push(SUBSCRIPTION.into());
        assert_eq!(
            command(&arguments),
            r#"az group show --name 'rg-shop dev' --subscription "$AZURE_SUBSCRIPTION_ID""#
        );
        assert_eq!(command(&[]), "");
    }

    #[test]
    fn a_long_command_breaks_before_options() {
        let mut arguments = literals(&[
            "helm",
            "upgrade",
            "alb-controller",
            "oci://mcr.microsoft.com/application-lb/charts/alb-controller",
            "--install",
            "--namespace",
            "azure-alb-system",
            "--set-string",
        ]);
        arguments.push(
            Argument::literal("albController.podIdentity.clientID=")
                .unwrap()
                .followed_by(CLIENT_ID)
                .followed_by(Literal::new("").unwrap()),
        );
        assert_eq!(
            command(&arguments),
            r#"helm upgrade alb-controller \
  oci://mcr.microsoft.com/application-lb/charts/alb-controller \
  --install \
  --namespace azure-alb-system \
  --set-string albController.podIdentity.clientID="$client_id2""#
        );
    }

    #[test]
    fn dashes_after_two_dashes_are_not_options() {
        let tail = "x".repeat(40);
        assert_eq!(
            command(&literals(&[
                "kubectl", "exec", "pod", "--", "curl", "-f", "-s", &tail, &tail
            ])),
            format!("kubectl exec pod \\\n  -- curl -f -s {tail} \\\n  {tail}")
        );
    }

    #[test]
    fn the_command_itself_is_never_an_assignment_or_a_reserved_word() {
        for (text, expected) in [
            ("A=b", "'A=b'"),
            ("if", "'if'"),
            ("time", "'time'"),
            ("%1", "'%1'"),
            ("./a", "./a"),
        ] {
            assert_eq!(
                command(&literals(&[text, "if", "A=b"])),
                format!("{expected} if A=b")
            );
        }
        let in_two_parts = Argument::literal("i")
            .unwrap()
            .followed_by(Literal::new("f").unwrap());
        assert_eq!(command(&[in_two_parts]), "'if'");
    }

    #[test]
    fn a_required_variable_stops_its_command_where_it_is_empty() {
        let line = command(&[
            Argument::literal("delete").unwrap(),
            Argument::from(Reference::required("ID")),
        ]);
        assert_eq!(line, "delete \"${ID:?}\"");
    }
}
