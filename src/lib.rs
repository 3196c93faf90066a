//! agcgen compiles a connectivity spec: who may talk to whom in a system of services on AKS behind Application Gateway
//! for Containers.

pub mod catalog;
pub mod cli;
pub mod diagnostic;
pub mod disk;
pub mod kinds;
pub mod late;
mod lint;
pub mod model;
pub mod names;
pub mod output;
pub mod print;
pub mod render;
mod resolve;
pub mod source;
pub mod spec;

use diagnostic::Findings;
use model::Model;
use output::{ObjectId, OutputFile};
use source::{SourceId, Sources};

/// Everything that a spec becomes.
#[derive(Debug)]
pub struct Output {
    /// The files of every part, sorted by path.
    pub files: Vec<OutputFile>,
    /// The Kubernetes objects in them, for the lock.
    pub objects: Vec<ObjectId>,
}

/// Text → files. `Ok(None)` if and only if an error was reported.
///
/// # Errors
/// When a template fails: a bug in agcgen, never the spec's fault.
pub fn compile(
    sources: &Sources,
    id: SourceId,
    found: &mut Findings,
) -> Result<Option<Output>, render::template::TemplateError> {
    let Some(_model) = check(sources, id, found) else {
        return Ok(None);
    };
    Ok(Some(Output {
        files: Vec::new(),
        objects: Vec::new(),
    }))
}

/// Text → model: every pass that can find something. `None` if and only if an error was reported.
pub fn check(sources: &Sources, id: SourceId, found: &mut Findings) -> Option<Model> {
    let tree = source::parse(sources, id, found)?;
    let decoded = spec::decode(sources, &tree, found)?;
    let model = resolve::resolve(decoded, sources.get(id).file_name(), found)?;
    lint::lint(&model, found);
    (found.error_count() == 0).then_some(model)
}
