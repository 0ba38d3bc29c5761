"""Compiled kernels on disk: used again while the source is the same, and never after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from disca_nb import _accelerate

_INNER = """
from disca_nb._accelerate import inner_kernel

@inner_kernel
def added(x):
    return x + {}
"""
_OUTER = """
from disca_nb._accelerate import kernel
from disca_nb.kernels.inner import added

@kernel
def answer(x):
    return added(x)
"""
_CALL = """
from disca_nb.kernels.outer import answer
print(answer(1.0), sum(answer.stats.cache_hits.values()))
"""


def _answer(folder: Path) -> str:
    """Return what a fresh process makes of the kernel, and how often it came from the cache."""
    variables = {"PYTHONPATH": str(folder), "DISCA_NB_JIT_CACHE": "1"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _CALL],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables, "NUMBA_CACHE_DIR": str(folder / "cache")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.compiled
def test_a_change_in_a_module_that_a_kernel_calls_is_compiled(tmp_path: Path) -> None:
    # A package with the module under test and two small kernels, as the real ones take seconds.
    kernels = tmp_path / "disca_nb" / "kernels"
    kernels.mkdir(parents=True)
    for folder in (kernels.parent, kernels):
        (folder / "__init__.py").touch()
    source = Path(_accelerate.__file__).read_bytes()
    (kernels.parent / "_accelerate.py").write_bytes(source)
    (kernels / "inner.py").write_text(_INNER.format(1.0), encoding="utf-8")
    (kernels / "outer.py").write_text(_OUTER, encoding="utf-8")
    assert [_answer(tmp_path) for _ in range(2)] == ["2.0 0", "2.0 1"]
    (kernels / "inner.py").write_text(_INNER.format(2.0), encoding="utf-8")
    assert _answer(tmp_path) == "3.0 0"
