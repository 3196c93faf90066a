//! Specs as documents show them: whole, or the part that matters. In: the text. Out: what agcgen finds in it, and what it
//! renders from it.

#![allow(
    dead_code,
    reason = "each test program includes this module and uses a part of it"
)]

use std::collections::BTreeSet;

use agcgen::diagnostic::{Findings, Severity};
use agcgen::render::Rendered;
use agcgen::source::{Sources, parse, parse_manifests};
use agcgen::trace::{Objects, Router, analyse};
use serde_json::Value;

/// What a fragment is laid over: a spec that has no finding at all.
pub(crate) const BASE: &str = "
apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 7k2f9d }
cluster: { administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }] }
workloads: { web: { image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz } }
";

/// What agcgen makes of a spec.
pub(crate) struct Outcome {
    /// Findings as `AGC0201: message`.
    pub findings: BTreeSet<String>,
    /// The output, if there is no error.
    pub rendered: Option<Rendered>,
}

/// Findings as `AGC0201: message`; an error also says what to do.
fn listed(found: &Findings) -> BTreeSet<String> {
    found
        .iter()
        .map(|finding| {
            let error = finding.code.severity() == Severity::Error;
            assert!(
                !error || finding.help.is_some(),
                "{}: {} does not say what to do",
                finding.code,
                finding.message
            );
            format!("{}: {}", finding.code, finding.message)
        })
        .collect()
}

/// What agcgen makes of a whole spec.
pub(crate) fn whole(text: &str) -> Outcome {
    let mut sources = Sources::new();
    let id = sources.add("example.yaml", text);
    let mut found = Findings::new();
    let rendered = agcgen::compile(&sources, id, &mut found).unwrap();
    assert_eq!(
        rendered.is_none(),
        found.error_count() > 0,
        "output and an error, or neither: {text}"
    );
    Outcome {
        findings: listed(&found),
        rendered,
    }
}

/// A list as long as an example means it: for the line `# … and so on, to` stand the lines between its neighbours, which
/// differ in numbers alone.
fn at_full_length(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut full = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if line.trim() != "# … and so on, to" {
            full.push((*line).to_owned());
            continue;
        }
        let parts = |line: &str| -> Vec<String> {
            let mut parts: Vec<String> = Vec::new();
            for c in line.chars() {
                match parts.last_mut() {
                    Some(last)
                        if last.ends_with(|l: char| l.is_ascii_digit()) == c.is_ascii_digit() =>
                    {
                        last.push(c);
                    }
                    _ => parts.push(c.to_string()),
                }
            }
            parts
        };
        let (first, last) = (parts(lines[index - 1]), parts(lines[index + 1]));
        let number = |part: &String| part.parse::<u32>().unwrap();
        let (from, to) = first
            .iter()
            .zip(&last)
            .find(|(one, other)| one != other)
            .unwrap();
        for n in number(from) + 1..number(to) {
            let line = first.iter().zip(&last);
            full.push(
                line.map(|(one, other)| {
                    if one == other {
                        one.clone()
                    } else {
                        n.to_string()
                    }
                })
                .collect(),
            );
        }
    }
    full.join("\n") + "\n"
}

/// What agcgen makes of an example. A fragment is read where it stands, because only its own text has the quotes that the
/// codes on YAML speak of, and then once more as part of a whole spec.
pub(crate) fn example(text: &str) -> Outcome {
    let text = &at_full_length(text);
    let mut sources = Sources::new();
    let id = sources.add("fragment.yaml", text);
    let mut found = Findings::new();
    let Some(fragment) = parse(&sources, id, &mut found) else {
        return Outcome {
            findings: listed(&found),
            rendered: None,
        };
    };
    if fragment.get("apiVersion").is_some() {
        return whole(text);
    }
    let mut spec: Value = serde_yaml::from_str(BASE).unwrap();
    merge(&mut spec, fragment.to_json());
    let mut outcome = whole(&spec.to_string());
    outcome.findings.extend(listed(&found));
    outcome
}

/// What stands beside the manifests of an example, unless it has a Gateway of its own: a Gateway, and Services.
const BASE_GATEWAY: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: azure-alb-external, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
";
const BASE_SERVICES: &str = "
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api }
spec: { ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: pay, namespace: bank }
spec: { ports: [{ port: 80 }] }
";

/// What agcgen finds in an example of manifests.
pub(crate) fn manifests(text: &str) -> BTreeSet<String> {
    let mut text = format!("{}---{BASE_SERVICES}", at_full_length(text));
    if !text.contains("kind: Gateway\n") {
        text = format!("{text}---{BASE_GATEWAY}");
    }
    let mut sources = Sources::new();
    let id = sources.add("example.yaml", text);
    let mut found = Findings::new();
    let mut objects = Objects::new();
    for tree in parse_manifests(&sources, id, &mut found).unwrap_or_default() {
        objects.read(&tree);
    }
    let mut all = listed(&found);
    for problem in analyse(&Router::new(&objects)) {
        assert!(
            !problem.help.is_empty() && !problem.label.is_empty(),
            "{problem:?}"
        );
        all.insert(format!("{}: {}", problem.code, problem.message));
    }
    all
}

/// JSON Merge Patch, RFC 7396.
fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    base.shift_remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, patch) => *base = patch,
    }
}
