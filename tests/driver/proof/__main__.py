"""The driver against the real azure-cli and the real kubectl.

    python3 tests/driver/proof [TEST…]     AGCGEN names the program; az, bicep, kubectl, kube-apiserver, etcd and openssl are on PATH

Every test has a subscription and a cluster of its own. It prints each test with its time, and what a failed one has seen.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

import real_az
from world import HERE, ROOT, World

GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-cloud-native"
# Object id of whoever calls, who owns the subscription.
CALLER = "33333333-3333-4333-8333-333333333333"
# What an undisturbed `up` asks Azure to change, by the last parts of the paths.
UP = [
    "PUT rg-cloud-native",
    "PUT deployments/agcgen-cloud-native",
    "PATCH tags/default",
    "PUT linkers/api_service_storage",
    "PUT linkers/api_service_vault",
]


def short(changes: list[str]) -> list[str]:
    """Method and the last two parts of a path, or the last one of a group."""
    said = []
    for change in changes:
        method, path = change.split(" ")
        parts = path.split("/")
        said.append(f"{method} {parts[-1] if len(parts) == 5 else '/'.join(parts[-2:])}")
    return said


class Driver(unittest.TestCase):
    """What every test does."""

    def world(self, *options: Any) -> World:
        """A world that ends with the test."""
        return self.enterContext(World(*options))

    def runs(self, world: World, *words: str, status: int = 0, says: str = "", **more: Any) -> Any:
        """Runs the driver; it must end so."""
        ran = world.run(*words, **more)
        self.assertEqual(ran.returncode, status, ran.stdout)
        self.assertIn(says, ran.stdout)
        return ran

    def left(self, world: World) -> list[str]:
        """The ids of what there is in Azure, but for the rights that whoever calls has had all along."""
        resources = world.state()["resources"]
        return [each["id"] for each in resources if each["properties"].get("principalId") != CALLER]

    def versions(self, world: World) -> dict[str, str]:
        """The version of every object that agcgen has written. It changes with every write."""
        kinds = "serviceaccounts,configmaps,services,deployments,jobs,pdb,gateways,httproutes,healthcheckpolicy.alb.networking.azure.io,secrets"
        items = json.loads(world.kubectl("get", kinds, "--all-namespaces", "--output", "json"))["items"]
        found = {
            "/".join([item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]]): str(
                item["metadata"].get("generation", item["metadata"]["resourceVersion"])
            )
            for item in items
        }
        self.assertGreater(len(found), 20)
        return found


class ByoWithHelm(Driver):
    """The reference scenario."""

    def test_up_and_again_and_read_and_destroy(self) -> None:
        """The whole life of a system."""
        world = self.world()
        first = self.runs(world, "up", says="ok        route data-route answers at")
        self.assertEqual(short(first.changes), UP)
        state, versions = world.state(), self.versions(world)

        second = self.runs(world, "up", secrets=False)
        self.assertEqual(second.changes, [])
        self.assertEqual(self.versions(world), versions)
        self.assertEqual(world.state(), state)

        for command in ("plan", "status", "drift", "verify", "preflight"):
            with self.subTest(command):
                self.assertEqual(self.runs(world, command, secrets=False).changes, [])
        self.assertEqual(self.versions(world), versions)

        told = self.runs(world, "status", "--output", "json").stdout
        document = json.loads(told[told.index('{"system"') :])
        self.assertTrue(document["ok"])

        # What somebody has changed by hand is seen, and mended.
        world.kubectl("delete", "service", "api-service", "--namespace", "cloud-native-app")
        self.runs(world, "drift", status=3, says="differs   k8s/workloads")
        self.runs(world, "apply", says="changed   k8s/workloads")
        self.runs(world, "drift", says="unchanged k8s/workloads")

        # So is a Secret of Service Connector, which writes it with its connection alone.
        world.kubectl("delete", "secret", "sc-apiservicestorage-secret", "--namespace", "cloud-native-app")
        self.assertEqual(short(self.runs(world, "connect").changes), ["PUT linkers/api_service_storage"])
        self.assertEqual(self.runs(world, "connect").changes, [])

        # So is what was changed in Azure; of the property its path is told.
        changed = {"location": "eastus", "tags": {"owner": "somebody"}, "properties": {}}
        identity = GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-api-service"
        world.control("PUT", "resources", {"id": identity, "apiVersion": "2024-11-30", "body": changed})
        told = self.runs(world, "plan", secrets=False, status=3, says="userAssignedIdentities/id-cloud-native-api-service: Modify tags")
        self.assertEqual(told.stdout.count("differs   "), 1)
        self.assertNotIn("somebody", told.stdout)
        self.runs(world, "deploy", "--again", secrets=False)
        self.runs(world, "plan", secrets=False, says="Azure is as in infra/")

        # A resource of somebody else in the group.
        foreign = {"location": "eastus", "properties": {}}
        identity = GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs"
        world.control("PUT", "resources", {"id": identity, "apiVersion": "2024-11-30", "body": foreign})
        gone = self.runs(world, "destroy", "--yes", says="Stays, because the spec does not have it")
        self.assertIn("kv-vault-d214-7k2f9d is kept as deleted", gone.stdout)
        self.assertEqual(self.left(world), [identity])
        self.assertNotIn("cloud-native", world.kubectl("get", "namespaces", "--output", "name"))

        # The deleted vault is recovered, not made anew; then everything goes, and the group with it.
        world.control("DELETE", "resources", {"id": identity})
        self.runs(world, "up", says="changed   vault kv-vault-d214-7k2f9d: recovered")
        self.runs(world, "destroy", "--yes", says="group rg-cloud-native: is gone")
        self.assertEqual(self.left(world), [])
        self.runs(world, "destroy", "--yes", says="unchanged group rg-cloud-native: is not there")


class Managed(Driver):
    """A gateway that the ALB Controller makes, and the controller as an add-on."""

    def test_up_and_again_and_destroy(self) -> None:
        """The whole life of a system."""
        world = self.world("cloud-native-managed", "v1.4.1", "--add-on")
        for feature in ("ManagedGatewayAPIPreview", "ApplicationLoadBalancerPreview"):
            self.assertIn(f"feature {feature}", self.runs(world, "preflight", status=1, secrets=False).stdout)
        first = self.runs(world, "up", "--fix", says="changed   feature ApplicationLoadBalancerPreview: registered")
        self.assertIn("changed   logs of the gateway: switched on", first.stdout)
        second = self.runs(world, "up", secrets=False)
        self.assertEqual(second.changes, [])
        # As if the spec asked for other logs now.
        rows = world.out / "driver/system.tsv"
        lines = rows.read_text().splitlines(keepends=True)
        every = '[{"categoryGroup": "allLogs", "enabled": true}]\n'
        other = ["\t".join([*line.split("\t")[:2], every]) if line.startswith("logs\t") else line for line in lines]
        self.assertNotEqual(other, lines)
        rows.write_text("".join(other))
        third = self.runs(world, "apply", "platform", says="changed   logs of the gateway: switched on")
        self.assertEqual(short(third.changes), ["PUT diagnosticSettings/logs"])
        self.assertEqual(self.runs(world, "apply", "platform", says="unchanged logs of the gateway").changes, [])
        # As if it asked for none.
        none = [line for line in lines if not line.startswith("logs\t")]
        none[-1] = f"end\t{int(none[-1].split()[1]) - 1}\n"
        rows.write_text("".join(none))
        fourth = self.runs(world, "apply", "platform", says="changed   logs of the gateway: switched off")
        self.assertEqual(short(fourth.changes), ["DELETE diagnosticSettings/logs"])
        fifth = self.runs(world, "apply", "platform")
        self.assertEqual(fifth.changes, [])
        self.assertNotIn("logs of the gateway", fifth.stdout)
        self.runs(world, "destroy", "--yes", says="is gone")
        self.assertEqual(self.left(world), [])


class Minimal(Driver):
    """One workload, one resource."""

    def test_up_and_again(self) -> None:
        """No secret, no database, no call."""
        world = self.world("minimal")
        self.runs(world, "up", says="changed   connection web_files")
        self.assertEqual(self.runs(world, "up").changes, [])


class GoingOn(Driver):
    """Runs that end too early, and the run after them."""

    def test_after_every_call_that_fails(self) -> None:
        """Each changing request is refused once, and once it works and only its answer is a failure. Every run begins where the
        one before has ended."""
        world = self.world()
        failures = 0
        for change in UP:
            for after in (False, True):
                path = "/" + change.split(" ")[1]
                # The tags of the spec come before the deployment, its hash after it.
                fault = {"k": 2 if change.startswith("PATCH") else 1, "status": 409, "code": "Conflict", "message": "planted failure"}
                world.fault("request", path=path, after=after, **fault)
                failed = self.runs(world, "up", status=1, says="planted failure")
                self.assertEqual(short(failed.changes)[-1], change)
                self.assertIn("agc.sh up. It goes on from here.", failed.stdout)
                world.no_faults()
                failures += 1
        self.assertEqual(failures, 2 * len(UP))
        self.runs(world, "up")
        self.same_as_undisturbed(world)

    def test_after_a_kill_in_every_step(self) -> None:
        """Each step is killed as soon as it has begun."""
        world = self.world()
        steps = ["deploy", "bind", "cluster", "apply platform", "connect", "apply workloads", "apply routes", "prune"]
        for step in steps:
            with self.subTest(step):
                self.kill_in(world, step)
        self.runs(world, "up")
        self.same_as_undisturbed(world)

    def kill_in(self, world: World, step: str) -> None:
        """Kills a run, and whatever it has called, as soon as it says that this step begins."""
        process = subprocess.Popen(
            world.command("up"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=world.variables(),
            start_new_session=True,
        )
        assert process.stdout
        seen = ""
        for line in process.stdout:
            seen += line
            if line == f"== {step}\n":
                break
        else:
            self.fail(f"it never came to {step}:\n{seen}")
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()

    def same_as_undisturbed(self, world: World) -> None:
        """The state that an undisturbed run leaves."""
        self.assertEqual(self.runs(world, "up", secrets=False).changes, [])
        state, versions = self.undisturbed()
        self.assertEqual(world.state(), state)
        self.assertEqual(sorted(self.versions(world)), versions)

    def undisturbed(self) -> tuple[Any, list[str]]:
        """What `up` leaves of the reference scenario, and the names of its objects. Of tests that are given the same file UNDISTURBED
        the first makes it."""
        kept = os.environ.get("UNDISTURBED")
        if kept and Path(kept).exists():
            state, versions = json.loads(Path(kept).read_text())
            return state, versions
        world = self.world()
        self.runs(world, "up")
        made = (world.state(), sorted(self.versions(world)))
        if kept:
            new = Path(f"{kept}.{os.getpid()}")
            new.write_text(json.dumps(made))
            new.rename(kept)
        return made


class Refused(Driver):
    """What Azure or the cluster refuses, and what is said of it."""

    def test_what_preflight_finds(self) -> None:
        """A provider, a right, a name and cores that are missing; nothing is made."""
        world = self.world()
        world.fault("provider", namespace="Microsoft.ServiceLinker")
        world.fault("right", right="Microsoft.Authorization/roleAssignments/write", scope="/")
        world.fault("name", type="Microsoft.Storage/storageAccounts", name="ststorage2dd37k2f9d")
        world.fault("quota", family="standardDSv5Family", limit=2)
        ran = self.runs(world, "up", status=1, secrets=False)
        self.assertEqual(ran.changes, [])
        for says in (
            "failed    provider Microsoft.ServiceLinker: not registered",
            "failed    right: role assignments in rg-cloud-native: whoever is signed in lacks",
            "failed    name ststorage2dd37k2f9d: ",
            "failed    cores: standardDSv5Family: 8 needed",
            "failed    secret api-rate-limit: no value",
        ):
            self.assertIn(says, ran.stdout)
        self.assertIn("ok        name kv-vault-d214-7k2f9d: free", ran.stdout)

    def test_a_failed_deployment(self) -> None:
        """Its reason is shown, and the next run deploys again."""
        world = self.world()
        cluster = "managedClusters/aks-cloud-native"
        world.fault("resource", resource=cluster, status=400, code="ErrCode_InsufficientVCPUQuota", message="no cores", times=1)
        ran = self.runs(world, "deploy", status=1, says="no cores")
        self.assertIn("next: ask for more under Quotas in the portal", ran.stdout)
        world.no_faults()
        self.runs(world, "deploy", says="changed   deployment agcgen-cloud-native: succeeded")

    def test_waiting(self) -> None:
        """A cluster that is being changed is waited for; what never comes is told with its reason."""
        world = self.world()
        self.runs(world, "deploy")
        self.runs(world, "bind")
        world.plant(forbidden_seconds=4)
        world.until_the_driver_may_do_nothing()
        self.runs(world, "apply", "platform", says="ok        gateway cloud-native-gateway: is programmed")
        world.fault("cluster", cluster="aks-cloud-native", polls=4)
        self.runs(world, "connect", says="changed   connection api_service_vault")
        world.plant(image_not_pulled=["nginxinc/nginx-unprivileged:1.29"])
        ran = self.runs(world, "apply", status=1, says="failed    frontend-app has rolled out", AGC_PATIENCE="1")
        self.assertIn("ImagePullBackOff", ran.stdout)

    def test_a_job_that_fails(self) -> None:
        """The Job's log is shown with what it means; the next run replaces the Job."""
        world = self.world()
        self.runs(world, "deploy")
        self.runs(world, "bind")
        world.plant(job_failed={"sql-grants": "Msg 18456, Level 14, State 1: Login failed for user '<token-identified principal>'."})
        ran = self.runs(world, "apply", "platform", status=1, says="Msg 18456, Level 14")
        self.assertIn("why:  the Job's identity is not the administrator", ran.stdout)
        world.plant()
        self.runs(world, "apply", "platform", says="ok        job sql-grants")

    def test_what_verify_finds(self) -> None:
        """Each link of the chain, broken by itself."""
        world = self.world()
        self.runs(world, "up")
        world.plant(token_refused=["api-service"], route_not_resolved=["api-route"], pods_not_ready=["data-service"])
        world.kubectl("rollout", "restart", "deployment/data-service", "--namespace", "cloud-native-app")
        world.kubectl("annotate", "serviceaccount", "data-service", "--overwrite", "--namespace", "cloud-native-app",
                      "azure.workload.identity/client-id=00000000-0000-4000-8000-000000000000")
        principal = next(each for each in world.state()["resources"] if each["id"].endswith("/id-cloud-native-data-service"))
        role = GROUP + "/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001"
        body = {"properties": {"roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
                               "principalId": principal["properties"]["principalId"], "principalType": "ServicePrincipal"}}
        world.control("PUT", "resources", {"id": role, "apiVersion": "2022-04-01", "body": body})
        time.sleep(2)
        ran = self.runs(world, "verify", status=1, AGC_PATIENCE="10")
        for says in (
            "failed    route api-route is programmed",
            "failed    service account data-service acts as id-cloud-native-data-service: not within 0 s. its annotation is",
            "failed    roles of id-cloud-native-data-service are those of the spec: it has the role acdd72a7-3385-48ef-bd42-f606fba81ae7",
            "failed    api-service gets a token",
            "AADSTS70021",
            "failed    workload data-service has rolled out",
        ):
            self.assertIn(re.sub(" +", " ", says), re.sub(" +", " ", ran.stdout))
        self.assertIn("ok        connection api_service_vault is made", ran.stdout)


class Queries(unittest.TestCase):
    """What az makes of answers that the stand-in of ARM does not give."""

    def printed(self, command: str, call: str, query: str, answer: Any) -> list[list[str]]:
        """The rows that a call of a command prints where Azure gives this answer. Its query begins so."""
        with tempfile.TemporaryDirectory() as folder:
            spec = ROOT / "examples/cloud-native/spec.yaml"
            subprocess.run([os.environ["AGCGEN"], "render", spec, "-o", folder], check=True, capture_output=True)
            dry = ["bash", f"{folder}/driver/agc.sh", command, "--dry-run"]
            story = subprocess.run(dry, check=True, capture_output=True, text=True, env={**os.environ, "HOME": folder}).stdout
        lines = story.replace(" \\\n    ", " ").splitlines()
        calls = [shlex.split(line) for line in lines if line.startswith(f"  az {call} ") and "--query" in line]
        queries = [words[words.index("--query") + 1] for words in calls]
        prints = [real_az.python(), HERE / "prints.py", next(each for each in queries if each.startswith(query))]
        tsv = subprocess.run(prints, check=True, capture_output=True, text=True, input=json.dumps(answer)).stdout
        return [line.split("\t") for line in tsv.splitlines()]

    def test_what_if(self) -> None:
        """A resource that has no differences says so by `-`, in whatever way Azure leaves them out."""
        network = {"path": "properties.subnets", "propertyChangeType": "Delete"}
        tags = {"path": "tags.owner", "propertyChangeType": "Modify"}
        changes: list[tuple[str, Any, str]] = [
            ("Create", None, "-"),
            ("Deploy", None, "-"),
            ("NoChange", [], "-"),
            ("Modify", [], "-"),
            ("Modify", None, "-"),
            ("Modify", [network, {"path": "properties.virtualNetworkPeerings", "propertyChangeType": "Array"}], "-"),
            ("Modify", [{"path": "sku", "propertyChangeType": "NoEffect"}], "-"),
            ("Modify", [network, tags, {"path": None, "propertyChangeType": "Create"}], "tags.owner, ?"),
        ]
        answer = {
            "changes": [
                {"changeType": kind, "resourceId": f"/{number}", "delta": delta, "unsupportedReason": None}
                for number, (kind, delta, _) in enumerate(changes)
            ],
            "potentialChanges": [{"changeType": "Unsupported", "resourceId": "/p", "delta": None, "unsupportedReason": "no id"}],
            "diagnostics": [
                {"level": "Warning", "message": "of all", "target": None},
                {"level": "Warning", "message": "of one", "target": "/d"},
            ],
        }
        expected = [[kind, f"/{number}", said] for number, (kind, _, said) in enumerate(changes)]
        expected += [["Unsupported", "/p", "no id"], ["Warning", "infra", "of all"], ["Warning", "/d", "of one"]]
        self.assertEqual(self.printed("plan", "deployment group what-if", "[changes", answer), expected)
        answer = {**answer, "potentialChanges": None, "diagnostics": None}
        expected = expected[: len(changes)]
        self.assertEqual(self.printed("plan", "deployment group what-if", "[changes", answer), expected)

    def test_zones_of_nodes(self) -> None:
        """They have an order; a pool of another name is another's, and no pool has any."""
        asked: list[tuple[Any, list[str]]] = [
            ([{"name": "more", "availabilityZones": ["9"]}, {"name": "system", "vmSize": "D", "availabilityZones": ["3", "1"]}], ["D", "1,3"]),
            ([{"name": "system", "vmSize": "D", "availabilityZones": None}], ["D", "-"]),
            ([{"name": "more", "vmSize": "E", "availabilityZones": ["9"]}], ["-", "-"]),
            (None, ["-", "-"]),
        ]
        for pools, (size, zones) in asked:
            answer = {"currentKubernetesVersion": "1.35.1", "agentPoolProfiles": pools, "networkProfile": {"serviceCidr": "10.0.0.0/16"}}
            printed = [["1.35.1", size, "flat", "10.0.0.0/16", zones]]
            self.assertEqual(self.printed("preflight", "aks show", "[[currentKubernetesVersion", answer), printed)

    def test_status_of_a_cluster(self) -> None:
        """Azure leaves out what it does not know yet."""
        answer = {"provisioningState": "Creating", "powerState": None, "currentKubernetesVersion": None}
        self.assertEqual(self.printed("status", "aks show", "join(", answer), [["Creating, -, -"]])
        answer = {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "currentKubernetesVersion": "1.35.1"}
        self.assertEqual(self.printed("status", "aks show", "join(", answer), [["Succeeded, Running, 1.35.1"]])


class Timed(unittest.TextTestResult):
    """Says how long each test took."""

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        """Begins."""
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        """Ends well."""
        super().addSuccess(test)
        self.stream.writeln(f"  {time.monotonic() - self.began:.0f} s")


if __name__ == "__main__":
    if not (ROOT / "examples").is_dir():
        sys.exit("run it in the project")
    unittest.main(verbosity=2, testRunner=unittest.TextTestRunner(resultclass=Timed, verbosity=2))
