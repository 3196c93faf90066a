"""What goes wrong on purpose: set by control requests, asked by everything else."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import Any

from errors import ArmError


@dataclass
class Failure:
    """Some request or resource that fails."""

    status: int
    code: str
    message: str
    left: int
    # Of a request: the change is made, only its answer is the failure.
    after: bool = False
    # Of a request: only those whose path ends so are counted.
    path: str = ""

    @staticmethod
    def of(fault: dict[str, Any], left: int) -> Failure:
        """A failure from a control request."""
        code = fault.get("code", "InternalServerError")
        message = fault.get("message", "A fault that was asked for.")
        after, path = fault.get("after", False), fault.get("path", "").lower()
        return Failure(fault.get("status", 500), code, message, left, after, path)

    def refusal(self) -> ArmError:
        """What is answered."""
        return ArmError(self.status, self.code, self.message)


@dataclass
class Faults:
    """All faults that are set."""

    request: Failure | None = None
    resources: dict[str, Failure] = field(default_factory=dict)
    denied: list[tuple[str, str]] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)
    busy_clusters: dict[str, int] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    restricted_sizes: set[str] = field(default_factory=set)

    def set(self, fault: dict[str, Any]) -> None:
        """Takes one control request in. Registrations and deleted vaults are state: the control sets them in the world."""
        match fault["fault"]:
            case "request":
                self.request = Failure.of(fault, fault["k"])
            case "resource":
                self.resources[fault["resource"].lower()] = Failure.of(fault, fault.get("times", 1))
            case "right":
                self.denied.append((fault["right"].lower(), fault["scope"].lower().rstrip("/")))
            case "name":
                self.names.add((fault["type"].lower(), fault["name"].lower()))
            case "cluster":
                self.busy_clusters[fault["cluster"].lower()] = fault["polls"]
            case "quota":
                self.quota[fault["family"].lower()] = fault["limit"]
            case "size":
                self.restricted_sizes.add(fault["size"].lower())
            case other:
                raise ArmError(400, "UnknownFault", f"There is no fault '{other}'.")

    def fail_request(self, path: str, *, after: bool) -> None:
        """Counts a changing request and refuses the k-th."""
        failure = self.request
        if not failure or failure.after != after or not path.lower().endswith(failure.path):
            return
        failure.left -= 1
        if failure.left == 0:
            self.request = None
            raise failure.refusal()

    def fail_resource(self, key: str) -> None:
        """Refuses a write of a resource that is to fail."""
        for end, failure in self.resources.items():
            if key.endswith(end) and failure.left > 0:
                failure.left -= 1
                raise failure.refusal()

    def lacks(self, action: str, scope: str) -> bool:
        """Whether the caller may not do something."""
        below = scope.lower() + "/"
        return any(fnmatch.fnmatch(action.lower(), right) and below.startswith(at + "/") for right, at in self.denied)

    def missing_rights(self, scope: str) -> list[str]:
        """The rights that the caller lacks at a scope."""
        below = scope.lower() + "/"
        return sorted(right for right, at in self.denied if below.startswith(at + "/"))

    def cluster_is_busy(self, key: str) -> bool:
        """Whether a cluster is stuck; asking is what makes time pass for it."""
        for end in self.busy_clusters:
            if key.endswith(end) and self.busy_clusters[end] > 0:
                self.busy_clusters[end] -= 1
                return True
        return False
