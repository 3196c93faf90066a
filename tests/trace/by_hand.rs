//! Answers written down by hand.

use agcgen::trace::{Decision, Objects, Request, Router, analyse, story};
use serde_json::{Value, json};

use super::objects;

const API: &str = "gateway.networking.k8s.io/v1";

fn gateway(listeners: &Value) -> Value {
    json!({
        "apiVersion": API, "kind": "Gateway", "metadata": { "name": "gw", "namespace": "shop" },
        "spec": { "gatewayClassName": "azure-alb-external", "listeners": listeners },
    })
}

fn http() -> Value {
    gateway(&json!([{ "name": "http", "protocol": "HTTP", "port": 80 }]))
}

fn route(name: &str, spec: &Value) -> Value {
    let mut spec = spec.clone();
    spec["parentRefs"] = json!([{ "name": "gw" }]);
    json!({ "apiVersion": API, "kind": "HTTPRoute", "metadata": { "name": name, "namespace": "shop" }, "spec": spec })
}

/// One route with one rule.
fn rule(rule: &Value) -> Vec<Value> {
    vec![
        http(),
        route("web", &json!({ "rules": [rule] })),
        service("web", 80),
    ]
}

fn service(name: &str, port: u16) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": "shop" },
        "spec": { "ports": [{ "port": port }] },
    })
}

fn asked(manifests: &[Value], method: &str, url: &str, headers: &[&str]) -> Decision {
    let mut request = Request::new(method, url).unwrap();
    for header in headers {
        request = request.with_header(header).unwrap();
    }
    Router::new(&objects(manifests)).trace(&request, None)
}

fn backend(name: &str) -> Value {
    json!([{ "name": name, "port": 80 }])
}

#[test]
fn a_redirect_has_its_location() {
    for (redirect, url, status, location) in [
        (
            json!({ "scheme": "https" }),
            "http://a.example.com/x?q=1",
            302,
            "https://a.example.com/x?q=1",
        ),
        (
            json!({ "hostname": "b.example.com", "statusCode": 301 }),
            "http://a.example.com/x",
            301,
            "http://b.example.com/x",
        ),
        (
            json!({ "port": 8080 }),
            "http://a.example.com/",
            302,
            "http://a.example.com:8080/",
        ),
        (
            json!({ "port": 80 }),
            "http://a.example.com/",
            302,
            "http://a.example.com/",
        ),
        (
            json!({ "scheme": "https", "port": 443 }),
            "http://a.example.com/",
            302,
            "https://a.example.com/",
        ),
        (
            json!({ "scheme": "https", "port": 8443 }),
            "http://a.example.com/",
            302,
            "https://a.example.com:8443/",
        ),
        (
            json!({ "path": { "type": "ReplaceFullPath", "replaceFullPath": "/new" } }),
            "http://a/old?q=1",
            302,
            "http://a/new?q=1",
        ),
    ] {
        let manifests = rule(
            &json!({ "filters": [{ "type": "RequestRedirect", "requestRedirect": redirect }] }),
        );
        let answer = asked(&manifests, "GET", url, &[]).answer;
        assert_eq!(
            (answer.status, answer.location.as_deref()),
            (Some(status), Some(location)),
            "{redirect}"
        );
        assert!(answer.backends.is_empty());
    }
}

#[test]
fn what_the_backend_sees_is_what_the_filters_made() {
    let manifests = rule(&json!({
        "matches": [{ "path": { "type": "PathPrefix", "value": "/api" } }],
        "filters": [
            { "type": "URLRewrite", "urlRewrite": {
                "hostname": "inner.example.com", "path": { "type": "ReplacePrefixMatch", "replacePrefixMatch": "/v2" } } },
            { "type": "RequestHeaderModifier", "requestHeaderModifier": {
                "set": [{ "name": "X-Set", "value": "new" }], "add": [{ "name": "X-Add", "value": "more" }], "remove": ["x-gone"] } },
            { "type": "ResponseHeaderModifier", "responseHeaderModifier": { "remove": ["Server"] } },
        ],
        "backendRefs": backend("web"),
    }));
    let headers = ["x-set: old", "X-Gone: 1", "X-Add: first", "X-Kept: 1"];
    let answer = asked(
        &manifests,
        "GET",
        "http://a.example.com/api/users?x=1",
        &headers,
    )
    .answer;
    let [backend] = &answer.backends[..] else {
        panic!("{answer:?}")
    };
    let seen = backend.request.as_ref().unwrap();
    assert_eq!(
        (
            seen.host.as_str(),
            seen.path.as_str(),
            seen.query.as_deref()
        ),
        ("inner.example.com", "/v2/users", Some("x=1"))
    );
    let headers: Vec<String> = seen
        .headers
        .iter()
        .map(|one| format!("{}: {}", one.name, one.value))
        .collect();
    assert_eq!(
        headers,
        ["X-Add: first", "X-Kept: 1", "X-Set: new", "X-Add: more"]
    );
    assert_eq!(backend.response_headers.remove, ["Server"]);
}

#[test]
fn an_unknown_filter_is_never_passed_over() {
    let filter = json!({ "type": "ExtensionRef", "extensionRef": { "group": "x.io", "kind": "Limit", "name": "slow" } });
    let answer = asked(
        &rule(&json!({ "filters": [filter], "backendRefs": backend("web") })),
        "GET",
        "http://a/",
        &[],
    )
    .answer;
    assert_eq!(answer.status, Some(500));
    assert_eq!(
        answer.reason.as_deref(),
        Some("the filter Limit slow is not known")
    );
}

#[test]
fn cors_answers_the_preflight_and_marks_the_rest() {
    let cors = json!({
        "allowOrigins": ["https://*.example.com"], "allowMethods": ["GET", "PUT"], "allowHeaders": ["x-token"],
        "exposeHeaders": ["x-count"], "allowCredentials": true, "maxAge": 60,
    });
    let manifests = rule(
        &json!({ "filters": [{ "type": "CORS", "cors": cors }], "backendRefs": backend("web") }),
    );
    let headers = [
        "Origin: https://www.example.com",
        "Access-Control-Request-Method: PUT",
    ];
    let preflight = asked(&manifests, "OPTIONS", "http://a/", &headers).answer;
    assert_eq!(preflight.status, Some(200));
    let told: Vec<String> = preflight
        .response_headers
        .iter()
        .map(|one| format!("{}: {}", one.name, one.value))
        .collect();
    assert_eq!(
        told,
        [
            "access-control-allow-origin: https://www.example.com",
            "access-control-allow-credentials: true",
            "access-control-expose-headers: x-count",
            "access-control-allow-methods: GET, PUT",
            "access-control-allow-headers: x-token",
            "access-control-max-age: 60",
        ]
    );
    let foreign = asked(
        &manifests,
        "OPTIONS",
        "http://a/",
        &["Origin: https://evil.org", headers[1]],
    )
    .answer;
    assert_eq!(
        (foreign.status, foreign.response_headers.len()),
        (Some(200), 0)
    );
    let get = asked(&manifests, "GET", "http://a/", &headers[..1]).answer;
    let names: Vec<&str> = get.backends[0]
        .response_headers
        .set
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "access-control-expose-headers"
        ]
    );
}

#[test]
fn shares_are_of_all_weights_and_what_is_missing_answers_500() {
    let manifests = rule(&json!({ "backendRefs": [
        { "name": "web", "port": 80, "weight": 9 }, { "name": "next", "port": 80, "weight": 1 }, { "name": "off", "port": 80, "weight": 0 },
    ] }));
    let answer = asked(&manifests, "GET", "http://a/", &[]).answer;
    let shares: Vec<(String, Option<u16>)> = answer
        .backends
        .iter()
        .map(|one| (format!("{} {}", one.share, one.service.name), one.status))
        .collect();
    assert_eq!(
        shares,
        [
            ("90 % web".to_owned(), None),
            ("10 % next".to_owned(), Some(500))
        ]
    );
    assert_eq!(
        answer.backends[1].reason.as_deref(),
        Some("there is no Service shop/next:80 (BackendNotFound)")
    );
    assert_eq!(answer.status, None);
}

#[test]
fn a_service_is_missed_where_others_of_its_namespace_are_there() {
    let manifests = |service: Value| {
        vec![
            http(),
            route(
                "web",
                &json!({ "rules": [{ "backendRefs": backend("web") }] }),
            ),
            service,
        ]
    };
    let mut elsewhere = service("grafana", 80);
    elsewhere["metadata"]["namespace"] = json!("monitoring");
    let unknown = manifests(elsewhere);
    let decision = asked(&unknown, "GET", "a.com/", &[]);
    assert_eq!(decision.answer.status, None, "{decision:?}");
    assert_eq!(
        decision.notes,
        ["no Service of namespace shop is among the objects: backends in it are taken to be there"]
    );
    let objects = objects(&unknown);
    assert_eq!(analyse(&Router::new(&objects)), []);
    let known = asked(&manifests(service("other", 80)), "GET", "a.com/", &[]);
    assert_eq!(known.answer.status, Some(500));
}

#[test]
fn a_port_of_udp_is_no_backend() {
    let mut manifests = rule(&json!({ "backendRefs": backend("web") }));
    manifests[2]["spec"]["ports"][0]["protocol"] = json!("UDP");
    let answer = asked(&manifests, "GET", "a.com/", &[]).answer;
    assert_eq!(
        answer.reason.as_deref(),
        Some("port 80 of Service shop/web is UDP, and HTTP goes over TCP (BackendNotFound)")
    );
    let objects = objects(&manifests);
    let problems = analyse(&Router::new(&objects));
    assert_eq!(
        problems[0].message,
        "port 80 of Service `web` in namespace `shop` is UDP, and HTTP goes over TCP"
    );
    // DNS has both at one number.
    manifests[2]["spec"]["ports"] = json!([
        { "name": "u", "port": 80, "protocol": "UDP" }, { "name": "t", "port": 80 },
    ]);
    assert_eq!(asked(&manifests, "GET", "a.com/", &[]).answer.status, None);
}

#[test]
fn a_copy_goes_where_it_is_sent() {
    let filter = json!({ "type": "RequestMirror", "requestMirror": { "backendRef": { "name": "web", "port": 80 }, "percent": 20 } });
    let decision = asked(
        &rule(&json!({ "filters": [filter], "backendRefs": backend("web") })),
        "GET",
        "http://a/",
        &[],
    );
    let [mirror] = &decision.answer.mirrors[..] else {
        panic!("{decision:?}")
    };
    assert_eq!(
        (mirror.service.to_string(), mirror.share.to_string()),
        ("shop/web:80".to_owned(), "20 %".to_owned())
    );
    assert!(
        decision.notes.iter().any(|note| note.contains("1.12.1")),
        "{:?}",
        decision.notes
    );
}

#[test]
fn calls_of_grpc_go_by_service_and_method() {
    let route = json!({
        "apiVersion": API, "kind": "GRPCRoute", "metadata": { "name": "rpc", "namespace": "shop" },
        "spec": { "parentRefs": [{ "name": "gw" }], "rules": [
            { "matches": [{ "method": { "service": "shop.Cart" } }], "backendRefs": backend("cart") },
            { "matches": [{ "method": { "service": "shop.Cart", "method": "Add" } }], "backendRefs": backend("add") },
            { "matches": [{ "method": { "method": "List" } }], "backendRefs": backend("list") },
        ] },
    });
    let manifests = [
        http(),
        route,
        service("cart", 80),
        service("add", 80),
        service("list", 80),
    ];
    for (call, expected) in [
        ("shop.Cart/Add", "add"),
        ("shop.Cart/Drop", "cart"),
        ("shop.Other/List", "list"),
    ] {
        let answer = asked(&manifests, "GRPC", &format!("http://a/{call}"), &[]).answer;
        assert_eq!(answer.backends[0].service.name, expected, "{call}");
    }
    assert_eq!(
        asked(&manifests, "GRPC", "http://a/shop.Other/Add", &[])
            .answer
            .status,
        Some(404)
    );
    assert_eq!(
        asked(&manifests, "POST", "http://a/shop.Cart/Add", &[])
            .answer
            .status,
        Some(404)
    );
}

#[test]
fn https_is_taken_by_the_name_of_the_handshake() {
    let tls = |name: &str| json!({ "certificateRefs": [{ "name": name }] });
    let gateway = gateway(&json!([
        { "name": "a", "protocol": "HTTPS", "port": 443, "hostname": "a.example.com", "tls": tls("a") },
        { "name": "wide", "protocol": "HTTPS", "port": 443, "hostname": "*.example.com", "tls": tls("wide") },
    ]));
    let manifests = [
        gateway,
        route(
            "web",
            &json!({ "rules": [{ "backendRefs": backend("web") }] }),
        ),
        service("web", 80),
    ];
    let listener = |url: &str| {
        asked(&manifests, "GET", url, &[])
            .listener
            .map(|one| one.name)
    };
    assert_eq!(listener("https://a.example.com/").as_deref(), Some("a"));
    assert_eq!(listener("https://b.example.com/").as_deref(), Some("wide"));
    let foreign = asked(&manifests, "GET", "https://example.org/", &[]).answer;
    assert_eq!(foreign.status, None);
    assert!(foreign.reason.unwrap().contains("handshake fails"));
    let misdirected = ["https://a.example.com/", "https://b.example.com/"].map(|url| {
        asked(&manifests, "GET", url, &["Host: c.example.com"])
            .answer
            .status
    });
    assert_eq!(misdirected, [Some(421), None]);
    let plain = asked(&manifests, "GET", "http://a.example.com/", &[]).answer;
    assert_eq!(
        plain.reason.as_deref(),
        Some("no listener serves HTTP on port 80")
    );
}

#[test]
fn a_client_certificate_is_wanted_where_the_gateway_says_so() {
    let mut gateway = gateway(&json!([
        { "name": "a", "protocol": "HTTPS", "port": 443, "tls": { "certificateRefs": [{ "name": "a" }] } },
    ]));
    gateway["spec"]["tls"] = json!({ "frontend": { "default": { "validation": { "caCertificateRefs": [{ "group": "", "kind": "ConfigMap", "name": "ca" }] } } } });
    let manifests = [
        gateway,
        route(
            "web",
            &json!({ "rules": [{ "backendRefs": backend("web") }] }),
        ),
        service("web", 80),
    ];
    let objects = objects(&manifests);
    let router = Router::new(&objects);
    let mut request = Request::new("GET", "https://a/").unwrap();
    assert!(router.decide(&request, None).answer.backends.is_empty());
    request.client_certificate = true;
    assert_eq!(router.decide(&request, None).answer.backends.len(), 1);
}

/// What another gateway would answer is said: AGC does not keep routes of one listener from the hosts of another.
#[test]
fn listeners_are_not_isolated_and_that_is_said() {
    let gateway = gateway(&json!([
        { "name": "all", "protocol": "HTTP", "port": 80 },
        { "name": "a", "protocol": "HTTP", "port": 80, "hostname": "a.example.com" },
    ]));
    let mut wide = route(
        "wide",
        &json!({ "rules": [{ "backendRefs": backend("web") }] }),
    );
    wide["spec"]["parentRefs"][0]["sectionName"] = json!("all");
    let mut narrow = route(
        "narrow",
        &json!({ "rules": [
        { "matches": [{ "path": { "value": "/v1" } }], "backendRefs": backend("web") },
    ] }),
    );
    narrow["spec"]["parentRefs"][0]["sectionName"] = json!("a");
    let manifests = [gateway, wide, narrow, service("web", 80)];
    let inside = asked(&manifests, "GET", "http://a.example.com/v1", &[]);
    assert_eq!(
        (inside.route.unwrap().name.as_str(), inside.notes),
        ("narrow", Vec::new())
    );
    let leak = asked(&manifests, "GET", "http://a.example.com/v2", &[]);
    assert_eq!(leak.route.unwrap().name, "wide");
    assert!(
        leak.notes[0].contains("listener a is closer") && leak.notes[0].contains("404"),
        "{:?}",
        leak.notes
    );
}

#[test]
fn every_near_loser_has_its_reason() {
    let path = |kind: &str, value: &str| json!({ "path": { "type": kind, "value": value } });
    let with = |mut one: Value, key: &str, value: Value| {
        one[key] = value;
        one
    };
    let rules = json!([
        { "matches": [path("Exact", "/a/b")], "backendRefs": backend("web") },
        { "matches": [path("PathPrefix", "/a")], "backendRefs": backend("web") },
        { "matches": [path("RegularExpression", "/a/.*")], "backendRefs": backend("web") },
        { "matches": [with(path("Exact", "/a/b"), "method", json!("POST"))], "backendRefs": backend("web") },
        { "matches": [with(path("Exact", "/a/b"), "headers", json!([{ "name": "X", "value": "1" }]))], "backendRefs": backend("web") },
        { "matches": [with(path("Exact", "/a/b"), "queryParams", json!([{ "name": "q", "value": "1" }]))], "backendRefs": backend("web") },
        { "matches": [path("PathPrefix", "/a/b/c")], "backendRefs": backend("web") },
        { "matches": [path("PathPrefix", "/a/bb")], "backendRefs": backend("web") },
    ]);
    let other = route(
        "z-other",
        &json!({ "hostnames": ["b.example.com"], "rules": [{ "backendRefs": backend("web") }] }),
    );
    let manifests = [
        http(),
        route("web", &json!({ "rules": rules })),
        other,
        service("web", 80),
    ];
    let decision = asked(&manifests, "GET", "http://a.example.com/a/b", &[]);
    assert_eq!(decision.route.as_ref().unwrap().rule, 0);
    let reasons: Vec<(usize, &str)> = decision
        .losers
        .iter()
        .map(|loser| (loser.route.rule, loser.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            (2, "an exact path goes before paths like /a/.*"),
            (1, "an exact path goes before /a and below"),
            (3, "it wants POST"),
            (4, "it wants the header x=1"),
            (5, "it wants q=1 in the query"),
            (0, "it is for the host b.example.com"),
        ]
    );
    let told = story(
        &Request::new("GET", "http://a.example.com/a/b").unwrap(),
        &decision,
    );
    assert!(
        told.contains("-> shop/web:80") && told.contains("1 more; --format json has them"),
        "{told}"
    );
}

#[test]
fn what_the_api_server_would_refuse_is_left_out_with_a_reason() {
    let bad = [
        (
            json!({ "apiVersion": "v1" }),
            "it has no `apiVersion` or no `kind`",
        ),
        (
            json!({ "apiVersion": API, "kind": "HTTPRoute", "metadata": { "name": "x" } }),
            "`spec` is missing",
        ),
        (
            json!({ "apiVersion": API, "kind": "HTTPRoute", "metadata": { "name": "x" },
                "spec": { "rules": [{ "matches": [{ "path": { "type": "Glob", "value": "/" } }] }] } }),
            "write one of Exact, PathPrefix, RegularExpression",
        ),
        (
            json!({ "apiVersion": API, "kind": "HTTPRoute", "metadata": { "name": "x" },
                "spec": { "rules": [{ "matches": [{ "path": { "value": "a" } }] }] } }),
            "begins with a slash",
        ),
        (json!("text"), "no Kubernetes object"),
    ];
    for (manifest, reason) in bad {
        let mut objects = Objects::new();
        objects.read(&manifest);
        let [refused] = &objects.refused[..] else {
            panic!("{manifest} was taken")
        };
        assert!(refused.reason.contains(reason), "{refused}");
    }
    let mut objects = Objects::new();
    objects.read(
        &json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "x" } }),
    );
    assert_eq!(
        (objects.refused.len(), objects.skipped["Deployment"]),
        (0, 1)
    );
}

/// An HTTPRoute and a GRPCRoute for one host: the older one stays, then the first by name.
#[test]
fn a_host_is_of_one_kind_of_route() {
    let grpc = |created: &str| {
        json!({
            "apiVersion": API, "kind": "GRPCRoute",
            "metadata": { "name": "rpc", "namespace": "shop", "creationTimestamp": created },
            "spec": { "parentRefs": [{ "name": "gw" }], "hostnames": ["rpc.example.com"], "rules": [{ "backendRefs": backend("rpc") }] },
        })
    };
    let web = |hosts: &Value| {
        let mut web = route(
            "web",
            &json!({ "hostnames": hosts, "rules": [{ "backendRefs": backend("web") }] }),
        );
        web["metadata"]["creationTimestamp"] = json!("2026-02-01T00:00:00Z");
        web
    };
    let backend_of = |hosts: Value, created: &str| {
        let manifests = [
            http(),
            web(&hosts),
            grpc(created),
            service("web", 80),
            service("rpc", 80),
        ];
        let answer = asked(&manifests, "GRPC", "http://rpc.example.com/a.B/C", &[]).answer;
        answer.backends.first().map(|one| one.service.name.clone())
    };
    assert_eq!(
        backend_of(json!([]), "2026-01-01T00:00:00Z").as_deref(),
        Some("rpc")
    );
    assert_eq!(
        backend_of(json!([]), "2026-03-01T00:00:00Z").as_deref(),
        Some("web")
    );
    assert_eq!(
        backend_of(json!(["*.example.com"]), "2026-03-01T00:00:00Z").as_deref(),
        Some("web")
    );
    assert_eq!(
        backend_of(json!(["www.example.com"]), "2026-03-01T00:00:00Z").as_deref(),
        Some("rpc")
    );
}

/// What an answer is, in short: its status, or the first backend.
fn short(decision: &Decision) -> String {
    match (decision.answer.status, decision.answer.backends.first()) {
        (Some(status), _) => status.to_string(),
        (None, Some(backend)) => backend.service.name.clone(),
        (None, None) => "nothing".to_owned(),
    }
}

#[test]
fn a_pattern_that_cannot_be_read_is_told_wherever_it_could_change_the_answer() {
    let system = vec![
        http(),
        route(
            "web",
            &json!({ "rules": [
                { "matches": [{ "path": { "type": "RegularExpression", "value": "/(?!admin).*" } }], "backendRefs": backend("open") },
                { "matches": [{ "path": { "value": "/shop" } }], "backendRefs": backend("shop") },
                { "matches": [{ "path": { "type": "Exact", "value": "/exact" } }], "backendRefs": backend("exact") },
            ] }),
        ),
    ];
    let unread = |url: &str| {
        let decision = asked(&system, "GET", url, &[]);
        let is_told = decision
            .notes
            .iter()
            .any(|note| note.contains("/(?!admin).*"));
        let is_loser = decision
            .losers
            .iter()
            .any(|loser| loser.reason.contains("cannot be read"));
        assert!(is_loser, "{decision:#?}");
        (short(&decision), is_told)
    };
    assert_eq!(unread("a.b/shop"), ("shop".to_owned(), true));
    assert_eq!(unread("a.b/other"), ("404".to_owned(), true));
    // What is exact goes before every pattern.
    assert_eq!(unread("a.b/exact"), ("exact".to_owned(), false));
}

#[test]
fn a_pattern_that_cannot_be_read_is_not_told_where_the_order_of_rules_decides() {
    let header =
        |value: &Value| json!([{ "name": "a", "type": value["type"], "value": value["value"] }]);
    let exact = json!({ "type": "Exact", "value": "1" });
    let pattern = json!({ "type": "RegularExpression", "value": "(?=1)" });
    let notes = |first: &Value, second: &Value| {
        let system = vec![
            http(),
            route(
                "web",
                &json!({ "rules": [
                    { "matches": [{ "headers": header(first) }], "backendRefs": backend("first") },
                    { "matches": [{ "headers": header(second) }], "backendRefs": backend("second") },
                ] }),
            ),
        ];
        asked(&system, "GET", "a.b/", &["A: 1"]).notes
    };
    assert!(
        !notes(&exact, &pattern)
            .iter()
            .any(|note| note.contains("(?=1)"))
    );
    assert!(
        notes(&pattern, &exact)
            .iter()
            .any(|note| note.contains("(?=1)"))
    );
}

#[test]
fn of_several_listeners_the_closest_takes_the_request() {
    for listeners in [
        json!([
            { "name": "any", "protocol": "HTTP", "port": 80 },
            { "name": "shop", "protocol": "HTTP", "port": 80, "hostname": "shop.example.com" },
            { "name": "wide", "protocol": "HTTP", "port": 80, "hostname": "*.example.com" },
        ]),
        json!([
            { "name": "shop", "protocol": "HTTP", "port": 80, "hostname": "shop.example.com" },
            { "name": "wide", "protocol": "HTTP", "port": 80, "hostname": "*.example.com" },
            { "name": "any", "protocol": "HTTP", "port": 80 },
        ]),
    ] {
        let system = [
            gateway(&listeners),
            route(
                "web",
                &json!({ "hostnames": ["shop.example.com", "www.example.com", "b.c"], "rules": [{ "backendRefs": backend("web") }] }),
            ),
        ];
        for (host, listener) in [
            ("shop.example.com", "shop"),
            ("www.example.com", "wide"),
            ("b.c", "any"),
        ] {
            let decision = asked(&system, "GET", host, &[]);
            assert_eq!(decision.listener.unwrap().name, listener, "{host}");
        }
    }
}

#[test]
fn of_two_routes_that_want_the_same_the_first_by_whole_name_answers_and_ages_are_asked_for() {
    let in_namespace = |namespace: &str, name: &str, created: Option<&str>| {
        let mut route = route(
            name,
            &json!({ "rules": [{ "backendRefs": backend(namespace) }] }),
        );
        route["metadata"]["namespace"] = json!(namespace);
        route["spec"]["parentRefs"][0]["namespace"] = json!("shop");
        if let Some(created) = created {
            route["metadata"]["creationTimestamp"] = json!(created);
        }
        route
    };
    let open = gateway(&json!([
        { "name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": { "namespaces": { "from": "All" } } }
    ]));
    let system = |first, second| {
        vec![
            open.clone(),
            in_namespace("team", "r", first),
            in_namespace("team-b", "r", second),
        ]
    };
    let of_age = |decision: &Decision| {
        decision
            .notes
            .iter()
            .any(|note| note.contains("the older one answers"))
    };
    // "-" stands before "/".
    let by_name = asked(&system(None, None), "GET", "a.b/", &[]);
    assert_eq!(
        (short(&by_name).as_str(), of_age(&by_name)),
        ("team-b", true)
    );
    let by_age = asked(
        &system(Some("2026-01-01T00:00:00Z"), Some("2026-01-02T00:00:00Z")),
        "GET",
        "a.b/",
        &[],
    );
    assert_eq!((short(&by_age).as_str(), of_age(&by_age)), ("team", false));
    assert!(
        by_age.losers[0].reason.ends_with("is older"),
        "{:?}",
        by_age.losers
    );
}

#[test]
fn of_two_routes_that_want_the_same_the_one_made_first_answers_however_its_time_is_written() {
    let made = |name: &str, created: &str| {
        let mut one = route(
            name,
            &json!({ "rules": [{ "backendRefs": backend("web") }] }),
        );
        one["metadata"]["creationTimestamp"] = json!(created);
        one
    };
    for (first, second) in [
        ("2026-01-01T10:00:00+02:00", "2026-01-01T09:00:00Z"),
        ("2025-12-31T23:30:00-02:00", "2026-01-01T02:00:00Z"),
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"),
        ("2026-01-01T10:00:00.5Z", "2026-01-01T10:00:00.75Z"),
    ] {
        let manifests = [
            http(),
            made("a", second),
            made("b", first),
            service("web", 80),
        ];
        let decision = asked(&manifests, "GET", "http://x/", &[]);
        assert_eq!(decision.route.unwrap().name, "b", "{first} {second}");
        assert_eq!(decision.losers[0].reason, "HTTPRoute shop/b is older");
    }
    // The same instant.
    let manifests = [
        http(),
        made("b", "2026-01-01T09:00:00Z"),
        made("a", "2026-01-01T10:00:00.000+01:00"),
        service("web", 80),
    ];
    let decision = asked(&manifests, "GET", "http://x/", &[]);
    assert_eq!(decision.route.unwrap().name, "a");
    assert_eq!(
        decision.losers[0].reason,
        "HTTPRoute shop/a comes first by name"
    );
}

#[test]
fn a_route_whose_time_is_none_is_left_out() {
    let mut one = route(
        "web",
        &json!({ "rules": [{ "backendRefs": backend("web") }] }),
    );
    for created in ["yesterday", "2026-02-30T10:00:00Z", "2026-01-01 10:00:00Z"] {
        one["metadata"]["creationTimestamp"] = json!(created);
        let mut objects = Objects::new();
        objects.read(&one);
        assert_eq!(
            objects.refused[0].to_string(),
            "HTTPRoute web is left out: metadata.creationTimestamp: it is no date-time of RFC 3339: write one such as 2026-11-28T12:00:00Z",
            "{created}"
        );
    }
}

#[test]
fn a_closer_host_without_a_rule_is_told() {
    let system = [
        http(),
        route(
            "web",
            &json!({ "rules": [{ "backendRefs": backend("web") }] }),
        ),
        route(
            "api",
            &json!({ "hostnames": ["api.example.com"], "rules": [{ "matches": [{ "path": { "value": "/v1" } }], "backendRefs": backend("api") }] }),
        ),
    ];
    let told = |url: &str| {
        let decision = asked(&system, "GET", url, &[]);
        let is_told = decision.notes.iter().any(|note| {
            note.starts_with("HTTPRoute shop/api is for api.example.com, which is closer")
        });
        (short(&decision), is_told)
    };
    assert_eq!(told("api.example.com/v1"), ("api".to_owned(), false));
    assert_eq!(told("api.example.com/v2"), ("web".to_owned(), true));
    assert_eq!(told("other.example.com/v2"), ("web".to_owned(), false));
}

#[test]
fn a_path_spelled_otherwise_is_a_near_loser() {
    let system = rule(
        &json!({ "matches": [{ "path": { "type": "Exact", "value": "/old" } }], "backendRefs": backend("web") }),
    );
    for url in ["a.b/old/", "a.b/OLD"] {
        let decision = asked(&system, "GET", url, &[]);
        assert_eq!(short(&decision), "404");
        assert!(
            decision.losers[0].reason.contains("spelled otherwise"),
            "{decision:#?}"
        );
    }
    assert_eq!(asked(&system, "GET", "a.b/older", &[]).losers, []);
}

#[test]
fn the_host_is_a_header_like_others() {
    let system = rule(&json!({
        "matches": [{ "headers": [{ "name": "Host", "value": "shop.example.com" }] }],
        "backendRefs": backend("web"),
    }));
    assert_eq!(
        short(&asked(&system, "GET", "http://shop.example.com/", &[])),
        "web"
    );
    assert_eq!(
        short(&asked(&system, "GET", "http://other.example.com/", &[])),
        "404"
    );
}

#[test]
fn a_refused_backend_of_a_grpc_route_is_unavailable() {
    let mut grpc = route(
        "calls",
        &json!({ "rules": [{ "backendRefs": backend("gone") }] }),
    );
    grpc["kind"] = json!("GRPCRoute");
    let system = [http(), grpc, service("web", 80)];
    let decision = asked(&system, "GRPC", "shop.example.com/shop.Cart/Add", &[]);
    assert_eq!(decision.answer.status, Some(503));
    assert_eq!(decision.answer.grpc_status, Some("UNAVAILABLE"));
    assert_eq!(decision.answer.backends[0].grpc_status, Some("UNAVAILABLE"));
    // The page of grpc-web is no call of gRPC.
    let web = asked(
        &system,
        "POST",
        "shop.example.com/shop.Cart/Add",
        &["content-type: application/grpc-web"],
    );
    assert_eq!(short(&web), "404");
}

#[test]
fn header_changes_of_several_filters_are_one_change() {
    let modifier = |changes: Value| json!({ "type": "ResponseHeaderModifier", "responseHeaderModifier": changes });
    let of_rule = modifier(
        json!({ "set": [{ "name": "X-A", "value": "1" }, { "name": "X-B", "value": "1" }] }),
    );
    let of_backend = modifier(json!({
        "remove": ["x-a"], "add": [{ "name": "X-B", "value": "2" }, { "name": "x-c", "value": "3" }],
    }));
    let system = rule(&json!({
        "filters": [of_rule],
        "backendRefs": [{ "name": "web", "port": 80, "filters": [of_backend] }],
    }));
    let decision = asked(&system, "GET", "a.b/", &[]);
    let changes = json!(decision.answer.backends[0].response_headers);
    assert_eq!(
        changes,
        json!({
            "set": [{ "name": "X-B", "value": "1" }],
            "add": [{ "name": "X-B", "value": "2" }, { "name": "x-c", "value": "3" }],
            "remove": ["x-a"],
        })
    );
    // The gateway's own answer has them too, and that this is open is said.
    let redirecting = rule(&json!({ "filters": [
        of_rule,
        { "type": "RequestRedirect", "requestRedirect": { "scheme": "https" } },
    ] }));
    let decision = asked(&redirecting, "GET", "a.b/", &[]);
    let names: Vec<&str> = decision
        .answer
        .response_headers
        .iter()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(names, ["location", "X-A", "X-B"]);
    assert!(
        decision.notes.iter().any(|note| note.contains("by itself")),
        "{decision:#?}"
    );
}

#[test]
fn a_preflight_says_what_the_browser_will_not_ask() {
    let cors = |origins: Value| {
        rule(&json!({
            "filters": [{ "type": "CORS", "cors": { "allowOrigins": origins, "allowMethods": ["GET"], "allowCredentials": true } }],
            "backendRefs": backend("web"),
        }))
    };
    let preflight = |system: &[Value], method: &str| {
        let headers = [
            "Origin: https://a.example.com",
            &format!("Access-Control-Request-Method: {method}"),
        ];
        asked(system, "OPTIONS", "a.b/", &headers)
    };
    let named = cors(json!(["https://a.example.com"]));
    assert!(preflight(&named, "DELETE").filters[0].contains("not with this method"));
    assert!(!preflight(&named, "POST").filters[0].contains("not with"));
    assert!(
        !preflight(&named, "POST")
            .notes
            .iter()
            .any(|note| note.contains("name the origins"))
    );
    let every = preflight(&cors(json!(["*"])), "GET");
    assert!(
        every
            .notes
            .iter()
            .any(|note| note.contains("name the origins")),
        "{every:#?}"
    );
}

#[test]
fn shares_that_are_hardly_one_are_not_called_nothing_or_everything() {
    let system = rule(&json!({ "backendRefs": [
        { "name": "web", "port": 80, "weight": 1 }, { "name": "next", "port": 80, "weight": 1_000_000 },
    ] }));
    let shares: Vec<String> = asked(&system, "GET", "a.b/", &[])
        .answer
        .backends
        .iter()
        .map(|backend| backend.share.to_string())
        .collect();
    assert_eq!(shares, ["less than 0.1 %", "more than 99.9 %"]);
}

#[test]
fn the_last_of_two_documents_of_one_object_counts() {
    let system = [
        http(),
        route(
            "web",
            &json!({ "rules": [{ "backendRefs": backend("base") }] }),
        ),
        route(
            "web",
            &json!({ "rules": [{ "backendRefs": backend("patch") }] }),
        ),
        service("base", 80),
        service("patch", 80),
    ];
    let objects = objects(&system);
    assert_eq!(objects.doubles.len(), 1);
    assert_eq!(
        (objects.doubles[0].first, objects.doubles[0].origin),
        (1, 2)
    );
    let decision = Router::new(&objects).decide(&Request::new("GET", "a.b/").unwrap(), None);
    assert_eq!(short(&decision), "patch");
}

#[test]
fn an_object_of_any_kind_in_two_documents_is_told() {
    let plain = |kind: &str, name: &str| json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name } });
    let grant = json!({
        "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant", "metadata": { "name": "one" },
        "spec": { "from": [{ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "shop" }],
                  "to": [{ "group": "", "kind": "Service" }] },
    });
    let route = route(
        "one",
        &json!({ "rules": [{ "backendRefs": backend("one") }] }),
    );
    let mut told = Vec::new();
    for object in [
        http(),
        route,
        grant,
        service("one", 80),
        plain("Secret", "one"),
        plain("Namespace", "one"),
    ] {
        // One of another name is no double.
        let mut other = object.clone();
        other["metadata"]["name"] = json!("other");
        let objects = objects(&[object.clone(), other, object]);
        assert_eq!(objects.doubles.len(), 1, "{:?}", objects.doubles);
        assert_eq!(
            (objects.doubles[0].first, objects.doubles[0].origin),
            (0, 2)
        );
        told.push(objects.doubles[0].object.clone());
    }
    assert_eq!(told[4..], ["Secret default/one", "Namespace one"]);
}

#[test]
fn a_path_that_could_be_read_otherwise_is_told() {
    let system = rule(&json!({ "backendRefs": backend("web") }));
    let is_told = |url: &str| {
        let notes = asked(&system, "GET", url, &[]).notes;
        notes
            .iter()
            .any(|note| note.contains("as they are written"))
    };
    for url in ["a.b/%61", "a.b//a", "a.b/x/../a", "a.b/?q=a%20b"] {
        assert!(is_told(url), "{url}");
    }
    for url in ["a.b/a.b", "a.b/a/", "a.b/?q=a"] {
        assert!(!is_told(url), "{url}");
    }
}

#[test]
fn timeouts_and_external_names_are_told() {
    let mut system = rule(&json!({
        "timeouts": { "request": "10s", "backendRequest": "0s" }, "backendRefs": backend("web"),
    }));
    let decision = asked(&system, "GET", "a.b/", &[]);
    assert_eq!(
        decision.filters,
        [
            "504 where the whole answer takes longer than 10s",
            "waits for a backend for ever"
        ]
    );
    let is_told = |decision: &Decision| {
        decision
            .notes
            .iter()
            .any(|note| note.contains("ExternalName"))
    };
    assert!(!is_told(&decision));
    system[2]["spec"]["type"] = json!("ExternalName");
    system[2]["spec"]["externalName"] = json!("example.org");
    assert!(is_told(&asked(&system, "GET", "a.b/", &[])));
}

/// A Gateway with that listener, and a route of namespace `app` that goes there, beside more objects.
fn from_app(listener: &Value, more: &[Value]) -> Vec<Value> {
    let mut one = route(
        "web",
        &json!({ "rules": [{ "backendRefs": backend("web") }] }),
    );
    one["metadata"]["namespace"] = json!("app");
    one["spec"]["parentRefs"][0]["namespace"] = json!("shop");
    let mut manifests = vec![gateway(&json!([listener])), one];
    manifests.extend_from_slice(more);
    manifests
}

#[test]
fn a_selector_that_is_not_there_selects_nothing_and_unknown_labels_are_told() {
    let listener = |namespaces: Value| json!({ "name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": { "namespaces": namespaces } });
    let none = from_app(&listener(json!({ "from": "Selector" })), &[]);
    assert_eq!(asked(&none, "GET", "a.com/", &[]).answer.status, Some(404));

    let team =
        listener(json!({ "from": "Selector", "selector": { "matchLabels": { "team": "a" } } }));
    let unknown = asked(&from_app(&team, &[]), "GET", "a.com/", &[]);
    assert_eq!(unknown.answer.status, None, "{unknown:?}");
    assert!(
        unknown.notes[0]
            .contains("no Namespace is among the objects: app is taken as if it had them")
            || unknown.notes[1].contains("no Namespace is among the objects"),
        "{:?}",
        unknown.notes
    );
    let namespace = |name: &str, labels: Value| json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } });
    for (more, status) in [
        (namespace("app", json!({ "team": "a" })), None),
        (namespace("app", json!({ "team": "b" })), Some(404)),
        (namespace("other", json!({ "team": "a" })), Some(404)),
    ] {
        let known = asked(&from_app(&team, &[more]), "GET", "a.com/", &[]);
        assert_eq!(known.answer.status, status, "{known:?}");
        assert!(!known.notes.iter().any(|note| note.contains("as if it had")));
    }
    // What must not be is as little known as what must.
    for operator in ["NotIn", "DoesNotExist"] {
        let values = if operator == "NotIn" {
            json!(["a"])
        } else {
            json!([])
        };
        let not = listener(
            json!({ "from": "Selector", "selector": { "matchExpressions": [
            { "key": "team", "operator": operator, "values": values },
        ] } }),
        );
        let decision = asked(&from_app(&not, &[]), "GET", "a.com/", &[]);
        assert_eq!(decision.answer.status, None);
        assert!(
            decision
                .notes
                .iter()
                .any(|note| note.contains("no Namespace is among the objects")),
            "{operator}: {:?}",
            decision.notes
        );
    }
    // The name is a label that every namespace has.
    let by_name = listener(
        json!({ "from": "Selector", "selector": { "matchLabels": { "kubernetes.io/metadata.name": "shop" } } }),
    );
    let other = asked(&from_app(&by_name, &[]), "GET", "a.com/", &[]);
    assert_eq!(other.answer.status, Some(404));
}

#[test]
fn a_certificate_is_missed_where_others_of_its_namespace_are_there() {
    let https = json!({ "name": "https", "protocol": "HTTPS", "port": 443, "tls": { "certificateRefs": [{ "name": "web" }] } });
    let secret = |namespace: &str, name: &str, data: Value| json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "namespace": namespace }, "data": data });
    let certificate = json!({
        "apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": { "name": "c", "namespace": "shop" },
        "spec": { "secretName": "web" },
    });
    let of_gateway = |gateway: Value, more: &[Value]| {
        let mut manifests = vec![
            gateway,
            route(
                "web",
                &json!({ "rules": [{ "backendRefs": backend("web") }] }),
            ),
            service("web", 80),
        ];
        manifests.extend_from_slice(more);
        asked(&manifests, "GET", "https://a.com/", &[]).answer
    };
    let plain = gateway(&json!([https]));
    let of = |more: &[Value]| of_gateway(plain.clone(), more);
    let tls = |name: &str| {
        let mut tls = secret("shop", name, json!({}));
        tls["type"] = json!("kubernetes.io/tls");
        tls
    };
    let password = json!({ "password": "eA==" });
    assert_eq!(of(&[secret("db", "other", password.clone())]).reason, None);
    assert_eq!(
        of(&[secret("shop", "other", password.clone()), certificate]).reason,
        None
    );
    // Passwords say nothing of certificates, nor does what is made of a vault.
    let external = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": { "name": "db", "namespace": "shop" }, "spec": {},
    });
    assert_eq!(
        of(&[secret("shop", "other", password.clone()), external]).reason,
        None
    );
    // cert-manager makes what the listeners of such a Gateway name.
    for key in ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"] {
        let mut annotated = plain.clone();
        annotated["metadata"]["annotations"] = json!({ key: "letsencrypt" });
        assert_eq!(of_gateway(annotated, &[tls("other")]).reason, None, "{key}");
    }
    let texts = |text: &str| {
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "web", "namespace": "shop" },
            "stringData": { "tls.crt": text, "tls.key": text },
        })
    };
    for text in [
        "-----BEGIN CERTIFICATE-----\nx",
        "ENC[AES256_GCM,data:x]",
        "${CERT}",
        "{{ .Values.cert }}",
        "<path:kv/data/web#cert>",
    ] {
        assert_eq!(of(&[texts(text)]).reason, None, "{text}");
    }
    for more in [
        tls("other"),
        secret("shop", "web", password),
        secret(
            "shop",
            "web",
            json!({ "tls.crt": "eA==", "tls.key": "eA==" }),
        ),
        texts("x1"),
    ] {
        assert_eq!(
            of(&[more]).reason.as_deref(),
            Some("no listener serves HTTPS on port 443; https does not: InvalidCertificateRef")
        );
    }
}

#[test]
fn a_listener_that_does_not_serve_is_told_beside_one_that_does() {
    let mut manifests = rule(&json!({ "backendRefs": backend("web") }));
    manifests[0] = gateway(&json!([
        { "name": "http", "protocol": "HTTP", "port": 80 },
        { "name": "https", "protocol": "HTTPS", "port": 443 },
    ]));
    let decision = asked(&manifests, "GET", "a.com/", &[]);
    assert_eq!(decision.answer.status, None);
    assert_eq!(
        decision.notes,
        [
            "listener https of the Gateway does not serve (InvalidCertificateRef); with AGC one such listener can stop the whole Gateway"
        ]
    );
}

#[test]
fn patterns_whose_dialect_nobody_states_are_told() {
    let told = |notes: &[String], part: &str| notes.iter().any(|note| note.contains(part));
    let call = |method: Value| {
        let mut calls = route(
            "calls",
            &json!({ "rules": [{ "matches": [{ "method": method }], "backendRefs": backend("web") }] }),
        );
        calls["kind"] = json!("GRPCRoute");
        asked(
            &[http(), calls, service("web", 80)],
            "GRPC",
            "http://a.com/shop.Cart/Add",
            &[],
        )
        .notes
    };
    let of_calls = "whether it takes patterns of services and methods";
    assert!(told(
        &call(json!({ "type": "RegularExpression", "service": r"shop\..*" })),
        of_calls
    ));
    assert!(!told(&call(json!({ "service": "shop.Cart" })), of_calls));
    let header = |how: &str| {
        let manifests = rule(&json!({
            "matches": [{ "headers": [{ "name": "x-a", "value": "b", "type": how }] }], "backendRefs": backend("web"),
        }));
        asked(&manifests, "GET", "a.com/", &["x-a: b"]).notes
    };
    let of_values = "a pattern of a header or a parameter";
    assert!(told(&header("RegularExpression"), of_values));
    assert!(!told(&header("Exact"), of_values));
}

#[test]
fn what_a_request_has_twice_is_told_where_a_match_asks_for_it() {
    let manifests = rule(&json!({
        "matches": [{ "headers": [{ "name": "X-A", "value": "1,2" }], "queryParams": [{ "name": "v", "value": "1" }] }],
        "backendRefs": backend("web"),
    }));
    let told = |url: &str, headers: &[&str]| {
        let notes = asked(&manifests, "GET", url, headers).notes;
        let has = |part: &str| notes.iter().any(|note| note.contains(part));
        (
            has("the header x-a more than once"),
            has("the query has v more than once"),
        )
    };
    assert_eq!(told("a.com/?v=1&v=2", &["x-a: 1", "X-A: 2"]), (true, true));
    assert_eq!(told("a.com/?v=1", &["x-a: 1,2"]), (false, false));
    assert_eq!(
        told("a.com/?v=1&w=1&w", &["x-a: 1,2", "x-b: 1", "x-b: 1"]),
        (false, false)
    );
}

#[test]
fn a_prefix_is_told_as_it_is_written_and_both_spellings_are_noted() {
    let with = |first: &str, second: &str| {
        let of = |path: &str| json!({ "matches": [{ "path": { "value": path } }], "backendRefs": backend("web") });
        let web = route("web", &json!({ "rules": [of(first), of(second)] }));
        asked(&[http(), web, service("web", 80)], "GET", "a.com/a/b", &[])
    };
    let is_told = |decision: &Decision| {
        let notes = decision.notes.iter();
        notes
            .filter(|note| note.contains("is for /a/, the same prefix"))
            .count()
    };
    let decision = with("/a", "/a/");
    assert_eq!(short(&decision), short(&with("/a", "/x")));
    assert_eq!(decision.losers[0].route.demands, "/a/ and below");
    assert_eq!(is_told(&decision), 1);
    // By either count the first one wins.
    let decision = with("/a/", "/a");
    assert_eq!(decision.route.as_ref().unwrap().demands, "/a/ and below");
    assert_eq!(is_told(&decision), 0);
}

#[test]
fn a_call_may_say_its_format() {
    let calls = json!({
        "apiVersion": API, "kind": "GRPCRoute", "metadata": { "name": "g", "namespace": "shop" },
        "spec": { "parentRefs": [{ "name": "gw" }], "rules": [{ "backendRefs": backend("web") }] },
    });
    let manifests = [http(), calls, service("web", 80)];
    let headers = ["Content-Type: application/grpc+proto"];
    let decision = asked(&manifests, "GRPC", "a.com/a.B/C", &headers);
    assert_eq!(decision.answer.status, None, "{decision:?}");
    assert!(
        Request::new("GET", "a.com")
            .unwrap()
            .with_header("b(a)d: x")
            .is_err()
    );
}

#[test]
fn an_empty_namespace_is_the_default_one() {
    let mut manifests = rule(&json!({ "backendRefs": backend("web") }));
    for (manifest, namespace) in manifests.iter_mut().zip(["", "default", ""]) {
        manifest["metadata"]["namespace"] = json!(namespace);
    }
    let decision = asked(&manifests, "GET", "a.com/", &[]);
    assert_eq!(decision.answer.status, None, "{decision:?}");
}

#[test]
fn a_port_that_a_service_lacks_is_told_of_the_service() {
    let mut manifests = rule(&json!({ "backendRefs": backend("web") }));
    manifests[2] = service("web", 81);
    let answer = asked(&manifests, "GET", "a.com/", &[]).answer;
    assert!(
        format!("{answer:?}").contains("Service shop/web has no port 80 (BackendNotFound)"),
        "{answer:?}"
    );
}

#[test]
fn a_filter_of_headers_leaves_host_alone_and_tells_what_it_does() {
    let filter = json!({ "type": "RequestHeaderModifier", "requestHeaderModifier": {
        "set": [{ "name": "Host", "value": "in.example.com" }, { "name": "X-A", "value": "1" }, { "name": "x-a", "value": "2" }],
    } });
    let decision = asked(
        &rule(&json!({ "filters": [filter], "backendRefs": backend("web") })),
        "GET",
        "a.com/",
        &[],
    );
    let seen = &decision.answer.backends[0].request;
    let told = format!("{decision:?}");
    assert!(told.contains("request headers: set X-A: 1\""), "{told}");
    assert!(told.contains("urlRewrite.hostname changes it"), "{told}");
    assert_eq!(
        seen.as_ref().map(|seen| seen.host.as_str()),
        Some("a.com"),
        "{told}"
    );
}

#[test]
fn a_time_of_nothing_is_no_limit() {
    for (limit, word) in [
        ("0ms", "for ever"),
        ("0h0m", "for ever"),
        ("10ms", "504 where"),
    ] {
        let decision = asked(
            &rule(&json!({ "timeouts": { "request": limit }, "backendRefs": backend("web") })),
            "GET",
            "a.com/",
            &[],
        );
        assert!(
            format!("{:?}", decision.filters).contains(word),
            "{limit}: {decision:?}"
        );
    }
}

#[test]
fn a_browser_that_asks_for_a_header_too_many_is_told_of() {
    let cors = |headers: Value| {
        json!({ "filters": [{ "type": "CORS", "cors": { "allowOrigins": ["https://a.com"], "allowMethods": ["GET"], "allowHeaders": headers } }],
                "backendRefs": backend("web") })
    };
    for (allowed, asked_for, word) in [
        (json!(["X-A"]), "x-a", "is allowed, and"),
        (json!(["X-A"]), "x-a, x-b", "but not with these headers"),
        (json!(["*"]), "x-b", "is allowed, and"),
        (json!(["*"]), "authorization", "but not with these headers"),
    ] {
        let decision = asked(
            &rule(&cors(allowed)),
            "OPTIONS",
            "a.com/",
            &[
                "Origin: https://a.com",
                "Access-Control-Request-Method: GET",
                &format!("Access-Control-Request-Headers: {asked_for}"),
            ],
        );
        let told = format!("{:?}", decision.filters);
        assert!(told.contains(word), "{asked_for}: {told}");
    }
}

#[test]
fn what_agc_lacks_of_a_gateway_or_a_service_is_told_where_it_is_asked_for() {
    let asked_with = |gateway: Value, app_protocol: &str| {
        let mut own = http();
        own["spec"]["infrastructure"] = gateway["infrastructure"].clone();
        own["spec"]["addresses"] = gateway["addresses"].clone();
        let mut web = service("web", 80);
        web["spec"]["ports"][0]["appProtocol"] = json!(app_protocol);
        let rules = json!({ "rules": [{ "backendRefs": backend("web") }] });
        asked(
            &[own, route("web", &rules), web],
            "GET",
            "http://a.example.com/",
            &[],
        )
        .notes
    };
    let none = json!({});
    let own = json!({ "addresses": [{ "type": "alb.networking.azure.io/alb-frontend", "value": "frontend" }], "infrastructure": { "labels": {} } });
    for (gateway, app_protocol, notes) in [
        (
            none.clone(),
            "kubernetes.io/h2c",
            &["AGC has no HTTPRouteBackendProtocolH2C: a backend is asked in HTTP/1.1"][..],
        ),
        (
            none.clone(),
            "kubernetes.io/ws",
            &[
                "AGC has no HTTPRouteBackendProtocolWebSocket: `appProtocol` is not read; WebSocket itself works",
            ],
        ),
        (none, "https", &[]),
        (own, "https", &[]),
        (
            json!({ "infrastructure": { "labels": { "team": "shop" } } }),
            "https",
            &[
                "AGC has no GatewayInfrastructurePropagation: labels and annotations of `infrastructure` reach nothing",
            ],
        ),
        (
            json!({ "infrastructure": { "annotations": { "team": "shop" } } }),
            "https",
            &[
                "AGC has no GatewayInfrastructurePropagation: labels and annotations of `infrastructure` reach nothing",
            ],
        ),
        (
            json!({ "addresses": [{ "value": "10.0.0.1" }, { "type": "Hostname", "value": "gw.example.com" }] }),
            "https",
            &[
                "AGC has no GatewayStaticAddresses: the address is the name that Azure gives to the frontend",
            ],
        ),
        (
            json!({ "addresses": [{ "type": "IPAddress" }] }),
            "https",
            &["whether AGC has GatewayAddressEmpty is not written anywhere"],
        ),
    ] {
        assert_eq!(
            asked_with(gateway.clone(), app_protocol),
            notes,
            "{gateway} {app_protocol}"
        );
    }
}

#[test]
fn calls_of_grpc_and_backends_without_requests_ask_for_no_protocol() {
    let mut web = service("web", 80);
    web["spec"]["ports"] = json!([
        { "name": "tcp", "port": 80 },
        { "name": "udp", "port": 80, "protocol": "UDP", "appProtocol": "kubernetes.io/ws" },
        { "name": "calls", "port": 81, "appProtocol": "kubernetes.io/h2c" },
    ]);
    let rules = json!({ "rules": [{ "backendRefs": [
        { "name": "web", "port": 80 }, { "name": "web", "port": 81, "weight": 0 },
    ] }] });
    let manifests = [http(), route("web", &rules), web.clone()];
    let none: [&str; 0] = [];
    assert_eq!(asked(&manifests, "GET", "http://a/", &[]).notes, none);
    let mut calls = route(
        "calls",
        &json!({ "rules": [{ "backendRefs": [{ "name": "web", "port": 81 }] }] }),
    );
    calls["kind"] = json!("GRPCRoute");
    let decision = asked(&[http(), calls, web], "GRPC", "http://a/s.S/M", &[]);
    assert_eq!(decision.answer.backends.len(), 1);
    assert_eq!(decision.notes, none);
}

/// The example of gateway-api issue 5120, and its neighbours.
#[test]
fn a_route_that_names_the_host_more_closely_is_told_where_that_would_change_the_answer() {
    let listeners =
        json!([{ "name": "foo", "protocol": "HTTP", "port": 80, "hostname": "*.foo.com" }]);
    let made = |name: &str, hostnames: Value, path: &str, created: &str| {
        let mut one = route(
            name,
            &json!({ "hostnames": hostnames, "rules": [{ "matches": [{ "path": { "value": path } }], "backendRefs": backend("web") }] }),
        );
        one["metadata"]["creationTimestamp"] = json!(format!("{created}-01-01T00:00:00Z"));
        one
    };
    let answer = |one: Value, two: Value| {
        let manifests = [gateway(&listeners), one, two, service("web", 80)];
        let decision = asked(&manifests, "GET", "http://a.foo.com/a/b", &[]);
        (decision.route.unwrap().name, decision.notes)
    };
    let told_of = |first: &str, second: &str, name: &str| {
        format!(
            "a gateway that goes by the hostnames of the routes themselves lets HTTPRoute shop/{second} answer, whose {name} is closer than \
             what HTTPRoute shop/{first} names; the Gateway API leaves open whether it does (its issue 5120), and of AGC it is not known. Here \
             what the listener leaves of both counts"
        )
    };
    let narrow = json!(["*.foo.com"]);
    let wide = json!(["*.com"]);
    let none: [String; 0] = [];
    // By age, and by the path.
    for (narrow_path, wide_path, wide_created) in [("/", "/", "2025"), ("/", "/a", "2027")] {
        let told = answer(
            made("narrow", narrow.clone(), narrow_path, "2026"),
            made("wide", wide.clone(), wide_path, wide_created),
        );
        let expected = told_of("wide", "narrow", "*.foo.com");
        assert_eq!(told, ("wide".to_owned(), vec![expected]));
    }
    // A route without hostnames names nothing.
    let told = answer(
        made("narrow", wide.clone(), "/", "2026"),
        made("every", json!([]), "/", "2025"),
    );
    assert_eq!(
        told,
        (
            "every".to_owned(),
            vec![told_of("every", "narrow", "*.com")]
        )
    );
    // Both orders agree: the closer one is the older one; what is closer takes another path; the listener leaves the closer host of it.
    for (one, two, name) in [
        (
            made("narrow", narrow.clone(), "/", "2025"),
            made("wide", wide.clone(), "/", "2026"),
            "narrow",
        ),
        (
            made("narrow", narrow.clone(), "/other", "2026"),
            made("wide", wide.clone(), "/", "2025"),
            "wide",
        ),
        (
            made("narrow", json!(["a.foo.com"]), "/", "2026"),
            made("wide", wide.clone(), "/a", "2025"),
            "narrow",
        ),
    ] {
        assert_eq!(answer(one, two), (name.to_owned(), none.to_vec()));
    }
}

/// A route without hostnames at a closer listener has that listener's.
#[test]
fn hostnames_of_different_listeners_are_not_held_against_each_other() {
    let listeners = json!([
        { "name": "a", "protocol": "HTTP", "port": 80, "hostname": "a.foo.com" },
        { "name": "foo", "protocol": "HTTP", "port": 80, "hostname": "*.foo.com" },
    ]);
    let rules = json!([{ "backendRefs": backend("web") }]);
    let mut every = route("every", &json!({ "rules": rules }));
    every["spec"]["parentRefs"][0]["sectionName"] = json!("a");
    let none: [&str; 0] = [];
    for hostname in ["*.foo.com", "a.foo.com"] {
        let mut wide = route("wide", &json!({ "hostnames": [hostname], "rules": rules }));
        wide["spec"]["parentRefs"][0]["sectionName"] = json!("foo");
        for one in [&mut every, &mut wide] {
            one["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
        }
        let manifests = [gateway(&listeners), every.clone(), wide, service("web", 80)];
        let decision = asked(&manifests, "GET", "http://a.foo.com/", &[]);
        assert_eq!(decision.route.unwrap().name, "every", "{hostname}");
        assert_eq!(decision.notes, none, "{hostname}");
    }
}

/// An `InferencePool` is a backend of AGC in preview.
#[test]
fn an_inference_pool_gets_its_share_and_picks_the_pod() {
    const PREVIEW: &str = "AGC sends requests to an InferencePool in preview alone: Helm installs ALB Controller with albController.aiGateway=true, the add-on does not";
    let pool = |namespace: &str| json!({ "group": "inference.networking.k8s.io", "kind": "InferencePool", "name": "llm", "namespace": namespace, "port": 80 });
    let manifests = rule(&json!({ "backendRefs": [pool("shop")] }));
    let decision = asked(&manifests, "POST", "http://a/v1/chat/completions", &[]);
    let request = Request::new("POST", "http://a/v1/chat/completions").unwrap();
    let told = story(&request, &decision);
    assert!(
        told.contains("  -> InferencePool shop/llm, which picks the pod\n"),
        "{told}"
    );
    assert_eq!(decision.notes, [PREVIEW]);
    // Beside a Service, and in another namespace: there a ReferenceGrant is needed.
    let web = json!({ "name": "web", "port": 80, "weight": 3 });
    let mut manifests = rule(&json!({ "backendRefs": [web, pool("models")] }));
    let refused = asked(&manifests, "GET", "http://a/", &[]);
    assert_eq!(
        refused.answer.backends[1].reason.as_deref(),
        Some(
            "no ReferenceGrant in namespace models lets HTTPRoute of namespace shop refer to InferencePool llm (RefNotPermitted)"
        )
    );
    let grant = |group: &str, kind: &str| {
        json!({
            "apiVersion": API, "kind": "ReferenceGrant", "metadata": { "name": "shop", "namespace": "models" },
            "spec": {
                "from": [{ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "shop" }],
                "to": [{ "group": group, "kind": kind }],
            },
        })
    };
    manifests.push(grant("", "Service"));
    let refused = asked(&manifests, "GET", "http://a/", &[]);
    assert_eq!(refused.answer.backends[1].status, Some(500));
    manifests.push(grant("inference.networking.k8s.io", "InferencePool"));
    let decision = asked(&manifests, "GET", "http://a/", &[]);
    let shares: Vec<String> = decision
        .answer
        .backends
        .iter()
        .map(|one| format!("{} {}", one.share, one.service))
        .collect();
    assert_eq!(
        shares,
        ["75 % shop/web:80", "25 % InferencePool models/llm"]
    );
    assert_eq!(decision.answer.backends[1].status, None);
    // Another group is another kind, and calls of gRPC go to Services.
    let mut other = pool("shop");
    other["group"] = json!("inference.networking.x-k8s.io");
    let refused = asked(
        &rule(&json!({ "backendRefs": [other] })),
        "GET",
        "http://a/",
        &[],
    );
    assert_eq!(
        refused.answer.reason.as_deref(),
        Some("InferencePool llm is no Service (InvalidKind)")
    );
    let mut calls = route(
        "calls",
        &json!({ "rules": [{ "backendRefs": [pool("shop")] }] }),
    );
    calls["kind"] = json!("GRPCRoute");
    let refused = asked(&[http(), calls], "GRPC", "http://a/s.S/M", &[]);
    assert_eq!(
        refused.answer.reason.as_deref(),
        Some("InferencePool llm is no Service (InvalidKind)")
    );
}
