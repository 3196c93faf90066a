//! The Gateway API objects that decide where a request goes: the whole standard channel of Gateway and its routes.
//!
//! Read from anybody's manifests, so a field that says nothing of requests is passed over. Meanings and defaults are those of
//! the Gateway API's own reference, release 1.5.1 (<https://gateway-api.sigs.k8s.io/reference/spec/>, read 2026-11-28).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::moment::Moment;

/// Group of the Gateway API's kinds.
pub const GROUP: &str = "gateway.networking.k8s.io";

/// What tells objects of a kind apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// Its namespace; `default` where the manifest has none.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// When it was made, RFC 3339; manifests in git have none.
    #[serde(default)]
    pub creation_timestamp: Option<String>,
}

impl Metadata {
    /// When it was made, if it says so.
    pub fn created(&self) -> Option<Moment> {
        Moment::read(self.creation_timestamp.as_deref()?)
    }
}

/// Where requests come in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewaySpec {
    /// Who serves it.
    pub gateway_class_name: String,
    /// What it listens on.
    #[serde(default)]
    pub listeners: Vec<Listener>,
    /// TLS of all listeners.
    #[serde(default)]
    pub tls: Option<GatewayTls>,
    /// Where it wants to be reached.
    #[serde(default)]
    pub addresses: Vec<GatewayAddress>,
    /// What is made for it.
    #[serde(default)]
    pub infrastructure: Infrastructure,
}

/// What every resource that is made for a Gateway gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Infrastructure {
    /// Labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// Where a Gateway wants to be reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayAddress {
    /// What kind of address; `IPAddress` where it is missing.
    #[serde(rename = "type", default)]
    pub address_type: Option<String>,
    /// The address; any where it is missing.
    #[serde(default)]
    pub value: Option<String>,
}

/// TLS of a Gateway as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayTls {
    /// What clients show.
    #[serde(default)]
    pub frontend: Option<FrontendTls>,
}

/// What clients of HTTPS listeners show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrontendTls {
    /// On every port that `per_port` does not name.
    #[serde(default)]
    pub default: PortTls,
    /// On one port each.
    #[serde(default)]
    pub per_port: Vec<TlsOfPort>,
}

/// TLS of one port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsOfPort {
    /// The port.
    pub port: u16,
    /// What holds there.
    pub tls: PortTls,
}

/// What holds on a port.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortTls {
    /// How client certificates are checked; not at all where it is missing.
    #[serde(default)]
    pub validation: Option<ClientValidation>,
}

/// How client certificates are checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientValidation {
    /// Who signs them.
    #[serde(default)]
    pub ca_certificate_refs: Vec<Reference>,
    /// `AllowValidOnly`, which is the default, or `AllowInsecureFallback`.
    #[serde(default)]
    pub mode: Option<String>,
}

/// A port that a Gateway listens on, and for which host names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listener {
    /// Name, which routes refer to.
    pub name: String,
    /// Host names: one, or a wildcard; all where it is missing.
    #[serde(default)]
    pub hostname: Option<String>,
    /// Port.
    pub port: u16,
    /// `HTTP`, `HTTPS`, `TLS`, `TCP` or `UDP`.
    pub protocol: String,
    /// How TLS is ended.
    #[serde(default)]
    pub tls: Option<ListenerTls>,
    /// Which routes may attach.
    #[serde(default)]
    pub allowed_routes: Option<AllowedRoutes>,
}

/// How a listener ends TLS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerTls {
    /// `Terminate`, which is the default, or `Passthrough`.
    #[serde(default)]
    pub mode: Option<String>,
    /// The certificates.
    #[serde(default)]
    pub certificate_refs: Vec<Reference>,
}

/// Which routes may attach to a listener.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllowedRoutes {
    /// Of which namespaces.
    #[serde(default)]
    pub namespaces: RouteNamespaces,
    /// Of which kinds; all that fit the protocol where there is none.
    #[serde(default)]
    pub kinds: Vec<RouteKind>,
}

/// The namespaces whose routes may attach.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteNamespaces {
    /// Whose.
    #[serde(default)]
    pub from: FromNamespaces,
    /// The labels of the namespaces, for `Selector`. None selects nothing.
    pub selector: Option<LabelSelector>,
}

/// Whose routes may attach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum FromNamespaces {
    /// Those of every namespace.
    All,
    /// Those of the namespace of the Gateway.
    #[default]
    Same,
    /// Those of the namespaces with these labels.
    Selector,
    /// Nobody's.
    None,
}

/// A choice by labels.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector {
    /// Labels with these values.
    #[serde(default)]
    pub match_labels: BTreeMap<String, String>,
    /// Further demands.
    #[serde(default)]
    pub match_expressions: Vec<LabelDemand>,
}

/// What a label must be like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelDemand {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// Its values.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A kind of route.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteKind {
    /// Its group; that of the Gateway API where it is missing.
    #[serde(default)]
    pub group: Option<String>,
    /// Its kind.
    pub kind: String,
}

/// A Gateway, or a listener of it, that a route wants to be attached to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParentRef {
    /// Its group; that of the Gateway API where it is missing.
    #[serde(default)]
    pub group: Option<String>,
    /// Its kind; `Gateway` where it is missing.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its namespace; the route's where it is missing.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The name of the listener; all where it is missing.
    #[serde(default)]
    pub section_name: Option<String>,
    /// The port of the listener; all where it is missing.
    #[serde(default)]
    pub port: Option<u16>,
}

impl ParentRef {
    /// Whether it is something else that a mesh or another controller takes routes for, and no Gateway that was misspelt.
    pub fn is_for_others(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or("Gateway");
        let is_of_group = self.group.as_deref().unwrap_or(GROUP) == GROUP;
        !kind.eq_ignore_ascii_case("Gateway") && (!is_of_group || kind.ends_with("ListenerSet"))
    }

    /// The listener that it means, as in "has no …".
    pub fn listener_in_words(&self) -> String {
        match (&self.section_name, self.port) {
            (Some(name), Some(port)) => format!("listener {name} on port {port}"),
            (Some(name), None) => format!("listener {name}"),
            (None, Some(port)) => format!("listener on port {port}"),
            (None, None) => "listener".to_owned(),
        }
    }
}

/// An object that something refers to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// Its group; the core group where it is missing.
    #[serde(default)]
    pub group: Option<String>,
    /// Its kind; what the field is usually for where it is missing.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its namespace; that of whoever refers where it is missing.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its port.
    #[serde(default)]
    pub port: Option<u16>,
}

impl Reference {
    /// The kind of a backend.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("Service")
    }

    /// Whether a Service of another group than the core group is meant, which nobody has.
    pub fn has_odd_group(&self) -> bool {
        self.kind() == "Service" && self.group.as_deref().is_some_and(|group| !group.is_empty())
    }

    /// Whether it is a pool of servers of models, which picks one of them for each request (Gateway API Inference Extension, v1).
    pub fn is_inference_pool(&self) -> bool {
        self.group.as_deref() == Some("inference.networking.k8s.io")
            && self.kind() == "InferencePool"
    }
}

/// Which HTTP requests go where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteSpec {
    /// Where it wants to be attached.
    #[serde(default)]
    pub parent_refs: Vec<ParentRef>,
    /// For which hosts; all of the listener where there is none.
    #[serde(default)]
    pub hostnames: Vec<String>,
    /// Its rules; one that takes every path where the field is missing.
    #[serde(default)]
    pub rules: Option<Vec<HttpRule>>,
}

/// One rule of an HTTPRoute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRule {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Any of these; every path where there is none.
    #[serde(default)]
    pub matches: Vec<HttpMatch>,
    /// What changes on the way.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Where requests go.
    #[serde(default)]
    pub backend_refs: Vec<BackendRef>,
    /// How long an answer may take.
    #[serde(default)]
    pub timeouts: Option<Timeouts>,
}

/// How long an answer may take: durations such as `10s`; `0s` is for ever.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeouts {
    /// Until the whole request is answered.
    #[serde(default)]
    pub request: Option<String>,
    /// Until a backend answers one attempt.
    #[serde(default)]
    pub backend_request: Option<String>,
}

/// What an HTTP request must be like: all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpMatch {
    /// Its path; `/` and all below it where it is missing.
    #[serde(default)]
    pub path: Option<PathMatch>,
    /// Its headers.
    #[serde(default)]
    pub headers: Vec<NamedMatch>,
    /// The parameters of its query.
    #[serde(default)]
    pub query_params: Vec<NamedMatch>,
    /// Its method.
    #[serde(default)]
    pub method: Option<String>,
}

/// What a path must be like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PathMatch {
    /// How it is compared; by prefix where it is missing.
    #[serde(rename = "type", default)]
    pub match_type: PathMatchType,
    /// What with; `/` where it is missing.
    #[serde(default = "root")]
    pub value: String,
}

fn root() -> String {
    "/".to_owned()
}

/// How a path is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum PathMatchType {
    /// Character by character.
    Exact,
    /// Segment by segment, from the left.
    #[default]
    PathPrefix,
    /// By a pattern, for the whole path.
    RegularExpression,
}

/// What a header or a parameter must be like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedMatch {
    /// How it is compared; exactly where it is missing.
    #[serde(rename = "type", default)]
    pub match_type: TextMatchType,
    /// Its name.
    pub name: String,
    /// What with.
    pub value: String,
}

/// How a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum TextMatchType {
    /// Character by character.
    #[default]
    Exact,
    /// By a pattern, for the whole text.
    RegularExpression,
}

/// Which gRPC calls go where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcRouteSpec {
    /// Where it wants to be attached.
    #[serde(default)]
    pub parent_refs: Vec<ParentRef>,
    /// For which hosts; all of the listener where there is none.
    #[serde(default)]
    pub hostnames: Vec<String>,
    /// Its rules.
    #[serde(default)]
    pub rules: Vec<GrpcRule>,
}

/// One rule of a GRPCRoute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcRule {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Any of these; every call where there is none.
    #[serde(default)]
    pub matches: Vec<GrpcMatch>,
    /// What changes on the way.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Where calls go.
    #[serde(default)]
    pub backend_refs: Vec<BackendRef>,
}

/// What a gRPC call must be like: all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcMatch {
    /// What it calls; everything where it is missing.
    #[serde(default)]
    pub method: Option<MethodMatch>,
    /// Its headers.
    #[serde(default)]
    pub headers: Vec<NamedMatch>,
}

/// What a call must call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodMatch {
    /// How both are compared; exactly where it is missing.
    #[serde(rename = "type", default)]
    pub match_type: TextMatchType,
    /// The service; any where it is missing.
    #[serde(default)]
    pub service: Option<String>,
    /// The method; any where it is missing.
    #[serde(default)]
    pub method: Option<String>,
}

/// Something that changes, copies or answers a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// Which of the fields below says what it does.
    #[serde(rename = "type")]
    pub filter_type: String,
    /// Headers that the backend sees.
    #[serde(default)]
    pub request_header_modifier: Option<HeaderModifier>,
    /// Headers that the client sees.
    #[serde(default)]
    pub response_header_modifier: Option<HeaderModifier>,
    /// Who gets a copy.
    #[serde(default)]
    pub request_mirror: Option<RequestMirror>,
    /// Where the client is sent.
    #[serde(default)]
    pub request_redirect: Option<RequestRedirect>,
    /// Host and path that the backend sees.
    #[serde(default)]
    pub url_rewrite: Option<UrlRewrite>,
    /// Which other sites may ask.
    #[serde(default)]
    pub cors: Option<Cors>,
    /// Something that the implementation knows.
    #[serde(default)]
    pub extension_ref: Option<Reference>,
}

/// Changes of headers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderModifier {
    /// In the place of what was there.
    #[serde(default)]
    pub set: Vec<Header>,
    /// Beside what was there.
    #[serde(default)]
    pub add: Vec<Header>,
    /// Taken out.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Its name, in which case does not count.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Who gets a copy of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestMirror {
    /// Who.
    pub backend_ref: Reference,
    /// Of how many in a hundred; of all where it is missing.
    #[serde(default)]
    pub percent: Option<u64>,
    /// Of how many of how many.
    #[serde(default)]
    pub fraction: Option<Fraction>,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fraction {
    /// How many.
    pub numerator: u64,
    /// Of how many; of a hundred where it is missing.
    #[serde(default)]
    pub denominator: Option<u64>,
}

/// Where a client is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestRedirect {
    /// Scheme; the request's where it is missing.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Host; the request's where it is missing.
    #[serde(default)]
    pub hostname: Option<String>,
    /// Path; the request's where it is missing.
    #[serde(default)]
    pub path: Option<PathModifier>,
    /// Port; that of the scheme, or else the listener's, where it is missing.
    #[serde(default)]
    pub port: Option<u16>,
    /// Status; 302 where it is missing.
    #[serde(default)]
    pub status_code: Option<u16>,
}

/// Host and path that the backend sees.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UrlRewrite {
    /// Host.
    #[serde(default)]
    pub hostname: Option<String>,
    /// Path.
    #[serde(default)]
    pub path: Option<PathModifier>,
}

/// How a path changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PathModifier {
    /// `ReplaceFullPath` or `ReplacePrefixMatch`.
    #[serde(rename = "type")]
    pub modifier_type: String,
    /// The whole new path.
    #[serde(default)]
    pub replace_full_path: Option<String>,
    /// What stands in the place of the prefix that matched.
    #[serde(default)]
    pub replace_prefix_match: Option<String>,
}

impl PathModifier {
    /// What it puts in the place of the path, or of its prefix.
    pub fn replacement(&self) -> Option<&str> {
        let new = self.replace_prefix_match.as_ref();
        new.or(self.replace_full_path.as_ref()).map(String::as_str)
    }
}

/// Which other sites may ask, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    /// Sites: `https://shop.example.com`, `https://*.example.com`, `*`.
    #[serde(default)]
    pub allow_origins: Vec<String>,
    /// Whether they may send cookies and the like.
    #[serde(default)]
    pub allow_credentials: Option<bool>,
    /// Methods that they may use.
    #[serde(default)]
    pub allow_methods: Vec<String>,
    /// Headers that they may send.
    #[serde(default)]
    pub allow_headers: Vec<String>,
    /// Headers of the answer that they may read.
    #[serde(default)]
    pub expose_headers: Vec<String>,
    /// How long a browser may remember that, in seconds; 5 where it is missing.
    #[serde(default)]
    pub max_age: Option<u32>,
}

impl Cors {
    /// Whether everybody may ask, with cookies.
    pub fn is_for_all_with_credentials(&self) -> bool {
        self.allow_credentials == Some(true) && self.allow_origins.iter().any(|one| one == "*")
    }
}

/// Where a share of the requests goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackendRef {
    /// Which object.
    #[serde(flatten)]
    pub reference: Reference,
    /// Its part of the sum of all weights; 1 where it is missing.
    #[serde(default)]
    pub weight: Option<u32>,
    /// What changes for this backend alone.
    #[serde(default)]
    pub filters: Vec<Filter>,
}

/// Who may refer into a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceGrantSpec {
    /// Whose references.
    pub from: Vec<GrantFrom>,
    /// To what.
    pub to: Vec<GrantTo>,
}

/// Whose references are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantFrom {
    /// Group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
}

/// What may be referred to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantTo {
    /// Group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// One object; all of the kind where it is missing.
    #[serde(default)]
    pub name: Option<String>,
}

/// What a Service offers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// Its type; `ClusterIP` where it is missing.
    #[serde(default, rename = "type")]
    pub service_type: Option<String>,
    /// Its ports.
    #[serde(default)]
    pub ports: Vec<ServicePort>,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePort {
    /// Its number.
    pub port: u16,
    /// `TCP`, which is the default, `UDP` or `SCTP`.
    #[serde(default)]
    pub protocol: Option<String>,
    /// What is spoken there.
    #[serde(default)]
    pub app_protocol: Option<String>,
}
