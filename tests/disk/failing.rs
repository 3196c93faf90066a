//! A render of which every single step fails once: not a stop, after which nothing happens any more, but an error to which
//! the render still has an answer.

use std::io::ErrorKind;

use super::interruption::{old_and_new, start, two_states};
use super::*;

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It does nothing and says so.
    Undone,
    /// It does its work and yet reports an error, as a disk behind a network may.
    Done,
    /// As `Undone`, and every removal after it fails too, that of the file that was to be renamed among them.
    NothingGoes,
}

/// The real disk, of which one step fails.
struct Failing {
    /// Steps before the one that fails.
    left: usize,
    how: How,
    kind: ErrorKind,
    failed: bool,
    /// The path of the step that failed.
    at: PathBuf,
    disk: RealSteps,
}

impl Failing {
    fn at(step: usize, how: How, kind: ErrorKind) -> Self {
        Self {
            left: step,
            how,
            kind,
            failed: false,
            at: PathBuf::new(),
            disk: RealSteps,
        }
    }

    fn step<T>(
        &mut self,
        path: &Path,
        work: impl FnOnce(&mut RealSteps) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.failed || self.left > 0 {
            self.left = self.left.saturating_sub(1);
            return work(&mut self.disk);
        }
        self.failed = true;
        path.clone_into(&mut self.at);
        if self.how == How::Done {
            work(&mut self.disk)?;
        }
        Err(self.kind.into())
    }

    fn removal(
        &mut self,
        path: &Path,
        work: impl FnOnce(&mut RealSteps) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.failed && self.how == How::NothingGoes {
            return Err(self.kind.into());
        }
        self.step(path, work)
    }
}

impl Steps for Failing {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step(path, |disk| disk.make_folder(path))
    }
    fn write_beside(&mut self, folder: &Path, bytes: &[u8], mode: Mode) -> io::Result<PathBuf> {
        self.step(folder, |disk| disk.write_beside(folder, bytes, mode))
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(to, |disk| disk.rename(from, to))
    }
    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        self.removal(path, |disk| disk.remove_file(path))
    }
    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        self.removal(path, |disk| disk.remove_folder(path))
    }
}

/// The file or folder that an error names.
fn named(error: &DiskError) -> &Path {
    match error {
        DiskError::Write { path, .. } | DiskError::Folder { path, .. } => path,
        other => panic!("{other}"),
    }
}

#[test]
fn wherever_one_step_fails_the_error_names_it_and_the_next_render_repairs() {
    let (before, after) = two_states();
    let (old, new) = old_and_new(&before, &after);
    let (mut cases, mut littered) = (0, 0);
    for (how, kind) in [
        (How::Undone, ErrorKind::StorageFull),
        (How::Done, ErrorKind::TimedOut),
        (How::NothingGoes, ErrorKind::ReadOnlyFilesystem),
    ] {
        let mut ended = false;
        for step in 0.. {
            let dir = folder();
            start(dir.path(), &before);
            let mut disk = Failing::at(step, how, kind);
            let plan = after.plan(dir.path()).unwrap();
            let Err(error) = plan.apply_with(dir.path(), &mut disk) else {
                assert!(!disk.failed, "step {step} failed and nobody heard of it");
                ended = true;
                break;
            };
            let case = format!("{how:?} {kind:?} {step}: {error}");
            assert!(disk.failed, "{case}");
            assert!(named(&error).starts_with(&disk.at), "{case}");
            assert!(
                error.to_string().contains(&kind.to_string()),
                "{case} does not say why"
            );

            let mut half = everything(dir.path());
            let litter = half.keys().filter(|name| name.contains(".agcgen-")).count();
            assert!(litter <= usize::from(how != How::Undone), "{case}: litter");
            littered += litter;
            half.retain(|name, _| !name.contains(".agcgen-") && name != LOCK);
            for (name, content) in &half {
                let known = [old.get(name), new.get(name)];
                assert!(known.contains(&Some(content)), "{case}: {name}");
            }
            for (name, _) in old.iter().filter(|(name, _)| new.contains_key(*name)) {
                assert!(name == LOCK || half.contains_key(name), "{case}: {name}");
            }
            assert!(
                after.plan(dir.path()).unwrap().refusal().is_none(),
                "{case}"
            );

            after.done(dir.path());
            assert_eq!(everything(dir.path()), new, "{case}");
            cases += 1;
        }
        assert!(ended);
    }
    assert!(cases > 3 * 20, "only {cases} cases");
    // Of seven files, what was written and not renamed could not be removed, and was cleared away later.
    assert_eq!(littered, 7 * 2);
}
