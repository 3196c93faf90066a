//! `routes`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

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

impl Path {
    /// A path in the form of Gateway API or of an Ingress: `type` and `value`.
    pub(super) fn meant(written: &Json) -> Option<Json> {
        let block = written.as_object()?;
        let text = |key: &str| block.get(key).and_then(Json::as_str);
        if block
            .keys()
            .any(|key| !matches!(key.as_str(), "type" | "value"))
        {
            return None;
        }
        let value = text("value")?;
        match text("type") {
            // A wildcard at its end says what a prefix does anyway.
            None | Some("PathPrefix" | "Prefix") => match value.trim_end_matches("/*") {
                "" => Some("/".into()),
                prefix => is_plain(prefix).then(|| prefix.into()),
            },
            Some("Exact") => is_plain(value).then(|| json!({ "exact": value })),
            Some(_) => None,
        }
    }
}

/// Whether requests may have the path, as far as it is known here: one of plain words is always taken.
fn is_plain(path: &str) -> bool {
    let is_word = |word: &str| {
        let is_of_words = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !matches!(word, "" | "." | "..") && word.bytes().all(is_of_words)
    };
    let words = path.strip_prefix('/');
    words.is_some_and(|words| {
        let words_alone = words.strip_suffix('/').unwrap_or(words);
        words.is_empty() || words_alone.split('/').all(is_word)
    })
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
