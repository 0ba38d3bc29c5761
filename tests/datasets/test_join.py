"""Recorded gaps of several models: side by side, or refused where they do not belong together."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from disca_nb.datasets import recorded
from disca_nb.errors import InputError

Write = Callable[[str, str | bytes], Path]

PANEL = """\
country,scenario,category,preferred_on_right,n_left,category_temperature,base_gap,persona_gap_0
JPN,0,Age,1,1,1.5,0.25,-1.0
JPN,1,Species,0,2,4.0,-0.25,1.0
USA,0,Age,1,1,1.5,0.75,-2.0
USA,1,Species,0,2,4.0,-1.25,0.5
"""
NAMED = """\
country,scenario,category,preferred_on_right,base_gap,persona_gap_young,persona_gap_older
JPN,a,Age,1,0.5,1.0,0.25
USA,a,Age,1,1.5,2.0,0.75
USA,b,Gender,0,-0.5,-1.0,-0.25
"""


def table() -> pd.DataFrame:
    return pd.read_csv(io.StringIO(PANEL), dtype=str)


def changed(row: int, column: str, value: str) -> str:
    rows = table()
    rows.loc[row - 1, column] = value
    return rows.to_csv(index=False)


def test_two_files_of_one_name_are_refused(write: Write) -> None:
    paths = write("a.csv", PANEL), write("a.csv.gz", gzip.compress(PANEL.encode()))
    with pytest.raises(InputError, match="Two files are named 'a'; rename one"):
        recorded.load(*paths)


def test_models_with_the_same_cells_stand_side_by_side(write: Write) -> None:
    other = changed(1, "base_gap", "9.5")
    both = recorded.load(write("one.csv", PANEL), write("two.csv", other))
    assert both.model.values.tolist() == ["one", "two"]
    assert both.base_gap.sel(country="JPN", scenario="0").values.tolist() == [0.25, 9.5]
    assert both.attrs["source"] == "one.csv; two.csv"


def test_models_with_other_countries_and_scenarios_are_filled_up(write: Write) -> None:
    second = NAMED.replace("USA", "BRA").replace("BRA,b,Gender,0", "BRA,c,Fitness,1")
    both = recorded.load(write("one.csv", NAMED), write("two.csv", second))
    assert both.country.values.tolist() == ["JPN", "USA", "BRA"]
    assert both.scenario.values.tolist() == ["a", "b", "c"]
    assert both.category.values.tolist() == ["Age", "Gender", "Fitness"]
    assert both.preferred_on_right.values.tolist() == [True, False, True]
    assert both.status.sel(model="one").values.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert both.status.sel(model="two").values.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 1]]
    assert (np.isnan(both.base_gap) == (both.status == 0)).all()


def test_joining_keeps_the_files_order_of_scenarios(write: Write) -> None:
    rows = "".join(f"JPN,{i},Age,1,{i}.5,0.0\n" for i in (0, 2, 10, 1))
    header = "country,scenario,category,preferred_on_right,base_gap,persona_gap_0\n"
    paths = write("one.csv", header + rows), write("two.csv", header + rows + "USA,5,Age,1,0,0\n")
    assert recorded.load(*paths).scenario.values.tolist() == ["0", "2", "10", "1", "5"]


def test_a_scenario_may_differ_between_the_countries_of_two_models(write: Write) -> None:
    second = NAMED.replace("JPN", "KOR").replace("USA", "BRA").replace("a,Age,1", "a,Fitness,0")
    both = recorded.load(write("one.csv", NAMED), write("two.csv", second))
    found = dict(zip(both.country.values, both.category.sel(scenario="a").values, strict=True))
    assert found == {"JPN": "Age", "USA": "Age", "KOR": "Fitness", "BRA": "Fitness"}


@pytest.mark.parametrize(
    ("column", "value"), [("category", "Gender"), ("preferred_on_right", "0"), ("n_left", "5")]
)
def test_models_that_describe_a_scenario_differently_are_refused(
    write: Write, column: str, value: str
) -> None:
    paths = write("one.csv", PANEL), write("two.csv", changed(3, column, value))
    message = f"Scenario '0' of USA has another {column} in two.csv than in one.csv"
    with pytest.raises(InputError, match=message):
        recorded.load(*paths)


def test_models_with_other_personas_are_refused(write: Write) -> None:
    paths = write("one.csv", NAMED), write("two.csv", NAMED.replace("older", "old"))
    with pytest.raises(InputError, match=r"two\.csv has the personas young, old and one\.csv"):
        recorded.load(*paths)


def test_models_with_another_number_of_passes_are_refused(write: Write) -> None:
    one = table().assign(correction_1="0.1", correction_2="0.2")
    two = table().assign(correction_1="0.1")
    paths = [write(f"{i}.csv", rows.to_csv(index=False)) for i, rows in enumerate((one, two))]
    with pytest.raises(InputError, match=r"1\.csv has the passes 0 and 0\.csv has 0, 1"):
        recorded.load(*paths)


def test_models_with_another_order_of_scenarios_are_refused(write: Write) -> None:
    lines = PANEL.splitlines(keepends=True)
    paths = write("one.csv", PANEL), write("two.csv", lines[0] + lines[2] + lines[1])
    with pytest.raises(InputError, match="another order, which the moving average follows"):
        recorded.load(*paths)


def test_divided_and_raw_gaps_are_not_mixed(write: Write) -> None:
    raw = table().drop(columns="category_temperature").to_csv(index=False)
    with pytest.raises(
        InputError, match=r"two\.csv holds undivided gaps and one\.csv gaps divided"
    ):
        recorded.load(write("one.csv", PANEL), write("two.csv", raw))
    ones = table().assign(category_temperature="1").to_csv(index=False)
    both = recorded.load(write("one.csv", raw), write("two.csv", ones))
    assert both.attrs["category_temperature"] == "none"
    other = PANEL.replace("JPN", "KOR").replace("USA", "BRA").replace(",1.5,", ",2.5,")
    with pytest.raises(
        InputError, match=r"two\.csv holds gaps divided .* of their own and one\.csv"
    ):
        recorded.load(write("one.csv", PANEL), write("two.csv", other))
