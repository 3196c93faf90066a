//! What the facts and the tables say of the reference scenario, against what was written down by hand.

use agcgen::facts::{Carrier, Consumer, Maker, ServerRight, Way, What, facts};
use agcgen::model::Model;
use serde_json::{Value, json};

use super::markdown::{blocks, table_under};
use super::oracle::{Checks, asserting, documents};
use super::systems::{PLAIN, SUBSCRIPTION, changed, cloud_native, system};
use super::{existing, managed, minimal, page, systems};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        roles_of_the_reference_scenario,
        the_add_on_has_what_aks_gives_it_and_the_subnet,
        nothing_is_said_of_a_controller_that_somebody_else_installs,
        the_permission_matrix_is_the_facts,
        rights_inside_the_database,
        what_is_billed,
        late_values_and_who_reads_them,
        facts_lead_back_to_the_spec,
        what_was_there_before_is_not_ours,
        the_deployer_needs_rights_where_roles_are_assigned,
        the_page_says_only_what_concerns_the_system,
        what_a_step_needs_beyond_the_group_is_said,
        what_a_reader_asks_is_answered,
        undoing_begins_outside_and_ends_in_azure,
        what_is_not_certain_is_said_of_each_system,
        git_ops_tools_are_told_what_there_is_and_in_which_order,
        the_logs_are_asked_in_their_own_columns,
    );
}

/// Who, which role, on what, in which group, assigned by whom.
fn roles(model: &Model) -> Vec<String> {
    facts(model)
        .iter()
        .filter_map(|fact| match &fact.what {
            What::Role(role) => Some(format!(
                "{} | {} | {} | {:?}",
                role.principal.id(),
                role.role.name,
                role.scope.path(),
                role.maker
            )),
            _ => None,
        })
        .collect()
}

const GROUP: &str = "/resourceGroups/rg-cloud-native";
const NODES: &str = "/resourceGroups/rg-cloud-native-nodes";

fn roles_of_the_reference_scenario() {
    assert_eq!(
        roles(&cloud_native()),
        [
            format!(
                "id-cloud-native-api-service | Key Vault Secrets User | {GROUP}/providers/Microsoft.KeyVault/vaults/kv-vault-d214-7k2f9d | Deployment"
            ),
            format!(
                "id-cloud-native-api-service | Storage Blob Data Contributor | {GROUP}/providers/Microsoft.Storage/storageAccounts/ststorage2dd37k2f9d/blobServices/default/containers/data | Deployment"
            ),
            format!(
                "id-cloud-native-alb-controller | AppGw for Containers Configuration Manager | {GROUP} | Deployment"
            ),
            format!(
                "id-cloud-native-alb-controller | Network Contributor | {GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-agc | Deployment"
            ),
            format!("id-cloud-native-alb-controller | Reader | {NODES} | Deployment"),
            format!(
                "id-cloud-native-cluster | Network Contributor | {GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-nodes | Deployment"
            ),
            format!(
                "00000000-0000-0000-0000-000000000000 | Azure Kubernetes Service Cluster User Role | {GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-cloud-native | Deployment"
            ),
            format!(
                "00000000-0000-0000-0000-000000000000 | Azure Kubernetes Service RBAC Cluster Admin | {GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-cloud-native | Deployment"
            ),
        ]
    );
}

fn the_add_on_has_what_aks_gives_it_and_the_subnet() {
    let addon: Vec<String> = roles(&managed())
        .into_iter()
        .filter(|role| role.starts_with("applicationloadbalancer-aks-cloud-native"))
        .collect();
    assert_eq!(
        addon,
        [
            format!(
                "applicationloadbalancer-aks-cloud-native | AppGw for Containers Configuration Manager | {NODES} | Aks"
            ),
            format!(
                "applicationloadbalancer-aks-cloud-native | Network Contributor | {NODES} | Aks"
            ),
            format!(
                "applicationloadbalancer-aks-cloud-native | Network Contributor | {GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-agc | Deployment"
            ),
            format!("applicationloadbalancer-aks-cloud-native | Reader | {NODES} | Aks"),
        ]
    );
}

fn nothing_is_said_of_a_controller_that_somebody_else_installs() {
    assert!(roles(&existing()).iter().all(|role| !role.contains("alb")));
    let page = page(&existing());
    assert!(
        page.contains("fbc52c3f-28ad-4303-a892-8a056630b8f1"),
        "it says what it needs"
    );
}

/// The matrix has one row a right, with its three names, in the order of the facts.
fn the_permission_matrix_is_the_facts() {
    for (name, model) in systems() {
        let mut expected: Vec<[String; 3]> = Vec::new();
        for fact in facts(&model) {
            expected.extend(match fact.what {
                What::Role(role) => Some([
                    role.principal.id().to_owned(),
                    role.role.name.to_owned(),
                    role.scope.name().to_owned(),
                ]),
                What::Database(right) => Some(match right.right {
                    ServerRight::Administrator => [
                        right.principal.id().to_owned(),
                        "administrator".to_owned(),
                        right.server,
                    ],
                    ServerRight::Role { database, role, .. } => {
                        [right.principal.id().to_owned(), role.to_owned(), database]
                    }
                }),
                _ => None,
            });
        }
        let rows = table_under(&page(&model), "Who may do what");
        assert_eq!(rows.len(), expected.len(), "{name}");
        for (row, names) in rows.iter().zip(&expected) {
            for (cell, wanted) in row.iter().zip(names) {
                assert!(cell.contains(wanted), "{name}: {wanted} in {row:?}");
            }
        }
    }
}

fn rights_inside_the_database() {
    let rows = table_under(&page(&cloud_native()), "Who may do what");
    let database: Vec<String> = rows
        .iter()
        .filter(|row| row[2].contains("SQL server"))
        .map(|row| row[..3].join(" | "))
        .collect();
    assert_eq!(
        database,
        [
            "workload data-service as id-cloud-native-data-service | database role db_datareader | database application-db of SQL server sql-cloud-native-sql-7k2f9d",
            "workload data-service as id-cloud-native-data-service | database role db_datawriter | database application-db of SQL server sql-cloud-native-sql-7k2f9d",
            "the Job of sql as id-cloud-native-sql-administrator | administrator in Microsoft Entra | SQL server sql-cloud-native-sql-7k2f9d",
        ]
    );
}

fn what_is_billed() {
    let rows: Vec<String> = table_under(&page(&cloud_native()), "What is billed")
        .iter()
        .map(|row| row[..4].join(" | "))
        .collect();
    assert_eq!(
        rows,
        [
            "logs | log-cloud-native | kept 30 days | 1",
            "control plane | aks-cloud-native | Free | 1",
            "load balancer and public address for outbound traffic | aks-cloud-native | Standard | 1",
            "nodes with their disks | aks-cloud-native | Standard_D2s_v5 | 3",
            "Application Gateway for Containers | agc-cloud-native |  | 1",
            "association | agc-cloud-native |  | 1",
            "frontends | agc-cloud-native |  | 1",
            "key vault | kv-vault-d214-7k2f9d | standard | 1",
            "database application-db | sql-cloud-native-sql-7k2f9d | GP_S_Gen5_1 | 1",
            "storage account | ststorage2dd37k2f9d | Standard_LRS | 1",
        ]
    );
    let existing = table_under(&page(&existing()), "What is billed");
    assert!(
        existing.iter().all(|row| !row[1].contains("starchive")),
        "somebody else pays"
    );
}

fn late_values_and_who_reads_them() {
    let of = |model: &Model| -> Vec<(String, Vec<Consumer>)> {
        facts(model)
            .into_iter()
            .filter_map(|fact| match fact.what {
                What::LateValue(value) => Some((value.key, value.consumers)),
                _ => None,
            })
            .collect()
    };
    let name = str::to_owned;
    let object = |kind, name: &str| Consumer::Object {
        kind,
        name: name.to_owned(),
    };
    assert_eq!(
        of(&cloud_native()),
        [
            (
                name("AGC_ID"),
                vec![object("Gateway", "cloud-native-gateway")]
            ),
            (name("ALB_CONTROLLER_CLIENT_ID"), vec![Consumer::Helm]),
            (
                name("API_SERVICE_CLIENT_ID"),
                vec![object("ServiceAccount", "api-service")]
            ),
            (
                name("DATA_SERVICE_CLIENT_ID"),
                vec![
                    object("ServiceAccount", "data-service"),
                    object("Job", "sql-grants")
                ]
            ),
            (
                name("SQL_ADMINISTRATOR_CLIENT_ID"),
                vec![object("ServiceAccount", "sql-administrator")]
            ),
        ]
    );
    let mut managed = managed();
    managed.azure.subscription = None;
    assert_eq!(
        of(&managed)[2],
        (
            name("GATEWAY_SUBNET_ID"),
            vec![object("ApplicationLoadBalancer", "cloud-native-gateway")]
        )
    );
}

fn facts_lead_back_to_the_spec() {
    let facts = facts(&cloud_native());
    assert!(
        facts.is_sorted_by(|one, other| one.what < other.what),
        "sorted, none twice"
    );
    let at = |wanted: &dyn Fn(&What) -> bool| {
        let fact = facts.iter().find(|fact| wanted(&fact.what)).unwrap();
        fact.origin.at.to_string()
    };
    assert_eq!(
        at(&|what| matches!(what, What::Call(call) if call.from == "frontend-app")),
        "workloads.frontend-app.connections.api-service"
    );
    assert_eq!(
        at(&|what| matches!(what, What::Route(route) if route.path == "/data")),
        "routes.data-route"
    );
    assert_eq!(
        at(&|what| matches!(what, What::Secret(_))),
        "resources.vault"
    );
    assert_eq!(
        at(
            &|what| matches!(what, What::Connection(connection) if matches!(&connection.carrier, Carrier::ConfigMap(name) if name == "data-service-connections"))
        ),
        "workloads.data-service.connections.sql"
    );
}

fn what_was_there_before_is_not_ours() {
    for fact in facts(&existing()) {
        match fact.what {
            What::Resource(resource)
                if ["starchive", "kv-old", "log-shared"].contains(&resource.place.name()) =>
            {
                assert_eq!(resource.maker, Maker::SomebodyElse);
            }
            What::Reach(reach) if reach.resource != "sql" => {
                assert!(matches!(reach.way, Way::MustLetIn { .. }), "{reach:?}");
            }
            What::Secret(secret) => assert_eq!(secret.variable, None),
            _ => {}
        }
    }
    assert!(
        !page(&existing()).contains("AGC_SECRET_"),
        "no value is asked for"
    );
}

/// Azure takes names of groups for equal that differ in case only; groups of two subscriptions are two.
fn the_deployer_needs_rights_where_roles_are_assigned() {
    const OTHER: &str = "99999999-2222-3333-4444-555555555555";
    for (account, wanted) in [
        ("resourceGroup: rg-shop", String::new()),
        ("resourceGroup: RG-Shop", String::new()),
        (
            &format!("resourceGroup: RG-Shop, subscription: {SUBSCRIPTION}"),
            String::new(),
        ),
        (
            "resourceGroup: rg-archive",
            ", and must be able to deploy and to assign roles on `rg-archive`".to_owned(),
        ),
        (
            &format!("resourceGroup: rg-shop, subscription: {OTHER}"),
            format!(
                ", and must be able to deploy and to assign roles on `rg-shop` of subscription `{OTHER}`"
            ),
        ),
    ] {
        let page = page(&system(&changed(
            PLAIN,
            &[
                (
                    "suffix: 4f9c2e",
                    &format!("suffix: 4f9c2e, subscription: {SUBSCRIPTION}"),
                ),
                (
                    "workloads:",
                    &format!(
                        "gateway: {{ controller: existing }}\n\
                         resources: {{ files: {{ kind: storage, containers: [blobs], existing: {{ name: starchive, {account} }} }} }}\n\
                         workloads:"
                    ),
                ),
                ("app:1.0.3", "app:1.0.3, connections: { files/blobs: read }"),
            ],
        )));
        let (_, said) = page.split_once("Whoever deploys needs ").unwrap();
        assert_eq!(
            said.lines().next(),
            Some(
                format!("*Contributor* and *Role Based Access Control Administrator* (or *Owner*) on `rg-shop`{wanted}.")
                    .as_str()
            ),
            "{account}"
        );
        // The matrix names a group where it is another.
        let place = wanted
            .split_once(" roles on ")
            .map_or_else(String::new, |(_, group)| {
                format!(" in group {}", group.replace('`', ""))
            });
        assert_eq!(
            table_under(&page, "Who may do what")[0][2],
            format!("container blobs of storage account starchive{place}"),
            "{account}"
        );
    }
}

fn the_page_says_only_what_concerns_the_system() {
    let minimal = page(&minimal());
    for other in [
        "Service Connector",
        "SQL",
        "vault",
        "az feature",
        "ApplicationLoadBalancer",
        "preview of AKS",
    ] {
        assert!(!minimal.contains(other), "{other}");
    }
    let byo = page(&cloud_native());
    for own in [
        "docker.io/fabiang/go-sqlcmd:1.7.0",
        "AGCAccessLogs",
        "under `--opt-out auth`",
        "2026-04-23",
    ] {
        assert!(byo.contains(own), "{own}");
    }
    assert!(!byo.contains("add-on"), "the controller is Helm's");
    assert!(
        !page(&existing()).contains("AGCAccessLogs"),
        "it keeps no logs"
    );
}

/// A holder of the group's rights alone is told where they do not reach.
fn what_a_step_needs_beyond_the_group_is_said() {
    let list = |model: &Model| -> Vec<String> {
        let page = page(model);
        let (_, after) = page.split_once("These steps need more:\n\n").unwrap();
        let list = after.lines().take_while(|line| line.starts_with("- "));
        list.map(str::to_owned).collect()
    };
    let register = "- *Register resource providers*: a role on the subscription that may register, such as *Contributor*. Once a subscription, by anybody who has it.";
    let group = "- *Make the resource group*: *Contributor* on the subscription. Or somebody makes the group and gives you the rights above on it.";
    assert_eq!(list(&cloud_native()), [register, group]);
    assert_eq!(
        list(&managed()),
        [
            "- *Register resource providers* and *Register preview features*: a role on the subscription that may register, such as *Contributor*. Once a subscription, by anybody who has it.",
            group,
            "- *Apply the platform*: *Monitoring Contributor* on `rg-cloud-native-nodes`, for the logs of the gateway.",
        ]
    );
    let elsewhere = system(&changed(
        PLAIN,
        &[
            (
                "suffix: 4f9c2e",
                "suffix: 4f9c2e, resourceGroup: { existing: rg-ours }",
            ),
            (
                "workloads:",
                "gateway: { controller: existing }\n\
                 observability: { workspace: { existing: { name: log-all, resourceGroup: rg-logs } } }\n\
                 resources: { files: { kind: storage, containers: [blobs], existing: { name: starchive, resourceGroup: rg-archive } } }\n\
                 workloads:",
            ),
            ("app:1.0.3", "app:1.0.3, connections: { files/blobs: read }"),
        ],
    ));
    assert_eq!(
        list(&elsewhere),
        [
            register,
            "- *Deploy to Azure*: *Log Analytics Contributor* on the workspace `log-all` in `rg-logs`, which logs are sent to.",
            "- *Connect with Service Connector*, which acts in your name: at least *Reader* on `starchive` in `rg-archive`. Whether that is enough is not established.",
        ]
    );
}

/// What somebody asks who has nothing but this page.
fn what_a_reader_asks_is_answered() {
    let byo = page(&cloud_native());
    for answer in [
        "`00000000-0000-0000-0000-000000000000` is a placeholder and nobody's id",
        "`ststorage2dd37k2f9d`, `sql-cloud-native-sql-7k2f9d`, `kv-vault-d214-7k2f9d` must be unique in the world",
        "3 nodes of `Standard_D2s_v5`, and 1 more during an upgrade",
        "the cluster extension `sc-extension`",
        "give the values of **new** secrets, as in step 4",
        "kubectl delete applications.argoproj.io/cloud-native --namespace argocd",
        "`kubectl` | `1.34`",
        "only the program itself can show",
    ] {
        assert!(byo.contains(answer), "{answer}");
    }
    let suspended =
        "--patch '{\"spec\":{\"suspend\":true}}' \\\n  --field-manager flux-client-side-apply\n";
    assert_eq!(byo.matches(suspended).count(), 3, "three phases");
    assert!(!byo.contains("next render puts"));

    // A secret of a vault that is there already has its value.
    let of_vault = |provision: &str| {
        page(&system(&changed(
            PLAIN,
            &[
                (
                    "workloads:",
                    &format!(
                        "resources: {{ keys: {{ kind: keyVault, secrets: [token]{provision} }} }}\nworkloads:"
                    ),
                ),
                ("app:1.0.3", "app:1.0.3, connections: { keys/token: read }"),
            ],
        )))
    };
    let doubt = "role at a secret that does not exist yet";
    assert!(of_vault("").contains(doubt));
    assert!(!of_vault(", existing: { name: kv-all }").contains(doubt));

    // Nothing is said of vaults where there is none, and one is one.
    let small = page(&system(&changed(
        PLAIN,
        &[
            (
                "workloads:",
                "resources: { files: { kind: storage, containers: [blobs], azureName: ourfiles } }\nworkloads:",
            ),
            ("cluster: {", "cluster: { nodes: { count: 1 },"),
        ],
    )));
    assert!(small.contains(
        "- A name is taken: `ourfiles` must be unique in the world. Give that resource another `azureName`;"
    ));
    assert!(small.contains("too few cores for 1 node of `Standard_D4s_v5`, and 1 more"));
    assert!(small.contains("this lists 1 node, all `Ready`"));

    let managed = page(&managed());
    assert!(managed.contains("- the diagnostic setting of the gateway"));
    assert!(!byo.contains("- the diagnostic setting of the gateway"));

    let ours = "22222222-3333-4444-5555-666666666666";
    let nobody = "00000000-0000-0000-0000-000000000000";
    let plain = page(&system(&changed(PLAIN, &[(nobody, ours)])));
    for concerns_others in [
        "is a placeholder",
        "unique in the world",
        "sc-extension",
        "**new** secrets",
    ] {
        assert!(!plain.contains(concerns_others), "{concerns_others}");
    }
}

fn undoing_begins_outside_and_ends_in_azure() {
    let page = page(&cloud_native());
    let steps: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### Undo "))
        .collect();
    assert_eq!(
        steps,
        [
            "1: Remove DNS records",
            "2: Stop what applies the folder",
            "3: Remove routes and gateway",
            "4: Remove the connections of Service Connector",
            "5: Remove the ALB Controller",
            "6: Remove the namespaces",
            "7: Delete the resource group",
            "8: Know what is left of the vaults",
        ]
    );
}

fn what_is_not_certain_is_said_of_each_system() {
    let everywhere = [
        "rules of the network security group",
        "traffic between clients and the frontend",
    ];
    let sql = [
        "`docker manifest inspect docker.io/fabiang/go-sqlcmd:1.7.0` asks",
        "a database user whose SID",
        "administrator of a SQL server",
    ];
    let connector = ["`az aks connection`", "under `--opt-out auth`"];
    let role = ["`AppGw for Containers Configuration Manager`"];
    let calls = ["who calls whom inside the cluster"];
    let managed_gateway = ["host names of a managed gateway"];
    let add_on = ["the ALB Controller add-on"];
    let all = [
        &everywhere[..],
        &sql,
        &connector,
        &role,
        &calls,
        &managed_gateway,
        &add_on,
    ]
    .concat();
    for (name, model) in systems() {
        let said = match name {
            "byo" => [&everywhere[..], &sql, &connector, &role, &calls].concat(),
            "managed" => all.clone(),
            "minimal" => [&everywhere[..], &role].concat(),
            "existing" => [&everywhere[..], &sql, &connector, &calls].concat(),
            other => panic!("{other}"),
        };
        let page = page(&model);
        let (_, doubts) = page
            .split_once("\n## Preview, and not established\n")
            .unwrap();
        for doubt in &all {
            assert_eq!(
                doubts.contains(doubt),
                said.contains(doubt),
                "{name}: {doubt}"
            );
        }
        assert_eq!(
            doubts.matches("\n- **").count(),
            said.len(),
            "{name}: {doubts}"
        );
    }
}

/// The documents of the blocks of YAML under a heading, by a reader that is not ours.
fn yaml_under(page: &str, heading: &str) -> Vec<Value> {
    let start = page.find(&format!("\n## {heading}\n")).unwrap();
    let rest = &page[start + 1..];
    let section = rest.find("\n## ").map_or(rest, |end| &rest[..end]);
    blocks(section)
        .iter()
        .filter(|(language, _)| language == "yaml")
        .flat_map(|(_, text)| documents(text).unwrap())
        .collect()
}

/// Argo CD's "Application specification" and Flux's "Kustomization", read 2026-11.
fn git_ops_tools_are_told_what_there_is_and_in_which_order() {
    // Of the status of a Gateway kstatus knows nothing, so `wait: true` waits for none.
    assert!(page(&cloud_native()).contains("waits for the Jobs, none for the Gateway"));
    let without_jobs = page(&minimal());
    assert!(without_jobs.contains("None of its Kustomizations waits for the Gateway"));
    for (name, model) in systems() {
        let documents = yaml_under(&page(&model), "Deploy by GitOps");
        let of = |kind: &str| -> Vec<&Value> {
            documents
                .iter()
                .filter(|document| document["kind"] == kind)
                .collect()
        };
        let application = of("Application")[0];
        assert_eq!(application["spec"]["source"]["path"], "out/k8s", "{name}");
        let automated = &application["spec"]["syncPolicy"]["automated"];
        assert_eq!(
            *automated,
            json!({ "prune": true, "selfHeal": true }),
            "{name}"
        );
        assert_eq!(
            application["spec"]["destination"]["namespace"],
            "cloud-native-app"
        );
        assert_eq!(of("Application").len(), 1, "{name}");

        let repository = &of("GitRepository")[0]["metadata"]["name"];
        let phases = of("Kustomization");
        let found: Vec<(&Value, &Value, &Value)> = phases
            .iter()
            .map(|phase| {
                let spec = &phase["spec"];
                assert_eq!(
                    (&spec["prune"], &spec["wait"]),
                    (&json!(true), &json!(true)),
                    "{name}"
                );
                assert_eq!(spec["sourceRef"]["name"], *repository, "{name}");
                (
                    &phase["metadata"]["name"],
                    &spec["path"],
                    &spec["dependsOn"],
                )
            })
            .collect();
        let [platform, workloads, routes] = ["platform", "workloads", "routes"].map(|phase| {
            (
                json!(format!("cloud-native-{phase}")),
                json!(format!("./out/k8s/{phase}")),
            )
        });
        assert_eq!(
            found,
            [
                (&platform.0, &platform.1, &Value::Null),
                (&workloads.0, &workloads.1, &json!([{ "name": platform.0 }])),
                (&routes.0, &routes.1, &json!([{ "name": workloads.0 }])),
            ],
            "{name}"
        );
    }
}

/// Columns that the queries may use: Azure Monitor's page of the table `AGCAccessLogs`, read 2026-11.
const LOG_COLUMNS: &[&str] = &[
    "BackendHost",
    "BackendIp",
    "BackendPort",
    "BackendResponseLatency",
    "BackendTimeTaken",
    "ClientIp",
    "FrontendName",
    "FrontendPort",
    "HostName",
    "HttpMethod",
    "HttpStatusCode",
    "HttpVersion",
    "RequestUri",
    "TimeGenerated",
    "TimeTaken",
    "_ResourceId",
];

fn the_logs_are_asked_in_their_own_columns() {
    let word = regex::Regex::new(r"\b_?[A-Z][A-Za-z0-9]+\b").unwrap();
    let quoted = regex::Regex::new("\"[^\"]*\"").unwrap();
    let named = regex::Regex::new(r"\b([A-Z][A-Za-z0-9]*) = ").unwrap();
    for (name, model) in systems() {
        let queries: Vec<String> = blocks(&page(&model))
            .into_iter()
            .filter(|(language, _)| language == "kusto")
            .map(|(_, text)| text)
            .collect();
        let expected = if name == "existing" { 0 } else { 3 };
        assert_eq!(queries.len(), expected, "{name}");
        for query in &queries {
            let plain = quoted.replace_all(query, "");
            let own: Vec<&str> = named
                .captures_iter(&plain)
                .map(|found| found.get(1).unwrap().as_str())
                .collect();
            let (table, rest) = plain.split_once('\n').unwrap();
            assert_eq!(table, "AGCAccessLogs");
            assert!(rest.contains("where TimeGenerated > ago(1h)") && rest.contains("_ResourceId"));
            for used in word.find_iter(rest) {
                let used = used.as_str();
                assert!(
                    LOG_COLUMNS.contains(&used) || own.contains(&used),
                    "{name}: {used} in\n{query}"
                );
            }
        }
    }
}
