//! One place where the folder is not what a request says, and how to show it.
//!
//! In: what lies there and what should. Out: a line of text, and a unified diff. No IO.

use std::fmt;

use similar::TextDiff;

use super::seeded::ValueProblem;
use super::tree::Obstacle;
use crate::output::OutputPath;

/// One place where the folder is not what the request says.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The file, relative to the output folder. It may be the lock.
    pub path: OutputPath,
    /// How it differs.
    pub kind: DifferenceKind,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<String>,
}

/// How a file differs from what the request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is not there.
    Missing,
    /// It is what an earlier render wrote.
    Stale,
    /// Its text is right, but not whether it can be run.
    WrongMode,
    /// An earlier render wrote it, and this one does not.
    Orphaned,
    /// An earlier render wrote it, and somebody changed it since.
    HandEdited,
    /// The same, and this render does not write it.
    HandEditedOrphan,
    /// agcgen never wrote it, and it is not what a render would write.
    Foreign,
    /// It is not what a render would write, and there is no whole lock to say whose it is.
    Unknown,
    /// Something that is no file of ours lies there, or on the way there.
    Blocked(Obstacle),
    /// Lines of a seeded file are wrong. At least one.
    Values(Vec<ValueProblem>),
}

impl DifferenceKind {
    /// Whether nothing may be written because of it.
    pub(super) fn is_refused(&self, force: bool) -> bool {
        match self {
            Self::Missing | Self::Stale | Self::WrongMode | Self::Orphaned => false,
            Self::HandEdited | Self::HandEditedOrphan | Self::Foreign | Self::Unknown => !force,
            Self::Blocked(_) => true,
            Self::Values(problems) => !problems.iter().all(ValueProblem::is_mended_by_render),
        }
    }
}

impl Difference {
    /// A unified diff from what lies there to what a render writes, or that only the line ends differ.
    ///
    /// None where there is nothing to compare: a file that is missing or orphaned, a right text with a wrong mode, a value that
    /// has to be corrected first, and content that is no text or would disturb a terminal.
    pub fn diff(&self) -> Option<String> {
        let before = std::str::from_utf8(self.before.as_deref()?).ok()?;
        let after = self.after.as_deref()?;
        let disturbs = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if before == after || before.contains(disturbs) || after.contains(disturbs) {
            return None;
        }
        // Both sides of a diff would look the same.
        if before.replace("\r\n", "\n") == after {
            return Some("only the line ends differ: CR LF on disk, LF rendered\n".to_owned());
        }
        let diff = TextDiff::from_lines(before, after)
            .unified_diff()
            .header(
                &format!("{} (on disk)", self.path),
                &format!("{} (rendered)", self.path),
            )
            .to_string();
        Some(diff)
    }
}

/// One line without a full stop; [`Difference::diff`] is apart.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.kind {
            DifferenceKind::Missing => write!(f, "{path} is missing"),
            DifferenceKind::Stale => write!(f, "{path} is stale"),
            DifferenceKind::WrongMode => write!(f, "{path} has the wrong executable bit"),
            DifferenceKind::Orphaned => write!(f, "{path} is no longer generated"),
            DifferenceKind::HandEdited => write!(f, "{path} was edited by hand"),
            DifferenceKind::HandEditedOrphan => {
                write!(f, "{path} is no longer generated, but was edited by hand")
            }
            DifferenceKind::Foreign => write!(f, "{path} was not written by agcgen"),
            DifferenceKind::Unknown => write!(f, "{path} is not what a render writes"),
            DifferenceKind::Blocked(obstacle) => write!(f, "{path} {obstacle}"),
            DifferenceKind::Values(problems) => {
                write!(f, "{path}: ")?;
                if let Some(first) = problems.first() {
                    first.fmt(f)?;
                }
                match problems.len() {
                    0 | 1 => Ok(()),
                    more => write!(f, " (and {} more)", more - 1),
                }
            }
        }
    }
}
