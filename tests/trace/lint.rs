//! What the analysis says of manifests, written down by hand.

use agcgen::diagnostic::Findings;
use agcgen::source::{Sources, parse_manifests};
use agcgen::trace::{Objects, Router, analyse};

const GATEWAY: &str = "
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec:
  gatewayClassName: azure-alb-external
  listeners:
    - { name: http, port: 80, protocol: HTTP }
    - { name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: web }] } }
";
const SERVICE: &str = "
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }] }
";

/// The findings: code, message and what stands under the place.
fn found(manifests: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("all.yaml", manifests);
    let trees = parse_manifests(&sources, id, &mut Findings::new()).unwrap();
    let mut objects = Objects::new();
    for tree in &trees {
        objects.read(tree);
    }
    let problems = analyse(&Router::new(&objects));
    problems
        .into_iter()
        .map(|problem| format!("{}: {}; {}", problem.code, problem.message, problem.label))
        .collect()
}

/// The findings: the path and the message.
fn places(manifests: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("all.yaml", manifests);
    let trees = parse_manifests(&sources, id, &mut Findings::new()).unwrap();
    let mut objects = Objects::new();
    for tree in &trees {
        objects.read(tree);
    }
    analyse(&Router::new(&objects))
        .into_iter()
        .map(|problem| format!("{}: {}", problem.at, problem.message))
        .collect()
}

/// The findings of a route of that `spec`, beside a Gateway with two listeners and a Service.
fn of_route(spec: &str) -> Vec<String> {
    found(&format!("{}{GATEWAY}{SERVICE}", route("r", spec)))
}

fn route(name: &str, spec: &str) -> String {
    format!(
        "\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{ name: {name} }}\nspec: {spec}\n"
    )
}

const TO_WEB: &str = "backendRefs: [{ name: web, port: 80 }]";

#[test]
fn rules_that_give_nothing_to_say_are_left_alone() {
    for spec in [
        format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ {TO_WEB} }}] }}"),
        // Post, redirect, get: the second request is another one.
        format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [\
             {{ matches: [{{ path: {{ value: /form }}, method: POST }}], filters: [{{ type: RequestRedirect, requestRedirect: {{ statusCode: 303 }} }}] }},\
             {{ {TO_WEB} }}] }}"
        ),
        // A Service that gets nothing yet need not be there.
        "{ parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: web, port: 80 }, { name: next, port: 80, weight: 0 }] }] }".to_owned(),
        format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ path: {{ type: RegularExpression, value: '/v/[\\w-]{{1,400}}' }} }}], {TO_WEB} }}] }}"
        ),
    ] {
        assert_eq!(of_route(&spec), Vec::<String>::new(), "{spec}");
    }
}

#[test]
fn redirects_are_followed_as_clients_follow_them() {
    let redirecting = |wanted: &str, redirect: &str| {
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ {wanted} }}], filters: [{{ type: RequestRedirect, requestRedirect: {redirect} }}] }}] }}"
        ))
    };
    let loops = |wanted: &str, redirect: &str, asked: &str| {
        assert_eq!(
            redirecting(wanted, redirect),
            [format!(
                "AGC0609: the redirect of rule 0 of HTTPRoute `r` never ends; whoever asks for {asked} is sent in a circle"
            )],
            "{wanted} {redirect}"
        );
    };
    loops(
        "path: { type: RegularExpression, value: '/x.*' }",
        "{ scheme: https }",
        "http://example.com/x",
    );
    loops(
        "path: { value: /a }, headers: [{ name: x, type: RegularExpression, value: '[0-9]+' }]",
        "{ path: { type: ReplaceFullPath, replaceFullPath: /a } }",
        "http://example.com/a/",
    );
    // After 307 the method stays.
    loops(
        "path: { value: /form }, method: POST",
        "{ statusCode: 307, path: { type: ReplaceFullPath, replaceFullPath: /form } }",
        "http://example.com/form/",
    );
    assert_eq!(
        redirecting(
            "path: { value: /form }, method: POST",
            "{ statusCode: 302, path: { type: ReplaceFullPath, replaceFullPath: /form } }"
        ),
        Vec::<String>::new()
    );
}

#[test]
fn a_circle_behind_client_certificates_is_one() {
    let gateway = GATEWAY.replace(
        "  listeners:",
        "  tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } } } }\n  listeners:",
    );
    assert_ne!(gateway, GATEWAY);
    let rules = |from: &str, to: &str| {
        format!(
            "{{ matches: [{{ path: {{ type: Exact, value: {from} }} }}], filters: [{{ type: RequestRedirect, requestRedirect: {{ path: {{ type: ReplaceFullPath, replaceFullPath: {to} }} }} }}] }}"
        )
    };
    let spec = format!(
        "{{ parentRefs: [{{ name: gw, sectionName: https }}], rules: [{}, {}] }}",
        rules("/a", "/b"),
        rules("/b", "/a")
    );
    let found = found(&format!("{}{gateway}", route("r", &spec)));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|one| one.starts_with("AGC0609")));
}

#[test]
fn each_shadowed_match_names_its_own_shadow() {
    let spec = format!(
        "{{ parentRefs: [{{ name: gw }}], rules: [\
         {{ matches: [{{ path: {{ value: /a }} }}], {TO_WEB} }},\
         {{ matches: [{{ path: {{ value: /b }} }}], {TO_WEB} }},\
         {{ matches: [{{ path: {{ value: /c }} }}, {{ path: {{ value: /a }} }}, {{ path: {{ value: /b }} }}], {TO_WEB} }}] }}"
    );
    assert_eq!(
        of_route(&spec),
        [
            "AGC0602: /a and below is taken by another match already; rule 0 of HTTPRoute default/r has /a and below, and comes first",
            "AGC0602: /b and below is taken by another match already; rule 1 of HTTPRoute default/r has /b and below, and comes first",
        ]
    );
    let same = format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ {TO_WEB} }}] }}");
    assert_eq!(
        found(&format!(
            "{}{}{GATEWAY}{SERVICE}",
            route("a", &same),
            route("b", &same)
        )),
        [
            "AGC0601: rule 0 of HTTPRoute `b` is never reached; rule 0 of HTTPRoute default/a comes before, for every request, \
             unless this route is the older one"
        ]
    );
}

#[test]
fn what_a_listener_lacks_and_a_parent_refuses_is_said_once() {
    let no_tls = GATEWAY.replace(", tls: { certificateRefs: [{ name: web }] }", "");
    let plain = format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ {TO_WEB} }}] }}");
    assert_eq!(
        found(&format!("{}{no_tls}{SERVICE}", route("r", &plain))),
        [
            "AGC0607: listener `https` has no `tls`; HTTPS needs a certificate: the listener does not serve"
        ]
    );
    assert_eq!(
        of_route(&format!("{{ rules: [{{ {TO_WEB} }}] }}")),
        ["AGC0604: no listener takes HTTPRoute `r`; it has no parentRefs"]
    );
    assert_eq!(
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw, sectionName: http }}, {{ name: gw, sectionName: tls }}], rules: [{{ {TO_WEB} }}] }}"
        )),
        ["AGC0604: parent 1 does not take HTTPRoute `r`; Gateway `gw` has no listener tls"]
    );
    assert_eq!(
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw, sectionName: http, port: 81 }}, {{ name: gw, sectionName: https }}, {{ name: gw, kind: gateway }}, \
             {{ name: web, kind: Service, group: '' }}], rules: [{{ {TO_WEB} }}] }}"
        )),
        [
            "AGC0604: parent 0 does not take HTTPRoute `r`; Gateway `gw` has no listener http on port 81",
            "AGC0604: parent 2 does not take HTTPRoute `r`; `gateway` is no Gateway of gateway.networking.k8s.io",
            "AGC0615: AGC has no HTTPRouteParentRefPort: a parentRef selects a listener by `sectionName`; HTTPRoute default/r asks for it",
        ]
    );
    let of_calls = GATEWAY.replace(
        "port: 80, protocol: HTTP }",
        "port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ kind: GRPCRoute }] } }",
    );
    let at_http =
        format!("{{ parentRefs: [{{ name: gw, sectionName: http }}], rules: [{{ {TO_WEB} }}] }}");
    assert_eq!(
        found(&format!("{}{of_calls}{SERVICE}", route("r", &at_http))),
        ["AGC0604: no listener takes HTTPRoute `r`; its listeners take no HTTPRoute"]
    );
    // Without any Gateway nobody knows.
    assert_eq!(
        found(&format!("{}{SERVICE}", route("r", &plain))),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_at_it() {
    let with = |refs: &str, more: &str| {
        let gateway = GATEWAY.replace("certificateRefs: [{ name: web }]", refs);
        assert_ne!(gateway, GATEWAY);
        places(&format!("{gateway}{SERVICE}{more}"))
    };
    let secret = |name: &str, data: &str| {
        format!("---\napiVersion: v1\nkind: Secret\nmetadata: {{ name: {name} }}\ndata: {data}\n")
    };
    let good = secret(
        "good",
        "{ tls.crt: LS0tLS1CRUdJTiBD, tls.key: LS0tLS1CRUdJTiBQ }",
    );
    let at = "spec.listeners[1].tls.certificateRefs[1]";
    for (other, more, message) in [
        ("name: gone", String::new(), "is not there"),
        ("name: ca, kind: ConfigMap", String::new(), "is no Secret"),
        ("name: db", secret("db", "{ password: eA== }"), "is none"),
        (
            "name: bad",
            secret("bad", "{ tls.crt: eA==, tls.key: eA== }"),
            "cannot be read",
        ),
    ] {
        assert_eq!(
            with(
                &format!("certificateRefs: [{{ name: good }}, {{ {other} }}]"),
                &format!("{good}{more}")
            ),
            [format!("{at}: a certificate of listener `https` {message}")]
        );
    }
}

#[test]
fn a_listener_that_selects_by_nothing_is_a_finding() {
    let with = |namespaces: &str| {
        let gateway = GATEWAY.replace(
            "protocol: HTTP }",
            &format!("protocol: HTTP, allowedRoutes: {{ namespaces: {namespaces} }} }}"),
        );
        assert_ne!(gateway, GATEWAY);
        places(&format!("{gateway}{SERVICE}"))
    };
    assert_eq!(
        with("{ from: Selector }"),
        ["spec.listeners[0].allowedRoutes.namespaces: listener `http` can take no route"]
    );
    // An empty one takes every namespace.
    assert_eq!(
        with("{ from: Selector, selector: {} }"),
        Vec::<String>::new()
    );
}

#[test]
fn a_pattern_that_is_of_no_path_is_a_finding() {
    let with = |pattern: &str| {
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ path: {{ type: RegularExpression, value: '{pattern}' }} }}], {TO_WEB} }}] }}"
        ))
    };
    assert_eq!(
        with("api/.*"),
        [
            "AGC0601: no path is like the pattern api/.* of rule 0 of HTTPRoute `r`; it is compared with the whole path, which begins with `/`"
        ]
    );
    assert_eq!(with("/api/.*"), Vec::<String>::new());
}

#[test]
fn a_listener_that_has_the_host_and_does_not_take_the_route_is_named() {
    let with = |allowed: &str, parents: &str| {
        let gateway = GATEWAY.replace(
            "    - { name: https",
            &format!("    - {{ name: other, port: 80, protocol: HTTP, hostname: e.com{allowed} }}\n    - {{ name: https"),
        );
        let gateway = gateway.replace("protocol: HTTP }", "protocol: HTTP, hostname: a.com }");
        let spec = format!(
            "{{ parentRefs: [{parents}], hostnames: [a.com, e.com], rules: [{{ {TO_WEB} }}] }}"
        );
        found(&format!("{}{gateway}{SERVICE}", route("r", &spec)).replace(
            "    - { name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: web }] } }\n",
            "",
        ))
    };
    let message = "AGC0603: no listener takes the host `e.com` of HTTPRoute `r`";
    for (allowed, parents, label) in [
        (
            ", allowedRoutes: { kinds: [{ kind: GRPCRoute }] }",
            "{ name: gw }",
            "listener other has it, and takes no HTTPRoute",
        ),
        (
            ", allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: x } } } }",
            "{ name: gw }",
            "listener other has it, and takes no routes of namespace `default`",
        ),
        (
            "",
            "{ name: gw, sectionName: http }",
            "listener other has it, and no parentRef names that listener",
        ),
    ] {
        assert_eq!(with(allowed, parents), [format!("{message}; {label}")]);
    }
}

#[test]
fn a_route_of_the_other_kind_is_named() {
    let with = |hosts: &str| {
        let spec = format!("{{ parentRefs: [{{ name: gw }}], {hosts} rules: [{{ {TO_WEB} }}] }}");
        let calls = route("a", &spec).replace("HTTPRoute", "GRPCRoute");
        found(&format!("{calls}{}{GATEWAY}{SERVICE}", route("b", &spec)))
    };
    assert_eq!(
        with("hostnames: [a.com],"),
        [
            "AGC0604: no listener takes HTTPRoute `b`; GRPCRoute default/a, older or the first by name, has one of these hosts at the listener"
        ]
    );
    assert_eq!(
        with(""),
        [
            "AGC0604: no listener takes HTTPRoute `b`; GRPCRoute default/a, older or the first by name, stands at the listener, and this one is for every host of it"
        ]
    );
}

#[test]
fn what_is_wrong_is_said_in_its_own_words() {
    assert_eq!(
        of_route(
            "{ parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ group: core, name: web, port: 80 }] }] }"
        ),
        [
            "AGC0606: group `core` has no Service; the core group is written \"\": its share answers 500"
        ]
    );
    let tcp = GATEWAY.replace(
        "protocol: HTTP }",
        "protocol: TCP, allowedRoutes: { kinds: [{ kind: TCPRoute }] } }",
    );
    assert_eq!(
        found(&format!("{tcp}{SERVICE}")),
        ["AGC0607: listener `http` serves no HTTP; AGC serves HTTP and HTTPS alone"]
    );
}

#[test]
fn what_agcgen_does_not_read_is_not_blamed_on_the_api_server() {
    assert_eq!(
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ headers: [{{ name: a, value: \"x\\u202e\" }}] }}], {TO_WEB} }}] }}"
        )),
        [
            "AGC0612: HTTPRoute r: a character that cannot be shown stands in it, and agcgen does not read such texts; \
             the API server may take it, agcgen leaves the object out"
        ]
    );
}

#[test]
fn what_agc_lacks_is_told_where_it_is_asked_for() {
    let spec = "{ parentRefs: [{ name: gw, port: 80 }], rules: [\
        { backendRefs: [{ name: web, port: 80 }, { name: web, port: 80, \
          filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [a] } }] }] }, \
        { matches: [{ path: { value: /b } }], backendRefs: [{ name: web, port: 80 }] }] }";
    let places = places(&format!("{}{GATEWAY}{SERVICE}", route("r", spec)));
    let of = |feature: &str| {
        let such = places.iter().filter(|one| one.contains(feature));
        such.map(|one| one.split(": ").next().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("HTTPRouteParentRefPort"), ["spec.parentRefs[0].port"]);
    assert_eq!(
        of("HTTPRouteBackendRequestHeaderModification"),
        ["spec.rules[0].backendRefs[1].filters"]
    );
}

#[test]
fn what_agc_does_not_do_is_a_finding() {
    let port = GATEWAY.replace("port: 80,", "port: 8080,");
    let plain = format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ {TO_WEB} }}] }}");
    assert_eq!(
        found(&format!("{}{port}{SERVICE}", route("r", &plain))),
        ["AGC0615: AGC serves no port 8080; listeners are on 80 and 443 only"]
    );
    assert_eq!(
        of_route(
            "{ parentRefs: [{ name: gw }], rules: [{ filters: [{ type: ExtensionRef, extensionRef: { group: x.example.com, kind: Limit, name: ten } }], backendRefs: [{ name: web, port: 80 }] }] }"
        ),
        [
            "AGC0608: rule 0 of HTTPRoute `r` sends requests nowhere; AGC knows no filter Limit ten: every request gets 500"
        ]
    );
}

#[test]
fn what_agc_lacks_of_a_gateway_or_a_service_is_a_finding() {
    let plain = format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ {TO_WEB} }}] }}");
    let gateway = GATEWAY.replace(
        "spec:\n",
        "spec:\n  infrastructure: { labels: { team: shop } }\n  addresses: [{ value: 10.0.0.1 }, { type: alb.networking.azure.io/alb-frontend, value: f }]\n",
    );
    let service = SERVICE.replace("port: 80", "port: 80, appProtocol: kubernetes.io/h2c");
    assert_eq!(
        found(&format!("{}{gateway}{service}", route("r", &plain))),
        [
            "AGC0615: AGC has no HTTPRouteBackendProtocolH2C: a backend is asked in HTTP/1.1; the `appProtocol` of Service web asks for it",
            "AGC0615: AGC has no GatewayInfrastructurePropagation: labels and annotations of `infrastructure` reach nothing; Gateway default/gw asks for it",
            "AGC0615: AGC has no GatewayStaticAddresses: the address is the name that Azure gives to the frontend; Gateway default/gw asks for it",
        ]
    );
}

#[test]
fn an_inference_pool_is_a_warning_and_needs_a_grant() {
    let with = |namespace: &str| {
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ backendRefs: [{{ group: inference.networking.k8s.io, kind: InferencePool, name: llm{namespace} }}] }}] }}"
        ))
    };
    assert_eq!(
        with(""),
        [
            "AGC0615: AGC sends requests to an InferencePool in preview alone: Helm installs ALB Controller with albController.aiGateway=true, \
             the add-on does not; `llm` is an InferencePool"
        ]
    );
    assert_eq!(
        with(", namespace: models"),
        [
            "AGC0605: HTTPRoute `r` may not send requests into namespace `models`; no ReferenceGrant there allows it: its share answers 500"
        ]
    );
}

#[test]
fn every_origin_with_credentials_is_a_finding() {
    let with = |cors: &str| {
        of_route(&format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ filters: [{{ type: CORS, cors: {cors} }}], {TO_WEB} }}] }}"
        ))
    };
    assert_eq!(
        with("{ allowOrigins: ['*'], allowCredentials: true }"),
        [
            "AGC0615: AGC does not take the origin * together with allowCredentials; rule 0 of HTTPRoute default/r asks for it"
        ]
    );
    for cors in [
        "{ allowOrigins: ['*'], allowCredentials: false }",
        "{ allowOrigins: ['*'] }",
        "{ allowOrigins: ['https://*.example.com'], allowCredentials: true }",
    ] {
        assert_eq!(with(cors), Vec::<String>::new(), "{cors}");
    }
}

#[test]
fn many_matches_are_compared_in_no_time() {
    // 2,000 rules of 8 matches, the last one of them twice.
    let mut manifests = String::from(GATEWAY);
    manifests.push_str(SERVICE);
    for at in 0..125 {
        let rules: Vec<String> = (0..16)
            .map(|rule| {
                let matches: Vec<String> = (0..8)
                    .map(|one| format!("{{ path: {{ value: /r{at}/{rule}/{one} }} }}"))
                    .collect();
                format!("{{ matches: [{}], {TO_WEB} }}", matches.join(", "))
            })
            .collect();
        let spec = format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{}] }}",
            rules.join(", ")
        );
        manifests.push_str(&route(&format!("r{at:03}"), &spec));
    }
    manifests.push_str(&route(
        "s",
        &format!("{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ path: {{ value: /r124/15/7 }} }}], {TO_WEB} }}] }}"),
    ));
    let began = std::time::Instant::now();
    let found = found(&manifests);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("AGC0601: rule 0 of HTTPRoute `s`"),
        "{found:#?}"
    );
    // Each with every other would be minutes in this build.
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

#[test]
fn many_routes_of_one_path_and_long_chains_are_judged_in_no_time() {
    // 1,500 routes differ in one header, and a last one has that of one of them; 1,500 redirects lead on to the next, and the last
    // to itself.
    let mut manifests = String::from(GATEWAY);
    manifests.push_str(SERVICE);
    let parent = "parentRefs: [{ name: gw }]";
    let header = |at: usize| {
        format!("headers: [{{ name: x-env, value: prod }}, {{ name: x-user, value: u{at} }}")
    };
    for at in 0..1500 {
        manifests.push_str(&route(
            &format!("h{at:04}"),
            &format!(
                "{{ {parent}, rules: [{{ matches: [{{ {}] }}], {TO_WEB} }}] }}",
                header(at)
            ),
        ));
        let next = if at == 1499 { at } else { at + 1 };
        manifests.push_str(&route(
            &format!("r{at:04}"),
            &format!(
                "{{ {parent}, rules: [{{ matches: [{{ path: {{ type: Exact, value: /r{at} }} }}], filters: [{{ type: RequestRedirect, \
                 requestRedirect: {{ path: {{ type: ReplaceFullPath, replaceFullPath: /r{next} }} }} }}] }}] }}"
            ),
        ));
    }
    let more = format!("{}, {{ name: x-more, value: m }}]", header(7));
    // What demands more goes first, and is not taken by anybody else.
    manifests.push_str(&route(
        "s",
        &format!(
            "{{ {parent}, rules: [{{ matches: [{{ {}] }}, {{ {more} }}], {TO_WEB} }}] }}",
            header(7)
        ),
    ));
    let began = std::time::Instant::now();
    let found = found(&manifests);
    let codes = |code: &str| found.iter().filter(|one| one.starts_with(code)).count();
    // The chain is longer than any client follows, so whoever comes to it anywhere but near its end is sent on and on.
    assert_eq!(
        (codes("AGC0602"), codes("AGC0609")),
        (1, 1500),
        "{:#?}",
        &found[..9]
    );
    assert_eq!(found.len(), 1501, "{found:#?}");
    // A request compared with every rule would be a minute in this build.
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

#[test]
fn what_becomes_of_a_copy_that_goes_nowhere_is_said() {
    let rule = |mirrored: &str| {
        format!(
            "{{ {TO_WEB}, filters: [{{ type: RequestMirror, requestMirror: {{ backendRef: {{ {mirrored}, port: 80 }} }} }}] }}"
        )
    };
    let found = of_route(&format!(
        "{{ parentRefs: [{{ name: gw }}], rules: [{}, {}] }}",
        rule("name: gone"),
        rule("name: web, namespace: other")
            .replace("filters", "matches: [{ path: { value: /other } }], filters"),
    ));
    let of = |code: &str| {
        found
            .iter()
            .filter(|one| one.starts_with(code))
            .collect::<Vec<_>>()
    };
    assert!(
        of("AGC0606")[0].ends_with("; it gets no copy"),
        "{found:#?}"
    );
    assert!(
        of("AGC0605")[0].ends_with(": it gets no copy"),
        "{found:#?}"
    );
}

#[test]
fn a_redirect_to_a_host_that_nobody_names_leads_away() {
    let away = |host: &str| {
        format!(
            "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ path: {{ value: /old }} }}], filters: [{{ type: RequestRedirect, \
             requestRedirect: {{ hostname: {host} }} }}] }}, {{ {TO_WEB} }}] }}"
        )
    };
    assert_eq!(of_route(&away("archive.example.net")), Vec::<String>::new());
    // The sample is asked of this host.
    assert_eq!(
        of_route(&away("example.com")),
        [
            "AGC0609: the redirect of rule 0 of HTTPRoute `r` never ends; whoever asks for http://example.com/old/ is sent in a circle"
        ]
    );
    let named = GATEWAY.replace(
        "port: 80, protocol: HTTP }",
        "port: 80, protocol: HTTP, hostname: '*.example.net' }",
    );
    assert_eq!(
        found(&format!(
            "{}{named}{SERVICE}",
            route("r", &away("archive.example.net"))
        )),
        [
            "AGC0609: the redirect of rule 0 of HTTPRoute `r` never ends; whoever asks for http://any.example.net/old/ is sent in a circle"
        ]
    );
}

#[test]
fn calls_that_go_nowhere_get_another_status_than_requests() {
    let calls = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: g }\nspec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: gone, port: 80 }] }, { matches: [{ method: { service: a.B } }] }] }\n";
    assert_eq!(
        found(&format!("{calls}{GATEWAY}{SERVICE}")),
        [
            "AGC0606: there is no Service `gone` with port 80 in namespace `default`; its share answers 503 (UNAVAILABLE)",
            "AGC0608: rule 1 of GRPCRoute `g` sends requests nowhere; it names no backend, and every request gets 503 (UNAVAILABLE)",
        ]
    );
}

#[test]
fn a_pattern_for_everything_shadows_where_patterns_go_first() {
    let spec = format!(
        "{{ parentRefs: [{{ name: gw }}], rules: [{{ matches: [{{ path: {{ type: RegularExpression, value: '/.*' }} }}], {TO_WEB} }}, \
         {{ matches: [{{ path: {{ value: /a }} }}], {TO_WEB} }}] }}"
    );
    assert_eq!(
        of_route(&spec),
        [
            "AGC0601: rule 1 of HTTPRoute `r` is never reached; rule 0 of HTTPRoute default/r comes before, for every request, \
             unless a gateway puts patterns last"
        ]
    );
}
