//! What later versions of the language bring: refused today, by name, so that nobody takes it for a misspelling.

use crate::source::Node;

/// A key of a later version, by the path of the block that it stands in (`*` for the user's names).
pub(crate) struct ReservedKey {
    /// Path of the block.
    pub block: &'static str,
    /// The keys.
    pub keys: &'static [&'static str],
}

/// Keys of later versions.
pub(crate) const KEYS: &[ReservedKey] = &[
    ReservedKey {
        block: "",
        keys: &[
            "allow",
            "externals",
            "defaults",
            "policies",
            "environments",
            "regions",
            "globalEntry",
            "include",
            "vars",
            "patches",
            "extra",
            "schedule",
            "jobs",
            "containers",
            "identities",
            "volumes",
        ],
    },
    ReservedKey {
        block: "network",
        keys: &["existing", "private", "dnsZones", "egress"],
    },
    ReservedKey {
        block: "network.subnets",
        keys: &["privateEndpoints"],
    },
    ReservedKey {
        block: "network.subnets.*",
        keys: &["existing"],
    },
    ReservedKey {
        block: "cluster",
        keys: &["existing", "pools", "access", "upgrades", "azurePolicy"],
    },
    ReservedKey {
        block: "cluster.nodes",
        keys: &["min", "max", "zones", "maxPods"],
    },
    ReservedKey {
        block: "cluster.cni",
        keys: &["maxPods"],
    },
    ReservedKey {
        block: "gateway",
        keys: &[
            "existing",
            "frontends",
            "domain",
            "hosts",
            "waf",
            "wafPolicies",
        ],
    },
    ReservedKey {
        block: "resources.*",
        keys: &[
            "private",
            "placement",
            "relax",
            "queues",
            "tables",
            "certificates",
            "keys",
            "administrators",
        ],
    },
    ReservedKey {
        block: "resources.*.secrets.*",
        keys: &["generate", "contentType"],
    },
    ReservedKey {
        block: "workloads.*",
        keys: &[
            "existing",
            "files",
            "scale",
            "readOnlyRootFilesystem",
            "writablePaths",
            "loadBalancing",
            "backendTls",
            "canary",
            "pool",
            "namespace",
        ],
    },
    ReservedKey {
        block: "workloads.*.ports",
        // `https` is no misspelt `http`.
        keys: &["https", "*"],
    },
    ReservedKey {
        block: "workloads.*.ports.*",
        keys: &["protocol"],
    },
    ReservedKey {
        block: "workloads.*.health",
        keys: &[
            "grpc",
            "port",
            "host",
            "statusCodes",
            "body",
            "interval",
            "timeout",
            "healthyThreshold",
            "unhealthyThreshold",
            "liveness",
        ],
    },
    ReservedKey {
        block: "workloads.*.connections.*",
        keys: &["port"],
    },
    ReservedKey {
        block: "routes.*",
        keys: &[
            "host",
            "frontend",
            "method",
            "headers",
            "query",
            "grpc",
            "matches",
            "redirect",
            "requestHeaders",
            "responseHeaders",
            "cors",
            "mirror",
            "timeout",
            "sessionAffinity",
            "waf",
            "namespace",
        ],
    },
    ReservedKey {
        block: "routes.*.path",
        keys: &["regex"],
    },
    ReservedKey {
        block: "routes.*.to.*",
        keys: &["weight", "port"],
    },
    ReservedKey {
        block: "routes.*.rewrite",
        keys: &["hostname", "path"],
    },
    ReservedKey {
        block: "observability",
        keys: &["prometheus", "alerts"],
    },
];

/// A word of a later version, by the path of the value that takes it.
pub(crate) struct ReservedWord {
    /// Path of the value.
    pub at: &'static str,
    /// The words.
    pub words: &'static [&'static str],
}

const ACCESS: &[&str] = &["send", "receive", "use", "serve", "pull"];

/// Words of later versions.
pub(crate) const WORDS: &[ReservedWord] = &[
    ReservedWord {
        at: "resources.*.kind",
        words: &[
            "postgres",
            "mysql",
            "cosmos",
            "serviceBus",
            "eventHubs",
            "redis",
            "appConfiguration",
            "openAI",
            "signalR",
            "webPubSub",
            "containerRegistry",
            "applicationInsights",
        ],
    },
    // The word alone, in a list, and under `access` either way.
    ReservedWord {
        at: "workloads.*.connections.*",
        words: ACCESS,
    },
    ReservedWord {
        at: "workloads.*.connections.*.*",
        words: ACCESS,
    },
    ReservedWord {
        at: "workloads.*.connections.*.access.*",
        words: ACCESS,
    },
    ReservedWord {
        at: "workloads.*.connections.*.via",
        words: &["linker"],
    },
];

/// A form of a value that a later version takes: by path and by type of the value.
pub(crate) struct ReservedForm {
    /// Path of the value.
    pub at: &'static str,
    /// The type that it has there, as [`crate::source::Node::type_name`] calls it.
    pub type_name: &'static str,
    /// The key that stands in it, where it is a map of which this one tells it.
    pub key: Option<&'static str>,
    /// What it would say.
    pub meaning: &'static str,
}

impl ReservedForm {
    /// Whether the value at that path has this form.
    pub(crate) fn is(&self, path: &[&str], node: &Node) -> bool {
        fits(self.at, path)
            && self.type_name == node.type_name()
            && self.key.is_none_or(|key| node.get(key).is_some())
    }
}

/// Forms of later versions.
pub(crate) const FORMS: &[ReservedForm] = &[
    ReservedForm {
        at: "routes.*.to.*",
        type_name: "a number",
        key: None,
        meaning: "a weight",
    },
    ReservedForm {
        at: "workloads.*.env.*",
        type_name: "a map",
        key: Some("secret"),
        meaning: "a secret as a variable",
    },
    ReservedForm {
        at: "workloads.*.identity",
        type_name: "a map",
        key: None,
        meaning: "an identity of another workload, or one that is there already",
    },
    ReservedForm {
        at: "azure.location",
        type_name: "a list",
        key: None,
        meaning: "several regions",
    },
];

/// Whether a path of keys fits a pattern with `*` for one key.
pub(crate) fn fits(pattern: &str, path: &[&str]) -> bool {
    let parts: Vec<&str> = pattern.split('.').filter(|part| !part.is_empty()).collect();
    parts.len() == path.len()
        && parts
            .iter()
            .zip(path)
            .all(|(part, key)| *part == "*" || part == key)
}

/// The keys of later versions in the block at that path; `*` among them is any.
pub(crate) fn reserved_keys(block: &[&str]) -> impl Iterator<Item = &'static str> {
    KEYS.iter()
        .filter(|row| fits(row.block, block))
        .flat_map(|row| row.keys.iter().copied())
}

/// Whether a word at that path is one of a later version.
pub(crate) fn is_reserved_word(at: &[&str], word: &str) -> bool {
    WORDS
        .iter()
        .any(|row| fits(row.at, at) && row.words.contains(&word))
}
