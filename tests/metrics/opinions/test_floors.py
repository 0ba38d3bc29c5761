"""Trivial responders: uniform, first option, and the means of the other countries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon

from disca_nb.datasets import languages
from disca_nb.metrics.opinions import representation
from disca_nb.metrics.opinions.floors import mean_of_others

HALF = 1.0 - float(jensenshannon([1.0, 0.0], [0.5, 0.5], base=2))


def test_floors_by_hand(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    found = representation(hand_bank, yes_sayer, mode="fixed_effects", n_boot=5)
    assert found.similarity_uniform.dims == ("country",)
    found = representation(hand_bank, yes_sayer, mode="common", n_boot=5)
    # On a and b: undecided people are as the uniform responder is.
    expected = [HALF, HALF, (HALF + 1.0) / 2.0]
    np.testing.assert_allclose(found.similarity_uniform, expected)
    np.testing.assert_allclose(found.similarity_first, [0.5, 1.0, HALF / 2.0])
    # The others of the USA say 1 on a and are divided on b, as the USA is.
    assert found.similarity_others.sel(country="USA").item() == pytest.approx(0.5)


def test_the_mean_of_the_others_is_a_loop() -> None:
    rng = np.random.default_rng(2)
    shares = rng.dirichlet(np.ones(3), size=(5, 8))
    shares[rng.random((5, 8)) < 0.5] = np.nan
    weights = np.array([1.0, 2.0, np.nan, 0.5, 3.0])
    nations = np.array([0, 1, 2, 1, 3])
    found = mean_of_others(shares, weights, nations)
    for country, question in np.ndindex(5, 8):
        others = [
            i
            for i in range(5)
            if nations[i] != nations[country]
            and not np.isnan(weights[i])
            and not np.isnan(shares[i, question, 0])
        ]
        if np.isnan(shares[country, question, 0]) or not others:
            assert np.isnan(found[country, question]).all()
        else:
            expected = np.average(shares[others, question], axis=0, weights=weights[others])
            np.testing.assert_allclose(found[country, question], expected)


def test_what_the_others_never_chose_stays_exactly_zero() -> None:
    shares = np.array([[[0.1, 0.9, 0.0]], [[0.3, 0.7, 0.0]], [[0.7, 0.1, 0.2]]])
    found = mean_of_others(shares, np.ones(3), np.arange(3))
    assert found[2, 0, 2] == 0.0


def test_populations_weigh(bank_of: Callable[..., xr.Dataset], yes_sayer: xr.Dataset) -> None:
    bank = bank_of(
        {
            "JPN": {"a": [0.9, 0.1]},
            "KOR": {"a": [0.2, 0.8]},
            "NZL": {"a": [0.5, 0.5]},
            "IND (Old sample)": {"a": [0.0, 1.0]},
        }
    )
    found = representation(bank, yes_sayer, mode="common", n_boot=5)
    assert found.attrs["n_without_population"] == 1
    people = languages.multitp().population.sel(country=["KOR", "NZL"])
    others = np.average([[0.2, 0.8], [0.5, 0.5]], axis=0, weights=people)
    expected = 1.0 - jensenshannon([0.9, 0.1], others, base=2)
    assert found.similarity_population.sel(country="JPN").item() == pytest.approx(expected)
    # Unweighted, the sample of India counts as the others do.
    others = np.mean([[0.2, 0.8], [0.5, 0.5], [0.0, 1.0]], axis=0)
    expected = 1.0 - jensenshannon([0.9, 0.1], others, base=2)
    assert found.similarity_others.sel(country="JPN").item() == pytest.approx(expected)


def test_another_sample_of_a_country_is_not_one_of_the_others(
    bank_of: Callable[..., xr.Dataset], yes_sayer: xr.Dataset
) -> None:
    bank = bank_of(
        {
            "IND (Current national sample)": {"a": [0.9, 0.1], "b": [0.5, 0.5]},
            "India (Non-national sample)": {"a": [0.9, 0.1], "b": [0.5, 0.5]},
            "USA": {"a": [0.2, 0.8]},
        }
    )
    found = representation(bank, yes_sayer, mode="fixed_effects", n_boot=5)
    expected = 1.0 - jensenshannon([0.9, 0.1], [0.2, 0.8], base=2)
    np.testing.assert_allclose(found.similarity_others, [expected] * 3)
    assert found.n_questions_others.values.tolist() == [1, 1, 1]


def test_questions_that_no_other_was_asked_are_counted(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    found = representation(hand_bank, yes_sayer, mode="fixed_effects", n_boot=5)
    assert found.n_questions.values.tolist() == [3, 3, 2]
    assert found.n_questions_others.values.tolist() == [2, 2, 2]
    assert found.n_questions_population.values.tolist() == [2, 2, 2]


def test_the_others_are_all_of_the_bank_whichever_are_compared(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, answers = random_pair(4)
    whole = representation(bank, answers, mode="fixed_effects", n_boot=5)
    few = representation(bank, answers, countries=["C05"], mode="fixed_effects", n_boot=5)
    every = bank.survey_share.sel(country="C05").notnull().any("option").sum().item()
    assert few.n_questions.item() == every
    assert few.n_questions_others.item() == whole.n_questions_others.sel(country="C05").item()


def test_a_lone_country_has_no_others(bank_of: Callable[..., xr.Dataset]) -> None:
    bank = bank_of({"JPN": {"a": [0.9, 0.1], "b": [0.5, 0.5]}})
    answers = xr.Dataset({"answer_prob": bank.survey_share.isel(country=0, drop=True)})
    found = representation(bank, answers, n_boot=5)
    assert found.similarity.item() == 1.0
    assert np.isnan([found.similarity_others.item(), found.similarity_population.item()]).all()
    assert np.isnan(found.spearman_uniform.item())
    assert found.n_questions_others.item() == 0
