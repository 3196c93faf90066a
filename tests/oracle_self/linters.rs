//! The linters: clean files pass, planted faults are told with their place.

use crate::oracle::{Checks, Shellcheck, Yamllint, none};
use crate::planting::{folder, one_finding};

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<Yamllint>("yamllint: a clean file", |yamllint| {
        let files = folder(&[(
            "a.yaml",
            "# Generated.\nkind: List\nitems:\n  - { name: web, open: \"no\" } # short\n  - name: api\n",
        )])?;
        none(yamllint.lint(&[files.path().join("a.yaml")])?)
    });
    for (text, words) in [
        ("open: no\n", "a.yaml:1:7: [error] truthy value"),
        (
            "a: 1\nb: 2\na: 3\n",
            "a.yaml:3:1: [error] duplication of key",
        ),
        ("a: 1 \n", "a.yaml:1:5: [error] trailing spaces"),
        ("a: 1", "[error] no new line character at the end of file"),
        ("mode: 0644\n", "[error] forbidden implicit octal"),
        ("a:\n", "[error] empty value"),
        ("a: {\n", "[error] syntax error"),
    ] {
        checks.needing::<Yamllint>(format!("yamllint: {text:?}"), move |yamllint| {
            let files = folder(&[("a.yaml", text)])?;
            one_finding(&yamllint.lint(&[files.path().join("a.yaml")])?, &[words])
        });
    }
    checks.needing::<Yamllint>("yamllint: no file is a breakdown", |yamllint| {
        let files = folder(&[("a.yaml", "a: 1\n")])?;
        if yamllint.lint(&[files.path().join("missing.yaml")]).is_ok()
            || yamllint.lint::<&str>(&[]).is_ok()
        {
            return Err("a file that is not there was passed".into());
        }
        none(yamllint.lint(&[files.path().join("a.yaml")])?)
    });
    checks.needing::<Shellcheck>("shellcheck: a clean file", |shellcheck| {
        let files = folder(&[("a.sh", "#!/usr/bin/env bash\nset -eu\necho \"$1\"\n")])?;
        none(shellcheck.lint(&[files.path().join("a.sh")])?)
    });
    checks.needing::<Shellcheck>("shellcheck: an unquoted variable", |shellcheck| {
        let files = folder(&[("a.sh", "#!/usr/bin/env bash\nrm $1\n")])?;
        one_finding(
            &shellcheck.lint(&[files.path().join("a.sh")])?,
            &["a.sh:2:4: note:", "SC2086"],
        )
    });
    checks.needing::<Shellcheck>("shellcheck: no file is a breakdown", |shellcheck| {
        let files = folder(&[("a.sh", "#!/bin/sh\n")])?;
        if shellcheck.lint(&[files.path().join("missing.sh")]).is_ok() {
            return Err("a file that is not there was passed".into());
        }
        none(shellcheck.lint(&[files.path().join("a.sh")])?)
    });
}
