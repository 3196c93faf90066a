//! `agcgen completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;
use super::console::Console;
use super::exit::{Exit, Failure};

/// Print a script that completes agcgen's command lines in a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(agcgen completions bash)            for this session; to keep it, write it to a file that bash reads
  agcgen completions zsh > ~/.zfunc/_agcgen    a folder of zsh's $fpath
  agcgen completions fish > ~/.config/fish/completions/agcgen.fish
  agcgen completions powershell | Out-String | Invoke-Expression")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "agcgen", &mut script);
        console.data(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Success)
    }
}
