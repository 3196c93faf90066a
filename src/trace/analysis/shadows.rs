//! Matches that nothing ever reaches, because another one takes all that they take.

use std::collections::BTreeMap;

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::trace::route::{Match, Target};
use crate::trace::router::{Router, RowView};

/// A match of a rule of a route.
type Key = (usize, usize, usize);

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    // Of each match its rows, and of each that is shadowed the first that shadows it.
    let mut all: BTreeMap<Key, usize> = BTreeMap::new();
    let mut shadowed: BTreeMap<Key, (usize, bool, RowView<'_>)> = BTreeMap::new();
    let rows: Vec<RowView<'_>> = router.rows().collect();
    // Rows by what they want, so that each is compared with those alone that could take its requests.
    let mut wanted: BTreeMap<Wanted<'_>, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let key = (row.route, row.rule, row.match_at);
        *all.entry(key).or_default() += 1;
        let earlier = wider(&row.one.target)
            .iter()
            .filter_map(|want| wanted.get(want))
            .filter_map(|at| at.iter().find(|&&at| takes_all(router, &rows[at], row)))
            .min();
        if let Some(&earlier) = earlier {
            let earlier = rows[earlier];
            let by_age = earlier.rank == row.rank && earlier.route != row.route;
            let entry = shadowed.entry(key).or_insert((0, by_age, earlier));
            entry.0 += 1;
        }
        wanted
            .entry(Wanted::of(&row.one.target))
            .or_default()
            .push(at);
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
                let unless = if by_age && !is_age_known {
                    ", unless this route is the older one"
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

/// What a match wants of the path, as far as one has to be equal to be compared.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted<'a> {
    Exact(&'a str),
    Prefix(&'a str),
    Regex(&'a str),
    Call,
}

impl<'a> Wanted<'a> {
    fn of(target: &'a Target) -> Self {
        match target {
            Target::Exact(path) => Self::Exact(path),
            Target::Prefix(path) => Self::Prefix(path),
            Target::Regex(pattern) => Self::Regex(pattern.text()),
            Target::Call { .. } => Self::Call,
        }
    }
}

/// The two patterns that people write for everything.
const EVERYTHING: [&str; 2] = [".*", "/.*"];

/// What could take all that a match wants.
fn wider(target: &Target) -> Vec<Wanted<'_>> {
    let (mut wider, path) = match target {
        Target::Call { .. } => return vec![Wanted::Call],
        Target::Regex(pattern) => return vec![Wanted::Regex(pattern.text())],
        Target::Exact(path) => (vec![Wanted::Exact(path)], path),
        Target::Prefix(path) => (Vec::new(), path),
    };
    wider.extend(EVERYTHING.map(Wanted::Regex));
    let ends = path.match_indices('/').map(|(at, _)| at);
    wider.extend(
        ends.chain([path.len()])
            .map(|end| Wanted::Prefix(&path[..end])),
    );
    wider
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
        (Target::Regex(one), Target::Prefix(_) | Target::Exact(_)) => {
            EVERYTHING.contains(&one.text())
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
