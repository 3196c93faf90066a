//! The picture of a folder of objects.

use agcgen::graph::{Graph, Layer, Link, OfObjects, graph_of_objects};
use serde_json::Value;

use super::command::{run, run_with};

/// Every node as `layer name: detail`, every line as `from > to: label`.
fn told(graph: &Graph) -> (Vec<String>, Vec<String>) {
    let nodes = graph.nodes.iter();
    let nodes = nodes.map(|it| format!("{:?} {}: {}", it.layer, it.name, it.detail));
    let name = |position: usize| graph.nodes[position].name.as_str();
    let edges = graph.edges.iter();
    let edges = edges.map(|it| {
        let arrow = match it.link {
            Link::Request => ">",
            Link::ActsAs => "as",
            Link::Right => "may",
            Link::Call => "calls",
        };
        format!("{} {arrow} {}: {}", name(it.from), name(it.to), it.label)
    });
    (nodes.collect(), edges.collect())
}

fn objects(yaml: &str) -> Vec<Value> {
    let documents = serde_saphyr::from_multiple::<Value>(yaml).unwrap();
    assert!(!documents.is_empty());
    documents
}

const SHOP: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: azure-alb-external
  addresses: [{ type: alb.networking.azure.io/alb-frontend, value: main }]
  listeners:
  - { name: http, protocol: HTTP, port: 80, hostname: shop.example.com }
  - { name: https, protocol: HTTPS, port: 443, hostname: shop.example.com, tls: { certificateRefs: [{ name: shop }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop, namespace: shop }
spec:
  parentRefs: [{ name: edge }]
  hostnames: [shop.example.com]
  rules:
  - matches: [{ path: { type: PathPrefix, value: /cart } }, { path: { type: Exact, value: /checkout } }]
    backendRefs: [{ name: cart, port: 80, weight: 90 }, { name: cart-next, port: 80, weight: 10 }]
  - matches: [{ path: { type: PathPrefix, value: /web } }]
    filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }]
    backendRefs: [{ name: web, port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart, track: stable }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: cart-next, namespace: shop }
spec: { selector: { app: cart, track: next }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: stock, namespace: shop }
spec: { selector: { app: nobody }, ports: [{ port: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart-2, namespace: shop }
spec:
  replicas: 1
  template: { metadata: { labels: { app: cart, track: next, more: yes } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart-1, namespace: shop }
spec:
  replicas: 9
  template:
    metadata: { labels: { app: cart, track: stable } }
    spec:
      serviceAccountName: cart
      containers:
      - env:
        - { name: STOCK_URL, value: 'http://stock.shop.svc.cluster.local:8080/v1' }
        - { name: ELSEWHERE, value: 'https://example.com' }
        envFrom: [{ configMapRef: { name: cart-connections } }, { secretRef: { name: more } }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: cart, namespace: shop, annotations: { azure.workload.identity/client-id: an-id } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: cart-connections, namespace: shop }
data:
  SQL: 'Server=tcp:sql-shop.database.windows.net,1433;Database=orders'
  BLOB: https://stshop1.blob.core.windows.net/
  SAME: https://stshop1.blob.core.windows.net/carts
";

#[test]
fn objects_say_hosts_weights_calls_and_resources() {
    let OfObjects {
        graph,
        by_secret,
        left_out,
    } = graph_of_objects(&objects(SHOP));
    assert_eq!(left_out, []);
    let (nodes, edges) = told(&graph);
    assert_eq!(
        nodes,
        [
            "Clients clients: ",
            "Frontends main: ",
            "Gateways edge: shop.example.com",
            "Routes shop: shop.example.com /cart, /checkout alone, /web as /",
            "Workloads cart-2: 1 pod",
            "Workloads cart-1: 9 pods",
            "Workloads web: 500: not there",
            "Workloads stock: Service",
            "Identities cart: service account",
            "Resources sql-shop: SQL server",
            "Resources stshop1: storage account",
        ]
    );
    assert_eq!(
        edges,
        [
            "clients > main: HTTP 80, HTTPS 443",
            "main > edge: ",
            "edge > shop: ",
            "shop > cart-2: /cart, /checkout alone: 10 of 100",
            "shop > cart-1: /cart, /checkout alone: 90 of 100",
            "shop > web: /web as /",
            "cart-1 as cart: ",
            "cart may sql-shop: ",
            "cart may stshop1: ",
            "cart-1 calls stock: ",
        ]
    );
    assert_eq!(graph.cluster, "namespace shop");
    assert_eq!(by_secret, ["cart-1"]);
    assert_eq!(
        super::picture::read(&super::svg(&graph)).faults(),
        [] as [&str; 0]
    );
}

#[test]
fn one_name_in_two_namespaces_is_two_boxes() {
    let deployment = |namespace: &str| {
        format!(
            "kind: Deployment\nmetadata: {{ name: web, namespace: {namespace} }}\nspec: {{ replicas: 2 }}\n"
        )
    };
    let yaml = [deployment("a"), deployment("b")].join("---\n");
    let (nodes, edges) = told(&graph_of_objects(&objects(&yaml)).graph);
    assert_eq!(
        nodes,
        [
            "Workloads web: 2 pods",
            "Workloads web: 2 pods, namespace b"
        ]
    );
    assert_eq!(edges, [] as [&str; 0]);
}

/// Anything may be in a folder.
#[test]
fn what_is_no_object_is_no_box() {
    let strange = serde_json::json!([
        null, 1, "x", [], {}, { "kind": 7 }, { "kind": "Gateway" }, { "kind": "HTTPRoute", "spec": { "rules": [{}, 3] } },
        { "kind": "Deployment", "spec": { "replicas": -1, "template": [] } },
        { "kind": "Service", "spec": { "selector": "all" } },
    ]);
    let OfObjects {
        graph, left_out, ..
    } = graph_of_objects(strange.as_array().unwrap());
    let layers: Vec<Layer> = graph.nodes.iter().map(|it| it.layer).collect();
    assert_eq!(layers, [Layer::Workloads]);
    // What is no object of the Gateway API is drawn nowhere, and what has a kind is told.
    assert!(left_out.len() >= 3, "{left_out:#?}");
}

#[test]
fn a_rendered_folder_is_drawn_as_far_as_its_objects_say_it() {
    let (code, stdout, stderr) = run(&["graph", "snapshots/minimal", "--format", "mermaid"]);
    assert_eq!(
        (code, stdout.as_str()),
        (
            0,
            r#"flowchart LR
  client0(["clients"])
  frontend0["AGC frontend main"]
  subgraph cluster["namespace hello"]
    gateway0["Gateway hello-gateway, every host"]
    route0{{"web, /"}}
    workload0["web, 2 pods"]
  end
  identity0(["web, service account"])
  client0 -->|"HTTP 80"| frontend0
  frontend0 --> gateway0
  gateway0 --> route0
  route0 --> workload0
  workload0 -.-|"acts as"| identity0
"#
        )
    );
    assert_eq!(
        stderr,
        "drawn from the objects alone, which do not say what an identity is called or may do in Azure; Secrets name more that web \
         may reach\n"
    );
}

#[test]
fn a_folder_without_objects_has_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("values.yaml"), "a: 1\n").unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let (code, stdout, stderr) = run(&["graph", &path]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        format!(
            "error: {path} has no Deployment, Gateway or route.\n       Name a rendered folder, or a spec.\n"
        )
    );
    std::fs::write(folder.path().join("bad.yaml"), "a: [1\n").unwrap();
    let (code, stdout, stderr) = run(&["graph", &path]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("bad.yaml:"), "{stderr}");
}

/// Where requests really go: nothing that is refused is drawn as if it were served.
#[test]
fn routes_are_drawn_as_the_engine_sends_them() {
    let gateway = |namespace: &str| {
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{ name: gw, namespace: {namespace} }}\nspec: {{ gatewayClassName: c, listeners: [{{ name: http, port: 80, protocol: HTTP }}, {{ name: far, port: 80, protocol: HTTP, hostname: '*.example.com' }}] }}\n"
        )
    };
    let yaml = [
        gateway("one"),
        gateway("two"),
        "
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop, namespace: two }
spec:
  parentRefs: [{ name: gw }]
  rules:
  - matches: [{ method: POST, headers: [{ name: x-beta, value: 'yes' }] }]
    filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: log, port: 80 } } }]
    backendRefs: [{ name: web, port: 80, weight: 3 }, { name: gone, port: 80, weight: 97 }, { name: next, port: 80, weight: 0 }]
  - matches: [{ path: { value: /old } }]
    filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, hostname: new.example.com, statusCode: 301 } }]
  - matches: [{ path: { value: /none } }]
    backendRefs: [{ name: web, port: 80, weight: 0 }]
  - matches: [{ path: { value: /far } }]
    backendRefs: [{ name: web, namespace: one, port: 80 }]
".to_owned(),
        "
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: stray, namespace: two }
spec: { parentRefs: [{ name: gw, namespace: one }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
".to_owned(),
        "
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: calls, namespace: two }
spec: { parentRefs: [{ name: gw }], hostnames: [rpc.example.org], rules: [{ matches: [{ method: { method: Get } }], backendRefs: [{ name: web, port: 80 }] }] }
".to_owned(),
        "
apiVersion: v1
kind: Service
metadata: { name: web, namespace: two }
spec: { ports: [{ port: 80 }] }
".to_owned(),
        "
apiVersion: v1
kind: Service
metadata: { name: log, namespace: two }
spec: { ports: [{ port: 80 }] }
".to_owned(),
    ]
    .join("---\n");
    let (nodes, edges) = told(&graph_of_objects(&objects(&yaml)).graph);
    let of = |layer: &str| -> Vec<&String> {
        nodes
            .iter()
            .filter(|node| node.starts_with(layer))
            .collect()
    };
    assert_eq!(
        of("Gateways"),
        [
            "Gateways gw: every host, *.example.com",
            "Gateways gw: every host, *.example.com, namespace two",
        ]
    );
    assert_eq!(
        of("Routes"),
        [
            "Routes shop: POST / and below, header x-beta=yes, /old, /none, /far",
            "Routes stray: /, taken by no listener",
            "Routes calls: rpc.example.org calls of */Get",
        ]
    );
    assert_eq!(
        of("Workloads"),
        [
            "Workloads log: Service",
            "Workloads web: Service",
            "Workloads gone: 500: not there",
            "Workloads redirect 301: to https://new.example.com",
            "Workloads 500: no backend",
            "Workloads web: 500: no ReferenceGrant",
        ]
    );
    let from = |name: &str| -> Vec<&String> {
        let begin = format!("{name} > ");
        edges
            .iter()
            .filter(|edge| edge.starts_with(&begin))
            .collect()
    };
    let beta = "POST / and below, header x-beta=yes";
    assert_eq!(
        from("gw"),
        ["gw > gw: ", "gw > gw: ", "gw > shop: ", "gw > calls: "]
    );
    assert_eq!(
        from("shop"),
        [
            &format!("shop > log: {beta}: a copy"),
            &format!("shop > web: {beta}: 3 of 100"),
            &format!("shop > gone: {beta}: 97 of 100"),
            "shop > redirect 301: /old",
            "shop > 500: /none",
            "shop > web: /far",
        ]
    );
    assert_eq!(from("stray"), ["stray > web: "]);
}

/// A Gateway with these listeners, a route to `a`, and more.
fn behind(listeners: &str, rule: &str, more: &[&str]) -> Vec<Value> {
    let gateway = format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{ name: gw }}\nspec: {{ gatewayClassName: c, listeners: [{listeners}] }}\n"
    );
    let route = format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{ name: r }}\nspec: {{ parentRefs: [{{ name: gw }}], rules: [{rule}] }}\n"
    );
    let all: Vec<&str> = [gateway.as_str(), &route]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    objects(&all.join("---\n"))
}

const HTTP: &str = "{ name: http, port: 80, protocol: HTTP }";
const TO_A: &str = "{ backendRefs: [{ name: a, port: 80 }] }";

#[test]
fn a_filter_that_nobody_knows_answers_in_the_place_of_the_backend() {
    let rule = "{ filters: [{ type: ExtensionRef, extensionRef: { group: example.com, kind: Limit, name: l } }], backendRefs: [{ name: a, port: 80 }] }";
    let (nodes, edges) = told(&graph_of_objects(&behind(HTTP, rule, &[])).graph);
    assert!(
        nodes.contains(&"Workloads 500: the filter Limit l is not known".to_owned()),
        "{nodes:#?}"
    );
    assert_eq!(
        edges.last().map(String::as_str),
        Some("r > 500: "),
        "{edges:#?}"
    );
    // The first filter that answers counts.
    let rule = "{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }, { type: ExtensionRef, extensionRef: { group: example.com, kind: Limit, name: l } }, { type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 } } }] }";
    let (_, edges) = told(&graph_of_objects(&behind(HTTP, rule, &[])).graph);
    assert_eq!(
        edges.last().map(String::as_str),
        Some("r > redirect 302: "),
        "{edges:#?}"
    );
    assert!(!edges.contains(&"r > a: a copy".to_owned()), "{edges:#?}");
}

#[test]
fn behind_the_clients_stands_only_what_serves() {
    let conflict = "{ name: one, port: 80, protocol: HTTP }, { name: two, port: 80, protocol: HTTPS, tls: { certificateRefs: [{ name: s }] } }";
    let (nodes, edges) = told(&graph_of_objects(&behind(conflict, TO_A, &[])).graph);
    assert_eq!(
        nodes[2..4],
        [
            "Gateways gw: listener one does not serve (ProtocolConflict), listener two does not serve (ProtocolConflict)",
            "Routes r: /, no answer: no listener that takes it serves",
        ]
    );
    assert_eq!(edges, ["r > a: "]);
    let broken = "{ name: http, port: 80, protocol: HTTP, hostname: a.example }, { name: https, port: 443, protocol: HTTPS, hostname: b.example, tls: { certificateRefs: [{ name: s }] } }";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: other }\ntype: kubernetes.io/tls\ndata: { tls.crt: LS0tLS1CRUdJTi, tls.key: LS0tLS1CRUdJTi }\n";
    let (nodes, edges) = told(&graph_of_objects(&behind(broken, TO_A, &[secret])).graph);
    assert_eq!(
        nodes[2..4],
        [
            "Gateways gw: a.example, listener https does not serve (InvalidCertificateRef)",
            "Routes r: /",
        ]
    );
    assert_eq!(
        edges,
        ["clients > gw: HTTP 80", "gw > gw: ", "gw > r: ", "r > a: "]
    );
    // The reason is the one of the listener's status.
    let no_tls = "{ name: https, port: 443, protocol: HTTPS }, { name: past, port: 444, protocol: TLS, tls: { mode: Passthrough } }";
    let (nodes, _) = told(&graph_of_objects(&behind(no_tls, TO_A, &[])).graph);
    assert_eq!(
        nodes[2],
        "Gateways gw: listener https does not serve (InvalidCertificateRef), listener past does not serve (UnsupportedProtocol)"
    );
}

#[test]
fn without_a_gateway_nobody_knows_which_listener_takes_a_route() {
    let route = behind(HTTP, TO_A, &[]).split_off(1);
    let OfObjects {
        graph, left_out, ..
    } = graph_of_objects(&route);
    assert_eq!(
        told(&graph).0,
        [
            "Routes r: /, whether a listener takes it is not known: no Gateway is among the objects",
            "Workloads a: Service",
        ]
    );
    let texts: Vec<&str> = left_out.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        texts,
        ["whether a listener takes the routes: no Gateway is among the objects"]
    );
}

#[test]
fn refused_backends_of_one_name_in_several_namespaces_are_told_apart() {
    let rule = "{ backendRefs: [{ name: a, namespace: n1, port: 80 }, { name: a, namespace: n2, port: 80 }, { name: a, namespace: n3, port: 80 }, { name: a, namespace: n3, port: 80 }] }";
    let graph = graph_of_objects(&behind(HTTP, rule, &[])).graph;
    assert_eq!(
        told(&graph).0[4..],
        [
            "Workloads a: 500: no ReferenceGrant",
            "Workloads a: 500: no ReferenceGrant, namespace n2",
            "Workloads a: 500: no ReferenceGrant, namespace n3",
        ]
    );
    let picture = super::svg(&graph);
    for title in [
        "<title>r to a, 500: no ReferenceGrant: 1 of 4</title>",
        "<title>r to a, 500: no ReferenceGrant, namespace n2: 1 of 4</title>",
    ] {
        assert_eq!(picture.matches(title).count(), 1, "{title}");
    }
}

#[test]
fn what_is_left_out_is_named_with_its_line() {
    let text = "kind: Values\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r }\nspec:\n  rules:\n  - matches: [{ path: { value: cart } }]\n";
    let text = format!("no: kind\n---\n{text}---\nkind: Deployment\nmetadata: {{ name: a }}\n");
    let (code, _, stderr) = run_with(&["graph", "-"], &text);
    assert_eq!(code, 0, "{stderr}");
    let line = stderr.lines().find(|line| line.contains("HTTPRoute r"));
    assert!(
        line.is_some_and(|line| line.starts_with("skipped ") && line.ends_with(":10)")),
        "{stderr}"
    );
}
