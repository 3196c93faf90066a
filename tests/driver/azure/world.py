"""What the stand-in remembers: groups, resources, registrations, principals, and what is still on its way.

Time passes with requests: every request to Resource Manager is one tick. So nothing depends on how fast the machine is.
"""

from __future__ import annotations

import copy
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from errors import ArmError
from faults import Faults
from ids import Id, group_scope

# Long enough that the request after the one that starts a change still meets it.
TICKS_OF_A_CHANGE = 2


@dataclass
class Settings:
    """What whoever starts the stand-in may choose."""

    subscription: str
    tenant: str
    caller: str
    principals: dict[str, str] = field(default_factory=dict)
    registered: tuple[str, ...] = ()
    kubeconfig: Path | None = None
    events: Path | None = None


@dataclass
class Resource:
    """A resource as it is answered, and the API version that wrote it last."""

    id: Id
    body: dict[str, Any]
    version: str
    # What was written and is never answered, such as the value of a secret.
    hidden: dict[str, Any] = field(default_factory=dict)

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties."""
        properties: dict[str, Any] = self.body["properties"]
        return properties

    @property
    def state(self) -> str:
        """Its provisioning state."""
        return str(self.properties.get("provisioningState", "Succeeded"))


@dataclass
class Operation:
    """Something that takes a while."""

    name: str
    step: Callable[[], bool]
    status: str = "InProgress"
    error: dict[str, Any] | None = None


def stable_guid(*texts: str) -> str:
    """An id that depends on nothing but the texts."""
    return str(uuid.UUID(bytes=hashlib.sha256("|".join(texts).lower().encode()).digest()[:16], version=4))


class World:
    """Everything in the subscription."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.faults = Faults()
        self.groups: dict[str, dict[str, Any]] = {}
        self.resources: dict[str, Resource] = {}
        self.deleted_vaults: dict[str, dict[str, Any]] = {}
        self.registrations: dict[str, str] = {name.lower(): "Registered" for name in settings.registered}
        self.features: dict[str, str] = {}
        # Object id to kind of principal; client id to object id.
        self.principals: dict[str, str] = {settings.caller: "ServicePrincipal", **settings.principals}
        self.clients: dict[str, tuple[str, str]] = {}
        self.deployments: dict[str, Any] = {}
        self.operations: dict[str, Operation] = {}
        # Keys under which somebody writes, so that nobody else may.
        self.held: set[str | None] = set()
        self.predicting = False

    def predict(self) -> World:
        """A copy in which a deployment may be tried without a trace."""
        other = World(self.settings)
        other.faults = self.faults
        for name in ("groups", "resources", "deleted_vaults", "registrations", "features", "principals", "clients"):
            setattr(other, name, copy.deepcopy(getattr(self, name)))
        other.predicting = True
        return other

    # Groups

    def group(self, name: str) -> dict[str, Any]:
        """A resource group, or Azure's refusal."""
        found = self.groups.get(name.lower())
        if not found:
            raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.", preflight=True)
        return found

    def make_group(
        self, name: str, location: str, tags: dict[str, str] | None, managed_by: str | None = None
    ) -> dict[str, Any]:
        """Makes or changes a resource group."""
        group: dict[str, Any] = {
            "id": group_scope(self.settings.subscription, name),
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            "properties": {"provisioningState": "Succeeded"},
        }
        if tags:
            group["tags"] = tags
        if managed_by:
            group["managedBy"] = managed_by
        self.groups[name.lower()] = group
        return group

    # Resources

    def find(self, resource: Id | str) -> Resource | None:
        """A resource, whatever the case of its id."""
        return self.resources.get(str(resource).lower())

    def get(self, resource: Id) -> Resource:
        """A resource, or Azure's refusal."""
        found = self.find(resource)
        if not found:
            if resource.group:
                self.group(resource.group)
            where = f" under resource group '{resource.group}'" if resource.group else ""
            message = f"The Resource '{resource.type}/{resource.full_name}'{where} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
            raise ArmError(404, "ResourceNotFound", message)
        return found

    def within(self, scope: str) -> Iterator[Resource]:
        """The resources at or below a scope, in the order of their ids."""
        prefix = scope.lower() + "/"
        for key in sorted(self.resources):
            if key == scope.lower() or key.startswith(prefix):
                yield self.resources[key]

    def of_type(self, type_name: str, scope: str = "") -> Iterator[Resource]:
        """The resources of a type at or below a scope."""
        return (found for found in self.within(scope) if found.id.kind == type_name.lower())

    # Time

    def start(self, operation: Operation) -> Operation:
        """Lets something begin."""
        self.operations[operation.name] = operation
        return operation

    def after(self, ticks: int, action: Callable[[], None], lock: str | None = None) -> Operation:
        """Does something after a number of ticks; until then nobody else writes under the lock."""
        if lock:
            self.held.add(lock)

        def steps() -> Iterator[bool]:
            for _ in range(ticks - 1):
                yield False
            self.held.discard(lock)
            action()
            yield True

        left = steps()
        return self.start(Operation(f"operation-{len(self.operations) + 1}", lambda: next(left)))

    def tick(self) -> None:
        """One step of everything that is on its way."""
        for operation in list(self.operations.values()):
            if operation.status != "InProgress":
                continue
            try:
                if operation.step():
                    operation.status = "Succeeded"
            except ArmError as refusal:
                operation.status, operation.error = "Failed", refusal.error()

    # What the cluster's side wants to know

    def tell(self, **event: Any) -> None:
        """Appends an event for whoever plays the cluster."""
        if self.settings.events and not self.predicting:
            with self.settings.events.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")
