//! The Azure half: what is composed for a system, beside the modules that every system shares.

pub mod context;
