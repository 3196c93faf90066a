"""Microsoft.Authorization: who may do what."""

from __future__ import annotations

import re
from typing import Any

from errors import ArmError
from providers.kind import Child, Kind, Write
from world import Resource, World

# Built-in roles that this project's output, Service Connector or a person who deploys may name.
ROLES = {
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "fbc52c3f-28ad-4303-a892-8a056630b8f1": "AppGw for Containers Configuration Manager",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "4abbcc35-e782-43d8-92c5-2d3f1bd2253f": "Azure Kubernetes Service Cluster User Role",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": "Key Vault Certificate User",
}
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def definition_id(subscription: str, guid: str) -> str:
    """The id of a role."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def role_definition(subscription: str, guid: str) -> dict[str, Any]:
    """A built-in role, as it is answered."""
    actions = ["*"] if ROLES[guid] in ("Owner", "Contributor") else ["*/read"]
    return {
        "id": definition_id(subscription, guid),
        "name": guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": ROLES[guid],
            "type": "BuiltInRole",
            "description": ROLES[guid],
            "assignableScopes": ["/"],
            "permissions": [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}],
        },
    }


class RoleAssignment(Child):
    """A role for a principal at a scope."""

    extension = True
    at_once = True

    def check(self, world: World, write: Write) -> None:
        """A name, a role, a principal, and nothing that is there already."""
        if not GUID.fullmatch(write.id.name):
            raise ArmError(
                400,
                "InvalidRoleAssignmentId",
                f"The role assignment ID '{write.id.name}' is not valid. The role assignment ID must be a GUID.",
            )
        role = str(write.properties.get("roleDefinitionId", "")).rpartition("/")[2].lower()
        if role not in ROLES:
            raise ArmError(
                400, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{role}' does not exist."
            )
        self.check_principal(world, write)
        for other in world.of_type(self.type, write.id.scope):
            if other.id.scope.lower() != write.id.scope.lower():
                continue
            same = self.essence(other.properties) == self.essence(write.properties)
            if other.id.key == write.id.key and not same:
                raise ArmError(
                    400,
                    "RoleAssignmentUpdateNotPermitted",
                    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
                )
            if other.id.key != write.id.key and same:
                message = f"The role assignment already exists. The ID of the conflicting role assignment is {other.id.name.replace('-', '')}."
                raise ArmError(409, "RoleAssignmentExists", message)

    @staticmethod
    def essence(properties: dict[str, Any]) -> tuple[str, str]:
        """Who has which role."""
        return properties["principalId"].lower(), properties["roleDefinitionId"].rpartition("/")[2].lower()

    @staticmethod
    def check_principal(world: World, write: Write) -> None:
        """The principal exists and is what it is said to be."""
        principal, said = write.properties.get("principalId", ""), write.properties.get("principalType")
        kind = world.principals.get(principal.lower())
        if not kind:
            message = f"Principal {principal.replace('-', '')} does not exist in the directory {world.settings.tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
            raise ArmError(400, "PrincipalNotFound", message)
        if said and said != kind:
            message = f"The PrincipalId '{principal.replace('-', '')}' has type '{kind}' , which is different from specified PrincipalType '{said}'."
            raise ArmError(400, "UnmatchedPrincipalType", message)

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Scope, and the kind of principal where it was not said."""
        properties = resource.properties
        properties["scope"] = resource.id.scope or "/"
        properties.setdefault("principalType", world.principals.get(properties["principalId"].lower(), "Unknown"))
        guid = properties["roleDefinitionId"].rpartition("/")[2].lower()
        properties["roleDefinitionId"] = definition_id(world.settings.subscription, guid)


KINDS: list[Kind] = [RoleAssignment("Microsoft.Authorization/roleAssignments")]
