"""The Deployment controller; it makes pods itself, without ReplicaSets."""

from api import ApiError, Object, conditions, is_leaving
from pods import HASH, hash_of, is_ready, make_pod, pods_of
from round import Round


def run_deployments(moment: Round) -> None:
    """One look at every Deployment."""
    for deployment in moment.all("Deployment"):
        if not is_leaving(deployment):
            run_deployment(moment, deployment)


def run_deployment(moment: Round, deployment: Object) -> None:
    """Old pods go once every new one is ready, as with `maxUnavailable: 0`."""
    wanted = deployment["spec"]["replicas"]
    key = hash_of(deployment["spec"]["template"])
    pods = pods_of(moment, deployment)
    new = [pod for pod in pods if pod["metadata"]["labels"].get(HASH) == key]
    old = [pod for pod in pods if pod not in new]
    refusal = ""
    try:
        for _ in range(wanted - len(new)):
            make_pod(moment, deployment, "Deployment", "apps/v1", {HASH: key})
    except ApiError as error:
        refusal = str(error)
    surplus = new[wanted:]
    if sum(is_ready(pod) for pod in new) >= wanted:
        surplus += old
    for pod in surplus:
        moment.api.delete("Pod", pod)
    moment.set_status("Deployment", deployment, status_of(deployment, old, new[:wanted], refusal))


def status_of(deployment: Object, old: list[Object], new: list[Object], refusal: str) -> Object:
    """What `kubectl rollout status` reads."""
    wanted = deployment["spec"]["replicas"]
    available = sum(is_ready(pod) for pod in old + new)
    complete = not old and sum(is_ready(pod) for pod in new) == wanted
    enough = "MinimumReplicasAvailable" if available >= wanted else "MinimumReplicasUnavailable"
    progress = "NewReplicaSetAvailable" if complete else "ReplicaSetUpdated"
    told = [
        ("Available", available >= wanted, enough, f"{available} of {wanted} pods are available."),
        ("Progressing", True, progress, "Pods are made and ended."),
    ]
    if refusal:
        told.append(("ReplicaFailure", True, "FailedCreate", refusal))
    status = {
        "observedGeneration": deployment["metadata"]["generation"],
        "replicas": len(old) + len(new),
        "updatedReplicas": len(new),
        "readyReplicas": available,
        "availableReplicas": available,
        "unavailableReplicas": max(0, wanted - available),
        "conditions": conditions(deployment.get("status", {}).get("conditions"), told),
    }
    # The server leaves out a number that is 0.
    return {key: value for key, value in status.items() if value != 0}
