//! The lock: what agcgen wrote into a folder, as tab-separated lines.
//!
//! In: the lock's bytes, or the rows of a plan. Out: a [`Lock`], or the lock's text. No IO.
//!
//! ```text
//! agcgen-lock  1                                            format version
//! agcgen       0.1.0                                        the agcgen that wrote it
//! file         plain|executable  <sha256>[,<sha256>…]  <path>
//! object       <apiVersion>  <kind>  <namespace>  <name>
//! end          <number of rows above>                       the last row
//! ```
//!
//! `-` stands for "none": no field is empty, because bash joins adjacent tabs. A file row with more than one hash belongs to a
//! render that did not finish. A seeded file has the hash `-`: its content is the user's.
//! A lock whose last row is not `end`, or counts other rows than there are, lost some: it is damaged. Where git left conflict
//! markers nothing can be counted; there the last row must be an `end`, and the last conflict closed.
//! The lock carries no clock, no host and no path outside the folder.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::output::{Mode, ObjectId, OutputPath};

/// The format that this program reads and writes.
pub(super) const FORMAT: u32 = 1;

/// A SHA-256, which is printed in lower-case hexadecimal, as `sha256sum` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sha([u8; 32]);

impl Sha {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    fn parse(text: &str) -> Option<Self> {
        let digit = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return None;
        };
        let bytes: Option<Vec<u8>> = pairs
            .iter()
            .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
            .collect();
        bytes?.try_into().ok().map(Self)
    }

    fn print_to(self, text: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        text.extend(digits.map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
}

/// One file that we wrote or are about to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) mode: Mode,
    /// Every content that is ours. None for a seeded file.
    pub(super) hashes: Option<BTreeSet<Sha>>,
}

impl Row {
    pub(super) fn generated(mode: Mode, hash: Sha) -> Self {
        Self {
            mode,
            hashes: Some(BTreeSet::from([hash])),
        }
    }

    pub(super) fn seeded(mode: Mode) -> Self {
        Self { mode, hashes: None }
    }

    /// Whether this content is ours.
    pub(super) fn knows(&self, hash: &Sha) -> bool {
        self.hashes.as_ref().is_some_and(|all| all.contains(hash))
    }

    /// Takes the other row's hashes too.
    pub(super) fn absorb(&mut self, other: &Self) {
        match (&mut self.hashes, &other.hashes) {
            (Some(mine), Some(others)) => mine.extend(others),
            (mine @ None, Some(others)) => *mine = Some(others.clone()),
            (_, None) => {}
        }
    }
}

/// The content of a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock<'o> {
    pub(super) files: BTreeMap<OutputPath, Row>,
    pub(super) objects: BTreeSet<Cow<'o, ObjectId>>,
    /// It had git's conflict markers, and both sides were read.
    pub(super) conflicted: bool,
}

/// Why a lock cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LockError {
    /// A later agcgen wrote it.
    Newer(u32),
    /// This line (counted from 1) is no line of a lock, or rows are missing before it.
    Malformed(usize),
}

impl Lock<'_> {
    /// Reads a lock. Of a conflict, both sides (and the base, where git wrote it) are taken: all of it was ours once.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, LockError> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let lines = before.split(|&byte| byte == b'\n').count();
                return Err(LockError::Malformed(lines));
            }
        };
        // The format is settled first: the lines of a later format would only look malformed.
        let formats = || text.lines().filter_map(format_version);
        if let Some(newest) = formats().max()
            && newest > FORMAT
        {
            return Err(LockError::Newer(newest));
        }
        if formats().next().is_none() {
            return Err(LockError::Malformed(1));
        }
        let mut lock = Self::default();
        let mut rows = 0;
        // What the last row counts, if it is an `end`.
        let mut end = None;
        let mut in_conflict = false;
        for (index, line) in text.lines().enumerate() {
            if is_conflict_marker(line) {
                lock.conflicted = true;
                in_conflict = !line.starts_with('>');
                continue;
            }
            rows += 1;
            end = end_count(line);
            if end.is_none() && format_version(line).is_none() {
                lock.read_row(line).ok_or(LockError::Malformed(index + 1))?;
            }
        }
        let is_whole = if lock.conflicted {
            end.is_some() && !in_conflict
        } else {
            end.is_some_and(|above| above + 1 == rows)
        };
        if !is_whole {
            let missing_end = usize::from(end.is_none());
            return Err(LockError::Malformed(text.lines().count() + missing_end));
        }
        Ok(lock)
    }

    fn read_row(&mut self, line: &str) -> Option<()> {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.iter().any(|field| field.is_empty()) {
            return None;
        }
        match fields[..] {
            ["agcgen", _] => {}
            ["file", mode, hashes, path] => {
                let row = Row {
                    mode: parse_mode(mode)?,
                    hashes: match hashes {
                        "-" => None,
                        hashes => Some(parse_hashes(hashes)?),
                    },
                };
                let path = OutputPath::new(path).ok()?;
                if path.as_str() == super::LOCK {
                    return None;
                }
                self.files
                    .entry(path)
                    .and_modify(|known| known.absorb(&row))
                    .or_insert(row);
            }
            ["object", api_version, kind, namespace, name] => {
                self.objects.insert(Cow::Owned(ObjectId {
                    api_version: api_version.to_owned(),
                    kind: kind.to_owned(),
                    namespace: (namespace != "-").then(|| namespace.to_owned()),
                    name: name.to_owned(),
                }));
            }
            _ => return None,
        }
        Some(())
    }

    /// The lock's text. Same rows, same bytes.
    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        let mut rows = 0;
        let mut push = |fields: &[&str]| {
            rows += 1;
            text.push_str(&fields.join("\t"));
            text.push('\n');
        };
        push(&["agcgen-lock", &FORMAT.to_string()]);
        push(&["agcgen", env!("CARGO_PKG_VERSION")]);
        for (path, row) in &self.files {
            let mode = match row.mode {
                Mode::Plain => "plain",
                Mode::Executable => "executable",
            };
            push(&["file", mode, &print_hashes(row), path.as_str()]);
        }
        for object in &self.objects {
            let namespace = object.namespace.as_deref().unwrap_or("-");
            push(&[
                "object",
                &object.api_version,
                &object.kind,
                namespace,
                &object.name,
            ]);
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "end\t{rows}");
        text
    }
}

fn print_hashes(row: &Row) -> String {
    let Some(hashes) = &row.hashes else {
        return "-".to_owned();
    };
    let mut text = String::new();
    for hash in hashes {
        if !text.is_empty() {
            text.push(',');
        }
        hash.print_to(&mut text);
    }
    text
}

fn format_version(line: &str) -> Option<u32> {
    line.strip_prefix("agcgen-lock\t")?.parse().ok()
}

/// How many rows stand above this one, if it is the last.
fn end_count(line: &str) -> Option<usize> {
    line.strip_prefix("end\t")?.parse().ok()
}

/// git writes seven of a kind, then a blank and a label, or nothing.
pub(super) fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .iter()
        .filter_map(|marker| line.strip_prefix(marker))
        .any(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn parse_mode(text: &str) -> Option<Mode> {
    match text {
        "plain" => Some(Mode::Plain),
        "executable" => Some(Mode::Executable),
        _ => None,
    }
}

/// One or more hashes.
fn parse_hashes(text: &str) -> Option<BTreeSet<Sha>> {
    text.split(',').map(Sha::parse).collect()
}
