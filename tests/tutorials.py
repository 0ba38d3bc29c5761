"""The tutorials as tests see them: their files, their cells, their text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))
OFFLINE = {"DISCA_NB_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
"""Environment variables under which nothing is downloaded."""

KILL_AFTER = 180.0
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
