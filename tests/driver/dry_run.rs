//! `--dry-run`: every call, none made.

use std::fs;
use std::path::Path;

use crate::{COMMANDS, System};

/// The calls that a dry run shows, each on one line.
fn shown(story: &str) -> Vec<String> {
    story
        .replace(" \\\n    ", " ")
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| {
            ["az ", "kubectl ", "helm ", "kubelogin ", "curl "]
                .iter()
                .any(|program| line.starts_with(program))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_dry_run_calls_nothing_and_writes_nothing() {
    for example in ["cloud-native", "cloud-native-managed", "minimal"] {
        let system = System::of(example);
        for command in COMMANDS {
            let ran = system.run(&[command, "--dry-run"]);
            ran.succeeds();
            assert_eq!(ran.calls, [], "{example}: {command} calls something");
            assert!(
                !system.path("agc").exists(),
                "{example}: {command} keeps something"
            );
            if command != "bind" || example == "cloud-native" {
                assert!(
                    !shown(&ran.stdout).is_empty(),
                    "{example}: {command}\n{}",
                    ran.stdout
                );
            }
        }
    }
}

/// What a dry run shows in a fresh folder is what the run then calls, as far as it can be known.
#[test]
fn every_change_of_a_run_was_shown_before() {
    for command in ["up", "destroy"] {
        let system = if command == "up" {
            System::new()
        } else {
            System::up()
        };
        let dry = shown(&system.run(&[command, "--dry-run"]).stdout);
        let ran = system.run(&[command, "--yes"]);
        ran.succeeds();
        assert!(ran.changes().len() > 8);
        for call in ran.changes() {
            let known: Vec<&str> = call.split(' ').take(4).collect();
            let beginning = known.join(" ");
            assert!(
                dry.iter().any(|line| line.starts_with(&beginning)),
                "{beginning} was not shown:\n{}",
                dry.join("\n")
            );
        }
    }
}

#[test]
fn a_dry_run_says_what_is_not_known_yet() {
    let system = System::of("cloud-native");
    let ran = system.run(&["up", "--dry-run"]);
    let unknown = ran.stdout.lines().last().unwrap();
    for name in [
        "subscription",
        "ALB_CONTROLLER_CLIENT_ID",
        "AGC_SECRET_VAULT_API_RATE_LIMIT",
        "host-of-cloud-native-gateway",
    ] {
        assert!(
            unknown.starts_with("Not known yet:") && unknown.contains(name),
            "{unknown}"
        );
    }
    // A subscription that is given is known.
    let system = system.with("AGC_SUBSCRIPTION", "22222222-3333-4444-5555-666666666666");
    let ran = system.run(&["up", "--dry-run"]);
    ran.says("--subscription 22222222-3333-4444-5555-666666666666")
        .does_not_say("<subscription>");
}

/// The same story as in git: read it when it changes. `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn a_dry_run_of_everything_reads_like_the_runbook() {
    let system = System::of("cloud-native").with("AGC_PATIENCE", "100");
    for (command, file) in [("up", "up.txt"), ("destroy", "destroy.txt")] {
        let ran = system.run(&[command, "--dry-run"]);
        let root = system.path("").display().to_string();
        let story = ran.stdout.replace(root.trim_end_matches('/'), "…");
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/driver/stories")
            .join(file);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &story).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap();
        // The hash of infra/ changes with every module; that it is one, another test says.
        assert!(
            without_hashes(&kept) == without_hashes(&story),
            "{}\n{story}",
            path.display()
        );
    }
}

fn without_hashes(story: &str) -> String {
    story
        .split_inclusive(|c: char| !c.is_ascii_hexdigit())
        .map(|word| if word.len() == 65 { "<hash>" } else { word })
        .collect()
}
