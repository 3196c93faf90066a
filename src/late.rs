//! Values that exist only after the deployment: each has a key, a shape and one producer. Who reads
//! them is said by the objects: [`crate::objects::Waiting`].
//!
//! Every name is a literal, so only client ids are late, and without a subscription in the spec one ARM id. The keys
//! are those of `k8s/platform/late-values.env` and of the deployment's output `lateValues`.

use crate::catalog::arm_types;
use crate::model::{Controller, GatewayDeployment, Model};
use crate::output::Shape;

/// What in the deployment makes a late value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Producer {
    /// The identity of that workload.
    WorkloadIdentity(String),
    /// The identity that administers that SQL server.
    SqlAdministrator(String),
    /// The identity of the ALB Controller.
    AlbController,
    /// The traffic controller.
    TrafficController,
    /// The subnet of the gateway.
    GatewaySubnet,
}

/// A value that exists only after the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateValue {
    /// Its key.
    pub key: String,
    /// What it looks like.
    pub shape: Shape,
    /// What it is, as a noun phrase.
    pub meaning: String,
    /// What makes it.
    pub producer: Producer,
}

impl LateValue {
    /// Whether the command that installs the ALB Controller takes it.
    pub fn is_for_helm(&self) -> bool {
        self.producer == Producer::AlbController
    }
}

/// The file that holds them, from the output folder.
pub const PATH: &str = "k8s/platform/late-values.env";
/// The same file, from its own folder.
pub const FILE: &str = "late-values.env";

/// Key of the ALB Controller's client id.
pub const ALB_CONTROLLER_CLIENT_ID: &str = "ALB_CONTROLLER_CLIENT_ID";
/// Key of the traffic controller's resource id.
pub const AGC_ID: &str = "AGC_ID";
/// Key of the gateway subnet's resource id.
pub const GATEWAY_SUBNET_ID: &str = "GATEWAY_SUBNET_ID";

/// The late values of a system, in the order they are listed everywhere.
pub fn late_values(model: &Model) -> Vec<LateValue> {
    let mut values = Vec::new();
    let cluster = model.cluster();
    if let Controller::Helm { identity, .. } = &cluster.gateway.controller {
        values.push(LateValue {
            key: ALB_CONTROLLER_CLIENT_ID.to_owned(),
            shape: Shape::ClientId,
            meaning: format!("client id of {identity}"),
            producer: Producer::AlbController,
        });
    }
    if model.azure.subscription.is_none() {
        values.push(match &cluster.gateway.deployment {
            GatewayDeployment::Byo { traffic_controller } => LateValue {
                key: AGC_ID.to_owned(),
                shape: Shape::ResourceId(arm_types::TRAFFIC_CONTROLLER.to_owned()),
                meaning: format!("resource id of {traffic_controller}"),
                producer: Producer::TrafficController,
            },
            GatewayDeployment::Managed { .. } => LateValue {
                key: GATEWAY_SUBNET_ID.to_owned(),
                shape: Shape::ResourceId(arm_types::SUBNET.to_owned()),
                meaning: format!("resource id of {}", cluster.network.gateway.name),
                producer: Producer::GatewaySubnet,
            },
        });
    }
    for (resource, sql) in model.sql_servers() {
        values.push(LateValue {
            key: sql.administrator.client_id_key.clone(),
            shape: Shape::ClientId,
            meaning: format!("client id of {}", sql.administrator.identity),
            producer: Producer::SqlAdministrator(resource.key.clone()),
        });
    }
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            values.push(LateValue {
                key: identity.client_id_key.clone(),
                shape: Shape::ClientId,
                meaning: format!("client id of {}", identity.name),
                producer: Producer::WorkloadIdentity(workload.name.clone()),
            });
        }
    }
    values
}
