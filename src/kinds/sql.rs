//! SQL servers with databases.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::facets::{AccessRow, Aim, Billed, Child, Facets};
use crate::catalog::connector::Target;
use crate::catalog::sql as sizes;
use crate::model::{Resource, Right, Scope, SettingValue};
use crate::print::bicep::{Expression, Field, Property, Type};
use crate::render::infra::context::{ModuleCall, Variable};
use crate::render::infra::modules;
use crate::render::infra::resource::{Lowered, OpenedBy, Settings, Surroundings, symbol};
use crate::spec::sugar::{Duration, Names, Quantity, Text};
use crate::spec::{Access, Client, resource_spec};

resource_spec! {
    /// A SQL server with databases; sign-in with Microsoft Entra alone.
    SqlSpec {
        /// Image of the Job that makes database users: a full reference with tag; it must hold a shell and go-sqlcmd
        /// 1.7.0 or newer. Default: a third party's, not tried; the runbook names it.
        #[schemars(example = &"ghcr.io/example/sqlcmd:1.9.0", length(min = 1, max = 512), extend("x-agcgen-format" = "image"))]
        grants_image: Option<String>,
        /// Its databases: names, or names with settings.
        #[schemars(example = serde_json::json!({"orders": {"sku": "GP_S_Gen5_1", "autoPause": "60m"}}), extend("minProperties" = 1, "minItems" = 1))]
        databases: Names<DatabaseSpec>,
    }
}

/// A database.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DatabaseSpec {
    /// Its size: `GP_S_Gen5_<cores>` grows with the load, `GP_Gen5_<cores>` and `BC_Gen5_<cores>` are fixed.
    /// Default: `GP_S_Gen5_1` (dev), `GP_Gen5_2` (prod).
    #[schemars(example = &"GP_S_Gen5_1", length(max = 40), regex(pattern = r"^[A-Za-z0-9_]+$"), extend("x-agcgen-format" = "databaseSize"))]
    pub sku: Option<String>,
    /// How long a serverless size waits without load before it pauses, in whole minutes. `0s`:
    /// never. Default: 60m (dev), never (prod).
    #[schemars(example = &"60m")]
    pub auto_pause: Option<Duration>,
    /// Fewest virtual cores that a serverless size keeps while it runs, in quotes where it has a fraction. Default: the
    /// fewest that the size allows.
    #[schemars(example = &"0.5")]
    pub min_capacity: Option<Text>,
    /// Largest size. Default: 32Gi.
    #[schemars(example = &"32Gi")]
    pub max_size: Option<Quantity>,
    /// Whether it is kept in several zones. Default: false.
    #[schemars(example = true)]
    #[serde(default)]
    pub zone_redundant: bool,
    /// Its name in Azure. Default: its key.
    #[schemars(example = &"orders-db", length(min = 1, max = 128))]
    pub azure_name: Option<String>,
}

impl DatabaseSpec {
    /// A pause in other words, where a database takes it; of words for never, `0s`.
    pub(crate) fn auto_pause_meant(written: &Json) -> Option<Json> {
        let text = written.as_str()?;
        if matches!(text, "never" | "off" | "none" | "false" | "disabled" | "-1") {
            return Some("0s".into());
        }
        let pause = Duration::meant(text, "m")?;
        pauses_after(&pause)?;
        Some(pause.0.into())
    }

    /// Virtual cores as sizes have them: `.5` is `0.5`, `0.50` too.
    pub(crate) fn min_capacity_meant(written: &Json) -> Option<Json> {
        let text = written.as_str()?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || text.trim_matches(['0', '.']).is_empty() {
            return None;
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        Some(match fraction.trim_end_matches('0') {
            "" => whole.into(),
            fraction => format!("{whole}.{fraction}").into(),
        })
    }
}

/// Whole minutes after which a database may pause, 0 for never; `None` where it cannot pause then.
pub(crate) fn pauses_after(pause: &Duration) -> Option<u64> {
    let seconds = pause.seconds();
    let minutes = seconds / 60;
    let fits = seconds.is_multiple_of(60)
        && (sizes::AUTO_PAUSE_LEAST..=sizes::AUTO_PAUSE_MOST).contains(&minutes);
    (seconds == 0 || fits).then_some(minutes)
}

/// A SQL server, decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    /// Host name, such as `sql-x.database.windows.net`.
    pub host: String,
    /// Its databases; never empty.
    pub databases: Vec<Database>,
    /// The identity that administers it.
    pub administrator: SqlAdministrator,
    /// What makes the users of its databases.
    pub grants: SqlGrants,
}

/// A database.
#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// Key in the spec.
    pub key: String,
    /// Name in Azure.
    pub azure_name: String,
    /// Its size.
    pub sku: DatabaseSku,
    /// Minutes without load before it pauses; `None`: never.
    pub auto_pause_minutes: Option<u32>,
    /// Fewest virtual cores that a serverless size keeps while it runs, such as `0.5`; `None` for provisioned sizes.
    pub min_capacity: Option<String>,
    /// Largest size in bytes.
    pub max_size_bytes: u64,
    /// Whether it is kept in several zones.
    pub zone_redundant: bool,
}

/// A size of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseSku {
    /// As written, such as `GP_S_Gen5_1`.
    pub written: String,
    /// ARM name without the cores, such as `GP_S_Gen5`.
    pub name: String,
    /// ARM tier, such as `GeneralPurpose`.
    pub tier: String,
    /// Hardware, such as `Gen5`.
    pub family: String,
    /// Virtual cores.
    pub capacity: u32,
    /// Whether it grows with the load.
    pub serverless: bool,
}

/// The identity that administers a SQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlAdministrator {
    /// Name in Azure, `id-<stem>-<resource>-administrator`.
    pub identity: String,
    /// Name of its federated credential, `fc-<resource>-administrator`.
    pub credential: String,
    /// Name of its service account, `<resource>-administrator`.
    pub service_account: String,
    /// Key of its client id among the late values.
    pub client_id_key: String,
}

/// The Job that makes the users of a server's databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlGrants {
    /// Namespace, `<name>-sql-grants`.
    pub namespace: String,
    /// Name of the Job and of its ConfigMap, `<resource>-grants`.
    pub job: String,
    /// Image with a shell and go-sqlcmd.
    pub image: String,
    /// Whether the image is the catalogue's, which was never tried, and not one that the spec names.
    pub image_is_default: bool,
}

impl Facets for Sql {
    fn word(&self) -> &'static str {
        "sql"
    }

    fn title(&self) -> &'static str {
        "SQL server"
    }

    fn resource_type(&self) -> &'static str {
        "Microsoft.Sql/servers"
    }

    fn name_check_version(&self) -> Option<&'static str> {
        Some("2025-01-01")
    }

    fn child_type(&self) -> (&'static str, &'static str) {
        ("database", "Microsoft.Sql/servers/databases")
    }

    fn children_key(&self) -> &'static str {
        "databases"
    }

    fn children(&self) -> Vec<Child> {
        self.databases
            .iter()
            .map(|database| Child {
                key: database.key.clone(),
                azure_name: database.azure_name.clone(),
            })
            .collect()
    }

    fn accesses(&self) -> &'static [AccessRow] {
        &[
            AccessRow {
                access: Access::Read,
                right: || Right::DatabaseRoles(&["db_datareader"]),
                does: "reads",
            },
            AccessRow {
                access: Access::Write,
                right: || Right::DatabaseRoles(&["db_datareader", "db_datawriter"]),
                does: "reads and writes",
            },
            AccessRow {
                access: Access::Own,
                right: || Right::DatabaseRoles(&["db_owner"]),
                does: "owns",
            },
        ]
    }

    fn facts(&self, aim: Aim<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("server", aim.azure_name.to_owned()),
            ("host", self.host.clone()),
            (
                "database",
                aim.child
                    .map(|child| child.azure_name.clone())
                    .unwrap_or_default(),
            ),
        ]
    }

    fn variable_stem(&self) -> &'static str {
        "AZURE_SQL"
    }

    /// No user and no client id: drivers read `AZURE_CLIENT_ID`, which the webhook sets. The connection strings say
    /// "default", because "managed identity" makes drivers ask a machine's endpoint that pods do not have
    /// (dotnet/SqlClient issue 2158, mssql-jdbc issue 1844).
    fn settings(&self, client: Client, aim: Aim<'_>) -> Option<Vec<(&'static str, SettingValue)>> {
        let host = &self.host;
        let fixed = |text: String| SettingValue::Fixed(text);
        let mut settings = vec![
            ("AZURE_SQL_SERVER", fixed(host.clone())),
            ("AZURE_SQL_PORT", fixed(PORT.to_string())),
        ];
        // A connection to all databases names none: the program chooses.
        let Some(database) = aim.child.map(|child| &child.azure_name) else {
            return Some(settings);
        };
        settings.push(("AZURE_SQL_DATABASE", fixed(database.clone())));
        let jdbc = || {
            fixed(format!(
                "jdbc:sqlserver://{host}:{PORT};databaseName={database};encrypt=true;authentication=ActiveDirectoryDefault;"
            ))
        };
        match client {
            Client::Dotnet => settings.push((
                "AZURE_SQL_CONNECTIONSTRING",
                fixed(format!(
                    "Server=tcp:{host},{PORT};Database={database};Encrypt=True;Authentication=Active Directory Default;"
                )),
            )),
            Client::Java => settings.push(("AZURE_SQL_CONNECTIONSTRING", jdbc())),
            Client::SpringBoot => settings.push(("spring.datasource.url", jdbc())),
            Client::Python | Client::Nodejs | Client::Go | Client::None => {}
        }
        Some(settings)
    }

    fn settings_name_a_child(&self) -> bool {
        true
    }

    /// The Azure CLI itself has no connection to SQL without a password, and its extension grants CONTROL on the database
    /// (azure-cli 2.91.0; extension source of 2026).
    fn connector(&self) -> Option<Target> {
        None
    }

    fn refuses_existing(&self) -> Option<&'static str> {
        Some(
            "the Job that makes database users must administer the server, and only a server made here names it",
        )
    }

    fn billing(&self) -> Vec<Billed> {
        self.databases
            .iter()
            .map(|database| Billed {
                what: format!("database {}", database.azure_name),
                size: database.sku.written.clone(),
                grows_with: if database.sku.serverless {
                    "load (it pauses where the spec says so), bytes kept, bytes of backups"
                } else {
                    "hours, bytes kept, bytes of backups"
                },
            })
            .collect()
    }

    fn reached_by(&self) -> &'static str {
        "service endpoint Microsoft.Sql; the firewall lets in the nodes' subnet, so every pod on the nodes, and nobody else"
    }

    fn lower(&self, surroundings: &Surroundings<'_>) -> Lowered {
        let resource = surroundings.resource;
        let administrator_name = surroundings.part("administrator-name");
        let databases: Vec<Expression> = self
            .databases
            .iter()
            .map(|database| {
                Expression::Row(vec![
                    Property::new("name", database.azure_name.as_str()),
                    Property::new("settings", surroundings.settings().of(&database.key)),
                ])
            })
            .collect();
        let server = ModuleCall::new(surroundings.symbol(), modules::path("sql"))
            .with("name", resource.azure_name.as_str())
            .with("administratorName", &administrator_name)
            .with("databases", databases);
        let credential = ModuleCall::new(
            surroundings.part("administrator-credential"),
            modules::path("federated-credential"),
        )
        .comment(&format!(
            "The job that makes the database users of {} acts as its administrator.",
            resource.key
        ))
        .with("name", self.administrator.credential.as_str())
        .with("identityName", &administrator_name)
        .with("oidcIssuerUrl", surroundings.oidc_issuer_url.clone())
        .with("namespace", self.grants.namespace.as_str())
        .with(
            "serviceAccount",
            self.administrator.service_account.as_str(),
        )
        .after(surroundings.symbol());
        Lowered {
            settings: self.lowered_settings(&resource.key),
            variables: vec![Variable::new(
                &administrator_name,
                self.administrator.identity.as_str(),
            )],
            secrets: Vec::new(),
            modules: vec![
                surroundings.watched(surroundings.placed(server)),
                credential,
            ],
            children: BTreeMap::new(),
        }
    }

    /// SQL DB Contributor manages databases and gives no access to what is in them.
    fn opened_by(&self, _resource: &Resource, _scope: &Scope) -> OpenedBy {
        OpenedBy::Other(format!(
            "No Azure role opens a SQL database: the job {} makes a database user for this identity.",
            self.grants.job
        ))
    }
}

/// Port of SQL servers.
const PORT: u16 = 1433;

impl Sql {
    fn lowered_settings(&self, key: &str) -> Settings {
        let settings_type = symbol("databaseSettingsType");
        let fields = self
            .databases
            .iter()
            .map(|database| Field {
                name: database.key.clone(),
                description: format!("The database {}.", database.key),
                kind: Type::Named(settings_type.clone()),
            })
            .collect();
        let values = self
            .databases
            .iter()
            .map(|database| Property::new(&database.key, database.lowered_settings()))
            .collect();
        Settings {
            description: format!("The databases of the SQL server {key}."),
            kind: Type::Object(fields),
            import: (settings_type, "sql"),
            value: Expression::Object(values),
        }
    }
}

impl Database {
    fn lowered_settings(&self) -> Expression {
        let mut settings = vec![Property::new(
            "sku",
            Expression::Row(vec![
                Property::new("name", self.sku.name.as_str()),
                Property::new("tier", self.sku.tier.as_str()),
                Property::new("family", self.sku.family.as_str()),
                Property::new("capacity", i64::from(self.sku.capacity)),
            ]),
        )];
        if let Some(least) = &self.min_capacity {
            settings.push(Property::new("minCapacity", least.as_str()));
        }
        match self.auto_pause_minutes {
            Some(minutes) => settings.push(Property::new("autoPauseMinutes", i64::from(minutes))),
            // Left out, Azure pauses a serverless database after an hour.
            None if self.sku.serverless => {
                settings.push(Property::new("autoPauseMinutes", NEVER_PAUSES));
            }
            None => {}
        }
        let bytes = i64::try_from(self.max_size_bytes).unwrap_or(i64::MAX);
        settings.push(Property::new("maxSizeBytes", bytes));
        settings.push(Property::new("zoneRedundant", self.zone_redundant));
        Expression::Object(settings)
    }
}

/// What Azure takes for a serverless database that never pauses (type data of Bicep 0.49.2).
const NEVER_PAUSES: i64 = -1;
