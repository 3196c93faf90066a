//! What an answer leaves open: where Application Gateway for Containers (AGC) does not do what the Gateway API says, or where
//! it is not known what it does.

use super::answer::{BackendState, Hit, backend_state};
use super::api::{BackendRef, GatewaySpec, Infrastructure};
use super::attach::ListenerFault;
use super::objects::Objects;
use super::pattern::Pattern;
use super::request::Request;
use super::route::{Match, Route, RouteKind, Rule, Target};
use crate::catalog::gateway_api::{FEATURES, Support};
use crate::source::At;

/// The ports that AGC serves (MicrosoftDocs/azure-docs, overview.md of Application Gateway for Containers, 2026-04-22).
pub(super) const PORTS: [u16; 2] = [80, 443];

/// The controller that AGC's conformance report is of: what it has needs no word.
const REPORTED: &str = "1.7.9";

/// What is said of a 421.
pub(super) const MISDIRECTED: &str =
    "the Gateway API wants 421 here; of AGC it is not known what it answers";

/// Of a Service that stands for a name elsewhere ("Implementations SHOULD NOT support `ExternalName` Services", `BackendRef`).
pub(super) fn external_name(service: &str) -> String {
    format!(
        "Service {service} is an ExternalName: the Gateway API advises gateways not to send requests there; of AGC it is not known"
    )
}

/// Of an `InferencePool` (MicrosoftDocs/azure-docs, how-to-inference-gateway.md of Application Gateway for Containers, 2026-07-10).
pub(super) const INFERENCE_POOL: &str = "AGC sends requests to an InferencePool in preview alone: Helm installs ALB Controller with albController.aiGateway=true, the add-on does not";

/// That backends are taken to be there.
pub(super) fn unknown_services(namespace: &str) -> String {
    format!(
        "no Service of namespace {namespace} is among the objects: backends in it are taken to be there"
    )
}

/// That a listener goes by the labels of a Namespace that is not among the objects.
pub(super) fn unknown_labels(listener: &str, namespace: &str) -> String {
    format!(
        "listener {listener} takes routes of namespaces with certain labels, and no Namespace is among the objects: {namespace} is taken as \
         if it had them"
    )
}

/// That a Gateway of which a listener does not serve may serve nothing at all (AKS issue 4758).
pub(super) fn broken_listener(listener: &str, fault: ListenerFault) -> String {
    let why = fault.reason();
    format!(
        "listener {listener} of the Gateway does not serve ({why}); with AGC one such listener can stop the whole Gateway"
    )
}

/// Of filters that change Host as one header of many.
pub(super) const HOST_AS_A_HEADER: &str = "the Gateway API does not say whether a header filter may change Host, and of AGC it is not known: here it stays; urlRewrite.hostname changes it";

/// Of CORS filters (MicrosoftDocs/azure-docs, how-to-cors-gateway-api.md, 2026-06-24).
pub(super) const EVERY_ORIGIN_WITH_CREDENTIALS: &str =
    "AGC does not take the origin * together with allowCredentials";

/// The same of a request.
pub(super) fn every_origin_with_credentials() -> String {
    format!("{EVERY_ORIGIN_WITH_CREDENTIALS}; name the origins")
}

/// That a path or query could be read otherwise. The Gateway API compares "the path of the HTTP request" and says nothing of
/// what is done to it before.
pub(super) fn of_spelling(request: &Request) -> Option<String> {
    let (path, query) = (&request.path, request.query.as_deref().unwrap_or_default());
    let has_dots = path.split('/').any(|part| part == "." || part == "..");
    (path.contains('%') || path.contains("//") || has_dots || query.contains(['%', '+'])).then(|| {
        "paths and queries are compared as they are written; whether a gateway decodes %.., joins slashes or follows dots before \
         is its own to say, and of AGC not known"
            .to_owned()
    })
}

/// That a prefix stands in the way in both spellings: "a trailing `/` is ignored" (`HTTPPathModifier`, `replacePrefixMatch`), and
/// still the "largest number of characters" goes first (`HTTPRouteRule`, `matches`).
pub(super) fn other_spelling(rule: &str, path: &str) -> String {
    format!(
        "{rule} is for {path}/, the same prefix with a character more; the Gateway API lets more characters go first and does not say whether \
         that slash counts, and of AGC it is not known. Here it does not"
    )
}

/// Of a header that a request has several times ("implementation-specific behavior as to how this is represented",
/// `HTTPHeaderMatch`, `name`).
pub(super) fn header_twice(name: &str) -> String {
    format!(
        "the request has the header {name} more than once; the Gateway API leaves to the implementation what is then compared, and of AGC it \
         is not known. Here the values are joined with commas"
    )
}

/// Of a parameter that a query has several times ("purposely left undefined", and the first recommended,
/// `HTTPQueryParamMatch`, `name`).
pub(super) fn parameter_twice(name: &str) -> String {
    format!(
        "the query has {name} more than once; the Gateway API recommends to compare the first and leaves it undefined, and of AGC it is not \
         known. Here the first counts"
    )
}

/// Of patterns of services and methods (`GRPCMethodMatch`, `type`). "Characters in a matching service" (`GRPCRouteRule`,
/// `matches`) speaks of none.
const PATTERN_OF_CALLS: &str = "the Gateway API leaves to the implementation whether it takes patterns of services and methods, and in which dialect, and does not say whether \
     they go before an exact name; of AGC none of it is known. Here the longer text goes before, and a pattern is read as RE2 would";

/// Of patterns of headers and parameters (`HTTPHeaderMatch` and `HTTPQueryParamMatch`, `type`).
const PATTERN_OF_VALUES: &str = "the Gateway API leaves to the implementation in which dialect a pattern of a header or a parameter is written, and of AGC it is not known. \
     Here it is read as RE2 would";

/// Adds what is to be said of a match that has taken a request.
pub(super) fn of_hit(hit: &Hit<'_>, one: &Match, notes: &mut Vec<String>) {
    if !PORTS.contains(&hit.port) {
        notes.extend(of_feature("GatewayPort8080"));
    }
    let backends = hit.rule.backends.iter();
    let of_backends = backends.filter_map(|one| feature_of_backend(hit.objects, hit.route, one));
    let of_gateway = features_of_gateway(hit.gateway).into_iter();
    let of_parents = features_of_parents(hit.route).into_iter();
    let placed = of_parents.chain(features(&At::root(), hit.rule));
    for feature in placed
        .map(|(_, feature)| feature)
        .chain(of_backends)
        .chain(of_gateway.map(|(_, feature)| feature))
    {
        let note = of_feature(feature);
        notes.extend(note.filter(|note| !notes.contains(note)));
    }
    if matches!(one.target, Target::Regex(_)) {
        notes.push(
            "the Gateway API leaves to the implementation whether a pattern goes before a prefix, and in which dialect it is \
             written; of AGC neither is known. Here it goes before, and is read as RE2 would"
                .to_owned(),
        );
    } else if let Target::Call { service, method } = &one.target
        && service.iter().chain(method).any(Pattern::is_regex)
    {
        notes.push(PATTERN_OF_CALLS.to_owned());
    } else if hit.route.kind == RouteKind::Http && one.patterns().any(Pattern::is_regex) {
        notes.push(PATTERN_OF_VALUES.to_owned());
    }
}

/// That a match with a pattern which cannot be read stands before the answer.
pub(super) fn unread(rule: &str, pattern: &str, why: &str) -> String {
    format!(
        "{rule} goes before, if a gateway reads its pattern {pattern} and the request is like that; here it cannot be read: {why}"
    )
}

/// That a route for a closer host has nothing for the request. The text orders rules, and says nothing of a route that has none
/// (`HTTPRouteSpec`, `hostnames`); proxies that choose a virtual host first do not look further.
pub(super) fn closer_host(route: &str, host: &str) -> String {
    format!(
        "{route} is for {host}, which is closer, and has no rule for this; the Gateway API does not say whether a gateway then looks \
         further, and of AGC it is not known. Here it does"
    )
}

/// That another route names a host more closely than the one that answers, where the listener leaves the same of both. The text
/// speaks of "characters in a matching hostname" (`HTTPRouteSpec`, `hostnames`) and leaves open whose (gateway-api issue 5120, open
/// as of 2026-09-08): NGINX Gateway Fabric and kgateway went by what the listener leaves, agentgateway by what the route names
/// (there, 2026-08-06).
pub(super) fn own_host(first: &str, second: &str, name: &str) -> String {
    format!(
        "a gateway that goes by the hostnames of the routes themselves lets {second} answer, whose {name} is closer than what {first} names; the \
         Gateway API leaves open whether it does (its issue 5120), and of AGC it is not known. Here what the listener leaves of both counts"
    )
}

/// That two routes want the same, and the older one answers.
pub(super) fn of_unknown_age(first: &str, second: &str) -> String {
    format!(
        "{first} and {second} want the same, and in the cluster the older one answers; how old they are is not written here, so the \
         first by name does"
    )
}

/// The features that the parents of a route need, and which of them asks for each.
pub(super) fn features_of_parents(route: &Route) -> Vec<(At, &'static str)> {
    let parents = route.parent_refs.iter().enumerate();
    parents
        .filter(|(_, parent)| parent.port.is_some())
        .map(|(index, _)| {
            let parent = At::root().key("spec").key("parentRefs").index(index);
            (parent.key("port"), "HTTPRouteParentRefPort")
        })
        .collect()
}

/// The features that a rule needs beyond what every gateway has, by the names of the conformance suite, and where the first of
/// each stands. `at` is the place of the rule.
pub(super) fn features(at: &At, rule: &Rule) -> Vec<(At, &'static str)> {
    let mut features: Vec<(At, &'static str)> = Vec::new();
    let mut needs = |at: At, feature: &'static str| {
        if features.iter().all(|(_, known)| *known != feature) {
            features.push((at, feature));
        }
    };
    // Places are made where somebody asks for something: every answer comes by here, and few rules do.
    for (index, backend) in rule.backends.iter().enumerate() {
        if !backend.filters.is_empty() {
            let backend = at.key("backendRefs").index(index);
            needs(
                backend.key("filters"),
                "HTTPRouteBackendRequestHeaderModification",
            );
        }
    }
    let filters = || {
        let filters = rule.filters.iter().enumerate();
        filters.map(|(index, filter)| (at.key("filters").index(index), filter))
    };
    let mirrors = || filters().filter_map(|(at, one)| Some((at, one.request_mirror.as_ref()?)));
    for (index, (at, mirror)) in mirrors().enumerate() {
        needs(at.clone(), "HTTPRouteRequestMirror");
        if index > 0 {
            needs(at.clone(), "HTTPRouteRequestMultipleMirrors");
        }
        if mirror.percent.is_some() || mirror.fraction.is_some() {
            needs(at, "HTTPRouteRequestPercentageMirror");
        }
    }
    if rule.timeouts.request.is_some() {
        needs(at.key("timeouts").key("request"), "HTTPRouteRequestTimeout");
    }
    if rule.timeouts.backend_request.is_some() {
        needs(
            at.key("timeouts").key("backendRequest"),
            "HTTPRouteBackendTimeout",
        );
    }
    for (at, filter) in filters() {
        if filter.cors.is_some() {
            needs(at.clone(), "HTTPRouteCORS");
        }
        let redirect = filter.request_redirect.as_ref();
        let feature = match redirect.and_then(|redirect| redirect.status_code) {
            Some(303) => "HTTPRoute303RedirectStatusCode",
            Some(307) => "HTTPRoute307RedirectStatusCode",
            Some(308) => "HTTPRoute308RedirectStatusCode",
            _ => continue,
        };
        needs(at.key("requestRedirect").key("statusCode"), feature);
    }
    features
}

/// The feature that a backend of a rule needs, by what its Service says is spoken there. A call of gRPC is HTTP/2 anyway.
pub(super) fn feature_of_backend(
    objects: &Objects,
    route: &Route,
    backend: &BackendRef,
) -> Option<&'static str> {
    let reference = &backend.reference;
    let is_asked =
        backend.weight != Some(0) && backend_state(objects, route, reference) == BackendState::Fine;
    if !is_asked || route.kind == RouteKind::Grpc {
        return None;
    }
    let namespace = reference.namespace.as_ref();
    let namespace = namespace.unwrap_or(&route.name.namespace);
    match objects.app_protocol(namespace, &reference.name, reference.port?)? {
        "kubernetes.io/h2c" => Some("HTTPRouteBackendProtocolH2C"),
        "kubernetes.io/ws" => Some("HTTPRouteBackendProtocolWebSocket"),
        _ => None,
    }
}

/// The features that a Gateway needs, and where it asks for each. An address of another type is the gateway's own, such as
/// `alb.networking.azure.io/alb-frontend`.
pub(super) fn features_of_gateway(gateway: &GatewaySpec) -> Vec<(At, &'static str)> {
    let spec = At::root().key("spec");
    let mut features = Vec::new();
    let Infrastructure {
        labels,
        annotations,
    } = &gateway.infrastructure;
    if !labels.is_empty() || !annotations.is_empty() {
        let at = spec.key("infrastructure");
        features.push((at, "GatewayInfrastructurePropagation"));
    }
    for (index, address) in gateway.addresses.iter().enumerate() {
        let at = spec.key("addresses").index(index);
        let kind = address.address_type.as_deref();
        if matches!(kind, None | Some("IPAddress" | "Hostname")) {
            let feature = match address.value.as_deref() {
                None | Some("") => "GatewayAddressEmpty",
                Some(_) => "GatewayStaticAddresses",
            };
            features.push((at, feature));
        }
    }
    features
}

/// What the catalogue says of a feature that AGC does not have.
pub(super) fn lacking(name: &str) -> Option<String> {
    let feature = FEATURES.iter().find(|feature| feature.name == name)?;
    matches!(feature.support, Support::Not(_))
        .then(|| of_feature(name))
        .flatten()
}

/// What the catalogue says of a feature, where that is news.
fn of_feature(name: &str) -> Option<String> {
    let feature = FEATURES.iter().find(|feature| feature.name == name)?;
    match feature.support {
        Support::Since(REPORTED) => None,
        Support::Since(version) => Some(format!("AGC has {name} from ALB Controller {version} on")),
        Support::Not(instead) => Some(format!("AGC has no {name}: {instead}")),
        Support::Unstated => Some(format!("whether AGC has {name} is not written anywhere")),
    }
}

/// That another listener is closer to the host, and what it would answer. `GatewayHTTPListenerIsolation` is unsupported in AGC's
/// conformance report for v1.2.1, 2025-07-18.
pub(super) fn not_isolated(listener: &str, instead: &str) -> String {
    format!(
        "listener {listener} is closer to the host; a gateway that isolates listeners asks it alone and answers {instead}. AGC does not isolate them"
    )
}
