//! `--help` is the manual.

use crate::{Folder, snapshot};

const COMMANDS: &[&str] = &[
    "init",
    "validate",
    "render",
    "trace",
    "test",
    "graph",
    "explain",
    "schema",
    "completions",
];

#[test]
fn every_command_has_its_manual() {
    let folder = Folder::new();
    for command in COMMANDS {
        let arguments = [command, "--help"];
        let ran = folder.run(&arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert!(ran.stdout.contains("Examples:\n"), "{command}");
        snapshot(&format!("help_{command}"), &arguments, &ran);
    }
}

#[test]
fn the_program_has_its_manual() {
    let folder = Folder::new();
    let ran = folder.run(&["--help"]);
    for command in COMMANDS {
        assert!(
            ran.stdout.contains(&format!("\n  {command} ")),
            "{command} is not listed"
        );
    }
    snapshot("help", &["--help"], &ran);
}

/// No command is left out of the list above: those that the program lists are exactly those.
#[test]
fn the_list_of_commands_is_whole() {
    let ran = Folder::new().run(&["-h"]);
    let listed: Vec<&str> = ran
        .stdout
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
}

#[test]
fn the_version_is_that_of_the_package() {
    let ran = Folder::new().run(&["--version"]);
    assert_eq!(
        (ran.code, ran.stdout),
        (0, format!("agcgen {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn wrong_usage_is_said_on_stderr_and_ends_with_2() {
    let folder = Folder::with_minimal();
    let before = folder.content();
    for arguments in [
        &[] as &[&str],
        &["renderr", "spec.yaml"],
        &["render", "spec.yaml"],
        &["render", "-o", "out"],
        &["render", "spec.yaml", "-o", "out", "--check", "--force"],
        &["render", "spec.yaml", "-o", "-", "--check"],
        &["render", "spec.yaml", "-o", "-", "--force"],
        &["render", "spec.yaml", "-o", "out", "--only", "azure"],
        &["validate"],
        &["validate", "spec.yaml", "--format", "xml"],
        &["explain"],
        &["explain", "AGC0201", "--list"],
        &["completions", "tcsh"],
        &["init", "--template", "large"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            ran.stderr
        );
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(folder.content(), before);
}

#[test]
fn the_driver_alone_can_be_rendered() {
    let folder = Folder::with_minimal();
    let ran = folder.run(&["render", "spec.yaml", "-o", "out", "--only", "driver"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let out = folder.path().join("out");
    let files: Vec<String> = folder
        .content()
        .into_iter()
        .filter_map(|(path, bytes)| {
            bytes.and(path.strip_prefix(&out).ok()?.to_str().map(str::to_owned))
        })
        .collect();
    assert!(files.contains(&"driver/system.tsv".to_owned()), "{files:?}");
    assert!(
        files
            .iter()
            .all(|path| path.starts_with("driver/") || path == "agcgen.lock"),
        "{files:?}"
    );
}
