//! Texts of the Gateway API: names, host names, header names, …, each with its pattern and its length.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

use super::form::{Form, Number, Text};
use crate::catalog::http::HEADER_MOST;
use crate::trace::moment::Moment;

#[allow(
    clippy::expect_used,
    reason = "the patterns are constants, and tests use each"
)]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// A function that says whether a text has a pattern.
macro_rules! pattern {
    ($pattern:expr) => {{
        static PATTERN: LazyLock<Regex> = LazyLock::new(|| compiled($pattern));
        |text: &str| PATTERN.is_match(text)
    }};
}

/// Any text; Kubernetes has no limit of its own.
pub(super) static ANY: Text = Text::up_to(usize::MAX);
/// Any text that is not empty.
pub(super) static SOME: Text = Text::up_to(usize::MAX).not_empty();

/// The name of an object that something refers to.
pub(super) static REFERRED: Text = Text::up_to(253).not_empty();
/// The name of an object (Kubernetes: a DNS subdomain).
pub(super) static OBJECT_NAME: Text = SUBDOMAIN;
/// The name of a listener, of a rule, or of a section.
pub(super) static SECTION: Text = SUBDOMAIN;
const SUBDOMAIN: Text = Text::up_to(253).not_empty().like(
    pattern!(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    "a name is of lower case letters, digits, `-` and `.`, and begins and ends with a letter or a digit",
);
/// How a label of a host name is written (RFC 1123).
const IS_LABEL: fn(&str) -> bool = pattern!(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
/// The name of a namespace.
pub(super) static NAMESPACE: Text = Text::up_to(63).not_empty().like(
    IS_LABEL,
    "the name of a namespace is of lower case letters, digits and `-`, and begins and ends with a letter or a digit",
);
/// The name of a Service. Until Kubernetes 1.35 it had to begin with a letter (KEP-5311, read on 2026-11-29).
pub(super) static SERVICE: Text = Text::up_to(63).not_empty().like(
    IS_LABEL,
    "the name of a Service is of lower case letters, digits and `-`, and begins and ends with a letter or a digit",
);
/// What sort of Service it is; empty is the default.
pub(super) static SERVICE_TYPE: Text = Text::up_to(usize::MAX).like(
    |word| {
        matches!(
            word,
            "" | "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName"
        )
    },
    "write one of ClusterIP, NodePort, LoadBalancer, ExternalName",
);
/// The protocol of a Service's port; empty is TCP.
pub(super) static PORT_PROTOCOL: Text = Text::up_to(usize::MAX).like(
    |word| matches!(word, "" | "TCP" | "UDP" | "SCTP"),
    "write one of TCP, UDP, SCTP",
);
/// The name of a Service's port.
pub(super) static SERVICE_PORT: Text = Text::up_to(63).like(
    |name| name.is_empty() || IS_LABEL(name),
    "the name of a port is of lower case letters, digits and `-`, and begins and ends with a letter or a digit",
);
/// The name of a container's port (IANA's service names, RFC 6335 section 5.1).
pub(super) static IS_CONTAINER_PORT: fn(&str) -> bool = |name| {
    name.len() <= 15
        && name.contains(|c: char| c.is_ascii_lowercase())
        && name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'))
        })
};
/// The key of a Secret.
pub(super) static SECRET_KEY: Text = Text::up_to(253).not_empty().like(
    pattern!(r"^[-._a-zA-Z0-9]+$"),
    "a key is of letters, digits, `-`, `_` and `.`",
);
/// The group of a kind; empty for the core group.
pub(super) static GROUP: Text = Text::up_to(253).like(
    pattern!(r"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    "it is no group: write one such as gateway.networking.k8s.io, without a version, or \"\" for the core group",
);
/// A kind.
pub(super) static KIND: Text = Text::up_to(63).not_empty().like(
    pattern!(r"^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$"),
    "a kind is of letters, digits and `-`, and begins with a letter",
);
/// A host name, or a wildcard.
pub(super) static HOSTNAME: Text = Text::up_to(253).not_empty().like(
    pattern!(r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    "it is no host name: lower case, no port, `*.` only in front",
);
/// A host name that is no wildcard.
pub(super) static PRECISE_HOSTNAME: Text = Text::up_to(253).not_empty().like(
    pattern!(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
    "it is no single host name: lower case, no port, no `*`",
);
/// The name of a header; parameters of a query share its pattern.
pub(super) static HEADER: Text = Text::up_to(HEADER_MOST.0).not_empty().like(
    pattern!(r"^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$"),
    "it is no name of a header or a parameter: letters, digits and !#$%&'*+-.^_`|~",
);
/// The value of a header.
pub(super) static HEADER_VALUE: Text = Text::up_to(HEADER_MOST.1).not_empty();
/// The value of a parameter of the query.
pub(super) static PARAMETER_VALUE: Text = Text::up_to(1024).not_empty();
/// A path, or a service or method of gRPC; its rule says how it is written.
pub(super) static UP_TO_1024: Text = Text::up_to(1024);
/// An option of TLS or the value of an annotation.
pub(super) static UP_TO_4096: Text = Text::up_to(4096);
/// The protocol of a listener. The second half of the pattern has no anchor in front, as upstream has it.
pub(super) static PROTOCOL: Text = Text::up_to(255).not_empty().like(
    pattern!(
        r"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$"
    ),
    "it is no protocol: write HTTP, HTTPS, TLS, TCP or UDP",
);
/// The type of an address. No alternative of the pattern but the first and the last has an anchor, as upstream has it.
pub(super) static ADDRESS_TYPE: Text = Text::up_to(253).not_empty().like(
    pattern!(
        r"^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$"
    ),
    "it is no type of an address: write IPAddress or Hostname",
);
/// An address.
pub(super) static ADDRESS: Text = Text::up_to(253);
/// A duration, of at most four parts.
pub(super) static DURATION: Text = Text::up_to(usize::MAX).like(
    pattern!(r"^([0-9]{1,5}(h|m|s|ms)){1,4}$"),
    "it is no duration: write one such as 10s, 500ms or 1m30s",
);
/// A site that CORS names.
pub(super) static ORIGIN: Text = Text::up_to(253).not_empty().like(
    pattern!(
        r"(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)"
    ),
    "it is no origin: write one such as https://shop.example.com, without a path, or `*`",
);
/// The key of a label or of an annotation. Its prefix has a length of its own.
pub(super) static KEY: Text = Text::up_to(usize::MAX).not_empty().like(
    is_key,
    "it is no key: a name of up to 63 letters, digits, `-`, `_` and `.`, perhaps with a domain and `/` in front",
);
/// The key of an annotation: in any case.
pub(super) static ANNOTATION_KEY: Text = Text::up_to(usize::MAX).not_empty().like(
    |key| is_key(&key.to_ascii_lowercase()),
    "it is no key: a name of up to 63 letters, digits, `-`, `_` and `.`, perhaps with a domain and `/` in front",
);
/// The value of a label.
pub(super) static LABEL_VALUE: Text = Text::up_to(63).like(
    pattern!(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"),
    "it is no value of a label: letters, digits, `-`, `_` and `.`, and a letter or a digit at both ends",
);
/// A moment.
pub(super) static MOMENT: Text = Text::up_to(usize::MAX).like(
    |text| Moment::read(text).is_some(),
    "it is no date-time of RFC 3339: write one such as 2026-11-28T12:00:00Z",
);
/// The service of a gRPC call.
pub(super) static IS_SERVICE: fn(&str) -> bool =
    pattern!(r"^(?i)\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$");
/// The method of a gRPC call.
pub(super) static IS_METHOD: fn(&str) -> bool = pattern!(r"^[A-Za-z_][A-Za-z_0-9]*$");
/// What a path is made of.
pub(super) static IS_PATH: fn(&str) -> bool =
    pattern!(r"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$");

/// A port.
pub(super) static PORT: Number = Number {
    least: 1,
    most: 65_535,
    what: "a port is 1 to 65535",
};

/// The words of `type` where a text is compared.
pub(super) const TEXT_MATCHES: Form = Form::Word(&["Exact", "RegularExpression"]);

fn is_key(key: &str) -> bool {
    let is = pattern!(
        r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$"
    );
    is(key)
        && key
            .split_once('/')
            .is_none_or(|(prefix, _)| prefix.len() < 253)
}

/// Whether a text is an IP address as Kubernetes reads them: zeros in front of a number are none.
pub(super) fn is_ip(text: &str) -> bool {
    let plain: Vec<&str> = text
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            rest => rest,
        })
        .collect();
    text.parse::<IpAddr>().is_ok() || plain.join(".").parse::<std::net::Ipv4Addr>().is_ok()
}
