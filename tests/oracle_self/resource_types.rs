//! Resource bodies: those of the prototype are right; one wrong value at a time is found where it stands.

use serde_json::{Value, json};

use crate::oracle::{
    Bicep, BodyReport, Checks, Failed, Metadata, Resource, ResourceTypes, none, read_file,
};
use crate::planting::{Prototype, one_finding};

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<ResourceTypes>("bodies: every schema compiles", |types| {
        let mut count = 0;
        for name in types.known() {
            if !types.compiles(name)? {
                return Err(format!("{name} has no schema").into());
            }
            count += 1;
        }
        if count < 200 {
            return Err(format!("only {count} types").into());
        }
        // It judges at least one, too.
        none(types.check(&[storage(&json!({}))])?.problems)
    });
    for (tree, parameters) in [
        ("infra", "main"),
        ("infra-managed", "main"),
        ("infra-environments", "dev"),
        ("infra-environments", "prod"),
    ] {
        checks.needing::<(Bicep, ResourceTypes, Prototype)>(
            format!("bodies: those of {tree}/{parameters} are right"),
            move |(bicep, types, prototype)| {
                let file = prototype
                    .0
                    .join(tree)
                    .join(format!("{parameters}.bicepparam"));
                read_file("prototype trees", &file);
                let resources = bicep.snapshot(file, &Metadata::default())?.resources;
                let report = types.check(&resources)?;
                let unknown = ["Microsoft.Sql/servers/databases/auditingSettings@2025-01-01"];
                if !report.without_schema.iter().eq(unknown) {
                    return Err(format!("without schema: {:?}", report.without_schema).into());
                }
                let unchecked = resources
                    .iter()
                    .filter(|resource| resource.kind.ends_with("/auditingSettings"))
                    .count();
                if report.checked + unchecked != resources.len() || report.checked < 30 {
                    return Err(format!("{} of {}", report.checked, resources.len()).into());
                }
                // Azure Monitor documents this stream, the type's list does not have it.
                let undocumented = report
                    .undocumented
                    .into_iter()
                    .filter(|line| !line.contains("\"Microsoft-ContainerInsights-Group-Default\""));
                none(report.problems.into_iter().chain(undocumented))
            },
        );
    }
    faults(checks);
    expressions(checks);
    tagged(checks);
    checks.needing::<ResourceTypes>("bodies: a type without schema is listed", |types| {
        let mut unknown = storage(&json!({}));
        "1999-01-01".clone_into(&mut unknown.api_version);
        let report = types.check(&[unknown, storage(&json!({}))])?;
        if report.checked != 1
            || !report
                .without_schema
                .contains("Microsoft.Storage/storageAccounts@1999-01-01")
        {
            return Err(format!("{report:?}").into());
        }
        Ok(())
    });
}

/// A fault in the properties of a storage account, and words of the one line that tells it.
fn faults(checks: &mut Checks) {
    let planted: [(&str, Value, &[&str]); 7] = [
        (
            "a misspelt property",
            json!({ "acessTier": "Hot" }),
            &["/properties:", "acessTier"],
        ),
        (
            "a misspelt property deep inside",
            json!({ "networkAcls": { "defaultAction": "Deny", "bypas": "None" } }),
            &["/properties/networkAcls:", "bypas"],
        ),
        (
            "a text for a boolean",
            json!({ "allowBlobPublicAccess": "false" }),
            &["/properties/allowBlobPublicAccess:", "boolean"],
        ),
        (
            "a value outside a closed set",
            json!({ "accessTier": "Warm" }),
            &["/properties/accessTier:", "Warm"],
        ),
        (
            "a read-only property",
            json!({ "provisioningState": "Succeeded" }),
            &["/properties/provisioningState:"],
        ),
        (
            "a missing property",
            json!({ "networkAcls": { "bypass": "None" } }),
            &["/properties/networkAcls:", "defaultAction"],
        ),
        (
            "a number below its minimum",
            json!({ "sasPolicy": { "expirationAction": "Log", "sasExpirationPeriod": 5 } }),
            &["/properties/sasPolicy/sasExpirationPeriod:"],
        ),
    ];
    for (name, properties, words) in planted {
        checks.needing::<ResourceTypes>(format!("bodies: {name}"), move |types| {
            let report = types.check(&[storage(&properties)])?;
            none(&report.undocumented)?;
            one_finding(&report.problems, words)
        });
    }
    checks.needing::<ResourceTypes>("bodies: a value that nobody documents", |types| {
        let report = types.check(&[storage(&json!({ "minimumTlsVersion": "TLS9_9" }))])?;
        none(&report.problems)?;
        one_finding(&report.undocumented, &["/minimumTlsVersion:", "TLS9_9"])
    });
    checks.needing::<ResourceTypes>("bodies: a name that the type refuses", |types| {
        let mut account = storage(&json!({}));
        "st".clone_into(&mut account.name);
        account.body.insert("name".to_owned(), "st".into());
        one_finding(&types.check(&[account])?.problems, &["/name:", "3"])
    });
    checks.needing::<ResourceTypes>("bodies: a property beside properties", |types| {
        let mut account = storage(&json!({}));
        account.body.insert("skew".to_owned(), json!({}));
        one_finding(&types.check(&[account])?.problems, &["skew"])
    });
}

fn expressions(checks: &mut Checks) {
    checks.needing::<ResourceTypes>("bodies: a fraction may be where a number is", |types| {
        let database = |capacity: &Value| {
            resource(
                "Microsoft.Sql/servers/databases",
                "2023-08-01",
                "sql/db",
                &json!({
                    "name": "sql/db",
                    "location": "westeurope",
                    "properties": { "minCapacity": capacity },
                }),
            )
        };
        none(types.check(&[database(&json!(0.5))])?.problems)?;
        one_finding(
            &types.check(&[database(&json!("0.5"))])?.problems,
            &["/minCapacity:", "0.5"],
        )
    });
    checks.needing::<ResourceTypes>("bodies: an expression fits everywhere", |types| {
        let open = "[reference('x', '2024-01-01').y]";
        let report = types.check(&[
            storage(&json!({
                "accessTier": open,
                "allowBlobPublicAccess": open,
                "networkAcls": open,
                "minimumTlsVersion": open,
                // The missing defaultAction may be behind the open name.
            })),
            storage(&json!({ "networkAcls": { "[parameters('key')]": "Deny" } })),
            // ARM drops what is null.
            storage(&json!({ "accessTier": null })),
        ])?;
        none(report.problems.into_iter().chain(report.undocumented))
    });
    checks.needing::<ResourceTypes>("bodies: an escaped bracket is no expression", |types| {
        let report = types.check(&[storage(&json!({ "accessTier": "[[x]" }))])?;
        one_finding(&report.problems, &["/accessTier:"])
    });
    checks.needing::<ResourceTypes>("bodies: an open name hides no neighbour", |types| {
        let report = types.check(&[storage(
            &json!({ "networkAcls": { "[parameters('key')]": "Deny", "bypas": "None" } }),
        )])?;
        one_finding(&report.problems, &["/networkAcls:", "bypas"])
    });
}

/// A type that is chosen by a tag.
fn tagged(checks: &mut Checks) {
    let rule = |types: &ResourceTypes, action: Value| -> Result<BodyReport, Failed> {
        let body = json!({ "name": "cache", "properties": { "order": 1, "actions": [action] } });
        Ok(types.check(&[resource(
            "Microsoft.Cdn/profiles/ruleSets/rules",
            "2026-10-01",
            "entry/rules/cache",
            &body,
        )])?)
    };
    let action = |name: &str, behavior: &str| {
        json!({
            "name": name,
            "parameters": {
                "cacheBehavior": "BypassCache",
                "cacheType": "All",
                "typeName": "DeliveryRuleCacheExpirationActionParameters",
                behavior: "01:00:00",
            },
        })
    };
    checks.needing::<ResourceTypes>("bodies: the right branch of a tagged type", move |types| {
        let report = rule(types, action("CacheExpiration", "cacheDuration"))?;
        none(report.problems.into_iter().chain(report.undocumented))
    });
    checks.needing::<ResourceTypes>(
        "bodies: a misspelt property in a tagged type",
        move |types| {
            one_finding(
                &rule(types, action("CacheExpiration", "cacheDurations"))?.problems,
                &["/actions/0/parameters:", "cacheDurations"],
            )
        },
    );
    checks.needing::<ResourceTypes>("bodies: an unknown tag", move |types| {
        one_finding(
            &rule(types, action("CacheExpired", "cacheDuration"))?.problems,
            &["/actions/0/name:", "CacheExpired"],
        )
    });
    checks.needing::<ResourceTypes>("bodies: an open tag", move |types| {
        none(rule(types, action("[parameters('tag')]", "cacheDuration"))?.problems)
    });
}

fn storage(properties: &Value) -> Resource {
    resource(
        "Microsoft.Storage/storageAccounts",
        "2026-09-01",
        "stfiles",
        &json!({
            "name": "stfiles",
            "location": "westeurope",
            "kind": "StorageV2",
            "sku": { "name": "Standard_LRS" },
            "properties": properties,
        }),
    )
}

fn resource(kind: &str, api_version: &str, name: &str, body: &Value) -> Resource {
    Resource {
        id: format!("/subscriptions/s/resourceGroups/g/providers/{kind}/{name}"),
        kind: kind.to_owned(),
        name: name.to_owned(),
        api_version: api_version.to_owned(),
        body: body.as_object().cloned().unwrap_or_default(),
    }
}
