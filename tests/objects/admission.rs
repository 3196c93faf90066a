//! Objects against the definitions of their kinds.

use std::fs;

use super::oracle::{Checks, CoreKinds, CustomResources, Verdict, asserting};
use super::{all_models, rendered_objects};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(checks, CustomResources:
        custom_resources_pass_their_definitions,
    );
    asserting!(checks, CoreKinds:
        core_objects_pass_the_schemas_of_kubernetes,
    );
}

fn custom_resources_pass_their_definitions(crds: &CustomResources) {
    let mut judged = 0;
    for (name, model) in all_models() {
        for tree in rendered_objects(&model) {
            for version in ["v1.2.1", "v1.5.1"] {
                match crds.check(version, &tree).unwrap() {
                    Verdict::Judged(problems) => {
                        assert_eq!(problems, Vec::<String>::new(), "{name}: {tree}");
                        judged += 1;
                    }
                    Verdict::NoDefinition => {
                        let api = tree["apiVersion"].as_str().unwrap();
                        assert!(!api.contains("networking"), "{name}: {tree}");
                    }
                }
            }
        }
    }
    assert!(judged > 0);
}

fn core_objects_pass_the_schemas_of_kubernetes(core: &CoreKinds) {
    for (name, model) in all_models() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = Vec::new();
        for (at, tree) in rendered_objects(&model).iter().enumerate() {
            let path = folder.path().join(format!("{at}.json"));
            fs::write(&path, tree.to_string()).unwrap();
            written.push(path);
        }
        for version in ["1.32", "1.35"] {
            let report = core.check(version, &written).unwrap();
            assert_eq!(report.problems, Vec::<String>::new(), "{name}");
            assert!(!report.passed.is_empty(), "{name}");
            assert!(
                report
                    .without_schema
                    .iter()
                    .all(|line| line.contains("networking")),
                "{name}: {:?}",
                report.without_schema
            );
        }
    }
}
