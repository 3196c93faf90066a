"""Drives the real azure-cli through the stand-in: what Azure accepts, and what it refuses.

`az`, `bicep`, `kubectl` and `openssl` are those on PATH. `python3 tests/driver/azure/self_test.py` runs everything,
`... self_test.py Refusals.test_versions` one test.
"""

from __future__ import annotations

import unittest

from checks.connections import Connections
from checks.controls import Controls
from checks.examples import Examples
from checks.refusals import Refusals

__all__ = ["Connections", "Controls", "Examples", "Refusals"]

if __name__ == "__main__":
    unittest.main()
