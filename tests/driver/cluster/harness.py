"""What the self test stands on: a cluster with the stand-in beside it, one example, and what ARM would know of it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api_server import ApiServer

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
TENANT = "11111111-1111-1111-1111-111111111111"
ISSUER = "https://issuer.example/"
CHART = "oci://mcr.microsoft.com/application-lb/charts/alb-controller"
# Nothing here takes longer than some rounds; a busy machine may.
PATIENCE = 40

Done = subprocess.CompletedProcess[str]


class Cluster:
    """An API server, the stand-in beside it, and one example's manifests with their late values."""

    def __init__(self, test: unittest.TestCase, example: str, gateway_api: str, *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-"))
        test.addCleanup(shutil.rmtree, self.folder)
        self.server = ApiServer(self.folder)
        test.addCleanup(self.server.stop)
        reference = Path(os.environ["AGCGEN_REFERENCE"]) / "crds"
        self.definitions = [reference / "gateway-api" / gateway_api, reference / "alb"]
        self.tree = self.folder / "tree"
        shutil.copytree(ROOT / "snapshots" / example, self.tree)
        self.system = example
        self.write("azure.json", azure_state(example))
        self.log = (self.folder / "stand-in.log").open("w+")
        command: list[str | Path] = [
            sys.executable,
            HERE,
            "--kubeconfig",
            self.server.kubeconfig("stand-in"),
            "--azure",
            self.folder / "azure.json",
        ]
        command += [
            "--events",
            self.folder / "events",
            "--control",
            self.folder / "faults.json",
            "--curl-home",
            self.folder,
        ]
        command += [*options, "--definitions", *self.definitions]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log)
        test.addCleanup(self.stop)
        self.fill_late_values()
        self.said("ready")

    def stop(self) -> None:
        """Ends the stand-in as its caller's end would. It must not have broken down before."""
        self.process.communicate(timeout=20)
        status = self.process.returncode
        self.log.seek(0)
        text = self.log.read()
        self.log.close()
        if status != 0 or "Traceback" in text:
            raise AssertionError(f"the stand-in ended with {status}:\n{text}")

    def write(self, name: str, value: object) -> None:
        """Writes a file as a whole, so that nobody reads half of it."""
        new = self.folder / (name + ".new")
        new.write_text(json.dumps(value))
        new.rename(self.folder / name)

    def plant(self, **faults: object) -> None:
        """Plants these faults and no other."""
        self.write("faults.json", {name.replace("_", "-"): value for name, value in faults.items()})

    def run(self, *words: object, env: dict[str, str] | None = None) -> Done:
        """A program as the driver would run it."""
        settings = {"KUBECONFIG": str(self.server.kubeconfig("driver")), "KUBECACHEDIR": str(self.folder / "cache")}
        settings["HELM_STAND_IN_DEFINITIONS"] = ":".join(map(str, self.definitions))
        return subprocess.run(
            [*map(str, words)], capture_output=True, text=True, cwd=self.tree, env=os.environ | settings | (env or {})
        )

    def kubectl(self, words: str, *more: object) -> str:
        """What kubectl prints; its failure is the test's."""
        done = self.run("kubectl", *words.split(), *more)
        if done.returncode != 0:
            raise AssertionError(f"kubectl {words}: {done.stderr}")
        return done.stdout

    def fails(self, words: str, *more: object) -> str:
        """What kubectl says where it must fail."""
        done = self.run("kubectl", *words.split(), *more)
        if done.returncode == 0:
            raise AssertionError(f"kubectl {words} does not fail: {done.stdout}")
        return done.stderr

    def soon(self, wanted: str, words: str, *more: object) -> None:
        """Asks until the answer has a text."""
        self.until(lambda: wanted in self.kubectl(words, *more), f"kubectl {words} says {wanted}")

    def make(self, version: str, kind: str, name: str, spec: object, namespace: str = "cloud-native-app") -> str:
        """Makes an object; the name under which kubectl finds it."""
        meta = {"name": name, "namespace": namespace}
        self.write("made.json", {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec})
        self.kubectl("apply --filename", self.folder / "made.json")
        group, _, number = version.partition("/")
        return f"{kind}.{number}.{group}/{name}"

    def helm(self, *words: object) -> Done:
        """The stand-in of helm."""
        return self.run(HERE / "helm", *words)

    def upgrade(self, *more: object) -> Done:
        """The driver's call."""
        client_id = client_id_of("alb-controller")
        return self.helm(
            *("upgrade", "--install", "alb-controller", CHART, "--version", "1.12.1", "--namespace", "default"),
            *("--values", "controller/values.yaml", "--set-string", f"albController.podIdentity.clientID={client_id}"),
            *("--description", "agcgen 1", "--wait", "--timeout", "10m", *more),
        )

    def curl(self, url: str) -> str:
        """The status that a request from outside gets."""
        words = ("curl", url, "--silent", "--output", "/dev/null", "--write-out", "%{http_code}")
        return self.run(*words, env={"CURL_HOME": str(self.folder)}).stdout

    def debug(self, workload: str, script: str, *arguments: str, mount: bool = False) -> tuple[str, ...]:
        """Puts an ephemeral container beside a workload; the words that ask for its state."""
        pod = self.kubectl(f"get pods -n cloud-native-app -l app.kubernetes.io/name={workload} -o name").split()[0]
        mounts = [{"name": "azure-identity-token", "mountPath": "/var/run/secrets/azure/tokens", "readOnly": True}]
        settings = {"securityContext": {"runAsUser": 100}} | ({"volumeMounts": mounts} if mount else {})
        self.write("custom.json", settings)
        name = f"ask-{time.monotonic_ns()}"
        words = f"debug {pod} -n cloud-native-app --container {name} --image docker.io/curlimages/curl:8.11.1"
        custom = ("--profile", "restricted", "--custom", self.folder / "custom.json")
        self.kubectl(words, *custom, "--", "sh", "-c", script, "sh", *arguments)
        state = f'jsonpath={{.status.ephemeralContainerStatuses[?(@.name=="{name}")].state}}'
        return f"get {pod} -n cloud-native-app -o", state

    def ask(self, workload: str, script: str, *arguments: str, mount: bool = False) -> tuple[str, str]:
        """Exit code and termination message of an ephemeral container."""
        state = self.debug(workload, script, *arguments, mount=mount)
        self.soon("exitCode", *state)
        ended = json.loads(self.kubectl(*state))["terminated"]
        return str(ended["exitCode"]), ended.get("message", "")

    def connect(self, name: str, *keys: str) -> None:
        """The event of a connection."""
        event = {
            "event": "linker",
            "name": name,
            "namespace": "cloud-native-app",
            "secret": f"sc-{name.replace('_', '')}-secret",
        }
        with (self.folder / "events").open("a") as file:
            file.write(json.dumps(event | {"keys": keys, "client_id": client_id_of("api-service")}) + "\n")

    def until(self, question: Callable[[], bool], what: str) -> None:
        """Asks until the answer is yes."""
        began = time.monotonic()
        while not question():
            if time.monotonic() - began > PATIENCE:
                raise AssertionError(f"not so: {what}")
            time.sleep(0.2)

    def may_make_namespaces(self) -> bool:
        """What the driver asks first of all."""
        return self.run("kubectl", "auth", "can-i", "create", "namespaces", "--quiet").returncode == 0

    def said(self, wanted: str) -> str:
        """The stand-in's own words, once they have a text."""
        log = Path(self.log.name)
        self.until(lambda: wanted in log.read_text() or self.process.poll() is not None, f"it says {wanted}")
        text = log.read_text()
        if wanted not in text:
            raise AssertionError(f"it has ended and said:\n{text}")
        return text

    def fill_late_values(self) -> None:
        """What `bind` would write."""
        values = {f"{name.upper().replace('-', '_')}_CLIENT_ID": client_id_of(name) for name in IDENTITIES}
        values |= {"AGC_ID": traffic_controller(self.system), "GATEWAY_SUBNET_ID": gateway_subnet(self.system)}
        file = self.tree / "k8s/platform/late-values.env"
        keys = [
            line.split(":")[0][2:]
            for line in file.read_text().splitlines()
            if line.startswith("# ") and line[2].isupper()
        ]
        file.write_text("".join(f"{key}={values[key]}\n" for key in keys if key in values))


IDENTITIES = {
    "alb-controller": "azure-alb-system:alb-controller-sa",
    "sql-administrator": "{}-sql-grants:sql-administrator",
    "api-service": "cloud-native-app:api-service",
    "data-service": "cloud-native-app:data-service",
}


def client_id_of(identity: str) -> str:
    """A client id."""
    return f"33333333-3333-3333-3333-{list(IDENTITIES).index(identity):012}"


def group_of(system: str) -> str:
    """The resource group of an example."""
    return f"{SUBSCRIPTION}/resourceGroups/rg-{system}/providers"


def traffic_controller(system: str) -> str:
    """The traffic controller of an example."""
    return f"{group_of(system)}/Microsoft.ServiceNetworking/trafficControllers/agc-{system}"


def gateway_subnet(system: str) -> str:
    """The subnet of an example's traffic controller."""
    return f"{group_of(system)}/Microsoft.Network/virtualNetworks/vnet-{system}/subnets/snet-agc"


def azure_state(system: str) -> dict[str, Any]:
    """What ARM would know after the deployment, as far as the cluster's side asks."""
    issuer = {"oidcIssuerProfile": {"issuerURL": ISSUER}, "nodeResourceGroup": f"rg-{system}-nodes"}
    delegation = {"properties": {"serviceName": "Microsoft.ServiceNetworking/trafficControllers"}}
    state = {
        f"{group_of(system)}/Microsoft.ContainerService/managedClusters/aks-{system}": issuer,
        traffic_controller(system): {},
        f"{traffic_controller(system)}/frontends/main": {"fqdn": "frontend.fz01.alb.azure.com"},
        f"{traffic_controller(system)}/associations/association": {},
        gateway_subnet(system): {"delegations": [delegation]},
    }
    for name, subject in IDENTITIES.items():
        identity = f"{group_of(system)}/Microsoft.ManagedIdentity/userAssignedIdentities/id-{system}-{name}"
        state[identity] = {"clientId": client_id_of(name), "tenantId": TENANT}
        trusted = {
            "issuer": ISSUER,
            "subject": f"system:serviceaccount:{subject.format(system)}",
            "audiences": ["api://AzureADTokenExchange"],
        }
        state[f"{identity}/federatedIdentityCredentials/fc"] = trusted
    return {
        "resources": [
            {"id": name, "location": "eastus", "properties": properties} for name, properties in state.items()
        ]
    }
