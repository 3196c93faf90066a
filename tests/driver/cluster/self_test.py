"""Whether this stand-in does what its README says, asked with the real kubectl of a real API server.

Needs kube-apiserver, etcd, kubectl, curl and openssl on PATH, and AGCGEN_REFERENCE. Takes a minute.

    python3 tests/driver/cluster/self_test.py
"""

import json
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Sequence
from pathlib import Path

from faults import Faults
from harness import (
    CHART,
    PATIENCE,
    SUBSCRIPTION,
    TENANT,
    Cluster,
    client_id_of,
    traffic_controller,
)

SOON = f"{PATIENCE}s"
APP = ("-n", "cloud-native-app")
GRANTS = ("-n", "cloud-native-sql-grants")
PROGRAMMED = '--for=jsonpath={.status.parents[0].conditions[?(@.type=="Programmed")].status}=True'
# The scripts of the driver.
PROBE = (
    'curl "$1" --silent --show-error --max-time 10 --output /dev/null'
    ' --write-out "%{http_code}" >/dev/termination-log 2>&1'
)
TOKEN = (
    'curl "$1$2/oauth2/v2.0/token" --silent --show-error --max-time 20 --write-out "\\n%{http_code}" \\\n'
    '  --data-urlencode "client_id=$3" --data-urlencode "client_assertion@$4" 2>&1'
    ' | sed -n -e "s/.*\\(AADSTS[0-9]*\\).*/\\1/p" -e "\\$p" >/dev/termination-log'
)


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
    waiting = "jsonpath={.items[*].status.containerStatuses[*].state.waiting}"
    cluster.soon(
        'secret \\"sc-apiservicestorage-secret\\" not found',
        "get pods -l app.kubernetes.io/name=api-service -o",
        waiting,
        *APP,
    )
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


def webhook_wants_the_label(test: unittest.TestCase, cluster: Cluster) -> None:
    """The annotation of the service account alone is not enough."""
    deployment = json.loads(cluster.kubectl("get deployment/data-service -o json", *APP))
    deployment["metadata"] = {"name": "unlabelled", "namespace": "cloud-native-app"}
    labels = {"app.kubernetes.io/name": "unlabelled"}
    deployment["spec"]["selector"]["matchLabels"] = deployment["spec"]["template"]["metadata"]["labels"] = labels
    cluster.write("unlabelled.json", deployment)
    cluster.kubectl("apply --filename", cluster.folder / "unlabelled.json")
    cluster.kubectl(f"rollout status deployment/unlabelled --timeout={SOON}", *APP)
    pods = "get pods -l app.kubernetes.io/name=unlabelled"
    test.assertNotIn("AZURE_CLIENT_ID", cluster.kubectl(f"{pods} -o json", *APP))
    cluster.kubectl("delete deployment/unlabelled", *APP)
    cluster.until(lambda: cluster.kubectl(f"{pods} -o name", *APP) == "", "its pods go with it")


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
    for script in (
        "rm -rf /tmp/x",
        'curl "$1"',
        'curl "$1" --head >/dev/termination-log',
        "curl x | sh >/dev/termination-log",
    ):
        test.assertEqual(cluster.ask("frontend-app", script, "http://api-service:8080/")[0], "127")
    test.assertEqual(cluster.ask("api-service", TOKEN, *exchange("api-service"), mount=True), ("0", "200"))
    code, message = cluster.ask("api-service", TOKEN, *exchange("api-service"))
    test.assertIn("Failed to open", message)
    test.assertEqual(
        cluster.ask("api-service", TOKEN, *exchange("data-service"), mount=True), ("0", "AADSTS70021\n400")
    )
    cluster.plant(token_refused=["api-service"])
    test.assertEqual(cluster.ask("api-service", TOKEN, *exchange("api-service"), mount=True), ("0", "AADSTS70021\n400"))
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
    """Pods that are not ready, or whose image is not there, keep the rollout waiting."""
    cluster.plant(image_not_pulled=["docker.io/curlimages/curl:8.11.1"])
    cluster.soon("ImagePullBackOff", *cluster.debug("frontend-app", PROBE, "http://api-service:8080/healthz"))
    for fault, sign, available in (
        ({"pods_not_ready": ["frontend-app"]}, "ContainersNotReady", ""),
        ({"image_not_pulled": ["nginxinc/nginx-unprivileged:1.29"]}, "ImagePullBackOff", "2"),
    ):
        cluster.plant(**fault)
        cluster.kubectl("rollout restart deployment/frontend-app", *APP)
        test.assertIn("timed out", cluster.fails("rollout status deployment/frontend-app --timeout=3s", *APP))
        cluster.soon(sign, "get pods -l app.kubernetes.io/name=frontend-app -o json", *APP)
        # Old pods go only once the new ones are ready.
        there = cluster.kubectl("get deployment/frontend-app -o jsonpath={.status.availableReplicas}", *APP)
        test.assertEqual(there, available)
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


def routes_are_refused(test: unittest.TestCase, cluster: Cluster) -> None:
    """A route must want a listener that is there and takes it, and lead to Services of its own namespace."""
    service: dict[str, object] = {"name": "api-service", "port": 8080}
    for listener, backend, condition in (
        ("other", service, "Accepted False NoMatchingParent"),
        ("http", service | {"port": 81}, "ResolvedRefs False BackendNotFound"),
        ("http", service | {"namespace": "default"}, "ResolvedRefs False RefNotPermitted"),
        ("http", service | {"kind": "Secret"}, "ResolvedRefs False InvalidKind"),
    ):
        parent = {"name": "cloud-native-gateway", "sectionName": listener}
        spec = {"parentRefs": [parent], "rules": [{"backendRefs": [backend]}]}
        name = cluster.make("gateway.networking.k8s.io/v1", "HTTPRoute", "refused", spec)
        kind = condition.split()[0]
        path = f"{{.status.parents[0].conditions[?(@.type=='{kind}')]['type','status','reason']}}"
        cluster.soon(condition, f"get {name} -o", f"jsonpath={path}", *APP)
        cluster.kubectl(f"delete {name}", *APP)
    spec = {"parentRefs": [{"name": "cloud-native-gateway", "namespace": "cloud-native-app"}]}
    name = cluster.make("gateway.networking.k8s.io/v1", "HTTPRoute", "elsewhere", spec, "default")
    cluster.soon("NotAllowedByListeners", f"get {name} -o json -n default")
    cluster.kubectl(f"delete {name} -n default")


def policies_are_judged(test: unittest.TestCase, cluster: Cluster) -> None:
    """A policy is accepted where its target is there, and says so where its kind does; no override is accepted."""
    service = {"group": "", "kind": "Service", "name": "api-service"}
    gateway = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "cloud-native-gateway"}
    route = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "api-route"}
    firewall = {"webApplicationFirewall": {"id": "/subscriptions/x"}}
    for kind, spec, at, condition in (
        ("BackendTLSPolicy", {"targetRef": service, "default": {}}, "", "Accepted True"),
        ("FrontendTLSPolicy", {"targetRef": gateway, "default": {}}, "", "Accepted True"),
        ("RoutePolicy", {"targetRef": route, "default": {}}, "", "Accepted True"),
        ("RoutePolicy", {"targetRef": route, "override": {}}, "", "Accepted False OverrideNotSupported"),
        ("RoutePolicy", {"targetRef": route | {"name": "x"}}, "", "ResolvedRefs False NoTargetReference"),
        ("WebApplicationFirewallPolicy", {"targetRef": gateway} | firewall, "", "Programmed True"),
        ("BackendLoadBalancingPolicy", {"targetRefs": [{"targetRef": service}]}, ".targets[0]", "Accepted True"),
    ):
        name = cluster.make("alb.networking.azure.io/v1", kind, "judged", spec)
        path = f"{{.status{at}.conditions[?(@.type=='{condition.split()[0]}')]['type','status','reason']}}"
        cluster.soon(condition, f"get {name} -o", f"jsonpath={path}", *APP)
        cluster.kubectl(f"delete {name}", *APP)


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
        ("no-annotation", {}, [], "Invalid"),
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
        condition = "{.status.conditions[?(@.type=='Accepted')]['status','reason']}"
        cluster.soon(f"False {reason}", f"get gateway/{name} -o jsonpath={condition}", *APP)
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
    """What controllers write is not in the way of `kubectl diff`, and where nothing happens they write nothing."""
    for phase in ("platform", "workloads", "routes"):
        cluster.kubectl(f"diff --server-side --kustomize k8s/{phase}")
    kinds = "get deployments,pods,gateways,httproutes,jobs,nodes,gatewayclasses,healthcheckpolicy --all-namespaces"
    versions = "jsonpath={.items[*].metadata.resourceVersion}"
    before = cluster.kubectl(kinds, "-o", versions)
    time.sleep(1.5)
    test.assertEqual(cluster.kubectl(kinds, "-o", versions), before)


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
    group = f"{SUBSCRIPTION}/resourceGroups/rg-cloud-native-managed-nodes"
    made = f"alb-id={group}/providers/Microsoft.ServiceNetworking/trafficControllers/alb-"
    test.assertEqual(message[: len(made)], made)
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


Part = Callable[[unittest.TestCase, Cluster], None]
HELM_AND_BYO: Sequence[Part] = [
    rights_come_late,
    helm_installs,
    platform_becomes_ready,
    pods_wait_for_secrets,
    webhook_wires_identities,
    webhook_wants_the_label,
    routes_become_ready,
    probes_answer,
    restart_makes_new_pods,
    pods_fail_by_faults,
    gateway_fails_by_fault,
    routes_fail,
    routes_are_refused,
    policies_are_judged,
    gateways_are_refused,
    job_fails_and_is_replaced,
    a_second_apply_changes_nothing,
    everything_ends,
]
ADD_ON_AND_MANAGED: Sequence[Part] = [managed_platform, managed_workloads, managed_end]


class SelfTest(unittest.TestCase):
    """Each part goes on where the one before it has ended."""

    def test_helm_and_byo(self) -> None:
        """The example with Helm and a traffic controller of its own."""
        self.tell(Cluster(self, "cloud-native", "v1.5.1"), HELM_AND_BYO)

    def test_addon_and_managed(self) -> None:
        """The example with the add-on and a traffic controller that the controller makes."""
        self.tell(Cluster(self, "cloud-native-managed", "v1.4.1", "--add-on"), ADD_ON_AND_MANAGED)

    def test_wrong_fault(self) -> None:
        """A fault that does not exist never happens, so a test that plants it must not go on."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write('{"gateway-not-programed": ["cloud-native-gateway"]}')
            file.flush()
            with self.assertRaises(SystemExit):
                Faults(Path(file.name)).has("gateway-not-programmed", "cloud-native-gateway")

    def tell(self, cluster: Cluster, parts: Sequence[Part]) -> None:
        """Runs the parts and says how long each takes."""
        for part in parts:
            began = time.monotonic()
            part(self, cluster)
            print(f"{part.__name__:32} {time.monotonic() - began:5.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    unittest.main()
