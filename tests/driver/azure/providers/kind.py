"""What all types of resources have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import ArmError
from ids import Id
from world import Resource, World

VERSIONS: dict[str, list[str]] = {
    name.lower(): versions.split()
    for name, versions in json.loads((Path(__file__).parents[1] / "api_versions.json").read_text(encoding="utf-8"))[
        "types"
    ].items()
}


@dataclass
class Write:
    """A resource that somebody wants to be so."""

    id: Id
    version: str
    body: dict[str, Any]
    before: Resource | None

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties, which may be missing."""
        properties: dict[str, Any] = self.body.setdefault("properties", {})
        return properties


class Kind:
    """A type of resource. Without more, it keeps what it is given and says that it succeeded."""

    # Whether it has a location and tags.
    tracked = True
    # Whether it may be written at any scope.
    extension = False
    # Provider states that a write needs, beside the type's own.
    needs: tuple[str, ...] = ()
    # Properties that are never answered.
    write_only: tuple[str, ...] = ()
    # Whether the answer to a change comes when it is over.
    at_once = False
    # The status of an answer to a write that made something.
    made = 201

    def __init__(self, type_name: str, versions: tuple[str, ...] = ()) -> None:
        self.type = type_name
        self.versions = [*versions] or VERSIONS[type_name.lower()]

    def lock(self, resource: Id) -> str | None:
        """The key that only one write at a time may hold."""
        return None

    def busy(self, resource: Id) -> ArmError:
        """What the second writer hears."""
        return ArmError(409, "Conflict", f"Another operation is in progress on '{resource.parent or resource}'.")

    def check(self, world: World, write: Write) -> None:
        """Refuses what Azure refuses."""

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Fills in what only Azure knows, and makes what comes with the resource."""

    def finished(self, world: World, resource: Resource) -> None:
        """After the change is over."""

    def deleted(self, world: World, resource: Resource) -> None:
        """After it is gone."""


class Passive(Kind):
    """A type whose resources only others need."""


class Child(Kind):
    """A child that has no location of its own."""

    tracked = False


def require_subnet(world: World, subnet: str, service: str, code: str) -> None:
    """A firewall lets in a subnet only if it exists and has the service endpoint."""
    found = world.get(Id.parse(subnet))
    services = {each.get("service", "").lower() for each in found.properties.get("serviceEndpoints", [])}
    if service.lower() not in services:
        text = f"Subnets {found.id.name} of virtual network {found.id.parent} do not have ServiceEndpoints for {service} resources configured."
        raise ArmError(
            400,
            code,
            f"{text} Add {service} to subnet's ServiceEndpoints collection before trying to ACL {service} resources to these subnets.",
        )
