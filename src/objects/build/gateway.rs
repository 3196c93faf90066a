//! Gateways, and the `ApplicationLoadBalancer` where the controller makes the traffic controller.

use crate::catalog::arm_types::TRAFFIC_CONTROLLER;
use crate::catalog::controller::GATEWAY_CLASS;
use crate::late::{AGC_ID, GATEWAY_SUBNET_ID};
use crate::model::{Frontend, GatewayDeployment, Model};
use crate::objects::api::{
    AllowedRoutes, ApplicationLoadBalancer, ApplicationLoadBalancerSpec, Gateway, GatewayAddress,
    GatewaySpec, Listener, Metadata, RouteNamespaces, TextMap,
};
use crate::objects::late_field::{Step, key};
use crate::objects::{LateField, Manifest, Object, Part, Topic, hole, labels};

/// A Gateway names the traffic controller of Bicep by its ARM id, and its frontend as an address of this type; it needs
/// both (AGC "bring your own deployment", 2026-08).
const ALB_ID: &str = "alb.networking.azure.io/alb-id";
const ALB_FRONTEND: &str = "alb.networking.azure.io/alb-frontend";
/// A Gateway names the `ApplicationLoadBalancer` that the controller serves it with by these two (AGC "managed by ALB
/// Controller", 2026-08).
const ALB_NAMESPACE: &str = "alb.networking.azure.io/alb-namespace";
const ALB_NAME: &str = "alb.networking.azure.io/alb-name";

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    let gateway = &model.cluster().gateway;
    let mut manifests = Vec::new();
    if let GatewayDeployment::Managed {
        application_load_balancer,
    } = &gateway.deployment
    {
        manifests.push(load_balancer(model, application_load_balancer));
    }
    manifests.extend(
        gateway
            .frontends
            .iter()
            .map(|frontend| one_gateway(model, frontend)),
    );
    manifests
}

/// The text of a field with an ARM id: whole where the spec names the subscription, else a hole with its late field.
fn arm_id(
    model: &Model,
    late_key: &str,
    path: impl IntoIterator<Item = Step>,
    resource: &str,
) -> (String, Vec<LateField>) {
    match &model.azure.subscription {
        Some(subscription) => {
            let group = &model.azure.resource_group.name;
            let id = format!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/{resource}"
            );
            (id, Vec::new())
        }
        None => (hole(late_key), vec![LateField::new(late_key, path)]),
    }
}

fn load_balancer(model: &Model, name: &str) -> Manifest {
    let cluster = model.cluster();
    let network = &cluster.network;
    let (subnet, late) = arm_id(
        model,
        GATEWAY_SUBNET_ID,
        [key("spec"), key("associations"), Step::Index(0)],
        &format!(
            "Microsoft.Network/virtualNetworks/{}/subnets/{}",
            network.name, network.gateway.name
        ),
    );
    Manifest {
        object: Object::ApplicationLoadBalancer(ApplicationLoadBalancer {
            metadata: Metadata {
                name: name.to_owned(),
                namespace: Some(cluster.namespace.name.clone()),
                labels: labels(model, name),
                ..Metadata::default()
            },
            spec: ApplicationLoadBalancerSpec {
                associations: vec![subnet],
            },
        }),
        origin: cluster.gateway.origin.clone(),
        part: Part::Platform(Topic::Gateway),
        late,
    }
}

fn one_gateway(model: &Model, frontend: &Frontend) -> Manifest {
    let cluster = model.cluster();
    let namespace = &cluster.namespace.name;
    let (annotations, addresses, late) = match &cluster.gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => {
            let (id, late) = arm_id(
                model,
                AGC_ID,
                [key("metadata"), key("annotations"), key(ALB_ID)],
                &format!("{TRAFFIC_CONTROLLER}/{traffic_controller}"),
            );
            let address = GatewayAddress {
                address_type: ALB_FRONTEND.to_owned(),
                value: frontend.name.clone(),
            };
            (TextMap::from([(ALB_ID, id)]), vec![address], late)
        }
        GatewayDeployment::Managed {
            application_load_balancer,
        } => {
            let annotations = TextMap::from([
                (ALB_NAMESPACE, namespace),
                (ALB_NAME, application_load_balancer),
            ]);
            (annotations, Vec::new(), Vec::new())
        }
    };
    let listeners = frontend.listeners.iter().map(|listener| Listener {
        name: listener.name.clone(),
        protocol: listener.protocol.to_owned(),
        port: listener.port,
        allowed_routes: AllowedRoutes {
            namespaces: RouteNamespaces {
                from: "Same".to_owned(),
            },
        },
    });
    Manifest {
        object: Object::Gateway(Gateway {
            metadata: Metadata {
                name: frontend.gateway.clone(),
                namespace: Some(namespace.clone()),
                labels: labels(model, &frontend.gateway),
                annotations,
            },
            spec: GatewaySpec {
                gateway_class_name: GATEWAY_CLASS.to_owned(),
                addresses,
                listeners: listeners.collect(),
            },
        }),
        origin: cluster.gateway.origin.clone(),
        part: Part::Platform(Topic::Gateway),
        late,
    }
}
