//! What there is, in Azure and in the cluster, and what of it is billed.

use super::{Area, ArmPlace, AzureResource, Billed, ClusterObject, Fact, Maker, Phase, What, fact};
use crate::kinds::Kind;
use crate::model::{
    Cluster, Controller, GatewayDeployment, Model, Origin, Provision, Resource, Tier,
};

const MAIN: &str = "infra/main.bicep";
const GATEWAY: &str = "k8s/platform/gateway.yaml";
const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

pub(super) fn facts(model: &Model) -> Vec<Fact> {
    let cluster = model.cluster();
    let mut facts = monitoring(model, cluster);
    facts.extend(network(model, cluster));
    facts.extend(compute(model, cluster));
    facts.extend(gateway(model, cluster));
    for resource in &model.resources {
        facts.extend(data(model, resource));
    }
    facts.extend(workloads(model, cluster));
    facts
}

/// A resource that the deployment makes in the system's own group.
fn made<const N: usize>(
    model: &Model,
    area: Area,
    title: &'static str,
    resource_type: &'static str,
    names: [&str; N],
    origin: &Origin,
) -> Fact {
    fact(
        What::Resource(AzureResource {
            area,
            title,
            place: ArmPlace::resource(&model.azure.resource_group.name, resource_type, names),
            maker: Maker::Deployment,
            file: MAIN.to_owned(),
        }),
        origin,
    )
}

fn billed(
    area: Area,
    resource: &str,
    what: impl Into<String>,
    size: impl Into<String>,
    count: u32,
    grows_with: &'static str,
    origin: &Origin,
) -> Fact {
    fact(
        What::Billed(Billed {
            area,
            resource: resource.to_owned(),
            what: what.into(),
            size: size.into(),
            count,
            grows_with,
        }),
        origin,
    )
}

fn monitoring(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    const WORKSPACE: &str = "Microsoft.OperationalInsights/workspaces";
    const TITLE: &str = "Log Analytics workspace";
    let area = Area::Monitoring;
    let origin = &cluster.origin;
    let mut facts = vec![made(
        model,
        area,
        "data collection rule",
        "Microsoft.Insights/dataCollectionRules",
        [&cluster.collection_rule],
        origin,
    )];
    match &model.workspace.workspace {
        Provision::Create(workspace) => {
            facts.push(made(
                model,
                area,
                TITLE,
                WORKSPACE,
                [&workspace.name],
                origin,
            ));
            facts.push(billed(
                area,
                &workspace.name,
                "logs",
                format!("kept {} days", workspace.retention_days),
                1,
                "bytes taken in, days kept",
                origin,
            ));
        }
        Provision::Existing(id) => {
            facts.push(fact(
                What::Resource(AzureResource {
                    area,
                    title: TITLE,
                    place: ArmPlace {
                        subscription: id.subscription.clone(),
                        ..ArmPlace::resource(&id.resource_group, WORKSPACE, [&id.name])
                    },
                    maker: Maker::SomebodyElse,
                    file: MAIN.to_owned(),
                }),
                origin,
            ));
            facts.push(billed(
                area,
                &id.name,
                "logs",
                "",
                1,
                "bytes taken in, days kept",
                origin,
            ));
        }
    }
    facts
}

fn network(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    const NETWORK: &str = "Microsoft.Network/virtualNetworks";
    const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
    let network = &cluster.network;
    let area = Area::Network;
    let mut facts = vec![made(
        model,
        area,
        "virtual network",
        NETWORK,
        [&network.name],
        &network.origin,
    )];
    for subnet in [&network.nodes, &network.gateway] {
        facts.push(made(
            model,
            area,
            "subnet",
            SUBNET,
            [&network.name, &subnet.name],
            &subnet.origin,
        ));
        facts.push(made(
            model,
            area,
            "network security group",
            "Microsoft.Network/networkSecurityGroups",
            [&format!("nsg-{}", subnet.name)],
            &subnet.origin,
        ));
    }
    facts
}

fn compute(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let area = Area::Cluster;
    let origin = &cluster.origin;
    let mut node_group = made(model, area, "resource group of the nodes", "", [], origin);
    if let What::Resource(resource) = &mut node_group.what {
        resource.place = ArmPlace::group(&cluster.node_resource_group);
        resource.maker = Maker::Aks;
    }
    vec![
        node_group,
        made(
            model,
            area,
            "AKS cluster",
            "Microsoft.ContainerService/managedClusters",
            [&cluster.name],
            origin,
        ),
        made(
            model,
            area,
            "identity of the control plane",
            IDENTITY,
            [&cluster.identity],
            origin,
        ),
        billed(
            area,
            &cluster.name,
            "control plane",
            cluster.tier.to_string(),
            1,
            match cluster.tier {
                Tier::Free => "nothing: this tier is free of charge",
                Tier::Standard | Tier::Premium => "hours",
            },
            origin,
        ),
        billed(
            area,
            &cluster.name,
            "nodes with their disks",
            cluster.nodes.size.clone(),
            cluster.nodes.count,
            "hours, number of nodes",
            origin,
        ),
        billed(
            area,
            &cluster.name,
            "load balancer and public address for outbound traffic",
            "Standard",
            1,
            "hours, bytes",
            origin,
        ),
        object(
            Phase::Platform,
            "Namespace",
            None,
            &cluster.namespace.name,
            "k8s/platform/namespace.yaml",
            origin,
        ),
    ]
}

fn gateway(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    const CONTROLLER: &str = "Microsoft.ServiceNetworking/trafficControllers";
    const TITLE: &str = "Application Gateway for Containers";
    let area = Area::Gateway;
    let gateway = &cluster.gateway;
    let origin = &gateway.origin;
    let namespace = &cluster.namespace.name;
    let mut facts = Vec::new();
    let name = match &gateway.deployment {
        GatewayDeployment::Byo { traffic_controller } => {
            facts.push(made(
                model,
                area,
                TITLE,
                CONTROLLER,
                [traffic_controller],
                origin,
            ));
            facts.push(made(
                model,
                area,
                "association with the subnet",
                "Microsoft.ServiceNetworking/trafficControllers/associations",
                [traffic_controller, "association"],
                origin,
            ));
            for frontend in &gateway.frontends {
                facts.push(made(
                    model,
                    area,
                    "frontend",
                    "Microsoft.ServiceNetworking/trafficControllers/frontends",
                    [traffic_controller, &frontend.name],
                    origin,
                ));
            }
            traffic_controller.as_str()
        }
        GatewayDeployment::Managed {
            application_load_balancer,
        } => {
            facts.push(fact(
                What::Resource(AzureResource {
                    area,
                    title: TITLE,
                    place: ArmPlace::resource(&cluster.node_resource_group, CONTROLLER, [""]),
                    maker: Maker::AlbController,
                    file: GATEWAY.to_owned(),
                }),
                origin,
            ));
            facts.push(object(
                Phase::Platform,
                "ApplicationLoadBalancer",
                Some(namespace),
                application_load_balancer,
                GATEWAY,
                origin,
            ));
            ""
        }
    };
    if let Controller::Helm { identity, .. } = &gateway.controller {
        facts.push(made(
            model,
            area,
            "identity of the ALB Controller",
            IDENTITY,
            [identity],
            origin,
        ));
    }
    for frontend in &gateway.frontends {
        facts.push(object(
            Phase::Platform,
            "Gateway",
            Some(namespace),
            &frontend.gateway,
            GATEWAY,
            origin,
        ));
    }
    let frontends = u32::try_from(gateway.frontends.len()).unwrap_or(u32::MAX);
    // What is metered: the service's pricing page, as known 2026-11.
    facts.push(billed(
        area,
        name,
        TITLE,
        "",
        1,
        "hours, capacity units (traffic)",
        origin,
    ));
    facts.push(billed(
        area,
        name,
        "frontends",
        "",
        frontends,
        "hours",
        origin,
    ));
    facts.push(billed(area, name, "association", "", 1, "hours", origin));
    facts
}

fn data(model: &Model, resource: &Resource) -> Vec<Fact> {
    let kind = resource.kind.facets();
    let origin = &resource.origin;
    let (maker, place) = match &resource.provision {
        Provision::Create(()) => (
            Maker::Deployment,
            ArmPlace::resource(
                &model.azure.resource_group.name,
                kind.resource_type(),
                [&resource.azure_name],
            ),
        ),
        Provision::Existing(id) => (
            Maker::SomebodyElse,
            ArmPlace {
                subscription: id.subscription.clone(),
                ..ArmPlace::resource(
                    &id.resource_group,
                    kind.resource_type(),
                    [&resource.azure_name],
                )
            },
        ),
    };
    let (child_title, child_type) = kind.child_type();
    let mut facts = Vec::new();
    for child in kind.children() {
        facts.push(fact(
            What::Resource(AzureResource {
                area: Area::Data,
                title: child_title,
                place: super::access::child_place(&place, child_type, &child.azure_name),
                maker,
                file: MAIN.to_owned(),
            }),
            origin,
        ));
    }
    facts.push(fact(
        What::Resource(AzureResource {
            area: Area::Data,
            title: kind.title(),
            place,
            maker,
            file: MAIN.to_owned(),
        }),
        origin,
    ));
    if maker == Maker::Deployment {
        facts.extend(kind.billing().into_iter().map(|row| {
            billed(
                Area::Data,
                &resource.azure_name,
                row.what,
                row.size,
                1,
                row.grows_with,
                origin,
            )
        }));
    }
    if let Kind::Sql(sql) = &resource.kind {
        const FILE: &str = "k8s/platform/sql-grants.yaml";
        let namespace = &sql.grants.namespace;
        facts.push(made(
            model,
            Area::Data,
            "identity of the SQL administrator",
            IDENTITY,
            [&sql.administrator.identity],
            origin,
        ));
        // The Jobs of several servers share the namespace; it is one fact.
        facts.push(object(
            Phase::Platform,
            "Namespace",
            None,
            namespace,
            "k8s/platform/namespace.yaml",
            origin,
        ));
        facts.push(object(
            Phase::Platform,
            "ServiceAccount",
            Some(namespace),
            &sql.administrator.service_account,
            "k8s/platform/service-accounts.yaml",
            origin,
        ));
        let mut job = object(
            Phase::Platform,
            "Job",
            Some(namespace),
            &sql.grants.job,
            FILE,
            origin,
        );
        if let What::Object(job) = &mut job.what {
            job.image = Some(sql.grants.image.clone());
            job.pods = 1;
        }
        facts.push(job);
    }
    facts
}

fn workloads(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let namespace = Some(cluster.namespace.name.as_str());
    let mut facts = Vec::new();
    for workload in &model.workloads {
        let origin = &workload.origin;
        if let Some(identity) = &workload.identity {
            let mut resource = made(
                model,
                Area::Identity,
                "identity of a workload",
                IDENTITY,
                [&identity.name],
                origin,
            );
            if let What::Resource(resource) = &mut resource.what {
                resource.file = format!("infra/workloads/{}.bicep", workload.name);
            }
            facts.push(resource);
            facts.push(object(
                Phase::Platform,
                "ServiceAccount",
                namespace,
                &identity.service_account,
                "k8s/platform/service-accounts.yaml",
                origin,
            ));
        }
        if let Some(name) = workload.connections_map() {
            facts.push(object(
                Phase::Platform,
                "ConfigMap",
                namespace,
                &name,
                "k8s/platform/connections.yaml",
                origin,
            ));
        }
        let file = format!("k8s/workloads/{}.yaml", workload.name);
        let mut deployment = object(
            Phase::Workloads,
            "Deployment",
            namespace,
            &workload.name,
            &file,
            origin,
        );
        if let What::Object(deployment) = &mut deployment.what {
            deployment.image = Some(workload.image.clone());
            deployment.pods = workload.replicas;
        }
        facts.push(deployment);
        if let Some(service) = &workload.service {
            facts.push(object(
                Phase::Workloads,
                "Service",
                namespace,
                &service.name,
                &file,
                origin,
            ));
        }
    }
    for route in &model.routes {
        facts.push(object(
            Phase::Routes,
            "HTTPRoute",
            namespace,
            &route.name,
            &format!("k8s/routes/{}.yaml", route.name),
            &route.origin,
        ));
    }
    facts
}

fn object(
    phase: Phase,
    kind: &'static str,
    namespace: Option<&str>,
    name: &str,
    file: &str,
    origin: &Origin,
) -> Fact {
    fact(
        What::Object(ClusterObject {
            phase,
            kind,
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            file: file.to_owned(),
            image: None,
            pods: 0,
        }),
        origin,
    )
}
