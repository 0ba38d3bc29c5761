"""Recorded gaps in the tidy format: arranged as a dataset, or refused in one sentence."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from disca_nb.datasets import recorded
from disca_nb.errors import DataFileError, InputError, UnknownNameError

Write = Callable[[str, str | bytes], Path]
Complaint = Callable[..., str]

PANEL = """\
country,scenario,category,preferred_on_right,n_left,n_right,category_temperature,\
vanilla_gap,base_gap,persona_gap_0,persona_gap_1,persona_gap_2,persona_gap_3,consensus_gap
JPN,0,Age,1,1,1,1.5,0.5,0.25,-1.0,0.0,1.0,2.0,0.5
JPN,1,Species,0,2,3,4.0,-0.5,-0.25,1.0,2.0,3.0,4.0,2.5
USA,0,Age,1,1,1,1.5,1.5,0.75,-2.0,-1.0,0.0,1.0,-0.5
USA,1,Species,0,2,3,4.0,-2.5,-1.25,0.5,0.5,0.5,0.5,0.5
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


def renumbered(count: int) -> str:
    """Return a file with ``count`` personas and no consensus."""
    rows = table().loc[:, :"base_gap"]
    personas = pd.DataFrame({f"persona_gap_{i}": [str(i)] * len(rows) for i in range(count)})
    return pd.concat([rows, personas], axis=1).to_csv(index=False)


def test_a_valid_file_becomes_country_by_scenario(write: Write) -> None:
    panel = recorded.load(write("my-model.csv", PANEL))
    assert dict(panel.sizes) == {"country": 2, "scenario": 2, "persona": 4, "model": 1}
    assert panel.model.values.tolist() == ["my-model"]
    assert panel.persona.values.tolist() == ["rank_1", "rank_2", "rank_3", "rank_4"]
    assert panel.sel(country="USA", scenario="0").persona_gap.values.ravel().tolist() == [
        *(-2.0, -1.0, 0.0, 1.0)
    ]
    assert panel.vanilla_gap.sel(country="JPN").values.ravel().tolist() == [0.5, -0.5]
    assert (panel.status == 1).all()


def test_scenarios_that_all_countries_share_are_described_once(write: Write) -> None:
    panel = recorded.load(write("a.csv", PANEL))
    assert panel.category.dims == panel.preferred_on_right.dims == ("scenario",)
    assert panel.category.values.tolist() == ["Age", "Species"]
    assert panel.preferred_on_right.values.tolist() == [True, False]
    assert panel.n_right.values.tolist() == [1, 3]
    assert panel.category_temperature.values.tolist() == [1.5, 4.0]
    assert panel.attrs["source"] == "a.csv"


def test_gzip_gives_the_same_dataset(write: Write) -> None:
    plain = recorded.load(write("a.csv", PANEL))
    packed = recorded.load(write("a.csv.gz", gzip.compress(PANEL.encode())))
    assert packed.drop_attrs().identical(plain.drop_attrs())


def test_named_personas_keep_their_names_and_order(write: Write) -> None:
    panel = recorded.load(write("a.csv", NAMED))
    assert panel.persona.values.tolist() == ["young", "older"]
    assert panel.persona_gap.sel(country="JPN", scenario="a").values.ravel().tolist() == [1.0, 0.25]


def test_numbered_personas_are_sorted_by_number_not_by_text(write: Write) -> None:
    panel = recorded.load(write("a.csv", renumbered(12)))
    np.testing.assert_array_equal(panel.persona_gap[0, 0].values.ravel(), np.arange(12.0))


@pytest.mark.parametrize("count", [1, 16])
def test_one_to_sixteen_personas_are_read(write: Write, count: int) -> None:
    assert recorded.load(write("a.csv", renumbered(count))).sizes["persona"] == count


def test_a_scenario_that_a_country_lacks_has_status_0_and_nan(write: Write) -> None:
    panel = recorded.load(write("a.csv", NAMED))
    missing = panel.sel(country="JPN", scenario="b")
    assert missing.status.item() == 0
    assert np.isnan(missing.base_gap).all()
    assert np.isnan(missing.persona_gap).all()
    assert panel.status.values.ravel().tolist() == [1, 0, 1, 1]
    assert panel.category.values.tolist() == ["Age", "Gender"]


def test_scenarios_that_differ_by_country_are_described_by_country(write: Write) -> None:
    text = NAMED.replace("USA,a,Age,1", "USA,a,Fitness,0")
    panel = recorded.load(write("a.csv", text))
    assert panel.category.sel(scenario="a").values.tolist() == ["Age", "Fitness"]
    assert panel.preferred_on_right.sel(scenario="a").values.tolist() == [True, False]


def test_labels_come_in_the_order_of_the_file(write: Write) -> None:
    lines = PANEL.splitlines(keepends=True)
    panel = recorded.load(write("a.csv", lines[0] + "".join(lines[:0:-1])))
    assert panel.country.values.tolist() == ["USA", "JPN"]
    assert panel.scenario.values.tolist() == ["1", "0"]
    assert panel.base_gap.sel(country="JPN", scenario="0").item() == 0.25


@pytest.mark.parametrize("label", ["NA", "None", "<script>", "日本", 'a, "b"', "x" * 500])
def test_labels_survive_as_they_are(write: Write, label: str) -> None:
    rows = table()
    rows.loc[rows["country"] == "USA", "country"] = label
    rows.loc[rows["scenario"] == "1", ["scenario", "category"]] = label
    rows = rows.rename(columns={f"persona_gap_{i}": f"persona_gap_{label}{i}" for i in range(4)})
    panel = recorded.load(write("a.csv", rows.to_csv(index=False)))
    assert panel.country.values.tolist() == ["JPN", label]
    assert panel.scenario.values.tolist() == ["0", label]
    assert panel.category.values.tolist() == ["Age", label]
    assert panel.persona.values.tolist() == [f"{label}{i}" for i in range(4)]


@pytest.mark.parametrize("value", [0.1 + 0.2, 5e-324, -1.7976931348623157e308, 1 / 3])
def test_floats_are_read_to_the_last_bit(write: Write, value: float) -> None:
    panel = recorded.load(write("a.csv", changed(1, "base_gap", repr(value))))
    assert panel.base_gap.sel(country="JPN", scenario="0").item() == value


def test_logged_passes_are_read_in_the_order_of_their_numbers(write: Write) -> None:
    rows = table().assign(correction_2="0.2", ess_1="0.7", correction_1="0.1", ess_2="0.8")
    panel = recorded.load(write("a.csv", rows.to_csv(index=False)))
    cell = panel.isel(country=0, scenario=0, model=0)
    assert cell.recorded_correction.values.tolist() == [0.1, 0.2]
    assert cell.recorded_ess.values.tolist() == [0.7, 0.8]


def test_the_moving_average_is_taken_back_to_before_the_first_scenario(write: Write) -> None:
    rows = table().assign(micro_gap="2.0", ema_gap="0.65", ema_step="4")
    panel = recorded.load(write("a.csv", rows.to_csv(index=False)))
    # One update forward from the state before gives the logged state again.
    before = panel.initial_average.values
    np.testing.assert_allclose(0.9 * before + 0.1 * 2.0, 0.65, rtol=1e-15)
    assert panel.initial_step.values.ravel().tolist() == [3.0, 3.0]


BAD_CELLS = [
    ("base_gap", "", "base_gap is empty"),
    ("base_gap", "nan", "base_gap is 'nan'"),
    ("persona_gap_2", "", "persona_gap_2 is empty"),
    ("persona_gap_2", "NaN", "persona_gap_2 is 'NaN'"),
    ("persona_gap_2", "-inf", "persona_gap_2 is '-inf'"),
    ("vanilla_gap", "high", "vanilla_gap is 'high'"),
    ("consensus_gap", "?", "consensus_gap is '?'"),
    ("preferred_on_right", "2", "preferred_on_right is 2; it must be one of 0, 1"),
    ("preferred_on_right", "True", "preferred_on_right is 'True'"),
    ("n_left", "1.5", "n_left is 1.5; it must be a whole number"),
    ("country", "", "country is ''"),
    ("scenario", " ", "scenario is ' '"),
    ("category", "", "category is ''"),
]


@pytest.mark.parametrize(("column", "value", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named(
    write: Write, complaint: Complaint, column: str, value: str, reason: str
) -> None:
    text = complaint(recorded.load, write("bad.csv", changed(3, column, value)))
    assert text.startswith(f"bad.csv, row 3: {reason}")


@pytest.mark.parametrize(
    "column",
    ["country", "scenario", "category", "preferred_on_right", "base_gap"],
)
def test_a_missing_column_is_named(write: Write, complaint: Complaint, column: str) -> None:
    text = complaint(
        recorded.load, write("bad.csv", table().drop(columns=column).to_csv(index=False))
    )
    assert f"bad.csv lacks the column {column}; it has" in text


def test_a_duplicate_cell_is_named(write: Write, complaint: Complaint) -> None:
    lines = PANEL.splitlines(keepends=True)
    text = complaint(recorded.load, write("bad.csv", PANEL + lines[2]))
    assert text.startswith("bad.csv, row 5: country 'JPN', scenario '1' is there twice")


def test_a_panel_that_lost_a_persona_is_refused(write: Write, complaint: Complaint) -> None:
    text = complaint(
        recorded.load, write("bad.csv", table().drop(columns="persona_gap_3").to_csv(index=False))
    )
    assert "row 1: the mean of the 3 persona gaps is 0 but consensus_gap is 0.5" in text
    assert "wrong number of personas" in text


def test_a_gap_in_the_numbering_is_refused(write: Write, complaint: Complaint) -> None:
    text = complaint(
        recorded.load, write("bad.csv", table().drop(columns="persona_gap_1").to_csv(index=False))
    )
    assert "bad.csv lacks the column persona_gap_1" in text


@pytest.mark.parametrize("count", [0, 17])
def test_none_or_too_many_personas_are_refused(
    write: Write, complaint: Complaint, count: int
) -> None:
    text = complaint(recorded.load, write("bad.csv", renumbered(count)))
    assert f"bad.csv has {count} persona columns; it needs 1 to 16" in text


def test_a_pass_that_only_one_quantity_has_is_refused(write: Write, complaint: Complaint) -> None:
    rows = table().assign(correction_1="0.1", correction_2="0.2", ess_1="0.7")
    text = complaint(recorded.load, write("bad.csv", rows.to_csv(index=False)))
    assert "bad.csv lacks the column ess_2" in text


@pytest.mark.parametrize(
    ("column", "values", "wanted"),
    [
        ("n_left", ["1", "1", "-1", "1"], "be at least 0"),
        ("category_temperature", ["1.5", "4.0", "0", "4.0"], "be above 0"),
        ("category_temperature", ["1.5", "4.0", "-1.5", "4.0"], "be above 0"),
        ("reliability", ["0", "1", "1.5", "2"], "lie in 0 to 1"),
        ("anchor_weight", ["0", "1", "-0.5", "2"], "lie in 0 to 1"),
        ("ess_1", ["0", "1", "-0.1", "2"], "lie in 0 to 1"),
        ("vanilla_p_spare", ["0", "1", "1.01", "2"], "lie in 0 to 1"),
        ("ema_step", ["1", "2", "0", "4"], "be at least 1"),
    ],
)
def test_a_number_outside_its_range_is_named_with_file_row_and_the_files_own_column(
    write: Write, complaint: Complaint, column: str, values: list[str], wanted: str
) -> None:
    rows = table().assign(micro_gap="0.5", ema_gap="0.5", ema_step="3").assign(**{column: values})
    text = complaint(recorded.load, write("bad.csv", rows.to_csv(index=False)))
    assert text.startswith(f"bad.csv, row 3: {column} is {values[2]}; ")
    assert text.endswith(f"must {wanted}.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "not a CSV table"), (PANEL.splitlines()[0] + "\n", "a header but no rows")],
    ids=["empty", "header only"],
)
def test_a_file_without_rows_is_refused(
    write: Write, complaint: Complaint, content: str, reason: str
) -> None:
    text = complaint(recorded.load, write("bad.csv", content))
    assert "bad.csv" in text
    assert reason in text


def test_countries_are_chosen_in_the_order_asked_for(write: Write) -> None:
    path = write("a.csv", PANEL)
    assert recorded.load(path, countries=["USA", "JPN"]).country.values.tolist() == ["USA", "JPN"]
    assert recorded.load(path, countries=["USA"]).base_gap.values.ravel().tolist() == [0.75, -1.25]


def test_a_text_is_one_country_not_its_letters(write: Write) -> None:
    path = write("a.csv", PANEL)
    assert recorded.load(path, countries="USA").country.values.tolist() == ["USA"]


def test_an_unknown_country_brings_a_suggestion(write: Write) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown country 'USB'; did you mean 'USA'\?"):
        recorded.load(write("a.csv", PANEL), countries=["JPN", "USB"])


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="No file was named"):
        recorded.load()


def test_a_table_that_was_cut_out_of_another_is_read_too(complaint: Complaint) -> None:
    part = table().iloc[2:].set_index(pd.Index(["x", "y"]))
    panel = recorded.from_table(part, model="mine", source="a table")
    assert panel.country.values.tolist() == ["USA"]
    part.loc["y", "base_gap"] = "bad"
    text = complaint(lambda: recorded.from_table(part, model="mine", source="a table"))
    assert text.startswith("a table, row 2: base_gap is 'bad'")


def _ordered(*countries: tuple[str, str]) -> str:
    rows = "".join(f"{c},{i},Age,1,{i}.5,0.0\n" for c, order in countries for i in order)
    return "country,scenario,category,preferred_on_right,base_gap,persona_gap_0\n" + rows


def test_scenarios_stand_in_every_countrys_own_order(write: Write) -> None:
    panel = recorded.load(write("a.csv", _ordered(("JPN", "013"), ("USA", "023"))))
    assert panel.scenario.values.tolist() == ["0", "1", "2", "3"]
    scored = panel.status.sel(country="USA", model="a") == 1
    assert panel.scenario.values[scored].tolist() == ["0", "2", "3"]
    assert panel.base_gap.sel(country="USA", scenario="2").item() == 2.5


def test_orders_that_exclude_each_other_are_refused(write: Write) -> None:
    path = write("a.csv", _ordered(("JPN", "012"), ("USA", "021")))
    with pytest.raises(DataFileError, match=r"a\.csv holds the scenarios '.' and '.' in one order"):
        recorded.load(path)
