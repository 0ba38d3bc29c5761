"""Which questions count: all, common, those shared with a reference, or a fit of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics.opinions import representation, similarity
from disca_nb.metrics.opinions.modes import MODES

HALF = 1.0 - float(jensenshannon([1.0, 0.0], [0.5, 0.5], base=2))
quiet = pytest.mark.filterwarnings("ignore:The ranking of:UserWarning")


def scored(bank: xr.Dataset, answers: xr.Dataset, mode: Any, **options: Any) -> xr.Dataset:  # noqa: ANN401 - any option
    return representation(bank, answers, mode=mode, n_boot=5, **options).squeeze(drop=True)


@quiet
def test_all_takes_each_countrys_own_questions(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    found = scored(hand_bank, yes_sayer, "all")
    np.testing.assert_allclose(found.similarity, [2 / 3, 2 / 3, HALF / 2.0])
    assert found.n_questions.values.tolist() == [3, 3, 2]
    assert found["rank"].values.tolist() == [1.5, 1.5, 3.0]
    assert found.attrs["n_common"] == 2


def test_common_takes_what_all_were_asked(hand_bank: xr.Dataset, yes_sayer: xr.Dataset) -> None:
    found = scored(hand_bank, yes_sayer, "common")
    np.testing.assert_allclose(found.similarity, [0.5, 1.0, HALF / 2.0])
    assert found.n_questions.values.tolist() == [2, 2, 2]
    assert found["rank"].values.tolist() == [2.0, 1.0, 3.0]
    np.testing.assert_allclose(found.excess, found.similarity - [HALF, HALF, (1.0 + HALF) / 2.0])


def test_what_is_common_depends_on_who_is_compared(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    found = scored(hand_bank, yes_sayer, "common", countries=["JPN"])
    assert (found.n_questions.item(), found.similarity.item()) == (3, pytest.approx(2 / 3))


def test_paired_shares_questions_with_the_reference(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    found = scored(hand_bank, yes_sayer, "paired", reference="JPN")
    np.testing.assert_allclose(found.similarity, [2 / 3, 1.0, HALF / 2.0])
    np.testing.assert_allclose(found.similarity_reference, [2 / 3, 0.5, 0.5])
    np.testing.assert_allclose(found.similarity_difference, [0.0, 0.5, HALF / 2.0 - 0.5])
    assert found.n_questions.values.tolist() == [3, 2, 2]
    # Ranks are of the difference: the others' questions were harder for the reference too.
    assert found["rank"].values.tolist() == [2.0, 1.0, 3.0]
    assert found.attrs["reference"] == "JPN"
    assert "similarity_deviation" not in found


def test_the_reference_is_as_far_from_itself_in_every_draw(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    found = scored(*random_pair(13), "paired", reference="C05").sel(country="C05")
    ends = [found[f"similarity_difference{end}"] for end in ("", "_low", "_high")]
    assert all((each == 0.0).all() for each in ends)


def test_a_fit_gives_equal_countries_equal_ranks(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    # Solved one after the other, two equal countries come out equal but for the last bits.
    for seed in range(14, 20):
        bank, answers = random_pair(seed)
        bank.survey_share[1] = bank.survey_share[3]
        found = scored(bank, answers, "fixed_effects")
        for name in ("rank", "rank_low", "rank_high"):
            np.testing.assert_array_equal(found[name].isel(country=1), found[name].isel(country=3))


def slow_fit(values: np.ndarray) -> np.ndarray:
    """Return country effects plus the mean question effect, by dummies and least squares."""
    cells = np.argwhere(~np.isnan(values))
    n_countries, n_questions = values.shape
    design = np.zeros((len(cells), n_countries + n_questions))
    for row, (country, question) in enumerate(cells):
        design[row, [country, n_countries + question]] = 1.0
    effects = np.linalg.lstsq(design, values[tuple(cells.T)], rcond=None)[0]
    return np.asarray(effects[:n_countries] + effects[n_countries:].mean())


def test_fixed_effects_are_dummies_of_countries_and_questions(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, answers = random_pair(11)
    found = scored(bank, answers, "fixed_effects")
    cells = similarity(bank, answers).similarity
    for model in cells.model.values:
        for prompting in cells.prompting.values:
            one = {"model": model, "prompting": prompting}
            np.testing.assert_allclose(found.similarity.sel(one), slow_fit(cells.sel(one).values))


def test_countries_without_a_shared_question_are_not_fitted(
    bank_of: Callable[..., xr.Dataset], yes_sayer: xr.Dataset
) -> None:
    bank = bank_of(
        {
            "JPN": {"a": [0.9, 0.1], "b": [0.2, 0.8]},
            "KOR": {"b": [0.6, 0.4]},
            "USA": {"c": [0.5, 0.5]},
        }
    )
    found = scored(bank, yes_sayer, "fixed_effects")
    assert found.similarity.isnull().values.tolist() == [False, False, True]
    assert found.n_questions.values.tolist() == [2, 1, 0]
    assert np.isnan(found["rank"].sel(country="USA"))


def test_where_everyone_was_asked_everything_modes_agree(
    random_pair: Callable[..., tuple[xr.Dataset, xr.Dataset]],
) -> None:
    bank, answers = random_pair(12, missing=0.0)
    with pytest.warns(UserWarning, match="The ranking of 6 countries"):
        every = scored(bank, answers, "all")
    for mode in ("common", "fixed_effects", "paired"):
        options = {"reference": "C02"} if mode == "paired" else {}
        found = scored(bank, answers, mode, **options)
        np.testing.assert_allclose(found.similarity, every.similarity)
        np.testing.assert_allclose(found["rank"], every["rank"])
        for name in ("uniform", "first", "others"):
            key = f"similarity_{name}"
            np.testing.assert_allclose(found[key], every[key])


def test_nothing_in_common_is_said(
    bank_of: Callable[..., xr.Dataset], yes_sayer: xr.Dataset
) -> None:
    bank = bank_of({"JPN": {"a": [1.0, 0.0], "b": [1.0, 0.0]}, "KOR": {"c": [1.0, 0.0]}})
    with pytest.warns(UserWarning, match="all 2 compared countries; the fewest, 1, by 'KOR'"):
        found = scored(bank, yes_sayer, "common")
    assert found.n_questions.values.tolist() == [0, 0]
    figures = ("similarity", "similarity_low", "excess", "rank", "similarity_uniform")
    assert all(found[name].isnull().all() for name in figures)
    paired = scored(bank, yes_sayer, "paired", reference="JPN")
    assert paired.n_questions.values.tolist() == [2, 0]
    assert np.isnan(paired.similarity.sel(country="KOR"))


def test_modes_and_references_that_do_not_fit_are_refused(
    hand_bank: xr.Dataset, yes_sayer: xr.Dataset
) -> None:
    with pytest.raises(UnknownNameError, match="Unknown mode 'pair'; did you mean 'paired'"):
        scored(hand_bank, yes_sayer, "pair")
    with pytest.raises(InputError, match="Mode 'paired' has no reference; name a country"):
        scored(hand_bank, yes_sayer, "paired")
    with pytest.raises(InputError, match="Mode 'common' takes no reference"):
        scored(hand_bank, yes_sayer, "common", reference="JPN")
    with pytest.raises(UnknownNameError, match="Unknown reference 'USA'"):
        scored(hand_bank, yes_sayer, "paired", reference="USA", countries=["JPN", "KOR"])
    with pytest.raises(UnknownNameError, match="Unknown country 'France'"):
        scored(hand_bank, yes_sayer, "all", countries=["France"])
    with pytest.raises(InputError, match="countries are JPN, JPN; name each of them once"):
        scored(hand_bank, yes_sayer, "all", countries=["JPN", "JPN"])
    assert MODES == ("all", "common", "paired", "fixed_effects")
