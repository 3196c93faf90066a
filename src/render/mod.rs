//! From the model to files: templates composed with data, and complete files copied as they are.
//!
//! One file a part of the output. Every part is pure; the same model gives the same bytes.

pub mod controller;
pub mod driver;
pub mod infra;
pub mod k8s;
pub mod runbook;
pub mod template;

use std::fmt;

use crate::cores;
use crate::facts;
use crate::heap;
use crate::model::Model;
use crate::objects::{self, Manifest};
use crate::output::{BadPath, Mode, OutputFile, OutputPath, Owner};
use template::TemplateError;

/// Everything that a model becomes.
#[derive(Debug)]
pub struct Rendered {
    /// The files of every part, sorted by path.
    pub files: Vec<OutputFile>,
    /// The Kubernetes objects in them, in the order they are applied.
    pub manifests: Vec<Manifest>,
}

/// Every file of the output.
///
/// # Errors
/// A bug in agcgen, never the fault of a spec.
pub fn render(model: &Model) -> Result<Rendered, RenderError> {
    let (others, infra) = cores::both(
        || {
            let manifests = objects::manifests(model);
            let files = with_manifests(model, &manifests)?;
            Ok::<_, RenderError>((files, manifests))
        },
        // The Azure half needs no objects.
        || {
            heap::make_room();
            infra::files(model)
        },
    );
    let (mut files, manifests) = others?;
    files.extend(infra?);
    files.push(attributes()?);
    files.extend(controller::file(model)?);
    files.sort_by(|one, other| one.path.as_str().cmp(other.path.as_str()));
    Ok(Rendered { files, manifests })
}

/// The files that say something of the objects: the cluster half and the driver, and what says how to operate the system, which
/// takes longer than either.
fn with_manifests(model: &Model, manifests: &[Manifest]) -> Result<Vec<OutputFile>, RenderError> {
    let facts = facts::of(model, manifests);
    let (runbook, others) = cores::both(
        || runbook::file(model, &facts),
        || {
            heap::make_room();
            let mut files = k8s::files(model, manifests)?;
            files.extend(driver::files(model, &facts)?);
            Ok::<_, RenderError>(files)
        },
    );
    let mut files = others?;
    files.push(runbook?);
    Ok(files)
}

/// The cluster half alone: its files and objects.
///
/// # Errors
/// As [`render`].
pub fn cluster(model: &Model) -> Result<Rendered, RenderError> {
    let manifests = objects::manifests(model);
    let files = k8s::files(model, &manifests)?;
    Ok(Rendered { files, manifests })
}

/// Line ends are part of the bytes that `--check` compares.
fn attributes() -> Result<OutputFile, BadPath> {
    Ok(OutputFile {
        path: OutputPath::new(".gitattributes")?,
        text: "* text eol=lf\n".to_owned(),
        mode: Mode::Plain,
        owner: Owner::Generated,
    })
}

/// Why a file could not be rendered: always a bug in agcgen.
#[derive(Debug)]
pub enum RenderError {
    /// A name is no part of a path.
    Path(BadPath),
    /// An object has no tree.
    Object(serde_json::Error),
    /// A template does not fit its data.
    Template(TemplateError),
    /// A text is no field of a row of the driver.
    Field(driver::BadField),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(failure) => failure.fmt(f),
            Self::Object(failure) => failure.fmt(f),
            Self::Template(failure) => failure.fmt(f),
            Self::Field(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for RenderError {}

impl From<BadPath> for RenderError {
    fn from(failure: BadPath) -> Self {
        Self::Path(failure)
    }
}

impl From<serde_json::Error> for RenderError {
    fn from(failure: serde_json::Error) -> Self {
        Self::Object(failure)
    }
}

impl From<TemplateError> for RenderError {
    fn from(failure: TemplateError) -> Self {
        Self::Template(failure)
    }
}

impl From<driver::BadField> for RenderError {
    fn from(failure: driver::BadField) -> Self {
        Self::Field(failure)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;
    use crate::diagnostic::Findings;
    use crate::source::Sources;

    #[test]
    fn the_cluster_half_is_that_of_the_whole() {
        let mut seen = 0;
        for spec in [
            include_str!("../../examples/cloud-native/spec.yaml"),
            include_str!("../../examples/cloud-native-managed/spec.yaml"),
        ] {
            let mut sources = Sources::new();
            let id = sources.add("spec.yaml", spec);
            let model = crate::check(&sources, id, &mut Findings::new()).unwrap();
            let (mut half, whole) = (cluster(&model).unwrap(), render(&model).unwrap());
            half.files
                .sort_by(|one, other| one.path.as_str().cmp(other.path.as_str()));
            let is_of_cluster = |file: &&OutputFile| file.path.as_str().starts_with("k8s/");
            let expected: Vec<&OutputFile> = whole.files.iter().filter(is_of_cluster).collect();
            assert_eq!(half.files.iter().collect::<Vec<_>>(), expected);
            assert_eq!(half.manifests, whole.manifests);
            seen += expected.len();
        }
        assert!(seen > 20, "{seen} files");
    }
}
