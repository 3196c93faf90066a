"""What answers behind a Service: whether a workload runs, and which paths it serves."""

import urllib.parse

from api import Moment, Object, is_leaving
from pods import is_ready

# Exit codes of curl 8.
NOT_RESOLVED, NO_CONNECTION = 6, 7


def answer(moment: Moment, namespace: str, address: urllib.parse.SplitResult) -> tuple[int, str, int]:
    """What curl in a pod of that namespace gets: exit code, body or error, status."""
    host = (address.hostname or "").split(".")
    if len(host) > 1:
        namespace = host[1]
    service = moment.find("Service", namespace, host[0])
    if service is None:
        return NOT_RESOLVED, f"Could not resolve host: {address.hostname}", 0
    pods = ready_pods(moment, service)
    port = address.port or 80
    if not pods or port not in [each["port"] for each in service["spec"]["ports"]]:
        return NO_CONNECTION, f"Failed to connect to {address.hostname} port {port}: Couldn't connect to server", 0
    return 0, "", status_at(pods, address.path)


def ready_pods(moment: Moment, service: Object) -> list[Object]:
    """The pods that a Service sends requests to."""
    wanted = service["spec"].get("selector", {}).items()
    return [
        pod
        for pod in moment.all("Pod")
        if pod["metadata"]["namespace"] == service["metadata"]["namespace"]
        and wanted <= pod["metadata"].get("labels", {}).items()
        and is_ready(pod)
        and not is_leaving(pod)
    ]


def status_at(pods: list[Object], path: str) -> int:
    """A workload serves `/` and the paths of its probes; anything else is 404, as of a program that does not know it."""
    containers = pods[0]["spec"]["containers"]
    probes = [
        each.get(probe, {}) for each in containers for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    ]
    served = {"", "/"} | {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe}
    return 200 if path in served else 404
