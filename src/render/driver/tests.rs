//! The rows of the spec's tests: each request word by word, what can be seen of its answer from outside, and in words what cannot.
//!
//! Every row has the title of its test in front: no two tests share one, and a test that is added changes no other row.

use super::rows::Rows;
use crate::model::{Expected, Request, RequestTest};
use crate::url::Url;

/// What stands for the frontend's own address.
const OWN: &str = "";

/// Media type of gRPC's messages; a suffix such as `+proto` may follow.
const GRPC: &str = "application/grpc";

pub(super) fn rows(rows: &mut Rows, tests: &[RequestTest]) {
    for test in tests {
        let (title, request) = (test.title.as_str(), &test.request);
        let url = parts(&request.url, request);
        let [scheme, host, port, target] = url.each_ref().map(String::as_str);
        rows.add(
            "test",
            [
                title,
                &request.gateway,
                &request.method,
                scheme,
                host,
                port,
                target,
            ],
        );
        if let Some(need) = need(request) {
            rows.add("test-needs", [title, need]);
        }
        for header in &request.headers {
            rows.add("test-header", [title, &line(header)]);
        }
        expected(rows, title, request, &test.expected);
    }
}

/// What the driver does not have, and the request cannot be sent without.
fn need(request: &Request) -> Option<&'static str> {
    let is_of_grpc = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type")
            && value
                .get(..GRPC.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(GRPC))
    };
    if request.client_certificate {
        Some("certificate")
    } else if request.headers.iter().any(is_of_grpc) {
        Some("message")
    } else {
        None
    }
}

fn expected(rows: &mut Rows, title: &str, request: &Request, expected: &Expected) {
    if let Some(status) = expected.status {
        rows.add("test-status", [title, &status.to_string()]);
    }
    if let Some(location) = &expected.location {
        let url = parts(location, request);
        let [scheme, host, port, target] = url.each_ref().map(String::as_str);
        rows.add("test-location", [title, scheme, host, port, target]);
    }
    for header in &expected.response_headers {
        rows.add("test-answer", [title, &line(header)]);
    }
    let mut unseen = |what: &str| rows.add("test-unseen", [title, what]);
    if expected.status.is_some() && expected.location.is_none() {
        unseen("that the gateway answers by itself");
    }
    if let Some(backends) = &expected.backends {
        unseen(&format!("backend {backends}"));
    }
    if let Some(route) = &expected.route {
        unseen(&format!("route {route}"));
    }
    if let Some(path) = &expected.path {
        unseen(&format!("path {path}"));
    }
    for (name, value) in &expected.request_headers {
        unseen(&format!("header {name}: {value}"));
    }
}

/// Scheme, host, port and target of a URL; the host of the request is left out where it only stands for the frontend's own address.
fn parts(url: &Url, request: &Request) -> [String; 4] {
    let host = if request.of_frontend && url.host == request.url.host {
        OWN
    } else {
        &url.host
    };
    [
        url.scheme.to_owned(),
        host.to_owned(),
        url.port.to_string(),
        url.target.clone(),
    ]
}

/// A header without a blank in it that is not its own: an empty value stays one.
fn line((name, value): &(String, String)) -> String {
    format!("{name}:{value}")
}
