"""Microsoft.Storage, Microsoft.Sql and Microsoft.KeyVault."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from errors import ArmError
from ids import Id
from providers.kind import Child, Kind, Write, require_subnet
from world import Resource, World


def taken(world: World, type_name: str, name: str, own: Id | None = None) -> bool:
    """Whether a name that is unique in the world belongs to somebody else."""
    if (type_name.lower(), name.lower()) in world.faults.names:
        return True
    same = [each for each in world.of_type(type_name) if each.id.name.lower() == name.lower()]
    return any(own is None or each.id.key != own.key for each in same)


def rules(properties: dict[str, Any]) -> list[str]:
    """The subnets that a firewall lets in."""
    return [rule["id"] for rule in (properties.get("networkAcls") or {}).get("virtualNetworkRules", [])]


class StorageAccount(Kind):
    """A storage account."""

    at_once = True

    def check(self, world: World, write: Write) -> None:
        """A legal name that is free, and subnets with an endpoint."""
        if not re.fullmatch(r"[a-z0-9]{3,24}", write.id.name):
            message = f"{write.id.name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only."
            raise ArmError(400, "AccountNameInvalid", message, preflight=True)
        if taken(world, self.type, write.id.name, write.id):
            raise ArmError(
                409,
                "StorageAccountAlreadyTaken",
                f"The storage account named {write.id.name} is already taken.",
                preflight=True,
            )
        for subnet in rules(write.properties):
            require_subnet(world, subnet, "Microsoft.Storage", "NetworkAclsValidationFailure")

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Where its services are."""
        hosts = {"blob": "blob", "queue": "queue", "table": "table", "file": "file", "dfs": "dfs", "web": "z13.web"}
        resource.properties["primaryEndpoints"] = {
            key: f"https://{resource.id.name}.{host}.core.windows.net/" for key, host in hosts.items()
        }


class SqlServer(Kind):
    """A SQL server."""

    def check(self, world: World, write: Write) -> None:
        """A name that is free, and an administrator or a password."""
        if taken(world, self.type, write.id.name, write.id):
            raise ArmError(
                409,
                "NameAlreadyExists",
                f"The name '{write.id.name}.database.windows.net' already exists. Choose a different name.",
            )
        administrators = write.properties.get("administrators") or {}
        if (
            not write.before
            and not administrators.get("azureADOnlyAuthentication")
            and not write.properties.get("administratorLoginPassword")
        ):
            raise ArmError(
                400,
                "InvalidParameterValue",
                "Invalid value given for parameter Password. Specify a valid parameter value.",
            )

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Where it is."""
        resource.properties.update(
            state="Ready", fullyQualifiedDomainName=f"{resource.id.name}.database.windows.net", version="12.0"
        )


class SqlDatabase(Kind):
    """A database."""

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """It is there and awake."""
        resource.properties["status"] = "Online"


class SqlNetworkRule(Child):
    """A subnet that a SQL server lets in."""

    def check(self, world: World, write: Write) -> None:
        """The subnet exists and has an endpoint."""
        require_subnet(
            world, write.properties.get("virtualNetworkSubnetId", ""), "Microsoft.Sql", "VirtualNetworkRuleBadRequest"
        )

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """It holds."""
        resource.properties["state"] = "Ready"


class Vault(Kind):
    """A key vault, which stays as deleted for a while."""

    at_once = True

    def check(self, world: World, write: Write) -> None:
        """A legal name that is neither in use nor kept as deleted."""
        name = write.id.name
        if not re.fullmatch(r"(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])*", name):
            message = f"The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens."
            raise ArmError(400, "VaultNameNotValid", message, preflight=True)
        if taken(world, self.type, name, write.id):
            message = f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state."
            raise ArmError(409, "VaultAlreadyExists", message)
        if (
            not write.before
            and name.lower() in world.deleted_vaults
            and write.properties.get("createMode") != "recover"
        ):
            message = "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete."
            raise ArmError(409, "ConflictError", message)
        if (
            write.before
            and write.before.properties.get("enablePurgeProtection")
            and write.properties.get("enablePurgeProtection") is False
        ):
            raise ArmError(
                400,
                "BadRequest",
                'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
            )
        for subnet in rules(write.properties):
            require_subnet(world, subnet, "Microsoft.KeyVault", "BadRequest")

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Recovered, it is what it was."""
        kept = world.deleted_vaults.pop(resource.id.name.lower(), None)
        if resource.properties.pop("createMode", None) == "recover" and kept:
            resource.body.update(kept["vault"])
        resource.properties.setdefault("enableSoftDelete", True)
        resource.properties.setdefault("softDeleteRetentionInDays", 90)
        resource.properties["vaultUri"] = f"https://{resource.id.name}.vault.azure.net/"

    def deleted(self, world: World, resource: Resource) -> None:
        """The name is kept."""
        keep_vault(world, resource.id, resource.body)


def keep_vault(world: World, vault: Id, body: dict[str, Any]) -> None:
    """Makes a vault one that is kept as deleted."""
    subscription, location = world.settings.subscription, body["location"]
    world.deleted_vaults[vault.name.lower()] = {
        "vault": body,
        "answer": {
            "id": f"/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault.name}",
            "name": vault.name,
            "type": "Microsoft.KeyVault/deletedVaults",
            "properties": {
                "vaultId": str(vault),
                "location": location,
                "tags": body.get("tags", {}),
                "deletionDate": "2026-11-01T00:00:00Z",
                "scheduledPurgeDate": "2026-11-08T00:00:00Z",
                "purgeProtectionEnabled": bool(body["properties"].get("enablePurgeProtection")),
            },
        },
    }


class VaultSecret(Child):
    """A secret: every write is a new version, and no answer holds the value."""

    write_only = ("value",)
    at_once = True

    def check(self, world: World, write: Write) -> None:
        """A legal name."""
        if not re.fullmatch(r"[A-Za-z0-9-]{1,127}", write.id.name):
            raise ArmError(400, "BadRequest", f"The secret name '{write.id.name}' is not valid.")

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Its address, by version."""
        number = 1 + (write.before.hidden["number"] if write.before else 0)
        value = str(write.properties.get("value", ""))
        resource.hidden = {"number": number, "sha256": hashlib.sha256(value.encode()).hexdigest()}
        vault = resource.id.names[0]
        uri = f"https://{vault}.vault.azure.net/secrets/{resource.id.name}"
        resource.properties.update(
            attributes={"enabled": True}, secretUri=uri, secretUriWithVersion=f"{uri}/{number:032x}"
        )


KINDS: list[Kind] = [
    StorageAccount("Microsoft.Storage/storageAccounts"),
    Child("Microsoft.Storage/storageAccounts/blobServices"),
    Child("Microsoft.Storage/storageAccounts/blobServices/containers"),
    SqlServer("Microsoft.Sql/servers"),
    SqlDatabase("Microsoft.Sql/servers/databases"),
    Child("Microsoft.Sql/servers/databases/auditingSettings"),
    SqlNetworkRule("Microsoft.Sql/servers/virtualNetworkRules"),
    Vault("Microsoft.KeyVault/vaults"),
    VaultSecret("Microsoft.KeyVault/vaults/secrets"),
]
