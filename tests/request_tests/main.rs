//! `agcgen test`: every kind of expectation passes and fails, what is covered, and every form of the report.
//!
//! What becomes of a request was written by hand from the specification of the Gateway API; the XML is read back by a parser.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A spec whose workloads the manifests below name.
const SPEC: &str = "\
apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 7k2f9d }
cluster: { administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }] }
workloads:
  web: { image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz }
  beta: { image: ghcr.io/example/web:1.1.0, port: 8080, health: /healthz }
  api: { image: ghcr.io/example/api:1.0.3, ports: { http: { containerPort: 8080, servicePort: 80 } }, serviceName: api-v1, health: / }
routes:
  home: { path: /, to: web }
  api: { path: /api, to: api, rewrite: { prefix: / } }
";

/// A tree that somebody has written: six matches in five rules of an HTTPRoute, and one of a GRPCRoute.
const TREE: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: shop-gateway, namespace: shop }
spec:
  gatewayClassName: azure-alb-external
  listeners: [{ name: http, port: 80, protocol: HTTP }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: home, namespace: shop }
spec:
  parentRefs: [{ name: shop-gateway }]
  hostnames: [main.example, shop.example.com, a.example.com, b.example.com]
  rules:
    - matches: [{ path: { type: PathPrefix, value: /prices } }]
      backendRefs: [{ name: web, port: 8080, weight: 90 }, { name: beta, port: 8080, weight: 10 }]
    - matches: [{ path: { type: Exact, value: /old } }, { path: { type: Exact, value: /older } }]
      filters:
        - type: RequestRedirect
          requestRedirect:
            { scheme: https, hostname: shop.example.com, path: { type: ReplaceFullPath, replaceFullPath: /new }, statusCode: 301 }
    - matches: [{ path: { type: PathPrefix, value: /api } }]
      filters:
        - type: URLRewrite
          urlRewrite: { hostname: api.internal, path: { type: ReplacePrefixMatch, replacePrefixMatch: / } }
        - type: RequestHeaderModifier
          requestHeaderModifier: { set: [{ name: X-Stage, value: prod }], remove: [x-secret] }
        - type: ResponseHeaderModifier
          responseHeaderModifier: { set: [{ name: X-Served-By, value: api }], add: [{ name: cache-control, value: no-store }] }
      backendRefs: [{ name: api-v1, port: 80 }]
    - matches: [{ path: { type: PathPrefix, value: /gone } }]
      backendRefs: [{ name: nobody, port: 8080 }]
    - matches: [{ path: { type: PathPrefix, value: /thirds } }]
      backendRefs: [{ name: web, port: 8080 }, { name: beta, port: 8080 }, { name: api-v1, port: 80 }, { name: web, port: 8080, weight: 0 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: orders, namespace: shop }
spec:
  parentRefs: [{ name: shop-gateway }]
  hostnames: [rpc.example.com]
  rules:
    - matches: [{ method: { service: shop.v1.Orders } }]
      backendRefs: [{ name: api-v1, port: 80 }]
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ports: [{ port: 8080 }] } }
  - { apiVersion: v1, kind: Service, metadata: { name: beta, namespace: shop }, spec: { ports: [{ port: 8080 }] } }
  - { apiVersion: v1, kind: Service, metadata: { name: api-v1, namespace: shop }, spec: { ports: [{ port: 80 }] } }
";

/// A folder in which the command runs.
struct Folder(TempDir);

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    /// With the spec, these tests in it, and the tree.
    fn new(tests: &str) -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.write("spec.yaml", &format!("{SPEC}{tests}"));
        folder.write("tree.yaml", TREE);
        folder
    }

    /// With tests from titles and what stands in their braces.
    fn with(tests: &[(&str, &str)]) -> Self {
        let lines = tests
            .iter()
            .map(|(title, test)| format!("  {}: {{ {test} }}", json!(title)));
        let lines: Vec<String> = lines.collect();
        Self::new(&format!("tests:\n{}\n", lines.join("\n")))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The report as JSON, and the exit code.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let mut all = vec!["test", "--format", "json"];
        all.extend(arguments);
        let ran = self.run(&all);
        let report = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
        (ran.code, report)
    }
}

/// The failures of the only test, asked of the tree, as `what: expected …, got …`.
fn failures(test: &str) -> Vec<String> {
    let folder = Folder::with(&[("a title", test)]);
    let (code, report) = folder.json(&["tree.yaml", "--tests", "spec.yaml"]);
    let tests = report["tests"]
        .as_array()
        .unwrap_or_else(|| panic!("{test}: {report:#}"));
    assert_eq!(tests.len(), 1);
    let failures: Vec<String> = tests[0]["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| {
            let part = |key: &str| failure[key].as_str().unwrap().to_owned();
            format!(
                "{}: expected {}, got {}",
                part("what"),
                part("expected"),
                part("got")
            )
        })
        .collect();
    assert_eq!(tests[0]["passed"], failures.is_empty(), "{test}");
    assert_eq!(code, i32::from(!failures.is_empty()), "{test}");
    failures
}

#[test]
fn what_is_as_expected_passes() {
    for test in [
        "request: GET /prices, backend: { web: 90%, beta: 10% }",
        "request: GET /prices, backend: { web: 90.00%, beta: 10% }",
        "request: GET /prices, backend: [beta, web]",
        "request: GET /thirds, backend: { web: 33%, beta: 33%, api: 33% }",
        "request: GET /thirds, backend: { web: 33.33%, beta: 33.3%, api: 33.33% }",
        "request: GET /thirds, backend: [web, beta, api]",
        "request: GET /api/users, backend: api",
        "request: GET /api/users, backend: { api: 100%, web: 0% }",
        "request: GET /api/users, route: home",
        "request: GET /nowhere, status: 404",
        "request: GET /gone, status: 500",
        "request: GET /gone, status: 500, route: home",
        "request: GET /old, status: 301",
        "request: GET /old, location: 'https://shop.example.com/new'",
        "request: GET /older, status: 301, location: 'HTTPS://SHOP.example.com:443/new'",
        "request: 'GET /api/users?page=2', path: /users",
        "request: 'GET /api/users?page=2', path: '/users?page=2'",
        "request: GET /api, path: /",
        "request: GET /prices/1, path: /prices/1",
        "request: GET /api, requestHeaders: { x-stage: prod }",
        "request: GET /api, headers: { X-Channel: beta }, requestHeaders: { x-channel: beta, Host: api.internal }",
        "request: GET /prices, host: a.example.com, requestHeaders: { host: a.example.com }",
        "request: GET /prices, headers: { host: b.example.com }, requestHeaders: { host: b.example.com }",
        "request: GET /api, responseHeaders: { x-served-by: api, Cache-Control: no-store }",
        "request: GET /old, responseHeaders: { location: 'https://shop.example.com/new' }",
    ] {
        assert_eq!(failures(test), [""; 0], "{test}");
    }
}

#[test]
fn what_is_not_as_expected_fails_and_says_what_it_is() {
    for (test, told) in [
        (
            "request: GET /api, backend: web",
            "backend: expected web, got api",
        ),
        (
            "request: GET /prices, backend: web",
            "backend: expected web, got 90 % web, 10 % beta",
        ),
        (
            "request: GET /prices, backend: [web, beta, api]",
            "backend: expected web and beta and api, got 90 % web, 10 % beta",
        ),
        (
            "request: GET /prices, backend: { web: 80%, beta: 20% }",
            "backend: expected 80% web, 20% beta, got 90 % web, 10 % beta",
        ),
        (
            "request: GET /prices, backend: { web: 89.99%, beta: 10.01% }",
            "backend: expected 89.99% web, 10.01% beta, got 90 % web, 10 % beta",
        ),
        (
            "request: GET /api, backend: { api: 50%, web: 50% }",
            "backend: expected 50% api, 50% web, got api",
        ),
        (
            "request: GET /old, backend: web",
            "backend: expected web, got 301 to https://shop.example.com/new",
        ),
        (
            "request: GET /prices, scheme: https, backend: [web, beta]",
            "backend: expected web and beta, got no answer: no listener serves HTTPS on port 443",
        ),
        (
            "request: GET /api, route: api",
            "route: expected api, got home",
        ),
        (
            "request: GRPC shop.v1.Orders/List, host: rpc.example.com, route: home",
            "route: expected home, got orders",
        ),
        (
            "request: GET /api, status: 404",
            "status: expected 404, got api",
        ),
        (
            "request: GET /old, status: 302",
            "status: expected 302, got 301 to https://shop.example.com/new",
        ),
        (
            "request: GET /old, location: /new",
            "location: expected http://main.example/new, got https://shop.example.com/new",
        ),
        (
            "request: GET /api, location: /new",
            "location: expected http://main.example/new, got no redirect (api)",
        ),
        (
            "request: GET /api/users, path: /api/users",
            "path: expected /api/users, got /users",
        ),
        (
            "request: 'GET /api/users?page=2', path: '/users?page=3'",
            "path: expected /users?page=3, got /users?page=2",
        ),
        (
            "request: GET /old, path: /new",
            "path: expected /new, got nothing that a backend sees (301 to https://shop.example.com/new)",
        ),
        (
            "request: GET /api, headers: { x-stage: test }, requestHeaders: { x-stage: test }",
            "requestHeaders.x-stage: expected test, got prod",
        ),
        (
            "request: GET /api, headers: { x-secret: abc }, requestHeaders: { x-secret: abc }",
            "requestHeaders.x-secret: expected abc, got no such header",
        ),
        (
            "request: GET /api, responseHeaders: { X-Served-By: web }",
            "responseHeaders.X-Served-By: expected web, got api",
        ),
        (
            "request: GET /nowhere, responseHeaders: { x-served-by: web }",
            "responseHeaders.x-served-by: expected web, got no such header",
        ),
    ] {
        assert_eq!(failures(test), [told], "{test}");
    }
    // How the engine puts it is tested with the engine.
    for (test, told) in [
        (
            "request: GET /nowhere, backend: web",
            "backend: expected web, got 404: ",
        ),
        (
            "request: GET /nowhere, route: home",
            "route: expected home, got no route (404: ",
        ),
        (
            "request: GET /gone, backend: web",
            "backend: expected web, got 500",
        ),
    ] {
        let failures = failures(test);
        assert_eq!(failures.len(), 1, "{test}");
        assert!(failures[0].starts_with(told), "{}", failures[0]);
    }
}

#[test]
fn a_call_of_grpc_reaches_the_route_of_its_service() {
    assert_eq!(
        failures("request: GRPC shop.v1.Orders/List, host: rpc.example.com, backend: api"),
        [""; 0]
    );
    let other = failures("request: GRPC shop.v1.Carts/List, host: rpc.example.com, backend: api");
    assert!(
        other[0].starts_with("backend: expected api, got 404"),
        "{other:?}"
    );
}

#[test]
fn everything_that_is_wrong_with_a_test_is_told() {
    assert_eq!(
        failures(
            "request: GET /api, backend: web, route: api, path: /x, requestHeaders: { a: b }, responseHeaders: { c: d }"
        ),
        [
            "backend: expected web, got api",
            "route: expected api, got home",
            "path: expected /x, got /",
            "requestHeaders.a: expected b, got no such header",
            "responseHeaders.c: expected d, got no such header",
        ]
    );
}

const FOUR: &[(&str, &str)] = &[
    ("prices", "request: GET /prices, backend: [web, beta]"),
    (
        "prices again",
        "request: GET /prices/1, backend: [web, beta]",
    ),
    ("an old link", "request: GET /old, status: 301"),
    ("nowhere", "request: GET /nowhere, status: 404"),
];

/// Of the seven matches of the tree two are hit, of its six rules two: the other old link is a match of a hit rule.
#[test]
fn coverage_is_counted_by_match_and_by_rule() {
    let folder = Folder::with(FOUR);
    let (code, report) = folder.json(&["tree.yaml", "--tests", "spec.yaml"]);
    assert_eq!(code, 0, "{report:#}");
    let coverage = &report["coverage"];
    assert_eq!(coverage["matches"], json!({ "hit": 2, "of": 7 }));
    assert_eq!(coverage["rules"], json!({ "hit": 2, "of": 6 }));
    let rows: Vec<String> = coverage["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {} {}",
                row["kind"], row["name"], row["rule"], row["match"], row["tests"]
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#""HTTPRoute" "home" 0 0 ["prices","prices again"]"#,
            r#""HTTPRoute" "home" 1 0 ["an old link"]"#,
            r#""HTTPRoute" "home" 1 1 []"#,
            r#""HTTPRoute" "home" 2 0 []"#,
            r#""HTTPRoute" "home" 3 0 []"#,
            r#""HTTPRoute" "home" 4 0 []"#,
            r#""GRPCRoute" "orders" 0 0 []"#,
        ]
    );
    let ran = folder.run(&["test", "tree.yaml", "--tests", "spec.yaml"]);
    assert!(
        ran.stdout
            .contains("4 tests, 0 failed; hit: 2 of 7 matches (28 %), 2 of 6 rules (33 %)\n"),
        "{}",
        ran.stdout
    );
    let missed: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("  not hit  "))
        .collect();
    assert_eq!(missed.len(), 5, "{}", ran.stdout);
    assert!(
        missed[0].starts_with("  not hit  HTTPRoute shop/home, rule 1: "),
        "{missed:?}"
    );
    assert!(
        missed[4].starts_with("  not hit  GRPCRoute shop/orders, rule 0: "),
        "{missed:?}"
    );
}

#[test]
fn too_little_coverage_fails() {
    // 2 of 7 are 28.57 %.
    let folder = Folder::with(FOUR);
    for (percent, code) in [("0", 0), ("28", 0), ("29", 1), ("100", 1)] {
        let ran = folder.run(&[
            "test",
            "tree.yaml",
            "--tests",
            "spec.yaml",
            "--fail-under",
            percent,
        ]);
        assert_eq!(ran.code, code, "{percent}: {}", ran.stderr);
        let told =
            format!("the tests hit 2 of 7 matches (28 %), and --fail-under wants {percent} %\n");
        assert_eq!(
            ran.stderr.contains(&told),
            code == 1,
            "{percent}: {}",
            ran.stderr
        );
        let (json_code, report) =
            folder.json(&["tree.yaml", "--tests", "spec.yaml", "--fail-under", percent]);
        assert_eq!(
            (json_code, report["failUnder"].to_string()),
            (code, percent.to_owned())
        );
        assert_eq!(
            (&report["failed"], &report["failUnderMet"]),
            (&json!(0), &json!(code == 0))
        );
        let ran = folder.run(&[
            "test",
            "tree.yaml",
            "--tests",
            "spec.yaml",
            "--fail-under",
            percent,
            "--junit",
            "tests.xml",
        ]);
        assert_eq!(ran.code, code);
        let text = std::fs::read_to_string(folder.path("tests.xml")).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        for name in ["testsuites", "testsuite"] {
            let counted = document.descendants().find(|it| it.has_tag_name(name));
            let counted = counted.unwrap();
            let cases = document
                .descendants()
                .filter(|it| it.has_tag_name("testcase"));
            assert_eq!(
                counted.attribute("tests"),
                Some(&*cases.count().to_string())
            );
            assert_eq!(counted.attribute("failures"), Some(&*code.to_string()));
        }
        let case = document
            .descendants()
            .find(|it| it.attribute("name") == Some("coverage"))
            .unwrap();
        let failure = case.children().find(|it| it.has_tag_name("failure"));
        assert_eq!(
            failure.and_then(|it| it.attribute("message")),
            (code == 1).then_some(told.trim_end())
        );
        let missed = failure.and_then(|it| it.text()).unwrap_or_default();
        assert_eq!(
            missed.matches("not hit  ").count(),
            5 * usize::from(code == 1)
        );
    }
    for percent in ["101", "-1", "half"] {
        let ran = folder.run(&[
            "test",
            "tree.yaml",
            "--tests",
            "spec.yaml",
            "--fail-under",
            percent,
        ]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{percent}");
    }
}

#[test]
fn the_tests_of_a_spec_are_asked_of_what_it_means() {
    let tests = [
        (
            "the front page",
            "request: GET /, backend: web, route: home",
        ),
        (
            "the api",
            "request: GET /api/users, backend: api, path: /users, frontend: main",
        ),
    ];
    let folder = Folder::with(&tests);
    let ran = folder.run(&["test", "spec.yaml", "--fail-under", "100"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "ok    the front page\nok    the api\n\n2 tests, 0 failed; hit: 2 of 2 matches (100 %), 2 of 2 rules (100 %)\n"
    );
    let short = folder.run(&["test", "spec.yaml", "--format", "short"]);
    assert_eq!(
        short.stdout,
        "ok the front page\nok the api\n2 tests, 0 failed; hit: 2 of 2 matches (100 %), 2 of 2 rules (100 %)\n"
    );
    // The tree that is rendered from it does the same; one that was changed does not.
    assert_eq!(folder.run(&["render", "spec.yaml", "-o", "out"]).code, 0);
    let ran = folder.run(&["test", "out", "--tests", "spec.yaml", "--fail-under", "100"]);
    assert_eq!(
        (ran.code, ran.stdout),
        (0, ran_of(&tests)),
        "{}",
        ran.stderr
    );
    let route = folder.path("out/k8s/routes/api.yaml");
    let text = std::fs::read_to_string(&route).unwrap();
    let changed = text
        .replace("name: api-v1", "name: beta")
        .replace("port: 80\n", "port: 8080\n");
    assert_ne!(text, changed);
    std::fs::write(&route, changed).unwrap();
    let ran = folder.run(&["test", "out", "--tests", "spec.yaml", "--format", "short"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains("FAIL the api (spec.yaml:14): backend: expected api, got beta\n"),
        "{}",
        ran.stdout
    );
}

/// What is told of tests that pass and hit as many matches as there are of them.
fn ran_of(tests: &[(&str, &str)]) -> String {
    let count = tests.len();
    let lines: Vec<String> = tests
        .iter()
        .map(|(title, _)| format!("ok    {title}"))
        .collect();
    let lines = lines.join("\n");
    format!(
        "{lines}\n\n{count} tests, 0 failed; hit: {count} of {count} matches (100 %), {count} of {count} rules (100 %)\n"
    )
}

#[test]
fn a_failing_test_shows_how_the_request_went() {
    let folder = Folder::with(&[("the api", "request: GET /api/users, backend: web")]);
    let ran = folder.run(&["test", "spec.yaml"]);
    assert_eq!(ran.code, 1);
    let trace = folder.run(&["trace", "spec.yaml", "GET", "http://main.example/api/users"]);
    assert_eq!(trace.code, 0, "{}", trace.stderr);
    assert!(trace.stdout.lines().count() > 3, "{}", trace.stdout);
    let story: Vec<String> = trace
        .stdout
        .lines()
        .map(|line| format!("        {line}"))
        .collect();
    let story = story.join("\n");
    let told =
        format!("FAIL  the api (spec.yaml:13)\n      backend: expected web, got api\n{story}\n\n");
    assert!(ran.stdout.starts_with(&told), "{}", ran.stdout);
}

#[test]
fn json_is_one_document_with_the_trace() {
    let folder = Folder::with(&[("é <b>", "request: 'GET /api?a=b', backend: web")]);
    let (code, report) = folder.json(&["spec.yaml"]);
    assert_eq!(code, 1);
    assert_eq!(report["schemaVersion"], 1);
    assert_eq!(
        (&report["failed"], &report["failUnder"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(report["failUnderMet"], Value::Null);
    assert!(report["findings"].is_array() && report["skipped"].is_array());
    let test = &report["tests"][0];
    assert_eq!(test["title"], "é <b>");
    assert_eq!(test["passed"], false);
    assert_eq!(
        test["request"],
        json!({ "method": "GET", "url": "http://main.example/api?a=b" })
    );
    assert_eq!(
        test["failures"],
        json!([{ "what": "backend", "expected": "web", "got": "api" }])
    );
    assert_eq!(test["trace"]["route"]["name"], "api");
    assert_eq!(
        test["trace"]["answer"]["backends"][0]["service"],
        json!({ "kind": "Service", "namespace": "shop", "name": "api-v1", "port": 80 })
    );
}

/// Titles that some reader of XML trips over, read back to the letter.
#[test]
fn junit_is_xml_with_every_title() {
    let titles = [
        "plain",
        "<b>\"bold\"</b> & 'quoted'",
        "]]> <!-- --> <![CDATA[",
        "&amp; &lt;",
        "é漢🎉",
        "<?xml version=\"1.0\"?>",
        "${x} $(id) `id` {{ x }}",
        " blanks  inside ",
        "'",
        "\"",
        "\\n",
        "%20",
        "“a”",
        "yes",
        "~",
        "0x10",
        "!a",
        "*a",
        "- a",
        "? a",
        "@a",
        "|",
        "[a](b)",
        "# a",
        "=",
        "<<",
        "x-note",
        &"x".repeat(120),
    ];
    let tests: Vec<(&str, &str)> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let asked = [
                "request: GET /, backend: web",
                "request: GET /api, backend: web",
            ];
            (*title, asked[at % 2])
        })
        .collect();
    let folder = Folder::with(&tests);
    let ran = folder.run(&["test", "spec.yaml", "--junit", "tests.xml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let text = std::fs::read_to_string(folder.path("tests.xml")).unwrap();
    let document =
        roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let root = document.root_element();
    assert_eq!(
        (root.tag_name().name(), root.attribute("name")),
        ("testsuites", Some("agcgen"))
    );
    let suites: Vec<_> = root
        .children()
        .filter(roxmltree::Node::is_element)
        .collect();
    assert_eq!(suites.len(), 1);
    for node in [root, suites[0]] {
        let count = |name: &str| node.attribute(name).unwrap().to_owned();
        assert_eq!(
            [
                count("tests"),
                count("failures"),
                count("errors"),
                count("skipped")
            ],
            ["28", "14", "0", "0"]
        );
    }
    assert_eq!(suites[0].attribute("name"), Some("spec.yaml"));
    let cases: Vec<_> = suites[0]
        .children()
        .filter(roxmltree::Node::is_element)
        .collect();
    let read: Vec<&str> = cases
        .iter()
        .map(|case| case.attribute("name").unwrap())
        .collect();
    assert_eq!(read, titles);
    for (at, case) in cases.iter().enumerate() {
        assert_eq!(case.tag_name().name(), "testcase");
        assert_eq!(case.attribute("classname"), Some("spec.yaml"));
        let failures: Vec<_> = case
            .children()
            .filter(roxmltree::Node::is_element)
            .collect();
        assert_eq!(failures.len(), at % 2);
        for failure in failures {
            assert_eq!(failure.tag_name().name(), "failure");
            assert_eq!(
                failure.attribute("message"),
                Some("backend: expected web, got api")
            );
            let body = failure.text().unwrap();
            assert!(
                body.starts_with("backend: expected web, got api\nGET http://main.example/api\n  -> shop/api-v1:80\n"),
                "{body}"
            );
        }
    }
    // A value that XML must escape, in a message.
    let asked = "request: GET /, backend: web, requestHeaders: { x-a: \"<'&\\\">\" }";
    let folder = Folder::with(&[("a", asked)]);
    folder.run(&["test", "spec.yaml", "--junit", "tests.xml"]);
    let text = std::fs::read_to_string(folder.path("tests.xml")).unwrap();
    let document =
        roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let failure = document
        .descendants()
        .find(|node| node.has_tag_name("failure"))
        .unwrap();
    assert_eq!(
        failure.attribute("message"),
        Some("requestHeaders.x-a: expected <'&\">, got no such header")
    );
}

#[test]
fn no_tests_are_no_failure_unless_coverage_is_asked_for() {
    for tests in ["", "tests: {}\n"] {
        let folder = Folder::new(tests);
        let ran = folder.run(&["test", "spec.yaml", "--junit", "tests.xml"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(
            ran.stdout
                .starts_with("0 tests, 0 failed; hit: 0 of 2 matches (0 %), 0 of 2 rules (0 %)\n"),
            "{}",
            ran.stdout
        );
        assert!(
            ran.stderr.contains("spec.yaml has no tests: write them under `tests`; `agcgen explain tests` shows how\n"),
            "{}",
            ran.stderr
        );
        let text = std::fs::read_to_string(folder.path("tests.xml")).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().attribute("tests"), Some("0"));
        assert_eq!(
            folder.run(&["test", "spec.yaml", "--fail-under", "1"]).code,
            1
        );
        assert_eq!(folder.run(&["explain", "tests"]).code, 0);
    }
}

#[test]
fn what_has_no_tests_wants_a_spec_that_does() {
    let folder = Folder::with(FOUR);
    let ran = folder.run(&["test", "tree.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr
            .contains("Name the spec that has them: agcgen test tree.yaml --tests spec.yaml"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["test", "tree.yaml", "--tests", "missing.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
}

#[test]
fn errors_of_the_spec_are_told_and_nothing_is_tested() {
    let folder = Folder::with(&[("a", "request: GET /, backend: wbe")]);
    for arguments in [
        &["test", "spec.yaml"] as &[&str],
        &["test", "tree.yaml", "--tests", "spec.yaml"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{arguments:?}");
        assert!(
            ran.stderr.contains("unknown workload `wbe`"),
            "{}",
            ran.stderr
        );
    }
    for arguments in [
        &["spec.yaml"] as &[&str],
        &["tree.yaml", "--tests", "spec.yaml"],
    ] {
        let (code, report) = folder.json(arguments);
        assert_eq!((code, &report["tests"]), (1, &Value::Null));
        let findings = report["findings"].as_array().unwrap();
        assert!(
            findings.iter().any(|finding| finding["code"] == "AGC0210"),
            "{report:#}"
        );
    }
}

#[test]
fn a_tree_without_the_gateway_fails() {
    let folder = Folder::with(&[("a", "request: GET /prices, backend: [web, beta]")]);
    folder.write(
        "other.yaml",
        &TREE.replace("name: shop-gateway", "name: other"),
    );
    let ran = folder.run(&[
        "test",
        "other.yaml",
        "--tests",
        "spec.yaml",
        "--format",
        "short",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with(
            "FAIL a (spec.yaml:13): gateway: expected shop/shop-gateway, got shop/other\n"
        ),
        "{}",
        ran.stdout
    );
    folder.write(
        "none.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 1 }] }\n",
    );
    let ran = folder.run(&[
        "test",
        "none.yaml",
        "--tests",
        "spec.yaml",
        "--format",
        "short",
    ]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (
            1,
            "FAIL a (spec.yaml:13): gateway: expected shop/shop-gateway, got no Gateway at all\n1 test, 1 failed; hit: 0 of 0 matches, 0 of 0 rules\n"
        )
    );
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = Folder::with(FOUR);
    let ran = folder.run(&["test", "spec.yaml", "--junit", "missing/tests.xml"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("missing/tests.xml cannot be written"),
        "{}",
        ran.stderr
    );
}

/// Another tree: two Gateways, TLS with client certificates, a route of another namespace, and backends that are nearly right.
const NEARLY: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: shop-gateway, namespace: shop }
spec:
  gatewayClassName: azure-alb-external
  tls: { frontend: { default: { validation: { caCertificateRefs: [{ kind: ConfigMap, group: '', name: ca }] } } } }
  listeners:
    - { name: http, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
    - { name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ kind: Secret, name: shop-tls }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: other, namespace: shop }
spec:
  gatewayClassName: azure-alb-external
  listeners: [{ name: http, port: 80, protocol: HTTP, hostname: a.example.com }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: home, namespace: shop }
spec:
  parentRefs: [{ name: shop-gateway }]
  rules:
    - backendRefs: [{ name: web, port: 8080 }]
    - matches: [{ path: { value: /port } }]
      backendRefs: [{ name: web, port: 9090 }]
    - matches: [{ path: { value: /missing } }]
      backendRefs: [{ name: beta, port: 8080 }]
    - matches: [{ path: { value: /zero } }]
      backendRefs: [{ name: web, port: 8080 }, { name: beta, port: 8080, weight: 0 }]
    - matches: [{ path: { value: /nobody } }]
      backendRefs: [{ name: web, port: 8080, weight: 0 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: other, namespace: shop }
spec:
  parentRefs: [{ name: other }]
  rules: [{ backendRefs: [{ name: api-v1, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: home, namespace: elsewhere }
spec:
  parentRefs: [{ name: shop-gateway, namespace: shop }]
  rules: [{ matches: [{ path: { value: /elsewhere } }], backendRefs: [{ name: web, port: 8080 }] }]
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ports: [{ name: http, port: 8080 }, { name: other, port: 9090 }] } }
  - { apiVersion: v1, kind: Service, metadata: { name: web, namespace: elsewhere }, spec: { ports: [{ port: 8080 }] } }
  - { apiVersion: v1, kind: Service, metadata: { name: api-v1, namespace: shop }, spec: { ports: [{ port: 80 }] } }
  - { apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: { name: shop-tls, namespace: shop } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: ca, namespace: shop } }
";

#[test]
fn what_is_nearly_as_expected_fails() {
    for (test, told) in [
        ("request: GET /, backend: web, route: home", ""),
        // The other Gateway has a listener for this very host, and an address of its own.
        ("request: GET /, host: a.example.com, backend: web", ""),
        (
            "request: GET /, scheme: https, clientCertificate: true, backend: web",
            "",
        ),
        (
            "request: GET /, scheme: https, backend: web",
            "backend: expected web, got no answer: the listener wants a client certificate",
        ),
        (
            "request: GET /port, backend: web",
            "backend: expected web, got Service shop/web:9090",
        ),
        (
            "request: GET /missing, backend: beta",
            "backend: expected beta, got 500",
        ),
        ("request: GET /missing, status: 500", ""),
        ("request: GET /zero, backend: web", ""),
        (
            "request: GET /zero, backend: [web, beta]",
            "backend: expected web and beta, got web",
        ),
        ("request: GET /zero, backend: { web: 100%, beta: 0% }", ""),
        (
            "request: GET /nobody, backend: web",
            "backend: expected web, got 500",
        ),
        (
            "request: GET /elsewhere, route: home",
            "route: expected home, got elsewhere/home",
        ),
        (
            "request: GET /elsewhere, backend: web",
            "backend: expected web, got Service elsewhere/web:8080",
        ),
    ] {
        let folder = Folder::with(&[("a title", test)]);
        folder.write("nearly.yaml", NEARLY);
        let short = [
            "test",
            "nearly.yaml",
            "--tests",
            "spec.yaml",
            "--format",
            "short",
        ];
        let ran = folder.run(&short);
        let line = ran.stdout.lines().next().unwrap_or_default();
        if told.is_empty() {
            assert_eq!(
                (ran.code, line),
                (0, "ok a title"),
                "{test}: {}",
                ran.stderr
            );
        } else {
            assert_eq!(ran.code, 1, "{test}");
            assert!(
                line.starts_with(&format!("FAIL a title (spec.yaml:13): {told}")),
                "{test}: {line}"
            );
        }
    }
}

/// The tests of the examples pass, and hit every match: of the spec, and of the tree in git.
#[test]
fn the_examples_pass_their_own_tests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (example, count) in [
        ("minimal", 1),
        ("cloud-native", 4),
        ("cloud-native-managed", 4),
    ] {
        let spec = format!("examples/{example}/spec.yaml");
        let tree = format!("snapshots/{example}");
        for arguments in [vec![spec.as_str()], vec![&tree, "--tests", &spec]] {
            let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
                .args(["test", "--fail-under", "100"])
                .args(&arguments)
                .current_dir(root)
                .output()
                .unwrap();
            let told = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{arguments:?}\n{told}");
            let passed = told
                .lines()
                .filter(|line| line.starts_with("ok    "))
                .count();
            assert_eq!(passed, count, "{told}");
        }
    }
}
