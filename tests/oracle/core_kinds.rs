//! Kubernetes' own kinds (workloads, services and the like) by `kubernetes-validate`, in strict mode: a field that the
//! API does not have is an error.
//!
//! In go files, one call for all of them; out comes what it says of each object. It tells one problem an object, and
//! knows neither custom resources (they are listed) nor the API server's own validation beyond types.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::finding::{Answer, NotChecked, Oracle, OracleFailure, run, tool, version_at_least};
use super::ledger;

/// `kubernetes-validate` from `PyPI`. Variable: `AGCGEN_KUBERNETES_VALIDATE`.
pub(crate) struct CoreKinds {
    program: PathBuf,
    version: String,
}

/// The first release with the schemas of Kubernetes 1.36 and 1.37.
const MINIMUM: &str = "1.37";

/// What it says of some files. Each line begins with the path.
#[derive(Debug, Default)]
pub(crate) struct CoreReport {
    /// The Kubernetes version whose schemas were used, for example `1.36`.
    pub(crate) kubernetes: String,
    /// Objects that are right: `path: kind/name`.
    pub(crate) passed: Vec<String>,
    pub(crate) problems: Vec<String>,
    /// Objects it has no schema for: `path: apiVersion kind`.
    pub(crate) without_schema: Vec<String>,
}

impl Oracle for CoreKinds {
    const NAME: &'static str = "kubernetes-validate";

    fn search() -> Result<Self, NotChecked> {
        let program = tool(
            "AGCGEN_KUBERNETES_VALIDATE",
            "kubernetes-validate",
            "pip install kubernetes-validate",
        )?;
        let version = version_at_least(&program, &["--version"], MINIMUM)?;
        Ok(Self { program, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<CoreKinds, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl CoreKinds {
    /// Judges every object in `files` against Kubernetes `kubernetes` (`1.36`).
    ///
    /// # Errors
    /// A file that it does not mention, which is one that it did not read.
    pub(crate) fn check<P: AsRef<Path>>(
        &self,
        kubernetes: &str,
        files: &[P],
    ) -> Answer<CoreReport> {
        let output = run(Command::new(&self.program)
            .args(["--strict", "-k", kubernetes])
            .args(files.iter().map(AsRef::as_ref)))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut report = CoreReport {
            kubernetes: kubernetes.to_owned(),
            ..CoreReport::default()
        };
        for line in said.lines() {
            sort_line(line, &mut report)?;
        }
        for file in files {
            let path = file.as_ref();
            let beginning = format!("{}: ", path.display());
            let mentioned = [&report.passed, &report.problems, &report.without_schema]
                .into_iter()
                .flatten()
                .any(|line| line.starts_with(&beginning));
            if !mentioned {
                return Err(OracleFailure(format!(
                    "kubernetes-validate says nothing about {}: {}",
                    path.display(),
                    complaint.trim()
                )));
            }
            ledger::read_file(Self::NAME, path);
        }
        if report.problems.is_empty() != output.status.success() {
            return Err(OracleFailure(format!(
                "kubernetes-validate ended with {:?} and {} problems: {}",
                output.status.code(),
                report.problems.len(),
                complaint.trim()
            )));
        }
        Ok(report)
    }
}

/// Puts a line of its output where it belongs.
fn sort_line(line: &str, report: &mut CoreReport) -> Answer<()> {
    let unknown = || OracleFailure(format!("kubernetes-validate says: {line}"));
    let (level, rest) = line.split_once(' ').ok_or_else(unknown)?;
    let split = |separator: &str| {
        rest.split_once(separator)
            .map(|(path, said)| format!("{path}: {said}"))
            .ok_or_else(unknown)
    };
    match level {
        "INFO" => {
            let line = split(" passed for resource ")?;
            let object = line
                .rsplit_once(" against version ")
                .map_or(line.as_str(), |(object, _)| object);
            report.passed.push(object.to_owned());
        }
        "ERROR" => report.problems.push(
            split(" did not validate for resource ")
                .or_else(|_| split(" could not be validated: "))?,
        ),
        "WARN" => {
            let line = split(" Couldn't find schema for kind ")?;
            let (path, said) = line.split_once(": ").ok_or_else(unknown)?;
            let (kind, rest) = said.split_once(" with api version ").ok_or_else(unknown)?;
            let api_version = rest
                .split_once(" for kubernetes version ")
                .map_or(rest, |(api_version, _)| api_version);
            report
                .without_schema
                .push(format!("{path}: {api_version} {kind}"));
        }
        _ => return Err(unknown()),
    }
    Ok(())
}
