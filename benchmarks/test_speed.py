"""Time per cell at the size of one published sweep, all contestants in the same rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import checks, contestants, interleave, panels, record

_ENTRIES = [
    ("monte-carlo", 1),
    ("quadrature", 1),
    ("c-twin", 1),
    ("c-twin-pow", 1),
    ("torch", 1),
    ("numpy-tuned", 1),
    ("numpy-chunks", 1),
    ("numpy", 1),
    ("loop", 1),
    ("monte-carlo", 2),
    ("quadrature", 2),
    ("c-twin", 2),
    ("c-twin-pow", 2),
    ("torch", 2),
]
# (what, numerator, denominator, threads, the ratio that is asked for)
_TARGETS = [
    ("Monte Carlo / C twin", "monte-carlo", "c-twin", 2, "<= 1"),
    ("Monte Carlo / C twin", "monte-carlo", "c-twin", 1, None),
    ("quadrature / Monte Carlo", "quadrature", "monte-carlo", 2, "<= 1"),
    ("quadrature / Monte Carlo", "quadrature", "monte-carlo", 1, None),
    ("Monte Carlo / C twin with pow", "monte-carlo", "c-twin-pow", 2, "<= 1"),
    ("Monte Carlo / C twin with pow", "monte-carlo", "c-twin-pow", 1, None),
    ("NumPy / Monte Carlo", "numpy", "monte-carlo", 1, ">= 12"),
    ("NumPy in chunks / Monte Carlo", "numpy-chunks", "monte-carlo", 1, None),
    ("NumPy with reused buffers / Monte Carlo", "numpy-tuned", "monte-carlo", 1, None),
    ("PyTorch / Monte Carlo", "torch", "monte-carlo", 1, None),
    ("PyTorch / Monte Carlo", "torch", "monte-carlo", 2, None),
    ("loop / Monte Carlo", "loop", "monte-carlo", 1, None),
]
_CLOCK = interleave.ReplayClock()


class Race(NamedTuple):
    """Seconds per call and round of every entry, and the number of cells."""

    seconds: dict[tuple[str, int], list[float]]
    n_cells: int


@pytest.fixture(scope="module")
def race(results: dict[str, object], quick: bool, two_threads: int) -> Race:
    assert two_threads == 2
    n_cells, rounds = (4_000, 3) if quick else (panels.CELLS, 15)
    panel = panels.make_panel(n_cells)
    entries = [entry for entry in _ENTRIES if contestants.available(entry[0]) is None]
    start = record.conditions()
    checked = {f"{name}, {threads}": _check(panel, name, threads) for name, threads in entries}
    calls = {f"{name}|{threads}": _limited(panel, name, threads) for name, threads in entries}
    timed = interleave.race(calls, rounds)
    seconds = {entry: timed[f"{entry[0]}|{entry[1]}"] for entry in entries}
    results["speed"] = {
        "conditions": start,
        "cells": n_cells,
        "personas": panels.PERSONAS,
        "checks": checked,
        "microseconds_per_cell": [
            {"contestant": name, "threads": threads}
            | interleave.spread([1e6 * t / n_cells for t in seconds[name, threads]])._asdict()
            | {"to_monte_carlo": _to_monte_carlo(seconds, name, threads)}
            for name, threads in entries
        ],
        "ratios": _ratios(seconds),
    }
    return Race(seconds, n_cells)


def _check(panel: panels.Panel, name: str, threads: int) -> dict[str, float]:
    """Assert that a contestant's arrays are right; it is compiled and warm afterwards."""
    with contestants.limited_to(threads):
        outcome = contestants.runner(name, panel, threads)()
    if name == "quadrature":
        return checks.check_limit(panel, outcome, contestants.TOL)
    return checks.check_passes(panel, outcome)


def _limited(panel: panels.Panel, name: str, threads: int) -> Callable[[], object]:
    """Return a contestant's call within its number of threads."""
    call = contestants.runner(name, panel, threads)

    def limited() -> object:
        with contestants.limited_to(threads):
            return call()

    return limited


def _to_monte_carlo(
    seconds: dict[tuple[str, int], list[float]], name: str, threads: int
) -> dict[str, float]:
    """Return the ratio of a contestant's time to Monte Carlo's with as many threads."""
    own, ours = seconds[name, threads], seconds["monte-carlo", threads]
    return interleave.ratio(own, ours)._asdict()


def _ratios(seconds: dict[tuple[str, int], list[float]]) -> list[dict[str, object]]:
    """Return the ratios that are asked for, and others for comparison."""
    rows: list[dict[str, object]] = []
    for what, above, below, threads, target in _TARGETS:
        if (above, threads) in seconds and (below, threads) in seconds:
            found = interleave.ratio(seconds[above, threads], seconds[below, threads])
            rows.append({"what": what, "threads": threads, "target": target} | found._asdict())
    return rows


@pytest.mark.benchmark(timer=_CLOCK, warmup=False)
@pytest.mark.parametrize(("name", "threads"), _ENTRIES)
def test_speed(benchmark: BenchmarkFixture, race: Race, name: str, threads: int) -> None:
    if reason := contestants.available(name):
        pytest.skip(reason)
    rounds = race.seconds[name, threads]
    benchmark.group = f"{race.n_cells} cells"
    benchmark.extra_info["microseconds_per_cell"] = 1e6 * min(rounds) / race.n_cells
    replayed = iter(rounds)
    benchmark.pedantic(lambda: _CLOCK.advance(next(replayed)), rounds=len(rounds))  # type: ignore[no-untyped-call]
    assert min(rounds) > 0.0


def test_ratios(race: Race, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _ratios(race.seconds)
    assert rows
    with capsys.disabled():
        print()
        for row in rows:
            asked = f", asked for {row['target']}" if row["target"] else ""
            text = f"{row['what']} ({row['threads']} threads): {row['median']:.2f}"
            print(f"{text} [{row['low']:.2f}, {row['high']:.2f}]{asked}")
