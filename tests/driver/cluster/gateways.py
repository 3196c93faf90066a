"""ALB Controller: Gateways."""

import hashlib
from dataclasses import dataclass

from api import Condition, Moment, Object, conditions, is_leaving, is_true
from azure import TRAFFIC_CONTROLLER
from controller import CLASS
from round import Round

ANNOTATION = "alb.networking.azure.io/alb-"
FRONTEND = "alb.networking.azure.io/alb-frontend"
KINDS_OF_ROUTES = [{"group": "gateway.networking.k8s.io", "kind": kind} for kind in ("HTTPRoute", "GRPCRoute")]


@dataclass
class Verdict:
    """What the controller makes of a Gateway: its host name; why it is refused; or why it is not programmed yet."""

    host: str = ""
    refused: str = ""
    message: str = ""


def run_gateways(moment: Round) -> None:
    """One look at every Gateway of the class."""
    for gateway in moment.all("Gateway"):
        if gateway["spec"]["gatewayClassName"] != CLASS or is_leaving(gateway):
            continue
        verdict = judge(moment, gateway)
        if moment.faults.has("gateway-not-programmed", gateway["metadata"]["name"]):
            verdict.message = "operation is still in progress"
        set_gateway(moment, gateway, verdict)


def judge(moment: Round, gateway: Object) -> Verdict:
    """Whether it names what is there, and its listeners too: one bad listener keeps the whole from being programmed."""
    annotations = gateway["metadata"].get("annotations", {})
    traffic_controller = annotations.get(ANNOTATION + "id")
    if traffic_controller:
        verdict = judge_byo(moment, gateway, traffic_controller)
    else:
        verdict = judge_managed(moment, gateway, annotations)
    missing = [missing_certificate(moment, gateway, listener) for listener in gateway["spec"]["listeners"]]
    verdict.message = verdict.message or next(filter(None, missing), "")
    return verdict


def judge_byo(moment: Round, gateway: Object, traffic_controller: str) -> Verdict:
    """A traffic controller of one's own wants both: its id in the annotation, one frontend in the addresses."""
    addresses = gateway["spec"].get("addresses", [])
    if len(addresses) != 1 or addresses[0].get("type") != FRONTEND:
        return Verdict(refused="UnsupportedAddress", message=f"exactly one address of type {FRONTEND} is needed")
    frontend = moment.azure.find(f"{traffic_controller}/frontends/{addresses[0]['value']}")
    if frontend is None:
        message = f"frontend {addresses[0]['value']} of {traffic_controller} is not found"
        return Verdict(refused="Invalid", message=message)
    if is_taken(moment, gateway):
        return Verdict(refused="Invalid", message=f"frontend {addresses[0]['value']} belongs to another Gateway")
    if not moment.azure.of_type(f"{TRAFFIC_CONTROLLER}/associations", traffic_controller + "/"):
        return Verdict(message=f"traffic controller {traffic_controller} has no association")
    return Verdict(host=frontend["properties"]["fqdn"])


def judge_managed(moment: Moment, gateway: Object, annotations: dict[str, str]) -> Verdict:
    """One that the controller makes wants an ApplicationLoadBalancer, and no addresses."""
    name, namespace = annotations.get(ANNOTATION + "name", ""), annotations.get(ANNOTATION + "namespace", "")
    if gateway["spec"].get("addresses"):
        return Verdict(refused="UnsupportedAddress", message="addresses are of a traffic controller of one's own")
    balancer = moment.find("ApplicationLoadBalancer", namespace, name)
    if balancer is None or is_leaving(balancer):
        return Verdict(refused="Invalid", message=f"ApplicationLoadBalancer '{namespace}/{name}' is not found")
    if not is_true(balancer.get("status", {}), "Deployment"):
        return Verdict(message=f"ApplicationLoadBalancer {namespace}/{name} is not ready")
    random = hashlib.sha256(gateway["metadata"]["uid"].encode()).hexdigest()[:16]
    return Verdict(host=f"{random}.fz01.alb.azure.com")


def is_taken(moment: Moment, gateway: Object) -> bool:
    """Whether an older Gateway has the same frontend."""

    def frontend(other: Object) -> tuple[str, str]:
        annotation = other["metadata"].get("annotations", {}).get(ANNOTATION + "id", "")
        return annotation.lower(), str(other["spec"].get("addresses"))

    def age(other: Object) -> tuple[str, str]:
        return other["metadata"]["creationTimestamp"], other["metadata"]["name"]

    return any(frontend(each) == frontend(gateway) and age(each) < age(gateway) for each in moment.all("Gateway"))


def missing_certificate(moment: Moment, gateway: Object, listener: Object) -> str:
    """The Secret of a listener that is not there."""
    for each in listener.get("tls", {}).get("certificateRefs", []):
        namespace = each.get("namespace", gateway["metadata"]["namespace"])
        if moment.find("Secret", namespace, each["name"]) is None:
            return f"Secret {namespace}/{each['name']} is not found"
    return ""


def set_gateway(moment: Moment, gateway: Object, verdict: Verdict) -> None:
    """Writes the status; the address is there once it is programmed."""
    status = gateway.get("status", {})
    generation = gateway["metadata"]["generation"]
    accepted, programmed = not verdict.refused, not verdict.refused and not verdict.message
    told: list[Condition] = [
        ("Accepted", accepted, verdict.refused or "Accepted", "Valid Gateway" if accepted else verdict.message),
        ("Programmed", programmed, "Programmed" if programmed else "Pending", verdict.message),
    ]
    old = {each["name"]: each["conditions"] for each in status.get("listeners", [])}
    listeners = []
    for listener in gateway["spec"]["listeners"]:
        name = listener["name"]
        missing = missing_certificate(moment, gateway, listener)
        resolved = ("ResolvedRefs", not missing, "InvalidCertificateRef" if missing else "ResolvedRefs", missing)
        listeners.append(
            {
                "name": name,
                "supportedKinds": KINDS_OF_ROUTES,
                "attachedRoutes": attached_routes(moment, gateway, name),
                "conditions": conditions(old.get(name), [resolved, *told], observedGeneration=generation),
            }
        )
    made = {"conditions": conditions(status.get("conditions"), told, observedGeneration=generation)}
    made["listeners"] = listeners
    if programmed:
        made["addresses"] = [{"type": "Hostname", "value": verdict.host}]
    moment.set_status("Gateway", gateway, made)


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
