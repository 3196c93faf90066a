//! Specs of later versions of the language: every place that this version refuses, and nothing else.

use agcgen::diagnostic::Severity;
use serde_json::{Value, json};

use super::check;

/// `line:column word` of every place that is refused.
fn refused(file: &str) -> Vec<String> {
    let path = format!("{}/tests/future/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let checked = check(&text);
    assert!(checked.model.is_none());
    checked
        .places(Severity::Error)
        .into_iter()
        .map(|place| {
            let (at, rest) = place.split_once(' ').expect("place and code");
            let (code, word) = rest.split_once(' ').expect("code and word");
            assert_eq!(code, "AGC0016", "{file}:{place}");
            format!("{at} {word}")
        })
        .collect()
}

macro_rules! future {
    ($($name:ident $file:literal [$($place:literal,)+];)+) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(refused($file), [$($place),+]);
            }
        )+

        #[test]
        fn every_file_is_looked_at() {
            let folder = format!("{}/tests/future", env!("CARGO_MANIFEST_DIR"));
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .expect("the folder")
                .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
                .collect();
            files.sort();
            assert_eq!(files, [$($file),+]);
        }
    };
}

future! {
    canary "3-canary.yaml" [
        "6:15 postgres",
        "14:5 canary",
        "26:48 timeout",
        "27:32 { pricing-a: 80, pricing-b: 20 }",
        "27:66 sessionAffinity",
    ];
    mutual_tls "4-mutual-tls.yaml" [
        "8:5 certificates",
        "11:3 hosts",
        "16:14 https",
        "17:29 statusCodes",
        "18:5 backendTls",
        "19:5 files",
        "24:1 policies",
    ];
    headers_waf "5-headers-waf.yaml" [
        "7:3 waf",
        "8:3 wafPolicies",
        "13:3 hosts",
        "17:82 interval",
        "17:97 timeout",
        "17:110 unhealthyThreshold",
        "19:90 statusCodes",
        "19:125 loadBalancing",
        "20:62 grpc",
        "20:121 grpc",
        "23:11 host",
        "23:22 matches",
        "23:111 responseHeaders",
        "24:13 host",
        "24:39 method",
        "24:72 waf",
        "24:85 timeout",
        "24:99 cors",
        "25:17 host",
        "25:57 redirect",
        "26:13 host",
        "26:24 grpc",
        "28:38 www",
        "29:41 www",
        "30:46 www",
        "31:60 www",
        "32:1 allow",
    ];
    queue_worker "6-queue-worker.yaml" [
        "5:12 private",
        "8:11 serviceBus",
        "13:130 send",
        "17:34 receive",
        "17:55 send",
        "18:5 scale",
        "20:100 receive",
    ];
    store "7-store.yaml" [
        "7:3 domain",
        "8:3 hosts",
        "10:16 serviceBus",
        "11:22 cosmos",
        "12:15 openAI",
        "14:28 certificates",
        "15:19 containerRegistry",
        "16:21 applicationInsights",
        "17:1 externals",
        "18:1 defaults",
        "28:42 send",
        "34:32 receive",
        "34:59 send",
        "48:47 receive",
        "48:127 send",
        "49:5 scale",
        "50:26 { secret: vault/mail-api-key }",
        "52:80 scale",
        "52:158 receive",
        "52:200 send",
        "54:11 host",
        "55:13 host",
        "56:15 host",
        "57:13 host",
        "58:12 host",
        "59:1 policies",
        "61:54 store",
        "62:43 admin",
    ];
    regions "8-regions.yaml" [
        "7:12 domain",
        "7:37 hosts",
        "9:15 cosmos",
        "10:28 certificates",
        "10:121 placement",
        "15:10 host",
        "16:12 host",
        "18:42 orders",
        "19:1 environments",
    ];
}

/// Every key that a later version brings: block, key. `*` stands for a name of the user's.
const KEYS: &[(&str, &str)] = &[
    (
        "",
        "allow externals defaults policies environments regions globalEntry include vars patches extra schedule jobs \
         containers identities volumes",
    ),
    ("network", "existing private dnsZones egress"),
    ("network.subnets", "privateEndpoints"),
    ("network.subnets.nodes", "existing"),
    ("network.subnets.gateway", "existing"),
    ("cluster", "existing pools access upgrades azurePolicy"),
    ("cluster.nodes", "min max zones maxPods"),
    ("cluster.cni", "maxPods"),
    ("gateway", "existing frontends domain hosts waf wafPolicies"),
    (
        "resources.*",
        "private placement relax queues tables certificates keys administrators",
    ),
    ("resources.*.secrets.*", "generate contentType"),
    (
        "workloads.*",
        "existing files scale readOnlyRootFilesystem writablePaths loadBalancing backendTls canary pool namespace",
    ),
    ("workloads.*.ports", "grpc https"),
    ("workloads.*.ports.*", "protocol"),
    (
        "workloads.*.health",
        "grpc port host statusCodes body interval timeout healthyThreshold unhealthyThreshold liveness",
    ),
    ("workloads.*.connections.*", "port"),
    (
        "routes.*",
        "host frontend method headers query grpc matches redirect requestHeaders responseHeaders cors mirror timeout \
         sessionAffinity waf namespace",
    ),
    ("routes.*.path", "regex"),
    ("routes.*.to.*", "weight port"),
    ("routes.*.rewrite", "hostname path"),
    ("observability", "prometheus alerts"),
];

/// Values that a later version takes: where, and what.
const VALUES: &[(&str, &str, &str)] = &[
    (
        "resources.*",
        "kind",
        "postgres mysql cosmos serviceBus eventHubs redis appConfiguration openAI signalR webPubSub containerRegistry \
         applicationInsights",
    ),
    (
        "workloads.*.connections",
        "v/k",
        "send receive use serve pull",
    ),
    ("workloads.*.connections.*", "via", "linker"),
];

/// A spec of JSON in which every block stands, each in its long form.
fn whole() -> Value {
    json!({
        "apiVersion": "agcgen/v1",
        "name": "shop",
        "azure": { "location": "westeurope", "suffix": "7k2f9d" },
        "network": { "subnets": { "nodes": {}, "gateway": {} } },
        "cluster": { "nodes": {}, "cni": {} },
        "gateway": {},
        "resources": { "v": { "kind": "keyVault", "secrets": { "k": {} } } },
        "workloads": { "w": {
            "image": "a:1",
            "ports": { "http": {} },
            "health": { "path": "/healthz" },
            "connections": { "v/k": { "access": "read" } },
        } },
        "routes": { "r": { "path": { "prefix": "/" }, "to": { "w": {} }, "rewrite": { "prefix": "/" } } },
        "observability": {},
    })
}

/// The block at a path in which `*` is the only name that stands there.
fn block<'v>(spec: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('.')
        .filter(|part| !part.is_empty())
        .fold(spec, |node, part| {
            let name = match part {
                "*" => node.as_object().and_then(|map| map.keys().next()).cloned(),
                name => Some(name.to_owned()),
            };
            &mut node[name.expect("a name")]
        })
}

/// The code of every mistake of later versions or of nobody, for a spec with that value in a block.
fn with(path: &str, key: &str, value: Value) -> Vec<String> {
    let mut spec = whole();
    block(&mut spec, path)[key] = value;
    let mut codes = check(&spec.to_string()).codes();
    codes.retain(|code| {
        ["AGC0010", "AGC0012", "AGC0013", "AGC0016", "AGC0501"].contains(&code.as_str())
    });
    codes
}

#[test]
fn every_key_and_word_of_later_versions_is_known() {
    for (path, keys) in KEYS {
        assert_eq!(with(path, "x-note", json!(1)), [""; 0], "{path}");
        for key in keys.split_whitespace() {
            assert_eq!(with(path, key, json!({})), ["AGC0016"], "{path}.{key}");
        }
    }
    for (path, key, words) in VALUES {
        for word in words.split_whitespace() {
            for value in [json!(word), json!([word]), json!({ "access": word })] {
                let takes_it = value.is_string() || key.contains('/');
                if takes_it {
                    assert_eq!(with(path, key, value), ["AGC0016"], "{path}.{key}: {word}");
                }
            }
        }
    }
}

#[test]
fn every_form_of_later_versions_is_known() {
    for (path, key, value) in [
        ("routes.*", "to", json!({ "w": 80 })),
        ("workloads.*", "env", json!({ "A": { "secret": "v/k" } })),
        ("workloads.*", "identity", json!({ "existing": "id-x" })),
        ("azure", "location", json!(["westeurope", "northeurope"])),
    ] {
        assert_eq!(with(path, key, value), ["AGC0016"], "{path}.{key}");
    }
}
