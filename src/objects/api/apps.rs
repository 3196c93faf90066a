//! Objects of the group apps (v1).

use serde::{Deserialize, Serialize};

use super::meta::{IntOrText, LabelSelector, Metadata};
use super::pod::PodTemplate;

/// A number of equal pods that are replaced one after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// Name and labels.
    pub metadata: Metadata,
    /// What it does.
    pub spec: DeploymentSpec,
}

/// What a Deployment does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeploymentSpec {
    /// How many pods.
    pub replicas: u32,
    /// How many old versions are kept for `kubectl rollout undo`.
    pub revision_history_limit: u32,
    /// Seconds without progress until a rollout has failed.
    pub progress_deadline_seconds: u32,
    /// How pods are replaced.
    pub strategy: DeploymentStrategy,
    /// Its pods.
    pub selector: LabelSelector,
    /// What its pods are like.
    pub template: PodTemplate,
}

/// How pods are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeploymentStrategy {
    /// `RollingUpdate`.
    #[serde(rename = "type")]
    pub strategy_type: String,
    /// How fast.
    pub rolling_update: RollingUpdate,
}

/// How fast pods are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollingUpdate {
    /// How many may be missing.
    pub max_unavailable: IntOrText,
    /// How many may be there on top.
    pub max_surge: IntOrText,
}
