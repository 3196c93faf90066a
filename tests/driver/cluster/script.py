"""Reads the script of an ephemeral container: one curl, perhaps a sed behind it, that writes its termination message.

Any other form is refused, so that nobody takes an answer for more than it is.
"""

import re
import shlex
from dataclasses import dataclass

LOG = "/dev/termination-log"
# Options of curl without and with a value; no other is known here.
SWITCHES = {"--silent", "--show-error"}
SETTINGS = {"--max-time", "--output", "--write-out", "--data-urlencode"}


class NotKnown(Exception):
    """A form of command that this file does not know."""


@dataclass
class Script:
    """The address that curl asks, its options, and the words of the sed behind it."""

    url: str
    options: dict[str, list[str]]
    sed: list[str] | None


def read_script(command: list[str]) -> Script:
    """Reads `sh -c SCRIPT NAME ARGUMENT…`."""
    if command[:2] != ["sh", "-c"] or len(command) < 3:
        raise NotKnown(f"the command {command}")
    words = [expand(word, command[3:]) for word in split(command[2])]
    if words[-2:] != [">", LOG] and words[-5:] != [">", LOG, "2", ">&", "1"]:
        raise NotKnown(f"a script that does not end with >{LOG}")
    parts = parts_of(words[: words.index(">")])
    if [part[:1] for part in parts] not in ([["curl"]], [["curl"], ["sed"]]):
        raise NotKnown(f"a script of {[part[:1] for part in parts]}")
    url, options = read_curl(parts[0][1:])
    return Script(url, options, parts[1][1:] if len(parts) > 1 else None)


def split(script: str) -> list[str]:
    """Words as a shell makes them, with `|` and `>` apart."""
    words = shlex.shlex(script.replace("\\\n", " "), posix=True, punctuation_chars="|>&")
    words.whitespace_split = True
    return list(words)


def expand(word: str, arguments: list[str]) -> str:
    """Puts `$1` to `$9` in, then `\\$` becomes `$`."""
    word = re.sub(r"(?<!\\)\$([1-9])", lambda found: arguments[int(found[1])], word)
    return word.replace("\\$", "$")


def parts_of(words: list[str]) -> list[list[str]]:
    """The commands of a pipe, without `2>&1`."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    return [part[:-3] if part[-3:] == ["2", ">&", "1"] else part for part in parts]


def read_curl(words: list[str]) -> tuple[str, dict[str, list[str]]]:
    """The address and the options of a curl."""
    url = ""
    options: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if word in SETTINGS:
            options.setdefault(word, []).append(next(rest))
        elif word.startswith("-") and word not in SWITCHES:
            raise NotKnown(f"curl {word}")
        elif word not in SWITCHES:
            url = word
    return url, options
