"""Similarity cell by cell: against scipy, by hand, and whatever order the labels are in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics.opinions import as_answers, similarity
from disca_nb.metrics.opinions.similarity import Measure
from disca_nb.variables import validate

HALF = 1.0 - math.sqrt(0.5 * math.log2(4 / 3) + 0.25 * math.log2(2 / 3) + 0.25)
"""Similarity of all on one of two options and half on each: 0.442."""


def slow(p: np.ndarray, q: np.ndarray, measure: str, base: float) -> float:
    if measure == "jensen-shannon":
        return float(1.0 - jensenshannon(p, q, base=base))
    if measure == "total-variation":
        return float(1.0 - np.abs(p - q).sum() / 2.0)
    if measure == "hellinger":
        return float(1.0 - math.sqrt(1.0 - np.sqrt(p * q).sum()))
    places = np.arange(p.size)
    return float(1.0 - wasserstein_distance(places, places, p, q) / (p.size - 1))


@pytest.mark.parametrize(
    ("measure", "base"),
    [
        ("jensen-shannon", 2.0),
        ("jensen-shannon", math.e),
        ("jensen-shannon", 10),
        ("total-variation", 2.0),
        ("hellinger", 2.0),
        ("earth-movers", 2.0),
    ],
)
def test_every_cell_is_a_loop_over_questions(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]], measure: Measure, base: float
) -> None:
    bank, answers = random_pair(3)
    bank["ordinal"] = xr.full_like(bank.ordinal, fill_value=True)
    found = similarity(bank, answers, measure=measure, base=base)
    assert found.attrs["measure"] == measure
    assert found.attrs["base"] == (base if measure == "jensen-shannon" else "none")
    assert found.similarity.dims == ("country", "model", "prompting", "question")
    shares = bank.survey_share.values
    probs = answers.answer_prob.sel(question=bank.question).values
    assert np.isnan(found.similarity.values).sum() == 6 * np.isnan(shares[:, :, 0]).sum() > 0
    for c, m, p, q in np.argwhere(found.similarity.notnull().values):
        n = int(bank.n_options[q])
        expected = slow(shares[c, q, :n], probs[m, p, q, :n], measure, base)
        assert found.similarity.values[c, m, p, q] == pytest.approx(expected, abs=1e-9)


def test_equal_opposite_and_undecided(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    found = similarity(hand_bank, yes_sayer).similarity.squeeze(drop=True)
    nan = math.nan
    expected = [[1.0, 0.0, 1.0, nan], [1.0, 1.0, nan, 0.0], [0.0, HALF, nan, nan]]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert pytest.approx(0.442, abs=5e-4) == HALF


def test_with_natural_logarithms_opposites_keep_a_sixth(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    found = similarity(hand_bank, yes_sayer, base=math.e).similarity
    least = 1.0 - math.sqrt(math.log(2.0))
    assert found.sel(country="USA", question="a").item() == pytest.approx(least)


def test_the_order_of_labels_changes_nothing(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]], shuffled: Callable[..., xr.Dataset]
) -> None:
    bank, answers = random_pair(5)
    one, other = similarity(bank, answers), similarity(shuffled(bank), shuffled(answers, 2))
    assert other.country.values.tolist() == shuffled(bank).country.values.tolist()
    assert other.question.values.tolist() == shuffled(bank).question.values.tolist()
    xr.testing.assert_identical(other.reindex_like(one), one)


def test_selecting_changes_nothing(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, answers = random_pair(6)
    some = {"country": ["C03", "C01"], "question": ["q010", "q002"]}
    few = similarity(bank.sel(some), answers.sel(model=["m1"]))
    xr.testing.assert_identical(few, similarity(bank, answers).sel(some | {"model": ["m1"]}))


def test_one_model_needs_no_dimension_for_it(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    bare = xr.Dataset({"answer_prob": yes_sayer.answer_prob.squeeze(drop=True)})
    found = similarity(hand_bank, bare)
    assert (found.model.item(), found.prompting.item()) == ("model", "default")
    both = similarity(hand_bank, yes_sayer)
    np.testing.assert_array_equal(found.similarity, both.similarity)


def test_a_model_without_an_answer_has_no_similarity(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    yes_sayer.answer_prob[..., 1, :] = np.nan
    found = similarity(hand_bank, yes_sayer).similarity
    assert found.sel(question="b").isnull().all()
    assert found.sel(country="JPN", question=["a", "c"]).notnull().all()


def test_groups_of_respondents_are_kept(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    flipped = hand_bank.assign(survey_share=1.0 - hand_bank.survey_share)
    bank = xr.concat([hand_bank, flipped], "group", coords="minimal", compat="override")
    bank = bank.assign_coords(group=["old", "young"])
    found = validate(similarity(bank, yes_sayer))
    assert found.similarity.dims == ("country", "group", "model", "prompting", "question")
    old = similarity(hand_bank, yes_sayer).similarity
    np.testing.assert_array_equal(found.similarity.sel(group="old"), old)
    assert found.similarity.sel(group="young", country="JPN", question="a").item() == 0.0


def test_the_earth_movers_distance_says_what_it_leaves_out(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, answers = random_pair(7)
    bank["ordinal"] = ("question", [True, False] * 15)
    with pytest.warns(UserWarning, match="15 of 30 questions have options without an order"):
        found = similarity(bank, answers, measure="earth-movers").similarity
    assert found.sel(country="C05", question=bank.question[1::2]).isnull().all()
    assert found.sel(country="C05", question=bank.question[::2]).notnull().all()


def test_shares_need_not_sum_to_one(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    scaled = hand_bank.assign(survey_share=hand_bank.survey_share * 0.93)
    one, other = (similarity(bank, yes_sayer).similarity for bank in (hand_bank, scaled))
    np.testing.assert_allclose(one, other, atol=1e-12)


def test_people_are_wholly_similar_to_themselves(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, _ = random_pair(8)
    found = similarity(bank, as_answers(bank, ["C00", "C01"])).similarity
    for name in ("C00", "C01"):
        own = found.sel(country=name, model=f"people of {name}")
        assert (own == 1.0).all()
    one, other = (
        found.sel(country="C01", model="people of C00"),
        found.sel(country="C00", model="people of C01"),
    )
    np.testing.assert_allclose(one, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ["w", "x", "y", "z"]}, "No question stands in both: the bank asks a, b, c"),
        ({"n_options": ("question", [2, 2, 3, 2])}, "Question 'c' has 2 options in the bank and 3"),
    ],
)
def test_answers_that_do_not_fit_are_refused(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        similarity(hand_bank, yes_sayer.assign_coords(change))


def test_an_answer_past_the_last_option_is_refused(
    bank_of: Callable[..., xr.Dataset], answers_of: Callable[..., xr.Dataset]
) -> None:
    bank = bank_of({"JPN": {"a": [0.5, 0.5], "b": [0.2, 0.3, 0.5]}})
    answers = answers_of({("m", "default"): {"a": [0.2, 0.3, 0.5], "b": [0.2, 0.3, 0.5]}})
    with pytest.raises(InputError, match="'a' has 2 options in the bank and 3 in the answers"):
        similarity(bank, answers)


def test_options_that_read_otherwise_are_refused(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    texts = np.array([["yes", "no"]] * 4)
    bank = hand_bank.assign_coords(option_text=(("question", "option"), texts))
    texts = texts.copy()
    texts[2] = ["no", "yes"]
    answers = yes_sayer.assign_coords(option_text=(("question", "option"), texts))
    with pytest.raises(InputError, match="options of question 'c' are yes, no in the bank and no"):
        similarity(bank, answers)


def test_shares_known_in_part_are_refused(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    hand_bank.survey_share[0, 1, 1] = np.nan
    with pytest.raises(InputError, match="shares of 'JPN' on question 'b' are known in part"):
        similarity(hand_bank, yes_sayer)


def test_other_arguments_are_refused(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Unknown measure 'kl'"):
        similarity(hand_bank, yes_sayer, measure="kl")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="base is 1; give a number above 1"):
        similarity(hand_bank, yes_sayer, base=1)
    with pytest.raises(InputError, match="has the dimension 'order'; select one label"):
        similarity(hand_bank, yes_sayer.expand_dims(order=["given", "reversed"]))
    with pytest.raises(UnknownNameError, match="Unknown country 'JAP'; did you mean 'JPN'"):
        as_answers(hand_bank, ["JAP"])
