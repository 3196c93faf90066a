"""The kubelet of the one node: pods start, Jobs' pods end, ephemeral containers answer, ended pods go."""

from api import Api, Moment, Object, conditions, is_leaving, now
from pods import NODE, owner_of
from probe import Probe
from round import Round

ENDED = ("Succeeded", "Failed")


def make_node(api: Api, port: int) -> None:
    """The node, whose logs are asked for at that port."""
    api.apply("Node", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}})
    for node in Moment(api).all("Node"):
        # No host name among the addresses: the API server would prefer it, and nothing here resolves it.
        node["status"]["addresses"] = [{"type": "InternalIP", "address": "127.0.0.1"}]
        node["status"]["daemonEndpoints"] = {"kubeletEndpoint": {"Port": port}}
        told = [("Ready", True, "KubeletReady", "kubelet is posting ready status")]
        node["status"]["conditions"] = conditions(None, told, lastHeartbeatTime=now())
        api.replace("Node", node, "/status")


def run_kubelet(moment: Round) -> None:
    """One look at every pod of the node."""
    for pod in moment.all("Pod"):
        if pod["spec"].get("nodeName") != NODE:
            continue
        if is_leaving(pod):
            moment.api.delete("Pod", pod, grace=0)
        elif pod.get("status", {}).get("phase") not in ENDED:
            moment.set_status("Pod", pod, status_of(moment, pod))


def status_of(moment: Round, pod: Object) -> Object:
    """What becomes of a pod from one round to the next: it waits, it runs, and a Job's pod ends."""
    status: Object = pod.get("status", {}) | {"hostIP": "127.0.0.1", "startTime": pod["metadata"]["creationTimestamp"]}
    owner = owner_of(pod)
    name = owner.get("name", "")
    running = is_running(status)
    # A container that runs is not touched by what happens to its Secrets.
    waiting = None if running else why_waiting(moment, pod)
    ready = False
    if waiting:
        phase, state = "Pending", {"waiting": waiting}
    elif running and owner.get("kind") == "Job":
        code = int(moment.faults.text_of("job-failed", name) is not None)
        phase, state = ENDED[code], {"terminated": end_of(code)}
    else:
        phase, state = "Running", {"running": {"startedAt": now()}}
        ready = not moment.faults.has("pods-not-ready", name)
    status["phase"] = phase
    status["containerStatuses"] = [container_status(each, state, ready, status) for each in pod["spec"]["containers"]]
    told = [
        ("PodScheduled", True, "", ""),
        ("Initialized", True, "", ""),
        ("ContainersReady", ready, "" if ready else "ContainersNotReady", ""),
        ("Ready", ready, "" if ready else "ContainersNotReady", ""),
    ]
    status["conditions"] = conditions(status.get("conditions"), told)
    if phase == "Running":
        run_probes(moment, pod, status)
    return status


def is_running(status: Object) -> bool:
    """Whether the pod's containers have started."""
    return any("running" in each["state"] for each in status.get("containerStatuses", []))


def why_waiting(moment: Round, pod: Object) -> Object | None:
    """Why the containers cannot start, as `state.waiting` says it."""
    for container in pod["spec"]["containers"]:
        if waiting := why_not_pulled(moment, container):
            return waiting
    namespace = pod["metadata"]["namespace"]
    for kind, name in volume_sources(pod):
        if moment.find(kind, namespace, name) is None:
            return {"reason": "ContainerCreating"}
    for kind, name in environment_sources(pod):
        if moment.find(kind, namespace, name) is None:
            return {"reason": "CreateContainerConfigError", "message": f'{kind.lower()} "{name}" not found'}
    return None


def why_not_pulled(moment: Round, container: Object) -> Object | None:
    """Nothing is pulled here but by a fault that says it is not."""
    if not moment.faults.has("image-not-pulled", container["image"]):
        return None
    return {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{container["image"]}"'}


def environment_sources(pod: Object) -> list[tuple[str, str]]:
    """The Secrets and ConfigMaps that `envFrom` needs."""
    found = []
    for container in pod["spec"]["containers"]:
        for each in container.get("envFrom", []):
            for key, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
                if key in each and not each[key].get("optional"):
                    found.append((kind, each[key]["name"]))
    return found


def volume_sources(pod: Object) -> list[tuple[str, str]]:
    """The Secrets and ConfigMaps that are mounted."""
    found = []
    for volume in pod["spec"].get("volumes", []):
        if "secret" in volume and not volume["secret"].get("optional"):
            found.append(("Secret", volume["secret"]["secretName"]))
        if "configMap" in volume and not volume["configMap"].get("optional"):
            found.append(("ConfigMap", volume["configMap"]["name"]))
    return found


def container_status(container: Object, state: Object, ready: bool, status: Object) -> Object:
    """A container's part of the status; one that runs keeps its start."""
    for before in status.get("containerStatuses", []):
        if before["name"] == container["name"] and before["state"].keys() == state.keys():
            state = before["state"] if "running" in state else state
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": ready,
        "started": "running" in state,
        "restartCount": 0,
        "state": state,
    }


def run_probes(moment: Round, pod: Object, status: Object) -> None:
    """Runs the ephemeral containers that have not run yet."""
    told = {each["name"]: each for each in status.get("ephemeralContainerStatuses", [])}
    for container in pod["spec"].get("ephemeralContainers", []):
        if "terminated" in told.get(container["name"], {}).get("state", {}):
            continue
        state = {"waiting": why_not_pulled(moment, container)}
        if not state["waiting"]:
            code, message = Probe(moment, pod, container).run()
            state = {"terminated": end_of(code) | {"message": message}}
        told[container["name"]] = container_status(container, state, False, {})
    if told:
        status["ephemeralContainerStatuses"] = list(told.values())


def end_of(code: int) -> Object:
    """How a container has ended."""
    reason = "Error" if code else "Completed"
    return {"exitCode": code, "reason": reason, "startedAt": now(), "finishedAt": now()}
