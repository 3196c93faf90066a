"""How a resource comes and goes, whoever asks: a request, a deployment, or another resource."""

from __future__ import annotations

import copy
from typing import Any

from errors import ArmError
from ids import Id, is_resource
from providers import ALWAYS, KINDS, kind_of
from providers.kind import Kind, Write
from regions import REGIONS
from world import Resource, World

TOP_LEVEL = ("location", "tags", "sku", "kind", "identity", "zones", "properties")


def without_nulls(value: Any) -> Any:
    """A value in which nothing is null: what is not given is not there."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def authorize(world: World, action: str, scope: str) -> None:
    """Refuses what the caller may not do."""
    if world.faults.lacks(action, scope):
        caller = world.settings.caller
        message = f"The client '{caller}' with object id '{caller}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        raise ArmError(403, "AuthorizationFailed", message, preflight=True)


def require_registered(world: World, namespace: str) -> None:
    """Refuses a namespace that the subscription has not registered."""
    if namespace not in ALWAYS and world.registrations.get(namespace.lower()) != "Registered":
        message = f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions."
        raise ArmError(409, "MissingSubscriptionRegistration", message, preflight=True)


def prepare(world: World, target: Id, version: str, body: dict[str, Any]) -> tuple[Kind, Write]:
    """Everything that is asked before a resource is written."""
    kind = kind_of(target.type, version, body.get("location", ""))
    authorize(world, f"{kind.type}/write", str(target))
    for namespace in (target.namespace, *kind.needs):
        require_registered(world, namespace)
    body = without_nulls(copy.deepcopy(body))
    write = Write(target, version, body, world.find(target))
    check_place(world, kind, target)
    if kind.tracked:
        check_location(write)
    if not world.predicting:
        world.faults.fail_resource(target.key)
    try:
        kind.check(world, write)
    except ArmError as refusal:
        # Validation and what-if do not learn what a provider refuses only when the resource is written.
        if refusal.preflight or not world.predicting:
            raise
    return kind, write


def check_place(world: World, kind: Kind, target: Id) -> None:
    """Group, parent or scope exist, and the group is not on its way out."""
    if target.group:
        group = world.group(target.group)
        if group["properties"]["provisioningState"] == "Deleting":
            message = (
                f"The resource group '{target.group}' is in deprovisioning state and cannot perform this operation."
            )
            raise ArmError(409, "ResourceGroupBeingDeleted", message)
    if is_resource(target.scope):
        if not kind.extension:
            raise ArmError(400, "InvalidResourceType", f"'{kind.type}' cannot be written at '{target.scope}'.")
        world.get(Id.parse(target.scope))
    if target.parent and not world.find(target.parent):
        message = f"Failed to perform 'write' on resource(s) of type '{target.type.partition('/')[2]}', because the parent resource '{target.parent}' could not be found."
        raise ArmError(404, "ParentResourceNotFound", message)


def check_location(write: Write) -> None:
    """A region that is given, known and the same as before."""
    location = str(write.body.get("location") or "").replace(" ", "").lower()
    if not location:
        raise ArmError(
            400, "LocationRequired", "The location property is required for this definition.", preflight=True
        )
    if location not in REGIONS:
        message = f"The provided location '{location}' is not available for resource type '{write.id.type}'. List of available regions for the resource type is '{','.join(REGIONS)}'."
        raise ArmError(400, "LocationNotAvailableForResourceType", message, preflight=True)
    write.body["location"] = location
    if write.before and write.before.body["location"] != location:
        message = f"The resource '{write.id.name}' already exists in location '{write.before.body['location']}' in resource group '{write.id.group}'. A resource with the same name cannot be created in location '{location}'. Please select a new resource name."
        raise ArmError(409, "InvalidResourceLocation", message)


def store(world: World, kind: Kind, write: Write) -> Resource:
    """Puts a checked resource in its place, still on its way."""
    body: dict[str, Any] = {"id": str(write.id), "name": write.id.name, "type": kind.type}
    body.update({key: write.body[key] for key in TOP_LEVEL if key in write.body})
    body["properties"] = {key: value for key, value in write.properties.items() if key not in kind.write_only}
    if write.before:
        # An id keeps the spelling that it was made with.
        body.update({key: write.before.body[key] for key in ("id", "name")})
    made = Resource(Id.parse(body["id"]), body, write.version)
    add_identity(world, made)
    kind.complete(world, write, made)
    made.properties["provisioningState"] = "Updating" if write.before else "Creating"
    world.resources[made.id.key] = made
    return made


def add_identity(world: World, made: Resource) -> None:
    """Answers client and object id of each identity that a resource acts as."""
    identity = made.body.get("identity") or {}
    for text in identity.get("userAssignedIdentities") or {}:
        properties = world.get(Id.parse(text)).properties
        identity["userAssignedIdentities"][text] = {name: properties[name] for name in ("clientId", "principalId")}


def finish(world: World, target: Id) -> None:
    """The change of a resource is over."""
    if found := world.find(target):
        found.properties["provisioningState"] = "Succeeded"
        KINDS[found.id.kind].finished(world, found)


def make(world: World, target: Id, body: dict[str, Any]) -> Resource:
    """A resource that another one brings along: nobody asks whether it may."""
    kind = KINDS[target.kind]
    made = store(world, kind, Write(target, kind.versions[0], copy.deepcopy(body), world.find(target)))
    made.properties["provisioningState"] = "Succeeded"
    return made


def delete(world: World, target: Id) -> None:
    """A resource goes, with all that is below and at it."""
    for found in list(world.within(str(target))):
        if world.resources.pop(found.id.key, None):
            KINDS[found.id.kind].deleted(world, found)


def delete_group(world: World, name: str) -> None:
    """A group goes, with all in it and with the groups that its clusters made."""
    group = world.groups.pop(name.lower(), None)
    if not group:
        return
    for found in list(world.within(group["id"])):
        if world.resources.pop(found.id.key, None):
            KINDS[found.id.kind].deleted(world, found)
    for key in [key for key in world.deployments if key.startswith(group["id"].lower() + "/")]:
        del world.deployments[key]
