//! The combinations: each a name and a model.

use agcgen::catalog::roles;
use agcgen::kinds::Kind;
use agcgen::model::{
    Administrator, CniMode, Controller, Diagnostics, Frontend, GatewayDeployment, Listener, Model,
    NetworkPolicyEngine, PrincipalType, Provision, ResourceId, Tier,
};

use crate::systems::{
    self, connected, database_roles, existing, origin, overlay, provisioned, role, serverless, sql,
    storage, vault, workload,
};

/// The subscription of systems that name one.
pub(crate) const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";
/// Where things are that belong to somebody else.
const OTHER_SUBSCRIPTION: &str = "99999999-8888-7777-6666-555555555555";

/// Every combination.
pub(crate) fn all() -> Vec<(String, Model)> {
    let mut all = vec![
        ("minimal".to_owned(), systems::minimal()),
        ("cloud-native".to_owned(), systems::cloud_native()),
        (
            "cloud-native-managed".to_owned(),
            systems::cloud_native_managed(),
        ),
    ];
    all.extend(gateways());
    all.extend(networks());
    for (name, model) in [
        ("nothing", nothing()),
        ("nothing-late", nothing_late()),
        ("no-workload-connects", no_workload_connects()),
        ("several-of-a-kind", several_of_a_kind()),
        ("there-already", there_already(None)),
        (
            "there-already-known-subscription",
            there_already(Some(SUBSCRIPTION)),
        ),
        ("databases", databases()),
        ("tags-and-logs", tags_and_logs()),
        ("many-grants", many_grants()),
        ("names-that-clash", names_that_clash()),
        ("listeners", listeners()),
        ("administrators", administrators()),
    ] {
        all.push((name.to_owned(), model));
    }
    all
}

fn deployments() -> [(&'static str, GatewayDeployment); 2] {
    let byo = GatewayDeployment::Byo {
        traffic_controller: "agc-shop".to_owned(),
    };
    let managed = GatewayDeployment::Managed {
        application_load_balancer: "shop-gateway".to_owned(),
    };
    [("byo", byo), ("managed", managed)]
}

fn controllers() -> [(&'static str, Controller); 3] {
    [
        ("helm", systems::helm("shop")),
        ("addon", Controller::Addon),
        ("existing", Controller::Existing),
    ]
}

fn workspace(subscription: Option<&str>, group: &str) -> ResourceId {
    ResourceId {
        subscription: subscription.map(str::to_owned),
        resource_group: group.to_owned(),
        resource_type: "Microsoft.OperationalInsights/workspaces".to_owned(),
        name: "log-platform".to_owned(),
    }
}

/// A system with one of each kind and one workload that uses them.
fn shop() -> Model {
    let mut model = systems::empty("shop", "westeurope", "4f9c2e");
    model.resources = vec![
        vault("vault", "kv-vault-0a1b-4f9c2e", &["api-key"]),
        storage("files", "stfiles0a1b4f9c2e", &["images", "receipts"]),
        sql(
            "shop",
            "db",
            "sql-shop-db-4f9c2e",
            vec![provisioned("orders")],
        ),
    ];
    model.workloads = vec![connected(
        "shop",
        "web",
        vec![
            role("files/images", "read", &roles::BLOB_READER),
            role("vault/api-key", "read", &roles::SECRETS_USER),
            database_roles("db/orders", "read", &["db_datareader"]),
        ],
    )];
    model
}

/// Who makes the traffic controller × who configures it × whether the subscription is known × where the logs go.
fn gateways() -> Vec<(String, Model)> {
    let mut all = Vec::new();
    for (deployment_name, deployment) in deployments() {
        for (controller_name, controller) in controllers() {
            for subscription in [None, Some(SUBSCRIPTION)] {
                for (place, there) in [
                    ("made", None),
                    ("same-group", Some(workspace(None, "RG-Shop"))),
                    ("other-group", Some(workspace(None, "rg-platform"))),
                    (
                        "other-subscription",
                        Some(workspace(Some(OTHER_SUBSCRIPTION), "rg-shop")),
                    ),
                    (
                        "own-subscription",
                        Some(workspace(Some(SUBSCRIPTION), "rg-platform")),
                    ),
                ] {
                    let mut model = shop();
                    model.azure.subscription = subscription.map(str::to_owned);
                    let known = subscription.map_or("any", |_| "known");
                    model.clusters[0].gateway.deployment = deployment.clone();
                    model.clusters[0].gateway.controller = controller.clone();
                    if let Some(id) = there {
                        model.workspace.workspace = Provision::Existing(id);
                    }
                    all.push((
                        format!("{deployment_name}-{controller_name}-{known}-{place}"),
                        model,
                    ));
                }
            }
        }
    }
    all
}

/// Where pods get addresses × who enforces policies, and with them zones, tiers and log levels.
fn networks() -> Vec<(String, Model)> {
    let mut all = Vec::new();
    for (mode_name, mode, zones, tier) in [
        ("overlay", overlay(), vec![1, 3], Tier::Premium),
        ("flat", CniMode::Flat, Vec::new(), Tier::Free),
    ] {
        for (policy, diagnostics) in [
            (NetworkPolicyEngine::Cilium, Diagnostics::All),
            (NetworkPolicyEngine::Azure, Diagnostics::Audit),
            (NetworkPolicyEngine::Calico, Diagnostics::None),
            (NetworkPolicyEngine::None, Diagnostics::All),
        ] {
            let mut model = shop();
            let cluster = &mut model.clusters[0];
            cluster.cni.mode = mode.clone();
            cluster.cni.policy = policy;
            cluster.nodes.zones.clone_from(&zones);
            cluster.tier = tier;
            model.workspace.diagnostics = diagnostics;
            for resource in &mut model.resources {
                resource.diagnostics = diagnostics;
            }
            all.push((format!("{mode_name}-{policy}"), model));
        }
    }
    all
}

/// No resource, no workload.
fn nothing() -> Model {
    let mut model = systems::empty("shop", "westeurope", "4f9c2e");
    model.clusters[0].administrators.clear();
    model
}

/// The deployment makes nothing that a manifest waits for.
fn nothing_late() -> Model {
    let mut model = systems::empty("shop", "westeurope", "4f9c2e");
    model.azure.subscription = Some(SUBSCRIPTION.to_owned());
    model.clusters[0].gateway.controller = Controller::Existing;
    model.workloads = vec![workload("web")];
    model
}

fn no_workload_connects() -> Model {
    let mut model = shop();
    model.workloads = vec![workload("web")];
    model
}

fn several_of_a_kind() -> Model {
    let mut model = shop();
    model.resources.extend([
        storage("archive", "starchive0a1b4f9c2e", &[]),
        storage("a1", "sta10a1b4f9c2e", &["xyz"]),
        vault(
            "secrets",
            "kv-secrets-0a1b-4f9c2e",
            &["token", "password-reset-key"],
        ),
        vault("empty-vault", "kv-empty-vau-0a1b-4f9c2e", &[]),
        sql(
            "shop",
            "db-2",
            "sql-shop-db-2-4f9c2e",
            vec![serverless("one"), provisioned("two-a")],
        ),
    ]);
    model.workloads.extend([
        connected(
            "shop",
            "password-service",
            vec![
                role("archive", "own", &roles::BLOB_OWNER),
                role("secrets", "write", &roles::SECRETS_OFFICER),
                role("empty-vault", "read", &roles::SECRETS_USER),
            ],
        ),
        connected(
            "shop",
            "reports",
            vec![database_roles("db-2/two-a", "own", &["db_owner"])],
        ),
    ]);
    model
}

/// Resources that are there already: in the same group, in another one, in another subscription.
fn there_already(subscription: Option<&str>) -> Model {
    let mut model = shop();
    model.azure.subscription = subscription.map(str::to_owned);
    model.resources = vec![
        existing(storage("here", "sthere", &["images"]), None, "rg-shop"),
        existing(
            storage("there", "stthere", &["images", "logs"]),
            None,
            "rg-data",
        ),
        existing(
            storage("far", "stfar", &[]),
            Some(OTHER_SUBSCRIPTION),
            "rg-shop",
        ),
        existing(
            storage("mine", "stmine", &["images"]),
            Some(SUBSCRIPTION),
            "rg-data",
        ),
        existing(vault("vault-here", "kv-here", &["a"]), None, "RG-SHOP"),
        existing(vault("vault-there", "kv-there", &["a"]), None, "rg-data"),
        existing(
            vault("vault-far", "kv-far", &["a"]),
            Some(OTHER_SUBSCRIPTION),
            "rg-data",
        ),
    ];
    model.workloads = vec![
        connected(
            "shop",
            "web",
            vec![
                role("here/images", "read", &roles::BLOB_READER),
                role("there/images", "read", &roles::BLOB_READER),
                role("there/logs", "write", &roles::BLOB_CONTRIBUTOR),
                role("far", "own", &roles::BLOB_OWNER),
                role("mine/images", "write", &roles::BLOB_CONTRIBUTOR),
                role("vault-here", "read", &roles::SECRETS_USER),
                role("vault-there/a", "read", &roles::SECRETS_USER),
                role("vault-far", "write", &roles::SECRETS_OFFICER),
            ],
        ),
        connected(
            "shop",
            "reports",
            vec![role("there", "read", &roles::BLOB_READER)],
        ),
    ];
    model
}

/// Serverless and fixed sizes.
fn databases() -> Model {
    let mut model = shop();
    let mut never_pauses = serverless("never-pauses");
    never_pauses.auto_pause_minutes = None;
    never_pauses.min_capacity = Some("1".to_owned());
    let mut named = provisioned("pinned");
    "Orders_2026.v1".clone_into(&mut named.azure_name);
    let forms = vec![
        serverless("pauses"),
        never_pauses,
        provisioned("fixed"),
        named,
    ];
    model.resources[2] = sql("shop", "db", "sql-shop-db-4f9c2e", forms);
    model.workloads.clear();
    model
}

/// Tags of a resource over those of the system, text that wants to be code, and log levels of one's own.
fn tags_and_logs() -> Model {
    let mut model = shop();
    model.azure.tags = vec![
        ("owner".to_owned(), "it's the ${team}'s".to_owned()),
        ("cost center".to_owned(), "4711".to_owned()),
        (
            "[resourceGroup().id]".to_owned(),
            "[concat('a', 'b')]".to_owned(),
        ),
    ];
    let system = model.azure.tags.clone();
    let over_those_of_the_system = |own: &[(&str, &str)]| {
        let mut tags = system.clone();
        for (name, value) in own {
            tags.retain(|(known, _)| known != name);
            tags.push(((*name).to_owned(), (*value).to_owned()));
        }
        tags
    };
    model.resources[0].tags = over_those_of_the_system(&[("owner", "security")]);
    model.resources[0].diagnostics = Diagnostics::All;
    model.resources[1].tags =
        over_those_of_the_system(&[("data-class", "internal\u{202e}'\n}"), ("a", "b")]);
    model.resources[1].diagnostics = Diagnostics::None;
    model.resources[2].tags = over_those_of_the_system(&[]);
    model.resources[2].diagnostics = Diagnostics::None;
    "a spec'${x}.yaml".clone_into(&mut model.spec_file);
    model
}

/// Several grants on one resource: parts of it, all of it, two words for one part.
fn many_grants() -> Model {
    let mut model = shop();
    model.workloads[0].grants = vec![
        role("files/images", "read", &roles::BLOB_READER),
        role("files/receipts", "read", &roles::BLOB_READER),
        role("files/receipts", "write", &roles::BLOB_CONTRIBUTOR),
        role("files", "read", &roles::BLOB_READER),
        role("vault/api-key", "write", &roles::SECRETS_OFFICER),
        role("vault", "read", &roles::SECRETS_USER),
        database_roles("db/orders", "read", &["db_datareader"]),
        database_roles("db/orders", "own", &["db_owner"]),
    ];
    model.workloads.push(connected(
        "shop",
        "second",
        vec![role("files/images", "own", &roles::BLOB_OWNER)],
    ));
    model
}

/// Names that are ours, Bicep's or one another's.
fn names_that_clash() -> Model {
    let mut model = shop();
    model.resources = vec![
        storage("storage", "ststorage0a1b4f9c2e", &["data-xyz", "data"]),
        storage("storage-data", "ststoragedata0a1b4f9c2", &["xyz"]),
        vault("network", "kv-network-0a1b-4f9c2e", &["name"]),
        vault("resource", "kv-resource-0a1b-4f9c2e", &["value"]),
        sql(
            "shop",
            "cluster",
            "sql-shop-cluster-4f9c2e",
            vec![serverless("string")],
        ),
    ];
    let grants = vec![
        role("storage/data-xyz", "read", &roles::BLOB_READER),
        role("storage-data/xyz", "read", &roles::BLOB_READER),
        role("storage/data", "read", &roles::BLOB_READER),
        role("storage-data", "read", &roles::BLOB_READER),
        role("network/name", "read", &roles::SECRETS_USER),
        database_roles("cluster/string", "read", &["db_datareader"]),
    ];
    model.workloads = ["identity", "location", "workspace", "true", "a-1"]
        .map(|name| connected("shop", name, grants.clone()))
        .to_vec();
    model
}

fn listeners() -> Model {
    let mut model = shop();
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
    let mut model = shop();
    model.clusters[0].administrators = [
        ("22222222-0000-0000-0000-000000000001", PrincipalType::Group),
        ("22222222-0000-0000-0000-000000000002", PrincipalType::User),
        (
            "22222222-0000-0000-0000-000000000003",
            PrincipalType::ServicePrincipal,
        ),
    ]
    .map(|(object_id, principal_type)| Administrator {
        origin: origin(),
        object_id: object_id.to_owned(),
        principal_type,
    })
    .to_vec();
    if let Kind::KeyVault(vault) = &mut model.resources[0].kind {
        "premium".clone_into(&mut vault.sku);
    }
    model
}
