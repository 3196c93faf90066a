//! More than the Gateway API's schemas take.

use crate::diagnostic::Code;
use crate::source::At;

use super::{Problem, rule};
use crate::trace::objects::Objects;
use crate::trace::route::{Route, Target};

/// Most entries of lists (CRDs of the standard channel, releases 1.2.1 to 1.5.1).
const LISTENERS: usize = 64;
const PARENT_REFS: usize = 32;
const HOSTNAMES: usize = 16;
const RULES: usize = 16;
const MATCHES_OF_RULE: usize = 64;
/// The same of all rules of a route together (HTTPRoute's CEL rule).
const MATCHES_OF_ROUTE: usize = 128;
const FILTERS: usize = 16;
const BACKEND_REFS: usize = 16;
const HEADERS: usize = 16;
const PARAMETERS: usize = 16;
/// Most characters of a path.
const PATH: usize = 1024;

pub(super) fn check(objects: &Objects, problems: &mut Vec<Problem>) {
    let spec = At::root().key("spec");
    for gateway in &objects.gateways {
        let count = gateway.spec.listeners.len();
        over(
            gateway.origin,
            "listeners",
            count,
            LISTENERS,
            spec.key("listeners"),
            problems,
        );
    }
    for route in &objects.routes {
        let origin = route.origin;
        over(
            origin,
            "parentRefs",
            route.parent_refs.len(),
            PARENT_REFS,
            spec.key("parentRefs"),
            problems,
        );
        over(
            origin,
            "hostnames",
            route.hostnames.len(),
            HOSTNAMES,
            spec.key("hostnames"),
            problems,
        );
        over(
            origin,
            "rules",
            route.rules.len(),
            RULES,
            spec.key("rules"),
            problems,
        );
        let matches = route.rules.iter().map(|rule| rule.matches.len()).sum();
        over(
            origin,
            "matches in all rules",
            matches,
            MATCHES_OF_ROUTE,
            spec.key("rules"),
            problems,
        );
        of_rules(route, problems);
    }
}

fn of_rules(route: &Route, problems: &mut Vec<Problem>) {
    let origin = route.origin;
    for (at, one) in route.rules.iter().enumerate() {
        let at = rule(at);
        over(
            origin,
            "matches",
            one.matches.len(),
            MATCHES_OF_RULE,
            at.key("matches"),
            problems,
        );
        over(
            origin,
            "filters",
            one.filters.len(),
            FILTERS,
            at.key("filters"),
            problems,
        );
        over(
            origin,
            "backendRefs",
            one.backends.len(),
            BACKEND_REFS,
            at.key("backendRefs"),
            problems,
        );
        for (match_at, one) in one.matches.iter().enumerate() {
            let at = at.key("matches").index(match_at);
            over(
                origin,
                "headers",
                one.headers.len(),
                HEADERS,
                at.key("headers"),
                problems,
            );
            over(
                origin,
                "queryParams",
                one.parameters.len(),
                PARAMETERS,
                at.key("queryParams"),
                problems,
            );
            let path = match &one.target {
                Target::Exact(path) | Target::Prefix(path) => path.chars().count(),
                Target::Regex(pattern) => pattern.text().chars().count(),
                Target::Call { .. } => 0,
            };
            over(
                origin,
                "characters of a path",
                path,
                PATH,
                at.key("path").key("value"),
                problems,
            );
        }
    }
}

fn over(origin: usize, what: &str, count: usize, most: usize, at: At, problems: &mut Vec<Problem>) {
    if count > most {
        problems.push(Problem {
            code: Code::AGC0611,
            origin,
            at,
            message: format!("{count} {what} are more than the Gateway API takes"),
            label: format!("{most} at most"),
            help: "take the object apart into several".to_owned(),
            related: None,
        });
    }
}
