//! Namespaces, with the Pod Security level that is enforced in each.

use crate::model::{Model, Origin, PodSecurity};
use crate::objects::api::{Metadata, Namespace};
use crate::objects::{Manifest, Object, Part, Topic, labels};

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    let cluster = model.cluster();
    let mut manifests = vec![namespace(
        model,
        &cluster.namespace.name,
        cluster.namespace.enforce,
        &cluster.origin,
    )];
    // The Jobs of several servers share one namespace.
    for (resource, sql) in model.sql_servers() {
        if manifests
            .iter()
            .all(|made| made.object.metadata().name != sql.grants.namespace)
        {
            manifests.push(namespace(
                model,
                &sql.grants.namespace,
                PodSecurity::Restricted,
                &resource.origin,
            ));
        }
    }
    manifests
}

/// What `enforce` lets through but *restricted* would not is still told on every apply, and written to the audit log.
fn namespace(model: &Model, name: &str, enforce: PodSecurity, origin: &Origin) -> Manifest {
    let mut labels = labels(model, name);
    for (mode, level) in [
        ("enforce", enforce),
        ("warn", PodSecurity::Restricted),
        ("audit", PodSecurity::Restricted),
    ] {
        labels.insert(
            format!("pod-security.kubernetes.io/{mode}"),
            level.to_string(),
        );
    }
    Manifest {
        object: Object::Namespace(Namespace {
            metadata: Metadata {
                name: name.to_owned(),
                labels,
                ..Metadata::default()
            },
        }),
        origin: origin.clone(),
        part: Part::Platform(Topic::Namespaces),
        late: Vec::new(),
    }
}
