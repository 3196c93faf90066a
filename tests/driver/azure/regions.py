"""Regions, sizes of machines, cores, versions of Kubernetes: what a subscription offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from world import World

REGIONS = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "westus2": "West US 2",
    "westeurope": "West Europe",
    "northeurope": "North Europe",
    "switzerlandnorth": "Switzerland North",
}
# Regions that lack Application Gateway for Containers here, so that a check of regions has something to find.
WITHOUT_GATEWAY = {"switzerlandnorth"}
KUBERNETES = ["1.33", "1.34", "1.35", "1.36"]


@dataclass(frozen=True)
class Size:
    """A size of virtual machines."""

    name: str
    family: str
    cores: int


SIZES = {
    size.name.lower(): size
    for size in (
        Size("Standard_B2s", "standardBSFamily", 2),
        Size("Standard_D2s_v5", "standardDSv5Family", 2),
        Size("Standard_D4s_v5", "standardDSv5Family", 4),
        Size("Standard_D8s_v5", "standardDSv5Family", 8),
        Size("Standard_D4ds_v5", "standardDDSv5Family", 4),
    )
}
DEFAULT_LIMIT = 100


def cores_in_use(world: World, family: str | None) -> int:
    """Cores that the clusters' nodes take."""
    total = 0
    for cluster in world.of_type("Microsoft.ContainerService/managedClusters"):
        for pool in cluster.properties.get("agentPoolProfiles") or []:
            size = SIZES[pool["vmSize"].lower()]
            if family in (None, size.family):
                total += size.cores * pool["count"]
    return total


def quota_left(world: World, family: str) -> int:
    """Cores of a family that may still be taken, in the family and in the region."""
    limit = world.faults.quota.get(family.lower(), DEFAULT_LIMIT)
    regional = world.faults.quota.get("cores", DEFAULT_LIMIT)
    return min(limit - cores_in_use(world, family), regional - cores_in_use(world, None))


def usages(world: World) -> list[dict[str, Any]]:
    """What `az vm list-usage` shows."""
    families: list[tuple[str, str, str | None]] = [("cores", "Total Regional vCPUs", None)]
    families += [(family, family, family) for family in sorted({size.family for size in SIZES.values()})]
    return [
        {
            "unit": "Count",
            "limit": world.faults.quota.get(key.lower(), DEFAULT_LIMIT),
            "currentValue": cores_in_use(world, family),
            "name": {"value": key, "localizedValue": label},
        }
        for key, label, family in families
    ]


def skus(world: World) -> list[dict[str, Any]]:
    """What `az vm list-skus` shows."""
    result: list[dict[str, Any]] = []
    for location in REGIONS:
        for size in SIZES.values():
            restricted = size.name.lower() in world.faults.restricted_sizes
            restriction = {
                "type": "Location",
                "values": [location],
                "reasonCode": "NotAvailableForSubscription",
                "restrictionInfo": {"locations": [location]},
            }
            result.append(
                {
                    "resourceType": "virtualMachines",
                    "name": size.name,
                    "tier": "Standard",
                    "family": size.family,
                    "size": size.name.partition("_")[2],
                    "locations": [location],
                    "locationInfo": [{"location": location, "zones": ["1", "2", "3"], "zoneDetails": []}],
                    "capabilities": [{"name": "vCPUs", "value": str(size.cores)}],
                    "restrictions": [restriction] if restricted else [],
                }
            )
    return result
