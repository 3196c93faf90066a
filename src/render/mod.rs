//! From the model to files: templates composed with data, and complete files copied as they are.

pub mod controller;
pub mod infra;
pub mod k8s;
pub mod template;
