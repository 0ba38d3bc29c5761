"""Timing in interleaved rounds: every contestant once per round, so that all share the weather.

A ratio is taken within a round and the median over rounds comes last: what slows the whole
machine for some seconds then slows both sides of it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["ReplayClock", "Spread", "race", "ratio", "spread"]

_PAUSE = 0.02


class Spread(NamedTuple):
    """Median of some rounds, with their quartiles and how many there were."""

    median: float
    low: float
    high: float
    least: float
    rounds: int


def race(
    contestants: Mapping[str, Callable[[], object]],
    rounds: int,
    repeats: int = 1,
    after: Callable[[dict[str, list[float]]], None] | None = None,
) -> dict[str, list[float]]:
    """Time every contestant once per round and return seconds per call.

    Parameters
    ----------
    contestants : mapping of str to callable
        Already warm: what they compile and load is not to be timed.
    rounds : int
        Number of rounds. Each begins with another contestant, so that none always comes after
        the same one.
    repeats : int
        Calls that make up one measurement, for short ones.
    after : callable, optional
        Given what will be returned, as far as it is known, at the end of each round.

    Returns
    -------
    dict of str to list of float
        As many numbers per contestant as there are rounds.

    Examples
    --------
    >>> sorted(race({"a": int, "b": str}, rounds=2))
    ['a', 'b']
    """
    names = list(contestants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                call = contestants[name]
                # Threads of OpenMP spin for some milliseconds before they sleep.
                time.sleep(_PAUSE)
                start = time.perf_counter()
                for _ in range(repeats):
                    call()
                seconds[name].append((time.perf_counter() - start) / repeats)
            gc.collect()
            if after is not None:
                after(seconds)
    finally:
        if collecting:
            gc.enable()
    return seconds


def spread(values: Sequence[float]) -> Spread:
    """Return the median, the quartiles and the least of some rounds.

    Examples
    --------
    >>> spread([3.0, 1.0, 2.0]).median
    2.0
    """
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    return Spread(float(median), float(low), float(high), float(min(values)), len(values))


def ratio(numerator: Sequence[float], denominator: Sequence[float]) -> Spread:
    """Return the spread of the ratios of two contestants, round by round.

    Examples
    --------
    >>> ratio([1.0, 4.0, 3.0], [1.0, 2.0, 1.0]).median
    2.0
    """
    return spread([a / b for a, b in zip(numerator, denominator, strict=True)])


class ReplayClock:
    """A clock that shows measured rounds again.

    pytest-benchmark runs all rounds of one test before the next test's. Its tests here are given
    this clock and replay the rounds of a race, so that its table and its JSON hold interleaved
    measurements.
    """

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        """Return the time, which passes by `advance` alone."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._now += seconds
