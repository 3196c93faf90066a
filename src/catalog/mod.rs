//! Facts about Azure, AGC and Kubernetes as tables: every row carries its value, its source and the date it was read.
//!
//! No vendor's number, name or word stands in an `if` anywhere else.

pub mod roles;
