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
    let parts = [
        namespaces::build(model),
        identity::build(model),
        gateway::build(model),
        sql_grants::build(model),
        connections::build(model),
        workloads::build(model),
        routes::build(model),
    ];
    let mut manifests = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    manifests.extend(parts.into_iter().flatten());
    manifests
}
