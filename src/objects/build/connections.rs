//! The `ConfigMap`s of direct connections: how pods learn where resources are without Service Connector.
//!
//! A workload has one for all its direct connections. It stands in the platform, because only there values that exist
//! after the deployment are filled in.

use crate::model::{Model, SettingValue, Workload};
use crate::objects::api::{ConfigMap, Metadata, TextMap};
use crate::objects::late_field::key;
use crate::objects::{LateField, Manifest, Object, Part, Topic, hole, labels};

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    model
        .workloads
        .iter()
        .filter_map(|workload| config_map(model, workload))
        .collect()
}

fn config_map(model: &Model, workload: &Workload) -> Option<Manifest> {
    let name = workload.connections_map()?;
    let mut data = TextMap::default();
    let mut late = Vec::new();
    for setting in workload.direct_settings() {
        let value = match (&setting.value, &workload.identity) {
            (SettingValue::Fixed(value), _) => value.clone(),
            (SettingValue::ClientId, Some(identity)) => {
                let field =
                    LateField::new(&identity.client_id_key, [key("data"), key(&setting.name)]);
                // Two connections may set one variable to the same value.
                if !late.contains(&field) {
                    late.push(field);
                }
                hole(&identity.client_id_key)
            }
            // Who has a connection to Azure has an identity; who has none has no client id to tell.
            (SettingValue::ClientId, None) => continue,
        };
        data.insert(&setting.name, value);
    }
    Some(Manifest {
        object: Object::ConfigMap(ConfigMap {
            metadata: Metadata {
                name,
                namespace: Some(model.cluster().namespace.name.clone()),
                labels: labels(model, &workload.name),
                ..Metadata::default()
            },
            data,
        }),
        origin: workload.origin.clone(),
        part: Part::Platform(Topic::Connections),
        late,
    })
}
