//! SQL servers with databases.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::resource_spec;
use crate::spec::sugar::{Duration, Names, Quantity, Text};

resource_spec! {
    /// A SQL server with databases; sign-in with Microsoft Entra alone.
    SqlSpec {
        /// Image of the Job that makes database users: a full reference with tag; it must hold a shell and go-sqlcmd.
        #[schemars(example = &"ghcr.io/example/sqlcmd:1.9.0", length(min = 1, max = 512))]
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
    #[schemars(example = &"GP_S_Gen5_1", length(max = 40), regex(pattern = r"^[A-Za-z0-9_]+$"))]
    pub sku: Option<String>,
    /// How long a serverless size waits without load before it pauses, in whole minutes. Default: 60m (dev), never (prod).
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
