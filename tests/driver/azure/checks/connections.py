"""Service Connector."""

from __future__ import annotations

from checks.case import CLUSTER, CLUSTER_VERSION, IDENTITY, IDENTITY_VERSION, LOCATION, Case

LINKERS = f"{CLUSTER}/providers/Microsoft.ServiceLinker/linkers"


class Connections(Case):
    """Service Connector, with a cluster that is there."""

    def setUp(self) -> None:
        """A cluster, an identity, a storage account."""
        super().setUp()
        self.subject.put(
            CLUSTER,
            CLUSTER_VERSION,
            {**LOCATION, "properties": {"nodeResourceGroup": "rg-nodes"}},
        )
        self.subject.put(f"{IDENTITY}/id", IDENTITY_VERSION, LOCATION)
        self.subject.put("Microsoft.Storage/storageAccounts/stone", "2026-09-01", LOCATION)
        self.subject.put("Microsoft.Storage/storageAccounts/stone/blobServices/default", "2026-09-01", {})
        self.subject.events.unlink(missing_ok=True)

    def create(self, name: str, namespace: str = "app") -> list[str]:
        """The call that makes a connection."""
        target = [
            "--target-resource-group",
            "rg",
            "--account",
            "stone",
            "--workload-identity",
            f"{self.subject.group}/providers/{IDENTITY}/id",
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
            [
                each
                for each in self.subject.control("GET", "log")
                if each["method"] == "PUT" and "linkers" in each["path"]
            ]
        )
        self.good(*self.create("a_b"))
        log = self.subject.control("GET", "log")
        self.assertEqual(len([each for each in log if each["method"] == "PUT" and "linkers" in each["path"]]), writes)
        self.assertEqual([each["name"] for each in self.good(*self.on("list")).json], ["a_b"])
        self.assertEqual(self.good(*self.on("show", "--connection", "a_b")).json["scope"], "app")
        self.good(
            *self.rest(
                "get",
                f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/sc-extension",
                "2025-03-01",
            )
        )
        self.good(*self.on("delete", "--connection", "a_b", "--yes"))
        self.refused("ResourceNotFound", *self.on("show", "--connection", "a_b"), rc=3)
        told = [(each["event"], each["namespace"], each["secret"]) for each in self.subject.told()]
        self.assertEqual(told, [("linker", "app", "sc-ab-secret"), ("linker-deleted", "app", "sc-ab-secret")])

    def test_names(self) -> None:
        """The client refuses a hyphen, and so does the service."""
        self.refused("periods", *self.create("a-b"))
        self.refused(
            "InvalidResourceName",
            *self.rest(
                "put",
                f"{LINKERS}/a-b",
                "2024-04-01",
                {"properties": {}},
            ),
        )

    def test_busy_cluster(self) -> None:
        """A cluster that is being changed takes no connection."""
        self.subject.fault("cluster", cluster="managedClusters/aks", polls=2)
        shown = self.good("aks", "show", "-g", "rg", "-n", "aks").json
        self.assertEqual(shown["provisioningState"], "Updating")
        self.refused(
            "Conflict",
            *self.rest(
                "put",
                f"{LINKERS}/a",
                "2024-04-01",
                {"properties": {}},
            ),
        )
        self.good(*self.create("a"))

    def test_unregistered_provider(self) -> None:
        """Connections need the provider of cluster extensions too."""
        self.subject.fault("provider", namespace="Microsoft.KubernetesConfiguration")
        self.refused(
            "MissingSubscriptionRegistration",
            *self.rest(
                "put",
                f"{LINKERS}/a",
                "2024-04-01",
                {"properties": {}},
            ),
        )

    def test_credentials(self) -> None:
        """The kubeconfig is the one that the server was given; nobody gets the administrator's."""
        file = self.subject.directory / "fetched"
        self.good("aks", "get-credentials", "-g", "rg", "-n", "aks", "-f", str(file), "--overwrite-existing")
        self.assertIn("https://127.0.0.1:1", file.read_text(encoding="utf-8"))
        self.refused("BadRequest", "aks", "get-credentials", "-g", "rg", "-n", "aks", "-f", str(file), "--admin")
