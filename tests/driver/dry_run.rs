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

/// The example, with changes that must fit.
fn changed(changes: &[(&str, &str)]) -> System {
    let example = include_str!("../../examples/cloud-native/spec.yaml").to_owned();
    System::of_spec(&changes.iter().fold(example, |spec, (from, to)| {
        assert!(spec.contains(from), "{from}");
        spec.replacen(from, to, 1)
    }))
}

#[test]
fn a_connection_with_variables_of_other_names_says_so_to_service_connector() {
    let system = changed(&[(
        "storage: { access: write,",
        "storage: { access: write, prefix: FILES,",
    )]);
    let lines = shown(&system.run(&["connect", "--dry-run"]).stdout);
    let created: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains("connection create"))
        .collect();
    assert_eq!(created.len(), 2, "{lines:#?}");
    let renamed = "--customized-keys AZURE_STORAGEBLOB_RESOURCEENDPOINT=FILES_RESOURCEENDPOINT \
                   AZURE_STORAGEBLOB_CLIENTID=FILES_CLIENTID --opt-out auth publicnetwork";
    for line in created {
        assert_eq!(
            line.contains(renamed),
            line.contains("--connection api_service_storage"),
            "{line}"
        );
        assert_eq!(line.contains(renamed), line.contains("--customized-keys"));
    }
}

#[test]
fn a_group_that_was_there_before_is_neither_made_nor_deleted() {
    let system = changed(&[(
        "azure:\n",
        "azure:\n  resourceGroup: { existing: rg-team }\n",
    )]);
    let up = system.run(&["up", "--dry-run"]);
    up.does_not_say("az group create");
    let gone = system.run(&["destroy", "--dry-run"]);
    gone.does_not_say("az group delete")
        .says("az resource delete");
    // A role on the group would stay.
    gone.says("az role assignment delete");
    let lines = shown(&gone.stdout);
    let at = |part: &str| lines.iter().position(|line| line.contains(part)).unwrap();
    assert!(at("az role assignment delete") < at("az resource delete"));
}

/// A workload that takes long to start is waited for as long, and one of several pods longer.
#[test]
fn a_rollout_is_waited_for_as_long_as_its_pods_may_take() {
    let system = changed(&[("    health: /\n", "    health: { path: /, startup: 20m }\n")])
        .with("AGC_PATIENCE", "100");
    system
        .run(&["up", "--dry-run"])
        .says("# waits until frontend-app has rolled out, 80 m 0 s at most")
        .says("# waits until data-service has rolled out, 10 m 0 s at most");
    let page = system.read("out/README.md").replace(" \\\n  ", " ");
    assert!(
        page.contains("deployment/frontend-app --timeout=80m"),
        "the runbook says so too"
    );
}

/// Its id is not known then, and ids of resources have no name in them.
#[test]
fn a_subscription_by_name_is_not_known_in_a_dry_run() {
    for name in ["Demo of us", "fade-cafe"] {
        let system = System::of("cloud-native").with("AGC_SUBSCRIPTION", name);
        system
            .run(&["deploy", "--dry-run"])
            .succeeds()
            .says("/subscriptions/<subscription>/resourceGroups/rg-cloud-native")
            .says("Not known yet: ")
            .does_not_say(name);
    }
}

#[test]
fn a_subscription_of_the_spec_is_that_of_every_call() {
    let subscription = "33333333-4444-5555-6666-777777777777";
    let system = changed(&[(
        "azure:\n",
        &format!("azure:\n  subscription: {subscription}\n"),
    )]);
    for command in ["up", "destroy"] {
        let ran = system.run(&[command, "--dry-run"]);
        ran.does_not_say("<subscription>").does_not_say("AGC_ID");
        let lines = shown(&ran.stdout);
        let calls: Vec<&String> = lines
            .iter()
            .filter(|line| line.starts_with("az "))
            .collect();
        assert!(calls.len() > 5);
        for call in calls {
            let is_about_itself = ["az version", "az bicep version"]
                .iter()
                .any(|own| call.starts_with(own));
            assert!(
                is_about_itself || call.contains(&format!("--subscription {subscription}")),
                "{call}"
            );
        }
    }
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
