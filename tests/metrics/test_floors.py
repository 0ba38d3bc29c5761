"""Floors: what trivial rivals and a perfect model would score."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import targets
from disca_nb.metrics import floors, leave_one_out_mean, noise_ceiling
from disca_nb.variables import ATTRIBUTES

README = Path(__file__).parents[2] / "README.md"


def errors(*rows: list[float]) -> xr.DataArray:
    return xr.DataArray(np.array(rows), dims=("country", "attribute"))


def test_leaving_one_out_is_a_loop() -> None:
    values = np.random.default_rng(3).uniform(0.0, 1.0, (5, 3))
    expected = [np.delete(values, i, axis=0).mean(axis=0) for i in range(5)]
    human = xr.DataArray(values, dims=("country", "attribute"))
    np.testing.assert_allclose(leave_one_out_mean(human), expected)


def test_a_lone_country_has_no_others() -> None:
    assert np.isnan(leave_one_out_mean(errors([0.2, 0.3]))).all()


def test_readme_says_how_the_floor_of_japan_follows_the_others() -> None:
    text = README.read_text(encoding="utf-8")
    for countries in (["JPN", "BRA", "USA"], ["JPN", "CHN"]):
        six = targets.moral_machine(countries).sel(attribute=list(ATTRIBUTES))
        figure = floors(six).mis_leave_one_out.sel(country="JPN").item()
        assert f"{figure:.3f}".lstrip("0") + " beside" in text


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_equal_errors_give_the_mean_of_a_chi_distribution(count: int) -> None:
    ratio = math.gamma((count + 1) / 2) / math.gamma(count / 2)
    expected = 0.07 * math.sqrt(2.0) * ratio
    assert noise_ceiling(errors([0.07] * count)).item() == pytest.approx(expected, rel=1e-9)


def test_the_noise_ceiling_is_what_a_perfect_model_would_score() -> None:
    se = errors([0.01, 0.02, 0.03, 0.05, 0.08, 0.001], [0.2, 0.001, 0.001, 0.0, 0.1, 0.1])
    noise = np.random.default_rng(4).normal(0.0, se.values, (200_000, 2, 6))
    simulated = np.linalg.norm(noise, axis=-1)
    error = simulated.std(axis=0) / math.sqrt(200_000)
    assert (np.abs(noise_ceiling(se) - simulated.mean(axis=0)) < 4.0 * error).all()


def test_targets_without_error_have_a_ceiling_of_zero() -> None:
    assert noise_ceiling(errors([0.0] * 6)).item() == 0.0


def test_an_unknown_error_makes_the_ceiling_unknown() -> None:
    ceiling = noise_ceiling(errors([0.1, np.nan], [0.1, 0.1]))
    assert np.isnan(ceiling.values).tolist() == [True, False]


def test_a_coin_flip_is_a_half_everywhere() -> None:
    human = xr.DataArray([[0.1, 0.9]], dims=("country", "attribute"))
    coords = {"country": ["JPN"], "attribute": ["Age", "Gender"]}
    known = xr.Dataset({"human_preference": human, "human_preference_se": human * 0.0}, coords)
    assert floors(known).mis_coin_flip.item() == pytest.approx(0.4 * math.sqrt(2.0))
