//! Where oracles are: in goes the name of a tool or of a reference folder, out comes its place, or why it is not here.
//!
//! It installs nothing and asks no network.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use super::ledger;

/// Why an oracle could not be asked, as the end of the sentence "NOT CHECKED, because …".
#[derive(Clone, Debug)]
pub(crate) struct NotChecked(pub(crate) String);

/// An oracle that is here but did not answer: it crashed, or its answer cannot be understood.
#[derive(Debug)]
pub(crate) struct OracleFailure(pub(crate) String);

/// The answer of an oracle, or its breakdown.
pub(crate) type Answer<T> = Result<T, OracleFailure>;

impl fmt::Display for NotChecked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for OracleFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A program or a body of data that judges what agcgen wrote.
pub(crate) trait Oracle: Send + Sync + Sized + 'static {
    /// What the table calls it.
    const NAME: &'static str;

    /// Looks for it and makes it ready. Asked once in a test program, by `find`.
    fn search() -> Result<Self, NotChecked>;

    /// Its version for the table.
    fn version(&self) -> String;

    /// Where the one instance of the program is kept.
    fn slot() -> &'static OnceLock<Result<Self, NotChecked>>;
}

/// The one instance of an oracle, looked for at the first call and noted in the table.
pub(crate) fn find<O: Oracle>() -> Result<&'static O, NotChecked> {
    let searched = O::slot().get_or_init(|| {
        let result = O::search();
        ledger::found(
            O::NAME,
            result
                .as_ref()
                .map(O::version)
                .map_err(|reason| reason.0.clone()),
        );
        result
    });
    searched.as_ref().map_err(Clone::clone)
}

/// A tool: the file that `variable` names, or else `name` on `PATH`. `install` says how a person gets it.
pub(super) fn tool(variable: &str, name: &str, install: &str) -> Result<PathBuf, NotChecked> {
    if let Some(given) = env::var_os(variable).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(given);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(NotChecked(format!(
                "{variable} names {}, which is no file",
                path.display()
            )))
        };
    }
    let search_path: OsString = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&search_path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            NotChecked(format!(
                "{name} is not on PATH ({install}, or name it in {variable})"
            ))
        })
}

/// A folder below `AGCGEN_REFERENCE`.
pub(crate) fn reference(folder: &str) -> Result<PathBuf, NotChecked> {
    let root = env::var_os("AGCGEN_REFERENCE")
        .filter(|value| !value.is_empty())
        .ok_or_else(|| NotChecked("AGCGEN_REFERENCE is not set".to_owned()))?;
    let path = Path::new(&root).join(folder);
    if path.is_dir() {
        Ok(path)
    } else {
        Err(NotChecked(format!("AGCGEN_REFERENCE has no {folder}")))
    }
}

/// A file below `AGCGEN_REFERENCE`.
pub(crate) fn reference_file(file: &str) -> Result<PathBuf, NotChecked> {
    let path = reference("")?.join(file);
    if path.is_file() {
        Ok(path)
    } else {
        Err(NotChecked(format!("AGCGEN_REFERENCE has no {file}")))
    }
}

/// The first version number in what `program arguments` prints, if it is at least `minimum`.
pub(super) fn version_at_least(
    program: &Path,
    arguments: &[&str],
    minimum: &str,
) -> Result<String, NotChecked> {
    let output = run(Command::new(program).args(arguments))
        .map_err(|failure| NotChecked(failure.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let version = first_version(&said).ok_or_else(|| {
        NotChecked(format!(
            "{} {} prints no version",
            program.display(),
            arguments.join(" ")
        ))
    })?;
    at_least(&version, minimum)
        .then_some(version.clone())
        .ok_or_else(|| {
            NotChecked(format!(
                "{} has version {version}, at least {minimum} is needed",
                program.display()
            ))
        })
}

/// Runs a command to its end without standard input.
pub(super) fn run(command: &mut Command) -> Answer<Output> {
    command.stdin(Stdio::null()).output().map_err(|error| {
        OracleFailure(format!(
            "{} cannot be run: {error}",
            command.get_program().to_string_lossy()
        ))
    })
}

/// The first run of digits and inner dots that has at least one dot.
fn first_version(text: &str) -> Option<String> {
    text.split(|character: char| !character.is_ascii_digit() && character != '.')
        .map(|word| word.trim_matches('.'))
        .find(|word| word.contains('.'))
        .map(str::to_owned)
}

/// Compares dotted numbers; a part that is left out counts as 0.
pub(super) fn at_least(version: &str, minimum: &str) -> bool {
    let parts = |text: &str| -> Vec<u64> {
        let mut numbers: Vec<u64> = text
            .split('.')
            .map(|part| part.parse().unwrap_or_default())
            .collect();
        numbers.resize(4, 0);
        numbers
    };
    parts(version) >= parts(minimum)
}
