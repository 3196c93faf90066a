//! What the schemas of the Gateway API refuse beyond types: patterns, words, names that stand twice, fields that do not go
//! together. From the CRDs of the standard channel, release 1.5.1, and their CEL rules.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

use super::api::{
    BackendRef, Filter, GatewaySpec, GrpcRouteSpec, HeaderModifier, HttpMatch, HttpRouteSpec,
    NamedMatch, PathMatch, PathMatchType,
};
use crate::catalog::http::{METHODS, REDIRECTS};
use crate::source::At;

/// Where in the object, and why it is refused.
pub(super) type Fault = (At, String);

#[allow(
    clippy::expect_used,
    reason = "the patterns are constants, and tests use each"
)]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

static HOSTNAME: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
});
static PATH: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$"));
static HEADER: LazyLock<Regex> = LazyLock::new(|| compiled(r"^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$"));
static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
});

fn spec() -> At {
    At::root().key("spec")
}

/// What is wrong with a Gateway.
pub(super) fn gateway(gateway: &GatewaySpec) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut wrong = |at: At, why: &str| faults.push((at, why.to_owned()));
    for (at, address) in gateway.addresses.iter().enumerate() {
        let at = spec().key("addresses").index(at).key("value");
        let value = address.value.as_deref().unwrap_or_default();
        match address.address_type.as_deref().unwrap_or("IPAddress") {
            "IPAddress" if !value.is_empty() && value.parse::<IpAddr>().is_err() => {
                wrong(at, "it is no IP address");
            }
            "Hostname" if !value.is_empty() && !HOSTNAME.is_match(value) => {
                wrong(at, "it is no host name");
            }
            _ => {}
        }
    }
    let listeners = &gateway.listeners;
    if listeners.is_empty() {
        wrong(spec().key("listeners"), "it has no listener");
    }
    for (at, listener) in listeners.iter().enumerate() {
        let place = spec().key("listeners").index(at);
        if listeners[..at]
            .iter()
            .any(|other| other.name == listener.name)
        {
            wrong(place.key("name"), "another listener has this name");
        }
        if !SECTION.is_match(&listener.name) {
            wrong(
                place.key("name"),
                "names are of lower case letters, digits, `-` and `.`",
            );
        }
        if listener.port == 0 {
            wrong(place.key("port"), "ports begin with 1");
        }
        let protocol = listener.protocol.as_str();
        if let Some(hostname) = listener.hostname.as_deref().filter(|name| !name.is_empty()) {
            if !HOSTNAME.is_match(hostname) {
                wrong(place.key("hostname"), "it is no host name");
            }
            if matches!(protocol, "TCP" | "UDP") {
                wrong(place.key("hostname"), "TCP and UDP know no host names");
            }
        }
        let mode = listener
            .tls
            .as_ref()
            .map(|tls| tls.mode.as_deref().unwrap_or("Terminate"));
        match (protocol, mode) {
            ("HTTP" | "TCP" | "UDP", Some(_)) => {
                wrong(place.key("tls"), "only HTTPS and TLS have `tls`");
            }
            ("HTTPS", Some("Passthrough")) => wrong(
                place.key("tls").key("mode"),
                "HTTPS ends TLS: write Terminate",
            ),
            (_, Some(mode)) if !matches!(mode, "Terminate" | "Passthrough") => {
                wrong(
                    place.key("tls").key("mode"),
                    "write Terminate or Passthrough",
                );
            }
            _ => {}
        }
    }
    faults
}

/// What is wrong with an HTTPRoute.
pub(super) fn http_route(route: &HttpRouteSpec) -> Vec<Fault> {
    let mut faults = hostnames(&route.hostnames);
    for (at, rule) in route.rules.iter().flatten().enumerate() {
        let place = spec().key("rules").index(at);
        for (at, one) in rule.matches.iter().enumerate() {
            http_match(one, &place.key("matches").index(at), &mut faults);
        }
        filters(&rule.filters, &place.key("filters"), &mut faults);
        of_backends(&rule.backend_refs, &place.key("backendRefs"), &mut faults);
        let redirects = rule
            .filters
            .iter()
            .any(|filter| filter.request_redirect.is_some());
        if redirects && !rule.backend_refs.is_empty() {
            faults.push((
                place.key("backendRefs"),
                "a rule that redirects has no backends".to_owned(),
            ));
        }
        let replaces_prefix = rule.filters.iter().any(|filter| {
            let rewrite = filter
                .url_rewrite
                .as_ref()
                .and_then(|rewrite| rewrite.path.as_ref());
            let redirect = filter
                .request_redirect
                .as_ref()
                .and_then(|redirect| redirect.path.as_ref());
            rewrite
                .or(redirect)
                .is_some_and(|path| path.replace_prefix_match.is_some())
        });
        let is_prefix = |one: &HttpMatch| {
            one.path
                .as_ref()
                .is_none_or(|path| path.match_type == PathMatchType::PathPrefix)
        };
        if replaces_prefix && !(rule.matches.len() <= 1 && rule.matches.iter().all(is_prefix)) {
            faults.push((
                place.key("filters"),
                "a prefix is replaced only where the rule has exactly one match, by prefix"
                    .to_owned(),
            ));
        }
    }
    faults
}

/// What is wrong with a GRPCRoute.
pub(super) fn grpc_route(route: &GrpcRouteSpec) -> Vec<Fault> {
    let mut faults = hostnames(&route.hostnames);
    for (at, rule) in route.rules.iter().enumerate() {
        let place = spec().key("rules").index(at);
        for (at, one) in rule.matches.iter().enumerate() {
            let place = place.key("matches").index(at);
            named(&one.headers, &place.key("headers"), "header", &mut faults);
            let says_nothing = one.method.as_ref().is_some_and(|call| {
                [&call.service, &call.method]
                    .into_iter()
                    .all(|part| part.as_ref().is_none_or(String::is_empty))
            });
            if says_nothing {
                faults.push((
                    place.key("method"),
                    "it names neither service nor method".to_owned(),
                ));
            }
        }
        filters(&rule.filters, &place.key("filters"), &mut faults);
        of_backends(&rule.backend_refs, &place.key("backendRefs"), &mut faults);
    }
    faults
}

fn of_backends(backends: &[BackendRef], place: &At, faults: &mut Vec<Fault>) {
    for (at, backend) in backends.iter().enumerate() {
        filters(&backend.filters, &place.index(at).key("filters"), faults);
        if backend.weight.is_some_and(|weight| weight > 1_000_000) {
            faults.push((
                place.index(at).key("weight"),
                "weights go up to 1,000,000".to_owned(),
            ));
        }
    }
}

fn hostnames(names: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if !HOSTNAME.is_match(name) {
            let place = spec().key("hostnames").index(at);
            faults.push((
                place,
                "it is no host name: lower case, no port, `*.` only in front".to_owned(),
            ));
        }
    }
    faults
}

fn http_match(one: &HttpMatch, place: &At, faults: &mut Vec<Fault>) {
    if let Some(path) = &one.path
        && let Some(why) = path_fault(path)
    {
        faults.push((place.key("path").key("value"), why.to_owned()));
    }
    if let Some(method) = &one.method
        && !METHODS.contains(&method.as_str())
        && method != "CONNECT"
    {
        faults.push((
            place.key("method"),
            format!("it is none of {}, CONNECT", METHODS.join(", ")),
        ));
    }
    named(&one.headers, &place.key("headers"), "header", faults);
    named(
        &one.query_params,
        &place.key("queryParams"),
        "parameter",
        faults,
    );
}

fn path_fault(path: &PathMatch) -> Option<&'static str> {
    let value = path.value.as_str();
    if path.match_type == PathMatchType::RegularExpression {
        return None;
    }
    if !value.starts_with('/') {
        return Some("a path begins with a slash");
    }
    let odd = ["//", "/./", "/../", "%2f", "%2F", "#"];
    if odd.iter().any(|piece| value.contains(piece))
        || value.ends_with("/..")
        || value.ends_with("/.")
    {
        return Some("a path has no `//`, `/./`, `/../`, `%2F` or `#` in it");
    }
    (!PATH.is_match(value))
        .then_some("it has a character that no path has; write it as %20 or the like")
}

fn named(list: &[NamedMatch], place: &At, what: &str, faults: &mut Vec<Fault>) {
    for (at, one) in list.iter().enumerate() {
        let place = place.index(at).key("name");
        if !HEADER.is_match(&one.name) {
            faults.push((place.clone(), format!("it is no name of a {what}")));
        }
        if list[..at].iter().any(|other| other.name == one.name) {
            faults.push((place, format!("another {what} has this name")));
        }
    }
}

fn filters(filters: &[Filter], place: &At, faults: &mut Vec<Fault>) {
    for (at, filter) in filters.iter().enumerate() {
        let place = place.index(at);
        let kind = filter.filter_type.as_str();
        let fields = [
            (
                "RequestHeaderModifier",
                "requestHeaderModifier",
                filter.request_header_modifier.is_some(),
            ),
            (
                "ResponseHeaderModifier",
                "responseHeaderModifier",
                filter.response_header_modifier.is_some(),
            ),
            (
                "RequestMirror",
                "requestMirror",
                filter.request_mirror.is_some(),
            ),
            (
                "RequestRedirect",
                "requestRedirect",
                filter.request_redirect.is_some(),
            ),
            ("URLRewrite", "urlRewrite", filter.url_rewrite.is_some()),
            ("CORS", "cors", filter.cors.is_some()),
            (
                "ExtensionRef",
                "extensionRef",
                filter.extension_ref.is_some(),
            ),
        ];
        if fields.iter().all(|(name, ..)| *name != kind) {
            faults.push((
                place.key("type"),
                "the standard channel has no such filter".to_owned(),
            ));
        }
        for (name, field, is_there) in fields {
            if name == kind && !is_there {
                faults.push((place.clone(), format!("`{field}` is missing")));
            }
            if name != kind && is_there {
                faults.push((
                    place.key(field),
                    format!("`{field}` does not go with the type {kind}"),
                ));
            }
        }
        let repeats = !matches!(kind, "RequestMirror" | "ExtensionRef");
        if repeats && filters[..at].iter().any(|other| other.filter_type == kind) {
            faults.push((
                place.key("type"),
                "another filter of the rule has this type".to_owned(),
            ));
        }
        if kind == "URLRewrite"
            && filters
                .iter()
                .any(|other| other.filter_type == "RequestRedirect")
        {
            faults.push((
                place.key("type"),
                "a rule redirects or rewrites, not both".to_owned(),
            ));
        }
        for (field, modifier) in [
            ("requestHeaderModifier", &filter.request_header_modifier),
            ("responseHeaderModifier", &filter.response_header_modifier),
        ] {
            if let Some(modifier) = modifier {
                headers(modifier, &place.key(field), faults);
            }
        }
        if let Some(redirect) = &filter.request_redirect {
            let place = place.key("requestRedirect");
            precise(redirect.hostname.as_deref(), &place, faults);
            if redirect
                .status_code
                .is_some_and(|status| !REDIRECTS.contains(&status))
            {
                faults.push((
                    place.key("statusCode"),
                    "write 301, 302, 303, 307 or 308".to_owned(),
                ));
            }
            if redirect
                .scheme
                .as_deref()
                .is_some_and(|scheme| !matches!(scheme, "http" | "https"))
            {
                faults.push((place.key("scheme"), "write http or https".to_owned()));
            }
        }
        if let Some(rewrite) = &filter.url_rewrite {
            precise(
                rewrite.hostname.as_deref(),
                &place.key("urlRewrite"),
                faults,
            );
        }
    }
}

/// A host name that is no wildcard.
fn precise(hostname: Option<&str>, place: &At, faults: &mut Vec<Fault>) {
    if let Some(name) = hostname
        && (!HOSTNAME.is_match(name) || name.starts_with('*'))
    {
        faults.push((
            place.key("hostname"),
            "it is no single host name".to_owned(),
        ));
    }
}

fn headers(modifier: &HeaderModifier, place: &At, faults: &mut Vec<Fault>) {
    for (at, name) in modifier.remove.iter().enumerate() {
        if modifier.remove[..at].contains(name) {
            let place = place.key("remove").index(at);
            faults.push((place, "it stands there twice".to_owned()));
        }
    }
    for (field, list) in [("set", &modifier.set), ("add", &modifier.add)] {
        for (at, header) in list.iter().enumerate() {
            let place = place.key(field).index(at).key("name");
            if !HEADER.is_match(&header.name) {
                faults.push((place.clone(), "it is no name of a header".to_owned()));
            }
            if list[..at].iter().any(|other| other.name == header.name) {
                faults.push((place, "another header has this name".to_owned()));
            }
        }
    }
}
