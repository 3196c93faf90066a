"""What azure-cli needs to talk to the stand-in: a configuration of its own, and variables."""

from __future__ import annotations

import configparser
import json
from pathlib import Path

CLOUD = "StandIn"


def prepare(server: Path, config: Path) -> dict[str, str]:
    """Writes a configuration in which somebody is signed in, and gives the variables to set."""
    address = json.loads((server / "address.json").read_text(encoding="utf-8"))
    config.mkdir(parents=True, exist_ok=True)
    write_cloud(address["resourceManager"], address["subscription"], config)
    write_profile(address, config)
    return {
        "AZURE_CONFIG_DIR": str(config.resolve()),
        "REQUESTS_CA_BUNDLE": str(Path(address["certificate"]).resolve()),
        "IDENTITY_ENDPOINT": f"{address['control']}/msi/token",
        "IDENTITY_HEADER": "stand-in",
        "AZURE_BICEP_USE_BINARY_FROM_PATH": "true",
        "AZURE_BICEP_CHECK_VERSION": "false",
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "AZURE_CORE_NO_COLOR": "yes",
        "AZURE_CORE_SURVEY_MESSAGE": "no",
        "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        "NO_PROXY": "127.0.0.1",
    }


def write_cloud(endpoint: str, subscription: str, config: Path) -> None:
    """A cloud whose every endpoint is the stand-in."""
    clouds = configparser.ConfigParser()
    clouds[CLOUD] = {
        "endpoint_resource_manager": endpoint,
        "endpoint_management": endpoint,
        "endpoint_active_directory": endpoint,
        "endpoint_active_directory_resource_id": "https://management.core.windows.net/",
        "endpoint_active_directory_graph_resource_id": endpoint,
        "endpoint_microsoft_graph_resource_id": endpoint + "/",
        "suffix_keyvault_dns": ".vault.azure.net",
        "suffix_storage_endpoint": "core.windows.net",
        "suffix_sql_server_hostname": ".database.windows.net",
        "subscription": subscription,
    }
    settings = configparser.ConfigParser()
    settings["cloud"] = {"name": CLOUD}
    for name, content in (("clouds.config", clouds), ("config", settings)):
        with (config / name).open("w", encoding="utf-8") as file:
            content.write(file)


def write_profile(address: dict[str, str], config: Path) -> None:
    """A profile in which a managed identity is signed in."""
    subscription = {
        "id": address["subscription"],
        "name": "Stand-in",
        "state": "Enabled",
        "tenantId": address["tenant"],
        "environmentName": CLOUD,
        "isDefault": True,
        "user": {"name": "systemAssignedIdentity", "type": "servicePrincipal", "assignedIdentityInfo": "MSI"},
    }
    profile = {"installationId": "00000000-0000-0000-0000-000000000001", "subscriptions": [subscription]}
    (config / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8")
