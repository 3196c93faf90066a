//! The seeded file: `KEY=value` lines that the user and the driver fill in, under comments that agcgen writes.
//!
//! In: the header, the slots, and the file's bytes if it is there. Out: the file as it should be, and what is wrong with it. No IO.
//!
//! A line is read as kustomize reads it (kustomize `api/kv`, read 2026-11): leading blanks and a byte order mark do not count,
//! `#` begins a comment only at the start of a line, and everything after the first `=` is the value, with no quotes and no
//! trimming. kustomize takes a key without `=` from its own environment, so that is an error here. An open value has no key:
//! then kustomize fails and names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::lock::is_conflict_marker;
use crate::output::{Shape, Slot};

/// What is wrong with one line of a seeded file. The value itself is never repeated: somebody may have pasted a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// The key, or what stands in its place. Empty where the file is no text.
    pub key: String,
    /// What is wrong.
    pub kind: ValueProblemKind,
}

/// The ways in which a line of a seeded file can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueProblemKind {
    /// No slot has this key. A render removes the line.
    Unknown,
    /// By the comment on its key, the value is of something that the spec calls otherwise. A render removes the line.
    Outdated,
    /// There is no `=`.
    NoEquals,
    /// There is nothing after the `=`.
    Empty,
    /// The value is not of this shape.
    IllFormed(Shape),
    /// The key stands on an earlier line too.
    Twice,
    /// What stands before the `=` is no name of a variable.
    NotAKey,
    /// The file is not UTF-8.
    NotText,
    /// git's conflict markers begin here. Then it is the file's only problem.
    Conflict,
}

impl ValueProblem {
    /// Whether a render can mend it without losing anything that is in use.
    pub(super) fn is_mended_by_render(&self) -> bool {
        matches!(
            self.kind,
            ValueProblemKind::Unknown | ValueProblemKind::Outdated
        )
    }
}

impl fmt::Display for ValueProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, kind } = self;
        // A key that is none may be anything, also a secret without its name.
        match kind {
            ValueProblemKind::Unknown => write!(f, "line {line}: nothing uses {key}"),
            ValueProblemKind::Outdated => write!(
                f,
                "line {line}: {key} is of something that has another name now, see the comment on it"
            ),
            ValueProblemKind::NoEquals => write!(
                f,
                "line {line}: no `=`; write KEY=value, or remove the line"
            ),
            ValueProblemKind::Empty => {
                write!(
                    f,
                    "line {line}: {key} is empty; give its value, or remove the line to leave it open"
                )
            }
            ValueProblemKind::IllFormed(Shape::ClientId) => {
                write!(
                    f,
                    "line {line}: {key} is no client id (a GUID, without quotes and blanks)"
                )
            }
            ValueProblemKind::IllFormed(Shape::ResourceId(kind)) => {
                write!(
                    f,
                    "line {line}: {key} is no ARM id of a {kind} (without quotes and blanks)"
                )
            }
            ValueProblemKind::Twice => write!(f, "line {line}: {key} is given twice; remove one"),
            ValueProblemKind::NotAKey => {
                write!(f, "line {line}: what stands before the `=` is no key")
            }
            ValueProblemKind::NotText => write!(f, "line {line}: the file is not UTF-8 text"),
            ValueProblemKind::Conflict => write!(
                f,
                "line {line}: git's conflict markers; keep one side, and remove them"
            ),
        }
    }
}

/// A seeded file as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seeded {
    /// The whole file: header, and a slot's comment and its value where there is one.
    pub(super) text: String,
    /// What is wrong with the file that was read, in the order of its lines.
    pub(super) problems: Vec<ValueProblem>,
    /// The keys of the slots that have no value, in the order of the slots.
    pub(super) open: Vec<String>,
}

/// The file as it should be, with the values of the file that is there.
pub(super) fn compose(header: &str, slots: &[Slot], existing: Option<&[u8]>) -> Seeded {
    let mut read = existing.map(read).unwrap_or_default();
    let mut problems = std::mem::take(&mut read.problems);
    let mut open = Vec::new();
    let mut text = String::new();
    for line in header.lines() {
        push_comment(&mut text, line);
    }
    for slot in slots {
        if !text.is_empty() {
            text.push('\n');
        }
        for line in slot.comment.iter().flat_map(|comment| comment.lines()) {
            push_comment(&mut text, &format!("# {line}"));
        }
        let is_outdated = read.is_outdated(slot);
        let given = read.values.get(&slot.key);
        problems.extend(given.filter(|_| is_outdated).map(|(line, _)| ValueProblem {
            line: *line,
            key: slot.key.clone(),
            kind: ValueProblemKind::Outdated,
        }));
        let Some((line, value)) = given.filter(|_| !is_outdated) else {
            open.push(slot.key.clone());
            continue;
        };
        let problem = if value.is_empty() {
            Some(ValueProblemKind::Empty)
        } else if !fits(&slot.shape, value) {
            Some(ValueProblemKind::IllFormed(slot.shape.clone()))
        } else {
            None
        };
        problems.extend(problem.map(|kind| ValueProblem {
            line: *line,
            key: slot.key.clone(),
            kind,
        }));
        text.push_str(&slot.key);
        text.push('=');
        text.push_str(value);
        text.push('\n');
    }
    let known: BTreeSet<&str> = slots.iter().map(|slot| slot.key.as_str()).collect();
    let unknown = read
        .values
        .iter()
        .filter(|(key, _)| !known.contains(key.as_str()));
    problems.extend(unknown.map(|(key, (line, _))| ValueProblem {
        line: *line,
        key: key.clone(),
        kind: ValueProblemKind::Unknown,
    }));
    problems.sort_by_key(|problem| problem.line);
    Seeded {
        text,
        problems,
        open,
    }
}

/// Whether two seeded files say the same: the same comments in the same order, and the same values in any order and place,
/// because `bind` may write a value anywhere. Empty lines, line ends, a byte order mark and a missing last line end do not count.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    fn parts(bytes: &[u8]) -> Option<(Vec<&str>, BTreeSet<&str>)> {
        let lines = without_mark(std::str::from_utf8(bytes).ok()?).lines();
        let (comments, values): (Vec<&str>, Vec<&str>) = lines
            .map(str::trim_start)
            .filter(|line| !line.is_empty())
            .partition(|line| line.starts_with('#'));
        let comments = comments.into_iter().map(str::trim_end).collect();
        Some((comments, values.into_iter().collect()))
    }
    match (parts(left), parts(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// Whether nothing but comments and `KEY=value` lines is in the file, so that removing it loses no text of another kind.
pub(super) fn is_well_formed(bytes: &[u8]) -> bool {
    read(bytes).problems.is_empty()
}

#[derive(Default)]
struct Read {
    /// By key: the line and the value.
    values: BTreeMap<String, (usize, String)>,
    /// The comments, without the `#`.
    comments: Vec<String>,
    problems: Vec<ValueProblem>,
}

impl Read {
    /// Whether a comment says that the value of a slot is of something else.
    fn is_outdated(&self, slot: &Slot) -> bool {
        let says = |comment: &&String| {
            let rest = comment.trim_start().strip_prefix(slot.key.as_str());
            rest.is_some_and(|rest| rest.starts_with(':'))
        };
        self.comments.iter().find(says).is_some_and(|comment| {
            let mut names = slot.of.iter();
            // Case does not matter in Azure.
            !names.all(|name| {
                comment
                    .split_whitespace()
                    .any(|word| word.eq_ignore_ascii_case(name))
            })
        })
    }
}

fn read(bytes: &[u8]) -> Read {
    let mut read = Read::default();
    let Ok(text) = std::str::from_utf8(bytes) else {
        let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        read.problems.push(ValueProblem {
            line: bytes[..valid].split(|&byte| byte == b'\n').count(),
            key: String::new(),
            kind: ValueProblemKind::NotText,
        });
        return read;
    };
    let opens_conflict = |line: &str| line.starts_with('<') && is_conflict_marker(line);
    if let Some(index) = without_mark(text).lines().position(opens_conflict) {
        read.problems.push(ValueProblem {
            line: index + 1,
            key: String::new(),
            kind: ValueProblemKind::Conflict,
        });
        return read;
    }
    for (index, line) in without_mark(text).lines().enumerate() {
        let number = index + 1;
        let line = line.trim_start();
        if let Some(comment) = line.strip_prefix('#') {
            read.comments.push(comment.to_owned());
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let problem = match line.split_once('=') {
            None => Some((line, ValueProblemKind::NoEquals)),
            Some((key, _)) if !is_key(key) => Some((key, ValueProblemKind::NotAKey)),
            Some((key, _)) if read.values.contains_key(key) => Some((key, ValueProblemKind::Twice)),
            Some((key, value)) => {
                read.values
                    .insert(key.to_owned(), (number, value.to_owned()));
                None
            }
        };
        read.problems
            .extend(problem.map(|(key, kind)| ValueProblem {
                line: number,
                key: key.to_owned(),
                kind,
            }));
    }
    read
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Adds a line that cannot be read as anything but a comment or an empty line.
fn push_comment(text: &mut String, line: &str) {
    let line = line.trim_end();
    if !line.is_empty() && !line.starts_with('#') {
        text.push_str("# ");
    }
    text.push_str(line);
    text.push('\n');
}

/// Whether kustomize takes this as the name of a variable, and a shell too.
pub(super) fn is_key(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn fits(shape: &Shape, value: &str) -> bool {
    match shape {
        Shape::ClientId => is_guid(value),
        Shape::ResourceId(resource_type) => is_resource_id(value, resource_type),
    }
}

/// 8-4-4-4-12 hexadecimal digits, not all zero.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
}

/// `/subscriptions/<guid>/resourceGroups/<group>/providers/<namespace>/<type>/<name>[/<type>/<name>]…`
fn is_resource_id(text: &str, resource_type: &str) -> bool {
    let mut parts = text.split('/');
    let mut next = || parts.next().unwrap_or_default();
    let (root, subscriptions, subscription) = (next(), next(), next());
    let (groups, group) = (next(), next());
    let (providers, namespace) = (next(), next());
    if !root.is_empty()
        || !subscriptions.eq_ignore_ascii_case("subscriptions")
        || !is_guid(subscription)
        || !groups.eq_ignore_ascii_case("resourceGroups")
        || !is_resource_name(group)
        || !providers.eq_ignore_ascii_case("providers")
    {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let (pairs, odd) = rest.as_chunks::<2>();
    if !odd.is_empty() || !pairs.iter().all(|[_, name]| is_resource_name(name)) {
        return false;
    }
    let mut found = namespace.to_owned();
    for [part, _] in pairs {
        found.push('/');
        found.push_str(part);
    }
    found.eq_ignore_ascii_case(resource_type)
}

/// The characters that names of resource groups and of the resources in question are made of.
fn is_resource_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')'))
}
