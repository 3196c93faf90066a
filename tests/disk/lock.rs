//! Locks that are lost, damaged, merged, or of a later format.

use super::*;

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

/// As a full disk, an editor or a merge by hand may leave it.
#[test]
fn a_lock_cut_at_any_byte_is_damaged() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    let mut next = shop();
    next.files[0].text = "next\n".to_owned();
    assert!(lock.len() > 300 && lock.ends_with("\nend\t8\n"), "{lock}");
    for length in 0..lock.len() - 1 {
        put(dir.path(), LOCK, &lock[..length]);
        assert_damaged(&next, dir.path(), &lock[..length]);
    }
    // No row is lost with the last line end.
    put(dir.path(), LOCK, lock.trim_end());
    assert_eq!(next.done(dir.path()), ["~ README.md", "~ agcgen.lock"]);
}

#[test]
fn a_lock_without_any_one_of_its_rows_is_damaged() {
    let dir = folder();
    shop().done(dir.path());
    let lock = read(dir.path(), LOCK);
    let rows: Vec<&str> = lock.lines().collect();
    assert_eq!(rows.len(), 9);
    for lost in 0..rows.len() {
        let mut left = rows.clone();
        left.remove(lost);
        let text = left.join("\n") + "\n";
        put(dir.path(), LOCK, &text);
        assert_damaged(&shop(), dir.path(), &text);
    }
    let more = lock.replace("end\t", "agcgen\t0.0.1\nend\t");
    put(dir.path(), LOCK, &more);
    assert_damaged(&shop(), dir.path(), &more);
    let after_the_end = lock.clone() + "agcgen\t0.0.1\n";
    put(dir.path(), LOCK, &after_the_end);
    assert_damaged(&shop(), dir.path(), &after_the_end);
}

fn assert_damaged(render: &Render, dir: &Path, lock: &str) {
    let before = everything(dir);
    let error = render.apply(dir).expect_err(lock);
    assert!(
        matches!(error, DiskError::LockMalformed { .. }),
        "{lock}: {error}"
    );
    assert_eq!(everything(dir), before, "{lock}");
}

/// A conflict in the lock's middle and one at its end, cut after any line.
#[test]
fn a_lock_with_conflict_markers_may_not_be_cut_either() {
    let dir = folder();
    let mut right = shop();
    right.files[0].text = "right\n".to_owned();
    right.files.push(plain("k8s/z.yaml", "z"));
    shop().done(dir.path());
    let ours = read(dir.path(), LOCK);
    right.done(dir.path());
    let theirs = read(dir.path(), LOCK);
    let readme = |lock: &str| lock.lines().nth(2).unwrap().to_owned() + "\n";
    let rest = |lock: &str| lock.split_inclusive('\n').skip(3).collect::<String>();
    let conflict = format!(
        "agcgen-lock\t1\nagcgen\t0.1.0\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> x\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> x\n",
        readme(&ours),
        readme(&theirs),
        rest(&ours),
        rest(&theirs)
    );
    let lines: Vec<&str> = conflict.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 2 + 5 + 3 + 6 + 7);
    for kept in 0..lines.len() {
        let text = lines[..kept].concat();
        put(dir.path(), LOCK, &text);
        assert_damaged(&shop(), dir.path(), &text);
    }
    put(dir.path(), LOCK, &conflict);
    assert_eq!(
        shop().done(dir.path()),
        ["~ README.md", "~ agcgen.lock", "- k8s/z.yaml"]
    );
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
