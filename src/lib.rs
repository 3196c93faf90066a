//! agcgen

pub mod print;
pub mod render;
