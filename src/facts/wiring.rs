//! What is passed on: settings of connections, values that are known late, secrets.

use super::{Carrier, Connection, Consumer, Fact, LateValue, Secret, What, fact};
use crate::kinds::{Kind, Sql};
use crate::late::{Producer, late_values};
use crate::model::{
    GatewayDeployment, Model, Origin, Provision, Resource, Right, SettingValue, Via, Workload,
};

pub(super) fn facts(model: &Model) -> Vec<Fact> {
    let mut facts = Vec::new();
    for workload in &model.workloads {
        for link in &workload.links {
            let carrier = match &link.via {
                Via::Direct => Carrier::ConfigMap(workload.connections_map().unwrap_or_default()),
                Via::ServiceConnector(connection) => Carrier::ServiceConnector {
                    connection: connection.name.clone(),
                    secret: connection.secret.clone(),
                },
            };
            facts.push(fact(
                What::Connection(Connection {
                    workload: workload.name.clone(),
                    resource: link.resource.clone(),
                    child: link.child.clone(),
                    carrier,
                    variables: link
                        .settings
                        .iter()
                        .map(|setting| setting.name.clone())
                        .collect(),
                }),
                &link.origin,
            ));
        }
    }
    for value in late_values(model) {
        let (origin, consumers) = consumers(model, &value.producer);
        facts.push(fact(
            What::LateValue(LateValue {
                key: value.key,
                shape: value.shape,
                meaning: value.meaning,
                producer: value.producer,
                consumers,
            }),
            origin,
        ));
    }
    for resource in &model.resources {
        if let Kind::KeyVault(vault) = &resource.kind {
            facts.extend(vault.secrets.iter().map(|secret| {
                fact(
                    What::Secret(Secret {
                        vault: resource.key.clone(),
                        vault_name: resource.azure_name.clone(),
                        name: secret.azure_name.clone(),
                        variable: matches!(resource.provision, Provision::Create(()))
                            .then(|| secret.variable.clone()),
                    }),
                    &resource.origin,
                )
            }));
        }
    }
    facts
}

/// Who reads a late value, and what in the spec asks for it.
fn consumers<'m>(model: &'m Model, producer: &Producer) -> (&'m Origin, Vec<Consumer>) {
    let gateway = &model.cluster().gateway;
    match producer {
        Producer::AlbController => (&gateway.origin, vec![Consumer::Helm]),
        Producer::TrafficController => (
            &gateway.origin,
            gateway
                .frontends
                .iter()
                .map(|frontend| Consumer::Gateway(frontend.gateway.clone()))
                .collect(),
        ),
        Producer::GatewaySubnet => (
            &gateway.origin,
            match &gateway.deployment {
                GatewayDeployment::Managed {
                    application_load_balancer,
                } => vec![Consumer::ApplicationLoadBalancer(
                    application_load_balancer.clone(),
                )],
                GatewayDeployment::Byo { .. } => Vec::new(),
            },
        ),
        Producer::SqlAdministrator(key) => match server(model, key) {
            Some((resource, sql)) => (
                &resource.origin,
                vec![Consumer::ServiceAccount(
                    sql.administrator.service_account.clone(),
                )],
            ),
            None => (&gateway.origin, Vec::new()),
        },
        Producer::WorkloadIdentity(name) => match model.workload(name) {
            Some(workload) => (&workload.origin, workload_consumers(model, workload)),
            None => (&gateway.origin, Vec::new()),
        },
    }
}

fn server<'m>(model: &'m Model, key: &str) -> Option<(&'m Resource, &'m Sql)> {
    let resource = model.resource(key)?;
    match &resource.kind {
        Kind::Sql(sql) => Some((resource, sql)),
        Kind::Storage(_) | Kind::KeyVault(_) => None,
    }
}

fn workload_consumers(model: &Model, workload: &Workload) -> Vec<Consumer> {
    let mut consumers: Vec<Consumer> = workload
        .identity
        .iter()
        .map(|identity| Consumer::ServiceAccount(identity.service_account.clone()))
        .collect();
    let told_client_id = workload
        .links
        .iter()
        .filter(|link| link.via == Via::Direct)
        .flat_map(|link| &link.settings)
        .any(|setting| setting.value == SettingValue::ClientId);
    if told_client_id {
        consumers.extend(workload.connections_map().map(Consumer::ConfigMap));
    }
    for resource in &model.resources {
        let is_user = workload.grants.iter().any(|grant| {
            grant.resource == resource.key && matches!(grant.right, Right::DatabaseRoles(_))
        });
        if let (Kind::Sql(sql), true) = (&resource.kind, is_user) {
            consumers.push(Consumer::Job(sql.grants.job.clone()));
        }
    }
    consumers
}
