"""The two listeners: Azure Resource Manager over HTTPS, and over HTTP the token endpoint and the controls."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import arm
import control
import entra
import resources
import routing
import services  # noqa: F401 (it registers its routes)
from errors import ArmError, NotModelled
from ids import resource
from providers.authorization import OWNER
from routing import Answer, Request
from world import Settings, World, stable_guid

# The routes for any resource come last, so that a service's own are found first.
routing.ROUTES.sort(key=lambda each: each.pattern.pattern.startswith("/subscriptions/(?P<rest>"))


class StandIn:
    """The world, behind a lock, with a log of what was asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.forget()
        self.log: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.base = ""

    world: World

    def forget(self) -> None:
        """Begins anew: the caller owns the subscription."""
        self.world = World(self.settings)
        scope, caller = f"/subscriptions/{self.settings.subscription}", self.settings.caller
        target = resource(scope, "Microsoft.Authorization/roleAssignments", stable_guid("owner", caller))
        resources.make(self.world, target, {"properties": {"principalId": caller, "roleDefinitionId": OWNER}})

    def handle(self, method: str, target: str, text: str) -> Answer:
        """Answers a request to Resource Manager or Graph."""
        parts = urlsplit(target)
        # `az resource show --resource-type` writes an empty segment.
        path = re.sub("/+", "/", parts.path)
        entry: dict[str, Any] = {"method": method, "path": path, "apiVersion": "", "changing": False}
        with self.lock:
            self.log.append(entry)
            try:
                answer = self.dispatch(method, path, dict(parse_qsl(parts.query)), text, entry)
            except ArmError as refusal:
                answer = Answer(refusal.status, {"error": refusal.error()})
                entry["code"] = refusal.code
            except Exception:  # noqa: BLE001 (whatever breaks here is an answer too)
                trace = traceback.format_exc()
                print(trace, file=sys.stderr)
                answer = Answer(501, {"error": {"code": "StandInBroke", "message": trace}})
                entry["code"] = "StandInBroke"
            entry["status"] = answer.status
            return answer

    def dispatch(self, method: str, path: str, query: dict[str, str], text: str, entry: dict[str, Any]) -> Answer:
        """Finds the route, asks what comes before every change, and lets time pass."""
        world = self.world
        world.tick()
        found = routing.find(method, path)
        if not found:
            raise NotModelled(f"{method} {path}")
        route, arguments = found
        entry["apiVersion"] = query.get("api-version", "")
        entry["changing"] = route.changing
        if path.lower().startswith("/subscriptions"):
            routing.check_version(route, query.get("api-version", ""))
        request = Request(method, path, query, arm.read_body(text), self.base, world)
        if route.changing:
            world.faults.fail_request(path, after=False)
        self.authorize(route, request, arguments)
        answer = route.handler(request, **arguments)
        if route.changing:
            world.faults.fail_request(path, after=True)
        return answer

    @staticmethod
    def authorize(route: routing.Route, request: Request, arguments: dict[str, str]) -> None:
        """Asks whether the caller may."""
        if route.action:
            scope = arguments.get("scope") or request.path
            resources.authorize(request.world, route.action, scope)
        elif "rest" in arguments and (action := routing.action_of(request.method, request.path)):
            resources.authorize(request.world, *action)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Else the answer waits until the client has said that it has what came before, and that word waits 40 ms.
    disable_nagle_algorithm = True
    stand_in: StandIn

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The log is kept elsewhere."""

    def read(self) -> str:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def send(self, answer: Answer) -> None:
        """Answers."""
        data = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 204:
            self.wfile.write(data)

    def answer(self) -> None:
        """Answers whatever comes."""
        self.send(self.stand_in.handle(self.command, self.path, self.read()))

    do_GET = do_HEAD = do_PUT = do_PATCH = do_POST = do_DELETE = answer


class PlainHandler(Handler):
    """One connection without TLS: tokens and controls."""

    def answer(self) -> None:
        """Answers a request for a token, or a control request."""
        parts = urlsplit(self.path)
        text = self.read()
        with self.stand_in.lock:
            try:
                if parts.path == "/msi/token":
                    body: Any = entra.token(self.stand_in.world, dict(parse_qsl(parts.query)).get("resource", ""))
                else:
                    body = control.handle(self.stand_in, self.command, parts.path, text)
                answer = Answer(200, body)
            except ArmError as refusal:
                answer = Answer(refusal.status, {"error": refusal.error()})
            except (KeyError, ValueError) as error:
                answer = Answer(400, {"error": {"code": "BadControl", "message": f"{type(error).__name__}: {error}"}})
        self.send(answer)

    do_GET = do_HEAD = do_PUT = do_PATCH = do_POST = do_DELETE = answer


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for the loopback address, which the client trusts by file."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    command += ["-days", "30", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def end_with_parent() -> None:
    """Ends this process once its parent has."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def serve(settings: Settings, directory: Path) -> None:
    """Listens until the process ends. The address is written last, so whoever sees it may ask."""
    directory.mkdir(parents=True, exist_ok=True)
    certificate, key = make_certificate(directory)
    stand_in = StandIn(settings)
    handlers = [type(base.__name__, (base,), {"stand_in": stand_in}) for base in (Handler, PlainHandler)]
    secure, plain = (ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in handlers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    stand_in.base = f"https://127.0.0.1:{secure.server_port}"
    address = {
        "resourceManager": stand_in.base,
        "control": f"http://127.0.0.1:{plain.server_port}",
        "certificate": str(certificate),
        "subscription": settings.subscription,
        "tenant": settings.tenant,
    }
    unfinished = directory / "address.json.new"
    unfinished.write_text(json.dumps(address), encoding="utf-8")
    unfinished.rename(directory / "address.json")
    end_with_parent()
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    secure.serve_forever()
