//! What reaches what: the internet the workloads, workloads each other, and pods the data services.

use super::{Call, Exposure, Fact, Reach, Route, Way, What, fact};
use crate::model::{Model, PathMatch, Provision};

pub(super) fn facts(model: &Model) -> Vec<Fact> {
    let cluster = model.cluster();
    let gateway = &cluster.gateway;
    let mut facts = vec![fact(
        What::Exposure(Exposure::ApiServer {
            cluster: cluster.name.clone(),
        }),
        &cluster.origin,
    )];
    for frontend in &gateway.frontends {
        for listener in &frontend.listeners {
            facts.push(fact(
                What::Exposure(Exposure::Listener {
                    gateway: frontend.gateway.clone(),
                    frontend: frontend.name.clone(),
                    listener: listener.name.clone(),
                    protocol: listener.protocol,
                    port: listener.port,
                }),
                &gateway.origin,
            ));
        }
    }
    for route in &model.routes {
        for backend in &route.backends {
            facts.push(fact(
                What::Route(Route {
                    name: route.name.clone(),
                    gateway: route.gateway.clone(),
                    is_prefix: matches!(route.path, PathMatch::Prefix(_)),
                    path: route.path.value().to_owned(),
                    rewrite_prefix: route.rewrite_prefix.clone(),
                    workload: backend.workload.clone(),
                    service: backend.service.clone(),
                    port: backend.port,
                }),
                &route.origin,
            ));
        }
    }
    for workload in &model.workloads {
        for call in &workload.calls {
            facts.push(fact(
                What::Call(Call {
                    from: workload.name.clone(),
                    to: call.workload.clone(),
                    variable: call.variable.clone(),
                    url: call.url.clone(),
                }),
                &call.origin,
            ));
        }
    }
    for resource in &model.resources {
        let kind = resource.kind.facets();
        let way = match &resource.provision {
            Provision::Create(()) => Way::Deployed(kind.reached_by()),
            Provision::Existing(_) => Way::MustLetIn {
                network: cluster.network.name.clone(),
                subnet: cluster.network.nodes.name.clone(),
            },
        };
        facts.push(fact(
            What::Reach(Reach {
                resource: resource.key.clone(),
                azure_name: resource.azure_name.clone(),
                title: kind.title(),
                way,
            }),
            &resource.origin,
        ));
    }
    facts
}
