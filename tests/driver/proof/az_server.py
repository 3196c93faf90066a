"""Runs the real azure-cli without paying for its imports at each call.

    az_server.py SOCKET      run by the Python that azure-cli is installed for; ends when its standard input is closed

Each call is a process of its own, forked from one that has loaded the client: its arguments, variables, folder and streams are those
of the caller (bin/az), and its exit status goes back to it. What a call does is what `az` does. What it had to import is imported
before the next call, so that each module is paid for once.
"""

import array
import contextlib
import gc
import importlib
import json
import os
import socket
import sys
import threading
import traceback


def main() -> None:
    """Loads the client, then answers calls."""
    # What every call would import first.
    import azure.cli.core
    from azure.cli.command_modules import acs, resource, role, serviceconnector  # noqa: F401
    from azure.cli.core import get_default_cli  # noqa: F401

    threading.Thread(target=end_with_caller, daemon=True).start()
    server = socket.socket(socket.AF_UNIX)
    server.bind(sys.argv[1])
    server.listen(16)
    imports = Imports(sys.argv[1] + ".imports")
    while True:
        call, _ = server.accept()
        imports.learn()
        # Else a call counts what the client has loaded, and copies every page of it.
        gc.collect()
        gc.freeze()
        if os.fork() == 0:
            gc.disable()
            server.close()
            answer(call, imports)
        call.close()
        reap()


class Imports:
    """The modules that calls had to import: a file in which each call leaves their names."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.read = 0
        open(path, "wb").close()
        self.known = set(sys.modules)

    def learn(self) -> None:
        """Imports what the calls before have left."""
        with open(self.path, "rb") as file:
            file.seek(self.read)
            # A call may be writing the last line.
            whole = file.read().rpartition(b"\n")
        self.read += len(whole[0]) + len(whole[1])
        for name in whole[0].decode().split():
            # Some can be imported only on the way to another.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        self.known = set(sys.modules)

    def leave(self) -> None:
        """For the calls to come."""
        names = [name for name in sys.modules if name not in self.known]
        with open(self.path, "ab", buffering=0) as file:
            file.write("".join(name + "\n" for name in names).encode())


def end_with_caller() -> None:
    """Whoever started this holds the other end of its input."""
    sys.stdin.read()
    os._exit(0)


def reap() -> None:
    """Forgets the calls that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def answer(call: socket.socket, imports: Imports) -> None:
    """One call, in a process of its own."""
    streams = array.array("i")
    size, ancillary, _, _ = call.recvmsg(8, socket.CMSG_SPACE(3 * streams.itemsize))
    for _, _, data in ancillary:
        streams.frombytes(data)
    length = int.from_bytes(size, "big")
    text = b""
    while len(text) < length:
        text += call.recv(length - len(text))
    asked = json.loads(text)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    status = 1
    try:
        status = run(asked["arguments"])
    except BaseException:
        traceback.print_exc()
    # Nothing else does: the process ends without ado.
    sys.stdout.flush()
    sys.stderr.flush()
    call.sendall(bytes([status & 255]))
    imports.leave()
    os._exit(0)


def run(arguments: list[str]) -> int:
    """What azure-cli's own entry point does."""
    from azure.cli.core import get_default_cli

    sys.argv = ["az", *arguments]
    # The thread that waits for the caller's end holds the old one.
    sys.stdin = open(0)
    try:
        return get_default_cli().invoke(arguments) or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


main()
