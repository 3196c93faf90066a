//! The output folder: what a render writes, keeps, removes and refuses, and that it can be stopped anywhere.
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

// ---------------------------------------------------------------------------------------------------------------- scaffolding

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

    fn plan(&self, dir: &Path) -> Result<Plan, DiskError> {
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

/// Every file, folder (with `/`) and symlink (with `@`) below a folder, with content and executable bit.
fn everything(dir: &Path) -> BTreeMap<String, (Vec<u8>, bool)> {
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

// -------------------------------------------------------------------------------------------------------------- writing, lock

#[test]
fn a_first_render_writes_files_modes_and_lock() {
    let dir = folder();
    let out = dir.path().join("new/out");
    assert_eq!(
        shop().done(&out),
        [
            "+ README.md",
            "+ agcgen.lock",
            "+ driver/agc.sh",
            "+ infra/main.bicep",
            "+ k8s/routes/api.yaml"
        ]
    );
    assert_eq!(
        names(&out),
        [
            "README.md",
            "agcgen.lock",
            "driver/",
            "driver/agc.sh",
            "infra/",
            "infra/main.bicep",
            "k8s/",
            "k8s/routes/",
            "k8s/routes/api.yaml"
        ]
    );
    assert_eq!(read(&out, "k8s/routes/api.yaml"), "kind: HTTPRoute\n");
}

#[test]
fn the_lock_is_tab_separated_and_known_to_the_byte() {
    let dir = folder();
    let mut render = Render::of(vec![
        program("driver/agc.sh", "abc"),
        plain("README.md", ""),
        seeded(vec![]),
    ]);
    render.objects = vec![
        object("Service", Some("shop"), "api"),
        object("Namespace", None, "shop"),
        object("Service", Some("shop"), "api"),
    ];
    render.done(dir.path());
    // The hashes are those of the SHA-256 standard's examples.
    let expected = "agcgen-lock\t1\nagcgen\t".to_owned()
        + env!("CARGO_PKG_VERSION")
        + "\nfile\tplain\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\tREADME.md\n\
           file\texecutable\tba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\tdriver/agc.sh\n\
           file\tplain\t-\tk8s/platform/late-values.env\n\
           object\tv1\tNamespace\t-\tshop\n\
           object\tv1\tService\tshop\tapi\n";
    assert_eq!(read(dir.path(), LOCK), expected);
}

#[cfg(unix)]
#[test]
fn modes_follow_the_umask() {
    let dir = folder();
    let out = dir.path().join("out");
    shop().done(&out);
    put(dir.path(), "probe", "");
    let umasked = mode_bits(&dir.path().join("probe"));
    assert_eq!(mode_bits(&out.join("README.md")), umasked);
    assert_eq!(mode_bits(&out.join(LOCK)), umasked);
    let folder_bits = mode_bits(&out);
    assert_eq!(mode_bits(&out.join("driver/agc.sh")), folder_bits);
}

#[cfg(unix)]
#[test]
fn a_lost_executable_bit_is_mended_and_nothing_else_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder();
    shop().done(dir.path());
    fs::set_permissions(
        dir.path().join("driver/agc.sh"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let kinds = shop().kinds(dir.path());
    assert_eq!(
        kinds,
        [("driver/agc.sh".to_owned(), DifferenceKind::WrongMode)]
    );
    assert_eq!(shop().done(dir.path()), ["~ driver/agc.sh"]);
    assert!(is_executable(&dir.path().join("driver/agc.sh")));
}

#[cfg(unix)]
#[test]
fn unchanged_files_keep_inode_and_time() {
    use std::os::unix::fs::MetadataExt as _;
    let stamp = |dir: &Path, at: &str| {
        let metadata = fs::metadata(dir.join(at)).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    };
    let dir = folder();
    shop().done(dir.path());
    let (readme, infra, lock) = (
        stamp(dir.path(), "README.md"),
        stamp(dir.path(), "infra/main.bicep"),
        stamp(dir.path(), LOCK),
    );
    assert_eq!(shop().apply(dir.path()).unwrap(), Vec::<String>::new());
    assert_eq!(stamp(dir.path(), LOCK), lock);
    let mut next = shop();
    next.files[1].text = "param b string\n".to_owned();
    assert_eq!(
        next.done(dir.path()),
        ["~ agcgen.lock", "~ infra/main.bicep"]
    );
    assert_eq!(stamp(dir.path(), "README.md"), readme);
    assert_ne!(stamp(dir.path(), "infra/main.bicep"), infra);
    assert_eq!(read(dir.path(), "infra/main.bicep"), "param b string\n");
}

#[test]
fn the_same_render_gives_the_same_bytes_from_any_history() {
    let (straight, winding) = (folder(), folder());
    shop().done(straight.path());
    fs::create_dir_all(winding.path().join("infra/modules")).unwrap();
    Render::of(vec![plain("x/y/z", "1"), plain("README.md", "old")]).done(winding.path());
    shop().done(winding.path());
    fs::remove_dir(winding.path().join("infra/modules")).unwrap();
    assert_eq!(everything(straight.path()), everything(winding.path()));
}

#[test]
fn what_is_no_longer_generated_is_removed_with_its_empty_folders() {
    let dir = folder();
    Render::of(vec![
        plain("README.md", "r"),
        plain("k8s/a/b/c.yaml", "1"),
        plain("k8s/a/d.yaml", "2"),
        plain("k8s/e/f.yaml", "3"),
    ])
    .done(dir.path());
    put(dir.path(), "k8s/e/mine.txt", "mine");
    let changes = Render::of(vec![plain("README.md", "r")]).done(dir.path());
    assert_eq!(
        changes,
        [
            "~ agcgen.lock",
            "- k8s/a/b/c.yaml",
            "- k8s/a/d.yaml",
            "- k8s/e/f.yaml"
        ]
    );
    assert_eq!(
        names(dir.path()),
        [
            "README.md",
            "agcgen.lock",
            "k8s/",
            "k8s/e/",
            "k8s/e/mine.txt"
        ]
    );
}

#[test]
fn the_output_folder_itself_stays() {
    let dir = folder();
    Render::of(vec![plain("a/b", "1")]).done(dir.path());
    Render::of(vec![]).done(dir.path());
    assert_eq!(names(dir.path()), ["agcgen.lock"]);
}

#[test]
fn files_of_others_are_never_touched() {
    let dir = folder();
    put(dir.path(), "infra/notes.md", "mine");
    put(dir.path(), ".git/config", "git's");
    shop().done(dir.path());
    Render::of(vec![]).done(dir.path());
    assert_eq!(
        names(dir.path()),
        [
            ".git/",
            ".git/config",
            "agcgen.lock",
            "infra/",
            "infra/notes.md"
        ]
    );
}

#[test]
fn a_file_that_somebody_removed_is_written_again() {
    let dir = folder();
    shop().done(dir.path());
    fs::remove_dir_all(dir.path().join("infra")).unwrap();
    let kinds = shop().kinds(dir.path());
    assert_eq!(
        kinds,
        [("infra/main.bicep".to_owned(), DifferenceKind::Missing)]
    );
    assert_eq!(shop().done(dir.path()), ["+ infra/main.bicep"]);
}

#[test]
fn a_removed_file_that_is_no_longer_wanted_is_forgotten() {
    let dir = folder();
    shop().done(dir.path());
    fs::remove_file(dir.path().join("k8s/routes/api.yaml")).unwrap();
    let mut next = shop();
    next.files.remove(2);
    assert_eq!(next.done(dir.path()), ["~ agcgen.lock"]);
    assert!(!dir.path().join("k8s").exists());
}

// -------------------------------------------------------------------------------------------------------------------- refusals

#[test]
fn a_foreign_file_is_refused_and_nothing_is_written() {
    let dir = folder();
    put(dir.path(), "README.md", "my own readme\n");
    let refusal = shop().refused(dir.path());
    assert_eq!(refusal.files.len(), 1);
    assert_eq!(refusal.files[0].kind, DifferenceKind::Foreign);
    let text = refusal.to_string();
    assert!(
        text.contains("README.md was not written by agcgen"),
        "{text}"
    );
    assert!(text.contains("--force"), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(
        shop()
            .forced()
            .done(dir.path())
            .contains(&"~ README.md".to_owned())
    );
    assert_eq!(read(dir.path(), "README.md"), "# Shop\n");
}

#[test]
fn an_equal_foreign_file_is_adopted() {
    let dir = folder();
    put(dir.path(), "README.md", "# Shop\n");
    assert!(
        !shop()
            .done(dir.path())
            .iter()
            .any(|change| change.contains("README"))
    );
    // Now it is ours: it can be changed and removed.
    let mut next = shop();
    next.files.remove(0);
    assert_eq!(next.done(dir.path()), ["- README.md", "~ agcgen.lock"]);
}

#[test]
fn a_hand_edited_file_is_refused_with_a_diff() {
    let dir = folder();
    shop().done(dir.path());
    put(
        dir.path(),
        "infra/main.bicep",
        "param a string\nparam mine int\n",
    );
    let refusal = shop().refused(dir.path());
    let [edited] = &refusal.files[..] else {
        panic!("{refusal:?}")
    };
    assert_eq!(edited.kind, DifferenceKind::HandEdited);
    assert_eq!(
        edited.diff().unwrap(),
        "--- infra/main.bicep (on disk)\n+++ infra/main.bicep (rendered)\n@@ -1,2 +1 @@\n param a string\n-param mine int\n"
    );
    assert!(
        refusal
            .to_string()
            .contains("infra/main.bicep was edited by hand")
    );
    assert_eq!(shop().forced().done(dir.path()), ["~ infra/main.bicep"]);
}

#[test]
fn an_edit_that_equals_the_next_render_is_no_edit() {
    let dir = folder();
    shop().done(dir.path());
    put(dir.path(), "README.md", "# Shop, second edition\n");
    let mut next = shop();
    next.files[0].text = "# Shop, second edition\n".to_owned();
    assert_eq!(next.done(dir.path()), ["~ agcgen.lock"]);
}

#[test]
fn a_hand_edited_file_that_is_no_longer_generated_is_refused() {
    let dir = folder();
    shop().done(dir.path());
    put(dir.path(), "k8s/routes/api.yaml", "edited\n");
    let mut next = shop();
    next.files.remove(2);
    let refusal = next.refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::HandEditedOrphan);
    assert_eq!(
        next.forced().done(dir.path()),
        ["~ agcgen.lock", "- k8s/routes/api.yaml"]
    );
    assert!(!dir.path().join("k8s").exists());
}

#[test]
fn all_refused_files_are_named_at_once() {
    let dir = folder();
    shop().done(dir.path());
    put(dir.path(), "README.md", "1");
    put(dir.path(), "infra/main.bicep", "2");
    put(dir.path(), "driver/agc.sh", "3");
    let refusal = shop().refused(dir.path());
    let paths: Vec<String> = refusal
        .files
        .iter()
        .map(|file| file.path.to_string())
        .collect();
    assert_eq!(paths, ["README.md", "driver/agc.sh", "infra/main.bicep"]);
    assert!(
        refusal.to_string().contains("and 2 more files"),
        "{refusal}"
    );
}

#[cfg(unix)]
mod symlinks {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn in_place_of_a_folder_are_refused_even_by_force() {
        let (dir, outside) = (folder(), folder());
        put(outside.path(), "main.bicep", "theirs");
        symlink(outside.path(), dir.path().join("infra")).unwrap();
        for render in [shop(), shop().forced()] {
            let refusal = render.refused(dir.path());
            let kind = DifferenceKind::Blocked(Obstacle::SymlinkOnTheWay(path("infra")));
            assert_eq!(refusal.files[0].kind, kind);
            let text = refusal.to_string();
            assert!(
                text.contains("infra/main.bicep lies behind the symlink infra"),
                "{text}"
            );
        }
        assert_eq!(read(outside.path(), "main.bicep"), "theirs");
    }

    #[test]
    fn in_place_of_a_file_are_refused_even_by_force() {
        let (dir, outside) = (folder(), folder());
        put(outside.path(), "readme", "# Shop\n");
        symlink(outside.path().join("readme"), dir.path().join("README.md")).unwrap();
        for render in [shop(), shop().forced()] {
            let refusal = render.refused(dir.path());
            assert_eq!(
                refusal.files[0].kind,
                DifferenceKind::Blocked(Obstacle::Symlink)
            );
        }
    }

    #[test]
    fn are_not_followed_to_remove_a_file() {
        let (dir, outside) = (folder(), folder());
        shop().done(dir.path());
        fs::rename(dir.path().join("k8s"), outside.path().join("k8s")).unwrap();
        symlink(outside.path().join("k8s"), dir.path().join("k8s")).unwrap();
        let mut next = shop();
        next.files.remove(2);
        next.refused(dir.path());
        assert_eq!(
            read(outside.path(), "k8s/routes/api.yaml"),
            "kind: HTTPRoute\n"
        );
    }

    #[test]
    fn that_appear_while_writing_are_not_followed() {
        let (dir, outside) = (folder(), folder());
        shop().done(dir.path());
        let mut next = shop();
        next.files[1].text = "new\n".to_owned();
        let plan = next.plan(dir.path()).unwrap();
        fs::rename(dir.path().join("infra"), outside.path().join("infra")).unwrap();
        symlink(outside.path().join("infra"), dir.path().join("infra")).unwrap();
        let error = plan.apply(dir.path()).unwrap_err();
        assert!(matches!(error, DiskError::Moved { .. }), "{error}");
        assert_eq!(read(outside.path(), "infra/main.bicep"), "param a string\n");
    }

    #[test]
    fn in_place_of_the_lock_are_refused() {
        let dir = folder();
        put(dir.path(), "elsewhere", "agcgen-lock\t1\n");
        symlink("elsewhere", dir.path().join(LOCK)).unwrap();
        let error = shop().apply(dir.path()).unwrap_err();
        assert!(matches!(error, DiskError::LockInTheWay { .. }), "{error}");
        assert_eq!(read(dir.path(), "elsewhere"), "agcgen-lock\t1\n");
    }

    #[test]
    fn as_the_output_folder_are_fine() {
        let dir = folder();
        fs::create_dir(dir.path().join("real")).unwrap();
        symlink("real", dir.path().join("out")).unwrap();
        shop().done(&dir.path().join("out"));
        assert_eq!(read(dir.path(), "real/README.md"), "# Shop\n");
    }

    #[test]
    fn that_lead_nowhere_are_no_output_folder() {
        let dir = folder();
        symlink("nowhere", dir.path().join("out")).unwrap();
        let error = shop().apply(&dir.path().join("out")).unwrap_err();
        assert!(matches!(error, DiskError::Folder { .. }), "{error}");
    }

    #[test]
    fn a_pipe_in_place_of_a_file_does_not_hang() {
        let dir = folder();
        let made = std::process::Command::new("mkfifo")
            .arg(dir.path().join("README.md"))
            .status()
            .unwrap();
        assert!(made.success());
        let kinds = Render::of(vec![plain("README.md", "x")])
            .plan(dir.path())
            .unwrap();
        let kind = &kinds.refusal().unwrap().files[0].kind;
        assert_eq!(*kind, DifferenceKind::Blocked(Obstacle::NotAFile));
    }
}

#[test]
fn a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder_are_refused() {
    let dir = folder();
    fs::create_dir(dir.path().join("README.md")).unwrap();
    put(dir.path(), "infra", "a file");
    let refusal = shop().forced().refused(dir.path());
    let kinds: Vec<&DifferenceKind> = refusal.files.iter().map(|file| &file.kind).collect();
    assert_eq!(
        kinds,
        [
            &DifferenceKind::Blocked(Obstacle::NotAFile),
            &DifferenceKind::Blocked(Obstacle::NoFolderOnTheWay(path("infra")))
        ]
    );
}

#[test]
fn an_output_folder_that_is_a_file_or_cannot_be_made_is_a_plain_error() {
    let dir = folder();
    put(dir.path(), "out", "a file");
    let error = shop().apply(&dir.path().join("out")).unwrap_err();
    assert!(matches!(error, DiskError::NotAFolder(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("out is not a folder") && text.contains("-o"),
        "{text}"
    );

    let error = shop().apply(&dir.path().join("out/below")).unwrap_err();
    assert!(matches!(error, DiskError::Folder { .. }), "{error}");
    assert!(
        error.to_string().contains("below cannot be used"),
        "{error}"
    );
    assert_eq!(names(dir.path()), ["out"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_folder_where_nobody_can_write_is_a_plain_error() {
    // Not even root makes a folder in /proc.
    let error = shop().apply(Path::new("/proc/agcgen-out")).unwrap_err();
    assert!(matches!(error, DiskError::Folder { .. }), "{error}");
}

#[test]
fn binary_content_in_place_of_a_file_does_not_panic() {
    let dir = folder();
    shop().done(dir.path());
    for bytes in [&b"\xff\xfe\x00\x80"[..], b"a\x1b[31mred\n", b"nul\0\n"] {
        put(dir.path(), "README.md", bytes);
        let differences = shop().differences(dir.path());
        assert_eq!(differences[0].kind, DifferenceKind::HandEdited);
        assert_eq!(differences[0].diff(), None);
        shop().refused(dir.path());
    }
}

#[test]
fn requests_that_contradict_themselves_are_bugs() {
    let dir = folder();
    let two = |a: &str, b: &str| Render::of(vec![plain(a, "1"), plain(b, "2")]);
    let mut tabbed = shop();
    tabbed.objects[0].name = "a\tb".to_owned();
    let mut nameless = shop();
    nameless.objects[0].namespace = Some(String::new());
    let cases = [
        two("a.yaml", "a.yaml"),
        two("k8s/a.yaml", "k8s/A.yaml"),
        two("k8s", "k8s/a.yaml"),
        two("README.md", "agcgen.lock"),
        Render::of(vec![seeded(vec![slot("A", "a"), slot("A", "b")])]),
        Render::of(vec![seeded(vec![slot("A B", "a")])]),
        tabbed,
        nameless,
    ];
    for case in cases {
        let error = case.apply(dir.path()).unwrap_err();
        assert!(matches!(error, DiskError::Bug(_)), "{error}");
    }
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn paths_stay_inside_the_output_folder() {
    for bad in [
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "./a",
        "a\\b",
        "c:a",
        "a\tb",
        "a\nb",
        ".git/config",
        "x/.GIT",
        "a ",
        "b./c",
    ] {
        assert!(OutputPath::new(bad).is_err(), "{bad:?}");
    }
    for good in ["a", "a/b/c.yaml", ".gitattributes", "a b", "größe", "..a"] {
        assert_eq!(OutputPath::new(good).unwrap().as_str(), good);
    }
}

// --------------------------------------------------------------------------------------------------------------- lock, damaged

#[test]
fn a_lock_of_a_later_format_is_refused() {
    let dir = folder();
    shop().done(dir.path());
    put(
        dir.path(),
        LOCK,
        "agcgen-lock\t7\nagcgen\t9.0.0\nsomething\tnew\n",
    );
    let before = everything(dir.path());
    let error = shop().forced().apply(dir.path()).unwrap_err();
    assert!(
        matches!(
            error,
            DiskError::LockNewer {
                found: 7,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("format 7"), "{error}");
    assert_eq!(everything(dir.path()), before);
}

#[test]
fn a_damaged_lock_is_named_by_its_line() {
    let dir = folder();
    let hash = "a".repeat(64);
    let head = "agcgen-lock\t1\nagcgen\t0.1.0\n";
    let cases: [(Vec<u8>, usize); 9] = [
        (b"".to_vec(), 1),
        (b"hello\n".to_vec(), 1),
        (b"agcgen-lock\tone\n".to_vec(), 1),
        (
            format!("{head}file\tplain\t{hash}\t../../etc/passwd\n").into(),
            3,
        ),
        (
            format!("{head}file\tplain\t{hash}\t.git/config\n").into(),
            3,
        ),
        (format!("{head}file\tplain\tabc\ta\n").into(), 3),
        (format!("{head}object\tv1\tNamespace\t\tshop\n").into(), 3),
        (
            format!("{head}file\tplain\t{hash}\tagcgen.lock\n").into(),
            3,
        ),
        ([head.as_bytes(), b"agcgen\t1\n\xff\n"].concat(), 4),
    ];
    for (bytes, expected) in cases {
        put(dir.path(), LOCK, &bytes);
        let error = shop().apply(dir.path()).unwrap_err();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            matches!(&error, DiskError::LockMalformed { line, .. } if *line == expected),
            "{shown}: {error}"
        );
        assert_eq!(names(dir.path()), ["agcgen.lock"]);
    }
}

#[test]
fn a_lost_lock_is_made_again_from_equal_files() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    fs::remove_file(dir.path().join(LOCK)).unwrap();
    assert_eq!(
        shop().kinds(dir.path()),
        [(LOCK.to_owned(), DifferenceKind::Missing)]
    );
    assert_eq!(shop().done(dir.path()), ["+ agcgen.lock"]);
    assert_eq!(read(dir.path(), LOCK), lock);
}

/// Two branches rendered two specs, and git could merge the files but not the lock.
#[test]
fn a_lock_with_conflict_markers_is_rebuilt() {
    let (ours, theirs) = (folder(), folder());
    let (mut left, mut right) = (shop(), shop());
    left.files[0].text = "left\n".to_owned();
    left.files.push(plain("k8s/workloads/left.yaml", "left"));
    right.files[1].text = "right\n".to_owned();
    right.files.push(plain("k8s/workloads/right.yaml", "right"));
    left.done(ours.path());
    right.done(theirs.path());
    let conflict = format!(
        "<<<<<<< HEAD\n{}||||||| 1234567\n=======\n{}>>>>>>> their-branch\n",
        read(ours.path(), LOCK),
        read(theirs.path(), LOCK)
    );
    put(ours.path(), LOCK, conflict);
    put(ours.path(), "infra/main.bicep", "right\n");
    put(ours.path(), "k8s/workloads/right.yaml", "right");

    let mut merged = shop();
    merged.files[0].text = "merged\n".to_owned();
    merged.files[1].text = "merged\n".to_owned();
    let request = Request {
        files: &merged.files,
        objects: &[],
        scope: Scope::Everything,
        force: false,
    };
    assert!(
        Tree::read(ours.path(), &request)
            .unwrap()
            .lock_was_conflicted()
    );
    assert_eq!(
        merged.done(ours.path()),
        [
            "~ README.md",
            "~ agcgen.lock",
            "~ infra/main.bicep",
            "- k8s/workloads/left.yaml",
            "- k8s/workloads/right.yaml"
        ]
    );
    let fresh = folder();
    merged.done(fresh.path());
    assert_eq!(everything(ours.path()), everything(fresh.path()));
}

#[test]
fn after_a_conflict_a_merged_file_is_explained() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    put(
        dir.path(),
        LOCK,
        format!("<<<<<<< HEAD\n{lock}=======\n{lock}>>>>>>> x\n"),
    );
    put(dir.path(), "README.md", "merged by git\n");
    let refusal = shop().refused(dir.path());
    assert!(refusal.after_merge);
    assert!(
        refusal.to_string().contains("merged with conflicts"),
        "{refusal}"
    );
}

#[test]
fn a_conflicted_lock_of_a_later_format_on_one_side_is_refused() {
    let dir = folder();
    put(
        dir.path(),
        LOCK,
        "<<<<<<< HEAD\nagcgen-lock\t1\n=======\nagcgen-lock\t2\nnew\n>>>>>>> x\n",
    );
    let error = shop().apply(dir.path()).unwrap_err();
    assert!(
        matches!(error, DiskError::LockNewer { found: 2, .. }),
        "{error}"
    );
}

// ----------------------------------------------------------------------------------------------------------------------- scope

#[test]
fn a_scope_limits_what_is_written_removed_and_judged() {
    let dir = folder();
    let mut first = shop();
    first.files.push(plain("infra/modules/sql.bicep", "sql"));
    first.files.push(plain("k8s/workloads/old.yaml", "old"));
    first.done(dir.path());
    put(dir.path(), "infra/main.bicep", "edited by hand");
    let lock = read(dir.path(), LOCK);

    let mut next = shop().only(Scope::K8s);
    next.objects = vec![object("Secret", Some("shop"), "new")];
    for file in &mut next.files {
        file.text = "next\n".to_owned();
    }
    assert_eq!(
        next.done(dir.path()),
        [
            "~ agcgen.lock",
            "~ k8s/routes/api.yaml",
            "- k8s/workloads/old.yaml"
        ]
    );
    assert_eq!(read(dir.path(), "README.md"), "# Shop\n");
    assert_eq!(read(dir.path(), "infra/main.bicep"), "edited by hand");
    assert_eq!(read(dir.path(), "infra/modules/sql.bicep"), "sql");

    // The rows outside the scope are those of before.
    let outside = |lock: &str| -> Vec<String> {
        let rows = lock
            .lines()
            .filter(|row| row.starts_with("file") && !row.contains("\tk8s/"));
        rows.map(str::to_owned).collect()
    };
    let after = read(dir.path(), LOCK);
    assert_eq!(outside(&after), outside(&lock));
    assert_eq!(outside(&after).len(), 4);
    // The objects are those of k8s.
    let objects: Vec<&str> = after
        .lines()
        .filter(|row| row.starts_with("object"))
        .collect();
    assert_eq!(objects, ["object\tv1\tSecret\tshop\tnew"]);
}

#[test]
fn objects_survive_a_scope_without_k8s() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    let mut next = shop().only(Scope::Infra);
    next.objects.clear();
    assert_eq!(next.done(dir.path()), Vec::<String>::new());
    assert_eq!(read(dir.path(), LOCK), lock);
}

#[test]
fn files_of_the_whole_that_a_scope_leaves_behind_are_named() {
    let dir = folder();
    let mut first = shop();
    first.files.push(plain("controller/values.yaml", "v"));
    first.files.push(plain(".gitattributes", "* text eol=lf\n"));
    first.done(dir.path());
    assert_eq!(
        first
            .clone()
            .only(Scope::Driver)
            .plan(dir.path())
            .unwrap()
            .left_behind(),
        []
    );

    let mut next = first.only(Scope::Driver);
    next.files[0].text = "# Another shop\n".to_owned();
    next.files[1].text = "infra is no file of the whole".to_owned();
    next.files.remove(4);
    let plan = next.plan(dir.path()).unwrap();
    assert_eq!(
        plan.left_behind(),
        [path("README.md"), path("controller/values.yaml")]
    );
    assert!(plan.differences().is_empty());

    let empty = folder();
    let plan = next.plan(empty.path()).unwrap();
    assert_eq!(
        plan.left_behind(),
        [path(".gitattributes"), path("README.md")]
    );
}

#[test]
fn outside_the_scope_nothing_is_even_read() {
    let dir = folder();
    put(dir.path(), "k8s", "a file in place of the folder");
    fs::create_dir(dir.path().join("README.md")).unwrap();
    let changes = shop().only(Scope::Infra).done(dir.path());
    assert_eq!(changes, ["+ agcgen.lock", "+ infra/main.bicep"]);
}

#[test]
fn environments_lie_in_the_scope_of_their_half() {
    assert!(Scope::K8s.covers(&path("k8s/prod/platform/late-values.env")));
    assert!(Scope::Infra.covers(&path("infra/prod/main.bicep")));
    assert!(Scope::Driver.covers(&path("driver/prod.tsv")));
    for outside in [
        "README.md",
        ".gitattributes",
        "controller/values.yaml",
        "k8s",
        "infrastructure/x",
    ] {
        let path = path(outside);
        assert!(
            ![Scope::K8s, Scope::Infra, Scope::Driver]
                .iter()
                .any(|scope| scope.covers(&path))
        );
        assert!(Scope::Everything.covers(&path));
    }
}

// ----------------------------------------------------------------------------------------------------------------- late values

fn two_slots() -> Render {
    Render::of(vec![seeded(vec![
        slot("API_CLIENT_ID", "API_CLIENT_ID: the identity of api"),
        slot("DB_CLIENT_ID", "DB_CLIENT_ID: the identity of db"),
    ])])
}

const OPEN: &str = "# Late values of shop.\n\n# API_CLIENT_ID: the identity of api\n\n# DB_CLIENT_ID: the identity of db\n";

#[test]
fn open_late_values_have_comments_and_no_key() {
    let dir = folder();
    two_slots().done(dir.path());
    assert_eq!(read(dir.path(), LATE), OPEN);
}

#[test]
fn values_are_kept_wherever_they_stand() {
    let dir = folder();
    two_slots().done(dir.path());
    let bound = format!("{OPEN}API_CLIENT_ID={GUID}\nDB_CLIENT_ID={OTHER_GUID}\n");
    let crlf = bound.replace('\n', "\r\n");
    let cut = bound.trim_end().to_owned();
    let marked = format!("\u{feff}{bound}");
    for text in [bound, crlf, cut, marked] {
        put(dir.path(), LATE, &text);
        assert!(two_slots().kinds(dir.path()).is_empty());
        assert_eq!(two_slots().apply(dir.path()).unwrap(), Vec::<String>::new());
        assert_eq!(read(dir.path(), LATE), text);
    }
}

#[test]
fn comments_are_rewritten_and_values_kept() {
    let dir = folder();
    two_slots().done(dir.path());
    let lock = read(dir.path(), LOCK);
    put(
        dir.path(),
        LATE,
        format!("\u{feff}# my comment\r\nDB_CLIENT_ID={OTHER_GUID}\r\n  API_CLIENT_ID={GUID}"),
    );
    assert_eq!(
        two_slots().kinds(dir.path()),
        [(LATE.to_owned(), DifferenceKind::Stale)]
    );
    assert_eq!(two_slots().done(dir.path()), [format!("~ {LATE}")]);
    assert_eq!(
        read(dir.path(), LATE),
        format!(
            "# Late values of shop.\n\n# API_CLIENT_ID: the identity of api\nAPI_CLIENT_ID={GUID}\n\n\
             # DB_CLIENT_ID: the identity of db\nDB_CLIENT_ID={OTHER_GUID}\n"
        )
    );
    assert_eq!(
        read(dir.path(), LOCK),
        lock,
        "the lock knows nothing of values"
    );
}

#[test]
fn keys_that_nothing_uses_are_reported_and_removed() {
    let dir = folder();
    two_slots().done(dir.path());
    put(
        dir.path(),
        LATE,
        format!("{OPEN}API_CLIENT_ID={GUID}\nOLD_CLIENT_ID={OTHER_GUID}\n"),
    );
    let differences = two_slots().differences(dir.path());
    let [difference] = &differences[..] else {
        panic!("{differences:?}")
    };
    let DifferenceKind::Values(problems) = &difference.kind else {
        panic!("{difference:?}")
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].line, problems[0].key.as_str()),
        (7, "OLD_CLIENT_ID")
    );
    assert_eq!(problems[0].kind, ValueProblemKind::Unknown);
    assert!(difference.diff().unwrap().contains("-OLD_CLIENT_ID"));
    assert_eq!(
        two_slots().plan(dir.path()).unwrap().removed_keys(),
        ["OLD_CLIENT_ID"]
    );
    two_slots().done(dir.path());
    let text = read(dir.path(), LATE);
    assert!(
        text.contains(&format!("API_CLIENT_ID={GUID}")) && !text.contains("OLD_CLIENT_ID"),
        "{text}"
    );
}

#[test]
fn wrong_lines_are_reported_and_a_render_loses_nothing() {
    let arm = Shape::ResourceId("Microsoft.ServiceNetworking/trafficControllers".to_owned());
    let mut render = two_slots();
    if let Owner::Seeded(slots) = &mut render.files[0].owner {
        slots.push(Slot {
            key: "AGC_ID".to_owned(),
            shape: arm.clone(),
            comment: vec![],
        });
    }
    let group = format!("/subscriptions/{GUID}/resourceGroups/rg-shop");
    let agc = format!("{group}/providers/Microsoft.ServiceNetworking/trafficControllers/agc");
    let client = || ValueProblemKind::IllFormed(Shape::ClientId);
    let id = || ValueProblemKind::IllFormed(arm.clone());
    let cases = [
        ("API_CLIENT_ID".to_owned(), ValueProblemKind::NoEquals),
        ("API_CLIENT_ID=".to_owned(), ValueProblemKind::Empty),
        (format!("API_CLIENT_ID=\"{GUID}\""), client()),
        (format!("API_CLIENT_ID={GUID} "), client()),
        (format!("API_CLIENT_ID= {GUID}"), client()),
        (format!("API_CLIENT_ID={{{GUID}}}"), client()),
        (format!("API_CLIENT_ID={}", GUID.replace('-', "")), client()),
        (
            format!("API_CLIENT_ID={}", GUID.replace('6', "g")),
            client(),
        ),
        (
            "API_CLIENT_ID=00000000-0000-0000-0000-000000000000".to_owned(),
            client(),
        ),
        (format!("API_CLIENT_ID ={GUID}"), ValueProblemKind::NotAKey),
        (format!("={GUID}"), ValueProblemKind::NotAKey),
        (
            format!("export API_CLIENT_ID={GUID}"),
            ValueProblemKind::NotAKey,
        ),
        ("<<<<<<< HEAD".to_owned(), ValueProblemKind::NoEquals),
        (
            format!("API_CLIENT_ID={GUID}\nAPI_CLIENT_ID={GUID}"),
            ValueProblemKind::Twice,
        ),
        (format!("AGC_ID={GUID}"), id()),
        (format!("AGC_ID={group}"), id()),
        (format!("AGC_ID={agc}/"), id()),
        (format!("AGC_ID={agc}/frontends/main"), id()),
        (
            format!("AGC_ID={group}/providers/Microsoft.Network/virtualNetworks/v"),
            id(),
        ),
        (format!("AGC_ID=https://portal.azure.com{agc}"), id()),
    ];
    for (line, expected) in cases {
        let dir = folder();
        render.done(dir.path());
        put(
            dir.path(),
            LATE,
            format!("# mine\nDB_CLIENT_ID={OTHER_GUID}\n{line}\n"),
        );
        for render in [render.clone(), render.clone().forced()] {
            let refusal = render.refused(dir.path());
            let DifferenceKind::Values(problems) = &refusal.files[0].kind else {
                panic!("{line}: {refusal:?}")
            };
            assert_eq!(problems.len(), 1, "{line}: {problems:?}");
            assert_eq!(problems[0].kind, expected, "{line}");
            let last = 2 + line.lines().count();
            assert_eq!(problems[0].line, last, "{line}");
            let text = refusal.to_string();
            assert!(
                text.contains(LATE) && text.contains(&format!("line {last}")),
                "{text}"
            );
            assert!(!text.contains(GUID), "a value is repeated: {text}");
        }
    }
    let dir = folder();
    render.done(dir.path());
    put(
        dir.path(),
        LATE,
        format!("{OPEN}AGC_ID={}\n", agc.to_lowercase()),
    );
    assert!(
        render.kinds(dir.path()).is_empty(),
        "case does not matter in an ARM id"
    );
}

#[test]
fn late_values_that_are_no_text_are_reported() {
    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, b"# x\nAPI_CLIENT_ID=\xff\n");
    let refusal = two_slots().refused(dir.path());
    let DifferenceKind::Values(problems) = &refusal.files[0].kind else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        (problems[0].line, &problems[0].kind),
        (2, &ValueProblemKind::NotText)
    );
}

#[test]
fn late_values_without_a_lock_are_adopted_unless_something_would_be_lost() {
    let dir = folder();
    put(dir.path(), LATE, format!("API_CLIENT_ID={GUID}\n"));
    two_slots().done(dir.path());
    assert!(read(dir.path(), LATE).contains(&format!("API_CLIENT_ID={GUID}\n")));

    let dir = folder();
    put(
        dir.path(),
        LATE,
        format!("API_CLIENT_ID={GUID}\nTHEIRS=1\n"),
    );
    let refusal = two_slots().refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::Foreign);
    two_slots().forced().done(dir.path());
    assert!(!read(dir.path(), LATE).contains("THEIRS"));
}

#[test]
fn late_values_that_nothing_needs_any_more_are_removed() {
    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, format!("{OPEN}API_CLIENT_ID={GUID}\n"));
    assert_eq!(
        Render::of(vec![]).done(dir.path()),
        ["~ agcgen.lock".to_owned(), format!("- {LATE}")]
    );

    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, "notes of mine\n");
    let refusal = Render::of(vec![]).refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::HandEditedOrphan);
}

#[test]
fn hostile_comments_stay_comments() {
    let dir = folder();
    let mut render = Render::of(vec![seeded(vec![slot("A", "one\nB=2\r\nC=3")])]);
    render.files[0].text = "no hash sign\nX=1".to_owned();
    render.done(dir.path());
    for line in read(dir.path(), LATE).lines() {
        assert!(line.is_empty() || line.starts_with('#'), "{line}");
    }
}

#[test]
fn a_generated_file_may_become_a_seeded_one_and_back() {
    let dir = folder();
    let generated = Render::of(vec![plain(LATE, "generated: text\n")]);
    generated.done(dir.path());
    two_slots().done(dir.path());
    assert_eq!(read(dir.path(), LATE), OPEN);
    // The values are the user's: they are not thrown away silently.
    let refusal = generated.refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::HandEdited);
    generated.forced().done(dir.path());
}

// ----------------------------------------------------------------------------------------------------------------------- check

#[test]
fn a_check_lists_every_kind_of_difference_and_writes_nothing() {
    let dir = folder();
    let mut first = shop();
    first.files.push(plain("k8s/workloads/old.yaml", "old"));
    first.done(dir.path());
    let mut next = shop();
    next.files[2].text = "kind: HTTPRoute\nnew: true\n".to_owned();
    next.files.push(plain("infra/bicepconfig.json", "{}"));
    next.files.push(plain("infra/main.bicepparam", "theirs?"));
    put(dir.path(), "README.md", "edited\n");
    put(dir.path(), "infra/main.bicepparam", "theirs");
    let differences = next.differences(dir.path());
    let shown: Vec<String> = differences.iter().map(Difference::to_string).collect();
    assert_eq!(
        shown,
        [
            "README.md was edited by hand",
            "agcgen.lock is stale",
            "infra/bicepconfig.json is missing",
            "infra/main.bicepparam was not written by agcgen",
            "k8s/routes/api.yaml is stale",
            "k8s/workloads/old.yaml is no longer generated"
        ]
    );
    let diffs: Vec<bool> = differences
        .iter()
        .map(|difference| difference.diff().is_some())
        .collect();
    assert_eq!(diffs, [true, false, false, true, true, false]);
    assert!(
        differences[4]
            .diff()
            .unwrap()
            .ends_with(" kind: HTTPRoute\n+new: true\n")
    );
}

#[test]
fn a_check_of_a_missing_folder_names_every_file() {
    let dir = folder();
    let out = dir.path().join("out");
    let kinds = shop().kinds(&out);
    assert_eq!(kinds.len(), 5);
    assert!(
        kinds
            .iter()
            .all(|(_, kind)| *kind == DifferenceKind::Missing)
    );
    assert!(!out.exists());
}

#[test]
fn a_lock_that_alone_differs_is_shown_with_a_diff() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    put(
        dir.path(),
        LOCK,
        lock.replace(
            &format!("agcgen\t{}\n", env!("CARGO_PKG_VERSION")),
            "agcgen\t0.0.1\n",
        ),
    );
    let differences = shop().differences(dir.path());
    assert_eq!(differences.len(), 1);
    assert!(differences[0].diff().unwrap().contains("-agcgen\t0.0.1\n"));
    assert_eq!(shop().done(dir.path()), ["~ agcgen.lock"]);
}

// ---------------------------------------------------------------------------------------------------------------- interruption

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
fn two_states() -> (Render, Render) {
    let mut before = shop();
    before.files.push(plain("k8s/old/deep/one.yaml", "1"));
    before.files.push(plain("k8s/old/two.yaml", "2"));
    before
        .files
        .push(seeded(vec![slot("A_CLIENT_ID", "A_CLIENT_ID: old words")]));
    before.files.push(plain("tools/run", "run"));
    let mut after = shop();
    after.files[1].text = "param b string\n".to_owned();
    after.files[2].text = "kind: GRPCRoute\n".to_owned();
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

fn start(dir: &Path, before: &Render) {
    before.done(dir);
    let mut late = fs::OpenOptions::new()
        .append(true)
        .open(dir.join(LATE))
        .unwrap();
    io::Write::write_all(&mut late, format!("A_CLIENT_ID={GUID}\n").as_bytes()).unwrap();
}

/// Runs `then` on the folder of a render that was stopped after 0, 1, 2, … steps, until it is no longer stopped.
fn at_every_stop(before: &Render, after: &Render, then: impl Fn(&Path)) {
    let mut steps = 0;
    loop {
        let dir = folder();
        start(dir.path(), before);
        let stopped = stop(after, dir.path(), steps);
        then(dir.path());
        if !stopped {
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "only {steps} steps");
}

#[test]
fn stopped_anywhere_every_file_is_old_or_new() {
    let (before, after) = two_states();
    let (old, new) = (folder(), folder());
    start(old.path(), &before);
    start(new.path(), &before);
    after.done(new.path());
    let (old, new) = (everything(old.path()), everything(new.path()));
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
                lines.iter_mut().for_each(|lines| lines.sort());
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
    for first in [3, 7, 11, 16] {
        for second in 0..30 {
            let dir = folder();
            start(dir.path(), &before);
            stop(&after, dir.path(), first);
            stop(&before, dir.path(), second);
            stop(&after, dir.path(), second / 2);
            after.done(dir.path());
            assert_eq!(
                everything(dir.path()).into_keys().collect::<Vec<_>>(),
                names(expected.path())
            );
            assert_eq!(read(dir.path(), LOCK), read(expected.path(), LOCK));
        }
    }
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
        // The lock and README.md take three steps each, the six files in folders four. Where nothing is old, the journal already is
        // the lock to come.
        assert_eq!(stopped, steps < 2 * 3 + 6 * 4, "{steps}");
    }
}

#[test]
fn a_stopped_forced_render_is_finished_without_force() {
    for steps in 0..40 {
        let dir = folder();
        let mut before = shop();
        before.files.push(plain("k8s/old.yaml", "old"));
        before.done(dir.path());
        for edited in ["README.md", "infra/main.bicep", "k8s/old.yaml"] {
            put(dir.path(), edited, "edited");
        }
        put(dir.path(), "infra/new.bicep", "theirs");
        let mut after = shop();
        after.files.push(plain("infra/new.bicep", "ours"));
        let stopped = stop(&after.clone().forced(), dir.path(), steps);
        // The journal is there after its folder, its text and its name.
        if steps >= 3 {
            after.done(dir.path());
        } else {
            assert!(stopped);
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
    let plan = shop().plan(dir.path()).unwrap();
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
