//! The Azure half, as the Bicep compiler and the types of its resources see it.

use super::oracle::environment::is_updating;
use super::oracle::{Bicep, Checks, Metadata, ResourceTypes, none};
use super::trees::tree;

/// Types that the reference holds no schema for. The compiler knows them, so it alone judges their bodies.
const WITHOUT_SCHEMA: &[&str] = &[
    "Microsoft.Sql/servers/databases/auditingSettings@",
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2026-08-02-preview",
];

/// Where the snapshot pretends that an example is deployed to: the group that its spec derives.
pub(super) fn deployment(example: &str) -> Metadata {
    let (group, location) = match example {
        "minimal" => ("rg-hello", "westeurope"),
        other => (
            if other == "cloud-native" {
                "rg-cloud-native"
            } else {
                "rg-cloud-native-managed"
            },
            "eastus",
        ),
    };
    Metadata {
        resource_group: group.to_owned(),
        location: location.to_owned(),
        ..Metadata::default()
    }
}

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.needing::<Bicep>(
        &format!("{example}: bicep has nothing to say"),
        move |bicep| none(bicep.findings(tree(example).join("infra"), &deployment(example))?),
    );
    checks.needing::<Bicep>(
        &format!("{example}: bicep makes the resources of azure.txt"),
        move |bicep| {
            let parameters = tree(example).join("infra/main.bicepparam");
            let snapshot = bicep.snapshot(&parameters, &deployment(example))?;
            let text = snapshot
                .azure_txt()
                .map_err(|problems| problems.join("\n"))?;
            let kept = tree(example).join("azure.txt");
            if is_updating() {
                std::fs::write(&kept, &text)?;
            }
            let kept = std::fs::read_to_string(&kept)?;
            assert!(kept.lines().count() > 15, "azure.txt lists the system");
            if kept == text {
                return Ok(());
            }
            let diff = similar::TextDiff::from_lines(&kept, &text);
            Err(diff
                .unified_diff()
                .header("azure.txt", "compiler")
                .to_string()
                .into())
        },
    );
    checks.needing::<(Bicep, ResourceTypes)>(
        &format!("{example}: every body that bicep makes fits the type of its resource"),
        move |(bicep, types)| {
            let parameters = tree(example).join("infra/main.bicepparam");
            let snapshot = bicep.snapshot(&parameters, &deployment(example))?;
            let report = types.check(&snapshot.resources)?;
            assert!(report.checked > 15, "{} bodies", report.checked);
            none(report.problems)?;
            let mut unknown = report.without_schema;
            unknown.retain(|line| !WITHOUT_SCHEMA.iter().any(|known| line.contains(known)));
            none(unknown)
        },
    );
}
