"""Microsoft.ContainerService: AKS, and what comes with a cluster."""

from __future__ import annotations

from typing import Any

from errors import ArmError
from ids import Id, resource
from providers.kind import Child, Kind, Passive, Write
from regions import KUBERNETES, SIZES, quota_left
from world import Resource, World, stable_guid

CLUSTERS = "Microsoft.ContainerService/managedClusters"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
PREVIEWS = {"gatewayAPI": "ManagedGatewayAPIPreview", "applicationLoadBalancer": "ApplicationLoadBalancerPreview"}


def minor(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def require_idle(world: World, cluster: Resource) -> None:
    """Nothing of a cluster changes while the cluster does."""
    if not world.predicting and (cluster.state != "Succeeded" or world.faults.cluster_is_busy(cluster.id.key)):
        message = f"Operation is not allowed because there's an in progress operation on managed cluster {cluster.id.name}. Please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details"
        raise ArmError(409, "OperationNotAllowed", message)


class ManagedCluster(Kind):
    """A cluster: it makes the resource group of its nodes and the identities of its add-ons."""

    def lock(self, resource: Id) -> str | None:
        """One change a cluster at a time."""
        return f"cluster {resource}".lower()

    def check(self, world: World, write: Write) -> None:
        """Identities, subnets, versions, features and cores that AKS asks for."""
        if write.before:
            require_idle(world, write.before)
            old, new = write.before.properties["nodeResourceGroup"], write.properties.get("nodeResourceGroup")
            if new and new.lower() != old.lower():
                raise ArmError(
                    400,
                    "PropertyChangeNotAllowed",
                    "Changing property 'properties.nodeResourceGroup' is not allowed.",
                    target="properties.nodeResourceGroup",
                )
            self.check_what_stays(write)
        for identity in (write.body.get("identity") or {}).get("userAssignedIdentities") or {}:
            world.get(Id.parse(identity))
        self.check_version(write)
        self.check_features(world, write)
        self.check_pools(world, write)

    @staticmethod
    def check_what_stays(write: Write) -> None:
        """A version is never lowered; addresses of Services, sizes of nodes and their most pods stay, and zones where any are named."""
        assert write.before
        old, new = write.before.properties, write.properties
        was, wanted = old.get("currentKubernetesVersion", ""), new.get("kubernetesVersion", "")
        if minor(wanted) < minor(was):
            message = f"Downgrading Kubernetes version {was} to {wanted} is not allowed."
            raise ArmError(400, "OperationNotAllowed", message)
        stays = [("serviceCidr", old.get("networkProfile") or {}, new.get("networkProfile") or {})]
        pools = {pool["name"]: pool for pool in old.get("agentPoolProfiles") or []}
        for pool in new.get("agentPoolProfiles") or []:
            keys = ["vmSize", "maxPods", *(["availabilityZones"] if pool.get("availabilityZones") is not None else [])]
            stays += [(key, pools.get(pool["name"], pool), pool) for key in keys]
        for key, one, other in stays:
            if str(one.get(key)).lower() != str(other.get(key)).lower():
                message = f"Changing property '{key}' is not allowed."
                raise ArmError(400, "PropertyChangeNotAllowed", message, target=key)

    @staticmethod
    def check_version(write: Write) -> None:
        """A version that AKS offers."""
        version = write.properties.get("kubernetesVersion")
        if version and ".".join(version.split(".")[:2]) not in KUBERNETES:
            message = f"Managed cluster {write.id.name} is on version {version}, which is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region."
            raise ArmError(400, "K8sVersionNotSupported", message)

    @staticmethod
    def check_features(world: World, write: Write) -> None:
        """The add-on of the ALB Controller is behind two features."""
        profile = write.properties.get("ingressProfile") or {}
        if not (profile.get("applicationLoadBalancer") or {}).get("enabled"):
            return
        for feature in PREVIEWS.values():
            if world.features.get(f"microsoft.containerservice/{feature}".lower()) != "Registered":
                raise ArmError(
                    400,
                    "PreviewFeatureNotRegistered",
                    f"Preview feature Microsoft.ContainerService/{feature} not registered.",
                )
        if (profile.get("gatewayAPI") or {}).get("installation") != "Standard":
            raise ArmError(
                400,
                "BadRequest",
                "The application load balancer add-on needs the managed Gateway API installation 'Standard'.",
            )

    @staticmethod
    def check_pools(world: World, write: Write) -> None:
        """Subnets, sizes and cores of the nodes."""
        for pool in write.properties.get("agentPoolProfiles") or []:
            if pool.get("vnetSubnetID"):
                world.get(Id.parse(pool["vnetSubnetID"]))
            size = SIZES.get(pool["vmSize"].lower())
            if not size or pool["vmSize"].lower() in world.faults.restricted_sizes:
                message = f"The VM size of {pool['vmSize']} is not allowed in your subscription in location '{write.body['location']}'."
                raise ArmError(400, "BadRequest", message)
            cores = size.cores * pool["count"]
            if not write.before and cores > (left := quota_left(world, size.family)):
                message = f"Insufficient vcpu quota requested {cores}, remaining {left} for family {size.family} for region {write.body['location']}."
                raise ArmError(400, "ErrCode_InsufficientVCPUQuota", message)

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """What AKS says of the cluster, and the group of its nodes."""
        cluster, properties = resource.id, resource.properties
        location = resource.body["location"]
        group = properties.setdefault("nodeResourceGroup", f"MC_{cluster.group}_{cluster.name}_{location}")
        if group.lower() not in world.groups:
            world.make_group(group, location, resource.body.get("tags"), managed_by=str(cluster))
        host = f"{properties.get('dnsPrefix', cluster.name)}-{stable_guid('host', cluster.key)[:8]}.hcp.{location}.azmk8s.io"
        properties.update(
            powerState={"code": "Running"},
            fqdn=host,
            currentKubernetesVersion=properties.get("kubernetesVersion", KUBERNETES[-1]) + ".1",
        )
        if (properties.get("oidcIssuerProfile") or {}).get("enabled"):
            properties["oidcIssuerProfile"]["issuerURL"] = (
                f"https://{location}.oic.prod-aks.azure.com/{world.settings.tenant}/{stable_guid('issuer', cluster.key)}/"
            )
        properties["identityProfile"] = {"kubeletidentity": self.identity(world, resource, f"{cluster.name}-agentpool")}
        for name, addon in (properties.get("addonProfiles") or {}).items():
            if addon.get("enabled"):
                addon["identity"] = self.identity(world, resource, f"{name.lower()}-{cluster.name}")
        load_balancer = (properties.get("ingressProfile") or {}).get("applicationLoadBalancer") or {}
        if load_balancer.get("enabled"):
            load_balancer["identity"] = self.identity(world, resource, f"applicationloadbalancer-{cluster.name}")
        self.make_nodes(world, resource)

    @staticmethod
    def identity(world: World, cluster: Resource, name: str) -> dict[str, Any]:
        """An identity in the group of the nodes."""
        from resources import make  # The two need each other: a cluster makes resources.

        made = make(world, group_id(world, cluster, IDENTITIES, name), {"location": cluster.body["location"]})
        properties = made.properties
        return {"resourceId": str(made.id), "clientId": properties["clientId"], "objectId": properties["principalId"]}

    @staticmethod
    def make_nodes(world: World, cluster: Resource) -> None:
        """Pools, and in the group of the nodes what carries them."""
        from resources import make

        location = cluster.body["location"]
        for pool in cluster.properties.get("agentPoolProfiles") or []:
            pool["provisioningState"] = "Succeeded"
            pool["powerState"] = {"code": "Running"}
            child = cluster.id.child("agentPools", pool["name"])
            world.resources[child.key] = Resource(
                child, {"id": str(child), "name": child.name, "type": child.type, "properties": pool}, cluster.version
            )
            make(
                world,
                group_id(world, cluster, "Microsoft.Compute/virtualMachineScaleSets", f"aks-{pool['name']}-vmss"),
                {"location": location},
            )
        make(world, group_id(world, cluster, "Microsoft.Network/loadBalancers", "kubernetes"), {"location": location})

    def finished(self, world: World, resource: Resource) -> None:
        """Whoever plays the cluster may start it."""
        world.tell(event="cluster", name=resource.id.name, id=str(resource.id))

    def deleted(self, world: World, resource: Resource) -> None:
        """The group of the nodes goes with the cluster."""
        from resources import delete_group

        delete_group(world, resource.properties["nodeResourceGroup"])
        world.tell(event="cluster-deleted", name=resource.id.name, id=str(resource.id))


def group_id(world: World, cluster: Resource, type_name: str, name: str) -> Id:
    """The id of something in the group of the nodes."""
    return resource(world.group(cluster.properties["nodeResourceGroup"])["id"], type_name, name)


class ClusterChild(Child):
    """A child of a cluster, which waits for its turn."""

    def lock(self, resource: Id) -> str | None:
        """One change a cluster at a time."""
        return f"cluster {resource.parent}".lower()

    def busy(self, resource: Id) -> ArmError:
        """Azure's words for it."""
        message = (
            f"Operation is not allowed because there's an in progress operation on managed cluster {resource.names[0]}."
        )
        return ArmError(409, "OperationNotAllowed", message)

    def check(self, world: World, write: Write) -> None:
        """The cluster rests."""
        if parent := write.id.parent:
            require_idle(world, world.get(parent))


KINDS: list[Kind] = [
    ManagedCluster(CLUSTERS),
    ClusterChild(f"{CLUSTERS}/agentPools"),
    ClusterChild(f"{CLUSTERS}/maintenanceConfigurations"),
    Passive("Microsoft.Compute/virtualMachineScaleSets", versions=("2024-11-01",)),
]
