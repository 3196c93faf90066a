//! Redirects that come back.

use std::collections::BTreeSet;

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::trace::hostname::Hostname;
use crate::trace::request::{Request, Scheme};
use crate::trace::route::{Match, Target};
use crate::trace::router::{Router, RowView};

/// How many redirects a browser follows before it gives up, rounded down (the Fetch standard has 20).
const MOST: usize = 20;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
    for row in router.rows() {
        let route = &router.objects().routes[row.route];
        let filters = &route.rules[row.rule].filters;
        let Some(at) = filters
            .iter()
            .position(|filter| filter.request_redirect.is_some())
        else {
            continue;
        };
        if told.contains(&(row.route, row.rule)) {
            continue;
        }
        let Some(request) = sample(router, &row) else {
            continue;
        };
        if comes_back(router, &row, request.clone()) {
            told.insert((row.route, row.rule));
            problems.push(Problem {
                code: Code::AGC0609,
                origin: route.origin,
                at: rule(row.rule)
                    .key("filters")
                    .index(at)
                    .key("requestRedirect"),
                message: format!(
                    "the redirect of rule {} of {} `{}` never ends",
                    row.rule, route.kind, route.name.name
                ),
                label: format!("whoever asks for {} is sent in a circle", request.url()),
                help: "lead to another scheme, host or path, and give that a rule that answers"
                    .to_owned(),
                related: None,
            });
        }
    }
}

/// Whether a client that follows comes to a rule for the second time with the same URL.
fn comes_back(router: &Router<'_>, row: &RowView<'_>, mut request: Request) -> bool {
    let mut seen = Vec::new();
    for _ in 0..MOST {
        let asked = (request.method.clone(), request.url());
        if seen.contains(&asked) {
            return true;
        }
        seen.push(asked);
        let decision = router.decide(&request, Some(row.listener.gateway));
        let (Some(status), Some(location)) = (decision.answer.status, decision.answer.location)
        else {
            return false;
        };
        let Ok(mut next) = Request::new(method_after(status, &request.method), &location) else {
            return false;
        };
        if next.host != request.host && !is_ours(router, row, &next.host) {
            return false;
        }
        next.headers.clone_from(&request.headers);
        next.client_certificate = request.client_certificate;
        request = next;
    }
    // Further and further away, and never to an answer.
    true
}

/// Whether a host is one that a listener of the Gateway or a route at it names. Whether another leads there, only its DNS says.
fn is_ours(router: &Router<'_>, row: &RowView<'_>, host: &str) -> bool {
    router.rows().any(|other| {
        other.listener.gateway == row.listener.gateway
            && !matches!(other.hostname, Hostname::Any)
            && other.hostname.takes(host)
    })
}

/// The method that a client follows a redirect with (Fetch standard, "HTTP-redirect fetch", read 2026-11-29).
fn method_after(status: u16, method: &str) -> &str {
    match (status, method) {
        (303, "HEAD") => "HEAD",
        (303, _) | (301 | 302, "POST") => "GET",
        _ => method,
    }
}

/// A request that the match takes, if one can be made up.
fn sample(router: &Router<'_>, row: &RowView<'_>) -> Option<Request> {
    let listener = &router.objects().gateways[row.listener.gateway]
        .spec
        .listeners[row.listener.listener];
    let scheme = crate::trace::attach::scheme(&listener.protocol)?;
    let host = match row.hostname {
        Hostname::Any => "example.com".to_owned(),
        Hostname::Suffix(suffix) => format!("any{suffix}"),
        Hostname::Name(name) => name.clone(),
    };
    let port = match (scheme, listener.port) {
        (Scheme::Http, 80) | (Scheme::Https, 443) => String::new(),
        (_, port) => format!(":{port}"),
    };
    let Match {
        target,
        method,
        headers,
        parameters,
    } = row.one;
    let path = match target {
        Target::Exact(path) => path.clone(),
        Target::Prefix { path, .. } => format!("{path}/"),
        Target::Regex(pattern) => pattern.example()?,
        Target::Call { .. } => return None,
    };
    let mut query = String::new();
    for one in parameters {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.extend([&one.name, "=", &one.value.example()?]);
    }
    let mut request = Request::new(
        method.as_deref().unwrap_or("GET"),
        &format!("{scheme}://{host}{port}{path}{query}"),
    )
    .ok()?;
    for header in headers {
        request.push_header(&header.name, &header.value.example()?);
    }
    request.client_certificate = true;
    Some(request)
}
