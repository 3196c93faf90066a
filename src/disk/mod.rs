//! The only module that writes: brings an output folder to the state that a render asks for.
//!
//! ```text
//! Request (files, objects, scope, force) ─┐
//! folder ── Tree::read ──> Tree ──────────┴─> Plan::new (pure) ──> Plan::apply
//! ```
//!
//! In: a [`Request`] and the folder. Out: a [`Plan`], which knows every difference between the two (that is `--check`), why
//! nothing may be written (edited by hand, somebody else's, a symlink in the way, an ill-formed late value), and which
//! operations make the folder right.
//!
//! The rules:
//!
//! * A file is ours if the lock names its path and its content's hash. Anything else is never overwritten or removed, unless
//!   it already equals what we would write (then it is adopted) or the request says `force`. If one file is refused, nothing
//!   at all is written.
//! * The lock `agcgen.lock` is a journal: before the first file is touched it names old *and* coming hashes, after the last
//!   only the new. Each file is written beside its place and renamed onto it. So a process killed anywhere leaves every file
//!   old or new, and the next render finishes the work. Between the two locks, and before anything is removed, files are
//!   written in any order, two at a time.
//! * There is no `fsync`: this is safe against a kill, not against a power cut. Every file can be rendered again.
//! * What already is as it should be is not written again: inode and time stay.
//! * Nothing is read or written through a symlink inside the output folder. (The output folder itself may be one.)
//! * A folder is removed when the last file that we had in it is removed and it is empty then. The output folder stays.
//! * [`Scope`] limits a render to one half of the output. `README.md`, `.gitattributes` and `controller/` describe or serve
//!   the whole: only [`Scope::Everything`] writes them. So that a README of another state of the spec is never left silently,
//!   [`Plan::left_behind`] names those of them that no longer fit. `agcgen.lock` is written in every scope; its rows outside
//!   the scope survive, and so do its objects unless the scope covers `k8s`.
//!
//! It deliberately does not print and does not merge edits into generated files. One render at a time: who calls takes a
//! [`Hold`] on the folder before [`Tree::read`] and keeps it until [`Plan::apply`] is done.

#[allow(clippy::disallowed_methods, clippy::disallowed_types)]
// Disk is where files are written and read.
mod apply;
mod difference;
mod error;
mod halves;
#[allow(clippy::disallowed_methods, clippy::disallowed_types)]
// Disk is where folders are made and opened.
mod hold;
mod lock;
mod plan;
mod seeded;
#[allow(clippy::disallowed_methods, clippy::disallowed_types)]
// Disk is where files are written and read.
mod tree;

use crate::output::{ObjectId, OutputFile, OutputPath};

pub use apply::{Operation, RealSteps, Steps};
pub use difference::{Difference, DifferenceKind};
pub use error::{DiskError, Refusal};
pub use hold::Hold;
pub use plan::{Change, ChangeKind, Plan, first_text};
pub use seeded::{ValueProblem, ValueProblemKind};
pub use tree::{Obstacle, Tree};

/// The lock's name in the output folder.
pub const LOCK: &str = "agcgen.lock";

/// What one render wants in the output folder.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// All files of the render, also those outside the scope. The lock is not among them.
    pub files: &'a [OutputFile],
    /// All Kubernetes objects of the render.
    pub objects: &'a [ObjectId],
    /// Which of the files this render may touch.
    pub scope: Scope,
    /// Overwrite or remove files that were edited by hand or are somebody else's.
    pub force: bool,
}

/// Which files a render may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Everything,
    /// Those below `infra/`.
    Infra,
    /// Those below `k8s/`.
    K8s,
    /// Those below `driver/`.
    Driver,
}

impl Scope {
    /// Whether a render of this scope may touch the file.
    pub fn covers(self, path: &OutputPath) -> bool {
        let folder = match self {
            Self::Everything => return true,
            Self::Infra => "infra",
            Self::K8s => "k8s",
            Self::Driver => "driver",
        };
        path.as_str()
            .split_once('/')
            .is_some_and(|(first, _)| first == folder)
    }
}

/// Whether the file belongs to no half of the output, but to the whole.
fn is_of_the_whole(path: &OutputPath) -> bool {
    ![Scope::Infra, Scope::K8s, Scope::Driver]
        .into_iter()
        .any(|half| half.covers(path))
}
