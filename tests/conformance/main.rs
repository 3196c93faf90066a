//! `agcgen trace` before the conformance suite of the Gateway API: upstream's tests, manifests and expectations, where every
//! status and every answer is agcgen's. Two faults are planted in what agcgen says, and each must be found.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

#[path = "../oracle/mod.rs"]
mod oracle;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use agcgen::catalog::gateway_api::{FEATURES, Support};
use oracle::{
    Bash, Checks, Conformance, CustomResources, Failed, Outcome, UpstreamExamples, Verdict,
    Verdicts, say,
};
use serde_json::{Value, json};

/// Tests that the suite has today, and those that pass; there may be more.
const LEAST_TESTS: usize = 130;
const LEAST_PASSED: usize = 57;

fn main() -> ExitCode {
    let mut checks = Checks::new();
    checks.needing::<Conformance>(
        "the whole suite passes, or says why it was not asked",
        |suite| {
            let verdicts = suite.run(Path::new(env!("CARGO_BIN_EXE_agcgen")), &features(), &[])?;
            say(&table(&verdicts));
            let failed = names(&verdicts, |outcome| matches!(outcome, Outcome::Failed));
            let passed = names(&verdicts, |outcome| matches!(outcome, Outcome::Passed));
            if !failed.is_empty() {
                say(&verdicts.log);
                return Err(Failed::from(format!("failed: {}", failed.join(", "))));
            }
            let total = verdicts.tests.len();
            say(&format!("{} passed, {} skipped\n", passed.len(), total - passed.len()));
            if passed.len() < LEAST_PASSED || total < LEAST_TESTS {
                return Err(Failed::from(format!(
                    "only {} of {total} passed; it should be at least {LEAST_PASSED} of {LEAST_TESTS}",
                    passed.len()
                )));
            }
            Ok(())
        },
    );
    checks.needing::<(Conformance, Bash)>("a fault: another backend", |(suite, bash)| {
        planted(
            suite,
            bash,
            "HTTPRouteSimpleSameNamespace",
            "s/infra-backend-v1/infra-backend-v2/g",
        )
    });
    checks.needing::<(Conformance, Bash)>("a fault: another reason", |(suite, bash)| {
        planted(
            suite,
            bash,
            "HTTPRouteInvalidNonExistentBackendRef",
            "s/BackendNotFound/InvalidKind/g",
        )
    });
    checks.needing::<UpstreamExamples>(
        "what the Gateway API refuses is refused, and what it shows is taken",
        examples,
    );
    checks.needing::<CustomResources>(
        "manifests with one fault are judged as the definitions judge them",
        faults,
    );
    checks.run()
}

/// What the oracle judges otherwise than the server: names, labels and whether there is a `spec` are no matter of a definition, a
/// null is dropped before it is judged, and kube-cel has no `isIP`.
const OF_THE_SERVER: [&str; 5] = [
    "ip address bad",
    "label bad",
    "name upper",
    "rules null",
    "spec is missing",
];

fn faults(definitions: &CustomResources) -> Result<(), Failed> {
    let (mut wrong, mut judged) = (Vec::new(), 0);
    for line in include_str!("../trace/manifests.jsonl").lines() {
        let line: Value = serde_json::from_str(line)?;
        let what = line["what"].as_str().unwrap_or_default();
        let problems = match definitions.check("v1.5.1", &line["object"])? {
            Verdict::Judged(problems) => problems,
            Verdict::NoDefinition => vec!["no definition".to_owned()],
        };
        let is_otherwise = problems.is_empty() == line["refused"];
        if is_otherwise != OF_THE_SERVER.contains(&what) {
            wrong.push(format!("{what}: {problems:?}"));
        }
        judged += 1;
    }
    say(&format!("{judged} manifests judged"));
    if wrong.is_empty() && judged >= 240 {
        Ok(())
    } else {
        Err(Failed::from(wrong.join("\n")))
    }
}

/// Examples that are wrong in a kind that is not about routing, or that only the experimental channel takes.
const NOT_ASKED: [&str; 4] = [
    "tests/httproute-retry.yaml",
    "gatewayclass/invalid-controller.yaml",
    "tlsroute/invalid-hostname.yaml",
    "tlsroute/no-hostname.yaml",
];

/// What says that an API server would refuse something, or the reader of YAML, or that a backend is none.
const REFUSALS: [&str; 4] = ["AGC0611", "AGC0612", "AGC0007", "AGC0606"];

fn examples(upstream: &UpstreamExamples) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    let mut counts = [0, 0];
    for (folder, is_bad) in [("hack", true), ("examples", false), ("conformance", false)] {
        for file in upstream.files(folder) {
            if NOT_ASKED.iter().any(|other| file.ends_with(other)) {
                continue;
            }
            let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
                .args(["trace", "--lint", "--format", "short"])
                .arg(&file)
                .output()?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // A backend may well stand in another file.
            let codes = if is_bad {
                &REFUSALS[..]
            } else {
                &REFUSALS[..3]
            };
            let is_refused = codes.iter().any(|code| said.contains(code));
            if is_refused != is_bad {
                wrong.push(format!("{}:\n{said}", file.display()));
            }
            counts[usize::from(is_bad)] += 1;
        }
    }
    let [shown, refused] = counts;
    say(&format!("{refused} examples refused, {shown} files taken"));
    if wrong.is_empty() && refused == 33 && shown >= 70 {
        Ok(())
    } else {
        Err(Failed::from(format!("{counts:?}\n{}", wrong.join("\n"))))
    }
}

/// The table of features as the suite's driver reads it.
fn features() -> Value {
    FEATURES
        .iter()
        .map(|feature| {
            let (support, note) = match feature.support {
                Support::Since(version) => ("supported", version),
                Support::Not(instead) => ("unsupported", instead),
                Support::Unstated => ("unstated", ""),
            };
            json!({ "name": feature.name, "support": support, "note": note })
        })
        .collect()
}

/// A test that passes must fail where a change is made in what agcgen prints.
fn planted(suite: &Conformance, bash: &Bash, test: &str, change: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let clean = wrapper(folder.path(), "clean", "")?;
    let faulty = wrapper(folder.path(), "faulty", change)?;
    for file in [&clean, &faulty] {
        oracle::none(bash.syntax(file)?)?;
    }
    for (program, is_good) in [(clean, true), (faulty, false)] {
        let verdicts = suite.run(&program, &features(), &[test])?;
        match verdicts.tests.as_slice() {
            [only] if only.name == test && matches!(only.outcome, Outcome::Passed) == is_good => {}
            _ => {
                say(&verdicts.log);
                return Err(Failed::from(format!(
                    "{}:\n{}",
                    program.display(),
                    table(&verdicts)
                )));
            }
        }
    }
    Ok(())
}

/// A program that says what agcgen says, changed by sed.
fn wrapper(folder: &Path, name: &str, change: &str) -> Result<PathBuf, Failed> {
    let file = folder.join(name);
    let script = format!(
        "#!/usr/bin/env bash\nset -o pipefail\n'{}' \"$@\" | sed '{change}'\n",
        env!("CARGO_BIN_EXE_agcgen")
    );
    fs::write(&file, script)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(file)
}

fn names(verdicts: &Verdicts, is_wanted: impl Fn(&Outcome) -> bool) -> Vec<&str> {
    let wanted = verdicts
        .tests
        .iter()
        .filter(|verdict| is_wanted(&verdict.outcome));
    wanted.map(|verdict| verdict.name.as_str()).collect()
}

/// A line a test of the suite: its name, and what became of it.
fn table(verdicts: &Verdicts) -> String {
    let mut table = String::from("\n");
    let width = verdicts
        .tests
        .iter()
        .map(|verdict| verdict.name.len())
        .max()
        .unwrap_or_default();
    for verdict in &verdicts.tests {
        let said = match &verdict.outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed => "failed".to_owned(),
            Outcome::Skipped(reason) => format!("skipped: {reason}"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{:width$}  {said}", verdict.name);
    }
    table
}
