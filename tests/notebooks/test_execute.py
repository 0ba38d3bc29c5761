"""Every tutorial runs from the first cell to the last, in a fresh kernel and without a network."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from tutorials import FILES, Tutorial, execute, outputs

from disca_nb._accelerate import JIT_DISABLED

_LACKING = [name for name in ("nbconvert", "torch") if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(_LACKING), reason=f"needs the extra `all`: no {_LACKING}"),
    # Plain Python takes the place of kernels here, minutes where they take a second.
    pytest.mark.skipif(JIT_DISABLED, reason="tutorials run with Numba's compiler"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_runs_offline_without_an_error_or_a_warning(path: Path, tmp_path: Path) -> None:
    done = execute(path, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = outputs(tmp_path / path.name)
    loud = [output["text"] for output in found if output.get("name") == "stderr"]
    # Bars of progress are drawn on standard error; nothing else belongs there.
    assert [text for text in loud if re.search("Warning|Traceback|Error", str(text))] == []
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
