"""Microsoft.Network, and Microsoft.ServiceNetworking: Application Gateway for Containers."""

from __future__ import annotations

from typing import Any

from errors import ArmError
from ids import Id
from providers.kind import Child, Kind, Passive, Write
from world import Resource, World, stable_guid

DELEGATION = "Microsoft.ServiceNetworking/trafficControllers"
SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
# "Application Gateway for Containers: FAQ", 2025-03: five frontends, one association.
MOST_FRONTENDS = 5


class NetworkSecurityGroup(Kind):
    """Rules of a subnet."""


class VirtualNetwork(Kind):
    """A network, whose subnets are resources too."""

    def check(self, world: World, write: Write) -> None:
        """What its subnets name must exist, and a subnet in use stays."""
        subnets = write.properties.get("subnets", [])
        for subnet in subnets:
            check_subnet(world, subnet.get("properties", {}))
        names = {subnet["name"].lower() for subnet in subnets}
        for old in world.of_type(SUBNETS, str(write.id)):
            if "subnets" in write.properties and old.id.name.lower() not in names:
                check_unused(world, old)

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Makes the subnets; those that are not named go."""
        if "subnets" in write.properties:
            names = {subnet["name"].lower() for subnet in write.properties["subnets"]}
            for old in list(world.of_type(SUBNETS, str(write.id))):
                if old.id.name.lower() not in names:
                    del world.resources[old.id.key]
            for subnet in write.properties["subnets"]:
                child = resource.id.child("subnets", subnet["name"])
                world.resources[child.key] = subnet_resource(child, subnet.get("properties", {}), write.version)
        list_subnets(world, resource)


class Subnet(Child):
    """A part of a network."""

    def lock(self, resource: Id) -> str | None:
        """One write a network at a time."""
        return f"subnets of {resource.parent}".lower()

    def busy(self, resource: Id) -> ArmError:
        """Azure's words for it."""
        message = "Another operation on this or dependent resource is in progress."
        return ArmError(429, "AnotherOperationInProgress", message)

    def check(self, world: World, write: Write) -> None:
        """What it names must exist."""
        check_subnet(world, write.properties)

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """The network lists it."""
        world.resources[resource.id.key] = subnet_resource(resource.id, resource.properties, write.version)
        list_subnets(world, world.get(require_parent(resource.id)))

    def deleted(self, world: World, resource: Resource) -> None:
        """The network lists it no longer."""
        if network := world.find(str(resource.id.parent)):
            list_subnets(world, network)


def require_parent(child: Id) -> Id:
    """The parent of a child."""
    parent = child.parent
    assert parent
    return parent


def check_subnet(world: World, properties: dict[str, Any]) -> None:
    """A subnet has a range, and its security group exists."""
    if not (properties.get("addressPrefix") or properties.get("addressPrefixes")):
        raise ArmError(400, "InvalidRequestFormat", "Cannot parse the request: the subnet has no address prefix.")
    group = (properties.get("networkSecurityGroup") or {}).get("id")
    if group and not world.find(group):
        raise ArmError(
            400,
            "InvalidResourceReference",
            f"Resource {group} referenced by resource was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
        )


def check_unused(world: World, subnet: Resource) -> None:
    """Nobody lives in a subnet that goes."""
    users = [
        each for each in world.resources.values() if each.id.kind != SUBNETS.lower() and mentions(each, subnet.id.key)
    ]
    users = [
        each for each in users if each.id.namespace in ("Microsoft.ContainerService", "Microsoft.ServiceNetworking")
    ]
    if users:
        message = f"Subnet {subnet.id.name} is in use by {users[0].id} and cannot be deleted."
        raise ArmError(400, "InUseSubnetCannotBeDeleted", message)


def mentions(resource: Resource, key: str) -> bool:
    """Whether a resource's properties name an id."""
    return f"'{key}'" in str(resource.properties).lower()


def subnet_resource(child: Id, properties: dict[str, Any], version: str) -> Resource:
    """A subnet, as it is answered."""
    full = {**properties, "provisioningState": "Succeeded"}
    for delegation in full.get("delegations", []):
        delegation.setdefault("properties", {})["provisioningState"] = "Succeeded"
    return Resource(child, {"id": str(child), "name": child.name, "type": child.type, "properties": full}, version)


def list_subnets(world: World, network: Resource) -> None:
    """Writes the subnets into the network's own answer."""
    found = world.of_type(SUBNETS, str(network.id))
    network.properties["subnets"] = [subnet.body for subnet in found]


class TrafficControllerChild(Kind):
    """A child takes its turn: the traffic controller takes one change at a time."""

    def lock(self, resource: Id) -> str | None:
        """One write a traffic controller at a time."""
        return f"traffic controller {resource.parent or resource}".lower()


class Frontend(TrafficControllerChild):
    """Where clients come in."""

    def check(self, world: World, write: Write) -> None:
        """Not too many, and what was switched on is not left out by an older API version."""
        siblings = [each for each in world.of_type(self.type, str(write.id.parent)) if each.id.key != write.id.key]
        if not write.before and len(siblings) >= MOST_FRONTENDS:
            raise ArmError(
                400,
                "BadRequest",
                f"Traffic controller '{require_parent(write.id).name}' has {MOST_FRONTENDS} frontends already, which is the most.",
            )
        # Azure/AKS issue 5922, 2026-08.
        old = write.before.properties.get("publicNetworkAccess", "") if write.before else ""
        new = write.properties.get("publicNetworkAccess", "") if write.version >= "2026-03-01" else ""
        if old and not new:
            raise ArmError(400, "BadRequest", f"cannot change PublicNetworkAccess from '{old}' to ''")

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """A host name that is the same in every run."""
        digest = stable_guid("frontend", resource.id.key).replace("-", "")[:16]
        resource.properties["fqdn"] = f"{digest}.fz01.alb.azure.com"


class Association(TrafficControllerChild):
    """The place of a traffic controller in the network."""

    def check(self, world: World, write: Write) -> None:
        """One a traffic controller, in a subnet that is delegated and not taken."""
        siblings = [each for each in world.of_type(self.type, str(write.id.parent)) if each.id.key != write.id.key]
        if siblings:
            raise ArmError(
                400,
                "BadRequest",
                f"Traffic controller '{require_parent(write.id).name}' has the association '{siblings[0].id.name}' already.",
            )
        if write.properties.get("associationType") != "subnets":
            raise ArmError(400, "BadRequest", "The property 'associationType' must be 'subnets'.")
        text = (write.properties.get("subnet") or {}).get("id", "")
        subnet = world.get(Id.parse(text))
        delegations = [each["properties"].get("serviceName", "") for each in subnet.properties.get("delegations", [])]
        if DELEGATION.lower() not in [each.lower() for each in delegations]:
            message = f"Subnet {text} requires any of the following delegation(s) [{DELEGATION}] to reference service association link."
            raise ArmError(400, "SubnetMissingRequiredDelegation", message)
        for other in world.of_type(self.type):
            if other.id.key != write.id.key and mentions(other, subnet.id.key):
                raise ArmError(409, "Conflict", f"Subnet {text} belongs to the association {other.id} already.")


class TrafficController(TrafficControllerChild):
    """Application Gateway for Containers."""

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Where the controller in the cluster sends what it wants."""
        digest = stable_guid("configuration", resource.id.key).replace("-", "")
        resource.properties["configurationEndpoints"] = [f"{digest}.trafficcontroller.azure.com"]


KINDS: list[Kind] = [
    NetworkSecurityGroup("Microsoft.Network/networkSecurityGroups"),
    VirtualNetwork("Microsoft.Network/virtualNetworks"),
    Subnet(SUBNETS),
    Passive("Microsoft.Network/loadBalancers"),
    Passive("Microsoft.Network/publicIPAddresses"),
    TrafficController("Microsoft.ServiceNetworking/trafficControllers"),
    Frontend("Microsoft.ServiceNetworking/trafficControllers/frontends"),
    Association("Microsoft.ServiceNetworking/trafficControllers/associations"),
    TrafficControllerChild("Microsoft.ServiceNetworking/trafficControllers/securityPolicies"),
]
