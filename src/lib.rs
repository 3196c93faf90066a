//! agcgen
pub mod catalog;
pub mod diagnostic;
pub mod disk;
pub mod facts;
pub mod kinds;
pub mod late;
pub mod model;
pub mod names;
pub mod output;
pub mod print;
pub mod source;
pub mod spec;
pub mod render;
