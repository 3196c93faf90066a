//! What the API server refuses is refused, and nothing else. `manifests.jsonl` has an object a line, most of them with one fault, and
//! what kube-apiserver 1.37.2 with the definitions of the standard channel, release 1.5.1, said of it (strict, as `kubectl apply`
//! asks, 2026-11-29). `core.jsonl` has those of Kubernetes' own kinds, from the same server. `tests/conformance` holds the lines of
//! `manifests.jsonl` against the definitions.

use agcgen::source::Step;
use agcgen::trace::Objects;
use serde_json::{Value, json};

/// Secrets that the server refuses and that are taken all the same: in git they may be encrypted, or to be filled in.
const TAKEN: [&str; 6] = [
    "secret field",
    "secret not in base64",
    "secret of tls without a key",
    "secret with a blank",
    "secret with too much padding",
    "secret without padding",
];

/// What the server was asked, and what it said.
fn asked() -> impl Iterator<Item = Value> {
    let lines = include_str!("manifests.jsonl").lines();
    let lines = lines.chain(include_str!("core.jsonl").lines());
    lines.map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn what_the_api_server_refuses_is_refused_and_nothing_else() {
    let (mut wrong, mut refused, mut taken) = (Vec::new(), 0, 0);
    for line in asked() {
        let what = line["what"].as_str().unwrap();
        let is_refused = line["refused"].as_bool().unwrap();
        let mut objects = Objects::new();
        objects.read(&line["object"]);
        let is_otherwise = objects.refused.is_empty() == is_refused;
        if is_otherwise != TAKEN.contains(&what) {
            wrong.push(format!("{what}: {:?}", objects.refused));
        }
        for fault in &objects.refused {
            assert!(!fault.reason.is_empty(), "{what}");
            // The place is there, but for its last step, which may be missing.
            let mut at = &line["object"];
            let (_, parents) = fault.at.steps().split_last().unzip();
            for step in parents.unwrap_or_default() {
                at = match step {
                    Step::Key(key) => &at[key.as_ref()],
                    Step::Index(index) => &at[*index],
                };
            }
            assert!(!at.is_null(), "{what}: {:?}", fault.at);
        }
        if is_refused {
            refused += 1;
        } else {
            taken += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!((refused, taken), (232, 90));
}

#[test]
fn a_fault_is_told_in_words_at_its_field() {
    let told = |what: &str| {
        let line = asked()
            .find(|line| line["what"] == what)
            .unwrap_or_else(|| panic!("no line {what}"));
        let mut objects = Objects::new();
        objects.read(&line["object"]);
        let faults: Vec<String> = objects
            .refused
            .iter()
            .map(|fault| format!("{}: {}", fault.at, fault.reason))
            .collect();
        faults.join("; ")
    };
    for (what, expected) in [
        ("port 70000", "spec.listeners[0].port: a port is 1 to 65535"),
        (
            "port as text",
            "spec.rules[0].backendRefs[0].port: a port is 1 to 65535, without quotes",
        ),
        (
            "pathh",
            "spec.rules[0].matches[0].pathh: there is no field `pathh`: did you mean `path`?",
        ),
        ("retry", "experimental"),
        ("spec is missing", "`spec` is missing"),
        (
            "path type",
            "spec.rules[0].matches[0].path.type: write one of Exact, PathPrefix, RegularExpression",
        ),
        (
            "service port field",
            "spec.ports[0].targetport: there is no field `targetport`: did you mean `targetPort`?",
        ),
        (
            "service target port as digits",
            "spec.ports[0].targetPort: write the number of a port, without quotes",
        ),
        ("service without ports", "spec: `ports` is missing"),
        (
            "secret key",
            "a key is of letters, digits, `-`, `_` and `.`",
        ),
    ] {
        let said = told(what);
        assert!(said.contains(expected), "{what}: {said}");
    }
}

/// Each is a file of a megabyte or so. That they are judged at all before a test's patience ends is the point.
#[test]
fn lists_as_long_as_a_file_are_judged_in_no_time() {
    let http_route = |spec: &Value| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": { "name": "long" }, "spec": spec,
        })
    };
    let many = |one: &dyn Fn(usize) -> Value| (0..60_000).map(one).collect::<Vec<_>>();
    let parents = many(&|number| json!({ "name": format!("gateway-{number}") }));
    let headers = many(&|number| json!({ "name": format!("header-{number}"), "value": "x" }));
    let ports =
        many(&|number| json!({ "name": format!("port-{number}"), "port": number % 65_535 + 1 }));
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": "long" }, "spec": { "ports": ports },
    });
    let matches = json!({ "rules": [{ "matches": [{ "headers": headers }] }] });
    let began = std::time::Instant::now();
    for (object, faults) in [
        (http_route(&json!({ "parentRefs": parents })), 1),
        (http_route(&matches), 1),
        (service, 0),
    ] {
        let mut objects = Objects::new();
        objects.read(&object);
        assert_eq!(
            objects.refused.len(),
            faults,
            "{:?}",
            objects.refused.first()
        );
    }
    // Pairs would be two thousand million: minutes.
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}
