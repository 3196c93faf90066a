"""The generated infrastructure of the examples, and the pages that say how to deploy it by hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from checks.case import CALLER, GATEWAY, LOCATION, Case
from harness import HERE

SNAPSHOTS = HERE.parents[2] / "snapshots"
SECRETS = {"AGC_SECRET_VAULT_API_RATE_LIMIT": "10", "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT": "30"}
# What Azure makes unasked: no template declares it.
BROUGHT = {"Microsoft.ContainerService/managedClusters/agentPools"}
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


class Examples(Case):
    """The generated infrastructure of the examples."""

    def example(self, name: str) -> Path:
        """A copy of an example's output, in which files may be written."""
        copy = Path(tempfile.mkdtemp(dir=self.subject.directory)) / name
        shutil.copytree(SNAPSHOTS / name, copy)
        return copy

    def predicted(self, infra: Path, group: str) -> set[str]:
        """The ids that Bicep's own engine predicts."""
        settings = {
            "--tenant-id": self.subject.address["tenant"],
            "--subscription-id": self.subject.address["subscription"],
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
        state = self.subject.state()
        there = {each["id"].lower(): each for each in state["resources"]}
        self.assertEqual(predicted - there.keys(), set())
        self.assertEqual({each["resourceId"].lower() for each in before}, predicted)
        unasked = {
            there[key]["type"]
            for key in there.keys() - predicted
            if f"/{group}-nodes/" not in key and f"/{group}/" in key
        }
        self.assertLessEqual(unasked, BROUGHT)

        # A subnet that somebody adds stays.
        network = next(key for key in predicted if there[key]["type"] == "Microsoft.Network/virtualNetworks")
        theirs = {"properties": {"addressPrefix": "10.10.200.0/24"}}
        body = {"id": f"{there[network]['id']}/subnets/theirs", "apiVersion": "2026-03-01", "body": theirs}
        self.subject.control("PUT", "resources", body)
        state = self.subject.state()

        again = self.good("deployment", "group", "what-if", *parameters, "--no-pretty-print", **secrets).json["changes"]
        changed = {each["resourceId"].lower() for each in again if each["changeType"] != "NoChange"}
        self.assertEqual(changed, {key for key in predicted if "/secrets/" in key} | {network})
        told = next(each for each in again if each["resourceId"].lower() == network)
        self.assertEqual([each["path"] for each in told["delta"]], ["properties.subnets"])
        ids = ["--no-pretty-print", "--result-format", "ResourceIdOnly"]
        short = self.good("deployment", "group", "what-if", *parameters, *ids, **secrets).json["changes"]
        self.assertEqual({each["changeType"] for each in short}, {"Deploy"})
        self.good("deployment", "group", "create", *parameters, "-o", "none", **secrets)
        self.assertEqual(self.subject.state(), state)

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
        self.subject.control("DELETE", "state")
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
        self.assertIn(shown["principalId"], json.dumps(self.subject.state()["resources"]))

    def test_access_to_what_is_there(self) -> None:
        """The modules for resources of somebody else, which no example uses: the role is on the whole, or on a part."""
        vault = {"properties": {"tenantId": self.subject.address["tenant"], "sku": {"family": "A", "name": "standard"}}}
        self.subject.put("Microsoft.KeyVault/vaults/kv-theirs", "2026-05-15", {**LOCATION, **vault})
        self.subject.put(
            "Microsoft.KeyVault/vaults/kv-theirs/secrets/one", "2026-05-15", {"properties": {"value": "1"}}
        )
        module = SNAPSHOTS.parent / "templates/infra/modules/key-vault-access.bicep"
        holder = ["identityId=/x", f"principalId={CALLER}", "reason=Because.", "vaultName=kv-theirs", "access=read"]
        deploy = [
            "deployment",
            "group",
            "create",
            "-g",
            "rg",
            "-n",
            "d",
            "-o",
            "none",
            "-f",
            str(module),
            "-p",
            *holder,
        ]
        self.good(*deploy)
        self.good(*deploy, "secretName=one")
        self.refused("ResourceNotFound", *deploy, "secretName=two")
        found = self.good("role", "assignment", "list", "--all", "--query", "[].scope").json
        theirs = f"{self.subject.group}/providers/Microsoft.KeyVault/vaults/kv-theirs"
        self.assertEqual([each for each in found if "kv-theirs" in each], [theirs, f"{theirs}/secrets/one"])

    def run_book(self, name: str, gateway: str) -> list[str]:
        """Runs every block of an example's page in one shell, without a cluster: calls of az, each with how it ended."""
        tree = self.example(name)
        blocks = re.findall(
            r"^```bash\n(.*?)^```", (tree / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        # The way by hand; the driver has tests of its own.
        blocks = [block for block in blocks if "driver/agc.sh" not in block]
        script = tree / "runbook.sh"
        script.write_text(PRELUDE + "\n".join(blocks), encoding="utf-8")
        calls = tree / "calls"
        variables = {
            **os.environ,
            **self.subject.environment,
            "CALLS": str(calls),
            "HOME": str(tree),
            "CONTROL": self.subject.address["control"],
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
        self.subject.fault("provider", namespace="Microsoft.ServiceNetworking")
        calls = self.run_book("cloud-native", "")
        self.assertEqual([call for call in calls if not call.startswith("0 ")], [])
        self.assertGreater(len(calls), 40)
        told = [(each["event"], each.get("secret"), each.get("keys")) for each in self.subject.told()]
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
        self.assertEqual([group["name"] for group in self.subject.state()["groups"]], ["rg"])
        self.assertEqual(self.subject.state()["deletedVaults"], [])

    def test_the_page_of_cloud_native_managed(self) -> None:
        """The same, with a gateway that the controller in the cluster makes."""
        scope = self.subject.group.rpartition("/")[0] + "/rg-cloud-native-managed-nodes"
        calls = self.run_book("cloud-native-managed", f"{scope}/providers/{GATEWAY}/alb-1a2b3c4d")
        self.assertEqual([call for call in calls if not call.startswith("0 ")], [])
        self.assertTrue([call for call in calls if "diagnostic-settings create" in call])
