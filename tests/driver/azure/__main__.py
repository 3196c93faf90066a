"""`python3 tests/driver/azure serve ...` and `... prepare ...`."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from client import prepare
from providers import NAMESPACES
from server import serve
from world import Settings


def parser() -> argparse.ArgumentParser:
    """The two commands."""
    top = argparse.ArgumentParser(
        prog="azure", description="A stand-in for Azure Resource Manager and Microsoft Entra."
    )
    commands = top.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="listen in the foreground, and end with the parent")
    server.add_argument("--directory", type=Path, required=True, help="where certificate and address.json go")
    server.add_argument("--kubeconfig", type=Path, help="what a cluster answers when it is asked for credentials")
    server.add_argument(
        "--events", type=Path, help="file to append what the cluster's side wants to know, a JSON line each"
    )
    server.add_argument("--subscription", default="11111111-1111-4111-8111-111111111111")
    server.add_argument("--tenant", default="22222222-2222-4222-8222-222222222222")
    server.add_argument("--caller", default="33333333-3333-4333-8333-333333333333", help="object id of whoever calls")
    server.add_argument(
        "--principal",
        action="append",
        default=[],
        metavar="KIND:ID",
        help="somebody in the directory, such as Group:<object id>",
    )
    server.add_argument(
        "--registered",
        action="append",
        default=[],
        metavar="NAMESPACE",
        help="a provider that is registered from the start; 'all' for all",
    )
    client = commands.add_parser("prepare", help="write a configuration for azure-cli and print the exports")
    client.add_argument("--directory", type=Path, required=True, help="the directory of the server")
    client.add_argument("--config", type=Path, required=True, help="the AZURE_CONFIG_DIR to write")
    return top


def main() -> None:
    """Runs a command."""
    options = parser().parse_args()
    if options.command == "prepare":
        for name, value in prepare(options.directory, options.config).items():
            print(f"export {name}={shlex.quote(value)}")
        return
    principals = {each.partition(":")[2]: each.partition(":")[0] for each in options.principal}
    registered = NAMESPACES if "all" in options.registered else options.registered
    settings = Settings(
        options.subscription,
        options.tenant,
        options.caller,
        principals,
        tuple(registered),
        options.kubeconfig,
        options.events,
    )
    serve(settings, options.directory)


main()
