//! The printers: one a language. Values go in, text of that language comes out, and nothing that a value holds becomes code.

pub mod bicep;
