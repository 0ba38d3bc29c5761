"""Profiles from made-up survey files, against means worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from surveys import PLAIN, person, several, survey

from disca_nb.datasets import read_wvs
from disca_nb.datasets.wvs_items import ITEM_SETS
from disca_nb.prompts import levels, load_pack

# Two young people of one country: the first weighs 1, the second 3.
FIRST = person(
    weight=1,
    Q254=2,
    Q46=4,
    Q209=1,
    Q210=2,
    Q211=3,
    Q199=1,
    Q200=3,
    Q152=1,
    Q153=3,
)
SECOND = person(
    weight=3,
    Q6=4,
    **several((8, 11), 2),
    Q15=1,
    Q57=-2,
    **several((177, 178, 179, 180, 181, 182), 1),
    **several((184, 185, 186, 188), -1),
    **several((209, 210, 211), 3),
    Q254=5,
    **several((29, 30, 31), 1),
    Q33=3,
    Q199=2,
    Q200=2,
    Q152=4,
    Q153="",
    Q19=1,
    Y002=2,
)
# Each item on [0, 1], weighted by 1 and 3, then averaged over the items.
WVS7 = {
    "religiosity": (1 * 1 + 3 * 0) / 4,
    # Indices Q8 + Q11 - Q15 - Q17: 1 + 1 - 0 - 0 = 2 and 0 + 0 - 1 - 0 = -1, from -2 to 2.
    "autonomy": (1 * (2 + 2) / 4 + 3 * (-1 + 2) / 4) / 4,
    # The second answers Q182 only.
    "moral_permissiveness": ((1 * 1 + 3 * 0) / 4 + 1 + 1 + 1 + 1) / 5,
    "trust": 1.0,
    "political_action": ((1 * 1 + 0) / 4 + (1 * 0.5 + 0) / 4 + 0) / 3,
    # 5 is no degree of pride.
    "national_pride": (4 - 2) / 3,
    "happiness": (1 * 0 + 3 * 1) / 4,
    "gender_equality": (3 * (1 * 1 + 3 * 0) / 4 + (1 * 1 + 3 * 0.5) / 4) / 4,
    "post_materialism": (1 * 1 + 3 * 0.5) / 4,
    "tolerance": ((1 * 1 + 3 * 0) / 4 + 1 + 1 + 1 + 1) / 5,
}
# Codes pooled over people and items, turned where their file turns them, without weights.
DISCA = {
    "religiosity": (4 + 1) / 2,
    "child_rearing": (0 + 0) / 2,
    "moral_acceptability": (6 * 10 + 6 * 1) / 12,
    "trust": 2 / 1,
    "political_participation": (4 + 1 + 3 + 2) / 4,
    "national_pride": 3 / 1,
    "happiness": (1 + 4) / 2,
    "gender_equality": (3 * 1 + 1 + 3 * 4 + 3) / 8,
    "materialism": 2.667,  # (1 + 3 + 4) / 3 to three decimals
    "tolerance": 1 / 10,
}


def means(profiles: xr.Dataset, persona: str = "young", country: str = "JPN") -> dict[str, float]:
    """Return the means of one cell by value."""
    cell = profiles.profile_mean.sel(country=country, persona=persona)
    return dict(zip(cell.profile_item.values.tolist(), cell.values.tolist(), strict=True))


def test_wvs7_weighs_people_and_counts_items_alike(tmp_path: Path) -> None:
    profiles = read_wvs(survey(tmp_path, [FIRST, SECOND]))
    assert means(profiles) == pytest.approx(WVS7, abs=1e-12)
    assert means(profiles, "all") == means(profiles)
    assert profiles.attrs["weights"] == "W_WEIGHT"


def test_disca_pools_codes_without_weights(tmp_path: Path) -> None:
    profiles = read_wvs(survey(tmp_path, [FIRST, SECOND]), items="disca")
    assert means(profiles) == DISCA
    assert profiles.attrs["weights"] == "none"


def test_a_file_without_weights_or_post_materialism_is_read_and_says_so(tmp_path: Path) -> None:
    people = [{k: v for k, v in FIRST.items() if k not in {"W_WEIGHT", "Y002"}}] * 3
    profiles = read_wvs(survey(tmp_path, people))
    assert "post_materialism" not in profiles.profile_item.values
    assert profiles.sizes["profile_item"] == 9
    assert profiles.attrs["weights"] == "none: the file lacks W_WEIGHT"
    assert "not in the file, value left out: Y002" in profiles.attrs["report"]


def test_ages_are_cut_at_36_and_56(tmp_path: Path) -> None:
    people = [person(age=age) for age in (18, 35, 36, 55, 55, 56, 90)]
    people += [person(Q261=-2), person(Q261=1899), person(A_YEAR=2014)]
    profiles = read_wvs(survey(tmp_path, people))
    assert profiles.persona.values.tolist() == ["young", "middle", "older", "all"]
    assert profiles.n_respondents.values.tolist() == [[2, 3, 2, 10]]
    assert "without an age, counted among all: 3" in profiles.attrs["report"]


# Somebody who is and wants most of everything, and somebody at the other end, in published codes.
MOST = PLAIN | {"Q152": 3, "Q153": 3}
LEAST = {
    **several((6, 46, 199, 254), 4),
    **several((200, 209, 210, 211), 3),
    **several((8, 11, 57), 2),
    **several((15, 17, 19, 20, 21, 22, 23, 29, 30, 31, 33, 152, 153), 1),
    **several((177, 178, 179, 180, 181, 182, 184, 185, 186, 188), 1),
    "Y002": 1,
}


def test_years_that_are_codes_give_no_age(tmp_path: Path) -> None:
    years = {9999: 0, 2036: 0, 2014: 0, -1: 0, 2015: 1, 2035: 1}
    for year, aged in years.items():
        people = [person() | {"A_YEAR": year, "Q261": 1990}]
        profiles = read_wvs(survey(tmp_path, people))
        numbers = profiles.n_respondents.sel(country="JPN")
        assert numbers.sel(persona=["young", "middle", "older"]).sum() == aged
        assert numbers.sel(persona="all") == 1
        assert ("without an age, counted among all: 1" in profiles.attrs["report"]) == (not aged)


@pytest.mark.parametrize("items", ITEM_SETS)
@pytest.mark.parametrize(("answers", "level"), [(MOST, 0), (LEAST, 3)], ids=["most", "least"])
def test_every_value_points_the_way_its_words_do(
    tmp_path: Path, items: Literal["wvs7", "disca"], answers: dict[str, Any], level: int
) -> None:
    profiles = read_wvs(survey(tmp_path, [person(**answers)]), items=items)
    found = levels(profiles).sel(persona="all")
    assert found.values.tolist() == [[level] * 10]
    assert set(profiles.profile_item.values) <= set(load_pack("en").levels)


def test_a_file_of_reversed_items_gives_the_same(tmp_path: Path) -> None:
    people = [FIRST, SECOND | {"Q153": 2}]
    kept = {"B_COUNTRY_ALPHA", "A_YEAR", "Q261", "W_WEIGHT", "Q152", "Q153", "Y002"}
    ranges = {item.name: item for s in ITEM_SETS.values() for item in s.items()}

    def turned(name: str, code: object) -> object:
        item = ranges[name]
        if not isinstance(code, int) or not (item.mention or item.low <= code <= item.high):
            return code
        return (2 - code) if item.mention else item.low + item.high - code

    reverse = [
        {(k if k in kept else f"{k}P"): v if k in kept else turned(k, v) for k, v in row.items()}
        for row in people
    ]
    for items in ITEM_SETS:
        plain = read_wvs(survey(tmp_path, people), items=items)  # type: ignore[arg-type]
        other = read_wvs(survey(tmp_path, reverse, "P.csv"), items=items)  # type: ignore[arg-type]
        xr.testing.assert_allclose(plain, other, rtol=1e-12)


def test_answers_that_are_none_are_left_out_and_counted(tmp_path: Path) -> None:
    people = [
        person(Q6=1),
        person(Q6=99),
        person(Q6=99),
        person(Q6="n/a", Q46=-1),
        person(Q6="", Q46="-5"),
        person(Q6=0, Q17=3),
    ]
    profiles = read_wvs(survey(tmp_path, people))
    assert means(profiles)["religiosity"] == 1.0
    report = profiles.attrs["report"].splitlines()
    assert "answers blank or negative, missing: 3" in report
    assert (
        "answers outside the item's codes, left out: Q6=0 1, Q6=99 2, Q6=n/a 1, Q17=3 1" in report
    )


def test_people_without_a_weight_are_left_out(tmp_path: Path) -> None:
    people = [FIRST, SECOND | {"W_WEIGHT": ""}, SECOND | {"W_WEIGHT": -1}]
    profiles = read_wvs(survey(tmp_path, people))
    alone = read_wvs(survey(tmp_path, [FIRST], "alone.csv"))
    assert means(profiles) == means(alone)
    assert profiles.n_respondents.values.tolist() == [[1, 0, 0, 1]]
    assert "respondents without a weight, left out: 2" in profiles.attrs["report"]


def test_countries_are_kept_apart_and_can_be_chosen(tmp_path: Path) -> None:
    people = [person("USA", Q6=4), person("JPN", Q6=1), person("EGY", Q182=-1)]
    path = survey(tmp_path, people)
    profiles = read_wvs(path)
    assert profiles.country.values.tolist() == ["EGY", "JPN", "USA"]
    assert [means(profiles, country=c)["religiosity"] for c in ("JPN", "USA")] == [1.0, 0.0]
    assert "items that nobody of a country answered: Q182 in EGY" in profiles.attrs["report"]
    assert "cohorts without a respondent: EGY middle, EGY older, JPN middle" in profiles.report
    assert profiles.attrs["report"].startswith("3 rows: EGY 1, JPN 1, USA 1\n")
    assert read_wvs(path, countries="USA").country.values.tolist() == ["USA"]


def test_semicolons_a_byte_order_mark_and_other_encodings_are_read(tmp_path: Path) -> None:
    table = pd.DataFrame([FIRST | {"N_REGION": "S\xe3o Paulo"}, SECOND])
    path = tmp_path / "wvs.csv"
    path.write_bytes(b"\xef\xbb\xbf" + table.to_csv(index=False, sep=";").encode("latin-1"))
    assert means(read_wvs(path)) == pytest.approx(WVS7, abs=1e-12)


PEOPLE = [
    person(country, age, weight, Q6=q6, Q57=q57, Q33=q33)
    for i, (q6, q57, q33) in enumerate([(1, 2, 3), (4, -1, 5), (2, 1, 1), (3, 1, 9)] * 3)
    for country, age, weight in [(["JPN", "USA"][i % 2], 20 + 7 * i, 0.3 + 0.17 * i)]
]


@settings(max_examples=25)
@given(order=st.permutations(range(len(PEOPLE))))
def test_the_order_of_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("survey")
    straight, mixed = (
        read_wvs(survey(folder, people)) for people in (PEOPLE, [PEOPLE[i] for i in order])
    )
    xr.testing.assert_allclose(straight, mixed, rtol=1e-12)
    assert np.array_equal(straight.n_respondents, mixed.n_respondents)
    assert straight.attrs == mixed.attrs
