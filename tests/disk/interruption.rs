//! A render that is stopped after every single step.

use super::*;

/// Stops before the step after `left` steps, and stays stopped, as a killed process would.
struct Stopping {
    left: usize,
    disk: RealSteps,
}

impl Stopping {
    fn after(left: usize) -> Self {
        Self {
            left,
            disk: RealSteps,
        }
    }

    fn step(&mut self) -> io::Result<&mut RealSteps> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| io::Error::other("stopped by the test"))
            .inspect_err(|_| self.left = 0)?;
        Ok(&mut self.disk)
    }
}

impl Steps for Stopping {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?.make_folder(path)
    }
    fn write_beside(&mut self, folder: &Path, bytes: &[u8], mode: Mode) -> io::Result<PathBuf> {
        self.step()?.write_beside(folder, bytes, mode)
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?.rename(from, to)
    }
    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        self.step()?.remove_file(path)
    }
    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?.remove_folder(path)
    }
}

/// Applies a render and stops it after so many steps. Whether it was stopped.
fn stop(render: &Render, dir: &Path, steps: usize) -> bool {
    match render
        .plan(dir)
        .unwrap()
        .apply_with(dir, &mut Stopping::after(steps))
    {
        Ok(_) => false,
        Err(DiskError::Write { .. } | DiskError::Folder { .. }) => true,
        Err(other) => panic!("{other}"),
    }
}

/// Two states of a spec that differ in every way: a file new, changed, removed with its folders, of another mode, kept; the late
/// values rewritten; objects come and go.
pub(crate) fn two_states() -> (Render, Render) {
    let mut before = shop();
    before.files.push(plain("k8s/old/deep/one.yaml", "1"));
    before.files.push(plain("k8s/old/two.yaml", "2"));
    before
        .files
        .push(seeded(vec![slot("A_CLIENT_ID", "A_CLIENT_ID: old words")]));
    before.files.push(plain("tools/run", "run"));
    let mut after = shop();
    after.files[1] = plain("infra/main.bicep", "param b string\n");
    after.files[2] = plain("k8s/routes/api.yaml", "kind: GRPCRoute\n");
    after
        .files
        .push(seeded(vec![slot("A_CLIENT_ID", "A_CLIENT_ID: new words")]));
    after.files.push(program("tools/run", "run"));
    after.files.push(plain("infra/modules/new.bicep", "new"));
    after.objects = vec![
        object("Namespace", None, "shop"),
        object("ConfigMap", Some("shop"), "c"),
    ];
    (before, after)
}

pub(crate) fn start(dir: &Path, before: &Render) {
    before.done(dir);
    let mut late = fs::OpenOptions::new()
        .append(true)
        .open(dir.join(LATE))
        .unwrap();
    io::Write::write_all(&mut late, format!("A_CLIENT_ID={GUID}\n").as_bytes()).unwrap();
}

/// What lies in a folder with the old state, and after a whole render of the new one.
pub(crate) fn old_and_new(before: &Render, after: &Render) -> (Contents, Contents) {
    let (old, new) = (folder(), folder());
    start(old.path(), before);
    start(new.path(), before);
    after.done(new.path());
    (everything(old.path()), everything(new.path()))
}

/// Applies a render, and says in how many steps.
fn steps_of(render: &Render, dir: &Path) -> usize {
    let mut steps = Stopping::after(usize::MAX);
    let plan = render.plan(dir).unwrap();
    plan.apply_with(dir, &mut steps).unwrap();
    usize::MAX - steps.left
}

/// Runs `then` on the folder of a render that was stopped after 0, 1, 2, … steps, and of one that was not stopped.
fn at_every_stop(before: &Render, after: &Render, then: impl Fn(&Path)) {
    let started = || {
        let dir = folder();
        start(dir.path(), before);
        dir
    };
    let all = steps_of(after, started().path());
    assert!(all > 20, "only {all} steps");
    for steps in 0..=all {
        let dir = started();
        assert_eq!(stop(after, dir.path(), steps), steps < all, "{steps}");
        then(dir.path());
    }
}

#[test]
fn stopped_anywhere_every_file_is_old_or_new() {
    let (before, after) = two_states();
    let (old, new) = old_and_new(&before, &after);
    at_every_stop(&before, &after, |dir| {
        let mut half = everything(dir);
        half.retain(|name, _| !name.contains(".agcgen-"));
        let lock = String::from_utf8(half.remove(LOCK).unwrap().0).unwrap();
        for (name, content) in &half {
            let known = [old.get(name), new.get(name)];
            assert!(
                known.contains(&Some(content)),
                "{name} is neither old nor new"
            );
        }
        // In between, the lock keeps the objects of both.
        let touched = half
            .iter()
            .any(|(name, content)| old.get(name) != Some(content) && !name.ends_with('/'));
        let finished = new
            .iter()
            .all(|(name, content)| name == LOCK || half.get(name) == Some(content));
        if touched && !finished {
            for object in [
                "object\tv1\tService\tshop\tapi\n",
                "object\tv1\tConfigMap\tshop\tc\n",
            ] {
                assert!(lock.contains(object), "{lock}");
            }
        }
    });
}

#[test]
fn stopped_anywhere_the_next_render_finishes_the_work() {
    let (before, after) = two_states();
    let expected = folder();
    start(expected.path(), &before);
    after.done(expected.path());
    let expected = everything(expected.path());
    at_every_stop(&before, &after, |dir| {
        for difference in after.differences(dir) {
            assert!(
                matches!(
                    difference.kind,
                    DifferenceKind::Missing
                        | DifferenceKind::Stale
                        | DifferenceKind::WrongMode
                        | DifferenceKind::Orphaned
                ),
                "{difference}"
            );
        }
        after.done(dir);
        assert_eq!(everything(dir), expected);
    });
}

#[test]
fn stopped_anywhere_another_spec_can_be_rendered() {
    let (before, after) = two_states();
    let third = Render::of(vec![
        plain("README.md", "third"),
        plain("infra/main.bicep", "param c string\n"),
        plain("k8s/old/two.yaml", "third"),
    ]);
    for next in [&before, &third] {
        let expected = folder();
        start(expected.path(), &before);
        next.done(expected.path());
        let expected = everything(expected.path());
        at_every_stop(&before, &after, |dir| {
            next.done(dir);
            let mut got = everything(dir);
            let mut expected = expected.clone();
            if got.contains_key(LATE) {
                // The value stays, but a rewrite may have moved it.
                let late = |all: &mut BTreeMap<String, (Vec<u8>, bool)>| {
                    String::from_utf8(all.remove(LATE).unwrap().0).unwrap()
                };
                let mut lines: Vec<Vec<String>> = [late(&mut got), late(&mut expected)]
                    .iter()
                    .map(|text| {
                        text.lines()
                            .filter(|line| !line.is_empty())
                            .map(str::to_owned)
                            .collect()
                    })
                    .collect();
                for lines in &mut lines {
                    lines.sort();
                }
                assert_eq!(lines[0], lines[1]);
            }
            assert_eq!(got, expected);
        });
    }
}

#[test]
fn stopped_again_and_again_it_still_ends() {
    let (before, after) = two_states();
    let expected = folder();
    start(expected.path(), &before);
    after.done(expected.path());
    let mut stops = 0;
    for first in [3, 7, 11, 16] {
        for second in 0..30 {
            let dir = folder();
            start(dir.path(), &before);
            assert!(stop(&after, dir.path(), first));
            stops += usize::from(stop(&before, dir.path(), second));
            stops += usize::from(stop(&after, dir.path(), second / 2));
            after.done(dir.path());
            assert_eq!(
                everything(dir.path()).into_keys().collect::<Vec<_>>(),
                names(expected.path())
            );
            assert_eq!(read(dir.path(), LOCK), read(expected.path(), LOCK));
        }
    }
    assert!(stops > 100, "stopped again only {stops} times");
}

#[test]
fn a_stopped_first_render_leaves_nothing_that_the_next_one_minds() {
    let expected = folder();
    let after = two_states().1;
    after.done(expected.path());
    let expected = everything(expected.path());
    for steps in 0..60 {
        let dir = folder();
        let out = dir.path().join("out");
        let stopped = stop(&after, &out, steps);
        after.done(&out);
        assert_eq!(everything(&out), expected);
        // Seven folders are made once each, the lock and seven files are written and renamed. Where nothing is old, the journal
        // already is the lock to come.
        assert_eq!(stopped, steps < 7 + 2 * 8, "{steps}");
    }
}

#[test]
fn a_stopped_forced_render_is_finished_without_force() {
    let mut before = shop();
    before.files.push(plain("k8s/old.yaml", "old"));
    let mut after = shop();
    after.files.push(plain("infra/new.bicep", "ours"));
    let edited = || {
        let dir = folder();
        before.done(dir.path());
        for edited in ["README.md", "infra/main.bicep", "k8s/old.yaml"] {
            put(dir.path(), edited, "edited");
        }
        put(dir.path(), "infra/new.bicep", "theirs");
        dir
    };
    let forced = after.clone().forced();
    let all = steps_of(&forced, edited().path());
    assert!(all > 10, "only {all} steps");
    for steps in 0..=all {
        let dir = edited();
        assert_eq!(stop(&forced, dir.path(), steps), steps < all, "{steps}");
        // The journal is there after its folder, its text and its name.
        if steps >= 3 {
            after.done(dir.path());
        } else {
            after.refused(dir.path());
        }
    }
}

#[test]
fn a_scoped_render_after_a_stop_keeps_the_rows_of_the_rest() {
    let (before, after) = two_states();
    let expected = folder();
    start(expected.path(), &before);
    after.done(expected.path());
    let expected = everything(expected.path());
    at_every_stop(&before, &after, |dir| {
        let changes = after.clone().only(Scope::Infra).apply(dir).unwrap();
        assert!(
            changes
                .iter()
                .all(|change| change.contains("infra/") || change.contains(LOCK))
        );
        after.done(dir);
        assert_eq!(everything(dir), expected);
    });
}

#[test]
fn after_a_stop_an_edit_is_still_noticed_and_kept() {
    let (before, after) = two_states();
    let edited = ["README.md", "infra/main.bicep", "k8s/old/two.yaml"];
    at_every_stop(&before, &after, |dir| {
        let there: Vec<&str> = edited
            .into_iter()
            .filter(|at| dir.join(at).exists())
            .collect();
        for at in &there {
            put(dir, at, "a person's\n");
        }
        let refusal = after.refused(dir);
        let named: Vec<&str> = refusal.files.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(named, there);
        for file in &refusal.files {
            let diff = file.diff().unwrap_or_default();
            let orphan = file.kind == DifferenceKind::HandEditedOrphan;
            assert!(orphan || diff.contains("-a person's\n"), "{file}: {diff}");
        }
        after.clone().forced().done(dir);
        assert_eq!(read(dir, "infra/main.bicep"), "param b string\n");
    });
}

#[test]
fn a_failing_disk_leaves_no_litter() {
    struct NoRename(RealSteps);
    impl Steps for NoRename {
        fn make_folder(&mut self, path: &Path) -> io::Result<()> {
            self.0.make_folder(path)
        }
        fn write_beside(&mut self, folder: &Path, bytes: &[u8], mode: Mode) -> io::Result<PathBuf> {
            self.0.write_beside(folder, bytes, mode)
        }
        fn rename(&mut self, _: &Path, to: &Path) -> io::Result<()> {
            Err(io::Error::other(format!("no place for {}", to.display())))
        }
        fn remove_file(&mut self, path: &Path) -> io::Result<()> {
            self.0.remove_file(path)
        }
        fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
            self.0.remove_folder(path)
        }
    }
    let dir = folder();
    let shop = shop();
    let plan = shop.plan(dir.path()).unwrap();
    let error = plan
        .apply_with(dir.path(), &mut NoRename(RealSteps))
        .unwrap_err();
    assert!(
        error.to_string().contains("agcgen.lock cannot be written"),
        "{error}"
    );
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn only_files_that_a_killed_render_left_are_cleared_away() {
    let dir = folder();
    shop().done(dir.path());
    put(dir.path(), ".agcgen-abc123.tmp", "half");
    put(dir.path(), "k8s/routes/.agcgen-xyz.tmp", "half");
    put(dir.path(), ".agcgen-notes.md", "mine");
    put(
        dir.path(),
        "other/.agcgen-abc.tmp",
        "not where agcgen writes",
    );
    assert_eq!(shop().apply(dir.path()).unwrap(), Vec::<String>::new());
    let left: Vec<String> = names(dir.path())
        .into_iter()
        .filter(|name| name.contains(".agcgen-"))
        .collect();
    assert_eq!(left, [".agcgen-notes.md", "other/.agcgen-abc.tmp"]);
}

#[test]
fn a_file_that_comes_back_after_a_stop_is_still_ours() {
    let dir = folder();
    shop().done(dir.path());
    fs::remove_file(dir.path().join("infra/main.bicep")).unwrap();
    let mut next = shop();
    next.files[1] = plain("infra/main.bicep", "param b string\n");
    // The journal is written, and nothing else.
    assert!(stop(&next, dir.path(), 3));
    put(dir.path(), "infra/main.bicep", "param a string\n");
    assert_eq!(
        next.done(dir.path()),
        ["~ agcgen.lock", "~ infra/main.bicep"]
    );
}

#[test]
fn a_generated_file_that_becomes_a_seeded_one_can_be_stopped_too() {
    let after = Render::of(vec![seeded(vec![slot("A", "A: a")])]);
    for steps in 0..12 {
        let dir = folder();
        Render::of(vec![plain(LATE, "generated: text\n")]).done(dir.path());
        let stopped = stop(&after, dir.path(), steps);
        after.done(dir.path());
        assert_eq!(read(dir.path(), LATE), "# Late values of shop.\n\n# A: a\n");
        // Four for the file and two for the lock, whose folder is open by then. The old lock already is the journal: the coming
        // content has no hash.
        assert_eq!(stopped, steps < 4 + 2, "{steps}");
    }
}
