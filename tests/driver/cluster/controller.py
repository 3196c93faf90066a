"""The ALB Controller as it is installed: by the stand-in of helm, or as an add-on by this program."""

import subprocess
from pathlib import Path

from api import Api, Moment, Object, set_conditions
from round import Round
from webhook import CLIENT_ID, client_id_of

CLASS = "azure-alb-external"
CONTROLLER = "alb.networking.azure.io/alb-controller"
ACCOUNT = "alb-controller-sa"
ADDON_NAMESPACE = "kube-system"


def install(api: Api, kubeconfig: Path, definitions: list[Path], namespace: str, client_id: str = "") -> None:
    """What is left of an installation without the program itself: its kinds, its class, its service account."""
    kubectl: list[str | Path] = ["kubectl", "--kubeconfig", kubeconfig]
    for folder in definitions:
        apply: list[str | Path] = ["apply", "--server-side", "--filename", folder]
        subprocess.run([*kubectl, *apply], check=True, stdout=subprocess.DEVNULL)
    established = ["wait", "--for=condition=Established", "customresourcedefinition", "--all"]
    subprocess.run([*kubectl, *established], check=True, stdout=subprocess.DEVNULL)
    api.apply("Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    api.apply("ServiceAccount", account_of(namespace, client_id))
    gateway_class = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": CLASS},
        "spec": {"controllerName": CONTROLLER},
    }
    if Moment(api).find("GatewayClass", None, CLASS) is None:
        api.create("GatewayClass", gateway_class)


def uninstall(api: Api, namespace: str) -> None:
    """The custom kinds and the namespace stay."""
    api.delete("GatewayClass", {"metadata": {"name": CLASS}})
    api.delete("ServiceAccount", account_of(namespace, ""))


def account_of(namespace: str, client_id: str) -> Object:
    """The service account under which the controller acts."""
    annotations = {CLIENT_ID: client_id} if client_id else {}
    meta = {"name": ACCOUNT, "namespace": namespace, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}


def is_at_work(moment: Round) -> bool:
    """Whether it is installed and gets a token: without one it can configure nothing in Azure."""
    for account in moment.all("ServiceAccount"):
        if account["metadata"]["name"] != ACCOUNT:
            continue
        namespace = account["metadata"]["namespace"]
        # AKS wires its add-on itself.
        if namespace == ADDON_NAMESPACE:
            return True
        refusal = moment.azure.refusal(client_id_of(account), namespace, ACCOUNT)
        if refusal:
            print(f"ALB Controller: {refusal}", flush=True)
        return refusal is None
    return False


def accept_class(moment: Moment) -> None:
    """Accepts its own class."""
    for each in moment.all("GatewayClass"):
        if each["spec"]["controllerName"] == CONTROLLER:
            set_conditions(moment, "GatewayClass", each, [("Accepted", True, "Accepted", "Valid GatewayClass")])
