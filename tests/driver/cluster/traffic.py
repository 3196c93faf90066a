"""The frontend of Application Gateway for Containers: a server on loopback that requests from outside are led to."""

import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import services
from api import Api, Moment, Object, is_true

NO_ROUTE, UNHEALTHY, NOT_KNOWN = 404, 503, 501


def serve_traffic(kubeconfig: Path, curl_home: Path) -> None:
    """Serves, and writes a .curlrc that leads port 80 of every host here: no name has to be known to DNS for it."""

    api = Api(kubeconfig)

    class Frontend(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].partition(":")[0]
            status, text = answer(Moment(api), host, urllib.parse.urlsplit(self.path).path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Frontend)
    Thread(target=server.serve_forever, daemon=True).start()
    curl_home.mkdir(parents=True, exist_ok=True)
    (curl_home / ".curlrc").write_text(f'connect-to = ":80:127.0.0.1:{server.server_port}"\n')


def answer(moment: Moment, host: str, path: str) -> tuple[int, str]:
    """Status and text for a request: the rule with the longest path that fits decides."""
    fits = []
    for route in routes_for(moment, host):
        for rule in route["spec"]["rules"]:
            for match in rule["matches"]:
                if does_fit(match["path"], path):
                    fits.append((match, rule, route))  # noqa: PERF401 (three loops in one line are no help)
    if not fits:
        return NO_ROUTE, "no route\n"
    match, rule, route = max(fits, key=lambda each: (each[0]["path"]["type"] == "Exact", len(each[0]["path"]["value"])))
    if match.keys() != {"path"} or match["path"]["type"] not in ("Exact", "PathPrefix"):
        return NOT_KNOWN, f"this stand-in does not know the match {json.dumps(match)}\n"
    return backend_answer(moment, rule, route, path, match["path"]["value"])


def routes_for(moment: Moment, host: str) -> list[Object]:
    """The routes that are programmed for a host name: that of the frontend, or one of their own."""
    found = []
    for gateway in moment.all("Gateway"):
        addresses = [each["value"] for each in gateway.get("status", {}).get("addresses", [])]
        for route in moment.all("HTTPRoute"):
            names = route["spec"].get("hostnames", addresses)
            if host in names and is_attached(route, gateway):
                found.append(route)
    return found


def is_attached(route: Object, gateway: Object) -> bool:
    """Whether the gateway has programmed the route."""
    return any(
        parent["parentRef"]["name"] == gateway["metadata"]["name"] and is_true(parent, "Programmed")
        for parent in route.get("status", {}).get("parents", [])
    )


def does_fit(wanted: Object, path: str) -> bool:
    """Whether a path is the wanted one, or below it. A form that is not known here fits, so that it is told of."""
    if wanted["type"] == "PathPrefix":
        return f"{path}/".startswith(wanted["value"].rstrip("/") + "/")
    return wanted["type"] != "Exact" or bool(path == wanted["value"])


def backend_answer(moment: Moment, rule: Object, route: Object, path: str, matched: str) -> tuple[int, str]:
    """What the first backend that gets a share says, after the rewrite."""
    for each in rule.get("filters", []):
        if each["type"] != "URLRewrite" or "hostname" in each["urlRewrite"]:
            return NOT_KNOWN, f"this stand-in does not know the filter {each['type']}\n"
        rewrite = each["urlRewrite"]["path"]
        if rewrite["type"] == "ReplaceFullPath":
            path = rewrite["replaceFullPath"]
        else:
            path = rewrite["replacePrefixMatch"].rstrip("/") + "/" + path[len(matched) :].lstrip("/")
    backends = [each for each in rule.get("backendRefs", []) if each.get("weight", 1) > 0]
    service = moment.find("Service", route["metadata"]["namespace"], backends[0]["name"]) if backends else None
    pods = services.ready_pods(moment, service) if service else []
    if not pods:
        return UNHEALTHY, "no healthy upstream\n"
    return services.status_at(pods, path), ""
