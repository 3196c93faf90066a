"""The requests to Azure Resource Manager that are about one service: subscriptions, providers, roles, names, vaults, clusters."""

from __future__ import annotations

import base64
import re
from typing import Any

import entra
from arm import accepted, listed
from errors import ArmError, NotModelled
from ids import Id
from providers import ALWAYS, KINDS, NAMESPACES
from providers.authorization import ROLES, role_definition
from providers.connector import VARIABLES, values_of
from providers.data import taken
from regions import KUBERNETES, REGIONS, WITHOUT_GATEWAY, skus, usages
from resources import authorize
from routing import Answer, Request, route
from world import TICKS_OF_A_CHANGE, World

SUBSCRIPTION = "/subscriptions/{subscription}"
ROLE_DEFINITIONS = "{scope}/providers/Microsoft.Authorization/roleDefinitions"
LINKER = "{scope}/providers/Microsoft.ServiceLinker/linkers/{name}"
VAULTS = "/subscriptions/{subscription}/providers/Microsoft.KeyVault"

# Subscriptions


@route("GET", "/metadata/endpoints")
def endpoints(request: Request) -> Answer:
    """Where everything of this cloud is."""
    host = request.base
    return Answer(
        body={
            "name": "StandIn",
            "resourceManager": host,
            "authentication": {
                "loginEndpoint": host,
                "audiences": ["https://management.core.windows.net/"],
                "tenant": "common",
            },
            "graph": host,
            "microsoftGraphResourceId": host,
            "suffixes": {
                "keyVaultDns": "vault.azure.net",
                "storage": "core.windows.net",
                "sqlServerHostname": "database.windows.net",
            },
        }
    )


def subscription_answer(world: World) -> dict[str, Any]:
    """The subscription."""
    subscription, tenant = world.settings.subscription, world.settings.tenant
    return {
        "id": f"/subscriptions/{subscription}",
        "subscriptionId": subscription,
        "displayName": "Stand-in",
        "state": "Enabled",
        "tenantId": tenant,
    }


@route("GET", "/subscriptions")
def list_subscriptions(request: Request) -> Answer:
    """The one subscription."""
    return listed([subscription_answer(request.world)])


@route("GET", "/tenants")
def list_tenants(request: Request) -> Answer:
    """The one tenant."""
    tenant = request.world.settings.tenant
    return listed([{"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": "Stand-in"}])


@route("GET", SUBSCRIPTION)
def get_subscription(request: Request, subscription: str) -> Answer:
    """The subscription, if it is the one."""
    if subscription.lower() != request.world.settings.subscription.lower():
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
    return Answer(body=subscription_answer(request.world))


@route("GET", SUBSCRIPTION + "/locations")
def list_locations(request: Request, subscription: str) -> Answer:
    """The regions."""
    kind = {"regionType": "Physical", "regionCategory": "Recommended"}
    return listed(
        [
            {
                "id": f"/subscriptions/{subscription}/locations/{name}",
                "name": name,
                "displayName": title,
                "regionalDisplayName": title,
                "metadata": kind,
            }
            for name, title in REGIONS.items()
        ]
    )


# Providers and features


def provider_answer(world: World, namespace: str) -> dict[str, Any]:
    """A provider: its state, and its types with regions and versions."""
    state = "Registered" if namespace in ALWAYS else world.registrations.get(namespace.lower(), "NotRegistered")
    without = WITHOUT_GATEWAY if namespace == "Microsoft.ServiceNetworking" else set()
    places = [title for name, title in REGIONS.items() if name not in without]
    types = [
        {
            "resourceType": kind.type.partition("/")[2],
            "locations": places if kind.tracked else [],
            "apiVersions": kind.versions,
            "capabilities": "None",
        }
        for kind in KINDS.values()
        if kind.type.startswith(namespace + "/")
    ]
    identifier = f"/subscriptions/{world.settings.subscription}/providers/{namespace}"
    return {
        "id": identifier,
        "namespace": namespace,
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": types,
    }


def known_namespace(namespace: str) -> str:
    """A namespace as Azure spells it."""
    for known in NAMESPACES:
        if known.lower() == namespace.lower():
            return known
    raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


@route("GET", SUBSCRIPTION + "/providers")
def list_providers(request: Request, subscription: str) -> Answer:
    """All providers."""
    return listed([provider_answer(request.world, namespace) for namespace in NAMESPACES])


@route("GET", SUBSCRIPTION + "/providers/{namespace}")
def get_provider(request: Request, subscription: str, namespace: str) -> Answer:
    """A provider."""
    return Answer(body=provider_answer(request.world, known_namespace(namespace)))


@route("POST", SUBSCRIPTION + "/providers/{namespace}/register", changing=True)
def register_provider(request: Request, subscription: str, namespace: str) -> Answer:
    """Registers a provider, which takes a while."""
    world, known = request.world, known_namespace(namespace)
    authorize(request.world, f"{known}/register/action", f"/subscriptions/{subscription}")
    if known not in ALWAYS and world.registrations.get(known.lower()) != "Registered":
        world.registrations[known.lower()] = "Registering"
        world.after(1, lambda: world.registrations.update({known.lower(): "Registered"}))
    return Answer(body=provider_answer(world, known))


FEATURES = "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features"
KNOWN_FEATURES = ("ManagedGatewayAPIPreview", "ApplicationLoadBalancerPreview")


def feature_answer(world: World, namespace: str, name: str) -> dict[str, Any]:
    """A preview feature."""
    if namespace.lower() != "microsoft.containerservice" or name.lower() not in [
        each.lower() for each in KNOWN_FEATURES
    ]:
        raise ArmError(404, "FeatureNotFound", f"The feature '{name}' could not be found.")
    state = world.features.get(f"{namespace}/{name}".lower(), "NotRegistered")
    base = f"/subscriptions/{world.settings.subscription}/providers/Microsoft.Features/providers/{namespace}/features"
    return {
        "id": f"{base}/{name}",
        "name": f"{namespace}/{name}",
        "type": "Microsoft.Features/providers/features",
        "properties": {"state": state},
    }


@route("GET", FEATURES + "/{name}")
def get_feature(request: Request, subscription: str, namespace: str, name: str) -> Answer:
    """A feature."""
    return Answer(body=feature_answer(request.world, namespace, name))


@route("GET", FEATURES)
def list_features(request: Request, subscription: str, namespace: str) -> Answer:
    """The features that are known."""
    return listed([feature_answer(request.world, namespace, name) for name in KNOWN_FEATURES])


@route("POST", FEATURES + "/{name}/register", changing=True)
def register_feature(request: Request, subscription: str, namespace: str, name: str) -> Answer:
    """Registers a feature, which takes a while."""
    world, key = request.world, f"{namespace}/{name}".lower()
    feature_answer(world, namespace, name)
    authorize(request.world, "Microsoft.Features/providers/features/register/action", f"/subscriptions/{subscription}")
    if world.features.get(key) != "Registered":
        world.features[key] = "Registering"
        world.after(1, lambda: world.features.update({key: "Registered"}))
    return Answer(body=feature_answer(world, namespace, name))


# Cores, sizes, versions


@route("GET", SUBSCRIPTION + "/providers/Microsoft.Compute/locations/{location}/usages")
def list_usages(request: Request, subscription: str, location: str) -> Answer:
    """Cores that are taken and that may be."""
    return listed(usages(request.world))


@route("GET", SUBSCRIPTION + "/providers/Microsoft.Compute/skus")
def list_skus(request: Request, subscription: str) -> Answer:
    """Sizes of machines, in one region or in all."""
    match = re.search(r"location eq '([^']*)'", request.query.get("$filter", ""))
    return listed([sku for sku in skus(request.world) if not match or match[1].lower() in sku["locations"]])


@route("GET", SUBSCRIPTION + "/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions")
def list_kubernetes(request: Request, subscription: str, location: str) -> Answer:
    """Versions that AKS offers."""
    plan = {"supportPlan": ["KubernetesOfficial"]}
    return Answer(
        body={
            "values": [
                {
                    "version": version,
                    "capabilities": plan,
                    "isDefault": version == "1.35",
                    "patchVersions": {f"{version}.1": {"upgrades": []}},
                }
                for version in KUBERNETES
            ]
        }
    )


# Who may do what


@route("GET", "{scope}/providers/Microsoft.Authorization/permissions")
def list_permissions(request: Request, scope: str) -> Answer:
    """What the caller may do: everything but what a control request took away."""
    lacks = request.world.faults.missing_rights(scope)
    return listed([{"actions": ["*"], "notActions": lacks, "dataActions": [], "notDataActions": []}])


@route("GET", ROLE_DEFINITIONS)
def list_roles(request: Request, scope: str) -> Answer:
    """Built-in roles, all or one by name."""
    match = re.search(r"roleName eq '([^']*)'", request.query.get("$filter", ""))
    found = [guid for guid, name in ROLES.items() if not match or match[1].lower() == name.lower()]
    return listed([role_definition(request.world.settings.subscription, guid) for guid in found])


@route("GET", ROLE_DEFINITIONS + "/{guid}")
def get_role(request: Request, scope: str, guid: str) -> Answer:
    """A built-in role."""
    if guid.lower() not in ROLES:
        raise ArmError(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{guid}' does not exist."
        )
    return Answer(body=role_definition(request.world.settings.subscription, guid.lower()))


@route("GET", "{scope}/providers/Microsoft.Authorization/roleAssignments")
def list_assignments(request: Request, scope: str) -> Answer:
    """Role assignments: at and below a scope, or (`atScope()`) at and above it, of one principal or of all."""
    text = request.query.get("$filter", "")
    principal = re.search(r"(?:assignedTo\('|principalId eq ')([^']*)'", text)
    unknown = re.sub(r"assignedTo\('[^']*'\)|principalId eq '[^']*'|atScope\(\)|\band\b", "", text).strip()
    if unknown:
        raise NotModelled(f"the filter {text!r}")
    found = []
    for each in request.world.of_type("Microsoft.Authorization/roleAssignments"):
        below = (each.id.scope + "/").lower().startswith(scope.lower() + "/")
        above = (scope + "/").lower().startswith(each.id.scope.lower() + "/")
        if (above if "atScope()" in text else below or above) and (
            not principal or each.properties["principalId"] == principal[1]
        ):
            found.append(each.body)
    return listed(found)


# Names that are unique in the world


def name_answer(request: Request, type_name: str, free: str, message: str) -> Answer:
    """Whether a name is free."""
    name = request.body["name"]
    kept = type_name.endswith("vaults") and name.lower() in request.world.deleted_vaults
    if kept or taken(request.world, type_name, name):
        return Answer(body={free: False, "name": name, "reason": "AlreadyExists", "message": message.format(name=name)})
    return Answer(body={free: True, "name": name})


@route("POST", SUBSCRIPTION + "/providers/Microsoft.Storage/checkNameAvailability", changing=False)
def check_storage_name(request: Request, subscription: str) -> Answer:
    """The name of a storage account."""
    return name_answer(
        request,
        "Microsoft.Storage/storageAccounts",
        "nameAvailable",
        "The storage account named {name} is already taken.",
    )


@route("POST", SUBSCRIPTION + "/providers/Microsoft.KeyVault/checkNameAvailability", changing=False)
def check_vault_name(request: Request, subscription: str) -> Answer:
    """The name of a key vault."""
    message = "The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the name is already taken."
    return name_answer(request, "Microsoft.KeyVault/vaults", "nameAvailable", message)


@route("POST", VAULTS + "/checkMhsmNameAvailability", changing=False)
def check_hsm_name(request: Request, subscription: str) -> Answer:
    """azure-cli asks for managed HSMs whenever it asks for vaults; there are none here."""
    return Answer(body={"nameAvailable": True})


@route("POST", SUBSCRIPTION + "/providers/Microsoft.Sql/checkNameAvailability", changing=False)
def check_sql_name(request: Request, subscription: str) -> Answer:
    """The name of a SQL server."""
    return name_answer(request, "Microsoft.Sql/servers", "available", "Specified server name '{name}' is already used.")


# Vaults that are kept as deleted


@route("GET", VAULTS + "/deletedManagedHSMs")
def list_deleted_hsms(request: Request, subscription: str) -> Answer:
    """azure-cli asks for managed HSMs whenever it asks for vaults; there are none here."""
    return listed([])


@route("GET", VAULTS + "/deletedVaults")
def list_deleted_vaults(request: Request, subscription: str) -> Answer:
    """All of them."""
    kept = request.world.deleted_vaults
    return listed([kept[name]["answer"] for name in sorted(kept)])


def deleted_vault(request: Request, location: str, name: str) -> dict[str, Any]:
    """One of them, or Azure's refusal."""
    kept = request.world.deleted_vaults.get(name.lower())
    if not kept or kept["answer"]["properties"]["location"] != location.lower():
        raise ArmError(
            404, "DeletedVaultNotFound", f"The deleted vault '{name}' was not found in location '{location}'."
        )
    return kept


@route("GET", VAULTS + "/locations/{location}/deletedVaults/{name}")
def get_deleted_vault(request: Request, subscription: str, location: str, name: str) -> Answer:
    """One of them."""
    return Answer(body=deleted_vault(request, location, name)["answer"])


@route("POST", VAULTS + "/locations/{location}/deletedVaults/{name}/purge", changing=True)
def purge_vault(request: Request, subscription: str, location: str, name: str) -> Answer:
    """Gives the name free, for good."""
    kept = deleted_vault(request, location, name)
    authorize(
        request.world, "Microsoft.KeyVault/locations/deletedVaults/purge/action", f"/subscriptions/{subscription}"
    )
    if kept["answer"]["properties"]["purgeProtectionEnabled"]:
        raise ArmError(403, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
    world = request.world

    def purge() -> None:
        world.deleted_vaults.pop(name.lower(), None)

    return accepted(request, world.after(TICKS_OF_A_CHANGE, purge))


# Clusters and their connections


@route("POST", "{scope}/providers/Microsoft.ContainerService/managedClusters/{name}/{list}", changing=False)
def list_credentials(request: Request, scope: str, name: str, list: str) -> Answer:  # noqa: A002
    """The kubeconfig that the stand-in was started with."""
    if list.lower() != "listclusterusercredential":
        if list.lower() == "listclusteradmincredential":
            message = "Getting static credential is not allowed because this cluster is set to disable local accounts."
            raise ArmError(400, "BadRequest", message)
        raise NotModelled(f"the action '{list}' of a cluster")
    request.world.get(Id(scope, "Microsoft.ContainerService/managedClusters", (name,)))
    authorize(
        request.world,
        "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
        request.path.rpartition("/")[0],
    )
    file = request.world.settings.kubeconfig
    if not file:
        raise ArmError(404, "NoKubeconfig", "The stand-in was started without --kubeconfig.")
    return Answer(
        body={"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(file.read_bytes()).decode()}]}
    )


@route("POST", LINKER + "/{action}", changing=False)
def linker_action(request: Request, scope: str, name: str, action: str) -> Answer:
    """What a connection writes, and whether it is well."""
    linker = request.world.get(Id(scope, "Microsoft.ServiceLinker/linkers", (name,)))
    if action.lower() == "listconfigurations":
        return Answer(
            body={"configurations": [{"name": key, "value": "", "description": ""} for key in values_of(linker)]}
        )
    if action.lower() == "validatelinker":
        target = Id.parse(linker.properties["targetService"]["id"])
        assert target.kind in VARIABLES
        found = "success" if request.world.find(target) else "failure"
        detail = [{"name": "The target existence is validated", "result": found}]
        return Answer(
            body={
                "properties": {
                    "linkerName": name,
                    "isConnectionAvailable": found == "success",
                    "validationDetail": detail,
                }
            }
        )
    raise NotModelled(f"the action '{action}' of a connection")


# Microsoft Graph


@route("GET", "/v1.0/servicePrincipals", changing=False)
def graph_service_principals(request: Request) -> Answer:
    """A service principal by client id."""
    return listed(entra.service_principals(request.world, request.query.get("$filter", "")))


@route("POST", "/v1.0/directoryObjects/getByIds", changing=False)
def graph_by_ids(request: Request) -> Answer:
    """Principals by object id."""
    return listed(entra.by_ids(request.world, request.body["ids"]))
