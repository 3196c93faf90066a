//! The templates of the Azure half against files that were written by hand and accepted by the Bicep compiler.
//!
//! The contexts are filled here, by hand too: what a spec becomes is another test's business.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use agcgen::print::bicep::{Expression, Field, Function, Property, Symbol, Type};
use agcgen::render::infra::context::{
    Access, Existing, Grant, Import, Main, ModuleCall, Parameter, Parameters, RoleDefinition,
    Variable, Workload, late_values,
};
use agcgen::render::template::Templates;

const SOURCE: &str = "spec.yaml";

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

fn value(text: &str) -> Expression {
    Expression::from(symbol(text))
}

fn named(text: &str) -> Type {
    Type::Named(symbol(text))
}

fn output(module: &str, name: &str) -> Expression {
    Expression::output(&symbol(module), name)
}

fn parameter(name: &str, kind: Type, description: &str) -> Parameter {
    Parameter {
        name: symbol(name),
        description: description.to_owned(),
        kind,
        secure: false,
        default: None,
    }
}

fn secret(name: &str, key: &str) -> Parameter {
    Parameter {
        secure: true,
        default: Some("".into()),
        ..parameter(
            name,
            Type::Text,
            &format!("Value of the secret {key} of vault. Empty: the secret stays as it is."),
        )
    }
}

fn import(names: &[&str], module: &str) -> Import {
    Import {
        names: names.iter().map(|name| symbol(name)).collect(),
        path: format!("modules/{module}.bicep"),
    }
}

fn field(name: &str, description: &str, kind: Type) -> Field {
    Field {
        name: name.to_owned(),
        description: description.to_owned(),
        kind,
    }
}

fn module(name: &str, path: &str) -> ModuleCall {
    ModuleCall::new(symbol(name), path)
}

/// The call with region and tags, which most modules take.
fn placed(call: ModuleCall) -> ModuleCall {
    call.with("location", value("location"))
        .with("tags", value("tags"))
}

/// The call with what every store takes last.
fn watched(call: ModuleCall) -> ModuleCall {
    call.with("nodeSubnetId", output("network", "nodeSubnetId"))
        .with("workspaceId", output("workspace", "id"))
        .with("diagnostics", value("diagnostics"))
}

fn subnet(name: &str, prefix: &str) -> Expression {
    Expression::Row(vec![
        Property::new("name", value(name)),
        Property::new("prefix", prefix),
    ])
}

fn vault_secret(name: &str, parameter: &str, key: &str) -> ModuleCall {
    module(name, "modules/key-vault-secret.bicep")
        .when(Expression::is_given(value(parameter)))
        .with("vaultName", value("vaultResourceName"))
        .with("name", key)
        .with("value", value(parameter))
        .after(symbol("vaultResource"))
}

fn workload_call(name: &str, path: &str) -> ModuleCall {
    placed(module(name, path)).with("oidcIssuerUrl", output("cluster", "oidcIssuerUrl"))
}

fn main_file() -> Main {
    let modules = vec![
        placed(module("workspace", "modules/workspace.bicep").with("name", "log-cloud-native"))
            .with("retentionInDays", value("logRetentionInDays")),
        placed(module("collectionRule", "modules/collection-rule.bicep").with("name", "dcr-cloud-native"))
            .with("workspaceId", output("workspace", "id")),
        placed(module("network", "modules/network.bicep").with("name", value("networkName")))
            .with("addressSpace", vec!["10.10.0.0/16"])
            .with(
                "subnets",
                Expression::Object(vec![
                    Property::new("nodes", subnet("nodeSubnetName", "10.10.0.0/20")),
                    Property::new("gateway", subnet("gatewaySubnetName", "10.10.16.0/24")),
                ]),
            )
            .with("listenerPorts", vec!["80"]),
        placed(
            module("cluster", "modules/cluster.bicep")
                .with("name", "aks-cloud-native")
                .with("dnsPrefix", "cloud-native-7k2f9d")
                .with("identityName", "id-cloud-native-cluster")
                .with("nodeResourceGroup", value("nodeResourceGroup")),
        )
        .with("version", value("kubernetesVersion"))
        .with("tier", value("clusterTier"))
        .with("nodes", value("nodes"))
        .with(
            "networking",
            Expression::Object(vec![
                Property::new("mode", "flat"),
                Property::new("policy", "cilium"),
                Property::new("serviceCidr", "172.16.0.0/16"),
                Property::new("dnsServiceIp", "172.16.0.10"),
            ]),
        )
        .with("networkName", value("networkName"))
        .with("nodeSubnetName", value("nodeSubnetName"))
        .with("nodeSubnetId", output("network", "nodeSubnetId"))
        .with("administrators", value("administrators"))
        .with("workspaceId", output("workspace", "id"))
        .with("collectionRuleId", output("collectionRule", "id"))
        .with("diagnostics", value("diagnostics")),
        placed(
            module("albController", "modules/alb-controller.bicep")
                .comment(
                    "Its issuer comes from the cluster, so it is deployed after AKS has made the resource group of the nodes.",
                )
                .with("identityName", "id-cloud-native-alb-controller"),
        )
        .with("oidcIssuerUrl", output("cluster", "oidcIssuerUrl"))
        .with("namespace", "azure-alb-system")
        .with("nodeResourceGroup", value("nodeResourceGroup"))
        .with(
            "trafficControllerResourceGroup",
            Expression::Call(Function::ResourceGroup, Vec::new()).of("name"),
        )
        .with("networkName", value("networkName"))
        .with("gatewaySubnetName", value("gatewaySubnetName")),
        placed(
            module("trafficController", "modules/traffic-controller.bicep")
                .with("name", "agc-cloud-native")
                .with("frontendNames", vec!["main"]),
        )
        .with("subnetId", output("network", "gatewaySubnetId"))
        .with("workspaceId", output("workspace", "id"))
        .with("diagnostics", value("diagnostics")),
        watched(placed(
            module("sqlResource", "modules/sql.bicep")
                .with("name", "sql-cloud-native-sql-7k2f9d")
                .with("administratorName", value("sqlAdministratorName"))
                .with(
                    "databases",
                    vec![Expression::Row(vec![
                        Property::new("name", "application-db"),
                        Property::new("settings", value("resources").of("sql").of("application-db")),
                    ])],
                ),
        )),
        module("sqlAdministratorCredential", "modules/federated-credential.bicep")
            .comment("The job that makes the database users of sql acts as its administrator.")
            .with("name", "fc-sql-administrator")
            .with("identityName", value("sqlAdministratorName"))
            .with("oidcIssuerUrl", output("cluster", "oidcIssuerUrl"))
            .with("namespace", "cloud-native-sql-grants")
            .with("serviceAccount", "sql-administrator")
            .after(symbol("sqlResource")),
        watched(
            placed(
                module("storageResource", "modules/storage.bicep")
                    .with("name", "ststorage2dd37k2f9d")
                    .with("containers", vec!["data"]),
            )
            .with("settings", value("resources").of("storage")),
        ),
        watched(
            placed(module("vaultResource", "modules/key-vault.bicep").with("name", value("vaultResourceName")))
                .with("settings", value("resources").of("vault")),
        ),
        vault_secret("vaultApiRateLimitSecret", "vaultApiRateLimitValue", "api-rate-limit"),
        vault_secret(
            "vaultDatabaseConnectionTimeoutSecret",
            "vaultDatabaseConnectionTimeoutValue",
            "database-connection-timeout",
        ),
        workload_call("apiServiceWorkload", "workloads/api-service.bicep")
            .after(symbol("storageResource"))
            .after(symbol("vaultResource")),
        workload_call("dataServiceWorkload", "workloads/data-service.bicep"),
    ];
    Main {
        source: SOURCE.to_owned(),
        name: "cloud-native".to_owned(),
        imports: vec![
            import(&["administratorType", "nodesType", "tierType"], "cluster"),
            import(&["keyVaultSettingsType"], "key-vault"),
            import(&["databaseSettingsType"], "sql"),
            import(&["storageSettingsType"], "storage"),
            import(&["frontendType"], "traffic-controller"),
        ],
        parameters: vec![
            Parameter {
                default: Some(Expression::Call(Function::ResourceGroup, Vec::new()).of("location")),
                ..parameter("location", Type::Text, "Region of every resource.")
            },
            parameter("tags", Type::Texts, "Tags of every resource."),
            parameter(
                "administrators",
                Type::ListOf(Box::new(named("administratorType"))),
                "Who may do everything in the cluster: people, and the pipeline that deploys to it.",
            ),
            parameter(
                "kubernetesVersion",
                Type::Text,
                "Minor version of Kubernetes; AKS chooses and upgrades the patch.",
            ),
            parameter(
                "clusterTier",
                named("tierType"),
                "Price tier of the cluster.",
            ),
            parameter("nodes", named("nodesType"), "The node pool."),
            parameter(
                "resources",
                Type::Object(vec![
                    field(
                        "sql",
                        "The databases of the SQL server sql.",
                        Type::Object(vec![field(
                            "application-db",
                            "The database application-db.",
                            named("databaseSettingsType"),
                        )]),
                    ),
                    field(
                        "storage",
                        "The storage account storage.",
                        named("storageSettingsType"),
                    ),
                    field(
                        "vault",
                        "The key vault vault.",
                        named("keyVaultSettingsType"),
                    ),
                ]),
                "Size and safety of the resources that workloads connect to.",
            ),
            parameter(
                "logRetentionInDays",
                Type::Integer,
                "How long logs are kept, in days.",
            ),
            parameter(
                "diagnostics",
                Type::OneOf(vec![
                    "all".to_owned(),
                    "audit".to_owned(),
                    "none".to_owned(),
                ]),
                "Which logs are kept.",
            ),
            secret("vaultApiRateLimitValue", "api-rate-limit"),
            secret(
                "vaultDatabaseConnectionTimeoutValue",
                "database-connection-timeout",
            ),
        ],
        variables: vec![
            Variable::new(&symbol("networkName"), "vnet-cloud-native"),
            Variable::new(&symbol("nodeSubnetName"), "snet-nodes"),
            Variable::new(&symbol("gatewaySubnetName"), "snet-agc"),
            Variable::new(&symbol("nodeResourceGroup"), "rg-cloud-native-nodes")
                .comment("Given here, not left to AKS, so that it is known before the cluster is."),
            Variable::new(
                &symbol("sqlAdministratorName"),
                "id-cloud-native-sql-administrator",
            ),
            Variable::new(&symbol("vaultResourceName"), "kv-vault-d214-7k2f9d"),
        ],
        modules,
        late_values: late_values([
            ("AGC_ID", output("trafficController", "id")),
            (
                "ALB_CONTROLLER_CLIENT_ID",
                output("albController", "clientId"),
            ),
            (
                "API_SERVICE_CLIENT_ID",
                output("apiServiceWorkload", "clientId"),
            ),
            (
                "DATA_SERVICE_CLIENT_ID",
                output("dataServiceWorkload", "clientId"),
            ),
            (
                "SQL_ADMINISTRATOR_CLIENT_ID",
                output("sqlResource", "administratorClientId"),
            ),
        ]),
        frontends: Some(output("trafficController", "frontends")),
    }
}

fn from_environment(parameter: &str, variable: &str) -> Property {
    Property::new(
        parameter,
        Expression::Call(
            Function::ReadEnvironmentVariable,
            vec![variable.into(), "".into()],
        ),
    )
}

fn parameters_file() -> Parameters {
    Parameters {
        source: SOURCE.to_owned(),
        values: vec![
            Property::new("location", "eastus"),
            Property::new(
                "tags",
                Expression::Object(vec![
                    Property::new("environment", "demo"),
                    Property::new("purpose", "cloud-native-connectivity"),
                ]),
            ),
            Property::new(
                "administrators",
                vec![Expression::Row(vec![
                    Property::new("objectId", "00000000-0000-0000-0000-000000000000"),
                    Property::new("type", "Group"),
                ])],
            ),
            Property::new("kubernetesVersion", "1.35"),
            Property::new("clusterTier", "Free"),
            Property::new(
                "nodes",
                Expression::Object(vec![
                    Property::new("size", "Standard_D2s_v5"),
                    Property::new("count", 3),
                    Property::new("zones", Expression::List(Vec::new())),
                    Property::new("maxPods", 30),
                ]),
            ),
            Property::new(
                "resources",
                Expression::Object(vec![
                    Property::new(
                        "sql",
                        Expression::Object(vec![Property::new(
                            "application-db",
                            Expression::Object(vec![
                                Property::new(
                                    "sku",
                                    Expression::Row(vec![
                                        Property::new("name", "GP_S_Gen5"),
                                        Property::new("tier", "GeneralPurpose"),
                                        Property::new("family", "Gen5"),
                                        Property::new("capacity", 1),
                                    ]),
                                ),
                                Property::new("minCapacity", "0.5"),
                                Property::new("autoPauseMinutes", 60),
                                Property::new("maxSizeBytes", 34_359_738_368),
                                Property::new("zoneRedundant", false),
                            ]),
                        )]),
                    ),
                    Property::new(
                        "storage",
                        Expression::Object(vec![
                            Property::new("sku", "Standard_LRS"),
                            Property::new("softDeleteDays", 7),
                            Property::new("versioning", false),
                        ]),
                    ),
                    Property::new(
                        "vault",
                        Expression::Object(vec![
                            Property::new("sku", "standard"),
                            Property::new("purgeProtection", false),
                            Property::new("softDeleteDays", 7),
                        ]),
                    ),
                ]),
            ),
            Property::new("logRetentionInDays", 30),
            Property::new("diagnostics", "audit"),
        ],
        secrets: vec![
            from_environment("vaultApiRateLimitValue", "AGC_SECRET_VAULT_API_RATE_LIMIT"),
            from_environment(
                "vaultDatabaseConnectionTimeoutValue",
                "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT",
            ),
        ],
    }
}

fn role(name: &str, resource: &str, role: &str, edge: &str, description: &str) -> Access {
    Access {
        comment: vec![edge.to_owned()],
        grant: Grant::Role {
            name: symbol(name),
            resource: symbol(resource),
            role: symbol(role),
            description: description.to_owned(),
        },
    }
}

fn workload(name: &str) -> Workload {
    Workload {
        source: SOURCE.to_owned(),
        name: name.to_owned(),
        namespace: "cloud-native-app".to_owned(),
        identity: format!("id-cloud-native-{name}"),
        credential: format!("fc-{name}"),
        roles: Vec::new(),
        existing: Vec::new(),
        accesses: Vec::new(),
    }
}

fn api_service() -> Workload {
    Workload {
        roles: vec![
            RoleDefinition {
                name: symbol("keyVaultSecretsUser"),
                id: "4633458b-17de-408a-b874-0445c86b69e6".to_owned(),
            },
            RoleDefinition {
                name: symbol("storageBlobDataContributor"),
                id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe".to_owned(),
            },
        ],
        existing: vec![
            Existing {
                name: symbol("storageDataContainer"),
                kind: "Microsoft.Storage/storageAccounts/blobServices/containers@2026-09-01"
                    .to_owned(),
                azure_name: "ststorage2dd37k2f9d/default/data".to_owned(),
            },
            Existing {
                name: symbol("vaultResource"),
                kind: "Microsoft.KeyVault/vaults@2026-05-15".to_owned(),
                azure_name: "kv-vault-d214-7k2f9d".to_owned(),
            },
        ],
        accesses: vec![
            role(
                "writesStorageData",
                "storageDataContainer",
                "storageBlobDataContributor",
                "storage/data: write",
                "api-service reads and writes the blobs of the container data of storage.",
            ),
            role(
                "readsVault",
                "vaultResource",
                "keyVaultSecretsUser",
                "vault/*: read",
                "api-service reads every secret of vault.",
            ),
        ],
        ..workload("api-service")
    }
}

fn data_service() -> Workload {
    Workload {
        accesses: vec![Access {
            comment: vec![
                "sql/application-db: write".to_owned(),
                "No Azure role opens a SQL database: the job sql-grants makes a database user for this identity.".to_owned(),
            ],
            grant: Grant::Elsewhere,
        }],
        ..workload("data-service")
    }
}

#[test]
fn main_is_what_a_person_would_write() {
    let text = main_file().compose(&Templates::new().unwrap()).unwrap();
    assert_same(&text, include_str!("infra/cloud-native/main.bicep"));
}

#[test]
fn parameters_are_what_a_person_would_write() {
    let text = parameters_file()
        .compose(&Templates::new().unwrap())
        .unwrap();
    assert_same(&text, include_str!("infra/cloud-native/main.bicepparam"));
}

#[test]
fn parameters_without_secrets_end_with_the_last_value() {
    let file = Parameters {
        secrets: Vec::new(),
        ..parameters_file()
    };
    let text = file.compose(&Templates::new().unwrap()).unwrap();
    assert!(text.ends_with("\nparam diagnostics = 'audit'\n"), "{text}");
}

#[test]
fn workloads_are_what_a_person_would_write() {
    let templates = Templates::new().unwrap();
    assert_same(
        &api_service().compose(&templates).unwrap(),
        include_str!("infra/cloud-native/workloads/api-service.bicep"),
    );
    assert_same(
        &data_service().compose(&templates).unwrap(),
        include_str!("infra/cloud-native/workloads/data-service.bicep"),
    );
}

#[test]
fn without_frontends_the_late_values_come_last() {
    let file = Main {
        frontends: None,
        ..main_file()
    };
    let text = file.compose(&Templates::new().unwrap()).unwrap();
    assert!(text.ends_with("administratorClientId }\n]\n"), "{text}");
}

#[test]
fn late_values_are_an_output_even_without_any() {
    let file = Main {
        late_values: late_values(Vec::<(String, Expression)>::new()),
        ..main_file()
    };
    let text = file.compose(&Templates::new().unwrap()).unwrap();
    assert!(
        text.contains("\n#disable-next-line no-hardcoded-outputs // Nothing here, but whoever reads the outputs finds the list.\noutput lateValues lateValueType[] = []\n"),
        "{text}"
    );
}

#[test]
fn access_to_a_resource_elsewhere_is_a_module_of_its_group() {
    let file = Workload {
        accesses: vec![Access {
            comment: vec!["archive/data: read".to_owned()],
            grant: Grant::Module {
                name: symbol("readsArchiveData"),
                path: "../modules/storage-access.bicep".to_owned(),
                scope: Expression::Call(Function::ResourceGroup, vec!["rg-archive".into()]),
                parameters: vec![
                    Property::new("accountName", "archive4711"),
                    Property::new("container", "data"),
                    Property::new("access", "read"),
                ],
                description: "reports reads the blobs of the container data of archive.".to_owned(),
            },
        }],
        ..workload("reports")
    };
    let text = file.compose(&Templates::new().unwrap()).unwrap();
    let call = "\
// archive/data: read
module readsArchiveData '../modules/storage-access.bicep' = {
  scope: resourceGroup('rg-archive')
  params: {
    accountName: 'archive4711'
    container: 'data'
    access: 'read'
    identityId: identity.id
    principalId: identity.properties.principalId
    reason: 'reports reads the blobs of the container data of archive.'
  }
}

@description(";
    assert!(text.contains(call), "{text}");
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "x'\n}\nparam evil string = '${resourceGroup().id}\u{202e}";
    let file = Workload {
        source: hostile.to_owned(),
        namespace: hostile.to_owned(),
        accesses: vec![Access {
            comment: vec![hostile.to_owned()],
            grant: Grant::Elsewhere,
        }],
        ..workload(hostile)
    };
    let text = file.compose(&Templates::new().unwrap()).unwrap();
    assert!(
        !text.lines().any(|line| line.starts_with("param evil")),
        "{text}"
    );
    assert!(
        text.contains("\n// x' } param evil string = '${resourceGroup().id}\n"),
        "{text}"
    );
    assert!(
        text.contains(
            r"metadata name = 'x\'\n}\nparam evil string = \'\${resourceGroup().id}\u{202e}'"
        ),
        "{text}"
    );
}

/// Shows the first line that differs: the files are long.
#[track_caller]
fn assert_same(text: &str, expected: &str) {
    for (number, (line, wanted)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(line, wanted, "line {}", number + 1);
    }
    assert_eq!(text, expected);
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
    assert_same(&without, CLUSTER);
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
