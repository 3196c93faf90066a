//! Filters of both kinds of routes.

use serde_json::{Map, Value};

use super::form::{Form, List, Number, Object, Unique, may, must, repeated, text};
use super::{Fault, references, texts};
use crate::catalog::http::REDIRECTS;
use crate::source::At;

/// `type` of a filter, and the field that says what it does.
type Pairs = &'static [(&'static str, &'static str)];

/// `filters` of an HTTPRoute.
pub(super) static HTTP: List = List::up_to(16, Form::Object(&HTTP_FILTER)).ruled(of_http);
static HTTP_FILTER: Object = Object::of(&[
    must(
        "type",
        Form::Word(&[
            "RequestHeaderModifier",
            "ResponseHeaderModifier",
            "RequestMirror",
            "RequestRedirect",
            "URLRewrite",
            "ExtensionRef",
            "CORS",
        ]),
    ),
    may("requestHeaderModifier", Form::Object(&HEADER_MODIFIER)),
    may("responseHeaderModifier", Form::Object(&HEADER_MODIFIER)),
    may("requestMirror", Form::Object(&MIRROR)),
    may("requestRedirect", Form::Object(&REDIRECT)),
    may("urlRewrite", Form::Object(&REWRITE)),
    may("cors", Form::Object(&CORS)),
    may("extensionRef", Form::Object(&references::EXTENSION)),
])
.but_not(&["externalAuth"])
.ruled(|filter, at, faults| type_and_field(filter, HTTP_PAIRS, at, faults));
const HTTP_PAIRS: Pairs = &[
    ("RequestHeaderModifier", "requestHeaderModifier"),
    ("ResponseHeaderModifier", "responseHeaderModifier"),
    ("RequestMirror", "requestMirror"),
    ("RequestRedirect", "requestRedirect"),
    ("URLRewrite", "urlRewrite"),
    ("CORS", "cors"),
    ("ExtensionRef", "extensionRef"),
];

/// `filters` of a GRPCRoute.
pub(super) static GRPC: List = List::up_to(16, Form::Object(&GRPC_FILTER)).ruled(once);
static GRPC_FILTER: Object = Object::of(&[
    must(
        "type",
        Form::Word(&[
            "RequestHeaderModifier",
            "ResponseHeaderModifier",
            "RequestMirror",
            "ExtensionRef",
        ]),
    ),
    may("requestHeaderModifier", Form::Object(&HEADER_MODIFIER)),
    may("responseHeaderModifier", Form::Object(&HEADER_MODIFIER)),
    may("requestMirror", Form::Object(&MIRROR)),
    may("extensionRef", Form::Object(&references::EXTENSION)),
])
.ruled(|filter, at, faults| type_and_field(filter, GRPC_PAIRS, at, faults));
const GRPC_PAIRS: Pairs = &[
    ("RequestHeaderModifier", "requestHeaderModifier"),
    ("ResponseHeaderModifier", "responseHeaderModifier"),
    ("RequestMirror", "requestMirror"),
    ("ExtensionRef", "extensionRef"),
];

/// The type of a filter is there with its field, and with no other.
fn type_and_field(filter: &Map<String, Value>, pairs: Pairs, at: &At, faults: &mut Vec<Fault>) {
    let kind = text(filter, "type", "");
    if pairs.iter().all(|(name, _)| *name != kind) {
        return;
    }
    for &(name, field) in pairs {
        let is_there = filter.contains_key(field);
        if name == kind && !is_there {
            faults.push(Fault::new(
                at.clone(),
                format!("`{field}` is missing: it says what {kind} does"),
            ));
        }
        if name != kind && is_there {
            faults.push(Fault::new(
                at.key(field),
                format!("`{field}` does not go with the type {kind}"),
            ));
        }
    }
}

/// What does a thing to a request does it once.
fn once(filters: &[Value], at: &At, faults: &mut Vec<Fault>) {
    let may_repeat = ["RequestMirror", "ExtensionRef"];
    let kind = |filter: &Value| {
        let kind = filter.get("type")?.as_str()?;
        (!may_repeat.contains(&kind)).then(|| kind.to_owned())
    };
    for index in repeated(filters, kind) {
        faults.push(Fault::new(
            at.index(index).key("type"),
            "another of the filters has this type",
        ));
    }
}

fn of_http(filters: &[Value], at: &At, faults: &mut Vec<Fault>) {
    once(filters, at, faults);
    let is = |filter: &Value, kind: &str| filter.get("type").is_some_and(|name| name == kind);
    if filters.iter().any(|filter| is(filter, "RequestRedirect")) {
        for (index, _) in filters
            .iter()
            .enumerate()
            .filter(|(_, filter)| is(filter, "URLRewrite"))
        {
            faults.push(Fault::new(
                at.index(index).key("type"),
                "a rule redirects or rewrites, not both",
            ));
        }
    }
}

static HEADER_MODIFIER: Object = Object::of(&[
    may("set", Form::List(&HEADERS)),
    may("add", Form::List(&HEADERS)),
    may("remove", Form::List(&REMOVED)),
]);
static HEADERS: List = List::up_to(16, Form::Object(&HEADER)).unique(Unique::By("name"));
static HEADER: Object = Object::of(&[
    must("name", Form::Text(&texts::HEADER)),
    must("value", Form::Text(&texts::HEADER_VALUE)),
]);
static REMOVED: List = List::up_to(16, Form::Text(&texts::ANY)).unique(Unique::Item);

static MIRROR: Object = Object::of(&[
    must("backendRef", Form::Object(&references::PLAIN_BACKEND)),
    may("percent", Form::Number(&PERCENT)),
    may("fraction", Form::Object(&FRACTION)),
])
.ruled(|mirror, at, faults| {
    if mirror.contains_key("percent") && mirror.contains_key("fraction") {
        faults.push(Fault::new(
            at.key("fraction"),
            "`percent` and `fraction` say the same: leave one out",
        ));
    }
});
static PERCENT: Number = Number {
    least: 0,
    most: 100,
    what: "a percentage is a whole number from 0 to 100",
};
static FRACTION: Object = Object::of(&[
    must("numerator", Form::Number(&NUMERATOR)),
    may("denominator", Form::Number(&DENOMINATOR)),
])
.ruled(|fraction, at, faults| {
    let of = |field: &str, default: Option<i64>| match fraction.get(field) {
        Some(value) => value.as_i64(),
        None => default,
    };
    if let (Some(numerator), Some(denominator)) =
        (of("numerator", None), of("denominator", Some(100)))
        && denominator > 0
        && numerator > denominator
    {
        faults.push(Fault::new(
            at.key("numerator"),
            format!(
                "it is more than the denominator, {denominator}: a mirror gets no more than all"
            ),
        ));
    }
});
static NUMERATOR: Number = Number {
    least: 0,
    most: i32::MAX as i64,
    what: "a numerator is a whole number from 0",
};
static DENOMINATOR: Number = Number {
    least: 1,
    most: i32::MAX as i64,
    what: "a denominator is a whole number from 1",
};

static REDIRECT: Object = Object::of(&[
    may("scheme", Form::Word(&["http", "https"])),
    may("hostname", Form::Text(&texts::PRECISE_HOSTNAME)),
    may("path", Form::Object(&PATH_MODIFIER)),
    may("port", Form::Number(&texts::PORT)),
    may("statusCode", Form::OneOf(REDIRECTS)),
]);
static REWRITE: Object = Object::of(&[
    may("hostname", Form::Text(&texts::PRECISE_HOSTNAME)),
    may("path", Form::Object(&PATH_MODIFIER)),
]);
static PATH_MODIFIER: Object = Object::of(&[
    must(
        "type",
        Form::Word(&["ReplaceFullPath", "ReplacePrefixMatch"]),
    ),
    may("replaceFullPath", Form::Text(&texts::UP_TO_1024)),
    may("replacePrefixMatch", Form::Text(&texts::UP_TO_1024)),
])
.ruled(path_modifier);

fn path_modifier(path: &Map<String, Value>, at: &At, faults: &mut Vec<Fault>) {
    let pairs: Pairs = &[
        ("ReplaceFullPath", "replaceFullPath"),
        ("ReplacePrefixMatch", "replacePrefixMatch"),
    ];
    type_and_field(path, pairs, at, faults);
}

static CORS: Object = Object::of(&[
    may("allowOrigins", Form::List(&ORIGINS)),
    may("allowCredentials", Form::Flag),
    may("allowMethods", Form::List(&METHODS)),
    may("allowHeaders", Form::List(&ALLOWED_HEADERS)),
    may("exposeHeaders", Form::List(&EXPOSED_HEADERS)),
    may("maxAge", Form::Number(&MAX_AGE)),
]);
static ORIGINS: List = List::up_to(64, Form::Text(&texts::ORIGIN))
    .unique(Unique::Item)
    .ruled(star_alone);
static METHODS: List = List::up_to(
    9,
    Form::Word(&[
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*",
    ]),
)
.unique(Unique::Item)
.ruled(star_alone);
static ALLOWED_HEADERS: List = List::up_to(64, Form::Text(&texts::HEADER))
    .unique(Unique::Item)
    .ruled(star_alone);
static EXPOSED_HEADERS: List = List::up_to(64, Form::Text(&texts::HEADER)).unique(Unique::Item);
static MAX_AGE: Number = Number {
    least: 1,
    most: i32::MAX as i64,
    what: "a browser remembers for a whole number of seconds, at least 1",
};

/// `*` takes all, so nothing stands beside it.
fn star_alone(list: &[Value], at: &At, faults: &mut Vec<Fault>) {
    if list.len() > 1
        && let Some(index) = list.iter().position(|item| item == "*")
    {
        faults.push(Fault::new(
            at.index(index),
            "`*` takes all: write it alone, or leave it out",
        ));
    }
}
