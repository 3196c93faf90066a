//! The rendered trees of the examples: unchanged, and right in the eyes of programs and data that agcgen did not write.
//!
//! `snapshots/<example>/` is the whole output of `agcgen render`, with `azure.txt` beside it: one line a resource that
//! Azure would make, from the Bicep compiler. `UPDATE_SNAPSHOTS=1 cargo test --test rendered` writes both anew; read the
//! difference before you commit it. `snapshots/receipts.tsv` says what the compiler has accepted.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.

#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../trees/mod.rs"]
mod trees;

mod azure;
mod chain;
mod cluster;
mod golden;
mod receipts;
mod safety;

use std::process::ExitCode;

use oracle::Checks;
use oracle::environment::is_updating;
use trees::EXAMPLES;

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
