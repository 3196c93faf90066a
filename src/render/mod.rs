//! From the model to files: templates composed with data, and complete files copied as they are.

pub mod infra;
pub mod runbook;
pub mod template;
