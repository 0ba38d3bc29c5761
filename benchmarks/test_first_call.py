"""The first `steer` of a fresh process compiles; how long that takes, with and without a cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import interleave, record
from benchmarks.fresh import run_fresh

_METHODS = ("monte-carlo", "quadrature")


def _measure(rounds: int, folder: Path) -> dict[str, dict[str, interleave.Spread]]:
    """Return the spread of every duration, by method and state of the cache."""
    runs: dict[str, list[dict[str, float]]] = {}
    for turn in range(rounds):
        for method in _METHODS:
            cache = {"DISCA_NB_JIT_CACHE": "1", "NUMBA_CACHE_DIR": str(folder / f"{method}{turn}")}
            none = {"DISCA_NB_JIT_CACHE": "0"}
            for state, variables in (("none", none), ("empty", cache), ("filled", cache)):
                found = run_fresh("measure_first_call", method, **variables)
                runs.setdefault(f"{method}, cache {state}", []).append(found)
    return {
        name: {key: interleave.spread([run[key] for run in found]) for key in found[0]}
        for name, found in runs.items()
    }


def test_first_call(
    results: dict[str, object], quick: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = record.conditions()
    measured = _measure(1 if quick else 3, tmp_path)
    results["first_call"] = {
        "conditions": start,
        "seconds": {
            name: {key: value._asdict() for key, value in found.items()}
            for name, found in measured.items()
        },
    }
    with capsys.disabled():
        print()
        for name, found in measured.items():
            print(name, {key: round(value.median, 3) for key, value in found.items()})
    for method in _METHODS:
        # Compiling is over after the first call.
        assert measured[f"{method}, cache none"]["second"].median < 1.0
