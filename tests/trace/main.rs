//! The engine behind `agcgen trace`: against a matcher written apart from the text of the specification, by laws that hold
//! whatever the system, and by hand where the specification has a table or an example.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::panic,
    missing_docs,
    reason = "a test fails where it panics"
)]

mod by_hand;
mod laws;
mod lint;
mod naive;
mod shape;
mod systems;

use agcgen::trace::{Decision, Objects, Request, Router};
use serde_json::Value;

use systems::Asked;

/// The objects of manifests; all of them are taken.
fn objects(manifests: &[Value]) -> Objects {
    let mut objects = Objects::new();
    for manifest in manifests {
        objects.read(manifest);
    }
    assert_eq!(objects.refused, []);
    objects
}

fn request(asked: &Asked) -> Request {
    let query: Vec<String> = asked
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let url = format!(
        "http://{}:{}{}?{}",
        asked.host,
        asked.port,
        asked.path,
        query.join("&")
    );
    let mut request = Request::new(asked.method, &url).unwrap();
    for (name, value) in &asked.headers {
        request = request.with_header(&format!("{name}: {value}")).unwrap();
    }
    request
}

/// The decisions on requests.
fn decided(manifests: &[Value], asked: &[Asked]) -> Vec<Decision> {
    let objects = objects(manifests);
    let router = Router::new(&objects);
    asked
        .iter()
        .map(|asked| router.decide(&request(asked), None))
        .collect()
}
