//! `agcgen graph`.

use std::mem::ManuallyDrop;

use clap::ValueEnum;

use super::console::Console;
use super::exit::{Exit, Failure, unreadable};
use super::{Format, Shape, inputs, report};
use crate::diagnostic::{self, Findings};
use crate::facts;
use crate::graph::{self, dot, mermaid, svg};
use crate::source::{self, Sources};

/// Draw who reaches what, as SVG, Mermaid or DOT.
///
/// From clients over frontends, Gateways and routes to workloads, their identities and the resources.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen graph spec.yaml > system.svg        for browsers and pages; light and dark
  agcgen graph spec.yaml --format mermaid    for Markdown; the runbook has it too
  agcgen graph spec.yaml --format dot        for Graphviz
  agcgen graph out > system.svg              what the objects of a rendered folder say

The picture goes to stdout, findings go to stderr. Whoever adds one thing to a spec finds all others in the order that they had.
Ends with 0 if there is a picture; with 1 if the spec has errors.")]
pub(super) struct Graph {
    /// The spec, or `-` for standard input; or a folder: one that was rendered, or any with manifests.
    #[arg(value_name = "SPEC|DIR")]
    input: String,
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
        let graph = match inputs::manifests_in(&self.input)? {
            Some(files) => of_folder(&self.input, &files, console, format)?,
            None => of_spec(&self.input, console, format)?,
        };
        let Some(graph) = graph else {
            return Ok(Exit::Refused);
        };
        console.data(&match picture {
            Picture::Svg => svg(&graph),
            Picture::Mermaid => mermaid(&graph),
            Picture::Dot => dot(&graph),
        })?;
        Ok(Exit::Success)
    }
}

/// Nothing where the spec has errors, which are said.
fn of_spec(
    path: &str,
    console: &mut Console,
    format: Format,
) -> Result<Option<graph::Graph>, Failure> {
    let (sources, id) = report::read_spec(path)?;
    let mut findings = Findings::new();
    let model = ManuallyDrop::new(crate::check(&sources, id, &mut findings));
    tell(console, format, &sources, &findings);
    Ok(model
        .as_ref()
        .map(|model| graph::graph(&facts::facts(model))))
}

/// Nothing where a file has errors, which are said.
fn of_folder(
    path: &str,
    files: &[String],
    console: &mut Console,
    format: Format,
) -> Result<Option<graph::Graph>, Failure> {
    let (mut sources, mut findings) = (Sources::new(), Findings::new());
    let mut objects = Vec::new();
    for file in files {
        let read = source::read(file).map_err(|error| unreadable(file, &error))?;
        let id = sources.add(read.name, read.text);
        for document in source::parse_manifests(&sources, id, &mut findings).unwrap_or_default() {
            let each = inputs::each(document);
            objects.extend(each.iter().map(crate::source::Node::to_json));
        }
    }
    tell(console, format, &sources, &findings);
    if findings.error_count() > 0 {
        return Ok(None);
    }
    let (graph, by_secret) = graph::graph_of_objects(&objects);
    if graph.nodes.is_empty() {
        return Err(Failure::Stopped(format!(
            "{path} has no Deployment, Gateway or route.\nName a rendered folder, or a spec."
        )));
    }
    let more = if by_secret.is_empty() {
        String::new()
    } else {
        format!(
            "; Secrets name more that {} may reach",
            by_secret.join(", ")
        )
    };
    console.line(&format!(
        "drawn from the objects alone, which do not say what an identity is called or may do in Azure{more}"
    ));
    Ok(Some(graph))
}

fn tell(console: &mut Console, format: Format, sources: &Sources, findings: &Findings) {
    report::findings(console, format, sources, findings);
    if format == Format::Json {
        console.say(&diagnostic::json(sources, findings));
    }
}
