"""Load reports: in words, in a bank's attributes, on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xarray as xr

import disca_nb
from disca_nb.datasets.surveys import Finding, Report, drop_options, report
from disca_nb.errors import InputError
from disca_nb.variables import annotate

Bank = Callable[..., xr.Dataset]

WHOLE = Report(
    "mine.csv",
    rows=1200,
    questions=3,
    countries=2,
    cells=6,
    surveys={"A": 2, "Ä": 1},
    renormalised=1,
    dropped={"cell with all shares zero": 1},
    suspicious={"odd": Finding(4, ("one", "two", "three"))},
    kept_questions=3,
    kept_cells=5,
    removed_share=0.125,
)


def test_a_report_is_a_few_lines() -> None:
    assert str(WHOLE).splitlines() == [
        "mine.csv: 1,200 rows, 3 questions, 2 countries, 6 cells; kept 3 questions and 5 cells",
        "surveys: A 2, Ä 1",
        "cells with another number of shares than options: 0",
        "renormalised: 1 cell",
        "dropped: cell with all shares zero 1",
        "answers removed per cell, mean: 12.5%",
        "suspicious: odd 4 (one, two, three)",
    ]


def test_a_report_comes_back_from_json() -> None:
    assert Report.from_json(WHOLE.to_json()) == WHOLE


def test_changes_add_up_what_was_left_out() -> None:
    more = WHOLE.but(dropped={"cell with all shares zero": 2, "new": 1}, kept_cells=2)
    assert more.dropped == {"cell with all shares zero": 3, "new": 1}
    assert (more.kept_cells, more.suspicious) == (2, WHOLE.suspicious)
    assert WHOLE.kept_cells == 5


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"suspicious": {"a": 1}}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="which is none; load the survey again"):
        report(xr.Dataset(attrs={"report": text}))


def test_a_bank_without_a_report_is_refused() -> None:
    with pytest.raises(InputError, match="The bank has no attribute 'report'; load it"):
        report(xr.Dataset())


@pytest.mark.parametrize("ending", ["nc", "zarr"])
def test_bank_and_report_survive_the_disk(bank: Bank, tmp_path: Path, ending: str) -> None:
    made = bank({"q1": {"Japan": [0.2, 0.8], "Chile": [0.0, 0.0]}, "q2": {"Japan": [0.6, 0.6]}})
    made = annotate(drop_options(made, []).assign_coords(language="en"))
    path = disca_nb.save_results(made, tmp_path / f"bank.{ending}")
    opened = disca_nb.open_results(path)
    xr.testing.assert_identical(opened, made)
    assert report(opened) == report(made)
    assert report(opened).dropped == {"cell with all shares zero": 1}
