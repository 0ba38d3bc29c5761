"""Differences between countries, of models and of people: by hand and by a slow loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from disca_nb.datasets import recorded
from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import alignment, between_countries
from disca_nb.metrics.bootstrap import resamples
from disca_nb.steering import steer

FIGURES = ("between_r", "between_slope", "between_r_pooled", "between_slope_pooled")


def score(model: np.ndarray, human: np.ndarray) -> xr.Dataset:
    """Return scores from preferences (country, attribute)."""
    dims = ("country", "attribute")
    return xr.Dataset(
        {"preference": (dims, model), "human_preference": (dims, human)},
        {
            "country": [f"c{i:02}" for i in range(len(model))],
            "attribute": [f"a{i}" for i in range(model.shape[1])],
        },
    )


@pytest.fixture
def random() -> xr.Dataset:
    rng = np.random.default_rng(8)
    human = rng.uniform(0.3, 0.7, (12, 3))
    return score(0.3 + 0.4 * human + rng.uniform(0.0, 0.2, human.shape), human)


def test_three_countries_by_hand() -> None:
    # Deviations of the humans -.1, 0, .1; of the model .1, -.2, .1 and then twice the humans'.
    human = np.array([[0.4, 0.2], [0.5, 0.3], [0.6, 0.4]])
    model = np.array([[0.6, 0.3], [0.3, 0.5], [0.6, 0.7]])
    result = between_countries(score(model, human), n_boot=20)
    np.testing.assert_allclose(result.between_r, [0.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(result.between_slope, [0.0, 2.0], atol=1e-12)
    assert result.between_slope_pooled.item() == pytest.approx(0.04 / 0.04)
    assert result.between_r_pooled.item() == pytest.approx(0.04 / np.sqrt(0.04 * 0.14))
    assert result.n_countries.item() == 3


def test_humans_themselves_have_correlation_and_slope_one(random: xr.Dataset) -> None:
    human = random.human_preference
    result = between_countries(random.assign(preference=human), n_boot=30)
    for name in FIGURES:
        np.testing.assert_allclose(result[name], 1.0, rtol=1e-12)
        np.testing.assert_allclose(result[f"{name}_low"], 1.0, rtol=1e-12)


def test_a_slow_loop_over_resampled_countries_gives_the_same(random: xr.Dataset) -> None:
    result = between_countries(random, n_boot=60, seed=4, level=0.9)
    model, human = random.preference.values, random.human_preference.values
    counts = np.vstack([np.ones(12), resamples(12, n_boot=60, seed=4)]).astype(int)
    r, slope, r_pooled, slope_pooled = [], [], [], []
    for count in counts:
        x, y = np.repeat(human, count, axis=0), np.repeat(model, count, axis=0)
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
        r.append([np.corrcoef(x[:, d], y[:, d])[0, 1] for d in range(3)])
        slope.append([np.polyfit(x[:, d], y[:, d], 1)[0] for d in range(3)])
        r_pooled.append(np.corrcoef(x.ravel(), y.ravel())[0, 1])
        slope_pooled.append(np.polyfit(x.ravel(), y.ravel(), 1)[0])
    for name, slow in zip(FIGURES, (r, slope, r_pooled, slope_pooled), strict=True):
        draws = np.array(slow)
        np.testing.assert_allclose(result[name], draws[0], rtol=1e-9)
        low, high = np.quantile(draws[1:], [0.05, 0.95], axis=0)
        np.testing.assert_allclose(result[f"{name}_low"], low, rtol=1e-9)
        np.testing.assert_allclose(result[f"{name}_high"], high, rtol=1e-9)


def test_a_constant_model_has_no_correlation_and_slope_zero(random: xr.Dataset) -> None:
    # A sum of tenths is no tenth, and the mean of equal numbers may differ from them.
    constant = random.assign(preference=random.preference * 0.0 + 0.1 * 3)
    result = between_countries(constant, n_boot=20)
    for name in ("between_r", "between_r_pooled"):
        assert np.isnan(result[name]).all()
        assert np.isnan(result[f"{name}_low"]).all()
    np.testing.assert_allclose(result.between_slope, 0.0, atol=1e-12)


def test_constant_humans_have_neither(random: xr.Dataset) -> None:
    human = random.human_preference.where(random.attribute != "a1", 0.7)
    result = between_countries(random.assign(human_preference=human), n_boot=20)
    for name in ("between_r", "between_slope"):
        assert result[name].isnull().values.tolist() == [False, True, False]
    assert np.isfinite(result.between_slope_pooled)


def test_draws_of_one_country_alone_are_unknown_and_left_out() -> None:
    human = np.array([[0.21], [0.33], [0.47]])
    result = between_countries(score(human**2, human), n_boot=2000)
    assert result.between_slope_low.item() > 0.5  # rounding over rounding could be anything
    assert result.between_slope_high.item() < 0.9


def test_the_order_of_countries_changes_no_bit(random: xr.Dataset) -> None:
    turned = random.isel(country=np.random.default_rng(1).permutation(12))
    assert between_countries(turned, n_boot=50).identical(between_countries(random, n_boot=50))


def test_models_with_fewer_countries_are_left_to_themselves(random: xr.Dataset) -> None:
    known = random.country.isin(["c01", "c04", "c05", "c09"])
    two = random.country.isin(["c01", "c02"])
    parts = [random.preference, random.preference.where(known), random.preference.where(two)]
    joined = xr.concat(parts, dim=xr.DataArray(list("mno"), dims="model", name="model"))
    result = between_countries(random.assign(preference=joined), n_boot=30)
    whole = between_countries(random, n_boot=30)
    few = between_countries(random.where(known, drop=True), n_boot=30)
    xr.testing.assert_equal(result.sel(model="m", drop=True), whole)
    for name in FIGURES:
        np.testing.assert_allclose(result[name].sel(model="n"), few[name])
        assert np.isnan(result[name].sel(model="o")).all()
    assert result.n_countries.values.tolist() == [12, 4, 2]


def test_fewer_than_three_countries_are_refused(random: xr.Dataset) -> None:
    message = r"of 2 countries \(c00, c01\); a correlation over countries needs at least 3"
    with pytest.raises(InputError, match=message):
        between_countries(random.isel(country=[0, 1]))


def test_options_are_checked(random: xr.Dataset) -> None:
    with pytest.raises(ParameterError, match="n_boot is 0"):
        between_countries(random, n_boot=0)
    with pytest.raises(ParameterError, match="level is 2"):
        between_countries(random, level=2)
    with pytest.raises(InputError, match="lacks 'preference'"):
        between_countries(random.drop_vars("preference"))


def test_a_published_run_does_not_follow_its_humans(reference_data: Path) -> None:
    logged = recorded.load(reference_data / "disca_recorded" / "phi-4.csv.gz")
    scores = alignment(steer(logged, variant="reported", method="recorded"))
    result = between_countries(scores, n_boot=500)
    assert result.between_r_pooled.item() == pytest.approx(0.0, abs=0.01)
    assert result.between_r_pooled_low < 0.0 < result.between_r_pooled_high
    assert (result.between_r_low < 0.0).all()
