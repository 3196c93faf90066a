//! What goes when a system goes, and in which order.

use super::System;
use crate::catalog::arm_types;
use crate::facts::{ArmPlace, AzureResource, Maker, Principal, RoleAssignment, What};
use crate::kinds::{KeyVault, Kind};
use crate::model::{Controller, Provision};

impl<'a> System<'a> {
    /// Roles in Azure that the facts name.
    pub(crate) fn roles(self) -> impl Iterator<Item = &'a RoleAssignment> {
        self.about(|what| match what {
            What::Role(role) => Some(role),
            _ => None,
        })
    }

    /// Resources that the facts name.
    pub(crate) fn resources(self) -> impl Iterator<Item = &'a AzureResource> {
        self.about(|what| match what {
            What::Resource(resource) => Some(resource),
            _ => None,
        })
    }

    /// The resource group that the identity of whoever has a role lies in: AKS keeps that of its add-on with the nodes (add-on
    /// quickstart of 2026-08-18).
    pub(crate) fn group_of_identity(self, principal: &Principal) -> &'a str {
        let cluster = self.cluster();
        match (principal, &cluster.gateway.controller) {
            (Principal::AlbController { .. }, Controller::Addon) => &cluster.node_resource_group,
            _ => &self.model.azure.resource_group.name,
        }
    }
}

/// Role assignments of the deployment that are still there when everything else of it is gone.
pub(crate) fn surviving_assignments(system: System<'_>) -> Vec<&RoleAssignment> {
    let left = left_by_others(system);
    system
        .roles()
        .filter(|role| survives(system, &left, role))
        .collect()
}

/// Whether a role assignment is still there when everything of ours is gone. `left` is what [`left_by_others`] says.
fn survives(system: System<'_>, left: &[&ArmPlace], role: &RoleAssignment) -> bool {
    let scope = &role.scope;
    if role.maker != Maker::Deployment {
        return false;
    }
    let node_group = &system.cluster().node_resource_group;
    if scope.subscription.is_none() && scope.resource_group.eq_ignore_ascii_case(node_group) {
        return false;
    }
    if !system.is_at_home(scope) {
        return true;
    }
    !system.model.azure.resource_group.created && is_on(left, scope)
}

/// What somebody else has in the system's group: it is left when all that the deployment made there is gone.
fn left_by_others(system: System<'_>) -> Vec<&ArmPlace> {
    system
        .resources()
        .filter(|resource| resource.maker == Maker::SomebodyElse)
        .map(|resource| &resource.place)
        .filter(|place| system.is_at_home(place) && !place.names.is_empty())
        .collect()
}

/// Whether something in the system's group is the group itself, one of these places, or in one.
fn is_on(places: &[&ArmPlace], scope: &ArmPlace) -> bool {
    scope.names.is_empty()
        || places.iter().any(|place| {
            scope.names.starts_with(&place.names)
                && scope.resource_type.starts_with(place.resource_type)
        })
}

/// Role assignments of the deployment in a group that is made for the system, on the group or on what somebody else has in it:
/// they go with the group, and stay where it stays because of others. In a group that was there before they are among the
/// [`surviving_assignments`].
pub(crate) fn group_assignments(system: System<'_>) -> Vec<&RoleAssignment> {
    let left = left_by_others(system);
    system
        .roles()
        .filter(|role| {
            system.model.azure.resource_group.created
                && role.maker == Maker::Deployment
                && system.is_at_home(&role.scope)
                && is_on(&left, &role.scope)
        })
        .collect()
}

/// What the deployment makes, in the order in which Azure lets go of it: what uses something before what is used.
pub(crate) fn own_resources(system: System<'_>) -> Vec<&ArmPlace> {
    let rank = |place: &ArmPlace| match place.resource_type {
        arm_types::ASSOCIATION => 0,
        arm_types::FRONTEND => 1,
        arm_types::TRAFFIC_CONTROLLER => 2,
        arm_types::CLUSTER => 3,
        arm_types::NETWORK => 5,
        arm_types::SECURITY_GROUP => 6,
        arm_types::COLLECTION_RULE => 7,
        arm_types::WORKSPACE => 8,
        _ => 4,
    };
    let mut places: Vec<&ArmPlace> = system
        .resources()
        .filter(|resource| resource.maker == Maker::Deployment)
        .map(|resource| &resource.place)
        // A child goes with its parent; only the gateway wants its children to go first.
        .filter(|place| place.names.len() == 1 || rank(place) < 2)
        .collect();
    places.sort_by_key(|place| rank(place));
    places
}

/// Vaults that the deployment makes, by their names.
pub(crate) fn own_vaults(system: System<'_>) -> impl Iterator<Item = (&str, &KeyVault)> {
    system.model.resources.iter().filter_map(|resource| {
        match (&resource.kind, &resource.provision) {
            (Kind::KeyVault(vault), Provision::Create(())) => {
                Some((resource.azure_name.as_str(), vault))
            }
            _ => None,
        }
    })
}
