"""Time per cell from a thousand to a million cells, one thread each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks import contestants, interleave, panels, record

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
# The largest size at which a call still takes seconds and not minutes.
_UP_TO = {
    "monte-carlo": 1_000_000,
    "quadrature": 1_000_000,
    "c-twin": 1_000_000,
    "torch": 100_000,
    "numpy-tuned": 100_000,
    "numpy": 100_000,
    "loop": 10_000,
}
_ASKED = "<= 1.15"
# Short calls are repeated until they have seen so many cells.
_LEAST_CELLS = 10_000


def _repeated(panel: panels.Panel, name: str) -> Callable[[], object]:
    """Return a call that runs a contestant as often as makes up enough cells."""
    call = contestants.runner(name, panel, 1)
    times = _times(panel.base.size)

    def run() -> None:
        for _ in range(times):
            call()

    return run


def _times(n_cells: int) -> int:
    return max(1, _LEAST_CELLS // n_cells)


@pytest.fixture(scope="module")
def growth(results: dict[str, object], quick: bool) -> dict[tuple[str, int], list[float]]:
    """Seconds per cell and round, by contestant and number of cells."""
    largest, rounds = (10_000, 2) if quick else (max(_SIZES), 7)
    sizes = [size for size in _SIZES if size <= largest]
    data = {size: panels.make_panel(size) for size in sizes}
    entries = [
        (name, size)
        for name, most in _UP_TO.items()
        if contestants.available(name) is None
        for size in sizes
        if size <= most
    ]
    start = record.conditions()
    with contestants.limited_to(1):
        for name in _UP_TO:
            if contestants.available(name) is None:
                contestants.runner(name, data[sizes[0]], 1)()
        calls = {f"{name}|{size}": _repeated(data[size], name) for name, size in entries}
        timed = interleave.race(calls, rounds)
    per_cell = {
        (name, size): [t / (size * _times(size)) for t in timed[f"{name}|{size}"]]
        for name, size in entries
    }
    results["growth"] = {
        "conditions": start,
        "microseconds_per_cell": [
            {"contestant": name, "threads": 1, "cells": size}
            | interleave.spread([1e6 * t for t in seconds])._asdict()
            for (name, size), seconds in per_cell.items()
        ],
        "ratios": [
            {"contestant": name, "what": "1e6 / 1e5 cells", "target": _ASKED}
            | interleave.ratio(per_cell[name, 1_000_000], per_cell[name, 100_000])._asdict()
            for name in _UP_TO
            if (name, 1_000_000) in per_cell
        ],
    }
    return per_cell


def test_growth(
    growth: dict[tuple[str, int], list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\nmicroseconds per cell, one thread")
        for (name, size), seconds in growth.items():
            print(f"{name:12s} {size:>9,d} {1e6 * interleave.spread(seconds).median:9.2f}")
    # Whatever the machine, a hundred thousand cells never cost many times as much each.
    for name in ("monte-carlo", "quadrature"):
        sizes = [size for other, size in growth if other == name]
        least = min(growth[name, min(sizes)])
        assert min(growth[name, max(sizes)]) < 3.0 * least
