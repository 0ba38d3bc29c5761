"""The file of results: what was measured, on what kind of machine, under which load."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

__all__ = ["FILE", "conditions", "merge"]

FILE = Path(__file__).with_name("results.json")
_PACKAGES = ("disca-nb", "numpy", "numba", "torch", "xarray", "dask", "zarr")
_WIDTHS = {"avx512f": "AVX-512", "avx2": "AVX2", "asimd": "NEON", "sse2": "SSE2"}


def conditions(*others: str) -> dict[str, object]:
    """Return kind of processor, versions and load; nothing that names a machine or a path.

    Parameters
    ----------
    *others : str
        Packages whose versions matter here, beside those that always do.
    """
    return {
        "architecture": platform.machine(),
        "widest_vectors": _widest(),
        "cores": os.cpu_count(),
        "load_average_1_min": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "c_library": " ".join(platform.libc_ver()),
        "gcc": _gcc(),
        **{name: _version(name) for name in (*_PACKAGES, *others)},
    }


def merge(path: Path, sections: Mapping[str, object]) -> None:
    """Put sections into a file of results; those it has besides stay as they are.

    Parameters
    ----------
    path : pathlib.Path
        Where the file is or will be.
    sections : mapping
        What JSON can hold, by section.
    """
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    text = json.dumps({**kept, **sections}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _widest() -> str:
    """Return the widest vector instructions of the processor, as far as the system tells."""
    try:
        words = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return "unknown"
    return next((name for flag, name in _WIDTHS.items() if flag in words), "unknown")


def _gcc() -> str | None:
    """Return gcc's version, or None where it is absent."""
    if (gcc := shutil.which("gcc")) is None:
        return None
    done = subprocess.run([gcc, "-dumpfullversion"], check=False, capture_output=True, text=True)
    return done.stdout.strip()


def _version(name: str) -> str | None:
    """Return a package's version, or None where it is absent."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
