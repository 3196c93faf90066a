//! The picture of a folder of objects.

use agcgen::graph::{Graph, Layer, Link, graph_of_objects};
use serde_json::Value;

use super::command::run;

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
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  addresses: [{ type: alb.networking.azure.io/alb-frontend, value: main }]
  listeners:
  - { name: http, protocol: HTTP, port: 80, hostname: shop.example.com }
  - { name: https, protocol: HTTPS, port: 443, hostname: shop.example.com }
---
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
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart, track: stable } }
---
kind: Service
metadata: { name: cart-next, namespace: shop }
spec: { selector: { app: cart, track: next } }
---
kind: Service
metadata: { name: stock, namespace: shop }
spec: { selector: { app: nobody } }
---
kind: Deployment
metadata: { name: cart-2, namespace: shop }
spec:
  replicas: 1
  template: { metadata: { labels: { app: cart, track: next, more: yes } } }
---
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
kind: ServiceAccount
metadata: { name: cart, namespace: shop, annotations: { azure.workload.identity/client-id: an-id } }
---
kind: ConfigMap
metadata: { name: cart-connections, namespace: shop }
data:
  SQL: 'Server=tcp:sql-shop.database.windows.net,1433;Database=orders'
  BLOB: https://stshop1.blob.core.windows.net/
  SAME: https://stshop1.blob.core.windows.net/carts
";

#[test]
fn objects_say_hosts_weights_calls_and_resources() {
    let (graph, by_secret) = graph_of_objects(&objects(SHOP));
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
            "Workloads web: Service",
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
    let (nodes, edges) = told(&graph_of_objects(&objects(&yaml)).0);
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
    let (graph, _) = graph_of_objects(strange.as_array().unwrap());
    let layers: Vec<Layer> = graph.nodes.iter().map(|it| it.layer).collect();
    assert_eq!(
        layers,
        [
            Layer::Clients,
            Layer::Frontends,
            Layer::Gateways,
            Layer::Routes,
            Layer::Workloads
        ]
    );
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
