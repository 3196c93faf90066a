//! The Gateway API's own examples: those of its documentation, and those that every implementation has to refuse.

use std::path::PathBuf;
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::finding::{NotChecked, Oracle, reference};
use super::ledger;

/// The folder `gateway-api-conformance` of `AGCGEN_REFERENCE`.
pub(crate) struct UpstreamExamples {
    folder: PathBuf,
}

impl Oracle for UpstreamExamples {
    const NAME: &'static str = "examples of the Gateway API";

    fn search() -> Result<Self, NotChecked> {
        let folder = reference("gateway-api-conformance")?;
        Ok(Self { folder })
    }

    fn version(&self) -> String {
        "of the Gateway API's repository".to_owned()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<UpstreamExamples, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl UpstreamExamples {
    /// The files below one of its folders, by name.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let files: Vec<PathBuf> = WalkDir::new(self.folder.join(folder))
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
            .collect();
        for file in &files {
            ledger::read_file(Self::NAME, file);
        }
        files
    }
}
