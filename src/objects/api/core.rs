//! Objects of the group "" (v1).

use serde::{Deserialize, Serialize};

use super::TextMap;
use super::meta::{IntOrText, Metadata};

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Namespace {
    /// Name and labels.
    pub metadata: Metadata,
}

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// Name and labels.
    pub metadata: Metadata,
    /// Whether pods get a token for the Kubernetes API without asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
}

/// Settings that are not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigMap {
    /// Name and labels.
    pub metadata: Metadata,
    /// Names and values.
    #[serde(default, skip_serializing_if = "TextMap::is_empty")]
    pub data: TextMap,
}

/// A name and an address for the pods of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Service {
    /// Name and labels.
    pub metadata: Metadata,
    /// What it does.
    pub spec: ServiceSpec,
}

/// What a Service does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceSpec {
    /// Labels of its pods.
    pub selector: TextMap,
    /// Its ports.
    pub ports: Vec<ServicePort>,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServicePort {
    /// Name.
    pub name: String,
    /// Port of the Service.
    pub port: u16,
    /// Port of the pods.
    pub target_port: IntOrText,
}
