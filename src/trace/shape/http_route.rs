//! An HTTPRoute.

use serde_json::{Map, Value};

use super::form::{Field, Form, List, Object, Unique, items, may, must, object, text};
use super::{Fault, filters, metadata, references, texts};
use crate::source::At;

pub(super) static HTTP_ROUTE: Object = Object::of(&[
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
    .not_empty()
    .ruled(|rules, at, faults| references::matches_of_rules(rules, at, 1, faults));
static RULE: Object = Object::of(&[
    may("name", Form::Text(&texts::SECTION)),
    may("matches", Form::List(&MATCHES)),
    may("filters", Form::List(&filters::HTTP)),
    may("backendRefs", Form::List(&BACKENDS)),
    may("timeouts", Form::Object(&TIMEOUTS)),
])
.but_not(&["retry", "sessionPersistence"])
.ruled(rule);

fn rule(rule: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let of_rule = items(rule, "filters");
    let redirects = |filter: &Value| filter.get("requestRedirect").is_some();
    if !items(rule, "backendRefs").is_empty() && of_rule.iter().any(redirects) {
        faults.push(Fault::new(
            at.key("backendRefs"),
            "a rule that redirects has no backends",
        ));
    }
    if has_one_prefix(rule) {
        return;
    }
    for field in ["requestRedirect", "urlRewrite"] {
        if let Some(index) = only(of_rule, |filter| replaces_prefix(filter, field)) {
            faults.push(prefix_fault(&at.key("filters").index(index).key(field)));
        }
        let of_backend = |backend: &Value| {
            only(
                backend
                    .as_object()
                    .map(|backend| items(backend, "filters"))
                    .unwrap_or_default(),
                |filter| replaces_prefix(filter, field),
            )
        };
        let backends = items(rule, "backendRefs");
        if let Some(index) = only(backends, |backend| of_backend(backend).is_some())
            && let Some(filter) = backends.get(index).and_then(of_backend)
        {
            let backend = at.key("backendRefs").index(index);
            faults.push(prefix_fault(
                &backend.key("filters").index(filter).key(field),
            ));
        }
    }
}

fn prefix_fault(filter: &At) -> Fault {
    Fault::new(
        filter.key("path"),
        "a prefix is replaced only where the rule has exactly one match, by prefix",
    )
}

/// The only item that is such; where several are, the definition says nothing.
fn only(list: &[Value], is_such: impl Fn(&Value) -> bool) -> Option<usize> {
    let mut such = list.iter().enumerate().filter(|(_, item)| is_such(item));
    match (such.next(), such.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

fn replaces_prefix(filter: &Value, field: &str) -> bool {
    filter
        .as_object()
        .and_then(|filter| object(filter, field))
        .and_then(|field| object(field, "path"))
        .is_some_and(|path| {
            path.contains_key("replacePrefixMatch")
                && text(path, "type", "") == "ReplacePrefixMatch"
        })
}

/// Whether a rule has one match, and that by a prefix; a rule without matches has that of `/`.
fn has_one_prefix(rule: &Map<String, Value>) -> bool {
    let is_prefix = |one: &Value| {
        one.as_object().is_some_and(|one| {
            object(one, "path").is_none_or(|path| text(path, "type", "PathPrefix") == "PathPrefix")
        })
    };
    match rule.get("matches") {
        None => true,
        Some(matches) => {
            matches!(matches.as_array().map(Vec::as_slice), Some([one]) if is_prefix(one))
        }
    }
}

static BACKENDS: List = List::up_to(16, Form::Object(&BACKEND));
static BACKEND: Object = Object::of(&BACKEND_FIELDS).ruled(references::has_port);
static BACKEND_FIELDS: [Field; 7] = references::weighted(Form::List(&filters::HTTP));

static MATCHES: List = List::up_to(64, Form::Object(&MATCH));
static MATCH: Object = Object::of(&[
    may("path", Form::Object(&PATH)),
    may("headers", Form::List(&HEADERS)),
    may("queryParams", Form::List(&PARAMETERS)),
    may("method", Form::Word(METHODS)),
]);
/// `HTTPMethod`.
const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

static PATH: Object = Object::of(&[
    may(
        "type",
        Form::Word(&["Exact", "PathPrefix", "RegularExpression"]),
    ),
    may("value", Form::Text(&texts::UP_TO_1024)),
])
.ruled(path);

fn path(path: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let Some(value) = path.get("value").and_then(Value::as_str) else {
        return;
    };
    if !matches!(text(path, "type", "PathPrefix"), "Exact" | "PathPrefix") {
        return;
    }
    let odd = ["//", "/./", "/../", "%2f", "%2F", "#"];
    let reason = if !value.starts_with('/') {
        "a path begins with a slash"
    } else if odd.iter().any(|piece| value.contains(piece))
        || value.ends_with("/..")
        || value.ends_with("/.")
    {
        "a path has no `//`, `/./`, `/../`, `%2F` or `#` in it"
    } else if !(texts::IS_PATH)(value) {
        "it has a character that no path has; write it as %20 or the like"
    } else {
        return;
    };
    faults.push(Fault::new(at.key("value"), reason));
}

/// `headers` of a match.
pub(super) static HEADERS: List = List::up_to(16, Form::Object(&HEADER)).unique(Unique::By("name"));
static HEADER: Object = Object::of(&[
    must("name", Form::Text(&texts::HEADER)),
    must("value", Form::Text(&texts::HEADER_VALUE)),
    may("type", texts::TEXT_MATCHES),
]);
static PARAMETERS: List = List::up_to(16, Form::Object(&PARAMETER)).unique(Unique::By("name"));
static PARAMETER: Object = Object::of(&[
    must("name", Form::Text(&texts::HEADER)),
    must("value", Form::Text(&texts::PARAMETER_VALUE)),
    may("type", texts::TEXT_MATCHES),
]);

static TIMEOUTS: Object = Object::of(&[
    may("request", Form::Text(&texts::DURATION)),
    may("backendRequest", Form::Text(&texts::DURATION)),
])
.ruled(timeouts);

/// A try takes no longer than all of them; a request of no time at all has no limit.
fn timeouts(timeouts: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let of = |field: &str| milliseconds(timeouts.get(field)?.as_str()?);
    if let (Some(request), Some(backend)) = (of("request"), of("backendRequest"))
        && request != 0
        && backend > request
    {
        faults.push(Fault::new(
            at.key("backendRequest"),
            "it is longer than `request`, which holds for all tries together",
        ));
    }
}

/// The length of a duration of the definition's pattern.
fn milliseconds(duration: &str) -> Option<u64> {
    if !(texts::DURATION.fits)(duration) {
        return None;
    }
    let mut sum = 0;
    let mut rest = duration;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = rest.split_at_checked(digits)?;
        let (factor, after) = if let Some(after) = unit.strip_prefix("ms") {
            (1, after)
        } else if let Some(after) = unit.strip_prefix('s') {
            (1000, after)
        } else if let Some(after) = unit.strip_prefix('m') {
            (60_000, after)
        } else {
            (3_600_000, unit.strip_prefix('h')?)
        };
        sum += number.parse::<u64>().ok()? * factor;
        rest = after;
    }
    Some(sum)
}
