//! Whole systems for the real binary: a spec, what it gives, and the tree of a render that nothing disturbed.

use std::fmt::Write as _;
use std::ops::Range;
use std::process::Command;

use agcgen::diagnostic::{Findings, short};
use agcgen::source::Sources;

use super::*;

/// A spec and all that comes of it.
pub(crate) struct System {
    pub(crate) render: Render,
    pub(crate) tree: Contents,
    /// Where the spec lies, as a file.
    folder: TempDir,
}

/// What the binary did. Without a code a signal ended it.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

impl System {
    /// These workloads, each with a route and blobs that it reads, in a namespace that stands in nearly every file.
    pub(crate) fn of(namespace: &str, workloads: Range<u32>) -> Self {
        let (mut blocks, mut routes) = (String::new(), String::new());
        for i in workloads {
            let _ = writeln!(
                blocks,
                "  w{i}: {{ image: ghcr.io/example/app:1.0.{i}, port: 8080, health: /healthz, connections: {{ files: read }} }}"
            );
            let _ = writeln!(routes, "  w{i}: {{ path: /w{i}, to: w{i} }}");
        }
        let text = format!(
            "apiVersion: agcgen/v1
name: shop
namespace: {namespace}
azure: {{ location: westeurope, suffix: 7k2f9d }}
cluster: {{ administrators: [{{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }}] }}
resources: {{ files: {{ kind: storage, containers: [images] }} }}
workloads:
{blocks}routes:
{routes}"
        );
        let mut sources = Sources::new();
        let id = sources.add("spec.yaml", &text);
        let mut found = Findings::new();
        let rendered = agcgen::compile(&sources, id, &mut found)
            .unwrap()
            .unwrap_or_else(|| panic!("{}", short(&sources, &found)));
        let mut render = Render::of(rendered.files);
        let manifests = rendered.manifests.iter();
        render.objects = manifests.map(|manifest| manifest.object.id()).collect();
        let undisturbed = folder();
        render.done(undisturbed.path());
        let folder = folder();
        put(folder.path(), "spec.yaml", &text);
        everybody_may_read(folder.path());
        Self {
            render,
            tree: everything(undisturbed.path()),
            folder,
        }
    }

    /// A few workloads.
    pub(crate) fn small() -> Self {
        Self::of("before", 0..3)
    }

    /// The files of [`Self::small`], nearly all of them changed, and more.
    pub(crate) fn large() -> Self {
        Self::of("after", 0..5)
    }

    /// The command with which a binary renders it into a folder.
    pub(crate) fn command(&self, out: &Path, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .current_dir(self.folder.path())
            .args(["render", "spec.yaml", "-o"])
            .arg(out);
        command
    }

    pub(crate) fn render_by_binary(&self, out: &Path) -> Ran {
        ran(&mut self.command(out, assert_cmd::cargo::cargo_bin!("agcgen")))
    }
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// How far a render came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Far {
    /// Everything is old.
    Nowhere,
    /// The lock is a journal, or some files are new.
    Midway,
    /// All but the lock.
    AllButTheLock,
    /// Everything is new.
    Done,
}

/// How far a render came that something broke off: every file is old or new, none that both have is gone, and nothing counts as
/// edited by a person.
pub(crate) fn how_far(out: &Path, from: &Contents, to: &System) -> Far {
    let mut half = everything(out);
    half.retain(|name, _| !name.contains(".agcgen-"));
    for (name, content) in &half {
        let sides = [from.get(name), to.tree.get(name)];
        assert!(
            name == LOCK || sides.contains(&Some(content)),
            "{name} is neither old nor new"
        );
    }
    for name in from.keys().filter(|name| to.tree.contains_key(*name)) {
        assert!(half.contains_key(name), "{name} is gone");
    }
    for (path, kind) in to.render.kinds(out) {
        let ours = [
            DifferenceKind::Missing,
            DifferenceKind::Stale,
            DifferenceKind::Orphaned,
        ];
        assert!(ours.contains(&kind), "{path}: {kind:?}");
    }
    let without_lock = |tree: &Contents| {
        let mut tree = tree.clone();
        tree.remove(LOCK);
        tree
    };
    if half == *from {
        Far::Nowhere
    } else if half == to.tree {
        Far::Done
    } else if without_lock(&half) == without_lock(&to.tree) {
        Far::AllButTheLock
    } else {
        Far::Midway
    }
}

/// After a render that failed: it says where and what to do, and left no file beside the others.
pub(crate) fn judge(ran: &Ran, out: &Path, from: &Contents, to: &System, advice: &str) -> Far {
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let said = ran.stderr.split("error: ").last().unwrap();
    let (place, rest) = said.split_once(" cannot be written: ").unwrap();
    assert!(rest.contains(advice), "{said}");
    assert!(
        rest.contains("render again: the next render finishes this one.\n"),
        "{said}"
    );
    assert!(!said.contains(".agcgen-"), "{said}");
    let place = Path::new(place)
        .strip_prefix(out)
        .unwrap()
        .to_str()
        .unwrap();
    let known = |name: &str| name == LOCK || from.contains_key(name) || to.tree.contains_key(name);
    assert!(known(place) || known(&format!("{place}/")), "{said}");
    let litter = everything(out)
        .into_keys()
        .find(|name| name.contains(".agcgen-"));
    assert_eq!(litter, None, "{said}");
    let far = how_far(out, from, to);
    assert_eq!(far != Far::Midway, place == LOCK, "{far:?}: {said}");
    far
}

/// Renders by the binary, which must give the tree that was asked for, and leave nothing to do.
pub(crate) fn repaired(out: &Path, to: &System) {
    let ran = to.render_by_binary(out);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    same(out, &to.tree);
}

/// That a folder holds exactly this; names what it does not.
pub(crate) fn same(out: &Path, tree: &Contents) {
    let got = everything(out);
    let differ: Vec<&String> = got
        .keys()
        .chain(tree.keys())
        .filter(|name| got.get(*name) != tree.get(*name))
        .collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// Opens a folder that only its owner could enter.
#[cfg(unix)]
pub(crate) fn everybody_may_read(folder: &Path) {
    set_mode(folder, 0o755);
}

#[cfg(not(unix))]
pub(crate) fn everybody_may_read(_: &Path) {}
