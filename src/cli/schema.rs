//! `agcgen schema`.

use super::console::Console;
use super::exit::{Exit, Failure};
use crate::spec;

/// Print the JSON Schema of a spec, for editors and other tools.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen schema > agcgen.schema.json

With this as the first line of a spec, editors that know the YAML language server complete and check while you type:
  # yaml-language-server: $schema=agcgen.schema.json

The schema is draft 2020-12. It knows the shape of a spec; `agcgen validate` knows more.")]
pub(super) struct Schema {}

impl Schema {
    #[expect(clippy::unused_self, reason = "every command has the same form")]
    pub(super) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        console.data(&spec::schema_text())?;
        Ok(Exit::Success)
    }
}
