"""Shares from files of SPSS and Stata that are made here, as surveys publish them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xarray as xr

from disca_nb.datasets.surveys import report, unify
from disca_nb.datasets.surveys.statistical import read_spss, read_stata
from disca_nb.errors import DataFileError, InputError, MissingPackageError, UnknownNameError

# Three in Korea and two in Japan; 8 and 9 are called missing, 7 has no label.
PEOPLE = pd.DataFrame(
    {
        "land": [1.0, 1.0, 1.0, 2.0, 2.0],
        "place": ["KOR", "KOR", "KOR", "JPN", "JPN"],
        "sex": [1.0, 2.0, 2.0, 1.0, 9.0],
        "w": [1.0, 3.0, 4.0, 1.0, 1.0],
        "q1": [1.0, 2.0, 8.0, 2.0, 9.0],
        "q2": [1.0, 1.0, 3.0, 7.0, 3.0],
        "note": [1.5, 2.5, 3.5, 4.5, 5.5],
    }
)
TEXTS = {"land": "Country", "q1": "Is it going well?", "q2": "How happy are you?"}
LABELS: dict[str, dict[float, str]] = {
    "land": {1: "Korea (South)", 2: "Japan"},
    "sex": {1: "Male", 2: "Female", 9: "Not said"},
    "q1": {1: "Yes", 2: " No ", 8: "Refused", 9: "Not applicable"},
    "q2": {1: "Happy", 2: "So so", 3: "Unhappy"},
}
MISSING: dict[str, list[Any]] = {"q1": [{"lo": 8, "hi": 9}], "sex": [9]}

Write = Callable[..., Path]


@pytest.fixture
def sav(tmp_path: Path) -> Write:
    """Return a function that writes an SPSS file."""

    def _sav(
        table: pd.DataFrame = PEOPLE,
        name: str = "made_up.sav",
        **about: Any,  # noqa: ANN401 - those of the writer
    ) -> Path:
        path = tmp_path / name
        usual: dict[str, Any] = {
            "column_labels": TEXTS,
            "variable_value_labels": LABELS,
            "missing_ranges": MISSING,
        }
        pyreadstat.write_sav(table, path, **(usual | about))
        return path

    return _sav


def refusal(call: Callable[[], object], kind: type[Exception] = DataFileError) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert "tmp" not in text
    return text


@pytest.mark.parametrize("packed", [False, True])
def test_labels_are_the_options(sav: Write, *, packed: bool) -> None:
    file = sav(compress=True, name="made_up.zsav") if packed else sav()
    bank = read_spss(file, country="land", items=["q1", "q2"], weight="w")
    assert bank.country.values.tolist() == ["Korea (South)", "Japan"]  # by code
    assert bank.question_text.values.tolist() == ["Is it going well?", "How happy are you?"]
    assert bank.option_text.values.tolist() == [["Yes", "No", ""], ["Happy", "So so", "Unhappy"]]
    korea = bank.sel(country="Korea (South)")
    assert korea.survey_share.values[0].tolist()[:2] == [0.25, 0.75]
    assert korea.survey_share.values[1].tolist() == [0.5, 0.0, 0.5]
    assert bank.respondents.values.tolist() == [[2.0, 3.0], [1.0, 1.0]]
    # 4 of 8 refused in Korea; in Japan one was not asked, which is no refusal.
    assert bank.removed_share.sel(question="q1").values.tolist() == [0.5, 0.0]
    assert (bank.survey.values[0], bank.attrs["weight"]) == ("made_up", "w")
    found = report(bank)
    assert found.suspicious["answer with a code that is no option, left out"].examples == ("q2=7",)
    assert found.dropped == {
        "answer that is missing, such as don't know": 1,
        "answer that is blank or not asked": 1,
    }


def test_every_column_with_labels_is_a_question_by_default(sav: Write) -> None:
    labels = LABELS | {"note": {1.5: "one", 9.0: "nine"}, "w": {9.0: "None"}}
    bank = read_spss(sav(variable_value_labels=labels), country="land", weight="w")
    assert bank.question.values.tolist() == ["sex", "q1", "q2"]
    # Four of the five notes have no label.
    assert report(bank).dropped["column with labels that is no question with options"] == 1
    assert report(bank).suspicious["question without a text, called as its column"].count == 1


def test_countries_by_text_and_one_for_all(sav: Write) -> None:
    named = read_spss(sav(), country="place", items=["q2"])
    assert named.country.values.tolist() == ["JPN", "KOR"]
    one = read_spss(sav(), country="Korea", items=["q2"])
    assert one.country.values.tolist() == ["Korea"]
    assert one.respondents.item() == 4.0
    far = refusal(lambda: read_spss(sav(), country="cuntry", items=["q2"]), UnknownNameError)
    assert far.startswith("Unknown country or column of made_up.sav 'cuntry'")
    text = refusal(lambda: read_spss(sav(), country="Land"), UnknownNameError)
    assert "column of made_up.sav 'Land'; did you mean 'land'?" in text


def test_groups_have_labels_and_missing_ones_are_none(sav: Write) -> None:
    bank = read_spss(sav(), country="land", items=["q2"], by="sex")
    assert bank.group.values.tolist() == ["Male", "Female"]
    assert bank.respondents.sel(country="Korea (South)").values.ravel().tolist() == [1.0, 2.0]
    assert report(bank).dropped["respondent without a group"] == 1


def test_codes_without_a_label_stand_for_themselves_as_countries(sav: Write) -> None:
    labels = LABELS | {"land": {1.0: "Korea"}}
    bank = read_spss(sav(variable_value_labels=labels), country="land", items=["q1"])
    assert bank.country.values.tolist() == ["Korea", "2"]


def test_two_samples_with_one_label_are_not_put_together(sav: Write) -> None:
    labels = LABELS | {"land": {1.0: "Germany", 2.0: "germany"}}
    file = sav(variable_value_labels=labels)
    text = refusal(lambda: read_spss(file, country="land"))
    assert "has the label 'germany' in land for the codes 1 and 2" in text


def test_don_t_know_may_be_dropped(sav: Write) -> None:
    labels = LABELS | {"q2": {1: "Happy", 2: "Unhappy", 3: "Can't choose"}}
    file = sav(variable_value_labels=labels)
    bank = read_spss(file, country="land", items=["q2"], weight="w", drop="missing")
    assert bank.option_text.values.tolist() == [["Happy", "Unhappy"]]
    assert bank.country.values.tolist() == ["Korea (South)", "Japan"]
    assert bank.removed_share.sel(country="Korea (South)").item() == 0.5
    assert bank.respondents.values.ravel().tolist() == [2.0, 0.0]


def test_what_the_user_says_comes_first(sav: Write) -> None:
    items = {
        "q1": {"text": "Well?", "topic": "economy", "options": {2: "No", 8: "Will not say"}},
        "q2": {"ordinal": False},
    }
    file = sav(variable_measure={"q1": "ordinal", "q2": "ordinal"})
    bank = read_spss(file, country="land", items=items, survey="ISSP", wave="2019")
    assert bank.question_text.values.tolist() == ["Well?", "How happy are you?"]
    assert bank.question_topic.values.tolist() == ["economy", ""]
    assert bank.ordinal.values.tolist() == [True, False]
    assert bank.option_text.values[0, :2].tolist() == ["No", "Will not say"]
    assert bank.survey_share.sel(country="Korea (South)", question="q1").values[:2].tolist() == [
        *(0.5, 0.5),
    ]
    assert unify(bank).question.values.tolist() == ["ISSP:q1", "ISSP:q2"]


def test_a_file_without_labels_says_what_to_give(sav: Write) -> None:
    file = sav(variable_value_labels={}, missing_ranges={})
    text = refusal(lambda: read_spss(file, country="place"))
    assert text.startswith("made_up.sav has no labels of values that make a question")
    text = refusal(lambda: read_spss(file, country="place", items=["q1", "q2"]))
    assert "no labels of values for q1, q2; give the options' texts, as in items={'q1': " in text
    items = {"q1": {"text": "Well?", "options": {1: "Yes", 2: "No", 8: "Refused", 9: "None"}}}
    bank = read_spss(file, country="place", items=items)
    assert bank.survey_share.sel(country="JPN").values.tolist() == [[0.0, 0.5, 0.0, 0.5]]


def test_labels_that_repeat_are_refused(sav: Write) -> None:
    labels = LABELS | {"q2": {1: "Happy", 2: "So so", 3: "happy "}}
    file = sav(variable_value_labels=labels)
    text = refusal(lambda: read_spss(file, country="land", items=["q2"]))
    assert "made_up.sav, question 'q2' repeats the option 'Happy' and 'happy'" in text


def test_most_codes_without_a_label_are_an_error(sav: Write) -> None:
    labels = LABELS | {"q2": {0: "Not at all", 10: "Completely"}}
    file = sav(variable_value_labels=labels)
    text = refusal(lambda: read_spss(file, country="land", items=["q2"]))
    assert "5 of 5 answers to q2 with codes (1, 3, 7) that are none of its options (0, 10)" in text


@pytest.mark.parametrize(("weight", "found"), [(-2.0, "-2"), (np.nan, "empty"), (99.0, "empty")])
def test_a_weight_that_is_none_is_named_with_its_row(sav: Write, weight: float, found: str) -> None:
    file = sav(PEOPLE.assign(w=[1, 1, weight, 1, 1]), missing_ranges=MISSING | {"w": [99]})
    text = refusal(lambda: read_spss(file, country="land", items=["q1"], weight="w"))
    assert f"made_up.sav, row 3: w is {found};" in text


@pytest.mark.parametrize("option", ["items", "weight", "by"])
def test_a_column_that_is_not_there_is_named(sav: Write, option: str) -> None:
    wanted: dict[str, Any] = {option: ["Q1"] if option == "items" else "Q1"}
    text = refusal(lambda: read_spss(sav(), country="land", **wanted), UnknownNameError)
    assert "column of made_up.sav 'Q1'; did you mean 'q1'?" in text


def test_texts_in_another_encoding(sav: Write) -> None:
    labels = LABELS | {"q2": {1: "HAPPY", 2: "SOSO", 3: "SAD"}}
    file = sav(variable_value_labels=labels)
    # The file says UTF-8, as the program of its author did not.
    korean = "행복".encode("cp949").ljust(5)
    file.write_bytes(file.read_bytes().replace(b"HAPPY", korean))
    text = refusal(lambda: read_spss(file, country="land", items=["q2"]))
    assert "texts that are not in the encoding that it names; name another, as in enc" in text
    text = refusal(lambda: read_spss(file, country="land", items=["q2"], encoding="utf-8"))
    assert "texts that are not in utf-8" in text
    bank = read_spss(file, country="land", items=["q2"], encoding="cp949")
    assert bank.option_text.values.tolist() == [["행복", "SOSO", "SAD"]]
    text = refusal(lambda: read_spss(file, country="land", encoding="kk"), InputError)
    assert "The encoding 'kk' is not known" in text


def test_files_that_cannot_be_read(sav: Write, tmp_path: Path) -> None:
    file = sav()
    file.write_bytes(b"no survey")
    text = refusal(lambda: read_spss(file, country="land"))
    assert text.startswith("made_up.sav cannot be read as a file of SPSS (")
    assert text.endswith("fetch it again, or take read_stata or read_mapped.")
    with pytest.raises(DataFileError, match="is not there; check the path"):
        read_spss(tmp_path / "none.sav", country="land")
    with pytest.raises(DataFileError, match="is a folder; name a file in it"):
        read_stata(tmp_path, country="land")


def test_a_truncated_file_is_refused(sav: Write) -> None:
    file = sav()
    file.write_bytes(file.read_bytes()[:-40])
    assert "cannot be read as a file of SPSS" in refusal(lambda: read_spss(file, country="land"))


def test_an_empty_file_is_refused(sav: Write) -> None:
    text = refusal(lambda: read_spss(sav(PEOPLE.iloc[:0]), country="land", items=["q1"]))
    assert "made_up.sav has no rows" in text


def test_without_the_library_the_extra_is_named(
    sav: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sav()
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    text = refusal(lambda: read_spss(file, country="land"), MissingPackageError)
    assert "Files of SPSS need pyreadstat; run: pip install 'disca-nb[surveys]'" in text


def dta(
    path: Path,
    table: pd.DataFrame,
    **about: Any,  # noqa: ANN401 - those of the writer
) -> Path:
    """Write a Stata file."""
    pyreadstat.write_dta(table, path, **about)
    return path


def test_stata_keeps_its_letters_for_missing(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"c": ["KOR"] * 5, "w": [1.0, 1.0, 2.0, 4.0, 2.0], "q": [1, 2, 2, "a", "b"]}
    )
    file = dta(
        tmp_path / "made_up.dta",
        table,
        column_labels={"q": "Is it going well?"},
        variable_value_labels={"q": {1: "Yes", 2: "No", "a": "Don't know", "b": "Not asked"}},
        missing_user_values={"q": ["a", "b"]},
    )
    bank = read_stata(file, country="c", weight="w")
    assert bank.option_text.values.tolist() == [["Yes", "No"]]
    assert bank.survey_share.values.tolist() == [[[0.25, 0.75]]]
    assert bank.removed_share.item() == 0.5
    assert bank.respondents.item() == 3.0


def test_stata_and_spss_say_the_same(sav: Write, tmp_path: Path) -> None:
    labels = {name: LABELS[name] for name in ("land", "q2")}
    spss = read_spss(
        sav(variable_value_labels=labels, missing_ranges={}), country="land", weight="w"
    )
    file = dta(
        tmp_path / "made_up.dta",
        PEOPLE.astype({"land": int, "q2": int}),
        column_labels=TEXTS,
        variable_value_labels={
            name: {int(k): v for k, v in labels[name].items()} for name in labels
        },
    )
    stata = read_stata(file, country="land", weight="w")
    xr.testing.assert_equal(spss, stata)
    assert (spss.attrs["source"], stata.attrs["source"]) == (
        *("SPSS file made_up.sav", "Stata file made_up.dta"),
    )


def test_an_old_stata_file_in_latin(tmp_path: Path) -> None:
    answers = pd.Categorical(["Größer", "Kleiner", "Größer", "Größer"])
    table = pd.DataFrame({"frage": answers, "ort": ["Köln", "Köln", "Bonn", "Köln"]})
    file = tmp_path / "made_up.dta"
    table.to_stata(file, version=114, write_index=False, variable_labels={"frage": "Größe?"})
    bank = read_stata(file, country="Germany", by="ort", encoding="latin1")
    assert bank.option_text.values.tolist() == [["Größer", "Kleiner"]]
    assert bank.group.values.tolist() == ["Bonn", "Köln"]
    assert bank.survey_share.sel(group="Köln").values.ravel() == pytest.approx([2 / 3, 1 / 3])
