//! `snapshots/receipts.tsv`: which file the Bicep compiler of which version has accepted, by its hash. So whoever has no
//! compiler still sees whether what is kept is what was accepted, and else which files are new since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::azure::deployment;
use super::oracle::environment::is_updating;
use super::oracle::{Bicep, Checks, Failed, Oracle as _, none, say};
use super::trees::{EXAMPLES, files, root, tree};

/// By the path below `snapshots/`: the hash of the file that was accepted, and the compiler's version.
type Receipts = BTreeMap<String, (String, String)>;

const HEADING: &str = "file\tsha256\taccepted by bicep";

pub(super) fn checks(checks: &mut Checks) {
    checks.plain("receipts: what was accepted is told", || {
        // The check below writes them.
        if is_updating() {
            return Ok(());
        }
        let (kept, now) = (kept()?, now());
        assert!(kept.len() > 30, "{} receipts", kept.len());
        say(&told(&kept, &now));
        none(
            kept.keys()
                .filter(|file| !now.contains_key(*file))
                .map(|file| format!("{file} is gone, its receipt is not")),
        )
    });
    checks.needing::<Bicep>("receipts: bicep accepts what they say", |bicep| {
        for example in EXAMPLES {
            none(bicep.findings(tree(example).join("infra"), &deployment(example))?)?;
        }
        if is_updating() {
            std::fs::write(path(), text(&now(), &bicep.version()))?;
        }
        none(changed(&kept()?, &now()).into_iter().map(|file| {
            format!(
                "{file} has no receipt: UPDATE_SNAPSHOTS=1 cargo test --test rendered gives it one"
            )
        }))
    });
}

fn path() -> PathBuf {
    root().join("snapshots/receipts.tsv")
}

/// The receipts in git.
fn kept() -> Result<Receipts, Failed> {
    let text = std::fs::read_to_string(path())?;
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(HEADING));
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [file, hash, version] => Ok((file.to_owned(), (hash.to_owned(), version.to_owned()))),
            _ => Err(format!("{line} is no receipt").into()),
        })
        .collect()
}

/// The hash of every file that the compiler reads.
fn now() -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for example in EXAMPLES {
        for (file, bytes) in files(&tree(example).join("infra")) {
            let hash = Sha256::digest(&bytes)
                .iter()
                .fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
            hashes.insert(format!("{example}/infra/{file}"), hash);
        }
    }
    hashes
}

/// The files whose bytes no compiler has accepted.
fn changed(receipts: &Receipts, now: &BTreeMap<String, String>) -> Vec<String> {
    now.iter()
        .filter(|(file, hash)| receipts.get(*file).map(|(accepted, _)| accepted) != Some(hash))
        .map(|(file, _)| file.clone())
        .collect()
}

/// What a person without a compiler is told, a line an example.
fn told(receipts: &Receipts, now: &BTreeMap<String, String>) -> String {
    let changed = changed(receipts, now);
    let mut out = String::new();
    for example in EXAMPLES {
        let prefix = format!("{example}/");
        let since: Vec<&str> = changed
            .iter()
            .filter_map(|file| file.strip_prefix(&prefix))
            .collect();
        let versions: BTreeSet<&str> = receipts
            .iter()
            .filter(|(file, _)| file.starts_with(&prefix))
            .map(|(_, (_, version))| version.as_str())
            .collect();
        let versions: Vec<&str> = versions.into_iter().collect();
        let versions = versions.join(", ");
        let _ = if since.is_empty() {
            writeln!(
                out,
                "{example}: unchanged since bicep {versions} accepted it"
            )
        } else {
            writeln!(
                out,
                "{example}: changed since bicep {versions} accepted it: {}",
                since.join(", ")
            )
        };
    }
    out
}

fn text(now: &BTreeMap<String, String>, version: &str) -> String {
    let rows = now
        .iter()
        .map(|(file, hash)| format!("{file}\t{hash}\t{version}\n"));
    format!("{HEADING}\n{}", rows.collect::<String>())
}
