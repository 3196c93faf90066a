"""Drives the real azure-cli through the stand-in: what Azure accepts, and what it refuses.

`az`, `bicep` and `kubectl` are those on PATH. Run it with `python3 tests/driver/azure/self_test.py`.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

from harness import HERE, Az, Subject

SNAPSHOTS = HERE.parents[2] / "snapshots"
SECRETS = {"AGC_SECRET_VAULT_API_RATE_LIMIT": "10", "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT": "30"}
LOCATION = {"location": "eastus"}
IDENTITY, CREDENTIAL = "Microsoft.ManagedIdentity/userAssignedIdentities", "2024-11-30"
GATEWAY, GATEWAY_VERSION = "Microsoft.ServiceNetworking/trafficControllers", "2026-03-01"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
# What Azure makes unasked: no template declares it.
BROUGHT = (
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.Network/loadBalancers",
    "Microsoft.ContainerService/managedClusters/agentPools",
    "Microsoft.Network/virtualNetworks/subnets",
)

subject: Subject


def setUpModule() -> None:
    """One server for all tests."""
    global subject  # noqa: PLW0603 (unittest has no other place for what a module sets up)
    subject = Subject()


def tearDownModule() -> None:
    """Nothing is left."""
    subject.stop()
    shutil.rmtree(subject.directory)


class Case(unittest.TestCase):
    """A test that begins in an empty subscription with one group."""

    maxDiff = None

    def setUp(self) -> None:
        """Forgets what was."""
        subject.control("DELETE", "state")
        subject.control("DELETE", "log")
        subject.events.unlink(missing_ok=True)
        self.good("group", "create", "-n", "rg", "-l", "eastus", "-o", "none")

    def good(self, *arguments: str, **environment: str) -> Az:
        """A call that must work."""
        done = subject.az(*arguments, **environment)
        self.assertEqual(done.returncode, 0, f"az {' '.join(arguments)}\n{done.stderr}")
        return done

    def refused(self, code: str, *arguments: str, rc: int = 1) -> Az:
        """A call that must be refused, with this code of Azure."""
        done = subject.az(*arguments)
        self.assertEqual(done.returncode, rc, f"az {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, rf"\b{code}\b")
        return done

    def rest(self, method: str, path: str, version: str, body: Any = None) -> list[str]:
        """A request by `az rest`; `path` is below the group."""
        url = path if path.startswith("/") else f"{subject.group}/providers/{path}"
        arguments = ["rest", "--method", method, "--url", f"{url}?api-version={version}"]
        return arguments if body is None else [*arguments, "--body", json.dumps(body)]

    def template(self, resources: dict[str, Any], **more: Any) -> str:
        """A template of resources, in a file."""
        schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
        body = {
            "$schema": schema,
            "languageVersion": "2.0",
            "contentVersion": "1.0.0.0",
            "resources": resources,
            **more,
        }
        file = subject.directory / "template.json"
        file.write_text(json.dumps(body), encoding="utf-8")
        return str(file)

    def deploy(self, template: str) -> list[str]:
        """The call that deploys a template."""
        return ["deployment", "group", "create", "-g", "rg", "-n", "d", "--template-file", template, "-o", "none"]


def resource(type_name: str, version: str, name: str, properties: Any = None, **more: Any) -> dict[str, Any]:
    """A resource of a template."""
    body = {"type": type_name, "apiVersion": version, "name": name, **more}
    return body if properties is None else {**body, "properties": properties}


class Examples(Case):
    """The generated infrastructure of the examples."""

    def example(self, name: str) -> Path:
        """A copy of an example's output, in which files may be written."""
        copy = Path(tempfile.mkdtemp(dir=subject.directory)) / name
        shutil.copytree(SNAPSHOTS / name, copy)
        return copy

    def predicted(self, infra: Path, group: str) -> set[str]:
        """The ids that Bicep's own engine predicts."""
        settings = {
            "--tenant-id": subject.address["tenant"],
            "--subscription-id": subject.address["subscription"],
            "--resource-group": group,
            "--location": "eastus",
        }
        arguments = [part for pair in settings.items() for part in pair]
        subprocess.run(
            ["bicep", "snapshot", str(infra / "main.bicepparam"), *arguments], check=True, capture_output=True
        )
        shown = json.loads((infra / "main.snapshot.json").read_text(encoding="utf-8"))
        return {each["id"].lower() for each in shown["predictedResources"]}

    def deploy_example(self, name: str, group: str, *, secrets: dict[str, str]) -> None:
        """What is deployed is what Bicep predicts; a second time changes nothing."""
        infra = self.example(name) / "infra"
        parameters = ["-g", group, "-n", "d", "--parameters", str(infra / "main.bicepparam")]
        self.good("group", "create", "-n", group, "-l", "eastus", "-o", "none")

        before = self.good("deployment", "group", "what-if", *parameters, "--no-pretty-print", **secrets).json[
            "changes"
        ]
        self.assertEqual({each["changeType"] for each in before}, {"Create"})

        outputs = self.good("deployment", "group", "create", *parameters, "-o", "json", **secrets).json["properties"][
            "outputs"
        ]
        late = {each["key"]: each["value"] for each in outputs["lateValues"]["value"]}
        wanted = re.findall(
            r"^#   from output lateValues, key (\w+)$",
            (infra.parent / "k8s/platform/late-values.env").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        self.assertEqual(sorted(late), sorted(set(wanted)))
        self.assertTrue(all(late.values()))

        predicted = {key for key in self.predicted(infra, group) if secrets or "/secrets/" not in key}
        state = subject.state()
        there = {each["id"].lower(): each for each in state["resources"]}
        self.assertEqual(predicted - there.keys(), set())
        self.assertEqual({each["resourceId"].lower() for each in before}, predicted)
        unasked = {
            there[key]["type"]
            for key in there.keys() - predicted
            if f"/{group}-nodes/" not in key and f"/{group}/" in key
        }
        self.assertLessEqual(unasked, set(BROUGHT))

        again = self.good("deployment", "group", "what-if", *parameters, "--no-pretty-print", **secrets).json["changes"]
        changed = {each["resourceId"].lower() for each in again if each["changeType"] != "NoChange"}
        self.assertEqual(changed, {key for key in predicted if "/secrets/" in key})
        self.good("deployment", "group", "create", *parameters, "-o", "none", **secrets)
        self.assertEqual(subject.state(), state)

    def test_minimal(self) -> None:
        """The smallest system."""
        self.deploy_example("minimal", "rg-hello", secrets={})

    def test_cloud_native(self) -> None:
        """The reference scenario, with values of its secrets."""
        self.deploy_example("cloud-native", "rg-cloud-native", secrets=SECRETS)

    def test_managed_needs_its_features(self) -> None:
        """The add-on of the ALB Controller: refused first, deployed once the features are registered."""
        parameters = str(self.example("cloud-native-managed") / "infra/main.bicepparam")
        refusal = self.refused(
            "PreviewFeatureNotRegistered", "deployment", "group", "create", "-g", "rg", "-n", "d", "-p", parameters
        )
        self.assertIn("DeploymentFailed", refusal.stderr)
        subject.control("DELETE", "state")
        for feature in ("ManagedGatewayAPIPreview", "ApplicationLoadBalancerPreview"):
            self.good("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", feature)
        self.deploy_example("cloud-native-managed", "rg-cloud-native-managed", secrets={})
        shown = self.good(
            "identity",
            "show",
            "-g",
            "rg-cloud-native-managed-nodes",
            "-n",
            "applicationloadbalancer-aks-cloud-native-managed",
        ).json
        self.assertIn(shown["principalId"], json.dumps(subject.state()["resources"]))

    def run_book(self, name: str, gateway: str) -> list[str]:
        """Runs every block of an example's page in one shell, without a cluster: calls of az, each with how it ended."""
        tree = self.example(name)
        blocks = re.findall(
            r"^```bash\n(.*?)^```", (tree / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        script = tree / "runbook.sh"
        script.write_text(PRELUDE + "\n".join(blocks), encoding="utf-8")
        calls = tree / "calls"
        variables = {
            **os.environ,
            **subject.environment,
            "CALLS": str(calls),
            "HOME": str(tree),
            "CONTROL": subject.address["control"],
            "GATEWAY": gateway,
        }
        done = subprocess.run(
            ["bash", str(script)],
            cwd=tree,
            env=variables,
            input="10\n30\n",
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return calls.read_text(encoding="utf-8").splitlines()

    def test_the_page_of_cloud_native(self) -> None:
        """Deploy, verify, undo, as a person would."""
        subject.fault("provider", namespace="Microsoft.ServiceNetworking")
        calls = self.run_book("cloud-native", "")
        self.assertEqual([call for call in calls if not call.startswith("0 ")], [])
        self.assertGreater(len(calls), 40)
        told = [(each["event"], each.get("secret"), each.get("keys")) for each in subject.told()]
        self.assertIn(
            (
                "linker",
                "sc-apiservicestorage-secret",
                ["AZURE_STORAGEBLOB_CLIENTID", "AZURE_STORAGEBLOB_RESOURCEENDPOINT"],
            ),
            told,
        )
        self.assertIn(("linker-deleted", "sc-apiservicevault-secret", None), told)
        self.assertIn(("cluster-deleted", None, None), told)
        self.assertEqual([group["name"] for group in subject.state()["groups"]], ["rg"])
        self.assertEqual(subject.state()["deletedVaults"], [])

    def test_the_page_of_cloud_native_managed(self) -> None:
        """The same, with a gateway that the controller in the cluster makes."""
        scope = subject.group.rpartition("/")[0] + "/rg-cloud-native-managed-nodes"
        calls = self.run_book("cloud-native-managed", f"{scope}/providers/{GATEWAY}/alb-1a2b3c4d")
        self.assertEqual([call for call in calls if not call.startswith("0 ")], [])
        self.assertTrue([call for call in calls if "diagnostic-settings create" in call])


# The page's own shell, but for what needs a cluster, a browser or patience.
PRELUDE = r"""
set -euo pipefail
az() {
  [[ $1 != login ]] || return 0
  local rc=0
  command az "$@" </dev/null || rc=$?
  printf '%s az %s\n' "$rc" "$*" >>"$CALLS"
  return "$rc"
}
kubectl() {
  case $* in
    kustomize*) command kubectl "$@" ;;
    *k8s/platform*)
      [[ -z $GATEWAY ]] || command curl --silent --fail --request PUT "$CONTROL/control/resources" \
        --data '{"id": "'"$GATEWAY"'", "apiVersion": "2026-03-01", "body": {"location": "eastus"}}'
      ;;
    *'get applicationloadbalancer'*) echo "alb-id=$GATEWAY" ;;
  esac
}
kubelogin() { :; }
helm() { :; }
curl() { :; }
sleep() { :; }
"""


class Refusals(Case):
    """What Azure refuses, in Azure's words."""

    def identity(self, name: str = "id") -> None:
        """An identity that is there."""
        subject.put(f"{IDENTITY}/{name}", CREDENTIAL, LOCATION)

    def gateway(self) -> None:
        """A traffic controller that is there."""
        subject.put(f"{GATEWAY}/agc", GATEWAY_VERSION, LOCATION)

    def credential(self, name: str, **more: Any) -> dict[str, Any]:
        """A federated credential of a template."""
        properties = {
            "issuer": "https://issuer",
            "subject": f"system:serviceaccount:app:{name}",
            "audiences": ["api://AzureADTokenExchange"],
        }
        return resource(f"{IDENTITY}/federatedIdentityCredentials", CREDENTIAL, f"id/{name}", properties, **more)

    def test_versions(self) -> None:
        """Unknown, malformed and missing API versions."""
        self.refused("NoRegisteredProviderFound", *self.rest("put", f"{IDENTITY}/id", "2099-01-01", LOCATION))
        self.refused("InvalidApiVersionParameter", *self.rest("put", f"{IDENTITY}/id", "latest", LOCATION))
        self.refused("MissingApiVersionParameter", "rest", "--method", "get", "--url", subject.group)
        self.refused("InvalidResourceType", *self.rest("get", "Microsoft.Web/sites/x", "2024-04-01"))

    def test_places(self) -> None:
        """Group, parent, location."""
        self.refused("ResourceGroupNotFound", "group", "show", "-n", "gone", rc=3)
        self.refused(
            "ParentResourceNotFound",
            *self.rest("put", f"{IDENTITY}/gone/federatedIdentityCredentials/x", CREDENTIAL, {"properties": {}}),
        )
        self.refused("LocationRequired", *self.rest("put", f"{IDENTITY}/id", CREDENTIAL, {}))
        self.refused(
            "LocationNotAvailableForResourceType", *self.rest("put", f"{IDENTITY}/id", CREDENTIAL, {"location": "moon"})
        )
        self.identity()
        self.refused(
            "InvalidResourceLocation", *self.rest("put", f"{IDENTITY}/id", CREDENTIAL, {"location": "westeurope"})
        )
        self.refused("ResourceNotFound", *self.rest("get", f"{IDENTITY}/gone", CREDENTIAL))

    def test_unregistered_provider(self) -> None:
        """Refused until it is registered, which takes a poll."""
        subject.fault("provider", namespace="Microsoft.ManagedIdentity")
        self.refused("MissingSubscriptionRegistration", *self.rest("put", f"{IDENTITY}/id", CREDENTIAL, LOCATION))
        template = self.template({"id": resource(IDENTITY, CREDENTIAL, "id", location="eastus")})
        self.refused("MissingSubscriptionRegistration", *self.deploy(template))
        self.good("provider", "register", "--namespace", "Microsoft.ManagedIdentity", "--wait")
        shown = self.good("provider", "show", "--namespace", "Microsoft.ManagedIdentity").json
        self.assertEqual(shown["registrationState"], "Registered")
        places = self.good(
            "provider",
            "show",
            "-n",
            "Microsoft.ServiceNetworking",
            "--query",
            "resourceTypes[?resourceType=='trafficControllers'].locations | [0]",
        ).json
        self.assertIn("East US", places)
        self.assertNotIn("Switzerland North", places)
        self.good(*self.deploy(template))

    def test_concurrent_frontends(self) -> None:
        """A traffic controller takes one change at a time, from a template and from requests."""
        self.gateway()
        first, second = (
            resource(
                f"{GATEWAY}/frontends",
                GATEWAY_VERSION,
                f"agc/{name}",
                {"publicNetworkAccess": "Enabled"},
                location="eastus",
            )
            for name in "ab"
        )
        self.refused("Conflict", *self.deploy(self.template({"a": first, "b": second})))
        self.good(*self.deploy(self.template({"a": first, "b": {**second, "dependsOn": ["a"]}})))
        body = {**LOCATION, "properties": {"publicNetworkAccess": "Enabled"}}
        self.good(*self.rest("put", f"{GATEWAY}/agc/frontends/c", GATEWAY_VERSION, body))
        self.refused("Conflict", *self.rest("put", f"{GATEWAY}/agc/frontends/d", GATEWAY_VERSION, body))
        self.good(*self.rest("put", f"{GATEWAY}/agc/frontends/d", GATEWAY_VERSION, body))

    def test_concurrent_credentials(self) -> None:
        """The federated credentials of an identity are written one after the other."""
        self.identity()
        code = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"
        self.refused(code, *self.deploy(self.template({"a": self.credential("a"), "b": self.credential("b")})))
        self.good(*self.deploy(self.template({"a": self.credential("a"), "b": self.credential("b", dependsOn=["a"])})))

    def test_too_many_credentials(self) -> None:
        """Twenty and no more."""
        self.identity()
        one = self.credential("[format('fc-{0}', copyIndex())]")
        one["name"] = "[format('id/fc-{0}', copyIndex())]"
        one["properties"]["subject"] = "[format('system:serviceaccount:app:{0}', copyIndex())]"
        loop = {"name": "many", "count": 21, "mode": "serial", "batchSize": 1}
        self.refused(
            "TooManyFederatedIdentityCredentials", *self.deploy(self.template({"many": {**one, "copy": loop}}))
        )
        found = self.good("identity", "federated-credential", "list", "-g", "rg", "--identity-name", "id").json
        self.assertEqual(len(found), 20)

    def test_role_assignments(self) -> None:
        """Principals that nobody knows, the same again under another name, and a name for something else."""
        caller = "33333333-3333-4333-8333-333333333333"
        create = [
            "role",
            "assignment",
            "create",
            "--scope",
            subject.group,
            "--role",
            READER,
            "--assignee-principal-type",
            "ServicePrincipal",
        ]
        nobody = "99999999-9999-4999-8999-999999999999"
        self.refused("PrincipalNotFound", *create, "--assignee-object-id", nobody)
        assignment = {"principalId": nobody, "principalType": "ServicePrincipal", "roleDefinitionId": READER}
        template = self.template(
            {"role": resource("Microsoft.Authorization/roleAssignments", "2022-04-01", nobody, assignment)}
        )
        foreseen = self.good(
            "deployment", "group", "what-if", "-g", "rg", "-n", "d", "-f", template, "--no-pretty-print"
        ).json
        self.assertEqual([each["changeType"] for each in foreseen["changes"]], ["Create"])
        self.refused("PrincipalNotFound", *self.deploy(template))
        name = "44444444-4444-4444-8444-444444444444"
        body = {
            "properties": {
                "principalId": caller,
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
            }
        }
        self.good(*self.rest("put", f"Microsoft.Authorization/roleAssignments/{name}", "2022-04-01", body))
        self.refused(
            "RoleAssignmentExists",
            *self.rest("put", f"Microsoft.Authorization/roleAssignments/{name[:-1]}5", "2022-04-01", body),
        )
        body["properties"]["roleDefinitionId"] = body["properties"]["roleDefinitionId"].replace(READER, SECRETS_USER)
        self.refused(
            "RoleAssignmentUpdateNotPermitted",
            *self.rest("put", f"Microsoft.Authorization/roleAssignments/{name}", "2022-04-01", body),
        )
        found = self.good("role", "assignment", "list", "--scope", subject.group, "--assignee", caller).json
        self.assertEqual([each["roleDefinitionName"] for each in found], ["Reader"])
        self.good(
            "role",
            "assignment",
            "delete",
            "--ids",
            f"{subject.group}/providers/Microsoft.Authorization/roleAssignments/{name}",
        )
        self.assertEqual(
            self.good("role", "assignment", "list", "--scope", subject.group, "--assignee", caller).json, []
        )

    def test_older_frontends(self) -> None:
        """A frontend whose public access is set is not written by a version that does not know it."""
        self.gateway()
        subject.put(
            f"{GATEWAY}/agc/frontends/main",
            GATEWAY_VERSION,
            {**LOCATION, "properties": {"publicNetworkAccess": "Enabled"}},
        )
        refusal = self.refused("BadRequest", *self.rest("put", f"{GATEWAY}/agc/frontends/main", "2025-01-01", LOCATION))
        self.assertIn("cannot change PublicNetworkAccess from 'Enabled' to ''", refusal.stderr)

    def test_delegation(self) -> None:
        """An association needs a subnet that is delegated."""
        self.gateway()
        subnets = [{"name": "plain", "properties": {"addressPrefix": "10.0.0.0/24"}}]
        subject.put(
            "Microsoft.Network/virtualNetworks/vnet", "2026-03-01", {**LOCATION, "properties": {"subnets": subnets}}
        )
        body = {
            **LOCATION,
            "properties": {
                "associationType": "subnets",
                "subnet": {"id": f"{subject.group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/plain"},
            },
        }
        self.refused(
            "SubnetMissingRequiredDelegation",
            *self.rest("put", f"{GATEWAY}/agc/associations/association", GATEWAY_VERSION, body),
        )

    def test_vault_names(self) -> None:
        """In use, kept as deleted, recovered, purged."""
        vault, version = "Microsoft.KeyVault/vaults/kv-one", "2026-05-15"
        body = {
            **LOCATION,
            "properties": {"tenantId": subject.address["tenant"], "sku": {"family": "A", "name": "standard"}},
        }
        subject.fault("name", type="Microsoft.KeyVault/vaults", name="kv-one")
        self.refused("VaultAlreadyExists", *self.rest("put", vault, version, body))
        subject.control("DELETE", "faults")
        self.good(*self.rest("put", vault, version, body))
        self.good("keyvault", "delete", "-g", "rg", "-n", "kv-one")
        self.refused("ConflictError", *self.rest("put", vault, version, body))
        check = f"/subscriptions/{subject.address['subscription']}/providers/Microsoft.KeyVault/checkNameAvailability"
        shown = self.good(
            *self.rest("post", check, version, {"name": "kv-one", "type": "Microsoft.KeyVault/vaults"})
        ).json
        self.assertFalse(shown["nameAvailable"])
        self.good("keyvault", "recover", "-n", "kv-one", "-l", "eastus")
        self.assertEqual(self.good("keyvault", "list-deleted").json, [])
        self.good("keyvault", "delete", "-g", "rg", "-n", "kv-one")
        self.assertEqual(self.good("keyvault", "show-deleted", "-n", "kv-one").json["name"], "kv-one")
        self.good("keyvault", "purge", "-n", "kv-one", "-l", "eastus")
        self.good(*self.rest("put", vault, version, body))
        subject.fault("deletedVault", name="kv-two", location="eastus", purgeProtection=True)
        self.refused("MethodNotAllowed", "keyvault", "purge", "-n", "kv-two", "-l", "eastus")

    def test_other_names(self) -> None:
        """Names of storage accounts and SQL servers are unique in the world; validation sees the first."""
        account, server = "Microsoft.Storage/storageAccounts", "Microsoft.Sql/servers"
        subject.fault("name", type=account, name="sttaken")
        subject.fault("name", type=server, name="sql-taken")
        template = self.template(
            {
                "st": resource(
                    account,
                    "2026-09-01",
                    "sttaken",
                    {},
                    location="eastus",
                    kind="StorageV2",
                    sku={"name": "Standard_LRS"},
                )
            }
        )
        refusal = self.refused("StorageAccountAlreadyTaken", *self.deploy(template))
        self.assertIn("InvalidTemplateDeployment", refusal.stderr)
        self.assertFalse(self.good("storage", "account", "check-name", "-n", "sttaken").json["nameAvailable"])
        self.assertTrue(self.good("storage", "account", "check-name", "-n", "stfree").json["nameAvailable"])
        body = {**LOCATION, "properties": {"administrators": {"azureADOnlyAuthentication": True}}}
        self.refused("NameAlreadyExists", *self.rest("put", f"{server}/sql-taken", "2025-01-01", body))
        check = f"/subscriptions/{subject.address['subscription']}/providers/Microsoft.Sql/checkNameAvailability"
        self.assertFalse(
            self.good(*self.rest("post", check, "2025-01-01", {"name": "sql-taken", "type": server})).json["available"]
        )

    def test_templates(self) -> None:
        """A function that is not known is named, a parameter that is missing is too, and a cycle is found."""
        identity = resource(IDENTITY, CREDENTIAL, "[toUpper('id')]", location="eastus")
        self.assertIn("toUpper", self.refused("InvalidTemplate", *self.deploy(self.template({"id": identity}))).stderr)
        good = {**identity, "name": "id"}
        missing = self.template({"id": good}, parameters={"size": {"type": "int", "maxValue": 3}})
        self.assertIn("size", self.refused("InvalidTemplate", *self.deploy(missing), "--no-prompt").stderr)
        self.refused("InvalidTemplate", *self.deploy(missing), "--parameters", "size=4")
        self.good(*self.deploy(missing), "--parameters", "size=3")

    def test_what_nobody_taught_it(self) -> None:
        """An unknown path is an error, and is in the log."""
        self.refused(
            "StandInDoesNotKnow",
            "rest",
            "--method",
            "post",
            "--url",
            f"{subject.group}/moveResources?api-version=2025-04-01",
        )
        last = subject.control("GET", "log")[-1]
        self.assertEqual(
            (last["path"], last["status"], last["code"]), (f"{subject.group}/moveResources", 501, "StandInDoesNotKnow")
        )


class Connections(Case):
    """Service Connector, with a cluster that is there."""

    def setUp(self) -> None:
        """A cluster, an identity, a storage account."""
        super().setUp()
        subject.put(
            "Microsoft.ContainerService/managedClusters/aks",
            "2026-08-01",
            {**LOCATION, "properties": {"nodeResourceGroup": "rg-nodes"}},
        )
        subject.put(f"{IDENTITY}/id", CREDENTIAL, LOCATION)
        subject.put("Microsoft.Storage/storageAccounts/stone", "2026-09-01", LOCATION)
        subject.put("Microsoft.Storage/storageAccounts/stone/blobServices/default", "2026-09-01", {})
        subject.events.unlink(missing_ok=True)

    def create(self, name: str, namespace: str = "app") -> list[str]:
        """The call that makes a connection."""
        target = [
            "--target-resource-group",
            "rg",
            "--account",
            "stone",
            "--workload-identity",
            f"{subject.group}/providers/{IDENTITY}/id",
        ]
        options = [
            "--kube-namespace",
            namespace,
            "--client-type",
            "dotnet",
            "--opt-out",
            "auth",
            "publicnetwork",
            "--no-recreate",
            "--only-show-errors",
        ]
        return [
            "aks",
            "connection",
            "create",
            "storage-blob",
            "-g",
            "rg",
            "-n",
            "aks",
            "--connection",
            name,
            *target,
            *options,
        ]

    def on(self, verb: str, *more: str) -> list[str]:
        """A call about connections of the cluster."""
        return ["aks", "connection", verb, "-g", "rg", "-n", "aks", "--only-show-errors", *more]

    def test_life(self) -> None:
        """Made, made again, listed, shown, removed."""
        made = self.good(*self.create("a_b")).json
        self.assertEqual(made["kubernetesResourceName"]["secret"], "sc-ab-secret")
        self.assertEqual(made["provisioningState"], "Succeeded")
        writes = len(
            [each for each in subject.control("GET", "log") if each["method"] == "PUT" and "linkers" in each["path"]]
        )
        self.good(*self.create("a_b"))
        log = subject.control("GET", "log")
        self.assertEqual(len([each for each in log if each["method"] == "PUT" and "linkers" in each["path"]]), writes)
        self.assertEqual([each["name"] for each in self.good(*self.on("list")).json], ["a_b"])
        self.assertEqual(self.good(*self.on("show", "--connection", "a_b")).json["scope"], "app")
        self.good(
            *self.rest(
                "get",
                "Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.KubernetesConfiguration/extensions/sc-extension",
                "2025-03-01",
            )
        )
        self.good(*self.on("delete", "--connection", "a_b", "--yes"))
        self.refused("ResourceNotFound", *self.on("show", "--connection", "a_b"), rc=3)
        told = [(each["event"], each["namespace"], each["secret"]) for each in subject.told()]
        self.assertEqual(told, [("linker", "app", "sc-ab-secret"), ("linker-deleted", "app", "sc-ab-secret")])

    def test_names(self) -> None:
        """The client refuses a hyphen, and so does the service."""
        self.refused("periods", *self.create("a-b"))
        self.refused(
            "InvalidResourceName",
            *self.rest(
                "put",
                "Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.ServiceLinker/linkers/a-b",
                "2024-04-01",
                {"properties": {}},
            ),
        )

    def test_busy_cluster(self) -> None:
        """A cluster that is being changed takes no connection."""
        subject.fault("cluster", cluster="managedClusters/aks", polls=2)
        shown = self.good("aks", "show", "-g", "rg", "-n", "aks").json
        self.assertEqual(shown["provisioningState"], "Updating")
        self.refused(
            "Conflict",
            *self.rest(
                "put",
                "Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.ServiceLinker/linkers/a",
                "2024-04-01",
                {"properties": {}},
            ),
        )
        self.good(*self.create("a"))

    def test_unregistered_provider(self) -> None:
        """Connections need the provider of cluster extensions too."""
        subject.fault("provider", namespace="Microsoft.KubernetesConfiguration")
        self.refused(
            "MissingSubscriptionRegistration",
            *self.rest(
                "put",
                "Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.ServiceLinker/linkers/a",
                "2024-04-01",
                {"properties": {}},
            ),
        )

    def test_credentials(self) -> None:
        """The kubeconfig is the one that the server was given; nobody gets the administrator's."""
        file = subject.directory / "fetched"
        self.good("aks", "get-credentials", "-g", "rg", "-n", "aks", "-f", str(file), "--overwrite-existing")
        self.assertIn("https://127.0.0.1:1", file.read_text(encoding="utf-8"))
        self.refused("BadRequest", "aks", "get-credentials", "-g", "rg", "-n", "aks", "-f", str(file), "--admin")


class FaultsAndControls(Case):
    """What a test may ask of the stand-in."""

    def identities(self, *names: str) -> str:
        """A template of identities, one after the other."""
        made = {name: resource(IDENTITY, CREDENTIAL, name, location="eastus") for name in names}
        for before, name in itertools.pairwise(names):
            made[name]["dependsOn"] = [before]
        return self.template(made)

    def test_kth_request(self) -> None:
        """The second changing request fails, reads do not count, and the third works."""
        subject.fault("request", k=2, status=409, code="Busy", message="Try later.")
        self.good("group", "update", "-n", "rg", "--tags", "a=b", "-o", "none")
        self.good("group", "show", "-n", "rg", "-o", "none")
        self.refused("Busy", "identity", "create", "-g", "rg", "-n", "id")
        self.assertEqual(subject.state()["resources"][1:], [])
        self.good("identity", "create", "-g", "rg", "-n", "id")
        changing = [(each["method"], each["status"]) for each in subject.control("GET", "log") if each["changing"]]
        # The group is made in the beginning of every test.
        self.assertEqual(changing, [("PUT", 201), ("PUT", 200), ("PUT", 409), ("PUT", 201)])

    def test_lost_answer(self) -> None:
        """The change is made, and the caller does not learn it."""
        subject.fault("request", k=1, status=409, code="Lost", after=True)
        self.refused("Lost", "identity", "create", "-g", "rg", "-n", "id")
        self.good("identity", "show", "-g", "rg", "-n", "id")

    def test_missing_right(self) -> None:
        """Validation, a deployment's own resources, a single request and the list of rights agree."""
        subject.fault("right", right=f"{IDENTITY}/write", scope=subject.group)
        refusal = self.refused("AuthorizationFailed", *self.deploy(self.identities("a")))
        self.assertIn("InvalidTemplateDeployment", refusal.stderr)
        self.refused("AuthorizationFailed", "identity", "create", "-g", "rg", "-n", "id")
        shown = self.good(*self.rest("get", "Microsoft.Authorization/permissions", "2022-04-01")).json
        self.assertEqual(shown["value"][0]["notActions"], [f"{IDENTITY}/write".lower()])
        subject.control("DELETE", "faults")
        self.good("identity", "create", "-g", "rg", "-n", "id")

    def test_failing_resource(self) -> None:
        """A deployment stops where a resource fails, says so, and goes on from there the next time."""
        subject.fault("resource", resource="userAssignedIdentities/b", status=400, code="Broken", message="No luck.")
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
        after_failure = subject.state()
        subject.control("DELETE", "state")
        self.good("group", "create", "-n", "rg", "-l", "eastus", "-o", "none")
        self.good(*self.deploy(template))
        self.assertEqual(subject.state(), after_failure)

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
        subject.fault("quota", family="standardDSv5Family", limit=4)
        usage = {each["name"]["value"]: each["limit"] for each in self.good("vm", "list-usage", "-l", "eastus").json}
        self.assertEqual(int(usage["standardDSv5Family"]), 4)
        pool = {"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D2s_v5"}
        body = {**LOCATION, "properties": {"agentPoolProfiles": [pool]}}
        self.refused(
            "ErrCode_InsufficientVCPUQuota",
            *self.rest("put", "Microsoft.ContainerService/managedClusters/aks", "2026-08-01", body),
        )
        subject.fault("size", size="Standard_D2s_v5")
        sizes = self.good("vm", "list-skus", "-l", "eastus", "--size", "Standard_D2s_v5", "--all").json
        self.assertEqual(sizes[0]["restrictions"][0]["reasonCode"], "NotAvailableForSubscription")

    def test_groups(self) -> None:
        """Tags, deletion, and a group that is on its way out."""
        self.good("group", "create", "-n", "rg", "-l", "eastus", "--tags", "a=b")
        self.good("tag", "update", "--resource-id", subject.group, "--operation", "merge", "--tags", "c=d")
        self.assertEqual(self.good("group", "show", "-n", "rg").json["tags"], {"a": "b", "c": "d"})
        subject.put(f"{IDENTITY}/id", CREDENTIAL, LOCATION)
        self.assertEqual([each["name"] for each in self.good("resource", "list", "-g", "rg").json], ["id"])
        self.good("group", "delete", "-n", "rg", "--yes", "--no-wait")
        self.refused("ResourceGroupBeingDeleted", *self.rest("put", f"{IDENTITY}/other", CREDENTIAL, LOCATION))
        self.assertEqual(self.good("group", "exists", "-n", "rg").stdout.strip(), "false")
        self.assertEqual(len(subject.state()["resources"]), 1)

    def test_the_server_ends_with_its_parent(self) -> None:
        """Whoever starts it and dies leaves nothing behind."""
        directory = Path(tempfile.mkdtemp(dir=subject.directory))
        serve = f"python3 {HERE} serve --directory {directory} & while ! [ -e {directory}/address.json ]; do sleep 0.1; done; echo $!"
        number = subprocess.run(
            ["bash", "-c", serve], stdout=subprocess.PIPE, text=True, check=True, timeout=30
        ).stdout.strip()
        subprocess.run(
            ["bash", "-c", f"for _ in $(seq 50); do kill -0 {number} 2>/dev/null || exit 0; sleep 0.1; done; exit 1"],
            check=True,
        )


if __name__ == "__main__":
    unittest.main()
