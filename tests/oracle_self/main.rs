//! Tests of the oracles themselves: each is shown a planted fault, which it must find, and clean input, which it must pass.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.

#[path = "../oracle/mod.rs"]
mod oracle;

mod api_server;
mod bash;
mod bicep;
mod core_kinds;
mod custom_resources;
mod harness;
mod kustomize;
mod linters;
mod planting;
mod resource_types;

fn main() -> std::process::ExitCode {
    let mut checks = oracle::Checks::new();
    api_server::add(&mut checks);
    bicep::add(&mut checks);
    resource_types::add(&mut checks);
    custom_resources::add(&mut checks);
    core_kinds::add(&mut checks);
    kustomize::add(&mut checks);
    linters::add(&mut checks);
    bash::add(&mut checks);
    harness::add(&mut checks);
    checks.run()
}
