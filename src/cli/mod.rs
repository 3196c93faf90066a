//! The command line: one file a command.
//!
//! In: arguments, files, standard input. Out: text on two streams, files, an exit code. Data goes to stdout, everything
//! else to stderr. The doc comments of the types here are the manual, `agcgen help`.
//!
//! It decides nothing about a spec or an output folder: [`crate::check`], [`crate::render`] and [`crate::disk`] do. With
//! [`crate::source::read`] and disk it is the only place that does IO, and `init` the only one that asks for randomness.

mod completions;
mod console;
mod exit;
mod explain;
mod graph;
mod init;
mod inputs;
mod render;
mod report;
mod schema;
mod stream;
mod test;
mod trace;
mod validate;

use std::ffi::OsString;
use std::panic::{self, UnwindSafe};
use std::process::ExitCode;

use clap::builder::{EnumValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::Map;

use console::Console;
use exit::{Exit, Failure, bug};

use crate::diagnostic::json;

/// Compiles one connectivity spec into Bicep, Kubernetes and Gateway API manifests for services on AKS behind Application
/// Gateway for Containers.
#[derive(Debug, Parser)]
#[command(name = "agcgen", version, propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    look: Look,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  agcgen init shop                             a spec to start from, with its schema for editors
  agcgen validate shop/spec.yaml               everything that is wrong with it, at once
  agcgen render shop/spec.yaml -o out          write what the spec means
  agcgen render shop/spec.yaml -o out --check  in CI: is out what the spec says?
  agcgen trace shop/spec.yaml GET http://shop.example.com/
                                               which backend a request hits
  agcgen test shop/spec.yaml                   do the tests of the spec pass?
  agcgen graph shop/spec.yaml > shop.svg       a picture of it
  agcgen explain AGC0201                       what a finding means

Exit codes:
  0   no error; there may be warnings
  1   the spec has errors, a file is no YAML, trace --lint finds an error, a test failed, or files
      are in the way that agcgen does not overwrite
  2   wrong usage, or a file cannot be read or written
  3   the output folder differs from the spec (--check)
  70  a bug in agcgen

Data goes to stdout, everything else to stderr. Nothing is ever sent anywhere.";

/// How findings are printed, and in which colours.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Look {
    /// How findings are printed: with the lines of the spec, one line each, or as JSON.
    ///
    /// With `json`, stdout is one JSON document: the findings, and for `render` what it changed or what differs; or, where it
    /// stopped with 2, why: `stopped`. (With `-o -` stdout has the files, so there the document goes to stderr.) What is no
    /// finding, as of `explain` and `init`, is text all the same.
    #[arg(long, global = true, default_value = "human", value_parser = Shape::of_findings())]
    format: Shape,
    /// When to use colours. `auto`: on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Short,
    Json,
}

/// A value of `--format`. `graph` has an argument of that name for pictures, and clap hands the value of a global argument on to
/// the commands and back, so both are of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Findings(Format),
    Picture(graph::Picture),
}

impl Shape {
    /// Reads how findings are printed.
    fn of_findings() -> impl TypedValueParser<Value = Self> {
        EnumValueParser::<Format>::new().map(Self::Findings)
    }

    /// Reads which picture is drawn.
    fn of_pictures() -> impl TypedValueParser<Value = Self> {
        EnumValueParser::<graph::Picture>::new().map(Self::Picture)
    }

    /// How findings are printed.
    fn of_the_findings(self) -> Format {
        match self {
            Self::Findings(format) => format,
            Self::Picture(_) => Format::Human,
        }
    }
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Validate(validate::Validate),
    Render(render::Render),
    Trace(trace::Trace),
    Test(test::Test),
    Graph(graph::Graph),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// Does what the arguments say; the first is the program's name.
///
/// Prints to the streams of the process and never ends it. A panic anywhere becomes one message and exit code 70.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        Console::standard(Color::Auto.into()).error(&bug(&panic.to_string()));
    }));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    ExitCode::from(code_of(|| dispatch(&arguments)))
}

/// The exit code of `work`, also where it panics.
fn code_of(work: impl FnOnce() -> Exit + UnwindSafe) -> u8 {
    panic::catch_unwind(work).unwrap_or(Exit::Bug).code()
}

fn dispatch(arguments: &[OsString]) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => return answer(&usage, asks_for_json(arguments)),
    };
    let mut console = Console::standard(cli.look.color.into());
    let format = cli.look.format.of_the_findings();
    let done = match cli.command {
        Command::Init(init) => init.run(&mut console),
        Command::Validate(validate) => validate.run(&mut console, format),
        Command::Render(render) => render.run(&mut console, format),
        Command::Trace(trace) => trace.run(&mut console, format),
        Command::Test(test) => test.run(&mut console, format),
        Command::Graph(graph) => graph.run(&mut console),
        Command::Explain(explain) => explain.run(&mut console),
        Command::Schema(schema) => schema.run(&mut console),
        Command::Completions(completions) => completions.run(&mut console),
    };
    conclude(&mut console, done, format == Format::Json)
}

/// Whether JSON is asked for, of arguments that clap does not take. Of `graph` that is no format.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let is_asked = arguments.iter().any(|word| word == "--format=json")
        || arguments
            .windows(2)
            .any(|words| words == ["--format", "json"]);
    is_asked && !arguments.iter().any(|word| word == "graph")
}

/// Prints what clap has to say: help and version, or what is wrong with the arguments.
fn answer(usage: &clap::Error, in_json: bool) -> Exit {
    let mut console = Console::standard(Color::Auto.into());
    let text = usage.render().ansi().to_string();
    if usage.use_stderr() {
        if in_json {
            tell_stopped(&mut console, &usage.render().to_string());
        }
        console.say(&text);
        return Exit::Stopped;
    }
    let printed = console.data(&text).map(|()| Exit::Success);
    conclude(&mut console, printed, false)
}

/// Why it stopped, for a program that reads stdout. Where nobody can read that, stderr has it too.
fn tell_stopped(console: &mut Console, why: &str) {
    let why = ("stopped".to_owned(), why.trim_end().into());
    _ = console.data(&json::text(Map::from_iter([why])));
}

fn conclude(console: &mut Console, done: Result<Exit, Failure>, in_json: bool) -> Exit {
    match done {
        Ok(exit) => exit,
        // Whoever read the output has seen enough: `agcgen schema | head`.
        Err(Failure::ReaderLeft) => Exit::Success,
        Err(Failure::Stopped(message)) => {
            if in_json {
                tell_stopped(console, &message);
            }
            console.error(&message);
            Exit::Stopped
        }
        Err(Failure::Bug(what)) => {
            console.error(&bug(&what));
            Exit::Bug
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_are_declared_without_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_panic_becomes_exit_code_70() {
        assert_eq!(code_of(|| Exit::Differs), 3);
        assert_eq!(code_of(|| panic!("planted by a test")), 70);
    }

    #[test]
    fn a_reader_that_leaves_is_no_failure() {
        let (mut console, said) = Console::recording();
        assert_eq!(
            conclude(&mut console, Err(Failure::ReaderLeft), false),
            Exit::Success
        );
        assert_eq!(said.err(), "");
        assert_eq!(
            conclude(&mut console, Err(Failure::Bug("x".to_owned())), false),
            Exit::Bug
        );
        assert!(said.err().contains("This is a bug in agcgen"));
    }
}
