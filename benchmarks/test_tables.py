"""README's table from a file of results, and its place between the markers."""

from __future__ import annotations

import pytest

from benchmarks import interleave, tables

_SPREAD = interleave.Spread(2.0, 1.5, 2.5, 1.25, 3)._asdict()


def test_the_table_has_a_row_per_contestant_and_blanks_where_nothing_was_measured() -> None:
    row = {"contestant": "monte-carlo", "threads": 1, "to_monte_carlo": _SPREAD} | _SPREAD
    conditions = {"cores": 4, "widest_vectors": "AVX2", "load_average_1_min": 0.5}
    speed = {
        "conditions": conditions,
        "cells": 43_400,
        "personas": 4,
        "microseconds_per_cell": [row],
    }
    text = tables.speed_table({"speed": speed})
    expected = "| disca_nb, Monte Carlo | 2.00 [1.50, 2.50] | 1 |  |  |"
    assert expected in text
    assert "43,400 cells" in text
    assert "C twin" not in text


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="speed table: begin"):
        tables.put_between("no markers", "table")


def test_ratios_are_taken_within_rounds() -> None:
    assert interleave.ratio([1.0, 10.0, 4.0], [1.0, 5.0, 1.0]).median == 2.0


def test_a_race_interleaves_and_each_round_begins_with_another() -> None:
    order: list[str] = []
    calls = {name: lambda name=name: order.append(name) for name in "abc"}
    interleave.race(calls, rounds=3)
    assert "".join(order) == "abcbcacab"
