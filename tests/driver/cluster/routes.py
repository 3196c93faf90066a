"""ALB Controller: routes, and policies that are attached to something."""

from api import (
    Condition,
    Moment,
    Object,
    conditions,
    is_leaving,
    is_true,
    set_conditions,
)
from controller import CLASS, CONTROLLER
from round import Round

POLICIES = (
    "BackendTLSPolicy",
    "FrontendTLSPolicy",
    "HealthCheckPolicy",
    "RoutePolicy",
    "WebApplicationFirewallPolicy",
)
Judgement = tuple[bool, str, str]


def run_routes(moment: Round) -> None:
    """One look at every route."""
    for kind in ("HTTPRoute", "GRPCRoute"):
        for route in moment.all(kind):
            if not is_leaving(route):
                run_route(moment, kind, route)


def run_route(moment: Round, kind: str, route: Object) -> None:
    """A status for every parent that is a Gateway of this controller."""
    old = {key_of(each["parentRef"]): each["conditions"] for each in route.get("status", {}).get("parents", [])}
    resolved = backends_of(moment, route)
    if moment.faults.has("route-not-resolved", route["metadata"]["name"]):
        resolved = (False, "BackendNotFound", "a backend is not found")
    parents = []
    for ref in route["spec"].get("parentRefs", []):
        gateway = moment.find("Gateway", ref.get("namespace", route["metadata"]["namespace"]), ref["name"])
        if gateway is None or gateway["spec"]["gatewayClassName"] != CLASS:
            continue
        accepted = accepted_by(moment, gateway, ref, route)
        told = [("ResolvedRefs", *resolved), ("Accepted", *accepted), programmed(gateway, accepted, resolved)]
        made = conditions(old.get(key_of(ref)), told, observedGeneration=route["metadata"]["generation"])
        parents.append({"parentRef": ref, "controllerName": CONTROLLER, "conditions": made})
    if parents:
        moment.set_status(kind, route, {"parents": parents})


def programmed(gateway: Object, *needed: Judgement) -> Condition:
    """A route is programmed once it is accepted, its backends are found, and its Gateway is programmed."""
    if not is_true(gateway.get("status", {}), "Programmed"):
        needed = (*needed, (False, "", "the Gateway is not programmed"))
    wrong = [message for good, _, message in needed if not good]
    return "Programmed", not wrong, "Pending" if wrong else "Programmed", next(iter(wrong), "")


def key_of(ref: Object) -> tuple[tuple[str, str], ...]:
    """Tells one parent from another."""
    return tuple(sorted(ref.items()))


def accepted_by(moment: Moment, gateway: Object, ref: Object, route: Object) -> Judgement:
    """Whether a listener takes the route."""
    listeners = [each for each in gateway["spec"]["listeners"] if ref.get("sectionName", each["name"]) == each["name"]]
    if not listeners:
        return False, "NoMatchingParent", f"Gateway {ref['name']} has no listener {ref['sectionName']}"
    if not any(is_allowed(moment, gateway, listener, route) for listener in listeners):
        return False, "NotAllowedByListeners", f"Gateway {ref['name']} takes no route of this namespace"
    return True, "Accepted", "Route is Accepted"


def is_allowed(moment: Moment, gateway: Object, listener: Object, route: Object) -> bool:
    """Whether a listener takes routes of that namespace."""
    namespace = route["metadata"]["namespace"]
    allowed = listener.get("allowedRoutes", {}).get("namespaces", {})
    match allowed.get("from", "Same"):
        case "All":
            return True
        case "Selector":
            found = moment.find("Namespace", None, namespace) or {"metadata": {}}
            labels = found["metadata"].get("labels", {})
            return bool(allowed["selector"].get("matchLabels", {}).items() <= labels.items())
    return bool(namespace == gateway["metadata"]["namespace"])


def backends_of(moment: Moment, route: Object) -> Judgement:
    """Whether every backend is a Service that is there, in the route's own namespace."""
    namespace = route["metadata"]["namespace"]
    for rule in route["spec"].get("rules", []):
        for ref in rule.get("backendRefs", []):
            if ref.get("kind", "Service") != "Service" or ref.get("group", "") != "":
                return False, "InvalidKind", f"{ref['kind']} {ref['name']} is no Service"
            if ref.get("namespace", namespace) != namespace:
                return False, "RefNotPermitted", f"Service {ref['namespace']}/{ref['name']} is in another namespace"
            service = moment.find("Service", namespace, ref["name"])
            if service is None or ref.get("port") not in [port["port"] for port in service["spec"]["ports"]]:
                message = f"Service {namespace}/{ref['name']} with port {ref.get('port')} is not found"
                return False, "BackendNotFound", message
    return True, "ResolvedRefs", ""


def run_policies(moment: Moment) -> None:
    """One look at every policy: what it is attached to must be there."""
    for kind in POLICIES:
        for policy in moment.all(kind):
            if not is_leaving(policy):
                told = judgement_of(moment, policy, policy["spec"]["targetRef"])
                set_conditions(moment, kind, policy, more_of(kind, told))
    for policy in moment.all("BackendLoadBalancingPolicy"):
        set_targets(moment, policy)


def judgement_of(moment: Moment, policy: Object, ref: Object) -> list[Condition]:
    """Whether the target is there. An `override` is refused, as the controller does."""
    namespace = ref.get("namespace", policy["metadata"]["namespace"])
    accepted, resolved = (True, "Accepted", ""), (True, "ResolvedRefs", "")
    if "override" in policy["spec"]:
        accepted = False, "OverrideNotSupported", "override is not supported"
    elif moment.find(ref["kind"], namespace, ref["name"]) is None:
        accepted = resolved = False, "NoTargetReference", f"{ref['kind']} {namespace}/{ref['name']} is not found"
    return [("Accepted", *accepted), ("ResolvedRefs", *resolved)]


def more_of(kind: str, told: list[Condition]) -> list[Condition]:
    """A firewall policy is also deployed and programmed."""
    if kind != "WebApplicationFirewallPolicy":
        return told
    good = told[0][1]
    deployment = ("Deployment", good, "Deployed" if good else "NoDeployment", "")
    return [*told, deployment, ("Programmed", good, "Programmed" if good else "Pending", "")]


def set_targets(moment: Moment, policy: Object) -> None:
    """This kind keeps its conditions per target."""
    old = policy.get("status", {}).get("targets", [])
    targets = []
    for ref in [each["targetRef"] for each in policy["spec"]["targetRefs"]]:
        before = next((each["conditions"] for each in old if each["targetRef"] == ref), None)
        told = judgement_of(moment, policy, ref)
        made = conditions(before, told, observedGeneration=policy["metadata"]["generation"])
        targets.append({"targetRef": ref, "conditions": made})
    moment.set_status("BackendLoadBalancingPolicy", policy, {"targets": targets})
