//! A GRPCRoute.

use serde_json::{Map, Value};

use super::form::{Field, Form, List, Object, may, must, text};
use super::{Fault, filters, http_route, metadata, references, texts};
use crate::source::At;

pub(super) static GRPC_ROUTE: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("metadata", metadata::METADATA),
    must("spec", Form::Object(&SPEC)),
    may("status", references::ROUTE_STATUS),
]);

static SPEC: Object = Object::of(&[
    may("parentRefs", references::PARENT_REFS),
    may("hostnames", references::HOSTNAMES),
    may("rules", Form::List(&RULES)),
])
.but_not(&["useDefaultGateways"]);

static RULES: List = List::up_to(16, Form::Object(&RULE))
    .ruled(|rules, at, faults| references::matches_of_rules(rules, at, 0, faults));
static RULE: Object = Object::of(&[
    may("name", Form::Text(&texts::SECTION)),
    may("matches", Form::List(&MATCHES)),
    may("filters", Form::List(&filters::GRPC)),
    may("backendRefs", Form::List(&BACKENDS)),
])
.but_not(&["sessionPersistence"]);

static BACKENDS: List = List::up_to(16, Form::Object(&BACKEND));
static BACKEND: Object = Object::of(&BACKEND_FIELDS).ruled(references::has_port);
static BACKEND_FIELDS: [Field; 7] = references::weighted(Form::List(&filters::GRPC));

static MATCHES: List = List::up_to(64, Form::Object(&MATCH));
static MATCH: Object = Object::of(&[
    may("method", Form::Object(&METHOD)),
    may("headers", Form::List(&http_route::HEADERS)),
]);
static METHOD: Object = Object::of(&[
    may("type", texts::TEXT_MATCHES),
    may("service", Form::Text(&texts::UP_TO_1024)),
    may("method", Form::Text(&texts::UP_TO_1024)),
])
.ruled(method);

fn method(method: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let has = |field: &str| method.contains_key(field);
    if !has("service") && !has("method") {
        faults.push(Fault::new(
            at.clone(),
            "it names neither `service` nor `method`",
        ));
    }
    if text(method, "type", "Exact") != "Exact" {
        return;
    }
    for (field, fits, why) in [
        (
            "service",
            texts::IS_SERVICE,
            "it is no service: write its package and name, such as shop.v1.Orders, without slashes",
        ),
        (
            "method",
            texts::IS_METHOD,
            "it is no method: write its name alone, such as GetOrder",
        ),
    ] {
        if let Some(value) = method.get(field).and_then(Value::as_str)
            && !fits(value)
        {
            faults.push(Fault::new(at.key(field), why));
        }
    }
}
