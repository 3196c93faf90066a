"""Namespaces and what belongs to something: the namespace controller, the garbage collector, service accounts."""

import contextlib

from api import Api, ApiError, Moment, Object, is_leaving
from pods import owner_of


def run_namespaces(moment: Moment) -> None:
    """Every namespace has its service account, or is emptied."""
    for namespace in moment.all("Namespace"):
        name = namespace["metadata"]["name"]
        if is_leaving(namespace):
            end_namespace(moment.api, namespace)
        elif moment.find("ServiceAccount", name, "default") is None:
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}}
            with contextlib.suppress(ApiError):
                moment.api.create("ServiceAccount", account)


def end_namespace(api: Api, namespace: Object) -> None:
    """Deletes what is in it, and lets it go once nothing is. A finalizer that nobody removes keeps it."""
    name = namespace["metadata"]["name"]
    left = 0
    for path in namespaced_paths(api):
        things = api.call("GET", path.format(name))["items"]
        left += len(things)
        if things:
            # Unasked, the server would let a Job go only once somebody has orphaned its pods.
            api.call(
                "DELETE",
                path.format(name),
                {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"},
            )
    if left == 0:
        namespace["spec"]["finalizers"] = []
        with contextlib.suppress(ApiError):
            api.call("PUT", f"/api/v1/namespaces/{name}/finalize", namespace)


def namespaced_paths(api: Api) -> list[str]:
    """Where the objects of a namespace are, of every kind that the server knows now."""
    groups = ["/api/v1"]
    groups += [f"/apis/{group['preferredVersion']['groupVersion']}" for group in api.call("GET", "/apis")["groups"]]
    return [
        f"{group}/namespaces/{{}}/{resource['name']}"
        for group in groups
        for resource in api.call("GET", group)["resources"]
        if resource["namespaced"] and {"list", "deletecollection"} <= set(resource["verbs"])
    ]


def collect_garbage(moment: Moment) -> None:
    """Ends pods whose Deployment or Job has gone."""
    owners = {thing["metadata"]["uid"] for kind in ("Deployment", "Job") for thing in moment.all(kind)}
    for pod in moment.all("Pod"):
        owner = owner_of(pod).get("uid")
        if owner and owner not in owners and not is_leaving(pod):
            moment.api.delete("Pod", pod)
