//! A route, ready to be asked: its patterns compiled, HTTPRoute and GRPCRoute in one form.

use std::cmp::Ordering;
use std::fmt;

use super::api::{
    BackendRef, Filter, GrpcMatch, GrpcRouteSpec, HttpMatch, HttpRouteSpec, HttpRule, NamedMatch,
    ParentRef, PathMatch, PathMatchType, TextMatchType, Timeouts,
};
use super::hostname::Hostname;
use super::moment::Moment;
use super::objects::ObjectName;
use super::pattern::Pattern;
use super::request::Request;

/// The kind of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum RouteKind {
    /// Of HTTP requests.
    #[serde(rename = "HTTPRoute")]
    Http,
    /// Of gRPC calls.
    #[serde(rename = "GRPCRoute")]
    Grpc,
}

impl RouteKind {
    /// What a client gets where nothing is behind a rule: 500 (`HTTPRouteRule`, `backendRefs`); of a GRPCRoute `UNAVAILABLE`
    /// (`GRPCRouteRule`, `backendRefs`), which is 503 to whoever knows HTTP alone
    /// (<https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md>, read 2026-11-29).
    pub fn refusal(self) -> (u16, Option<&'static str>) {
        match self {
            Self::Http => (500, None),
            Self::Grpc => (503, Some("UNAVAILABLE")),
        }
    }
}

impl fmt::Display for RouteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "HTTPRoute",
            Self::Grpc => "GRPCRoute",
        })
    }
}

/// An HTTPRoute or a GRPCRoute.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its kind.
    pub kind: RouteKind,
    /// Its name.
    pub name: ObjectName,
    /// When it was made; of a manifest in git, nothing.
    pub created: Option<Moment>,
    /// Where it wants to be attached.
    pub parent_refs: Vec<ParentRef>,
    /// For which hosts; all of the listener where there is none.
    pub hostnames: Vec<Hostname>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// The number of its tree, counted from 0 in the order read.
    pub origin: usize,
}

/// One rule of a route.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: Option<String>,
    /// Any of these; at least one.
    pub matches: Vec<Match>,
    /// What changes on the way.
    pub filters: Vec<Filter>,
    /// Where requests go.
    pub backends: Vec<BackendRef>,
    /// How long an answer may take.
    pub timeouts: Timeouts,
}

/// What a request must be like: all of it.
#[derive(Debug, Clone)]
pub struct Match {
    /// Its path, or what it calls.
    pub target: Target,
    /// Its method.
    pub method: Option<String>,
    /// Its headers, each name once.
    pub headers: Vec<NamedPattern>,
    /// The parameters of its query, each name once.
    pub parameters: Vec<NamedPattern>,
}

/// What a path must be like.
#[derive(Debug, Clone)]
pub enum Target {
    /// This very path.
    Exact(String),
    /// This path and everything below it.
    Prefix {
        /// It has no slash at its end: the root is empty.
        path: String,
        /// Whether it is written with one.
        has_slash: bool,
    },
    /// A path that the pattern is of.
    Regex(Pattern),
    /// A call of gRPC.
    Call {
        /// Of this service.
        service: Option<Pattern>,
        /// This method.
        method: Option<Pattern>,
    },
}

/// A header or a parameter.
#[derive(Debug, Clone)]
pub struct NamedPattern {
    /// Its name; of headers in lower case.
    pub name: String,
    /// Its value.
    pub value: Pattern,
}

/// What a request lacks to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// Another path, which is not near.
    Path,
    /// A path that begins with the same characters, but another segment.
    Segment(String),
    /// A path that differs in capitals or in a slash at its end.
    Spelling,
    /// A prefix is spelled with other capitals.
    Capitals,
    /// A pattern that cannot be read, and why.
    Unread(String),
    /// Another method than this.
    Method(String),
    /// A header.
    Header(String),
    /// A parameter.
    Parameter(String),
    /// No call of gRPC.
    NoCall,
}

impl Route {
    /// An HTTPRoute.
    pub fn http(
        name: ObjectName,
        created: Option<Moment>,
        spec: HttpRouteSpec,
        origin: usize,
    ) -> Self {
        // "rules … default: matches PathPrefix /" is what the API server writes where the field is missing.
        let rules = spec.rules.unwrap_or_else(|| vec![HttpRule::default()]);
        let rules = rules.into_iter().map(|rule| {
            let all = [HttpMatch::default()];
            let matches = if rule.matches.is_empty() {
                &all[..]
            } else {
                &rule.matches
            };
            Rule {
                name: rule.name,
                matches: matches.iter().map(Match::http).collect(),
                filters: rule.filters,
                backends: rule.backend_refs,
                timeouts: rule.timeouts.unwrap_or_default(),
            }
        });
        Self {
            kind: RouteKind::Http,
            name,
            created,
            parent_refs: spec.parent_refs,
            hostnames: hostnames(&spec.hostnames),
            rules: rules.collect(),
            origin,
        }
    }

    /// A GRPCRoute.
    pub fn grpc(
        name: ObjectName,
        created: Option<Moment>,
        spec: GrpcRouteSpec,
        origin: usize,
    ) -> Self {
        let rules = spec.rules.into_iter().map(|rule| {
            let all = [GrpcMatch::default()];
            let matches = if rule.matches.is_empty() {
                &all[..]
            } else {
                &rule.matches
            };
            Rule {
                name: rule.name,
                matches: matches.iter().map(Match::grpc).collect(),
                filters: rule.filters,
                backends: rule.backend_refs,
                timeouts: Timeouts::default(),
            }
        });
        Self {
            kind: RouteKind::Grpc,
            name,
            created,
            parent_refs: spec.parent_refs,
            hostnames: hostnames(&spec.hostnames),
            rules: rules.collect(),
            origin,
        }
    }

    /// What orders routes by age: the oldest first, and last what is not made yet.
    pub(super) fn age(&self) -> (bool, Option<Moment>) {
        (self.created.is_none(), self.created)
    }

    /// Which of two routes that demand the same goes first: the older one, then the first by name.
    pub(super) fn precedence(&self, other: &Self) -> Ordering {
        let by_name = || self.name.alphabetical(&other.name);
        let by_kind = || self.kind.cmp(&other.kind);
        self.age()
            .cmp(&other.age())
            .then_with(by_name)
            .then_with(by_kind)
    }

    /// Kind and name, as messages call it.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

fn hostnames(texts: &[String]) -> Vec<Hostname> {
    texts.iter().map(|text| Hostname::of(Some(text))).collect()
}

impl Match {
    fn http(spec: &HttpMatch) -> Self {
        let target = match &spec.path {
            None => Target::prefix("/"),
            Some(PathMatch { match_type, value }) => match match_type {
                PathMatchType::RegularExpression => Target::Regex(Pattern::regex(value)),
                PathMatchType::Exact => Target::Exact(value.clone()),
                PathMatchType::PathPrefix => Target::prefix(value),
            },
        };
        Self {
            target,
            method: spec.method.clone(),
            headers: named(&spec.headers, str::to_ascii_lowercase),
            parameters: named(&spec.query_params, str::to_owned),
        }
    }

    fn grpc(spec: &GrpcMatch) -> Self {
        let part = |text: &Option<String>, match_type: TextMatchType| {
            text.as_ref()
                .filter(|text| !text.is_empty())
                .map(|text| Pattern::of(match_type, text))
        };
        let (service, method) = spec.method.as_ref().map_or((None, None), |call| {
            (
                part(&call.service, call.match_type),
                part(&call.method, call.match_type),
            )
        });
        Self {
            target: Target::Call { service, method },
            method: None,
            headers: named(&spec.headers, str::to_ascii_lowercase),
            parameters: Vec::new(),
        }
    }

    /// What a request lacks to fit, the greatest thing first; nothing where it fits.
    pub fn miss(&self, request: &Request) -> Option<Miss> {
        self.miss_by(Pattern::takes, request)
    }

    /// Whether a request would fit, if everything were like the patterns that cannot be read.
    pub(super) fn might_take(&self, request: &Request) -> bool {
        let takes =
            |pattern: &Pattern, text: &str| pattern.takes(text) || pattern.fault().is_some();
        self.miss_by(takes, request).is_none()
    }

    fn miss_by(&self, takes: impl Fn(&Pattern, &str) -> bool, request: &Request) -> Option<Miss> {
        if let Some(miss) = self.target.miss_by(&takes, request) {
            return Some(miss);
        }
        if let Some(method) = &self.method
            && *method != request.method
        {
            return Some(Miss::Method(method.clone()));
        }
        for header in &self.headers {
            if !request
                .header(&header.name)
                .is_some_and(|value| takes(&header.value, &value))
            {
                return Some(Miss::Header(header.to_string()));
            }
        }
        for parameter in &self.parameters {
            if !request
                .parameter(&parameter.name)
                .is_some_and(|value| takes(&parameter.value, value))
            {
                return Some(Miss::Parameter(parameter.to_string()));
            }
        }
        None
    }

    /// Every pattern in it.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let target: Vec<&Pattern> = match &self.target {
            Target::Exact(_) | Target::Prefix { .. } => Vec::new(),
            Target::Regex(pattern) => vec![pattern],
            Target::Call { service, method } => service.iter().chain(method).collect(),
        };
        let named = self.headers.iter().chain(&self.parameters);
        target.into_iter().chain(named.map(|one| &one.value))
    }
}

/// "If multiple entries specify equivalent header names, only the first entry with an equivalent name MUST be considered for a
/// match" (`HTTPRouteMatch`, `headers`; the same of query parameters).
fn named(specs: &[NamedMatch], normal: impl Fn(&str) -> String) -> Vec<NamedPattern> {
    let mut patterns: Vec<NamedPattern> = Vec::new();
    for spec in specs {
        let name = normal(&spec.name);
        if patterns.iter().all(|known| known.name != name) {
            let value = Pattern::of(spec.match_type, &spec.value);
            patterns.push(NamedPattern { name, value });
        }
    }
    patterns
}

impl Target {
    /// The prefix that is written so.
    pub(super) fn prefix(written: &str) -> Self {
        Self::Prefix {
            path: written.trim_end_matches('/').to_owned(),
            has_slash: written.ends_with('/'),
        }
    }

    fn miss_by(&self, takes: &impl Fn(&Pattern, &str) -> bool, request: &Request) -> Option<Miss> {
        let path = request.path.as_str();
        let bare = path.trim_end_matches('/');
        let is_spelled = |own: &str| own.trim_end_matches('/').eq_ignore_ascii_case(bare);
        match self {
            Self::Exact(value) if path == value => None,
            Self::Exact(value) if is_spelled(value) => Some(Miss::Spelling),
            Self::Exact(_) => Some(Miss::Path),
            Self::Prefix { path: prefix, .. } => match path.strip_prefix(prefix.as_str()) {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => None,
                Some(_) => Some(Miss::Segment(prefix.clone())),
                None if is_spelled(prefix) => Some(Miss::Capitals),
                None => Some(Miss::Path),
            },
            Self::Regex(pattern) if takes(pattern, path) => None,
            Self::Regex(pattern) => Some(pattern.fault().map_or(Miss::Path, |why| {
                Miss::Unread(format!("{}: {why}", pattern.text()))
            })),
            Self::Call { .. } if !request.is_grpc() => Some(Miss::NoCall),
            Self::Call { service, method } => {
                let (called, name) = path
                    .trim_start_matches('/')
                    .split_once('/')
                    .unwrap_or((path, ""));
                let fits = service
                    .as_ref()
                    .is_none_or(|pattern| takes(pattern, called))
                    && method.as_ref().is_none_or(|pattern| takes(pattern, name));
                (!fits).then_some(Miss::Path)
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(path) => write!(f, "exactly {path}"),
            Self::Prefix { path, has_slash } if *has_slash || path.is_empty() => {
                write!(f, "{path}/ and below")
            }
            Self::Prefix { path, .. } => write!(f, "{path} and below"),
            Self::Regex(pattern) => write!(f, "paths like {}", pattern.text()),
            Self::Call { service, method } => {
                let text = |part: &Option<Pattern>| {
                    part.as_ref()
                        .map_or("*".to_owned(), |one| one.text().to_owned())
                };
                write!(f, "calls of {}/{}", text(service), text(method))
            }
        }
    }
}

impl fmt::Display for NamedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.value.is_regex() { "~" } else { "=" };
        write!(f, "{}{sign}{}", self.name, self.value.text())
    }
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        self.target.fmt(f)?;
        for header in &self.headers {
            write!(f, ", header {header}")?;
        }
        for parameter in &self.parameters {
            write!(f, ", query {parameter}")?;
        }
        Ok(())
    }
}
