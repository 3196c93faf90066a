//! [`Node`] → `Spec`: what people write, one struct a block.
//!
//! The published JSON Schema is made from these structs ([`schema`]); a spec is checked against exactly that schema
//! (`shape`), brought to full form (`expand`) and then decoded. Keys and words of later versions are known by name
//! (`reserved`) and refused as such.

mod azure;
mod block;
mod expand;
mod form;
mod gateway;
mod meant;
pub(crate) mod reserved;
mod resources;
mod routes;
mod schema;
mod shape;
pub(crate) mod sugar;
mod tests;
mod workloads;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub(crate) use azure::*;
pub(crate) use gateway::*;
pub(crate) use resources::*;
pub(crate) use routes::*;
pub use schema::{Field, forms_text, reference, schema, schema_text};
pub(crate) use shape::Refused;
pub(crate) use sugar::{Named, Names};
pub(crate) use tests::*;
pub(crate) use workloads::*;

use crate::diagnostic::Findings;
use crate::source::{Node, Sources};

/// A connectivity spec: who may talk to whom in a system of services on AKS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Spec {
    /// Version of the language.
    #[schemars(example = &"agcgen/v1")]
    #[allow(dead_code)] // Read by the schema alone, which knows one version.
    pub api_version: ApiVersion,
    /// Stem of every derived name, in Azure and in Kubernetes. Renaming it makes everything anew.
    #[schemars(example = &"shop", regex(pattern = r"^[a-z](-?[a-z0-9])*$"), length(max = 24))]
    pub name: String,
    /// What the defaults cost: `dev` is small and cheap, `prod` is redundant. Safety does not depend on it. Choose before
    /// the first deployment: Azure does not change zones, the copies of storage and the retention of vaults afterwards.
    /// Default: `prod`.
    #[schemars(example = &"dev")]
    #[serde(default)]
    pub profile: Profile,
    /// Namespace of workloads, routes and gateway. Default: `name`.
    #[schemars(example = &"shop-app", regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), length(max = 63))]
    pub namespace: Option<String>,
    /// Where in Azure the system lives.
    #[schemars(example = serde_json::json!({"location": "westeurope"}))]
    pub azure: Azure,
    /// The virtual network of the cluster and the gateway.
    #[schemars(example = serde_json::json!({"addressSpace": "10.10.0.0/16"}))]
    #[serde(default)]
    pub network: Network,
    /// The AKS cluster.
    #[schemars(example = serde_json::json!({"nodes": {"size": "Standard_D4s_v5", "count": 3}}))]
    #[serde(default)]
    pub cluster: Cluster,
    /// Application Gateway for Containers and its controller.
    #[schemars(example = serde_json::json!({"deployment": "byo", "controller": "helm"}))]
    #[serde(default)]
    pub gateway: Gateway,
    /// What workloads connect to in Azure, by name.
    #[schemars(example = serde_json::json!({"files": {"kind": "storage", "containers": ["images"]}}))]
    #[serde(default)]
    pub resources: Named<Resource>,
    /// What runs in the cluster, by name.
    #[schemars(
        example = serde_json::json!({"web": {"image": "ghcr.io/example/web:1.0.3", "port": 8080}}),
        extend("minProperties" = 1)
    )]
    pub workloads: Named<Workload>,
    /// What the world may ask for, by name.
    #[schemars(example = serde_json::json!({"web": {"path": "/", "to": "web"}}))]
    #[serde(default)]
    pub routes: Named<Route>,
    /// Requests and what has to become of them, by title: `agcgen test` and the driver's `verify` ask them.
    #[schemars(example = serde_json::json!({"the front page": {"request": "GET /", "backend": "web"}}))]
    #[serde(default)]
    pub tests: RequestTests,
    /// Where logs go, and which.
    #[schemars(example = serde_json::json!({"diagnostics": "audit"}))]
    #[serde(default)]
    pub observability: Observability,
}

/// Version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum ApiVersion {
    #[serde(rename = "agcgen/v1")]
    V1,
}

/// What the defaults cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Profile {
    Dev,
    #[default]
    Prod,
}

/// Where logs go, and which.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Observability {
    /// The Log Analytics workspace. Default: one is made.
    #[schemars(example = serde_json::json!({"retentionDays": 90}))]
    #[serde(default)]
    pub workspace: Workspace,
    /// Which logs are collected: `all`, `audit` (who did what, and the gateway's access and firewall logs) or `none`.
    #[schemars(example = &"audit")]
    #[serde(default)]
    pub diagnostics: DiagnosticsWord,
}

/// A Log Analytics workspace.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Workspace {
    /// A workspace that is there already.
    #[schemars(
        example = &"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-team",
        transform = |schema: &mut schemars::Schema| azure::show_existing(schema, "Microsoft.OperationalInsights/workspaces/log-team")
    )]
    pub existing: Option<Reference>,
    /// Days that logs are kept. Default: 30 (dev), 90 (prod).
    #[schemars(example = 90, range(min = 30, max = 730))]
    pub retention_days: Option<u32>,
    /// Its name in Azure, instead of the derived one.
    #[schemars(example = &"log-team", regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$"), length(min = 4, max = 63))]
    pub azure_name: Option<String>,
}

impl Workspace {
    /// That it is there already, where its id stands alone.
    fn meant(written: &Json) -> Option<Json> {
        let id = written.as_str()?;
        id.to_ascii_lowercase()
            .contains("/providers/microsoft.operationalinsights/workspaces/")
            .then(|| json!({ "existing": id }))
    }
}

/// Which logs are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DiagnosticsWord {
    All,
    #[default]
    Audit,
    None,
}

/// Tags: any text to any text.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Tags(pub IndexMap<String, String>);

impl JsonSchema for Tags {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tags".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "additionalProperties": { "type": "string" },
            sugar::DATA: true
        })
    }
}

/// A spec that has the right shape.
pub(crate) struct Decoded {
    /// The spec.
    pub spec: Spec,
    /// The tree in full form: where everything stands.
    pub tree: Node,
    /// What was refused on the way and is missing from both: nothing that refers to it is a second mistake.
    pub refused: Refused,
}

/// Checks the shape of a spec, brings it to full form and decodes it. `None` where the shape is so wrong that no later
/// pass could say anything true; errors may have been reported either way.
#[inline(never)]
pub(crate) fn decode(sources: &Sources, tree: Node, found: &mut Findings) -> Option<Decoded> {
    let (mut tree, refused) = shape::check(sources, tree, found)?;
    let span = tree.span;
    expand::expand(&mut tree, Some(form::form()));
    // With environments, their layers merge here (`source::overlay`).
    match Spec::deserialize(&tree) {
        Ok(spec) => Some(Decoded {
            spec,
            tree,
            refused,
        }),
        // What the shape check pruned was needed. It has been reported.
        Err(_) if found.error_count() > 0 => None,
        Err(error) => {
            found
                .report(
                    crate::diagnostic::Code::AGC0017,
                    span,
                    format!("agcgen cannot decode this spec although it fits the schema: {error}"),
                )
                .help("this is a bug in agcgen; please report it with the spec");
            None
        }
    }
}
