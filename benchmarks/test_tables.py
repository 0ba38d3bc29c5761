"""README's table from a file of results, and its place between the markers."""

from __future__ import annotations

import pytest

from benchmarks import asking_page, interleave, tables

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


def _asked() -> dict[str, object]:
    """Return a section as test_elicitation writes it, of two contestants."""
    rows = [
        {
            "contestant": name,
            "to_ours": _SPREAD,
            "prompt_tokens_per_second": 1234.5,
            "tokens_read": 67_190,
            "gflop": 90.0,
            "share_of_matrix_rate": 0.75,
        }
        | {**_SPREAD, "median": median}
        for name, median in (("loop", 2.4), ("ours", 2.0))
    ]
    return {
        "conditions": {"cores": 2, "widest_vectors": "AVX2", "load_average_1_min": 0.5},
        "threads": 2,
        "parameters": 134_515_008,
        "persona_tokens": 120,
        "scenario_tokens": 160,
        "prompts": 480,
        "gflop_per_second_of_matrices": _SPREAD,
        "seconds": rows,
        "ratios": [{"what": "loop / disca_nb", "target": ">= 4"} | _SPREAD],
    }


def test_the_part_on_asking_has_the_quickest_first_and_says_what_was_asked_for() -> None:
    text = asking_page.asking_part({"elicitation": _asked()})
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[1].startswith("| disca_nb | 2.0 [1.5, 2.5] | 1 | 1,234 | 67,190 | 75% |")
    assert rows[2].startswith("| loop, a pass per prompt | 2.4 ")
    assert "loop / disca_nb 2.00 (asked for: >= 4)" in text
    assert "135 million" in text
    assert "harness" not in text


def test_the_figure_on_asking_names_every_contestant() -> None:
    figure = asking_page.draw({"elicitation": _asked()})
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["loop, a pass per prompt", "disca_nb"]


def test_nothing_stands_between_markers_where_nothing_was_measured() -> None:
    begin, end = asking_page.MARKERS
    page = f"{begin}\nold\n{end}\n"
    empty = tables.put_between(page, asking_page.asking_part({}), asking_page.MARKERS)
    assert empty == f"{begin}\n{end}\n"


def test_a_round_is_told_of_when_it_ends() -> None:
    seen: list[int] = []
    interleave.race({"a": int, "b": int}, 3, after=lambda found: seen.append(len(found["b"])))
    assert seen == [1, 2, 3]
