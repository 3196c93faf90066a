//! The binary: hands its arguments to [`agcgen::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    agcgen::cli::run(std::env::args_os())
}
