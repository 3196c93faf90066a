//! kustomize: values travel by replacement; a source that is missing, and a folder without kustomization, are refused.

use crate::oracle::{Checks, Kustomize};
use crate::planting::folder;

const KUSTOMIZATION: &str = "\
resources: [service-account.yaml]
configMapGenerator:
  - name: late-values
    envs: [late-values.env]
    options:
      annotations: { config.kubernetes.io/local-config: \"true\" }
generatorOptions:
  disableNameSuffixHash: true
replacements:
  - source: { kind: ConfigMap, name: late-values, fieldPath: data.WEB_CLIENT_ID }
    targets:
      - select: { kind: ServiceAccount, name: web }
        fieldPaths: [metadata.annotations.client]
";

const SERVICE_ACCOUNT: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  annotations:
    client: open
";

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<Kustomize>("kustomize: a late value arrives", |kustomize| {
        let tree = folder(&[
            ("kustomization.yaml", KUSTOMIZATION),
            ("service-account.yaml", SERVICE_ACCOUNT),
            (
                "late-values.env",
                "WEB_CLIENT_ID=11111111-1111-1111-1111-111111111111\n",
            ),
        ])?;
        let objects = kustomize.build(tree.path())?;
        match objects.as_slice() {
            // The ConfigMap is for kustomize alone.
            [account]
                if account["metadata"]["annotations"]["client"]
                    == "11111111-1111-1111-1111-111111111111" =>
            {
                Ok(())
            }
            _ => Err(format!("{objects:?}").into()),
        }
    });
    for (name, kustomization, late_values, words) in [
        (
            "an open late value",
            KUSTOMIZATION,
            "# WEB_CLIENT_ID is not known yet\n",
            "WEB_CLIENT_ID",
        ),
        (
            "a file that is not there",
            "resources: [missing.yaml]\n",
            "",
            "missing.yaml",
        ),
        (
            "an unknown field",
            "resourcse: [service-account.yaml]\n",
            "",
            "resourcse",
        ),
    ] {
        checks.needing::<Kustomize>(format!("kustomize: {name}"), move |kustomize| {
            let tree = folder(&[
                ("kustomization.yaml", kustomization),
                ("service-account.yaml", SERVICE_ACCOUNT),
                ("late-values.env", late_values),
            ])?;
            match kustomize.build(tree.path()) {
                Err(said) if said.contains(words) => Ok(()),
                other => Err(format!("{other:?}").into()),
            }
        });
    }
}
