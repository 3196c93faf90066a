//! What must be there before anything is made.

use super::System;
use crate::model::Controller;

/// A program that whoever operates the system needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tool {
    /// Its name on `PATH`; `bicep` is found by `az`.
    pub(crate) name: &'static str,
    /// The oldest version; `None`: any.
    pub(crate) at_least: Option<String>,
}

/// The programs that the commands of runbook and driver call.
///
/// `az` 2.91 is what they were written for (2026-11); Bicep 0.49 is what compiles the modules; Helm takes charts from registries
/// since 3.8 (Helm's release notes of 2022-01).
pub(crate) fn tools(system: System<'_>) -> Vec<Tool> {
    let tool = |name, at_least: Option<&str>| Tool {
        name,
        at_least: at_least.map(str::to_owned),
    };
    let mut tools = vec![
        tool("az", Some("2.91")),
        tool("bicep", Some("0.49")),
        tool("kubectl", Some(&kubectl_version(system))),
        tool("kubelogin", None),
        tool("curl", None),
    ];
    if matches!(system.cluster().gateway.controller, Controller::Helm { .. }) {
        tools.push(tool("helm", Some("3.8")));
    }
    tools
}

/// The oldest `kubectl` for the cluster: one minor version behind it (Kubernetes' version skew policy), and no older than
/// 1.31, which waits for things that do not exist yet.
fn kubectl_version(system: System<'_>) -> String {
    let minor = system
        .cluster()
        .kubernetes_version
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse::<u32>().ok())
        .unwrap_or_default();
    format!("1.{}", minor.saturating_sub(1).max(31))
}

impl System<'_> {
    /// Resource providers that the deployment, the ALB Controller and Service Connector need. Sources: Helm quickstart of
    /// 2026-02-07 (`NetworkFunction`); Service Connector on AKS, 2025-02-06 (`KubernetesConfiguration`); the types of the modules.
    pub(crate) fn providers(self) -> Vec<&'static str> {
        let mut providers = vec![
            "Microsoft.ContainerService",
            "Microsoft.Insights",
            "Microsoft.ManagedIdentity",
            "Microsoft.Network",
            "Microsoft.NetworkFunction",
            "Microsoft.OperationalInsights",
            "Microsoft.PolicyInsights",
            "Microsoft.ServiceNetworking",
        ];
        for resource in &self.model.resources {
            let namespace = resource.kind.facets().resource_type().split('/').next();
            providers.extend(namespace);
        }
        if self.service_connections().next().is_some() {
            providers.extend([
                "Microsoft.KubernetesConfiguration",
                "Microsoft.ServiceLinker",
            ]);
        }
        providers.sort_unstable();
        providers.dedup();
        providers
    }

    /// Preview features of `Microsoft.ContainerService` that the add-on needs. Source: add-on quickstart of 2026-08-18.
    pub(crate) fn features(self) -> &'static [&'static str] {
        if self.is_addon() {
            &["ManagedGatewayAPIPreview", "ApplicationLoadBalancerPreview"]
        } else {
            &[]
        }
    }
}
