//! One render at a time in a folder.
//!
//! In: the output folder. Out: a [`Hold`] on it, the operating system's own lock. It ends with the process, however that ends,
//! and leaves no file.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::error::DiskError;
use super::tree::is_there;

/// Keeps other renders out of the output folder while it lives.
///
/// Only as far as the system can: where a folder cannot be opened as a file (Windows), or its file system knows no locks (some
/// network disks), nobody is kept out.
#[derive(Debug)]
#[must_use = "the folder is free again when this is dropped"]
pub struct Hold {
    /// None where the system cannot lock.
    _folder: Option<File>,
}

impl Hold {
    /// For one who writes: makes the folder if it is not there, and holds it alone.
    ///
    /// # Errors
    ///
    /// [`DiskError::Busy`]: another process holds it. Or the folder is no folder, or cannot be looked at or made.
    pub fn alone(dir: &Path) -> Result<Self, DiskError> {
        if !is_there(dir)? {
            fs::create_dir_all(dir).map_err(|source| DiskError::Folder {
                path: dir.to_owned(),
                source,
            })?;
        }
        Self::take(dir, File::try_lock)
    }

    /// For those who read: holds the folder, if it is there, against one who writes.
    ///
    /// # Errors
    ///
    /// Those of [`Hold::alone`].
    pub fn shared(dir: &Path) -> Result<Self, DiskError> {
        if is_there(dir)? {
            Self::take(dir, File::try_lock_shared)
        } else {
            Ok(Self { _folder: None })
        }
    }

    fn take(
        dir: &Path,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, DiskError> {
        let folder = File::open(dir).ok();
        match folder.as_ref().map(lock) {
            Some(Err(TryLockError::WouldBlock)) => Err(DiskError::Busy(dir.to_owned())),
            _ => Ok(Self { _folder: folder }),
        }
    }
}
