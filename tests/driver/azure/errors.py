"""Refusals in the shape that Azure Resource Manager gives them."""

from __future__ import annotations

from typing import Any


class ArmError(Exception):
    """A refusal: HTTP status, Azure's code and Azure's message."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str | None = None,
        details: list[dict[str, Any]] | None = None,
        preflight: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details or []
        # Whether validation sees it before anything is deployed.
        self.preflight = preflight

    def error(self) -> dict[str, Any]:
        """The object under `error` in an answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.details:
            error["details"] = self.details
        return error


class NotModelled(ArmError):
    """What Azure may well accept, but nobody taught this stand-in: said aloud instead of accepted."""

    def __init__(self, what: str) -> None:
        super().__init__(501, "StandInDoesNotKnow", f"The stand-in for Azure does not know {what}.", preflight=True)
