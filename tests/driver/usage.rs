//! The command line itself: help, wrong words, broken folders.

use std::fs;

use crate::{COMMANDS, System};

#[test]
fn every_command_has_a_usage_text() {
    let system = System::new();
    let usage = system.run(&["help"]);
    usage.ends_with(0);
    let commands: Vec<&str> = usage
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(commands, COMMANDS);
    for command in commands {
        let help = system.run(&[command, "--help"]);
        help.ends_with(0)
            .says(&format!("agc.sh {command}"))
            .changes_by(&[]);
        assert_eq!(help.calls, [], "{command} --help calls something");
    }
}

/// Settings of a shell that whoever calls may have made.
#[test]
fn the_callers_shell_may_have_settings_of_its_own() {
    let system = System::new();
    let run_of = |name: &str, change: &dyn Fn(&mut std::process::Command)| {
        let mut command = system.command(&[name, "--dry-run"]);
        change(&mut command);
        let output = command.output().unwrap();
        let said = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            said(output.stdout),
            said(output.stderr),
        )
    };
    let run = |change: &dyn Fn(&mut std::process::Command)| run_of("status", change);
    let plain = run(&|_| ());
    assert_eq!((plain.0, plain.2.as_str()), (Some(0), ""));
    // Of a path that begins with a folder, cd looks there and says where it went.
    let usual = system.command(&[]);
    let variables = usual.get_envs();
    let output = std::process::Command::new("bash")
        .args(["driver/agc.sh", "status", "--dry-run"])
        .current_dir(system.path("out"))
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .env("CDPATH", ".")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), plain.1);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        run(&|command| _ = command.env("SHELLOPTS", "noclobber")),
        plain
    );
    // It writes into one file several times.
    assert_eq!(
        run_of("preflight", &|command| _ =
            command.env("SHELLOPTS", "noclobber")),
        run_of("preflight", &|_| ())
    );
    assert_eq!(run(&|command| _ = command.env_remove("HOME")), plain);
    let (code, _, stderr) = run(&|command| _ = command.env_remove("HOME").env_remove("AGC_STATE"));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("name a folder"), "{stderr}");
}

#[test]
fn what_is_called_wrongly_ends_with_2_and_calls_nothing() {
    let system = System::new();
    for (arguments, says) in [
        (vec!["deploi"], "there is no command 'deploi'"),
        (vec!["deploy", "--force"], "there is no option --force"),
        (vec!["deploy", "now"], "deploy takes no word: now"),
        (vec!["apply", "everything"], "not 'everything'"),
        (vec!["verify", "--only", "all"], "not 'all'"),
        (vec!["deploy", "--only", "pods"], "--only belongs to verify"),
        (vec!["verify", "--fix"], "--fix belongs to preflight and up"),
        (
            vec!["verify", "--again"],
            "--again belongs to deploy and up",
        ),
        (
            vec!["up", "--without-cluster"],
            "--without-cluster belongs to destroy",
        ),
        (
            vec!["verify", "--output", "xml"],
            "--output is text or json",
        ),
        (vec!["verify", "--output"], "--output wants a value"),
        (
            vec!["up", "--environment", "prod"],
            "--environment is reserved",
        ),
    ] {
        let ran = system.run(&arguments);
        ran.ends_with(2).changes_by(&[]);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(system.run(&[]).code, 2);
}

#[test]
fn a_folder_that_lost_something_is_refused() {
    let system = System::new();
    let path = system.path("out/driver/system.tsv");
    let whole = system.read("out/driver/system.tsv");
    for (broken, says) in [
        (
            whole.replace("agcgen-system\t1", "agcgen-system\t2"),
            "different versions",
        ),
        (
            whole.replace("namespace\tcloud-native-sql-grants\n", ""),
            "has lost rows",
        ),
        (
            whole.lines().take(9).collect::<Vec<_>>().join("\n"),
            "has lost rows",
        ),
        // Rows go into variables: a kind that is no word must not become code.
        (
            whole.replace("cluster\t", "x[$(touch planted)]\t"),
            "is damaged",
        ),
    ] {
        assert_ne!(broken, whole);
        fs::write(&path, broken).unwrap();
        let ran = system.run(&["status"]);
        ran.ends_with(2);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert!(!system.path("planted").exists());
    }
    fs::remove_file(&path).unwrap();
    assert!(
        system
            .run(&["status"])
            .stderr
            .contains("is not beside agc.sh")
    );
}

/// `apply` deletes what is not in the lock.
#[test]
fn without_its_whole_lock_nothing_is_done() {
    let system = System::up();
    let lock = system.path("out/agcgen.lock");
    let whole = system.read("out/agcgen.lock");
    system.set("live", "apps/v1\tDeployment\tcloud-native-app\tapi-service");
    let lines: Vec<&str> = whole.lines().collect();
    let without_last = lines[..lines.len() - 1].join("\n") + "\n";
    let row = "object\tapps/v1\tDeployment\tcloud-native-app\tapi-service\n";
    for (broken, says) in [
        (None, "agcgen.lock is missing"),
        (Some(String::new()), "agcgen.lock is cut short"),
        (Some(without_last), "agcgen.lock is cut short"),
        (Some(whole.replace(row, "")), "agcgen.lock is cut short"),
        (
            Some(format!("{whole}>>>>>>> theirs\n")),
            "agcgen.lock is cut short",
        ),
    ] {
        match broken {
            None => fs::remove_file(&lock).unwrap(),
            Some(text) => {
                assert_ne!(text, whole);
                fs::write(&lock, text).unwrap();
            }
        }
        for arguments in [vec!["apply"], vec!["verify", "--only", "gateway"]] {
            let ran = system.run(&arguments);
            ran.ends_with(2);
            assert!(ran.calls.is_empty(), "{says}: {:?}", ran.calls);
            assert!(ran.stderr.contains(says), "{}", ran.stderr);
        }
    }
    fs::write(&lock, whole).unwrap();
    system.run(&["apply"]).succeeds().changes_by(&[]);
}

#[test]
fn what_needs_a_yes_says_so_where_nobody_can_be_asked() {
    let system = System::up();
    let ran = system.run(&["destroy"]);
    ran.ends_with(2).changes_by(&[]);
    assert!(
        ran.stderr.contains("--yes says so beforehand"),
        "{}",
        ran.stderr
    );
}
