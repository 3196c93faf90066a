//! agcgen

pub mod print;
