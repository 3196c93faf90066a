//! The rendered trees of the examples: unchanged, and right in the eyes of programs and data that agcgen did not write.
//!
//! `snapshots/<example>/` is the whole output of `agcgen render`, with `azure.txt` beside it: one line a resource that
//! Azure would make, from the Bicep compiler. `UPDATE_SNAPSHOTS=1 cargo test --test rendered` writes both anew; read the
//! difference before you commit it. `snapshots/receipts.tsv` says what the compiler has accepted.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.

#[path = "../oracle/mod.rs"]
mod oracle;

mod azure;
mod chain;
mod cluster;
mod golden;
mod receipts;
mod safety;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oracle::Checks;
use oracle::environment::is_updating;

/// The examples whose trees are kept.
const EXAMPLES: &[&str] = &["cloud-native", "cloud-native-managed", "minimal"];

fn main() -> ExitCode {
    // One test cannot see what another has not written yet.
    if is_updating() {
        golden::update();
    }
    let mut checks = Checks::new();
    checks.plain("examples: all are here", golden::all_are_listed);
    checks.plain(
        "modules: secrets and orders that only the source shows",
        safety::modules,
    );
    receipts::checks(&mut checks);
    for example in EXAMPLES {
        golden::checks(&mut checks, example);
        azure::checks(&mut checks, example);
        cluster::checks(&mut checks, example);
        chain::checks(&mut checks, example);
        safety::checks(&mut checks, example);
    }
    checks.run()
}

/// The project's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rendered tree of an example, as it is kept.
fn tree(example: &str) -> PathBuf {
    root().join("snapshots").join(example)
}

/// The spec of an example.
fn spec(example: &str) -> PathBuf {
    root().join("examples").join(example).join("spec.yaml")
}

/// Every file below a folder, by its path with `/`, sorted.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).expect("below it");
            let name = path.to_str().expect("UTF-8").replace('\\', "/");
            (name, std::fs::read(entry.path()).expect("a readable file"))
        })
        .collect();
    files.sort();
    files
}
