//! `agcgen validate`.

use std::mem::ManuallyDrop;

use super::console::Console;
use super::exit::{Exit, Failure};
use super::{Format, report};
use crate::diagnostic::{self, Findings};

/// Say everything that is wrong with a spec. Writes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen validate spec.yaml
  agcgen validate spec.yaml --format short     one line a finding, for editors
  agcgen validate - < spec.yaml                from standard input

Findings go to stderr, but with --format json to stdout.
Ends with 0 if there is no error, also where there are warnings; with 1 if there are errors.")]
pub(super) struct Validate {
    /// The spec: a file, or `-` for standard input.
    spec: String,
}

impl Validate {
    pub(super) fn run(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        let (sources, id) = report::read_spec(&self.spec)?;
        let mut findings = Findings::new();
        // The process ends soon: nothing is gained by freeing the model piece by piece.
        let model = ManuallyDrop::new(crate::check(&sources, id, &mut findings));
        report::findings(console, format, &sources, &findings);
        if format == Format::Json {
            console.data(&diagnostic::json(&sources, &findings))?;
        }
        if model.is_none() {
            return Ok(Exit::Refused);
        }
        if format == Format::Human && findings.is_empty() {
            console.line(&format!("{} is right", sources.get(id).name));
        }
        Ok(Exit::Success)
    }
}
