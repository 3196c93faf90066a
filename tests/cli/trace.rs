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
