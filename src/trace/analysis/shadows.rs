//! Matches that nothing ever reaches, because another one takes all that they take.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::trace::by_path::Wanted;
use crate::trace::pattern::Pattern;
use crate::trace::route::{Match, Target};
use crate::trace::router::{Router, RowView};

/// A match of a rule of a route.
type Key = (usize, usize, usize);

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    // Of each match its rows, and of each that is shadowed the first that shadows it.
    let mut all: BTreeMap<Key, usize> = BTreeMap::new();
    let mut shadowed: BTreeMap<Key, (usize, bool, RowView<'_>)> = BTreeMap::new();
    let rows: Vec<RowView<'_>> = router.rows().collect();
    let demands: Vec<BTreeSet<String>> = rows.iter().map(|row| demands(row.one)).collect();
    let mut often: BTreeMap<&str, usize> = BTreeMap::new();
    for demand in demands.iter().flatten() {
        *often.entry(demand).or_default() += 1;
    }
    // Rows by what they want of the path and one of their demands, the rarest, so that each is compared with those alone that
    // could take its requests.
    let mut earlier: BTreeMap<(Wanted<'_>, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let key = (row.route, row.rule, row.match_at);
        *all.entry(key).or_default() += 1;
        let own = || demands[at].iter().map(String::as_str);
        let first = Wanted::that_take_all_of(&row.one.target)
            .into_iter()
            .flat_map(|wanted| own().map(Some).chain([None]).map(move |one| (wanted, one)))
            .filter_map(|key| earlier.get(&key))
            .filter_map(|all| {
                all.iter().find(|&&other| {
                    demands[other].is_subset(&demands[at]) && takes_all(router, &rows[other], row)
                })
            })
            .min();
        if let Some(&first) = first {
            let first = rows[first];
            let by_age = first.rank == row.rank && first.route != row.route;
            let entry = shadowed.entry(key).or_insert((0, by_age, first));
            entry.0 += 1;
        }
        let rarest = own().min_by_key(|demand| (often.get(demand), *demand));
        let wanted = Wanted::of(&row.one.target);
        earlier.entry((wanted, rarest)).or_default().push(at);
    }
    let is_dead = |key: &Key| {
        shadowed
            .get(key)
            .filter(|(count, ..)| all.get(key) == Some(count))
    };
    for (route_at, route) in router.objects().routes.iter().enumerate() {
        for (rule_at, one) in route.rules.iter().enumerate() {
            let dead: Vec<_> = (0..one.matches.len())
                .filter_map(|at| {
                    let (_, by_age, by) = is_dead(&(route_at, rule_at, at))?;
                    Some((at, *by_age, by))
                })
                .collect();
            let is_whole = dead.len() == one.matches.len();
            for (at, by_age, by) in dead {
                let other = &router.objects().routes[by.route];
                let name = format!("rule {} of {}", by.rule, other.title());
                let is_age_known = route.created.is_some() && other.created.is_some();
                let is_pattern = |one: &Match| matches!(one.target, Target::Regex(_));
                let unless = if by_age && !is_age_known {
                    ", unless this route is the older one"
                } else if is_pattern(by.one) && !is_pattern(&one.matches[at]) {
                    ", unless a gateway puts patterns last"
                } else {
                    ""
                };
                let related = Some((
                    other.origin,
                    rule(by.rule),
                    "takes all that it would take".to_owned(),
                ));
                if is_whole {
                    problems.push(Problem {
                        code: Code::AGC0601,
                        origin: route.origin,
                        at: rule(rule_at),
                        message: format!(
                            "rule {rule_at} of {} `{}` is never reached",
                            route.kind, route.name.name
                        ),
                        label: format!("{name} comes before, for every request{unless}"),
                        help: "remove it, or demand something of its own".to_owned(),
                        related,
                    });
                    break;
                }
                problems.push(Problem {
                    code: Code::AGC0602,
                    origin: route.origin,
                    at: rule(rule_at).key("matches").index(at),
                    message: format!("{} is taken by another match already", one.matches[at]),
                    label: format!("{name} has {}, and comes first{unless}", by.one),
                    help: "remove it, or demand something of its own".to_owned(),
                    related,
                });
            }
        }
    }
}

/// What a match demands beside the path.
fn demands(one: &Match) -> BTreeSet<String> {
    let method = one.method.iter().map(|method| format!("method {method}"));
    let headers = one.headers.iter().map(|header| format!("header {header}"));
    let parameters = one.parameters.iter().map(|one| format!("query {one}"));
    method.chain(headers).chain(parameters).collect()
}

/// Whether a match takes every request that another takes, wherever that stands, if their paths and demands are so.
fn takes_all(router: &Router<'_>, first: &RowView<'_>, second: &RowView<'_>) -> bool {
    let calls = match (&first.one.target, &second.one.target) {
        (
            Target::Call { service, method },
            Target::Call {
                service: other,
                method: its,
            },
        ) => covers(service.as_ref(), other.as_ref()) && covers(method.as_ref(), its.as_ref()),
        _ => true,
    };
    calls
        && (first.route, first.rule, first.match_at) != (second.route, second.rule, second.match_at)
        && router.is_same_entrance(first.listener, second.listener)
        && first.hostname.both(second.hostname).as_ref() == Some(second.hostname)
}

/// Whether a part of a call takes all that another takes, as far as that is known without trying.
fn covers(wide: Option<&Pattern>, narrow: Option<&Pattern>) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => {
            wide.text() == narrow.text() && wide.is_regex() == narrow.is_regex()
        }
        (Some(_), None) => false,
    }
}
