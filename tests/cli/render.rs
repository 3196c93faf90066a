//! `render`: what it says, what it leaves alone, and how it ends. What it writes is the matter of other tests.

use crate::{Folder, example, snapshot};

const RENDER: [&str; 4] = ["render", "spec.yaml", "-o", "out"];
const CHECK: [&str; 5] = ["render", "spec.yaml", "-o", "out", "--check"];

/// The files that `+ path` lines name.
pub(crate) fn added(stdout: &str) -> Vec<&str> {
    stdout
        .lines()
        .map(|line| line.strip_prefix("+ ").unwrap())
        .collect()
}

#[test]
fn a_first_render_names_exactly_the_files_that_it_wrote() {
    let folder = Folder::with_minimal();
    let ran = folder.run(&RENDER);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut named = added(&ran.stdout);
    named.sort_unstable();
    let out = folder.path().join("out");
    let mut written: Vec<String> = walkdir::WalkDir::new(&out)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .map(|path| {
            path.strip_prefix(&out)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    written.sort_unstable();
    assert_eq!(named, written);
    assert!(
        ran.stderr
            .contains("Open until Azure has been deployed, in out/k8s/platform/late-values.env: ")
    );
    // What comes next is a file that is there.
    let next = ran
        .stderr
        .lines()
        .find(|line| line.starts_with("next: "))
        .unwrap();
    let file = next.split_whitespace().nth(2).unwrap();
    assert!(folder.path().join(file).is_file(), "{next}");
}

#[test]
fn a_second_render_changes_nothing_and_check_agrees() {
    let folder = Folder::with_minimal();
    folder.run(&RENDER);
    let before = folder.content();
    let ran = folder.run(&RENDER);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(
        ran.stderr
            .contains("out is what the spec says; nothing was written\n")
    );
    let ran = folder.run(&CHECK);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(ran.stderr.ends_with("out is what the spec says\n"));
    assert_eq!(folder.content(), before);
}

#[test]
fn check_names_what_differs_and_the_printed_command_mends_it() {
    let folder = Folder::with_minimal();
    folder.run(&RENDER);
    folder.write(
        "spec.yaml",
        example("minimal").replace("path: /,", "path: /shop,"),
    );
    std::fs::remove_file(folder.path().join("out/k8s/routes/kustomization.yaml")).unwrap();
    let before = folder.content();
    let ran = folder.run(&CHECK);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stdout
            .contains("k8s/routes/kustomization.yaml is missing\n")
    );
    assert!(ran.stdout.contains("k8s/routes/web.yaml is stale\n"));
    assert!(ran.stdout.contains("/shop\n"), "no diff: {}", ran.stdout);
    assert_eq!(folder.content(), before);

    let command = ran
        .stderr
        .lines()
        .find_map(|line| line.split_once("to mend it: agcgen "))
        .unwrap()
        .1;
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(folder.run(&words).code, 0);
    assert_eq!(folder.run(&CHECK).code, 0);
}

#[test]
fn a_file_with_other_line_ends_is_told_so() {
    let folder = Folder::with_minimal();
    folder.run(&RENDER);
    let route = "out/k8s/routes/web.yaml";
    folder.write(route, folder.read(route).replace('\n', "\r\n"));
    let ran = folder.run(&CHECK);
    assert_eq!(ran.code, 3);
    assert_eq!(
        ran.stdout,
        "k8s/routes/web.yaml was edited by hand\nonly the line ends differ: CR LF on disk, LF rendered\n"
    );
}

#[test]
fn force_does_not_overwrite_the_spec() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("out")).unwrap();
    folder.write("out/README.md", example("minimal"));
    let ran = folder.run(&["render", "out/README.md", "-o", "out", "--force"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("The spec itself stands where README.md would be written."),
        "{}",
        ran.stderr
    );
    assert_eq!(folder.read("out/README.md"), example("minimal"));
}

#[test]
fn an_edited_file_is_refused_shown_and_kept_until_force() {
    let folder = Folder::with_minimal();
    folder.run(&RENDER);
    let route = "out/k8s/routes/web.yaml";
    let original = folder.read(route);
    folder.write(route, original.replace("value: /", "value: /mine"));
    let before = folder.content();
    let ran = folder.run(&RENDER);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr
            .contains("k8s/routes/web.yaml was edited by hand\n")
    );
    assert!(ran.stderr.contains("/mine\n"));
    assert_eq!(folder.content(), before);

    let ran = folder.run(&CHECK);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr
            .ends_with("then: agcgen render spec.yaml -o out --force\n")
    );

    let ran = folder.run(&["render", "spec.yaml", "-o", "out", "--force"]);
    assert_eq!(ran.stdout, "~ k8s/routes/web.yaml\n");
    assert_eq!(folder.read(route), original);
}

#[test]
fn somebody_elses_file_is_refused() {
    let folder = Folder::with_minimal();
    folder.write("out/k8s/kustomization.yaml", "mine: true\n");
    let before = folder.content();
    let ran = folder.run(&RENDER);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr
            .contains("k8s/kustomization.yaml is not what a render writes")
    );
    assert_eq!(folder.content(), before);
}

#[test]
fn without_a_whole_lock_each_edit_is_shown_before_force_overwrites_it() {
    const ROUTE: &str = "out/k8s/routes/web.yaml";
    const README: &str = "out/README.md";
    const LOCK: &str = "out/agcgen.lock";
    // What is left of the lock, how a render ends and how its error begins.
    let cases: [(Option<usize>, i32, &str); 2] = [
        (
            None,
            1,
            "Nothing was written. README.md is not what a render writes, and one more file.",
        ),
        (Some(250), 2, "out/agcgen.lock:5: the lock is damaged."),
    ];
    for (left, code, error) in cases {
        let folder = Folder::with_minimal();
        folder.run(&RENDER);
        let right = folder.content();
        let lose_the_lock = || match left {
            None => std::fs::remove_file(folder.path().join(LOCK)).unwrap(),
            Some(bytes) => folder.write(LOCK, &folder.read(LOCK)[..bytes]),
        };
        lose_the_lock();
        let edited = folder.read(ROUTE).replace("value: /", "value: /mine");
        folder.write(ROUTE, edited);
        folder.write(README, format!("My notes.\n{}", folder.read(README)));
        let before = folder.content();

        let ran = folder.run(&RENDER);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (code, ""),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains(&format!("error: {error}\n")),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("--check"), "{}", ran.stderr);
        assert!(
            !ran.stderr.contains("not written by agcgen"),
            "{}",
            ran.stderr
        );
        assert_eq!(folder.content(), before);

        let ran = folder.run(&CHECK);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        for line in ["\n-My notes.\n", "value: /mine\n", "\nagcgen.lock is "] {
            assert!(ran.stdout.contains(line), "{line} in {}", ran.stdout);
        }
        assert_eq!(ran.stdout.matches("\n+++ ").count(), 2, "{}", ran.stdout);
        assert!(
            ran.stderr
                .contains("\n3 differences. Restore agcgen.lock from git; ")
        );
        assert_eq!(
            ran.stderr
                .contains("note: agcgen.lock is damaged at line 5; "),
            left.is_some()
        );
        assert_eq!(folder.content(), before);
        let (_, command) = ran.stderr.split_once("\nthen: agcgen ").unwrap();
        let command: Vec<&str> = command.split_whitespace().collect();
        let ran = folder.run(&command);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
        assert_eq!(folder.content(), right);

        // Where nobody edited anything, the lock alone is new.
        lose_the_lock();
        let ran = folder.run(&CHECK);
        let (_, command) = ran
            .stderr
            .split_once("1 difference; to mend it: agcgen ")
            .unwrap();
        let command: Vec<&str> = command.split_whitespace().collect();
        let ran = folder.run(&command);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.ends_with(" agcgen.lock\n") && ran.stdout.lines().count() == 1);
        assert_eq!(folder.content(), right);
    }
}

#[test]
fn half_a_render_stays_in_its_half() {
    for (half, holds) in [
        ("k8s", "k8s/routes/web.yaml"),
        ("infra", "infra/main.bicep"),
    ] {
        let folder = Folder::with_minimal();
        let ran = folder.run(&["render", "spec.yaml", "-o", "out", "--only", half]);
        assert_eq!(ran.code, 0);
        let paths = added(&ran.stdout);
        assert!(paths.contains(&holds), "{paths:?}");
        for path in paths {
            assert!(
                path.starts_with(&format!("{half}/")) || path == "agcgen.lock",
                "{half}: {path}"
            );
        }
        assert!(
            ran.stderr
                .contains("to render everything: agcgen render spec.yaml -o out\n")
        );
    }
}

#[test]
fn a_spec_from_standard_input_gives_the_same_objects() {
    let folder = Folder::with_minimal();
    let from_file = folder.run(&["render", "spec.yaml", "-o", "-", "--only", "k8s"]);
    let ran = folder.run_with(
        &["render", "-", "-o", "-", "--only", "k8s"],
        example("minimal"),
    );
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stdout.replace("from the spec.", "from spec.yaml."),
        from_file.stdout
    );
    assert!(ran.stderr.contains("--> <stdin>:"));
}

#[test]
fn all_files_on_stdout_are_those_of_a_folder() {
    let folder = Folder::with_minimal();
    folder.run(&RENDER);
    let before = folder.content();
    let ran = folder.run(&["render", "spec.yaml", "-o", "-"]);
    assert_eq!(ran.code, 0);
    let mut expected = Vec::new();
    for (path, bytes) in &before {
        let Ok(path) = path.strip_prefix(folder.path().join("out")) else {
            continue;
        };
        let Some(bytes) = bytes.as_ref().filter(|_| path.as_os_str() != "agcgen.lock") else {
            continue;
        };
        let text = String::from_utf8(bytes.clone()).unwrap();
        expected.push(format!("==> {} <==\n{text}", path.display()));
    }
    let mut printed: Vec<String> = ran
        .stdout
        .split("\n==> ")
        .enumerate()
        .map(|(position, part)| match position {
            0 => part.to_owned(),
            _ => format!("==> {part}"),
        })
        .collect();
    // The blank line between two files is no part of either.
    printed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(printed, expected);
}

#[test]
fn the_stream_of_objects_has_the_order_in_which_they_are_applied() {
    let folder = Folder::new();
    folder.write("spec.yaml", example("cloud-native"));
    let ran = folder.run(&["render", "spec.yaml", "-o", "-", "--only", "k8s"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr
            .contains("note: values that are known only after")
    );
    let kinds: Vec<String> = ran
        .stdout
        .split("---\n")
        .map(|document| {
            let tree: serde_json::Value = serde_yaml::from_str(document).unwrap();
            assert!(tree["apiVersion"].is_string(), "{document}");
            tree["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(!kinds.iter().any(|kind| kind == "Kustomization"));
    let first = |kind: &str| kinds.iter().position(|other| other == kind).unwrap();
    let last = |kind: &str| kinds.iter().rposition(|other| other == kind).unwrap();
    for (before, after) in [
        ("Namespace", "ServiceAccount"),
        ("ServiceAccount", "Deployment"),
        ("Gateway", "HTTPRoute"),
        ("ConfigMap", "Deployment"),
        ("Service", "HTTPRoute"),
    ] {
        assert!(
            last(before) < first(after),
            "{before} before {after}: {kinds:?}"
        );
    }
    assert_eq!(kinds.iter().filter(|kind| *kind == "HTTPRoute").count(), 3);
}

/// The order is that of the kustomizations, here as another reader of YAML sees them.
#[test]
fn the_stream_has_the_files_that_the_kustomizations_list_in_their_order() {
    fn listed(folder: &Folder, path: &str) -> Vec<String> {
        let list = folder.read(&format!("{path}/kustomization.yaml"));
        let list: serde_json::Value = serde_yaml::from_str(&list).unwrap();
        let names = list["resources"].as_array().unwrap().iter();
        names
            .map(|name| format!("{path}/{}", name.as_str().unwrap()))
            .flat_map(|path| {
                if folder.path().join(&path).is_dir() {
                    listed(folder, &path)
                } else {
                    vec![folder.read(&path)]
                }
            })
            .collect()
    }
    let folder = Folder::new();
    folder.write("spec.yaml", example("cloud-native"));
    folder.run(&RENDER);
    let ran = folder.run(&["render", "spec.yaml", "-o", "-", "--only", "k8s"]);
    assert_eq!(ran.stdout, listed(&folder, "out/k8s").join("---\n"));
}

#[test]
fn findings_in_three_forms() {
    let folder = Folder::with_minimal();
    let short = ["validate", "spec.yaml", "--format", "short"];
    snapshot("validate_short", &short, &folder.run(&short));
    let human = ["validate", "spec.yaml"];
    snapshot("validate_human", &human, &folder.run(&human));
}

#[test]
fn a_spec_without_any_finding_is_called_right() {
    let folder = Folder::new();
    let spec = example("minimal").replace(
        "00000000-0000-0000-0000-000000000000",
        "22222222-3333-4444-5555-666666666666",
    );
    let (without_routes, _) = spec.split_once("routes:").unwrap();
    folder.write("spec.yaml", without_routes);
    let ran = folder.run(&["validate", "spec.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert_eq!(ran.stderr, "spec.yaml is right\n");
    // Nothing to say is nothing, for programs that read lines.
    let ran = folder.run(&["validate", "spec.yaml", "--format", "short"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

/// A file may be called anything; what is generated says its name on one line.
#[test]
fn a_spec_whose_name_has_control_characters_is_rendered() {
    let folder = Folder::new();
    for name in ["a\tb.yaml", "a\nb.yaml", "a\u{1b}[31mb.yaml"] {
        folder.write(name, example("minimal"));
        let ran = folder.run(&["render", name, "-o", "out", "--force"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let rows = folder.read("out/driver/system.tsv");
        assert!(rows.contains("system\thello\ta\u{fffd}"), "{rows}");
    }
}
