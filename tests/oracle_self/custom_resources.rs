//! Gateway API and ALB objects: each kind right, each kind with an unknown field, broken rules, repeated list items, and
//! the Gateway API project's own good and bad manifests.

use std::collections::BTreeSet;

use fs_err as fs;
use serde_json::{Value, json};

use crate::oracle::{Checks, CustomResources, Failed, Verdict, documents, none, read_file};
use crate::planting::{GatewayApiManifests, files_below, one_finding};

const GATEWAY_API: &str = "v1.5.1";

/// One right object of every kind, with the place of an object in it where a field `bogus` is planted.
const OBJECTS: [(&str, &str); 15] = [
    (
        "/spec",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: x}, spec: {controllerName: alb.networking.azure.io/alb-controller}}",
    ),
    (
        "/spec/listeners/0",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: x, namespace: n, annotations: {a: b}},
          spec: {gatewayClassName: azure-alb-external, listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Same}}}],
          addresses: [{type: alb.networking.azure.io/alb-frontend, value: main}]}}",
    ),
    (
        "/spec/rules/0/matches/0/path",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: x, labels: {a: b}},
          spec: {parentRefs: [{name: g}], rules: [{matches: [{path: {type: PathPrefix, value: /api}}],
          filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], backendRefs: [{name: web, port: 80}]}]}}",
    ),
    (
        "/spec/rules/0/matches/0/method",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: GRPCRoute, metadata: {name: x},
          spec: {parentRefs: [{name: g}], rules: [{matches: [{method: {service: a.B}}], backendRefs: [{name: web, port: 80}]}]}}",
    ),
    (
        "/spec/rules/0",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: TLSRoute, metadata: {name: x},
          spec: {parentRefs: [{name: g}], hostnames: [a.example], rules: [{backendRefs: [{name: web, port: 80}]}]}}",
    ),
    (
        "/spec/parentRef",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: ListenerSet, metadata: {name: x},
          spec: {parentRef: {name: g}, listeners: [{name: http, port: 80, protocol: HTTP}]}}",
    ),
    (
        "/spec/from/0",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, metadata: {name: x},
          spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a}], to: [{group: '', kind: Service}]}}",
    ),
    (
        "/spec/validation",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: BackendTLSPolicy, metadata: {name: x},
          spec: {targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: a.example, wellKnownCACertificates: System}}}",
    ),
    (
        "/spec",
        "{apiVersion: alb.networking.azure.io/v1, kind: ApplicationLoadBalancer, metadata: {name: x}, spec: {associations: [/subscriptions/s/subnet]}}",
    ),
    (
        "/spec/targetRefs/0",
        "{apiVersion: alb.networking.azure.io/v1, kind: BackendLoadBalancingPolicy, metadata: {name: x},
          spec: {targetRefs: [{targetRef: {group: '', kind: Service, name: web}, ports: [{port: 80}]}], loadBalancing: {strategy: least-request, slowStart: {window: 30s}}}}",
    ),
    (
        "/spec/default/verify",
        "{apiVersion: alb.networking.azure.io/v1, kind: BackendTLSPolicy, metadata: {name: x},
          spec: {targetRef: {group: '', kind: Service, name: web}, default: {sni: a.example, ports: [{port: 443}], verify: {caCertificateRef: {name: ca}, subjectAltName: a.example}}}}",
    ),
    (
        "/spec/default/policyType",
        "{apiVersion: alb.networking.azure.io/v1, kind: FrontendTLSPolicy, metadata: {name: x},
          spec: {targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: g, sectionNames: [https]}, default: {policyType: {type: predefined, name: 2023-06-S}}}}",
    ),
    (
        "/spec/default/http",
        "{apiVersion: alb.networking.azure.io/v1, kind: HealthCheckPolicy, metadata: {name: x},
          spec: {targetRef: {group: '', kind: Service, name: web}, default: {interval: 5s, http: {path: /healthz, match: {statusCodes: [{start: 200, end: 299}]}}}}}",
    ),
    (
        "/spec/default/timeouts",
        "{apiVersion: alb.networking.azure.io/v1, kind: RoutePolicy, metadata: {name: x},
          spec: {targetRef: {group: gateway.networking.k8s.io, kind: HTTPRoute, name: r}, default: {timeouts: {routeTimeout: 10s}, sessionAffinity: {affinityType: managed-cookie}}}}",
    ),
    (
        "/spec/webApplicationFirewall",
        "{apiVersion: alb.networking.azure.io/v1, kind: WebApplicationFirewallPolicy, metadata: {name: x},
          spec: {targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: g}, webApplicationFirewall: {id: /subscriptions/s/waf}}}",
    ),
];

/// A kind that agcgen never writes: it belongs to the Ingress API.
const NOT_WRITTEN: &str = "IngressExtension";

/// A fault at a place of the object of a kind, and words of what is said. Rules are CEL unless the name says otherwise.
const FAULTS: [(&str, &str, &str, &str, &[&str]); 12] = [
    (
        "two filters of one type",
        "HTTPRoute",
        "/spec/rules/0/filters",
        "[{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: a, value: b}]}}, {type: RequestHeaderModifier, requestHeaderModifier: {remove: [c]}}]",
        &["/spec/rules/0/filters: RequestHeaderModifier filter cannot be repeated"],
    ),
    (
        "a redirect beside a backend",
        "HTTPRoute",
        "/spec/rules/0/filters",
        "[{type: RequestRedirect, requestRedirect: {statusCode: 301}}]",
        &["/spec/rules/0: RequestRedirect filter must not be used together with backendRefs"],
    ),
    (
        "a service without port",
        "HTTPRoute",
        "/spec/rules/0/backendRefs",
        "[{name: web}]",
        &["Must have port for Service reference"],
    ),
    (
        "TLS on an HTTP listener",
        "Gateway",
        "/spec/listeners",
        "[{name: http, port: 80, protocol: HTTP, tls: {mode: Terminate, certificateRefs: [{name: c}]}}]",
        &["tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']"],
    ),
    (
        "a listener without certificate",
        "Gateway",
        "/spec/listeners",
        "[{name: https, port: 443, protocol: HTTPS, tls: {mode: Passthrough}}]",
        &["tls mode must be Terminate for protocol HTTPS"],
    ),
    (
        "a header filter's repeated name (list map)",
        "HTTPRoute",
        "/spec/rules/0/filters",
        "[{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}, {name: a, value: c}]}}]",
        &["/set/1: a second item with name=\"a\""],
    ),
    (
        "a value outside its set (schema)",
        "HTTPRoute",
        "/spec/rules/0/matches/0/method",
        "FETCH",
        &["/spec/rules/0/matches/0/method:", "FETCH"],
    ),
    (
        "a text for a number (schema)",
        "Gateway",
        "/spec/listeners/0/port",
        "'80'",
        &["/spec/listeners/0/port:", "integer"],
    ),
    (
        "a number out of range (schema)",
        "Gateway",
        "/spec/listeners/0/port",
        "70000",
        &["/spec/listeners/0/port:", "65535"],
    ),
    (
        "a label that is no text (schema)",
        "Gateway",
        "/metadata/labels",
        "{a: true}",
        &["/metadata/labels/a:", "string"],
    ),
    (
        "an unknown strategy (schema)",
        "BackendLoadBalancingPolicy",
        "/spec/loadBalancing/strategy",
        "fastest",
        &["/spec/loadBalancing/strategy:", "fastest"],
    ),
    (
        "a missing field (schema)",
        "RoutePolicy",
        "/spec/default/sessionAffinity",
        "{cookieName: c}",
        &["/spec/default/sessionAffinity:", "affinityType"],
    ),
];

/// What the API server's words for a definition mean, on a definition of our own.
const OWN_DEFINITION: &str = "
kind: CustomResourceDefinition
spec:
  group: check.example
  names: {kind: Thing}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations: [{rule: 'self.level <= 3', message: level too high}]
              properties:
                port: {x-kubernetes-int-or-string: true}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {n: {type: integer}}}
                maybe: {type: string, nullable: true}
                map: {type: object, additionalProperties: {type: string}}
                tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                level: {type: integer, default: 3}
                closed: {type: object}
                either: {type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}
    - name: v0
      served: false
      schema: {openAPIV3Schema: {type: object}}
";

/// What stands in the spec of a `Thing`, and what is said of it; nothing where it is right.
const OWN_OBJECTS: [(&str, &[&str]); 14] = [
    ("{port: 80}", &[]),
    ("{port: http}", &[]),
    ("{port: true}", &["/spec/port:"]),
    ("{free: {anything: [1]}}", &[]),
    ("{free: {n: text}}", &["/spec/free/n:"]),
    ("{maybe: null}", &[]),
    ("{maybe: 1}", &["/spec/maybe:"]),
    ("{map: {any: text}}", &[]),
    ("{map: {any: 1}}", &["/spec/map/any:"]),
    ("{tags: [a, b, a]}", &["/spec/tags/2: a second item"]),
    ("{level: 4}", &["/spec: level too high"]),
    ("{closed: {any: 1}}", &["/spec/closed:"]),
    ("{either: {a: x}}", &[]),
    ("{either: {a: x, b: y}}", &["/spec/either:"]),
];

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<CustomResources>("custom resources: every kind is tried", |crds| {
        let tried: BTreeSet<String> = objects()?
            .into_iter()
            .map(|(_, object)| text(&object, "kind").to_owned())
            .collect();
        for gateway_api in ["v1.2.1", GATEWAY_API] {
            for (_, kind) in crds.kinds(gateway_api)? {
                if !tried.contains(kind) && kind != NOT_WRITTEN {
                    return Err(format!("no object of kind {kind} is tried").into());
                }
            }
        }
        none(judge(crds, &objects()?[0].1)?)
    });
    checks.needing::<CustomResources>(
        "custom resources: the oldest controller takes them",
        |crds| {
            let mut judged = 0;
            for (_, object) in objects()? {
                if let Verdict::Judged(said) = crds.check("v1.2.1", &object)? {
                    judged += 1;
                    none(said)?;
                }
            }
            // BackendTLSPolicy, ListenerSet, ReferenceGrant v1 and TLSRoute came later.
            if judged == OBJECTS.len() - 4 {
                Ok(())
            } else {
                Err(format!("{judged} of {} objects", OBJECTS.len()).into())
            }
        },
    );
    for (place, object) in OBJECTS {
        let name = one_document(object).map_or_else(
            |_| object.to_owned(),
            |object| format!("{} {}", text(&object, "apiVersion"), text(&object, "kind")),
        );
        checks.needing::<CustomResources>(format!("custom resources: {name}"), move |crds| {
            let mut object = one_document(object)?;
            none(judge(crds, &object)?)?;
            for place in [place, "/metadata", ""] {
                let mut planted = object.clone();
                planted
                    .pointer_mut(place)
                    .and_then(Value::as_object_mut)
                    .ok_or_else(|| format!("no object at {place}"))?
                    .insert("bogus".to_owned(), 1.into());
                let said = judge(crds, &planted)?;
                one_finding(&said, &[&format!("{place}: "), "bogus"])?;
            }
            object["apiVersion"] = "example.com/v1".into();
            match crds.check(GATEWAY_API, &object)? {
                Verdict::NoDefinition => Ok(()),
                Verdict::Judged(_) => Err("an object of another group was judged".into()),
            }
        });
    }
    for (name, kind, place, value, words) in FAULTS {
        checks.needing::<CustomResources>(format!("custom resources: {name}"), move |crds| {
            let mut object = objects()?
                .into_iter()
                .map(|(_, object)| object)
                .find(|object| object["kind"] == kind)
                .ok_or("no such object")?;
            plant(&mut object, place, one_document(value)?)?;
            one_finding(&judge(crds, &object)?, words)
        });
    }
    for (spec, words) in OWN_OBJECTS {
        checks.plain(
            format!("custom resources: a definition's words, {spec}"),
            move || {
                let crds = CustomResources::from_definitions(OWN_DEFINITION)?;
                let object = json!({
                    "apiVersion": "check.example/v1", "kind": "Thing", "metadata": { "name": "x" },
                    "spec": one_document(spec)?,
                });
                let said = match crds.check("", &object)? {
                    Verdict::Judged(said) => said,
                    Verdict::NoDefinition => return Err("not judged".into()),
                };
                if words.is_empty() {
                    none(said)
                } else {
                    one_finding(&said, words)
                }
            },
        );
    }
    checks.plain(
        "custom resources: a version that is not served is unknown",
        || {
            let crds = CustomResources::from_definitions(OWN_DEFINITION)?;
            let object = json!({ "apiVersion": "check.example/v0", "kind": "Thing" });
            match crds.check("", &object)? {
                Verdict::NoDefinition => Ok(()),
                Verdict::Judged(_) => Err("v0 was judged".into()),
            }
        },
    );
    checks.needing::<(CustomResources, GatewayApiManifests)>(
        "custom resources: the Gateway API project's examples are right",
        |(crds, manifests)| {
            let mut judged = 0;
            let mut problems = Vec::new();
            for path in files_below(&manifests.folder.join("examples"), ".yaml")?
                .into_iter()
                .chain(files_below(&manifests.folder.join("conformance"), ".yaml")?)
            {
                read_file("gateway-api manifests", &path);
                for object in documents(&fs::read_to_string(&path)?)? {
                    if let Verdict::Judged(mut said) = crds.check(GATEWAY_API, &object)? {
                        // The one manifest here that is for the experimental channel.
                        said.retain(|line| !line.ends_with("('retry' was unexpected)"));
                        judged += 1;
                        problems.extend(
                            said.iter()
                                .map(|line| format!("{}: {line}", path.display())),
                        );
                    }
                }
            }
            if judged < 100 {
                return Err(format!("only {judged} objects").into());
            }
            none(problems)
        },
    );
    checks.needing::<(CustomResources, GatewayApiManifests)>(
        "custom resources: the Gateway API project's bad manifests are refused",
        |(crds, manifests)| {
            let mut accepted = Vec::new();
            let mut refused = 0;
            for path in files_below(
                &manifests.folder.join("hack/invalid-examples/standard"),
                ".yaml",
            )? {
                read_file("gateway-api manifests", &path);
                let mut found = false;
                for object in documents(&fs::read_to_string(&path)?)? {
                    found |= !judge(crds, &object)?.is_empty();
                }
                if found {
                    refused += 1;
                } else {
                    accepted.push(path.display().to_string());
                }
            }
            if refused < 25 {
                return Err(format!("only {refused} files").into());
            }
            none(accepted)
        },
    );
}

fn objects() -> Result<Vec<(&'static str, Value)>, Failed> {
    OBJECTS
        .iter()
        .map(|(place, text)| Ok((*place, one_document(text)?)))
        .collect()
}

fn judge(crds: &CustomResources, object: &Value) -> Result<Vec<String>, Failed> {
    match crds.check(GATEWAY_API, object)? {
        Verdict::Judged(said) => Ok(said),
        Verdict::NoDefinition => Err(format!("no definition of {object}").into()),
    }
}

fn one_document(text: &str) -> Result<Value, Failed> {
    documents(text)?
        .pop()
        .ok_or_else(|| Failed::from("no document"))
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

/// Puts a value at a place whose parent is there.
fn plant(object: &mut Value, place: &str, value: Value) -> Result<(), Failed> {
    let (parent, key) = place.rsplit_once('/').ok_or("no place")?;
    object
        .pointer_mut(parent)
        .and_then(Value::as_object_mut)
        .ok_or_else(|| format!("no object at {parent}"))?
        .insert(key.to_owned(), value);
    Ok(())
}
