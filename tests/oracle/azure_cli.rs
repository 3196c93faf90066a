//! azure-cli, the real client: in go command lines of az, out comes what its argument parser says against them; or a test of
//! `tests/driver/proof` in which the driver calls it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use fs_err as fs;

use super::finding::{Answer, NotChecked, Oracle, OracleFailure, run, tool, version_at_least};
use super::ledger;

/// `az` with the Python that it is installed for. Variable: `AGCGEN_AZ`.
pub(crate) struct AzureCli {
    program: PathBuf,
    python: PathBuf,
    version: String,
}

/// What the driver's calls were written for.
const MINIMUM: &str = "2.91";

impl Oracle for AzureCli {
    const NAME: &'static str = "azure-cli";

    fn search() -> Result<Self, NotChecked> {
        let program = tool("AGCGEN_AZ", "az", "pip install azure-cli")?;
        let version = version_at_least(&program, &["version"], MINIMUM)?;
        let python = fs::canonicalize(&program)
            .ok()
            .and_then(|program| Some(program.parent()?.join("python3")))
            .filter(|python| python.is_file())
            .ok_or_else(|| {
                NotChecked(format!(
                    "{} has no Python beside it (pip install azure-cli)",
                    program.display()
                ))
            })?;
        Ok(Self {
            program,
            python,
            version,
        })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<AzureCli, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl AzureCli {
    /// What its argument parser says against command lines (the words behind `az`), one line each; and how many it takes.
    pub(crate) fn parse(
        &self,
        lines: &[Vec<String>],
        settings: &Path,
    ) -> Answer<(Vec<String>, usize)> {
        let file = settings.join("lines");
        let broken = |error: &dyn std::fmt::Display| OracleFailure(error.to_string());
        let text: Result<Vec<String>, _> = lines.iter().map(serde_json::to_string).collect();
        let text = text.map_err(|error| broken(&error))?.join("\n");
        fs::write(&file, text).map_err(|error| broken(&error))?;
        ledger::read_file(Self::NAME, &file);
        let output = run(Command::new(&self.python)
            .arg(proof("parse.py"))
            .arg(&file)
            .env("AZURE_CONFIG_DIR", settings.join("az")))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut said: Vec<String> = said.lines().map(str::to_owned).collect();
        let taken = said
            .pop()
            .and_then(|last| last.strip_suffix(" taken")?.parse().ok())
            .ok_or_else(|| {
                OracleFailure(format!(
                    "the parser did not come to its end: {}",
                    String::from_utf8_lossy(&output.stderr)
                ))
            })?;
        Ok((said, taken))
    }

    /// Runs a test of `tests/driver/proof`. Its story is the failure. What Bicep answers, and what an undisturbed `up` leaves, is
    /// kept in `answers` for the next.
    pub(crate) fn prove(
        &self,
        test: &str,
        agcgen: &str,
        answers: &Path,
    ) -> Answer<Result<(), String>> {
        ledger::read_file(Self::NAME, &proof("__main__.py"));
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = self.program.parent().unwrap_or(Path::new("/"));
        let output = run(Command::new("python3")
            .arg(proof(""))
            .arg(test)
            .env("AGCGEN", agcgen)
            .env("BICEP_ANSWERS", answers)
            .env("UNDISTURBED", answers.join("undisturbed.json"))
            .env("PATH", format!("{}:{path}", folder.display())))?;
        let story = String::from_utf8_lossy(&output.stderr).into_owned();
        // A test program that ran no test has shown nothing.
        let ran = story.contains("\nRan ") && !story.contains("\nRan 0 tests");
        if output.status.success() && ran {
            Ok(Ok(()))
        } else {
            Ok(Err(story))
        }
    }
}

fn proof(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/driver/proof")
        .join(file)
}
