"""Starts a real API server for the self test, as the project's other tests do."""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

SERVE = Path(__file__).parents[2] / "oracle/api-server/serve.sh"
PATIENCE = 120


class ApiServer:
    """An etcd and a kube-apiserver that end with this object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ports = free_ports(3)
        # Two users: one that the stand-in is, and one without any right until it is given.
        (folder / "tokens.csv").write_text("stand-in,stand-in,stand-in,system:masters\ndriver,driver,driver,\n")
        for user in ("stand-in", "driver"):
            self.kubeconfig(user).write_text(json.dumps(kubeconfig(folder, ports[2], user)))
        programs = [shutil.which(name) or name for name in ("etcd", "kube-apiserver", "openssl")]
        self.process = subprocess.Popen(
            ["bash", SERVE, folder, *programs, *map(str, ports)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self.wait()

    def kubeconfig(self, user: str) -> Path:
        """A user's kubeconfig."""
        return self.folder / f"{user}.kubeconfig"

    def wait(self) -> None:
        """Until it is ready."""
        began = time.monotonic()
        command: list[str | Path] = ["kubectl", "--kubeconfig", self.kubeconfig("stand-in"), "get", "--raw", "/readyz"]
        while subprocess.run(command, capture_output=True).stdout != b"ok":
            if self.process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise SystemExit(f"the API server does not start, see {self.folder}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends it."""
        self.process.communicate()


def kubeconfig(folder: Path, port: int, user: str) -> dict[str, object]:
    """How to reach it as a user."""
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        "certificate-authority": str(folder / "certificates/apiserver.crt"),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": {"token": user}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "current-context": "test",
    }


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at; all are held before the first is given back."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
