//! What every object has: `apiVersion`, `kind`, `metadata`, and the conditions of a status.

use super::form::{Form, List, Number, Object, Text, TextMap, may, must};
use super::texts;

/// The head of an object whose kind is not known yet. A name is text; more is known when the kind is.
pub(super) static HEAD: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    may("metadata", Form::Object(&NAMED)),
])
.open();

static NAMED: Object = Object::of(&[may("name", Form::Text(&texts::ANY))]).open();

/// `metadata` of an object whose name is a DNS subdomain, as those of custom resources are.
pub(super) const METADATA: Form = Form::Object(&WITH_SUBDOMAIN);
static WITH_SUBDOMAIN: Object = Object::of(&fields(&texts::OBJECT_NAME));
/// `metadata` of a Service.
pub(super) const OF_SERVICE: Form = Form::Object(&WITH_SERVICE_NAME);
static WITH_SERVICE_NAME: Object = Object::of(&fields(&texts::SERVICE));
/// `metadata` of a Namespace.
pub(super) const OF_NAMESPACE: Form = Form::Object(&WITH_LABEL);
static WITH_LABEL: Object = Object::of(&fields(&texts::NAMESPACE));

/// The fields of `ObjectMeta` (Kubernetes API reference, v1.35).
const fn fields(name: &'static Text) -> [super::form::Field; 15] {
    [
        must("name", Form::Text(name)),
        may("namespace", Form::Text(&texts::NAMESPACE)),
        may("labels", Form::Map(&LABELS)),
        may("annotations", Form::Map(&ANNOTATIONS)),
        may("creationTimestamp", Form::Text(&texts::MOMENT)),
        may("deletionTimestamp", Form::Text(&texts::MOMENT)),
        may("deletionGracePeriodSeconds", Form::Number(&ANY_NUMBER)),
        may("finalizers", Form::List(&FINALIZERS)),
        may("generateName", Form::Text(&texts::ANY)),
        may("generation", Form::Number(&ANY_NUMBER)),
        may("managedFields", Form::Any),
        may("ownerReferences", Form::List(&OWNERS)),
        may("resourceVersion", Form::Text(&texts::ANY)),
        may("selfLink", Form::Text(&texts::ANY)),
        may("uid", Form::Text(&texts::ANY)),
    ]
}

static ANY_NUMBER: Number = Number {
    least: i64::MIN,
    most: i64::MAX,
    what: "write a whole number",
};
static FINALIZERS: List = List::up_to(usize::MAX, Form::Text(&texts::ANY));
static OWNERS: List = List::up_to(usize::MAX, Form::Object(&OWNER));
static OWNER: Object = Object::of(&[
    must("apiVersion", Form::Text(&texts::SOME)),
    must("kind", Form::Text(&texts::SOME)),
    must("name", Form::Text(&texts::SOME)),
    must("uid", Form::Text(&texts::SOME)),
    may("controller", Form::Flag),
    may("blockOwnerDeletion", Form::Flag),
]);

/// Labels, or those that a Service chooses pods by.
pub(super) static LABELS: TextMap = TextMap {
    most: usize::MAX,
    key: &texts::KEY,
    value: &texts::LABEL_VALUE,
};
static ANNOTATIONS: TextMap = TextMap {
    most: usize::MAX,
    key: &texts::ANNOTATION_KEY,
    value: &texts::ANY,
};

/// The labels that something is chosen by.
pub(super) static SELECTOR: Object = Object::of(&[
    may("matchLabels", Form::Map(&ANY_MAP)),
    may("matchExpressions", Form::List(&EXPRESSIONS)),
]);
static ANY_MAP: TextMap = TextMap {
    most: usize::MAX,
    key: &texts::ANY,
    value: &texts::ANY,
};
static EXPRESSIONS: List = List::up_to(usize::MAX, Form::Object(&EXPRESSION));
static EXPRESSION: Object = Object::of(&[
    must("key", Form::Text(&texts::ANY)),
    must("operator", Form::Text(&texts::ANY)),
    may("values", Form::List(&VALUES)),
]);
static VALUES: List = List::up_to(usize::MAX, Form::Text(&texts::ANY));
