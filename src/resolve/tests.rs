//! Tests: requests taken apart, and what is expected of them bound to workloads and routes.
//!
//! What cannot be sent, names something unknown, or could never pass or never fail is refused here. Whether a test passes is for
//! whoever runs it.

use super::Resolver;
use crate::catalog::http::{GRPC_HEADERS, HEADER_MOST, METHODS, REDIRECTS};
use crate::diagnostic::{Code, listed, quoted};
use crate::model::{
    Backend, Expected, ExpectedBackends, Gateway, Request, RequestTest, Share, Workload,
};
use crate::source::{At, looks_like_credential};
use crate::spec;
use crate::url::{Problem, Url, check_target, host_name, own_port};

/// What a request begins with where it is one of gRPC.
const GRPC: &str = "GRPC";

impl Resolver<'_> {
    pub(super) fn tests(&mut self, gateway: &Gateway, workloads: &[Workload]) -> Vec<RequestTest> {
        let spec = self.spec;
        let tests = spec.tests.0.iter();
        tests
            .filter_map(|(title, test)| {
                let at = At::root().key("tests").key(title);
                self.check_title(&at, title);
                self.check_contradictions(&at, test);
                let request = self.request(&at, test, gateway);
                let expected = self.expected(&at, test, request.as_ref(), workloads);
                Some(RequestTest {
                    origin: self.origin(&at),
                    title: title.clone(),
                    request: request?,
                    expected: expected?,
                })
            })
            .collect()
    }

    /// A title stands on one line, in a terminal and in the files of build servers.
    fn check_title(&mut self, at: &At, title: &str) {
        if let Some(kind) = looks_like_credential(title) {
            let span = self.key_span(at);
            self.found.hide(span);
            self.report_key(Code::AGC0405, at, format!("this title looks like {kind}"))
                .label("not shown")
                .help("say what the test shows; treat it as leaked if it was committed");
        }
        let is_line_end = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let label = if title.contains(is_line_end) {
            "holds a tab or the end of a line"
        } else if title.trim().is_empty() {
            "blank"
        } else {
            return;
        };
        self.report_key(
            Code::AGC0101,
            at,
            format!("{} cannot be the title of a test", quoted(title)),
        )
        .label(label)
        .help("say on one line what the test shows, such as `the front page`");
    }

    /// What can never be true together, and what is always true.
    fn check_contradictions(&mut self, at: &At, test: &spec::RequestTest) {
        let written = |keys: [(&'static str, bool); 3]| {
            keys.into_iter()
                .find_map(|(key, is_written)| is_written.then_some(key))
        };
        let of_backend = written([
            ("backend", test.backend.is_some()),
            ("path", test.path.is_some()),
            ("requestHeaders", !test.request_headers.0.is_empty()),
        ]);
        let of_gateway = written([
            ("status", test.status.is_some()),
            ("location", test.location.is_some()),
            ("", false),
        ]);
        match (of_backend, of_gateway) {
            (Some(backend), Some(gateway)) => {
                let related = self.key_span(&at.key(backend));
                self.report_key(
                    Code::AGC0209,
                    &at.key(gateway),
                    format!("`{gateway}` and `{backend}` cannot both be true"),
                )
                .label("what the gateway answers by itself")
                .related(related, "what reaches a backend")
                .help("remove one of the two; what status a backend answers with, only the backend knows");
            }
            (None, None) if test.route.is_none() && test.response_headers.0.is_empty() => {
                self.report_key(
                    Code::AGC0209,
                    at,
                    "the test expects nothing, so it cannot fail",
                )
                .label("only a request")
                .help("say what has to become of it, for instance `backend: web`");
            }
            _ => {}
        }
        let status = test.status.filter(|_| test.location.is_some());
        if let Some(status) = status.filter(|status| !REDIRECTS.contains(status)) {
            let related = self.key_span(&at.key("location"));
            self.report(
                Code::AGC0209,
                &at.key("status"),
                format!("an answer of {status} leads nowhere"),
            )
            .label("no redirect")
            .related(related, "where it leads")
            .help(format!(
                "write one of {}, or remove `location`",
                listed(REDIRECTS.iter().map(u16::to_string))
            ));
        }
    }

    /// What is asked. `None` where it was refused.
    fn request(&mut self, at: &At, test: &spec::RequestTest, gateway: &Gateway) -> Option<Request> {
        let frontend = self.frontend(at, test, gateway);
        let headers = self.headers(&at.key("headers"), &test.headers, Code::AGC0208);
        let host = match &test.host {
            Some(host) => self.host(&at.key("host"), host).map(Some),
            None => Some(None),
        };
        let here = at.key("request");
        let asked = self.asked(&here, &test.request);
        let (frontend_name, gateway) = frontend?;
        let (mut headers, host, asked) = (headers?, host?, asked?);
        let has_certificate = test.client_certificate == Some(true);
        let of_frontend = host.is_none() && matches!(asked.of, Of::Target(_));
        let url = match asked.of {
            Of::Url(url) => {
                let beside = [
                    ("host", test.host.is_some()),
                    ("scheme", test.scheme.is_some()),
                ];
                for (key, _) in beside.into_iter().filter(|(_, is_written)| *is_written) {
                    let related = self.value_span(&here);
                    self.report_key(
                        Code::AGC0208,
                        &at.key(key),
                        format!("`{key}` stands beside a whole URL"),
                    )
                    .label("said twice")
                    .related(related, "the URL")
                    .help(format!(
                        "remove `{key}`, or write the path alone in `request`"
                    ));
                }
                url
            }
            Of::Target(target) => {
                let is_secure = test
                    .scheme
                    .map_or(has_certificate, |scheme| scheme == spec::Scheme::Https);
                let scheme = if is_secure { "https" } else { "http" };
                Url {
                    scheme,
                    // The address of a frontend is Azure's choice, and a listener without a host name takes every one.
                    host: host.unwrap_or_else(|| format!("{frontend_name}.example")),
                    port: own_port(scheme),
                    target,
                }
            }
        };
        if has_certificate && url.scheme == "http" {
            self.report_key(
                Code::AGC0208,
                &at.key("clientCertificate"),
                "a client shows its certificate over TLS alone",
            )
            .label("the request goes by `http`")
            .help("ask by `https`, or remove `clientCertificate`");
            return None;
        }
        if asked.is_grpc {
            for (name, value) in GRPC_HEADERS {
                if !headers
                    .iter()
                    .any(|(other, _)| other.eq_ignore_ascii_case(name))
                {
                    headers.push(((*name).to_owned(), (*value).to_owned()));
                }
            }
        }
        Some(Request {
            gateway,
            method: asked.method,
            url,
            of_frontend,
            headers,
            client_certificate: has_certificate,
        })
    }

    /// The frontend that is asked, and its Gateway.
    fn frontend(
        &mut self,
        at: &At,
        test: &spec::RequestTest,
        gateway: &Gateway,
    ) -> Option<(String, String)> {
        let Some(name) = &test.frontend else {
            let first = gateway.frontends.first()?;
            return Some((first.name.clone(), first.gateway.clone()));
        };
        let known = || gateway.frontends.iter();
        if let Some(frontend) = known().find(|frontend| frontend.name == *name) {
            return Some((frontend.name.clone(), frontend.gateway.clone()));
        }
        let names: Vec<&str> = known().map(|frontend| frontend.name.as_str()).collect();
        self.unknown(&at.key("frontend"), "frontend", name, &names, "there is");
        None
    }

    /// A host name of a request. A word without a dot is kept for the hosts that a later version declares.
    fn host(&mut self, at: &At, text: &str) -> Option<String> {
        match host_name(text) {
            Ok(host) if host.contains('.') => Some(host),
            Ok(host) => {
                self.report(
                    Code::AGC0016,
                    at,
                    "names of hosts are not in this version of agcgen",
                )
                .label("a name, and no host is declared")
                .help(format!(
                    "write the whole host name, such as `{host}.example.com`"
                ));
                None
            }
            Err(problem) => {
                self.report(
                    Code::AGC0208,
                    at,
                    format!("no request goes to the host {}", quoted(text)),
                )
                .label(problem)
                .help("write a host name, such as `shop.example.com`");
                None
            }
        }
    }

    /// Takes the text of a request apart.
    fn asked(&mut self, at: &At, text: &str) -> Option<Asked> {
        self.no_credential(at, text);
        let (method, rest) = text.split_once(' ').unwrap_or(("", text));
        let problem: Problem =
            if method.is_empty() && (rest.starts_with('/') || rest.contains("://")) {
                return self.cannot_ask(
                    at,
                    "no method",
                    "write the method before it, such as `GET /`",
                );
            } else if method.is_empty() {
                "not a method and a path".into()
            } else if method == GRPC {
                if let Some(target) = grpc_target(rest) {
                    return Some(Asked {
                        method: "POST".to_owned(),
                        is_grpc: true,
                        of: Of::Target(target),
                    });
                }
                return self.cannot_ask(
                    at,
                    "not a service and a method of gRPC",
                    "write for instance `GRPC shop.v1.Orders/List`",
                );
            } else if !METHODS.contains(&method) {
                let methods = METHODS.iter().chain(&[GRPC]).copied();
                let help = match crate::diagnostic::nearest(method, methods.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of {}", listed(methods)),
                };
                return self.cannot_ask(at, "an unknown method", &help);
            } else if rest.starts_with('/') {
                match check_target(rest) {
                    Ok(()) => return Some(Asked::new(method, Of::Target(rest.to_owned()))),
                    Err(problem) => problem,
                }
            } else if rest.contains("://") {
                match url_of(rest) {
                    Ok(url) => return Some(Asked::new(method, Of::Url(url))),
                    Err(problem) => problem,
                }
            } else {
                "neither a path nor a URL behind the method".into()
            };
        self.cannot_ask(
            at,
            &problem,
            "write for instance `GET /orders` or `GET https://shop.example.com/orders`",
        )
    }

    /// Refuses a request. What follows `?` may be a token, and what precedes `@` a password: then it is not shown.
    fn cannot_ask<T>(&mut self, at: &At, label: &str, help: &str) -> Option<T> {
        let span = self.value_span(at);
        let (value, _) = self.tree.follow(at.steps());
        let text = value.text().unwrap_or_default();
        let shown = if text.contains(['?', '@']) {
            self.found.hide(span);
            "this request".to_owned()
        } else {
            format!("the request {}", quoted(text))
        };
        self.found
            .report(Code::AGC0208, span, format!("{shown} cannot be sent"))
            .label(label)
            .help(help);
        None
    }

    /// Headers as a client or a gateway can send them. `None` where one was refused, under that code.
    fn headers(
        &mut self,
        at: &At,
        headers: &spec::Headers,
        code: Code,
    ) -> Option<Vec<(String, String)>> {
        let mut taken: Vec<(String, String)> = Vec::new();
        for (name, value) in &headers.0 {
            let here = at.key(name);
            if let Some(problem) = problem_of_name(name) {
                self.report_key(code, &here, format!("no header is called {}", quoted(name)))
                    .label(problem)
                    .help("write a name of letters, digits and `-`, such as `x-channel`");
                continue;
            }
            if taken
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                self.report_key(code, &here, format!("the header `{name}` stands twice"))
                    .label("names of headers differ by more than case")
                    .help("keep one of them");
                continue;
            }
            self.no_credential(&here, &value.0);
            if let Some(problem) = problem_of_value(&value.0) {
                self.report(
                    code,
                    &here,
                    format!("the header `{name}` cannot have this value"),
                )
                .label(problem)
                .help("write printable ASCII without blanks at its ends");
                continue;
            }
            taken.push((name.clone(), value.0.clone()));
        }
        (taken.len() == headers.0.len()).then_some(taken)
    }

    /// What has to become of the request. `None` where something of it was refused.
    fn expected(
        &mut self,
        at: &At,
        test: &spec::RequestTest,
        request: Option<&Request>,
        workloads: &[Workload],
    ) -> Option<Expected> {
        let backends = match &test.backend {
            Some(names) => self
                .expected_backends(&at.key("backend"), names, workloads)
                .map(Some),
            None => Some(None),
        };
        let route = match &test.route {
            Some(name) => self.expected_route(&at.key("route"), name).map(Some),
            None => Some(None),
        };
        let location = match &test.location {
            Some(target) => self
                .location(&at.key("location"), target, request)
                .map(Some),
            None => Some(None),
        };
        let path = match &test.path {
            Some(path) => self.expected_path(&at.key("path"), path).map(Some),
            None => Some(None),
        };
        let of_backend = at.key("requestHeaders");
        let request_headers = self.headers(&of_backend, &test.request_headers, Code::AGC0209);
        let of_client = at.key("responseHeaders");
        let response_headers = self.headers(&of_client, &test.response_headers, Code::AGC0209);
        Some(Expected {
            backends: backends?,
            route: route?,
            status: test.status,
            location: location?,
            path: path?,
            request_headers: request_headers?,
            response_headers: response_headers?,
        })
    }

    fn expected_backends(
        &mut self,
        at: &At,
        names: &spec::Names<spec::Share>,
        workloads: &[Workload],
    ) -> Option<ExpectedBackends> {
        let backends: Vec<Option<Backend>> = names
            .0
            .keys()
            .map(|name| self.expected_backend(&at.key(name), name, workloads))
            .collect();
        let mut shares: Vec<Share> = Vec::new();
        for share in names.0.values().filter_map(|share| share.share.as_ref()) {
            // The schema has looked at its form.
            shares.push(Share::parse(share)?);
        }
        if shares.is_empty() {
            let backends: Option<Vec<Backend>> = backends.into_iter().collect();
            return backends.map(ExpectedBackends::These);
        }
        if shares.len() < names.0.len() {
            self.report(
                Code::AGC0209,
                at,
                "some of these backends have a share, and some have none",
            )
            .label(format!("{} of {}", shares.len(), names.0.len()))
            .help("give each a share, or list the names alone for any shares");
            return None;
        }
        let sum: u32 = shares.iter().map(|share| u32::from(share.hundredths)).sum();
        let digits: u32 = shares.iter().map(|share| u32::from(share.digit)).sum();
        // Each may be wrong by half of its last digit, as 33%, 33% and 33% are.
        if sum != 10_000 && 2 * sum.abs_diff(10_000) >= digits {
            let (whole, rest) = (sum / 100, sum % 100);
            let sum = match rest {
                0 => format!("{whole}%"),
                _ => format!("{whole}.{rest:02}%"),
            };
            self.report(Code::AGC0209, at, format!("the shares are {sum} together"))
                .label("not 100%")
                .help("let them be 100% together");
            return None;
        }
        let backends: Option<Vec<Backend>> = backends.into_iter().collect();
        Some(ExpectedBackends::Shares(
            backends?.into_iter().zip(shares).collect(),
        ))
    }

    fn expected_backend(&mut self, at: &At, name: &str, workloads: &[Workload]) -> Option<Backend> {
        // `<workload>-canary` is what a later version makes of a workload.
        let owner = name.strip_suffix("-canary").unwrap_or(name);
        if self.refused.contains(name) || self.refused.contains(owner) {
            return None;
        }
        if workloads.iter().any(|workload| workload.name == name) {
            return self.backend(at, name, workloads);
        }
        let names: Vec<&str> = workloads
            .iter()
            .map(|workload| workload.name.as_str())
            .collect();
        let span = self.key_span(at);
        self.found
            .report(
                Code::AGC0210,
                span,
                format!("unknown workload {}", quoted(name)),
            )
            .label("not in `workloads`")
            .help("name a workload of this spec")
            .did_you_mean(name, span, names);
        None
    }

    fn expected_route(&mut self, at: &At, name: &str) -> Option<String> {
        let routes = &self.spec.routes.0;
        if routes.contains_key(name) {
            return Some(name.to_owned());
        }
        if !self.refused.contains_route(name) {
            let names: Vec<&str> = routes.keys().map(String::as_str).collect();
            self.unknown(at, "route", name, &names, "`routes` has");
        }
        None
    }

    /// Reports a name that nothing has.
    fn unknown(&mut self, at: &At, what: &str, name: &str, known: &[&str], has: &str) {
        let span = self.value_span(at);
        self.found
            .report(
                Code::AGC0210,
                span,
                format!("unknown {what} {}", quoted(name)),
            )
            .label(format!("{has} {}", listed(known)))
            .help(format!("name a {what} of this spec"))
            .did_you_mean(name, span, known.iter().copied());
    }

    /// Where a redirect leads: a path is one at the address that was asked.
    fn location(&mut self, at: &At, text: &str, request: Option<&Request>) -> Option<Url> {
        self.no_credential(at, text);
        let problem = if text.starts_with('/') && !text.starts_with("//") {
            match check_target(text) {
                Ok(()) => return request.map(|request| request.url.with_target(text)),
                Err(problem) => problem,
            }
        } else {
            match url_of(text) {
                Ok(url) => return Some(url),
                Err(problem) => problem,
            }
        };
        self.cannot_be(
            at,
            "no redirect leads to",
            text,
            &problem,
            "write a URL, or a path such as `/orders`",
        )
    }

    fn expected_path(&mut self, at: &At, path: &str) -> Option<String> {
        self.no_credential(at, path);
        match check_target(path) {
            Ok(()) => Some(path.to_owned()),
            Err(problem) => self.cannot_be(
                at,
                "no backend sees the path",
                path,
                &problem,
                "write a path, such as `/orders`",
            ),
        }
    }

    fn cannot_be<T>(
        &mut self,
        at: &At,
        message: &str,
        text: &str,
        label: &str,
        help: &str,
    ) -> Option<T> {
        if text.contains(['?', '@']) {
            let span = self.value_span(at);
            self.found.hide(span);
        }
        // What follows `?` may be a token, what precedes `@` a password.
        let shown = text.split('?').next().unwrap_or_default();
        let shown = if shown.contains('@') {
            "(not shown)".to_owned()
        } else {
            quoted(shown)
        };
        self.report(Code::AGC0209, at, format!("{message} {shown}"))
            .label(label)
            .help(help);
        None
    }
}

/// A request, taken apart.
struct Asked {
    method: String,
    is_grpc: bool,
    of: Of,
}

/// What is asked for.
enum Of {
    Url(Url),
    Target(String),
}

impl Asked {
    fn new(method: &str, of: Of) -> Self {
        Self {
            method: method.to_owned(),
            is_grpc: false,
            of,
        }
    }
}

/// `/package.Service/Method` of `package.Service/Method`: the path that gRPC asks by.
fn grpc_target(text: &str) -> Option<String> {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let (service, method) = text.split_once('/')?;
    (service.split('.').all(is_word) && is_word(method)).then(|| format!("/{text}"))
}

/// A URL of a test. The tests that go to a cluster name hosts to curl, and have no place for brackets.
fn url_of(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text)?;
    if url.host.starts_with('[') {
        return Err("an address of IPv6 instead of a host name".into());
    }
    Ok(url)
}

/// What is wrong with the name of a header (RFC 9110, 5.6.2: a token).
fn problem_of_name(name: &str) -> Option<&'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() {
        Some("empty")
    } else if name.len() > HEADER_MOST.0 {
        Some("more than 256 characters")
    } else if !name.bytes().all(is_token) {
        Some("a character that no name of a header has")
    } else {
        None
    }
}

/// What is wrong with the value of a header (RFC 9110, 5.5).
fn problem_of_value(value: &str) -> Option<&'static str> {
    if value.len() > HEADER_MOST.1 {
        Some("more than 4096 characters")
    } else if value.trim() != value {
        Some("blanks at its ends, which are not sent")
    } else if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        Some("a character that is not printable ASCII")
    } else {
        None
    }
}
