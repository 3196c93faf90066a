//! Who was asked what: in go the outcome of each search for an oracle and each thing it read, out comes the table.
//!
//! Lives for one test program. It does not decide whether a missing oracle is a failure.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the table says of one oracle.
#[derive(Default)]
struct Entry {
    /// Its version, or why it could not be asked.
    outcome: Option<Result<String, String>>,
    /// The files that it read, each once.
    files: BTreeSet<PathBuf>,
    /// How many values in memory it judged, and what they are called.
    values: usize,
    unit: &'static str,
}

static LEDGER: Mutex<BTreeMap<&'static str, Entry>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// The oracles asked by the check that runs on this thread.
    static ASKED: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

fn ledger() -> MutexGuard<'static, BTreeMap<&'static str, Entry>> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes the version of an oracle that was found, or the reason why it was not.
pub(super) fn found(oracle: &'static str, outcome: Result<String, String>) {
    ledger().entry(oracle).or_default().outcome = Some(outcome);
}

/// Notes that an oracle read a file.
pub(crate) fn read_file(oracle: &'static str, file: &Path) {
    ledger()
        .entry(oracle)
        .or_default()
        .files
        .insert(file.to_owned());
    ASKED.with_borrow_mut(|asked| asked.insert(oracle));
}

/// Notes that an oracle judged `count` values, called `unit` in the table (`bodies`, `objects`).
pub(super) fn read_values(oracle: &'static str, count: usize, unit: &'static str) {
    if count == 0 {
        return;
    }
    let mut ledger = ledger();
    let entry = ledger.entry(oracle).or_default();
    entry.values += count;
    entry.unit = unit;
    ASKED.with_borrow_mut(|asked| asked.insert(oracle));
}

/// Forgets what this thread asked: a new check begins.
pub(super) fn begin_check() {
    ASKED.with_borrow_mut(BTreeSet::clear);
}

/// Whether this thread has asked the oracle something since `begin_check`.
pub(super) fn was_asked(oracle: &str) -> bool {
    ASKED.with_borrow(|asked| asked.contains(oracle))
}

/// The table, one line an oracle that was needed; empty where none was.
pub(super) fn table() -> String {
    let ledger = ledger();
    let rows: Vec<[String; 3]> = ledger
        .iter()
        .filter_map(|(name, entry)| {
            Some(match entry.outcome.as_ref()? {
                Ok(version) => [(*name).to_owned(), version.clone(), entry.read()],
                Err(reason) => [
                    (*name).to_owned(),
                    format!("NOT CHECKED, because {reason}"),
                    String::new(),
                ],
            })
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heading = ["oracle", "version", "read"].map(str::to_owned);
    let width = |column: usize| {
        rows.iter()
            .filter(|row| !row[2].is_empty())
            .chain([&heading])
            .map(|row| row[column].len())
            .max()
            .unwrap_or_default()
    };
    let name_width = rows
        .iter()
        .map(|row| row[0].len())
        .max()
        .unwrap_or_default();
    let version_width = width(1);
    let mut table = String::from("\n");
    for [name, version, read] in [&heading].into_iter().chain(&rows) {
        let line = format!("{name:name_width$}  {version:version_width$}  {read}");
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}

impl Entry {
    fn read(&self) -> String {
        let mut parts = Vec::new();
        if !self.files.is_empty() {
            parts.push(format!("{} files", self.files.len()));
        }
        if self.values > 0 {
            parts.push(format!("{} {}", self.values, self.unit));
        }
        if parts.is_empty() {
            parts.push("nothing".to_owned());
        }
        parts.join(", ")
    }
}
