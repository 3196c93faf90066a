//! What is passed on: settings of connections, values that are known late, secrets.

use super::{Carrier, Connection, Consumer, Fact, LateValue, Secret, What, fact};
use crate::kinds::Kind;
use crate::late::late_values;
use crate::model::{Model, Via};
use crate::objects::{Manifest, Waiting};

pub(super) fn facts(model: &Model, manifests: &[Manifest]) -> Vec<Fact> {
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
    let waiting = Waiting::among(manifests);
    for value in late_values(model) {
        let readers = waiting.wait_for(&value.key).iter();
        let readers: Vec<&Manifest> = readers.map(|(manifest, _)| *manifest).collect();
        let origin = readers
            .first()
            .map_or(&model.cluster().gateway.origin, |first| &first.origin);
        let objects = readers.iter().map(|manifest| Consumer::Object {
            kind: manifest.object.kind(),
            name: manifest.object.metadata().name.clone(),
        });
        let helm = value.is_for_helm().then_some(Consumer::Helm);
        let consumers = helm.into_iter().chain(objects).collect();
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
                        variable: resource.is_made().then(|| secret.variable.clone()),
                    }),
                    &resource.origin,
                )
            }));
        }
    }
    facts
}
