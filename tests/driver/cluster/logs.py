"""The part of the kubelet's server that `kubectl logs` needs."""

import ssl
import subprocess
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from api import Api, Moment
from faults import Faults
from pods import owner_of


def serve_logs(kubeconfig: Path, faults: Faults) -> int:
    """Serves on loopback and returns the port. The API server asks over TLS and checks no certificate of a kubelet."""

    api = Api(kubeconfig)

    class Kubelet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            part, namespace, name = self.path.split("/")[1:4]
            text = log_of(api, faults, namespace, name) if part == "containerLogs" else None
            self.send_response(404 if text is None else 200)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Kubelet)
    server.socket = certificate().wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def log_of(api: Api, faults: Faults, namespace: str, name: str) -> str:
    """What a pod has written: of a Job that fails what the fault says, else nothing."""
    pod = Moment(api).find("Pod", namespace, name)
    text = faults.text_of("job-failed", owner_of(pod).get("name", "")) if pod else None
    return f"{text}\n" if text else ""


def certificate() -> ssl.SSLContext:
    """A certificate for this run alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, own = f"{folder}/key", f"{folder}/certificate"
        request = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-noenc",
            "-subj",
            "/CN=node-0",
        ]
        subprocess.run([*request, "-keyout", key, "-out", own], check=True, capture_output=True)
        context.load_cert_chain(own, key)
    return context
