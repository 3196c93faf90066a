//! Random systems and requests, the same in every run: few words, so that much meets.

use std::collections::BTreeSet;

use proptest::prelude::Rng;
use serde_json::{Value, json};

/// Where the Gateway is.
pub(crate) const HOME: &str = "infra";
/// `shop-2/r` stands before `shop/r` in the alphabet, although `shop` is the shorter name.
const NAMESPACES: [&str; 3] = [HOME, "shop", "shop-2"];
const HOSTS: [&str; 6] = [
    "a.example.com",
    "b.example.com",
    "x.a.example.com",
    "example.com",
    "*.example.com",
    "*.a.example.com",
];
const ASKED: [&str; 6] = [
    "a.example.com",
    "b.example.com",
    "x.a.example.com",
    "y.x.a.example.com",
    "example.com",
    "other.org",
];
const PATHS: [&str; 8] = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/b", "/b/a"];
/// Patterns beside those paths; the second takes a text that is longer than itself.
const PATTERNS: [&str; 3] = ["/[ab]", "/a.*", "/.*/b(/c)?"];
const METHODS: [&str; 3] = ["GET", "POST", "PUT"];
const NAMES: [&str; 3] = ["x", "y", "z"];
const VALUES: [&str; 2] = ["1", "2"];

#[derive(Debug, Clone)]
pub(crate) struct System {
    pub(crate) listeners: Vec<Listener>,
    pub(crate) routes: Vec<Route>,
    /// The namespaces that let everybody refer to their Services.
    pub(crate) granting: Vec<&'static str>,
    pub(crate) services: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Listener {
    pub(crate) name: String,
    pub(crate) host: Option<&'static str>,
    pub(crate) port: u16,
    pub(crate) from: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) namespace: &'static str,
    pub(crate) name: String,
    pub(crate) created: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) hosts: Vec<&'static str>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) matches: Vec<Match>,
    pub(crate) backends: Vec<Backend>,
}

#[derive(Debug, Clone)]
pub(crate) struct Match {
    pub(crate) path: Path,
    pub(crate) method: Option<&'static str>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) query: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Path {
    Exact(&'static str),
    Prefix(&'static str),
    Pattern(&'static str),
}

#[derive(Debug, Clone)]
pub(crate) struct Backend {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) weight: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) host: &'static str,
    pub(crate) port: u16,
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) query: Vec<(&'static str, &'static str)>,
}

fn below(rng: &mut impl Rng, most: usize) -> usize {
    usize::try_from(rng.next_u64() % most as u64).unwrap()
}

fn one<T: Copy>(rng: &mut impl Rng, all: &[T]) -> T {
    all[below(rng, all.len())]
}

/// One in three.
fn seldom<T>(rng: &mut impl Rng, make: impl FnOnce(&mut dyn Rng) -> T) -> Option<T> {
    (below(rng, 3) == 0).then(|| make(rng))
}

fn maybe<T>(rng: &mut impl Rng, make: impl FnOnce(&mut dyn Rng) -> T) -> Option<T> {
    (below(rng, 2) == 0).then(|| make(rng))
}

/// Up to two pairs, none with the name of another.
fn pairs(rng: &mut impl Rng) -> Vec<(&'static str, &'static str)> {
    let first = below(rng, NAMES.len());
    (0..below(rng, 3))
        .map(|at| (NAMES[(first + at) % NAMES.len()], one(rng, &VALUES)))
        .collect()
}

fn pairs_of_few(rng: &mut impl Rng) -> Vec<(&'static str, &'static str)> {
    if below(rng, 4) == 0 {
        pairs(rng)
    } else {
        Vec::new()
    }
}

pub(crate) fn system(rng: &mut impl Rng) -> System {
    let mut listeners: Vec<Listener> = (0..=below(rng, 3))
        .map(|at| Listener {
            name: format!("l{at}"),
            host: seldom(rng, |mut rng| one(&mut rng, &HOSTS)),
            port: one(rng, &[80, 80, 80, 80, 80, 8080]),
            from: one(rng, &["All", "All", "All", "Same"]),
        })
        .collect();
    // The API server takes no two of one port and host.
    let mut taken = BTreeSet::new();
    listeners.retain(|listener| taken.insert((listener.port, listener.host)));
    let routes = (0..=below(rng, 4))
        .map(|at| Route {
            namespace: one(rng, &NAMESPACES),
            name: format!("r{at}"),
            created: maybe(rng, |mut rng| {
                format!("2026-0{}-01T00:00:00Z", 1 + below(&mut rng, 3))
            }),
            section: seldom(rng, |mut rng| {
                let at = below(&mut rng, listeners.len());
                listeners[at].name.clone()
            }),
            hosts: (0..below(rng, 3)).map(|_| one(rng, &HOSTS)).collect(),
            rules: (0..=below(rng, 4)).map(|_| rule(rng)).collect(),
        })
        .collect();
    let mut services = Vec::new();
    for namespace in NAMESPACES {
        for name in NAMES {
            if below(rng, 4) > 0 {
                services.push((namespace, name));
            }
        }
    }
    System {
        listeners,
        routes,
        granting: NAMESPACES
            .into_iter()
            .filter(|_| below(rng, 2) == 0)
            .collect(),
        services,
    }
}

fn rule(rng: &mut impl Rng) -> Rule {
    Rule {
        matches: (0..=below(rng, 2))
            .map(|_| Match {
                path: match below(rng, 8) {
                    0 | 1 => Path::Exact(one(rng, &PATHS)),
                    2 => Path::Pattern(one(rng, &PATTERNS)),
                    _ => Path::Prefix(one(rng, &PATHS)),
                },
                method: seldom(rng, |mut rng| one(&mut rng, &METHODS)),
                headers: pairs_of_few(rng),
                query: pairs_of_few(rng),
            })
            .collect(),
        backends: (0..below(rng, 3))
            .map(|_| Backend {
                namespace: one(rng, &NAMESPACES),
                name: one(rng, &NAMES),
                weight: one(rng, &[0, 1, 1, 3, 9]),
            })
            .collect(),
    }
}

pub(crate) fn asked(rng: &mut impl Rng) -> Asked {
    Asked {
        host: one(rng, &ASKED),
        port: one(rng, &[80, 80, 80, 80, 80, 8080]),
        path: one(rng, &PATHS),
        method: one(rng, &METHODS),
        headers: pairs(rng),
        query: pairs(rng),
    }
}

impl System {
    /// As a person would write it.
    pub(crate) fn manifests(&self) -> Vec<Value> {
        const API: &str = "gateway.networking.k8s.io/v1";
        let listeners = self.listeners.iter().map(|listener| {
            let mut value = json!({
                "name": listener.name, "protocol": "HTTP", "port": listener.port,
                "allowedRoutes": { "namespaces": { "from": listener.from } },
            });
            if let Some(host) = listener.host {
                value["hostname"] = json!(host);
            }
            value
        });
        let mut all = vec![json!({
            "apiVersion": API, "kind": "Gateway", "metadata": { "name": "gw", "namespace": HOME },
            "spec": { "gatewayClassName": "azure-alb-external", "listeners": listeners.collect::<Vec<_>>() },
        })];
        all.extend(self.routes.iter().map(Route::manifest));
        all.extend(self.granting.iter().map(|namespace| {
            let from = NAMESPACES.map(|from| json!({ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": from }));
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant",
                "metadata": { "name": "all", "namespace": namespace },
                "spec": { "from": from, "to": [{ "group": "", "kind": "Service" }] },
            })
        }));
        all.extend(self.services.iter().map(|(namespace, name)| {
            json!({
                "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
                "spec": { "ports": [{ "port": 80 }] },
            })
        }));
        all
    }
}

impl Route {
    pub(crate) fn manifest(&self) -> Value {
        let mut parent = json!({ "name": "gw", "namespace": HOME });
        if let Some(section) = &self.section {
            parent["sectionName"] = json!(section);
        }
        let mut metadata = json!({ "name": self.name, "namespace": self.namespace });
        if let Some(created) = &self.created {
            metadata["creationTimestamp"] = json!(created);
        }
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": metadata,
            "spec": {
                "parentRefs": [parent], "hostnames": self.hosts,
                "rules": self.rules.iter().map(Rule::manifest).collect::<Vec<_>>(),
            },
        })
    }
}

impl Rule {
    fn manifest(&self) -> Value {
        let named = |pairs: &[(&str, &str)]| -> Vec<Value> {
            pairs
                .iter()
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect()
        };
        let matches = self.matches.iter().map(|one| {
            let (kind, path) = match one.path {
                Path::Exact(path) => ("Exact", path),
                Path::Prefix(path) => ("PathPrefix", path),
                Path::Pattern(path) => ("RegularExpression", path),
            };
            let mut value = json!({
                "path": { "type": kind, "value": path },
                "headers": named(&one.headers), "queryParams": named(&one.query),
            });
            if let Some(method) = one.method {
                value["method"] = json!(method);
            }
            value
        });
        let backends = self.backends.iter().map(|backend| {
            json!({ "name": backend.name, "namespace": backend.namespace, "port": 80, "weight": backend.weight })
        });
        json!({ "matches": matches.collect::<Vec<_>>(), "backendRefs": backends.collect::<Vec<_>>() })
    }
}
