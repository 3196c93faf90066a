//! `kubectl kustomize`: in goes a folder, out come the objects that `kubectl apply -k` would send.
//!
//! It asks no cluster.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::finding::{NotChecked, Oracle, run, tool, version_at_least};
use super::{ledger, yaml};

/// `kubectl` with its built-in kustomize. Variable: `AGCGEN_KUBECTL`.
pub(crate) struct Kustomize {
    kubectl: PathBuf,
    version: String,
}

/// First kubectl with kustomize 5.
const MINIMUM: &str = "1.27";

impl Oracle for Kustomize {
    const NAME: &'static str = "kubectl kustomize";

    fn search() -> Result<Self, NotChecked> {
        let kubectl = tool("AGCGEN_KUBECTL", "kubectl", "install kubectl")?;
        let version = version_at_least(&kubectl, &["version", "--client"], MINIMUM)?;
        Ok(Self { kubectl, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Kustomize, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Kustomize {
    /// The objects that the kustomization in `folder` makes, or what kustomize says against it.
    pub(crate) fn build(&self, folder: impl AsRef<Path>) -> Result<Vec<Value>, String> {
        let folder = folder.as_ref();
        ledger::read_file(Self::NAME, &folder.join("kustomization.yaml"));
        let output = run(Command::new(&self.kubectl).arg("kustomize").arg(folder))
            .map_err(|failure| failure.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        yaml::documents(&String::from_utf8_lossy(&output.stdout))
            .map_err(|failure| failure.to_string())
    }
}
