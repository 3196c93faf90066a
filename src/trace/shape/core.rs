//! Kinds of Kubernetes itself: a Service with what is routed to it, Secrets and Namespaces. Fields that have nothing to do with
//! requests are known by name alone (Kubernetes API reference, v1.37; what the server says of them was asked of 1.37.2,
//! 2026-11-29).

use serde_json::{Map, Value};

use super::form::{Form, List, Object, TextMap, Unique, items, may, must, repeated, text};
use super::{Fault, metadata, texts};
use crate::source::At;

pub(super) static SERVICE: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("metadata", metadata::OF_SERVICE),
    must("spec", Form::Object(&SERVICE_SPEC)),
    may("status", Form::Any),
]);
static SERVICE_SPEC: Object = Object::of(&[
    may("allocateLoadBalancerNodePorts", Form::Any),
    may("clusterIP", Form::Any),
    may("clusterIPs", Form::Any),
    may("externalIPs", Form::Any),
    may("externalName", Form::Text(&texts::ANY)),
    may("externalTrafficPolicy", Form::Any),
    may("healthCheckNodePort", Form::Any),
    may("internalTrafficPolicy", Form::Any),
    may("ipFamilies", Form::Any),
    may("ipFamilyPolicy", Form::Any),
    may("loadBalancerClass", Form::Any),
    may("loadBalancerIP", Form::Any),
    may("loadBalancerSourceRanges", Form::Any),
    may("ports", Form::List(&PORTS)),
    may("publishNotReadyAddresses", Form::Any),
    may("selector", Form::Map(&metadata::LABELS)),
    may("sessionAffinity", Form::Any),
    may("sessionAffinityConfig", Form::Any),
    may("trafficDistribution", Form::Any),
    may("type", Form::Text(&texts::SERVICE_TYPE)),
])
.ruled(service);

fn service(service: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    if text(service, "type", "ClusterIP") == "ExternalName" {
        if text(service, "externalName", "").is_empty() {
            faults.push(Fault::new(
                at.clone(),
                "`externalName` is missing: the host that the Service stands for",
            ));
        }
    } else if items(service, "ports").is_empty() && text(service, "clusterIP", "") != "None" {
        faults.push(Fault::new(
            at.clone(),
            "`ports` is missing: only a Service with `clusterIP: None` has none",
        ));
    }
}

static PORTS: List = List::up_to(usize::MAX, Form::Object(&PORT))
    .unique(Unique::By("name"))
    .ruled(ports);
static PORT: Object = Object::of(&[
    may("appProtocol", Form::Text(&texts::KEY)),
    may("name", Form::Text(&texts::SERVICE_PORT)),
    may("nodePort", Form::Any),
    must("port", Form::Number(&texts::PORT)),
    may("protocol", Form::Text(&texts::PORT_PROTOCOL)),
    may("targetPort", Form::Any),
])
.ruled(port);

/// A number, or the name of a port of the container. 0 is none.
fn port(port: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let fits = match port.get("targetPort") {
        None => true,
        Some(Value::String(name)) => texts::IS_CONTAINER_PORT(name),
        Some(number) => number.as_u64().is_some_and(|number| number <= 65_535),
    };
    if !fits {
        faults.push(Fault::new(
            at.key("targetPort"),
            "write the number of a port, without quotes, or the name of one: up to 15 lower case letters, digits and `-`, and at \
             least one letter",
        ));
    }
}

/// Several ports have names, and each is open once.
fn ports(list: &[Value], at: &At, faults: &mut Vec<Fault>) {
    let has_name = |port: &Value| port.get("name").is_some_and(|name| name != "");
    for (index, port) in list.iter().enumerate() {
        if list.len() > 1 && !has_name(port) {
            faults.push(Fault::new(
                at.index(index),
                "`name` is missing: of several ports each has one",
            ));
        }
    }
    let opened = |port: &Value| {
        let port = port.as_object()?;
        let protocol = match text(port, "protocol", "") {
            "" => "TCP",
            protocol => protocol,
        };
        Some((port.get("port")?.as_u64()?, protocol.to_owned()))
    };
    for index in repeated(list, opened) {
        faults.push(Fault::new(
            at.index(index).key("port"),
            "it stands there twice with one protocol",
        ));
    }
}

/// What lies in git is often encrypted, or to be filled in: so no value is judged, and there may be fields of whoever does that.
pub(super) static SECRET: Object = Object::of(&[
    must("metadata", metadata::METADATA),
    may("data", Form::Map(&DATA)),
    may("immutable", Form::Flag),
    may("stringData", Form::Map(&DATA)),
    may("type", Form::Text(&texts::ANY)),
])
.open();
static DATA: TextMap = TextMap {
    most: usize::MAX,
    key: &texts::SECRET_KEY,
    value: &texts::ANY,
};

pub(super) static NAMESPACE: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("metadata", metadata::OF_NAMESPACE),
    may("spec", Form::Object(&NAMESPACE_SPEC)),
    may("status", Form::Any),
]);
static NAMESPACE_SPEC: Object = Object::of(&[may("finalizers", Form::Any)]);
