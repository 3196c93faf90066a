//! Host names of listeners and routes.
//!
//! `*.example.com` is every name that ends in `.example.com`, however many labels stand before it; not `example.com` itself.

/// The host names that a listener or a route takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hostname {
    /// Every name.
    Any,
    /// Every name that ends so; the dot is part of it: `.example.com`.
    Suffix(String),
    /// One name.
    Name(String),
}

impl Hostname {
    /// That of a field, which may be missing.
    pub fn of(field: Option<&str>) -> Self {
        match field.map(normal).as_deref() {
            None | Some("" | "*") => Self::Any,
            Some(text) => match text.strip_prefix('*') {
                Some(suffix) => Self::Suffix(suffix.to_owned()),
                None => Self::Name(text.to_owned()),
            },
        }
    }

    /// Whether it takes a host, which is written in lower case, without a dot at its end.
    pub fn takes(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Suffix(suffix) => host.len() > suffix.len() && host.ends_with(suffix.as_str()),
            Self::Name(name) => name == host,
        }
    }

    /// What both take, if anything.
    pub fn both(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, one) | (one, Self::Any) => Some(one.clone()),
            (Self::Name(name), wide) | (wide, Self::Name(name)) => {
                wide.takes(name).then(|| Self::Name(name.clone()))
            }
            (Self::Suffix(one), Self::Suffix(two)) => {
                let (long, short) = if one.len() >= two.len() {
                    (one, two)
                } else {
                    (two, one)
                };
                long.ends_with(short.as_str())
                    .then(|| Self::Suffix(long.clone()))
            }
        }
    }

    /// How closely it names a host; the greater is the closer. "precedence must be given to … characters in a matching
    /// non-wildcard hostname, characters in a matching hostname" (HTTPRoute, `hostnames`).
    pub fn closeness(&self) -> (usize, usize) {
        match self {
            Self::Any => (0, 0),
            // The star is a character of the name.
            Self::Suffix(suffix) => (0, suffix.len() + 1),
            Self::Name(name) => (name.len(), name.len()),
        }
    }

    /// As people write it; nothing for every name.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Suffix(suffix) => Some(format!("*{suffix}")),
            Self::Name(name) => Some(name.clone()),
        }
    }
}

/// A host name as it is compared: lower case, without the dot that may end it.
pub(super) fn normal(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Hostname {
        Hostname::of(Some(text))
    }

    #[test]
    fn a_wildcard_is_one_label_or_more() {
        for (pattern, host, taken) in [
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "aexample.com", false),
            ("example.com", "example.com", true),
            ("Example.COM.", "example.com", true),
            ("example.com", "a.example.com", false),
            ("*", "anything", true),
        ] {
            assert_eq!(of(pattern).takes(host), taken, "{pattern} {host}");
        }
        assert!(Hostname::of(None).takes("x"));
    }

    #[test]
    fn what_two_take_is_the_closer_of_both() {
        for (one, two, both) in [
            ("*.example.com", "a.example.com", Some("a.example.com")),
            ("*.example.com", "*.b.example.com", Some("*.b.example.com")),
            ("*.example.com", "example.com", None),
            ("*.example.com", "*.other.com", None),
            ("a.com", "b.com", None),
            ("a.com", "a.com", Some("a.com")),
            ("*", "a.com", Some("a.com")),
        ] {
            let expected = both.map(of);
            assert_eq!(of(one).both(&of(two)), expected, "{one} {two}");
            assert_eq!(of(two).both(&of(one)), expected, "{two} {one}");
        }
    }

    #[test]
    fn a_name_is_closer_than_any_wildcard() {
        let mut order = [
            of("*.a.example.com"),
            of("*"),
            of("b.io"),
            of("*.example.com"),
            of("a.example.com"),
        ];
        order.sort_by_key(Hostname::closeness);
        let texts = order.map(|name| name.text().unwrap_or_default());
        assert_eq!(
            texts,
            [
                "",
                "*.example.com",
                "*.a.example.com",
                "b.io",
                "a.example.com"
            ]
        );
    }
}
