//! What there is, in Azure and in the cluster, and what of it is billed.

use super::{Area, ArmPlace, AzureResource, Billed, ClusterObject, Fact, Maker, What, fact};
use crate::catalog::arm_types;
use crate::kinds::Kind;
use crate::model::{Cluster, Controller, GatewayDeployment, Model, Provision, Resource, Tier};
use crate::objects::{Manifest, Object, Part, Topic};

const MAIN: &str = "infra/main.bicep";

pub(super) fn facts(model: &Model, manifests: &[Manifest]) -> Vec<Fact> {
    let cluster = model.cluster();
    let mut facts = monitoring(model, cluster);
    facts.extend(network(model, cluster));
    facts.extend(compute(model, cluster));
    facts.extend(gateway(model, cluster));
    for resource in &model.resources {
        facts.extend(data(model, resource));
    }
    facts.extend(identities(model));
    facts.extend(objects(manifests));
    facts
}

/// A resource that the deployment makes.
fn made(area: Area, title: &'static str, place: ArmPlace) -> AzureResource {
    AzureResource {
        area,
        title,
        place,
        maker: Maker::Deployment,
        file: MAIN.to_owned(),
    }
}

fn monitoring(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    const TITLE: &str = "Log Analytics workspace";
    let area = Area::Monitoring;
    let rule = made(
        area,
        "data collection rule",
        ArmPlace::here(
            model,
            arm_types::COLLECTION_RULE,
            [&cluster.collection_rule],
        ),
    );
    let (workspace, size) = match &model.workspace.workspace {
        Provision::Create(workspace) => (
            made(
                area,
                TITLE,
                ArmPlace::here(model, arm_types::WORKSPACE, [&workspace.name]),
            ),
            format!("kept {} days", workspace.retention_days),
        ),
        Provision::Existing(id) => (
            AzureResource {
                maker: Maker::SomebodyElse,
                ..made(area, TITLE, ArmPlace::existing(id, arm_types::WORKSPACE))
            },
            String::new(),
        ),
    };
    let logs = Billed {
        area,
        resource: workspace.place.name().to_owned(),
        what: "logs".to_owned(),
        size,
        count: 1,
        grows_with: "bytes taken in, days kept",
    };
    [
        What::Resource(rule),
        What::Resource(workspace),
        What::Billed(logs),
    ]
    .map(|what| fact(what, &cluster.origin))
    .into()
}

fn network(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let network = &cluster.network;
    let mut places = vec![(
        "virtual network",
        ArmPlace::here(model, arm_types::NETWORK, [&network.name]),
        &network.origin,
    )];
    for subnet in [&network.nodes, &network.gateway] {
        let security_group = format!("nsg-{}", subnet.name);
        places.push((
            "subnet",
            ArmPlace::here(model, arm_types::SUBNET, [&network.name, &subnet.name]),
            &subnet.origin,
        ));
        places.push((
            "network security group",
            ArmPlace::here(model, arm_types::SECURITY_GROUP, [&security_group]),
            &subnet.origin,
        ));
    }
    places
        .into_iter()
        .map(|(title, place, origin)| {
            fact(What::Resource(made(Area::Network, title, place)), origin)
        })
        .collect()
}

fn compute(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let area = Area::Cluster;
    let made = |title, place| made(area, title, place);
    let billed = |what: &str, size: String, count, grows_with| {
        What::Billed(Billed {
            area,
            resource: cluster.name.clone(),
            what: what.to_owned(),
            size,
            count,
            grows_with,
        })
    };
    [
        What::Resource(AzureResource {
            maker: Maker::Aks,
            ..made(
                "resource group of the nodes",
                ArmPlace::group(&cluster.node_resource_group),
            )
        }),
        What::Resource(made(
            "AKS cluster",
            ArmPlace::here(model, arm_types::CLUSTER, [&cluster.name]),
        )),
        What::Resource(made(
            "identity of the control plane",
            ArmPlace::here(model, arm_types::IDENTITY, [&cluster.identity]),
        )),
        billed(
            "control plane",
            cluster.tier.to_string(),
            1,
            match cluster.tier {
                Tier::Free => "nothing: this tier is free of charge",
                Tier::Standard | Tier::Premium => "hours",
            },
        ),
        billed(
            "nodes with their disks",
            cluster.nodes.size.clone(),
            cluster.nodes.count,
            "hours, number of nodes",
        ),
        billed(
            "load balancer and public address for outbound traffic",
            "Standard".to_owned(),
            1,
            "hours, bytes",
        ),
    ]
    .map(|what| fact(what, &cluster.origin))
    .into()
}

fn gateway(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    const TITLE: &str = "Application Gateway for Containers";
    let area = Area::Gateway;
    let gateway = &cluster.gateway;
    let made = |title, place| made(area, title, place);
    let mut resources = Vec::new();
    let controller = match &gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => {
            let place = ArmPlace::here(model, arm_types::TRAFFIC_CONTROLLER, [traffic_controller]);
            resources.push(made(
                "association with the subnet",
                place.child(arm_types::ASSOCIATION, "association"),
            ));
            resources.extend(gateway.frontends.iter().map(|frontend| {
                made("frontend", place.child(arm_types::FRONTEND, &frontend.name))
            }));
            made(TITLE, place)
        }
        GatewayDeployment::Managed { .. } => AzureResource {
            maker: Maker::AlbController,
            file: Part::Platform(Topic::Gateway).file(),
            ..made(
                TITLE,
                ArmPlace::group(&cluster.node_resource_group)
                    .child(arm_types::TRAFFIC_CONTROLLER, ""),
            )
        },
    };
    let frontends = u32::try_from(gateway.frontends.len()).unwrap_or(u32::MAX);
    // What is metered: the service's pricing page, as known 2026-11.
    let billed = [
        (TITLE, 1, "hours, capacity units (traffic)"),
        ("frontends", frontends, "hours"),
        ("association", 1, "hours"),
    ]
    .map(|(what, count, grows_with)| {
        What::Billed(Billed {
            area,
            resource: controller.place.name().to_owned(),
            what: what.to_owned(),
            size: String::new(),
            count,
            grows_with,
        })
    });
    resources.push(controller);
    if let Controller::Helm { identity, .. } = &gateway.controller {
        resources.push(made(
            "identity of the ALB Controller",
            ArmPlace::here(model, arm_types::IDENTITY, [identity]),
        ));
    }
    resources
        .into_iter()
        .map(What::Resource)
        .chain(billed)
        .map(|what| fact(what, &gateway.origin))
        .collect()
}

fn data(model: &Model, resource: &Resource) -> Vec<Fact> {
    let kind = resource.kind.facets();
    let maker = match &resource.provision {
        Provision::Create(()) => Maker::Deployment,
        Provision::Existing(_) => Maker::SomebodyElse,
    };
    let made = |title, place| AzureResource {
        maker,
        ..made(Area::Data, title, place)
    };
    let place = ArmPlace::of(model, resource);
    let (child_title, child_type) = kind.child_type();
    let mut resources: Vec<AzureResource> = kind
        .children()
        .iter()
        .map(|child| made(child_title, place.child(child_type, &child.azure_name)))
        .collect();
    resources.push(made(kind.title(), place));
    if let Kind::Sql(sql) = &resource.kind {
        resources.push(made(
            "identity of the SQL administrator",
            ArmPlace::here(model, arm_types::IDENTITY, [&sql.administrator.identity]),
        ));
    }
    let billed = (maker == Maker::Deployment)
        .then(|| kind.billing())
        .into_iter()
        .flatten()
        .map(|row| {
            What::Billed(Billed {
                area: Area::Data,
                resource: resource.azure_name.clone(),
                what: row.what,
                size: row.size,
                count: 1,
                grows_with: row.grows_with,
            })
        });
    resources
        .into_iter()
        .map(What::Resource)
        .chain(billed)
        .map(|what| fact(what, &resource.origin))
        .collect()
}

fn identities(model: &Model) -> impl Iterator<Item = Fact> {
    model.workloads.iter().filter_map(|workload| {
        let identity = workload.identity.as_ref()?;
        let place = ArmPlace::here(model, arm_types::IDENTITY, [&identity.name]);
        let resource = AzureResource {
            file: format!("infra/workloads/{}.bicep", workload.name),
            ..made(Area::Identity, "identity of a workload", place)
        };
        Some(fact(What::Resource(resource), &workload.origin))
    })
}

/// Every object but those that follow from another one of the same name.
fn objects(manifests: &[Manifest]) -> impl Iterator<Item = Fact> {
    manifests.iter().filter_map(|manifest| {
        let (pods, template) = match &manifest.object {
            Object::PodDisruptionBudget(_) | Object::HealthCheckPolicy(_) => return None,
            Object::ConfigMap(_) if manifest.part == Part::Platform(Topic::SqlGrants) => {
                return None;
            }
            Object::Deployment(deployment) => {
                (deployment.spec.replicas, Some(&deployment.spec.template))
            }
            Object::Job(job) => (1, Some(&job.spec.template)),
            _ => (0, None),
        };
        let id = manifest.object.id();
        let object = ClusterObject {
            phase: manifest.part.phase(),
            kind: manifest.object.kind(),
            namespace: id.namespace,
            name: id.name,
            file: manifest.part.file(),
            image: template
                .and_then(|template| template.spec.containers.first())
                .map(|container| container.image.clone()),
            pods,
        };
        Some(fact(What::Object(object), &manifest.origin))
    })
}
