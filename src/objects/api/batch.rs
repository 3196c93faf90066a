//! Objects of the group batch (v1).

use serde::{Deserialize, Serialize};

use super::meta::Metadata;
use super::pod::PodTemplate;

/// Something that runs until it has succeeded once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Job {
    /// Name and labels.
    pub metadata: Metadata,
    /// What it does.
    pub spec: JobSpec,
}

/// What a Job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobSpec {
    /// How many failed pods are replaced.
    pub backoff_limit: u32,
    /// Seconds until it has failed, whatever it does.
    pub active_deadline_seconds: u32,
    /// What its pods are like.
    pub template: PodTemplate,
}
