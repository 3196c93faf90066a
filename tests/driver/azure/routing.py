"""Which function answers which request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from errors import ArmError
from ids import Id
from providers import KINDS
from world import World


@dataclass
class Request:
    """A request, taken apart."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    base: str
    world: World

    @property
    def version(self) -> str:
        """The API version that is asked for."""
        return self.query.get("api-version", "")


@dataclass
class Answer:
    """A status, a body, and headers."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[..., Answer]


@dataclass
class Route:
    """A method, a pattern of paths, the action that the caller must be allowed, and whether it changes anything."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    action: str | None
    changing: bool
    versions: tuple[str, ...]


ROUTES: list[Route] = []
FRAGMENTS = {"scope": "(?P<scope>.*?)", "rest": "(?P<rest>.+)"}


def route(
    method: str, path: str, *, action: str | None = None, changing: bool | None = None, versions: tuple[str, ...] = ()
) -> Callable[[Handler], Handler]:
    """Makes a function answer a method and a path; `{name}` is one segment, `{scope}` and `{rest}` are several."""

    def place(match: re.Match[str]) -> str:
        return FRAGMENTS.get(match[1], f"(?P<{match[1]}>[^/]+)")

    pattern = re.compile(re.sub(r"\{(\w+)\}", place, path) + "/?", re.IGNORECASE)
    changes = method in ("PUT", "PATCH", "DELETE") if changing is None else changing

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, handler, action, changes, versions))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The first route that fits."""
    for candidate in ROUTES:
        if candidate.method == method and (match := candidate.pattern.fullmatch(path)):
            return candidate, match.groupdict()
    return None


def check_version(route_: Route, version: str) -> None:
    """The API version is given, is a date, and is one that this request is known in."""
    if not version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(-[a-z]+)?", version) or (route_.versions and version not in route_.versions):
        known = ",".join(route_.versions)
        raise ArmError(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{known}'.",
        )


def action_of(method: str, path: str) -> tuple[str, str] | None:
    """What a request to a resource does, in the words of roles, and where."""
    if "/providers/" not in path.lower():
        return None
    target = Id.parse(path)
    kind = KINDS.get(target.kind)
    verb = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}.get(method)
    if not kind or not verb:
        return None
    return f"{kind.type}/{verb}", target.scope if target.is_list else path
