//! The driver: what it calls, in which order and with which words, and what it says.
//!
//! Here it meets stand-ins of az, kubectl, helm, kubelogin and curl (`standin/`), which write down every call, keep a small state,
//! and fail for a call that they do not know. Every command succeeds, fails with its message, and is run again.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "../environment/mod.rs"]
mod environment;

mod azure_half;
mod catalogue;
mod cluster_half;
mod dry_run;
mod removal;
mod requests;
mod runs;
mod system;
mod usage;

pub(crate) use system::System;

/// Every command, in the order of the usage text.
pub(crate) const COMMANDS: [&str; 11] = [
    "up",
    "preflight",
    "plan",
    "deploy",
    "bind",
    "apply",
    "connect",
    "verify",
    "status",
    "drift",
    "destroy",
];
