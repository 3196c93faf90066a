"""What answers behind a Service: whether a workload runs, and which paths it serves."""

import urllib.parse
from typing import NamedTuple

from api import Moment, Object, is_leaving
from pods import is_ready

# Exit codes of curl 8.
NOT_RESOLVED, NO_CONNECTION = 6, 7
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


class Reply(NamedTuple):
    """What curl gets: its exit code, the body or the error, the status."""

    code: int
    text: str
    status: int


def answer(moment: Moment, namespace: str, address: urllib.parse.SplitResult) -> Reply:
    """What curl in a pod of that namespace gets."""
    name, _, rest = (address.hostname or "").partition(".")
    service = moment.find("Service", rest.partition(".")[0] or namespace, name)
    if service is None:
        return not_resolved(address)
    pods = ready_pods(moment, service)
    port = address.port or 80
    if not pods or port not in [each["port"] for each in service["spec"]["ports"]]:
        return Reply(
            NO_CONNECTION, f"Failed to connect to {name} port {port} after 0 ms: Couldn't connect to server", 0
        )
    return Reply(0, "", status_at(pods, address.path))


def not_resolved(address: urllib.parse.SplitResult) -> Reply:
    """Nobody knows the name."""
    return Reply(NOT_RESOLVED, f"Could not resolve host: {address.hostname}", 0)


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
    """A workload serves `/` and the paths of its probes; of anything else it knows nothing."""
    probes = [container.get(probe, {}) for container in pods[0]["spec"]["containers"] for probe in PROBES]
    served = {"", "/"} | {probe["httpGet"]["path"] for probe in probes if "httpGet" in probe}
    return 200 if path in served else 404
