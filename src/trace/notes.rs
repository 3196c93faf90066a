//! What an answer leaves open: where Application Gateway for Containers (AGC) does not do what the Gateway API says, or where
//! it is not known what it does.

use super::answer::Hit;
use super::route::{Match, Target};
use crate::catalog::gateway_api::{FEATURES, Support};

/// The ports that AGC serves (MicrosoftDocs/azure-docs, overview.md of Application Gateway for Containers, 2026-04-22).
const PORTS: [u16; 2] = [80, 443];

/// The controller that AGC's conformance report is of: what it has needs no word.
const REPORTED: &str = "1.7.9";

/// What is said of a 421.
pub(super) const MISDIRECTED: &str =
    "the Gateway API wants 421 here; of AGC it is not known what it answers";

/// Adds what is to be said of a match that has taken a request.
pub(super) fn of_hit(hit: &Hit<'_>, one: &Match, notes: &mut Vec<String>) {
    for feature in features(hit) {
        notes.extend(of_feature(feature));
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

/// The features that a rule needs beyond what every gateway has, by the names of the conformance suite.
fn features(hit: &Hit<'_>) -> Vec<&'static str> {
    let mut features = Vec::new();
    let mut needs = |is_needed: bool, feature: &'static str| {
        if is_needed && !features.contains(&feature) {
            features.push(feature);
        }
    };
    needs(!PORTS.contains(&hit.port), "GatewayPort8080");
    needs(
        hit.route
            .parent_refs
            .iter()
            .any(|parent| parent.port.is_some()),
        "HTTPRouteParentRefPort",
    );
    needs(
        hit.rule
            .backends
            .iter()
            .any(|backend| !backend.filters.is_empty()),
        "HTTPRouteBackendRequestHeaderModification",
    );
    let mirrors = || {
        hit.rule
            .filters
            .iter()
            .filter_map(|filter| filter.request_mirror.as_ref())
    };
    needs(mirrors().count() > 0, "HTTPRouteRequestMirror");
    needs(mirrors().count() > 1, "HTTPRouteRequestMultipleMirrors");
    needs(
        mirrors().any(|mirror| mirror.percent.is_some() || mirror.fraction.is_some()),
        "HTTPRouteRequestPercentageMirror",
    );
    for filter in &hit.rule.filters {
        needs(filter.cors.is_some(), "HTTPRouteCORS");
        let status = filter
            .request_redirect
            .as_ref()
            .and_then(|redirect| redirect.status_code);
        needs(status == Some(303), "HTTPRoute303RedirectStatusCode");
        needs(status == Some(307), "HTTPRoute307RedirectStatusCode");
        needs(status == Some(308), "HTTPRoute308RedirectStatusCode");
    }
    features
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
