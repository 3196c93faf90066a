//! How large the template of a system is, counted without making it.
//!
//! In: the model. Out: a row for each deployment that `main.bicep` nests, and the numbers of `main.bicep` itself. What
//! Azure takes is the catalogue's business, and judging is done in `lint`. Conditions are not looked at: a resource that
//! one of them leaves out stands in the template too.

use crate::kinds::Kind;
use crate::model::{
    Controller, GatewayDeployment, Grant, Model, Provision, Resource, Right, Workload,
};
use crate::source::Span;

/// A template that `main.bicep` nests: one of its resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// What of the spec it is for.
    pub span: Span,
    /// The same in words, such as "`files`".
    pub title: String,
    /// Resources in it. What it nests itself is one, and makes one.
    pub resources: u64,
    /// Parameters of `main.bicep` that hold values for it alone.
    pub parameters: u64,
    /// Bytes of JSON that it adds, about: measured with Bicep 0.49.2 on 2026-11-24, printed, with names of usual length.
    pub bytes: u64,
}

/// The templates that `main.bicep` nests, in its order.
pub fn nested(model: &Model) -> Vec<Nested> {
    let mut all = platform(model);
    for resource in &model.resources {
        if resource.is_made() {
            of_resource(resource, &mut all);
        }
    }
    for workload in &model.workloads {
        if workload.identity.is_some() {
            all.push(of_workload(model, workload));
        }
    }
    all
}

/// Parameters of `main.bicep` but those of [`Nested::parameters`].
pub fn parameters(model: &Model) -> u64 {
    let resources = model.resources.iter().any(Resource::is_made);
    let workspace = matches!(model.workspace.workspace, Provision::Create(_));
    // Region, tags, administrators, version, tier, nodes; diagnostics.
    7 + u64::from(resources) + u64::from(workspace)
}

/// Outputs of `main.bicep`.
pub fn outputs(model: &Model) -> u64 {
    match model.cluster().gateway.deployment {
        GatewayDeployment::Byo { .. } => 2,
        GatewayDeployment::Managed { .. } => 1,
    }
}

fn count<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

fn platform(model: &Model) -> Vec<Nested> {
    let cluster = model.cluster();
    let row = |title: &str, resources, bytes| Nested {
        span: cluster.origin.span,
        title: title.to_owned(),
        resources,
        parameters: 0,
        bytes,
    };
    let mut all = Vec::new();
    if let Provision::Create(_) = model.workspace.workspace {
        all.push(row("the workspace", 1, 3_000));
    }
    all.push(row("the collection rule", 1, 4_500));
    all.push(row("the network", 5, 10_000));
    // Identity, its role, cluster, two windows for upgrades, association, logs; two roles an administrator.
    let administrators = count(&cluster.administrators);
    all.push(row("the cluster", 7 + 2 * administrators, 29_500));
    let byo = matches!(cluster.gateway.deployment, GatewayDeployment::Byo { .. });
    match cluster.gateway.controller {
        Controller::Helm { .. } => all.push(row("the ALB Controller", 5, 12_300)),
        Controller::Addon => {
            all.push(row("the gateway's subnet", 1, 2_700));
            if byo {
                all.push(row("the traffic controller's roles", 1, 2_700));
            }
        }
        Controller::Existing => {}
    }
    if byo {
        let frontends = count(&cluster.gateway.frontends);
        all.push(row("the traffic controller", 3 + frontends, 9_000));
    }
    all
}

/// Told by kind, as the modules of the kind are.
fn of_resource(resource: &Resource, all: &mut Vec<Nested>) {
    let row = |resources, parameters, bytes| Nested {
        span: resource.origin.span,
        title: format!("`{}`", resource.key),
        resources,
        parameters,
        bytes,
    };
    match &resource.kind {
        Kind::Storage(storage) => {
            let containers = count(&storage.containers);
            // Account, its blob service, logs.
            all.push(row(3 + containers, 0, 9_250 + 30 * containers));
        }
        Kind::KeyVault(vault) => {
            // Vault, logs.
            all.push(row(2, 0, 7_000));
            all.extend(vault.secrets.iter().map(|_| row(1, 1, 2_400)));
        }
        Kind::Sql(sql) => {
            let databases = count(&sql.databases);
            // Administrator, server, its rule for the nodes; each database with its audit and its logs.
            all.push(row(3 + 3 * databases, 0, 13_300 + 310 * databases));
            // The administrator's credential.
            all.push(row(1, 0, 3_000));
        }
    }
}

fn of_workload(model: &Model, workload: &Workload) -> Nested {
    let elsewhere = |grant: &&Grant| {
        model
            .resource(&grant.resource)
            .is_some_and(|resource| match &resource.provision {
                Provision::Create(()) => false,
                Provision::Existing(id) => {
                    !model.is_own_group(id.subscription.as_deref(), &id.resource_group)
                }
            })
    };
    let roles = || {
        workload
            .grants
            .iter()
            .filter(|grant| matches!(grant.right, Right::Role(_)))
    };
    let all = u64::try_from(roles().count()).unwrap_or(u64::MAX);
    let by_module = u64::try_from(roles().filter(elsewhere).count()).unwrap_or(u64::MAX);
    Nested {
        span: workload.origin.span,
        title: format!("`{}`", workload.name),
        // Identity, credential; a role is one, or a module with one.
        resources: 2 + all,
        parameters: 0,
        bytes: 3_600 + 1_150 * (all - by_module) + 7_350 * by_module,
    }
}
