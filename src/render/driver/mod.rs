//! `driver/`: the program that deploys, connects, verifies and removes the system, and the rows that it reads.
//!
//! In: the model and its facts. Out: the files of `templates/driver`, byte for byte, and `system.tsv`, which is all that the
//! spec decides about them. So nothing of a spec ever becomes code.

mod rows;
mod system;
mod tests;

use crate::facts::Fact;
use crate::model::Model;
use crate::operation::System;
use crate::output::{Mode, OutputFile, OutputPath, Owner};

use super::RenderError;
pub use rows::BadField;

/// A file that is the same for every system.
struct Part {
    path: &'static str,
    text: &'static str,
}

macro_rules! parts {
    ($($path:literal)*) => {
        /// Every file of `templates/driver`.
        const PARTS: &[Part] = &[$(Part {
            path: $path,
            text: include_str!(concat!("../../../templates/driver/", $path)),
        }),*];
    };
}

parts! {
    "agc.sh"
    "commands/apply.sh"
    "commands/bind.sh"
    "commands/connect.sh"
    "commands/deploy.sh"
    "commands/destroy.sh"
    "commands/drift.sh"
    "commands/plan.sh"
    "commands/preflight.sh"
    "commands/status.sh"
    "commands/up.sh"
    "commands/verify.sh"
    "failures.tsv"
    "lib/calls.sh"
    "lib/cluster.sh"
    "lib/group.sh"
    "lib/results.sh"
    "lib/run.sh"
    "lib/system.sh"
    "lib/wait.sh"
}

/// The one part that is run; it reads the others.
const PROGRAM: &str = "agc.sh";

/// The files.
///
/// # Errors
///
/// A fault of agcgen: a field that no row can hold. The spec refuses such a text.
pub fn files(model: &Model, facts: &[Fact]) -> Result<Vec<OutputFile>, RenderError> {
    let mut files = Vec::with_capacity(PARTS.len() + 1);
    for part in PARTS {
        let mode = if part.path == PROGRAM {
            Mode::Executable
        } else {
            Mode::Plain
        };
        files.push(file(part.path, part.text.to_owned(), mode)?);
    }
    let rows = system::rows(System { model, facts })?;
    files.push(file("system.tsv", rows, Mode::Plain)?);
    Ok(files)
}

fn file(path: &str, text: String, mode: Mode) -> Result<OutputFile, RenderError> {
    Ok(OutputFile {
        path: OutputPath::new(format!("driver/{path}"))?,
        text,
        mode,
        owner: Owner::Generated,
    })
}
