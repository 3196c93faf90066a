//! `agcgen trace`: what it reads, and what it prints.

use serde_json::Value;

use crate::{Folder, Ran, example, snapshot};

/// A Gateway, two routes and their Services, as anybody may write them: documents, a list, anchors, what is not about routing.
const MANIFESTS: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: shop }
spec:
  gatewayClassName: azure-alb-external
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
---
apiVersion: v1
kind: List
items:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: &meta { name: web, namespace: shop }
    spec:
      parentRefs: &parents [{ name: gw }]
      rules:
        - backendRefs: [{ name: web, port: 80 }]
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: { <<: *meta, name: api }
    spec:
      parentRefs: *parents
      hostnames: [api.example.com]
      rules:
        - matches: [{ path: { type: PathPrefix, value: /v1 } }]
          backendRefs: [{ name: api, port: 8080, weight: 9 }, { name: gone, port: 80 }]
---
# nothing
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { ports: [{ port: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
";

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn anybodys_manifests_are_read_as_documents_lists_and_files() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    for (number, document) in MANIFESTS.split("---\n").enumerate() {
        folder.write(&format!("parts/{number}.yaml"), document);
    }
    folder.write("parts/values.yaml", "replicas: 2\n");
    folder.write("parts/README.md", "not: [yaml");
    let (method, url) = ("GET", "http://api.example.com/v1/users");
    let told = folder.run(&["trace", "all.yaml", method, url]);
    snapshot(
        "trace_manifests",
        &["trace", "all.yaml", method, url],
        &told,
    );
    assert_eq!(told.code, 0);
    let stdin = folder.run_with(&["trace", "-", method, url], MANIFESTS);
    assert_eq!((&stdin.stdout, &stdin.stderr), (&told.stdout, &told.stderr));
    let parts = folder.run(&["trace", "parts", method, url]);
    assert_eq!(parts.stdout, told.stdout);
    assert!(
        parts.stderr.contains("skipped 1 document without kind"),
        "{}",
        parts.stderr
    );
}

#[test]
fn a_spec_and_what_it_renders_answer_the_same() {
    let folder = Folder::new();
    folder.write("spec.yaml", example("cloud-native"));
    assert_eq!(folder.run(&["render", "spec.yaml", "-o", "out"]).code, 0);
    for (path, service) in [
        ("/api/users", "api-service"),
        ("/apis", "frontend-service"),
        ("/data", "data-service"),
    ] {
        let url = format!("http://shop.example.com{path}");
        let [of_spec, of_tree] = ["spec.yaml", "out"].map(|input| {
            let ran = folder.run(&["trace", input, "GET", &url, "--format", "json"]);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{input}");
            json(&ran)
        });
        assert_eq!(of_spec["answer"], of_tree["answer"], "{path}");
        assert_eq!(of_spec["route"], of_tree["route"], "{path}");
        let name = &of_spec["answer"]["backends"][0]["service"]["name"];
        assert_eq!(name, service, "{path}");
        assert_eq!(of_spec["request"]["url"], url);
        assert_eq!(of_spec["schemaVersion"], 1);
    }
}

#[test]
fn headers_and_gateways_are_part_of_the_question() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    let route = |arguments: &[&str]| {
        let ran = folder.run(
            &[
                &["trace", "all.yaml", "GET"],
                arguments,
                &["--format", "json"],
            ]
            .concat(),
        );
        json(&ran)["route"]["name"].clone()
    };
    let host = ["http://10.0.0.1/v1", "-H", "Host: api.example.com:80"];
    assert_eq!(route(&host), "api");
    assert_eq!(route(&["http://10.0.0.1/v1"]), "web");
    assert_eq!(route(&["http://a/", "--gateway", "shop/gw"]), "web");
    let unknown = folder.run(&[
        "trace",
        "all.yaml",
        "GET",
        "http://a/",
        "--gateway",
        "other",
    ]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(
        unknown
            .stderr
            .contains("There is no Gateway other.\n       There is `shop/gw`."),
        "{}",
        unknown.stderr
    );
}

#[test]
fn the_status_of_the_objects_is_told() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    let arguments = ["trace", "all.yaml", "--status"];
    snapshot("trace_status", &arguments, &folder.run(&arguments));
    let status = json(&folder.run(&["trace", "all.yaml", "--status", "--format", "json"]));
    let route = &status["routes"][1];
    assert_eq!(route["name"], "api");
    let resolved = &route["parents"][0]["conditions"][1];
    assert_eq!(resolved["reason"], "BackendNotFound");
}

#[test]
fn a_status_says_what_does_not_hold_and_each_reason_once() {
    let folder = Folder::new();
    folder.write(
        "broken.yaml",
        "apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec:
  gatewayClassName: azure-alb-external
  listeners:
    - { name: plain, protocol: HTTP, port: 80 }
    - { name: twice, protocol: HTTPS, port: 80, tls: { certificateRefs: [{ name: web }] } }
    - { name: kinds, protocol: HTTP, port: 82, allowedRoutes: { kinds: [{ kind: TLSRoute }] } }
    - { name: other, protocol: HTTPS, port: 443, tls: { certificateRefs: [{ name: web, namespace: other }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: tcp }
spec:
  gatewayClassName: azure-alb-external
  listeners: [{ name: tcp, protocol: TCP, port: 81 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: gw, sectionName: plain }, { name: gw, sectionName: gone }]
  rules: [{ backendRefs: [{ name: web, port: 80, kind: Bucket }] }]
",
    );
    let ran = folder.run(&["trace", "--status", "broken.yaml"]);
    assert_eq!(
        ran.stdout,
        "Gateway default/gw: accepted
  listener plain: 1 route attached: not Accepted and Conflicted (ProtocolConflict), not Programmed (Invalid)
  listener twice: 0 routes attached: not Accepted and Conflicted (ProtocolConflict), not Programmed (Invalid)
  listener kinds: 0 routes attached: not ResolvedRefs (InvalidRouteKinds)
  listener other: 0 routes attached: not ResolvedRefs (RefNotPermitted), not Programmed (Invalid)
Gateway default/tcp: not Accepted (ListenersNotValid), not Programmed (Invalid)
  listener tcp: 0 routes attached: not Accepted (UnsupportedProtocol), not Programmed (Invalid)
HTTPRoute default/web
  parent 0: not ResolvedRefs (InvalidKind)
  parent 1: not Accepted (NoMatchingParent), not ResolvedRefs (InvalidKind)
"
    );
}

#[test]
fn what_cannot_be_asked_is_told_and_nothing_printed() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    folder.write("bad.yaml", "a: [\n");
    folder.write("empty/notes.txt", "");
    for (arguments, code, message) in [
        (&["all.yaml"][..], 2, "a method and a URL"),
        (&["GET", "http://a/"], 2, "a method and a URL"),
        (&["all.yaml", "GET", "ftp://a/"], 2, "`http` or `https`"),
        (
            &["all.yaml", "GET", "http://a/", "-H", "x"],
            2,
            "write 'Name: value'",
        ),
        (
            &["gone.yaml", "GET", "http://a/"],
            2,
            "gone.yaml does not exist",
        ),
        (&["empty", "GET", "http://a/"], 2, "has no YAML files"),
        (&["bad.yaml", "GET", "http://a/"], 1, "AGC0001"),
    ] {
        let ran = folder.run(&[&["trace"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}");
        assert!(
            ran.stderr.contains(message),
            "{arguments:?}\n{}",
            ran.stderr
        );
    }
    let refused = folder.run(&["trace", "bad.yaml", "GET", "http://a/", "--format", "json"]);
    let code = &json(&refused)["findings"][0]["code"];
    assert_eq!((refused.code, code), (1, &Value::from("AGC0001")));
}

/// Aliases of aliases: a few lines that would be a billion values.
#[test]
fn aliases_that_explode_are_refused() {
    let folder = Folder::new();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        for piece in [
            "a",
            &level.to_string(),
            ": &a",
            &level.to_string(),
            " [",
            &below,
            "]\n",
        ] {
            bomb.push_str(piece);
        }
    }
    folder.write("bomb.yaml", bomb);
    let ran = folder.run(&["trace", "bomb.yaml", "GET", "http://a/"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("AGC0014"), "{}", ran.stderr);
}

const GATEWAY: &str = "apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: azure-alb-external, listeners: [{ name: http, port: 80, protocol: HTTP }] }
";

fn route_to(backend: &str) -> String {
    format!(
        "apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{ name: web }}
spec:
  parentRefs: [{{ name: gw }}]
  rules: [{{ backendRefs: [{{ name: {backend}, port: 80 }}] }}]
"
    )
}

#[test]
fn a_folder_with_patches_says_how_to_ask_for_what_is_applied() {
    let folder = Folder::new();
    folder.write("all/gateway.yaml", GATEWAY);
    folder.write("all/base.yaml", route_to("base"));
    folder.write("all/overlay/route.yaml", route_to("patched"));
    folder.write(
        "all/overlay/kustomization.yaml",
        "resources: [..]\npatches: [{ path: route.yaml }]\n",
    );
    folder.write("all/.github/route.yaml", route_to("hidden"));
    let ran = folder.run(&["trace", "all", "GET", "http://a.example.com/"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("-> default/patched:80"),
        "{}",
        ran.stdout
    );
    for line in [
        "skipped the changes of all/overlay/kustomization.yaml; to have them made: kubectl kustomize DIR | agcgen trace - ...\n",
        "skipped the first HTTPRoute default/web: another one comes later\n",
    ] {
        assert!(ran.stderr.contains(line), "{line}\n{}", ran.stderr);
    }
    let lint = folder.run(&["trace", "--lint", "all", "--format", "short"]);
    assert_eq!(lint.code, 0, "{}", lint.stderr);
    assert!(lint.stderr.contains("AGC0614"), "{}", lint.stderr);
}

#[test]
fn what_is_about_routing_and_not_read_is_called_so() {
    let folder = Folder::new();
    let other = |kind: &str| {
        format!("---\napiVersion: x.example.com/v1\nkind: {kind}\nmetadata: {{ name: one }}\n")
    };
    folder.write(
        "all.yaml",
        [
            GATEWAY,
            "---\n",
            &route_to("web"),
            &other("TLSRoute"),
            &other("ConfigMap"),
        ]
        .concat(),
    );
    let ran = folder.run(&["trace", "all.yaml", "GET", "http://a.example.com/"]);
    assert!(
        ran.stderr.contains("skipped what is about routing, but not read here: 1 TLSRoute\nskipped not about routing: 1 ConfigMap\n"),
        "{}",
        ran.stderr
    );
    folder.write("route.yaml", route_to("web"));
    let lint = folder.run(&["trace", "--lint", "route.yaml"]);
    assert_eq!(lint.code, 0, "{}", lint.stderr);
}

#[test]
fn a_spec_is_asked_about_alone() {
    let folder = Folder::new();
    let spec = include_str!("../../examples/minimal/spec.yaml");
    folder.write("all/spec.yaml", spec);
    folder.write("all/gateway.yaml", GATEWAY);
    folder.write("all/route.yaml", route_to("web"));
    let ran = folder.run(&[
        "trace",
        "all/spec.yaml",
        "all/route.yaml",
        "GET",
        "http://a/",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr
            .contains("all/spec.yaml is a spec, and a spec is asked about alone.\n"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["trace", "all", "GET", "http://a/"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr
            .contains("skipped all/spec.yaml, which is a spec: name it alone\n"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("-> default/web:80"), "{}", ran.stdout);
}

#[test]
fn a_thousand_routes_are_read() {
    let folder = Folder::new();
    let mut text = GATEWAY.to_owned();
    for at in 0..1000 {
        let rules: Vec<String> = (0..16)
            .map(|rule| format!("{{ matches: [{{ path: {{ value: /r{at}/{rule} }} }}], backendRefs: [{{ name: web, port: 80 }}] }}"))
            .collect();
        let route = format!(
            "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{ name: r{at} }}\nspec: {{ parentRefs: [{{ name: gw }}], rules: [{}] }}\n",
            rules.join(", ")
        );
        text.push_str(&route);
    }
    folder.write("all.yaml", &text);
    let ran = folder.run(&["trace", "all.yaml", "GET", "http://a/r999/15/x"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("HTTPRoute default/r999, rule 15"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_is_left_out_is_named_with_its_place() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    let route = route_to("web").replace("port: 80", "port: 0");
    folder.write("wrong.yaml", format!("# A comment.\n{route}"));
    let ran = folder.run(&["trace", "all.yaml", "wrong.yaml", "GET", "http://a.b/"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told = ran.stderr.lines().find(|line| line.contains("is left out"));
    let told = told.unwrap_or_else(|| panic!("{}", ran.stderr));
    let (_, place) = told.rsplit_once(" (wrong.yaml:").unwrap();
    let line: usize = place.trim_end_matches(')').parse().unwrap();
    let text = folder.read("wrong.yaml");
    assert!(
        text.lines().nth(line - 1).unwrap().contains("port: 0"),
        "{told}"
    );
}

/// A request is asked of what is left; whoever asks what is wrong gets an error.
#[test]
fn a_refused_object_is_an_error_of_lint_alone() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    folder.write("wrong.yaml", route_to("web").replace("port: 80", "port: 0"));
    for (command, code) in [
        (
            &["trace", "all.yaml", "wrong.yaml", "GET", "http://a.b/"][..],
            0,
        ),
        (&["trace", "--status", "all.yaml", "wrong.yaml"], 0),
        (&["graph", "all.yaml", "wrong.yaml"], 0),
        (&["trace", "--lint", "all.yaml", "wrong.yaml"], 1),
    ] {
        let ran = folder.run(command);
        assert_eq!(ran.code, code, "{command:?}: {}", ran.stderr);
    }
    let help = folder.run(&["trace", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for says in [
        "An object that an API server would refuse is skipped too, and the rest is asked.",
        "with 1 if the spec has errors, a file is no YAML, or --lint finds an error.",
    ] {
        assert!(help.contains(says), "{help}");
    }
}

#[test]
fn objects_without_three_dashes_between_them_are_skipped_once() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    folder.write("cat.yaml", route_to("web").repeat(3));
    let ran = folder.run(&["trace", "all.yaml", "cat.yaml", "GET", "http://a.b/"]);
    let told = "skipped all but the last: the key `apiVersion` stands 3 times in one document: `---` is missing between two objects (cat.yaml:";
    assert_eq!(ran.stderr.matches(told).count(), 1, "{}", ran.stderr);
    assert_eq!(ran.stderr.matches(" in one ").count(), 1, "{}", ran.stderr);
}

#[test]
fn a_filter_that_sets_host_alone_has_no_line() {
    let folder = Folder::new();
    let host = "filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: Host, value: x.y }] } }]";
    let backends = "backendRefs: [{ name: web, port: 80 }]";
    let text = MANIFESTS.replace(backends, &format!("{backends}\n          {host}"));
    assert_ne!(text, MANIFESTS);
    folder.write("all.yaml", text);
    let ran = folder.run(&["trace", "all.yaml", "GET", "http://a.b/"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains("\n  filter "), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("  note      the Gateway API does not say whether a header filter"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_request_too_many_and_a_stream_too_many_are_told() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    for option in ["--lint", "--status"] {
        let ran = folder.run(&["trace", option, "all.yaml", "GET", "http://a.b/"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        let typed = format!("Type: agcgen trace {option} all.yaml");
        assert!(ran.stderr.contains(&typed), "{}", ran.stderr);
    }
    for (arguments, says) in [
        (&["test", "-", "--tests", "-"][..], "only once"),
        (&["test", "spec.yaml", "--junit", "-"], "such as tests.xml"),
    ] {
        let ran = folder.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert!(!folder.path().join("-").exists());
    }
}

#[test]
fn a_request_in_another_order_is_told_as_it_was_meant() {
    let folder = Folder::new();
    for (words, says, command) in [
        (
            &["f.yaml", "g.yaml", "http://x/", "get"][..],
            "get stands behind the URL",
            "f.yaml g.yaml GET http://x/",
        ),
        (
            &["f.yaml", "shop.example.com/cart", "GET"],
            "GET stands behind the URL",
            "f.yaml GET shop.example.com/cart",
        ),
        (
            &["f.yaml", "g.yaml", "GET"],
            "The URL is missing behind GET",
            "f.yaml g.yaml GET http://shop.example.com/",
        ),
        (
            &["-", "GRPC"],
            "The URL is missing behind GRPC",
            "- GRPC http://shop.example.com/",
        ),
        (
            &["f.yaml", "GET x", "http://x/"],
            "'GET x' is no method",
            "f.yaml GET http://x/",
        ),
        (
            &["f.yaml", "GET http://x/"],
            "'GET http://x/' is method and URL in one word",
            "f.yaml GET http://x/",
        ),
        (
            &["f.yaml", "http://x/"],
            "The method is missing before http://x/",
            "f.yaml GET http://x/",
        ),
        (
            &["f.yaml", "g.yaml", "http://x/"],
            "g.yaml stands where the method belongs",
            "f.yaml g.yaml GET http://x/",
        ),
    ] {
        let ran = folder.run(&[&["trace"], words].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}");
        let told = format!("error: {says}.\n       Type: agcgen trace {command}\n");
        assert_eq!(ran.stderr, told, "{words:?}");
    }
}

#[test]
fn what_is_wrong_with_a_url_is_named() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    for (url, says) in [
        ("http:x/E", "`http:` is followed by `//`"),
        ("HTTPS:/x", "`https:` is followed by `//`"),
        ("http://a.b/{c}", "`{` in a URL is `%7B`"),
        (
            &format!("http://{}.b/", "a".repeat(64)),
            "a host name has at most 63 characters between its dots",
        ),
    ] {
        let ran = folder.run(&["trace", "all.yaml", "GET", url]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{url}");
        let told = format!("is no URL: {says}; write ");
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
    }
}

#[test]
fn an_address_is_a_host_that_no_listener_names_and_one_host_header_is_enough() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    for url in ["http://10.0.0.4/", "http://[::1]/", "http://[0:0::1]:80/"] {
        let ran = folder.run(&["trace", "all.yaml", "GET", url]);
        assert_eq!(ran.code, 0, "{url}: {}", ran.stderr);
        assert!(ran.stdout.contains("shop/web:80"), "{url}: {}", ran.stdout);
    }
    let twice = ["-H", "Host: a.b", "-H", "host: c.d"];
    let ran = folder.run(&[&["trace", "all.yaml", "GET", "http://a.b/"], &twice[..]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "error: A request has one Host header, and here are 2: `Host: a.b` and `host: c.d`.\n       Keep one of them.\n"
    );
}

/// As kubectl reads them: by YAML 1.1, and whatever else stands in the same files.
#[test]
fn manifests_are_read_as_kubectl_reads_them() {
    let folder = Folder::new();
    let odd = MANIFESTS
        .replace(
            "spec: { ports: [{ port: 8080 }] }",
            "spec: { ports: [{ port: 0x1f_90 }] }",
        )
        .replace("port: 8080, weight: 9 }", "port: 017620, weight: 0x9 }")
        .replace(
            "name: web, port: 80 }]",
            "name: !!str web, port: 0b1010000 }]",
        );
    assert_ne!(odd, MANIFESTS);
    folder.write("all.yaml", &odd);
    let deep = "{a: ".repeat(100) + &"}".repeat(100);
    folder.write(
        "other.yaml",
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c }}\ndata: {{ a: \"x\\r\\n\\e[0m\" }}\n---\n\
             apiVersion: x/v1\nkind: \"Deep\\e[31m\"\nmetadata: {{ name: d }}\nspec: {deep}\n"
        ),
    );
    let ran = folder.run(&[
        "trace",
        "all.yaml",
        "other.yaml",
        "GET",
        "http://api.example.com/v1",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("90"), "{}", ran.stdout);
    assert!(ran.stdout.contains("shop/api:8080"), "{}", ran.stdout);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 ConfigMap"), "{}", ran.stderr);
    let ran = folder.run(&["trace", "all.yaml", "GET", "http://a.example.com/"]);
    assert!(ran.stdout.contains("shop/web:80"), "{}", ran.stdout);

    // What cannot be shown is not compared either.
    folder.write(
        "all.yaml",
        MANIFESTS.replace(
            "matches: [{ path: { type: PathPrefix, value: /v1 } }]",
            "matches: [{ headers: [{ name: x, value: \"a\u{200f}\" }] }]",
        ),
    );
    let ran = folder.run(&["trace", "--lint", "all.yaml"]);
    assert!(
        ran.stderr.contains("skipped HTTPRoute api is left out: spec.rules[0].matches[0].headers[0].value: a character that cannot be shown stands in it, and agcgen does not read such texts (all.yaml:25)"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_an_alias_repeats_is_one_finding() {
    let folder = Folder::new();
    folder.write(
        "all.yaml",
        MANIFESTS
            .replace("backendRefs: [{ name: web, port: 80 }]", "backendRefs: &b [{ name: gone, port: 80 }]\n        - matches: [{ path: { value: /b } }]\n          backendRefs: *b"),
    );
    let ran = folder.run(&["trace", "--lint", "all.yaml", "--format", "json"]);
    let findings = json(&ran);
    let findings = findings["findings"].as_array().unwrap();
    let missing = findings.iter().filter(|one| one["code"] == "AGC0606");
    // That of the list, and that of the other route.
    assert_eq!(missing.count(), 2, "{}", ran.stdout);
}

#[test]
fn what_was_passed_over_is_told_beside_findings_too() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    let ran = folder.run(&["trace", "--lint", "all.yaml"]);
    assert!(
        ran.stderr
            .contains("skipped not about routing: 1 Deployment"),
        "{}",
        ran.stderr
    );
    let (_, routes) = MANIFESTS.split_once("---\n").unwrap();
    folder.write("routes.yaml", routes);
    let ran = folder.run(&["trace", "--lint", "routes.yaml"]);
    assert!(
        ran.stderr.contains(
            "skipped whether a listener takes the routes: no Gateway is among the objects"
        ),
        "{}",
        ran.stderr
    );
    // Nothing at all is no good news.
    folder.write(
        "none.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n",
    );
    let ran = folder.run(&["trace", "--lint", "none.yaml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr
            .contains("There is no Gateway and no route in none.yaml."),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_file_is_no_method_and_a_name_is_of_one_gateway() {
    let folder = Folder::new();
    folder.write("all.yaml", MANIFESTS);
    folder.write(
        "more.yaml",
        MANIFESTS.replace("namespace: shop", "namespace: other"),
    );
    let ran = folder.run(&["trace", "all.yaml", "more.yaml", "http://a.example.com/"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("Type: agcgen trace all.yaml more.yaml GET http://a.example.com/"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&[
        "trace",
        "--gateway",
        "gw",
        "all.yaml",
        "more.yaml",
        "GET",
        "http://a.example.com/",
    ]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("Name one with its namespace: `shop/gw` and `other/gw`."),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["trace", "--lint", "all.yaml", "GET", "a.example.com"]);
    assert!(
        ran.stderr.contains("--lint asks about no request"),
        "{}",
        ran.stderr
    );
}

#[test]
fn lists_of_one_kind_links_and_components_are_known() {
    let folder = Folder::new();
    folder.write(
        "tree/all.json",
        r#"{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRouteList", "items": [{"metadata": {"name": "web", "namespace": "shop"},
            "spec": {"parentRefs": [{"name": "gw"}], "rules": [{"backendRefs": [{"name": "web", "port": 80}]}]}}]}"#,
    );
    folder.write(
        "tree/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplacements: []\n",
    );
    folder.write("tree/other/kustomization.yml", "namePrefix: x-\n");
    let (gateway, _) = MANIFESTS.split_once("---\n").unwrap();
    folder.write("gateway.txt", gateway);
    std::os::unix::fs::symlink(
        folder.path().join("gateway.txt"),
        folder.path().join("tree/gateway.yaml"),
    )
    .unwrap();
    let ran = folder.run(&["trace", "tree", "GET", "http://a.example.com/"]);
    assert!(
        ran.stdout.contains("shop/web:80"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    for file in ["tree/kustomization.yaml", "tree/other/kustomization.yml"] {
        assert!(
            ran.stderr
                .contains(&format!("skipped the changes of {file}")),
            "{}",
            ran.stderr
        );
    }
}

/// `kubectl get -o json` twice into one file.
#[test]
fn json_documents_may_follow_each_other() {
    let folder = Folder::new();
    let gateway = r#"{
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "gw", "namespace": "shop"},
    "spec": {"gatewayClassName": "azure-alb-external", "listeners": [{"name": "http", "protocol": "HTTP", "port": 80}]}
}"#;
    let route = r#"{
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "parentRefs": [{"name": "gw"}],
        "rules": [{"backendRefs": [{"name": "web", "port": 80}]}]
    }
}"#;
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { ports: [{ port: 81 }] }\n";
    let lint = |text: String| {
        folder.write("all.json", text);
        let ran = folder.run(&["trace", "--lint", "all.json", "--format", "short"]);
        ran.stderr
    };
    let list_of = |kind: &str, one: &str| {
        format!(r#"{{"apiVersion": "v1", "kind": "{kind}", "items": [{one}]}}"#)
    };
    // JSON, JSON, JSON: without anything between, on a line of its own, and behind an empty line.
    let in_json = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"ports": [{"port": 81}]}}"#;
    for (text, place) in [
        (
            format!("{gateway}{route}\n\n{}\n", list_of("List", in_json)),
            "all.json:8:45",
        ),
        (format!("\n{gateway}\n{route}\n{in_json}"), "all.json:10:45"),
        (
            format!("{gateway}\n---\n{route}\n---\n{service}"),
            "all.json:10:45",
        ),
        (
            format!(
                "{}\n---\n{service}",
                list_of("List", &format!("{gateway}, {route}"))
            ),
            "all.json:8:45",
        ),
    ] {
        let told = lint(text);
        assert!(
            told.starts_with(&format!(
                "{place}: error[AGC0606]: there is no Service `web` with port 80 in namespace `shop`"
            )),
            "{told}"
        );
    }
    // What kubectl does not read is not passed over either.
    let told = lint(format!("{gateway}\n{route}\n---\n{service}"));
    assert!(
        told.starts_with("all.json:12:2: error[AGC0001]: this is not valid JSON"),
        "{told}"
    );
    let told = lint(format!("{gateway}\n{route}\n{{\"kind\": ]}}"));
    assert!(
        told.starts_with("all.json:12:10: error[AGC0001]: this is not valid JSON"),
        "{told}"
    );
    let told = lint(format!("{gateway}\nkind: [\n"));
    assert!(told.starts_with("all.json:5:7: error[AGC0001]"), "{told}");
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts_and_it_is_told() {
    let folder = Folder::new();
    let (gateway, rest) = MANIFESTS.split_once("---\n").unwrap();
    let rest = rest.replace(
        "hostnames: [api.example.com]",
        "hostnames: [old.example.com]\n      hostnames: [api.example.com]",
    );
    let object = r#"{"apiVersion": "v1", "kind": "Service", "kind": "ConfigMap", "metadata": {"name": "x"}}"#;
    folder.write("all.yaml", format!("{gateway}---\n{rest}---\n{object}\n"));
    let trace = |url: &str| folder.run(&["trace", "all.yaml", "GET", url]);
    let ran = trace("http://api.example.com/v1");
    assert!(ran.stdout.contains("shop/api:8080"), "{}", ran.stdout);
    assert_eq!(
        ran.stderr,
        "skipped all but the last: the key `hostnames` stands twice in one map (all.yaml:24)\n\
         skipped all but the last: the key `kind` stands twice in one map (all.yaml:45)\n\
         skipped not about routing: 1 ConfigMap, 1 Deployment\n"
    );
    let ran = trace("http://old.example.com/v1");
    assert!(ran.stdout.contains("shop/web:80"), "{}", ran.stdout);
    let ran = folder.run(&["trace", "--lint", "all.yaml", "--format", "short"]);
    assert!(
        ran.stderr.contains("all.yaml:24:7: warning[AGC0616]: the key `hostnames` stands twice in one map (keep one of the two; kustomize refuses the file)\n"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["graph", "all.yaml", "--format", "dot"]);
    assert!(ran.stdout.contains("api.example.com"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("old.example.com"), "{}", ran.stdout);
    assert!(ran.stderr.contains("warning[AGC0616]"), "{}", ran.stderr);
    // All merge keys count, in their order.
    let is = |metadata: &str, name: &str| {
        let rest = rest.replace("{ <<: *meta, name: api }", metadata);
        folder.write("all.yaml", format!("{gateway}---\n{rest}"));
        let ran = folder.run(&[
            "trace",
            "all.yaml",
            "GET",
            "http://api.example.com/v1",
            "--format",
            "json",
        ]);
        assert_eq!(json(&ran)["route"]["name"], name, "{metadata}");
        assert!(!ran.stdout.contains("`<<`"), "{}", ran.stdout);
    };
    is("{ name: api, <<: *meta, <<: { name: other } }", "other");
    is(
        "{ <<: [{ name: first }, { name: second }, *meta] }",
        "first",
    );
    is("{ <<: *meta, <<: { name: other }, name: api }", "api");
}

#[test]
fn a_file_without_objects_is_told_in_one_way() {
    let folder = Folder::new();
    folder.write("empty.yaml", "");
    folder.write("note.yaml", "# kubectl failed\n---\n");
    folder.write("parts/note.yaml", "# later\n");
    folder.write("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n");
    folder.write("spec.yaml", example("minimal"));
    for (words, file) in [
        (
            &["trace", "empty.yaml", "GET", "http://a/"][..],
            "empty.yaml",
        ),
        (&["trace", "--lint", "note.yaml"], "note.yaml"),
        (&["trace", "--status", "note.yaml"], "note.yaml"),
        (&["graph", "empty.yaml"], "empty.yaml"),
        (&["graph", "note.yaml"], "note.yaml"),
        (&["trace", "--lint", "list.yaml"], "list.yaml"),
        (&["graph", "list.yaml"], "list.yaml"),
        (
            &["graph", "empty.yaml", "note.yaml"],
            "empty.yaml note.yaml",
        ),
        (&["graph", "parts"], "parts"),
        (&["test", "empty.yaml"], "empty.yaml"),
        (&["test", "parts", "--tests", "spec.yaml"], "parts"),
    ] {
        let ran = folder.run(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}");
        assert_eq!(
            ran.stderr,
            format!(
                "error: There is no object in {file}.\n       Name what has some: a spec, or a folder or files of manifests.\n"
            ),
            "{words:?}"
        );
    }
}

#[test]
fn json_on_one_line_is_told_from_a_spec() {
    let folder = Folder::new();
    let gateway = r#"{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"gw"},"spec":{"gatewayClassName":"azure-alb-external","listeners":[{"name":"http","protocol":"HTTP","port":80}]}}"#;
    folder.write("gateway.json", gateway);
    let ran = folder.run(&["graph", "gateway.json", "--format", "dot"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("gw"), "{}", ran.stdout);
    let spec = r#"{
  "name": "hello",
  "apiVersion": "agcgen/v1",
  "azure": { "location": "westeurope" },
  "cluster": { "administrators": [{ "objectId": "00000000-0000-0000-0000-000000000000", "type": "Group" }] },
  "resources": { "files": {
    "kind": "storage", "containers": ["images"]
  } },
  "workloads": { "web": { "image": "ghcr.io/example/hello:1.0.3", "port": 8080, "health": "/healthz" } },
  "routes": { "web": { "path": "/", "to": "web" } }
}"#;
    folder.write("spec.json", spec);
    let ran = folder.run(&["validate", "spec.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for words in [
        &["trace", "spec.json", "GET", "http://a/"][..],
        &["graph", "spec.json", "--format", "dot"],
    ] {
        let ran = folder.run(words);
        assert!(ran.stdout.contains("web"), "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn an_inference_pool_is_accepted_and_drawn() {
    let folder = Folder::new();
    let (gateway, _) = MANIFESTS.split_once("---\n").unwrap();
    folder.write(
        "pool.yaml",
        format!(
            "{gateway}---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{ name: chat, namespace: shop }}
spec:
  parentRefs: [{{ name: gw }}]
  rules: [{{ backendRefs: [{{ group: inference.networking.k8s.io, kind: InferencePool, name: llm }}] }}]
---
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: {{ name: llm, namespace: shop }}
"
        ),
    );
    let ran = folder.run(&["trace", "--status", "pool.yaml"]);
    assert!(
        ran.stdout
            .ends_with("HTTPRoute shop/chat\n  parent 0: accepted\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.stderr,
        "skipped what is about routing, but not read here: 1 InferencePool\n"
    );
    let ran = folder.run(&["graph", "pool.yaml", "--format", "dot"]);
    assert!(ran.stdout.contains("InferencePool"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("500"), "{}", ran.stdout);
}
