//! `gateway`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::sugar::short;

/// Application Gateway for Containers and its controller.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Gateway {
    /// Who makes the traffic controller: Bicep (`byo`, under a name of yours) or the ALB Controller (`managed`, under a
    /// random one). Default: `byo`.
    #[schemars(example = &"byo")]
    #[serde(default)]
    pub deployment: GatewayDeployment,
    /// Who installs the ALB Controller: `helm`, `addon` (AKS add-on, preview) or `existing` (you). Default: `helm`.
    #[schemars(example = &"helm")]
    #[serde(default)]
    pub controller: Controller,
}

/// Who makes the traffic controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum GatewayDeployment {
    #[default]
    Byo,
    Managed,
}

/// The ALB Controller.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("install"))]
pub(crate) struct Controller {
    /// Who installs it. Default: `helm`.
    #[schemars(example = &"helm")]
    #[serde(default)]
    pub install: Install,
    /// Version of the chart; only with `helm`. Default: the newest that this agcgen knows.
    #[schemars(example = &"1.12.1", regex(pattern = r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$"))]
    pub version: Option<String>,
    /// Namespace that it runs in; only with `helm`. Default: `azure-alb-system`.
    #[schemars(example = &"azure-alb-system", regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), length(max = 63))]
    pub namespace: Option<String>,
}

/// Who installs the ALB Controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Install {
    #[default]
    Helm,
    Addon,
    Existing,
}
