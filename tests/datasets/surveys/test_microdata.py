"""Respondents counted into shares, against sums made by hand and a slow twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from disca_nb.datasets.surveys import _shares, report
from disca_nb.datasets.surveys._items import Item
from disca_nb.datasets.surveys.microdata import from_respondents
from disca_nb.errors import DataFileError, InputError, UnknownNameError

GOING = {"q": {"text": "Is it going well?", "options": {1: "Yes", 2: "No", 9: "Don't know"}}}


def people(**columns: object) -> pd.DataFrame:
    """Return four Koreans and two Chileans: the weights of the first sum to 8."""
    plain: dict[str, Any] = {
        "land": ["KOR", "KOR", "KOR", "KOR", "CHL", "CHL"],
        "w": [1.0, 2.0, 4.0, 1.0, 1.0, 3.0],
        "q": [1, 2, 2, 9, 1, 2],
    }
    return pd.DataFrame(plain | columns)


def read(
    table: pd.DataFrame,
    **options: Any,  # noqa: ANN401 - those of the function
) -> xr.Dataset:
    usual: dict[str, Any] = {"items": GOING, "country": "land", "weight": "w"}
    return from_respondents(table, **(usual | {"name": "mine", "source": "made up"} | options))


def refusal(call: Callable[[], object], kind: type[Exception] = DataFileError) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".")
    assert ". " not in text.replace("?. ", "")
    assert "\n" not in text
    return text


def test_shares_are_sums_of_weights() -> None:
    bank = read(people())
    assert bank.country.values.tolist() == ["CHL", "KOR"]
    assert bank.survey_share.sel(country="KOR", question="q").values.tolist() == [
        *(1 / 8, 6 / 8, 1 / 8),
    ]
    assert bank.survey_share.sel(country="CHL", question="q").values.tolist() == [0.25, 0.75, 0.0]
    assert bank.respondents.sel(question="q").values.tolist() == [2.0, 4.0]
    assert bank.attrs["weight"] == "w"
    assert "removed_share" not in bank


def test_without_weights_everybody_counts_alike() -> None:
    bank = read(people(), weight=None)
    assert bank.survey_share.sel(country="KOR").values.tolist() == [[0.25, 0.5, 0.25]]
    assert bank.attrs["weight"] == "none"
    assert "effective_ratio" not in bank.attrs


def test_the_effective_ratio_is_kishs() -> None:
    # (1 + 2 + 4 + 1)² / (1 + 4 + 16 + 1) = 64 / 22 of 4, and (1 + 3)² / (1 + 9) = 1.6 of 2.
    expected = np.median([64 / 22 / 4, 1.6 / 2])
    assert read(people()).attrs["effective_ratio"] == pytest.approx(expected)


def test_somebody_with_weight_0_is_not_counted() -> None:
    bank = read(people(w=[1.0, 2.0, 0.0, 1.0, 1.0, 3.0]))
    assert bank.survey_share.sel(country="KOR").values.tolist() == [[0.25, 0.5, 0.25]]
    assert bank.respondents.sel(country="KOR").item() == 3.0
    assert report(bank).dropped == {"respondent with weight 0": 1}


@pytest.mark.parametrize(("weight", "found"), [(-1.0, "-1"), (np.nan, "empty"), (np.inf, "inf")])
def test_a_weight_that_is_none_is_named_with_its_row(weight: float, found: str) -> None:
    text = refusal(lambda: read(people(w=[1.0, 2.0, 4.0, 1.0, weight, 3.0])))
    assert f"mine, row 5: w is {found};" in text


def test_a_weight_with_a_comma_is_refused() -> None:
    text = refusal(lambda: read(people(w=["1", "2", "0,5", "1", "1", "3"])))
    assert "row 3: w is 0,5; a weight must be a number of 0 or more, with a decimal point" in text


def test_weights_that_are_all_0_leave_nobody() -> None:
    text = refusal(lambda: read(people(w=0.0)))
    assert "no respondent to count (respondent with weight 0 6)" in text


def test_missing_codes_are_removed_and_their_share_is_kept() -> None:
    item = Item("q", "Well?", options={"1": "Yes", "2": "No"}, missing=frozenset({"9"}))
    bank = read(people(q=[1, 2, 9, 9, 1, np.nan]), items=[item])
    assert bank.survey_share.sel(country="KOR").values[0] == pytest.approx([1 / 3, 2 / 3])
    # 4 + 1 of 8; the Chilean of the blank was not asked.
    assert bank.removed_share.sel(country="KOR").item() == pytest.approx(5 / 8)
    assert bank.removed_share.sel(country="CHL").item() == 0.0
    assert bank.respondents.values.ravel().tolist() == [1.0, 2.0]
    found = report(bank)
    assert found.dropped == {
        "answer that is missing, such as don't know": 2,
        "answer that is blank or not asked": 1,
    }
    assert found.removed_share == pytest.approx(5 / 16)


def test_codes_of_people_who_were_not_asked_are_no_removed_share() -> None:
    item = Item("q", "Well?", options={"1": "Yes", "2": "No"}, not_asked=frozenset({"9"}))
    bank = read(people(), items=[item])
    assert "removed_share" not in bank
    assert report(bank).dropped == {"answer that is blank or not asked": 1}


def test_options_dropped_leave_exact_numbers_of_people() -> None:
    bank = read(people(w=[1.0, 2.0, 4.0, 3.0, 1.0, 3.0]), drop="missing")
    korea = bank.sel(country="KOR", question="q")
    assert korea.survey_share.values == pytest.approx([1 / 7, 6 / 7])
    assert korea.removed_share.item() == pytest.approx(0.3)
    assert korea.respondents.item() == 3.0  # 4 people less one, whatever they weigh
    assert report(bank).removed_share == pytest.approx(0.15)


def test_missing_codes_and_dropped_options_add_up() -> None:
    options = {"1": "Yes", "2": "No", "8": "Refused"}
    item = Item("q", "Well?", options=options, missing=frozenset({"9"}))
    bank = read(people(q=[1, 8, 2, 9, 1, 2]), items=[item], drop="missing")
    # 1 of 8 gave no answer and 2 refused.
    assert bank.removed_share.sel(country="KOR").item() == pytest.approx(3 / 8)
    assert bank.survey_share.sel(country="KOR").values[0] == pytest.approx([0.2, 0.8])
    assert bank.respondents.sel(country="KOR").item() == 2.0


def test_an_option_that_stands_for_no_answer_is_reported_where_it_is_kept() -> None:
    found = report(read(people())).suspicious
    assert found["option that stands for no answer, kept"].examples == ("q: Don't know",)
    assert (
        "option that stands for no answer, kept"
        not in report(read(people(), drop="missing")).suspicious
    )


def test_groups_are_a_dimension() -> None:
    bank = read(people(sex=["f", "m", "f", "m", "f", None]), by="sex")
    assert bank.survey_share.dims == ("country", "group", "question", "option")
    assert bank.group.values.tolist() == ["f", "m"]
    first = bank.survey_share.sel(country="KOR", group="f", question="q")
    assert first.values.tolist() == [0.2, 0.8, 0.0]
    assert bank.survey_share.sel(country="CHL", group="m").count() == 0
    assert np.isnan(bank.respondents.sel(country="CHL", group="m").item())
    assert report(bank).dropped == {"respondent without a group": 1}


def test_categories_keep_their_order_whoever_answers_first() -> None:
    order = ["young", "old"]
    age = pd.Categorical(["old", "young", "old", "old", "old", "old"], categories=order)
    bank = read(people(age=age), by="age")
    assert bank.group.values.tolist() == order
    assert bank.country.values.tolist() == ["CHL", "KOR"]


def test_groups_that_are_numbers_stand_by_size() -> None:
    bank = read(people(area=[10, 2, 10, 2, 2, 1]), by="area")
    assert bank.group.values.tolist() == ["1", "2", "10"]


def test_a_column_of_numbers_makes_no_groups() -> None:
    table = pd.DataFrame({"land": "KOR", "q": 1, "income": np.arange(2001)})
    text = refusal(lambda: read(table, weight=None, by="income"))
    assert "2001 different values in income" in text


def test_one_label_may_hold_for_all() -> None:
    bank = read(people().drop(columns="land"), country="Korea")
    assert bank.country.values.tolist() == ["Korea"]
    assert bank.respondents.item() == 6.0


def test_a_misspelt_column_is_no_label_for_all() -> None:
    text = refusal(lambda: read(people(), country="lands"), UnknownNameError)
    assert "column of mine 'lands'; did you mean 'land'?" in text


def test_a_country_may_be_called_almost_as_a_column() -> None:
    table = people(Japan=1).drop(columns="land").rename(columns={"Japan": "Japan_1"})
    assert read(table, country="Japan").country.values.tolist() == ["Japan"]


@pytest.mark.parametrize("country", ["", "  ", None, 3])
def test_a_country_must_be_said(country: object) -> None:
    assert "name a column" in refusal(lambda: read(people(), country=country), InputError)


def test_respondents_without_a_country_are_left_out() -> None:
    bank = read(people(land=["KOR", "", None, "KOR", "CHL", " "]))
    assert bank.respondents.values.ravel().tolist() == [1.0, 2.0]
    assert report(bank).dropped == {"respondent without a country": 3}


def test_spellings_that_differ_in_blanks_are_one_country() -> None:
    bank = read(people(land=["KOR", " KOR", "KOR ", "KOR", "CHL", "CHL"]))
    assert bank.country.values.tolist() == ["CHL", "KOR"]


def test_a_few_codes_without_a_text_are_counted() -> None:
    bank = read(people(q=[1, 2, 7, 7, 1, 6]))
    assert bank.survey_share.sel(country="KOR").values[0] == pytest.approx([1 / 3, 2 / 3, 0.0])
    found = report(bank).suspicious["answer with a code that is no option, left out"]
    assert found.count == 3
    assert found.examples == ("q=7", "q=6")


def test_most_codes_without_a_text_are_an_error() -> None:
    text = refusal(lambda: read(people(q=[1, 7, 7, 6, 5, 2])))
    assert "4 of 6 answers to q with codes (5, 6, 7) that are none of its options (1, 2, 9)" in text


def test_answers_that_are_all_blank_make_no_question() -> None:
    items = GOING | {"empty": {"text": "Empty?", "options": {1: "Yes", 2: "No"}}}
    bank = read(people(empty=""), items=items)
    assert bank.question.values.tolist() == ["q"]
    assert report(bank).dropped["question that nobody answered"] == 1


def test_a_table_without_an_answer_is_refused() -> None:
    assert "mine has no answer to q" in refusal(lambda: read(people(q="")))
    assert "mine has no rows" in refusal(lambda: read(people().iloc[:0]))
    table: Any = [1, 2]
    assert "The table is a list" in refusal(lambda: read(table), InputError)


def test_a_cell_whose_people_all_refused_is_not_asked() -> None:
    item = Item("q", "Well?", options={"1": "Yes", "2": "No"}, missing=frozenset({"9"}))
    bank = read(people(q=[1, 2, 2, 9, 9, 9]), items=[item])
    assert bank.country.values.tolist() == ["KOR"]


def test_of_a_list_of_columns_the_codes_are_the_options() -> None:
    bank = read(people(q=["10", "2", "2.0", "", "1", "NA"]), items=["q"])
    assert bank.option_text.values.tolist() == [["1", "2", "10"]]
    assert bank.question_text.item() == "q"
    assert report(bank).suspicious["question without a text, called as its column"].count == 1


def test_a_column_may_hold_the_texts_themselves() -> None:
    items = {"q": {"text": "Which is best?", "options": ["Tea", "Coffee"]}}
    bank = read(people(q=["Coffee", "Tea ", "Tea", "", "Tea", "Tea"]), items=items)
    assert bank.option_text.values.tolist() == [["Tea", "Coffee"]]
    assert bank.survey_share.sel(country="KOR").values[0] == pytest.approx([6 / 7, 1 / 7])


def test_an_option_may_be_called_as_what_is_blank_elsewhere() -> None:
    items = {"q": {"text": "Which party?", "options": {"NA": "National Alliance", "B": "Bloc"}}}
    bank = read(people(q=["NA", "B", "B", "NA", "NA", ""]), items=items)
    assert bank.survey_share.sel(country="KOR").values.tolist() == [[0.25, 0.75]]


def test_too_many_codes_are_no_question() -> None:
    table = pd.DataFrame({"land": "KOR", "q": np.arange(101)})
    assert "101 different codes in q" in refusal(lambda: read(table, items=["q"], weight=None))


def test_options_that_repeat_are_refused() -> None:
    items = {"q": {"text": "Well?", "options": {1: "Yes", 2: " yes ", 9: "No"}}}
    assert "repeats the option 'Yes' and 'yes'" in refusal(lambda: read(people(), items=items))


@pytest.mark.parametrize("column", ["items", "weight", "by"])
def test_a_column_that_is_not_there_is_named(column: str) -> None:
    wanted: dict[str, Any] = {column: ["qq"] if column == "items" else "ww"}
    text = refusal(lambda: read(people(), **wanted), UnknownNameError)
    assert "column of mine" in text
    assert "did you mean" in text


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], "items is empty"),
        (3, "items is 3"),
        (["q", "q"], "the column 'q' twice"),
        ([True], "A name in items is True"),
        ({"q": ["Yes", "No"]}, "The item 'q' is ['Yes', 'No']; give a mapping"),
        ({"q": {"options": "Yes"}}, "The options of the item 'q' are 'Yes'"),
        ({"q": {"options": {1: True, 2: False}}}, "The option '1' of the item 'q' is True"),
        ({"q": {"options": {True: "a", 2: "b"}}}, "A code of the item 'q' is True"),
        ({"q": {"options": {1: "a", "1.0": "b"}}}, "the code '1' twice"),
        ({"q": {"options": {1: "a"}}}, "has 1 options"),
        ({"q": {"options": {1: "a", 2: " "}}}, "The option '2' of the item 'q' is blank"),
        ({"q": {"ordinal": "yes"}}, "ordinal of the item 'q' is 'yes'"),
        ({"q": {"text": ["a"]}}, "The text of the item 'q' is ['a']"),
    ],
)
def test_items_of_another_form_are_refused(items: object, sentence: str) -> None:
    assert sentence in refusal(lambda: read(people(), items=items), InputError)


def test_an_unknown_key_of_an_item_is_refused() -> None:
    items = {"q": {"txt": "Well?"}}
    text = refusal(lambda: read(people(), items=items), UnknownNameError)
    assert "key of the item 'q' 'txt'; did you mean 'text'?" in text


def test_what_is_said_of_items_is_kept() -> None:
    items = {"q": GOING["q"] | {"topic": "economy", "ordinal": True}}
    bank = read(people(), items=items, survey="Mine", wave="3", prefix="Mine:")
    assert bank.question.values.tolist() == ["Mine:q"]
    assert bank.question_topic.item() == "economy"
    assert bank.ordinal.item() is True
    assert (bank.survey.item(), bank.wave.item()) == ("Mine", "3")


def slowly(each: list[tuple[str, str, float, int]]) -> dict[tuple[str, str], list[float]]:
    """Return the shares of Yes and No by country and group, one respondent at a time."""
    sums: dict[tuple[str, str], list[float]] = {}
    for land, sex, weight, code in each:
        if code in {1, 2} and weight > 0.0:
            sums.setdefault((land, sex), [0.0, 0.0])[code - 1] += weight
    return {cell: [one / sum(both) for one in both] for cell, both in sums.items()}


rows = st.tuples(
    st.sampled_from(["KOR", "CHL", "JPN"]),
    st.sampled_from(["f", "m"]),
    st.sampled_from([0.0, 0.5, 1.0, 2.5]),
    st.sampled_from([1, 1, 2, 2, 9, -1]),
)


@settings(max_examples=10)
@given(st.lists(rows, min_size=1, max_size=40))
def test_shares_are_those_of_a_loop_in_any_order(each: list[tuple[str, str, float, int]]) -> None:
    expected = slowly(each)
    if not expected:
        return
    table = pd.DataFrame(each, columns=["land", "sex", "w", "q"])
    options = {"1": "Yes", "2": "No"}
    item = Item("q", "?", options=options, missing=frozenset({"9"}), not_asked=frozenset({"-1"}))
    bank = read(table, items=[item], by="sex")
    cells = {(str(c), str(g)) for c in bank.country.values for g in bank.group.values}
    assert set(expected) <= cells
    for land, sex in cells:
        share = bank.survey_share.sel(country=land, group=sex).values[0]
        np.testing.assert_allclose(share, expected.get((land, sex), [np.nan, np.nan]))
    turned = read(table.iloc[::-1], items=[item], by="sex")
    xr.testing.assert_allclose(turned, bank)


def test_what_respondents_wrote_is_in_no_message() -> None:
    own = "I am made-up Kim, call 555"
    text = refusal(lambda: read(people(q=[own, own, own, "7", "2.5e", 1])))
    assert "with codes (7, a text of few people) that are none of its options (1, 2, 9)" in text
    found = report(read(people(q=[1, 2, 2, own, "12345", "2"]))).suspicious
    odd = found["answer with a code that is no option, left out"]
    assert (odd.count, odd.examples) == (2, ("q=a text of few people",))
    # What ten people share is an option that was spelt in another way.
    many = pd.DataFrame({"land": "KOR", "q": ["YES"] * 10 + ["1"]})
    assert "10 of 11 answers to q with codes (YES)" in refusal(lambda: read(many, weight=None))


def test_a_bank_that_no_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    table = people(area=[1, 2, 3, 4, 5, 6])
    monkeypatch.setattr(_shares, "_MOST_CELLS", 11)
    text = refusal(lambda: read(table, by="area"))
    assert "2 countries, 6 groups and 1 questions, which are 12 cells" in text
    monkeypatch.setattr(_shares, "_MOST_CELLS", 12)
    assert read(table, by="area").sizes["group"] == 6
