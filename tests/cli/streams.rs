//! Colours, and streams that cannot be written to.

use crate::{Folder, example};

#[test]
fn colours_are_for_those_who_ask() {
    let folder = Folder::with_minimal();
    let plain = folder.run(&["validate", "spec.yaml"]);
    assert!(!plain.stderr.contains('\u{1b}'), "a pipe is no terminal");
    let never = folder.run(&["validate", "spec.yaml", "--color", "never"]);
    assert_eq!(never.stderr, plain.stderr);
    let always = folder.run(&["--color", "always", "validate", "spec.yaml"]);
    assert!(always.stderr.contains("\u{1b}["));
    assert_eq!(
        anstream::adapter::strip_str(&always.stderr).to_string(),
        plain.stderr
    );
}

/// A line has the colour of its sign, from its first character to its last.
#[test]
fn what_is_new_changed_and_gone_has_a_colour() {
    let green = |text: &str| format!("\u{1b}[32m{text}\u{1b}[0m\n");
    let yellow = |text: &str| format!("\u{1b}[33m{text}\u{1b}[0m\n");
    let red = |text: &str| format!("\u{1b}[31m{text}\u{1b}[0m\n");
    let run = |folder: &Folder, arguments: &[&str]| {
        let ran = folder.run(&[arguments, &["--color", "always"]].concat());
        let styled = ran.stdout.lines().filter(|line| line.contains('\u{1b}'));
        let signs = ran.stdout.lines().filter(|line| {
            let line = anstream::adapter::strip_str(line).to_string();
            line.starts_with(['+', '~', '-'])
        });
        assert!(styled.eq(signs), "{}", ran.stdout);
        ran.stdout
    };
    let folder = Folder::new();
    assert_eq!(
        run(&folder, &["init"]),
        green("+ ./spec.yaml") + &green("+ ./agcgen.schema.json")
    );

    folder.write("spec.yaml", example("minimal"));
    let render = ["render", "spec.yaml", "-o", "out"];
    let first = run(&folder, &render);
    assert!(first.contains(&green("+ k8s/routes/web.yaml")), "{first}");

    folder.write(
        "spec.yaml",
        example("minimal").replace("routes:\n  web:", "routes:\n  site:"),
    );
    let check = run(&folder, &[&render[..], &["--check"]].concat());
    for line in [green("+- site.yaml"), red("-- web.yaml")] {
        assert!(check.contains(&line), "{check}");
    }
    let second = run(&folder, &render);
    for line in [
        green("+ k8s/routes/site.yaml"),
        yellow("~ k8s/routes/kustomization.yaml"),
        red("- k8s/routes/web.yaml"),
    ] {
        assert!(second.contains(&line), "{second}");
    }
}

/// `agcgen schema | head -1` ends well.
#[test]
fn a_reader_that_leaves_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("agcgen"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_ends_with_2() {
    use std::process::Command;
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("agcgen"))
        .arg("schema")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: The output cannot be written: "),
        "{said}"
    );
}

/// Nothing in a spec reaches the terminal as a control sequence.
#[test]
fn control_characters_of_a_spec_are_not_passed_on() {
    let folder = Folder::new();
    folder.write(
        "spec.yaml",
        example("minimal").replace("name: hello", "name: \"\\e[31mred\""),
    );
    for format in ["human", "short", "json"] {
        let ran = folder.run(&["validate", "spec.yaml", "--format", format]);
        assert_eq!(ran.code, 1);
        assert!(!(ran.stdout + &ran.stderr).contains('\u{1b}'), "{format}");
    }
}
