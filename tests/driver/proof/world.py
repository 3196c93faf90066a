"""Azure, a cluster and a rendered system, all on this machine: what the driver is proved against.

The real azure-cli speaks to the stand-in of ARM, the real kubectl to a real API server, beside which the stand-in for controllers and
kubelet runs. The driver is the rendered one, and so is everything that it deploys.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent / "cluster"))

import real_az  # noqa: E402
from api_server import ApiServer  # noqa: E402

PLACEHOLDER = "00000000-0000-0000-0000-000000000000"
ADMINISTRATOR = "99999999-8888-7777-6666-555555555555"
SECRETS = {
    "AGC_SECRET_VAULT_API_RATE_LIMIT": "value-of-rate-limit",
    "AGC_SECRET_VAULT_DATABASE_CONNECTION_TIMEOUT": "value-of-timeout",
}
# Nothing here takes longer; a busy machine may.
PATIENCE = 120


class Ran(subprocess.CompletedProcess[str]):
    """What a run of the driver did."""

    # Changing requests that ARM was sent meanwhile: method and path.
    changes: list[str]


class World:
    """An empty subscription, an empty cluster, and one rendered example. Use it as a context."""

    def __init__(self, example: str = "cloud-native", gateway_api: str = "v1.5.1", *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="driver-proof-"))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {}
        self.server = ApiServer(self.folder)
        crds = Path(os.environ["AGCGEN_REFERENCE"]) / "crds"
        self.definitions = [crds / "gateway-api" / gateway_api, crds / "alb"]
        self.render(example)
        self.start_azure()
        self.start_cluster(*options)
        self.start_client()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        for process in self.processes:
            if process.stdin:
                process.stdin.close()
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what runs

    def render(self, example: str) -> None:
        """The example as somebody has rendered it, with an administrator."""
        spec = (ROOT / "examples" / example / "spec.yaml").read_text()
        (self.folder / "spec.yaml").write_text(spec.replace(PLACEHOLDER, ADMINISTRATOR))
        command = [os.environ["AGCGEN"], "render", "spec.yaml", "-o", "out"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        self.out = self.folder / "out"

    def start(self, command: list[object], log: str) -> None:
        """Starts a program that ends with this one."""
        output = (self.folder / log).open("w")
        words = [str(word) for word in command]
        environment = {**os.environ, **self.environment}
        self.processes.append(
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment)
        )

    def await_file(self, path: Path) -> None:
        """Waits until somebody has made a file."""
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if time.monotonic() > end:
                raise AssertionError(f"{path.name} does not come")
            time.sleep(0.05)

    def start_azure(self) -> None:
        """ARM and Entra."""
        self.azure = self.folder / "azure"
        program = HERE.parent / "azure"
        self.start(
            [
                *(sys.executable, program, "serve", "--directory", self.azure, "--events", self.folder / "events"),
                *("--kubeconfig", self.server.kubeconfig("driver"), "--registered", "all"),
                *("--principal", f"Group:{ADMINISTRATOR}"),
            ],
            "azure.log",
        )
        self.await_file(self.azure / "address.json")
        self.address = json.loads((self.azure / "address.json").read_text())
        prepare = [sys.executable, program, "prepare", "--directory", self.azure, "--config", self.azure / "az"]
        exports = subprocess.run([str(word) for word in prepare], check=True, capture_output=True, text=True).stdout
        shown = subprocess.run(["bash", "-c", exports + "env -0"], check=True, capture_output=True, text=True).stdout
        self.environment = dict(line.split("=", 1) for line in shown.split("\0") if line)

    def start_cluster(self, *options: str) -> None:
        """Controllers and kubelet."""
        self.plant()
        self.start(
            [
                *(sys.executable, HERE.parent / "cluster", "--kubeconfig", self.server.kubeconfig("stand-in")),
                *("--azure", self.address["control"] + "/control", "--events", self.folder / "events"),
                *("--control", self.folder / "faults.json", "--curl-home", self.folder, "--driver-user", "driver"),
                *(*options, "--definitions", *self.definitions),
            ],
            "cluster.log",
        )

    def start_client(self) -> None:
        """azure-cli, loaded once."""
        log = (self.folder / "az.log").open("wb")
        self.processes.append(real_az.load(self.folder / "az.socket", self.environment, log))

    # --- what may go wrong

    def plant(self, **faults: object) -> None:
        """Plants these faults in the cluster and no other."""
        new = self.folder / "faults.new"
        new.write_text(json.dumps({name.replace("_", "-"): value for name, value in faults.items()}))
        new.rename(self.folder / "faults.json")

    def until_the_driver_may_do_nothing(self) -> None:
        """Waits until the cluster has taken its rights away."""
        question = ["kubectl", "--kubeconfig", str(self.server.kubeconfig("driver")), "auth", "can-i", "create", "namespaces"]
        end = time.monotonic() + PATIENCE
        while subprocess.run(question, capture_output=True).returncode == 0:
            if time.monotonic() > end:
                raise AssertionError("the driver keeps its rights")
            time.sleep(0.05)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control request to the stand-in of ARM."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address["control"] + "/control/" + path, data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def fault(self, fault: str, **more: Any) -> None:
        """Sets a fault in Azure."""
        self.control("POST", "faults", {"fault": fault, **more})

    def no_faults(self) -> None:
        """Takes all of them away."""
        self.control("DELETE", "faults")
        self.plant()

    # --- the driver

    def variables(self, secrets: bool = True, **more: str) -> dict[str, str]:
        """The environment of a run."""
        cluster = HERE.parent / "cluster"
        given = {
            "PATH": f"{HERE / 'bin'}:{cluster}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "AGC_STATE": str(self.folder / "state"),
            "AGC_PAUSE": "0.2",
            # A fifth less work for kubectl.
            "GOGC": "400",
            "CURL_HOME": str(self.folder),
            "KUBECACHEDIR": str(self.folder / "cache"),
            "HELM_STAND_IN_DEFINITIONS": ":".join(map(str, self.definitions)),
        }
        return {**os.environ, **self.environment, **given, **(SECRETS if secrets else {}), **more}

    def command(self, *words: str) -> list[str]:
        """How the driver is called."""
        return ["bash", str(self.out / "driver/agc.sh"), *words]

    def run(self, *words: str, secrets: bool = True, **more: str) -> Ran:
        """Runs the driver to its end."""
        self.control("DELETE", "log")
        done = subprocess.run(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.variables(secrets, **more),
            cwd=self.folder,
            timeout=600,
        )
        ran = Ran(done.args, done.returncode, done.stdout, "")
        ran.changes = self.changes()
        for value in SECRETS.values():
            if value in ran.stdout:
                raise AssertionError(f"a secret is told:\n{ran.stdout}")
        return ran

    def changes(self) -> list[str]:
        """The changing requests that ARM was sent."""
        return [f"{each['method']} {each['path']}" for each in self.control("GET", "log") if each["changing"]]

    def state(self) -> Any:
        """What there is in Azure."""
        return self.control("GET", "state")

    def kubectl(self, *words: str) -> str:
        """What an administrator of the cluster sees."""
        command = ["kubectl", "--kubeconfig", str(self.server.kubeconfig("stand-in")), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
