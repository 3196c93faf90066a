//! What an answer leaves open: where Application Gateway for Containers (AGC) does not do what the Gateway API says, or where
//! it is not known what it does.

use super::answer::Hit;
use super::api::Filter;
use super::route::{Match, Target};

/// The ports that AGC serves (MicrosoftDocs/azure-docs, overview.md of Application Gateway for Containers, 2026-04-22).
const PORTS: [u16; 2] = [80, 443];

/// What is said of a 421.
pub(super) const MISDIRECTED: &str =
    "the Gateway API wants 421 here; of AGC it is not known what it answers";

/// Adds what is to be said of a match that has taken a request.
pub(super) fn of_hit(hit: &Hit<'_>, one: &Match, notes: &mut Vec<String>) {
    if !PORTS.contains(&hit.port) {
        notes.push(format!(
            "AGC serves ports 80 and 443 alone, not {}",
            hit.port
        ));
    }
    for filter in &hit.rule.filters {
        notes.extend(of_filter(filter));
    }
    if hit
        .rule
        .backends
        .iter()
        .any(|backend| !backend.filters.is_empty())
    {
        // HTTPRouteBackendRequestHeaderModification, conformance report of AGC for v1.2.1, 2025-07-18.
        notes.push("AGC does not apply filters of a single backend".to_owned());
    }
    if hit
        .route
        .parent_refs
        .iter()
        .any(|parent| parent.port.is_some())
    {
        // HTTPRouteParentRefPort, the same report.
        notes.push(
            "AGC does not know `port` in parentRefs; sectionName names a listener".to_owned(),
        );
    }
    if matches!(one.target, Target::Regex(_)) {
        notes.push(
            "the Gateway API leaves to the implementation whether a pattern goes before a prefix, and in which dialect it is \
             written; of AGC neither is known. Here it goes before, and is read as RE2 would"
                .to_owned(),
        );
    }
    for pattern in one.patterns() {
        if let Some(fault) = pattern.fault() {
            notes.push(format!(
                "nothing is like the pattern {}: {fault}",
                pattern.text()
            ));
        }
    }
}

fn of_filter(filter: &Filter) -> Option<String> {
    let status = filter
        .request_redirect
        .as_ref()
        .and_then(|redirect| redirect.status_code);
    // alb-controller-release-notes.md, 2026-09-08.
    match (filter.filter_type.as_str(), status) {
        ("RequestMirror", _) => Some(
            "AGC copies requests from ALB Controller 1.12.1 on, so not with the AKS add-on"
                .to_owned(),
        ),
        ("CORS", _) => Some("AGC knows CORS from ALB Controller 1.11.1 on".to_owned()),
        ("RequestRedirect", Some(status @ (307 | 308))) => Some(format!(
            "AGC redirects with {status} from ALB Controller 1.11.1 on"
        )),
        _ => None,
    }
}

/// That another listener is closer to the host, and what it would answer. `GatewayHTTPListenerIsolation` is unsupported in AGC's
/// conformance report for v1.2.1, 2025-07-18.
pub(super) fn not_isolated(listener: &str, instead: &str) -> String {
    format!(
        "listener {listener} is closer to the host; a gateway that isolates listeners asks it alone and answers {instead}. AGC does not isolate them"
    )
}
