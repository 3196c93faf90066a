"""ALB Controller: ApplicationLoadBalancers, from which it makes traffic controllers in Azure itself."""

import hashlib

from api import Condition, Object, is_leaving, set_conditions
from azure import CLUSTER, TRAFFIC_CONTROLLER, Azure
from round import Round

KIND = "ApplicationLoadBalancer"
FINALIZER = "alb-deployment-exists-finalizer.alb.networking.azure.io"


def run_load_balancers(moment: Round) -> None:
    """One look at every one: it is held as long as there is something of it in Azure."""
    for balancer in moment.all(KIND):
        finalizers = balancer["metadata"].get("finalizers", [])
        if is_leaving(balancer):
            moment.azure.remove(traffic_controller_of(moment.azure, balancer))
            moment.api.replace(KIND, with_finalizers(balancer, [each for each in finalizers if each != FINALIZER]))
        elif FINALIZER not in finalizers:
            moment.api.replace(KIND, with_finalizers(balancer, [*finalizers, FINALIZER]))
        else:
            accepted = ("Accepted", True, "Accepted", "Valid Application Gateway for Containers resource")
            set_conditions(moment, KIND, balancer, [accepted, deployment_of(moment.azure, balancer)])


def deployment_of(azure: Azure, balancer: Object) -> Condition:
    """It is deployed when its subnet is there and delegated; the message is the way to learn the id."""
    subnet = next(iter(balancer["spec"].get("associations", [])), "")
    properties = (azure.find(subnet) or {}).get("properties", {})
    delegations = [each["properties"]["serviceName"].lower() for each in properties.get("delegations", [])]
    if TRAFFIC_CONTROLLER.lower() not in delegations:
        message = f"subnet {subnet} is not there or not delegated to {TRAFFIC_CONTROLLER}"
        return "Deployment", False, "InProgress", message
    made = traffic_controller_of(azure, balancer)
    azure.make(made, {})
    return "Deployment", True, "Ready", f"alb-id={made}"


def traffic_controller_of(azure: Azure, balancer: Object) -> str:
    """The id of what is made in the group of the nodes. Its name is random, but stays."""
    random = hashlib.sha256(balancer["metadata"]["uid"].encode()).hexdigest()[:8]
    for cluster in azure.of_type(CLUSTER):
        subscription, group = cluster["id"].split("/")[2], cluster["properties"]["nodeResourceGroup"]
        return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{TRAFFIC_CONTROLLER}/alb-{random}"
    return ""


def with_finalizers(thing: Object, finalizers: list[str]) -> Object:
    """The same object with other finalizers."""
    return thing | {"metadata": thing["metadata"] | {"finalizers": finalizers}}
