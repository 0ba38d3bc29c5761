"""The tutorials as tests see them: their files, cells and text, and what they show when run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))
OFFLINE = {"DISCA_NB_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
"""Environment variables under which nothing is downloaded."""

KILL_AFTER = 600.0
"""Seconds after which a notebook is taken to hang; no test measures time."""


@dataclass(frozen=True)
class Tutorial:
    """One notebook."""

    path: Path
    book: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Tutorial:
        """Read a notebook of format 4."""
        return cls(path, json.loads(path.read_text(encoding="utf-8")))

    def sources(self, kind: str) -> list[str]:
        """Return the texts of its ``markdown`` or ``code`` cells."""
        cells = [cell for cell in self.book["cells"] if cell["cell_type"] == kind]
        return ["".join(cell["source"]) for cell in cells]

    @property
    def prose(self) -> str:
        """Return all its Markdown."""
        return "\n\n".join(self.sources("markdown"))

    @property
    def headings(self) -> list[str]:
        """Return its headings from the first to the last, without their marks."""
        lines = re.sub(r"```.*?```", "", self.prose, flags=re.DOTALL).splitlines()
        return [line.lstrip("#").strip() for line in lines if line.startswith("#")]

    @property
    def cells(self) -> Mapping[str, str]:
        """Return the source of each cell by its name."""
        return {cell["id"]: "".join(cell["source"]) for cell in self.book["cells"]}


def execute(path: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of a notebook with nbconvert, in a process that knows no user's settings."""
    shutil.copy(path, folder)
    kept = {name: text for name, text in os.environ.items() if name != "MPLBACKEND"}
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own |= {name: str(folder / name) for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    return subprocess.run(  # noqa: S603
        [*command, path.name],
        cwd=folder,
        env={**kept, **own, **OFFLINE, **environment},
        timeout=KILL_AFTER,
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(path: Path) -> list[dict[str, Any]]:
    """Return all outputs of an executed notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def printed(path: Path, name: str) -> str:
    """Return what the cell of that name printed in an executed notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cell = next(cell for cell in cells if cell["id"] == name)
    texts = [output["text"] for output in cell["outputs"] if output.get("name") == "stdout"]
    return "".join(line for text in texts for line in text)
