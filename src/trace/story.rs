//! A decision as people read it: the answer first, then how it came about.

use std::fmt::Write as _;

use super::decision::{Backend, Decision, HeaderChanges};
use super::request::Request;

/// Most losers that are told.
const MOST_LOSERS: usize = 5;

/// The decision on a request, in a few lines.
///
/// Writing to a String cannot fail, so the results of `write!` say nothing.
pub fn story(request: &Request, decision: &Decision) -> String {
    let mut out = String::new();
    _ = writeln!(out, "{} {}", request.method, request.url());
    if request.host != request.server_name {
        _ = writeln!(out, "  connects to {}", request.server_name);
    }
    told_answer(&mut out, request, decision);
    if let Some(listener) = &decision.listener {
        let host = listener.hostname.as_deref().unwrap_or("every host");
        _ = writeln!(
            out,
            "  listener  {} of Gateway {}: {} {}, {host}",
            listener.name, listener.gateway, listener.protocol, listener.port
        );
    }
    if let Some(route) = &decision.route {
        let host = route
            .hostname
            .as_deref()
            .map(|name| format!(" for {name}"))
            .unwrap_or_default();
        _ = writeln!(out, "  match     {route}: {}{host}", route.demands);
    }
    // What changes nothing, such as a header filter of `Host` alone, says nothing.
    for filter in decision.filters.iter().filter(|one| !one.ends_with(": ")) {
        _ = writeln!(out, "  filter    {filter}");
    }
    for loser in decision.losers.iter().take(MOST_LOSERS) {
        _ = writeln!(
            out,
            "  not       {}: {}; {}",
            loser.route, loser.route.demands, loser.reason
        );
    }
    if let Some(more @ 1..) = decision.losers.len().checked_sub(MOST_LOSERS) {
        _ = writeln!(out, "  not       {more} more; --format json has them");
    }
    for note in &decision.notes {
        _ = writeln!(out, "  note      {note}");
    }
    out
}

fn told_answer(out: &mut String, request: &Request, decision: &Decision) {
    let answer = &decision.answer;
    let reason = answer.reason.as_deref().unwrap_or_default();
    match (answer.status, &answer.location) {
        (Some(status), Some(location)) => _ = writeln!(out, "  -> {status} {location}"),
        (Some(status), None) if answer.backends.len() < 2 => {
            let grpc = told_grpc(answer.grpc_status);
            _ = writeln!(out, "  -> {status}{grpc}: {reason}");
        }
        (None, _) if answer.backends.is_empty() => _ = writeln!(out, "  -> no answer: {reason}"),
        _ => {
            for backend in &answer.backends {
                told_backend(out, request, backend);
            }
        }
    }
    for header in &answer.response_headers {
        if answer.location.as_ref() != Some(&header.value) {
            _ = writeln!(out, "     {}: {}", header.name, header.value);
        }
    }
    for mirror in &answer.mirrors {
        _ = writeln!(out, "  -> a copy of {} to {}", mirror.share, mirror.service);
    }
}

fn told_grpc(status: Option<&str>) -> String {
    status.map_or_else(String::new, |status| format!(" ({status})"))
}

fn told_backend(out: &mut String, request: &Request, backend: &Backend) {
    let share = if backend.share.weight == backend.share.of {
        String::new()
    } else {
        format!("{} to ", backend.share)
    };
    if let (Some(status), Some(reason)) = (backend.status, &backend.reason) {
        let grpc = told_grpc(backend.grpc_status);
        _ = writeln!(out, "  -> {share}{status}{grpc}: {reason}");
        return;
    }
    let picks = if backend.service.kind == "InferencePool" {
        ", which picks the pod"
    } else {
        ""
    };
    _ = writeln!(out, "  -> {share}{}{picks}", backend.service);
    let Some(seen) = &backend.request else { return };
    if seen.host != request.authority || seen.path != request.path {
        let query = seen
            .query
            .as_ref()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        _ = writeln!(
            out,
            "     sees {} {}{}{query}",
            seen.method, seen.host, seen.path
        );
    }
    if seen.headers != request.headers {
        for header in &seen.headers {
            _ = writeln!(out, "     sees {}: {}", header.name, header.value);
        }
    }
    let HeaderChanges { set, add, remove } = &backend.response_headers;
    for (word, headers) in [("set", set), ("add", add)] {
        for header in headers {
            _ = writeln!(out, "     answer: {word} {}: {}", header.name, header.value);
        }
    }
    for name in remove {
        _ = writeln!(out, "     answer: remove {name}");
    }
}
