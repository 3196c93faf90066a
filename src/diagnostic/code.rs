//! The codes. A code's number is never used again for something else.

use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is rendered.
    Error,
    /// It works, but somebody should know and decide.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Makes [`Code`]: a code without a page in `pages/` does not compile.
macro_rules! codes {
    ($($code:ident $severity:ident $title:literal)*) => {
        /// The stable name of a kind of finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// What went wrong, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }

            /// How much it weighs.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// The page that explains it, as Markdown.
            pub const fn page(self) -> &'static str {
                match self { $(Self::$code => include_str!(concat!("pages/", stringify!($code), ".md")),)* }
            }

            /// The name, such as `AGC0201`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }
        }
    };
}

codes! {
    AGC0001 Error "the file is not valid YAML"
    AGC0002 Error "a key or an item stands twice"
    AGC0003 Error "YAML that a spec does not use"
    AGC0004 Error "more than one document"
    AGC0005 Error "not a spec"
    AGC0006 Error "nested too deep"
    AGC0007 Error "a character that cannot stand in a spec"
    AGC0008 Warning "text that older YAML readers take for something else"
    AGC0009 Error "a number that YAML readers disagree on"
    AGC0010 Error "unknown key"
    AGC0011 Error "a key is missing"
    AGC0012 Error "the wrong type of value"
    AGC0013 Error "a value that is not one of the known words"
    AGC0014 Error "too large, too small, too long or too short"
    AGC0015 Error "a list where names are given"
    AGC0016 Error "not in this version of agcgen"
    AGC0017 Error "a value of the wrong form"
    AGC0018 Error "text that must be quoted"
    AGC0019 Error "a number without a unit"

    AGC0101 Error "a name of the wrong form"
    AGC0102 Error "a reserved name"
    AGC0103 Error "one name for two things"
    AGC0104 Error "two derived names are the same"
    AGC0105 Error "a name that Azure refuses"
    AGC0106 Error "a word that Azure reserves"
    AGC0107 Error "two connections get one Secret"
    AGC0108 Error "a tag that Azure refuses"

    AGC0201 Error "a route to an unknown workload"
    AGC0202 Error "a path that cannot match"
    AGC0203 Error "two routes for the same requests"
    AGC0204 Error "a workload without a port"
    AGC0205 Error "a rewrite that does not fit the path"
    AGC0206 Warning "a routed workload without a health check"
    AGC0207 Warning "traffic without TLS"
    AGC0208 Error "a request that cannot be sent"
    AGC0209 Error "a test that cannot pass, or cannot fail"
    AGC0210 Error "a test that names something unknown"

    AGC0301 Error "not an address range"
    AGC0302 Error "a gateway subnet of the wrong size"
    AGC0303 Error "address ranges that do not fit together"
    AGC0304 Error "too few addresses for the nodes"
    AGC0305 Warning "a network policy engine that is being retired"
    AGC0306 Warning "a region without Application Gateway for Containers"
    AGC0307 Error "an unknown region"

    AGC0401 Error "a connection to something unknown"
    AGC0402 Error "an access that the target does not have"
    AGC0403 Error "a connection that does not say which child"
    AGC0404 Error "a secret's value in the spec"
    AGC0405 Error "text that looks like a credential"
    AGC0406 Error "two sources for one variable"
    AGC0407 Error "a connection that cannot be made this way"
    AGC0408 Error "a client that the target does not know"
    AGC0409 Warning "a cluster that nobody can use"
    AGC0410 Warning "an administrator that does not exist"
    AGC0411 Error "an unknown fact or variable of a connection"
    AGC0412 Error "an administrator twice"
    AGC0413 Warning "a variable that is named like a secret"
    AGC0414 Error "one target with two accesses"
    AGC0415 Warning "an access that another line gives already"

    AGC0501 Error "an unknown kind of resource"
    AGC0502 Error "an image without a fixed tag"
    AGC0503 Error "not an image reference"
    AGC0504 Error "an image that starts as root, or as a user without a number"
    AGC0505 Error "a limit below the request"
    AGC0506 Error "not a variable's name"
    AGC0507 Error "two settings that exclude each other"
    AGC0508 Error "a size that Azure does not have"
    AGC0510 Error "requests below what AKS keeps"
    AGC0511 Warning "an unknown size of node"
    AGC0512 Warning "copies that the region may not offer"
    AGC0513 Note "a workload without probes"
    AGC0514 Error "nodes that are too small for AKS"

    AGC0601 Warning "a rule that is never reached"
    AGC0602 Warning "one match twice"
    AGC0603 Warning "a host that no listener takes"
    AGC0604 Error "a route that no listener takes"
    AGC0605 Error "a backend in a namespace that does not allow it"
    AGC0606 Error "a backend that is not there"
    AGC0607 Error "a listener that does not serve"
    AGC0608 Error "a rule that sends requests nowhere"
    AGC0609 Error "a redirect that never ends"
    AGC0610 Warning "listeners that take the same hosts"
    AGC0611 Error "more than the Gateway API takes"
    AGC0612 Error "an object that no API server takes"
    AGC0613 Warning "a pattern that cannot be read"
    AGC0614 Warning "one object twice"
    AGC0615 Warning "something that AGC does not do"
    AGC0616 Warning "a key twice in an object"

    AGC0901 Error "a version that does not go with another"
    AGC0902 Error "more than one deployment takes"
    AGC0903 Warning "a template that may be too large"
    AGC0904 Warning "more than one gateway takes"
}

/// The first two digits of codes, and what codes that begin with them are about.
pub const FAMILIES: &[(&str, &str)] = &[
    ("00", "YAML and shape"),
    ("01", "Names"),
    ("02", "Routes and their tests"),
    ("03", "Network"),
    ("04", "Identity and access"),
    ("05", "Resources and workloads"),
    ("06", "Gateway API objects: `agcgen trace --lint`"),
    ("09", "Limits and versions"),
];

impl Code {
    /// Its first two digits: one of [`FAMILIES`].
    pub fn family(self) -> &'static str {
        self.name().get(3..5).unwrap_or_default()
    }

    /// The code of that name; letters may be lower case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
