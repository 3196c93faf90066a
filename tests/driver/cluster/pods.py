"""Pods as their controllers make them."""

import copy
import hashlib
import json

import webhook
from api import Moment, Object, is_leaving, is_true
from round import Round

NODE = "node-0"
HASH = "pod-template-hash"


def make_pod(moment: Round, owner: Object, kind: str, version: str, labels: dict[str, str]) -> None:
    """Makes a pod of its owner's template, on the one node."""
    template = copy.deepcopy(owner["spec"]["template"])
    meta = owner["metadata"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": template.get("metadata", {}).get("labels", {}) | labels,
            "annotations": template.get("metadata", {}).get("annotations", {}),
            "ownerReferences": [
                {
                    "apiVersion": version,
                    "kind": kind,
                    "name": meta["name"],
                    "uid": meta["uid"],
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": template["spec"] | {"nodeName": NODE},
    }
    webhook.add_identity(moment, pod)
    moment.api.create("Pod", pod)


def pods_of(moment: Moment, owner: Object) -> list[Object]:
    """The pods that an object has made and nobody has asked to end."""
    return [
        pod for pod in moment.all("Pod") if owner_of(pod).get("uid") == owner["metadata"]["uid"] and not is_leaving(pod)
    ]


def owner_of(pod: Object) -> Object:
    """Who has made a pod; nothing where a person has."""
    return next(iter(pod["metadata"].get("ownerReferences", [])), {})


def is_ready(pod: Object) -> bool:
    """Whether a pod may be sent requests."""
    return is_true(pod.get("status", {}), "Ready")


def hash_of(template: Object) -> str:
    """Tells one template from another."""
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
