//! Kubernetes and AKS: versions, namespaces, and what workload identity sets.

/// Minor version of Kubernetes that a spec without one gets. AKS offers it since 2026; the newest that every table here
/// was checked against (2026-11).
pub const DEFAULT_VERSION: &str = "1.35";

/// Oldest minor of Kubernetes that takes the manifests as they are written: pods sleep before they stop, which is on by
/// default since then (Kubernetes 1.30 release notes, 2024-04).
pub const LEAST_VERSION: (u32, u32) = (1, 30);

/// Variables that the webhook of workload identity sets in every pod that has an identity. Source: its page on mutations,
/// as known 2026-11.
pub const SET_BY_WORKLOAD_IDENTITY: &[&str] = &[
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
];

/// Namespaces that AKS, its add-ons and Service Connector make, as known 2026-11.
const AKS_NAMESPACES: &[&str] = &[
    "gatekeeper-system",
    "aks-command",
    "sc-system",
    "app-routing-system",
    "aks-istio-system",
];

/// Namespaces that every cluster has.
pub fn is_kubernetes_namespace(name: &str) -> bool {
    name == "default" || name.starts_with("kube-")
}

/// Namespaces that Kubernetes, or AKS and its add-ons make.
pub fn is_system_namespace(name: &str) -> bool {
    is_kubernetes_namespace(name) || name.starts_with("azure-") || AKS_NAMESPACES.contains(&name)
}
