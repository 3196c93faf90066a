//! Facts about Azure, AGC and Kubernetes as tables: every row carries its value, its source and the date it was read.
//!
//! No vendor's number, name or word stands in an `if` anywhere else.

pub mod arm_types;
pub mod connector;
pub mod controller;
pub mod health;
pub mod images;
pub mod name_rules;
pub mod network;
pub mod nodes;
pub mod regions;
pub mod roles;
pub mod safeguards;
pub mod sql;

/// Minor version of Kubernetes that a spec without one gets. AKS offers it since 2026; the newest that every table here
/// was checked against (2026-11).
pub const KUBERNETES_VERSION: &str = "1.35";

/// Oldest minor of Kubernetes that takes the manifests as they are written: pods sleep before they stop, which is on by
/// default since then (Kubernetes 1.30 release notes, 2024-04).
pub const LEAST_KUBERNETES: (u32, u32) = (1, 30);
