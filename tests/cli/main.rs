//! The command line as people and pipelines meet it: the real binary, its two streams, its exit code, and what it leaves
//! on the disk.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs
)]

#[path = "../environment/mod.rs"]
mod environment;

mod bad_input;
mod completions;
mod explain;
mod help;
mod hostile;
mod init;
mod json;
mod reference;
mod render;
mod streams;
mod trace;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

/// What the binary did.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// A folder to run the binary in. Paths on command lines are relative to it, so that they are the same everywhere.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with the example `minimal` as spec.yaml.
    fn with_minimal() -> Self {
        let folder = Self::new();
        folder.write("spec.yaml", example("minimal"));
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Ran {
        // Nothing of the caller's environment decides what is printed.
        let output = cargo_bin_cmd!("agcgen")
            .env_clear()
            .current_dir(self.path())
            .args(arguments)
            .write_stdin(stdin)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every file in it with its bytes, and every folder.
    fn content(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        walkdir::WalkDir::new(self.path())
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .map(|path| {
                let bytes = path.is_file().then(|| fs::read(&path).unwrap());
                (path, bytes)
            })
            .collect()
    }
}

fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join("examples").join(name).join("spec.yaml")).unwrap()
}

/// Compares with `tests/snapshots/cli__<name>.snap`: command line, exit code, both streams.
fn snapshot(name: &str, arguments: &[&str], ran: &Ran) {
    let text = format!(
        "$ agcgen {}\nexit code: {}\n--- stdout\n{}--- stderr\n{}",
        arguments.join(" "),
        ran.code,
        ran.stdout,
        ran.stderr
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("cli__{name}"), text));
}
