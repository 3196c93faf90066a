"""What an ephemeral container that asks with curl would leave as its termination message. Nothing is run.

It reads one form of command: `sh -c SCRIPT NAME ARGUMENT…`, whose script is one curl, perhaps with a sed behind it, that writes
to /dev/termination-log. Any other form is refused, so that nobody takes an answer for more than it is.
"""

import re
import shlex
import subprocess
import urllib.parse

import services
from api import Moment, Object
from azure import Azure
from faults import Faults
from webhook import AUTHORITY, FOLDER, VOLUME

LOG = "/dev/termination-log"
# Options of curl without and with a value; no other is known here.
SWITCHES = {"--silent", "--show-error"}
SETTINGS = {"--max-time", "--output", "--write-out", "--data-urlencode"}
# Exit code of curl 8 for a file that it cannot read.
NO_FILE = 26


class Unknown(Exception):
    """A form of command that this file does not know."""


def run_probe(moment: Moment, azure: Azure, faults: Faults, pod: Object, container: Object) -> tuple[int, str]:
    """Exit code and termination message of a container."""
    try:
        curl, sed = read_command(container.get("command", []) + container.get("args", []))
        url, options = read_curl(curl)
        code, text = answer_of(moment, azure, faults, pod, container, url, options)
    except Unknown as error:
        return 127, f"not known to this stand-in: {error}"
    if sed is None:
        return code, text
    # A filter and nothing else: the sandbox takes its commands that read, write and run away.
    return 0, subprocess.run(
        ["sed", "--sandbox", *sed], input=text + "\n", capture_output=True, text=True, check=True
    ).stdout


def read_command(command: list[str]) -> tuple[list[str], list[str] | None]:
    """The words of the curl and of the sed in a script."""
    if command[:2] != ["sh", "-c"] or len(command) < 3:
        raise Unknown(f"command {command}")
    words = [expand(word, command[3:]) for word in split(command[2])]
    if "|" in words:
        at = words.index("|")
        curl, filter_ = words[:at], words[at + 1 :]
    else:
        curl, filter_ = words, []
    target = filter_ or curl
    if ">" not in target or target[target.index(">") + 1] != LOG:
        raise Unknown("nothing is written to " + LOG)
    curl = until_redirect(curl)
    filter_ = until_redirect(filter_)
    if curl[:1] != ["curl"] or filter_[:1] not in ([], ["sed"]):
        raise Unknown(f"{curl[:1]} {filter_[:1]}")
    return curl[1:], filter_[1:] if filter_ else None


def split(script: str) -> list[str]:
    """Words as a shell makes them, with `|` and `>` apart."""
    words = shlex.shlex(script.replace("\\\n", " "), posix=True, punctuation_chars="|>&")
    words.whitespace_split = True
    return list(words)


def expand(word: str, arguments: list[str]) -> str:
    """Puts `$1` to `$9` in, then `\\$` becomes `$`."""
    word = re.sub(r"(?<!\\)\$([1-9])", lambda found: arguments[int(found[1])], word)
    return word.replace("\\$", "$")


def until_redirect(words: list[str]) -> list[str]:
    """The words before `>FILE` or `2>&1`."""
    if "2" in words and words[words.index("2") + 1 :][:1] == [">&"]:
        words = words[: words.index("2")]
    return words[: words.index(">")] if ">" in words else words


def read_curl(words: list[str]) -> tuple[str, dict[str, list[str]]]:
    """The address and the options of a curl."""
    url = ""
    options: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if word in SETTINGS:
            options.setdefault(word, []).append(next(rest))
        elif word.startswith("-") and word not in SWITCHES:
            raise Unknown(f"curl {word}")
        elif word not in SWITCHES:
            url = word
    return url, options


def answer_of(
    moment: Moment,
    azure: Azure,
    faults: Faults,
    pod: Object,
    container: Object,
    url: str,
    options: dict[str, list[str]],
) -> tuple[int, str]:
    """What curl prints, and its exit code."""
    address = urllib.parse.urlsplit(url)
    if "--data-urlencode" in options:
        code, body, status = token_answer(azure, faults, pod, container, address, options["--data-urlencode"])
    else:
        code, body, status = services.answer(moment, pod["metadata"]["namespace"], address)
    if "--output" in options:
        body = ""
    ending = options.get("--write-out", [""])[0].replace("%{http_code}", f"{status:03}").replace("\\n", "\n")
    return code, (body if code == 0 else f"curl: ({code}) {body}\n") + ending


def token_answer(
    azure: Azure, faults: Faults, pod: Object, container: Object, address: urllib.parse.SplitResult, data: list[str]
) -> tuple[int, str, int]:
    """The token exchange of Entra: exit code, body, status. No token is ever made."""
    form = dict(re.split("[=@]", each, maxsplit=1) for each in data)
    mounts = {each["mountPath"]: each["name"] for each in container.get("volumeMounts", [])}
    volumes = {each["name"] for each in pod["spec"].get("volumes", [])}
    folder, _, file = form["client_assertion"].rpartition("/")
    if mounts.get(folder) != VOLUME or VOLUME not in volumes or (folder, file) != (FOLDER, VOLUME):
        return NO_FILE, f"Failed to open {form['client_assertion']}", 0
    if f"{address.scheme}://{address.netloc}/" != AUTHORITY:
        return services.NOT_RESOLVED, f"Could not resolve host: {address.hostname}", 0
    # An answer is given once, so it must not be one of yesterday.
    azure.read()
    if address.path != f"/{azure.tenant()}/oauth2/v2.0/token":
        return 0, '{"error":"invalid_request","error_description":"AADSTS90002: Tenant not found."}', 400
    account = pod["spec"]["serviceAccountName"]
    refusal = azure.refusal(form["client_id"], pod["metadata"]["namespace"], account)
    if faults.has("token-refused", account):
        refusal = "AADSTS70021: No matching federated identity record found for presented assertion."
    if refusal:
        return 0, f'{{"error":"invalid_request","error_description":"{refusal}"}}', 400
    return 0, '{"token_type":"Bearer","expires_in":3599,"access_token":"none"}', 200
