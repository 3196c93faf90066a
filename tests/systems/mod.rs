//! Systems as models, made by hand: what the passes behind the resolver are tested with.
//!
//! Names that follow from others are written out, not derived: a test compares, it does not compute.

#![allow(
    dead_code,
    reason = "each test program includes this module and uses a part of it"
)]

use agcgen::catalog::roles::{self, Role};
use agcgen::kinds::{
    Container, Database, DatabaseSku, KeyVault, Kind, Secret, Sql, SqlAdministrator, SqlGrants,
    Storage,
};
use agcgen::model::{
    Administrator, Azure, Cidr, Cluster, Cni, CniMode, Controller, CreatedWorkspace, Diagnostics,
    Frontend, Gateway, GatewayDeployment, Grant, Identity, Listener, Model, Namespace, Network,
    NetworkPolicyEngine, Nodes, Origin, PodSecurity, PrincipalType, Profile, Provision, Quantities,
    Resource, ResourceGroup, ResourceId, Right, Scope, Service, Subnet, Tier, Workload, Workspace,
};
use agcgen::source::{At, Sources, Span};

/// Somewhere: nothing that is tested with these models points at a spec.
pub(crate) fn origin() -> Origin {
    Origin {
        at: At::root(),
        span: Span {
            source: Sources::new().add("spec.yaml", ""),
            start: 0,
            end: 0,
        },
    }
}

fn cidr(a: u8, b: u8, c: u8, prefix: u8) -> Cidr {
    Cidr {
        address: std::net::Ipv4Addr::new(a, b, c, 0),
        prefix,
    }
}

fn subnet(name: &str, prefix: Cidr) -> Subnet {
    Subnet {
        origin: origin(),
        name: name.to_owned(),
        prefix,
    }
}

/// Pods with addresses of their own range.
pub(crate) fn overlay() -> CniMode {
    CniMode::Overlay {
        pod_cidr: cidr(10, 244, 0, 16),
    }
}

/// The Helm controller of a system.
pub(crate) fn helm(stem: &str) -> Controller {
    Controller::Helm {
        version: "1.12.1".to_owned(),
        namespace: "azure-alb-system".to_owned(),
        identity: format!("id-{stem}-alb-controller"),
    }
}

/// A system of that name with nothing in it: profile prod, overlay, byo, Helm.
pub(crate) fn empty(name: &str, location: &str, suffix: &str) -> Model {
    Model {
        spec_file: "spec.yaml".to_owned(),
        name: name.to_owned(),
        stem: name.to_owned(),
        profile: Profile::Prod,
        azure: Azure {
            origin: origin(),
            location: location.to_owned(),
            resource_group: ResourceGroup {
                name: format!("rg-{name}"),
                created: true,
            },
            suffix: suffix.to_owned(),
            subscription: None,
            tags: Vec::new(),
        },
        workspace: Workspace {
            workspace: Provision::Create(CreatedWorkspace {
                name: format!("log-{name}"),
                retention_days: 90,
            }),
            diagnostics: Diagnostics::Audit,
        },
        clusters: vec![Cluster {
            origin: origin(),
            name: format!("aks-{name}"),
            dns_prefix: format!("{name}-{suffix}"),
            identity: format!("id-{name}-cluster"),
            node_resource_group: format!("rg-{name}-nodes"),
            kubernetes_version: "1.35".to_owned(),
            tier: Tier::Standard,
            nodes: Nodes {
                origin: origin(),
                size: "Standard_D4s_v5".to_owned(),
                count: 3,
                zones: vec![1, 2, 3],
                max_pods: 250,
            },
            cni: Cni {
                origin: origin(),
                mode: overlay(),
                policy: NetworkPolicyEngine::Cilium,
                service_cidr: cidr(172, 16, 0, 16),
                dns_service_ip: std::net::Ipv4Addr::new(172, 16, 0, 10),
            },
            administrators: vec![Administrator {
                origin: origin(),
                object_id: "00000000-0000-0000-0000-000000000000".to_owned(),
                principal_type: PrincipalType::Group,
            }],
            collection_rule: format!("dcr-{name}"),
            network: Network {
                origin: origin(),
                name: format!("vnet-{name}"),
                address_space: vec![cidr(10, 10, 0, 16)],
                nodes: subnet("snet-nodes", cidr(10, 10, 0, 20)),
                gateway: subnet("snet-agc", cidr(10, 10, 16, 24)),
            },
            gateway: Gateway {
                origin: origin(),
                deployment: GatewayDeployment::Byo {
                    traffic_controller: format!("agc-{name}"),
                },
                controller: helm(name),
                frontends: vec![Frontend {
                    name: "main".to_owned(),
                    gateway: format!("{name}-gateway"),
                    listeners: vec![Listener {
                        name: "http".to_owned(),
                        port: 80,
                        protocol: "HTTP",
                    }],
                }],
            },
            namespace: Namespace {
                name: name.to_owned(),
                enforce: PodSecurity::Restricted,
            },
        }],
        resources: Vec::new(),
        workloads: Vec::new(),
        routes: Vec::new(),
    }
}

fn resource(key: &str, azure_name: &str, kind: Kind) -> Resource {
    Resource {
        origin: origin(),
        key: key.to_owned(),
        azure_name: azure_name.to_owned(),
        provision: Provision::Create(()),
        tags: Vec::new(),
        diagnostics: Diagnostics::Audit,
        kind,
    }
}

/// A storage account of profile prod.
pub(crate) fn storage(key: &str, azure_name: &str, containers: &[&str]) -> Resource {
    let containers = containers
        .iter()
        .map(|name| Container {
            key: (*name).to_owned(),
            azure_name: (*name).to_owned(),
        })
        .collect();
    resource(
        key,
        azure_name,
        Kind::Storage(Storage {
            sku: "Standard_ZRS".to_owned(),
            soft_delete_days: 14,
            versioning: true,
            containers,
        }),
    )
}

/// A key vault of profile prod.
pub(crate) fn vault(key: &str, azure_name: &str, secrets: &[&str]) -> Resource {
    let variable = |secret: &str| {
        format!("AGC_SECRET_{key}_{secret}")
            .replace('-', "_")
            .to_uppercase()
    };
    let secrets = secrets
        .iter()
        .map(|name| Secret {
            key: (*name).to_owned(),
            azure_name: (*name).to_owned(),
            variable: variable(name),
        })
        .collect();
    resource(
        key,
        azure_name,
        Kind::KeyVault(KeyVault {
            sku: "standard".to_owned(),
            purge_protection: true,
            soft_delete_days: 90,
            secrets,
        }),
    )
}

/// A serverless database that pauses.
pub(crate) fn serverless(key: &str) -> Database {
    Database {
        key: key.to_owned(),
        azure_name: key.to_owned(),
        sku: DatabaseSku {
            written: "GP_S_Gen5_1".to_owned(),
            name: "GP_S_Gen5".to_owned(),
            tier: "GeneralPurpose".to_owned(),
            family: "Gen5".to_owned(),
            capacity: 1,
            serverless: true,
        },
        auto_pause_minutes: Some(60),
        min_capacity: Some("0.5".to_owned()),
        max_size_bytes: 34_359_738_368,
        zone_redundant: false,
    }
}

/// A database of a fixed size.
pub(crate) fn provisioned(key: &str) -> Database {
    Database {
        sku: DatabaseSku {
            written: "BC_Gen5_4".to_owned(),
            name: "BC_Gen5".to_owned(),
            tier: "BusinessCritical".to_owned(),
            family: "Gen5".to_owned(),
            capacity: 4,
            serverless: false,
        },
        auto_pause_minutes: None,
        min_capacity: None,
        zone_redundant: true,
        ..serverless(key)
    }
}

/// A SQL server of a system.
pub(crate) fn sql(stem: &str, key: &str, azure_name: &str, databases: Vec<Database>) -> Resource {
    resource(
        key,
        azure_name,
        Kind::Sql(Sql {
            host: format!("{azure_name}.database.windows.net"),
            databases,
            administrator: SqlAdministrator {
                identity: format!("id-{stem}-{key}-administrator"),
                credential: format!("fc-{key}-administrator"),
                service_account: format!("{key}-administrator"),
                client_id_key: format!(
                    "{}_ADMINISTRATOR_CLIENT_ID",
                    key.replace('-', "_").to_uppercase()
                ),
            },
            grants: SqlGrants {
                namespace: format!("{stem}-sql-grants"),
                job: format!("{key}-grants"),
                image: "ghcr.io/example/sqlcmd:1.9.0".to_owned(),
                image_is_default: false,
            },
        }),
    )
}

/// The resource as one that is there already.
pub(crate) fn existing(
    mut resource: Resource,
    subscription: Option<&str>,
    group: &str,
) -> Resource {
    let resource_type = match resource.kind {
        Kind::Storage(_) => "Microsoft.Storage/storageAccounts",
        Kind::KeyVault(_) => "Microsoft.KeyVault/vaults",
        Kind::Sql(_) => "Microsoft.Sql/servers",
    };
    resource.provision = Provision::Existing(ResourceId {
        subscription: subscription.map(str::to_owned),
        resource_group: group.to_owned(),
        resource_type: resource_type.to_owned(),
        name: resource.azure_name.clone(),
    });
    resource
}

/// A workload that nobody calls, without identity.
pub(crate) fn workload(name: &str) -> Workload {
    Workload {
        origin: origin(),
        name: name.to_owned(),
        image: "ghcr.io/example/app:1.0.3".to_owned(),
        service: None,
        replicas: 2,
        command: Vec::new(),
        args: Vec::new(),
        env: Vec::new(),
        health: None,
        requests: Quantities {
            cpu: "100m".to_owned(),
            memory: "128Mi".to_owned(),
        },
        limits: Quantities {
            cpu: "1".to_owned(),
            memory: "512Mi".to_owned(),
        },
        pod_security: PodSecurity::Restricted,
        identity: None,
        grants: Vec::new(),
        links: Vec::new(),
        calls: Vec::new(),
    }
}

/// A workload with an identity and these rights.
pub(crate) fn connected(stem: &str, name: &str, grants: Vec<Grant>) -> Workload {
    Workload {
        service: Some(Service {
            name: name.to_owned(),
            port_name: "http".to_owned(),
            port: 8080,
            container_port: 8080,
        }),
        identity: Some(Identity {
            name: format!("id-{stem}-{name}"),
            credential: format!("fc-{name}"),
            service_account: name.to_owned(),
            client_id_key: format!("{}_CLIENT_ID", name.replace('-', "_").to_uppercase()),
        }),
        grants,
        ..workload(name)
    }
}

/// A role at `resource`, or at `resource/child`.
pub(crate) fn role(target: &str, access: &'static str, role: &'static Role) -> Grant {
    let (resource, scope) = scope(target);
    Grant {
        origin: origin(),
        resource,
        scope,
        access,
        right: Right::Role(role),
    }
}

/// Roles in a database of a server, `server/database`.
pub(crate) fn database_roles(
    target: &str,
    access: &'static str,
    roles: &'static [&'static str],
) -> Grant {
    let (resource, scope) = scope(target);
    Grant {
        origin: origin(),
        resource,
        scope,
        access,
        right: Right::DatabaseRoles(roles),
    }
}

fn scope(target: &str) -> (String, Scope) {
    match target.split_once('/') {
        None => (target.to_owned(), Scope::Resource),
        Some((resource, child)) => (
            resource.to_owned(),
            Scope::Child {
                key: child.to_owned(),
                azure_name: child.to_owned(),
            },
        ),
    }
}

/// The example `minimal`, with a suffix.
pub(crate) fn minimal() -> Model {
    let mut model = empty("hello", "westeurope", "4f9c2e");
    model.resources = vec![storage("files", "stfiles6f754f9c2e", &["images"])];
    let read = role("files/images", "read", &roles::BLOB_READER);
    model.workloads = vec![connected("hello", "web", vec![read])];
    model
}

/// The example `cloud-native`.
pub(crate) fn cloud_native() -> Model {
    let stem = "cloud-native";
    let mut model = empty(stem, "eastus", "7k2f9d");
    model.profile = Profile::Dev;
    model.azure.tags = vec![
        ("purpose".to_owned(), "cloud-native-connectivity".to_owned()),
        ("environment".to_owned(), "demo".to_owned()),
    ];
    model.workspace.workspace = Provision::Create(CreatedWorkspace {
        name: "log-cloud-native".to_owned(),
        retention_days: 30,
    });
    let cluster = &mut model.clusters[0];
    cluster.tier = Tier::Free;
    cluster.nodes = Nodes {
        origin: origin(),
        size: "Standard_D2s_v5".to_owned(),
        count: 3,
        zones: Vec::new(),
        max_pods: 30,
    };
    cluster.cni.mode = CniMode::Flat;
    "cloud-native-app".clone_into(&mut cluster.namespace.name);

    let mut account = storage("storage", "ststorage2dd37k2f9d", &["data"]);
    if let Kind::Storage(settings) = &mut account.kind {
        "Standard_LRS".clone_into(&mut settings.sku);
        settings.soft_delete_days = 7;
        settings.versioning = false;
    }
    let server = sql(
        stem,
        "sql",
        "sql-cloud-native-sql-7k2f9d",
        vec![serverless("application-db")],
    );
    let mut secrets = vault(
        "vault",
        "kv-vault-d214-7k2f9d",
        &["api-rate-limit", "database-connection-timeout"],
    );
    if let Kind::KeyVault(settings) = &mut secrets.kind {
        settings.purge_protection = false;
        settings.soft_delete_days = 7;
    }
    model.resources = vec![account, server, secrets];
    for resource in &mut model.resources {
        resource.tags.clone_from(&model.azure.tags);
    }
    model.workloads = vec![
        workload("frontend-app"),
        connected(
            stem,
            "api-service",
            vec![
                role("storage/data", "write", &roles::BLOB_CONTRIBUTOR),
                role("vault", "read", &roles::SECRETS_USER),
            ],
        ),
        connected(
            stem,
            "data-service",
            vec![database_roles(
                "sql/application-db",
                "write",
                &["db_datareader", "db_datawriter"],
            )],
        ),
    ];
    model
}

/// The same with the add-on, which makes the traffic controllers, on an overlay network.
pub(crate) fn cloud_native_managed() -> Model {
    let mut model = cloud_native();
    let cluster = &mut model.clusters[0];
    cluster.cni.mode = overlay();
    cluster.nodes.max_pods = 250;
    cluster.gateway.controller = Controller::Addon;
    cluster.gateway.deployment = GatewayDeployment::Managed {
        application_load_balancer: "cloud-native-gateway".to_owned(),
    };
    model
}
