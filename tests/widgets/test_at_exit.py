"""Panels that are left open when Python ends, as a script leaves them, end without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN = {
    "lab": "panel = disca_nb.steering_lab(disca_nb.datasets.demo_panel(['JPN']))",
    "explorer": "panel = disca_nb.explore(disca_nb.datasets.demo_panel(['JPN']))",
    "run panel": "panel = disca_nb.run_panel()",
    "slider": "panel = disca_nb.widgets.Slider(label='λ')",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPEN)
def test_a_panel_left_open_says_nothing(name: str, tmp_path: Path) -> None:
    script = f"import disca_nb\n{OPEN[name]}\nprint('opened')\n"
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        # What is compiled is the same at the end, and takes most of the time before it.
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "opened\n", "")
