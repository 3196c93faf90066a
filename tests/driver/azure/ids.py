"""Resource ids: taken apart, put together, compared without regard to case."""

from __future__ import annotations

import re
from dataclasses import dataclass

GROUP = re.compile(r"^/subscriptions/(?P<subscription>[^/]+)(?:/resourcegroups/(?P<group>[^/]+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Id:
    """`<scope>/providers/<namespace>/<type>/<name>...`; the last name is missing where a list is meant."""

    scope: str
    type: str
    names: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Id:
        """Takes an id, or the path of a list, apart at its last provider."""
        scope, separator, rest = text.rstrip("/").rpartition("/providers/")
        if not separator:
            index = text.lower().rfind("/providers/")
            scope, rest = text[:index], text[index + len("/providers/") :]
        namespace, *segments = rest.split("/")
        return Id(scope, "/".join([namespace, *segments[0::2]]), tuple(segments[1::2]))

    def __str__(self) -> str:
        """Puts it together again."""
        namespace, *types = self.type.split("/")
        segments = [part for pair in zip(types, self.names, strict=False) for part in pair]
        segments += types[len(self.names) :]
        return "/".join([self.scope + "/providers", namespace, *segments])

    @property
    def key(self) -> str:
        """What two spellings of one id have in common."""
        return str(self).lower()

    @property
    def kind(self) -> str:
        """The type in lower case."""
        return self.type.lower()

    @property
    def namespace(self) -> str:
        """The resource provider."""
        return self.type.split("/", 1)[0]

    @property
    def name(self) -> str:
        """The last name."""
        return self.names[-1]

    @property
    def full_name(self) -> str:
        """All names, as templates write them."""
        return "/".join(self.names)

    @property
    def is_list(self) -> bool:
        """Whether the last name is missing."""
        return len(self.names) < self.type.count("/")

    @property
    def group(self) -> str | None:
        """Name of the resource group."""
        return group_of(self.scope)

    @property
    def parent(self) -> Id | None:
        """The resource that this is a child of."""
        if len(self.names) < 2:
            return None
        return Id(self.scope, self.type.rpartition("/")[0], self.names[:-1])

    def child(self, type_name: str, name: str) -> Id:
        """A child of this resource."""
        return Id(self.scope, f"{self.type}/{type_name}", (*self.names, name))


def resource(scope: str, type_name: str, *names: str) -> Id:
    """The id of a resource from a full type and names; a name may hold several, divided by `/`."""
    return Id(scope, type_name, tuple("/".join(names).split("/")))


def group_of(scope: str) -> str | None:
    """The resource group that a scope is or lies in."""
    match = GROUP.match(scope)
    return match["group"] if match else None


def group_scope(subscription: str, group: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def is_resource(scope: str) -> bool:
    """Whether a scope is a resource, not a group or a subscription."""
    return "/providers/" in scope.lower()
