//! URLs of requests, taken apart. In: text. Out: a [`Url`] in one form, so that two that mean the same are the same; or what is
//! wrong with it, in words that stand under it.
//!
//! Only what a client of a gateway can ask for: `http` and `https`, a host name or an address, no user and no fragment (RFC 3986).

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::Ipv6Addr;

/// What is wrong with a text.
pub type Problem = Cow<'static, str>;

/// A URL in its one form: scheme and host in lower case, the scheme's own port left out, at least `/` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host name, or an address; that of IPv6 in its brackets.
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
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let (scheme, rest) = text.split_once("://").ok_or("it has no `://`")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => "http",
            "https" => "https",
            _ => return Err("a gateway is asked by `http` or `https`".into()),
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

/// What is connected to, or a `Host` header: a host name or an address, and the port where one is named.
///
/// # Errors
/// What is wrong with it.
pub fn authority_of(text: &str) -> Result<(String, Option<u16>), Problem> {
    if text.contains('@') {
        return Err("a user has no place in a URL".into());
    }
    if text.contains('[') {
        let (address, port) = text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .and_then(|(address, port)| Some((address.parse::<Ipv6Addr>().ok()?, port)))
            .ok_or("in brackets stands an address of IPv6, such as `[::1]`")?;
        let port = match port.strip_prefix(':') {
            Some(port) => Some(port_number(port)?),
            None if port.is_empty() => None,
            None => return Err("behind an address comes `:` and a port, or `/`".into()),
        };
        return Ok((format!("[{address}]"), port));
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

fn port_number(text: &str) -> Result<u16, Problem> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|port| is_number && *port > 0)
        .ok_or(Cow::Borrowed("a port is a number from 1 to 65535"))
}

/// A host name in lower case (RFC 1123), without the dot that may end it.
///
/// # Errors
/// What is wrong with it.
pub fn host_name(text: &str) -> Result<String, Problem> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        let is_made_of = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(is_made_of)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let problem = if text.is_empty() {
        "it has no host"
    } else if text.contains('*') {
        "a request goes to one host, not to `*`"
    } else if text.len() > 253 {
        "a host name has at most 253 characters"
    } else if !text.split('.').all(is_label) {
        "a host name has letters, digits and `-` between its dots"
    } else if text.split('.').any(|label| label.len() > 63) {
        "a host name has at most 63 characters between its dots"
    } else {
        return Ok(text.to_ascii_lowercase());
    };
    Err(problem.into())
}

/// Whether a path with its query can stand in a request.
///
/// # Errors
/// What is wrong with it.
pub fn check_target(text: &str) -> Result<(), Problem> {
    let is_encoded = |rest: &str| {
        rest.get(..2)
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let stands = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%[]".contains(c);
    let problem = if !text.starts_with('/') {
        "a path begins with `/`"
    } else if text.contains('#') {
        "a client never sends what follows `#`"
    } else if text.contains(char::is_whitespace) {
        "a blank in a URL is `%20`"
    } else if let Some(bad) = text.chars().find(|&c| !stands(c)) {
        return Err(encoded(bad).into());
    } else if !text.split('%').skip(1).all(is_encoded) {
        "`%` is followed by two hex digits"
    } else {
        return Ok(());
    };
    Err(problem.into())
}

/// How a character stands in a URL: percent-encoded, as the bytes of UTF-8 (RFC 3986, 2.1).
fn encoded(c: char) -> String {
    let mut written = String::new();
    for byte in c.to_string().bytes() {
        // Writing to a String cannot fail.
        _ = write!(written, "%{byte:02X}");
    }
    // What nobody sees, or what turns the line around, is named by its number.
    if c.is_ascii_graphic() || c.is_alphanumeric() {
        format!("`{c}` in a URL is `{written}`")
    } else {
        format!("U+{:04X} in a URL is `{written}`", u32::from(c))
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
            ("http://[::1]/", "http://[::1]/"),
            (
                "http://[2001:DB8:0:0::1]:8080/x",
                "http://[2001:db8::1]:8080/x",
            ),
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
            (
                "http://[::1/",
                "in brackets stands an address of IPv6, such as `[::1]`",
            ),
            (
                "http://[10.0.0.4]/",
                "in brackets stands an address of IPv6, such as `[::1]`",
            ),
            (
                "http://[::1]80/",
                "behind an address comes `:` and a port, or `/`",
            ),
            ("http://[::1]:0/", "a port is a number from 1 to 65535"),
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
            ("http://a.example/\"", "`\"` in a URL is `%22`"),
            ("http://a.example/a|b", "`|` in a URL is `%7C`"),
            ("http://a.example/ä", "`ä` in a URL is `%C3%A4`"),
            (
                "http://a.example/\u{202e}",
                "U+202E in a URL is `%E2%80%AE`",
            ),
            ("http://a.example/%2", "`%` is followed by two hex digits"),
            ("http://a.example/%zz", "`%` is followed by two hex digits"),
        ] {
            assert_eq!(Url::parse(text), Err(problem.into()), "{text}");
        }
        assert_eq!(check_target("api"), Err("a path begins with `/`".into()));
        assert_eq!(
            host_name(&["a"; 130].join(".")),
            Err("a host name has at most 253 characters".into())
        );
        assert!(host_name(&"a".repeat(63)).is_ok());
        assert_eq!(
            host_name(&"a".repeat(64)),
            Err("a host name has at most 63 characters between its dots".into())
        );
    }
}
