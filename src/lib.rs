//! agcgen compiles a connectivity spec: who may talk to whom in a system of services on AKS behind Application Gateway
//! for Containers. In: the text of one YAML file. Out: Bicep, Kubernetes and Gateway API manifests, and a runbook.
//!
//! ```text
//! text ── parse ─> Node ── decode ─> Spec ── resolve ─> Model ── lint ─> Findings
//!                                                         ├── facts ─────> Vec<Fact> ─────┐
//!                                                         ├── manifests ─> Vec<Manifest> ─┤
//!                                                         └── render ─────────────────────┴─> Rendered
//! Rendered + folder ── Plan::new ─> Plan ── Plan::apply ─> folder
//! ```
//!
//! # The passes, in order
//!
//! Each has one type in and one type out. It reports all that it finds to [`diagnostic::Findings`]; the next pass starts
//! only if there is something to give it.
//!
//! | pass | in | out | what it does |
//! | --- | --- | --- | --- |
//! | [`source::parse`] | [`source::Sources`] | [`source::Node`] | YAML once, with the place of every key and value |
//! | `spec::decode` | [`source::Node`] | `spec::Decoded` | shape, by the published [`spec::schema`]; short forms made long |
//! | `resolve::resolve` | `spec::Decoded` | [`model::Model`] | binds names, fills defaults, derives [`names`]: all that builds |
//! | `lint::lint` | [`model::Model`] | findings | all that judges |
//! | [`objects::manifests`] | [`model::Model`] | [`objects::Manifest`] | the objects of the cluster, typed |
//! | [`facts::facts`] | [`model::Model`] | [`facts::Fact`] | what is true of the system, as one flat list |
//! | [`render::render`] | [`model::Model`] | [`render::Rendered`] | [`output::OutputFile`]s, through the printers of [`mod@print`] |
//! | [`disk::Plan::new`] | [`disk::Tree`], [`disk::Request`] | [`disk::Plan`] | what a folder lacks; pure |
//! | [`disk::Plan::apply`] | [`disk::Plan`] | a folder | the only writer |
//!
//! [`check`] is the first four, [`compile`] all but the last two. None of them is inlined, so that a profile shows each by its
//! name: `benches/counts` counts their instructions.
//!
//! # What the passes lean on
//!
//! * [`kinds`]: one file a kind of Azure resource: its part of the spec, what it says of itself, what becomes of it in Bicep.
//! * [`graph`]: the facts as a picture.
//! * [`catalog`]: facts of Azure, AGC and Kubernetes as tables with source and date.
//! * `cores`: two pieces of work at a time, each on a core of its own.
//! * `heap`: room for what a render makes.
//! * `image`: references to container images, taken apart.
//! * [`url`]: URLs of requests, taken apart.
//! * [`testing`]: the tests of a spec, run on objects; `agcgen test`.
//! * [`late`]: the values that only a deployment knows, and who makes them.
//! * [`trace`]: objects of the Gateway API, anybody's, and a request → which backend it hits, and why.
//! * [`reference`](mod@reference): fields, kinds, codes and roles as Markdown.
//!
//! [`cli`] is the command line. It, [`source::read`] and [`disk`] are all that does IO.

pub mod catalog;
pub mod cli;
mod cores;
pub mod diagnostic;
pub mod disk;
pub mod facts;
pub mod graph;
mod heap;
mod image;
pub mod kinds;
pub mod late;
mod lint;
pub mod model;
pub mod names;
pub mod objects;
mod operation;
pub mod output;
pub mod print;
pub mod reference;
pub mod render;
mod resolve;
pub mod source;
pub mod spec;
pub mod testing;
pub mod trace;
pub mod url;

use diagnostic::Findings;
use model::Model;
use render::{RenderError, Rendered};
use source::{SourceId, Sources};

/// Text → files. `Ok(None)` if and only if an error was reported.
///
/// # Errors
/// A bug in agcgen, never the spec's fault.
pub fn compile(
    sources: &Sources,
    id: SourceId,
    found: &mut Findings,
) -> Result<Option<Rendered>, RenderError> {
    match check(sources, id, found) {
        Some(model) => render::render(&model).map(Some),
        None => Ok(None),
    }
}

/// Text → model: every pass that can find something. `None` if and only if an error was reported.
pub fn check(sources: &Sources, id: SourceId, found: &mut Findings) -> Option<Model> {
    let tree = source::parse(sources, id, found)?;
    let decoded = spec::decode(sources, tree, found)?;
    let model = resolve::resolve(decoded, sources.get(id).file_name(), found)?;
    lint::lint(&model, found);
    (found.error_count() == 0).then_some(model)
}
