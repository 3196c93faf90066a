//! agcgen
pub mod disk;
pub mod output;
