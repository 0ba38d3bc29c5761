"""Every tutorial runs from the first cell to the last, in a fresh kernel and without a network."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tutorials import FILES, KILL_AFTER, OFFLINE, Tutorial

from disca_nb._accelerate import JIT_DISABLED

_LACKING = [name for name in ("nbconvert", "torch") if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(_LACKING), reason=f"needs the extra `all`: no {_LACKING}"),
    # Plain Python takes the place of kernels here, minutes where they take a second.
    pytest.mark.skipif(JIT_DISABLED, reason="tutorials run with Numba's compiler"),
]


def execute(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of a notebook with nbconvert, in a process that knows no user's settings."""
    shutil.copy(path, folder)
    kept = {name: text for name, text in os.environ.items() if name != "MPLBACKEND"}
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own |= {name: str(folder / name) for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    return subprocess.run(  # noqa: S603
        [*command, path.name],
        cwd=folder,
        env={**kept, **own, **OFFLINE},
        timeout=KILL_AFTER,
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(path: Path) -> list[dict[str, object]]:
    """Return all outputs of an executed notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_runs_offline_without_an_error_or_a_warning(path: Path, tmp_path: Path) -> None:
    done = execute(path, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = outputs(tmp_path / path.name)
    loud = [str(output["text"]) for output in found if output.get("name") == "stderr"]
    # Bars of progress are drawn on standard error, and belong there.
    assert [text for text in loud if "Warning" in text] == []
    assert [output for output in found if output["output_type"] == "error"] == []
    assert len(found) >= 3


def test_a_cell_that_fails_would_be_noticed(tmp_path: Path) -> None:
    source = Tutorial.read(FILES[0])
    failing = {"cell_type": "code", "id": "failing", "metadata": {}, "source": ["1 / 0"]}
    book = {**source.book, "cells": [failing | {"execution_count": None, "outputs": []}]}
    (tmp_path / "run").mkdir()
    path = tmp_path / "failing.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    done = execute(path, tmp_path / "run")
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stderr
