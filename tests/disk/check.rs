//! What a check lists.

use super::*;

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
