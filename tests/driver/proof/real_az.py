"""Starts the real azure-cli so that each of its calls is cheap: it is loaded once, and bin/az hands every call to it.

What it asks the Bicep compiler is asked once (bin/bicep): in this world, or in all that are given the same folder BICEP_ANSWERS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "bin/az"
# Loading takes about a second; a busy machine may take longer.
LONGEST_START = 60.0


def python() -> str:
    """The Python that azure-cli is installed for."""
    return str(Path(shutil.which("az") or "az").resolve().parent / "python3")


def load(listens: Path, environment: dict[str, str], log: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Loads it with the variables that it reads when it is loaded, and names its socket in them. It ends when its input is closed."""
    command = [python(), str(HERE / "az_server.py"), str(listens)]
    client = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=log, stderr=log, env={**os.environ, **environment}
    )
    environment["AZ_SERVER"] = str(listens)
    environment["BICEP_ANSWERS"] = os.environ.get("BICEP_ANSWERS") or str(listens.with_name("bicep-answers"))
    end = time.monotonic() + LONGEST_START
    while not listens.exists():
        if client.poll() is not None or time.monotonic() > end:
            raise RuntimeError("azure-cli did not start: is az on PATH, in a virtual environment of its own?")
        time.sleep(0.05)
    return client
