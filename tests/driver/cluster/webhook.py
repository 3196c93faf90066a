"""What the workload identity webhook adds to pods (azure-workload-identity v1, 2026-11)."""

from api import Object
from azure import AUDIENCE
from round import Round

CLIENT_ID = "azure.workload.identity/client-id"
USE = "azure.workload.identity/use"
AUTHORITY = "https://login.microsoftonline.com/"
VOLUME = "azure-identity-token"
FOLDER = "/var/run/secrets/azure/tokens"


def add_identity(moment: Round, pod: Object) -> None:
    """Adds variables and the token's volume to a pod that asks for them, as its service account says."""
    if pod["metadata"].get("labels", {}).get(USE) != "true":
        return
    spec = pod["spec"]
    account = moment.find("ServiceAccount", pod["metadata"]["namespace"], spec.get("serviceAccountName", "default"))
    client_id = client_id_of(account)
    if not client_id:
        return
    variables = {
        "AZURE_CLIENT_ID": client_id,
        "AZURE_TENANT_ID": moment.azure.tenant(),
        "AZURE_FEDERATED_TOKEN_FILE": f"{FOLDER}/{VOLUME}",
        "AZURE_AUTHORITY_HOST": AUTHORITY,
    }
    for container in spec.get("initContainers", []) + spec["containers"]:
        there = {each["name"] for each in container.get("env", [])}
        container.setdefault("env", []).extend(
            {"name": name, "value": value} for name, value in variables.items() if name not in there
        )
        container.setdefault("volumeMounts", []).append({"name": VOLUME, "mountPath": FOLDER, "readOnly": True})
    token = {"path": VOLUME, "audience": AUDIENCE, "expirationSeconds": 3600}
    spec.setdefault("volumes", []).append(
        {"name": VOLUME, "projected": {"sources": [{"serviceAccountToken": token}], "defaultMode": 420}}
    )


def client_id_of(account: Object | None) -> str:
    """The identity that a service account acts as."""
    return str((account or {}).get("metadata", {}).get("annotations", {}).get(CLIENT_ID, ""))
