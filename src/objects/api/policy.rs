//! Objects of the group policy (v1).

use serde::{Deserialize, Serialize};

use super::meta::{IntOrText, LabelSelector, Metadata};

/// How many pods may be missing while nodes are emptied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodDisruptionBudget {
    /// Name and labels.
    pub metadata: Metadata,
    /// What it says.
    pub spec: PodDisruptionBudgetSpec,
}

/// What a disruption budget says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodDisruptionBudgetSpec {
    /// How many may be missing.
    pub max_unavailable: IntOrText,
    /// Whether pods that do not work are protected too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhealthy_pod_eviction_policy: Option<String>,
    /// Which pods.
    pub selector: LabelSelector,
}
