//! Compares a folder with a request: what differs, what is in the way, and what has to be done.
//!
//! In: a [`Tree`] and the [`Request`] that it was read for. Out: a [`Plan`]. Pure; only [`Plan::apply`] touches the disk.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use super::apply::{Operation, RealSteps, Steps, groups, run_all};
use super::difference::{Difference, DifferenceKind};
use super::error::{DiskError, Refusal};
use super::halves;
use super::lock::{Lock, Row, Sha};
use super::seeded::{self, ValueProblem, ValueProblemKind};
use super::tree::{Found, Obstacle, Tree};
use super::{LOCK, Request, Scope, is_of_the_whole};
use crate::output::{Mode, OutputFile, OutputPath, Owner};

/// What a render does to one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The file, relative to the output folder. It may be the lock.
    pub path: OutputPath,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// What a render does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was not there.
    New,
    /// It was there, with another text or mode.
    Changed,
    /// It is there no more.
    Removed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::New => '+',
            ChangeKind::Changed => '~',
            ChangeKind::Removed => '-',
        };
        write!(f, "{sign} {}", self.path)
    }
}

/// What a request means for a folder.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    differences: Vec<Difference>,
    refusal: Option<Refusal>,
    operations: Vec<Operation<'a>>,
    changes: Vec<Change>,
    removed_keys: Vec<String>,
    outdated_keys: Vec<String>,
    open_values: BTreeMap<OutputPath, Vec<String>>,
    left_behind: Vec<OutputPath>,
}

impl<'a> Plan<'a> {
    /// Compares. Files that may not be touched are no error here: see [`Plan::refusal`].
    ///
    /// # Errors
    ///
    /// Only [`DiskError::Bug`]: two files in one place, a field that cannot stand in the lock, or a tree of another request.
    #[inline(never)]
    pub fn new(tree: &Tree<'_>, request: &Request<'a>) -> Result<Self, DiskError> {
        let wanted = check_request(request)?;
        let mut draft = Draft::default();
        let in_scope: Vec<&OutputFile> = wanted
            .values()
            .copied()
            .filter(|file| request.scope.covers(&file.path))
            .collect();
        for (file, hash) in in_scope.iter().zip(hashes(&in_scope)) {
            let found = tree.at(&file.path)?;
            let known = tree.lock.files.get(&file.path);
            draft.judge_wanted(file, hash, found, known, request.force);
        }
        for (path, row) in &tree.lock.files {
            if !request.scope.covers(path) {
                draft.keep(path, row.clone());
            } else if !wanted.contains_key(path) {
                draft.judge_orphan(path, tree.at(path)?, row);
            }
        }
        draft.empty_folders(tree);
        let in_lock = || tree.lock.objects.iter().map(|id| Cow::Borrowed(&**id));
        draft.coming.objects = match request.scope {
            Scope::Everything | Scope::K8s => request.objects.iter().map(Cow::Borrowed).collect(),
            Scope::Infra | Scope::Driver => in_lock().collect(),
        };
        // While files are old and new, an object of either may be live: the driver must prune neither.
        draft.journal.objects.clone_from(&draft.coming.objects);
        draft.journal.objects.extend(in_lock());
        draft.finish(tree, request, &wanted)
    }

    /// Every difference between the folder and the request inside the scope, sorted by path. Empty if and only if a render would
    /// change nothing (but for removing what a killed one left under a name of its own). An open late value is none, and of the files
    /// behind one thing that is in the way only the first is.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Why nothing will be written, if so.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// What [`Plan::apply`] does to files, sorted by path. Empty if it is refused.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The keys that disappear from a seeded file because nothing uses them, in the order of their lines.
    pub fn removed_keys(&self) -> &[String] {
        &self.removed_keys
    }

    /// The keys whose values disappear from a seeded file because they are of something that has another name now.
    pub fn outdated_keys(&self) -> &[String] {
        &self.outdated_keys
    }

    /// The keys inside the scope that have no value, by seeded file and in the order of its slots. A file without any is not named.
    pub fn open_values(&self) -> &BTreeMap<OutputPath, Vec<String>> {
        &self.open_values
    }

    /// Files of the whole (`README.md`, `.gitattributes`, `controller/`) that are outside the scope and, by the lock, are not what
    /// this request would write: they are of another state of the spec. A render of everything brings them up to date.
    pub fn left_behind(&self) -> &[OutputPath] {
        &self.left_behind
    }

    /// What has to be done, in this order but for files beside each other. Empty if it is refused.
    pub fn operations(&self) -> &[Operation<'a>] {
        &self.operations
    }

    /// Brings the folder to the state of the request, and says what changed.
    ///
    /// # Errors
    ///
    /// [`DiskError::Refused`], and nothing was written; or the disk failed, and the next render goes on from there.
    pub fn apply(&self, dir: &Path) -> Result<&[Change], DiskError> {
        // Where one file cannot be written, the other half goes on to its end; the journal tells the next render about both.
        self.apply_groups(groups(&self.operations), |group| {
            let halves = halves::both(group, Operation::weight, |half| {
                run_all(half, dir, &mut RealSteps)
            });
            halves.into_iter().collect()
        })
    }

    /// The same one after the other, with steps that a test can watch or stop.
    pub fn apply_with(&self, dir: &Path, steps: &mut dyn Steps) -> Result<&[Change], DiskError> {
        self.apply_groups(std::iter::once(self.operations.as_slice()), |group| {
            run_all(group, dir, steps)
        })
    }

    fn apply_groups<'g>(
        &'g self,
        mut groups: impl Iterator<Item = &'g [Operation<'a>]>,
        run: impl FnMut(&'g [Operation<'a>]) -> Result<(), DiskError>,
    ) -> Result<&'g [Change], DiskError> {
        if let Some(refusal) = &self.refusal {
            return Err(DiskError::Refused(refusal.clone()));
        }
        groups.try_for_each(run)?;
        Ok(&self.changes)
    }
}

/// A plan in the making.
#[derive(Default)]
struct Draft<'a, 'l> {
    /// The lock during the render, and after it.
    journal: Lock<'l>,
    coming: Lock<'l>,
    writes: Vec<Operation<'a>>,
    removals: Vec<Operation<'a>>,
    emptied: Vec<Operation<'a>>,
    /// The folders of files that are no longer ours.
    left_folders: BTreeSet<OutputPath>,
    differences: Vec<Difference>,
    changes: Vec<Change>,
    removed_keys: Vec<String>,
    outdated_keys: Vec<String>,
    open_values: BTreeMap<OutputPath, Vec<String>>,
}

impl<'a> Draft<'a, '_> {
    fn keep(&mut self, path: &OutputPath, row: Row) {
        self.journal.files.insert(path.clone(), row.clone());
        self.coming.files.insert(path.clone(), row);
    }

    fn judge_wanted(
        &mut self,
        file: &'a OutputFile,
        hash: Sha,
        found: &Found<'_>,
        known: Option<&Row>,
        force: bool,
    ) {
        let on_disk = match found {
            Found::Obstacle(obstacle) => {
                self.differ(
                    &file.path,
                    DifferenceKind::Blocked(obstacle.clone()),
                    None,
                    None,
                );
                return;
            }
            Found::Nothing => None,
            Found::File { bytes, executable } => {
                let bytes: &[u8] = bytes;
                let is_same = bytes == file.text.as_bytes();
                let found = if is_same { hash } else { Sha::of(bytes) };
                Some((bytes, found, *executable))
            }
        };
        let content = content(
            file,
            hash,
            on_disk.as_ref().map(|(bytes, hash, _)| (*bytes, hash)),
            known,
        );
        if !content.open.is_empty() {
            self.open_values
                .insert(file.path.clone(), content.open.clone());
        }
        let kind = match &on_disk {
            None => Some(DifferenceKind::Missing),
            Some((bytes, found, executable)) => {
                let is_wrong_mode =
                    executable.is_some_and(|is| is != (file.mode == Mode::Executable));
                content.compare(
                    bytes,
                    known.map(|row| row.knows(found)),
                    is_wrong_mode,
                    force,
                )
            }
        };
        let Some(kind) = kind else {
            self.keep(&file.path, content.row);
            return;
        };
        let mut journal_row = content.row.clone();
        if let Some(known) = known {
            journal_row.absorb(known);
        }
        let is_seeded = content.row.hashes.is_none();
        if let Some((_, hash, _)) = on_disk.as_ref().filter(|_| !is_seeded) {
            journal_row.absorb(&Row::generated(file.mode, *hash));
        }
        self.journal.files.insert(file.path.clone(), journal_row);
        self.coming.files.insert(file.path.clone(), content.row);
        let change = if on_disk.is_none() {
            ChangeKind::New
        } else {
            ChangeKind::Changed
        };
        self.change(&file.path, change);
        self.writes.push(Operation::Write {
            path: file.path.clone(),
            text: content.text.clone(),
            mode: file.mode,
        });
        for problem in &content.problems {
            match problem.kind {
                ValueProblemKind::Unknown => self.removed_keys.push(problem.key.clone()),
                ValueProblemKind::Outdated => self.outdated_keys.push(problem.key.clone()),
                _ => {}
            }
        }
        let before = on_disk.map(|(bytes, ..)| bytes.to_vec());
        // Before a wrong value is corrected, there is no file to compare with; and the values of somebody else are not shown.
        let has_text = before.is_some()
            && (kind != DifferenceKind::Foreign || content.problems.is_empty())
            && content
                .problems
                .iter()
                .all(ValueProblem::is_mended_by_render);
        let after = has_text.then(|| content.text.into_owned());
        self.differ(&file.path, kind, before, after);
    }

    fn judge_orphan(&mut self, path: &OutputPath, found: &Found<'_>, row: &Row) {
        self.left_folders.extend(path.folders());
        let bytes = match found {
            Found::Nothing => return,
            Found::Obstacle(obstacle) => {
                self.differ(path, DifferenceKind::Blocked(obstacle.clone()), None, None);
                return;
            }
            Found::File { bytes, .. } => bytes,
        };
        let hash = Sha::of(bytes);
        let is_ours = row.knows(&hash) || (row.hashes.is_none() && seeded::is_well_formed(bytes));
        let kind = if is_ours {
            DifferenceKind::Orphaned
        } else {
            DifferenceKind::HandEditedOrphan
        };
        let mut journal_row = row.clone();
        if !is_ours {
            journal_row.absorb(&Row::generated(row.mode, hash));
        }
        self.journal.files.insert(path.clone(), journal_row);
        self.change(path, ChangeKind::Removed);
        self.removals.push(Operation::Remove(path.clone()));
        self.differ(path, kind, None, None);
    }

    /// Folders in which no file of ours is left, the deepest first.
    fn empty_folders(&mut self, tree: &Tree<'_>) {
        let in_use: BTreeSet<OutputPath> = self
            .coming
            .files
            .keys()
            .flat_map(OutputPath::folders)
            .collect();
        let left = self.left_folders.iter().rev();
        let emptied =
            left.filter(|folder| tree.folders.contains(folder) && !in_use.contains(folder));
        self.emptied = emptied.cloned().map(Operation::RemoveFolder).collect();
    }

    fn finish(
        mut self,
        tree: &Tree<'_>,
        request: &Request<'_>,
        wanted: &BTreeMap<OutputPath, &OutputFile>,
    ) -> Result<Plan<'a>, DiskError> {
        let lock_path = OutputPath::new(LOCK).map_err(|error| DiskError::Bug(error.to_string()))?;
        let write_lock = |text: &str| Operation::Write {
            path: lock_path.clone(),
            text: Cow::Owned(text.to_owned()),
            mode: Mode::Plain,
        };
        let coming = self.coming.print();
        let journal = if self.journal == self.coming {
            coming.clone()
        } else {
            self.journal.print()
        };
        let current = tree.lock_bytes.as_deref();
        let is_right = |text: &str| current == Some(text.as_bytes());

        let mut operations: Vec<Operation<'_>> = tree
            .leftovers
            .iter()
            .cloned()
            .map(Operation::Remove)
            .collect();
        let touches_files = !self.writes.is_empty() || !self.removals.is_empty();
        let writes_journal = touches_files && !is_right(&journal);
        if writes_journal {
            operations.push(write_lock(&journal));
        }
        operations.append(&mut self.writes);
        operations.append(&mut self.removals);
        operations.append(&mut self.emptied);
        let was_right = is_right(&coming);
        let is_still_right = if writes_journal {
            journal == coming
        } else {
            was_right
        };
        if !is_still_right {
            operations.push(write_lock(&coming));
        }
        if !was_right {
            let (difference, change) = if current.is_none() {
                (DifferenceKind::Missing, ChangeKind::New)
            } else {
                (DifferenceKind::Stale, ChangeKind::Changed)
            };
            self.change(&lock_path, change);
            // Beside other differences, the lines of hashes say nothing.
            let before = current
                .filter(|_| self.differences.is_empty())
                .map(<[u8]>::to_vec);
            self.differ(&lock_path, difference, before, Some(coming));
        }
        if !tree.has_whole_lock() {
            for difference in &mut self.differences {
                if difference.kind == DifferenceKind::Foreign {
                    difference.kind = DifferenceKind::Unknown;
                }
            }
        }
        self.differences.sort_by(|a, b| a.path.cmp(&b.path));
        self.changes.sort();

        let refused = self
            .differences
            .iter()
            .filter(|difference| difference.kind.is_refused(request.force));
        let files: Vec<Difference> = refused.cloned().collect();
        let refusal = (!files.is_empty()).then_some(Refusal {
            files,
            after_merge: tree.lock.conflicted,
        });
        if refusal.is_some() {
            operations.clear();
            self.changes.clear();
            self.removed_keys.clear();
            self.outdated_keys.clear();
        }
        Ok(Plan {
            differences: self.differences,
            refusal,
            operations,
            changes: self.changes,
            removed_keys: self.removed_keys,
            outdated_keys: self.outdated_keys,
            open_values: self.open_values,
            left_behind: left_behind(tree, request, wanted),
        })
    }

    fn change(&mut self, path: &OutputPath, kind: ChangeKind) {
        let path = path.clone();
        self.changes.push(Change { path, kind });
    }

    fn differ(
        &mut self,
        path: &OutputPath,
        kind: DifferenceKind,
        before: Option<Vec<u8>>,
        after: Option<String>,
    ) {
        // What is in the way of many files is said once, at the first of them.
        let is_on_the_way = matches!(
            kind,
            DifferenceKind::Blocked(Obstacle::SymlinkOnTheWay(_) | Obstacle::NoFolderOnTheWay(_))
        );
        if is_on_the_way && self.differences.iter().any(|said| said.kind == kind) {
            return;
        }
        self.differences.push(Difference {
            path: path.clone(),
            kind,
            before,
            after,
        });
    }
}

/// The text of a file as a render into an empty folder writes it.
pub fn first_text(file: &OutputFile) -> String {
    first_content(file).text.into_owned()
}

fn first_content(file: &OutputFile) -> Content<'_> {
    content(file, Sha::of(file.text.as_bytes()), None, None)
}

/// The hash of each text.
fn hashes(files: &[&OutputFile]) -> Vec<Sha> {
    /// Bytes that are hashed while one is read or written.
    const PER_BYTE: usize = 8;
    let of_all = |files: &[&OutputFile]| -> Vec<Sha> {
        let texts = files.iter().map(|file| file.text.as_bytes());
        texts.map(Sha::of).collect()
    };
    halves::both(files, |file| file.text.len() / PER_BYTE, of_all).concat()
}

/// What one file should hold.
struct Content<'a> {
    text: Cow<'a, str>,
    row: Row,
    /// Of the seeded file that is there.
    problems: Vec<ValueProblem>,
    /// The keys of a seeded file that have no value.
    open: Vec<String>,
}

/// `hash` is that of the file's text.
fn content<'a>(
    file: &'a OutputFile,
    hash: Sha,
    on_disk: Option<(&[u8], &Sha)>,
    known: Option<&Row>,
) -> Content<'a> {
    match &file.owner {
        Owner::Generated => Content {
            text: Cow::Borrowed(&file.text),
            row: Row::generated(file.mode, hash),
            problems: Vec::new(),
            open: Vec::new(),
        },
        Owner::Seeded(slots) => {
            // A generated file in the place of a seeded one holds no values.
            let existing = on_disk.filter(|(_, hash)| !known.is_some_and(|row| row.knows(hash)));
            let seeded = seeded::compose(&file.text, slots, existing.map(|(bytes, _)| bytes));
            Content {
                text: Cow::Owned(seeded.text),
                row: Row::seeded(file.mode),
                problems: seeded.problems,
                open: seeded.open,
            }
        }
    }
}

impl Content<'_> {
    /// How the file that is there differs. `is_known` is None if the lock does not name the file, else whether it knows the text.
    fn compare(
        &self,
        bytes: &[u8],
        is_known: Option<bool>,
        is_wrong_mode: bool,
        force: bool,
    ) -> Option<DifferenceKind> {
        let is_seeded = self.row.hashes.is_none();
        if !self.problems.is_empty() {
            let mended = self.problems.iter().all(ValueProblem::is_mended_by_render);
            // A render would remove keys from somebody else's file.
            return Some(if mended && is_known.is_none() && !force {
                DifferenceKind::Foreign
            } else {
                DifferenceKind::Values(self.problems.clone())
            });
        }
        let is_same = if is_seeded {
            seeded::same(bytes, self.text.as_bytes())
        } else {
            bytes == self.text.as_bytes()
        };
        if is_same {
            return is_wrong_mode.then_some(DifferenceKind::WrongMode);
        }
        Some(match is_known {
            _ if is_seeded => DifferenceKind::Stale,
            Some(true) => DifferenceKind::Stale,
            Some(false) => DifferenceKind::HandEdited,
            None => DifferenceKind::Foreign,
        })
    }
}

fn left_behind(
    tree: &Tree<'_>,
    request: &Request<'_>,
    wanted: &BTreeMap<OutputPath, &OutputFile>,
) -> Vec<OutputPath> {
    let is_right = |path: &OutputPath| match (wanted.get(path), tree.lock.files.get(path)) {
        (Some(file), Some(row)) => *row == first_content(file).row,
        _ => false,
    };
    let paths: BTreeSet<&OutputPath> = wanted.keys().chain(tree.lock.files.keys()).collect();
    paths
        .into_iter()
        .filter(|path| is_of_the_whole(path) && !request.scope.covers(path) && !is_right(path))
        .cloned()
        .collect()
}

/// The files by path, if the request can be carried out on every file system and written into a lock.
fn check_request<'a>(
    request: &Request<'a>,
) -> Result<BTreeMap<OutputPath, &'a OutputFile>, DiskError> {
    let bug = |what: String| Err(DiskError::Bug(what));
    let lower = |path: &OutputPath| path.as_str().to_lowercase();
    let mut places = BTreeMap::new();
    for file in request.files {
        if lower(&file.path) == LOCK {
            return bug(format!("A file wants the place of the lock, {}", file.path));
        }
        if let Some(other) = places.insert(lower(&file.path), &file.path) {
            return bug(format!(
                "{other} and {} are one place on some file systems",
                file.path
            ));
        }
        if let Owner::Seeded(slots) = &file.owner {
            let mut keys = BTreeSet::new();
            if let Some(slot) = slots
                .iter()
                .find(|slot| !seeded::is_key(&slot.key) || !keys.insert(&slot.key))
            {
                return bug(format!(
                    "{} has the key {:?} twice, or it is none",
                    file.path, slot.key
                ));
            }
        }
    }
    for file in request.files {
        if let Some(other) = file
            .path
            .folders()
            .find_map(|folder| places.get(&lower(&folder)))
        {
            return bug(format!(
                "{other} is a file, and the folder of {}",
                file.path
            ));
        }
    }
    for object in request.objects {
        let namespace = object.namespace.as_deref().unwrap_or("none");
        let fields = [&object.api_version, &object.kind, &object.name, namespace];
        if fields
            .iter()
            .any(|field| field.is_empty() || *field == "-" || field.contains(char::is_control))
        {
            return bug(format!("{object:?} cannot stand in the lock"));
        }
    }
    Ok(request
        .files
        .iter()
        .map(|file| (file.path.clone(), file))
        .collect())
}
