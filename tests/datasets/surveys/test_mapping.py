"""CSV files of any form, read by a mapping."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from disca_nb.datasets.surveys import report
from disca_nb.datasets.surveys._mapping_form import read_form
from disca_nb.datasets.surveys.mapping import read_mapped
from disca_nb.errors import DataFileError, InputError, MissingPackageError, UnknownNameError

Put = Callable[[str, str | bytes], Path]

COLUMNS = {"question": "id", "text": "wording", "option": "answer", "country": "land"}
SHARES: dict[str, Any] = {
    "survey": "Panel A",
    "layout": "shares",
    "columns": COLUMNS | {"share": "pct"},
}
TABLE = """id,wording,answer,land,pct
q1,Is it going well?,Yes,Korea,0.25
q1,Is it going well?,No,Korea,0.75
q1,Is it going well?,Yes,Japan,
q1,Is it going well?,No,Japan,
q2,Which is best?,Tea,Japan,0.5
q2,Which is best?,Coffee,Japan,0.3
q2,Which is best?,Don't know,Japan,0.2
"""
PEOPLE = """land,w,sex,q1,q2
Korea,1,f,1,Tea
Korea,3,m,2,Coffee
Korea,4,f,9,Tea
Japan,2,m,-1,Tea
Japan,1,f,2,
"""
PERSONS: dict[str, Any] = {
    "survey": "Panel B",
    "layout": "respondents",
    "country": "land",
    "weight": "w",
    "items": {
        "q1": {"text": "Is it going well?", "topic": "economy", "options": {1: "Yes", 2: "No"}},
        "q2": {"text": "Which is best?", "options": ["Tea", "Coffee"]},
    },
    "missing": [9],
    "not_asked": -1,
}


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Return a function that writes a file."""

    def _put(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _put


def refusal(call: Callable[[], object], kind: type[Exception] = DataFileError) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_shares(put: Put) -> None:
    bank = read_mapped(put("a.csv", TABLE), SHARES | {"wave": 2021, "ordinal": True})
    assert bank.question.values.tolist() == ["q1", "q2"]
    assert bank.survey_share.sel(country="Korea", question="q1").values[:2].tolist() == [0.25, 0.75]
    assert np.isnan(bank.survey_share.sel(country="Japan", question="q1")).all()  # blank
    assert (bank.survey.values[0], bank.wave.values[0]) == ("Panel A", "2021")
    assert bank.ordinal.values.all()
    assert bank.attrs["source"] == "Panel A 2021, a.csv"


def test_options_of_shares_may_be_dropped(put: Put) -> None:
    bank = read_mapped(put("a.csv", TABLE), SHARES, drop="missing")
    second = bank.sel(country="Japan", question="q2")
    assert second.survey_share.values == pytest.approx([5 / 8, 3 / 8])
    assert second.removed_share.item() == pytest.approx(0.2)


def test_percent_semicolons_and_decimal_commas(put: Put) -> None:
    text = "id;wording;answer;land;pct\nq1;Well?;Yes;Korea;25,5\nq1;Well?;No;Korea; 74,5\n"
    bank = read_mapped(put("a.csv", text), SHARES | {"unit": "percent", "decimal": ","})
    assert bank.survey_share.values.ravel() == pytest.approx([0.255, 0.745])
    assert report(bank).renormalised == 0


def test_counts_give_shares_and_respondents(put: Put) -> None:
    text = """id,wording,answer,land,n,sex
q1,Well?,Yes,Korea,30,f
q1,Well?,No,Korea,10,f
q1,Well?,Yes,Korea,0,m
q1,Well?,No,Korea,0,m
q1,Well?,Yes,Japan,7,m
q1,Well?,No,Japan,0,m
"""
    columns = COLUMNS | {"share": "n", "group": "sex"}
    bank = read_mapped(put("a.csv", text), SHARES | {"unit": "count", "columns": columns})
    assert bank.survey_share.sel(country="Korea", group="f").values.tolist() == [[0.75, 0.25]]
    assert bank.respondents.sel(group="f").values.ravel().tolist()[0] == 40.0
    assert bank.survey_share.sel(country="Japan", group="m").values.tolist() == [[1.0, 0.0]]
    assert report(bank).dropped == {"cell with all shares zero": 1}


def test_other_columns_of_shares(put: Put) -> None:
    text = """who,year,id,wording,about,answer,nr,pct,n
A,2019,q1,Well?,economy,No,2,0.75,40
A,2019,q1,Well?,economy,Yes,1,0.25,40
"""
    columns = {"survey": "who", "wave": "year", "question": "id", "text": "wording"}
    columns |= {"topic": "about", "option": "answer", "position": "nr", "share": "pct"}
    mapping = {"layout": "shares", "country": "Korea", "columns": columns | {"respondents": "n"}}
    bank = read_mapped(put("a.csv", text), mapping)
    assert bank.option_text.values.tolist() == [["Yes", "No"]]
    assert bank.survey_share.sel(country="Korea").values.tolist() == [[0.25, 0.75]]
    assert (bank.survey.item(), bank.wave.item(), bank.question_topic.item()) == (
        *("A", "2019", "economy"),
    )
    assert bank.respondents.item() == 40.0


def test_respondents(put: Put) -> None:
    bank = read_mapped(put("b.csv", PEOPLE), PERSONS)
    korea = bank.sel(country="Korea")
    assert korea.survey_share.sel(question="q1").values.tolist() == [0.25, 0.75]
    assert korea.removed_share.sel(question="q1").item() == 0.5
    assert korea.survey_share.sel(question="q2").values.tolist() == [5 / 8, 3 / 8]
    japan = bank.sel(country="Japan")
    assert japan.survey_share.values.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert japan.removed_share.values.tolist() == [0.0, 0.0]
    assert (bank.survey.values[0], bank.attrs["weight"]) == ("Panel B", "w")


def test_groups_and_weights_with_commas(put: Put) -> None:
    text = PEOPLE.replace(",", ";").replace(";4;f", ";4,5;f")
    bank = read_mapped(put("b.csv", text), PERSONS | {"by": "sex", "decimal": ","})
    cell = bank.sel(country="Korea", group="f")
    assert bank.group.values.tolist() == ["f", "m"]
    assert cell.removed_share.sel(question="q1").item() == pytest.approx(4.5 / 5.5)


def test_a_label_for_all_respondents(put: Put) -> None:
    bank = read_mapped(put("b.csv", PEOPLE), PERSONS | {"country": "Korea"})
    assert bank.country.values.tolist() == ["Korea"]
    mapping = PERSONS | {"country": "lnd"}
    text = refusal(lambda: read_mapped(put("b.csv", PEOPLE), mapping), UnknownNameError)
    assert "column of b.csv 'lnd'; did you mean 'land'?" in text


YAML = """\
survey: Panel B
wave: "2021"
layout: respondents
country: land     # a column
weight: w
items:
  q1:
    text: Is it going well?
    ordinal: true
    options: {1: "Yes", 2: "No"}
  q2: {text: "Which is best?", options: [Tea, Coffee]}
missing: [9]
not_asked: [-1]
"""


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_of_yaml_says_the_same_as_a_dict(put: Put, mark: str) -> None:
    file = put("b.csv", PEOPLE)
    bank = read_mapped(file, put("b.yml", mark + YAML))
    same = read_mapped(file, PERSONS)
    assert bank.survey_share.variable.equals(same.survey_share.variable)
    assert bank.removed_share.variable.equals(same.removed_share.variable)
    assert bank.ordinal.values.tolist() == [True, False]
    assert bank.wave.values[0] == "2021"


def test_the_examples_of_the_docstring_are_mappings() -> None:
    text = inspect.getdoc(read_mapped) or ""
    shares, respondents = re.findall(r"::\n\n((?:    .*\n)+)", text)
    assert read_form(yaml.safe_load(shares)).columns["share"] == "pct"
    form = read_form(yaml.safe_load(respondents))
    assert [item.texts for item in form.items] == [["Yes", "No", "Hard to say"], ["Tea", "Coffee"]]
    assert (sorted(form.missing), sorted(form.not_asked)) == (["8", "9"], ["-1"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b\n", "b.yml holds list, not keys with values"),
        ("", "b.yml holds NoneType"),
        ("survey: [a\n", "b.yml is not YAML (line 2: "),
        ("survey: a\nsurvey: b\n", "b.yml has the key 'survey' twice from line 1 on"),
        (
            YAML.replace(", 2: ", ", 1: "),
            "b.yml has the key '1' twice from line 10 on; keep one of them",
        ),
        ("survey: !!python/object/apply:os.getcwd []\n", "b.yml is not YAML (line 1: could not"),
        (b"survey: \xff\n", "b.yml is not UTF-8 text"),
        ("a: &a [1]\nb: *a\nb: *a\n", "b.yml has the key 'b' twice"),
    ],
)
def test_yaml_that_cannot_be_used_is_refused(put: Put, text: str | bytes, sentence: str) -> None:
    file = put("b.csv", PEOPLE)
    assert sentence in refusal(lambda: read_mapped(file, put("b.yml", text)))


def test_words_that_yaml_takes_for_booleans_are_refused(put: Put) -> None:
    file = put("b.csv", PEOPLE)
    mapping = put("b.yml", YAML.replace('"Yes"', "Yes"))
    text = refusal(lambda: read_mapped(file, mapping), InputError)
    assert text == "The option '1' of the item 'q1' is True; give a text, in quotes."


def test_no_mapping_and_no_library(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put("b.csv", PEOPLE)
    assert "There is no file" in refusal(lambda: read_mapped(file, tmp_path / "none.yml"))
    assert "cannot be read" in refusal(lambda: read_mapped(file, tmp_path))
    monkeypatch.setitem(sys.modules, "yaml", None)
    mapping = put("b.yml", YAML)
    text = refusal(lambda: read_mapped(file, mapping), MissingPackageError)
    assert "give a dict, or run: pip install 'disca-nb[surveys]'" in text
    read_mapped(file, PERSONS)


def without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (PERSONS | {"wieght": "w"}, "key of the mapping 'wieght'; did you mean 'weight'?"),
        (PERSONS | {"unit": "percent"}, "key of the mapping 'unit'"),
        (SHARES | {"items": []}, "key of the mapping 'items'"),
        (SHARES | {"layout": "share"}, "layout of the mapping 'share'; did you mean 'shares'?"),
        (without(SHARES, "layout"), "layout of the mapping 'None'"),
        (SHARES | {"unit": "percents"}, "unit of the mapping 'percents'; did you mean 'percent'?"),
        (SHARES | {"columns": COLUMNS | {"share": "pct", "optoin": "x"}}, "column in the mapping"),
        (SHARES | {"columns": COLUMNS | {"share": "pcts"}}, "column of a.csv 'pcts'"),
    ],
)
def test_an_unknown_name_in_a_mapping_is_refused(
    put: Put, mapping: dict[str, Any], sentence: str
) -> None:
    file = put("a.csv", TABLE)
    assert sentence in refusal(lambda: read_mapped(file, mapping), UnknownNameError)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (without(SHARES, "survey"), "the mapping lacks 'survey'"),
        (without(PERSONS, "country"), "the mapping lacks 'country'"),
        (without(PERSONS, "items"), "items is empty"),
        (without(SHARES, "columns"), "columns of the mapping is None"),
        (SHARES | {"columns": {"question": "id"}}, "lacks text, option, share"),
        (SHARES | {"country": "Korea"}, "has 'country' beside columns and in them"),
        (SHARES | {"decimal": ";"}, "decimal of the mapping is ';'"),
        (SHARES | {"separator": "tab"}, "separator of the mapping is 'tab'; give one character"),
        (SHARES | {"ordinal": 1}, "ordinal of the mapping is 1"),
        (SHARES | {"survey": True}, "survey of the mapping is True; give a text, in quotes"),
        (PERSONS | {"missing": [None]}, "A code in missing of the mapping is None"),
    ],
)
def test_a_mapping_of_another_form_is_refused(
    put: Put, mapping: dict[str, Any], sentence: str
) -> None:
    file = put("a.csv", TABLE)
    assert sentence in refusal(lambda: read_mapped(file, mapping), InputError)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0.75", "-0.75", "a.csv, row 2: pct is -0.75; it must lie in 0 to 1"),
        ("0.75", "75", "a.csv, row 2: pct is 75; it must lie in 0 to 1"),
        ("0.75", "many", "a.csv, row 2: pct is 'many'; it must be a number"),
        ("0.75", "", "1 of 2 options have shares"),
        (",No,Korea", ",yes,Korea", "repeats the option 'Yes' and 'yes'"),
        ("q1,Is it going well?,No,Korea", "q1,Is it going well?,Yes,Korea", "is there twice"),
        ("Is it going well?,No,Korea", "Is it well, or not?,No,Korea", "is not a CSV table"),
        ("Is it going well?,No,Korea", "Is it?,No,Korea", "two questions with the id 'q1'"),
    ],
)
def test_shares_that_cannot_be_used_are_refused(
    put: Put, old: str, new: str, sentence: str
) -> None:
    file = put("a.csv", TABLE.replace(old, new, 1))
    assert sentence in refusal(lambda: read_mapped(file, SHARES))


def test_other_encodings_can_be_named(put: Put) -> None:
    file = put("a.csv", TABLE.replace("Korea", "한국").encode("cp949"))
    text = refusal(lambda: read_mapped(file, SHARES))
    assert "a.csv: row 1, land, is not UTF-8 text; name the file's encoding" in text
    bank = read_mapped(file, SHARES | {"encoding": "cp949"})
    assert bank.country.values.tolist() == ["한국", "Japan"]


def test_korean_counts_of_the_world_values_survey(reference_data: Path) -> None:
    file = reference_data / "wvs" / "wvs7_korea_50items_aggregate.csv"
    item = "wvs7_question"
    columns = {"question": item, "text": item, "option": "answer_code", "share": "count"}
    mapping = {"survey": "WVS", "layout": "shares", "unit": "count", "country": "South Korea"}
    bank = read_mapped(file, mapping | {"columns": columns})
    table = pd.read_csv(file)
    assert bank.sizes["question"] == table[item].nunique()
    assert set(bank.respondents.values.ravel()) <= set(table.groupby(item)["count"].sum())
    first = table[table[item] == "Q27"]
    share = bank.survey_share.sel(country="South Korea", question="Q27").values[: len(first)]
    np.testing.assert_allclose(share, first.share / first.share.sum(), atol=1e-6)


def test_counts_of_a_cell_are_added_up_whatever_blanks_its_labels_have(put: Put) -> None:
    text = """id,wording,answer,land,n,all
q1,Well?,Yes,Korea,30,100
q1,Well?,No, Korea ,70,100
"""
    columns = COLUMNS | {"share": "n", "respondents": "all"}
    bank = read_mapped(put("a.csv", text), SHARES | {"unit": "count", "columns": columns})
    assert bank.survey_share.values.tolist() == [[[0.3, 0.7]]]
    assert report(bank).renormalised == 0
