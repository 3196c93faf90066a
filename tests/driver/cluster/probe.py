"""What an ephemeral container that asks with curl would leave as its termination message. It is read, not run."""

import re
import subprocess
import urllib.parse
from dataclasses import dataclass

import services
from api import Object
from round import Round
from script import NotKnown, read_script
from services import Reply
from webhook import AUTHORITY, FOLDER, VOLUME

# Exit code of curl 8 for a file that it cannot read, and of a shell for a command that it does not know.
NO_FILE, NO_COMMAND = 26, 127


@dataclass
class Probe:
    """An ephemeral container beside a pod's own."""

    moment: Round
    pod: Object
    container: Object

    def run(self) -> tuple[int, str]:
        """Exit code and termination message."""
        try:
            script = read_script(self.container.get("command", []) + self.container.get("args", []))
        except NotKnown as unknown:
            return NO_COMMAND, f"this stand-in does not know {unknown}"
        reply = self.ask(script.url, script.options.get("--data-urlencode"))
        text = printed(reply, script.options)
        if script.sed is None:
            return reply.code, text
        # A filter and nothing else: the sandbox takes its commands that read, write and run away.
        sed = ["sed", "--sandbox", *script.sed]
        return 0, subprocess.run(sed, input=text, capture_output=True, text=True, check=True).stdout

    def ask(self, url: str, form: list[str] | None) -> Reply:
        """A form goes to Entra, anything else to a Service."""
        address = urllib.parse.urlsplit(url)
        if form is None:
            return services.answer(self.moment, self.pod["metadata"]["namespace"], address)
        values = dict(re.split("[=@]", each, maxsplit=1) for each in form)
        if not self.has_token(values["client_assertion"]):
            return Reply(NO_FILE, f"curl: Failed to open {values['client_assertion']}\n", 0)
        if f"{address.scheme}://{address.netloc}/" != AUTHORITY:
            return services.not_resolved(address)
        # An answer is given once, so it must not be one of yesterday.
        self.moment.azure.read()
        refusal = self.why_refused(address.path, values["client_id"])
        if refusal:
            return Reply(0, f'{{"error":"invalid_request","error_description":"{refusal}"}}', 400)
        return Reply(0, '{"token_type":"Bearer","expires_in":3599,"access_token":"none"}', 200)

    def has_token(self, file: str) -> bool:
        """Whether the token lies there: the pod has its volume, and this container mounts it."""
        volumes = [each["name"] for each in self.pod["spec"].get("volumes", [])]
        mounts = [each["name"] for each in self.container.get("volumeMounts", []) if each["mountPath"] == FOLDER]
        return file == f"{FOLDER}/{VOLUME}" and VOLUME in volumes and VOLUME in mounts

    def why_refused(self, path: str, client_id: str) -> str | None:
        """Why Entra gives no token."""
        if path != f"/{self.moment.azure.tenant()}/oauth2/v2.0/token":
            return "AADSTS90002: Tenant not found."
        account = self.pod["spec"]["serviceAccountName"]
        if self.moment.faults.has("token-refused", account):
            return "AADSTS70021: No matching federated identity record found for presented assertion."
        return self.moment.azure.refusal(client_id, self.pod["metadata"]["namespace"], account)


def printed(reply: Reply, options: dict[str, list[str]]) -> str:
    """What curl prints, its standard error included."""
    if reply.code == NO_FILE:
        # It has not even begun.
        return reply.text
    ending = options.get("--write-out", [""])[0].replace("%{http_code}", f"{reply.status:03}").replace("\\n", "\n")
    if reply.code:
        return f"curl: ({reply.code}) {reply.text}\n{ending}"
    return ending if "--output" in options else reply.text + ending
