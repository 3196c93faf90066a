//! What a gateway may not do with a route that is well-formed: patterns that cannot be read here, and features that Application
//! Gateway for Containers lacks.

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::source::At;
use crate::trace::api::Cors;
use crate::trace::notes;
use crate::trace::pattern::Pattern;
use crate::trace::route::{Route, Target};
use crate::trace::router::Router;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for gateway in &router.objects().gateways {
        for (at, feature) in notes::features_of_gateway(&gateway.spec) {
            let label = format!("Gateway {} asks for it", gateway.name);
            let why = notes::lacking(feature);
            problems.extend(why.map(|why| problem(why, gateway.origin, at, label)));
        }
    }
    for route in &router.objects().routes {
        for (at, feature) in notes::features_of_parents(route) {
            let label = format!("{} asks for it", route.title());
            let why = notes::lacking(feature);
            problems.extend(why.map(|why| problem(why, route.origin, at, label)));
        }
        for (rule_at, one) in route.rules.iter().enumerate() {
            for (match_at, one) in one.matches.iter().enumerate() {
                if let Target::Regex(pattern) = &one.target
                    && pattern.takes_no_path()
                {
                    problems.push(no_path(route, rule_at, match_at, pattern));
                }
                for pattern in one.patterns() {
                    let Some(why) = pattern.fault() else { continue };
                    problems.push(Problem {
                        code: Code::AGC0613,
                        origin: route.origin,
                        at: rule(rule_at).key("matches").index(match_at),
                        message: format!("the pattern {} cannot be read", pattern.text()),
                        label: why.to_owned(),
                        help: "write it as RE2 takes it".to_owned(),
                        related: None,
                    });
                }
            }
            for (at, feature) in notes::features(&rule(rule_at), one) {
                let label = format!("rule {rule_at} of {} asks for it", route.title());
                let why = notes::lacking(feature);
                problems.extend(why.map(|why| problem(why, route.origin, at, label)));
            }
            for (at, filter) in one.filters.iter().enumerate() {
                if filter
                    .cors
                    .as_ref()
                    .is_some_and(Cors::is_for_all_with_credentials)
                {
                    let at = rule(rule_at).key("filters").index(at);
                    problems.push(Problem {
                        help: "name the origins, or take out `allowCredentials`".to_owned(),
                        ..problem(
                            notes::EVERY_ORIGIN_WITH_CREDENTIALS.to_owned(),
                            route.origin,
                            at.key("cors").key("allowOrigins"),
                            format!("rule {rule_at} of {} asks for it", route.title()),
                        )
                    });
                }
            }
            for (at, backend) in one.backends.iter().enumerate() {
                let feature = notes::feature_of_backend(router.objects(), route, backend);
                let Some(feature) = feature else { continue };
                let at = rule(rule_at).key("backendRefs").index(at);
                let name = &backend.reference.name;
                let label = format!("the `appProtocol` of Service {name} asks for it");
                let why = notes::lacking(feature);
                problems.extend(why.map(|why| problem(why, route.origin, at, label)));
            }
        }
    }
}

/// That a pattern is of no path. Gateways compare patterns with the whole path, not with a part of it.
fn no_path(route: &Route, rule_at: usize, match_at: usize, pattern: &Pattern) -> Problem {
    let text = pattern.text();
    let bare = text.strip_prefix('^').unwrap_or(text);
    let meant = if bare.contains('|') {
        format!("/(?:{bare})")
    } else {
        format!("/{bare}")
    };
    Problem {
        code: Code::AGC0601,
        origin: route.origin,
        at: rule(rule_at)
            .key("matches")
            .index(match_at)
            .key("path")
            .key("value"),
        message: format!(
            "no path is like the pattern {text} of rule {rule_at} of {} `{}`",
            route.kind, route.name.name
        ),
        label: "it is compared with the whole path, which begins with `/`".to_owned(),
        help: format!("write `{meant}`"),
        related: None,
    }
}

/// That an object asks for something that AGC does not do, and why not.
fn problem(why: String, origin: usize, at: At, label: String) -> Problem {
    Problem {
        code: Code::AGC0615,
        origin,
        at,
        message: why,
        label,
        help: "remove it, or ask another gateway".to_owned(),
        related: None,
    }
}
