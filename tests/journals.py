"""What the tests of the journal share: a run of two models with a few chunks each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import disca_nb
from disca_nb.store import Journal

SETTINGS = {"seed": 0, "countries": ["JPN", "USA"]}
PARTS = ("tiny", "größer/β")
CHUNKS = 3
LINES = 1 + len(PARTS) * (1 + CHUNKS)

# Makes the package importable without what its first module loads, which takes far longer.
ALONE = """
import os, signal, sys, types
package = types.ModuleType("disca_nb")
package.__path__ = [os.environ["PACKAGE"]]
sys.modules["disca_nb"] = package
from disca_nb.store import Journal, StoreError
"""


def child(
    script: str, *arguments: object, before: Callable[[list[str]], list[str]] = list
) -> subprocess.Popen[str]:
    """Start a process of its own that may use the journal, by what ``before`` makes of it."""
    command = [sys.executable, "-W", "error", "-c", ALONE + script, *map(str, arguments)]
    environment = {
        **os.environ,
        "PACKAGE": str(Path(disca_nb.__file__).parent),
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.Popen(  # noqa: S603 - ours
        before(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def record(chunk: int) -> dict[str, Any]:
    """Return a record with numbers whose bits are easily lost."""
    return {"gap": [0.1 * chunk, -0.0, 5e-324, 1 / 3], "note": "two\nlines, ü and \u2028"}


def begin(folder: Path) -> Journal:
    """Open the journal of the run."""
    return Journal.open(folder, SETTINGS)


def work(journal: Journal) -> None:
    """Do what is left of the run."""
    for part in PARTS:
        journal.begin(part, {"dtype": "float32"})
        done = journal.finished(part)
        for chunk in range(CHUNKS):
            if chunk not in done:
                journal.append(part, chunk, record(chunk))


def run(folder: Path) -> bytes:
    """Run to the end, and return the journal's bytes."""
    with begin(folder) as journal:
        work(journal)
    return content(folder)


def content(folder: Path) -> bytes:
    """Return the journal's bytes."""
    return (folder / "journal.jsonl").read_bytes()


def kept(journal: Journal) -> list[tuple[str, int]]:
    """Return which chunks are finished."""
    return [(part, chunk) for part in PARTS for chunk in journal.finished(part)]


def chunks_in(lines: int) -> list[tuple[str, int]]:
    """Return which chunks stand in the first lines of the run's journal."""
    order = [(part, chunk) for part in PARTS for chunk in range(-1, CHUNKS)]
    return [pair for pair in order[: max(0, lines - 1)] if pair[1] >= 0]
