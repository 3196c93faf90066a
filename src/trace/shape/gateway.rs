//! A Gateway.

use serde_json::{Map, Value};

use super::form::{Form, List, Object, TextMap, Unique, may, must, object, repeated, text};
use super::{Fault, metadata, references, texts};
use crate::source::At;

pub(super) static GATEWAY: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("metadata", metadata::METADATA),
    must("spec", Form::Object(&SPEC)),
    may("status", Form::Dropped(&STATUS)),
]);
static STATUS: Object = Object::of(&[
    may("addresses", Form::Any),
    may("attachedListenerSets", Form::Any),
    may("conditions", Form::Any),
    may("listeners", Form::Any),
]);

static SPEC: Object = Object::of(&[
    must("gatewayClassName", Form::Text(&texts::REFERRED)),
    must("listeners", Form::List(&LISTENERS)),
    may("addresses", Form::List(&ADDRESSES)),
    may("allowedListeners", Form::Object(&ALLOWED_LISTENERS)),
    may("infrastructure", Form::Object(&INFRASTRUCTURE)),
    may("tls", Form::Object(&TLS)),
])
.but_not(&["defaultScope"]);

static ADDRESSES: List = List::up_to(16, Form::Object(&ADDRESS)).ruled(addresses);
static ADDRESS: Object = Object::of(&[
    may("type", Form::Text(&texts::ADDRESS_TYPE)),
    may("value", Form::Text(&texts::ADDRESS)),
])
.ruled(address);

fn address(address: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let Some(value) = address.get("value").and_then(Value::as_str) else {
        return;
    };
    match text(address, "type", "IPAddress") {
        "IPAddress" if !texts::is_ip(value) => {
            faults.push(Fault::new(at.key("value"), "it is no IP address"));
        }
        "Hostname" if !(texts::HOSTNAME.fits)(value) => {
            faults.push(Fault::new(at.key("value"), texts::HOSTNAME.why));
        }
        _ => {}
    }
}

/// No IP address and no host name twice.
fn addresses(list: &[Value], at: &At, faults: &mut Vec<Fault>) {
    let named = |value: &Value| {
        let address = value.as_object()?;
        let kind = text(address, "type", "IPAddress").to_owned();
        let value = address.get("value")?.as_str()?.to_owned();
        matches!(kind.as_str(), "IPAddress" | "Hostname").then_some((kind, value))
    };
    for index in repeated(list, named) {
        faults.push(Fault::new(
            at.index(index).key("value"),
            "it stands there twice",
        ));
    }
}

static ALLOWED_LISTENERS: Object =
    Object::of(&[may("namespaces", Form::Object(&LISTENER_NAMESPACES))]);
static LISTENER_NAMESPACES: Object = Object::of(&[
    may("from", Form::Word(&["All", "Selector", "Same", "None"])),
    may("selector", Form::Object(&metadata::SELECTOR)),
]);

static INFRASTRUCTURE: Object = Object::of(&[
    may("labels", Form::Map(&LABELS)),
    may("annotations", Form::Map(&ANNOTATIONS)),
    may("parametersRef", Form::Object(&references::EXTENSION)),
]);
static LABELS: TextMap = TextMap {
    most: 8,
    key: &texts::KEY,
    value: &texts::LABEL_VALUE,
};
static ANNOTATIONS: TextMap = TextMap {
    most: 8,
    key: &texts::KEY,
    value: &texts::UP_TO_4096,
};

static LISTENERS: List = List::up_to(64, Form::Object(&LISTENER))
    .not_empty()
    .unique(Unique::By("name"))
    .ruled(listeners);
static LISTENER: Object = Object::of(&[
    must("name", Form::Text(&texts::SECTION)),
    must("port", Form::Number(&texts::PORT)),
    must("protocol", Form::Text(&texts::PROTOCOL)),
    may("hostname", Form::Text(&texts::HOSTNAME)),
    may("tls", Form::Object(&LISTENER_TLS)),
    may("allowedRoutes", Form::Object(&ALLOWED_ROUTES)),
])
.ruled(listener);

fn listener(listener: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let protocol = text(listener, "protocol", "");
    if matches!(protocol, "TCP" | "UDP") && listener.contains_key("hostname") {
        faults.push(Fault::new(
            at.key("hostname"),
            "TCP and UDP know no host names",
        ));
    }
    let mode = object(listener, "tls").map(|tls| text(tls, "mode", "Terminate"));
    match (protocol, mode) {
        ("HTTP" | "TCP" | "UDP", Some(_)) => {
            faults.push(Fault::new(at.key("tls"), "only HTTPS and TLS have `tls`"));
        }
        ("HTTPS", Some("Passthrough")) => faults.push(Fault::new(
            at.key("tls").key("mode"),
            "HTTPS ends TLS: write Terminate",
        )),
        ("TLS", None) => faults.push(Fault::new(
            at.clone(),
            "`tls` is missing: a listener of TLS says its `mode`",
        )),
        _ => {}
    }
}

/// No two listeners hear the same.
fn listeners(list: &[Value], at: &At, faults: &mut Vec<Fault>) {
    let heard = |value: &Value| {
        let listener = value.as_object()?;
        Some((
            listener.get("port")?.as_u64()?,
            listener.get("protocol")?.as_str()?.to_owned(),
            listener.get("hostname").map(Value::to_string),
        ))
    };
    for index in repeated(list, heard) {
        faults.push(Fault::new(
            at.index(index),
            "another listener has this port, protocol and host name",
        ));
    }
}

static LISTENER_TLS: Object = Object::of(&[
    may("mode", Form::Word(&["Terminate", "Passthrough"])),
    may("certificateRefs", Form::List(&CERTIFICATES)),
    may("options", Form::Map(&OPTIONS)),
])
.ruled(listener_tls);
static CERTIFICATES: List = List::up_to(64, Form::Object(&references::CERTIFICATE));
static OPTIONS: TextMap = TextMap {
    most: 16,
    key: &texts::ANY,
    value: &texts::UP_TO_4096,
};

fn listener_tls(tls: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let has = |field: &str| match tls.get(field) {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        Some(_) => true,
        None => false,
    };
    if text(tls, "mode", "Terminate") == "Terminate" && !has("certificateRefs") && !has("options") {
        faults.push(Fault::new(
            at.clone(),
            "`certificateRefs` is missing: where TLS ends there is a certificate",
        ));
    }
}

static ALLOWED_ROUTES: Object = Object::of(&[
    may("namespaces", Form::Object(&ROUTE_NAMESPACES)),
    may("kinds", Form::List(&ROUTE_KINDS)),
]);
static ROUTE_NAMESPACES: Object = Object::of(&[
    may("from", Form::Word(&["All", "Selector", "Same"])),
    may("selector", Form::Object(&metadata::SELECTOR)),
]);
static ROUTE_KINDS: List = List::up_to(8, Form::Object(&ROUTE_KIND));
static ROUTE_KIND: Object = Object::of(&[
    must("kind", Form::Text(&texts::KIND)),
    may("group", Form::Text(&texts::GROUP)),
]);

static TLS: Object = Object::of(&[
    may("backend", Form::Object(&BACKEND_TLS)),
    may("frontend", Form::Object(&FRONTEND_TLS)),
]);
static BACKEND_TLS: Object = Object::of(&[may(
    "clientCertificateRef",
    Form::Object(&references::CERTIFICATE),
)]);
static FRONTEND_TLS: Object = Object::of(&[
    must("default", Form::Object(&PORT_TLS)),
    may("perPort", Form::List(&PER_PORT)),
]);
static PER_PORT: List = List::up_to(64, Form::Object(&TLS_OF_PORT)).unique(Unique::By("port"));
static TLS_OF_PORT: Object = Object::of(&[
    must("port", Form::Number(&texts::PORT)),
    must("tls", Form::Object(&PORT_TLS)),
]);
static PORT_TLS: Object = Object::of(&[may("validation", Form::Object(&VALIDATION))]);
static VALIDATION: Object = Object::of(&[
    must("caCertificateRefs", Form::List(&AUTHORITIES)),
    may(
        "mode",
        Form::Word(&["AllowValidOnly", "AllowInsecureFallback"]),
    ),
]);
static AUTHORITIES: List = List::up_to(8, Form::Object(&references::AUTHORITY)).not_empty();
