"""Microsoft.ServiceLinker, and the cluster extension that it installs."""

from __future__ import annotations

import re
from typing import Any

from errors import ArmError, NotModelled
from ids import Id, resource
from providers.cluster import CLUSTERS
from providers.kind import Child, Kind, Write
from world import Resource, World

EXTENSION = "Microsoft.KubernetesConfiguration/extensions"
# What Service Connector writes for an identity, by type of target: variable and where the value comes from.
# learn.microsoft.com, "Integrate Azure ... with Service Connector", Blob 2024-02-02, Key Vault 2023-11-02.
VARIABLES = {
    "microsoft.storage/storageaccounts/blobservices": {
        "AZURE_STORAGEBLOB_RESOURCEENDPOINT": "https://{name}.blob.core.windows.net/",
        "AZURE_STORAGEBLOB_CLIENTID": "{client}",
    },
    "microsoft.keyvault/vaults": {
        "AZURE_KEYVAULT_RESOURCEENDPOINT": "https://{name}.vault.azure.net/",
        "AZURE_KEYVAULT_CLIENTID": "{client}",
        "AZURE_KEYVAULT_SCOPE": "https://vault.azure.net/.default",
    },
}


def secret_name(connection: str) -> str:
    """The Secret of a connection, as azure-cli 2.91 computes it too."""
    return "sc-" + re.sub(r"[^A-Za-z0-9]", "", connection) + "-secret"


def values_of(linker: Resource) -> dict[str, str]:
    """Variables and values that a connection gives."""
    properties = linker.properties
    target = Id.parse(properties["targetService"]["id"])
    client = properties["authInfo"].get("clientId", "")
    renamed = (properties.get("configurationInfo") or {}).get("customizedKeys") or {}
    values = {key: form.format(name=target.names[0], client=client) for key, form in VARIABLES[target.kind].items()}
    return {renamed.get(key, key): value for key, value in values.items()}


class Linker(Child):
    """A connection of a cluster with a data service."""

    extension = True
    needs = ("Microsoft.KubernetesConfiguration",)

    def lock(self, resource: Id) -> str | None:
        """One a cluster at a time: all connections are one extension."""
        return f"linkers of {resource.scope}".lower()

    def busy(self, resource: Id) -> ArmError:
        """The second hears of a conflict."""
        return ArmError(
            409,
            "Conflict",
            "The Helm release of the connector is being changed: another operation (install/upgrade/rollback) is in progress.",
        )

    def check(self, world: World, write: Write) -> None:
        """Names, the cluster's state, the target and what may authenticate."""
        if not re.fullmatch(r"[A-Za-z0-9._]+", write.id.name):
            message = (
                "Resource name can only contain letters (A-Z, a-z), numbers (0-9), periods ('.'), and underscores ('_')"
            )
            raise ArmError(400, "InvalidResourceName", message)
        cluster = world.get(Id.parse(write.id.scope))
        if cluster.id.kind != CLUSTERS.lower():
            raise NotModelled(f"connections of '{cluster.id.type}'")
        if cluster.state != "Succeeded" or world.faults.cluster_is_busy(cluster.id.key):
            message = f"The managed cluster '{cluster.id.name}' is not in the provisioning state 'Succeeded'. Wait for its operation to end and try again."
            raise ArmError(409, "Conflict", message)
        self.check_target(world, write)

    @staticmethod
    def check_target(world: World, write: Write) -> None:
        """The target is there, and an identity is named."""
        target = Id.parse((write.properties.get("targetService") or {}).get("id", "/providers/none"))
        if target.kind not in VARIABLES:
            raise NotModelled(f"connections to '{target.type}'")
        world.get(target)
        authentication = write.properties.get("authInfo") or {}
        if authentication.get("authType") != "userAssignedIdentity":
            raise NotModelled(f"connections that authenticate by '{authentication.get('authType')}'")
        if authentication.get("clientId") not in world.clients:
            raise ArmError(
                400,
                "UserError",
                f"The managed identity with client id '{authentication.get('clientId')}' was not found.",
            )

    def complete(self, world: World, write: Write, linker: Resource) -> None:
        """The first one installs the extension."""
        from resources import make

        linker.properties.setdefault("scope", "default")
        extension = resource(linker.id.scope, EXTENSION, "sc-extension")
        if not world.find(extension):
            make(
                world,
                extension,
                {
                    "properties": {
                        "extensionType": "microsoft.servicelinker.connection",
                        "releaseTrain": "prod",
                        "currentVersion": "1.0.0",
                    }
                },
            )

    def finished(self, world: World, linker: Resource) -> None:
        """Whoever plays the cluster makes the Secret."""
        values = values_of(linker)
        action = (linker.properties.get("configurationInfo") or {}).get("action")
        if action != "optOut":
            world.tell(event="linker", keys=sorted(values), values=values, **self.place(linker))

    def deleted(self, world: World, linker: Resource) -> None:
        """The Secret stays, so whoever plays the cluster need not do anything."""
        world.tell(event="linker-deleted", **self.place(linker))

    @staticmethod
    def place(linker: Resource) -> dict[str, Any]:
        """Where in the cluster the connection is."""
        cluster = Id.parse(linker.id.scope).name
        return {
            "cluster": cluster,
            "name": linker.id.name,
            "namespace": linker.properties["scope"],
            "secret": secret_name(linker.id.name),
        }


class ClusterExtension(Child):
    """An extension of a cluster."""

    extension = True


KINDS: list[Kind] = [
    Linker("Microsoft.ServiceLinker/linkers"),
    ClusterExtension(EXTENSION),
]
