//! agcgen
pub mod catalog;
pub mod diagnostic;
pub mod disk;
pub mod kinds;
pub mod late;
pub mod model;
pub mod names;
pub mod objects;
pub mod output;
pub mod print;
pub mod render;
pub mod source;
pub mod spec;
