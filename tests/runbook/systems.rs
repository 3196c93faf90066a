//! Models by hand: what a spec becomes is another test's business.

use agcgen::catalog::roles;
use agcgen::kinds::{
    Container, Database, DatabaseSku, KeyVault, Kind, Secret, Sql, SqlAdministrator, SqlGrants,
    Storage,
};
use agcgen::model::*;
use agcgen::source::{At, Sources, Span};

pub(crate) fn origin(at: &str) -> Origin {
    let source = Sources::new().add("spec.yaml", "");
    Origin {
        at: at.split('.').fold(At::root(), |at, key| at.key(key)),
        span: Span {
            source,
            start: 0,
            end: 0,
        },
    }
}

fn cidr(text: &str) -> Cidr {
    let (address, prefix) = text.split_once('/').unwrap();
    Cidr {
        address: address.parse().unwrap(),
        prefix: prefix.parse().unwrap(),
    }
}

fn cluster(name: &str, namespace: &str) -> Cluster {
    Cluster {
        origin: origin("cluster"),
        name: format!("aks-{name}"),
        dns_prefix: format!("{name}-7k2f9d"),
        identity: format!("id-{name}-cluster"),
        node_resource_group: format!("rg-{name}-nodes"),
        kubernetes_version: "1.35".to_owned(),
        tier: Tier::Free,
        nodes: Nodes {
            origin: origin("cluster"),
            size: "Standard_D2s_v5".to_owned(),
            count: 3,
            zones: Vec::new(),
            max_pods: 30,
        },
        cni: Cni {
            origin: origin("cluster"),
            mode: CniMode::Flat,
            policy: NetworkPolicyEngine::Cilium,
            service_cidr: cidr("172.16.0.0/16"),
            dns_service_ip: "172.16.0.10".parse().unwrap(),
        },
        administrators: vec![Administrator {
            origin: origin("cluster.administrators"),
            object_id: "22222222-3333-4444-5555-666666666666".to_owned(),
            principal_type: PrincipalType::Group,
        }],
        collection_rule: format!("dcr-{name}"),
        network: Network {
            origin: origin("network"),
            name: format!("vnet-{name}"),
            address_space: vec![cidr("10.10.0.0/16")],
            nodes: Subnet {
                origin: origin("network.subnets.nodes"),
                name: "snet-nodes".to_owned(),
                prefix: cidr("10.10.0.0/20"),
            },
            gateway: Subnet {
                origin: origin("network.subnets.gateway"),
                name: "snet-agc".to_owned(),
                prefix: cidr("10.10.16.0/24"),
            },
        },
        gateway: Gateway {
            origin: origin("gateway"),
            deployment: GatewayDeployment::Byo {
                traffic_controller: format!("agc-{name}"),
            },
            controller: Controller::Helm {
                version: "1.12.1".to_owned(),
                namespace: "azure-alb-system".to_owned(),
                identity: format!("id-{name}-alb-controller"),
            },
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
            name: namespace.to_owned(),
            enforce: PodSecurity::Restricted,
        },
    }
}

fn workload(
    name: &str,
    image: &str,
    replicas: u32,
    service: &str,
    port: u16,
    health: &str,
) -> Workload {
    let quantities = |cpu: &str, memory: &str| Quantities {
        cpu: cpu.to_owned(),
        memory: memory.to_owned(),
    };
    let at = format!("workloads.{name}");
    Workload {
        origin: origin(&at),
        name: name.to_owned(),
        image: image.to_owned(),
        service: Some(Service {
            name: service.to_owned(),
            port_name: "http".to_owned(),
            port,
            container_port: 8080,
        }),
        replicas,
        command: Vec::new(),
        args: Vec::new(),
        env: Vec::new(),
        health: Some(Health {
            origin: origin(&format!("{at}.health")),
            path: health.to_owned(),
            startup_seconds: 60,
            interval_seconds: 5,
            timeout_seconds: 3,
            unhealthy_threshold: 3,
            healthy_threshold: 1,
            status_codes: (200, 299),
        }),
        requests: quantities("100m", "128Mi"),
        limits: quantities("1", "512Mi"),
        pod_security: PodSecurity::Restricted,
        identity: None,
        grants: Vec::new(),
        links: Vec::new(),
        calls: Vec::new(),
    }
}

fn identity(workload: &str) -> Identity {
    Identity {
        name: format!("id-cloud-native-{workload}"),
        credential: format!("fc-{workload}"),
        service_account: workload.to_owned(),
        client_id_key: format!("{}_CLIENT_ID", workload.replace('-', "_").to_uppercase()),
    }
}

fn call(from: &str, to: &str, variable: &str, url: &str) -> Call {
    Call {
        origin: origin(&format!("workloads.{from}.connections.{to}")),
        workload: to.to_owned(),
        variable: variable.to_owned(),
        url: url.to_owned(),
    }
}

fn fixed(name: &str, value: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: SettingValue::Fixed(value.to_owned()),
    }
}

fn client_id(name: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: SettingValue::ClientId,
    }
}

fn service_connector(
    name: &str,
    secret: &str,
    target: &'static str,
    flag: &'static str,
    value: &str,
) -> Via {
    Via::ServiceConnector(ServiceConnection {
        name: name.to_owned(),
        secret: secret.to_owned(),
        target,
        target_flags: vec![
            ("--target-resource-group", "rg-cloud-native".to_owned()),
            (flag, value.to_owned()),
        ],
        client_type: "dotnet",
        customized_keys: Vec::new(),
    })
}

fn resource(key: &str, azure_name: &str, kind: Kind) -> Resource {
    Resource {
        origin: origin(&format!("resources.{key}")),
        key: key.to_owned(),
        azure_name: azure_name.to_owned(),
        provision: Provision::Create(()),
        tags: Vec::new(),
        diagnostics: Diagnostics::Audit,
        kind,
    }
}

fn resources() -> Vec<Resource> {
    let secret = |name: &str, variable: &str| Secret {
        key: name.to_owned(),
        azure_name: name.to_owned(),
        variable: variable.to_owned(),
    };
    vec![
        resource(
            "storage",
            "ststorage2dd37k2f9d",
            Kind::Storage(Storage {
                sku: "Standard_LRS".to_owned(),
                soft_delete_days: 7,
                versioning: false,
                containers: vec![Container {
                    key: "data".to_owned(),
                    azure_name: "data".to_owned(),
                }],
            }),
        ),
        resource(
            "sql",
            "sql-cloud-native-sql-7k2f9d",
            Kind::Sql(Sql {
                host: "sql-cloud-native-sql-7k2f9d.database.windows.net".to_owned(),
                databases: vec![Database {
                    key: "application-db".to_owned(),
                    azure_name: "application-db".to_owned(),
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
                }],
                administrator: SqlAdministrator {
                    identity: "id-cloud-native-sql-administrator".to_owned(),
                    credential: "fc-sql-administrator".to_owned(),
                    service_account: "sql-administrator".to_owned(),
                    client_id_key: "SQL_ADMINISTRATOR_CLIENT_ID".to_owned(),
                },
                grants: SqlGrants {
                    namespace: "cloud-native-sql-grants".to_owned(),
                    job: "sql-grants".to_owned(),
                    image: "docker.io/fabiang/sqlcmd:1.8.2".to_owned(),
                    image_is_default: true,
                },
            }),
        ),
        resource(
            "vault",
            "kv-vault-d214-7k2f9d",
            Kind::KeyVault(KeyVault {
                sku: "standard".to_owned(),
                purge_protection: false,
                soft_delete_days: 7,
                secrets: vec![
                    secret("api-rate-limit", "AGC_SECRET_VAULT_API_RATE_LIMIT"),
                    secret(
                        "database-connection-timeout",
                        "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT",
                    ),
                ],
            }),
        ),
    ]
}

fn workloads() -> Vec<Workload> {
    const SAMPLE: &str = "mcr.microsoft.com/dotnet/samples:aspnetapp";
    let grant = |at: &str, resource: &str, scope, access, right| Grant {
        origin: origin(at),
        resource: resource.to_owned(),
        scope,
        access,
        right,
    };
    let child = |name: &str| Scope::Child {
        key: name.to_owned(),
        azure_name: name.to_owned(),
    };
    let link = |at: &str, resource: &str, child: Option<&str>, via, settings| Link {
        origin: origin(at),
        resource: resource.to_owned(),
        child: child.map(str::to_owned),
        via,
        settings,
    };
    let frontend = Workload {
        calls: vec![call(
            "frontend-app",
            "api-service",
            "API_SERVICE_URL",
            "http://api-service:8080",
        )],
        ..workload(
            "frontend-app",
            "nginxinc/nginx-unprivileged:1.29",
            2,
            "frontend-service",
            80,
            "/",
        )
    };
    let api = Workload {
        identity: Some(identity("api-service")),
        calls: vec![call(
            "api-service",
            "data-service",
            "DATA_SERVICE_URL",
            "http://data-service:8080",
        )],
        grants: vec![
            grant(
                "workloads.api-service.connections.storage",
                "storage",
                child("data"),
                "write",
                Right::Role(&roles::BLOB_CONTRIBUTOR),
            ),
            grant(
                "workloads.api-service.connections.vault/*",
                "vault",
                Scope::Resource,
                "read",
                Right::Role(&roles::SECRETS_USER),
            ),
        ],
        links: vec![
            link(
                "workloads.api-service.connections.storage",
                "storage",
                None,
                service_connector(
                    "api_service_storage",
                    "sc-apiservicestorage-secret",
                    "storage-blob",
                    "--account",
                    "ststorage2dd37k2f9d",
                ),
                vec![
                    fixed(
                        "AZURE_STORAGEBLOB_RESOURCEENDPOINT",
                        "https://ststorage2dd37k2f9d.blob.core.windows.net/",
                    ),
                    client_id("AZURE_STORAGEBLOB_CLIENTID"),
                ],
            ),
            link(
                "workloads.api-service.connections.vault/*",
                "vault",
                None,
                service_connector(
                    "api_service_vault",
                    "sc-apiservicevault-secret",
                    "keyvault",
                    "--vault",
                    "kv-vault-d214-7k2f9d",
                ),
                vec![client_id("AZURE_KEYVAULT_CLIENTID")],
            ),
        ],
        ..workload("api-service", SAMPLE, 2, "api-service", 8080, "/healthz")
    };
    let data = Workload {
        identity: Some(identity("data-service")),
        grants: vec![grant(
            "workloads.data-service.connections.sql",
            "sql",
            child("application-db"),
            "write",
            Right::DatabaseRoles(&["db_datareader", "db_datawriter"]),
        )],
        links: vec![link(
            "workloads.data-service.connections.sql",
            "sql",
            Some("application-db"),
            Via::Direct,
            vec![fixed(
                "AZURE_SQL_SERVER",
                "sql-cloud-native-sql-7k2f9d.database.windows.net",
            )],
        )],
        ..workload("data-service", SAMPLE, 1, "data-service", 8080, "/healthz")
    };
    vec![frontend, api, data]
}

fn route(
    name: &str,
    path: &str,
    workload: &str,
    service: &str,
    port: u16,
    rewrite: Option<&str>,
) -> Route {
    Route {
        origin: origin(&format!("routes.{name}")),
        name: name.to_owned(),
        gateway: "cloud-native-gateway".to_owned(),
        path: PathMatch::Prefix(path.to_owned()),
        backends: vec![Backend {
            workload: workload.to_owned(),
            service: service.to_owned(),
            port,
        }],
        rewrite_prefix: rewrite.map(str::to_owned),
    }
}

/// The reference scenario: traffic controller by Bicep, ALB Controller by Helm, no subscription.
pub(crate) fn cloud_native() -> Model {
    Model {
        spec_file: "spec.yaml".to_owned(),
        name: "cloud-native".to_owned(),
        stem: "cloud-native".to_owned(),
        profile: Profile::Dev,
        azure: Azure {
            origin: origin("azure"),
            location: "eastus".to_owned(),
            resource_group: ResourceGroup {
                name: "rg-cloud-native".to_owned(),
                created: true,
            },
            suffix: "7k2f9d".to_owned(),
            subscription: None,
            tags: vec![("purpose".to_owned(), "demo of it".to_owned())],
        },
        workspace: Workspace {
            workspace: Provision::Create(CreatedWorkspace {
                name: "log-cloud-native".to_owned(),
                retention_days: 30,
            }),
            diagnostics: Diagnostics::Audit,
        },
        clusters: vec![cluster("cloud-native", "cloud-native-app")],
        resources: resources(),
        workloads: workloads(),
        routes: vec![
            route(
                "frontend-route",
                "/",
                "frontend-app",
                "frontend-service",
                80,
                None,
            ),
            route(
                "api-route",
                "/api",
                "api-service",
                "api-service",
                8080,
                Some("/"),
            ),
            route(
                "data-route",
                "/data",
                "data-service",
                "data-service",
                8080,
                Some("/"),
            ),
        ],
    }
}

pub(crate) const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";

/// The same with a managed gateway, the add-on, a subscription and no diagnostics left out.
pub(crate) fn managed() -> Model {
    let mut model = cloud_native();
    model.azure.subscription = Some(SUBSCRIPTION.to_owned());
    model.workspace.diagnostics = Diagnostics::All;
    let gateway = &mut model.clusters[0].gateway;
    gateway.deployment = GatewayDeployment::Managed {
        application_load_balancer: "cloud-native-gateway".to_owned(),
    };
    gateway.controller = Controller::Addon;
    model
}

/// One workload and nothing else.
pub(crate) fn minimal() -> Model {
    let mut model = cloud_native();
    model.resources.clear();
    model.workloads.truncate(1);
    model.workloads[0].calls.clear();
    model.routes.truncate(1);
    model
}

/// A group, a workspace, a storage account and a vault that were there before; a controller that somebody else installs.
pub(crate) fn existing() -> Model {
    let mut model = cloud_native();
    model.azure.resource_group.created = false;
    model.workspace.workspace = Provision::Existing(ResourceId {
        subscription: Some("99999999-2222-3333-4444-555555555555".to_owned()),
        resource_group: "rg-shared-logs".to_owned(),
        resource_type: "Microsoft.OperationalInsights/workspaces".to_owned(),
        name: "log-shared".to_owned(),
    });
    model.workspace.diagnostics = Diagnostics::None;
    for (key, group, resource_type, name) in [
        (
            "storage",
            "rg-archive",
            "Microsoft.Storage/storageAccounts",
            "starchive",
        ),
        (
            "vault",
            "rg-cloud-native",
            "Microsoft.KeyVault/vaults",
            "kv-old",
        ),
    ] {
        let resource = model
            .resources
            .iter_mut()
            .find(|resource| resource.key == key)
            .unwrap();
        name.clone_into(&mut resource.azure_name);
        resource.provision = Provision::Existing(ResourceId {
            subscription: None,
            resource_group: group.to_owned(),
            resource_type: resource_type.to_owned(),
            name: name.to_owned(),
        });
    }
    model.clusters[0].gateway.controller = Controller::Existing;
    model
}
