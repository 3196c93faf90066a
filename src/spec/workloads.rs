//! `workloads` and their `connections`.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value as Json;

use super::sugar::{DATA, Duration, OneOrMany, Quantity, Text, short};
use crate::source::is_secret_name;

/// A workload: one container, its Service, and what it may reach.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Workload {
    /// Image with a fixed tag or a digest.
    #[schemars(example = &"ghcr.io/example/web:1.0.3", length(min = 1, max = 512), extend("x-agcgen-format" = "image"))]
    pub image: String,
    /// Port that it serves HTTP on: short for `ports: { http: … }`. Without a port it has no Service.
    #[schemars(example = 8080, range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Its ports; today one, `http`.
    #[schemars(example = serde_json::json!({"http": {"containerPort": 8080, "servicePort": 80}}))]
    pub ports: Option<Ports>,
    /// Name of its Service. Default: the name of the workload.
    #[schemars(example = &"web-service", regex(pattern = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"), length(max = 63))]
    pub service_name: Option<String>,
    /// How many pods. Default: 1 (dev), 2 (prod).
    #[schemars(example = 2, range(min = 1, max = 1000))]
    pub replicas: Option<u32>,
    /// Replaces the image's entry point.
    #[schemars(example = serde_json::json!(["/bin/server"]))]
    #[serde(default)]
    pub command: Vec<String>,
    /// Replaces the image's arguments.
    #[schemars(example = serde_json::json!(["--verbose"]))]
    #[serde(default)]
    pub args: Vec<String>,
    /// Variables with fixed values: text or whole numbers. No secrets.
    #[schemars(example = serde_json::json!({"LOG_LEVEL": "info", "PAGE_SIZE": 50}))]
    #[serde(default)]
    pub env: Env,
    /// How to see that it works: a path that answers 200 to 299. Default: its port accepts connections.
    #[schemars(example = &"/healthz")]
    pub health: Option<Health>,
    /// What the scheduler keeps for it. Default: 100m CPU, 128Mi memory.
    #[schemars(example = serde_json::json!({"cpu": "250m", "memory": "256Mi"}))]
    #[serde(default)]
    pub requests: Quantities,
    /// What it may use at most. Default: 1 CPU, 512Mi memory.
    #[schemars(example = serde_json::json!({"cpu": 2, "memory": "1Gi"}))]
    #[serde(default)]
    pub limits: Quantities,
    /// Level of the Pod Security Standards that it keeps; with `baseline` the image may start as root.
    /// `restricted` needs an image with `USER 1000` or another number, not a name. Default: `restricted`.
    #[schemars(example = &"restricted")]
    #[serde(default)]
    pub pod_security: PodSecurity,
    /// What its code is written with: decides the variables and the connection string that it gets. Default: `none`.
    #[schemars(example = &"dotnet")]
    #[serde(default)]
    pub client: Client,
    /// Whom it may talk to: a resource, a child of one, or another workload, each with the access it needs.
    #[schemars(example = serde_json::json!({"files": "write", "api": "call"}))]
    #[serde(default)]
    pub connections: Connections,
    /// The identity that it acts as. Default: `own`, if it connects to something in Azure.
    #[schemars(example = &"own")]
    #[allow(dead_code)] // One word today; the schema holds it.
    pub identity: Option<IdentityWord>,
}

/// Ports by name.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ports {
    /// The port that serves HTTP.
    #[schemars(example = serde_json::json!({"containerPort": 8080, "servicePort": 80}))]
    pub http: Option<Port>,
}

/// A port.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("containerPort"))]
pub(crate) struct Port {
    /// Port of the container.
    #[schemars(example = 8080, range(min = 1, max = 65535))]
    pub container_port: u16,
    /// Port of the Service. Default: the container's.
    #[schemars(example = 80, range(min = 1, max = 65535))]
    pub service_port: Option<u16>,
}

/// Variables.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Env(pub IndexMap<String, Text>);

impl JsonSchema for Env {
    fn schema_name() -> Cow<'static, str> {
        "Env".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<Text>(),
            DATA: true
        })
    }
}

impl Env {
    /// The value of a variable that is written as Kubernetes does: `{ value: … }`. Of one that may be secret, none.
    pub(super) fn meant(written: &Json) -> Option<Json> {
        let block = written.as_object()?;
        let alone = block
            .keys()
            .all(|key| matches!(key.as_str(), "name" | "value"));
        let name = block.get("name").and_then(Json::as_str);
        if !alone || name.is_some_and(is_secret_name) {
            return None;
        }
        match block.get("value")? {
            value @ Json::String(_) => Some(value.clone()),
            Json::Bool(value) => Some(value.to_string().into()),
            // Of a fraction, the digits that were written are gone.
            Json::Number(number) if !number.is_f64() => Some(Json::Number(number.clone())),
            _ => None,
        }
    }
}

/// How to see that a workload works.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("path"))]
pub(crate) struct Health {
    /// Path that answers 200 to 299 when it works.
    #[schemars(example = &"/healthz", length(min = 1, max = 1024), extend("x-agcgen-format" = "path"))]
    pub path: String,
    /// How long it may take to start. Default: 60s.
    #[schemars(example = &"90s")]
    pub startup: Option<Duration>,
}

impl Health {
    /// Fewest and most seconds that a workload may take to start.
    pub(crate) const STARTUP: std::ops::RangeInclusive<u64> = 1..=3_600;

    /// A duration in other words, where a workload may take so long to start.
    pub(super) fn startup_meant(written: &Json) -> Option<Json> {
        let startup = Duration::meant(written.as_str()?, "s")?;
        Self::STARTUP
            .contains(&startup.seconds())
            .then(|| startup.0.into())
    }
}

/// CPU and memory.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Quantities {
    /// CPU: cores, or thousandths with `m`.
    #[schemars(example = &"250m")]
    pub cpu: Option<Quantity>,
    /// Memory: bytes, or with a unit such as `Mi`.
    #[schemars(example = &"256Mi")]
    pub memory: Option<Quantity>,
}

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PodSecurity {
    #[default]
    Restricted,
    Baseline,
}

/// What a workload's code is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Client {
    Dotnet,
    Java,
    SpringBoot,
    Python,
    Nodejs,
    Go,
    #[default]
    None,
}

/// The identity that a workload acts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum IdentityWord {
    Own,
}

/// Connections by target.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Connections(pub IndexMap<String, Connection>);

impl JsonSchema for Connections {
    fn schema_name() -> Cow<'static, str> {
        "Connections".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<Connection>()
        })
    }
}

/// A connection: what a workload may do with its target, and how it learns where the target is.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("access"))]
pub(crate) struct Connection {
    /// What it may do, in one word or several: `read`, `write` (includes read) or `own` with a resource, `call` with a
    /// workload.
    #[schemars(example = &"write")]
    pub access: OneOrMany<Access>,
    /// Who writes the settings into the cluster: `serviceConnector`, or `direct` (a ConfigMap; nothing else in the
    /// cluster). Default: `serviceConnector` where the Azure CLI can do it without a password and the workload connects to no
    /// second resource of that kind, else `direct`.
    #[schemars(example = &"direct")]
    pub via: Option<Via>,
    /// Replaces the part `AZURE_<TYPE>` of the variables' names.
    #[schemars(example = &"ORDERS", regex(pattern = r"^[A-Z][A-Z0-9_]*$"), length(max = 60))]
    pub prefix: Option<String>,
    /// Renames single variables: default name to wanted name.
    #[schemars(example = serde_json::json!({"AZURE_STORAGEBLOB_RESOURCEENDPOINT": "FILES_URL"}))]
    #[serde(default)]
    pub rename: Words,
    /// Sets further variables to facts of the target: fact to variable.
    #[schemars(example = serde_json::json!({"account": "STORAGE_ACCOUNT_NAME"}))]
    #[serde(default)]
    pub names: Words,
    /// Name of the Service Connector connection. Default: `<workload>_<resource>`.
    #[schemars(example = &"web_files", regex(pattern = r"^[a-z0-9][a-z0-9_]*$"), length(max = 60))]
    pub name: Option<String>,
}

/// What a workload may do with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Access {
    Read,
    Write,
    Own,
    Call,
}

impl Access {
    /// The word of the spec.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Own => "own",
            Self::Call => "call",
        }
    }
}

/// Who writes a connection's settings into the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Via {
    ServiceConnector,
    Direct,
}

/// Words to variables.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Words(pub IndexMap<String, String>);

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": 100 },
            DATA: true
        })
    }
}
