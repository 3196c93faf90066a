//! The specification once more, sentence by sentence and without care for time: what of the text can be asked is kept, and of
//! that what the next sentence prefers. It shares nothing with the engine.

use super::systems::{Asked, HOME, Listener, Match, Path, Route, System};

/// What answers a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nobody listens on that port.
    Nobody,
    /// No listener, or no rule, takes it.
    NotFound,
    /// A rule of a route does; with the weight of each backend and whether requests get there.
    Rule {
        route: String,
        rule: usize,
        shares: Vec<(u64, bool)>,
    },
}

struct Candidate<'a> {
    /// The host name for which the route stands at the listener.
    host: Option<&'a str>,
    route: &'a Route,
    rule: usize,
    at: usize,
    one: &'a Match,
}

pub(crate) fn told(system: &System, asked: &Asked) -> Told {
    let on_port: Vec<&Listener> = system
        .listeners
        .iter()
        .filter(|one| one.port == asked.port)
        .collect();
    if on_port.is_empty() {
        return Told::Nobody;
    }
    let mut left: Vec<Candidate<'_>> = Vec::new();
    for listener in &on_port {
        for route in &system.routes {
            if is_attached(listener, route) {
                for host in hosts_of(listener, route) {
                    left.extend(candidates(host, route));
                }
            }
        }
    }
    left.retain(|one| one.host.is_none_or(|host| covers(host, asked.host)) && fits(one.one, asked));

    let star = |one: &Candidate<'_>| one.host.is_some_and(|host| !host.contains('*'));
    // "characters in a matching non-wildcard hostname"
    keep_most(&mut left, |one| {
        if star(one) {
            one.host.unwrap().len()
        } else {
            0
        }
    });
    // "characters in a matching hostname"
    keep_most(&mut left, |one| one.host.unwrap_or_default().len());
    // "Exact" path match
    keep_most(&mut left, |one| {
        usize::from(matches!(one.one.path, Path::Exact(_)))
    });
    // Patterns stand where most gateways put them: before every prefix; the longer ones first.
    keep_most(&mut left, |one| match one.one.path {
        Path::Pattern(pattern) => pattern.len(),
        _ => 0,
    });
    // "Prefix" path match with largest number of characters; a slash at the end does not count
    keep_most(&mut left, |one| match one.one.path {
        Path::Prefix(path) => path.trim_end_matches('/').len(),
        _ => 0,
    });
    // Method match
    keep_most(&mut left, |one| usize::from(one.one.method.is_some()));
    // Largest number of header matches
    keep_most(&mut left, |one| one.one.headers.len());
    // Largest number of query param matches
    keep_most(&mut left, |one| one.one.query.len());
    // "The oldest Route based on creation timestamp": what is not made yet is younger than what is
    keep_least(&mut left, |one| {
        one.route.created.clone().unwrap_or_else(|| "9".to_owned())
    });
    // "The Route appearing first in alphabetical order by {namespace}/{name}"
    keep_least(&mut left, |one| {
        format!("{}/{}", one.route.namespace, one.route.name)
    });
    // "first matching rule (in list order)"
    keep_least(&mut left, |one| (one.rule, one.at));

    let Some(winner) = left.first() else {
        return Told::NotFound;
    };
    let shares = winner.route.rules[winner.rule]
        .backends
        .iter()
        .filter(|backend| backend.weight > 0)
        .map(|backend| {
            // Of a namespace without any nothing is known, and all is taken to be there.
            let is_known = |(namespace, _): &(&str, &str)| *namespace == backend.namespace;
            let is_there = system.services.contains(&(backend.namespace, backend.name))
                || !system.services.iter().any(is_known);
            let may = backend.namespace == winner.route.namespace
                || system.granting.contains(&backend.namespace);
            (backend.weight, is_there && may)
        });
    Told::Rule {
        route: format!("{}/{}", winner.route.namespace, winner.route.name),
        rule: winner.rule,
        shares: shares.collect(),
    }
}

fn candidates<'a>(host: Option<&'a str>, route: &'a Route) -> Vec<Candidate<'a>> {
    let mut all = Vec::new();
    for (rule, one) in route.rules.iter().enumerate() {
        for (at, one) in one.matches.iter().enumerate() {
            all.push(Candidate {
                host,
                route,
                rule,
                at,
                one,
            });
        }
    }
    all
}

fn is_attached(listener: &Listener, route: &Route) -> bool {
    let named = route
        .section
        .as_ref()
        .is_none_or(|section| *section == listener.name);
    named && (listener.from == "All" || route.namespace == HOME)
}

/// "If both the Listener and HTTPRoute have specified hostnames, any HTTPRoute hostnames that do not match the Listener hostname
/// MUST be ignored."
fn hosts_of<'a>(listener: &'a Listener, route: &'a Route) -> Vec<Option<&'a str>> {
    if route.hosts.is_empty() {
        return vec![listener.host];
    }
    let mut hosts = Vec::new();
    for &host in &route.hosts {
        match listener.host {
            None => hosts.push(Some(host)),
            Some(wide) if wide == host || (!host.contains('*') && covers(wide, host)) => {
                hosts.push(Some(host));
            }
            Some(narrow) if !narrow.contains('*') && covers(host, narrow) => {
                hosts.push(Some(narrow));
            }
            Some(other) if other.contains('*') && host.contains('*') => {
                let (one, two) = (&other[1..], &host[1..]);
                if one.ends_with(two) {
                    hosts.push(Some(other));
                } else if two.ends_with(one) {
                    hosts.push(Some(host));
                }
            }
            Some(_) => {}
        }
    }
    hosts
}

fn covers(pattern: &str, host: &str) -> bool {
    let labels = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    match pattern.strip_prefix("*.") {
        None => pattern == host,
        Some(rest) => {
            let (rest, host) = (labels(rest), labels(host));
            host.len() > rest.len() && host[host.len() - rest.len()..] == rest[..]
        }
    }
}

fn fits(one: &Match, asked: &Asked) -> bool {
    let path = match one.path {
        Path::Exact(path) => path == asked.path,
        Path::Prefix(path) => is_below(path, asked.path),
        Path::Pattern(pattern) => is_like(pattern, asked.path),
    };
    path && one.method.is_none_or(|method| method == asked.method)
        && one
            .headers
            .iter()
            .all(|header| asked.headers.contains(header))
        && one.query.iter().all(|pair| asked.query.contains(pair))
}

/// What the three patterns say, by hand.
fn is_like(pattern: &str, path: &str) -> bool {
    match pattern {
        "/[ab]" => ["/a", "/b"].contains(&path),
        "/a.*" => path.starts_with("/a"),
        "/.*/b(/c)?" => {
            let rest = path.strip_suffix("/c").unwrap_or(path);
            [path, rest].iter().any(|path| {
                path.strip_suffix("/b")
                    .is_some_and(|head| head.starts_with('/'))
            })
        }
        _ => panic!("no word of {pattern}"),
    }
}

/// "Matching is case-sensitive and done on a path element by element basis", and "a trailing slash is ignored".
fn is_below(prefix: &str, path: &str) -> bool {
    let elements = |text: &str| {
        text.split('/')
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut prefix = elements(prefix);
    if prefix.last().is_some_and(String::is_empty) {
        prefix.pop();
    }
    elements(path).starts_with(&prefix)
}

fn keep_most<T>(all: &mut Vec<T>, of: impl Fn(&T) -> usize) {
    if let Some(most) = all.iter().map(&of).max() {
        all.retain(|one| of(one) == most);
    }
}

fn keep_least<T, K: Ord>(all: &mut Vec<T>, of: impl Fn(&T) -> K) {
    if let Some(least) = all.iter().map(&of).min() {
        all.retain(|one| of(one) == least);
    }
}
