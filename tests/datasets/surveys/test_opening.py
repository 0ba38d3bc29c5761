"""One function opens every kind of survey, by its ending and its columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb import save_results
from disca_nb.datasets import surveys
from disca_nb.datasets.surveys import drop_options, read_survey, report, to_tidy
from disca_nb.errors import DataFileError, InputError, StoreError, UnknownNameError

Bank = Callable[..., xr.Dataset]
Write = Callable[[str, str | bytes], Path]
ROW = {
    "question": "Is it so?",
    "selections": {"Japan": [0.3, 0.5, 0.2]},
    "options": ["Yes", "No", "Refused"],
    "source": "GAS",
}


@pytest.fixture
def made(bank: Bank) -> xr.Dataset:
    """A bank with a cell that was not asked."""
    cells = {"q1": {"Japan": [0.3, 0.5, 0.2], "Peru": [0.2, 0.8, 0.0]}, "q2": {"Peru": [1, 0, 0]}}
    return bank(cells, options=("Yes", "No", "Refused"), respondents=40, ordinal=True)


def test_the_sample_is_opened_by_its_name() -> None:
    xr.testing.assert_identical(read_survey("sample"), surveys.sample())


@pytest.mark.parametrize("ending", ["nc", "zarr"])
def test_a_saved_bank_comes_back(made: xr.Dataset, tmp_path: Path, ending: str) -> None:
    path = save_results(made, tmp_path / f"bank.{ending}")
    xr.testing.assert_identical(read_survey(path), made)
    kept = read_survey(str(path), drop=["Refused"])
    np.testing.assert_allclose(kept.removed_share.sel(country="Japan"), [0.2, np.nan])


def test_a_saved_result_that_is_no_bank_is_refused(tmp_path: Path) -> None:
    other = xr.Dataset({"base_gap": ("country", [0.5])}, {"country": ["JPN"]})
    with pytest.raises(InputError, match="lacks 'survey_share'"):
        read_survey(save_results(other, tmp_path / "other.nc"))
    with pytest.raises(StoreError, match=r"There is nothing at .*gone\.zarr"):
        read_survey(tmp_path / "gone.zarr")


def test_a_tidy_table_comes_back_from_csv(made: xr.Dataset, tmp_path: Path) -> None:
    to_tidy(made).to_csv(tmp_path / "mine.csv", index=False)
    again = read_survey(tmp_path / "mine.csv")
    xr.testing.assert_identical(again.drop_attrs(), made.drop_attrs())
    assert again.attrs["name"] == "mine.csv"
    unknown = to_tidy(made).assign(respondents="")
    unknown.to_csv(tmp_path / "mine.csv", index=False)
    assert np.isnan(read_survey(tmp_path / "mine.csv").respondents).all()


def test_what_was_removed_comes_back_from_csv(made: xr.Dataset, tmp_path: Path) -> None:
    kept = drop_options(made, ["Refused"])
    to_tidy(kept).to_csv(tmp_path / "mine.csv", index=False)
    again = read_survey(tmp_path / "mine.csv")
    xr.testing.assert_allclose(again.drop_attrs(), kept.drop_attrs(), rtol=1e-15)
    assert report(again).removed_share == pytest.approx(0.2 / 3)


def test_an_order_of_options_is_said_in_words_that_are_known(write: Write) -> None:
    head = "question,text,option,country,share,ordinal\n"
    rows = "q1,Is it so?,Yes,Peru,0.5,{0}\nq1,Is it so?,No,Peru,0.5,{0}\n"
    said = {word: read_survey(write("a.csv", head + rows.format(word))) for word in ("TRUE", "no")}
    assert {word: bank.ordinal.item() for word, bank in said.items()} == {"TRUE": True, "no": False}
    with pytest.raises(
        DataFileError, match=r"a\.csv, row 1: ordinal is 'wahr'; it must be true or"
    ):
        read_survey(write("a.csv", head + rows.format("wahr")))


@pytest.mark.parametrize("name", ["a.jsonl", "A.JSONL", "a.ndjson"])
def test_global_opinions_are_known_by_their_ending(write: Write, name: str) -> None:
    bank = read_survey(write(name, json.dumps(ROW)), drop="missing", countries=["Japan"])
    np.testing.assert_allclose(bank.survey_share.values, [[[0.375, 0.625]]])


def test_global_opinions_are_known_by_their_columns(tmp_path: Path) -> None:
    row = ROW | {"selections": str(ROW["selections"]), "options": str(ROW["options"])}
    pd.DataFrame([row | {"more": 1}]).to_csv(tmp_path / "a.csv", index=False)
    assert read_survey(tmp_path / "a.csv").question.values.tolist() == ["GAS:0000"]


def test_the_world_values_survey_is_known_by_its_columns(write: Write) -> None:
    file = write("wvs.csv", '"B_COUNTRY_ALPHA","W_WEIGHT","Q1"\n"KOR",1,1\n"KOR",3,2\n')
    items = {"Q1": {"text": "Family", "options": {1: "Very", 2: "Rather"}}}
    bank = read_survey(file, items=items)
    assert bank.survey_share.sel(country="KOR").values.tolist() == [[0.25, 0.75]]
    assert read_survey(file, items=items, weight=None).survey_share[0, 0, 0] == 0.5
    with pytest.raises(InputError, match="is read by read_wvs7, which needs items=; give it"):
        read_survey(file)


def test_any_table_is_read_with_a_mapping(write: Write) -> None:
    file = write("a.csv", "land,answer\nPeru,1\nPeru,2\nPeru,2\nPeru,2\n")
    items = {"answer": {"text": "Is it so?", "options": {1: "Yes", 2: "No"}}}
    mapping = {"survey": "Panel", "layout": "respondents", "country": "land", "items": items}
    bank = read_survey(file, mapping=mapping)
    assert bank.survey_share.values.tolist() == [[[0.25, 0.75]]]
    kept = read_survey(file, mapping=mapping, drop=[])
    assert kept.removed_share.item() == 0.0
    with pytest.raises(
        DataFileError, match=r"a\.csv has the columns answer, land, which are neither"
    ):
        read_survey(file)
    with pytest.raises(InputError, match=r"mapping is for \.csv, .* files, not .*a\.dta; leave it"):
        read_survey(file.with_suffix(".dta"), mapping=mapping)


def test_statistical_files_are_known_by_their_ending(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    table = pd.DataFrame({"land": [1.0, 1.0, 1.0, 1.0], "q1": [1.0, 2.0, 2.0, 2.0]})
    labels = {"land": {1.0: "Peru"}, "q1": {1.0: "Yes", 2.0: "No"}}
    names = {"q1": "Is it so?"}
    pyreadstat.write_sav(
        table, tmp_path / "a.sav", variable_value_labels=labels, column_labels=names
    )
    whole = table.astype(int)
    coded = {key: {int(code): text for code, text in each.items()} for key, each in labels.items()}
    pyreadstat.write_dta(
        whole, tmp_path / "a.dta", variable_value_labels=coded, column_labels=names
    )
    for ending in ("sav", "dta"):
        bank = read_survey(tmp_path / f"a.{ending}", country="land", items=["q1"])
        assert bank.survey_share.values.tolist() == [[[0.25, 0.75]]]
        assert bank.country.values.tolist() == ["Peru"]
    with pytest.raises(InputError, match="is read by read_spss, which needs country=; give it"):
        read_survey(tmp_path / "a.sav")


def test_what_no_reader_knows_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.docx ends in '\.docx'; give \.csv, \.jsonl"):
        read_survey("a.docx")
    with pytest.raises(InputError, match=r"smple ends in ''; give"):
        read_survey("smple")
    with pytest.raises(InputError, match="The path is 3; name a file"):
        read_survey(3)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Unknown option 'weigth'; known: drop, countries"):
        read_survey(write("a.jsonl", json.dumps(ROW)), weigth="w")
    with pytest.raises(DataFileError, match=r"The file .*gone\.csv is not there; check the path"):
        read_survey(tmp_path / "gone.csv")
    with pytest.raises(DataFileError, match=r"is not UTF-8 text; convert it first"):
        read_survey(
            write("a.csv", "question,selections,options,source\n“a”,{},[],b\n".encode("cp1252"))
        )
    with pytest.raises(DataFileError, match="truncated or damaged gzip"):
        read_survey(write("a.csv.gz", b"no gzip"))


def test_reports_say_what_was_read(write: Write) -> None:
    found = report(read_survey(write("a.jsonl", json.dumps(ROW)), drop="missing"))
    assert found.rows == 1
    assert found.removed_share == pytest.approx(0.2)
