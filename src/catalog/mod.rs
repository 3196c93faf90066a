//! Facts about Azure, AGC and Kubernetes as tables: every row carries its value, its source and the date it was read.
//!
//! No vendor's number, name or word stands in an `if` anywhere else.

pub mod arm_types;
pub mod connector;
pub mod controller;
pub mod gateway_api;
pub mod health;
pub mod http;
pub mod images;
pub mod kubernetes;
pub mod limits;
pub mod name_rules;
pub mod network;
pub mod nodes;
pub mod regions;
pub mod roles;
pub mod safeguards;
pub mod sql;
