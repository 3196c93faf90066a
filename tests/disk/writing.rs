//! What a render writes, keeps and removes, and the lock that says so.

use super::*;

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
           object\tv1\tService\tshop\tapi\n\
           end\t7\n";
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

/// A disk that is not to be touched.
struct Untouched;

impl Steps for Untouched {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        panic!("makes {}", path.display())
    }
    fn write_beside(&mut self, folder: &Path, _: &[u8], _: Mode) -> io::Result<PathBuf> {
        panic!("writes into {}", folder.display())
    }
    fn rename(&mut self, _: &Path, to: &Path) -> io::Result<()> {
        panic!("renames onto {}", to.display())
    }
    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        panic!("removes {}", path.display())
    }
    fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        panic!("removes {}", path.display())
    }
}

#[test]
fn a_render_with_nothing_to_do_takes_no_step() {
    let dir = folder();
    shop().done(dir.path());
    let shop = shop();
    let plan = shop.plan(dir.path()).unwrap();
    assert_eq!(plan.apply_with(dir.path(), &mut Untouched).unwrap(), []);
}

/// Path, inode and times of all that lies in a folder, and of the folder: a file that comes and goes changes its folder.
#[cfg(unix)]
fn stamps(dir: &Path) -> Vec<(PathBuf, u64, [i64; 4])> {
    use std::os::unix::fs::MetadataExt as _;
    walkdir::WalkDir::new(dir)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            let changed = [metadata.mtime(), metadata.mtime_nsec()];
            let touched = [metadata.ctime(), metadata.ctime_nsec()];
            let times = [changed[0], changed[1], touched[0], touched[1]];
            (entry.into_path(), metadata.ino(), times)
        })
        .collect()
}

#[cfg(unix)]
#[test]
fn the_program_touches_no_file_where_nothing_is_to_be_done() {
    let dir = folder();
    let out = dir.path().join("out");
    let run = |more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_agcgen"))
            .args(["render", "examples/cloud-native/spec.yaml", "-o"])
            .arg(&out)
            .args(more)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&[]);
    let before = stamps(&out);
    assert!(before.len() > 30, "{} files and folders", before.len());
    // The clock of a file system may stand still for some milliseconds.
    std::thread::sleep(std::time::Duration::from_millis(50));
    for more in [&[][..], &["--check"], &["--only", "k8s"]] {
        run(more);
        assert_eq!(stamps(&out), before, "{more:?}");
    }
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
