//! What lies in the output folder, as far as a request concerns it.
//!
//! In: the folder and a request. Out: a [`Tree`], plain data. It reads only the lock, the files that the request or the lock
//! names inside the scope, and the names of what lies beside them; it follows no symlink below the output folder.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use super::error::DiskError;
use super::halves;
use super::lock::{FORMAT, Lock, LockError};
use super::{LOCK, Request};
use crate::output::OutputPath;

/// Names of files that are written but not renamed yet begin and end like this.
pub(super) const LEFTOVER: (&str, &str) = (".agcgen-", ".tmp");

/// What lies where a file or a folder of ours belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A symlink, wherever it points.
    Symlink,
    /// A folder, a device, a pipe.
    NotAFile,
    /// This part of the way is a symlink.
    SymlinkOnTheWay(OutputPath),
    /// This part of the way is no folder.
    NoFolderOnTheWay(OutputPath),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symlink => f.write_str("is a symlink"),
            Self::NotAFile => f.write_str("is not a file"),
            Self::SymlinkOnTheWay(folder) => write!(f, "lies behind the symlink {folder}"),
            Self::NoFolderOnTheWay(folder) => {
                write!(f, "needs the folder {folder}, which is not a folder")
            }
        }
    }
}

/// What was found in the place of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Nothing,
    File {
        /// Those of the request, where they are the same: nearly always.
        bytes: Cow<'a, [u8]>,
        /// None where the file system has no such bit.
        executable: Option<bool>,
    },
    Obstacle(Obstacle),
}

/// The output folder as it is.
#[derive(Clone, Debug, Default)]
pub struct Tree<'a> {
    /// Every path inside the scope that the request or the lock names.
    found: BTreeMap<OutputPath, Found<'a>>,
    /// The folders among their ancestors that exist.
    pub(super) folders: BTreeSet<OutputPath>,
    /// Files that a killed render wrote and did not rename.
    pub(super) leftovers: Vec<OutputPath>,
    /// The lock's bytes. None if there is none.
    pub(super) lock_bytes: Option<Vec<u8>>,
    pub(super) lock: Lock<'static>,
    /// The line at which the lock is damaged. Then `lock` is empty.
    damage: Option<usize>,
}

impl<'a> Tree<'a> {
    /// Looks at the output folder. A folder that does not exist is an empty one.
    ///
    /// # Errors
    ///
    /// The folder is no folder or cannot be read, a file in it cannot be read, or the lock is damaged (but for a request with
    /// `force`), of a later format or no file. Whatever lies in the place of another file is no error here but a difference of
    /// the plan.
    #[inline(never)]
    pub fn read(dir: &Path, request: &Request<'a>) -> Result<Self, DiskError> {
        let tree = Self::inspect(dir, request)?;
        match tree.damage {
            Some(line) if !request.force => Err(DiskError::LockMalformed {
                path: dir.join(LOCK),
                line,
            }),
            _ => Ok(tree),
        }
    }

    /// The same to look only: a damaged lock counts as none, and [`Tree::lock_damage`] says so.
    ///
    /// # Errors
    ///
    /// Those of [`Tree::read`] but for a damaged lock.
    pub fn inspect(dir: &Path, request: &Request<'a>) -> Result<Self, DiskError> {
        if !is_there(dir)? {
            return Ok(Self::empty(request));
        }
        let mut tree = Self::default();
        tree.read_lock(dir)?;
        let wanted: BTreeMap<&OutputPath, &'a str> = request
            .files
            .iter()
            .map(|file| (&file.path, file.text.as_str()))
            .collect();
        let paths: BTreeSet<OutputPath> = wanted
            .keys()
            .copied()
            .chain(tree.lock.files.keys())
            .filter(|path| request.scope.covers(path))
            .cloned()
            .collect();
        let ancestors: BTreeSet<OutputPath> = paths.iter().flat_map(OutputPath::folders).collect();
        let mut closed = BTreeMap::new();
        // A folder sorts before what lies in it.
        for folder in ancestors {
            if let Some(obstacle) = way_to(&folder, &closed) {
                closed.insert(folder, obstacle);
                continue;
            }
            if !tree.has_folder_of(&folder) {
                continue;
            }
            match look(dir, &folder)? {
                None => {}
                Some(metadata) if metadata.is_dir() => {
                    tree.folders.insert(folder);
                }
                Some(metadata) if metadata.is_symlink() => {
                    closed.insert(folder.clone(), Obstacle::SymlinkOnTheWay(folder));
                }
                Some(_) => {
                    closed.insert(folder.clone(), Obstacle::NoFolderOnTheWay(folder));
                }
            }
        }
        let paths: Vec<OutputPath> = paths.into_iter().collect();
        let look_at = |path: &OutputPath, room: &mut Vec<u8>| match way_to(path, &closed) {
            Some(obstacle) => Ok(Found::Obstacle(obstacle)),
            None if tree.has_folder_of(path) => {
                read_file(dir, path, wanted.get(path).copied(), room)
            }
            None => Ok(Found::Nothing),
        };
        let [one, other]: [Result<Vec<Found<'_>>, DiskError>; 2] = halves::both(
            &paths,
            |path| usize::from(tree.has_folder_of(path)) * halves::FILE,
            |half| {
                let mut room = Vec::new();
                half.iter().map(|path| look_at(path, &mut room)).collect()
            },
        );
        let found = one?.into_iter().chain(other?);
        tree.found = paths.into_iter().zip(found).collect();
        tree.find_leftovers(dir)?;
        Ok(tree)
    }

    fn empty(request: &Request<'a>) -> Self {
        let wanted = request.files.iter().map(|file| file.path.clone());
        Self {
            found: wanted.map(|path| (path, Found::Nothing)).collect(),
            ..Self::default()
        }
    }

    /// Whether the lock had git's conflict markers. Then the rows of both sides count, and a render writes it new.
    pub fn lock_was_conflicted(&self) -> bool {
        self.lock.conflicted
    }

    /// The line at which the lock is damaged, if it is.
    pub fn lock_damage(&self) -> Option<usize> {
        self.damage
    }

    /// Whether the lock says whose the files are.
    pub(super) fn has_whole_lock(&self) -> bool {
        self.lock_bytes.is_some() && self.damage.is_none()
    }

    /// What lies in the place of a file inside the scope.
    pub(super) fn at(&self, path: &OutputPath) -> Result<&Found<'a>, DiskError> {
        self.found
            .get(path)
            .ok_or_else(|| DiskError::Bug(format!("Nobody looked for {path}")))
    }

    /// Whether the folder that something lies in exists, as far as was looked.
    fn has_folder_of(&self, path: &OutputPath) -> bool {
        path.folders()
            .next()
            .is_none_or(|folder| self.folders.contains(&folder))
    }

    fn read_lock(&mut self, dir: &Path) -> Result<(), DiskError> {
        let path = dir.join(LOCK);
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(()),
            Err(source) => {
                let path = dir.to_owned();
                return Err(DiskError::Folder { path, source });
            }
        };
        if !metadata.is_file() {
            let obstacle = obstacle_of(&metadata);
            return Err(DiskError::LockInTheWay { path, obstacle });
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(DiskError::Read { path, source }),
        };
        match Lock::parse(&bytes) {
            Ok(lock) => self.lock = lock,
            Err(LockError::Malformed(line)) => self.damage = Some(line),
            Err(LockError::Newer(found)) => {
                let known = FORMAT;
                return Err(DiskError::LockNewer { path, found, known });
            }
        }
        self.lock_bytes = Some(bytes);
        Ok(())
    }

    fn find_leftovers(&mut self, dir: &Path) -> Result<(), DiskError> {
        let folders = self.folders.iter().map(Some).chain([None]);
        for folder in folders {
            let path = folder.map_or_else(|| dir.to_owned(), |folder| dir.join(folder.as_str()));
            let failed = |source: io::Error| DiskError::Read {
                path: path.clone(),
                source,
            };
            for entry in fs::read_dir(&path).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name();
                let Some(name) = name.to_str() else { continue };
                let is_ours = name.starts_with(LEFTOVER.0) && name.ends_with(LEFTOVER.1);
                if !is_ours || !entry.file_type().map_err(failed)?.is_file() {
                    continue;
                }
                let name =
                    folder.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"));
                self.leftovers.extend(OutputPath::new(name));
            }
        }
        self.leftovers.sort();
        Ok(())
    }
}

/// Whether the output folder is there. What is no folder is an error.
pub(super) fn is_there(dir: &Path) -> Result<bool, DiskError> {
    let path = dir.to_owned();
    if dir.as_os_str().is_empty() {
        // Joined to a file's path it would be the current folder, which nobody looked at.
        return Err(DiskError::NotAFolder(path));
    }
    match fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(DiskError::NotAFolder(path)),
        Err(source) if source.kind() == ErrorKind::NotFound => match fs::read_link(dir) {
            Ok(target) => {
                let what = format!(
                    "it is a symlink to {}, which is not there",
                    target.display()
                );
                let source = io::Error::new(ErrorKind::NotFound, what);
                Err(DiskError::Folder { path, source })
            }
            Err(_) => Ok(false),
        },
        Err(source) => Err(DiskError::Folder { path, source }),
    }
}

/// The nearest thing on the way to `path` that cannot be passed.
fn way_to(path: &OutputPath, closed: &BTreeMap<OutputPath, Obstacle>) -> Option<Obstacle> {
    path.folders()
        .find_map(|folder| closed.get(&folder).cloned())
}

fn look(dir: &Path, path: &OutputPath) -> Result<Option<Metadata>, DiskError> {
    let full = dir.join(path.as_str());
    match fs::symlink_metadata(&full) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DiskError::Read { path: full, source }),
    }
}

/// Reads a file into `room`. `wanted` is the text that a request has for it.
fn read_file<'a>(
    dir: &Path,
    path: &OutputPath,
    wanted: Option<&'a str>,
    room: &mut Vec<u8>,
) -> Result<Found<'a>, DiskError> {
    let Some(metadata) = look(dir, path)? else {
        return Ok(Found::Nothing);
    };
    if !metadata.is_file() {
        return Ok(Found::Obstacle(obstacle_of(&metadata)));
    }
    let full = dir.join(path.as_str());
    room.clear();
    fs::File::open(&full)
        .and_then(|mut file| file.read_to_end(room))
        .map_err(|source| DiskError::Read { path: full, source })?;
    let bytes = match wanted {
        Some(text) if text.as_bytes() == room.as_slice() => Cow::Borrowed(text.as_bytes()),
        _ => Cow::Owned(std::mem::take(room)),
    };
    let executable = is_executable(&metadata);
    Ok(Found::File { bytes, executable })
}

fn obstacle_of(metadata: &Metadata) -> Obstacle {
    if metadata.is_symlink() {
        Obstacle::Symlink
    } else {
        Obstacle::NotAFile
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such bit")]
fn is_executable(metadata: &Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    // The owner's bit: the one that git keeps.
    Some(metadata.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> Option<bool> {
    None
}
