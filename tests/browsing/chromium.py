"""Which browser the tests drive, and what becomes of them where there is none."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import NoReturn

import pytest

__all__ = ["ARGUMENTS", "absent", "executable"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-proxy-server"),
    # Whatever a page asks for beyond loopback is not found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def absent(reason: str) -> NoReturn:
    """Skip the test, or fail it where browser tests are required."""
    if os.environ.get("DISCA_NB_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def executable() -> str:
    """Return the path of the browser: ``DISCA_NB_CHROMIUM``, or the first that PATH has."""
    if find_spec("playwright") is None or find_spec("jupyterlab") is None:
        absent("Browser tests need playwright and jupyterlab, of the extra `test`.")
    given = os.environ.get("DISCA_NB_CHROMIUM")
    if given:
        found = shutil.which(given)
        if found is None:
            pytest.fail(f"DISCA_NB_CHROMIUM is {given!r}, which is no program; mend or unset it.")
        return found
    for name in NAMES:
        if path := shutil.which(name):
            return path
    absent(f"No Chromium on PATH ({', '.join(NAMES)}); name one with DISCA_NB_CHROMIUM.")
