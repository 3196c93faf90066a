"""Microsoft.ManagedIdentity."""

from __future__ import annotations

from errors import ArmError
from ids import Id
from providers.kind import Child, Kind, Write
from world import Resource, World, stable_guid

# learn.microsoft.com, "Important considerations and restrictions for federated identity credentials", read 2026: at most 20.
MOST_CREDENTIALS = 20


class UserAssignedIdentity(Kind):
    """An identity becomes a service principal at once."""

    at_once = True

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Object id and client id come from the resource id, so they are the same in every run."""
        client, principal = stable_guid("client", resource.id.key), stable_guid("principal", resource.id.key)
        resource.properties.update(tenantId=world.settings.tenant, clientId=client, principalId=principal)
        world.principals[principal] = "ServicePrincipal"
        world.clients[client] = (principal, resource.id.name)

    def deleted(self, world: World, resource: Resource) -> None:
        """Its principal goes with it; role assignments elsewhere stay and point nowhere."""
        world.principals.pop(resource.properties["principalId"], None)
        world.clients.pop(resource.properties["clientId"], None)


class FederatedIdentityCredential(Child):
    """Who may act as an identity."""

    at_once = True

    def lock(self, resource: Id) -> str | None:
        """One write an identity at a time."""
        return f"federated credentials of {resource.parent}".lower()

    def busy(self, resource: Id) -> ArmError:
        """Azure's words for it."""
        message = f"Too many Federated Identity Credentials are written concurrently for the managed identity '{resource.parent}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported."
        return ArmError(409, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity", message)

    def check(self, world: World, write: Write) -> None:
        """Complete, one for each pair of issuer and subject, and not too many."""
        for name in ("issuer", "subject", "audiences"):
            if not write.properties.get(name):
                raise ArmError(
                    400,
                    "BadRequest",
                    f"The property '{name}' of the federated identity credential is missing or empty.",
                )
        siblings = [each for each in world.of_type(self.type, str(write.id.parent)) if each.id.key != write.id.key]
        if not write.before and len(siblings) >= MOST_CREDENTIALS:
            message = f"Too many Federated Identity Credentials in total for the managed identity '{write.id.parent}'. No more than {MOST_CREDENTIALS} are allowed."
            raise ArmError(400, "TooManyFederatedIdentityCredentials", message)
        for other in siblings:
            if all(other.properties[name] == write.properties[name] for name in ("issuer", "subject")):
                message = (
                    f"Issuer and subject combination already exists for this Managed Identity, in '{other.id.name}'."
                )
                raise ArmError(409, "Conflict", message)


KINDS: list[Kind] = [
    UserAssignedIdentity("Microsoft.ManagedIdentity/userAssignedIdentities"),
    FederatedIdentityCredential("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"),
]
