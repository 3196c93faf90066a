//! Commands of a page, in the order of the page, in one folder that has the project's examples and nothing else.

use std::process::Command;

use regex::Regex;
use tempfile::TempDir;

use super::{read, root, sources};

/// Commands that are taken as they are, because trying them would take minutes or change the machine: what they are, and
/// the file that they need.
const KNOWN: &[(&[&str], &str)] = &[
    (&["cargo", "test"], "Cargo.toml"),
    (&["cargo", "install", "--path", "."], "src/main.rs"),
    (&["cargo", "fmt", "--all"], "Cargo.toml"),
    (&["cargo", "clippy", "--all-targets"], "clippy.toml"),
    (&["cargo", "doc", "--no-deps"], "src/lib.rs"),
    (
        &[
            "cargo",
            "build",
            "--release",
            "--target",
            "x86_64-unknown-linux-gnu",
        ],
        "src/main.rs",
    ),
    (&["bash", ".ci/run"], ".ci/run"),
    (&["bash", "benches/speed"], "benches/speed"),
    (&["bash", "benches/counts"], "benches/counts"),
    (&["bash", "benches/counts", "--bless"], "benches/counts.tsv"),
];

/// Variables of the environment that a command may be given, and their values.
const SETTINGS: &[&str] = &[
    "UPDATE_SNAPSHOTS=1",
    "RUSTDOCFLAGS=-D warnings",
    "RUSTFLAGS=-C target-feature=+crt-static -C relocation-model=static",
];

/// Where the commands of one page run.
pub(crate) struct Terminal {
    folder: TempDir,
    /// What the first command of the last block printed to stdout.
    output: Option<String>,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in walkdir::WalkDir::new(root().join("examples")) {
            let file = file.unwrap();
            let path = file.path().strip_prefix(root()).unwrap();
            if file.file_type().is_dir() {
                std::fs::create_dir_all(folder.path().join(path)).unwrap();
            } else {
                std::fs::copy(file.path(), folder.path().join(path)).unwrap();
            }
        }
        Self {
            folder,
            output: None,
        }
    }

    /// Runs each line of a block.
    pub(crate) fn run(&mut self, block: &str) -> Result<(), String> {
        if block.trim().is_empty() {
            return Err("no command".to_owned());
        }
        self.output = None;
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            let words = shlex::split(line).ok_or_else(|| format!("`{line}` is no command"))?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            self.run_words(&words)
                .map_err(|problem| format!("`{line}`: {problem}"))?;
        }
        Ok(())
    }

    /// Whether the first command of the block before printed exactly that.
    pub(crate) fn printed(&self, text: &str) -> Result<(), String> {
        match &self.output {
            Some(output) if output == text && !text.is_empty() => Ok(()),
            Some(output) => Err(format!("it prints\n{output}")),
            None => Err("no command of agcgen stands before".to_owned()),
        }
    }

    fn run_words(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            // Where it prints to is the shell's business.
            [command @ .., ">", _] => self.run_words(command),
            ["cargo", "run", "--release", "--", arguments @ ..] | ["agcgen", arguments @ ..] => {
                self.agcgen(arguments)
            }
            ["cargo", "test", rest @ ..] if !rest.is_empty() => is_a_test(rest),
            ["export", assignments @ ..] if !assignments.is_empty() => are_secrets(assignments),
            [setting, rest @ ..] if SETTINGS.contains(setting) => self.run_words(rest),
            _ => {
                let (_, needs) = KNOWN
                    .iter()
                    .find(|(known, _)| *known == words)
                    .ok_or("no test knows this command")?;
                exists(needs)
            }
        }
    }

    fn agcgen(&mut self, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
            .args(arguments)
            .env_clear()
            .current_dir(self.folder.path())
            .output()
            .map_err(|error| error.to_string())?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        self.output.get_or_insert(stdout);
        if output.status.success() {
            Ok(())
        } else {
            Err(format!(
                "{}\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }
}

fn exists(path: &str) -> Result<(), String> {
    if root().join(path).exists() {
        Ok(())
    } else {
        Err(format!("{path} does not exist"))
    }
}

/// Whether the tests that a command line names exist: `--lib`, `--test TARGET`, then a part of a test's name.
fn is_a_test(arguments: &[&str]) -> Result<(), String> {
    let mut rest = arguments;
    let mut folder = "src".to_owned();
    loop {
        rest = match rest {
            [] => return Ok(()),
            ["--lib", rest @ ..] => rest,
            ["--test", target, rest @ ..] => {
                folder = format!("tests/{target}");
                if exists(&format!("{folder}/main.rs")).is_err() {
                    folder = format!("tests/{target}.rs");
                    exists(&folder)?;
                }
                rest
            }
            // A test that is a program of its own takes its filter like this too.
            ["--", filter] | [filter] if !filter.starts_with('-') => {
                return names_of_tests(&folder)
                    .iter()
                    .any(|name| name.contains(filter))
                    .then_some(())
                    .ok_or_else(|| format!("`{filter}` selects no test of {folder}"));
            }
            [other, ..] => return Err(format!("no test knows `{other}`")),
        };
    }
}

/// What the tests below a place are called: functions with `#[test]`, and the text of the names that a program of its own
/// gives to its checks.
fn names_of_tests(place: &str) -> Vec<String> {
    let name = Regex::new(
        r#"(?x) \#\[test\] \s* (?: \#\[[^\]]*\] \s* )* fn \s+ (\w+)
        | \. (?: plain | needing::<[^>]*> ) \( \s* &? (?: format!\( \s* )? "([^"]*)" "#,
    )
    .unwrap();
    let mut names = Vec::new();
    for text in sources(place) {
        let found = name.captures_iter(&text);
        names.extend(found.map(|found| found.extract::<1>().1[0].to_owned()));
    }
    names
}

/// Whether the variables are those that the parameters of the reference scenario are read from: all of them, no others.
fn are_secrets(assignments: &[&str]) -> Result<(), String> {
    let mut given: Vec<&str> = assignments
        .iter()
        .map(|assignment| {
            assignment
                .split_once('=')
                .map_or(*assignment, |(name, _)| name)
        })
        .collect();
    let parameters = read("snapshots/cloud-native/infra/main.bicepparam");
    let mut wanted: Vec<&str> = parameters
        .split("readEnvironmentVariable('")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
        .collect();
    given.sort_unstable();
    wanted.sort_unstable();
    if given == wanted && !wanted.is_empty() {
        Ok(())
    } else {
        Err(format!("main.bicepparam reads {wanted:?}"))
    }
}
