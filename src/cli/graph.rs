//! `agcgen graph`.

use std::mem::ManuallyDrop;

use clap::ValueEnum;

use super::console::Console;
use super::exit::{Exit, Failure, unreadable};
use super::{Format, Shape, inputs, report};
use crate::diagnostic::{self, Findings, Places};
use crate::facts;
use crate::graph::{self, dot, mermaid, svg};
use crate::source::{self, Node, Place, Source, SourceId, Sources};

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
  kubectl kustomize . | agcgen graph -       what anybody's manifests say

The picture goes to stdout, findings go to stderr. Things keep the order of the spec: one that is added
at its end moves no other out of its order.
Ends with 0 if there is a picture; with 1 if the spec has errors or a file is no YAML.")]
pub(super) struct Graph {
    /// A spec; or a rendered folder, or files and folders of manifests. `-` is standard input.
    #[arg(required = true, value_name = "SPEC|FILES|DIR")]
    inputs: Vec<String>,
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
        let (mut files, mut has_folder) = (Vec::new(), false);
        for path in &self.inputs {
            let of_folder = inputs::manifests_in(path)?;
            has_folder |= of_folder.is_some();
            files.extend(of_folder.unwrap_or_else(|| vec![path.clone()]));
        }
        let graph = match &files[..] {
            [file] if !has_folder => {
                let (mut sources, read) = (Sources::new(), manifests(file)?);
                let id = sources.add(read.name, read.text);
                let text = &sources.get(id).text;
                // One that says neither may be empty, which is told as of manifests.
                let is_empty = || {
                    let documents = source::parse_manifests(&sources, id, &mut Findings::new());
                    documents.is_some_and(|documents| documents.is_empty())
                };
                if inputs::has_kinds(text) || (!inputs::is_spec(text) && is_empty()) {
                    self.of_objects(&sources, &[id], console, format)?
                } else {
                    of_spec(&sources, id, console, format)
                }
            }
            files => {
                let (mut sources, mut ids) = (Sources::new(), Vec::new());
                for file in files {
                    let read = manifests(file)?;
                    ids.push(sources.add(read.name, read.text));
                }
                self.of_objects(&sources, &ids, console, format)?
            }
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

    /// Nothing where a file has errors, which are said.
    fn of_objects(
        &self,
        sources: &Sources,
        ids: &[SourceId],
        console: &mut Console,
        format: Format,
    ) -> Result<Option<graph::Graph>, Failure> {
        let mut findings = Findings::new();
        let trees = trees_of(sources, ids, &mut findings);
        tell(console, format, sources, &findings);
        if findings.error_count() > 0 {
            return Ok(None);
        }
        if trees.is_empty() {
            return Err(inputs::nothing_in(&self.inputs));
        }
        let objects: Vec<_> = trees.into_iter().map(Node::into_json).collect();
        let graph::OfObjects {
            graph,
            by_secret,
            left_out,
        } = graph::graph_of_objects(&objects);
        drop(objects);
        tell_left_out(console, sources, ids, left_out);
        if graph.nodes.is_empty() {
            return Err(Failure::Stopped(format!(
                "{} has no Deployment, Gateway or route.\nName a rendered folder, or a spec.",
                self.inputs.join(" ")
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
}

/// The objects of all files, each a tree.
fn trees_of(sources: &Sources, ids: &[SourceId], findings: &mut Findings) -> Vec<Node> {
    let documents = ids
        .iter()
        .flat_map(|&id| source::parse_manifests(sources, id, findings).unwrap_or_default());
    documents.flat_map(inputs::each).collect()
}

/// Says what is not drawn, and where it stands. For that the files are read again: most have nothing of that sort, and to keep their
/// trees would double what is in memory.
fn tell_left_out(
    console: &mut Console,
    sources: &Sources,
    ids: &[SourceId],
    left_out: Vec<graph::LeftOut>,
) {
    if left_out.is_empty() {
        return;
    }
    let trees = trees_of(sources, ids, &mut Findings::new());
    let mut places = Places::new(sources);
    for graph::LeftOut { text, place } in left_out {
        let place = place.and_then(|(number, at)| {
            let span = trees.get(number)?.locate(&Place::Value(at));
            let (line, _) = places.line_and_column(span);
            Some(format!(" ({}:{line})", sources.get(span.source).name))
        });
        console.line(&format!("skipped {text}{}", place.unwrap_or_default()));
    }
}

fn manifests(file: &str) -> Result<Source, Failure> {
    source::read_manifests(file, inputs::is_spec).map_err(|error| unreadable(file, &error))
}

/// Nothing where the spec has errors, which are said.
fn of_spec(
    sources: &Sources,
    id: SourceId,
    console: &mut Console,
    format: Format,
) -> Option<graph::Graph> {
    let mut findings = Findings::new();
    let model = ManuallyDrop::new(crate::check(sources, id, &mut findings));
    tell(console, format, sources, &findings);
    model
        .as_ref()
        .map(|model| graph::graph(&facts::facts(model)))
}

fn tell(console: &mut Console, format: Format, sources: &Sources, findings: &Findings) {
    report::findings(console, format, sources, findings);
    if format == Format::Json {
        console.say(&diagnostic::json(sources, findings));
    }
}
