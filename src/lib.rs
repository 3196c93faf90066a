//! agcgen
pub mod source;
pub mod diagnostic;
pub mod catalog;
pub mod kinds;
pub mod model;
pub mod late;
pub mod output;
pub mod disk;
pub mod print;
pub mod objects;
