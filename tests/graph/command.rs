//! `agcgen graph`: streams, languages, exit codes.

use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;

use super::{mermaid, of_example, root, svg};

pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    run_with(arguments, "")
}

pub(crate) fn run_with(arguments: &[&str], stdin: &str) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = cargo_bin_cmd!("agcgen")
        .env_clear()
        .current_dir(root())
        .args(arguments)
        .write_stdin(stdin)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

const SPEC: &str = "examples/minimal/spec.yaml";

#[test]
fn the_picture_is_svg_unless_another_language_is_named() {
    let example = of_example("minimal");
    for (arguments, expected) in [
        (&["graph", SPEC] as &[&str], svg(&example)),
        (&["graph", SPEC, "--format", "svg"], svg(&example)),
        (&["graph", "--format", "mermaid", SPEC], mermaid(&example)),
        (&["graph", SPEC, "--format=dot"], super::dot(&example)),
    ] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout), (0, expected), "{arguments:?}");
        assert!(stderr.contains("warning[AGC0207]"), "{stderr}");
    }
}

#[test]
fn the_format_of_findings_is_named_before_the_command() {
    let (code, stdout, stderr) = run(&["--format", "short", "graph", SPEC]);
    assert_eq!((code, stdout), (0, svg(&of_example("minimal"))));
    assert!(
        stderr.starts_with("examples/minimal/spec.yaml:5:41: warning[AGC0410]"),
        "{stderr}"
    );
    let (code, stdout, stderr) = run(&["--format", "json", "graph", SPEC]);
    assert_eq!((code, stdout), (0, svg(&of_example("minimal"))));
    assert!(stderr.starts_with("{\n  \"findings\": ["), "{stderr}");
}

#[test]
fn each_command_takes_the_formats_that_it_has() {
    for (arguments, values) in [
        (["graph", SPEC, "--format", "json"], "svg, mermaid, dot"),
        (["validate", SPEC, "--format", "svg"], "human, short, json"),
    ] {
        let (code, stdout, stderr) = run(&arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(values), "{stderr}");
    }
}

#[test]
fn a_spec_with_errors_has_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("spec.yaml");
    std::fs::write(&spec, "apiVersion: agcgen/v1\n").unwrap();
    let (code, stdout, stderr) = run(&["graph", spec.to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("error[AGC"), "{stderr}");
}
