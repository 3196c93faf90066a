"""What controllers and the kubelet would do on a cluster that has none, until its standard input is closed.

Every round looks at everything anew and does what is next: nothing is remembered that the API server does not keep.
"""

import argparse
import http.client
import sys
from pathlib import Path
from threading import Event, Thread

import controller
from api import Api, ApiError, Moment
from azure import Azure
from connector import Connector
from deployments import run_deployments
from faults import Faults
from gateways import run_gateways
from jobs import run_jobs
from kubelet import make_node, run_kubelet
from load_balancers import run_load_balancers
from logs import serve_logs
from namespaces import collect_garbage, run_namespaces
from rights import Rights
from routes import run_policies, run_routes
from traffic import serve_traffic

ROUND = 0.2


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="cluster", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True, help="an administrator's, for this program itself")
    parser.add_argument("--driver-user", default="driver", help="the user that the driver is in the cluster")
    parser.add_argument(
        "--azure", required=True, help="where the stand-in of ARM takes control requests, or a file with its state"
    )
    parser.add_argument("--events", type=Path, required=True, help="JSON lines that the stand-in of ARM writes")
    parser.add_argument("--control", type=Path, required=True, help="JSON file of faults")
    parser.add_argument(
        "--curl-home", type=Path, required=True, help="folder for a .curlrc: CURL_HOME of whoever asks from outside"
    )
    parser.add_argument(
        "--add-on", action="store_true", help="the ALB Controller is AKS's add-on and is there from the beginning"
    )
    parser.add_argument(
        "--definitions", type=Path, nargs="+", default=[], help="folders of custom kinds that the add-on brings"
    )
    return parser.parse_args()


def main() -> None:
    """Makes what is there from the beginning, then goes round."""
    arguments = read_arguments()
    ended = Event()
    Thread(target=wait_for_end, args=(ended,), daemon=True).start()
    api = Api(arguments.kubeconfig)
    faults = Faults(arguments.control)
    azure = Azure(arguments.azure)
    connector = Connector(arguments.events)
    rights = Rights(arguments.driver_user)
    make_node(api, serve_logs(arguments.kubeconfig, faults))
    serve_traffic(arguments.kubeconfig, arguments.curl_home)
    if arguments.add_on:
        controller.install(api, arguments.kubeconfig, arguments.definitions, controller.ADDON_NAMESPACE)
    print("ready", flush=True)
    idle = None
    while not ended.wait(ROUND):
        azure.read()
        moment = Moment(api)
        try:
            rights.run(moment, faults)
            run_namespaces(moment)
            connector.run(moment, faults)
            collect_garbage(moment)
            run_deployments(moment, azure)
            run_jobs(moment, azure)
            run_kubelet(moment, azure, faults)
            was, idle = idle, controller.why_idle(moment, azure)
            if idle and idle != was:
                print(f"ALB Controller: {idle}", flush=True)
            if not idle:
                run_controller(moment, azure, faults)
        except ApiError as error:
            # Somebody was faster. What is wrong for good shows in every round, and in whatever the driver waits for.
            print(error, flush=True)
        except (ConnectionError, http.client.HTTPException):
            if ended.wait(1):
                return
            print("the API server does not answer", flush=True)


def wait_for_end(ended: Event) -> None:
    """Whoever has started this holds the other end of its input, until it ends in whatever way."""
    sys.stdin.read()
    ended.set()


def run_controller(moment: Moment, azure: Azure, faults: Faults) -> None:
    """The ALB Controller."""
    controller.accept_class(moment)
    run_load_balancers(moment, azure)
    run_gateways(moment, azure, faults)
    run_routes(moment, faults)
    run_policies(moment)


if __name__ == "__main__":
    main()
