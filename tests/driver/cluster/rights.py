"""The driver's right in the cluster: a role takes a while until the cluster knows of it."""

import time

from api import Object
from round import Round

BINDING = "driver-is-administrator"


class Rights:
    """Gives the driver's user its role at once, or so many seconds after the fault was planted."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.planted = 0.0
        self.since = 0.0

    def run(self, moment: Round) -> None:
        """Takes the binding away when the fault is planted, and gives it back when its time is over."""
        seconds = moment.faults.seconds("forbidden-seconds")
        if seconds != self.planted:
            self.planted, self.since = seconds, time.monotonic()
        allowed = time.monotonic() - self.since >= self.planted
        there = moment.find("ClusterRoleBinding", None, BINDING)
        if allowed and there is None:
            moment.api.create("ClusterRoleBinding", self.binding())
        elif not allowed and there is not None:
            moment.api.delete("ClusterRoleBinding", there)

    def binding(self) -> Object:
        """Everything in the cluster, as the role of an administrator gives it."""
        group = "rbac.authorization.k8s.io"
        return {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": BINDING},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"apiGroup": group, "kind": "User", "name": self.user}],
        }
