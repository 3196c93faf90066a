//! The request that is asked about.

use std::fmt;

use super::api::Header;
use super::hostname::normal;
use crate::catalog::http::{GRPC_HEADERS, METHODS};
use crate::url::{Url, authority_of};

/// What a client sends, and where it connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its method, upper case.
    pub method: String,
    /// How it comes in.
    pub scheme: Scheme,
    /// The host that the client connects to, lower case: with https, the name in the TLS handshake.
    pub server_name: String,
    /// The port that it connects to.
    pub port: u16,
    /// The host that it asks for, lower case and without a port: that of the `Host` header.
    pub host: String,
    /// The `Host` header as it is sent, with the port where it has one.
    pub authority: String,
    /// Its path; it begins with `/`.
    pub path: String,
    /// Its query, without the `?`.
    pub query: Option<String>,
    /// Its headers but `Host`, in the order sent.
    pub headers: Vec<Header>,
    /// Whether the client shows a certificate that the gateway trusts.
    pub client_certificate: bool,
}

/// How a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// In clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The port of a URL that names none.
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// The protocol of the listeners that take it.
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// Why a text is no request: what is wrong, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRequest(pub String);

impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadRequest {}

impl Request {
    /// The request with that method to that URL; `http://` is added where the URL has no scheme. `GRPC` and
    /// `package.Service/Method` behind the host is the call as HTTP/2 carries it.
    ///
    /// # Errors
    /// When one of the two is none.
    pub fn new(method: &str, url: &str) -> Result<Self, BadRequest> {
        if !is_token(method) {
            return Err(BadRequest(format!(
                "{method:?} is no method; write GET, POST or the like"
            )));
        }
        let bad = |why: &str| {
            BadRequest(format!(
                "{url:?} is no URL: {why}; write https://shop.example.com/cart?id=1"
            ))
        };
        let is_lower = |known: &&&str| known.eq_ignore_ascii_case(method) && **known != method;
        if let Some(known) = METHODS.iter().find(is_lower) {
            return Err(BadRequest(format!(
                "{method:?} is another method than {known}: capitals count; write {known}"
            )));
        }
        // Of `http:8080` nobody knows better than that it is a host and its port.
        let scheme_alone = ["http", "https"].into_iter().find(|scheme| {
            let (first, rest) = url.split_once(':').unwrap_or_default();
            let is_other = rest.starts_with("//") || rest.starts_with(|c: char| c.is_ascii_digit());
            first.eq_ignore_ascii_case(scheme) && !is_other
        });
        if let Some(scheme) = scheme_alone {
            return Err(bad(&format!("`{scheme}:` is followed by `//`")));
        }
        // A browser keeps what follows `#` to itself.
        let url_sent = url.split('#').next().unwrap_or_default();
        let parsed = match url_sent.split_once("://") {
            Some((scheme, _)) if is_token(scheme) => Url::parse(url_sent),
            _ => Url::parse(&format!("http://{url_sent}")),
        };
        let parsed = parsed.map_err(|why| bad(&why))?;
        let scheme = if parsed.scheme == "https" {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let authority = if parsed.port == scheme.port() {
            parsed.host.clone()
        } else {
            format!("{}:{}", parsed.host, parsed.port)
        };
        let (method, headers) = if method.eq_ignore_ascii_case("grpc") {
            let headers = GRPC_HEADERS.iter().map(|(name, value)| Header {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            });
            ("POST".to_owned(), headers.collect())
        } else {
            (method.to_owned(), Vec::new())
        };
        Ok(Self {
            method,
            scheme,
            server_name: parsed.host.clone(),
            authority,
            port: parsed.port,
            path: parsed.path().to_owned(),
            query: parsed.query().map(str::to_owned),
            host: parsed.host,
            headers,
            client_certificate: false,
        })
    }

    /// The same with one header more. `Host` says which host is asked for, wherever the client has connected to.
    ///
    /// # Errors
    /// When the text is no `Name: value`.
    pub fn with_header(mut self, header: &str) -> Result<Self, BadRequest> {
        let Some((name, value)) = header.split_once(':') else {
            return Err(BadRequest(format!(
                "{header:?} is no header; write 'Name: value'"
            )));
        };
        let (name, value) = (name.trim(), value.trim());
        if !is_token(name) || value.chars().any(|c| c.is_control() && c != '\t') {
            return Err(BadRequest(format!(
                "{header:?} is no header; write 'Name: value'"
            )));
        }
        if name.eq_ignore_ascii_case("host") {
            authority_of(value).map_err(|why| {
                BadRequest(format!(
                    "{header:?} names no host: {why}; write 'Host: shop.example.com'"
                ))
            })?;
        }
        // It stands once: of a call of gRPC, in the place of what every such call has.
        if name.eq_ignore_ascii_case("content-type") {
            self.headers
                .retain(|known| !known.name.eq_ignore_ascii_case(name));
        }
        self.push_header(name, value);
        Ok(self)
    }

    /// One header more. `Host` is taken apart where it can be.
    pub fn push_header(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("host") {
            self.host = authority_of(value).map_or_else(|_| normal(value), |(host, _)| host);
            self.authority = value.to_ascii_lowercase();
        } else {
            self.headers.push(Header {
                name: name.to_owned(),
                value: value.to_owned(),
            });
        }
    }

    /// The value of a header, those of several of that name joined, as RFC 9110, 5.2 joins them.
    pub fn header(&self, name: &str) -> Option<String> {
        if name.eq_ignore_ascii_case("host") {
            return Some(self.authority.clone());
        }
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// The value of the first parameter of that name; a name without `=` has the empty value.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.as_deref()?.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        })
    }

    /// The names of its parameters, in order.
    pub(super) fn parameter_names(&self) -> impl Iterator<Item = &str> {
        let pairs = self.query.iter().flat_map(|query| query.split('&'));
        pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
    }

    /// Whether it is a call of gRPC: `application/grpc`, with a format or parameters behind it; `application/grpc-web` is another
    /// protocol (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>, read 2026-11-29).
    pub fn is_grpc(&self) -> bool {
        self.method == "POST"
            && self.header("content-type").is_some_and(|value| {
                let value = value.to_ascii_lowercase();
                value
                    .strip_prefix("application/grpc")
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
            })
    }

    /// The URL that it asks for.
    pub fn url(&self) -> String {
        let port = if self.port == self.scheme.port() {
            String::new()
        } else {
            format!(":{}", self.port)
        };
        let query = self.query.as_ref().map(|query| format!("?{query}"));
        format!(
            "{}://{}{port}{}{}",
            self.scheme,
            self.host,
            self.path,
            query.unwrap_or_default()
        )
    }
}

/// Whether it could be a method or the name of a header (RFC 9110, 5.6.2).
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let request = Request::new("GET", "HTTPS://Shop.example.com:8443/a/b?x=1&y#z").unwrap();
        assert_eq!(request.scheme, Scheme::Https);
        assert_eq!(request.server_name, "shop.example.com");
        assert_eq!(request.port, 8443);
        assert_eq!(request.path, "/a/b");
        assert_eq!(request.parameter("x"), Some("1"));
        assert_eq!(request.parameter("y"), Some(""));
        assert_eq!(request.parameter("z"), None);
        assert_eq!(request.url(), "https://shop.example.com:8443/a/b?x=1&y");
        let plain = Request::new("GET", "shop?q=http://x").unwrap();
        assert_eq!((plain.port, plain.path.as_str()), (80, "/"));
        assert_eq!(plain.query.as_deref(), Some("q=http://x"));
        let port = Request::new("GET", "http:8080/x").unwrap();
        assert_eq!((port.host.as_str(), port.port), ("http", 8080));
        let own = Request::new("GET", "http://shop.example.com.:80/").unwrap();
        assert_eq!(own.authority, "shop.example.com");
    }

    #[test]
    fn a_host_header_says_who_is_asked_for() {
        let request = Request::new("GET", "https://a.example.com/").unwrap();
        let request = request.with_header("Host: B.example.com:443").unwrap();
        assert_eq!(
            (request.server_name.as_str(), request.host.as_str()),
            ("a.example.com", "b.example.com")
        );
        assert_eq!(request.authority, "b.example.com:443");
        let request = request
            .with_header("X-A: 1")
            .unwrap()
            .with_header("x-a:2")
            .unwrap();
        assert_eq!(request.header("X-a").as_deref(), Some("1,2"));
    }

    #[test]
    fn the_host_is_a_header_too_and_grpc_is_known_by_its_type() {
        let mut request = Request::new("POST", "http://a.example.com:8080/").unwrap();
        assert_eq!(
            request.header("Host").as_deref(),
            Some("a.example.com:8080")
        );
        for (content_type, is_grpc) in [
            ("application/grpc", true),
            ("Application/grpc+proto", true),
            ("application/grpc; charset=utf-8", true),
            ("application/grpc-web", false),
            ("application/json", false),
        ] {
            request.headers.clear();
            request.push_header("Content-Type", content_type);
            assert_eq!(request.is_grpc(), is_grpc, "{content_type}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (method, url) in [
            ("", "http://a/"),
            ("G T", "http://a/"),
            ("get", "http://a/"),
            ("GET", "http://*.a/"),
            ("GET", "http://[::1/"),
            ("GET", "http:a/"),
            ("GET", "HTTPS:/a/"),
            ("GET", "http://a/{b}"),
            ("GET", "ftp://a/"),
            ("GET", "http:///path"),
            ("GET", "/path"),
            ("GET", "http://a:99999/"),
            ("GET", "http://a:0/"),
            ("GET", "http://user:word@a/"),
            ("GET", "http://a/b c"),
            ("GET", ""),
        ] {
            assert!(Request::new(method, url).is_err(), "{method} {url}");
        }
        let request = Request::new("GET", "http://a/").unwrap();
        for header in [
            "",
            "name",
            ": value",
            "a b: c",
            "a: b\nc",
            "Host:",
            "host: a b",
            "Host: a:99999",
        ] {
            assert!(request.clone().with_header(header).is_err(), "{header:?}");
        }
    }
}
