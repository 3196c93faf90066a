//! What the API server refuses of an object: a field that it does not know, a value that does not fit, fields that do not go
//! together.
//!
//! In: the tree of one object. Out: every fault with its place. The forms are those of the custom resource definitions of the
//! standard channel, release 1.5.1, with their patterns, limits and CEL rules, one file a topic; those of Kubernetes' own kinds are
//! what its server says. `tests/trace` holds both against what a server said, `tests/conformance` the first against the definitions. Unknown fields are faults because `kubectl apply` asks for strict validation.
//! A status is dropped by the server when an object is applied, so that only its fields' names count.

mod check;
mod core;
mod filters;
mod form;
mod gateway;
mod grpc_route;
mod http_route;
mod metadata;
mod references;
mod texts;

use serde_json::Value;

use self::form::{Form, Object};
use super::api::GROUP;
use crate::source::{At, REPLACEMENT};

/// Something that the API server refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where in the object.
    pub at: At,
    /// What is wrong.
    pub reason: String,
    /// Of what sort it is.
    pub excess: Option<Excess>,
}

/// A limit that a value is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// A list or a map with more entries than this.
    Entries(usize),
    /// A text with more characters than this.
    Characters(usize),
}

impl Fault {
    fn new(at: At, reason: impl Into<String>) -> Self {
        Self {
            at,
            reason: reason.into(),
            excess: None,
        }
    }
}

/// The kinds of the Gateway API's group, with the versions that are served.
const KINDS: &[(&str, &[&str])] = &[
    ("GatewayClass", &["v1", "v1beta1"]),
    ("Gateway", &["v1", "v1beta1"]),
    ("HTTPRoute", &["v1", "v1beta1"]),
    ("GRPCRoute", &["v1"]),
    ("ReferenceGrant", &["v1", "v1beta1"]),
];

/// Kinds of the group that decide nothing here, of both channels: known so that a slip of the pen is told from them.
const OTHER_KINDS: &[&str] = &[
    "BackendTLSPolicy",
    "ListenerSet",
    "TLSRoute",
    "TCPRoute",
    "UDPRoute",
];

/// What is wrong with the head of an object: what it is, and under which name.
pub(super) fn head(tree: &Value) -> Vec<Fault> {
    check::faults(tree, &Form::Object(&metadata::HEAD))
}

/// What is wrong with the kind and the version of an object of the Gateway API's group.
pub(super) fn kind_and_version(kind: &str, version: &str) -> Option<Fault> {
    let root = At::root();
    if let Some((_, served)) = KINDS.iter().find(|(name, _)| *name == kind) {
        return (!served.contains(&version)).then(|| {
            Fault::new(
                root.key("apiVersion"),
                format!("`{kind}` is not served as `{version}`: write {GROUP}/v1"),
            )
        });
    }
    if OTHER_KINDS.contains(&kind) {
        return None;
    }
    let known = KINDS.iter().map(|(name, _)| *name);
    let meant = crate::diagnostic::nearest(kind, known.chain(OTHER_KINDS.iter().copied()))?;
    Some(Fault::new(
        root.key("kind"),
        format!("the Gateway API has no kind `{kind}`: did you mean `{meant}`?"),
    ))
}

/// The kinds that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gateway,
    HttpRoute,
    GrpcRoute,
    ReferenceGrant,
    Service,
    Secret,
    Namespace,
}

impl Kind {
    fn form(self) -> &'static Object {
        match self {
            Self::Gateway => &gateway::GATEWAY,
            Self::HttpRoute => &http_route::HTTP_ROUTE,
            Self::GrpcRoute => &grpc_route::GRPC_ROUTE,
            Self::ReferenceGrant => &references::REFERENCE_GRANT,
            Self::Service => &core::SERVICE,
            Self::Secret => &core::SECRET,
            Self::Namespace => &core::NAMESPACE,
        }
    }
}

/// What is wrong with an object.
pub(super) fn object(tree: &Value, kind: Kind) -> Vec<Fault> {
    let mut faults = check::faults(tree, &Form::Object(kind.form()));
    if let (Some(spec), true) = (tree.get("spec"), faults.is_empty()) {
        unprintable(spec, &At::root().key("spec"), &mut faults);
    }
    faults
}

/// Why an object is left out that the API server may take.
pub(super) const UNPRINTABLE: &str =
    "a character that cannot be shown stands in it, and agcgen does not read such texts";

/// Texts that are not what the server reads: something stands in them in the place of what cannot be shown.
fn unprintable(tree: &Value, at: &At, faults: &mut Vec<Fault>) {
    if !has_replacement(tree) {
        return;
    }
    match tree {
        Value::String(_) => {
            faults.push(Fault::new(at.clone(), UNPRINTABLE));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                unprintable(item, &at.index(index), faults);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                unprintable(value, &at.key(key), faults);
            }
        }
        _ => {}
    }
}

fn has_replacement(tree: &Value) -> bool {
    match tree {
        Value::String(text) => text.contains(REPLACEMENT),
        Value::Array(items) => items.iter().any(has_replacement),
        Value::Object(fields) => fields.values().any(has_replacement),
        _ => false,
    }
}

/// Without a namespace that is empty: to the API server it is none ("An empty namespace is equivalent to the "default"
/// namespace", `ObjectMeta`, Kubernetes API reference v1.35).
pub(super) fn without_empty_namespace(tree: &mut Value) {
    if let Some(Value::Object(metadata)) = tree.get_mut("metadata")
        && metadata.get("namespace").and_then(Value::as_str) == Some("")
    {
        metadata.shift_remove("namespace");
    }
}

/// Makes of a tree what the API server reads: a field that is null is no field, a number without a fraction is whole.
pub(super) fn as_read(tree: &mut Value) {
    match tree {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(as_read);
        }
        Value::Array(items) => items.iter_mut().for_each(as_read),
        Value::Number(number) => {
            if let Some(whole) = whole(number) {
                *number = whole;
            }
        }
        _ => {}
    }
}

/// The same number without the point, if it has one and needs none.
fn whole(number: &serde_json::Number) -> Option<serde_json::Number> {
    /// Beyond it not every whole number is one of 64 bits with a point.
    const SURE: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64().filter(|_| number.is_f64())?;
    #[allow(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    (value.fract() == 0.0 && value.abs() < SURE).then_some((value as i64).into())
}
