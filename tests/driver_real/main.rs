//! The driver with the real clients: azure-cli against a stand-in of ARM, kubectl against a real API server.
//!
//! The scenarios are those of `tests/driver/proof`; here each is a check, and every line of az that the driver can call is read by
//! the client's own argument parser.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

#[path = "../oracle/mod.rs"]
mod oracle;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use oracle::{ApiServer, AzureCli, Bicep, Checks, Failed, Shellcheck, Shfmt, none, read_file};
use tempfile::TempDir;

const EXAMPLES: [&str; 3] = ["cloud-native", "cloud-native-managed", "minimal"];
const COMMANDS: [&str; 11] = [
    "up",
    "preflight",
    "plan",
    "deploy",
    "bind",
    "apply",
    "connect",
    "verify",
    "status",
    "drift",
    "destroy",
];

/// Tests of `tests/driver/proof`: what they show, and their names there. Those that take longest begin.
const PROOFS: &[(&str, &str)] = &[
    (
        "up goes on after every call that failed",
        "GoingOn.test_after_every_call_that_fails",
    ),
    (
        "up goes on after a kill in every step",
        "GoingOn.test_after_a_kill_in_every_step",
    ),
    ("the life of the reference scenario", "ByoWithHelm"),
    (
        "the life of a system with the add-on and a managed gateway",
        "Managed",
    ),
    ("the life of a small system", "Minimal"),
    ("what preflight finds", "Refused.test_what_preflight_finds"),
    ("a failed deployment", "Refused.test_a_failed_deployment"),
    ("what is waited for", "Refused.test_waiting"),
    ("a failed Job", "Refused.test_a_job_that_fails"),
    ("what verify finds", "Refused.test_what_verify_finds"),
    ("what az makes of other answers", "Queries"),
];

fn main() -> ExitCode {
    let mut checks = Checks::new();
    let answers = TempDir::new().unwrap();
    for &(shows, test) in PROOFS {
        let answers = answers.path().to_owned();
        checks.needing::<(AzureCli, ApiServer, Bicep)>(shows, move |(az, _, _)| {
            // az hands the file to Bicep; kubectl the manifests to the server.
            read_file(
                "bicep",
                "snapshots/cloud-native/infra/main.bicepparam".as_ref(),
            );
            read_file(
                "kube-apiserver",
                "snapshots/cloud-native/k8s/kustomization.yaml".as_ref(),
            );
            az.prove(test, env!("CARGO_BIN_EXE_agcgen"), &answers)?
                .map_err(Failed::from)
        });
    }
    checks.needing::<AzureCli>("its parser takes every line of az", every_line_is_parsed);
    checks.needing::<AzureCli>("a flag of another name is caught", a_renamed_flag_is_caught);
    checks.needing::<Shellcheck>("shellcheck has nothing to say", shellcheck_is_silent);
    checks.needing::<Shfmt>("shfmt would write it so", shfmt_is_silent);
    checks.run_waiting()
}

/// The lines of az that dry runs of every command show, as words behind `az`.
fn lines(example: &str, change: impl Fn(&Path)) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rendered = Command::new(env!("CARGO_BIN_EXE_agcgen"))
        .args([
            "render".as_ref(),
            root.join("examples")
                .join(example)
                .join("spec.yaml")
                .as_os_str(),
        ])
        .arg("-o")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(rendered.status.success());
    change(&folder.path().join("driver"));
    let mut found = Vec::new();
    for command in COMMANDS {
        let ran = Command::new("bash")
            .arg(folder.path().join("driver/agc.sh"))
            .args(
                [command, "--dry-run", "--fix", "--again"]
                    .iter()
                    .filter(|word| takes(command, word)),
            )
            .output()
            .unwrap();
        let story = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.status.success(), "{command}: {story}");
        let story = story.replace(" \\\n    ", " ");
        found.extend(
            story
                .lines()
                .filter_map(|line| line.strip_prefix("  az "))
                .map(|line| shlex::split(line).unwrap()),
        );
    }
    found.sort();
    found.dedup();
    found
}

/// Options belong to commands.
fn takes(command: &str, word: &str) -> bool {
    match word {
        "--fix" => ["preflight", "up"].contains(&command),
        "--again" => ["deploy", "up"].contains(&command),
        _ => true,
    }
}

fn every_line_is_parsed(az: &AzureCli) -> Result<(), Failed> {
    let settings = TempDir::new()?;
    let mut all: Vec<Vec<String>> = EXAMPLES
        .iter()
        .flat_map(|example| lines(example, |_| ()))
        .collect();
    all.sort();
    all.dedup();
    let commands: std::collections::BTreeSet<String> = all
        .iter()
        .map(|words| {
            let command = words.iter().take_while(|word| !word.starts_with('-'));
            command.cloned().collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert!(commands.len() > 25, "{commands:#?}");
    let (refused, taken) = az.parse(&all, settings.path())?;
    none(refused)?;
    assert_eq!(taken, all.len());
    Ok(())
}

fn a_renamed_flag_is_caught(az: &AzureCli) -> Result<(), Failed> {
    let settings = TempDir::new()?;
    let mut caught = 0;
    for (file, flag) in [
        ("commands/connect.sh", "--kube-namespace"),
        ("commands/deploy.sh", "--no-wait"),
        ("commands/verify.sh", "--identity-name"),
    ] {
        let changed = lines("cloud-native", |driver| {
            let text = std::fs::read_to_string(driver.join(file)).unwrap();
            let planted = text.replace(flag, &format!("{flag}d-otherwise"));
            assert_ne!(text, planted);
            std::fs::write(driver.join(file), planted).unwrap();
        });
        let planted: Vec<Vec<String>> = changed
            .into_iter()
            .filter(|words| words.iter().any(|word| word.contains("d-otherwise")))
            .collect();
        assert!(!planted.is_empty(), "{flag} is in no line");
        let (refused, taken) = az.parse(&planted, settings.path())?;
        assert_eq!((refused.len(), taken), (planted.len(), 0), "{refused:#?}");
        caught += 1;
    }
    assert_eq!(caught, 3);
    Ok(())
}

/// The program, and the stand-ins of its tests.
fn shellcheck_is_silent(shellcheck: &Shellcheck) -> Result<(), Failed> {
    let files = shell_programs(|path| {
        path.ends_with("templates/driver/agc.sh") || path.parent().unwrap().ends_with("standin/bin")
    });
    assert!(files.len() > 5, "{files:?}");
    none(shellcheck.lint_with_sources(&files)?)
}

fn shfmt_is_silent(shfmt: &Shfmt) -> Result<(), Failed> {
    let files = shell_programs(|_| true);
    assert!(files.len() > 20, "{files:?}");
    none(shfmt.unformatted(&files)?)
}

/// Files of shell below the driver and its stand-ins.
fn shell_programs(wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["templates/driver", "tests/driver/standin"]
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(root.join(folder)).sort_by_file_name())
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file() && path.extension().is_none_or(|ending| ending == "sh"))
        .filter(|path| wanted(path))
        .collect()
}
