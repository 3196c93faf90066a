//! Model and objects → output files. One module a part of the tree.

pub mod controller;
pub mod k8s;
