"""A client of the API server, and what it says at one moment."""

import base64
import http.client
import json
import ssl
import subprocess
import tempfile
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Object = dict[str, Any]
# Type, status, reason, message.
Condition = tuple[str, bool, str, str]

PATIENCE = 50

KINDS = {
    "ApplicationLoadBalancer": "/apis/alb.networking.azure.io/v1/applicationloadbalancer",
    "BackendLoadBalancingPolicy": "/apis/alb.networking.azure.io/v1/backendloadbalancingpolicy",
    "BackendTLSPolicy": "/apis/alb.networking.azure.io/v1/backendtlspolicies",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "ConfigMap": "/api/v1/configmaps",
    "Deployment": "/apis/apps/v1/deployments",
    "FrontendTLSPolicy": "/apis/alb.networking.azure.io/v1/frontendtlspolicies",
    "Gateway": "/apis/gateway.networking.k8s.io/v1/gateways",
    "GatewayClass": "/apis/gateway.networking.k8s.io/v1/gatewayclasses",
    "GRPCRoute": "/apis/gateway.networking.k8s.io/v1/grpcroutes",
    "HealthCheckPolicy": "/apis/alb.networking.azure.io/v1/healthcheckpolicy",
    "HTTPRoute": "/apis/gateway.networking.k8s.io/v1/httproutes",
    "Job": "/apis/batch/v1/jobs",
    "Namespace": "/api/v1/namespaces",
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/pods",
    "RoutePolicy": "/apis/alb.networking.azure.io/v1/routepolicies",
    "Secret": "/api/v1/secrets",
    "Service": "/api/v1/services",
    "ServiceAccount": "/api/v1/serviceaccounts",
    "WebApplicationFirewallPolicy": "/apis/alb.networking.azure.io/v1/webapplicationfirewallpolicy",
}


class ApiError(Exception):
    """The server's refusal."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Api:
    """One connection with the rights of a kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        # kubectl reads every form of the file, YAML too, and puts the contents of other files in.
        view = ["kubectl", "config", "view", "--kubeconfig", str(kubeconfig)]
        view += ["--raw", "--flatten", "--minify", "--output", "json"]
        config = json.loads(subprocess.run(view, check=True, capture_output=True).stdout)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        if "client-certificate-data" in user:
            load_client_certificate(context, user)
        self.headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        server = urllib.parse.urlsplit(cluster["server"])
        self.connection = http.client.HTTPSConnection(server.hostname, server.port, context=context, timeout=30)
        # How often something was changed, or somebody tried to.
        self.changes = 0

    def call(self, method: str, path: str, body: Object | None = None) -> Object:
        """The server's answer. Where a custom kind is new it says 429 for a moment; then it is asked again."""
        self.changes += method != "GET"
        for _ in range(PATIENCE):
            status, answer = self.send(method, path, None if body is None else json.dumps(body))
            if status != 429:
                break
            time.sleep(0.2)
        if status >= 400:
            raise ApiError(status, message_of(answer))
        decoded: Object = json.loads(answer)
        return decoded

    def send(self, method: str, path: str, text: str | None) -> tuple[int, bytes]:
        """One request. A connection that the server has closed in the meantime is opened anew."""
        headers = self.headers | {"Content-Type": "application/json"}
        try:
            self.connection.request(method, path, text, headers)
            response = self.connection.getresponse()
        except (ConnectionError, http.client.HTTPException):
            self.connection.close()
            self.connection.request(method, path, text, headers)
            response = self.connection.getresponse()
        return response.status, response.read()

    def create(self, kind: str, thing: Object) -> Object:
        """Makes an object."""
        return self.call("POST", path_of(kind, thing["metadata"].get("namespace")), thing)

    def apply(self, kind: str, thing: Object) -> None:
        """Makes an object, or puts it in the place of that of its name."""
        try:
            self.create(kind, thing)
        except ApiError as error:
            if error.status != 409:
                raise
            self.replace(kind, thing)

    def replace(self, kind: str, thing: Object, part: str = "") -> None:
        """Puts an object in the place of that of its name: all of it, or `/status`."""
        self.call("PUT", path_to(kind, thing) + part, thing)

    def delete(self, kind: str, thing: Object, grace: int | None = None) -> None:
        """Asks for an object's end. That it has ended already is as good."""
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        try:
            self.call("DELETE", path_to(kind, thing), options)
        except ApiError as error:
            if error.status != 404:
                raise


class Moment:
    """What the server says at one moment: every list is asked for once, when it is needed."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.lists: dict[str, list[Object]] = {}

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind; none where the server does not know the kind yet."""
        if kind not in self.lists:
            try:
                self.lists[kind] = self.api.call("GET", KINDS[kind])["items"]
            except ApiError as error:
                if error.status != 404:
                    raise
                self.lists[kind] = []
        return self.lists[kind]

    def find(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """An object by its name."""
        for thing in self.all(kind):
            if thing["metadata"]["name"] == name and thing["metadata"].get("namespace") == namespace:
                return thing
        return None

    def set_status(self, kind: str, thing: Object, status: Object) -> None:
        """Writes a status where it differs. Somebody who was faster is no harm: the next moment looks again."""
        if thing.get("status") == status:
            return
        try:
            self.api.replace(kind, thing | {"status": status}, "/status")
        except ApiError as error:
            if error.status not in (404, 409):
                raise


def path_of(kind: str, namespace: str | None) -> str:
    """Where the objects of a kind are."""
    group, plural = KINDS[kind].rsplit("/", 1)
    return f"{group}/namespaces/{namespace}/{plural}" if namespace else KINDS[kind]


def path_to(kind: str, thing: Object) -> str:
    """Where an object is."""
    return f"{path_of(kind, thing['metadata'].get('namespace'))}/{thing['metadata']['name']}"


def is_leaving(thing: Object) -> bool:
    """Whether somebody has asked for its end."""
    return "deletionTimestamp" in thing["metadata"]


def now() -> str:
    """The time as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def conditions(old: list[Object] | None, wanted: list[Condition], **more: Any) -> list[Object]:
    """Conditions as a status has them. The time of one whose status is as before stays."""
    times = {(each["type"], each["status"]): each["lastTransitionTime"] for each in old or []}
    made = []
    for kind, good, reason, message in wanted:
        since = times.get((kind, str(good)), now())
        told = {"type": kind, "status": str(good), "reason": reason, "message": message, "lastTransitionTime": since}
        made.append(told | more)
    return made


def is_true(status: Object, kind: str) -> bool:
    """Whether a condition is True."""
    return any(each["type"] == kind and each["status"] == "True" for each in status.get("conditions", []))


def set_conditions(moment: Moment, kind: str, thing: Object, told: list[Condition]) -> None:
    """Writes conditions into a custom object's status."""
    status = thing.get("status", {})
    made = conditions(status.get("conditions"), told, observedGeneration=thing["metadata"]["generation"])
    moment.set_status(kind, thing, status | {"conditions": made})


def load_client_certificate(context: ssl.SSLContext, user: Object) -> None:
    """ssl reads certificates from files alone."""
    with tempfile.NamedTemporaryFile() as file:
        for part in ("client-certificate-data", "client-key-data"):
            file.write(base64.b64decode(user[part]) + b"\n")
        file.flush()
        context.load_cert_chain(file.name)


def message_of(answer: bytes) -> str:
    """What a refusal says."""
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError):
        return answer.decode(errors="replace")
