//! Which matches of which rules of which routes the tests hit.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Tested;
use crate::trace::{ObjectName, Objects, RouteKind};

/// Every match of every route, hit or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// How many matches were hit.
    pub matches: Count,
    /// Of how many rules a match was hit.
    pub rules: Count,
    /// In the order of the objects.
    pub routes: Vec<Covered>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// So many.
    pub hit: usize,
    /// Of so many; may be 0.
    pub of: usize,
}

impl Count {
    /// Whether it is less than so many of a hundred. Of nothing, nothing is missing.
    pub fn is_under(self, percent: u8) -> bool {
        self.hit as u128 * 100 < u128::from(percent) * self.of as u128
    }

    /// `3 of 4 matches (75 %)`: rounded down, so that 100 % is all.
    pub fn told(self, what: &str) -> String {
        let Self { hit, of } = self;
        match (hit * 100).checked_div(of) {
            Some(percent) => format!("{hit} of {of} {what} ({percent} %)"),
            None => format!("{hit} of {of} {what}"),
        }
    }
}

/// A match, and the tests that hit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Covered {
    /// The kind of the route.
    pub kind: RouteKind,
    /// The namespace of the route.
    pub namespace: String,
    /// The name of the route.
    pub name: String,
    /// The rule, counted from 0.
    pub rule: usize,
    /// The name of the rule.
    pub rule_name: Option<String>,
    /// The match, counted from 0.
    #[serde(rename = "match")]
    pub match_at: usize,
    /// What it demands, in words.
    pub demands: String,
    /// The titles of the tests that hit it.
    pub tests: Vec<String>,
}

impl std::fmt::Display for Covered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            kind,
            namespace,
            name,
            rule,
            demands,
            ..
        } = self;
        write!(f, "{kind} {namespace}/{name}, rule {rule}: {demands}")
    }
}

/// A match that was hit: kind, namespace and name of the route; rule and match.
type Hit<'a> = (RouteKind, &'a str, &'a str, usize, usize);

impl Coverage {
    pub(super) fn of(objects: &Objects, tests: &[Tested]) -> Self {
        let mut hits: BTreeMap<Hit<'_>, Vec<String>> = BTreeMap::new();
        for test in tests {
            let decision = test.trace.as_ref();
            if let Some(hit) = decision.and_then(|decision| decision.route.as_ref()) {
                let key = (
                    hit.kind,
                    &*hit.namespace,
                    &*hit.name,
                    hit.rule,
                    hit.match_at,
                );
                hits.entry(key).or_default().push(test.title.clone());
            }
        }
        let mut routes = Vec::new();
        let mut rules = Count { hit: 0, of: 0 };
        for route in &objects.routes {
            let ObjectName { namespace, name } = &route.name;
            for (at, rule) in route.rules.iter().enumerate() {
                let first = routes.len();
                for (match_at, one) in rule.matches.iter().enumerate() {
                    let key = (route.kind, &**namespace, &**name, at, match_at);
                    routes.push(Covered {
                        kind: route.kind,
                        namespace: namespace.clone(),
                        name: name.clone(),
                        rule: at,
                        rule_name: rule.name.clone(),
                        match_at,
                        demands: one.to_string(),
                        tests: hits.get(&key).cloned().unwrap_or_default(),
                    });
                }
                rules.of += 1;
                let of_rule = routes.iter().skip(first);
                rules.hit += usize::from(
                    of_rule
                        .into_iter()
                        .any(|one: &Covered| !one.tests.is_empty()),
                );
            }
        }
        Self {
            matches: Count {
                hit: routes.iter().filter(|one| !one.tests.is_empty()).count(),
                of: routes.len(),
            },
            rules,
            routes,
        }
    }

    /// The matches that no test hits.
    pub fn missed(&self) -> impl Iterator<Item = &Covered> {
        self.routes.iter().filter(|one| one.tests.is_empty())
    }
}
