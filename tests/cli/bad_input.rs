//! Input that is no spec: each has its exit code and its message, and nothing is written.

use crate::{Folder, snapshot};

/// Name, text of spec.yaml, the code that is reported.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("empty_file", "", "AGC0005"),
    ("comments_alone", "# Nothing yet.\n", "AGC0005"),
    ("not_a_map", "- a\n- b\n", "AGC0005"),
    ("not_yaml", "name: [a\nazure: }\n", "AGC0001"),
    ("tab", "azure:\n\tlocation: westeurope\n", "AGC0001"),
    (
        "key_twice",
        "apiVersion: agcgen/v1\nname: a\nname: b\n",
        "AGC0002",
    ),
    (
        "anchor",
        "apiVersion: agcgen/v1\nname: &name a\nnamespace: *name\n",
        "AGC0003",
    ),
    (
        "several_documents",
        "apiVersion: agcgen/v1\nname: a\n---\nname: b\n",
        "AGC0004",
    ),
    (
        "unknown_key",
        "apiVersion: agcgen/v1\nname: a\nazure: { location: westeurope }\nworkloads: { web: { image: a/b:1.0, prot: 80 } }\n",
        "AGC0010",
    ),
    (
        "wrong_type",
        "apiVersion: agcgen/v1\nname: a\nazure: westeurope\nworkloads: { web: { image: a/b:1.0, port: http } }\n",
        "AGC0012",
    ),
    (
        "missing_key",
        "apiVersion: agcgen/v1\nname: a\nazure: {}\nworkloads: { web: { port: 80 } }\n",
        "AGC0011",
    ),
];

#[test]
fn a_mistake_in_the_spec_ends_with_1_and_writes_nothing() {
    for (name, text, code) in MISTAKES {
        let folder = Folder::new();
        folder.write("spec.yaml", text);
        let before = folder.content();
        let validate = ["validate", "spec.yaml"];
        let ran = folder.run(&validate);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{name}");
        assert!(
            ran.stderr.contains(&format!("error[{code}]")),
            "{name}: {}",
            ran.stderr
        );
        snapshot(&format!("bad_{name}"), &validate, &ran);

        for more in [&[] as &[&str], &["--check"], &["--force"]] {
            let mut render = vec!["render", "spec.yaml", "-o", "out"];
            render.extend(more);
            let ran = folder.run(&render);
            assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{name}");
            assert!(ran.stderr.ends_with("\nNothing was written.\n"), "{name}");
        }
        assert_eq!(folder.content(), before, "{name}");
    }
}

#[test]
fn a_spec_that_cannot_be_read_ends_with_2_and_writes_nothing() {
    let too_large = vec![b'#'; 4 * 1024 * 1024 + 1];
    let folder = Folder::new();
    folder.write("folder/spec.yaml", "");
    folder.write("latin-1.yaml", b"name: caf\xe9\n");
    folder.write("large.yaml", &too_large);
    let before = folder.content();
    for (name, spec) in [
        ("missing_file", "nowhere.yaml"),
        ("folder", "folder"),
        ("not_utf8", "latin-1.yaml"),
        ("too_large", "large.yaml"),
    ] {
        let validate = ["validate", spec];
        let ran = folder.run(&validate);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        snapshot(&format!("unreadable_{name}"), &validate, &ran);
        let ran = folder.run(&["render", spec, "-o", "out"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
    }
    assert_eq!(folder.content(), before);
}

#[cfg(unix)]
#[test]
fn a_spec_without_permission_ends_with_2() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with_minimal();
    let path = folder.path().join("spec.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let may_read_anything = fs::read(&path).is_ok();
    let ran = folder.run(&["validate", "spec.yaml"]);
    if may_read_anything {
        // The superuser: permissions do not hold for it.
        assert_eq!(ran.code, 0);
    } else {
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("spec.yaml may not be read"));
    }
}

#[test]
fn standard_input_that_is_no_text_is_named() {
    let folder = Folder::new();
    let ran = folder.run_with(&["validate", "-"], *b"\xff");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: Standard input: "));
}

#[test]
fn an_output_folder_that_is_a_file_ends_with_2_and_stays_as_it_is() {
    let folder = Folder::with_minimal();
    folder.write("out", "mine\n");
    let before = folder.content();
    let render = ["render", "spec.yaml", "-o", "out", "--format", "short"];
    snapshot("output_is_a_file", &render, &folder.run(&render));
    for more in ["--check", "--force"] {
        let ran = folder.run(&["render", "spec.yaml", "-o", "out", more]);
        assert_eq!(ran.code, 2, "{more}");
    }
    let ran = folder.run(&["render", "spec.yaml", "-o", "out/below"]);
    assert_eq!(ran.code, 2);
    assert_eq!(folder.content(), before);
}

#[test]
fn what_looks_like_a_secret_is_not_repeated() {
    let folder = Folder::new();
    let text = crate::example("minimal").replace(
        "client: nodejs",
        "client: nodejs, env: { DB: \"Server=x;Password=hunter2;\" }",
    );
    folder.write("spec.yaml", text);
    for format in ["human", "short", "json"] {
        let ran = folder.run(&["validate", "spec.yaml", "--format", format]);
        assert_eq!(ran.code, 1);
        assert!(!(ran.stdout + &ran.stderr).contains("hunter2"), "{format}");
    }
}
