"""Options that stand for no answer: what the lists hold, and what is left without them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from disca_nb.datasets.surveys import MISSING, drop_options, from_tidy, is_missing, report
from disca_nb.errors import DataFileError, InputError, UnknownNameError

Tidy = Callable[..., pd.DataFrame]
NAN = float("nan")
FOUR = ("Yes", "Don't know", "No", "Refused")


def made(table: pd.DataFrame) -> xr.Dataset:
    return from_tidy(table, name="mine", source="made up")


@pytest.fixture
def survey(tidy: Tidy) -> xr.Dataset:
    """Two questions; q1 has two options too many, and q2 none."""
    cells = {"Japan": [0.3, 0.2, 0.1, 0.4], "Chile": [0.5, 0.0, 0.5, 0.0]}
    first = tidy({"q1": cells}, options=FOUR, respondents=100)
    second = tidy({"q2": {"Japan": [0.25, 0.5, 0.25]}}, options=("Good", "Fair", "Bad"))
    return made(pd.concat([first, second]))


@pytest.mark.parametrize(
    "option",
    [
        "Don't know",
        " don’t  KNOW. ",
        "DK/Refused",
        "DK / refused (VOL)",
        "Refused (DO NOT READ)",
        "No answer/ refused",
        "Missing;  Unknown",
        "Can't choose",
        "Decline to answer",
        "No sabe / No contesta",
        "Weiß nicht",
        "WEISS NICHT",
        "Je ne sais pas",
        "Затрудняюсь ответить",
        "无回答",
        "모름/무응답",
        "わからない",
        "पता नहीं",
        "لا أعرف",
    ],
)
def test_options_for_no_answer_are_known(option: str) -> None:
    assert is_missing(option)


@pytest.mark.parametrize(
    "option",
    [
        *(
            "",
            "No",
            "None",
            "None at all",
            "Neither (VOL)",
            "Depends",
            "Other (VOL)",
            "Have not done",
        ),
        *(
            "Hard to say",
            "Don't mind",
            "Don't know anyone (VOL)",
            "Never heard of",
            "Don't want to help",
        ),
        *("I do not know examples concerned", "No, have not heard of it", "Not at all"),
    ],
)
def test_answers_are_no_missing_answers(option: str) -> None:
    assert not is_missing(option)


def test_the_languages_of_the_prompts_have_lists() -> None:
    languages = ["en", "ru", "zh", "tr", "ko", "ja", "de", "es"]
    languages += ["pt", "ar", "hi", "fr", "vi", "id"]
    assert set(languages) < set(MISSING)
    assert all(texts and all(map(is_missing, texts)) for texts in MISSING.values())


def test_one_list_alone_can_be_asked() -> None:
    assert is_missing("무응답", ["ko"])
    assert not is_missing("무응답", ["en", "ja"])
    with pytest.raises(UnknownNameError, match="Unknown list of missing answers 'kr'; did you"):
        is_missing("무응답", ["kr"])


def test_shares_are_scaled_and_what_went_is_kept(survey: xr.Dataset) -> None:
    kept = drop_options(survey, "missing")
    assert kept.sizes["option"] == 3
    assert kept.option_text.values.tolist() == [["Yes", "No", ""], ["Good", "Fair", "Bad"]]
    assert kept.n_options.values.tolist() == [2, 3]
    expected = [[[0.75, 0.25, NAN], [0.25, 0.5, 0.25]], [[0.5, 0.5, NAN], [NAN, NAN, NAN]]]
    np.testing.assert_allclose(kept.survey_share, expected, rtol=1e-12)
    np.testing.assert_allclose(kept.removed_share, [[0.6, 0.0], [0.0, NAN]], atol=1e-12)
    np.testing.assert_allclose(kept.respondents, [[40.0, NAN], [100.0, NAN]], rtol=1e-12)
    found = report(kept)
    assert found.dropped == {"option that stands for no answer": 2}
    assert found.removed_share == pytest.approx(0.2)
    assert "answers removed per cell, mean: 20.0%" in str(found)
    (large,) = found.suspicious.values()
    assert (large.count, large.examples) == (1, ("Japan q1: 0.60",))
    assert survey.sizes["option"] == 4
    assert "removed_share" not in survey


def test_one_can_name_the_options_oneself(survey: xr.Dataset) -> None:
    kept = drop_options(survey, ["refused ", "FAIR"])
    assert kept.option_text.values.tolist() == [["Yes", "Don't know", "No"], ["Good", "Bad", ""]]
    np.testing.assert_allclose(kept.survey_share.sel(country="Japan")[1, :2], [0.5, 0.5])
    np.testing.assert_allclose(kept.removed_share.sel(country="Japan"), [0.4, 0.5])


def test_removing_twice_is_removing_both(survey: xr.Dataset) -> None:
    twice = drop_options(drop_options(survey, ["Refused"]), ["Don't know"])
    once = drop_options(survey, ["Refused", "Don't know"])
    for name in ("survey_share", "removed_share", "respondents"):
        np.testing.assert_allclose(twice[name], once[name], rtol=1e-12, atol=1e-15)
    assert report(twice).dropped == report(once).dropped


def test_without_a_wish_nothing_changes(survey: xr.Dataset) -> None:
    assert drop_options(survey, None) is survey
    none = drop_options(survey, [])
    np.testing.assert_array_equal(none.survey_share, survey.survey_share)
    assert report(none).dropped == {}


def test_cells_and_questions_with_nothing_left_are_counted(tidy: Tidy) -> None:
    first = tidy({"q1": {"A": [0, 1.0, 0, 0], "B": [1.0, 0, 0, 0]}}, options=FOUR)
    single = tidy({"q2": {"A": [0.5, 0.5]}}, options=("Yes", "Don't know"))
    kept = drop_options(made(pd.concat([first, single])), "missing")
    assert kept.question.values.tolist() == ["q1"]
    assert np.isnan(kept.survey_share.sel(country="A")).all()
    assert kept.removed_share.sel(country="A").item() == 1.0
    assert report(kept).dropped == {
        "option that stands for no answer": 3,
        "cell with nothing left after removal": 1,
        "question with fewer than two options": 1,
    }
    with pytest.raises(DataFileError, match=r"no question left \(question with fewer than two"):
        drop_options(made(single), "missing")


def test_groups_are_kept_apart(tidy: Tidy) -> None:
    women = tidy({"q1": {"A": [0.5, 0.5, 0.0, 0.0]}}, options=FOUR, group="women")
    men = tidy({"q1": {"A": [0.5, 0.0, 0.5, 0.0]}}, options=FOUR, group="men")
    kept = drop_options(made(pd.concat([women, men])), "missing")
    assert kept.removed_share.dims == ("country", "group", "question")
    assert kept.removed_share.values.tolist() == [[[0.5], [0.0]]]
    assert kept.survey_share.values.tolist() == [[[[1.0, 0.0]], [[0.5, 0.5]]]]


def test_what_is_no_option_is_refused_with_a_suggestion(survey: xr.Dataset) -> None:
    with pytest.raises(
        UnknownNameError, match="Unknown option 'Dont know'; did you mean \"Don't know\""
    ):
        drop_options(survey, ["Dont know"])
    with pytest.raises(UnknownNameError, match="Unknown option ''"):
        drop_options(survey, [""])
    with pytest.raises(InputError, match="drop is 'mising'; give 'missing', or a list"):
        drop_options(survey, "mising")
