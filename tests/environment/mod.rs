//! What the environment asks of a test run.

#![allow(
    dead_code,
    reason = "each test program includes this module and uses a part of it"
)]

use std::env;

/// Whether this runs where nothing may be skipped and nothing is written anew.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Whether kept texts are written anew, `UPDATE_SNAPSHOTS=1`; never where CI runs.
pub(crate) fn is_updating() -> bool {
    env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| !value.is_empty()) && !in_ci()
}
