//! Asks programs and data that agcgen did not write whether a rendered tree is right.
//!
//! In: files and objects of a rendered tree. Out: what each oracle says of them, and one table at the end of the run
//! that names every oracle that was needed, its version and how much it read, or why it was not asked.
//! An oracle is found by its own variable (`AGCGEN_BICEP`), then on `PATH`; reference data only through
//! `AGCGEN_REFERENCE`. Nothing here knows how agcgen renders, and nothing here writes to a tree that it reads.
//!
//! A missing oracle is a failure when `CI` is set, and otherwise an ignored check whose reason is printed: cargo hides
//! what a passing test prints, so a test that uses an oracle is a program of its own. In `Cargo.toml`:
//!
//! ```toml
//! [[test]]
//! name = "rendered"
//! harness = false
//! ```
//!
//! and in `tests/rendered.rs`:
//!
//! ```ignore
//! mod oracle;
//!
//! use oracle::{Bicep, Checks, Metadata, ResourceTypes};
//!
//! fn main() -> std::process::ExitCode {
//!     let mut checks = Checks::new();
//!     checks.plain("minimal: has a README", || has_readme("snapshots/minimal"));
//!     checks.needing::<Bicep>("minimal: bicep", |bicep| {
//!         oracle::none(bicep.findings("snapshots/minimal/infra", &Metadata::default())?)
//!     });
//!     checks.needing::<(Bicep, ResourceTypes)>("minimal: bodies", |(bicep, types)| {
//!         let snapshot = bicep.snapshot("snapshots/minimal/infra/main.bicepparam", &Metadata::default())?;
//!         oracle::none(types.check(&snapshot.resources)?.problems)
//!     });
//!     checks.run()
//! }
//! ```
//!
//! `cargo test --test rendered -- bicep` filters as usual.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each test program includes this module and uses a part of it"
)]

mod api_server;
mod azure_cli;
mod azure_snapshot;
mod bash;
mod bicep;
mod checks;
mod conformance;
mod core_kinds;
mod custom_resources;
#[path = "../environment/mod.rs"]
pub(crate) mod environment;
mod finding;
mod kustomize;
mod ledger;
mod linters;
mod name_rules;
mod resource_types;
mod upstream_examples;
mod yaml;

pub(crate) use api_server::{ApiServer, Cluster};
pub(crate) use azure_cli::AzureCli;
pub(crate) use azure_snapshot::{Metadata, Resource, Snapshot};
pub(crate) use bash::{Bash, BashRun};
pub(crate) use bicep::{Bicep, Diagnostic, Level};
pub(crate) use checks::{Checks, Failed, asserting, name_of, none, say};
pub(crate) use conformance::{Conformance, Outcome, Verdicts};
pub(crate) use core_kinds::{CoreKinds, CoreReport};
pub(crate) use custom_resources::{CustomResources, Verdict};
pub(crate) use finding::{Answer, NotChecked, Oracle, OracleFailure, find, reference};
pub(crate) use kustomize::Kustomize;
pub(crate) use ledger::read_file;
pub(crate) use linters::{Shellcheck, Shfmt, Yamllint};
pub(crate) use name_rules::NameRules;
pub(crate) use resource_types::{BodyReport, ResourceTypes};
pub(crate) use upstream_examples::UpstreamExamples;
pub(crate) use yaml::documents;
