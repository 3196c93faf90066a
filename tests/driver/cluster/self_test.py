"""Whether this stand-in does what its README says, asked with the real kubectl of a real API server.

Needs kube-apiserver, etcd, kubectl, curl and openssl on PATH, and AGCGEN_REFERENCE. About two minutes.

    python3 tests/driver/cluster/self_test.py
"""

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
from faults import Faults

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
TENANT = "11111111-1111-1111-1111-111111111111"
ISSUER = "https://issuer.example/"
# Nothing here takes longer than some rounds; a busy machine may.
SOON = "40s"
CHART = "oci://mcr.microsoft.com/application-lb/charts/alb-controller"
PROBE = 'curl "$1" --silent --show-error --max-time 10 --output /dev/null --write-out "%{http_code}" >/dev/termination-log 2>&1'
TOKEN = (
    'curl "$1$2/oauth2/v2.0/token" --silent --show-error --max-time 20 --write-out "\\n%{http_code}" \\\n'
    '  --data-urlencode "client_id=$3" --data-urlencode "client_assertion@$4" 2>&1'
    ' | sed -n -e "s/.*\\(AADSTS[0-9]*\\).*/\\1/p" -e "\\$p" >/dev/termination-log'
)


Done = subprocess.CompletedProcess[str]


class Cluster:
    """An API server, the stand-in beside it, and one example's manifests with their late values."""

    def __init__(self, test: unittest.TestCase, example: str, gateway_api: str, *options: str):
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
        self.process.stdin.close()
        status = self.process.wait(20)
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

    def ask(self, workload: str, script: str, *arguments: str, mount: bool = False) -> tuple[str, str]:
        """Exit code and termination message of an ephemeral container beside a workload."""
        pod = self.kubectl(f"get pods -n cloud-native-app -l app.kubernetes.io/name={workload} -o name").split()[0]
        mounts = [{"name": "azure-identity-token", "mountPath": "/var/run/secrets/azure/tokens", "readOnly": True}]
        self.write("custom.json", {"securityContext": {"runAsUser": 100}} | ({"volumeMounts": mounts} if mount else {}))
        name = f"ask-{time.monotonic_ns()}"
        debug = f"debug {pod} -n cloud-native-app --image docker.io/curlimages/curl:8.11.1 --container {name} --profile restricted"
        self.kubectl(debug, "--custom", self.folder / "custom.json", "--", "sh", "-c", script, "sh", *arguments)
        path = f'jsonpath={{.status.ephemeralContainerStatuses[?(@.name=="{name}")].state.terminated}}'
        self.soon("exitCode", f"get {pod} -n cloud-native-app -o", path)
        ended = json.loads(self.kubectl(f"get {pod} -n cloud-native-app -o", path))
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
            if time.monotonic() - began > 40:
                raise AssertionError(f"not so: {what}")
            time.sleep(0.2)

    def may_make_namespaces(self) -> bool:
        """What the driver asks first of all."""
        return self.run("kubectl", "auth", "can-i", "create", "namespaces", "--quiet").returncode == 0

    def said(self, wanted: str) -> str:
        """The stand-in's own words, once they have a text."""
        log = Path(self.log.name)
        self.until(lambda: wanted in log.read_text() or self.process.poll() is not None, f"it says {wanted}")
        return log.read_text()

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


def rights_come_late(test: unittest.TestCase, cluster: Cluster) -> None:
    """The driver's user may do nothing until its role is there."""
    cluster.until(cluster.may_make_namespaces, "a role at once")
    cluster.plant(forbidden_seconds=3)
    cluster.until(lambda: not cluster.may_make_namespaces(), "no role after the fault")
    test.assertIn("forbidden", cluster.fails("get namespaces"))
    began = time.monotonic()
    cluster.until(cluster.may_make_namespaces, "a role in the end")
    test.assertGreater(time.monotonic() - began, 1)
    cluster.plant()


def helm_installs(test: unittest.TestCase, cluster: Cluster) -> None:
    """The class is accepted once the controller is installed under the right identity."""
    for words in (
        ["install", "x"],
        ["upgrade", "x", CHART, "--atomic"],
        ["status", "x", "--namespace", "default", "--out", "yaml"],
    ):
        test.assertEqual(cluster.helm(*words).returncode, 2)
    test.assertIn(
        "not found", cluster.helm("status", "alb-controller", "--namespace", "default", "--output", "yaml").stderr
    )
    test.assertEqual(cluster.helm("version", "--template", "{{.Version}}").stdout, "v3.19.0\n")
    done = cluster.upgrade("--set-string", "albController.podIdentity.clientID=00000000-0000-0000-0000-000000000000")
    test.assertEqual(done.returncode, 0, done.stderr)
    test.assertIn("AADSTS700016", cluster.said("AADSTS"))
    test.assertIn(
        "timed out", cluster.fails("wait gatewayclass/azure-alb-external --for=condition=Accepted --timeout=2s")
    )
    done = cluster.upgrade()
    test.assertEqual(done.returncode, 0, done.stderr)
    cluster.kubectl(f"wait gatewayclass/azure-alb-external --for=condition=Accepted --timeout={SOON}")
    status = cluster.helm("status", "alb-controller", "--namespace", "default", "--output", "yaml").stdout
    test.assertIn("  description: agcgen 1\n  status: deployed\n", status)
    test.assertIn("revision: 2" if "revision" in status else "version: 2", status)


def platform_becomes_ready(test: unittest.TestCase, cluster: Cluster) -> None:
    """The Gateway is programmed under the frontend's name, and the Job ends."""
    cluster.kubectl("apply --server-side --kustomize k8s/platform")
    cluster.kubectl(f"wait gateway/cloud-native-gateway --for=condition=Programmed --timeout={SOON}", *APP)
    cluster.kubectl(f"wait job/sql-grants --for=condition=Complete --timeout={SOON}", *GRANTS)
    address = cluster.kubectl("get gateway/cloud-native-gateway -o jsonpath={.status.addresses[0].value}", *APP)
    test.assertEqual(address, "frontend.fz01.alb.azure.com")
    test.assertNotEqual(cluster.kubectl("get job/sql-grants -o jsonpath={.status.completionTime}", *GRANTS), "")
    cluster.kubectl(f"wait nodes --all --for=condition=Ready --timeout={SOON}")


def pods_wait_for_secrets(test: unittest.TestCase, cluster: Cluster) -> None:
    """Pods start when their Secrets are there; a missing key is missing."""
    cluster.kubectl("apply --server-side --kustomize k8s/workloads")
    for workload in ("frontend-app", "data-service"):
        cluster.kubectl(f"rollout status deployment/{workload} --timeout={SOON}", *APP)
    waiting = "get pods -l app.kubernetes.io/name=api-service -o jsonpath={.items[*].status.containerStatuses[*].state.waiting}"
    cluster.soon('secret \\"sc-apiservicestorage-secret\\" not found', waiting, *APP)
    cluster.plant(key_missing={"api_service_storage": "AZURE_STORAGEBLOB_CLIENTID"})
    cluster.connect("api_service_storage", "AZURE_STORAGEBLOB_RESOURCEENDPOINT", "AZURE_STORAGEBLOB_CLIENTID")
    cluster.kubectl(f"wait secret/sc-apiservicestorage-secret --for=create --timeout={SOON}", *APP)
    described = cluster.kubectl("describe secret/sc-apiservicestorage-secret", *APP)
    test.assertIn("AZURE_STORAGEBLOB_RESOURCEENDPOINT", described)
    test.assertNotIn("AZURE_STORAGEBLOB_CLIENTID", described)
    cluster.plant()
    cluster.connect("api_service_storage", "AZURE_STORAGEBLOB_RESOURCEENDPOINT", "AZURE_STORAGEBLOB_CLIENTID")
    cluster.soon("AZURE_STORAGEBLOB_CLIENTID", "describe secret/sc-apiservicestorage-secret", *APP)
    cluster.connect(
        "api_service_vault", "AZURE_KEYVAULT_RESOURCEENDPOINT", "AZURE_KEYVAULT_CLIENTID", "AZURE_KEYVAULT_SCOPE"
    )
    cluster.kubectl(f"rollout status deployment/api-service --timeout={SOON}", *APP)
    cluster.kubectl(f"get serviceaccount sc-account-{client_id_of('api-service')}", *APP)


def webhook_wires_identities(test: unittest.TestCase, cluster: Cluster) -> None:
    """Pods with the label have the variables and the volume; others have not."""
    for workload, wired in (("api-service", True), ("data-service", True), ("frontend-app", False)):
        pods = json.loads(cluster.kubectl(f"get pods -l app.kubernetes.io/name={workload} -o json", *APP))["items"]
        test.assertEqual(len(pods), 1 if workload == "data-service" else 2)
        for pod in pods:
            values = {each["name"]: each.get("value") for each in pod["spec"]["containers"][0]["env"]}
            test.assertEqual(values.get("AZURE_CLIENT_ID"), client_id_of(workload) if wired else None)
            test.assertEqual("AZURE_FEDERATED_TOKEN_FILE" in values, wired)
            test.assertEqual(
                any(each["name"] == "azure-identity-token" for each in pod["spec"].get("volumes", [])), wired
            )


def routes_become_ready(test: unittest.TestCase, cluster: Cluster) -> None:
    """Routes are programmed, and traffic from outside reaches what they lead to."""
    cluster.kubectl("apply --server-side --kustomize k8s/routes")
    for route in ("frontend-route", "api-route", "data-route"):
        cluster.kubectl(f"wait httproute/{route} --timeout={SOON}", PROGRAMMED, *APP)
    cluster.kubectl(
        f"wait healthcheckpolicy.alb.networking.azure.io --all --for=condition=Accepted --timeout={SOON}", *APP
    )
    cluster.soon("3", "get gateway/cloud-native-gateway -o jsonpath={.status.listeners[0].attachedRoutes}", *APP)
    for path, status in (
        ("/", "200"),
        ("/api/healthz", "200"),
        ("/data/healthz", "200"),
        ("/api/api/healthz", "404"),
        ("/x", "404"),
    ):
        test.assertEqual(cluster.curl(f"http://frontend.fz01.alb.azure.com{path}"), status, path)
    test.assertEqual(cluster.curl("http://nobody.example/"), "404")


def probes_answer(test: unittest.TestCase, cluster: Cluster) -> None:
    """Ephemeral containers tell what curl would say, and a token only who may."""
    test.assertEqual(cluster.ask("frontend-app", PROBE, "http://api-service:8080/healthz"), ("0", "200"))
    test.assertEqual(cluster.ask("frontend-app", PROBE, "http://api-service:8080/x"), ("0", "404"))
    code, message = cluster.ask("frontend-app", PROBE, "http://api-service:81/")
    test.assertEqual((code, message[:10], message[-3:]), ("7", "curl: (7) ", "000"))
    test.assertEqual(cluster.ask("frontend-app", PROBE, "http://nobody:80/")[0], "6")
    test.assertEqual(cluster.ask("frontend-app", "rm -rf /tmp/x", "")[0], "127")
    test.assertEqual(cluster.ask("api-service", TOKEN, *exchange("api-service"), mount=True), ("0", "200\n"))
    code, message = cluster.ask("api-service", TOKEN, *exchange("api-service"))
    test.assertIn("000", message)
    test.assertEqual(
        cluster.ask("api-service", TOKEN, *exchange("data-service"), mount=True), ("0", "AADSTS70021\n400\n")
    )
    cluster.plant(token_refused=["api-service"])
    test.assertEqual(
        cluster.ask("api-service", TOKEN, *exchange("api-service"), mount=True), ("0", "AADSTS70021\n400\n")
    )
    cluster.plant()


def restart_makes_new_pods(test: unittest.TestCase, cluster: Cluster) -> None:
    """`kubectl rollout restart` ends with other pods, as many as before, that started later."""
    names = "get pods -l app.kubernetes.io/name=api-service -o jsonpath={.items[*].metadata.name}"
    before = set(cluster.kubectl(names, *APP).split())
    cluster.kubectl("rollout restart deployment/api-service", *APP)
    cluster.kubectl(f"rollout status deployment/api-service --timeout={SOON}", *APP)
    after = set(cluster.kubectl(names, *APP).split())
    test.assertEqual((len(after), after & before), (2, set()))


def pods_fail_by_faults(test: unittest.TestCase, cluster: Cluster) -> None:
    """Pods that are not ready, or whose image is not there, keep the rollout waiting and the old pods running."""
    image = "nginxinc/nginx-unprivileged:1.29"
    for fault, sign in (
        (("pods_not_ready", "frontend-app"), "ContainersNotReady"),
        (("image_not_pulled", image), "ImagePullBackOff"),
    ):
        cluster.plant(**{fault[0]: [fault[1]]})
        cluster.kubectl("rollout restart deployment/frontend-app", *APP)
        test.assertIn("timed out", cluster.fails("rollout status deployment/frontend-app --timeout=3s", *APP))
        cluster.soon(sign, "get pods -l app.kubernetes.io/name=frontend-app -o json", *APP)
        cluster.plant()
        cluster.kubectl(f"rollout status deployment/frontend-app --timeout={SOON}", *APP)


def gateway_fails_by_fault(test: unittest.TestCase, cluster: Cluster) -> None:
    """A Gateway that is not programmed takes its routes with it."""
    cluster.plant(gateway_not_programmed=["cloud-native-gateway"])
    cluster.kubectl(f"wait gateway/cloud-native-gateway --for=condition=Programmed=False --timeout={SOON}", *APP)
    cluster.kubectl(f"wait httproute/api-route --timeout={SOON}", PROGRAMMED.replace("=True", "=False"), *APP)
    test.assertEqual(cluster.curl("http://frontend.fz01.alb.azure.com/"), "404")
    cluster.plant()
    cluster.kubectl(f"wait httproute/api-route --timeout={SOON}", PROGRAMMED, *APP)


def routes_fail(test: unittest.TestCase, cluster: Cluster) -> None:
    """By the fault, and where a Service is missing."""
    reason = "get httproute/data-route -o jsonpath={.status.parents[0].conditions[?(@.type=='ResolvedRefs')].reason}"
    cluster.plant(route_not_resolved=["data-route"])
    cluster.soon("BackendNotFound", reason, *APP)
    cluster.plant()
    cluster.soon("ResolvedRefs", reason, *APP)
    cluster.kubectl("delete service data-service", *APP)
    cluster.soon("BackendNotFound", reason, *APP)
    cluster.soon("NoTargetReference", "get healthcheckpolicy.alb.networking.azure.io/data-service -o json", *APP)
    cluster.kubectl("apply --server-side --kustomize k8s/workloads")
    cluster.soon("ResolvedRefs", reason, *APP)


def gateways_are_refused(test: unittest.TestCase, cluster: Cluster) -> None:
    """A Gateway must name what is there, in the form that its kind of traffic controller wants."""
    gateway = json.loads(cluster.kubectl("get gateway/cloud-native-gateway -o json", *APP))
    good = gateway["spec"]["addresses"][0]
    annotation = "alb.networking.azure.io/alb-id"
    agc = traffic_controller("cloud-native")
    for name, annotations, addresses, reason in (
        ("other-controller", {annotation: agc + "x"}, [good], "Invalid"),
        ("no-address", {annotation: agc}, [], "UnsupportedAddress"),
        ("other-frontend", {annotation: agc}, [good | {"value": "other"}], "Invalid"),
        ("same-frontend", {annotation: agc}, [good], "Invalid"),
        ("no-annotation", {}, [good], "Invalid"),
    ):
        meta = {"name": name, "namespace": "cloud-native-app", "annotations": annotations}
        thing = {
            "apiVersion": gateway["apiVersion"],
            "kind": "Gateway",
            "metadata": meta,
            "spec": gateway["spec"] | {"addresses": addresses},
        }
        cluster.write("gateway.json", thing)
        cluster.kubectl("apply --filename", cluster.folder / "gateway.json")
        said = f"get gateway/{name} -o jsonpath={{.status.conditions[?(@.type=='Accepted')].status}}{{.status.conditions[?(@.type=='Accepted')].reason}}"
        cluster.soon("False" + reason, said, *APP)
        cluster.kubectl(f"delete gateway/{name}", *APP)


def job_fails_and_is_replaced(test: unittest.TestCase, cluster: Cluster) -> None:
    """A Job that fails leaves its log; another one of its name runs anew."""
    cluster.plant(job_failed={"sql-grants": "Login failed for user"})
    cluster.kubectl("delete job sql-grants", *GRANTS)
    cluster.kubectl("apply --server-side --kustomize k8s/platform")
    cluster.kubectl(f"wait job/sql-grants --for=condition=Failed --timeout={SOON}", *GRANTS)
    test.assertIn("BackoffLimitExceeded", cluster.kubectl("get job/sql-grants -o json", *GRANTS))
    test.assertIn("Login failed for user", cluster.kubectl("logs job/sql-grants --all-pods --tail 40", *GRANTS))
    cluster.plant()
    cluster.kubectl("delete job sql-grants", *GRANTS)
    cluster.kubectl("apply --server-side --kustomize k8s/platform")
    cluster.kubectl(f"wait job/sql-grants --for=condition=Complete --timeout={SOON}", *GRANTS)
    cluster.until(lambda: len(cluster.kubectl("get pods -o name", *GRANTS).split()) == 1, "the old Job's pod is gone")


def a_second_apply_changes_nothing(test: unittest.TestCase, cluster: Cluster) -> None:
    """What controllers write is not in the way of `kubectl diff`."""
    for phase in ("platform", "workloads", "routes"):
        cluster.kubectl(f"diff --server-side --kustomize k8s/{phase}")


def everything_ends(test: unittest.TestCase, cluster: Cluster) -> None:
    """In the driver's order; the Secrets of connections stay until somebody deletes them."""
    cluster.kubectl("delete --kustomize k8s/routes")
    cluster.kubectl("delete gateway/cloud-native-gateway", *APP)
    with (cluster.folder / "events").open("a") as file:
        file.write('{"event":"linker-deleted","name":"api_service_vault"}\n')
    time.sleep(1)
    cluster.kubectl("get secret sc-apiservicevault-secret", *APP)
    uninstall = ("uninstall", "alb-controller", "--namespace", "default", "--ignore-not-found", "--wait")
    for _ in range(2):
        done = cluster.helm(*uninstall)
        test.assertEqual(done.returncode, 0, done.stderr)
    test.assertIn("not found", cluster.fails("get gatewayclass azure-alb-external"))
    cluster.kubectl(f"delete namespace cloud-native-app cloud-native-sql-grants --timeout={SOON}")
    test.assertEqual(cluster.kubectl("get pods --all-namespaces -o name"), "")


def managed_platform(test: unittest.TestCase, cluster: Cluster) -> None:
    """The add-on is there from the beginning, makes the traffic controller and says its id."""
    cluster.until(cluster.may_make_namespaces, "a role")
    cluster.kubectl(f"wait gatewayclass/azure-alb-external --for=create --timeout={SOON}")
    cluster.kubectl(f"wait gatewayclass/azure-alb-external --for=condition=Accepted --timeout={SOON}")
    cluster.kubectl("apply --server-side --kustomize k8s/platform")
    balancer = "applicationloadbalancer.alb.networking.azure.io/cloud-native-managed-gateway"
    cluster.kubectl(f"wait {balancer} --for=condition=Deployment --timeout={SOON}", *APP)
    message = cluster.kubectl(
        f"get {balancer} -o", "jsonpath={.status.conditions[?(@.type=='Deployment')].message}", *APP
    )
    made = f"alb-id={SUBSCRIPTION}/resourceGroups/rg-cloud-native-managed-nodes/providers/Microsoft.ServiceNetworking/trafficControllers/alb-"
    test.assertTrue(message.lower().startswith(made.lower()), message)
    cluster.kubectl(f"wait gateway/cloud-native-managed-gateway --for=condition=Programmed --timeout={SOON}", *APP)
    cluster.kubectl(
        f"wait job/sql-grants --for=condition=Complete --timeout={SOON}", "-n", "cloud-native-managed-sql-grants"
    )


def managed_workloads(test: unittest.TestCase, cluster: Cluster) -> None:
    """Everything becomes ready, and traffic comes by the made name."""
    cluster.kubectl("apply --server-side --kustomize k8s/workloads")
    cluster.kubectl("apply --server-side --kustomize k8s/routes")
    cluster.connect("api_service_storage", "AZURE_STORAGEBLOB_RESOURCEENDPOINT", "AZURE_STORAGEBLOB_CLIENTID")
    cluster.connect(
        "api_service_vault", "AZURE_KEYVAULT_RESOURCEENDPOINT", "AZURE_KEYVAULT_CLIENTID", "AZURE_KEYVAULT_SCOPE"
    )
    for workload in ("frontend-app", "api-service", "data-service"):
        cluster.kubectl(f"rollout status deployment/{workload} --timeout={SOON}", *APP)
    for route in ("frontend-route", "api-route", "data-route"):
        cluster.kubectl(f"wait httproute/{route} --timeout={SOON}", PROGRAMMED, *APP)
    host = cluster.kubectl("get gateway/cloud-native-managed-gateway -o jsonpath={.status.addresses[0].value}", *APP)
    test.assertEqual(cluster.curl(f"http://{host}/api/healthz"), "200")


def managed_end(test: unittest.TestCase, cluster: Cluster) -> None:
    """The finalizer is there while the controller needs it, and goes with the object; so the namespace can go."""
    balancer = "applicationloadbalancer.alb.networking.azure.io/cloud-native-managed-gateway"
    test.assertIn("alb-deployment-exists-finalizer", cluster.kubectl(f"get {balancer} -o json", *APP))
    cluster.kubectl(f"delete {balancer} --timeout={SOON}", *APP)
    cluster.soon("is not found", "get gateway/cloud-native-managed-gateway -o json", *APP)
    cluster.kubectl(f"delete namespace cloud-native-app cloud-native-managed-sql-grants --timeout={SOON}")


def exchange(identity: str) -> tuple[str, ...]:
    """The arguments of a token exchange."""
    token = "/var/run/secrets/azure/tokens/azure-identity-token"
    return "https://login.microsoftonline.com/", TENANT, client_id_of(identity), token


APP = ("-n", "cloud-native-app")
GRANTS = ("-n", "cloud-native-sql-grants")
PROGRAMMED = '--for=jsonpath={.status.parents[0].conditions[?(@.type=="Programmed")].status}=True'


class SelfTest(unittest.TestCase):
    """Each part goes on where the one before it has ended."""

    def test_helm_and_byo(self) -> None:
        """The example with Helm and a traffic controller of its own."""
        self.tell(
            Cluster(self, "cloud-native", "v1.5.1"),
            *(rights_come_late, helm_installs, platform_becomes_ready, pods_wait_for_secrets, webhook_wires_identities),
            *(routes_become_ready, probes_answer, restart_makes_new_pods, pods_fail_by_faults, gateway_fails_by_fault),
            *(
                routes_fail,
                gateways_are_refused,
                job_fails_and_is_replaced,
                a_second_apply_changes_nothing,
                everything_ends,
            ),
        )

    def test_addon_and_managed(self) -> None:
        """The example with the add-on and a traffic controller that the controller makes."""
        cluster = Cluster(self, "cloud-native-managed", "v1.4.1", "--add-on")
        self.tell(cluster, managed_platform, managed_workloads, managed_end)

    def test_wrong_fault(self) -> None:
        """A fault that does not exist never happens, so a test that plants it must not go on."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write('{"gateway-not-programed": ["cloud-native-gateway"]}')
            file.flush()
            with self.assertRaises(SystemExit):
                Faults(Path(file.name)).has("gateway-not-programmed", "cloud-native-gateway")

    def tell(self, cluster: Cluster, *parts: Callable[[unittest.TestCase, Cluster], None]) -> None:
        """Runs the parts and says how long each takes."""
        for part in parts:
            began = time.monotonic()
            part(self, cluster)
            print(f"{part.__name__:32} {time.monotonic() - began:5.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    unittest.main()
