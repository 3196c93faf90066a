//! The Jobs that make database users: what the spec decides, and their program, `templates/k8s/sql-grants`, with a
//! `sqlcmd` that writes down what it is asked.
//!
//! What the T-SQL does in a database is not proved here: that needs a SQL server.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::oracle::{Checks, Shellcheck, asserting};
use super::systems::cloud_native;
use super::{CLIENT_ID, account_of, only, rendered_objects};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        the_program_gives_each_database_its_own_users,
        the_program_waits_for_a_database_that_sleeps,
        an_image_without_sqlcmd_is_told_at_once,
        a_failing_batch_fails_the_program,
        the_program_refuses_what_could_become_sql,
        the_statements_touch_our_users_alone_and_all_or_nothing,
        the_job_says_what_the_spec_decides,
    );
    asserting!(checks, Shellcheck:
        the_program_is_clean_shell,
    );
}

/// What a run of grants.sh did.
struct GrantsRun {
    status: bool,
    stderr: String,
    /// What sqlcmd was given: its arguments, and the text of its input file.
    calls: Vec<(String, String)>,
    sleeps: usize,
}

fn executable(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn path_with(folder: &Path) -> String {
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

/// Runs grants.sh with a sqlcmd and a sleep that write down what they are asked. `refusals`: how often sqlcmd fails first.
fn run_grants(variables: &[(&str, &str)], refusals: usize) -> GrantsRun {
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let log = folder.path().join("log");
    fs::create_dir(&log).unwrap();
    executable(
        &programs.join("sqlcmd"),
        r#"#!/bin/sh
n=$(ls "$LOG" | grep -c args)
printf '%s\n' "$@" >"$LOG/$n.args"
for file; do :; done
cat "$file" >"$LOG/$n.sql"
if [ "$n" -lt "$REFUSALS" ]; then echo 'Database is not currently available.' >&2; exit 1; fi
"#,
    );
    executable(
        &programs.join("sleep"),
        "#!/bin/sh\necho x >>\"$LOG/sleeps\"\n",
    );
    let mut command = Command::new("sh");
    command
        .arg("templates/k8s/sql-grants/grants.sh")
        .env("PATH", path_with(&programs))
        .env("LOG", &log)
        .env("REFUSALS", refusals.to_string())
        .env("TMPDIR", folder.path());
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let mut calls = Vec::new();
    while let Ok(args) = fs::read_to_string(log.join(format!("{}.args", calls.len()))) {
        let sql = fs::read_to_string(log.join(format!("{}.sql", calls.len()))).unwrap();
        calls.push((args, sql));
    }
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "bin" && name != "log")
        .collect();
    assert_eq!(
        left,
        Vec::<std::ffi::OsString>::new(),
        "it cleans up behind itself"
    );
    GrantsRun {
        status: output.status.success(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        calls,
        sleeps: fs::read_to_string(log.join("sleeps")).map_or(0, |text| text.lines().count()),
    }
}

const GRANTS_ENVIRONMENT: [(&str, &str); 6] = [
    ("SQL_SERVER", "sql-x.database.windows.net"),
    ("USER_PREFIX", "id-shop-"),
    ("DATABASES", "orders\nIt's; DROP $(x) `y`\nunused"),
    (
        "GRANTS",
        "id-shop-api API_CLIENT_ID db_datareader orders\n\
         id-shop-api API_CLIENT_ID db_datawriter orders\n\
         id-shop-report REPORT_CLIENT_ID db_datareader It's; DROP $(x) `y`",
    ),
    ("API_CLIENT_ID", CLIENT_ID),
    ("REPORT_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
];

fn the_program_gives_each_database_its_own_users() {
    let run = run_grants(&GRANTS_ENVIRONMENT, 0);
    assert!(run.status, "{}", run.stderr);
    assert_eq!(run.sleeps, 0);
    // A question for each database, which wakes it up, then a question and a batch for each.
    assert_eq!(run.calls.len(), 9);
    let statements = fs::read_to_string("templates/k8s/sql-grants/grants.sql").unwrap();
    for ((args, sql), (database, inserts)) in run.calls.iter().skip(4).step_by(2).zip([
        (
            "orders",
            vec![
                format!("VALUES (N'id-shop-api', CAST(CAST('{CLIENT_ID}' AS uniqueidentifier) AS varbinary(16)), N'db_datareader');"),
                format!("VALUES (N'id-shop-api', CAST(CAST('{CLIENT_ID}' AS uniqueidentifier) AS varbinary(16)), N'db_datawriter');"),
            ],
        ),
        (
            "It's; DROP $(x) `y`",
            vec![
                "VALUES (N'id-shop-report', CAST(CAST('11111111-2222-3333-4444-555555555555' AS uniqueidentifier) AS varbinary(16)), N'db_datareader');".to_owned(),
            ],
        ),
        ("unused", vec![]),
    ]) {
        let args: Vec<&str> = args.lines().collect();
        assert!(args.contains(&format!("--database-name={database}").as_str()), "{args:?}");
        for needed in ["-b", "-x", "--authentication-method=ActiveDirectoryDefault", "sql-x.database.windows.net"] {
            assert!(args.contains(&needed), "{needed} in {args:?}");
        }
        assert!(!args.contains(&"-P") && !args.contains(&"-C"), "{args:?}");
        let values: Vec<&str> = sql.lines().filter(|line| line.starts_with("VALUES ")).collect();
        assert_eq!(values, inserts, "{database}");
        assert!(sql.contains("DECLARE @user_prefix nvarchar(128) = N'id-shop-';"), "{sql}");
        assert!(sql.ends_with(&statements), "{database}");
        // The name of a database is an argument, never text of a statement.
        assert!(!sql.contains("It's"), "{sql}");
    }
}

fn the_program_waits_for_a_database_that_sleeps() {
    let run = run_grants(&GRANTS_ENVIRONMENT, 6);
    assert!(run.status, "{}", run.stderr);
    // All are asked before the first is waited for.
    let databases: BTreeSet<&str> = run.calls[..3]
        .iter()
        .filter_map(|(args, _)| {
            args.lines()
                .find(|word| word.starts_with("--database-name="))
        })
        .collect();
    assert_eq!(databases.len(), 3, "{databases:?}");
    assert_eq!(run.sleeps, 3);
    assert!(
        run.stderr.contains("Database is not currently available."),
        "{}",
        run.stderr
    );
    let run = run_grants(&GRANTS_ENVIRONMENT, 1000);
    assert!(!run.status);
    assert!(run.stderr.contains("takes no sign-in"), "{}", run.stderr);
    assert!(
        run.calls.iter().all(|(_, sql)| sql == "SELECT 1;\n"),
        "nothing is changed blindly"
    );
}

fn an_image_without_sqlcmd_is_told_at_once() {
    // A shell and the tools of the program, without sqlcmd and without sleep: waiting would be seen.
    let folder = tempfile::tempdir().unwrap();
    for tool in ["dirname", "mktemp", "rm", "cat", "grep"] {
        executable(
            &folder.path().join(tool),
            &format!("#!/bin/sh\nPATH=/usr/bin:/bin exec {tool} \"$@\"\n"),
        );
    }
    let output = Command::new("/bin/sh")
        .arg("templates/k8s/sql-grants/grants.sh")
        .envs(GRANTS_ENVIRONMENT)
        .env("PATH", folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the image has no sqlcmd"), "{said}");
}

fn a_failing_batch_fails_the_program() {
    // The question is answered and the batch is not.
    let folder = tempfile::tempdir().unwrap();
    executable(
        &folder.path().join("sqlcmd"),
        "#!/bin/sh\nfor file; do :; done\n! grep -q TRANSACTION \"$file\"\n",
    );
    let output = Command::new("sh")
        .arg("templates/k8s/sql-grants/grants.sh")
        .env("PATH", path_with(folder.path()))
        .envs(GRANTS_ENVIRONMENT)
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(!String::from_utf8_lossy(&output.stdout).contains("done"));
}

fn the_program_refuses_what_could_become_sql() {
    let with = |name: &str, value: &str| {
        let mut variables = GRANTS_ENVIRONMENT.to_vec();
        variables.retain(|(known, _)| *known != name);
        variables.push((name, value));
        let run = run_grants(
            &variables.iter().map(|(a, b)| (*a, *b)).collect::<Vec<_>>(),
            0,
        );
        assert!(!run.status, "{name}={value}");
        assert!(
            run.stderr.contains("sql-grants: "),
            "{name}={value}: {}",
            run.stderr
        );
        assert!(
            run.calls
                .iter()
                .all(|(_, sql)| !sql.contains("TRANSACTION")),
            "{name}={value}"
        );
    };
    with("USER_PREFIX", "id-'; DROP TABLE x; --");
    with("USER_PREFIX", "");
    with("GRANTS", "id-shop-a'] API_CLIENT_ID db_datareader orders");
    with("GRANTS", "id-other-api API_CLIENT_ID db_datareader orders");
    with("GRANTS", "id-shop- API_CLIENT_ID db_datareader orders");
    with("GRANTS", "id-shop-api API_CLIENT_ID db_owner]; orders");
    with("GRANTS", "id-shop-api $(reboot) db_datareader orders");
    with(
        "GRANTS",
        "id-shop-api NOT_SET_CLIENT_ID db_datareader orders",
    );
    with("GRANTS", "id-shop-api API_CLIENT_ID db_datareader missing");
    with("API_CLIENT_ID", "<API_CLIENT_ID of late-values.env>");
    with("API_CLIENT_ID", "");
    with("API_CLIENT_ID", "5f0d1b6e-3c54-4d7b-9d1f-7a3c2b1e0f9a'");
    with("API_CLIENT_ID", "5f0d1b6e3c544d7b9d1f7a3c2b1e0f9a");
}

fn the_program_is_clean_shell(shellcheck: &Shellcheck) {
    let found = shellcheck
        .lint(&["templates/k8s/sql-grants/grants.sh"])
        .unwrap();
    assert_eq!(found, Vec::<String>::new());
}

/// What the T-SQL must say, sentence by sentence (SQL Server's pages on `CREATE USER`, `sys.database_principals` and
/// `SET XACT_ABORT`, read 2026-11). No server runs it here.
fn the_statements_touch_our_users_alone_and_all_or_nothing() {
    let text = fs::read_to_string("templates/k8s/sql-grants/grants.sql").unwrap();
    let code: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect();
    let code = code.join(" ");
    let once = |part: &str| {
        assert_eq!(code.matches(part).count(), 1, "{part} in\n{code}");
        code.find(part).unwrap()
    };
    // One transaction around everything that changes something.
    let abort = once("SET XACT_ABORT ON;");
    let begin = once("BEGIN TRANSACTION;");
    let commit = once("COMMIT TRANSACTION;");
    assert!(abort < begin && commit + "COMMIT TRANSACTION;".len() == code.len());
    let steps = [
        once("N'DROP USER ' + QUOTENAME(actual.name) + N';'"),
        once(
            "N'CREATE USER ' + QUOTENAME(missing.user_name) + N' WITH SID = ' + CONVERT(nvarchar(172), missing.sid, 1) + N', TYPE = E;'",
        ),
        once(
            "N'ALTER ROLE ' + QUOTENAME(held.name) + N' DROP MEMBER ' + QUOTENAME(actual.name) + N';'",
        ),
        once(
            "N'ALTER ROLE ' + QUOTENAME(missing.role_name) + N' ADD MEMBER ' + QUOTENAME(missing.user_name) + N';'",
        ),
    ];
    assert!(steps.is_sorted() && begin < steps[0] && steps[3] < commit);
    // Each step is carried out, and none but these.
    assert_eq!(
        code.matches("EXEC sys.sp_executesql @statements;").count(),
        4
    );
    // Nobody is dropped but users of Entra whose name begins with our prefix and who are not wanted as they are.
    let drops = &code[begin..steps[1]];
    for guard in [
        "WHERE actual.type = 'E'",
        "AND LEFT(actual.name, LEN(@user_prefix)) COLLATE Latin1_General_BIN2 = @user_prefix",
        "AND NOT EXISTS ( SELECT 1 FROM @wanted AS wanted \
         WHERE wanted.user_name = actual.name COLLATE Latin1_General_BIN2 AND wanted.sid = actual.sid );",
    ] {
        assert!(drops.contains(guard), "{guard} in\n{drops}");
    }
    // No member is taken from a role but ours.
    let members = &code[steps[2]..steps[3]];
    assert!(
        members.contains(
            "WHERE EXISTS ( SELECT 1 FROM @wanted AS wanted \
             WHERE wanted.user_name = actual.name COLLATE Latin1_General_BIN2 )"
        ),
        "{members}"
    );
}

fn the_job_says_what_the_spec_decides() {
    let objects = rendered_objects(&cloud_native());
    let job = only(&objects, "Job", "sql-grants");
    assert_eq!(job["metadata"]["namespace"], "cloud-native-sql-grants");
    assert_eq!(
        job["metadata"]["annotations"],
        json!({
            "argocd.argoproj.io/hook": "Sync",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            "kustomize.toolkit.fluxcd.io/force": "enabled",
        })
    );
    let template = &job["spec"]["template"];
    // What `cat templates/k8s/sql-grants/grants.sh templates/k8s/sql-grants/grants.sql | sha256sum` begins with.
    let sum = Command::new("sh")
        .args(["-c", "cat grants.sh grants.sql | sha256sum | cut -c1-16"])
        .current_dir("templates/k8s/sql-grants")
        .output()
        .unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(
        template["metadata"]["annotations"],
        json!({ "checksum/program": format!("sha256-{}", sum.trim_end()) }),
        "a changed program makes another Job"
    );
    account_of(&objects, job, "sql-administrator");
    let env: Vec<(&str, &str)> = template["spec"]["containers"][0]["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| {
            (
                variable["name"].as_str().unwrap(),
                variable["value"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        env,
        [
            (
                "SQL_SERVER",
                "sql-cloud-native-sql-7k2f9d.database.windows.net"
            ),
            ("USER_PREFIX", "id-cloud-native-"),
            ("DATABASES", "application-db"),
            (
                "GRANTS",
                "id-cloud-native-data-service DATA_SERVICE_CLIENT_ID db_datareader application-db\n\
                 id-cloud-native-data-service DATA_SERVICE_CLIENT_ID db_datawriter application-db",
            ),
            ("HOME", "/work"),
            ("TMPDIR", "/work"),
            (
                "DATA_SERVICE_CLIENT_ID",
                "<DATA_SERVICE_CLIENT_ID of late-values.env>"
            ),
        ]
    );
    let volumes: BTreeSet<&str> = template["spec"]["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|volume| volume["name"].as_str().unwrap())
        .collect();
    for mount in template["spec"]["containers"][0]["volumeMounts"]
        .as_array()
        .unwrap()
    {
        assert!(volumes.contains(mount["name"].as_str().unwrap()));
    }
    // The shell alone answers its probes, and none kills the pod before the Job's own deadline.
    for probe in ["readinessProbe", "livenessProbe"] {
        let probe = &template["spec"]["containers"][0][probe];
        assert_eq!(probe["exec"], json!({ "command": ["/bin/sh", "-c", ":"] }));
        let number = |field: &str| probe[field].as_u64().unwrap();
        let patience = number("periodSeconds") * number("failureThreshold");
        assert!(patience >= job["spec"]["activeDeadlineSeconds"].as_u64().unwrap());
    }
    // It writes nowhere but in its working folder.
    let container = &template["spec"]["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    let writable: Vec<&serde_json::Value> = container["volumeMounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|mount| mount.get("readOnly").is_none())
        .map(|mount| &mount["mountPath"])
        .collect();
    assert_eq!(writable, ["/work"]);
    let program = &only(&objects, "ConfigMap", "sql-grants")["data"];
    for (file, path) in [("grants.sh", "grants.sh"), ("grants.sql", "grants.sql")] {
        let template =
            fs::read_to_string(Path::new("templates/k8s/sql-grants").join(path)).unwrap();
        assert_eq!(program[file], template.as_str());
    }
}
