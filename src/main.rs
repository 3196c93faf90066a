//! The binary: hands its arguments to [`agcgen::cli`].
fn main() {}
