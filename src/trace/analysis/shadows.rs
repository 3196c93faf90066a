//! Matches that nothing ever reaches, because another one takes all that they take.

use std::collections::BTreeMap;

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::trace::route::{Match, Target};
use crate::trace::router::{Router, RowView};

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    // Of each match its rows, and of each that is shadowed the first that shadows it.
    let mut all: BTreeMap<(usize, usize, usize), usize> = BTreeMap::new();
    let mut shadowed: BTreeMap<(usize, usize, usize), (usize, RowView<'_>)> = BTreeMap::new();
    let rows: Vec<RowView<'_>> = router.rows().collect();
    for (at, row) in rows.iter().enumerate() {
        let key = (row.route, row.rule, row.match_at);
        *all.entry(key).or_default() += 1;
        let earlier = rows[..at]
            .iter()
            .find(|earlier| takes_all(router, earlier, row));
        if let Some(earlier) = earlier {
            shadowed.entry(key).or_insert((0, *earlier)).0 += 1;
        }
    }
    let is_dead = |key: &(usize, usize, usize)| {
        shadowed
            .get(key)
            .filter(|(count, _)| all.get(key) == Some(count))
    };
    for (route_at, route) in router.objects().routes.iter().enumerate() {
        for (rule_at, one) in route.rules.iter().enumerate() {
            let keys: Vec<_> = (0..one.matches.len())
                .map(|at| (route_at, rule_at, at))
                .collect();
            let dead: Vec<_> = keys
                .iter()
                .filter_map(|key| is_dead(key).map(|(_, by)| (key.2, by)))
                .collect();
            let Some((first, by)) = dead.first() else {
                continue;
            };
            let other = &router.objects().routes[by.route];
            let name = format!("rule {} of {}", by.rule, other.title());
            let related = Some((
                other.origin,
                rule(by.rule),
                "takes all that it would take".to_owned(),
            ));
            if dead.len() == one.matches.len() {
                problems.push(Problem {
                    code: Code::AGC0601,
                    origin: route.origin,
                    at: rule(rule_at),
                    message: format!(
                        "rule {rule_at} of {} `{}` is never reached",
                        route.kind, route.name.name
                    ),
                    label: format!("{name} comes before, for every request"),
                    help: "remove it, or demand something of its own".to_owned(),
                    related,
                });
                continue;
            }
            for (at, _) in &dead {
                problems.push(Problem {
                    code: Code::AGC0602,
                    origin: route.origin,
                    at: rule(rule_at).key("matches").index(*at),
                    message: format!("{} stands twice", one.matches[*first]),
                    label: format!("{name} has it, and comes first"),
                    help: "keep one of the two".to_owned(),
                    related: related.clone(),
                });
            }
        }
    }
}

/// Whether a match takes every request that another takes, wherever that stands.
fn takes_all(router: &Router<'_>, first: &RowView<'_>, second: &RowView<'_>) -> bool {
    router.is_same_entrance(first.listener, second.listener)
        && (first.route, first.rule, first.match_at) != (second.route, second.rule, second.match_at)
        && first.hostname.both(second.hostname).as_ref() == Some(second.hostname)
        && demands_less(first.one, second.one)
}

fn demands_less(first: &Match, second: &Match) -> bool {
    let target = match (&first.target, &second.target) {
        (Target::Exact(one), Target::Exact(two)) => one == two,
        (Target::Prefix(one), Target::Prefix(two) | Target::Exact(two)) => two
            .strip_prefix(one.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        (Target::Regex(one), Target::Regex(two)) => one.text() == two.text(),
        // The two patterns that people write for everything.
        (Target::Regex(one), Target::Prefix(_) | Target::Exact(_)) => {
            matches!(one.text(), ".*" | "/.*")
        }
        (
            Target::Call {
                service: one,
                method,
            },
            Target::Call {
                service: two,
                method: other,
            },
        ) => {
            let covers = |wide: &Option<crate::trace::Pattern>,
                          narrow: &Option<crate::trace::Pattern>| match (
                wide, narrow,
            ) {
                (None, _) => true,
                (Some(wide), Some(narrow)) => {
                    wide.text() == narrow.text() && wide.is_regex() == narrow.is_regex()
                }
                (Some(_), None) => false,
            };
            covers(one, two) && covers(method, other)
        }
        _ => false,
    };
    let among = |few: &[crate::trace::NamedPattern], many: &[crate::trace::NamedPattern]| {
        few.iter().all(|one| {
            many.iter()
                .any(|other| one.to_string() == other.to_string())
        })
    };
    target
        && first
            .method
            .as_ref()
            .is_none_or(|method| second.method.as_ref() == Some(method))
        && among(&first.headers, &second.headers)
        && among(&first.parameters, &second.parameters)
}
