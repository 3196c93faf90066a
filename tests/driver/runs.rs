//! Whole runs: `up`, again, interrupted, two at once, in JSON.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::System;

/// Everything that `up` changes, in the order of the design.
const ORDER: &[&str] = &[
    "az group create",
    "az deployment group create",
    "az tag update",
    "helm upgrade --install",
    "kubectl apply --server-side --kustomize",
    "az aks connection create storage-blob",
    "az aks connection create keyvault",
    "kubectl apply --server-side --kustomize",
    "kubectl apply --server-side --kustomize",
];

#[test]
fn up_does_everything_in_its_order() {
    let system = System::new();
    let ran = system.run(&["up"]);
    ran.succeeds().changes_by(ORDER);
    let applied: Vec<&str> = ran
        .changes()
        .into_iter()
        .filter_map(|call| call.split_once("/k8s/").map(|(_, folder)| folder))
        .collect();
    assert_eq!(applied, ["platform", "workloads", "routes"]);
    ran.says("ok        workload data-service: has rolled out")
        .says("ok        route api-route answers at http://abc.fz01.alb.azure.com/api/healthz: 200")
        .says("ok        api-service gets a token");
}

#[test]
fn a_second_up_changes_nothing() {
    let system = System::up().without_variables();
    let ran = system.run(&["up"]);
    ran.succeeds().changes_by(&[]);
    ran.says("unchanged deployment agcgen-cloud-native")
        .says("unchanged late values")
        .says("unchanged ALB Controller")
        .says("unchanged k8s/platform")
        .says("unchanged connection api_service_storage");
}

/// Each call that changes something fails once; the run after it ends where an undisturbed one does. Outside of CI every third
/// one: two runs for each take their time.
#[test]
fn up_goes_on_after_every_failure() {
    let undisturbed = state_of(&System::up());
    let calls: Vec<String> = System::new()
        .run(&["up"])
        .changes()
        .into_iter()
        .map(|call| {
            // The folder of the run is another each time.
            let words = call.split("/tmp/").next().unwrap();
            words.trim_end().to_owned()
        })
        .collect();
    assert_eq!(calls.len(), ORDER.len());
    let every = if std::env::var_os("CI").is_some() {
        1
    } else {
        8
    };
    let fails_once_at = |number: usize| {
        let system = System::new();
        system.set("fail-at", &number.to_string());
        let failed = system.run(&["up"]);
        failed
            .ends_with(1)
            .says("planted failure")
            .says("It goes on from here.");
        assert_eq!(failed.changes().len(), number + 1, "call {number}");
        system.unset("fail-at");
        system.run(&["up"]).succeeds();
        assert_eq!(state_of(&system), undisturbed, "after call {number} failed");
    };
    // The longest of all tests: else one core waits for it at the end.
    thread::scope(|scope| {
        for number in (0..calls.len()).step_by(every) {
            scope.spawn(move || fails_once_at(number));
        }
    });
}

/// What there is, but for the story of how it came.
fn state_of(system: &System) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let root = system.path("state");
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.unwrap();
        let name = entry
            .path()
            .strip_prefix(&root)
            .unwrap()
            .display()
            .to_string();
        let is_story = name == "calls" || name.starts_with("debug") || name == "acts";
        if entry.file_type().is_file() && !is_story {
            files.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
    files.push((
        "late values".to_owned(),
        system.read("out/k8s/platform/late-values.env"),
    ));
    assert!(files.len() > 10, "{files:?}");
    files
}

#[test]
fn an_interrupt_says_how_to_go_on_and_leaves_no_lock() {
    let system = System::new();
    system.set("slow", "kubectl apply");
    let mut child = system
        .command(&["up"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !system.path("state/sleeping").exists() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "it never came to kubectl apply"
        );
        thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut said).unwrap();
    assert_eq!(status.code(), Some(143), "{said}");
    assert!(
        said.contains("Interrupted by TERM in step: apply platform."),
        "{said}"
    );
    assert!(said.contains("agc.sh up. It goes on from here."), "{said}");
    assert!(!system.path(LOCK).exists());

    system.unset("slow");
    system.run(&["up"]).succeeds();
}

/// As with `agc.sh preflight --output json | head -c 10`.
#[test]
fn a_reader_that_has_gone_leaves_nothing_behind() {
    let system = System::new();
    let temporary = system.path("temporary");
    fs::create_dir(&temporary).unwrap();
    for output in ["json", "text"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = system
            .command(&["preflight", "--output", output])
            .env("TMPDIR", &temporary)
            .stdout(writer)
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        if output == "json" {
            assert_eq!(status.code(), Some(0));
        }
        let left = fs::read_dir(&temporary).unwrap().count();
        assert_eq!(left, 0, "{output}: the folder of the run is left");
        let state = system.path(LOCK);
        let left = fs::read_dir(state.parent().unwrap()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{output}: the lock is left");
    }
}

/// Where the lock of the example is.
const LOCK: &str = "agc/11111111-2222-3333-4444-555555555555.rg-cloud-native.cloud-native/lock";

#[test]
fn there_is_one_run_at_a_time() {
    let system = System::new();
    let lock = system.path(LOCK);
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let ours = format!("{}\n", std::process::id());
    fs::write(&lock, &ours).unwrap();
    system
        .run(&["deploy"])
        .ends_with(1)
        .says("is at work on this system from this machine; wait for it. Its lock is ")
        .changes_by(&[]);
    // Reading goes on beside it, and leaves what it has alone.
    system.run(&["status"]).succeeds();
    let left: Vec<_> = walkdir::WalkDir::new(system.path("agc"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(left, std::slice::from_ref(&lock));
    assert_eq!(fs::read_to_string(&lock).unwrap(), ours);

    // Of a run that was killed nothing but its lock is left.
    let gone = gone_process();
    fs::write(&lock, format!("{gone}\n")).unwrap();
    system.run(&["deploy"]).succeeds();
    assert_eq!(
        fs::read_dir(lock.parent().unwrap()).unwrap().count(),
        0,
        "nothing is left of the lock"
    );

    // One of the same name in another subscription is another system.
    fs::write(&lock, ours).unwrap();
    let system = system.with("AGC_SUBSCRIPTION", "Other");
    system.run(&["deploy"]).succeeds();

    // Where there can be none, the place is told.
    fs::write(system.path("file"), "").unwrap();
    let place = system.path("file").display().to_string();
    let system = system.with("AGC_STATE", &place);
    let ran = system.run(&["deploy"]);
    ran.ends_with(1)
        .says(&format!("failed    lock: cannot make {place}/"))
        .says(". Name another folder in AGC_STATE\n")
        .does_not_say("remove ")
        .changes_by(&[]);
}

/// The number of a process that has ended.
fn gone_process() -> u32 {
    let mut gone = std::process::Command::new("true").spawn().unwrap();
    let process = gone.id();
    gone.wait().unwrap();
    process
}

fn wait_until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_mins(1), "it never came");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Of many that begin at the same moment one is at work, also where a killed one has left its lock.
#[test]
fn of_many_at_once_one_has_the_lock() {
    const RACER: &str = r#"
        set -euo pipefail
        . "$1/lib/system.sh"
        . "$1/lib/run.sh"
        die() { leave_lock; exit 1; }
        first_line() { cat "$1"; }
        WORK=$(mktemp -d) SUBSCRIPTION=s GROUP=g NAME=n STEP=''
        echo >>"$2/ready"
        until [ -e "$2/go" ] || [ "$SECONDS" -gt 90 ]; do :; done
        take_lock
        echo >>"$2/got"
        until [ -e "$2/end" ] || [ "$SECONDS" -gt 90 ]; do sleep 0.02; done
        rm -rf "$WORK"
        leave_lock"#;
    let system = System::new();
    let driver = system.path("out/driver");
    for round in 0..8 {
        let folder = system.path(&format!("round-{round}"));
        fs::create_dir_all(folder.join("agc/s.g.n")).unwrap();
        if round % 4 != 0 {
            let stale = format!("{}\n", gone_process());
            fs::write(folder.join("agc/s.g.n/lock"), stale).unwrap();
        }
        let lines = |name: &str| {
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            text.lines().count()
        };
        let mut racers: Vec<_> = (0..6)
            .map(|_| {
                std::process::Command::new("bash")
                    .args(["-c", RACER, "racer"])
                    .args([&driver, &folder])
                    .env("AGC_STATE", folder.join("agc"))
                    .spawn()
                    .unwrap()
            })
            .collect();
        wait_until(|| lines("ready") == racers.len());
        fs::write(folder.join("go"), "").unwrap();
        // Whoever has it keeps it until all others have given up.
        wait_until(|| {
            let ended = racers
                .iter_mut()
                .filter_map(|racer| racer.try_wait().unwrap());
            ended.count() + lines("got") == 6
        });
        fs::write(folder.join("end"), "").unwrap();
        for mut racer in racers {
            racer.wait().unwrap();
        }
        assert_eq!(lines("got"), 1, "round {round}");
        let left = fs::read_dir(folder.join("agc/s.g.n")).unwrap().count();
        assert_eq!(left, 0, "round {round}: something of the lock is left");
    }
}

#[test]
fn json_is_one_document_and_the_story_goes_elsewhere() {
    let system = System::up();
    let ran = system.run(&["verify", "--output", "json"]);
    ran.ends_with(0);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["command"], "verify");
    assert_eq!(document["ok"], true);
    let results = document["results"].as_array().unwrap();
    assert!(results.len() > 25, "{}", results.len());
    assert!(ran.stderr.contains("== verify gateway"), "{}", ran.stderr);

    system.set("not-ready/httproute/api-route", "no \"backend\"\\ here");
    let ran = system.run(&["verify", "--output=json"]);
    ran.ends_with(1);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["ok"], false);
    let failed: Vec<&serde_json::Value> = document["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["result"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["name"], "route api-route is programmed");
    let detail = failed[0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("ResolvedRefs is False: no \"backend\"\\ here"),
        "{detail}"
    );
}
