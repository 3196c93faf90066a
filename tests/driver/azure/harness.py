"""Starts the stand-in for a test, and calls the real azure-cli against it."""

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
# Behind this folder, which has modules of the same names.
sys.path.append(str(HERE.parent / "proof"))

import real_az  # noqa: E402

# The placeholder for the administrators in the examples, which a real directory would not know.
PLACEHOLDER = "Group:00000000-0000-0000-0000-000000000000"
LONGEST_START = 20.0


class Az(subprocess.CompletedProcess[str]):
    """What a call of az ended with."""

    @property
    def json(self) -> Any:
        """What it printed."""
        return json.loads(self.stdout)


class Subject:
    """A running stand-in, and a client that is signed in to it."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="azure-stand-in-"))
        self.events = self.directory / "events"
        self.kubeconfig = self.directory / "kubeconfig"
        self.kubeconfig.write_text(json.dumps(KUBECONFIG), encoding="utf-8")
        command = [sys.executable, str(HERE), "serve", "--directory", str(self.directory), "--events", str(self.events)]
        command += ["--kubeconfig", str(self.kubeconfig), "--principal", PLACEHOLDER, "--registered", "all"]
        self.server = subprocess.Popen(command)
        self.await_address()
        self.address = json.loads((self.directory / "address.json").read_text(encoding="utf-8"))
        command = [
            sys.executable,
            str(HERE),
            "prepare",
            "--directory",
            str(self.directory),
            "--config",
            str(self.directory / "config"),
        ]
        exports = subprocess.run([*command], check=True, capture_output=True, text=True).stdout
        script = exports + "env -0"
        shown = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True).stdout
        self.environment = dict(each.split("=", 1) for each in shown.split("\0") if each)
        self.client = real_az.load(self.directory / "az.socket", self.environment)
        self.environment["PATH"] = f"{real_az.PROGRAM.parent}:{os.environ['PATH']}"

    def await_address(self) -> None:
        """Waits until the server listens."""
        end = time.monotonic() + LONGEST_START
        while not (self.directory / "address.json").exists():
            if self.server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.05)

    @property
    def group(self) -> str:
        """The id of the group that most tests use."""
        return f"/subscriptions/{self.address['subscription']}/resourceGroups/rg"

    def stop(self) -> None:
        """Ends the server."""
        for process in (self.client, self.server):
            process.terminate()
            process.wait()
        shutil.rmtree(self.directory)

    def az(self, *arguments: str, **environment: str) -> Az:
        """Calls the real azure-cli."""
        done = subprocess.run(
            [str(real_az.PROGRAM), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, **self.environment, **environment},
            check=False,
        )
        return Az(done.args, done.returncode, done.stdout, done.stderr)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address["control"] + "/control/" + path, data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def fault(self, fault: str, **more: Any) -> None:
        """Sets a fault."""
        self.control("POST", "faults", {"fault": fault, **more})

    def put(self, path: str, version: str, body: Any) -> None:
        """Puts a resource there without the client, as a test's beginning; `path` is below the group."""
        self.control("PUT", "resources", {"id": f"{self.group}/providers/{path}", "apiVersion": version, "body": body})

    def state(self) -> dict[str, Any]:
        """The canonical state."""
        state: dict[str, Any] = self.control("GET", "state")
        return state

    def told(self) -> list[dict[str, Any]]:
        """The events so far."""
        lines = self.events.read_text(encoding="utf-8").splitlines() if self.events.exists() else []
        return [json.loads(line) for line in lines]


KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "stand-in",
    "clusters": [{"name": "stand-in", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {"token": "none"}}],
    "contexts": [{"name": "stand-in", "context": {"cluster": "stand-in", "user": "nobody"}}],
}
