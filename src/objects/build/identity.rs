//! Service accounts that may act as an identity in Azure.
//!
//! Only the client id ties them to the identity; that the identity trusts them is a federated credential in Azure.

use crate::model::{Model, Origin};
use crate::objects::api::{Metadata, ServiceAccount, TextMap};
use crate::objects::late_field::key;
use crate::objects::{LateField, Manifest, Object, Part, Topic, hole, labels};

/// The annotation that the workload identity webhook reads.
const CLIENT_ID: &str = "azure.workload.identity/client-id";

/// The label that the workload identity webhook selects pods by. It must be on the pod template: the webhook sees pods,
/// not Deployments and Jobs.
pub(super) const USES_IDENTITY: (&str, &str) = ("azure.workload.identity/use", "true");

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    let workloads = model.workloads.iter().filter_map(|workload| {
        let identity = workload.identity.as_ref()?;
        Some(service_account(
            model,
            &model.cluster().namespace.name,
            &identity.service_account,
            &identity.client_id_key,
            &workload.origin,
        ))
    });
    let administrators = model.sql_servers().map(|(resource, sql)| {
        service_account(
            model,
            &sql.grants.namespace,
            &sql.administrator.service_account,
            &sql.administrator.client_id_key,
            &resource.origin,
        )
    });
    workloads.chain(administrators).collect()
}

fn service_account(
    model: &Model,
    namespace: &str,
    name: &str,
    client_id_key: &str,
    origin: &Origin,
) -> Manifest {
    Manifest {
        object: Object::ServiceAccount(ServiceAccount {
            metadata: Metadata {
                name: name.to_owned(),
                namespace: Some(namespace.to_owned()),
                labels: labels(model, name),
                annotations: TextMap::from([(CLIENT_ID, hole(client_id_key))]),
            },
            // The webhook mounts a token of its own, for Entra alone. The one that this would mount is for the Kubernetes
            // API, which no workload asks.
            automount_service_account_token: Some(false),
        }),
        origin: origin.clone(),
        part: Part::Platform(Topic::ServiceAccounts),
        late: vec![LateField::new(
            client_id_key,
            [key("metadata"), key("annotations"), key(CLIENT_ID)],
        )],
    }
}
