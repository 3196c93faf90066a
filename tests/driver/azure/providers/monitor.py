"""Microsoft.Insights and Microsoft.OperationalInsights."""

from __future__ import annotations

from typing import Any

from errors import ArmError
from ids import Id
from providers.kind import Child, Kind, Write
from world import Resource, World, stable_guid


class Workspace(Kind):
    """A Log Analytics workspace."""

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Its own id."""
        resource.properties["customerId"] = stable_guid("workspace", resource.id.key)


class DataCollectionRule(Kind):
    """What is collected, and where it goes."""

    at_once = True

    def check(self, world: World, write: Write) -> None:
        """The workspaces exist."""
        for sink in (write.properties.get("destinations") or {}).get("logAnalytics", []):
            world.get(Id.parse(sink["workspaceResourceId"]))

    def complete(self, world: World, write: Write, resource: Resource) -> None:
        """Its own id."""
        resource.properties["immutableId"] = "dcr-" + stable_guid("rule", resource.id.key).replace("-", "")


class DataCollectionRuleAssociation(Child):
    """A rule, for a resource."""

    extension = True
    at_once = True

    def check(self, world: World, write: Write) -> None:
        """The rule exists."""
        world.get(Id.parse(write.properties.get("dataCollectionRuleId", "")))


class DiagnosticSettings(Child):
    """Which logs of a resource are kept."""

    made = 200

    extension = True
    at_once = True

    def check(self, world: World, write: Write) -> None:
        """The workspace exists, and takes each kind of logs of a resource once."""
        sink = write.properties.get("workspaceId", "")
        world.get(Id.parse(sink))
        mine = self.categories(write.properties)
        for other in world.of_type(self.type, write.id.scope):
            elsewhere = other.id.key == write.id.key or other.id.scope.lower() != write.id.scope.lower()
            if elsewhere or other.properties["workspaceId"].lower() != sink.lower():
                continue
            if twice := sorted(mine & self.categories(other.properties)):
                message = f"Data sink '{sink}' is already used in diagnostic setting '{other.id.name}' for category '{twice[0]}'. Data sinks can't be reused in different settings on the same category for the same resource."
                raise ArmError(409, "Conflict", message)

    @staticmethod
    def categories(properties: dict[str, Any]) -> set[str]:
        """Kinds of logs and metrics that are kept."""
        both = [*properties.get("logs", []), *properties.get("metrics", [])]
        return {str(each.get("category") or each.get("categoryGroup")) for each in both if each.get("enabled")}


KINDS: list[Kind] = [
    Workspace("Microsoft.OperationalInsights/workspaces"),
    DataCollectionRule("Microsoft.Insights/dataCollectionRules"),
    DataCollectionRuleAssociation("Microsoft.Insights/dataCollectionRuleAssociations"),
    DiagnosticSettings("Microsoft.Insights/diagnosticSettings"),
]
