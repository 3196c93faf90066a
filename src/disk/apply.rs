//! Carries out a plan's operations.
//!
//! In: operations. Out: a changed folder. Every change of the disk goes through [`Steps`], one system call or a few at a time,
//! so that a test can stop a render between any two of them: there they are carried out one after the other.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::LOCK;
use super::error::DiskError;
use super::halves::FILE;
use super::tree::LEFTOVER;
use crate::output::{Mode, OutputPath};

/// One thing that a plan does to the folder. They stand in a plan in the order in which they have to happen, but for files
/// beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// Writes a file, new or in the place of an old one, and the folders on its way.
    Write {
        /// Where.
        path: OutputPath,
        /// The whole text.
        text: Cow<'a, str>,
        /// Whether it can be run.
        mode: Mode,
    },
    /// Removes a file, if it is still there.
    Remove(OutputPath),
    /// Removes a folder, if it is still there and empty.
    RemoveFolder(OutputPath),
}

/// The ways in which a render changes the disk.
pub trait Steps {
    /// Makes a folder and its parents; does nothing if it is there.
    fn make_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Writes a file of a new name into the folder and returns its path. On an error the file is gone.
    fn write_beside(&mut self, folder: &Path, bytes: &[u8], mode: Mode) -> io::Result<PathBuf>;
    /// Renames a file onto a place, whatever file was there.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&mut self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&mut self, path: &Path) -> io::Result<()>;
}

/// The steps on the real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealSteps;

impl Steps for RealSteps {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn write_beside(&mut self, folder: &Path, bytes: &[u8], mode: Mode) -> io::Result<PathBuf> {
        let (path, mut file) = create_beside(folder, mode)?;
        let written = file.write_all(bytes);
        drop(file);
        match written {
            Ok(()) => Ok(path),
            Err(error) => {
                let _ = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

/// A file of a name that nobody has: another render may write into the folder where the system knows no locks.
fn create_beside(folder: &Path, mode: Mode) -> io::Result<(PathBuf, fs::File)> {
    let (prefix, suffix) = LEFTOVER;
    let mut taken = 0;
    loop {
        let path = folder.join(format!("{prefix}{taken}{suffix}"));
        match options(mode).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => taken += 1,
            Err(error) => return Err(error),
        }
    }
}

/// How a file of this mode is made. The umask applies to it.
fn options(mode: Mode) -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match mode {
            Mode::Plain => 0o666,
            Mode::Executable => 0o777,
        },
    );
    #[cfg(not(unix))]
    let _ = mode;
    options
}

/// Does the operations in their order, up to the first that fails.
#[inline(never)]
pub(super) fn run_all(
    operations: &[Operation<'_>],
    dir: &Path,
    steps: &mut dyn Steps,
) -> Result<(), DiskError> {
    let mut open = BTreeSet::new();
    operations
        .iter()
        .try_for_each(|operation| operation.run(dir, steps, &mut open))
}

/// The operations in groups, each of which has to be done before the next. In a group any order will do.
pub(super) fn groups<'o, 'a>(
    operations: &'o [Operation<'a>],
) -> impl Iterator<Item = &'o [Operation<'a>]> {
    operations.chunk_by(|one, next| one.writes_a_file() && next.writes_a_file())
}

impl Operation<'_> {
    /// Whether it writes a file that is not the lock, which says what the others are about.
    fn writes_a_file(&self) -> bool {
        matches!(self, Self::Write { path, .. } if path.as_str() != LOCK)
    }

    /// About how much work it is, in bytes written.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Write { text, .. } => FILE + text.len(),
            Self::Remove(_) | Self::RemoveFolder(_) => FILE,
        }
    }

    /// Does it. `open` are the folders that operations before it have written into.
    fn run(
        &self,
        dir: &Path,
        steps: &mut dyn Steps,
        open: &mut BTreeSet<PathBuf>,
    ) -> Result<(), DiskError> {
        match self {
            Self::Write { path, text, mode } => {
                let folder = open_way(dir, path, steps, open)?;
                let to = dir.join(path.as_str());
                let failed = |source| DiskError::Write {
                    path: to.clone(),
                    source,
                };
                let from = steps
                    .write_beside(&folder, text.as_bytes(), *mode)
                    .map_err(failed)?;
                if let Err(source) = steps.rename(&from, &to) {
                    // If this fails too, the next render finds the file by its name.
                    let _ = steps.remove_file(&from);
                    return Err(failed(source));
                }
                Ok(())
            }
            Self::Remove(path) => {
                check_way(dir, path)?;
                let path = dir.join(path.as_str());
                match steps.remove_file(&path) {
                    Err(source) if source.kind() != ErrorKind::NotFound => {
                        Err(DiskError::Write { path, source })
                    }
                    _ => Ok(()),
                }
            }
            Self::RemoveFolder(folder) => {
                check_way(dir, folder)?;
                let path = dir.join(folder.as_str());
                match steps.remove_folder(&path) {
                    Err(source)
                        if !matches!(
                            source.kind(),
                            ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty
                        ) =>
                    {
                        Err(DiskError::Write { path, source })
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

/// Makes the folders on the way to a file, unless they are open, and returns the folder that it lies in.
fn open_way(
    dir: &Path,
    path: &OutputPath,
    steps: &mut dyn Steps,
    open: &mut BTreeSet<PathBuf>,
) -> Result<PathBuf, DiskError> {
    let inner = path.folders().next();
    let folder = match &inner {
        Some(folder) => dir.join(folder.as_str()),
        None => dir.to_owned(),
    };
    if open.contains(&folder) {
        return Ok(folder);
    }
    check_way(dir, path)?;
    if open.insert(dir.to_owned()) {
        steps.make_folder(dir).map_err(|source| DiskError::Folder {
            path: dir.to_owned(),
            source,
        })?;
    }
    if inner.is_some() {
        let failed = |source| DiskError::Write {
            path: folder.clone(),
            source,
        };
        steps.make_folder(&folder).map_err(failed)?;
        open.insert(folder.clone());
    }
    Ok(folder)
}

/// Refuses a way on which something that is no folder appeared since the tree was read.
fn check_way(dir: &Path, path: &OutputPath) -> Result<(), DiskError> {
    for folder in path.folders() {
        let full = dir.join(folder.as_str());
        if fs::symlink_metadata(&full).is_ok_and(|metadata| !metadata.is_dir()) {
            return Err(DiskError::Moved { path: full });
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_done_alone() {
        let path = |path: &str| OutputPath::new(path).unwrap();
        let write = |to: &str| Operation::Write {
            path: path(to),
            text: Cow::Borrowed(""),
            mode: Mode::Plain,
        };
        let operations = [
            Operation::Remove(path("k8s/.agcgen-0.tmp")),
            write(LOCK),
            write("k8s/a.yaml"),
            write("k8s/b.yaml"),
            write("README.md"),
            Operation::Remove(path("k8s/c.yaml")),
            Operation::Remove(path("k8s/d.yaml")),
            Operation::RemoveFolder(path("infra")),
            write(LOCK),
        ];
        let sizes: Vec<usize> = groups(&operations).map(<[_]>::len).collect();
        assert_eq!(sizes, [1, 1, 3, 1, 1, 1, 1]);
    }
}
