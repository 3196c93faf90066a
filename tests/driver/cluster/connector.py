"""Service Connector inside the cluster: a connection becomes a Secret, and stays one when the connection goes.

Whether the service makes its service account too under `--opt-out auth` is not established. This one does, where the
event tells the client id: what is left over is the harder case for whoever cleans up.
"""

import base64
import json
from pathlib import Path

from api import Object
from round import Round

VALUE = "a value of no worth"


class Connector:
    """Reads the events of the stand-in of ARM, each once."""

    def __init__(self, events: Path) -> None:
        self.events = events
        self.done = 0
        self.waiting: list[Object] = []

    def run(self, moment: Round) -> None:
        """Takes the new events in; one whose namespace is not there yet waits for it."""
        lines = self.events.read_text().splitlines(keepends=True) if self.events.exists() else []
        complete = [line for line in lines if line.endswith("\n")]
        self.waiting += [json.loads(line) for line in complete[self.done :]]
        self.done = len(complete)
        left = []
        for event in self.waiting:
            if event["event"] != "linker":
                continue
            if moment.find("Namespace", None, event["namespace"]) is None:
                left.append(event)
            else:
                make_objects(moment, event)
        self.waiting = left


def make_objects(moment: Round, event: Object) -> None:
    """The Secret, and the service account of the identity."""
    namespace, client_id = event["namespace"], client_id_of(event)
    missing = moment.faults.text_of("key-missing", event["name"])
    values = {key: client_id if is_client_id(key) else VALUE for key in event["keys"] if key != missing}
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": event["secret"], "namespace": namespace}}
    moment.api.apply("Secret", secret | {"type": "Opaque", "data": data})
    if client_id:
        annotations = {"azure.workload.identity/client-id": client_id}
        meta = {"name": f"sc-account-{client_id}", "namespace": namespace, "annotations": annotations}
        moment.api.apply("ServiceAccount", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})


def client_id_of(event: Object) -> str:
    """The identity of a connection: told by itself, or among the values."""
    told = [value for key, value in event.get("values", {}).items() if is_client_id(key)]
    return str(event.get("client_id") or next(iter(told), ""))


def is_client_id(key: str) -> bool:
    """Whether a key holds a client id, which is no secret."""
    return key.endswith("CLIENTID")
