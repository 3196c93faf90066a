"""What a test asks of the stand-in itself, over plain HTTP, beside the token endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import resources
from errors import ArmError
from ids import Id, group_scope, resource
from providers.data import keep_vault
from world import World

if TYPE_CHECKING:
    from server import StandIn

# What differs from run to run, or from one way to an end to another.
VOLATILE = ("secretUriWithVersion",)


def dump(world: World) -> dict[str, Any]:
    """The store in one canonical form: two runs that end alike are equal in it."""
    found = [world.resources[key] for key in sorted(world.resources)]
    return {
        "groups": [world.groups[key] for key in sorted(world.groups)],
        "resources": [
            {**stable(each.body), **({"valueSha256": each.hidden["sha256"]} if each.hidden else {})} for each in found
        ],
        "deletedVaults": sorted(world.deleted_vaults),
        "registered": sorted(key for key, state in world.registrations.items() if state == "Registered"),
        "features": sorted(key for key, state in world.features.items() if state == "Registered"),
        "deployments": {key: run.state for key, run in sorted(world.deployments.items())},
    }


def stable(value: Any) -> Any:
    """A value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: stable(value[key]) for key in sorted(value) if key not in VOLATILE}
    return [stable(item) for item in value] if isinstance(value, list) else value


def set_fault(world: World, fault: dict[str, Any]) -> None:
    """Faults that are a state of the world are set there, all others in the faults."""
    if fault.get("fault") == "provider":
        world.registrations[fault["namespace"].lower()] = fault.get("state", "NotRegistered")
    elif fault.get("fault") == "deletedVault":
        group = group_scope(world.settings.subscription, fault.get("group", "rg-gone"))
        body = {
            "name": fault["name"],
            "location": fault["location"],
            "properties": {"enablePurgeProtection": fault.get("purgeProtection", False)},
        }
        keep_vault(world, resource(group, "Microsoft.KeyVault/vaults", fault["name"]), body)
    else:
        world.faults.set(fault)


def write_resource(world: World, given: dict[str, Any]) -> None:
    """Something in the cluster writes a resource, such as the ALB Controller its traffic controller; nobody asks it for rights."""
    target = Id.parse(given["id"])
    kind, write = resources.prepare(world, target, given["apiVersion"], given["body"])
    resources.store(world, kind, write)
    resources.finish(world, target)


def handle(stand_in: StandIn, method: str, path: str, text: str) -> Any:
    """Answers one control request."""
    world = stand_in.world
    match method, path:
        case "GET", "/control/log":
            return stand_in.log
        case "DELETE", "/control/log":
            stand_in.log.clear()
        case "GET", "/control/state":
            return dump(world)
        case "DELETE", "/control/state":
            stand_in.forget()
        case "POST", "/control/faults":
            set_fault(world, json.loads(text))
        case "DELETE", "/control/faults":
            world.faults.__init__()  # type: ignore[misc]
        case "POST", "/control/principals":
            world.principals.update(json.loads(text))
        case "PUT", "/control/resources":
            write_resource(world, json.loads(text))
        case "DELETE", "/control/resources":
            resources.delete(world, Id.parse(json.loads(text)["id"]))
        case _:
            raise ArmError(404, "UnknownControl", f"There is no control request {method} {path}.")
    return {}
