"""Faults, the log, the state: what a test may ask of the stand-in."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from checks.case import CLUSTER, CLUSTER_VERSION, IDENTITY, IDENTITY_VERSION, LOCATION, Case, resource
from harness import HERE


class Controls(Case):
    """What a test may ask of the stand-in."""

    def identities(self, *names: str) -> str:
        """A template of identities, one after the other."""
        made = {name: resource(IDENTITY, IDENTITY_VERSION, name, location="eastus") for name in names}
        for before, name in itertools.pairwise(names):
            made[name]["dependsOn"] = [before]
        return self.template(made)

    def test_sign_in(self) -> None:
        """Who is signed in already, and signing in anew as the managed identity."""
        who = self.good("account", "show").json
        self.assertEqual(
            (who["id"], who["tenantId"]), (self.subject.address["subscription"], self.subject.address["tenant"])
        )
        fresh = self.subject.directory / "fresh"
        fresh.mkdir()
        for name in ("clouds.config", "config"):
            shutil.copy(self.subject.directory / "config" / name, fresh)
        self.assertEqual(self.good("login", "--identity", AZURE_CONFIG_DIR=str(fresh)).json[0]["id"], who["id"])
        self.assertIn("eastus", [each["name"] for each in self.good("account", "list-locations").json])

    def test_kth_request(self) -> None:
        """The second changing request fails, reads do not count, and the third works."""
        self.subject.fault("request", k=2, status=409, code="Busy", message="Try later.")
        self.good("group", "update", "-n", "rg", "--tags", "a=b", "-o", "none")
        self.good("group", "show", "-n", "rg", "-o", "none")
        self.refused("Busy", "identity", "create", "-g", "rg", "-n", "id")
        self.assertEqual(self.subject.state()["resources"][1:], [])
        self.good("identity", "create", "-g", "rg", "-n", "id")
        changing = [(each["method"], each["status"]) for each in self.subject.control("GET", "log") if each["changing"]]
        # The group is made in the beginning of every test.
        self.assertEqual(changing, [("PUT", 201), ("PUT", 200), ("PUT", 409), ("PUT", 201)])

    def test_lost_answer(self) -> None:
        """The change is made, and the caller does not learn it."""
        self.subject.fault("request", k=1, status=409, code="Lost", after=True)
        self.refused("Lost", "identity", "create", "-g", "rg", "-n", "id")
        self.good("identity", "show", "-g", "rg", "-n", "id")

    def test_missing_right(self) -> None:
        """Validation, a deployment's own resources, a single request and the list of rights agree."""
        self.subject.fault("right", right=f"{IDENTITY}/write", scope=self.subject.group)
        refusal = self.refused("AuthorizationFailed", *self.deploy(self.identities("a")))
        self.assertIn("InvalidTemplateDeployment", refusal.stderr)
        self.refused("AuthorizationFailed", "identity", "create", "-g", "rg", "-n", "id")
        shown = self.good(*self.rest("get", "Microsoft.Authorization/permissions", "2022-04-01")).json
        self.assertEqual(shown["value"][0]["notActions"], [f"{IDENTITY}/write".lower()])
        self.subject.control("DELETE", "faults")
        self.subject.fault("right", right="Microsoft.ManagedIdentity/*", scope="/")
        self.refused("AuthorizationFailed", "identity", "create", "-g", "rg", "-n", "id")
        self.subject.control("DELETE", "faults")
        self.good("identity", "create", "-g", "rg", "-n", "id")

    def test_failing_resource(self) -> None:
        """A deployment stops where a resource fails, says so, and goes on from there the next time."""
        self.subject.fault(
            "resource", resource="userAssignedIdentities/b", status=400, code="Broken", message="No luck."
        )
        template = self.identities("a", "b", "c")
        refusal = self.refused("Broken", *self.deploy(template))
        self.assertIn("DeploymentFailed", refusal.stderr)
        self.assertEqual([each["name"] for each in self.good("identity", "list", "-g", "rg").json], ["a"])
        operations = self.good("deployment", "operation", "group", "list", "-g", "rg", "-n", "d").json
        states = {
            each["properties"]["targetResource"]["resourceName"]: each["properties"]["provisioningState"]
            for each in operations
        }
        self.assertEqual(states, {"a": "Succeeded", "b": "Failed"})
        self.good(*self.deploy(template))
        after_failure = self.subject.state()
        self.subject.control("DELETE", "state")
        self.good("group", "create", "-n", "rg", "-l", "eastus", "-o", "none")
        self.good(*self.deploy(template))
        self.assertEqual(self.subject.state(), after_failure)

    def test_running_deployment(self) -> None:
        """One of the same name is refused while it runs, and it can be stopped."""
        many = self.identities(*(f"id-{number:02}" for number in range(40)))
        self.good(*self.deploy(many), "--no-wait")
        self.refused("DeploymentActive", *self.deploy(self.identities("a")))
        self.good("deployment", "group", "cancel", "-g", "rg", "-n", "d")
        shown = self.good("deployment", "group", "show", "-g", "rg", "-n", "d").json
        self.assertEqual(shown["properties"]["provisioningState"], "Canceled")
        self.assertLess(len(self.good("identity", "list", "-g", "rg").json), 40)
        self.good(*self.deploy(self.identities("a")))

    def test_cores(self) -> None:
        """A cluster that wants more cores than are left is refused, and the usage shows why."""
        self.subject.fault("quota", family="standardDSv5Family", limit=4)
        usage = {each["name"]["value"]: each["limit"] for each in self.good("vm", "list-usage", "-l", "eastus").json}
        self.assertEqual(int(usage["standardDSv5Family"]), 4)
        pool = {"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D2s_v5"}
        body = {**LOCATION, "properties": {"agentPoolProfiles": [pool]}}
        self.refused(
            "ErrCode_InsufficientVCPUQuota",
            *self.rest("put", CLUSTER, CLUSTER_VERSION, body),
        )
        self.subject.fault("size", size="Standard_D2s_v5")
        sizes = self.good("vm", "list-skus", "-l", "eastus", "--size", "Standard_D2s_v5", "--all").json
        self.assertEqual(sizes[0]["restrictions"][0]["reasonCode"], "NotAvailableForSubscription")

    def test_groups(self) -> None:
        """Tags, deletion, and a group that is on its way out."""
        self.good("group", "create", "-n", "rg", "-l", "eastus", "--tags", "a=b")
        self.good("tag", "update", "--resource-id", self.subject.group, "--operation", "merge", "--tags", "c=d")
        self.assertEqual(self.good("group", "show", "-n", "rg").json["tags"], {"a": "b", "c": "d"})
        self.subject.put(f"{IDENTITY}/id", IDENTITY_VERSION, LOCATION)
        self.assertEqual([each["name"] for each in self.good("resource", "list", "-g", "rg").json], ["id"])
        self.good("group", "delete", "-n", "rg", "--yes", "--no-wait")
        self.refused("ResourceGroupBeingDeleted", *self.rest("put", f"{IDENTITY}/other", IDENTITY_VERSION, LOCATION))
        self.assertEqual(self.good("group", "exists", "-n", "rg").stdout.strip(), "false")
        self.assertEqual(len(self.subject.state()["resources"]), 1)

    def test_the_server_ends_with_its_parent(self) -> None:
        """Whoever starts it and dies leaves nothing behind."""
        directory = Path(tempfile.mkdtemp(dir=self.subject.directory))
        script = f"""
            python3 {HERE} serve --directory {directory} >/dev/null 2>&1 &
            until [ -e {directory}/address.json ]; do sleep 0.1; done
            echo $!
        """
        shown = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True, timeout=30).stdout
        number, end = int(shown), time.monotonic() + 10
        self.addCleanup(end_process, number)
        while is_running(number) and time.monotonic() < end:
            time.sleep(0.1)
        self.assertFalse(is_running(number))


def is_running(number: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def end_process(number: int) -> None:
    """Ends a process that should have ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGTERM)
