//! What documents say of the program and its tests in passing.

use std::collections::BTreeSet;
use std::process::Command;

use regex::Regex;

use super::page::Page;
use super::{none, root};

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_table_of_commands_is_that_of_the_program() {
    let page = Page::read("README.md");
    let help_text = help(&["-h"]);
    let commands: Vec<&str> = help_text
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    let rows: Vec<String> = page
        .rows
        .iter()
        .filter(|row| row[0].starts_with("agcgen "))
        .map(|row| row.join(" "))
        .collect();
    let named = Regex::new(r"\bagcgen ([a-z]+)").unwrap();
    let listed: Vec<&str> = rows
        .iter()
        .flat_map(|row| named.captures_iter(row))
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    let mut sorted = (listed.clone(), commands.clone());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1);

    let option = Regex::new(r"(^|[ \[])(--[a-z]+|-o)\b").unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in &rows {
        let command = named.captures(row).unwrap()[1].to_owned();
        let manual = help(&[&command, "--help"]);
        for found in option.captures_iter(row) {
            seen += 1;
            if !manual.contains(&found[2]) {
                wrong.push(format!("agcgen {command} has no {}", &found[2]));
            }
        }
    }
    none(&wrong);
    assert!(seen > 5, "{seen} options");
}

#[test]
fn exit_codes_are_those_of_the_manual() {
    let code = Regex::new(r"(?m)^  (\d+) +\S").unwrap();
    let manual = help(&["--help"]);
    let wanted: Vec<String> = code
        .captures_iter(&manual)
        .map(|found| found[1].to_owned())
        .collect();
    assert_eq!(wanted, ["0", "1", "2", "3", "70"]);
    let page = Page::read("README.md");
    let start = page.text.find("Exit codes: ").unwrap();
    let end = start + page.text[start..].find('.').unwrap();
    let said: Vec<&str> = page.text[start..end]
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect();
    assert_eq!(said, wanted);
}

#[test]
fn the_version_of_rust_is_that_of_the_package() {
    let wanted = format!("Rust {} or newer", env!("CARGO_PKG_RUST_VERSION"));
    assert!(super::read("README.md").contains(&wanted), "{wanted}");
}

/// The variables by which tests find oracles, as their sources read them.
fn variables_of_tests() -> BTreeSet<String> {
    let read = Regex::new(r#"\b(?:tool|var|var_os)\(\s*"(AGCGEN_[A-Z_]+)""#).unwrap();
    super::sources("tests")
        .iter()
        .flat_map(|text| read.captures_iter(text))
        .map(|found| found[1].to_owned())
        .collect()
}

#[test]
fn every_variable_that_a_test_reads_is_told() {
    let page = Page::read("CONTRIBUTING.md");
    let told: BTreeSet<String> = page
        .code
        .into_iter()
        .filter(|code| code.starts_with("AGCGEN_"))
        .collect();
    assert_eq!(told, variables_of_tests());
}

/// Variables and codes that are spoken of exist.
#[test]
fn names_in_passing_exist() {
    let name = Regex::new(r"\bAGCGEN_[A-Z_]+\b|\bAGC\d{4}\b").unwrap();
    let variables = variables_of_tests();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in super::pages() {
        for found in name.find_iter(&page.text) {
            let found = found.as_str();
            seen += 1;
            let exists =
                variables.contains(found) || agcgen::diagnostic::Code::from_name(found).is_some();
            if !exists {
                wrong.push(format!("{}: {found}", page.path));
            }
        }
    }
    none(&wrong);
    assert!(seen > 10, "{seen} names");
}

/// Paths in inline code: those that begin with a folder of the project exist.
#[test]
fn paths_in_passing_exist() {
    let path =
        Regex::new(r"^(src|tests|templates|snapshots|examples|schema)(/[A-Za-z0-9_.-]+)+/?$")
            .unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in super::pages() {
        for code in page.code.iter().filter(|code| path.is_match(code)) {
            seen += 1;
            if !root().join(code).exists() {
                wrong.push(format!("{}: {code}", page.path));
            }
        }
    }
    none(&wrong);
    assert!(seen > 20, "{seen} paths");
}

/// Functions in inline code, which are mostly tests: names of three words or more exist.
#[test]
fn functions_in_passing_exist() {
    let name = Regex::new(r"^[a-z]+(_[a-z]+){2,}$").unwrap();
    let sources = [super::sources("src"), super::sources("tests")].concat();
    let page = Page::read("CONTRIBUTING.md");
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for code in page.code.iter().filter(|code| name.is_match(code)) {
        seen += 1;
        let function = format!("fn {code}(");
        if !sources.iter().any(|text| text.contains(&function)) {
            wrong.push(code.clone());
        }
    }
    none(&wrong);
    assert!(seen > 3, "{seen} functions");
}

/// Crates that cargo takes in for a Linux binary, by name and version, without this one.
fn crates(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "--edges",
            edges,
        ])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let crates: BTreeSet<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .filter(|name| !name.starts_with("agcgen "))
        .collect();
    assert!(crates.len() > 20, "{crates:?}");
    crates
}

#[test]
fn the_number_of_crates_is_that_of_the_lock_file() {
    let inside = crates("normal,no-proc-macro").len();
    let all = crates("normal,build").len();
    let said = format!(
        "{inside} crates in it; {} more only run in the build",
        all - inside
    );
    let page = Page::read("README.md");
    assert!(page.text.contains(&said), "README.md should say: {said}");
}
