//! Folders that are closed to whoever renders. No mode bit stops root: where the tests run as root, the binary runs as another user.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;

use super::systems::{Far, Ran, System, everybody_may_read, how_far, judge, ran, repaired, same};
use super::*;

/// `nobody`, wherever there is one.
const NOBODY: u32 = 65534;

/// An output folder that holds a system, and a binary that whoever renders can reach.
struct Place {
    folder: TempDir,
    is_root: bool,
}

impl Place {
    fn holding(system: &System) -> Self {
        let folder = folder();
        everybody_may_read(folder.path());
        let binary = folder.path().join("agcgen");
        fs::copy(assert_cmd::cargo::cargo_bin!("agcgen"), &binary).unwrap();
        set_mode(&binary, 0o755);
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let place = Self { folder, is_root };
        system.render.done(&place.out());
        if place.is_root {
            for entry in walkdir::WalkDir::new(place.out()) {
                chown(entry.unwrap().path(), Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        place
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn render(&self, to: &System, out: &Path) -> Ran {
        let mut command = to.command(out, &self.folder.path().join("agcgen"));
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        ran(&mut command)
    }
}

/// A folder that is closed as long as this lives.
struct Closed(PathBuf);

impl Closed {
    fn to(mode: u32, folder: PathBuf) -> Self {
        set_mode(&folder, mode);
        Self(folder)
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        set_mode(&self.0, 0o755);
    }
}

const ADVICE: &str = "Make the folder that it lies in writable for yourself";

#[test]
fn what_a_closed_folder_breaks_off_is_said_and_the_next_render_repairs() {
    let (small, large) = (System::small(), System::large());
    let mut reached = Vec::new();
    for (from, to) in [(&small, &large), (&large, &small)] {
        // The output folder itself holds the lock. Of the others some files are written before, some after.
        for (closed, far) in [
            ("", Far::Nowhere),
            ("infra/workloads", Far::Midway),
            ("k8s/platform", Far::Midway),
            ("k8s/workloads", Far::Midway),
        ] {
            let place = Place::holding(from);
            let out = place.out();
            let held = Closed::to(0o555, out.join(closed));
            let ran = place.render(to, &out);
            assert_eq!(judge(&ran, &out, &from.tree, to, ADVICE), far, "{closed}");
            let said = format!("{}/", held.0.display()).replace("//", "/");
            assert!(
                ran.stderr.contains(&format!("error: {said}")),
                "{}",
                ran.stderr
            );
            drop(held);
            let ran = place.render(to, &out);
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            same(&out, &to.tree);
            reached.push(far);
        }
    }
    assert_eq!(reached.len(), 8);
}

#[test]
fn somebody_elses_tree_is_left_as_it_is() {
    let (small, large) = (System::small(), System::large());
    let place = Place::holding(&small);
    if !place.is_root {
        not_checked("a tree that root owns", "the tests do not run as root");
        return;
    }
    for entry in walkdir::WalkDir::new(place.out()) {
        chown(entry.unwrap().path(), Some(0), Some(0)).unwrap();
    }
    let ran = place.render(&large, &place.out());
    assert_eq!(
        judge(&ran, &place.out(), &small.tree, &large, ADVICE),
        Far::Nowhere
    );
    // What is right already needs no writing.
    assert_eq!(place.render(&small, &place.out()).code, Some(0));
    repaired(&place.out(), &large);
}

#[test]
fn before_a_folder_that_cannot_be_read_or_made_nothing_is_written() {
    let (small, large) = (System::small(), System::large());
    let place = Place::holding(&small);
    let out = place.out();
    for (at, closed, mode, said) in [
        (
            "out",
            "out/k8s/routes",
            0o000,
            "cannot be read: Permission denied",
        ),
        (
            "out",
            "out/k8s/routes",
            0o333,
            "routes cannot be read: Permission denied",
        ),
        ("out", "out", 0o000, "cannot be used: Permission denied"),
        (
            "new/out",
            "",
            0o555,
            "new/out cannot be used: Permission denied",
        ),
    ] {
        let held = Closed::to(mode, place.folder.path().join(closed));
        let ran = place.render(&large, &place.folder.path().join(at));
        drop(held);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(ran.stderr.contains("\n       Make it "), "{}", ran.stderr);
        same(&out, &small.tree);
        assert_eq!(how_far(&out, &small.tree, &large), Far::Nowhere);
        assert!(!place.folder.path().join("new").exists());
    }
    assert_eq!(place.render(&large, &out).code, Some(0));
    same(&out, &large.tree);
}
