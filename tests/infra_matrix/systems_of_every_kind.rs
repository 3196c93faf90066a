//! The combinations: each a name and the model of a spec, in a few cases changed to what no spec can say.

use agcgen::catalog::roles;
use agcgen::model::{Frontend, Grant, Listener, Model, Right, Scope};

use crate::systems::{
    self, CLOUD_NATIVE, CLOUD_NATIVE_MANAGED, PLAIN, SUBSCRIPTION, changed, system,
};

/// Where things are that belong to somebody else.
const OTHER_SUBSCRIPTION: &str = "99999999-8888-7777-6666-555555555555";

/// A system with one of each kind and one workload that uses them: profile prod, overlay, byo, Helm.
const SHOP: &str = "
apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 4f9c2e }
cluster: { administrators: [{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }] }
resources:
  vault: { kind: keyVault, secrets: [api-key] }
  files: { kind: storage, containers: [images, receipts] }
  db: { kind: sql, databases: { orders: { sku: BC_Gen5_4, zoneRedundant: true } } }
workloads:
  web:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections: { files/images: read, vault/api-key: read, db/orders: read }
";

/// Every combination.
pub(crate) fn all() -> Vec<(String, Model)> {
    let mut all = vec![
        ("minimal".to_owned(), systems::minimal()),
        ("cloud-native".to_owned(), system(CLOUD_NATIVE)),
        (
            "cloud-native-managed".to_owned(),
            system(CLOUD_NATIVE_MANAGED),
        ),
    ];
    all.extend(gateways());
    all.extend(networks());
    for (name, model) in [
        ("nothing", nothing()),
        ("nothing-late", nothing_late()),
        ("no-workload-connects", no_workload_connects()),
        ("several-of-a-kind", several_of_a_kind()),
        ("there-already", there_already("")),
        (
            "there-already-known-subscription",
            there_already(&format!(", subscription: {SUBSCRIPTION}")),
        ),
        ("databases", databases()),
        ("tags-and-logs", tags_and_logs()),
        ("many-grants", many_grants()),
        ("names-that-clash", names_that_clash()),
        ("listeners", listeners()),
        ("administrators", administrators()),
        ("longest-names", system(&systems::longest())),
    ] {
        all.push((name.to_owned(), model));
    }
    all
}

/// `SHOP` with lines before its resources.
fn shop_with(lines: &str) -> String {
    changed(SHOP, &[("resources:\n", &format!("{lines}\nresources:\n"))])
}

/// `SHOP` as far as a text in it.
fn shop_before(text: &str) -> &'static str {
    SHOP.split_once(text).expect("it stands in SHOP").0
}

/// `SHOP` with other resources and workloads.
fn shop_of(azure: &str, resources_and_workloads: &str) -> String {
    let head = changed(
        shop_before("resources:\n"),
        &[("suffix: 4f9c2e", &format!("suffix: 4f9c2e{azure}"))],
    );
    format!("{head}{resources_and_workloads}")
}

/// Who makes the traffic controller × who configures it × where the logs go, and whether the subscription is known: every
/// three of the four in every combination, so half of all.
fn gateways() -> Vec<(String, Model)> {
    let mut all = Vec::new();
    for (first, deployment) in ["byo", "managed"].into_iter().enumerate() {
        for (second, controller) in ["helm", "addon", "existing"].into_iter().enumerate() {
            for (third, (place, workspace)) in [
                ("made", "{}".to_owned()),
                ("same-group", workspace("resourceGroup: RG-Shop")),
                ("other-group", workspace("resourceGroup: rg-platform")),
                (
                    "other-subscription",
                    workspace(&format!(
                        "resourceGroup: rg-shop, subscription: {OTHER_SUBSCRIPTION}"
                    )),
                ),
                (
                    "own-subscription",
                    workspace(&format!(
                        "resourceGroup: rg-platform, subscription: {SUBSCRIPTION}"
                    )),
                ),
            ]
            .into_iter()
            .enumerate()
            {
                let is_known = (first + second + third) % 2 == 1;
                let mut spec = shop_with(&format!(
                    "gateway: {{ deployment: {deployment}, controller: {controller} }}\n\
                     observability: {{ workspace: {workspace} }}"
                ));
                if is_known {
                    let known = format!("suffix: 4f9c2e, subscription: {SUBSCRIPTION}");
                    spec = changed(&spec, &[("suffix: 4f9c2e", &known)]);
                }
                let known = if is_known { "known" } else { "any" };
                all.push((
                    format!("{deployment}-{controller}-{known}-{place}"),
                    system(&spec),
                ));
            }
        }
    }
    all
}

/// A workspace that is there already.
fn workspace(place: &str) -> String {
    format!("{{ existing: {{ name: log-platform, {place} }} }}")
}

/// Where pods get addresses × who enforces policies, and with them zones, tiers and log levels.
fn networks() -> Vec<(String, Model)> {
    let mut all = Vec::new();
    for (mode, zones, tier) in [("overlay", vec![1, 3], "premium"), ("flat", vec![], "free")] {
        for (policy, diagnostics) in [
            ("cilium", "all"),
            ("azure", "audit"),
            ("calico", "none"),
            ("none", "all"),
        ] {
            let spec = shop_with(&format!("observability: {{ diagnostics: {diagnostics} }}"));
            let mut model = system(&changed(
                &spec,
                &[(
                    "cluster: { ",
                    &format!(
                        "cluster: {{ tier: {tier}, cni: {{ mode: {mode}, policy: {policy} }}, "
                    ),
                )],
            ));
            // Which zones there are follows from region and profile.
            model.clusters[0].nodes.zones.clone_from(&zones);
            all.push((format!("{mode}-{policy}"), model));
        }
    }
    all
}

/// No resource, no administrator, and what no spec can say: no workload.
fn nothing() -> Model {
    let mut model = system(&changed(
        PLAIN,
        &[(
            "{ administrators: [{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }] }",
            "{}",
        )],
    ));
    model.workloads.clear();
    model
}

/// The deployment makes nothing that a manifest waits for.
fn nothing_late() -> Model {
    let known = format!("suffix: 4f9c2e, subscription: {SUBSCRIPTION}");
    system(&changed(
        PLAIN,
        &[
            ("suffix: 4f9c2e", &known),
            (
                "workloads:",
                "gateway: { controller: existing }\nworkloads:",
            ),
        ],
    ))
}

fn no_workload_connects() -> Model {
    system(shop_before("    port: 8080\n"))
}

fn several_of_a_kind() -> Model {
    let spec = changed(
        SHOP,
        &[(
            "workloads:\n",
            "
  archive: { kind: storage }
  a1: { kind: storage, containers: [xyz] }
  secrets: { kind: keyVault, secrets: [token, password-reset-key] }
  empty-vault: { kind: keyVault }
  db-2:
    kind: sql
    databases:
      one: { sku: GP_S_Gen5_1, autoPause: 60m }
      two-a: { sku: BC_Gen5_4, zoneRedundant: true }
workloads:
  password-service:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections:
      archive: own
      secrets/*: write
      empty-vault: { access: read, prefix: EMPTY_VAULT }
  reports:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections: { db-2/two-a: own }
",
        )],
    );
    system(&spec)
}

/// Resources that are there already: in the same group, in another one, in another subscription.
fn there_already(azure: &str) -> Model {
    system(&shop_of(
        azure,
        &format!(
            "resources:
  here: {{ kind: storage, containers: [images], existing: {{ name: sthere }} }}
  there: {{ kind: storage, containers: [images, logs], existing: {{ name: stthere, resourceGroup: rg-data }} }}
  far: {{ kind: storage, existing: {{ name: stfar, resourceGroup: rg-shop, subscription: {OTHER_SUBSCRIPTION} }} }}
  mine:
    kind: storage
    containers: [images]
    existing: {{ name: stmine, resourceGroup: rg-data, subscription: {SUBSCRIPTION} }}
  vault-here: {{ kind: keyVault, secrets: [a], existing: {{ name: kv-here, resourceGroup: RG-SHOP }} }}
  vault-there: {{ kind: keyVault, secrets: [a], existing: {{ name: kv-there, resourceGroup: rg-data }} }}
  vault-far:
    kind: keyVault
    secrets: [a]
    existing: {{ name: kv-far, resourceGroup: rg-data, subscription: {OTHER_SUBSCRIPTION} }}
workloads:
  web:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections:
      here/images: read
      there/images: {{ access: read, prefix: THERE }}
      there/logs: write
      far: {{ access: own, via: direct, prefix: FAR }}
      mine/images: {{ access: write, via: direct, prefix: MINE }}
      vault-here/*: read
      vault-there/a: {{ access: read, prefix: VAULT_THERE }}
      vault-far/*: {{ access: write, via: direct, prefix: VAULT_FAR }}
  reports:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections: {{ there/*: read }}
"
        ),
    ))
}

/// Serverless and fixed sizes.
fn databases() -> Model {
    let mut model = system(&changed(
        SHOP,
        &[
            (
                "{ orders: { sku: BC_Gen5_4, zoneRedundant: true } }",
                "
      pauses: { sku: GP_S_Gen5_1, autoPause: 60m }
      never-pauses: { sku: GP_S_Gen5_1, minCapacity: 1 }
      fixed: { sku: BC_Gen5_4, zoneRedundant: true }
      pinned: { sku: BC_Gen5_4, zoneRedundant: true, azureName: Orders_2026.v1 }
",
            ),
            (
                "  db: { kind: sql, databases: ",
                "  db:\n    kind: sql\n    databases: ",
            ),
            ("\n }\nworkloads:", "\nworkloads:"),
            ("db/orders: read", "db/pauses: read"),
        ],
    ));
    model.workloads.clear();
    model
}

/// Tags of a resource over those of the system, text that wants to be code, and log levels of one's own.
fn tags_and_logs() -> Model {
    let mut model = system(&changed(
        SHOP,
        &[
            (
                "suffix: 4f9c2e }",
                r#"suffix: 4f9c2e, tags: { owner: "it's the ${team}'s", "cost center": "4711", "[resourceGroup().id]": "[concat('a', 'b')]" } }"#,
            ),
            (
                "secrets: [api-key]",
                "secrets: [api-key], diagnostics: all, tags: { owner: security }",
            ),
            (
                "containers: [images, receipts]",
                "containers: [images, receipts], diagnostics: none, tags: { data-class: internal, a: b }",
            ),
            ("kind: sql", "kind: sql, diagnostics: none"),
        ],
    ));
    let (_, value) = model.resources[1]
        .tags
        .iter_mut()
        .find(|(name, _)| name == "data-class")
        .expect("the tag of files");
    value.push_str("\u{202e}'\n}");
    "a spec'${x}.yaml".clone_into(&mut model.spec_file);
    model
}

/// Several grants on one resource: parts of it, all of it, two words for one part.
fn many_grants() -> Model {
    let mut model = system(&changed(
        SHOP,
        &[
            (
                "{ files/images: read, vault/api-key: read, db/orders: read }",
                "
      files/images: read
      files/receipts: write
      files/*: read
      vault/api-key: write
      vault/*: read
      db/orders: own
",
            ),
            (
                "workloads:\n",
                "workloads:
  second:
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections: { files/images: own }
",
            ),
        ],
    ));
    // Of two words for one container only the wider one would be left.
    let grants = &mut model.workloads[1].grants;
    let at = grants
        .iter()
        .position(|grant| matches!(&grant.scope, Scope::Child { key, .. } if key == "receipts"))
        .expect("the grant of receipts");
    let read = Grant {
        access: "read",
        right: Right::Role(&roles::BLOB_READER),
        ..grants[at].clone()
    };
    grants.insert(at, read);
    model
}

/// Names that are ours, Bicep's or one another's.
fn names_that_clash() -> Model {
    let connections = "
    image: ghcr.io/example/app:1.0.3
    port: 8080
    connections:
      storage/data-xyz: read
      storage-data/xyz: { access: read, prefix: STORAGE_DATA }
      storage/data: read
      storage-data/*: read
      network/name: read
      cluster/string: read
";
    let workloads = ["identity", "location", "workspace", "\"true\"", "a-1"]
        .map(|name| format!("  {name}:{connections}"))
        .concat();
    let resources = "resources:
  storage: { kind: storage, containers: [data-xyz, data] }
  storage-data: { kind: storage, containers: [xyz] }
  network: { kind: keyVault, secrets: [name] }
  resource: { kind: keyVault, secrets: [value] }
  cluster: { kind: sql, databases: { string: { sku: GP_S_Gen5_1, autoPause: 60m } } }
workloads:
";
    system(&shop_of("", &format!("{resources}{workloads}")))
}

/// Frontends and ports as a later version of the language will have them.
fn listeners() -> Model {
    let mut model = system(SHOP);
    let frontend = |name: &str, ports: &[u16]| Frontend {
        name: name.to_owned(),
        gateway: name.to_owned(),
        listeners: ports
            .iter()
            .map(|port| Listener {
                name: format!("port-{port}"),
                port: *port,
                protocol: "HTTP",
            })
            .collect(),
    };
    model.clusters[0].gateway.frontends =
        vec![frontend("main", &[8080, 80]), frontend("second", &[80])];
    model
}

fn administrators() -> Model {
    system(&changed(
        SHOP,
        &[
            (
                "{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }",
                "{ objectId: 22222222-0000-0000-0000-000000000001, type: Group }, \
                 { objectId: 22222222-0000-0000-0000-000000000002, type: User }, \
                 { objectId: 22222222-0000-0000-0000-000000000003, type: ServicePrincipal }",
            ),
            ("kind: keyVault", "kind: keyVault, sku: premium"),
        ],
    ))
}
