"""What shall go wrong: a JSON file that a test writes, and may change at any time."""

import json
from pathlib import Path
from typing import Any

FAULTS = {
    "gateway-not-programmed": "names of Gateways",
    "route-not-resolved": "names of routes",
    "pods-not-ready": "names of Deployments",
    "image-not-pulled": "images",
    "job-failed": "name of a Job: what its pod logs",
    "key-missing": "name of a connection: a key that its Secret lacks",
    "token-refused": "names of service accounts",
    "forbidden-seconds": "how long the driver has no rights",
}


class Faults:
    """The faults of this moment. No file means none.

    The file is read for every question: whoever plants a fault and then makes an object must meet that fault.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def planted(self) -> dict[str, Any]:
        """All faults. One that nobody plants would prove nothing, so a wrong name ends the program."""
        try:
            planted: dict[str, Any] = json.loads(self.file.read_text())
        except FileNotFoundError:
            return {}
        unknown = planted.keys() - FAULTS.keys()
        if unknown:
            raise SystemExit(f"cluster: no such fault: {', '.join(sorted(unknown))}")
        return planted

    def has(self, fault: str, name: str) -> bool:
        """Whether a thing has a fault."""
        return name in self.planted().get(fault, ())

    def text_of(self, fault: str, name: str) -> str | None:
        """What a fault says of a thing."""
        said: dict[str, str] = self.planted().get(fault, {})
        return said.get(name)

    def seconds(self, fault: str) -> float:
        """How long a fault lasts."""
        return float(self.planted().get(fault, 0))
