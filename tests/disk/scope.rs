//! Renders of one half of the output.

use super::*;

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
    let mut render = shop().only(Scope::Infra);
    // Looking for a name of this length is an error.
    render
        .files
        .push(plain(&format!("driver/{}", "n".repeat(300)), ""));
    let changes = render.done(dir.path());
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
