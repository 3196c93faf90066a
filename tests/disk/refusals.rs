//! What a render refuses, and that it writes nothing then.

use super::*;

#[test]
fn a_foreign_file_is_refused_and_nothing_is_written() {
    let dir = folder();
    put(dir.path(), "README.md", "my own readme\n");
    let refusal = shop().refused(dir.path());
    assert_eq!(refusal.files.len(), 1);
    assert_eq!(refusal.files[0].kind, DifferenceKind::Unknown);
    let text = refusal.to_string();
    assert!(
        text.contains("README.md is not what a render writes"),
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
    assert!(
        refusal.to_string().ends_with("with --force to remove it."),
        "{refusal}"
    );
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
    fn that_appear_while_removing_are_not_followed() {
        let (dir, outside) = (folder(), folder());
        shop().done(dir.path());
        let mut next = shop();
        next.files.remove(1);
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
        let said = "out cannot be used: it is a symlink to nowhere, which is not there.\n";
        assert!(error.to_string().contains(said), "{error}");
    }

    #[test]
    fn a_pipe_in_place_of_a_file_does_not_hang() {
        let dir = folder();
        let made = std::process::Command::new("mkfifo")
            .arg(dir.path().join("README.md"))
            .status()
            .unwrap();
        assert!(made.success());
        let render = Render::of(vec![plain("README.md", "x")]);
        let kinds = render.plan(dir.path()).unwrap();
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
fn what_is_in_the_way_of_many_files_is_said_once() {
    let dir = folder();
    put(dir.path(), "infra", "a file");
    put(dir.path(), "k8s/routes", "a file");
    fs::create_dir_all(dir.path().join("k8s/b.yaml")).unwrap();
    fs::create_dir_all(dir.path().join("k8s/a.yaml")).unwrap();
    let render = Render::of(vec![
        plain("infra/main.bicep", "a"),
        plain("infra/modules/b.bicep", "b"),
        plain("infra/modules/c.bicep", "c"),
        plain("k8s/a.yaml", "a"),
        plain("k8s/b.yaml", "b"),
        plain("k8s/routes/a.yaml", "a"),
        plain("k8s/routes/b.yaml", "b"),
    ]);
    let refusal = render.refused(dir.path());
    let said: Vec<String> = refusal.files.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "infra/main.bicep needs the folder infra, which is not a folder",
            "k8s/a.yaml is not a file",
            "k8s/b.yaml is not a file",
            "k8s/routes/a.yaml needs the folder k8s/routes, which is not a folder",
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

    let error = shop().apply(Path::new("")).unwrap_err();
    assert!(matches!(error, DiskError::NotAFolder(_)), "{error}");
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

#[test]
fn what_cannot_be_read_is_a_plain_error() {
    // No file system takes a name of this length, so this fails for root too.
    let name = "n".repeat(300);
    let dir = folder();
    let error = Render::of(vec![plain(&name, "")])
        .apply(dir.path())
        .unwrap_err();
    assert!(matches!(error, DiskError::Read { .. }), "{error}");
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert_eq!(names(dir.path()), Vec::<String>::new());
}
