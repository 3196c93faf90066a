//! agcgen
pub mod source;
pub mod diagnostic;
