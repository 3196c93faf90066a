//! The trees are those in git, wherever and under whatever locale they are rendered.

use std::path::Path;
use std::process::Command;

use similar::TextDiff;

use super::oracle::{Checks, Failed, none};
use super::trees::{EXAMPLES, files, root, spec, tree};

/// Findings of each example, as its README lists them.
const FINDINGS: &[(&str, &[&str])] = &[
    ("cloud-native", &["AGC0410", "AGC0207"]),
    ("cloud-native-managed", &["AGC0410", "AGC0207"]),
    ("minimal", &["AGC0410", "AGC0207"]),
];

/// Writes the trees anew. `azure.txt` stays until the compiler has been asked.
pub(super) fn update() {
    for example in EXAMPLES {
        let folder = tree(example);
        let azure = std::fs::read(folder.join("azure.txt")).ok();
        let _ = std::fs::remove_dir_all(&folder);
        render(&spec(example), &folder, &root(), "C");
        if let Some(azure) = azure {
            std::fs::write(folder.join("azure.txt"), azure).expect("writable");
        }
    }
}

/// Runs `agcgen render` in a folder, under a locale.
fn render(spec: &Path, out: &Path, from: &Path, locale: &str) {
    let run = Command::new(env!("CARGO_BIN_EXE_agcgen"))
        .arg("render")
        .arg(spec)
        .arg("-o")
        .arg(out)
        .current_dir(from)
        .env("LC_ALL", locale)
        .env("LANG", locale)
        .output()
        .expect("agcgen runs");
    assert!(
        run.status.success(),
        "{}: {}",
        spec.display(),
        String::from_utf8_lossy(&run.stderr)
    );
}

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.plain(
        format!("{example}: the tree is the one in git"),
        move || {
            let folder = tempfile::tempdir()?;
            render(&spec(example), &folder.path().join("out"), &root(), "C");
            none(differences(
                &files(&tree(example)),
                &files(&folder.path().join("out")),
            ))
        },
    );
    checks.plain(
        format!("{example}: the same bytes from another folder and under another locale"),
        move || {
            let folder = tempfile::tempdir()?;
            let elsewhere = folder.path().join("elsewhere");
            std::fs::create_dir(&elsewhere)?;
            render(&spec(example), &folder.path().join("one"), &root(), "C");
            // Another folder for the spec too, and no whole path to it.
            std::fs::copy(spec(example), elsewhere.join("spec.yaml"))?;
            render(
                Path::new("spec.yaml"),
                Path::new("two"),
                &elsewhere,
                "tr_TR.UTF-8",
            );
            let one = files(&folder.path().join("one"));
            assert!(one.len() > 20, "{} files", one.len());
            none(differences(&one, &files(&elsewhere.join("two"))))
        },
    );
    checks.plain(
        format!("{example}: exactly the findings it lists"),
        move || {
            let (_, expected) = FINDINGS
                .iter()
                .find(|(name, _)| *name == example)
                .ok_or("the example lists its findings")?;
            let run = Command::new(env!("CARGO_BIN_EXE_agcgen"))
                .args(["--format", "json", "validate"])
                .arg(spec(example))
                .output()?;
            let report: serde_json::Value = serde_json::from_slice(&run.stdout)?;
            let codes: Vec<&str> = report["findings"]
                .as_array()
                .ok_or("a list")?
                .iter()
                .filter_map(|finding| finding["code"].as_str())
                .collect();
            assert_eq!(codes, *expected);
            let readme = std::fs::read_to_string(spec(example).with_file_name("README.md"))?;
            none(
                expected
                    .iter()
                    .filter(|code| !readme.contains(**code))
                    .map(|code| format!("README.md does not speak of {code}")),
            )
        },
    );
}

/// Every folder in `examples/` is kept, and every kept tree has its example.
pub(super) fn all_are_listed() -> Result<(), Failed> {
    for folder in ["examples", "snapshots"] {
        let mut names: Vec<String> = std::fs::read_dir(root().join(folder))?
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        assert_eq!(names, EXAMPLES, "{folder}");
    }
    Ok(())
}

/// What differs between two trees; `azure.txt` is not part of the output.
fn differences(expected: &[(String, Vec<u8>)], actual: &[(String, Vec<u8>)]) -> Vec<String> {
    let expected: Vec<&(String, Vec<u8>)> = expected
        .iter()
        .filter(|(name, _)| name != "azure.txt")
        .collect();
    let mut problems: Vec<String> = Vec::new();
    for (name, text) in actual {
        match expected.iter().find(|(other, _)| other == name) {
            None => problems.push(format!("{name}: not in the kept tree")),
            Some((_, kept)) if kept != text => {
                let (kept, text) = (String::from_utf8_lossy(kept), String::from_utf8_lossy(text));
                let diff = TextDiff::from_lines(kept.as_ref(), text.as_ref());
                problems.push(diff.unified_diff().header(name, name).to_string());
            }
            Some(_) => {}
        }
    }
    for (name, _) in expected {
        if !actual.iter().any(|(other, _)| other == name) {
            problems.push(format!("{name}: no longer rendered"));
        }
    }
    if !problems.is_empty() {
        problems
            .push("UPDATE_SNAPSHOTS=1 cargo test --test rendered writes the trees anew".to_owned());
    }
    problems
}
