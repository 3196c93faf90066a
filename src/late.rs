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
    /// What it is, as a noun phrase. It has the names of `of`.
    pub meaning: String,
    /// What in Azure it is of, and the resource group of that.
    pub of: [String; 2],
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
    let group = &model.azure.resource_group.name;
    let value = |key: &str, name: &str, shape: Shape, producer: Producer| {
        let what = match shape {
            Shape::ClientId => "client id",
            Shape::ResourceId(_) => "resource id",
        };
        LateValue {
            key: key.to_owned(),
            shape,
            meaning: format!("{what} of {name} in {group}"),
            of: [name.to_owned(), group.clone()],
            producer,
        }
    };
    let mut values = Vec::new();
    let cluster = model.cluster();
    if let Controller::Helm { identity, .. } = &cluster.gateway.controller {
        let producer = Producer::AlbController;
        let key = ALB_CONTROLLER_CLIENT_ID;
        values.push(value(key, identity, Shape::ClientId, producer));
    }
    if model.azure.subscription.is_none() {
        let id_of = |kind: &str| Shape::ResourceId(kind.to_owned());
        values.push(match &cluster.gateway.deployment {
            GatewayDeployment::Byo { traffic_controller } => value(
                AGC_ID,
                traffic_controller,
                id_of(arm_types::TRAFFIC_CONTROLLER),
                Producer::TrafficController,
            ),
            GatewayDeployment::Managed { .. } => value(
                GATEWAY_SUBNET_ID,
                &cluster.network.gateway.name,
                id_of(arm_types::SUBNET),
                Producer::GatewaySubnet,
            ),
        });
    }
    for (resource, sql) in model.sql_servers() {
        let administrator = &sql.administrator;
        let producer = Producer::SqlAdministrator(resource.key.clone());
        let (key, name) = (&administrator.client_id_key, &administrator.identity);
        values.push(value(key, name, Shape::ClientId, producer));
    }
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            let producer = Producer::WorkloadIdentity(workload.name.clone());
            let (key, name) = (&identity.client_id_key, &identity.name);
            values.push(value(key, name, Shape::ClientId, producer));
        }
    }
    values
}
