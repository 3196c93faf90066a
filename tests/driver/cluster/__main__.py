"""What controllers and the kubelet would do on a cluster that has none, until its standard input is closed.

Every round looks at everything anew and does what is next: nothing is remembered that the API server does not keep.
"""

import argparse
import http.client
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import controller
from alb import run_alb_controller
from api import Api, ApiError
from azure import Azure
from connector import Connector
from deployments import run_deployments
from faults import Faults
from jobs import run_jobs
from kubelet import make_node, run_kubelet
from logs import serve_logs
from namespaces import collect_garbage, run_namespaces
from rights import Rights
from round import Round
from traffic import serve_traffic

# Seconds from one round to the next: where nothing happens, the machine has other things to do.
BUSY, AT_REST = 0.1, 0.4
CONTROLLERS = [
    run_namespaces,
    collect_garbage,
    run_deployments,
    run_jobs,
    run_kubelet,
    run_alb_controller,
]


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="cluster", description=__doc__)
    option = parser.add_argument
    option("--kubeconfig", type=Path, required=True, help="an administrator's, for this program itself")
    option("--driver-user", default="driver", help="the user that the driver is in the cluster")
    option("--azure", required=True, help="where the stand-in of ARM takes control requests, or a file with its state")
    option("--events", type=Path, required=True, help="JSON lines that the stand-in of ARM writes")
    option("--control", type=Path, required=True, help="JSON file of faults")
    option("--curl-home", type=Path, required=True, help="folder for a .curlrc that leads requests to the frontend")
    option("--add-on", action="store_true", help="the ALB Controller is AKS's add-on: there from the beginning")
    option("--definitions", type=Path, nargs="+", default=[], help="folders of custom kinds that the add-on brings")
    return parser.parse_args()


def main() -> None:
    """Makes what is there from the beginning, then goes round."""
    arguments = read_arguments()
    ended = Event()
    Thread(target=wait_for_end, args=(ended,), daemon=True).start()
    api, azure, faults = Api(arguments.kubeconfig), Azure(arguments.azure), Faults(arguments.control)
    rights, connector = Rights(arguments.driver_user), Connector(arguments.events)
    make_node(api, serve_logs(arguments.kubeconfig, faults))
    serve_traffic(arguments.kubeconfig, arguments.curl_home)
    if arguments.add_on:
        controller.install(api, arguments.kubeconfig, arguments.definitions, controller.ADDON_NAMESPACE)
    print("ready", flush=True)
    pause = BUSY
    while not ended.wait(pause):
        changes = api.changes
        try:
            azure.read()
            go_round(Round(api, azure, faults), rights.run, connector.run, *CONTROLLERS)
        except (OSError, http.client.HTTPException) as error:
            print(f"somebody does not answer: {error}", flush=True)
        pause = AT_REST if api.changes == changes else BUSY


def go_round(moment: Round, *steps: Callable[[Round], None]) -> None:
    """Takes every step; that one is refused, as where somebody was faster, is no reason for another to wait."""
    for step in steps:
        try:
            step(moment)
        except ApiError as error:
            print(f"{step.__qualname__}: {error}", flush=True)


def wait_for_end(ended: Event) -> None:
    """Whoever has started this holds the other end of its input, until it ends in whatever way."""
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
