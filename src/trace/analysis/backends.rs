//! Where requests would go in vain.

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::source::At;
use crate::trace::answer::{BackendState, backend_state as state};
use crate::trace::api::Reference;
use crate::trace::notes;
use crate::trace::objects::Objects;
use crate::trace::route::{Route, RouteKind};
use crate::trace::router::Router;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    let objects = router.objects();
    for route in &objects.routes {
        for (rule_at, one) in route.rules.iter().enumerate() {
            for (at, backend) in one.backends.iter().enumerate() {
                // What gets no requests misses nothing.
                if backend.weight != Some(0) {
                    let at = rule(rule_at).key("backendRefs").index(at);
                    let then = format!("its share answers {}", refusal(route));
                    reference(objects, route, &backend.reference, at, &then, problems);
                }
            }
            for (at, filter) in one.filters.iter().enumerate() {
                if let Some(mirror) = &filter.request_mirror {
                    let at = rule(rule_at)
                        .key("filters")
                        .index(at)
                        .key("requestMirror")
                        .key("backendRef");
                    reference(objects, route, &mirror.backend_ref, at, COPY, problems);
                }
                if let Some(unknown) = &filter.extension_ref {
                    problems.push(Problem {
                        code: Code::AGC0608,
                        origin: route.origin,
                        at: rule(rule_at).key("filters").index(at),
                        message: format!(
                            "rule {rule_at} of {} `{}` sends requests nowhere",
                            route.kind, route.name.name
                        ),
                        label: format!(
                            "AGC knows no filter {} {}: every request gets {}",
                            unknown.kind.as_deref().unwrap_or_default(),
                            unknown.name,
                            refusal(route)
                        ),
                        help: "remove the filter".to_owned(),
                        related: None,
                    });
                }
            }
            weights(route, rule_at, problems);
        }
    }
}

/// What becomes of copies of requests that go nowhere.
const COPY: &str = "it gets no copy";

fn reference(
    objects: &Objects,
    route: &Route,
    to: &Reference,
    at: At,
    then: &str,
    problems: &mut Vec<Problem>,
) {
    let namespace = to.namespace.as_ref().unwrap_or(&route.name.namespace);
    let (code, at, message, label, help) = match state(objects, route, to) {
        BackendState::Fine | BackendState::Unknown => return,
        BackendState::Pool => (
            Code::AGC0615,
            at,
            notes::INFERENCE_POOL.to_owned(),
            format!("`{}` is an InferencePool", to.name),
            "install ALB Controller so, or name a Service".to_owned(),
        ),
        BackendState::NotPermitted => (
            Code::AGC0605,
            at.key("namespace"),
            format!(
                "{} `{}` may not send requests into namespace `{namespace}`",
                route.kind, route.name.name
            ),
            format!("no ReferenceGrant there allows it: {then}"),
            format!(
                "add a ReferenceGrant in `{namespace}` from {} of `{}` to {}",
                route.kind,
                route.name.namespace,
                to.kind()
            ),
        ),
        BackendState::NotFound => (
            Code::AGC0606,
            at.key("name"),
            match to.port {
                Some(port)
                    if let Some(protocol) = objects.other_protocol(namespace, &to.name, port) =>
                {
                    format!(
                        "port {port} of Service `{}` in namespace `{namespace}` is {protocol}, and HTTP goes over TCP",
                        to.name
                    )
                }
                Some(port) => format!(
                    "there is no Service `{}` with port {port} in namespace `{namespace}`",
                    to.name
                ),
                None => format!(
                    "there is no Service `{}` in namespace `{namespace}`",
                    to.name
                ),
            },
            then.to_owned(),
            match objects.ports(namespace, &to.name) {
                Some(ports) if ports.is_empty() => {
                    "the Service has no TCP ports: give it one under `ports`".to_owned()
                }
                Some(ports) => format!(
                    "it has {}",
                    listed(ports.iter().map(|port| format!("port {port}")))
                ),
                None => "name a Service that is there".to_owned(),
            },
        ),
        BackendState::NoPort => (
            Code::AGC0606,
            at,
            format!("no port is named for Service `{}`", to.name),
            "a Service needs one".to_owned(),
            "write `port`".to_owned(),
        ),
        BackendState::InvalidKind if to.has_odd_group() => (
            Code::AGC0606,
            at.key("group"),
            format!(
                "group `{}` has no Service",
                to.group.as_deref().unwrap_or_default()
            ),
            format!("the core group is written \"\": {then}"),
            "leave out `group`".to_owned(),
        ),
        BackendState::InvalidKind => (
            Code::AGC0606,
            at,
            format!("`{}` is no Service", to.name),
            format!("AGC sends no requests to a {}: {then}", to.kind()),
            "name a Service".to_owned(),
        ),
    };
    problems.push(Problem {
        code,
        origin: route.origin,
        at,
        message,
        label,
        help,
        related: None,
    });
}

/// What a request gets that goes nowhere.
fn refusal(route: &Route) -> String {
    match route.kind.refusal() {
        (status, Some(word)) => format!("{status} ({word})"),
        (status, None) => status.to_string(),
    }
}

fn listed(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

/// A rule that sends nothing anywhere, and gives no answer of its own.
fn weights(route: &Route, rule_at: usize, problems: &mut Vec<Problem>) {
    let one = &route.rules[rule_at];
    let answers = one
        .filters
        .iter()
        .any(|filter| filter.request_redirect.is_some());
    let is_weightless = one.backends.iter().all(|backend| backend.weight == Some(0));
    if answers || !is_weightless {
        return;
    }
    let (at, why) = if one.backends.is_empty() {
        (rule(rule_at), "it names no backend")
    } else {
        (rule(rule_at).key("backendRefs"), "all weights are 0")
    };
    let help = match route.kind {
        RouteKind::Http => "name a Service with a weight above 0, or a redirect",
        RouteKind::Grpc => "name a Service with a weight above 0",
    };
    problems.push(Problem {
        code: Code::AGC0608,
        origin: route.origin,
        at,
        message: format!(
            "rule {rule_at} of {} `{}` sends requests nowhere",
            route.kind, route.name.name
        ),
        label: format!("{why}, and every request gets {}", refusal(route)),
        help: help.to_owned(),
        related: None,
    });
}
