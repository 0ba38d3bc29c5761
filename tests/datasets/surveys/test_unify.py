"""Several surveys on one axis of countries: nothing is averaged, nothing is merged silently."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets.surveys import drop_options, from_tidy, report, sample, to_tidy, unify
from disca_nb.errors import DataFileError, InputError, UnknownNameError

Bank = Callable[..., xr.Dataset]
Tidy = Callable[..., pd.DataFrame]
NAN = float("nan")
SAMPLES = {
    "q1": {
        "India (Old national sample)": [0.1, 0.9],
        "India (Current national sample)": [0.2, 0.8],
    },
    "q2": {"India (Old national sample)": [0.3, 0.7]},
}


def shares(bank: xr.Dataset, country: str) -> list[float]:
    """Return the share of the first option of every question."""
    return list(bank.survey_share.sel(country=country).values[:, 0])


def test_surveys_with_one_country_share_its_row(bank: Bank) -> None:
    first = bank({"q1": {"S. Korea": [0.2, 0.8], "Chile": [0.5, 0.5]}}, name="A", respondents=50)
    second = bank({"q1": {"KOR": [0.4, 0.6]}, "q2": {"KOR": [1, 0]}}, name="B", options=("Y", "N"))
    third = bank({"q1": {"Korea (South)": [0.6, 0.3, 0.1]}}, name="C", options=("1", "2", "3"))
    both = unify([first, second, third])
    assert both.country.values.tolist() == ["KOR", "CHL"]
    assert both.country_name.values.tolist() == ["South Korea", "Chile"]
    assert both.question.values.tolist() == ["A:q1", "B:q1", "B:q2", "C:q1"]
    assert both.survey.values.tolist() == ["A", "B", "B", "C"]
    assert both.n_options.values.tolist() == [2, 2, 2, 3]
    expected = [
        [[0.2, 0.8, NAN], [0.4, 0.6, NAN], [1.0, 0.0, NAN], [0.6, 0.3, 0.1]],
        [[0.5, 0.5, NAN], *[[NAN] * 3] * 3],
    ]
    np.testing.assert_allclose(both.survey_share, expected, rtol=1e-15)
    np.testing.assert_array_equal(both.respondents[0], [50, NAN, NAN, NAN])
    assert both.option_text.values[0].tolist() == ["Yes", "No", ""]
    assert "weight_used" not in both.coords
    found = report(both)
    assert (found.rows, found.questions, found.countries, found.cells) == (11, 4, 2, 5)
    assert (found.kept_questions, found.kept_cells) == (4, 5)
    assert both.attrs["name"] == "A + B + C"


def test_the_order_of_the_banks_changes_the_order_only(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8], "Chile": [0.5, 0.5]}}, name="A")
    second = bank({"q1": {"Peru": [0.4, 0.6], "JPN": [0.3, 0.7]}}, name="B", options=("Y", "N"))
    one, other = unify([first, second]), unify([second, first])
    same = other.sel(country=one.country.values, question=one.question.values)
    xr.testing.assert_equal(same, one)


def test_a_bank_may_be_unified_again(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A")
    second = bank({"q1": {"Japan": [0.3, 0.7]}}, name="B")
    once = unify([first, second])
    xr.testing.assert_identical(unify(once).drop_attrs(), once.drop_attrs())
    third = bank({"q1": {"Japan": [0.4, 0.6]}}, name="C")
    assert shares(unify([once, third]), "JPN") == [0.2, 0.3, 0.4]


def test_samples_stay_apart(bank: Bank) -> None:
    made = unify(bank(SAMPLES | {"q3": {"India": [0.5, 0.5]}}))
    assert made.country.values.tolist() == [
        *("IND (Old national sample)", "IND (Current national sample)", "IND")
    ]
    assert set(made.country_name.values.tolist()) == {"India"}
    assert shares(made, "IND") == pytest.approx([NAN, NAN, 0.5], nan_ok=True)


@pytest.mark.parametrize("coded", [True, False])
def test_samples_are_merged_when_they_are_named(bank: Bank, *, coded: bool) -> None:
    old, current = "Old national sample", "Current national sample"
    prefix = "IND" if coded else "India"
    made = unify(bank(SAMPLES), merge={"IND": [f"{prefix} ({current})", f"{prefix} ({old})"]})
    assert made.country.values.tolist() == ["IND"]
    # The first that is named counts; the other fills what it left open.
    assert shares(made, "IND") == [0.2, 0.3]
    found = report(made)
    assert found.dropped == {"cell of a merged sample that an earlier one has answered": 1}
    assert (found.cells, found.kept_cells) == (3, 2)
    turned = unify(bank(SAMPLES), merge={"IND": [f"{prefix} ({old})", f"{prefix} ({current})"]})
    assert shares(turned, "IND") == [0.1, 0.3]


def test_what_is_merged_comes_after_the_country_itself(bank: Bank) -> None:
    cells = {"Brazil (Non-national sample)": [0.9, 0.1], "Brazil": [0.2, 0.8]}
    made = unify(bank({"q1": cells}), merge={"BRA": ["Brazil (Non-national sample)"]})
    assert shares(made, "BRA") == [0.2]
    assert report(made).dropped == {"cell of a merged sample that an earlier one has answered": 1}


def test_respondents_and_removed_shares_go_with_their_cell(tidy: Tidy) -> None:
    options = ("Yes", "No", "Don't know")
    old = tidy({"q1": {"India (Old)": [0.4, 0.4, 0.2]}}, options=options, respondents=10)
    new = tidy({"q1": {"India (New)": [0.1, 0.8, 0.1]}}, options=options, respondents=20)
    made = from_tidy(pd.concat([old, new]), name="A", source="made up")
    both = unify(drop_options(made, "missing"), merge={"IND": ["IND (New)", "IND (Old)"]})
    assert both.removed_share.item() == pytest.approx(0.1)
    assert both.respondents.item() == pytest.approx(18.0)


def test_labels_of_one_country_may_not_answer_the_same_question(bank: Bank) -> None:
    made = bank({"q1": {"Korea": [0.2, 0.8], "S. Korea": [0.5, 0.5]}}, name="A")
    with pytest.raises(
        DataFileError,
        match=r"A has 'Korea', 'S\. Korea' for KOR, and several of them answered question q1; say",
    ) as caught:
        unify(made)
    assert "merge={'KOR': ['Korea', 'S. Korea']}" in str(caught.value)
    assert shares(unify(made, merge={"KOR": ["S. Korea", "Korea"]}), "KOR") == [0.5]


def test_labels_of_one_country_with_different_questions_share_a_row(bank: Bank) -> None:
    made = unify(bank({"q1": {"Britain": [0.2, 0.8]}, "q2": {"Great Britain": [0.4, 0.6]}}))
    assert shares(made, "GBR") == [0.2, 0.4]
    (found,) = report(made).suspicious.values()
    assert found.examples == ("GBR: Britain + Great Britain",)


def test_one_question_of_one_survey_in_two_banks_is_refused(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A")
    same = bank({"q1": {"Chile": [0.2, 0.8]}}, name="B", survey="A")
    other = bank({"q1": {"Chile": [0.2, 0.8]}}, name="B", survey="A", options=("Y", "N"))
    with pytest.raises(
        DataFileError, match=r"'A:q1' stands in two banks \(A, B\), with the same o"
    ):
        unify([first, same])
    with pytest.raises(DataFileError, match="with other options; leave it out of one, or give one"):
        unify([first, other])


def test_the_same_text_in_two_surveys_is_pointed_out(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A")
    found = report(unify([first, bank({"q1": {"Japan": [0.3, 0.7]}}, name="B")]))
    (one,) = found.suspicious.values()
    assert (one.count, one.examples) == (1, ("A:q1 = B:q1",))


def test_unknown_labels_stay_with_a_warning_that_names_them(bank: Bank) -> None:
    made = bank({"q1": {"Jappan": [0.2, 0.8], "Atlantis": [0.5, 0.5], "Chile": [1, 0]}})
    said = r"for the label 'Jappan' \(did you mean 'Japan'\?\), 'Atlantis'; it stays as it is"
    with pytest.warns(UserWarning, match=said) as caught:
        result = unify(made)
    assert caught[0].filename == __file__
    assert result.country.values.tolist() == ["Jappan", "Atlantis", "CHL"]
    assert result.country_name.values.tolist() == ["Jappan", "Atlantis", "Chile"]
    assert report(result).suspicious["label that no country is known for"].count == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        merged = unify(made, merge={"JPN": ["Jappan"]})
    assert merged.country.values.tolist() == ["JPN", "Atlantis", "CHL"]
    assert merged.country_name.values.tolist() == ["Japan", "Atlantis", "Chile"]


def test_weights_notices_and_languages_are_kept_where_they_differ(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A").assign_coords(language="ja")
    second = bank({"q1": {"Japan": [0.2, 0.8]}}, name="B", options=("Y", "N"), weight="W_WEIGHT")
    second = second.assign_attrs(synthetic=1, notice="Synthetic.").assign_coords(language="ko")
    both = unify([first, second])
    assert both.attrs["weight"] == "by question"
    assert both.weight_used.values.tolist() == ["none", "W_WEIGHT"]
    assert (both.attrs["synthetic"], both.attrs["notice"]) == (1, "Synthetic.")
    assert "language" not in both.coords
    assert unify([first]).language.item() == "ja"
    assert to_tidy(both)["weight"].tolist() == ["none"] * 2 + ["W_WEIGHT"] * 2


def test_removed_shares_are_zero_where_nothing_was_removed(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8], "Chile": [0.1, 0.9]}}, name="A")
    plenty = ("Yes", "No", "Refused")
    second = drop_options(
        bank({"q1": {"Japan": [0.2, 0.3, 0.5]}}, name="B", options=plenty), "missing"
    )
    both = unify([first, second])
    np.testing.assert_allclose(both.removed_share, [[0.0, 0.5], [0.0, NAN]])
    assert report(both).removed_share == pytest.approx((0.0 + 0.0 + 0.5) / 3)


def test_groups_are_unified_too(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A", group="women")
    second = bank({"q1": {"Japan": [0.3, 0.7]}}, name="B", group="men")
    both = unify([first, second])
    assert both.group.values.tolist() == ["women", "men"]
    first_options = both.survey_share.sel(country="JPN").values[..., 0]
    np.testing.assert_array_equal(first_options, [[0.2, NAN], [NAN, 0.3]])
    with pytest.raises(InputError, match="The bank 'C' has no groups and another has; read all"):
        unify([first, bank({"q1": {"Japan": [0.5, 0.5]}}, name="C")])


def test_what_cannot_be_merged_is_refused(bank: Bank) -> None:
    made = bank(SAMPLES)
    with pytest.raises(
        UnknownNameError, match=r"'IND'; did you mean 'India \(Old national sample\)"
    ):
        unify(made, merge={"IND": ["IND"]})
    with pytest.raises(InputError, match="merge gives 'India' for 'IND'; give a list of labels"):
        unify(made, merge={"IND": "India"})
    old = "India (Old national sample)"
    with pytest.raises(InputError, match=r"merge names 'India \(Old national sample\)' twice"):
        unify(made, merge={"IND": [old], "XXX": [old]})
    with pytest.raises(InputError, match="No bank was given"):
        unify([])
    with pytest.raises(InputError, match="lacks 'survey_share'"):
        unify([xr.Dataset()])


def test_the_real_file_and_the_sample_stand_on_one_axis(goqa: xr.Dataset) -> None:
    both = unify([goqa, sample()])
    assert both.sizes["question"] == 2555 + 48
    assert both.attrs["synthetic"] == 1
    countries = both.country.values.tolist()
    assert len(countries) == len(set(countries)) == 136
    for label, code in {"Britain": "GBR", "Great Britain": "GBR", "Japan": "JPN"}.items():
        own = goqa.survey_share.sel(country=label)
        asked = own.notnull().any("option").to_numpy()
        np.testing.assert_array_equal(both.survey_share.sel(country=code)[:2555][asked], own[asked])
    kept = report(both).kept_cells
    assert kept == report(goqa).kept_cells + report(sample()).kept_cells
    assert (
        len(report(both).suspicious["country that several labels of one bank stand for"].examples)
        == 3
    )


def test_merging_the_samples_of_india_counts_what_is_left_out(goqa: xr.Dataset) -> None:
    labels = [str(x) for x in goqa.country.values if str(x).startswith("India (")]
    assert len(labels) == 3
    merged = unify(goqa, merge={"IND": labels})
    asked = goqa.survey_share.sel(country=labels).notnull().any("option")
    lost = int(asked.sum() - asked.any("country").sum())
    assert lost == 166
    assert (
        report(merged).dropped["cell of a merged sample that an earlier one has answered"] == lost
    )
    assert (
        merged.survey_share.sel(country="IND").notnull().any("option").sum()
        == asked.any("country").sum()
    )


def test_a_name_that_samples_are_merged_to_stands_for_its_country(bank: Bank) -> None:
    other = bank({"q9": {"India": [0.6, 0.4]}}, name="B")
    old, current = SAMPLES["q1"]
    made = unify([bank(SAMPLES), other], merge={"India": [current], "IND": [old]})
    assert made.country.values.tolist() == ["IND"]
    # In the order in which they were named, over both names of the country.
    assert shares(made, "IND") == [0.2, 0.3, 0.6]
    turned = unify([bank(SAMPLES), other], merge={"IND": [old], "India": [current]})
    assert shares(turned, "IND") == [0.1, 0.3, 0.6]


def test_a_weight_that_all_questions_share_is_named(tidy: Tidy) -> None:
    each = [
        tidy({q: {"Japan": [0.2, 0.8]}}, weight=weight) for q, weight in (("q1", "w"), ("q2", "v"))
    ]
    first = from_tidy(pd.concat(each), name="A", source="made up").sel(question=["q1"])
    assert first.attrs["weight"] == "by question"
    second = from_tidy(tidy({"q3": {"Japan": [0, 1]}}, weight="w"), name="B", source="made up")
    # Of the first bank alone: of two texts a set gives either, by chance of the process.
    assert unify([first]).attrs["weight"] == "w"
    assert unify([first, second]).attrs["weight"] == "w"


def test_a_bank_without_numbers_of_options_is_refused(bank: Bank) -> None:
    with pytest.raises(InputError, match="lacks 'n_options'"):
        unify(bank({"q1": {"Japan": [0.2, 0.8]}}).drop_vars("n_options"))


def test_banks_of_one_language_keep_it_and_of_several_say_so(bank: Bank) -> None:
    first = bank({"q1": {"Japan": [0.2, 0.8]}}, name="A").assign_coords(language="ko")
    # A translation says it in its attributes.
    second = bank({"q2": {"Japan": [0.2, 0.8]}}, name="B").assign_attrs(language="ko")
    assert unify(second).language.item() == "ko"
    both = unify([first, second])
    assert both.language.item() == "ko"
    assert report(both).suspicious == {}
    third = bank({"q3": {"Japan": [0.2, 0.8]}}, name="C")
    mixed = unify([both, third])
    assert "language" not in mixed.coords
    assert report(mixed).suspicious["bank in a language that is not that of all"].examples == (
        "A + B: ko",
        "C: not said",
    )
    assert report(unify([third, first.assign_coords(language="en")])).suspicious == {}
