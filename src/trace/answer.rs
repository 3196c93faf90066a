//! What becomes of a request that a match has taken: filters in order, then the backends.

use super::api::{
    BackendRef, Cors, Filter, GROUP, GatewaySpec, Header, HeaderModifier, PathModifier, Reference,
    RequestMirror, RequestRedirect, Timeouts, UrlRewrite,
};
use super::decision::{
    Answer, Backend, HeaderChanges, Mirror, SeenRequest, ServiceName, Share, first_of_each,
};
use super::hostname::Hostname;
use super::notes;
use super::objects::{From, Objects, To};
use super::request::{Request, Scheme};
use super::route::{Route, RouteKind, Rule, Target};

/// A match that has taken a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<'a> {
    pub(super) objects: &'a Objects,
    pub(super) gateway: &'a GatewaySpec,
    pub(super) route: &'a Route,
    pub(super) rule: &'a Rule,
    pub(super) target: &'a Target,
    /// The port of the listener.
    pub(super) port: u16,
}

/// Whether whoever connects to a port must show a certificate.
pub(super) fn wants_client_certificate(gateway: &GatewaySpec, port: u16) -> bool {
    let Some(frontend) = gateway.tls.as_ref().and_then(|tls| tls.frontend.as_ref()) else {
        return false;
    };
    let of_port = frontend.per_port.iter().find(|one| one.port == port);
    let tls = of_port.map_or(&frontend.default, |one| &one.tls);
    tls.validation
        .as_ref()
        .is_some_and(|validation| validation.mode.as_deref() != Some("AllowInsecureFallback"))
}

/// The answer, and what the filters did.
pub(super) fn answer(
    hit: &Hit<'_>,
    request: &Request,
    notes: &mut Vec<String>,
) -> (Answer, Vec<String>) {
    let mut way = Way::new(request);
    for filter in &hit.rule.filters {
        if let Some(answer) = way.apply(hit, filter, notes) {
            return (answer, way.told);
        }
    }
    way.timeouts(&hit.rule.timeouts);
    let mut answer = Answer {
        mirrors: way.mirrors.clone(),
        ..Answer::default()
    };
    // Weights are up to 1,000,000 each (CRD), and a sum of them fits.
    let of: u64 = hit.rule.backends.iter().map(weight).sum();
    let (status, grpc_status) = hit.route.kind.refusal();
    if of == 0 {
        (answer.status, answer.grpc_status) = (Some(status), grpc_status);
        answer.reason = Some(
            if hit.rule.backends.is_empty() {
                "the rule names no backend"
            } else {
                "all weights of the rule are 0"
            }
            .to_owned(),
        );
        return (answer, way.told);
    }
    for backend in hit
        .rule
        .backends
        .iter()
        .filter(|backend| weight(backend) > 0)
    {
        let share = Share {
            weight: weight(backend),
            of,
        };
        let mut way = way.clone();
        let refusal = resolve(hit, &backend.reference, notes).err();
        if refusal.is_none() {
            for filter in &backend.filters {
                way.apply_to_backend(hit, filter, notes);
            }
            answer.mirrors.clone_from(&way.mirrors);
        }
        let seen = refusal.is_none().then(|| way.seen.clone());
        answer.backends.push(Backend {
            share,
            service: service_name(hit, &backend.reference),
            status: refusal.as_ref().map(|_| status),
            grpc_status: grpc_status.filter(|_| refusal.is_some()),
            reason: refusal,
            request: seen,
            response_headers: way.answer,
        });
    }
    // Of several that are all refused, each says why.
    if let Some(first) = answer.backends.first()
        && answer
            .backends
            .iter()
            .all(|backend| backend.status.is_some())
    {
        (answer.status, answer.grpc_status) = (Some(status), grpc_status);
        answer.reason.clone_from(&first.reason);
    }
    (answer, way.told)
}

fn weight(backend: &BackendRef) -> u64 {
    u64::from(backend.weight.unwrap_or(1))
}

fn service_name(hit: &Hit<'_>, reference: &Reference) -> ServiceName {
    // A pool says itself at which port its pods are asked.
    let port = reference.port.filter(|_| !reference.is_inference_pool());
    ServiceName {
        kind: reference.kind().to_owned(),
        namespace: reference
            .namespace
            .clone()
            .unwrap_or_else(|| hit.route.name.namespace.clone()),
        name: reference.name.clone(),
        port,
    }
}

/// Whether requests can go to what a rule refers to; if not, why.
fn resolve(hit: &Hit<'_>, reference: &Reference, notes: &mut Vec<String>) -> Result<(), String> {
    let service = service_name(hit, reference);
    match backend_state(hit.objects, hit.route, reference) {
        BackendState::Fine => {
            let known = hit.objects.service(&service.namespace, &service.name);
            if known.is_some_and(|known| known.is_external_name) {
                let name = format!("{}/{}", service.namespace, service.name);
                notes.push(notes::external_name(&name));
            }
            Ok(())
        }
        BackendState::Unknown => {
            let note = notes::unknown_services(&service.namespace);
            if !notes.contains(&note) {
                notes.push(note);
            }
            Ok(())
        }
        BackendState::Pool => {
            let note = notes::INFERENCE_POOL.to_owned();
            if !notes.contains(&note) {
                notes.push(note);
            }
            Ok(())
        }
        BackendState::InvalidKind if reference.has_odd_group() => Err(format!(
            "Service {} of the group {} is none: the core group is written \"\" (InvalidKind)",
            reference.name,
            reference.group.as_deref().unwrap_or_default()
        )),
        BackendState::InvalidKind => Err(format!(
            "{} {} is no Service (InvalidKind)",
            service.kind, reference.name
        )),
        BackendState::NotPermitted => Err(format!(
            "no ReferenceGrant in namespace {} lets {} of namespace {} refer to {} {} (RefNotPermitted)",
            service.namespace, hit.route.kind, hit.route.name.namespace, service.kind, service.name
        )),
        BackendState::NotFound => Err(
            match (
                hit.objects.ports(&service.namespace, &service.name),
                reference.port,
            ) {
                (Some(_), Some(port)) => {
                    let of = format!("Service {}/{}", service.namespace, service.name);
                    match hit
                        .objects
                        .other_protocol(&service.namespace, &service.name, port)
                    {
                        Some(protocol) => format!(
                            "port {port} of {of} is {protocol}, and HTTP goes over TCP (BackendNotFound)"
                        ),
                        None => format!("{of} has no port {port} (BackendNotFound)"),
                    }
                }
                _ => format!("there is no Service {service} (BackendNotFound)"),
            },
        ),
        BackendState::NoPort => Err(format!("no port is named for Service {service}")),
    }
}

/// What there is to a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendState {
    /// It is there.
    Fine,
    /// Nothing is known of the Services of its namespace.
    Unknown,
    /// It is an `InferencePool`, which picks the pod; of those nothing is read.
    Pool,
    /// It is no Service.
    InvalidKind,
    /// It is in another namespace, which does not allow it.
    NotPermitted,
    /// There is no such Service, or no such port of it.
    NotFound,
    /// No port is named.
    NoPort,
}

/// That a filter is not known, of one that is none of those here: "requests that would have been processed by that filter MUST
/// receive a HTTP error response" (`HTTPRouteFilter`).
pub fn unknown_filter(filter: &Filter) -> Option<String> {
    let is_known = filter.request_redirect.is_some()
        || filter.cors.is_some()
        || filter.url_rewrite.is_some()
        || filter.request_mirror.is_some()
        || filter.request_header_modifier.is_some()
        || filter.response_header_modifier.is_some();
    let kind = &filter.filter_type;
    (!is_known).then(|| match &filter.extension_ref {
        Some(reference) => format!(
            "the filter {} {} is not known",
            reference.kind.as_ref().unwrap_or(kind),
            reference.name
        ),
        None => format!("the filter {kind} is not known"),
    })
}

/// What there is to a backend of a route.
pub fn backend_state(objects: &Objects, route: &Route, reference: &Reference) -> BackendState {
    let group = reference.group.as_deref().unwrap_or_default();
    let kind = reference.kind();
    let is_pool = reference.is_inference_pool() && route.kind == RouteKind::Http;
    if !is_pool && (!group.is_empty() || kind != "Service") {
        return BackendState::InvalidKind;
    }
    let route_kind = route.kind.to_string();
    let namespace = reference
        .namespace
        .as_ref()
        .unwrap_or(&route.name.namespace);
    let from = From {
        group: GROUP,
        kind: &route_kind,
        namespace: &route.name.namespace,
    };
    let to = To {
        group,
        kind,
        namespace,
        name: &reference.name,
    };
    if !objects.is_granted(from, to) {
        return BackendState::NotPermitted;
    }
    if is_pool {
        return BackendState::Pool;
    }
    let Some(port) = reference.port else {
        return BackendState::NoPort;
    };
    if !objects.knows_services_of(namespace) {
        return BackendState::Unknown;
    }
    match objects.ports(namespace, &reference.name) {
        Some(ports) if ports.contains(&port) => BackendState::Fine,
        _ => BackendState::NotFound,
    }
}

/// A request on its way through the filters.
#[derive(Debug, Clone)]
struct Way<'a> {
    request: &'a Request,
    seen: SeenRequest,
    answer: HeaderChanges,
    mirrors: Vec<Mirror>,
    told: Vec<String>,
}

impl<'a> Way<'a> {
    fn new(request: &'a Request) -> Self {
        Self {
            request,
            seen: SeenRequest {
                method: request.method.clone(),
                host: request.authority.clone(),
                path: request.path.clone(),
                query: request.query.clone(),
                headers: request.headers.clone(),
            },
            answer: HeaderChanges::default(),
            mirrors: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Applies a filter of a rule. An answer: the gateway gives it, and nothing comes after. Type and field go together, or the
    /// route would have been refused.
    fn apply(&mut self, hit: &Hit<'_>, filter: &Filter, notes: &mut Vec<String>) -> Option<Answer> {
        if let Some(reason) = unknown_filter(filter) {
            let (status, grpc_status) = hit.route.kind.refusal();
            return Some(Answer {
                status: Some(status),
                grpc_status,
                reason: Some(reason),
                ..Answer::default()
            });
        }
        if let Some(redirect) = &filter.request_redirect {
            return Some(self.redirect(hit, redirect, notes));
        }
        if let Some(cors) = &filter.cors {
            return self.cors(cors, notes);
        }
        self.changes(hit, filter, notes);
        None
    }

    /// Applies a filter of one backend.
    fn apply_to_backend(&mut self, hit: &Hit<'_>, filter: &Filter, notes: &mut Vec<String>) {
        if !self.changes(hit, filter, notes) {
            notes.push(format!(
                "the filter {} of one backend is not applied here",
                filter.filter_type
            ));
        }
    }

    /// Applies a filter that lets a request go on. `false`: it is none.
    fn changes(&mut self, hit: &Hit<'_>, filter: &Filter, notes: &mut Vec<String>) -> bool {
        if let Some(rewrite) = &filter.url_rewrite {
            self.rewrite(hit, rewrite);
        } else if let Some(mirror) = &filter.request_mirror {
            self.mirror(hit, mirror, notes);
        } else if let Some(modifier) = &filter.request_header_modifier {
            self.request_headers(modifier, notes);
        } else if let Some(modifier) = &filter.response_header_modifier {
            self.response_headers(modifier);
        } else {
            return false;
        }
        true
    }

    /// Who waits how long; nothing of it is acted out. A client that waited too long gets 504 (`HTTPRouteTimeouts`).
    fn timeouts(&mut self, timeouts: &Timeouts) {
        for (limit, what) in [
            (&timeouts.request, "the whole answer"),
            (&timeouts.backend_request, "a backend"),
        ] {
            match limit.as_deref() {
                None => {}
                // "0s" and every other duration of nothing (`HTTPRouteTimeouts`).
                Some(limit) if !limit.contains(|c| matches!(c, '1'..='9')) => {
                    self.told.push(format!("waits for {what} for ever"));
                }
                Some(limit) => self
                    .told
                    .push(format!("504 where {what} takes longer than {limit}")),
            }
        }
    }

    fn request_headers(&mut self, modifier: &HeaderModifier, notes: &mut Vec<String>) {
        let is_host = |name: &str| name.eq_ignore_ascii_case("host");
        let mut modifier = modifier.clone();
        let given = modifier.set.len() + modifier.add.len() + modifier.remove.len();
        modifier.set.retain(|header| !is_host(&header.name));
        modifier.add.retain(|header| !is_host(&header.name));
        modifier.remove.retain(|name| !is_host(name));
        if modifier.set.len() + modifier.add.len() + modifier.remove.len() < given {
            notes.push(notes::HOST_AS_A_HEADER.to_owned());
        }
        let modifier = &modifier;
        let mut changes = HeaderChanges::default();
        changes.then(modifier);
        self.seen.headers = changes.applied_to(&self.seen.headers);
        self.told
            .push(format!("request headers: {}", told_changes(modifier)));
    }

    fn response_headers(&mut self, modifier: &HeaderModifier) {
        self.answer.then(modifier);
        self.told
            .push(format!("response headers: {}", told_changes(modifier)));
    }

    fn rewrite(&mut self, hit: &Hit<'_>, rewrite: &UrlRewrite) {
        if let Some(hostname) = &rewrite.hostname {
            self.told
                .push(format!("host {} becomes {hostname}", self.seen.host));
            self.seen.host.clone_from(hostname);
        }
        if let Some(path) = &rewrite.path {
            let changed = modified(path, &self.seen.path, hit.target);
            self.told
                .push(format!("path {} becomes {changed}", self.seen.path));
            self.seen.path = changed;
        }
    }

    fn mirror(&mut self, hit: &Hit<'_>, mirror: &RequestMirror, notes: &mut Vec<String>) {
        let service = service_name(hit, &mirror.backend_ref);
        if let Err(reason) = resolve(hit, &mirror.backend_ref, notes) {
            self.told.push(format!("no copy: {reason}"));
            return;
        }
        let share = match (mirror.percent, mirror.fraction) {
            (_, Some(fraction)) => Share {
                weight: fraction.numerator,
                of: fraction.denominator.unwrap_or(100).max(1),
            },
            (Some(percent), None) => Share {
                weight: percent,
                of: 100,
            },
            (None, None) => Share::WHOLE,
        };
        self.told
            .push(format!("a copy of {share} goes to {service}"));
        self.mirrors.push(Mirror { service, share });
    }

    /// The headers of an answer that the gateway gives by itself.
    fn own_headers(&self, headers: &[Header], notes: &mut Vec<String>) -> Vec<Header> {
        if self.answer != HeaderChanges::default() {
            notes.push(
                "the Gateway API does not say whether filters change the headers of an answer that the gateway gives by itself; \
                 here they do"
                    .to_owned(),
            );
        }
        self.answer.applied_to(headers)
    }

    fn redirect(
        &mut self,
        hit: &Hit<'_>,
        redirect: &RequestRedirect,
        notes: &mut Vec<String>,
    ) -> Answer {
        let location = location(hit, redirect, self.request);
        let status = redirect.status_code.unwrap_or(302);
        self.told.push(format!("redirect {status} to {location}"));
        Answer {
            status: Some(status),
            reason: Some("the rule redirects".to_owned()),
            response_headers: self.own_headers(&[header("location", &location)], notes),
            location: Some(location),
            ..Answer::default()
        }
    }

    /// The first request of a browser that asks whether it may ask is answered here; of others the answer says who may read it.
    fn cors(&mut self, cors: &Cors, notes: &mut Vec<String>) -> Option<Answer> {
        let origin = self.request.header("origin")?;
        let asked_method = self.request.header("access-control-request-method");
        let is_preflight = self.request.method == "OPTIONS" && asked_method.is_some();
        let is_allowed = cors
            .allow_origins
            .iter()
            .any(|allowed| takes_origin(allowed, &origin));
        let is_credentialed = cors.allow_credentials == Some(true);
        if cors.is_for_all_with_credentials() {
            notes.push(notes::every_origin_with_credentials());
        }
        let mut headers = Vec::new();
        if is_allowed {
            headers.push(header("access-control-allow-origin", &origin));
            if is_credentialed {
                headers.push(header("access-control-allow-credentials", "true"));
            }
            let exposed = list(&cors.expose_headers, None, is_credentialed);
            headers.extend(exposed.map(|value| header("access-control-expose-headers", &value)));
        }
        if !is_preflight {
            let word = if is_allowed { "may" } else { "may not" };
            self.told
                .push(format!("CORS: {origin} {word} read the answer"));
            for header in &headers {
                self.answer.set(header);
            }
            return None;
        }
        let (mut is_method_refused, mut are_headers_refused) = (false, false);
        if is_allowed {
            is_method_refused = !asked_method
                .as_deref()
                .is_some_and(|method| takes_method(&cors.allow_methods, method));
            let asked_headers = self.request.header("access-control-request-headers");
            are_headers_refused = asked_headers.as_deref().is_some_and(|asked| {
                !asked
                    .split(',')
                    .all(|name| takes_header(&cors.allow_headers, name.trim()))
            });
            for (name, allowed, asked) in [
                (
                    "access-control-allow-methods",
                    &cors.allow_methods,
                    asked_method,
                ),
                (
                    "access-control-allow-headers",
                    &cors.allow_headers,
                    asked_headers,
                ),
            ] {
                if let Some(value) = list(allowed, asked.as_deref(), true) {
                    headers.push(header(name, &value));
                }
            }
            headers.push(header(
                "access-control-max-age",
                &cors.max_age.unwrap_or(5).to_string(),
            ));
        }
        let word = match (is_allowed, is_method_refused, are_headers_refused) {
            (false, ..) => "is not allowed",
            (true, true, _) => "is allowed, but not with this method",
            (true, false, true) => "is allowed, but not with these headers",
            (true, false, false) => "is allowed",
        };
        self.told.push(format!(
            "CORS: {origin} {word}, and the gateway says so itself"
        ));
        Some(Answer {
            status: Some(200),
            reason: Some("a preflight request of CORS".to_owned()),
            response_headers: self.own_headers(&headers, notes),
            ..Answer::default()
        })
    }
}

/// Whether a browser asks with a method after this preflight; three it asks with in any case (Fetch standard, "CORS-safelisted
/// method", read 2026-11-29).
fn takes_method(allowed: &[String], method: &str) -> bool {
    ["GET", "HEAD", "POST"].contains(&method)
        || allowed.iter().any(|one| one == "*" || one == method)
}

/// Whether a browser asks with a header after this preflight. `*` does not stand for `Authorization` (Fetch standard, "CORS
/// non-wildcard request-header name", read 2026-11-29).
fn takes_header(allowed: &[String], name: &str) -> bool {
    allowed.iter().any(|one| {
        (one == "*" && !name.eq_ignore_ascii_case("authorization"))
            || one.eq_ignore_ascii_case(name)
    })
}

/// The value of a header that lists what is allowed. `*` may not stand in it where cookies are sent: then it is what was asked for.
fn list(allowed: &[String], asked: Option<&str>, is_credentialed: bool) -> Option<String> {
    if allowed.iter().any(|one| one == "*") && is_credentialed {
        return asked.map(str::to_owned);
    }
    (!allowed.is_empty()).then(|| allowed.join(", "))
}

/// Whether a site is one that may ask: `https://*.example.com` is every name below, and `*` everybody.
fn takes_origin(allowed: &str, origin: &str) -> bool {
    if allowed == "*" {
        return true;
    }
    let parts = |text: &str| {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let default = if scheme == "https" { "443" } else { "80" };
        let (host, port) = rest.split_once(':').unwrap_or((rest, default));
        Some((scheme, host.to_owned(), port.to_owned()))
    };
    let (Some((scheme, host, port)), Some((asked_scheme, asked_host, asked_port))) =
        (parts(allowed), parts(origin))
    else {
        return false;
    };
    scheme == asked_scheme
        && port == asked_port
        && Hostname::of(Some(&host)).takes(&super::hostname::normal(&asked_host))
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn told_changes(modifier: &HeaderModifier) -> String {
    let pair = |header: &Header| format!("{}: {}", header.name, header.value);
    let mut words: Vec<String> = Vec::new();
    words.extend(first_of_each(&modifier.set).map(|one| format!("set {}", pair(one))));
    words.extend(first_of_each(&modifier.add).map(|one| format!("add {}", pair(one))));
    words.extend(modifier.remove.iter().map(|name| format!("remove {name}")));
    words.join(", ")
}

/// Where a redirect leads. "When empty, the Gateway Listener port MUST be used" where the scheme is not named, else that of
/// the scheme; 80 of http and 443 of https are left out (`HTTPRequestRedirectFilter`, `port`).
fn location(hit: &Hit<'_>, redirect: &RequestRedirect, request: &Request) -> String {
    let own = request.scheme.to_string();
    let scheme = redirect.scheme.as_deref().unwrap_or(&own);
    let well_known = match scheme {
        "https" => Scheme::Https.port(),
        _ => Scheme::Http.port(),
    };
    let port = match (redirect.port, &redirect.scheme) {
        (Some(port), _) => port,
        (None, Some(_)) => well_known,
        (None, None) => hit.port,
    };
    let port = if port == well_known {
        String::new()
    } else {
        format!(":{port}")
    };
    let host = redirect.hostname.as_deref().unwrap_or(&request.host);
    let path = match &redirect.path {
        Some(path) => modified(path, &request.path, hit.target),
        None => request.path.clone(),
    };
    let query = request
        .query
        .as_ref()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("{scheme}://{host}{port}{path}{query}")
}

/// A path after a change. `ReplacePrefixMatch` puts a new prefix in the place of the one that matched, and keeps one slash
/// between it and the rest (the table at `HTTPPathModifier`, `replacePrefixMatch`).
fn modified(modifier: &PathModifier, path: &str, target: &Target) -> String {
    let changed = match (modifier.modifier_type.as_str(), target) {
        ("ReplacePrefixMatch", Target::Prefix { path: prefix, .. }) => {
            let new = modifier.replace_prefix_match.as_deref().unwrap_or_default();
            match path.strip_prefix(prefix.as_str()) {
                Some("") => new.to_owned(),
                Some(rest) => format!("{}{rest}", new.trim_end_matches('/')),
                None => path.to_owned(),
            }
        }
        ("ReplaceFullPath", _) => modifier.replace_full_path.clone().unwrap_or_default(),
        _ => path.to_owned(),
    };
    if changed.starts_with('/') {
        changed
    } else {
        format!("/{changed}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_replaced_as_the_specification_has_it() {
        // The table at HTTPPathModifier, `replacePrefixMatch`, and the roots.
        for (path, prefix, new, expected) in [
            ("/foo/bar", "/foo", "/xyz", "/xyz/bar"),
            ("/foo/bar", "/foo", "/xyz/", "/xyz/bar"),
            ("/foo/bar", "/foo/", "/xyz", "/xyz/bar"),
            ("/foo/bar", "/foo/", "/xyz/", "/xyz/bar"),
            ("/foo", "/foo", "/xyz", "/xyz"),
            ("/foo/", "/foo", "/xyz", "/xyz/"),
            ("/foo/bar", "/foo", "", "/bar"),
            ("/foo/", "/foo", "", "/"),
            ("/foo", "/foo", "", "/"),
            ("/foo/", "/foo", "/", "/"),
            ("/foo", "/foo", "/", "/"),
            ("/a/b", "/", "/x", "/x/a/b"),
            ("/", "/", "/x", "/x/"),
        ] {
            let modifier = PathModifier {
                modifier_type: "ReplacePrefixMatch".to_owned(),
                replace_prefix_match: Some(new.to_owned()),
                ..PathModifier::default()
            };
            let target = Target::prefix(prefix);
            assert_eq!(
                modified(&modifier, path, &target),
                expected,
                "{path} {prefix} {new}"
            );
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (allowed, origin, taken) in [
            ("https://a.example.com", "https://a.example.com", true),
            ("https://a.example.com", "https://a.example.com:443", true),
            ("https://a.example.com", "http://a.example.com", false),
            ("https://a.example.com", "https://a.example.com:8443", false),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "https://example.com", false),
            ("http://*", "http://anything", true),
            ("*", "https://anything", true),
            ("https://a.example.com", "null", false),
        ] {
            assert_eq!(takes_origin(allowed, origin), taken, "{allowed} {origin}");
        }
    }
}
