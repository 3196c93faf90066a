//! `init`: a spec that is right, the schema beside it, and nothing overwritten.

use crate::{Folder, Ran, snapshot};

/// The suffix in a spec that `init` wrote.
fn suffix(spec: &str) -> String {
    let line = spec
        .lines()
        .find(|line| line.trim_start().starts_with("suffix:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

/// The same run, without what is drawn at random.
fn without_suffix(ran: Ran, suffix: &str) -> Ran {
    Ran {
        stderr: ran.stderr.replace(suffix, "<suffix>"),
        ..ran
    }
}

#[test]
fn each_template_is_written_with_its_schema_and_validates() {
    for template in ["minimal", "cloud-native"] {
        let folder = Folder::new();
        let arguments = ["init", "a/b", "--template", template];
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 0);
        assert_eq!(
            folder.read("a/b/agcgen.schema.json"),
            agcgen::spec::schema_text()
        );
        let suffix = suffix(&folder.read("a/b/spec.yaml"));
        assert!(
            suffix.len() == 6
                && suffix.starts_with(|c: char| c.is_ascii_lowercase())
                && suffix
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
            "{suffix}"
        );
        snapshot(&format!("init_{template}"), &arguments, &ran);

        // Two findings and no more: the administrators are a placeholder, and there is no TLS yet.
        let validate = ["validate", "a/b/spec.yaml"];
        let ran = folder.run(&validate);
        assert_eq!(ran.code, 0);
        for finding in ["AGC0410", "AGC0207"] {
            assert_eq!(ran.stderr.matches(&format!("[{finding}]")).count(), 1);
        }
        assert!(ran.stderr.contains("\n2 warnings;"));
        snapshot(
            &format!("init_{template}_validated"),
            &validate,
            &without_suffix(ran, &suffix),
        );

        let ran = folder.run(&["render", "a/b/spec.yaml", "-o", "out"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
}

#[test]
fn two_systems_get_two_suffixes() {
    let folder = Folder::new();
    folder.run(&["init", "one"]);
    folder.run(&["init", "two"]);
    assert_ne!(
        suffix(&folder.read("one/spec.yaml")),
        suffix(&folder.read("two/spec.yaml"))
    );
}

#[test]
fn this_folder_is_the_default() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!(folder.run(&["validate", "spec.yaml"]).code, 0);
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new();
    folder.write("shop/spec.yaml", "mine\n");
    let before = folder.content();
    let arguments = ["init", "shop"];
    let ran = folder.run(&arguments);
    assert_eq!(ran.code, 1);
    snapshot("init_in_the_way", &arguments, &ran);
    assert_eq!(folder.content(), before);

    folder.write("shop/agcgen.schema.json", "{}\n");
    let ran = folder.run(&arguments);
    assert!(
        ran.stderr.contains("spec.yaml is there") && ran.stderr.contains("schema.json is there")
    );
    assert_eq!(folder.read("shop/agcgen.schema.json"), "{}\n");
}

#[cfg(unix)]
#[test]
fn a_symlink_to_nowhere_is_in_the_way_too() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("elsewhere.yaml", folder.path().join("spec.yaml")).unwrap();
    assert_eq!(folder.run(&["init"]).code, 1);
    assert!(!folder.path().join("elsewhere.yaml").exists());
}

#[test]
fn a_folder_that_is_a_file_ends_with_2() {
    let folder = Folder::new();
    folder.write("shop", "mine\n");
    for dir in ["shop", "shop/below"] {
        let ran = folder.run(&["init", dir]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("is not a folder"), "{}", ran.stderr);
    }
    assert_eq!(folder.read("shop"), "mine\n");
}
