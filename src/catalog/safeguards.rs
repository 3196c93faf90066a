//! Rules of AKS deployment safeguards, which may refuse an object or change it behind git's back.

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Safeguard {
    /// What the safeguards call it.
    pub name: &'static str,
    /// When an object fails it.
    pub fails_when: &'static str,
    /// Who says so.
    pub source: &'static str,
}

/// The page "Deployment Safeguards".
const PAGE: &str = "AKS deployment safeguards, page of 2026-06-02";
/// The policies as files.
const POLICIES: &str = "policy files of Azure/draft, 2026-07-21";

/// The rules that concern what agcgen writes. Left out: images of a pattern that each cluster sets (all by default), nodes
/// and storage classes (never written), pull secrets (in the policy files alone; the right of the kubelet's identity does it).
pub const RULES: &[Safeguard] = &[
    Safeguard {
        name: "probes",
        fails_when: "a container of a Deployment or of a pod, also of a Job's, has no liveness or readiness probe of the kinds httpGet, tcpSocket and exec",
        source: PAGE,
    },
    Safeguard {
        name: "image tag",
        fails_when: "an image has no tag, or `latest`",
        source: PAGE,
    },
    Safeguard {
        name: "resources",
        fails_when: "a request for CPU or memory is missing, or so small or large that it would be changed",
        source: PAGE,
    },
    Safeguard {
        name: "spread",
        fails_when: "more than one replica, and nothing keeps them apart",
        source: PAGE,
    },
    Safeguard {
        name: "unique selectors",
        fails_when: "two Services of a namespace have one selector",
        source: PAGE,
    },
    Safeguard {
        name: "disruption budget",
        fails_when: "no pod may ever be evicted",
        source: POLICIES,
    },
    Safeguard {
        name: "reserved labels",
        fails_when: "a label begins with kubernetes.azure.com",
        source: PAGE,
    },
];

/// Below this the safeguards raise a CPU request, in thousandths of a core.
pub const LEAST_CPU_MILLIS: u64 = 100;
/// Below this the safeguards raise a memory request, in bytes (100Mi).
pub const LEAST_MEMORY_BYTES: u64 = 100 * 1024 * 1024;

/// What a workload gets whose spec states nothing.
pub const DEFAULT_REQUESTS: (&str, &str) = ("100m", "128Mi");
/// What a workload may use whose spec states nothing.
pub const DEFAULT_LIMITS: (&str, &str) = ("1", "512Mi");
