//! The harness: this program runs itself again, without the tools, and looks at what a person would see.

use std::env;
use std::process::{Command, Output};

use crate::oracle::{Checks, CustomResources, Failed};

/// Set in the second run: adds a check that passes without asking its oracle.
const PROBE: &str = "AGCGEN_ORACLE_PROBE";

pub(crate) fn add(checks: &mut Checks) {
    if env::var_os(PROBE).is_some() {
        checks.needing::<CustomResources>("probe: asks nothing", |_| Ok(()));
    }
    checks.plain(
        "harness: a missing oracle is seen, once, and passes",
        || {
            let output = without_tools("yamllint:", "false", &[])?;
            let (out, err) = text(&output);
            expect(&output, true)?;
            if !out.contains("test result: ok. 0 passed; 0 failed; 9 ignored")
                || err
                    .matches("NOT CHECKED, because yamllint is not on PATH")
                    .count()
                    != 1
                || err.matches("oracle").count() != 1
            {
                return Err(format!("{out}\n{err}").into());
            }
            Ok(())
        },
    );
    checks.plain("harness: a missing oracle fails with CI set", || {
        let output = without_tools("yamllint: a clean file", "true", &[])?;
        let (out, err) = text(&output);
        expect(&output, false)?;
        if !out.contains("NOT CHECKED, because yamllint is not on PATH")
            || !err.contains("NOT CHECKED, because yamllint is not on PATH")
        {
            return Err(format!("{out}\n{err}").into());
        }
        Ok(())
    });
    checks.plain("harness: missing reference data is told", || {
        let output = without_tools("bodies: every schema", "false", &[])?;
        let (_, err) = text(&output);
        expect(&output, true)?;
        if !err.contains("resource types  NOT CHECKED, because AGCGEN_REFERENCE is not set\n") {
            return Err(err.into());
        }
        Ok(())
    });
    checks.plain("harness: a variable that names no tool is told", || {
        let output = without_tools(
            "shellcheck: a clean file",
            "false",
            &[("AGCGEN_SHELLCHECK", "/nowhere/shellcheck")],
        )?;
        let (_, err) = text(&output);
        if !err.contains("because AGCGEN_SHELLCHECK names /nowhere/shellcheck, which is no file") {
            return Err(err.into());
        }
        Ok(())
    });
    checks.plain("harness: an old tool is not asked", || {
        let tool = crate::planting::folder(&[("yamllint", "#!/bin/sh\necho yamllint 1.2.3\n")])?;
        let path = tool.path().join("yamllint");
        make_executable(&path)?;
        let output = without_tools(
            "yamllint: a clean file",
            "false",
            &[("AGCGEN_YAMLLINT", &path.to_string_lossy())],
        )?;
        let (_, err) = text(&output);
        if !err.contains("has version 1.2.3, at least 1.35 is needed") {
            return Err(err.into());
        }
        Ok(())
    });
    checks.needing::<CustomResources>("harness: a check that asks nothing fails", |crds| {
        let reference = env::var("AGCGEN_REFERENCE")?;
        let output = without_tools(
            "probe: asks nothing",
            "false",
            &[(PROBE, "1"), ("AGCGEN_REFERENCE", &reference)],
        )?;
        let (out, err) = text(&output);
        expect(&output, false)?;
        if !out.contains("this check asked custom resource definitions nothing")
            || !err.contains("nothing\n")
        {
            return Err(format!("{out}\n{err}").into());
        }
        crds.check(
            "v1.5.1",
            &serde_json::json!({ "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway" }),
        )?;
        Ok(())
    });
}

/// Runs the checks whose names contain `filter` in a world without tools and reference data.
fn without_tools(filter: &str, ci: &str, variables: &[(&str, &str)]) -> Result<Output, Failed> {
    Ok(Command::new(env::current_exe()?)
        .arg(filter)
        .env_clear()
        .env("CI", ci)
        .env("PATH", "/nowhere")
        .envs(variables.iter().copied())
        .output()?)
}

fn text(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn expect(output: &Output, success: bool) -> Result<(), Failed> {
    if output.status.success() == success {
        Ok(())
    } else {
        let (out, err) = text(output);
        Err(format!("ended with {:?}\n{out}\n{err}", output.status).into())
    }
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) -> Result<(), Failed> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

#[cfg(not(unix))]
fn make_executable(_: &std::path::Path) -> Result<(), Failed> {
    Err("no scripts here".into())
}
