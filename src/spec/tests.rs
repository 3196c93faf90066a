//! `tests`: requests, and what has to become of them.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value as Json;

use super::sugar::{DATA, Names, Text, one_name, short};

/// Most characters of a title.
pub(crate) const TITLE_MOST: usize = 120;

/// Tests by title. A title is for people: any text of one line, also one that begins with `x-`, so that no test is taken for
/// a note and left out.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct RequestTests(pub IndexMap<String, RequestTest>);

impl JsonSchema for RequestTests {
    fn schema_name() -> Cow<'static, str> {
        "Request_tests".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "minLength": 1, "maxLength": TITLE_MOST },
            "additionalProperties": generator.subschema_for::<RequestTest>(),
            DATA: true
        })
    }
}

/// A request, and what has to become of it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RequestTest {
    /// What is asked: `METHOD /path`, `METHOD URL`, or `GRPC package.Service/Method`. A path may have a query.
    #[schemars(example = &"GET /orders?page=2", length(min = 1, max = 2048))]
    pub request: String,
    /// Whom a path is asked of. Default: the frontend's own address.
    #[schemars(example = &"shop.example.com", length(min = 1, max = 253))]
    pub host: Option<String>,
    /// How a path is asked. Default: `https` with `clientCertificate`, else `http`.
    #[schemars(example = &"https")]
    pub scheme: Option<Scheme>,
    /// Headers of the request; `host` among them makes the header differ from the name that is connected to.
    #[schemars(example = serde_json::json!({"x-channel": "beta"}))]
    #[serde(default)]
    pub headers: Headers,
    /// Whether the client shows a certificate of its own. Default: `false`.
    #[schemars(example = true)]
    pub client_certificate: Option<bool>,
    /// The frontend that is asked. Default: the only one.
    #[schemars(example = &"main", length(min = 1, max = 40))]
    pub frontend: Option<String>,
    /// Which workload answers. Of several: each with its share, or a list for these in any shares.
    #[schemars(example = &"web", transform = one_name, extend("minProperties" = 1, "minItems" = 1))]
    pub backend: Option<Names<Share>>,
    /// The route that takes the request.
    #[schemars(example = &"home", length(min = 1, max = 40))]
    pub route: Option<String>,
    /// What the gateway answers by itself: a redirect, 404 where no route takes the request, 500 where nothing is behind it.
    #[schemars(example = 404, range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// Where a redirect leads: a URL, or a path at the same address.
    #[schemars(example = &"https://shop.example.com/", length(min = 1, max = 2048))]
    pub location: Option<String>,
    /// The path that the backend sees; with a query, that too.
    #[schemars(example = &"/orders", length(min = 1, max = 2048))]
    pub path: Option<String>,
    /// Headers that the backend sees.
    #[schemars(example = serde_json::json!({"x-channel": "beta"}))]
    #[serde(default)]
    pub request_headers: Headers,
    /// Headers that the client sees: of the gateway's own answer, or those that it sets in the answer of the backend.
    #[schemars(example = serde_json::json!({"x-served-by": "beta"}))]
    #[serde(default)]
    pub response_headers: Headers,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// Names of headers to values.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Headers(pub IndexMap<String, Text>);

impl JsonSchema for Headers {
    fn schema_name() -> Cow<'static, str> {
        "Headers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<Text>(),
            DATA: true
        })
    }
}

/// How much of the requests a backend gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("share"))]
pub(crate) struct Share {
    /// Its share in percent, compared with as many digits as are written.
    #[schemars(example = &"90%", regex(pattern = r"^(100|[1-9]?[0-9])(\.[0-9]{1,2})?%$"))]
    pub share: Option<String>,
}

impl Share {
    /// A share without its `%`. Of `0.5`, nobody can say whether it is a half.
    pub(super) fn meant(written: &Json) -> Option<Json> {
        let text = written.as_str()?;
        (!text.starts_with("0.")).then(|| format!("{text}%").into())
    }
}
