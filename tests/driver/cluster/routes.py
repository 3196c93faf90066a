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
from faults import Faults

POLICIES = (
    "BackendTLSPolicy",
    "FrontendTLSPolicy",
    "HealthCheckPolicy",
    "RoutePolicy",
    "WebApplicationFirewallPolicy",
)
Judgement = tuple[bool, str, str]


def run_routes(moment: Moment, faults: Faults) -> None:
    """One look at every route."""
    for kind in ("HTTPRoute", "GRPCRoute"):
        for route in moment.all(kind):
            if not is_leaving(route):
                run_route(moment, kind, route, faults)


def run_route(moment: Moment, kind: str, route: Object, faults: Faults) -> None:
    """A status for every parent that is a Gateway of this controller."""
    old = {key_of(each["parentRef"]): each["conditions"] for each in route.get("status", {}).get("parents", [])}
    resolved = backends_of(moment, route)
    if faults.has("route-not-resolved", route["metadata"]["name"]):
        resolved = (False, "BackendNotFound", "a backend is not found")
    parents = []
    for ref in route["spec"].get("parentRefs", []):
        gateway = moment.find("Gateway", ref.get("namespace", route["metadata"]["namespace"]), ref["name"])
        if gateway is None or gateway["spec"]["gatewayClassName"] != CLASS:
            continue
        accepted = accepted_by(moment, gateway, ref, route)
        up = is_true(gateway.get("status", {}), "Programmed")
        good = accepted[0] and resolved[0] and up
        why = next(
            (each[2] for each in (accepted, resolved) if not each[0]), "" if up else "the Gateway is not programmed"
        )
        told = [
            ("ResolvedRefs", *resolved),
            ("Accepted", *accepted),
            ("Programmed", good, "Programmed" if good else "Pending", why),
        ]
        made = conditions(old.get(key_of(ref)), told, observedGeneration=route["metadata"]["generation"])
        parents.append({"parentRef": ref, "controllerName": CONTROLLER, "conditions": made})
    if parents:
        moment.set_status(kind, route, {"parents": parents})


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
                return (
                    False,
                    "BackendNotFound",
                    f"Service {namespace}/{ref['name']} with port {ref.get('port')} is not found",
                )
    return True, "ResolvedRefs", ""


def run_policies(moment: Moment) -> None:
    """One look at every policy: what it is attached to must be there."""
    for kind in POLICIES:
        for policy in moment.all(kind):
            if not is_leaving(policy):
                told = judgement_of(moment, policy)
                set_conditions(moment, kind, policy, more_of(kind, told))
    for policy in moment.all("BackendLoadBalancingPolicy"):
        set_targets(moment, policy)


def judgement_of(moment: Moment, policy: Object, ref: Object | None = None) -> list[Condition]:
    """Whether the target is there. An `override` is refused, as the controller does."""
    ref = ref or policy["spec"]["targetRef"]
    if "override" in policy["spec"]:
        return [
            ("Accepted", False, "OverrideNotSupported", "override is not supported"),
            ("ResolvedRefs", True, "ResolvedRefs", ""),
        ]
    namespace = ref.get("namespace", policy["metadata"]["namespace"])
    if moment.find(ref["kind"], namespace, ref["name"]) is None:
        message = f"{ref['kind']} {namespace}/{ref['name']} is not found"
        return [
            ("Accepted", False, "NoTargetReference", message),
            ("ResolvedRefs", False, "NoTargetReference", message),
        ]
    return [("Accepted", True, "Accepted", ""), ("ResolvedRefs", True, "ResolvedRefs", "")]


def more_of(kind: str, told: list[Condition]) -> list[Condition]:
    """A firewall policy is also deployed and programmed."""
    if kind != "WebApplicationFirewallPolicy":
        return told
    good = told[0][1]
    return [
        *told,
        ("Deployment", good, "Deployed" if good else "NoDeployment", ""),
        ("Programmed", good, "Programmed" if good else "Pending", ""),
    ]


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
