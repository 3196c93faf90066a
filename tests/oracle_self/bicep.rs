//! The compiler: clean trees have no finding, each planted fault has its own.

use std::path::Path;

use crate::oracle::{Bicep, Checks, Failed, Level, Metadata, none, read_file};
use crate::planting::{Prototype, folder, one_finding, planted};

/// The module of the prototype in which most faults are planted.
const MODULE: &str = "modules/storage.bicep";

/// One identity, named by a parameter.
const IDENTITY: &str = "\
param name string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: 'westeurope'
}
";

pub(crate) fn add(checks: &mut Checks) {
    for tree in ["infra", "infra-managed", "infra-environments"] {
        checks.needing::<(Bicep, Prototype)>(
            format!("bicep: {tree} is clean"),
            move |(bicep, prototype)| {
                let tree = prototype.0.join(tree);
                read_file("prototype trees", &tree.join("main.bicep"));
                none(bicep.findings(tree, &Metadata::default())?)
            },
        );
    }
    checks.needing::<(Bicep, Prototype)>("bicep: a misspelt property", |(bicep, prototype)| {
        let said = fault(bicep, prototype, MODULE, "accessTier:", "acessTier:")?;
        one_finding(&said, &["storage.bicep:42:5: Warning BCP089", "accessTier"])
    });
    checks.needing::<(Bicep, Prototype)>("bicep: a rule of the linter", |(bicep, prototype)| {
        let said = fault(
            bicep,
            prototype,
            MODULE,
            "@description('Name of the account.')",
            "@description('Not used.')\nparam spare string = ''\n\n@description('Name of the account.')",
        )?;
        one_finding(&said, &["Warning no-unused-params", "spare"])
    });
    checks.needing::<(Bicep, Prototype)>("bicep: an error", |(bicep, prototype)| {
        let said = fault(
            bicep,
            prototype,
            MODULE,
            "accessTier: 'Hot'",
            "accessTier: hot",
        )?;
        one_finding(&said, &["storage.bicep:42:17: Error BCP057"])
    });
    checks.needing::<(Bicep, Prototype)>("bicep: not in canonical form", |(bicep, prototype)| {
        let said = fault(
            bicep,
            prototype,
            MODULE,
            "  tags: tags\n",
            "  tags:   tags\n",
        )?;
        one_finding(&said, &["storage.bicep: format"])
    });
    checks.needing::<(Bicep, Prototype)>("bicep: an experimental feature", |(bicep, prototype)| {
        let said = fault(
            bicep,
            prototype,
            "bicepconfig.json",
            "{\n  \"analyzers\"",
            "{\n  \"experimentalFeaturesEnabled\": {},\n  \"analyzers\"",
        )?;
        one_finding(&said, &["bicepconfig.json: experimental"])
    });
    checks.needing::<Bicep>("bicep: an information is a finding too", |bicep| {
        let tree = folder(&[
            (
                "bicepconfig.json",
                "{ \"analyzers\": { \"core\": { \"rules\": { \"no-unused-params\": { \"level\": \"info\" } } } } }",
            ),
            ("main.bicep", "param spare string = ''\n"),
        ])?;
        let said = bicep.compile(tree.path().join("main.bicep"))?;
        match said.as_slice() {
            [one] if one.level == Level::Info && (one.line, one.column) == (1, 7) => {}
            _ => return Err(format!("{said:?}").into()),
        }
        one_finding(
            &bicep.findings(tree.path(), &Metadata::default())?,
            &["Info no-unused-params"],
        )
    });
    checks.needing::<Bicep>("bicep: two resources with one id", |bicep| {
        let said = deployed(
            bicep,
            "\
module lower 'identity.bicep' = {
  params: { name: 'id-web' }
}

module upper 'identity.bicep' = {
  params: { name: 'id-WEB' }
}
",
        )?;
        one_finding(&said, &["duplicate-id: 2 resources", "/id-web"])
    });
    checks.needing::<Bicep>("bicep: an id known only at run time", |bicep| {
        let said = deployed(
            bicep,
            "\
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-here'
}

module identity 'identity.bicep' = {
  params: { name: vault.properties.tenantId }
}
",
        )?;
        one_finding(&said, &["runtime-id", "userAssignedIdentities"])
    });
    checks.needing::<Bicep>("bicep: a loop that the snapshot cannot expand", |bicep| {
        let said = deployed(
            bicep,
            "\
module first 'identity.bicep' = {
  params: { name: 'id-first' }
}

module loop 'loop.bicep' = {
  params: { names: split(first.outputs.id, '/') }
}
",
        )?;
        one_finding(&said, &["snapshot: ", "NestedDeploymentShortCircuited"])
    });
    checks.needing::<Bicep>("bicep: the lines of azure.txt", azure_txt);
    checks.needing::<Bicep>("bicep: outputs of a snapshot", |bicep| {
        let tree = folder(&[
            ("main.bicep", "output two int = 1 + 1\n"),
            ("main.bicepparam", "using 'main.bicep'\n"),
        ])?;
        let snapshot = bicep.snapshot(tree.path().join("main.bicepparam"), &Metadata::default())?;
        if snapshot.outputs.get("two").is_none_or(|two| *two != 2) {
            return Err(format!("{:?}", snapshot.outputs).into());
        }
        Ok(())
    });
    checks.needing::<Bicep>("bicep: a breakdown is no clean answer", |bicep| {
        let tree = folder(&[("main.bicep", "param x string\n"), ("empty/README.md", "")])?;
        let missing = tree.path().join("missing.bicep");
        for answered in [
            bicep.compile(&missing).is_ok(),
            bicep.format(&missing).is_ok(),
            bicep.compile_params(&missing).is_ok(),
            bicep.snapshot(&missing, &Metadata::default()).is_ok(),
            // A template is no parameter file.
            bicep
                .snapshot(tree.path().join("main.bicep"), &Metadata::default())
                .is_ok(),
            bicep
                .findings(tree.path().join("empty"), &Metadata::default())
                .is_ok(),
        ] {
            if answered {
                return Err("a question that has no answer was answered".into());
            }
        }
        // It still answers afterwards.
        none(
            bicep
                .compile(tree.path().join("main.bicep"))?
                .iter()
                .filter(|said| said.code != "no-unused-params"),
        )
    });
}

/// The findings of one module of the prototype, under its strict rules, with one change in it or in the rules.
fn fault(
    bicep: &Bicep,
    prototype: &Prototype,
    file: &str,
    from: &str,
    to: &str,
) -> Result<Vec<String>, Failed> {
    let source = prototype.0.join("infra");
    let mut files = [MODULE, "bicepconfig.json"];
    if file != MODULE {
        files.reverse();
    }
    for file in files {
        read_file("prototype trees", &source.join(file));
    }
    let tree = planted(&source, &files, from, to)?;
    Ok(bicep.findings(tree.path(), &Metadata::default())?)
}

/// The findings of a `main.bicep` that may use a module with one identity, and one with a loop.
fn deployed(bicep: &Bicep, main: &str) -> Result<Vec<String>, Failed> {
    let identity = format!("{IDENTITY}\noutput id string = identity.id\n");
    let tree = folder(&[
        (
            "bicepconfig.json",
            "{ \"analyzers\": { \"core\": { \"enabled\": false } } }",
        ),
        ("main.bicep", main),
        ("main.bicepparam", "using 'main.bicep'\n"),
        ("identity.bicep", &identity),
        (
            "loop.bicep",
            "\
param names string[]

module identities 'identity.bicep' = [
  for name in names: {
    params: { name: 'id-${name}' }
  }
]
",
        ),
    ])?;
    // The text is written to be read here, not as `bicep format` would have it.
    let mut said = bicep.findings(tree.path(), &Metadata::default())?;
    said.retain(|finding| !finding.contains(": format: "));
    Ok(said)
}

fn azure_txt(bicep: &Bicep) -> Result<(), Failed> {
    let tree = folder(&[
        (
            "main.bicep",
            "\
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: 'stfiles'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-web'
  location: 'westeurope'
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: account
  properties: { level: 'CanNotDelete' }
}

module elsewhere 'identity.bicep' = {
  scope: resourceGroup('rg-check-nodes')
  params: { name: 'id-nodes' }
}

module abroad 'identity.bicep' = {
  scope: resourceGroup('00000000-0000-0000-0000-00000000000c', 'rg-check')
  params: { name: 'id-abroad' }
}
",
        ),
        ("identity.bicep", IDENTITY),
        ("main.bicepparam", "using 'main.bicep'\n"),
    ])?;
    let expected = "\
/subscriptions/00000000-0000-0000-0000-00000000000c/resourceGroups/rg-check/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-abroad  Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30
rg-check-nodes: Microsoft.ManagedIdentity/userAssignedIdentities/id-nodes  Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30
rg-check: Microsoft.ManagedIdentity/userAssignedIdentities/id-web  Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30
rg-check: Microsoft.Storage/storageAccounts/stfiles/providers/Microsoft.Authorization/locks/keep  Microsoft.Authorization/locks@2020-05-01
";
    let said = snapshot_text(bicep, tree.path())?;
    if said == expected {
        Ok(())
    } else {
        Err(format!("azure.txt is\n{said}").into())
    }
}

fn snapshot_text(bicep: &Bicep, tree: &Path) -> Result<String, Failed> {
    bicep
        .snapshot(tree.join("main.bicepparam"), &Metadata::default())?
        .azure_txt()
        .map_err(|problems| problems.join("\n").into())
}
