//! `agcgen graph`.

use std::mem::ManuallyDrop;

use clap::ValueEnum;

use super::console::Console;
use super::exit::{Exit, Failure};
use super::{Format, Shape, report};
use crate::diagnostic::{self, Findings};
use crate::facts;
use crate::graph::{dot, graph, mermaid, svg};

/// Draw who reaches what: clients, frontends, Gateways, routes, workloads, identities, resources.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen graph spec.yaml > system.svg                   for browsers and pages; light and dark
  agcgen graph spec.yaml --format mermaid               for Markdown; the runbook has it too
  agcgen graph spec.yaml --format dot | dot -Tpdf -O    for Graphviz

The picture goes to stdout, findings go to stderr. Whoever adds one thing to a spec finds all others in the order that they had.
Ends with 0 if there is a picture; with 1 if the spec has errors.")]
pub(super) struct Graph {
    /// The spec: a file, or `-` for standard input.
    spec: String,
    /// The language of the picture.
    #[arg(long, default_value = "svg", value_parser = Shape::of_pictures())]
    format: Shape,
}

/// The language of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Picture {
    Svg,
    Mermaid,
    Dot,
}

impl Graph {
    pub(super) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        // What is said before the word `graph` is about findings: `agcgen --format short graph spec.yaml`.
        let (picture, format) = match self.format {
            Shape::Picture(picture) => (picture, Format::Human),
            Shape::Findings(format) => (Picture::Svg, format),
        };
        let (sources, id) = report::read_spec(&self.spec)?;
        let mut findings = Findings::new();
        let model = ManuallyDrop::new(crate::check(&sources, id, &mut findings));
        report::findings(console, format, &sources, &findings);
        if format == Format::Json {
            console.say(&diagnostic::json(&sources, &findings));
        }
        let Some(model) = &*model else {
            return Ok(Exit::Refused);
        };
        let graph = graph(&facts::facts(model));
        console.data(&match picture {
            Picture::Svg => svg(&graph),
            Picture::Mermaid => mermaid(&graph),
            Picture::Dot => dot(&graph),
        })?;
        Ok(Exit::Success)
    }
}
