"""What the cluster's side knows of Azure: the resources that the stand-in of ARM keeps."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

CLUSTER = "Microsoft.ContainerService/managedClusters"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
TRAFFIC_CONTROLLER = "Microsoft.ServiceNetworking/trafficControllers"
API_VERSION = "2026-03-01"
AUDIENCE = "api://AzureADTokenExchange"


class Azure:
    """The state of ARM at one moment: from the address where its stand-in takes control requests, or from a file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.resources: dict[str, Resource] = {}

    def read(self) -> None:
        """Asks again. Nothing there yet is an empty subscription."""
        try:
            state = json.loads(self.request("GET", "/state") if self.is_served() else Path(self.source).read_text())
        except urllib.error.HTTPError:
            raise
        except (FileNotFoundError, urllib.error.URLError):
            state = {"resources": []}
        self.resources = {each["id"].lower(): each for each in state["resources"]}

    def is_served(self) -> bool:
        """Whether there is somebody who takes changes. A file takes none."""
        return "://" in self.source

    def request(self, method: str, path: str, body: Resource | None = None) -> str:
        """A control request."""
        text = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.source + path, text, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read(), "utf-8")

    def make(self, resource_id: str, properties: Resource) -> None:
        """Makes a resource as the ALB Controller does, unless it is there."""
        if self.find(resource_id) is None and self.is_served():
            location = next((cluster["location"] for cluster in self.of_type(CLUSTER)), "")
            body = {"location": location, "properties": properties}
            self.request("PUT", "/resources", {"id": resource_id, "apiVersion": API_VERSION, "body": body})

    def remove(self, resource_id: str) -> None:
        """Removes a resource that is there."""
        if self.find(resource_id) is not None and self.is_served():
            self.request("DELETE", "/resources", {"id": resource_id})

    def find(self, resource_id: str) -> Resource | None:
        """A resource by its id; ids tell no upper case from lower."""
        return self.resources.get(resource_id.lower())

    def of_type(self, kind: str, below: str = "") -> list[Resource]:
        """Resources of a type, below an id."""
        return [
            resource
            for name, resource in self.resources.items()
            if type_of(name) == kind.lower() and name.startswith(below.lower())
        ]

    def tenant(self) -> str:
        """Where the identities are."""
        return next((str(identity["properties"]["tenantId"]) for identity in self.of_type(IDENTITY)), "")

    def issuer(self) -> str:
        """Who signs the tokens of the cluster's service accounts."""
        for cluster in self.of_type(CLUSTER):
            return str(cluster["properties"].get("oidcIssuerProfile", {}).get("issuerURL", ""))
        return ""

    def refusal(self, client_id: str, namespace: str, account: str) -> str | None:
        """Why a service account may not act as an identity; None where it may."""
        found = [each for each in self.of_type(IDENTITY) if each["properties"]["clientId"] == client_id]
        if not found:
            return f"AADSTS700016: Application with identifier '{client_id}' was not found in the directory."
        subject = f"system:serviceaccount:{namespace}:{account}"
        for credential in self.of_type(f"{IDENTITY}/federatedIdentityCredentials", found[0]["id"] + "/"):
            trusted = credential["properties"]
            same_issuer = trusted["issuer"].rstrip("/") == self.issuer().rstrip("/")
            if trusted["subject"] == subject and same_issuer and AUDIENCE in trusted["audiences"]:
                return None
        return (
            "AADSTS70021: No matching federated identity record found for presented assertion. "
            f"Assertion Issuer: '{self.issuer()}'. Assertion Subject: '{subject}'. Assertion Audience: '{AUDIENCE}'."
        )


def type_of(resource_id: str) -> str:
    """The type of a resource, from its id: the parts behind the last `/providers/` without the names."""
    namespace, *rest = resource_id.lower().rpartition("/providers/")[2].split("/")
    return "/".join([namespace, *rest[::2]])
