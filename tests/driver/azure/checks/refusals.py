"""What Azure refuses, in Azure's words."""

from __future__ import annotations

from typing import Any

from checks.case import (
    CALLER,
    CLUSTER,
    CLUSTER_VERSION,
    GATEWAY,
    GATEWAY_VERSION,
    IDENTITY,
    IDENTITY_VERSION,
    LOCATION,
    Case,
    resource,
)

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


class Refusals(Case):
    """What Azure refuses, in Azure's words."""

    def identity(self, name: str = "id") -> None:
        """An identity that is there."""
        self.subject.put(f"{IDENTITY}/{name}", IDENTITY_VERSION, LOCATION)

    def gateway(self) -> None:
        """A traffic controller that is there."""
        self.subject.put(f"{GATEWAY}/agc", GATEWAY_VERSION, LOCATION)

    def credential(self, name: str, **more: Any) -> dict[str, Any]:
        """A federated credential of a template."""
        properties = {
            "issuer": "https://issuer",
            "subject": f"system:serviceaccount:app:{name}",
            "audiences": ["api://AzureADTokenExchange"],
        }
        return resource(f"{IDENTITY}/federatedIdentityCredentials", IDENTITY_VERSION, f"id/{name}", properties, **more)

    def test_versions(self) -> None:
        """Unknown, malformed and missing API versions."""
        self.refused("NoRegisteredProviderFound", *self.rest("put", f"{IDENTITY}/id", "2099-01-01", LOCATION))
        self.refused("InvalidApiVersionParameter", *self.rest("put", f"{IDENTITY}/id", "latest", LOCATION))
        self.refused("MissingApiVersionParameter", "rest", "--method", "get", "--url", self.subject.group)
        self.refused("InvalidResourceType", *self.rest("get", "Microsoft.Web/sites/x", "2024-04-01"))

    def test_places(self) -> None:
        """Group, parent, location."""
        self.refused("ResourceGroupNotFound", "group", "show", "-n", "gone", rc=3)
        self.refused(
            "ParentResourceNotFound",
            *self.rest("put", f"{IDENTITY}/gone/federatedIdentityCredentials/x", IDENTITY_VERSION, {"properties": {}}),
        )
        self.refused("LocationRequired", *self.rest("put", f"{IDENTITY}/id", IDENTITY_VERSION, {}))
        self.refused(
            "LocationNotAvailableForResourceType",
            *self.rest("put", f"{IDENTITY}/id", IDENTITY_VERSION, {"location": "moon"}),
        )
        self.identity()
        self.refused(
            "InvalidResourceLocation", *self.rest("put", f"{IDENTITY}/id", IDENTITY_VERSION, {"location": "westeurope"})
        )
        self.refused("ResourceNotFound", *self.rest("get", f"{IDENTITY}/gone", IDENTITY_VERSION))

    def test_unregistered_provider(self) -> None:
        """Refused until it is registered, which takes a poll."""
        self.subject.fault("provider", namespace="Microsoft.ManagedIdentity")
        self.refused("MissingSubscriptionRegistration", *self.rest("put", f"{IDENTITY}/id", IDENTITY_VERSION, LOCATION))
        template = self.template({"id": resource(IDENTITY, IDENTITY_VERSION, "id", location="eastus")})
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
        # One that waits for something else meets the other sooner or later all the same.
        other = resource(IDENTITY, IDENTITY_VERSION, "id", location="eastus")
        self.refused(
            "Conflict", *self.deploy(self.template({"a": first, "id": other, "b": {**second, "dependsOn": ["id"]}}))
        )
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
        create = [
            "role",
            "assignment",
            "create",
            "--scope",
            self.subject.group,
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
                "principalId": CALLER,
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
        found = self.good("role", "assignment", "list", "--scope", self.subject.group, "--assignee", CALLER).json
        self.assertEqual([each["roleDefinitionName"] for each in found], ["Reader"])
        self.good(
            "role",
            "assignment",
            "delete",
            "--ids",
            f"{self.subject.group}/providers/Microsoft.Authorization/roleAssignments/{name}",
        )
        self.assertEqual(
            self.good("role", "assignment", "list", "--scope", self.subject.group, "--assignee", CALLER).json, []
        )

    def test_older_frontends(self) -> None:
        """A frontend whose public access is set is not written by a version that does not know it."""
        self.gateway()
        self.subject.put(
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
        self.subject.put(
            "Microsoft.Network/virtualNetworks/vnet", "2026-03-01", {**LOCATION, "properties": {"subnets": subnets}}
        )
        body = {
            **LOCATION,
            "properties": {
                "associationType": "subnets",
                "subnet": {
                    "id": f"{self.subject.group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/plain"
                },
            },
        }
        self.refused(
            "SubnetMissingRequiredDelegation",
            *self.rest("put", f"{GATEWAY}/agc/associations/association", GATEWAY_VERSION, body),
        )

    def test_what_a_cluster_keeps(self) -> None:
        """The size of its nodes, the addresses of Services, and a version that is reached."""
        pool = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5", "maxPods": 250}
        network = {"serviceCidr": "172.16.0.0/16"}
        properties = {"kubernetesVersion": "1.35", "agentPoolProfiles": [pool], "networkProfile": network}
        self.subject.put(CLUSTER, CLUSTER_VERSION, {**LOCATION, "properties": properties})
        changes: list[tuple[str, dict[str, Any]]] = [
            ("OperationNotAllowed", {"kubernetesVersion": "1.34"}),
            ("PropertyChangeNotAllowed", {"agentPoolProfiles": [{**pool, "vmSize": "Standard_D4s_v5"}]}),
            ("PropertyChangeNotAllowed", {"agentPoolProfiles": [{**pool, "maxPods": 30}]}),
            ("PropertyChangeNotAllowed", {"agentPoolProfiles": [{**pool, "availabilityZones": ["1", "2", "3"]}]}),
            ("PropertyChangeNotAllowed", {"networkProfile": {"serviceCidr": "10.0.0.0/16"}}),
        ]
        for code, change in changes:
            body = {**LOCATION, "properties": {**properties, **change}}
            self.refused(code, *self.rest("put", CLUSTER, CLUSTER_VERSION, body))
        body = {**LOCATION, "properties": {**properties, "kubernetesVersion": "1.36"}}
        self.good(*self.rest("put", CLUSTER, CLUSTER_VERSION, body))

    def test_vault_names(self) -> None:
        """In use, kept as deleted, recovered, purged."""
        vault, version = "Microsoft.KeyVault/vaults/kv-one", "2026-05-15"
        body = {
            **LOCATION,
            "properties": {"tenantId": self.subject.address["tenant"], "sku": {"family": "A", "name": "standard"}},
        }
        self.subject.fault("name", type="Microsoft.KeyVault/vaults", name="kv-one")
        self.refused("VaultAlreadyExists", *self.rest("put", vault, version, body))
        self.subject.control("DELETE", "faults")
        self.good(*self.rest("put", vault, version, body))
        self.good("keyvault", "delete", "-g", "rg", "-n", "kv-one")
        self.refused("ConflictError", *self.rest("put", vault, version, body))
        check = (
            f"/subscriptions/{self.subject.address['subscription']}/providers/Microsoft.KeyVault/checkNameAvailability"
        )
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
        self.subject.fault("deletedVault", name="kv-two", location="eastus", purgeProtection=True)
        self.refused("MethodNotAllowed", "keyvault", "purge", "-n", "kv-two", "-l", "eastus")

    def test_other_names(self) -> None:
        """Names of storage accounts and SQL servers are unique in the world; validation sees the first."""
        account, server = "Microsoft.Storage/storageAccounts", "Microsoft.Sql/servers"
        self.subject.fault("name", type=account, name="sttaken")
        self.subject.fault("name", type=server, name="sql-taken")
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
        check = f"/subscriptions/{self.subject.address['subscription']}/providers/Microsoft.Sql/checkNameAvailability"
        self.assertFalse(
            self.good(*self.rest("post", check, "2025-01-01", {"name": "sql-taken", "type": server})).json["available"]
        )

    def test_templates(self) -> None:
        """A function that is not known is named, a missing parameter is too, and a cycle is found."""
        identity = resource(IDENTITY, IDENTITY_VERSION, "[toUpper('id')]", location="eastus")
        self.assertIn("toUpper", self.refused("InvalidTemplate", *self.deploy(self.template({"id": identity}))).stderr)
        good = {**identity, "name": "id"}
        cycle = {"a": {**good, "dependsOn": ["b"]}, "b": {**good, "name": "other", "dependsOn": ["a"]}}
        self.assertIn("Circular", self.refused("InvalidTemplate", *self.deploy(self.template(cycle))).stderr)
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
            f"{self.subject.group}/moveResources?api-version=2025-04-01",
        )
        last = self.subject.control("GET", "log")[-1]
        self.assertEqual(
            (last["path"], last["status"], last["code"]),
            (f"{self.subject.group}/moveResources", 501, "StandInDoesNotKnow"),
        )
