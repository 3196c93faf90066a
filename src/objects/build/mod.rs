//! Builders, one a part of the system. Each reads the model and decides how its objects are.

mod checksum;
mod connections;
mod gateway;
mod identity;
mod literal;
mod namespaces;
mod routes;
mod sql_grants;
mod workloads;

use super::Manifest;
use crate::model::Model;

/// The objects of a system: platform first, then workloads, then routes; within a part in the order of the spec.
#[inline(never)]
pub fn manifests(model: &Model) -> Vec<Manifest> {
    let mut manifests = namespaces::build(model);
    manifests.extend(identity::build(model));
    manifests.extend(gateway::build(model));
    manifests.extend(sql_grants::build(model));
    manifests.extend(connections::build(model));
    manifests.extend(workloads::build(model));
    manifests.extend(routes::build(model));
    manifests.shrink_to_fit();
    manifests
}
