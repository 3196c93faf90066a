//! The runbook of the examples, against the files and objects that are rendered beside it.

use std::collections::BTreeSet;

use agcgen::facts::{What, facts};
use agcgen::model::Model;

use super::markdown::links;
use super::oracle::{Checks, asserting};
use super::page;
use super::systems::system;

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        links_lead_to_files_that_are_rendered,
        resources_stand_where_the_facts_say,
        objects_are_those_that_are_rendered,
        roles_of_workloads_are_those_of_their_files,
    );
}

/// The examples as models, by the names of their folders.
fn examples() -> Vec<(String, Model)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut specs: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "yaml")
        })
        .filter(|entry| {
            !entry
                .path()
                .components()
                .any(|part| part.as_os_str() == "out")
        })
        .map(|entry| entry.path().to_owned())
        .collect();
    specs.sort();
    let mut models = Vec::new();
    for path in specs {
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.contains("apiVersion: agcgen/") {
            continue;
        }
        models.push((path.display().to_string(), system(&text)));
    }
    assert!(models.len() > 2, "{folder}: {}", models.len());
    models
}

fn links_lead_to_files_that_are_rendered() {
    for (name, model) in examples() {
        let rendered = agcgen::render::render(&model).unwrap();
        let files: BTreeSet<&str> = rendered
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        let page = page(&model);
        let mut led = 0;
        for link in links(&page).iter().filter(|link| !link.starts_with('#')) {
            let is_there = files.contains(link.as_str())
                || files
                    .iter()
                    .any(|file| file.starts_with(&format!("{link}/")));
            assert!(is_there, "{name}: {link}");
            led += 1;
        }
        assert!(led > 5, "{name}: {led} links");
    }
}

/// Names of resources stand in the files that the facts say.
fn resources_stand_where_the_facts_say() {
    for (name, model) in examples() {
        let rendered = agcgen::render::render(&model).unwrap();
        for fact in facts(&model) {
            let What::Resource(resource) = fact.what else {
                continue;
            };
            let file = rendered
                .files
                .iter()
                .find(|file| file.path.as_str() == resource.file)
                .unwrap();
            let wanted = resource.place.name();
            // Named by a module after what it belongs to.
            let is_derived = wanted == "association" || wanted.starts_with("nsg-");
            assert!(
                is_derived || file.text.contains(wanted),
                "{name}: {wanted} in {}",
                resource.file
            );
        }
    }
}

/// The facts know every object but those that follow from another one of the same name.
fn objects_are_those_that_are_rendered() {
    for (name, model) in examples() {
        let rendered = agcgen::render::render(&model).unwrap();
        let applied: BTreeSet<String> = rendered
            .manifests
            .iter()
            .map(|manifest| {
                let id = manifest.object.id();
                format!(
                    "{} {} {}",
                    id.kind,
                    id.namespace.unwrap_or_default(),
                    id.name
                )
            })
            .collect();
        let known: BTreeSet<String> = facts(&model)
            .into_iter()
            .filter_map(|fact| match fact.what {
                What::Object(object) => Some(format!(
                    "{} {} {}",
                    object.kind,
                    object.namespace.unwrap_or_default(),
                    object.name
                )),
                _ => None,
            })
            .collect();
        assert!(
            known.is_subset(&applied),
            "{name}: {:?}",
            known.difference(&applied)
        );
        for unknown in applied.difference(&known) {
            let kind = unknown.split(' ').next().unwrap();
            let is_program = kind == "ConfigMap" && unknown.ends_with("-grants");
            assert!(
                is_program || ["PodDisruptionBudget", "HealthCheckPolicy"].contains(&kind),
                "{name}: {unknown}"
            );
        }
    }
}

/// Every role that the deployment assigns to a workload stands in the file of the workload, and no other role does.
fn roles_of_workloads_are_those_of_their_files() {
    for (name, model) in examples() {
        let rendered = agcgen::render::render(&model).unwrap();
        let all = facts(&model);
        for workload in &model.workloads {
            let path = format!("infra/workloads/{}.bicep", workload.name);
            let text = rendered
                .files
                .iter()
                .find(|file| file.path.as_str() == path)
                .map_or("", |file| file.text.as_str());
            let granted = all
                .iter()
                .filter(|fact| match &fact.what {
                    What::Role(role) => workload
                        .identity
                        .as_ref()
                        .is_some_and(|identity| role.principal.id() == identity.name),
                    _ => false,
                })
                .count();
            let assigned = text
                .matches("'Microsoft.Authorization/roleAssignments@")
                .count();
            assert_eq!(assigned, granted, "{name}: {path}");
        }
    }
}
