"""Shares of answers from made-up files in the form of the World Values Survey's wave 7."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from surveys import person, survey

from disca_nb.datasets.surveys import report, unify
from disca_nb.datasets.surveys.wvs7 import read_wvs7
from disca_nb.errors import DataFileError, InputError, UnknownNameError

TRUST = {
    "Q57": {
        "text": "Can most people be trusted?",
        "topic": "trust",
        "options": {1: "Most can", 2: "One must be careful"},
    }
}


def test_shares_by_weight(tmp_path: Path) -> None:
    file = survey(
        tmp_path,
        [
            person(weight=1, Q57=1),
            person(weight=3, Q57=2),
            person(weight=4, Q57=-1),
            person(weight=2, Q57=-4),
            person("BRA", weight=1, Q57=2),
        ],
    )
    bank = read_wvs7(file, items=TRUST)
    japan = bank.sel(country="JPN", question="WVS:Q57")
    assert japan.survey_share.values.tolist() == [0.25, 0.75]
    assert japan.removed_share.item() == 0.5  # 4 of 8; the fourth was not asked
    assert japan.respondents.item() == 2.0
    assert bank.survey_share.sel(country="BRA").values.tolist() == [[0.0, 1.0]]
    assert (bank.survey.item(), bank.wave.item(), bank.attrs["weight"]) == ("WVS", "7", "W_WEIGHT")
    assert report(bank).rows == 5
    assert report(bank).dropped == {
        "answer that is missing, such as don't know": 1,
        "answer that is blank or not asked": 1,
    }
    assert "wvs.csv" in bank.attrs["source"]


def test_without_weights(tmp_path: Path) -> None:
    file = survey(tmp_path, [person(weight=1, Q57=1), person(weight=3, Q57=2)])
    bank = read_wvs7(file, items=TRUST, weight=None)
    assert bank.survey_share.values.ravel().tolist() == [0.5, 0.5]


def test_a_negative_code_may_be_an_option(tmp_path: Path) -> None:
    items = {"Q57": TRUST["Q57"] | {"options": {1: "Yes", 2: "No", -1: "Don't know"}}}
    file = survey(tmp_path, [person(weight=1, Q57=code) for code in (1, 2, -1, -1)])
    kept = read_wvs7(file, items=items)
    assert kept.survey_share.values.ravel().tolist() == [0.25, 0.25, 0.5]
    dropped = read_wvs7(file, items=items, drop="missing")
    assert dropped.survey_share.values.ravel().tolist() == [0.5, 0.5]
    assert dropped.removed_share.item() == 0.5
    assert dropped.respondents.item() == 2.0


def test_codes_alone_are_the_options(tmp_path: Path) -> None:
    file = survey(tmp_path, [person(weight=1, Q182=code) for code in (10, 2, 1, -2)])
    bank = read_wvs7(file, items=["Q182", "Q57"])
    assert bank.option_text.sel(question="WVS:Q182").values.tolist() == ["1", "2", "10"]
    assert bank.question.values.tolist() == ["WVS:Q182"]  # all say 1 to Q57


def test_sex(tmp_path: Path) -> None:
    answers = [(1, 1), (2, 2), (2, 1), (-5, 1)]
    file = survey(tmp_path, [person(weight=1, Q260=sex, Q57=code) for sex, code in answers])
    bank = read_wvs7(file, items=TRUST, by="sex").isel(country=0, question=0)
    assert bank.group.values.tolist() == ["male", "female"]
    assert bank.survey_share.values.tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert report(bank).dropped == {"respondent without a group": 1}


@pytest.mark.parametrize("published", [True, False])
def test_age(tmp_path: Path, *, published: bool) -> None:
    ages = [20, 35, 36, 55, 56, 90]
    codes = [1, 1, 2, 2, 1, 2]
    people = [
        person(weight=1, Q57=code)
        | ({"Q262": age, "Q261": -5} if published else {"Q261": 2019 - age})
        for age, code in zip(ages, codes, strict=True)
    ]
    people.append(person(weight=1, Q57=1) | {"Q261": -2, "Q262": -2})
    bank = read_wvs7(survey(tmp_path, people), items=TRUST, by="age").isel(country=0, question=0)
    assert bank.group.values.tolist() == ["under 36", "36 to 55", "over 55"]
    assert bank.survey_share.sel(option="1").values.tolist() == [1.0, 0.0, 0.5]
    assert bank.respondents.values.tolist() == [2.0, 2.0, 2.0]


def test_education(tmp_path: Path) -> None:
    people = [person(weight=1, Q275=level, Q57=1 + level % 2) for level in (*range(9), -1, 9)]
    bank = read_wvs7(survey(tmp_path, people), items=TRUST, by="education").isel(country=0)
    assert bank.group.values.tolist() == ["lower", "middle", "higher"]
    assert bank.respondents.values.ravel().tolist() == [3.0, 2.0, 4.0]


def test_region_and_any_other_column(tmp_path: Path) -> None:
    people = [
        person(weight=1, Q57=1, N_REGION_WVS=410002, D=3),
        person(weight=1, Q57=2, N_REGION_WVS=410001, D=-1),
    ]
    file = survey(tmp_path, people)
    regions = read_wvs7(file, items=TRUST, by="region")
    assert regions.group.values.tolist() == ["410001", "410002"]
    assert read_wvs7(file, items=TRUST, by="D").group.values.tolist() == ["3"]
    file = survey(tmp_path, [person(weight=1, N_REGION_ISO="KR-11", N_REGION_WVS=1)] * 2)
    with pytest.raises(DataFileError, match="no question left"):
        read_wvs7(file, items=["Q57"], by="region")
    assert read_wvs7(file, items=TRUST, by="region").group.values.tolist() == ["KR-11"]


def test_an_unknown_way_to_divide_is_refused(tmp_path: Path) -> None:
    file = survey(tmp_path, [person(weight=1)])
    with pytest.raises(UnknownNameError, match="'edcation'; did you mean 'education'"):
        read_wvs7(file, items=TRUST, by="edcation")
    with pytest.raises(DataFileError, match="lacks Q260, which by='sex' needs"):
        read_wvs7(file, items=TRUST, by="sex")
    with pytest.raises(DataFileError, match="lacks N_REGION_ISO or N_REGION_WVS"):
        read_wvs7(file, items=TRUST, by="region")


def test_countries_are_chosen_and_rows_still_counted_in_the_file(tmp_path: Path) -> None:
    people = [person("BRA", weight=-1), person(weight=1), person(weight=2), person(weight="x")]  # type: ignore[arg-type]
    file = survey(tmp_path, people)
    with pytest.raises(DataFileError, match=r"row 1: W_WEIGHT is -1;"):
        read_wvs7(file, items=TRUST)
    with pytest.raises(DataFileError, match=r"row 4: W_WEIGHT is x;"):
        read_wvs7(file, items=TRUST, countries="JPN")
    with pytest.raises(UnknownNameError, match="country 'KOR'"):
        read_wvs7(file, items=TRUST, countries=["KOR"], weight=None)
    bank = read_wvs7(file, items=TRUST, countries=["JPN"], weight=None)
    assert bank.country.values.tolist() == ["JPN"]
    assert report(bank).rows == 4
    assert report(bank).dropped == {"respondent of a country that was not chosen": 1}


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = survey(tmp_path, [person(weight=1)])
    with pytest.raises(DataFileError, match=r"lacks each of V24, V25 \(it has B_COUNTRY_ALPHA, "):
        read_wvs7(file, items=["V24", "V25"])
    with pytest.raises(UnknownNameError, match=r"column of wvs\.csv 'Q5777'; did you mean 'Q57'"):
        read_wvs7(file, items=["Q6", "Q5777"])
    with pytest.raises(UnknownNameError, match="'W_WEIGHT'"):
        read_wvs7(survey(tmp_path, [person()]), items=TRUST)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(DataFileError, match=r"lacks B_COUNTRY_ALPHA .*read_mapped"):
        read_wvs7(file, items=TRUST)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a CSV table"),
        (b"B_COUNTRY_ALPHA,W_WEIGHT,Q57\n", "has a header but no rows"),
        (b"B_COUNTRY_ALPHA,Q57,Q57\nJPN,1,1\n", "has the column 'Q57' twice"),
        (
            "B_COUNTRY_ALPHA,W_WEIGHT,Q57\n한국,1,1\n".encode("cp949"),
            "row 1, B_COUNTRY_ALPHA, is not",
        ),
        ("B_COUNTRY_ALPHA,W_WEIGHT,Q57\nJPN,1,1\n".encode("utf-16"), "the header is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "wvs.csv"
    file.write_bytes(content)
    with pytest.raises(DataFileError, match=r"^wvs\.csv") as caught:
        read_wvs7(file, items=TRUST)
    assert sentence in str(caught.value)


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="There is no file"):
        read_wvs7(tmp_path / "none.csv", items=TRUST)
    with pytest.raises(DataFileError, match="is a folder"):
        read_wvs7(tmp_path, items=TRUST)


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "wvs.csv"
    text = "B_COUNTRY_ALPHA;W_WEIGHT;Q57;place\nJPN;1;1;서울\nJPN;1;2;부산\n"
    file.write_bytes(text.encode("cp949"))
    # Columns that nobody asks for may be in any encoding.
    assert read_wvs7(file, items=TRUST).respondents.item() == 2.0
    with pytest.raises(DataFileError, match=r"row 1, place, is not UTF-8 text; name .*encoding='"):
        read_wvs7(file, items=TRUST, by="place")
    bank = read_wvs7(file, items=TRUST, by="place", encoding="cp949")
    assert bank.group.values.tolist() == ["부산", "서울"]
    with pytest.raises(InputError, match="encoding 'kk' is not known"):
        read_wvs7(file, items=TRUST, encoding="kk")


def test_a_file_of_many_rows_is_that_of_a_table(tmp_path: Path) -> None:
    random = np.random.Generator(np.random.Philox(8))
    n = 5000
    data: dict[str, Any] = {
        "B_COUNTRY_ALPHA": random.choice(["JPN", "BRA", "DEU"], n),
        "W_WEIGHT": random.uniform(0.2, 3.0, n).round(4),
        "Q57": random.choice([1, 2, -1], n, p=[0.3, 0.6, 0.1]),
    } | {f"X{i}": random.integers(0, 9, n) for i in range(20)}
    table = pd.DataFrame(data)
    file = tmp_path / "wvs.csv.gz"
    table.to_csv(file, index=False)
    bank = read_wvs7(file, items=TRUST)
    known = table[table.Q57 > 0]
    weights = known.pivot_table("W_WEIGHT", "B_COUNTRY_ALPHA", "Q57", "sum")
    expected = weights.div(weights.sum(axis=1), axis=0).loc[bank.country.values]
    np.testing.assert_allclose(bank.survey_share.values[:, 0], expected)
    counts = known.B_COUNTRY_ALPHA.value_counts().loc[bank.country.values]
    assert bank.respondents.values.ravel().tolist() == counts.tolist()


def test_it_unifies_by_its_own_codes(tmp_path: Path) -> None:
    bank = unify(read_wvs7(survey(tmp_path, [person(weight=1)]), items=TRUST))
    assert bank.question.values.tolist() == ["WVS:Q57"]
    assert bank.country_name.values.tolist() == ["Japan"]
