//! Every combination that a model can express, rendered and shown to the Bicep compiler: no diagnostic, canonical form,
//! every body valid, no id twice, and exactly the role assignments, identities and late values that the model says. The
//! templates that are copied are shown to it as they lie.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.

#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../systems/mod.rs"]
mod systems;

mod expected;
mod systems_of_every_kind;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use agcgen::catalog::{limits, name_rules};
use agcgen::kinds::Kind;
use agcgen::model::Model;
use agcgen::render::infra::size;
use fs_err as fs;
use oracle::{Answer, Bicep, Checks, Failed, Metadata, NameRules, ResourceTypes, Snapshot, none};
use serde_json::Value;

/// The types that have no schema.
const WITHOUT_SCHEMA: [&str; 2] = [
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2026-08-02-preview",
    "Microsoft.Sql/servers/databases/auditingSettings@2025-01-01",
];

fn main() -> std::process::ExitCode {
    let mut checks = Checks::new();
    checks.needing::<Bicep>("templates: what is copied compiles as it lies", |bicep| {
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/infra");
        none(bicep.findings(templates, &Metadata::default())?)
    });
    checks.needing::<NameRules>(
        "names: the catalogue takes nothing that Azure refuses",
        catalogue_is_no_wider,
    );
    let systems = systems_of_every_kind::all();
    let shown: BTreeSet<&str> = systems
        .iter()
        .flat_map(|(_, model)| &model.resources)
        .map(|resource| word(&resource.kind))
        .collect();
    checks.plain("systems: every kind is shown", move || {
        let kind = "/properties/resources/additionalProperties/properties/kind/enum";
        let words = agcgen::spec::schema().pointer(kind);
        let words = words.and_then(Value::as_array).ok_or("a list of kinds")?;
        same(
            "kinds",
            &shown,
            &words.iter().filter_map(Value::as_str).collect(),
        )
    });
    for (name, model) in systems {
        checks.needing::<(Bicep, ResourceTypes, NameRules)>(
            name.clone(),
            move |(bicep, types, rules)| check(&name, &model, bicep, types, rules),
        );
    }
    checks.run()
}

/// The word of the spec for a kind.
fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Storage(_) => "storage",
        Kind::Sql(_) => "sql",
        Kind::KeyVault(_) => "keyVault",
    }
}

fn check(
    name: &str,
    model: &Model,
    bicep: &Bicep,
    types: &ResourceTypes,
    rules: &NameRules,
) -> Result<(), Failed> {
    let folder = write(name, model)?;
    let mut metadata = Metadata {
        resource_group: model.azure.resource_group.name.clone(),
        ..Metadata::default()
    };
    if let Some(subscription) = &model.azure.subscription {
        metadata.subscription_id.clone_from(subscription);
    }
    none(said(&folder, bicep)?)?;
    let snapshot = bicep.snapshot(folder.join("main.bicepparam"), &metadata)?;
    none(snapshot.problems())?;
    bodies_are_valid(&snapshot, types)?;
    none(names_that_do_not_fit(&snapshot, rules))?;
    size_is_as_counted(
        model,
        &snapshot,
        &bicep.template(folder.join("main.bicep"))?,
    )?;
    same(
        "role assignments",
        &expected::assigned(&snapshot)?,
        &expected::assignments(model, &metadata),
    )?;
    same(
        "identities",
        &expected::identified(&snapshot)?,
        &expected::identities(model),
    )?;
    same(
        "late values",
        &expected::late_outputs(&snapshot)?,
        &expected::late_values(model),
    )?;
    none(expected::resource_problems(model, &snapshot))?;
    none(expected::reference_problems(model, &metadata, &snapshot))?;
    let parameters = fs::read_to_string(folder.join("main.bicepparam"))?;
    same(
        "secrets",
        &expected::secrets_made(&snapshot, &parameters)?,
        &expected::secrets(model, &metadata),
    )
}

/// Shortest, longest and all-of-a-sort names that a rule of the catalogue takes, held against the rules collected apart.
fn catalogue_is_no_wider(rules: &NameRules) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for rule in name_rules::RULES {
        let azure = rules
            .of(rule.resource_type)
            .ok_or_else(|| format!("no rule for {}", rule.resource_type))?;
        for length in [rule.least, rule.least + 1, rule.most - 1, rule.most] {
            for (first, middle, last) in [
                "aaa", "a1a", "aAa", "A-a", "a-1", "a_a", "a.a", "aa.", "aa_", "_aa", "1-a", "-aa",
                "aa-",
            ]
            .iter()
            .map(|sort| sort.split_at(1))
            .map(|(first, rest)| (first, rest.split_at(1).0, rest.split_at(1).1))
            {
                let name: String = match length {
                    0 => String::new(),
                    1 => first.to_owned(),
                    _ => first.to_owned() + &middle.repeat(length - 2) + last,
                };
                // Doubled signs in the middle are one sort, single ones another.
                for name in [name.clone(), name.replace("--", "-a")] {
                    // Some collected patterns count letters and digits alone, and so want one more beside a `-`.
                    let is_shortest = length == rule.least && name.contains('-');
                    if rule.allows(&name) && !is_shortest {
                        tried += 1;
                        if !azure.allows(&name) {
                            wrong.push(format!("{}: {name}", rule.resource_type));
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 500, "{tried} names");
    none(wrong)
}

/// Names that Azure would refuse, by the rules of the catalogue and by those that were collected apart from it; types without
/// a rule in the catalogue have a name that the modules state.
fn names_that_do_not_fit(snapshot: &Snapshot, rules: &NameRules) -> Vec<String> {
    const STATED: [(&str, &str); 7] = [
        ("Microsoft.Storage/storageAccounts/blobServices", "default"),
        ("Microsoft.Sql/servers/virtualNetworkRules", "nodes"),
        (
            "Microsoft.Sql/servers/databases/auditingSettings",
            "default",
        ),
        ("Microsoft.Insights/diagnosticSettings", "log-analytics"),
        (
            "Microsoft.Insights/dataCollectionRuleAssociations",
            "ContainerInsightsExtension",
        ),
        (
            "Microsoft.ServiceNetworking/trafficControllers/associations",
            "association",
        ),
        (
            "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
            "",
        ),
    ];
    let guid = |name: &str| name.len() == 36 && name.matches('-').count() == 4;
    snapshot
        .resources
        .iter()
        .filter(|resource| {
            let name = resource.name.rsplit('/').next().unwrap_or_default();
            let fits = match name_rules::find(&resource.kind) {
                Some(rule) => {
                    rule.allows(name)
                        && rules
                            .of(&resource.kind)
                            .is_some_and(|rule| rule.allows(name))
                }
                None if resource.kind == "Microsoft.Authorization/roleAssignments" => {
                    guid(name) || name.starts_with('[')
                }
                None => STATED.iter().any(|(kind, stated)| {
                    *kind == resource.kind && (name == *stated || name.starts_with("aksManaged"))
                }),
            };
            !fits
        })
        .map(|resource| format!("{} cannot be called {}", resource.kind, resource.name))
        .collect()
}

/// What the model is counted to be, against what the compiler makes of it.
fn size_is_as_counted(model: &Model, snapshot: &Snapshot, template: &str) -> Result<(), Failed> {
    let nested = size::nested(model);
    let counted: u64 = nested.iter().map(|part| part.resources).sum();
    let left_out = u64::try_from(expected::left_out_logs(model))?;
    let made = u64::try_from(snapshot.resources.len())?;
    same("resources", &made, &(counted - left_out))?;
    let json: Value = serde_json::from_str(template)?;
    let main = |key: &str| -> Result<u64, Failed> {
        let part = json[key]
            .as_object()
            .ok_or("the template has no such part")?;
        let is_ours = |value: &&Value| value["existing"] != true;
        Ok(u64::try_from(part.values().filter(is_ours).count())?)
    };
    let own: u64 = nested.iter().map(|part| part.parameters).sum();
    same(
        "resources, parameters and outputs of main.bicep",
        &(main("resources")?, main("parameters")?, main("outputs")?),
        &(
            u64::try_from(nested.len())?,
            size::parameters(model) + own,
            size::outputs(model),
        ),
    )?;
    let bytes: u64 = nested.iter().map(|part| part.bytes).sum();
    let printed = u64::try_from(template.len())?;
    if bytes * 100 < printed * 85 || bytes * 100 > printed * 115 {
        return Err(format!("estimated {bytes} bytes, and it is {printed}").into());
    }
    // Azure refuses the twenty-first.
    let mut credentials: BTreeMap<&str, u64> = BTreeMap::new();
    for resource in &snapshot.resources {
        if let Some((identity, _)) = resource.id.split_once("/federatedIdentityCredentials/") {
            *credentials.entry(identity).or_default() += 1;
        }
    }
    match credentials
        .iter()
        .find(|(_, count)| **count > limits::IDENTITY_CREDENTIALS.most)
    {
        Some((identity, count)) => Err(format!("{identity} has {count} credentials").into()),
        None => Ok(()),
    }
}

fn same<T: Debug + PartialEq>(what: &str, found: &T, wanted: &T) -> Result<(), Failed> {
    if found == wanted {
        return Ok(());
    }
    let (found, wanted) = (format!("{found:#?}"), format!("{wanted:#?}"));
    let difference = similar::TextDiff::from_lines(&wanted, &found);
    Err(format!(
        "{what}:\n{}",
        difference.unified_diff().header("wanted", "found")
    )
    .into())
}

/// Writes the files of a system to a folder of its own.
fn write(name: &str, model: &Model) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("infra-matrix")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for file in agcgen::render::infra::files(model)? {
        let path = folder.join(file.path.as_str());
        fs::create_dir_all(path.parent().ok_or("a file without folder")?)?;
        fs::write(path, file.text)?;
    }
    Ok(folder.join("infra"))
}

/// What the compiler says of the composed files; the modules are compiled with them.
fn said(folder: &Path, bicep: &Bicep) -> Answer<Vec<String>> {
    let mut said: Vec<String> = Vec::new();
    said.extend(
        bicep
            .compile(folder.join("main.bicep"))?
            .iter()
            .map(ToString::to_string),
    );
    said.extend(
        bicep
            .compile_params(folder.join("main.bicepparam"))?
            .iter()
            .map(ToString::to_string),
    );
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| oracle::OracleFailure(error.to_string()))?;
        let path = entry.path();
        let composed =
            !path.starts_with(folder.join("modules")) && entry.file_name() != "bicepconfig.json";
        if !composed || !entry.file_type().is_file() {
            continue;
        }
        let text =
            fs::read_to_string(path).map_err(|error| oracle::OracleFailure(error.to_string()))?;
        if bicep.format(path)? != text {
            said.push(format!("{}: not in canonical form", path.display()));
        }
    }
    Ok(said)
}

fn bodies_are_valid(snapshot: &Snapshot, types: &ResourceTypes) -> Result<(), Failed> {
    let report = types.check(&snapshot.resources)?;
    none(
        report
            .without_schema
            .iter()
            .filter(|name| !WITHOUT_SCHEMA.contains(&name.as_str())),
    )?;
    // Azure Monitor documents this stream, the type's list does not have it.
    let undocumented = report
        .undocumented
        .into_iter()
        .filter(|line| !line.contains("\"Microsoft-ContainerInsights-Group-Default\""));
    none(report.problems.into_iter().chain(undocumented))
}
