//! `agcgen init`.
//!
//! The only place that asks for randomness: the suffix of names that must be unique in the world.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use super::console::{Console, signed, typed};
use super::exit::{Exit, Failure, unwritable};
use crate::render::template::Templates;
use crate::spec;

/// Name of the spec that is written.
const SPEC: &str = "spec.yaml";
/// Name of the schema beside it.
const SCHEMA: &str = "agcgen.schema.json";

/// Write a commented spec to start from, and its schema for editors.
///
/// Never overwrites anything.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen init                                  spec.yaml and agcgen.schema.json in this folder
  agcgen init shop                             in the folder shop, made if it is not there
  agcgen init demo --template cloud-native     three services, storage, SQL, a vault

Both templates have a suffix of their own, drawn at random, for the names that must be unique in all of Azure.")]
pub(super) struct Init {
    /// The folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// What to start from.
    #[arg(short, long, value_enum, default_value_t = Template::Minimal)]
    template: Template,
}

/// What to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// One service with a storage account.
    Minimal,
    /// Three services that call each other, with storage, SQL and a vault.
    CloudNative,
}

impl Template {
    fn name(self) -> &'static str {
        match self {
            Self::Minimal => "init/minimal.yaml.tera",
            Self::CloudNative => "init/cloud-native.yaml.tera",
        }
    }
}

/// What a template is composed with.
#[derive(Debug, Serialize)]
struct Context {
    suffix: String,
}

/// A file to write.
struct Draft {
    path: PathBuf,
    text: String,
}

impl Init {
    pub(super) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let suffix = suffix(|bytes| getrandom::fill(bytes).map_err(|error| error.to_string()))?;
        let drafts = [
            Draft {
                path: self.dir.join(SPEC),
                text: starter(self.template, suffix)?,
            },
            Draft {
                path: self.dir.join(SCHEMA),
                text: spec::schema_text(),
            },
        ];
        let in_the_way: Vec<&Draft> = drafts
            .iter()
            .filter(|draft| is_taken(&draft.path))
            .collect();
        if !in_the_way.is_empty() {
            for draft in &in_the_way {
                console.line(&format!("{} is there already", draft.path.display()));
            }
            console.error("Nothing was written.\nMove what is there, or name another folder.");
            return Ok(Exit::Refused);
        }
        make_folder(&self.dir)?;
        for draft in &drafts {
            draft.write()?;
            console.data(&format!(
                "{}\n",
                signed(&format!("+ {}", draft.path.display()))
            ))?;
        }
        console.line(&format!(
            "Put your own group's object id and your images into it; `agcgen explain --list` names all that it can say.\n\
             next: agcgen validate {}",
            typed(self.dir.join(SPEC))
        ));
        Ok(Exit::Success)
    }
}

fn starter(template: Template, suffix: String) -> Result<String, Failure> {
    Templates::get()
        .and_then(|templates| templates.compose(template.name(), &Context { suffix }))
        .map_err(|error| Failure::Bug(error.to_string()))
}

/// Whether anything is there, also a symlink that points nowhere.
#[allow(clippy::disallowed_methods)] // `init` looks and writes beside the output; disk knows output folders alone.
fn is_taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[allow(clippy::disallowed_methods)] // As above.
fn make_folder(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => Failure::Stopped(format!(
            "{} is not a folder.\nName another one.",
            dir.display()
        )),
        _ => unwritable(dir, &error),
    })
}

impl Draft {
    /// Writes the file; never over another, also not over one that has just appeared.
    #[allow(clippy::disallowed_methods)] // As above.
    fn write(&self) -> Result<(), Failure> {
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path)
            .and_then(|mut file| file.write_all(self.text.as_bytes()))
            .map_err(|error| unwritable(&self.path, &error))
    }
}

/// A letter and five characters of `[a-z0-9]`, each as likely as any other. With a letter in front no reader of YAML takes
/// it for a number.
fn suffix(mut random: impl FnMut(&mut [u8]) -> Result<(), String>) -> Result<String, Failure> {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    const LETTERS: usize = 26;
    const LENGTH: usize = 6;
    // A source that gives nothing usable in so many rounds is broken.
    const ROUNDS: usize = 100;
    let mut suffix = String::new();
    for _ in 0..ROUNDS {
        let mut bytes = [0; 16];
        random(&mut bytes).map_err(|error| without_randomness(&error))?;
        for byte in bytes {
            let choices = if suffix.is_empty() {
                LETTERS
            } else {
                ALPHABET.len()
            };
            // Bytes above the last multiple of `choices` would make the first characters likelier.
            if usize::from(byte) < 256 - 256 % choices {
                suffix.push(char::from(ALPHABET[usize::from(byte) % choices]));
            }
            if suffix.len() == LENGTH {
                return Ok(suffix);
            }
        }
    }
    Err(without_randomness("they are all alike"))
}

fn without_randomness(why: &str) -> Failure {
    Failure::Stopped(format!(
        "This system gives no random bytes: {why}.\nWrite the spec by hand; `agcgen explain azure.suffix` says what the bytes are for."
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Findings};
    use crate::source::Sources;

    #[test]
    fn a_suffix_comes_from_the_bytes_alone_and_skips_unfair_ones() {
        let drawn = suffix(|bytes| {
            bytes.copy_from_slice(&[255, 234, 27, 252, 26, 35, 36, 251, 25, 0, 0, 0, 0, 0, 0, 0]);
            Ok(())
        });
        assert_eq!(drawn.unwrap(), "b09a9z");
    }

    #[test]
    fn a_source_that_fails_or_never_gives_a_fair_byte_is_said_so() {
        let failing = suffix(|_| Err("closed".to_owned()));
        assert!(matches!(failing, Err(Failure::Stopped(text)) if text.contains("closed")));
        let stuck = suffix(|bytes| {
            bytes.fill(255);
            Ok(())
        });
        assert!(matches!(stuck, Err(Failure::Stopped(_))));
    }

    /// What a fresh spec is warned about, and why: the administrators' group is a placeholder, and there is no TLS yet.
    #[test]
    fn every_template_validates_whatever_the_suffix() {
        for template in Template::value_variants() {
            // Digits alone, and what YAML takes for a number, a time or a boolean.
            for suffix in ["abcdef", "123456", "1e1000", "0x12ab", "true00", "0b1010"] {
                let text = starter(*template, suffix.to_owned()).unwrap();
                let mut sources = Sources::new();
                let id = sources.add(SPEC, text.as_str());
                let mut findings = Findings::new();
                let model = crate::check(&sources, id, &mut findings).unwrap();
                assert_eq!(model.azure.suffix, suffix);
                let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
                assert_eq!(codes, [Code::AGC0410, Code::AGC0207], "{text}");
                assert!(text.starts_with(&format!("# yaml-language-server: $schema={SCHEMA}\n")));
            }
        }
    }
}
