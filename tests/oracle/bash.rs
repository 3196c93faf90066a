//! bash: in goes a script, out comes whether it parses, or what a run of it did.
//!
//! A script that is run is the test's own business: it runs in the environment of the test program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::finding::{Answer, NotChecked, Oracle, OracleFailure, run, tool, version_at_least};
use super::ledger;

/// `bash`. Variable: `AGCGEN_BASH`.
pub(crate) struct Bash {
    program: PathBuf,
    version: String,
}

/// Whether a script ended well, and what it said on standard output, then on standard error.
pub(crate) struct BashRun {
    pub(crate) is_good: bool,
    pub(crate) said: String,
}

impl Oracle for Bash {
    const NAME: &'static str = "bash";

    fn search() -> Result<Self, NotChecked> {
        let program = tool("AGCGEN_BASH", "bash", "install bash")?;
        let version = version_at_least(&program, &["--version"], "4.0")?;
        Ok(Self { program, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Bash, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Bash {
    /// What it says against the syntax of a file; empty: nothing.
    pub(crate) fn syntax(&self, file: impl AsRef<Path>) -> Answer<Vec<String>> {
        ledger::read_file(Self::NAME, file.as_ref());
        let output = run(Command::new(&self.program).arg("-n").arg(file.as_ref()))?;
        let said: Vec<String> = String::from_utf8_lossy(&output.stderr)
            .lines()
            .map(str::to_owned)
            .collect();
        if said.is_empty() && !output.status.success() {
            return Err(OracleFailure(format!(
                "bash -n ended with {:?} and said nothing",
                output.status.code()
            )));
        }
        Ok(said)
    }

    /// Runs a script with these options, such as `-eu`.
    pub(crate) fn run(&self, options: &[&str], script: &str) -> Answer<BashRun> {
        ledger::read_values(Self::NAME, 1, "scripts");
        let output = run(Command::new(&self.program)
            .args(options)
            .args(["-c", script]))?;
        let said = [output.stdout, output.stderr].concat();
        Ok(BashRun {
            is_good: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }
}
