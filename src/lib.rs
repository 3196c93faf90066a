//! agcgen compiles a connectivity spec: who may talk to whom in a system of services on AKS behind Application Gateway
//! for Containers.

pub mod catalog;
pub mod cli;
pub mod diagnostic;
pub mod disk;
pub mod facts;
pub mod kinds;
pub mod late;
mod lint;
pub mod model;
pub mod names;
pub mod objects;
pub mod output;
pub mod print;
pub mod render;
mod resolve;
pub mod source;
pub mod spec;

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
    let decoded = spec::decode(sources, &tree, found)?;
    let model = resolve::resolve(decoded, sources.get(id).file_name(), found)?;
    lint::lint(&model, found);
    (found.error_count() == 0).then_some(model)
}
