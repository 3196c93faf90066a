//! The cluster half, as agcgen's own strict structs, the CRDs, kubernetes-validate, kustomize and yamllint see it.

use std::path::{Path, PathBuf};

use agcgen::objects::Object;
use serde_json::Value;

use super::oracle::{
    Checks, CoreKinds, CustomResources, Failed, Kustomize, Verdict, Yamllint, documents, none,
};
use super::trees::{filled, late_keys, tree, value_of};

/// The Gateway API bundle of the controller that the example names: Helm's 1.12.1 brings v1.5.1; the add-on on
/// Kubernetes 1.35 finds v1.4.1, whose standard channel lies between the two that are at hand.
fn bundles(example: &str) -> &'static [&'static str] {
    match example {
        "cloud-native-managed" => &["v1.2.1", "v1.5.1"],
        _ => &["v1.5.1"],
    }
}

/// Every YAML file of the cluster half.
fn manifests(example: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(tree(example).join("k8s"))
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

fn objects(path: &Path) -> Result<Vec<Value>, Failed> {
    Ok(documents(&std::fs::read_to_string(path)?)?)
}

fn is_kustomization(object: &Value) -> bool {
    object["kind"] == "Kustomization"
}

/// A field that no kind has.
const PLANTED: &str = "plantedByTheTest";

/// Every object of the cluster half, each with a field that its kind does not have.
fn planted(example: &str) -> Result<Vec<Value>, Failed> {
    let mut planted = Vec::new();
    for file in manifests(example) {
        for mut value in objects(&file)?
            .into_iter()
            .filter(|value| !is_kustomization(value))
        {
            let place = if value.get("spec").is_some() {
                "/spec"
            } else {
                "/metadata"
            };
            value.pointer_mut(place).ok_or("a block")?[PLANTED] = Value::Bool(true);
            planted.push(value);
        }
    }
    Ok(planted)
}

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.plain(
        format!("{example}: every object is read back whole"),
        move || {
            let mut read = 0;
            for file in manifests(example) {
                for value in objects(&file)? {
                    if is_kustomization(&value) {
                        continue;
                    }
                    let object = Object::read(value.clone())
                        .map_err(|error| format!("{}: {error}", file.display()))?;
                    assert_eq!(object.to_value()?, value, "{}", file.display());
                    read += 1;
                }
            }
            assert!(read >= 8, "{read} objects");
            Ok(())
        },
    );
    checks.needing::<CustomResources>(
        &format!("{example}: the CRDs take their objects"),
        move |crds| {
            let mut judged = 0;
            let mut problems = Vec::new();
            for file in manifests(example) {
                for value in objects(&file)? {
                    for bundle in bundles(example) {
                        if let Verdict::Judged(found) = crds.check(bundle, &value)? {
                            judged += 1;
                            let name = value["metadata"]["name"]
                                .as_str()
                                .unwrap_or_default()
                                .to_owned();
                            problems.extend(
                                found
                                    .into_iter()
                                    .map(|problem| format!("{name} ({bundle}): {problem}")),
                            );
                        }
                    }
                }
            }
            assert!(judged >= 3, "{judged} objects");
            none(problems)
        },
    );
    checks.plain(
        format!("{example}: a planted field is refused by our own structs"),
        move || {
            let mut kinds = std::collections::BTreeSet::new();
            for value in planted(example)? {
                let kind = value["kind"].as_str().unwrap_or_default().to_owned();
                if Object::read(value).is_ok() {
                    return Err(format!("{kind} takes a field that it does not have").into());
                }
                kinds.insert(kind);
            }
            assert!(kinds.len() >= 7, "{kinds:?}");
            Ok(())
        },
    );
    checks.needing::<(CustomResources, CoreKinds)>(
        &format!("{example}: a planted field is refused by whoever owns the kind"),
        move |(crds, core)| {
            let folder = tempfile::tempdir()?;
            let mut files = Vec::new();
            let mut custom = 0;
            for value in planted(example)? {
                match crds.check("v1.5.1", &value)? {
                    Verdict::Judged(found) => {
                        custom += 1;
                        assert!(
                            found.iter().any(|problem| problem.contains(PLANTED)),
                            "{value}: {found:?}"
                        );
                    }
                    Verdict::NoDefinition => {
                        let path = folder.path().join(format!("{}.yaml", files.len()));
                        std::fs::write(&path, serde_json::to_string(&value)?)?;
                        files.push(path);
                    }
                }
            }
            let report = core.check("1.35", &files)?;
            assert!(custom >= 3 && files.len() >= 4, "{custom}, {}", files.len());
            assert!(
                report.passed.is_empty(),
                "taken all the same: {:?}",
                report.passed
            );
            Ok(())
        },
    );
    checks.needing::<CoreKinds>(
        &format!("{example}: Kubernetes takes its own kinds"),
        move |core| {
            let files = manifests(example);
            let report = core.check("1.35", &files)?;
            assert!(report.passed.len() >= 5, "{:?}", report.passed);
            none(report.problems)?;
            none(report.without_schema.into_iter().filter(|line| {
                ![
                    "Kustomization",
                    "Gateway",
                    "HTTPRoute",
                    "HealthCheckPolicy",
                    "ApplicationLoadBalancer",
                ]
                .iter()
                .any(|kind| line.contains(kind))
            }))
        },
    );
    checks.needing::<Kustomize>(
        &format!("{example}: an open late value stops kustomize, by name"),
        move |kustomize| {
            let keys = late_keys(example)?;
            assert!(!keys.is_empty());
            for open in &keys {
                let copy = filled(example, &keys, Some(open))?;
                let answer = kustomize.build(copy.path().join("k8s"));
                match answer {
                    Ok(_) => return Err(format!("{open} is open, and kustomize is content").into()),
                    Err(message) => assert!(message.contains(open.as_str()), "{open}: {message}"),
                }
            }
            Ok(())
        },
    );
    checks.needing::<Kustomize>(
        &format!("{example}: filled late values reach every consumer"),
        move |kustomize| {
            let keys = late_keys(example)?;
            let copy = filled(example, &keys, None)?;
            let objects = kustomize.build(copy.path().join("k8s"))?;
            let text = serde_json::to_string(&objects)?;
            assert!(
                !text.contains("late-values"),
                "the ConfigMap of the late values is not applied"
            );
            assert!(!text.contains(" of late-values.env>"), "no hole is left");
            for (index, key) in keys.iter().enumerate() {
                assert!(
                    text.contains(&value_of(key, index)),
                    "{key} reaches nothing"
                );
            }
            for value in objects {
                let title = format!("{} {}", value["kind"], value["metadata"]["name"]);
                Object::read(value).map_err(|error| format!("{title}: {error}"))?;
            }
            Ok(())
        },
    );
    checks.needing::<Yamllint>(
        &format!("{example}: yamllint has nothing to say"),
        move |yamllint| {
            let mut files = manifests(example);
            let values = tree(example).join("controller/values.yaml");
            if values.exists() {
                files.push(values);
            }
            none(yamllint.lint(&files)?)
        },
    );
}
