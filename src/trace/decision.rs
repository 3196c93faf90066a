//! What the data plane answers, and why.
//!
//! The types are those of the JSON that `agcgen trace --format json` prints: fields are only ever added.

use std::fmt;

use serde::Serialize;

use super::api::{Header, HeaderModifier};
use super::objects::ObjectName;
use super::route::RouteKind;

/// The answer to a request and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What the client gets.
    pub answer: Answer,
    /// The listener that took the request.
    pub listener: Option<ListenerName>,
    /// The match that won.
    pub route: Option<MatchName>,
    /// The filters that were applied, in order: a sentence each.
    pub filters: Vec<String>,
    /// What nearly won, the nearest first.
    pub losers: Vec<Loser>,
    /// What is uncertain, or not as the Gateway API has it: a sentence each.
    pub notes: Vec<String>,
}

/// What the client gets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The status, where the gateway answers by itself.
    pub status: Option<u16>,
    /// The status of gRPC that a client of a GRPCRoute sees in it.
    pub grpc_status: Option<&'static str>,
    /// Why the gateway answers by itself, or why nobody does.
    pub reason: Option<String>,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The headers of an answer of the gateway.
    pub response_headers: Vec<Header>,
    /// Who answers; nobody where the gateway does.
    pub backends: Vec<Backend>,
    /// Who gets a copy.
    pub mirrors: Vec<Mirror>,
}

/// A share of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backend {
    /// How many of them.
    pub share: Share,
    /// Who gets them; as it is written, where it is refused.
    pub service: ServiceName,
    /// The status, where it is refused.
    pub status: Option<u16>,
    /// The status of gRPC that a client of a GRPCRoute sees in it.
    pub grpc_status: Option<&'static str>,
    /// Why it is refused.
    pub reason: Option<String>,
    /// What the backend sees.
    pub request: Option<SeenRequest>,
    /// What happens to its answer on the way back.
    pub response_headers: HeaderChanges,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// So many.
    pub weight: u64,
    /// Of so many; never 0.
    pub of: u64,
}

/// A port of a Service, or another backend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceName {
    /// Its kind: `Service`, or what stands in its place.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port, where one is named.
    pub port: Option<u16>,
}

/// A request as a backend sees it, but for what every gateway adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenRequest {
    /// Its method.
    pub method: String,
    /// Its host.
    pub host: String,
    /// Its path.
    pub path: String,
    /// Its query.
    pub query: Option<String>,
    /// Its headers but `Host`.
    pub headers: Vec<Header>,
}

/// Changes of the headers of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderChanges {
    /// In the place of what was there.
    pub set: Vec<Header>,
    /// Beside what was there.
    pub add: Vec<Header>,
    /// Taken out.
    pub remove: Vec<String>,
}

impl HeaderChanges {
    /// What comes of these changes and then those of a filter: of one name the last counts, and within a filter the first
    /// (`HTTPHeaderFilter`).
    pub(super) fn then(&mut self, filter: &HeaderModifier) {
        for name in &filter.remove {
            self.forget(name);
            self.remove.push(name.clone());
        }
        for header in first_of_each(&filter.set) {
            self.set(header);
        }
        for header in first_of_each(&filter.add) {
            // Beside nothing, it stands alone.
            if self.remove.iter().any(|name| is(header, name)) {
                self.set(header);
            } else {
                self.add.push(header.clone());
            }
        }
    }

    /// One header in the place of what was there.
    pub(super) fn set(&mut self, header: &Header) {
        self.forget(&header.name);
        self.set.push(header.clone());
    }

    fn forget(&mut self, name: &str) {
        self.set.retain(|one| !is(one, name));
        self.add.retain(|one| !is(one, name));
        self.remove.retain(|one| !one.eq_ignore_ascii_case(name));
    }

    /// Headers after these changes.
    pub(super) fn applied_to(&self, headers: &[Header]) -> Vec<Header> {
        let is_kept = |one: &&Header| {
            let is_set = self.set.iter().any(|set| is(one, &set.name));
            !is_set && !self.remove.iter().any(|name| is(one, name))
        };
        let kept = headers.iter().filter(is_kept);
        kept.chain(&self.set).chain(&self.add).cloned().collect()
    }
}

fn is(header: &Header, name: &str) -> bool {
    header.name.eq_ignore_ascii_case(name)
}

pub(super) fn first_of_each(headers: &[Header]) -> impl Iterator<Item = &Header> {
    headers.iter().enumerate().filter_map(|(at, one)| {
        let is_first = headers[..at].iter().all(|known| !is(known, &one.name));
        is_first.then_some(one)
    })
}

/// Who gets a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mirror {
    /// Who.
    pub service: ServiceName,
    /// Of how many.
    pub share: Share,
}

/// A listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerName {
    /// Its Gateway.
    pub gateway: ObjectName,
    /// Its name.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// Its protocol.
    pub protocol: String,
    /// Its host names; all where it is missing.
    pub hostname: Option<String>,
}

/// A match of a rule of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchName {
    /// The kind of the route.
    pub kind: RouteKind,
    /// The namespace of the route.
    pub namespace: String,
    /// The name of the route.
    pub name: String,
    /// The rule, counted from 0.
    pub rule: usize,
    /// The name of the rule.
    pub rule_name: Option<String>,
    /// The match, counted from 0.
    #[serde(rename = "match")]
    pub match_at: usize,
    /// What it demands, in words.
    pub demands: String,
    /// The host names for which it stands there; all where it is missing.
    pub hostname: Option<String>,
}

impl fmt::Display for MatchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}/{}, rule {}",
            self.kind, self.namespace, self.name, self.rule
        )?;
        match &self.rule_name {
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

/// A match that nearly won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loser {
    /// Which.
    pub route: MatchName,
    /// Why it lost.
    pub reason: String,
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != "Service" {
            write!(f, "{} ", self.kind)?;
        }
        write!(f, "{}/{}", self.namespace, self.name)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl Share {
    /// All of them.
    pub const WHOLE: Self = Self { weight: 1, of: 1 };
}

impl fmt::Display for Share {
    /// `90 %`, or with what is left of it `33.3 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths =
            (u128::from(self.weight) * 1000 + u128::from(self.of) / 2) / u128::from(self.of.max(1));
        // What is not nothing, and not everything, is not called so.
        let is_part = 0 < self.weight && self.weight < self.of;
        match tenths {
            0 if is_part => return f.write_str("less than 0.1 %"),
            1000 if is_part => return f.write_str("more than 99.9 %"),
            _ => {}
        }
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{whole} %"),
            (whole, rest) => write!(f, "{whole}.{rest} %"),
        }
    }
}
