"""What all tests begin with."""

from __future__ import annotations

import atexit
import json
import unittest
from typing import Any, ClassVar

from harness import Az, Subject

CLUSTER = "Microsoft.ContainerService/managedClusters/aks"
CLUSTER_VERSION = "2026-08-01"
IDENTITY, IDENTITY_VERSION = "Microsoft.ManagedIdentity/userAssignedIdentities", "2024-11-30"
GATEWAY, GATEWAY_VERSION = "Microsoft.ServiceNetworking/trafficControllers", "2026-03-01"
CALLER = "33333333-3333-4333-8333-333333333333"
LOCATION = {"location": "eastus"}


class Case(unittest.TestCase):
    """A test that begins in an empty subscription with one group."""

    maxDiff = None
    subject: ClassVar[Subject]

    @classmethod
    def setUpClass(cls) -> None:
        """One server for all tests."""
        if not hasattr(Case, "subject"):
            Case.subject = Subject()
            atexit.register(Case.subject.stop)

    def setUp(self) -> None:
        """Forgets what was."""
        self.subject.control("DELETE", "state")
        self.subject.control("DELETE", "log")
        self.subject.events.unlink(missing_ok=True)
        self.good("group", "create", "-n", "rg", "-l", "eastus", "-o", "none")

    def good(self, *arguments: str, **environment: str) -> Az:
        """A call that must work."""
        done = self.subject.az(*arguments, **environment)
        self.assertEqual(done.returncode, 0, f"az {' '.join(arguments)}\n{done.stderr}")
        return done

    def refused(self, code: str, *arguments: str, rc: int = 1) -> Az:
        """A call that must be refused, with this code of Azure."""
        done = self.subject.az(*arguments)
        self.assertEqual(done.returncode, rc, f"az {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, rf"\b{code}\b")
        return done

    def rest(self, method: str, path: str, version: str, body: Any = None) -> list[str]:
        """A request by `az rest`; `path` is below the group."""
        url = path if path.startswith("/") else f"{self.subject.group}/providers/{path}"
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
        file = self.subject.directory / "template.json"
        file.write_text(json.dumps(body), encoding="utf-8")
        return str(file)

    def deploy(self, template: str) -> list[str]:
        """The call that deploys a template."""
        return ["deployment", "group", "create", "-g", "rg", "-n", "d", "--template-file", template, "-o", "none"]


def resource(type_name: str, version: str, name: str, properties: Any = None, **more: Any) -> dict[str, Any]:
    """A resource of a template."""
    body = {"type": type_name, "apiVersion": version, "name": name, **more}
    return body if properties is None else {**body, "properties": properties}
