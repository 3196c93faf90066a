//! What asks whether a workload is well, from inside the cluster and from outside.

use super::System;
use crate::model::{Call, PathMatch, Route, Workload};

/// A small image with curl, and the number of its user: the image names the user, and Kubernetes only trusts a number.
/// Source: Docker Hub, curlimages/curl, as known 2026-11.
pub(crate) const CURL_IMAGE: &str = "docker.io/curlimages/curl:8.11.1";
/// The number of that user.
pub(crate) const CURL_USER: u32 = 100;

/// First and last status code of a workload that is well; `None`: it says no such thing.
pub(crate) fn answers_of(workload: Option<&Workload>) -> Option<(u16, u16)> {
    workload?.health.as_ref().map(|health| health.status_codes)
}

/// What a caller asks of the workload that it calls.
pub(crate) fn call_url(call: &Call, callee: Option<&Workload>) -> String {
    match callee.and_then(|callee| callee.health.as_ref()) {
        Some(health) => format!("{}{}", call.url, health.path),
        None => format!("{}/", call.url),
    }
}

/// A path whose request goes by this route and becomes the workload's health check; `None`: there is no such path.
pub(crate) fn healthy_request(
    system: System<'_>,
    route: &Route,
    workload: Option<&Workload>,
) -> Option<String> {
    let health = &workload?.health.as_ref()?.path;
    let path = match (&route.path, &route.rewrite_prefix) {
        (PathMatch::Exact(path), _) => path.clone(),
        (PathMatch::Prefix(_), None) => health.clone(),
        (PathMatch::Prefix(prefix), Some(rewrite)) => {
            let rest = below(health, rewrite)?;
            let prefix = prefix.trim_end_matches('/');
            match (prefix.is_empty(), rest.is_empty()) {
                (true, true) => "/".to_owned(),
                (_, true) => prefix.to_owned(),
                _ => format!("{prefix}/{rest}"),
            }
        }
    };
    let seen = route.rewrite_prefix.is_some() || path == *health;
    (seen && winner(system, route, &path) == Some(route.name.as_str())).then_some(path)
}

/// What is left of `path` below `prefix`, by segment, without a slash before it.
fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(prefix.trim_end_matches('/'))?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

/// The route that Gateway API gives a request to: an exact path before prefixes, a longer prefix before a shorter one.
fn winner<'m>(system: System<'m>, of: &Route, path: &str) -> Option<&'m str> {
    let path = path.split('?').next().unwrap_or_default();
    system
        .model
        .routes
        .iter()
        .filter(|route| route.gateway == of.gateway)
        .filter_map(|route| {
            let weight = match &route.path {
                PathMatch::Exact(exact) => (exact == path).then_some((true, exact.len()))?,
                PathMatch::Prefix(prefix) => {
                    below(path, prefix)?;
                    (false, prefix.len())
                }
            };
            Some((weight, route.name.as_str()))
        })
        .max_by_key(|(weight, _)| *weight)
        .map(|(_, name)| name)
}

/// Longest time that a new version of a workload may take until all its pods are ready, in seconds: ten minutes, or twice what a pod
/// may take to start, for each of the batches of a rollout that replaces a quarter at a time.
pub(crate) fn rollout_seconds(workload: &Workload) -> u32 {
    const LEAST: u32 = 600;
    let startup = workload
        .health
        .as_ref()
        .map_or(0, |health| health.startup_seconds);
    let batches = workload.replicas.clamp(1, 4);
    LEAST.max(startup.saturating_mul(2).saturating_mul(batches))
}
