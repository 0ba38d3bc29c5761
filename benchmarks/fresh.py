"""Run a module of this folder in a fresh process and read the JSON that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["run_fresh"]

_ROOT = Path(__file__).parent.parent


def run_fresh(module: str, *arguments: str, **variables: str) -> dict[str, Any]:
    """Return what ``python -m benchmarks.MODULE ARGUMENTS`` prints.

    Parameters
    ----------
    module : str
        Name of a module of this folder.
    *arguments : str
        Its arguments.
    **variables : str
        Environment variables of the process.

    Returns
    -------
    dict
        What the last line holds.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    # The process sees the package that this one sees, installed or not.
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": path, **variables},
    )
    if done.returncode:
        raise RuntimeError(f"{module} {arguments} failed: {done.stderr.strip()}")
    printed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return printed
