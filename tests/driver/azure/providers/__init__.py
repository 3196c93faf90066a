"""The types of resources that the stand-in knows, one class or table row each."""

from __future__ import annotations

from errors import ArmError
from providers import authorization, cluster, connector, data, identity, monitor, network
from providers.kind import Kind

KINDS: dict[str, Kind] = {
    kind.type.lower(): kind
    for module in (authorization, cluster, connector, data, identity, monitor, network)
    for kind in module.KINDS
}
NAMESPACES = sorted(
    {kind.type.split("/")[0] for kind in KINDS.values()}
    | {"Microsoft.NetworkFunction", "Microsoft.PolicyInsights", "Microsoft.Resources", "Microsoft.Features"}
)
# Registered in every subscription.
ALWAYS = {"Microsoft.Authorization", "Microsoft.Resources", "Microsoft.Features"}


def kind_of(type_name: str, version: str, location: str = "") -> Kind:
    """The kind of a type, if it is known in that version."""
    kind = KINDS.get(type_name.lower())
    if not kind:
        namespace, _, rest = type_name.partition("/")
        message = f"The resource type '{rest}' could not be found in the namespace '{namespace}' for api version '{version}'. (The stand-in does not know it.)"
        raise ArmError(404, "InvalidResourceType", message, preflight=True)
    if version not in kind.versions:
        supported = ", ".join(kind.versions)
        rest = kind.type.partition("/")[2]
        message = f"No registered resource provider found for location '{location}' and API version '{version}' for type '{rest}'. The supported api-versions are '{supported}'."
        raise ArmError(400, "NoRegisteredProviderFound", message, preflight=True)
    return kind
