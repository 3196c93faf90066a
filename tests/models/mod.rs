//! Models made by hand: what `resolve` should make of specs, written out, so that what comes after can be tested alone.

use agcgen::kinds::{
    Container, Database, DatabaseSku, KeyVault, Kind, Secret, Sql, SqlAdministrator, SqlGrants,
    Storage,
};
use agcgen::model::{
    Azure, Backend, Call, Cidr, Cluster, Cni, CniMode, Controller, CreatedWorkspace, Diagnostics,
    Frontend, Gateway, GatewayDeployment, Grant, Health, Identity, Link, Listener, Model,
    Namespace, Network, NetworkPolicyEngine, Nodes, Origin, PathMatch, PodSecurity, Profile,
    Provision, Quantities, Resource, ResourceGroup, Right, Route, Scope, Service,
    ServiceConnection, Setting, SettingValue, Subnet, Tier, Variable, Via, Workload, Workspace,
};
use agcgen::source::{At, Sources, Span};

/// A place of the spec; every one is another.
fn origin(at: &[&str]) -> Origin {
    let mut path = At::root();
    for key in at {
        path = path.key(*key);
    }
    let source = Sources::new().add("spec.yaml", "");
    let start = at.iter().map(|key| key.len()).sum();
    Origin {
        at: path,
        span: Span {
            source,
            start,
            end: start + 1,
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

fn quantities(cpu: &str, memory: &str) -> Quantities {
    Quantities {
        cpu: cpu.to_owned(),
        memory: memory.to_owned(),
    }
}

/// A system without resources, workloads and routes.
fn system(name: &str, namespace: &str) -> Model {
    let subnet = |name: &str, prefix: &str| Subnet {
        origin: origin(&["network", "subnets"]),
        name: name.to_owned(),
        prefix: cidr(prefix),
    };
    Model {
        spec_file: format!("{name}.yaml"),
        name: name.to_owned(),
        stem: name.to_owned(),
        profile: Profile::Dev,
        azure: Azure {
            origin: origin(&["azure"]),
            location: "eastus".to_owned(),
            resource_group: ResourceGroup {
                name: format!("rg-{name}"),
                created: true,
            },
            suffix: "7k2f9d".to_owned(),
            subscription: None,
            tags: Vec::new(),
        },
        workspace: Workspace {
            workspace: Provision::Create(CreatedWorkspace {
                name: format!("log-{name}"),
                retention_days: 30,
            }),
            diagnostics: Diagnostics::Audit,
        },
        clusters: vec![Cluster {
            origin: origin(&["cluster"]),
            name: format!("aks-{name}"),
            dns_prefix: format!("{name}-7k2f9d"),
            identity: format!("id-{name}-cluster"),
            node_resource_group: format!("rg-{name}-nodes"),
            kubernetes_version: "1.35".to_owned(),
            tier: Tier::Free,
            nodes: Nodes {
                origin: origin(&["cluster"]),
                size: "Standard_D2s_v5".to_owned(),
                count: 3,
                zones: Vec::new(),
                max_pods: 30,
            },
            cni: Cni {
                origin: origin(&["cluster"]),
                mode: CniMode::Flat,
                policy: NetworkPolicyEngine::Cilium,
                service_cidr: cidr("172.16.0.0/16"),
                dns_service_ip: "172.16.0.10".parse().unwrap(),
            },
            administrators: Vec::new(),
            collection_rule: format!("dcr-{name}"),
            network: Network {
                origin: origin(&["network"]),
                name: format!("vnet-{name}"),
                address_space: vec![cidr("10.10.0.0/16")],
                nodes: subnet("snet-nodes", "10.10.0.0/20"),
                gateway: subnet("snet-agc", "10.10.16.0/24"),
            },
            gateway: Gateway {
                origin: origin(&["gateway"]),
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
        }],
        resources: Vec::new(),
        workloads: Vec::new(),
        routes: Vec::new(),
    }
}

fn resource(key: &str, azure_name: &str, kind: Kind) -> Resource {
    Resource {
        origin: origin(&["resources", key]),
        key: key.to_owned(),
        azure_name: azure_name.to_owned(),
        provision: Provision::Create(()),
        tags: Vec::new(),
        diagnostics: Diagnostics::Audit,
        kind,
    }
}

fn storage(key: &str, container: &str) -> Resource {
    resource(
        key,
        "ststorage3f2a7k2f9d",
        Kind::Storage(Storage {
            sku: "Standard_LRS".to_owned(),
            soft_delete_days: 7,
            versioning: false,
            containers: vec![Container {
                key: container.to_owned(),
                azure_name: container.to_owned(),
            }],
        }),
    )
}

/// A workload with a port, one pod, no connection and no health.
fn workload(name: &str, image: &str, port: u16) -> Workload {
    Workload {
        origin: origin(&["workloads", name]),
        name: name.to_owned(),
        image: image.to_owned(),
        service: Some(Service {
            name: name.to_owned(),
            port_name: "http".to_owned(),
            port,
            container_port: port,
        }),
        replicas: 1,
        command: Vec::new(),
        args: Vec::new(),
        env: Vec::new(),
        health: None,
        requests: quantities("100m", "128Mi"),
        limits: quantities("1", "512Mi"),
        pod_security: PodSecurity::Restricted,
        identity: None,
        grants: Vec::new(),
        links: Vec::new(),
        calls: Vec::new(),
    }
}

fn health(workload: &str, path: &str) -> Health {
    Health {
        origin: origin(&["workloads", workload, "health"]),
        path: path.to_owned(),
        startup_seconds: 60,
        interval_seconds: 5,
        timeout_seconds: 3,
        unhealthy_threshold: 3,
        healthy_threshold: 1,
        status_codes: (200, 299),
    }
}

fn identity(stem: &str, workload: &str) -> Identity {
    Identity {
        name: format!("id-{stem}-{workload}"),
        credential: format!("fc-{workload}"),
        service_account: workload.to_owned(),
        client_id_key: format!("{}_CLIENT_ID", workload.to_uppercase().replace('-', "_")),
    }
}

fn variable(workload: &str, name: &str, value: &str) -> Variable {
    Variable {
        origin: origin(&["workloads", workload, "env", name]),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn call(workload: &str, target: &str, port: u16) -> Call {
    Call {
        origin: origin(&["workloads", workload, "connections", target]),
        workload: target.to_owned(),
        variable: format!("{}_URL", target.to_uppercase().replace('-', "_")),
        url: format!("http://{target}:{port}"),
    }
}

fn client_id(name: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: SettingValue::ClientId,
    }
}

fn fixed(name: &str, value: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: SettingValue::Fixed(value.to_owned()),
    }
}

fn service_connector(
    workload: &str,
    resource: &str,
    target: &'static str,
    settings: Vec<Setting>,
) -> Link {
    let plain = workload.replace('-', "");
    Link {
        origin: origin(&["workloads", workload, "connections", resource]),
        resource: resource.to_owned(),
        child: None,
        via: Via::ServiceConnector(ServiceConnection {
            name: format!("{}_{resource}", workload.replace('-', "_")),
            secret: format!("sc-{plain}{resource}-secret"),
            target,
            target_flags: Vec::new(),
            client_type: "dotnet",
            customized_keys: Vec::new(),
        }),
        settings,
    }
}

fn route(name: &str, gateway: &str, path: &str, to: &Workload, rewrite: Option<&str>) -> Route {
    let service = to.service.clone().unwrap();
    Route {
        origin: origin(&["routes", name]),
        name: name.to_owned(),
        gateway: gateway.to_owned(),
        path: PathMatch::Prefix(path.to_owned()),
        backends: vec![Backend {
            workload: to.name.clone(),
            service: service.name,
            port: service.port,
        }],
        rewrite_prefix: rewrite.map(str::to_owned),
    }
}

/// The reference scenario with a traffic controller of Bicep and a controller of Helm.
pub(crate) fn reference() -> Model {
    let stem = "cloud-native";
    let mut model = system(stem, "cloud-native-app");
    let sku = DatabaseSku {
        written: "GP_S_Gen5_1".to_owned(),
        name: "GP_S_Gen5".to_owned(),
        tier: "GeneralPurpose".to_owned(),
        family: "Gen5".to_owned(),
        capacity: 1,
        serverless: true,
    };
    let secret = |key: &str, variable: &str| Secret {
        key: key.to_owned(),
        azure_name: key.to_owned(),
        variable: variable.to_owned(),
    };
    model.resources = vec![
        storage("storage", "data"),
        resource(
            "sql",
            "sql-cloud-native-sql-7k2f9d",
            Kind::Sql(Sql {
                host: "sql-cloud-native-sql-7k2f9d.database.windows.net".to_owned(),
                databases: vec![Database {
                    key: "application-db".to_owned(),
                    azure_name: "application-db".to_owned(),
                    sku,
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
                    image: "registry.example/sqlcmd:1.8.2".to_owned(),
                    image_is_default: true,
                },
            }),
        ),
        resource(
            "vault",
            "kv-vault-91c2-7k2f9d",
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
    ];

    let mut frontend = workload("frontend-app", "nginxinc/nginx-unprivileged:1.29", 8080);
    frontend.service = Some(Service {
        name: "frontend-service".to_owned(),
        port_name: "http".to_owned(),
        port: 80,
        container_port: 8080,
    });
    frontend.replicas = 2;
    frontend.health = Some(health("frontend-app", "/"));
    frontend.calls = vec![call("frontend-app", "api-service", 8080)];
    frontend.env = vec![variable(
        "frontend-app",
        "API_SERVICE_URL",
        "http://api-service:8080",
    )];

    let sample = "mcr.microsoft.com/dotnet/samples:aspnetapp";
    let mut api = workload("api-service", sample, 8080);
    api.replicas = 2;
    api.health = Some(health("api-service", "/healthz"));
    api.identity = Some(identity(stem, "api-service"));
    api.calls = vec![call("api-service", "data-service", 8080)];
    api.env = vec![
        variable("api-service", "STORAGE_ACCOUNT_NAME", "ststorage3f2a7k2f9d"),
        variable("api-service", "KEY_VAULT_NAME", "kv-vault-91c2-7k2f9d"),
        variable(
            "api-service",
            "DATA_SERVICE_URL",
            "http://data-service:8080",
        ),
    ];
    api.links = vec![
        service_connector(
            "api-service",
            "storage",
            "storage-blob",
            vec![
                fixed(
                    "AZURE_STORAGEBLOB_RESOURCEENDPOINT",
                    "https://ststorage3f2a7k2f9d.blob.core.windows.net/",
                ),
                client_id("AZURE_STORAGEBLOB_CLIENTID"),
            ],
        ),
        service_connector(
            "api-service",
            "vault",
            "keyvault",
            vec![
                fixed(
                    "AZURE_KEYVAULT_RESOURCEENDPOINT",
                    "https://kv-vault-91c2-7k2f9d.vault.azure.net/",
                ),
                client_id("AZURE_KEYVAULT_CLIENTID"),
            ],
        ),
    ];

    let mut data = workload("data-service", sample, 8080);
    data.health = Some(health("data-service", "/healthz"));
    data.identity = Some(identity(stem, "data-service"));
    data.env = vec![variable(
        "data-service",
        "SQL_SERVER_NAME",
        "sql-cloud-native-sql-7k2f9d",
    )];
    let origin = origin(&["workloads", "data-service", "connections", "sql"]);
    data.grants = vec![Grant {
        origin: origin.clone(),
        resource: "sql".to_owned(),
        scope: Scope::Child {
            key: "application-db".to_owned(),
            azure_name: "application-db".to_owned(),
        },
        access: "write",
        right: Right::DatabaseRoles(&["db_datareader", "db_datawriter"]),
    }];
    data.links = vec![Link {
        origin,
        resource: "sql".to_owned(),
        child: Some("application-db".to_owned()),
        via: Via::Direct,
        settings: vec![fixed(
            "AZURE_SQL_CONNECTIONSTRING",
            "Server=tcp:sql-cloud-native-sql-7k2f9d.database.windows.net,1433;Database=application-db;Authentication=Active Directory Default;Encrypt=True;",
        )],
    }];

    let gateway = "cloud-native-gateway";
    model.routes = vec![
        route("frontend-route", gateway, "/", &frontend, None),
        route("api-route", gateway, "/api", &api, Some("/")),
        route("data-route", gateway, "/data", &data, Some("/")),
    ];
    model.workloads = vec![frontend, api, data];
    model
}

/// The reference scenario with a traffic controller of the ALB Controller.
pub(crate) fn managed() -> Model {
    let mut model = reference();
    model.clusters[0].gateway.deployment = GatewayDeployment::Managed {
        application_load_balancer: "cloud-native".to_owned(),
    };
    model
}

/// Example 1 of the language: one workload that reads blobs.
pub(crate) fn minimal() -> Model {
    let mut model = system("hello", "hello");
    model.resources = vec![storage("files", "images")];
    let mut web = workload("web", "ghcr.io/example/hello:1.0.3", 8080);
    web.replicas = 2;
    web.identity = Some(identity("hello", "web"));
    web.links = vec![service_connector(
        "web",
        "files",
        "storage-blob",
        vec![client_id("AZURE_STORAGEBLOB_CLIENTID")],
    )];
    model.routes = vec![route("web", "hello-gateway", "/", &web, None)];
    model.workloads = vec![web];
    model
}

/// What the others lack: an image that starts as root, a workload without a port, a direct connection with late values,
/// hostile text in variables and arguments.
pub(crate) fn odd() -> Model {
    let mut model = system("odd", "odd");
    model.clusters[0].namespace.enforce = PodSecurity::Baseline;
    model.resources = vec![storage("archive", "reports")];
    let mut nginx = workload("nginx", "nginx:1.29", 80);
    nginx.pod_security = PodSecurity::Baseline;
    let mut worker = workload(
        "worker",
        "registry.example/worker@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        1,
    );
    worker.service = None;
    worker.replicas = 3;
    worker.args = vec!["--name=$(HOSTNAME)".to_owned()];
    worker.env = vec![
        variable("worker", "DOLLARS", "$(HOME) and $5"),
        variable("worker", "ANSWER", "no"),
        variable("worker", "LINES", "first\nsecond: \"x\"\n"),
    ];
    worker.identity = Some(identity("odd", "worker"));
    worker.links = vec![Link {
        origin: origin(&["workloads", "worker", "connections", "archive"]),
        resource: "archive".to_owned(),
        child: None,
        via: Via::Direct,
        settings: vec![
            fixed(
                "AZURE_STORAGEBLOB_RESOURCEENDPOINT",
                "https://ststorage3f2a7k2f9d.blob.core.windows.net/",
            ),
            client_id("AZURE_STORAGEBLOB_CLIENTID"),
            client_id("spring.client.id"),
        ],
    }];
    model.routes = vec![route("nginx", "odd-gateway", "/", &nginx, None)];
    model.workloads = vec![nginx, worker];
    model
}
