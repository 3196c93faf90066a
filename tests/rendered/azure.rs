//! The Azure half, as the Bicep compiler and the types of its resources see it.

use super::golden::updating;
use super::oracle::{Bicep, Checks, Metadata, ResourceTypes, none};
use super::tree;

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.needing::<Bicep>(
        &format!("{example}: the compiler has nothing to say"),
        move |bicep| none(bicep.findings(tree(example).join("infra"), &Metadata::default())?),
    );
    checks.needing::<Bicep>(
        &format!("{example}: the resources are those of azure.txt"),
        move |bicep| {
            let parameters = tree(example).join("infra/main.bicepparam");
            let snapshot = bicep.snapshot(&parameters, &Metadata::default())?;
            none(snapshot.problems())?;
            let text = snapshot
                .azure_txt()
                .map_err(|problems| problems.join("\n"))?;
            let kept = tree(example).join("azure.txt");
            if updating() {
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
        &format!("{example}: every body fits the type of its resource"),
        move |(bicep, types)| {
            let parameters = tree(example).join("infra/main.bicepparam");
            let snapshot = bicep.snapshot(&parameters, &Metadata::default())?;
            let report = types.check(&snapshot.resources)?;
            assert!(report.checked > 15, "{} bodies", report.checked);
            none(report.problems)?;
            // The one type without a schema, and the one open value that the schema does not list.
            let mut unknown = report.without_schema;
            unknown
                .retain(|line| !line.contains("Microsoft.Sql/servers/databases/auditingSettings"));
            none(unknown)
        },
    );
}
