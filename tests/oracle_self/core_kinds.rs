//! Kubernetes' own kinds: a right object, a field that does not exist, a wrong type, a file that cannot be read.

use crate::oracle::{Checks, CoreKinds, Failed, none};
use crate::planting::{folder, one_finding};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: nginxinc/nginx-unprivileged:1.29
          ports:
            - containerPort: 8080
";

const KUBERNETES: &str = "1.36";

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<CoreKinds>("core kinds: right objects", |core| {
        let files = folder(&[
            ("a.yaml", DEPLOYMENT),
            ("b.yaml", &format!("{DEPLOYMENT}---\n{DEPLOYMENT}")),
        ])?;
        let report = core.check(
            KUBERNETES,
            &[files.path().join("a.yaml"), files.path().join("b.yaml")],
        )?;
        none(&report.problems)?;
        if report.passed.len() != 3 || report.kubernetes != KUBERNETES {
            return Err(format!("{report:?}").into());
        }
        Ok(())
    });
    for (name, from, to, words) in [
        (
            "a field that does not exist",
            "image:",
            "imagePullPolice: Always\n          image:",
            "imagePullPolice",
        ),
        ("a text for a number", "8080", "\"8080\"", "8080"),
        (
            "a missing field",
            "  selector:\n    matchLabels: { app: web }\n",
            "",
            "selector",
        ),
    ] {
        checks.needing::<CoreKinds>(format!("core kinds: {name}"), move |core| {
            let files = folder(&[
                ("bad.yaml", DEPLOYMENT.replacen(from, to, 1).as_str()),
                ("good.yaml", DEPLOYMENT),
            ])?;
            let report = core.check(
                KUBERNETES,
                &[
                    files.path().join("bad.yaml"),
                    files.path().join("good.yaml"),
                ],
            )?;
            one_finding(&report.problems, &["bad.yaml: deployment/web", words])
        });
    }
    checks.needing::<CoreKinds>("core kinds: what has no schema is listed", |core| {
        let files = folder(&[(
            "gateway.yaml",
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: web }\n",
        )])?;
        let report = core.check(KUBERNETES, &[files.path().join("gateway.yaml")])?;
        one_finding(
            &report.without_schema,
            &["gateway.yaml: gateway.networking.k8s.io/v1 Gateway"],
        )
    });
    checks.needing::<CoreKinds>("core kinds: silence about a file is no pass", |core| {
        for text in ["a: [", "# nothing\n"] {
            let files = folder(&[("odd.yaml", text), ("good.yaml", DEPLOYMENT)])?;
            let paths = [
                files.path().join("good.yaml"),
                files.path().join("odd.yaml"),
            ];
            if core.check(KUBERNETES, &paths).is_ok() {
                return Err(format!("{text:?} was passed over").into());
            }
        }
        still_answers(core)
    });
}

fn still_answers(core: &CoreKinds) -> Result<(), Failed> {
    let files = folder(&[("good.yaml", DEPLOYMENT)])?;
    none(
        core.check(KUBERNETES, &[files.path().join("good.yaml")])?
            .problems,
    )
}
