//! Kinds of Kubernetes itself, as far as they take part: their names, and the ports of a Service.

use super::form::{Form, List, Object, TextMap, may, must};
use super::{metadata, texts};

pub(super) static SERVICE: Object = Object::of(&[
    must("metadata", metadata::OF_SERVICE),
    must("spec", Form::Object(&SERVICE_SPEC)),
])
.open();
static SERVICE_SPEC: Object = Object::of(&[may("ports", Form::List(&PORTS))]).open();
static PORTS: List = List::up_to(usize::MAX, Form::Object(&PORT));
static PORT: Object = Object::of(&[must("port", Form::Number(&texts::PORT))]).open();

pub(super) static SECRET: Object = Object::of(&[
    must("metadata", metadata::METADATA),
    may("data", Form::Map(&DATA)),
])
.open();
static DATA: TextMap = TextMap {
    most: usize::MAX,
    key: &texts::ANY,
    value: &texts::ANY,
};

pub(super) static NAMESPACE: Object =
    Object::of(&[must("metadata", metadata::OF_NAMESPACE)]).open();
