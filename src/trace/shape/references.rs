//! References: to parents, to backends, to certificates; and who grants them.

use serde_json::{Map, Value};

use super::form::{Field, Form, List, Number, Object, may, must, text};
use super::{Fault, metadata, texts};
use crate::source::At;
use crate::trace::api::GROUP;

/// `parentRefs` of a route.
pub(super) const PARENT_REFS: Form = Form::List(&PARENTS);
static PARENTS: List = List::up_to(32, Form::Object(&PARENT)).ruled(parents);
static PARENT: Object = Object::of(&[
    must("name", Form::Text(&texts::REFERRED)),
    may("group", Form::Text(&texts::GROUP)),
    may("kind", Form::Text(&texts::KIND)),
    may("namespace", Form::Text(&texts::NAMESPACE)),
    may("sectionName", Form::Text(&texts::SECTION)),
    may("port", Form::Number(&texts::PORT)),
]);

/// Two references to one Gateway name different listeners.
fn parents(list: &[Value], at: &At, faults: &mut Vec<Fault>) {
    let parents: Vec<&Map<String, Value>> = list.iter().filter_map(Value::as_object).collect();
    let section = |parent| text(parent, "sectionName", "");
    let same = |one, other| {
        [
            ("group", GROUP),
            ("kind", "Gateway"),
            ("name", ""),
            ("namespace", ""),
        ]
        .into_iter()
        .all(|(field, default)| text(one, field, default) == text(other, field, default))
    };
    for (index, parent) in parents.iter().enumerate() {
        let twins = parents
            .iter()
            .take(index)
            .filter(|other| same(parent, other));
        let reason = twins.into_iter().find_map(|other| {
            let (one, other) = (section(parent), section(other));
            if one == other && one.is_empty() {
                Some("it stands there twice: to refer to several listeners of a Gateway, give each reference a `sectionName`")
            } else if one == other {
                Some("another reference has this Gateway and this `sectionName`")
            } else if one.is_empty() != other.is_empty() {
                Some("a Gateway that is referred to several times needs a `sectionName` in each reference")
            } else {
                None
            }
        });
        if let Some(reason) = reason {
            faults.push(Fault::new(at.index(index), reason));
        }
    }
}

/// `hostnames` of a route.
pub(super) const HOSTNAMES: Form = Form::List(&HOSTNAME_LIST);
static HOSTNAME_LIST: List = List::up_to(16, Form::Text(&texts::HOSTNAME));

/// The fields of a reference to a backend.
pub(super) const BACKEND: [Field; 5] = [
    must("name", Form::Text(&texts::REFERRED)),
    may("group", Form::Text(&texts::GROUP)),
    may("kind", Form::Text(&texts::KIND)),
    may("namespace", Form::Text(&texts::NAMESPACE)),
    may("port", Form::Number(&texts::PORT)),
];
/// The fields of a backend of a rule, with the filters of its kind of route.
pub(super) const fn weighted(filters: Form) -> [Field; 7] {
    let [name, group, kind, namespace, port] = BACKEND;
    [
        name,
        group,
        kind,
        namespace,
        port,
        may("weight", Form::Number(&WEIGHT)),
        may("filters", filters),
    ]
}

/// A backend and nothing more.
pub(super) static PLAIN_BACKEND: Object = Object::of(&BACKEND).ruled(has_port);
/// The part of a backend in all of them.
static WEIGHT: Number = Number {
    least: 0,
    most: 1_000_000,
    what: "a weight is a whole number from 0 to 1,000,000",
};

/// A Service is referred to with its port.
pub(super) fn has_port(backend: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let is_service =
        text(backend, "group", "").is_empty() && text(backend, "kind", "Service") == "Service";
    if is_service && !backend.contains_key("port") {
        faults.push(Fault::new(
            at.clone(),
            "`port` is missing: a Service is referred to with its port",
        ));
    }
}

/// An object of the route's own namespace that the implementation knows.
pub(super) static EXTENSION: Object = Object::of(&[
    must("group", Form::Text(&texts::GROUP)),
    must("kind", Form::Text(&texts::KIND)),
    must("name", Form::Text(&texts::REFERRED)),
]);

/// A certificate.
pub(super) static CERTIFICATE: Object = Object::of(&[
    must("name", Form::Text(&texts::REFERRED)),
    may("group", Form::Text(&texts::GROUP)),
    may("kind", Form::Text(&texts::KIND)),
    may("namespace", Form::Text(&texts::NAMESPACE)),
]);

/// Who signs certificates.
pub(super) static AUTHORITY: Object = Object::of(&[
    must("group", Form::Text(&texts::GROUP)),
    must("kind", Form::Text(&texts::KIND)),
    must("name", Form::Text(&texts::REFERRED)),
    may("namespace", Form::Text(&texts::NAMESPACE)),
]);

/// A `ReferenceGrant`.
pub(super) static REFERENCE_GRANT: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("metadata", metadata::METADATA),
    must("spec", Form::Object(&GRANT)),
]);
static GRANT: Object = Object::of(&[must("from", Form::List(&FROM)), must("to", Form::List(&TO))]);
static FROM: List = List::up_to(16, Form::Object(&ONE_FROM)).not_empty();
static ONE_FROM: Object = Object::of(&[
    must("group", Form::Text(&texts::GROUP)),
    must("kind", Form::Text(&texts::KIND)),
    must("namespace", Form::Text(&texts::NAMESPACE)),
]);
static TO: List = List::up_to(16, Form::Object(&ONE_TO)).not_empty();
static ONE_TO: Object = Object::of(&[
    must("group", Form::Text(&texts::GROUP)),
    must("kind", Form::Text(&texts::KIND)),
    may("name", Form::Text(&texts::REFERRED)),
]);

/// The status of a route.
pub(super) const ROUTE_STATUS: Form = Form::Dropped(&STATUS);
static STATUS: Object = Object::of(&[may("parents", Form::Any)]);

/// How many matches the rules of a route have, and that there are not too many.
pub(super) fn matches_of_rules(
    rules: &[Value],
    at: &At,
    by_default: usize,
    faults: &mut Vec<Fault>,
) {
    const MOST: usize = 128;
    let count: usize = rules
        .iter()
        .map(|rule| {
            rule.as_object()
                .map_or(0, |rule| match rule.get("matches") {
                    Some(matches) => matches.as_array().map_or(0, Vec::len),
                    None => by_default,
                })
        })
        .sum();
    if count > MOST {
        faults.push(Fault {
            at: at.clone(),
            reason: format!("{count} matches in all rules are more than the API server takes"),
            excess: Some(super::Excess::Entries(MOST)),
        });
    }
}
