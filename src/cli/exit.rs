//! How a command ends.

use std::io::ErrorKind;
use std::path::Path;

use crate::disk::DiskError;
use crate::source::ReadError;

/// How a command ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// No error. There may be warnings.
    Success,
    /// The spec has errors, or files are in the way that may not be overwritten.
    Refused,
    /// Wrong usage, or a file cannot be read or written.
    Stopped,
    /// The output folder is not what the spec says.
    Differs,
    /// agcgen is wrong.
    Bug,
}

impl Exit {
    /// The exit code. These never change.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Refused => 1,
            Self::Stopped => 2,
            Self::Differs => 3,
            // EX_SOFTWARE of sysexits.h.
            Self::Bug => 70,
        }
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// Wrong usage, or a file cannot be read or written: what is wrong, and on the next line what to do.
    Stopped(String),
    /// agcgen is wrong: in what.
    Bug(String),
    /// Nobody reads stdout any more.
    ReaderLeft,
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::Bug(what) => Self::Bug(what),
            error => Self::Stopped(error.to_string()),
        }
    }
}

/// What is said of a bug.
pub(super) fn bug(what: &str) -> String {
    format!(
        "This is a bug in agcgen {}.\n{what}\nPlease report it, with the command line and the spec.",
        env!("CARGO_PKG_VERSION")
    )
}

/// Why a spec could not be read, and what to do.
pub(super) fn unreadable(path: &str, error: &ReadError) -> Failure {
    let name = if path == "-" { "Standard input" } else { path };
    Failure::Stopped(match error {
        ReadError::Io(error) => match error.kind() {
            ErrorKind::NotFound => format!(
                "{name} does not exist.\nName the spec that you mean; `agcgen init` writes one to start from."
            ),
            ErrorKind::PermissionDenied => {
                format!("{name} may not be read.\nMake it readable for yourself.")
            }
            ErrorKind::IsADirectory => {
                format!("{name} is a folder.\nName the spec in it, such as its spec.yaml.")
            }
            _ => format!(
                "{name} cannot be read: {error}.\nName a file that can be, or `-` for standard input."
            ),
        },
        other => format!("{name}: {other}."),
    })
}

/// Why a file could not be written.
pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Stopped(format!(
        "{} cannot be written: {error}.\nMake the folder writable, or name another one.",
        path.display()
    ))
}
