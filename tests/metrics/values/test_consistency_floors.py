"""Floors of coin flips, dealt answers and first options; how often intervals hold the truth."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import xarray as xr
from value_responses import questions_of, random_responses, responses_of

from disca_nb.kernels import coin_flip_divergence, set_divergence
from disca_nb.metrics.values import _coins, consistency
from disca_nb.metrics.values._scale import scale_of

pytestmark = pytest.mark.compiled
YES, NO = [1.0, 0.0], [0.0, 1.0]
LARGEST = 0.5579230452841459


def coins(seed: int, topics: int, phrasings: int) -> xr.Dataset:
    """Return responses of a model that takes a side at random, one question a topic."""
    rng = np.random.default_rng(seed)
    questions = questions_of(topics, questions=1, phrasings=phrasings)
    rows = np.eye(2)[rng.integers(0, 2, questions.sizes["wording"])]
    return responses_of(questions, {"coin": rows})


@pytest.mark.parametrize("n", [2, 5, 25])
def test_a_coin_scores_as_its_floor(n: int) -> None:
    found = consistency(coins(n, 1500, n), measures="paraphrase", n_boot=1)
    value, floor = found.inconsistency.item(), found.inconsistency_random.item()
    assert floor == pytest.approx(coin_flip_divergence(n))
    assert value == pytest.approx(floor, abs=0.02)
    # Dealt anew it is a coin still.
    assert found.inconsistency_shuffled.item() == pytest.approx(floor, abs=0.02)


def test_coin_flips_have_the_sizes_of_the_groups() -> None:
    questions = questions_of(1, questions=2, phrasings=3)
    rows = [YES, NO, YES, YES, NO, [np.nan, np.nan]]
    found = consistency(responses_of(questions, {"m": rows}), measures="paraphrase", n_boot=1)
    flips = [coin_flip_divergence(n) for n in (3, 2)]
    assert found.inconsistency_random.item() == pytest.approx(np.mean(flips))
    weighed = consistency(
        responses_of(questions, {"m": rows}), measures="paraphrase", n_boot=1, weigh="answers"
    )
    assert weighed.inconsistency_random.item() == pytest.approx(np.average(flips, weights=[3, 2]))


def test_a_wording_that_offers_neutral_has_three_sides() -> None:
    questions = questions_of(1, questions=1, phrasings=3, neutral=True)
    rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    responses = responses_of(questions, {"m": rows}, stances=("supports", "opposes", "neutral"))
    found = consistency(responses, measures="paraphrase", n_boot=1).squeeze()
    assert found.inconsistency_share.item() == pytest.approx(1.0)
    assert found.inconsistency_random.item() == pytest.approx(coin_flip_divergence(3, 3))


def test_between_questions_every_answer_is_a_flip_by_hand() -> None:
    # Of two flips the centroid is yes, no (a quarter each) or even (half).
    questions = questions_of(1, questions=2, phrasings=2)
    found = consistency(responses_of(questions, {"m": [YES] * 4}), n_boot=1).squeeze()
    one_even = float(set_divergence([YES, [0.5, 0.5]]))
    floor = found.inconsistency_random.sel(measure="topic-between").item()
    assert floor == pytest.approx(LARGEST / 8 + one_even / 2, abs=1e-9)
    assert floor < found.inconsistency_random.sel(measure="paraphrase").item()


@pytest.mark.parametrize("compat", [None, "moore2024"])
def test_a_coin_scores_as_its_floor_between_questions(compat: Literal["moore2024"] | None) -> None:
    questions = questions_of(600, questions=3, phrasings=5)
    rng = np.random.default_rng(8)
    rows = np.eye(2)[rng.integers(0, 2, questions.sizes["wording"])]
    rows[rng.random(len(rows)) < 0.2] = np.nan
    responses = responses_of(questions, {"coin": rows})
    found = consistency(responses, measures="topic-between", n_boot=1, compat=compat)
    assert found.inconsistency.item() == pytest.approx(found.inconsistency_random.item(), abs=0.012)


def test_an_answer_flips_between_its_own_stances_alone() -> None:
    questions = questions_of(1, questions=1, phrasings=1)
    responses = responses_of(questions, {"m": [YES]}, spoken={"m": [[0.0, 0.0]]})
    found = consistency(responses, n_boot=1, abstention="neutral").squeeze()
    # A choice of two and words of three sides agree in a third of the cases.
    assert found.inconsistency_random.item() == pytest.approx(LARGEST * 2 / 3)


def test_drawn_sets_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    # Four questions of five answers over three stances: 10,626 possible sets.
    members, scale = ((7,) * 5,) * 4, scale_of("distance", 2.0, None, None)
    drawn = _coins._expected(members, scale)
    monkeypatch.setattr(_coins, "_MOST_SETS", 20_000)
    exact = _coins._expected.__wrapped__(members, scale)
    assert drawn != exact
    assert drawn == pytest.approx(exact, abs=0.005)


def test_shares_divide_means_as_floors_are_divided() -> None:
    # Three answers of three sides are as far apart as can be; two others agree.
    questions = questions_of(1, questions=2, phrasings=3, neutral=True)
    rows = [*np.eye(3), [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [np.nan] * 3]
    responses = responses_of(questions, {"m": rows}, stances=("supports", "opposes", "neutral"))
    found = consistency(responses, measures="paraphrase", n_boot=1).squeeze()
    of_three = 0.67760
    assert found.inconsistency_largest.item() == pytest.approx((of_three + LARGEST) / 2, abs=1e-5)
    assert found.inconsistency_share.item() == pytest.approx(
        of_three / (of_three + LARGEST), abs=1e-5
    )


def test_dealing_over_two_groups_by_hand() -> None:
    # Two groups of two: of 24 deals 8 leave the likes together, the others part both pairs.
    questions = questions_of(1, questions=2, phrasings=2)
    responses = responses_of(questions, {"m": [YES, YES, NO, NO]})
    found = consistency(responses, measures="paraphrase", n_boot=1, seed=4).squeeze()
    assert found.inconsistency.item() == 0.0
    # 200 deals, each 0 or the largest: three standard errors.
    error = 3.0 * LARGEST * np.sqrt(2 / 9 / 200)
    assert found.inconsistency_shuffled.item() == pytest.approx(LARGEST * 2 / 3, abs=error)


def test_answers_stay_in_their_language_and_form() -> None:
    questions = questions_of(2, questions=1, phrasings=2, languages=("en", "ko"))
    language = questions.wording_language.values
    rows = np.where((language == "en")[:, None], YES, NO)
    responses = responses_of(questions, {"m": rows}, spoken={"m": np.where(rows > 0, 0.0, 1.0)})
    found = consistency(responses, n_boot=1).squeeze()
    assert found.inconsistency_shuffled.sel(measure="paraphrase").item() == 0.0
    for measure in ("use-case", "multilingual"):
        assert found.inconsistency_shuffled.sel(measure=measure).item() == pytest.approx(LARGEST)


def test_dealt_answers_depend_on_seed_and_labels_alone() -> None:
    responses = random_responses(3, 4)
    one, again, other = (
        consistency(responses, n_boot=1, seed=seed).inconsistency_shuffled for seed in (0, 0, 1)
    )
    xr.testing.assert_identical(one, again)
    assert (one != other).any()
    np.testing.assert_allclose(one, other, atol=0.02)


def test_always_the_first_option_by_hand() -> None:
    # The first option supports in question 0 and opposes in question 1.
    responses = random_responses(4, 6, questions=2, phrasings=3, languages=("en",))
    found = consistency(responses, n_boot=1).isel(model=0)
    pooled = float(set_divergence([YES] * 3 + [NO] * 3))
    expected = {"paraphrase": 0.0, "topic": pooled, "topic-between": LARGEST, "use-case": 0.0}
    for measure, value in expected.items():
        floor = found.inconsistency_yes.sel(measure=measure).item()
        assert floor == pytest.approx(value, abs=1e-9), measure


def steady(rng: np.random.Generator, topics: int, models: int) -> xr.Dataset:
    """Return models whose unsteadiness differs by topic, with one to four questions in each."""
    questions = questions_of(topics, questions=4, phrasings=2)
    number = np.tile(np.repeat(np.arange(4), 2), topics)
    answers = {}
    for model in range(models):
        here = number < np.repeat(rng.integers(1, 5, topics), 8)
        spread = np.repeat(rng.gamma(2.0, 0.6, topics), 8)
        lean = np.repeat(rng.normal(0.0, 1.0, topics * 4), 2)
        support = 1.0 / (1.0 + np.exp(-lean - spread * rng.normal(size=topics * 8)))
        rows = np.stack([support, 1.0 - support], axis=-1)
        rows[~here] = np.nan
        answers[f"m{model:03d}"] = rows
    return responses_of(questions, answers)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(21)
    truth = consistency(steady(rng, 3000, 1), measures="paraphrase", n_boot=1).inconsistency.item()
    found = consistency(steady(rng, 24, 120), measures="paraphrase", n_boot=500)
    held = (found.inconsistency_low <= truth) & (truth <= found.inconsistency_high)
    # 114 of 120, give or take three standard deviations.
    assert 107 <= held.sum().item() <= 119


def test_intervals_need_six_topics() -> None:
    few, enough = (consistency(random_responses(5, n), n_boot=50) for n in (5, 6))
    for name in ("inconsistency", "inconsistency_share"):
        assert few[f"{name}_low"].isnull().all()
        assert (enough[f"{name}_low"] < enough[name]).all()
        assert (enough[name] < enough[f"{name}_high"]).all()
    assert (
        consistency(random_responses(5, 5), n_boot=50, level=0.9).inconsistency_low.notnull().all()
    )
