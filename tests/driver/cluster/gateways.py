"""ALB Controller: Gateways, and the ApplicationLoadBalancers of those that it makes in Azure itself."""

import hashlib
from dataclasses import dataclass

from api import Condition, Moment, Object, conditions, is_leaving, is_true
from azure import CLUSTER, SUBNET, TRAFFIC_CONTROLLER, Azure
from controller import CLASS
from faults import Faults

FINALIZER = "alb-deployment-exists-finalizer.alb.networking.azure.io"
ANNOTATION = "alb.networking.azure.io/alb-"
FRONTEND = "alb.networking.azure.io/alb-frontend"
KINDS_OF_ROUTES = [{"group": "gateway.networking.k8s.io", "kind": kind} for kind in ("HTTPRoute", "GRPCRoute")]


@dataclass
class Verdict:
    """What the controller makes of a Gateway: its host name, or what is wrong with it."""

    host: str = ""
    reason: str = ""
    message: str = ""


def run_load_balancers(moment: Moment, azure: Azure) -> None:
    """One look at every ApplicationLoadBalancer: holds it while there is something in Azure, and names that."""
    for balancer in moment.all("ApplicationLoadBalancer"):
        finalizers = balancer["metadata"].get("finalizers", [])
        if is_leaving(balancer):
            azure.remove(alb_id(balancer, azure))
            kept = [each for each in finalizers if each != FINALIZER]
            moment.api.replace("ApplicationLoadBalancer", with_finalizers(balancer, kept))
        elif FINALIZER not in finalizers:
            moment.api.replace("ApplicationLoadBalancer", with_finalizers(balancer, [*finalizers, FINALIZER]))
        else:
            run_load_balancer(moment, azure, balancer)


def run_load_balancer(moment: Moment, azure: Azure, balancer: Object) -> None:
    """It is ready when its subnet is there and delegated."""
    subnet = (balancer["spec"].get("associations") or [""])[0]
    found = azure.find(subnet)
    delegations = [
        each["properties"]["serviceName"].lower() for each in (found or {}).get("properties", {}).get("delegations", [])
    ]
    told = [("Accepted", True, "Accepted", "Valid Application Gateway for Containers resource")]
    if TRAFFIC_CONTROLLER.lower() in delegations:
        name = alb_id(balancer, azure)
        azure.make(name, {})
        told.append(("Deployment", True, "Ready", f"alb-id={name}"))
    else:
        told.append(
            (
                "Deployment",
                False,
                "InProgress",
                f"subnet {subnet} is not there or not delegated to {TRAFFIC_CONTROLLER}",
            )
        )
    set_conditions(moment, "ApplicationLoadBalancer", balancer, told)


def alb_id(balancer: Object, azure: Azure) -> str:
    """The traffic controller that the controller makes in the group of the nodes. Its name is random, but stays."""
    random = hashlib.sha256(balancer["metadata"]["uid"].encode()).hexdigest()[:8]
    for cluster_id, cluster in azure.of_type(CLUSTER):
        subscription = cluster_id.split("/")[2]
        group = cluster["properties"]["nodeResourceGroup"]
        return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{TRAFFIC_CONTROLLER}/alb-{random}"
    return ""


def with_finalizers(thing: Object, finalizers: list[str]) -> Object:
    """The same object with other finalizers."""
    return thing | {"metadata": thing["metadata"] | {"finalizers": finalizers}}


def run_gateways(moment: Moment, azure: Azure, faults: Faults) -> None:
    """One look at every Gateway of the class."""
    for gateway in moment.all("Gateway"):
        if gateway["spec"]["gatewayClassName"] == CLASS and not is_leaving(gateway):
            run_gateway(moment, gateway, judge(moment, azure, gateway), faults)


def judge(moment: Moment, azure: Azure, gateway: Object) -> Verdict:
    """Whether it names what is there: a traffic controller with a frontend, or an ApplicationLoadBalancer."""
    annotations = gateway["metadata"].get("annotations", {})
    if ANNOTATION + "id" in annotations:
        return judge_byo(moment, azure, gateway, annotations[ANNOTATION + "id"])
    name, namespace = annotations.get(ANNOTATION + "name"), annotations.get(ANNOTATION + "namespace")
    if not name or not namespace:
        return Verdict(
            reason="Invalid",
            message=f"annotations {ANNOTATION}id, or {ANNOTATION}name and {ANNOTATION}namespace, are missing",
        )
    if gateway["spec"].get("addresses"):
        return Verdict(reason="UnsupportedAddress", message="addresses belong to a traffic controller of one's own")
    balancer = moment.find("ApplicationLoadBalancer", namespace, name)
    if balancer is None or is_leaving(balancer):
        return Verdict(reason="Invalid", message=f"ApplicationLoadBalancer {namespace}/{name} is not found")
    if not is_true(balancer.get("status", {}), "Deployment"):
        return Verdict(message=f"ApplicationLoadBalancer {namespace}/{name} is not ready")
    return Verdict(host=f"{hashlib.sha256(gateway['metadata']['uid'].encode()).hexdigest()[:16]}.fz01.alb.azure.com")


def judge_byo(moment: Moment, azure: Azure, gateway: Object, traffic_controller: str) -> Verdict:
    """A traffic controller of one's own wants both: its id in the annotation, one frontend in the addresses."""
    if azure.find(traffic_controller) is None:
        return Verdict(reason="Invalid", message=f"traffic controller {traffic_controller} is not found")
    addresses = gateway["spec"].get("addresses", [])
    if len(addresses) != 1 or addresses[0].get("type") != FRONTEND:
        return Verdict(reason="UnsupportedAddress", message=f"exactly one address of type {FRONTEND} is needed")
    frontend = azure.find(f"{traffic_controller}/frontends/{addresses[0]['value']}")
    if frontend is None:
        return Verdict(reason="Invalid", message=f"frontend {addresses[0]['value']} is not found")
    if is_taken(moment, gateway):
        return Verdict(reason="Invalid", message=f"frontend {addresses[0]['value']} belongs to another Gateway")
    if not azure.of_type(f"{TRAFFIC_CONTROLLER}/associations", traffic_controller + "/"):
        return Verdict(message=f"traffic controller {traffic_controller} has no association")
    return Verdict(host=frontend["properties"]["fqdn"])


def is_taken(moment: Moment, gateway: Object) -> bool:
    """Whether an older Gateway has the same frontend."""

    def wants(other: Object) -> tuple[str, list[Object]]:
        return other["metadata"].get("annotations", {}).get(ANNOTATION + "id", "").lower(), other["spec"].get(
            "addresses"
        )

    def age(other: Object) -> tuple[str, str]:
        return other["metadata"]["creationTimestamp"], other["metadata"]["name"]

    return any(wants(other) == wants(gateway) and age(other) < age(gateway) for other in moment.all("Gateway"))


def run_gateway(moment: Moment, gateway: Object, verdict: Verdict, faults: Faults) -> None:
    """Writes the status: one bad listener keeps the whole Gateway from being programmed."""
    resolved = {each["name"]: missing_certificate(moment, gateway, each) for each in gateway["spec"]["listeners"]}
    accepted = not verdict.reason
    message = verdict.message or next((each for each in resolved.values() if each), "")
    if faults.has("gateway-not-programmed", gateway["metadata"]["name"]):
        message = "operation is still in progress"
    programmed = accepted and not message
    status = gateway.get("status", {})
    generation = gateway["metadata"]["generation"]
    told = [
        ("Accepted", accepted, verdict.reason or "Accepted", message if not accepted else "Valid Gateway"),
        (
            "Programmed",
            programmed,
            "Programmed" if programmed else "Pending",
            message or "Application Gateway For Containers resource has been successfully updated.",
        ),
    ]
    listeners = []
    for listener in gateway["spec"]["listeners"]:
        name = listener["name"]
        old = next((each["conditions"] for each in status.get("listeners", []) if each["name"] == name), None)
        missing = resolved[name]
        of_listener = [
            ("ResolvedRefs", not missing, "InvalidCertificateRef" if missing else "ResolvedRefs", missing),
            (
                "Accepted",
                accepted,
                "Accepted" if accepted else "Pending",
                "Listener is accepted" if accepted else message,
            ),
            told[1],
        ]
        listeners.append(
            {
                "name": name,
                "supportedKinds": KINDS_OF_ROUTES,
                "attachedRoutes": attached_routes(moment, gateway, name),
                "conditions": conditions(old, of_listener, observedGeneration=generation),
            }
        )
    made = {
        "conditions": conditions(status.get("conditions"), told, observedGeneration=generation),
        "listeners": listeners,
    }
    if programmed:
        made["addresses"] = [{"type": "Hostname", "value": verdict.host}]
    moment.set_status("Gateway", gateway, made)


def missing_certificate(moment: Moment, gateway: Object, listener: Object) -> str:
    """The Secret of a listener that is not there."""
    for each in listener.get("tls", {}).get("certificateRefs", []):
        namespace = each.get("namespace", gateway["metadata"]["namespace"])
        if moment.find("Secret", namespace, each["name"]) is None:
            return f"Secret {namespace}/{each['name']} is not found"
    return ""


def attached_routes(moment: Moment, gateway: Object, listener: str) -> int:
    """How many routes want that listener."""
    meta = gateway["metadata"]
    return sum(
        ref["name"] == meta["name"]
        and ref.get("namespace", route["metadata"]["namespace"]) == meta["namespace"]
        and ref.get("sectionName", listener) == listener
        for kind in ("HTTPRoute", "GRPCRoute")
        for route in moment.all(kind)
        for ref in route["spec"].get("parentRefs", [])
    )


def set_conditions(moment: Moment, kind: str, thing: Object, told: list[Condition]) -> None:
    """A status that is nothing but conditions."""
    old = thing.get("status", {}).get("conditions")
    made = conditions(old, told, observedGeneration=thing["metadata"]["generation"])
    moment.set_status(kind, thing, thing.get("status", {}) | {"conditions": made})
