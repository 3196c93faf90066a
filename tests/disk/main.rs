//! The output folder: what a render writes, keeps, removes and refuses, and that it can be stopped anywhere.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use agcgen::disk::{
    Change, Difference, DifferenceKind, DiskError, LOCK, Obstacle, Plan, RealSteps, Refusal,
    Request, Scope, Steps, Tree, ValueProblemKind,
};
use agcgen::output::{Mode, ObjectId, OutputFile, OutputPath, Owner, Shape, Slot};
use tempfile::TempDir;

const GUID: &str = "6b1f0a52-4f7e-4c0b-9c59-0d8f6f2f7a11";
const OTHER_GUID: &str = "0F3C2E1D-aaaa-4bbb-8ccc-123456789abc";
const LATE: &str = "k8s/platform/late-values.env";

#[path = "../environment/mod.rs"]
mod environment;

mod check;
#[cfg(unix)]
mod closed;
mod failing;
mod interruption;
#[cfg(unix)]
mod kills;
mod late_values;
mod lock;
#[cfg(unix)]
mod pairs;
#[cfg(target_os = "linux")]
mod real;
mod refusals;
mod scope;
mod systems;
mod writing;

fn path(text: &str) -> OutputPath {
    OutputPath::new(text).unwrap()
}

fn plain(at: &str, text: &str) -> OutputFile {
    OutputFile {
        path: path(at),
        text: text.to_owned(),
        mode: Mode::Plain,
        owner: Owner::Generated,
    }
}

fn program(at: &str, text: &str) -> OutputFile {
    OutputFile {
        mode: Mode::Executable,
        ..plain(at, text)
    }
}

fn slot(key: &str, comment: &str) -> Slot {
    Slot {
        key: key.to_owned(),
        shape: Shape::ClientId,
        of: Vec::new(),
        comment: vec![comment.to_owned()],
    }
}

fn seeded(slots: Vec<Slot>) -> OutputFile {
    OutputFile {
        owner: Owner::Seeded(slots),
        ..plain(LATE, "# Late values of shop.\n")
    }
}

fn object(kind: &str, namespace: Option<&str>, name: &str) -> ObjectId {
    ObjectId {
        api_version: "v1".to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    }
}

/// A render, built up from its files.
#[derive(Clone)]
struct Render {
    files: Vec<OutputFile>,
    objects: Vec<ObjectId>,
    scope: Scope,
    force: bool,
}

impl Render {
    fn of(files: Vec<OutputFile>) -> Self {
        Self {
            files,
            objects: Vec::new(),
            scope: Scope::Everything,
            force: false,
        }
    }

    fn only(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    fn forced(mut self) -> Self {
        self.force = true;
        self
    }

    fn plan(&self, dir: &Path) -> Result<Plan<'_>, DiskError> {
        let request = Request {
            files: &self.files,
            objects: &self.objects,
            scope: self.scope,
            force: self.force,
        };
        Plan::new(&Tree::read(dir, &request)?, &request)
    }

    fn apply(&self, dir: &Path) -> Result<Vec<String>, DiskError> {
        let plan = self.plan(dir)?;
        plan.apply(dir)
            .map(|changes| changes.iter().map(Change::to_string).collect())
    }

    /// Renders, and asserts that nothing is left to do.
    fn done(&self, dir: &Path) -> Vec<String> {
        let changes = self.apply(dir).unwrap();
        let again = self.plan(dir).unwrap();
        assert!(again.differences().is_empty(), "{:?}", again.differences());
        assert!(again.operations().is_empty(), "{:?}", again.operations());
        changes
    }

    fn refused(&self, dir: &Path) -> Refusal {
        let before = everything(dir);
        let error = self.apply(dir).unwrap_err();
        assert_eq!(everything(dir), before, "a refused render wrote something");
        match error {
            DiskError::Refused(refusal) => refusal,
            other => panic!("not refused: {other}"),
        }
    }

    fn differences(&self, dir: &Path) -> Vec<Difference> {
        let before = everything(dir);
        let differences = self.plan(dir).unwrap().differences().to_vec();
        assert_eq!(everything(dir), before, "a check wrote something");
        differences
    }

    fn kinds(&self, dir: &Path) -> Vec<(String, DifferenceKind)> {
        let differences = self.differences(dir).into_iter();
        differences
            .map(|difference| (difference.path.to_string(), difference.kind))
            .collect()
    }
}

/// Content and executable bit, by name.
type Contents = BTreeMap<String, (Vec<u8>, bool)>;

/// Every file, folder (with `/`) and symlink (with `@`) below a folder, with content and executable bit.
fn everything(dir: &Path) -> Contents {
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dir).min_depth(1) {
        let Ok(entry) = entry else { continue };
        let name = entry
            .path()
            .strip_prefix(dir)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        if entry.file_type().is_dir() {
            all.insert(name + "/", (Vec::new(), false));
        } else if entry.file_type().is_symlink() {
            let target = fs::read_link(entry.path()).unwrap();
            all.insert(name + "@", (target.to_str().unwrap().into(), false));
        } else {
            all.insert(
                name,
                (fs::read(entry.path()).unwrap(), is_executable(entry.path())),
            );
        }
    }
    all
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    mode_bits(path) & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn mode_bits(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Says what this machine does not let a test check. With `CI` set nothing may be left out.
fn not_checked(what: &str, why: &str) {
    let line = format!("NOT CHECKED: {what}, because {why}\n");
    assert!(!environment::in_ci(), "{line}");
    say(&line);
}

/// Past the harness, which hides the output of tests that pass.
fn say(line: &str) {
    io::Write::write_all(&mut io::stderr(), line.as_bytes()).unwrap();
}

fn names(dir: &Path) -> Vec<String> {
    everything(dir).into_keys().collect()
}

fn read(dir: &Path, at: &str) -> String {
    fs::read_to_string(dir.join(at)).unwrap()
}

fn put(dir: &Path, at: &str, text: impl AsRef<[u8]>) {
    let full = dir.join(at);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, text).unwrap();
}

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn shop() -> Render {
    let mut render = Render::of(vec![
        plain("README.md", "# Shop\n"),
        plain("infra/main.bicep", "param a string\n"),
        plain("k8s/routes/api.yaml", "kind: HTTPRoute\n"),
        program("driver/agc.sh", "#!/usr/bin/env bash\n"),
    ]);
    render.objects = vec![
        object("Service", Some("shop"), "api"),
        object("Namespace", None, "shop"),
    ];
    render
}
