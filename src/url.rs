//! URLs of requests, taken apart. In: text. Out: a [`Url`] in one form, so that two that mean the same are the same; or what is
//! wrong with it, in words that stand under it.
//!
//! Only what a client of a gateway can ask for: `http` and `https`, a host name, no user and no fragment (RFC 3986).

use std::fmt;

/// A URL in its one form: scheme and host in lower case, the scheme's own port left out, at least `/` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path, and the query if there is one.
    pub target: String,
}

impl Url {
    /// Takes a whole URL apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").ok_or("it has no `://`")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => "http",
            "https" => "https",
            _ => return Err("a gateway is asked by `http` or `https`"),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (host, port) = authority_of(authority)?;
        let target = if rest.starts_with('/') {
            rest.to_owned()
        } else {
            format!("/{rest}")
        };
        check_target(&target)?;
        Ok(Self {
            scheme,
            host,
            port: port.unwrap_or_else(|| own_port(scheme)),
            target,
        })
    }

    /// The same address with another path.
    #[must_use]
    pub fn with_target(&self, target: &str) -> Self {
        Self {
            target: target.to_owned(),
            ..self.clone()
        }
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, without the `?`.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scheme,
            host,
            port,
            target,
        } = self;
        if *port == own_port(scheme) {
            write!(f, "{scheme}://{host}{target}")
        } else {
            write!(f, "{scheme}://{host}:{port}{target}")
        }
    }
}

/// What is connected to, or a `Host` header: a host name and the port where one is named.
///
/// # Errors
/// What is wrong with it.
pub fn authority_of(text: &str) -> Result<(String, Option<u16>), &'static str> {
    if text.contains('@') {
        return Err("a user has no place in a URL");
    }
    if text.contains('[') {
        return Err("an address instead of a host name");
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port_number(port)?)),
        None => (text, None),
    };
    Ok((host_name(host)?, port))
}

/// The port that a scheme means without one (RFC 9110, 4.2).
pub fn own_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

fn port_number(text: &str) -> Result<u16, &'static str> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|port| is_number && *port > 0)
        .ok_or("a port is a number from 1 to 65535")
}

/// A host name in lower case (RFC 1123), without the dot that may end it.
///
/// # Errors
/// What is wrong with it.
pub fn host_name(text: &str) -> Result<String, &'static str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        let is_made_of = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_made_of)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text.is_empty() {
        Err("it has no host")
    } else if text.contains('*') {
        Err("a request goes to one host, not to `*`")
    } else if text.len() > 253 {
        Err("a host name has at most 253 characters")
    } else if text.split('.').all(is_label) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a host name has letters, digits and `-` between its dots")
    }
}

/// Whether a path with its query can stand in a request.
///
/// # Errors
/// What is wrong with it.
pub fn check_target(text: &str) -> Result<(), &'static str> {
    let is_encoded = |rest: &str| {
        rest.get(..2)
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !text.starts_with('/') {
        Err("a path begins with `/`")
    } else if text.contains('#') {
        Err("a client never sends what follows `#`")
    } else if text.contains(char::is_whitespace) {
        Err("a blank in a URL is `%20`")
    } else if !text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%[]".contains(c))
    {
        Err("a character that a URL must encode")
    } else if !text.split('%').skip(1).all(is_encoded) {
        Err("`%` is followed by two hex digits")
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;

    #[test]
    fn urls_that_mean_the_same_are_the_same() {
        for (text, written) in [
            ("http://a.example", "http://a.example/"),
            ("HTTP://A.example:80/x", "http://a.example/x"),
            ("https://a.example:443?q=1", "https://a.example/?q=1"),
            ("https://a.example:80/", "https://a.example:80/"),
            ("http://localhost:8080/a%20b", "http://localhost:8080/a%20b"),
            ("http://10.0.0.4/", "http://10.0.0.4/"),
            ("http://a.example./", "http://a.example/"),
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), written, "{text}");
        }
        assert_eq!(Url::parse("http://a/b?c/d").unwrap().path(), "/b");
    }

    #[test]
    fn what_no_client_asks_is_refused() {
        for (text, problem) in [
            ("a.example/x", "it has no `://`"),
            (
                "ftp://a.example/",
                "a gateway is asked by `http` or `https`",
            ),
            ("http://u@a.example/", "a user has no place in a URL"),
            ("http://[::1]/", "an address instead of a host name"),
            ("http://", "it has no host"),
            ("http:///x", "it has no host"),
            ("http://a.example:0/", "a port is a number from 1 to 65535"),
            ("http://a.example:/", "a port is a number from 1 to 65535"),
            ("http://a.example:+8/", "a port is a number from 1 to 65535"),
            (
                "http://a.example:65536/",
                "a port is a number from 1 to 65535",
            ),
            (
                "http://*.example/",
                "a request goes to one host, not to `*`",
            ),
            (
                "http://a..b/",
                "a host name has letters, digits and `-` between its dots",
            ),
            (
                "http://-a.b/",
                "a host name has letters, digits and `-` between its dots",
            ),
            (
                "http://ä.example/",
                "a host name has letters, digits and `-` between its dots",
            ),
            (
                "http://a.example/#top",
                "a client never sends what follows `#`",
            ),
            (
                "http://a.example#top",
                "a client never sends what follows `#`",
            ),
            ("http://a.example/a b", "a blank in a URL is `%20`"),
            ("http://a.example/\"", "a character that a URL must encode"),
            ("http://a.example/%2", "`%` is followed by two hex digits"),
            ("http://a.example/%zz", "`%` is followed by two hex digits"),
        ] {
            assert_eq!(Url::parse(text), Err(problem), "{text}");
        }
        assert_eq!(check_target("api"), Err("a path begins with `/`"));
        assert_eq!(
            host_name(&["a"; 130].join(".")),
            Err("a host name has at most 253 characters")
        );
    }
}
