//! The Azure half of three systems against files that were written by hand and accepted by the Bicep compiler, and the
//! templates where no system of ours goes.
//!
//! What the compiler says of many more systems is in `infra_matrix`.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

mod systems;

use std::collections::BTreeMap;

use agcgen::catalog::roles;
use agcgen::model::Model;
use agcgen::output::{Mode, Owner};
use agcgen::print::bicep::Symbol;
use agcgen::render::infra::context::{Access, Existing, Grant, Workload};
use agcgen::render::template::Templates;
use systems::{CLOUD_NATIVE, CLOUD_NATIVE_MANAGED, PLAIN, changed, minimal_with, system};

fn files(model: &Model) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for file in agcgen::render::infra::files(model).unwrap() {
        assert_eq!(
            (file.mode, &file.owner),
            (Mode::Plain, &Owner::Generated),
            "{}",
            file.path
        );
        let twice = files.insert(file.path.to_string(), file.text);
        assert!(twice.is_none(), "{} is written twice", file.path);
    }
    files
}

/// Compares everything that is composed with `tests/infra/<name>`, and lists the modules that are copied.
#[track_caller]
fn assert_written_by_hand(name: &str, model: &Model, modules: &[&str]) {
    let files = files(model);
    let folder = format!("{}/tests/infra/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut expected: Vec<String> = modules
        .iter()
        .map(|module| format!("infra/modules/{module}.bicep"))
        .collect();
    expected.push("infra/bicepconfig.json".to_owned());
    let copied = expected.clone();
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry
                .path()
                .strip_prefix(&folder)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            let path = format!("infra/{path}");
            let text = files.get(&path).map_or("", String::as_str);
            assert_same(&path, text, &std::fs::read_to_string(entry.path()).unwrap());
            expected.push(path);
        }
    }
    expected.sort();
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
    for path in copied {
        let template = format!("{}/templates/{path}", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            files[&path],
            std::fs::read_to_string(template).unwrap(),
            "{path}"
        );
    }
}

#[test]
fn cloud_native_is_what_a_person_would_write() {
    assert_written_by_hand(
        "cloud-native",
        &systems::cloud_native(),
        &[
            "alb-controller",
            "cluster",
            "collection-rule",
            "federated-credential",
            "key-vault",
            "key-vault-secret",
            "network",
            "resource-group-reader",
            "sql",
            "storage",
            "traffic-controller",
            "traffic-controller-configurator",
            "workspace",
        ],
    );
}

#[test]
fn the_addon_is_what_a_person_would_write() {
    assert_written_by_hand(
        "cloud-native-managed",
        &systems::cloud_native_managed(),
        &[
            "cluster-with-addon",
            "collection-rule",
            "federated-credential",
            "gateway-subnet-access",
            "key-vault",
            "key-vault-secret",
            "network",
            "sql",
            "storage",
            "workspace",
        ],
    );
}

#[test]
fn minimal_is_what_a_person_would_write() {
    assert_written_by_hand(
        "minimal",
        &systems::minimal(),
        &[
            "alb-controller",
            "cluster",
            "collection-rule",
            "network",
            "resource-group-reader",
            "storage",
            "traffic-controller",
            "traffic-controller-configurator",
            "workspace",
        ],
    );
}

/// A role at something comes after the module that makes it: for a secret that is its own module, which is left out where
/// no value is given, and so the vault's too.
#[test]
fn workloads_come_after_what_they_have_roles_at() {
    let model = system(&minimal_with(&[
        (
            "containers: [images] }",
            "containers: [images] }
  vault: { kind: keyVault, secrets: [api-key, other] }
  archive: { kind: storage, containers: [logs], existing: { name: starchive, resourceGroup: rg-archive } }",
        ),
        (
            "files: read",
            "files/*: read, files/images: write, vault/api-key: read, archive/logs: { access: read, prefix: ARCHIVE }",
        ),
    ]));
    let main = &files(&model)["infra/main.bicep"];
    let call = "    oidcIssuerUrl: cluster.outputs.oidcIssuerUrl
  }
  dependsOn: [filesResource, vaultResource, vaultApiKeySecret]
}
";
    assert_eq!(main.matches(call).count(), 1, "{main}");
}

#[test]
fn access_to_a_resource_elsewhere_is_a_module_of_its_group() {
    let model = system(&minimal_with(&[
        (
            "files: { kind: storage, containers: [images] }",
            "archive:
    kind: storage
    containers: [logs]
    existing: { name: archive4711, resourceGroup: rg-archive, subscription: 99999999-8888-7777-6666-555555555555 }",
        ),
        ("files: read", "archive/logs: { access: read, via: direct }"),
    ]));
    let files = files(&model);
    let call = "
// archive/logs: read
module readsArchiveLogs '../modules/storage-access.bicep' = {
  scope: resourceGroup('99999999-8888-7777-6666-555555555555', 'rg-archive')
  params: {
    accountName: 'archive4711'
    container: 'logs'
    access: 'read'
    identityId: identity.id
    principalId: identity.properties.principalId
    reason: 'web reads the blobs of the container logs of archive.'
  }
}
";
    assert!(files["infra/workloads/web.bicep"].contains(call));
    assert!(files.contains_key("infra/modules/storage-access.bicep"));
    assert!(!files.contains_key("infra/modules/storage.bicep"));
    assert!(!files["infra/main.bicep"].contains("archive"));
}

/// Two spellings would be two properties and one tag, which Azure refuses.
#[test]
fn a_tag_over_one_of_the_system_is_spelt_as_that_one() {
    let model = system(&minimal_with(&[
        (
            "location: westeurope",
            "location: westeurope, tags: { owner: shop, purpose: demo }",
        ),
        (
            "containers: [images]",
            "containers: [images], tags: { Owner: security, purpose: demo }",
        ),
    ]));
    let main = &files(&model)["infra/main.bicep"];
    let own = "    tags: union(tags, {
      owner: 'security'
    })
";
    assert!(main.contains(own), "{main}");
}

#[test]
fn somebody_elses_controller_is_spoken_of() {
    for (spec, controller, says) in [
        (
            CLOUD_NATIVE,
            "controller: helm ",
            "// The ALB Controller is not of this system: its identity needs",
        ),
        (
            CLOUD_NATIVE_MANAGED,
            "controller: addon ",
            "// The ALB Controller is not of this system, and it makes the traffic controllers:",
        ),
    ] {
        let model = system(&changed(spec, &[(controller, "controller: existing ")]));
        let files = files(&model);
        let main = &files["infra/main.bicep"];
        assert!(main.contains(says), "{main}");
        assert!(
            !main.contains("albController")
                && !files.contains_key("infra/modules/alb-controller.bicep"),
            "{main}"
        );
        assert!(files.contains_key("infra/modules/cluster.bicep"));
    }
}

#[test]
fn nothing_late_is_an_empty_list() {
    let model = system(&changed(
        PLAIN,
        &[
            (
                "suffix: 4f9c2e",
                "suffix: 4f9c2e, subscription: 11111111-2222-3333-4444-555555555555",
            ),
            (
                "workloads:",
                "gateway: { controller: existing }\nworkloads:",
            ),
        ],
    ));
    let main = &files(&model)["infra/main.bicep"];
    let output = "
#disable-next-line no-hardcoded-outputs // Nothing here, but whoever reads the outputs finds the list.
output lateValues lateValueType[] = []
";
    assert!(main.contains(output), "{main}");
}

/// An `existing` resource is read by the version that its module makes it by.
#[test]
fn versions_of_existing_resources_are_those_of_the_modules() {
    let model = system(&changed(
        CLOUD_NATIVE,
        &[
            (
                "resources:\n",
                "observability: { workspace: { existing: { name: log-platform, resourceGroup: rg-platform } } }\nresources:\n",
            ),
            (
                "      vault/*:",
                "      storage/*: read\n      vault/api-rate-limit: read\n      vault/*:",
            ),
        ],
    ));
    let files = files(&model);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/infra/modules");
    let modules: String = [
        "storage",
        "storage-access",
        "key-vault",
        "key-vault-secret",
        "workspace",
    ]
    .map(|name| std::fs::read_to_string(format!("{folder}/{name}.bicep")).unwrap())
    .concat();
    let made = regex::Regex::new(r"'(Microsoft\.[A-Za-z/]+)@([0-9-]+(?:preview)?)'").unwrap();
    let versions: BTreeMap<&str, &str> = made
        .captures_iter(&modules)
        .map(|found| {
            (
                found.get(1).unwrap().as_str(),
                found.get(2).unwrap().as_str(),
            )
        })
        .collect();
    let mut seen = 0;
    for text in [
        &files["infra/main.bicep"],
        &files["infra/workloads/api-service.bicep"],
    ] {
        for line in text.lines().filter(|line| line.ends_with(" existing = {")) {
            let found = made.captures(line).unwrap();
            let kind = found.get(1).unwrap().as_str();
            // A container is a resource within its account there, and takes the account's version.
            let made_as = versions
                .keys()
                .filter(|made| kind.starts_with(**made))
                .max_by_key(|made| made.len());
            assert_eq!(
                made_as.map(|made| versions[*made]),
                Some(&found[2]),
                "{line}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}

/// What a child is named below stands in front of it, also where the child is needed first.
#[test]
fn a_parent_stands_before_its_children() {
    let model = system(&changed(
        CLOUD_NATIVE,
        &[(
            "      vault/*:",
            "      vault/database-connection-timeout: read\n      vault/api-rate-limit: read\n      vault/*:",
        )],
    ));
    let text = &files(&model)["infra/workloads/api-service.bicep"];
    let declared: Vec<&str> = text
        .lines()
        .filter(|line| line.ends_with(" existing = {"))
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|name| name.starts_with("vault"))
        .collect();
    assert_eq!(
        declared,
        [
            "vaultResource",
            "vaultDatabaseConnectionTimeoutSecret",
            "vaultApiRateLimitSecret"
        ]
    );
    assert_eq!(
        text.matches("  parent: vaultResource\n").count(),
        2,
        "{text}"
    );
}

/// Every example has its files written by hand, and nothing else has.
#[test]
fn the_examples_become_these_systems() {
    let folders = |of: &str| {
        let mut names: Vec<String> =
            std::fs::read_dir(format!("{}/{of}", env!("CARGO_MANIFEST_DIR")))
                .unwrap()
                .map(|entry| entry.unwrap())
                .filter(|entry| entry.path().is_dir())
                .map(|entry| entry.file_name().into_string().unwrap())
                .collect();
        names.sort();
        names
    };
    assert_eq!(folders("examples"), folders("tests/infra"));
    assert_eq!(
        folders("examples"),
        ["cloud-native", "cloud-native-managed", "minimal"]
    );
}

fn workload(name: &str) -> Workload {
    Workload {
        source: "spec.yaml".to_owned(),
        name: name.to_owned(),
        namespace: "shop".to_owned(),
        identity: format!("id-shop-{name}"),
        credential: format!("fc-{name}"),
        roles: Vec::new(),
        existing: Vec::new(),
        accesses: Vec::new(),
    }
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "x'\n}\nparam evil string = '${resourceGroup().id}\u{202e}";
    let file = Workload {
        source: hostile.to_owned(),
        namespace: hostile.to_owned(),
        existing: vec![Existing {
            comment: vec![hostile.to_owned()],
            name: Symbol::of(&[hostile], "resource"),
            kind: hostile.to_owned(),
            parent: None,
            azure_name: hostile.to_owned(),
            scope: Some(hostile.into()),
        }],
        accesses: vec![Access {
            comment: vec![hostile.to_owned()],
            grant: Grant::Elsewhere,
        }],
        ..workload(hostile)
    };
    let text = file.compose(Templates::get().unwrap()).unwrap();
    assert!(
        !text.lines().any(|line| line.starts_with("param evil")),
        "{text}"
    );
    assert!(
        text.contains("\n// x' } param evil string = '${resourceGroup().id}\n"),
        "{text}"
    );
    for property in ["name", "scope"] {
        assert!(
            text.contains(&format!("\n  {property}: 'x\\'\\n}}")),
            "{text}"
        );
    }
    assert!(
        text.contains(
            r"metadata name = 'x\'\n}\nparam evil string = \'\${resourceGroup().id}\u{202e}'"
        ),
        "{text}"
    );
}

/// Shows the first line that differs: the files are long.
#[track_caller]
fn assert_same(path: &str, text: &str, expected: &str) {
    for (number, (line, wanted)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(line, wanted, "{path}, line {}", number + 1);
    }
    assert_eq!(text, expected, "{path}");
}

const CLUSTER: &str = include_str!("../templates/infra/modules/cluster.bicep");
const CLUSTER_WITH_ADDON: &str =
    include_str!("../templates/infra/modules/cluster-with-addon.bicep");

/// An API version cannot be a parameter, so there are two modules; they must not drift apart.
#[test]
fn the_clusters_differ_in_the_addon_only() {
    let ingress = "    ingressProfile: {
      applicationLoadBalancer: {
        enabled: true
      }
      gatewayAPI: {
        installation: 'Standard'
      }
    }
";
    let output = "
@description('Object id of the identity that the ALB Controller add-on acts as.')
output albControllerPrincipalId string = cluster.properties.ingressProfile.applicationLoadBalancer.identity.objectId
";
    assert_eq!(CLUSTER_WITH_ADDON.matches(ingress).count(), 1);
    assert_eq!(CLUSTER_WITH_ADDON.matches(output).count(), 1);
    assert_eq!(
        CLUSTER_WITH_ADDON.matches("@2026-08-02-preview'").count(),
        2
    );
    let without = CLUSTER_WITH_ADDON
        .replace(ingress, "")
        .replace(output, "")
        .replace("@2026-08-02-preview'", "@2026-08-01'");
    assert_same("cluster", &without, CLUSTER);
}

#[test]
fn shared_modules_say_that_they_are_shared() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/infra/modules");
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
    {
        if entry.file_type().is_file() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            assert!(
                text.starts_with(
                    "// Part of agcgen, the same for every system.\n\nmetadata name = '"
                ),
                "{}",
                entry.path().display()
            );
            assert!(!text.contains('\r') && text.ends_with('\n') && !text.ends_with("\n\n"));
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} modules only");
}

/// Every role that a module names by its GUID is the catalogue's row of that name: the comment above it, or else its own
/// name, is the display name.
#[test]
fn roles_of_the_modules_are_those_of_the_catalogue() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/infra/modules");
    let guid = regex::Regex::new(r"'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'").unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(found) = guid.captures(line) else {
                continue;
            };
            let declared = (0..=number)
                .rev()
                .find(|number| lines[*number].starts_with("var "))
                .unwrap();
            let name = lines[declared].split(' ').nth(1).unwrap();
            let above = lines[declared - 1]
                .strip_prefix("// ")
                .and_then(|line| line.strip_suffix('.'));
            let role = roles::ALL.iter().find(|role| {
                above.map_or_else(
                    || Symbol::of(&[role.name], "").as_str() == name,
                    |above| role.name == above,
                )
            });
            let place = format!("{}:{}: {name}", path.display(), number + 1);
            assert_eq!(Some(&found[1]), role.map(|role| role.id), "{place}");
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} roles only");
}
