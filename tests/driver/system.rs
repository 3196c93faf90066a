//! A rendered system with the stand-ins on `PATH`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

/// The object id that stands in the place of the example's placeholder.
const ADMINISTRATOR: &str = "99999999-8888-7777-6666-555555555555";

/// A system in a folder of its own.
pub(crate) struct System {
    folder: TempDir,
    /// Variables of the environment, with their values.
    variables: Vec<(String, String)>,
}

/// What a run did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The calls that it made.
    pub(crate) calls: Vec<Call>,
}

/// A call that a stand-in wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Whether it changes something.
    pub(crate) changes: bool,
    /// Program and words, with a blank between them.
    pub(crate) words: String,
}

impl System {
    /// The example, with an administrator and the values of its secrets. It is rendered once; the others are copies.
    pub(crate) fn new() -> Self {
        static FIRST: OnceLock<System> = OnceLock::new();
        FIRST
            .get_or_init(|| Self::of("cloud-native").with_secrets())
            .copied()
    }

    /// An example with an administrator.
    pub(crate) fn of(example: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let spec = root.join("examples").join(example).join("spec.yaml");
        Self::of_spec(&fs::read_to_string(spec).unwrap())
    }

    /// A spec with an administrator in the place of the placeholder.
    pub(crate) fn of_spec(spec: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spec = spec.replace("00000000-0000-0000-0000-000000000000", ADMINISTRATOR);
        fs::write(folder.path().join("spec.yaml"), spec).unwrap();
        cargo_bin_cmd!("agcgen")
            .current_dir(folder.path())
            .args(["render", "spec.yaml", "-o", "out"])
            .assert()
            .success();
        fs::create_dir(folder.path().join("state")).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// The values of the example's secrets in the environment.
    pub(crate) fn with_secrets(self) -> Self {
        self.with("AGC_SECRET_VAULT_API_RATE_LIMIT", "value-of-rate-limit")
            .with(
                "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT",
                "value-of-timeout",
            )
    }

    /// A variable of the environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without any variable that was set.
    pub(crate) fn without_variables(mut self) -> Self {
        self.variables.clear();
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Something that the stand-ins know: a file of their state with its content.
    pub(crate) fn set(&self, name: &str, content: &str) -> &Self {
        let path = self.path("state").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{content}\n")).unwrap();
        self
    }

    /// Takes away what the stand-ins know.
    pub(crate) fn unset(&self, name: &str) -> &Self {
        fs::remove_file(self.path("state").join(name)).unwrap();
        self
    }

    /// Plants a failure: every call that holds these words ends with the status and the message.
    pub(crate) fn fail(&self, words: &str, status: u8, message: &str) -> &Self {
        self.set("fail", &format!("{words}\t{status}\t{message}"))
    }

    /// The command, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let stand_ins = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/driver/standin/bin");
        let mut command = Command::new("bash");
        command
            .arg(self.path("out/driver/agc.sh"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", stand_ins.display()),
            )
            .env("HOME", self.folder.path())
            .env("AGC_STATE", self.path("agc"))
            .env("AGC_PAUSE", "0")
            .env("KUBECTL_EXTERNAL_DIFF", "true")
            .env("KUBERC", "kuberc")
            .env("AGC_PATIENCE", "0")
            .env("STANDIN_STATE", self.path("state"))
            .env("STANDIN_SYSTEM", self.path("out/driver/system.tsv"))
            .stdin(std::process::Stdio::null())
            .envs(self.variables.iter().cloned());
        command
    }

    /// Runs the driver. No call may be one that the stand-ins do not know.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let calls = self.path("state/calls");
        let _ = fs::remove_file(&calls);
        let output = self.command(arguments).output().unwrap();
        let unknown = fs::read_to_string(self.path("state/unknown")).unwrap_or_default();
        assert_eq!(unknown, "", "calls that no stand-in knows");
        let ran = Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            calls: fs::read_to_string(calls)
                .unwrap_or_default()
                .lines()
                .map(Call::read)
                .collect(),
        };
        for (_, value) in &self.variables {
            if value.starts_with("value-of-") {
                assert!(
                    !ran.all().contains(value),
                    "a secret is told: {}",
                    ran.all()
                );
            }
        }
        ran
    }

    /// A system that `up` has brought up, once; the others are copies.
    pub(crate) fn up() -> Self {
        static FIRST: OnceLock<System> = OnceLock::new();
        FIRST
            .get_or_init(|| {
                let system = Self::new();
                system.run(&["up"]).succeeds();
                system
            })
            .copied()
    }

    /// The same in a folder of its own.
    fn copied(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for entry in walkdir::WalkDir::new(self.folder.path()).min_depth(1) {
            let entry = entry.unwrap();
            let copy = folder
                .path()
                .join(entry.path().strip_prefix(self.folder.path()).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir(copy).unwrap();
            } else {
                fs::copy(entry.path(), copy).unwrap();
            }
        }
        Self {
            folder,
            variables: self.variables.clone(),
        }
    }
}

impl System {
    /// A system that is up, rendered anew with these tests in the place of the example's.
    pub(crate) fn up_with_tests(tests: &serde_json::Value) -> Self {
        let system = Self::up();
        let spec = system.read("spec.yaml");
        let (spec, _) = spec.split_once("\ntests:").unwrap();
        // A map of JSON is one of YAML.
        fs::write(
            system.path("spec.yaml"),
            format!("{spec}\ntests: {tests}\n"),
        )
        .unwrap();
        cargo_bin_cmd!("agcgen")
            .current_dir(system.folder.path())
            .args(["render", "spec.yaml", "-o", "out"])
            .assert()
            .success();
        system
    }
}

impl Call {
    fn read(line: &str) -> Self {
        let (kind, words) = line.split_once('\u{1f}').unwrap();
        Self {
            changes: kind == "act",
            words: words.to_owned(),
        }
    }
}

impl Ran {
    /// Everything that was said and called.
    pub(crate) fn all(&self) -> String {
        let calls: Vec<&str> = self.calls.iter().map(|call| call.words.as_str()).collect();
        format!("{}{}{}", self.stdout, self.stderr, calls.join("\n"))
    }

    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(&self) -> &Self {
        self.ends_with(0);
        assert_eq!(self.stderr, "", "nothing to say on standard error");
        self
    }

    /// Says a text somewhere in its story.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text),
            "it does not say {text:?}:\n{}",
            self.stdout
        );
        self
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.stdout.contains(text), "{}", self.stdout);
        self
    }

    /// The calls that change something.
    pub(crate) fn changes(&self) -> Vec<&str> {
        self.calls
            .iter()
            .filter(|call| call.changes)
            .map(|call| call.words.as_str())
            .collect()
    }

    /// The calls that change something are these, by the words that they begin with, in this order.
    #[track_caller]
    pub(crate) fn changes_by(&self, beginnings: &[&str]) -> &Self {
        let changes = self.changes();
        let fits = changes.len() == beginnings.len()
            && changes
                .iter()
                .zip(beginnings)
                .all(|(call, beginning)| call.starts_with(beginning));
        assert!(fits, "{changes:#?}\n{}", self.stdout);
        self
    }

    /// The one call that begins with these words.
    #[track_caller]
    pub(crate) fn call(&self, beginning: &str) -> &str {
        let mut calls = self
            .calls
            .iter()
            .filter(|call| call.words.starts_with(beginning));
        let first = calls.next().map(|call| call.words.as_str());
        let first = first.unwrap_or_else(|| panic!("no call begins with {beginning}"));
        assert_eq!(
            calls.next(),
            None,
            "more than one call begins with {beginning}"
        );
        first
    }
}
