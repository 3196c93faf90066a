//! What whoever operates a system must know, decided once for all who say it: the runbook and the driver.
//!
//! In: the model and its facts. Out: lists and names, never words: which resource providers are needed, what asks whether a
//! workload is well, what is removed and in which order.

mod preparation;
mod probes;
mod removal;

pub(crate) use preparation::tools;
pub(crate) use probes::{
    CURL_IMAGE, CURL_USER, answers_of, call_url, healthy_request, rollout_seconds,
};
pub(crate) use removal::{group_assignments, own_resources, own_vaults, surviving_assignments};

use crate::catalog::arm_types;
use crate::facts::{ArmPlace, Fact, What};
use crate::model::{
    Cluster, Controller, Diagnostics, GatewayDeployment, Link, Model, ServiceConnection, Via,
    Workload,
};

/// The ARM version that traffic controllers are asked by: the newest stable one (2026-08-27).
pub(crate) const TRAFFIC_CONTROLLER_API: &str = "2026-03-01";

/// A system: its model, and what is true of it.
#[derive(Clone, Copy)]
pub(crate) struct System<'a> {
    /// The model.
    pub(crate) model: &'a Model,
    /// Its facts.
    pub(crate) facts: &'a [Fact],
}

impl<'a> System<'a> {
    /// The cluster.
    pub(crate) fn cluster(self) -> &'a Cluster {
        self.model.cluster()
    }

    /// The name of the resource group.
    pub(crate) fn group(self) -> &'a str {
        &self.model.azure.resource_group.name
    }

    /// Whether something is in the system's resource group.
    pub(crate) fn is_at_home(self, place: &ArmPlace) -> bool {
        self.model
            .is_own_group(place.subscription.as_deref(), &place.resource_group)
    }

    /// The namespace of the workloads.
    pub(crate) fn namespace(self) -> &'a str {
        &self.cluster().namespace.name
    }

    /// What of each fact `of` takes.
    pub(crate) fn about<T: 'a>(
        self,
        of: impl Fn(&'a What) -> Option<&'a T>,
    ) -> impl Iterator<Item = &'a T> {
        self.facts.iter().filter_map(move |fact| of(&fact.what))
    }

    /// Whether the ALB Controller makes the traffic controller.
    pub(crate) fn is_managed(self) -> bool {
        matches!(
            self.cluster().gateway.deployment,
            GatewayDeployment::Managed { .. }
        )
    }

    /// Whether AKS installs the ALB Controller.
    pub(crate) fn is_addon(self) -> bool {
        self.cluster().gateway.controller == Controller::Addon
    }

    /// Connections that Service Connector makes.
    pub(crate) fn service_connections(
        self,
    ) -> impl Iterator<Item = (&'a Workload, &'a Link, &'a ServiceConnection)> {
        self.model.workloads.iter().flat_map(|workload| {
            workload
                .links
                .iter()
                .filter_map(move |link| match &link.via {
                    Via::ServiceConnector(connection) => Some((workload, link, connection)),
                    Via::Direct => None,
                })
        })
    }

    /// What a gateway that the ALB Controller makes is to log, and where to: Bicep cannot say what a thing of a random name
    /// logs. The logs as `az monitor diagnostic-settings create --logs` takes them.
    pub(crate) fn managed_logs(self) -> Option<(&'a ArmPlace, &'static str)> {
        if !self.is_managed() {
            return None;
        }
        let logs = match self.model.workspace.diagnostics {
            Diagnostics::None => return None,
            Diagnostics::All => r#"[{"categoryGroup": "allLogs", "enabled": true}]"#,
            Diagnostics::Audit => {
                r#"[{"category": "TrafficControllerAccessLog", "enabled": true}, {"category": "TrafficControllerFirewallLog", "enabled": true}]"#
            }
        };
        self.about(|what| match what {
            What::Resource(resource) => Some(resource),
            _ => None,
        })
        .find(|resource| resource.place.resource_type == arm_types::WORKSPACE)
        .map(|resource| (&resource.place, logs))
    }
}
