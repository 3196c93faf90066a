"""Reads command lines of az with the real client's argument parser, and calls nothing.

    parse.py FILE      run by the Python that azure-cli is installed for; one command line a line, its words in JSON

Prints a line for each that the client refuses, and at the end how many it has taken. One process reads them all.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from azure.cli.command_modules.serviceconnector import _utils
from azure.cli.core import get_default_cli
from knack.events import EVENT_INVOKER_POST_PARSE_ARGS


class Parsed(BaseException):
    """The parser has taken a command line. No Exception, so that the client does not handle it."""


def stop(*_: object, **__: object) -> None:
    """Goes no further than the parser."""
    raise Parsed


def main() -> None:
    """Reads the file."""
    # The parser of --workload-identity asks Azure for the identity.
    _utils.run_cli_cmd = lambda _: {"clientId": "an identity"}
    taken = 0
    for line in Path(sys.argv[1]).read_text().splitlines():
        said = refusal(json.loads(line))
        if said is None:
            taken += 1
        else:
            print(f"{line}: {said}")
    print(f"{taken} taken")


def refusal(words: list[str]) -> str | None:
    """What the client says against a command line; None where it takes it."""
    client = get_default_cli()
    client.register_event(EVENT_INVOKER_POST_PARSE_ARGS, stop)
    # Some of it is printed, some logged: all of it goes to standard error in the end.
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        os.dup2(said.fileno(), 1)
        try:
            status = client.invoke(words)
        except Parsed:
            return None
        except SystemExit as end:
            status = end.code
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.dup2(OUTPUT, 1)
        said.seek(0)
        lines = said.read().decode().splitlines()
    return next((line for line in lines if "ERROR" in line or "error" in line), f"ended with {status}")


OUTPUT = os.dup(1)
main()
