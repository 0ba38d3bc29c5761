"""A tidy table becomes a bank and comes back, and what is wrong with it is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets.surveys import from_tidy, report, to_tidy
from disca_nb.datasets.surveys.report import UNKNOWN_COUNTRY
from disca_nb.errors import DataFileError, InputError

Tidy = Callable[..., pd.DataFrame]
NAN = float("nan")


def made(table: pd.DataFrame, **options: object) -> xr.Dataset:
    return from_tidy(table, name="mine", source="made up", **options)  # type: ignore[arg-type]


def refused(table: pd.DataFrame) -> str:
    with pytest.raises(DataFileError) as caught:
        made(table)
    text = str(caught.value)
    assert text.startswith("mine")
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.fixture
def two() -> pd.DataFrame:
    """Two questions of two and three options, one of them asked in one of two countries."""
    rows = [
        ("q1", "Is it so?", "Yes", "Japan", 0.25, 80),
        ("q1", "Is it so?", "No", "Japan", 0.75, 80),
        ("q2", "How much?", "Little", "Japan", 0.2, None),
        ("q2", "How much?", "Some", "Japan", 0.3, None),
        ("q2", "How much?", "Much", "Japan", 0.5, None),
        ("q1", "Is it so?", "Yes", "Chile", 0.5, 40),
        ("q1", "Is it so?", "No", "Chile", 0.5, 40),
    ]
    columns = ["question", "text", "option", "country", "share", "respondents"]
    return pd.DataFrame(rows, columns=columns)


def test_a_bank_has_a_row_for_each_country_and_question(two: pd.DataFrame) -> None:
    bank = made(two)
    assert dict(bank.sizes) == {"country": 2, "question": 2, "option": 3}
    expected = [[[0.25, 0.75, NAN], [0.2, 0.3, 0.5]], [[0.5, 0.5, NAN], [NAN, NAN, NAN]]]
    np.testing.assert_array_equal(bank.survey_share, expected)
    np.testing.assert_array_equal(bank.respondents, [[80, NAN], [40, NAN]])
    assert bank.country.values.tolist() == ["Japan", "Chile"]
    assert bank.option.values.tolist() == ["1", "2", "3"]
    assert bank.n_options.values.tolist() == [2, 3]
    assert bank.option_text.values.tolist() == [["Yes", "No", ""], ["Little", "Some", "Much"]]
    assert bank.question_text.values.tolist() == ["Is it so?", "How much?"]
    assert bank.survey.values.tolist() == ["mine", "mine"]
    assert bank.attrs["weight"] == "none"
    assert bank.attrs["synthetic"] == 0
    assert bank.survey_share.attrs["description"]


def test_any_order_of_the_rows_gives_the_same_bank(two: pd.DataFrame) -> None:
    two["position"] = [1, 2, 1, 2, 3, 1, 2]
    first = made(two)
    other = made(two.sample(frac=1.0, random_state=3))
    assert other.question.values.tolist() != first.question.values.tolist()
    same = other.sel(country=first.country.values, question=first.question.values)
    xr.testing.assert_equal(same, first)


def test_what_a_table_says_of_its_questions_is_kept(two: pd.DataFrame) -> None:
    about = two.assign(
        survey="Panel", wave=7, topic=["life", "life", "money", "money", "money", "life", "life"]
    )
    about["ordinal"] = about["question"] == "q2"
    bank = made(about)
    assert bank.wave.values.tolist() == ["7", "7"]
    assert bank.survey.values.tolist() == ["Panel", "Panel"]
    assert bank.question_topic.values.tolist() == ["life", "money"]
    assert bank.ordinal.values.tolist() == [False, True]
    assert made(two, ordinal=True).ordinal.values.tolist() == [True, True]


def test_weights_stand_by_question_where_they_differ(two: pd.DataFrame) -> None:
    assert made(two, weight="W_WEIGHT").attrs["weight"] == "W_WEIGHT"
    assert "weight_used" not in made(two, weight="W_WEIGHT").coords
    bank = made(two.assign(weight=np.where(two["question"] == "q2", "pspwght", "none")))
    assert bank.attrs["weight"] == "by question"
    assert bank.weight_used.values.tolist() == ["none", "pspwght"]


def test_the_name_of_a_country_is_in_words(two: pd.DataFrame) -> None:
    renamed = two.replace({"Japan": "JPN", "Chile": "Chile (Old national sample)"})
    bank = made(renamed)
    assert bank.country.values.tolist() == ["JPN", "Chile (Old national sample)"]
    assert bank.country_name.values.tolist() == ["Japan", "Chile"]


def test_groups_are_a_dimension(two: pd.DataFrame) -> None:
    women = two.assign(group="women")
    men = two[two["country"] == "Japan"].assign(group="men", share=[0.0, 1.0, 1.0, 0.0, 0.0])
    bank = made(pd.concat([women, men]))
    assert bank.survey_share.dims == ("country", "group", "question", "option")
    assert bank.respondents.dims == ("country", "group", "question")
    assert bank.group.values.tolist() == ["women", "men"]
    np.testing.assert_array_equal(
        bank.survey_share.sel(group="men", country="Japan")[0, :2], [0, 1]
    )
    assert np.isnan(bank.survey_share.sel(group="men", country="Chile")).all()
    assert report(bank).cells == 5


def test_a_bank_goes_to_a_tidy_table_and_back(two: pd.DataFrame) -> None:
    bank = made(
        two.assign(group="all", topic="t", weight=np.where(two["question"] == "q2", "w", "v"))
    )
    again = made(to_tidy(bank))
    xr.testing.assert_identical(bank.drop_attrs(), again.drop_attrs())
    plain = to_tidy(made(two))
    assert "group" not in plain.columns
    assert len(plain) == len(two)
    assert plain["weight"].unique().tolist() == ["none"]


def test_shares_off_one_are_scaled_and_counted(tidy: Tidy) -> None:
    cells = {"A": [0.6, 0.6], "B": [0.5, 0.499], "C": [0.5, 0.5 - 5e-7]}
    bank = made(tidy({"q1": cells}))
    np.testing.assert_allclose(bank.survey_share.sum("option"), 1.0, rtol=0, atol=1e-15)
    assert bank.survey_share.sel(country="B").values[0, 0] == pytest.approx(0.5 / 0.999, abs=1e-15)
    found = report(bank)
    assert found.renormalised == 2
    why, unknown = found.suspicious
    assert why == "cell with a sum off 1 by more than 0.02"
    assert unknown == UNKNOWN_COUNTRY
    assert found.suspicious[why].count == 1
    assert found.suspicious[why].examples == ("question 'q1', country 'A': sum 1.2",)


def test_labels_that_are_no_country_are_told_with_what_they_may_mean(tidy: Tidy) -> None:
    cells = {"Jappan": [0.5, 0.5], "Chile": [0.5, 0.5], "Korea (Old sample)": [0.5, 0.5]}
    found = report(made(tidy({"q1": cells}))).suspicious
    assert found[UNKNOWN_COUNTRY].examples == ("Jappan (Japan?)",)
    assert found[UNKNOWN_COUNTRY].count == 1


def test_cells_of_zeros_count_as_not_asked(tidy: Tidy) -> None:
    bank = made(tidy({"q1": {"A": [0.0, 0.0], "B": [1.0, 0.0]}}))
    assert np.isnan(bank.survey_share.sel(country="A")).all()
    assert bank.survey_share.sel(country="B").values.tolist() == [[1.0, 0.0]]
    assert report(bank).dropped == {"cell with all shares zero": 1}
    assert (report(bank).cells, report(bank).kept_cells) == (2, 1)


def test_a_cell_with_all_shares_missing_was_not_asked(tidy: Tidy) -> None:
    bank = made(tidy({"q1": {"A": [NAN, NAN], "B": [1.0, 0.0]}}))
    assert np.isnan(bank.survey_share.sel(country="A")).all()
    assert (report(bank).cells, report(bank).dropped) == (1, {})


def test_useless_questions_are_left_out_and_counted(tidy: Tidy) -> None:
    good = tidy({"good": {"A": [0.5, 0.5]}})
    blank = tidy({"blank": {"A": [0.5, 0.5]}}).assign(text=" ")
    single = tidy({"single": {"A": [1.0]}}, options=("Only",))
    nobody = tidy({"nobody": {"A": [0.0, 0.0]}})
    bank = made(pd.concat([good, blank, single, nobody]))
    assert bank.question.values.tolist() == ["good"]
    found = report(bank)
    assert (found.questions, found.kept_questions) == (4, 1)
    assert found.dropped == {
        "cell with all shares zero": 1,
        "question without a text": 1,
        "question with fewer than two options": 1,
        "question without a country that answered": 1,
    }
    with pytest.raises(
        DataFileError, match=r"mine has no question left \(question with fewer than two"
    ):
        made(single)


def test_what_a_reader_counted_stands_in_the_report(two: pd.DataFrame) -> None:
    found = report(made(two, rows=900, dropped={"respondent without a country": 3}))
    assert (found.rows, found.dropped) == (900, {"respondent without a country": 3})
    assert report(made(two)).rows == 7


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("share", -0.1, "country 'Japan': share is '-0.1'; a share lies in 0 to 1"),
        ("share", 45.0, "share is '45'; a share lies in 0 to 1, so divide percentages by 100"),
        ("share", "many", "share is 'many'; a share lies in 0 to 1"),
        ("share", float("inf"), "share is 'inf'"),
        ("share", NAN, "1 of 2 options have shares; a share is missing among the others"),
        ("respondents", -5, "respondents is '-5'; give a number of people"),
        ("respondents", 81, "respondents is 81, 80; give one number per cell"),
        ("removed_share", 1.5, "country 'Japan': removed_share is '1.5'; a share lies in 0 to 1"),
        ("removed_share", 0.4, "removed_share is 0.4, 0.2; give one number per cell"),
        ("country", "  ", "row 1: country is blank"),
        ("question", None, "row 1: question is blank"),
        ("option", "", "row 1: option is blank"),
        ("option", "NO ", "repeats the option 'NO' and 'No'; options must differ by more"),
        ("option", "No", "'Japan': option 'No' is there twice; keep one of the two"),
        ("option", "Maybe", "'Japan': 2 of 3 options have shares; give 0 for an option"),
        ("text", "Was it so?", "two questions with the id 'q1': text is 'Was it so?' and 'Is it"),
    ],
)
def test_what_is_wrong_is_named(two: pd.DataFrame, column: str, value: object, said: str) -> None:
    two["removed_share"] = 0.2
    values = two[column].tolist()
    assert said in refused(two.assign(**{column: [value, *values[1:]]}))


def test_a_cell_that_is_there_twice_is_refused(two: pd.DataFrame) -> None:
    assert "question 'q1', country 'Japan': option 'Yes' is there twice" in refused(
        pd.concat([two, two.iloc[:2]])
    )
    grouped = two.assign(group="women")
    assert "country 'Japan', group 'women': option" in refused(pd.concat([grouped, grouped]))


def test_a_cell_that_lacks_an_option_is_refused(two: pd.DataFrame) -> None:
    text = refused(two.drop(index=6))
    assert "question 'q1', country 'Chile': 1 of 2 options have shares; give 0" in text


def test_one_question_under_two_ids_is_refused(two: pd.DataFrame) -> None:
    copy = two[two["question"] == "q1"].assign(question="q9", text="is  it SO?")
    text = refused(pd.concat([two, copy]))
    assert "the question 'is it SO?' with the same options as 'q1' and as 'q9'" in text
    # With other options, or in another wave, it is another question.
    assert made(pd.concat([two, copy.assign(wave="2")])).sizes["question"] == 3
    other = copy.assign(option=["Yes", "Not at all"] * 2)
    assert made(pd.concat([two, other])).sizes["question"] == 3


def test_positions_order_the_options_and_must_differ(two: pd.DataFrame) -> None:
    backward = two.assign(position=[2, 1, 30, 20, 10, 2, 1])
    bank = made(backward)
    assert bank.option_text.values.tolist() == [["No", "Yes", ""], ["Much", "Some", "Little"]]
    assert bank.survey_share.sel(country="Japan", question="q2").values.tolist() == [0.5, 0.3, 0.2]
    assert "has 'Yes' and 'No' at position 1" in refused(two.assign(position=[1, 1, 1, 2, 3, 1, 1]))
    assert "position is 'first'; number" in refused(two.assign(position=["first", *range(6)]))
    assert "repeats the option 'Yes'" in refused(two.assign(position=[1, 2, 1, 2, 3, 3, 2]))


def test_tables_without_what_is_needed_are_refused(two: pd.DataFrame) -> None:
    assert "lacks the column option, share; it has question" in refused(
        two.drop(columns=["option", "share"])
    )
    assert refused(two.iloc[:0]) == "mine has no rows; check the file."
    assert "has the column 'text' twice" in refused(pd.concat([two, two[["text"]]], axis=1))
    with pytest.raises(InputError, match=r"The table is a dict; give a pandas\.DataFrame"):
        made({"question": ["q1"]})  # type: ignore[arg-type]


def test_labels_of_any_kind_become_clean_texts() -> None:
    table = pd.DataFrame(
        {
            "question": 17,
            "text": "  How\n many? ",
            "option": [1.0, 2.5, "3 or  more"],
            "country": "<script>alert(1)</script>",
            "share": ["0.5", "0.25", "0.25"],
        }
    )
    bank = made(table)
    assert bank.question.values.tolist() == ["17"]
    assert bank.question_text.item() == "How many?"
    assert bank.option_text.values.tolist() == [["1", "2.5", "3 or more"]]
    assert bank.country.item() == bank.country_name.item() == "<script>alert(1)</script>"


def test_to_tidy_names_what_a_bank_lacks(two: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="lacks 'respondents'"):
        to_tidy(made(two).drop_vars("respondents"))
