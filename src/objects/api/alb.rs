//! Objects of the group alb.networking.azure.io (v1), as the ALB Controller reads them.

use serde::{Deserialize, Serialize};

use super::meta::Metadata;

/// An Application Gateway for Containers that the ALB Controller makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationLoadBalancer {
    /// Name and labels.
    pub metadata: Metadata,
    /// Where it stands.
    pub spec: ApplicationLoadBalancerSpec,
}

/// Where an `ApplicationLoadBalancer` stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationLoadBalancerSpec {
    /// ARM ids of subnets; the controller takes one.
    pub associations: Vec<String>,
}

/// How the gateway sees that the pods of a Service work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HealthCheckPolicy {
    /// Name and labels.
    pub metadata: Metadata,
    /// What it says.
    pub spec: HealthCheckPolicySpec,
}

/// What a `HealthCheckPolicy` says. The CRD also has `override`, which the controller refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HealthCheckPolicySpec {
    /// The Service.
    pub target_ref: PolicyTargetRef,
    /// How it is asked.
    pub default: HealthCheck,
}

/// The object that a policy is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyTargetRef {
    /// API group, empty for the core.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
}

/// How a Service is asked whether it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HealthCheck {
    /// Time between two questions, such as `5s`.
    pub interval: String,
    /// Time until a question has failed, such as `3s`.
    pub timeout: String,
    /// Successes in a row that count.
    pub healthy_threshold: u32,
    /// Failures in a row that count.
    pub unhealthy_threshold: u32,
    /// The question.
    pub http: HttpHealthCheck,
}

/// A question by HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpHealthCheck {
    /// Path.
    pub path: String,
    /// What the answer must be like.
    #[serde(rename = "match")]
    pub matching: HttpHealthMatch,
}

/// What an answer must be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpHealthMatch {
    /// Its status code is in one of these.
    pub status_codes: Vec<StatusCodeRange>,
}

/// Status codes, first and last included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatusCodeRange {
    /// First.
    pub start: u16,
    /// Last.
    pub end: u16,
}
