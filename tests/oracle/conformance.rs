//! The conformance suite of the Gateway API: in goes a program that answers as `agcgen trace` does, and what AGC supports;
//! out comes what became of each test of the suite.
//!
//! The suite is a Go program of its own (`conformance/`), which needs no cluster. It knows nothing of how agcgen decides.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::finding::{
    Answer, NotChecked, Oracle, OracleFailure, reference, run, tool, version_at_least,
};
use super::ledger;

/// `gateway-api-conformance`. Variable: `AGCGEN_GATEWAY_API_CONFORMANCE`.
pub(crate) struct Conformance {
    program: PathBuf,
    /// The custom resource definitions of the suite's version, for their defaults.
    definitions: PathBuf,
    version: String,
}

/// What the suite says of one of its tests.
pub(crate) struct Verdict {
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
}

/// What became of a test.
pub(crate) enum Outcome {
    Passed,
    Failed,
    /// With the reason.
    Skipped(String),
}

/// The verdicts in the order of the suite, and the log of the tests that failed.
pub(crate) struct Verdicts {
    pub(crate) tests: Vec<Verdict>,
    pub(crate) log: String,
}

impl Oracle for Conformance {
    const NAME: &'static str = "gateway-api-conformance";

    fn search() -> Result<Self, NotChecked> {
        let program = tool(
            "AGCGEN_GATEWAY_API_CONFORMANCE",
            "gateway-api-conformance",
            "go test -c it in tests/oracle/conformance",
        )?;
        let version = version_at_least(&program, &["-suite-version"], "1.5.1")?;
        let definitions = reference("crds")?
            .join("gateway-api")
            .join(format!("v{version}"));
        if !definitions.is_dir() {
            return Err(NotChecked(format!(
                "AGCGEN_REFERENCE/crds/gateway-api has no v{version}"
            )));
        }
        Ok(Self {
            program,
            definitions,
            version,
        })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Conformance, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Conformance {
    /// Runs the tests with these names, or all where there are none. `features` is the table of what AGC supports: an array of
    /// `{ "name", "support": "supported" | "unsupported" | "unstated", "note" }`.
    pub(crate) fn run(&self, agcgen: &Path, features: &Value, only: &[&str]) -> Answer<Verdicts> {
        let unwritable = |error: std::io::Error| OracleFailure(error.to_string());
        let folder = tempfile::tempdir().map_err(unwritable)?;
        let [table, results] =
            ["features.json", "results.json"].map(|name| folder.path().join(name));
        fs::write(&table, features.to_string()).map_err(unwritable)?;
        let output = run(Command::new(&self.program)
            .env("AGCGEN", agcgen)
            .arg("-definitions")
            .arg(&self.definitions)
            .arg("-features")
            .arg(&table)
            .arg("-results")
            .arg(&results)
            .arg("-only")
            .arg(only.join(","))
            .arg("-test.timeout=15m")
            .current_dir(folder.path()))?;
        let log = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        // Without results it broke down before the first test.
        let Ok(written) = fs::read_to_string(&results) else {
            return Err(OracleFailure(log));
        };
        let tests = serde_json::from_str::<Vec<Value>>(&written)
            .map_err(|error| OracleFailure(error.to_string()))?
            .iter()
            .map(verdict)
            .collect::<Option<Vec<Verdict>>>()
            .ok_or_else(|| OracleFailure(format!("its results have another shape: {written}")))?;
        let has_failed = tests
            .iter()
            .any(|verdict| matches!(verdict.outcome, Outcome::Failed));
        if output.status.success() == has_failed {
            // Such as an object that could not be taken away after its test.
            return Err(OracleFailure(format!(
                "it ended with {}:\n{log}",
                output.status
            )));
        }
        ledger::read_values(Self::NAME, tests.len(), "tests of the suite");
        Ok(Verdicts { tests, log })
    }
}

fn verdict(written: &Value) -> Option<Verdict> {
    let outcome = match written["result"].as_str()? {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "skipped" => Outcome::Skipped(written["reason"].as_str()?.to_owned()),
        _ => return None,
    };
    Some(Verdict {
        name: written["name"].as_str()?.to_owned(),
        outcome,
    })
}
