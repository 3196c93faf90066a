"""Microsoft Entra: tokens of the managed identity, and the part of Microsoft Graph that finds a principal."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from errors import ArmError
from world import World

# Far enough away that no token ends during a test: 2100-01-01.
EXPIRES = 4102444800
GRAPH_TYPES = {"ServicePrincipal": "servicePrincipal", "Group": "group", "User": "user"}


def encoded(value: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(world: World, resource: str) -> dict[str, Any]:
    """The answer of the token endpoint that App Service has. The client reads the claims and checks no signature."""
    caller = world.settings.caller
    claims = {"aud": resource, "tid": world.settings.tenant, "oid": caller, "appid": caller, "exp": EXPIRES}
    text = ".".join([encoded({"alg": "none", "typ": "JWT"}), encoded(claims), encoded({})])
    return {"access_token": text, "expires_on": str(EXPIRES), "resource": resource, "token_type": "Bearer"}


def graph_object(world: World, object_id: str) -> dict[str, Any]:
    """A principal, as Graph shows it."""
    kind = GRAPH_TYPES[world.principals[object_id]]
    found: dict[str, Any] = {"@odata.type": f"#microsoft.graph.{kind}", "id": object_id, "displayName": object_id}
    for client, (principal, name) in world.clients.items():
        if principal == object_id:
            found.update(appId=client, displayName=name, servicePrincipalNames=[client])
    return found


def service_principals(world: World, filter_text: str) -> list[dict[str, Any]]:
    """`servicePrincipalNames/any(c:c eq 'CLIENT ID')`."""
    match = re.fullmatch(r"servicePrincipalNames/any\(c:c eq '([^']*)'\)", filter_text)
    if not match:
        raise ArmError(400, "Request_UnsupportedQuery", f"The stand-in does not know the filter {filter_text!r}.")
    principal = world.clients.get(match[1])
    return [graph_object(world, principal[0])] if principal else []


def by_ids(world: World, ids: list[str]) -> list[dict[str, Any]]:
    """`directoryObjects/getByIds`: those that exist."""
    return [graph_object(world, each) for each in ids if each in world.principals]
