//! What a connection becomes: who carries its settings, under which variables, with which rights. The expected values are
//! written down here, from the vendor's tables; nothing is looked up in the program.

use agcgen::model::{Link, Model, Right, Scope, SettingValue, Via};

use super::{check, spec};

/// A spec with one workload `web` of a client, and its connections.
fn model(client: &str, resources: &str, connections: &str) -> Model {
    let checked = check(&spec(&format!(
        "resources: {{ {resources} }}\n\
         workloads: {{ web: {{ image: 'a:1', client: {client}, connections: {{ {connections} }} }} }}\n"
    )));
    checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.found))
}

/// The codes that the same spec is refused with.
fn refused(client: &str, resources: &str, connections: &str) -> Vec<String> {
    check(&spec(&format!(
        "resources: {{ {resources} }}\n\
         workloads: {{ web: {{ image: 'a:1', client: {client}, connections: {{ {connections} }} }} }}\n"
    )))
    .codes()
}

/// `name=value` of every variable of a link; the client id of the identity is `<id>`.
fn variables(link: &Link) -> Vec<String> {
    link.settings
        .iter()
        .map(|setting| match &setting.value {
            SettingValue::Fixed(text) => format!("{}={text}", setting.name),
            SettingValue::ClientId => format!("{}=<id>", setting.name),
        })
        .collect()
}

/// Name, target and renamed keys of a connection of Service Connector; `direct` otherwise.
fn carrier(link: &Link) -> String {
    match &link.via {
        Via::Direct => "direct".to_owned(),
        Via::ServiceConnector(connection) => {
            let keys: Vec<String> = connection
                .customized_keys
                .iter()
                .map(|(from, to)| format!("{from}={to}"))
                .collect();
            format!(
                "{} {} {} [{}]",
                connection.name,
                connection.target,
                connection.client_type,
                keys.join(" ")
            )
        }
    }
}

const STORAGE: &str = "files: { kind: storage, azureName: stfiles1, containers: [img] }";
const VAULT: &str = "vault: { kind: keyVault, azureName: kv-one, secrets: [a, b] }";
const SQL: &str = "sql: { kind: sql, azureName: sql-one, databases: [orders] }";

#[test]
fn storage_goes_by_service_connector() {
    let model = model("dotnet", STORAGE, "files: write");
    let [link] = model.workloads[0].links.as_slice() else {
        panic!("one link")
    };
    assert_eq!(carrier(link), "web_files storage-blob dotnet []");
    assert_eq!(
        variables(link),
        [
            "AZURE_STORAGEBLOB_RESOURCEENDPOINT=https://stfiles1.blob.core.windows.net/",
            "AZURE_STORAGEBLOB_CLIENTID=<id>"
        ]
    );
}

#[test]
fn prefix_and_rename_reach_the_pod_and_the_command() {
    let model = model(
        "python",
        STORAGE,
        "files: { access: read, prefix: PICTURES, rename: { AZURE_STORAGEBLOB_CLIENTID: WHO } }",
    );
    let link = &model.workloads[0].links[0];
    assert_eq!(
        carrier(link),
        "web_files storage-blob python [AZURE_STORAGEBLOB_RESOURCEENDPOINT=PICTURES_RESOURCEENDPOINT AZURE_STORAGEBLOB_CLIENTID=WHO]"
    );
    assert_eq!(
        variables(link),
        [
            "PICTURES_RESOURCEENDPOINT=https://stfiles1.blob.core.windows.net/",
            "WHO=<id>"
        ]
    );
}

#[test]
fn via_direct_changes_the_carrier_and_no_variable() {
    let connector = model("java", VAULT, "vault/*: read");
    let direct = model("java", VAULT, "vault/*: { access: read, via: direct }");
    let (one, other) = (
        &connector.workloads[0].links[0],
        &direct.workloads[0].links[0],
    );
    assert_eq!(carrier(one), "web_vault keyvault java []");
    assert_eq!(carrier(other), "direct");
    assert_eq!(variables(one), variables(other));
    assert_eq!(
        variables(one),
        [
            "AZURE_KEYVAULT_RESOURCEENDPOINT=https://kv-one.vault.azure.net/",
            "AZURE_KEYVAULT_CLIENTID=<id>",
            "AZURE_KEYVAULT_SCOPE=https://management.azure.com/.default"
        ]
    );
}

#[test]
fn a_client_that_service_connector_does_not_know_goes_directly() {
    assert_eq!(
        carrier(&model("go", STORAGE, "files: read").workloads[0].links[0]),
        "direct"
    );
    assert_eq!(
        refused(
            "go",
            STORAGE,
            "files: { access: read, via: serviceConnector }"
        ),
        ["AGC0408"]
    );
    assert_eq!(refused("springBoot", STORAGE, "files: read"), ["AGC0408"]);
}

#[test]
fn two_connections_of_one_type_go_directly() {
    let two = format!("{STORAGE}, more: {{ kind: storage, azureName: stmore1 }}");
    let model = model(
        "dotnet",
        &two,
        "files: { access: read, prefix: FILES }, more: read",
    );
    let carriers: Vec<String> = model.workloads[0].links.iter().map(carrier).collect();
    assert_eq!(carriers, ["direct", "direct"]);
}

#[test]
fn sql_has_a_connection_string_that_uses_the_token_of_the_pod() {
    let strings = [
        (
            "dotnet",
            "AZURE_SQL_CONNECTIONSTRING=Server=tcp:sql-one.database.windows.net,1433;Database=orders;Encrypt=True;Authentication=Active Directory Default;",
        ),
        (
            "java",
            "AZURE_SQL_CONNECTIONSTRING=jdbc:sqlserver://sql-one.database.windows.net:1433;databaseName=orders;encrypt=true;authentication=ActiveDirectoryDefault;",
        ),
        (
            "springBoot",
            "spring.datasource.url=jdbc:sqlserver://sql-one.database.windows.net:1433;databaseName=orders;encrypt=true;authentication=ActiveDirectoryDefault;",
        ),
    ];
    for (client, string) in strings {
        let model = model(client, SQL, "sql: write");
        let link = &model.workloads[0].links[0];
        assert_eq!(carrier(link), "direct");
        assert_eq!(
            variables(link),
            [
                "AZURE_SQL_SERVER=sql-one.database.windows.net",
                "AZURE_SQL_PORT=1433",
                "AZURE_SQL_DATABASE=orders",
                string
            ]
        );
    }
}

#[test]
fn facts_of_targets_become_variables() {
    let model = model(
        "none",
        &format!("{STORAGE}, {VAULT}, {SQL}"),
        "files: { access: read, names: { account: A, endpoint: B, container: C } }, \
         vault/a: { access: read, names: { vault: D, endpoint: E } }, \
         sql: { access: read, names: { server: F, host: G, database: H } }",
    );
    let mut env: Vec<String> = model.workloads[0]
        .env
        .iter()
        .map(|variable| format!("{}={}", variable.name, variable.value))
        .collect();
    env.sort();
    assert_eq!(
        env,
        [
            "A=stfiles1",
            "B=https://stfiles1.blob.core.windows.net/",
            "C=img",
            "D=kv-one",
            "E=https://kv-one.vault.azure.net/",
            "F=sql-one",
            "G=sql-one.database.windows.net",
            "H=orders"
        ]
    );
}

/// Two lines of one target with two words, and a line that gives what another gives already.
#[test]
fn no_line_says_less_than_what_is_given() {
    let both = format!("{STORAGE}, {VAULT}");
    let rows: [(&str, &str, &[&str]); 11] = [
        (
            &both,
            "files: read, files/img: write, files/*: own",
            &["AGC0415", "AGC0414", "AGC0415"],
        ),
        (VAULT, "vault/a: read, vault/*: read", &["AGC0415"]),
        // One word, told twice.
        (STORAGE, "files: read, files/img: read", &[]),
        // The widest word counts.
        (STORAGE, "files: [read, write], files/img: write", &[]),
        // More at a part than at the whole.
        (VAULT, "vault/a: write, vault/*: read", &[]),
        // The line is there for the name of its container.
        (
            STORAGE,
            "files/img: { access: read, names: { container: C } }, files/*: own",
            &[],
        ),
        // Or for what is said of the settings.
        (
            STORAGE,
            "files/*: own, files/img: { access: read, prefix: IMG }",
            &[],
        ),
        (
            STORAGE,
            "files/*: own, files/img: { access: read, via: direct }",
            &[],
        ),
        (
            STORAGE,
            "files/*: own, files/img: { access: read, name: images }",
            &[],
        ),
        (
            STORAGE,
            "files/*: own, files/img: { access: read, rename: { AZURE_STORAGEBLOB_RESOURCEENDPOINT: URL } }",
            &[],
        ),
        // Its settings name the database.
        (SQL, "sql/orders: read", &[]),
    ];
    for (resources, connections, codes) in rows {
        let mut found = refused("none", resources, connections);
        // The workload has no probes.
        found.retain(|code| code != "AGC0513");
        assert_eq!(found, codes, "{connections}");
    }
}

/// Every word of the language: the built-in role by its id in the vendor's table, or the roles in the database, and the
/// scope.
#[test]
fn every_word_gives_exactly_its_right() {
    let rows = [
        (
            STORAGE,
            "files: read",
            "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 at img",
        ),
        (
            STORAGE,
            "files/img: write",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe at img",
        ),
        (
            STORAGE,
            "files/*: own",
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ),
        (
            STORAGE,
            "files: [read, write]",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe at img",
        ),
        (
            VAULT,
            "vault/a: read",
            "4633458b-17de-408a-b874-0445c86b69e6 at a",
        ),
        (
            VAULT,
            "vault/*: write",
            "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ),
        (SQL, "sql: read", "db_datareader at orders"),
        (
            SQL,
            "sql/orders: write",
            "db_datareader+db_datawriter at orders",
        ),
        (SQL, "sql: own", "db_owner at orders"),
    ];
    for (resources, connection, expected) in rows {
        let model = model("none", resources, connection);
        let [grant] = model.workloads[0].grants.as_slice() else {
            panic!("{connection}: one right")
        };
        let right = match &grant.right {
            Right::Role(role) => role.id.to_owned(),
            Right::DatabaseRoles(roles) => roles.join("+"),
        };
        let right = match &grant.scope {
            Scope::Resource => right,
            Scope::Child { azure_name, .. } => format!("{right} at {azure_name}"),
        };
        assert_eq!(right, expected, "{connection}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let rows = [
        (
            VAULT,
            "vault/a: { access: read, rename: { AZURE_KEYVAULT_SCOPE: A } }, vault/b: { access: read, rename: { AZURE_KEYVAULT_SCOPE: B } }",
            "AGC0507",
        ),
        (
            STORAGE,
            "files: { access: read, rename: { AZURE_STORAGEBLOB_RESOURCEENDPOINT: AZURE_CLIENT_ID } }",
            "AGC0406",
        ),
        (
            SQL,
            "sql: { access: read, via: serviceConnector }",
            "AGC0407",
        ),
        (
            STORAGE,
            "files: { access: read, names: { acount: A } }",
            "AGC0411",
        ),
        (VAULT, "vault: read", "AGC0403"),
        (SQL, "sql: { access: read, name: a_b }", "AGC0407"),
    ];
    for (resources, connections, code) in rows {
        assert_eq!(
            refused("none", resources, connections),
            [code],
            "{connections}"
        );
    }
    assert_eq!(
        refused("springBoot", VAULT, "vault/*: { access: read, prefix: A }"),
        ["AGC0407"]
    );
}

#[test]
fn an_identity_may_be_asked_for() {
    let checked = check(&spec(
        "workloads: { web: { image: 'a:1', identity: own }, api: { image: 'a:1' } }",
    ));
    let model = checked.model.expect("a spec");
    assert_eq!(
        model.workloads[0].identity.as_ref().expect("one").name,
        "id-shop-web"
    );
    assert!(model.workloads[1].identity.is_none());
}
