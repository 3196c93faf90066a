//! `routes`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::sugar::{Names, exactly_one, one_name, short};

/// A route from the world to a workload.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Route {
    /// Which paths it takes. Default: `/`, which is every path.
    #[schemars(example = &"/api")]
    #[serde(default)]
    pub path: Path,
    /// The workload that requests go to.
    #[schemars(example = &"web", transform = one_name, extend("minProperties" = 1, "maxProperties" = 1, "minItems" = 1, "maxItems" = 1))]
    pub to: Names<Backend>,
    /// What is changed in a request on the way.
    #[schemars(example = serde_json::json!({"prefix": "/"}))]
    pub rewrite: Option<Rewrite>,
}

/// Which paths a route takes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("prefix"), transform = exactly_one)]
pub(crate) struct Path {
    /// This path and everything below it, by segment.
    #[schemars(example = &"/api", length(min = 1, max = 1024), extend("x-agcgen-format" = "path"))]
    pub prefix: Option<String>,
    /// This path alone.
    #[schemars(example = &"/status", length(min = 1, max = 1024), extend("x-agcgen-format" = "path"))]
    pub exact: Option<String>,
}

impl Default for Path {
    fn default() -> Self {
        Self {
            prefix: Some("/".to_owned()),
            exact: None,
        }
    }
}

/// Settings of a backend; none today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Backend {}

/// What is changed in a request on the way.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rewrite {
    /// What the prefix of the path is replaced by.
    #[schemars(example = &"/", length(min = 1, max = 1024), extend("x-agcgen-format" = "path"))]
    pub prefix: String,
}
