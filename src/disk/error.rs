//! Why a render could not look at its folder, or would not write.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::LOCK;
use super::difference::{Difference, DifferenceKind};
use super::tree::Obstacle;

/// What stops a render. Each text names the place and says what to do, in one or two lines.
#[derive(Debug)]
pub enum DiskError {
    /// The output folder is something else.
    NotAFolder(PathBuf),
    /// Another process renders into the output folder.
    Busy(PathBuf),
    /// The output folder cannot be read or made.
    Folder {
        /// The output folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder in it cannot be read.
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder in it cannot be written or removed. What was done before stays done; the next render goes on.
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that is no file lies where the lock belongs.
    LockInTheWay {
        /// The lock.
        path: PathBuf,
        /// What lies there.
        obstacle: Obstacle,
    },
    /// A later agcgen wrote the lock.
    LockNewer {
        /// The lock.
        path: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest format version that this agcgen reads.
        known: u32,
    },
    /// The lock is damaged.
    LockMalformed {
        /// The lock.
        path: PathBuf,
        /// The first line that cannot be read, counted from 1; or the last, where rows are missing.
        line: usize,
    },
    /// The folder became another one between looking and writing: something else stands on a file's way now.
    Moved {
        /// What stands there.
        path: PathBuf,
    },
    /// Files that may not be touched are in the way. Nothing was written.
    Refused(Refusal),
    /// The request contradicts itself. That is a mistake in agcgen, not in the spec or the folder.
    Bug(String),
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFolder(path) => write!(
                f,
                "The output folder {} is not a folder.\nName another one with -o.",
                path.display()
            ),
            Self::Busy(path) => write!(
                f,
                "Another agcgen renders into {} now.\nWait for it and type the command again. Nothing was written.",
                path.display()
            ),
            Self::Folder { path, source } => write!(
                f,
                "The output folder {} cannot be used: {source}.\nMake it accessible, or name another one with -o.",
                path.display()
            ),
            Self::Read { path, source } => write!(
                f,
                "{} cannot be read: {source}.\nMake it readable and render again. Nothing was written.",
                path.display()
            ),
            Self::Write { path, source } => write!(
                f,
                "{} cannot be written: {source}.\n{} and render again: the next render finishes this one.",
                path.display(),
                match source.kind() {
                    // There may be bytes and no more files.
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded =>
                        "Make room on that disk (`df -h`, `df -i`)",
                    ErrorKind::PermissionDenied =>
                        "Make the folder that it lies in writable for yourself",
                    ErrorKind::ReadOnlyFilesystem => "Make that disk writable",
                    _ => "Mend that",
                }
            ),
            Self::LockInTheWay { path, obstacle } => write!(
                f,
                "{} {obstacle}, and the lock belongs there.\nRemove it and render again.",
                path.display()
            ),
            Self::LockNewer { path, found, known } => write!(
                f,
                "{} has format {found}, and this agcgen reads up to {known}.\nUse the agcgen that wrote it, or a later one.",
                path.display()
            ),
            Self::LockMalformed { path, line } => write!(
                f,
                "{}:{line}: the lock is damaged.\nRestore it from git; or see with --check what differs, then render with --force.",
                path.display()
            ),
            Self::Moved { path } => write!(
                f,
                "{} changed while agcgen was writing.\nMake sure nothing else works in that folder, and render again.",
                path.display()
            ),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Bug(what) => write!(f, "{what}.\nThis is a bug in agcgen."),
        }
    }
}

impl std::error::Error for DiskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder { source, .. }
            | Self::Read { source, .. }
            | Self::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The files because of which nothing was written.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Those files, sorted by path, at least one; of files behind one thing that is in the way, the first. A caller prints
    /// each with its diff.
    pub files: Vec<Difference>,
    /// The lock had git's conflict markers, so files that git merged are likely to be among them.
    pub after_merge: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nothing was written. ")?;
        if let Some(first) = self.files.first() {
            write!(f, "{first}")?;
        }
        let has =
            |wanted: fn(&DifferenceKind) -> bool| self.files.iter().any(|file| wanted(&file.kind));
        let is_blocked = has(|kind| matches!(kind, DifferenceKind::Blocked(_)));
        match self.files.len() {
            0 | 1 => f.write_str(".\n")?,
            // One thing in the way may stand for many files.
            more if is_blocked => writeln!(f, "; {} more above.", more - 1)?,
            2 => f.write_str(", and one more file.\n")?,
            more => writeln!(f, ", and {} more files.", more - 1)?,
        }
        if is_blocked {
            f.write_str("Remove what is in the way, or name another folder with -o.")
        } else if has(|kind| matches!(kind, DifferenceKind::Values(_))) {
            f.write_str("Correct the lines in the file; agcgen does not change values.")
        } else if self.after_merge {
            write!(
                f,
                "{LOCK} was merged with conflicts, and so git may have merged these too: render with --force to write them new."
            )
        } else if has(|kind| matches!(kind, DifferenceKind::Unknown)) {
            write!(
                f,
                "Without a whole {LOCK} nobody knows whose they are: restore it from git, or name another folder with -o; or see with --check what --force overwrites."
            )
        } else if has(|kind| matches!(kind, DifferenceKind::Foreign)) {
            f.write_str("Move the file, name another folder with -o, or render with --force to overwrite it.")
        } else if self
            .files
            .iter()
            .all(|file| file.kind == DifferenceKind::HandEditedOrphan)
        {
            f.write_str(
                "Keep elsewhere what you need of it, then render with --force to remove it.",
            )
        } else {
            f.write_str(
                "Carry the edit over into the spec, then render with --force to overwrite it.",
            )
        }
    }
}
