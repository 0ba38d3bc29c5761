"""The cluster bootstrap: seeded, paired, and blind to the order of countries."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError, ParameterError
from disca_nb.metrics import cluster_bootstrap, interval

NAMES = [f"C{i:02d}" for i in range(20)]


@pytest.fixture
def values() -> xr.DataArray:
    """Twenty countries and three models."""
    rng = np.random.default_rng(5)
    return xr.DataArray(
        rng.normal(0.5, 0.1, (20, 3)),
        {"country": NAMES, "model": list("abc")},
        ("country", "model"),
    )


def test_a_draw_is_the_mean_of_countries_drawn_with_replacement() -> None:
    two = xr.DataArray([0.0, 1.0], {"country": ["JPN", "USA"]}, "country")
    draws = cluster_bootstrap(two, n_boot=4000)
    shares = [(draws == mean).mean().item() for mean in (0.0, 0.5, 1.0)]
    assert sum(shares) == 1.0
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.03)


def test_the_interval_of_three_countries_is_their_range(values: xr.DataArray) -> None:
    few = values.isel(country=slice(3))
    low, high = interval(cluster_bootstrap(few, n_boot=4000))
    np.testing.assert_allclose(low, few.min("country"))
    np.testing.assert_allclose(high, few.max("country"))


def test_the_order_of_countries_changes_no_bit(values: xr.DataArray) -> None:
    turned = values.isel(country=np.random.default_rng(6).permutation(20))
    assert cluster_bootstrap(turned, n_boot=50).identical(cluster_bootstrap(values, n_boot=50))


def test_draws_follow_the_seed(values: xr.DataArray) -> None:
    one, other = (cluster_bootstrap(values, n_boot=50, seed=seed) for seed in (1, 2))
    assert one.identical(cluster_bootstrap(values, n_boot=50, seed=1))
    assert not np.isclose(one, other).all()


def test_models_share_their_countries_so_that_differences_are_paired(values: xr.DataArray) -> None:
    shifted = xr.concat([values, values + 0.25], dim="variant")
    draws = cluster_bootstrap(shifted, n_boot=50)
    np.testing.assert_allclose(draws.isel(variant=1) - draws.isel(variant=0), 0.25)
    alone = cluster_bootstrap(values.sel(model="b"), n_boot=50)
    np.testing.assert_allclose(cluster_bootstrap(values, n_boot=50).sel(model="b"), alone)


def test_unknown_countries_are_left_out_of_their_models_means(values: xr.DataArray) -> None:
    holed = values.copy()
    holed.loc[{"model": "a", "country": NAMES[1:]}] = np.nan
    draws = cluster_bootstrap(holed, n_boot=200).sel(model="a").values
    known = ~np.isnan(draws)
    assert 0.5 < known.mean() < 0.8  # one country of twenty is drawn with probability .64
    np.testing.assert_allclose(draws[known], values[0, 0])


def test_another_dimension_may_be_the_cluster(values: xr.DataArray) -> None:
    assert cluster_bootstrap(values, dim="model", n_boot=5).dims == ("draw", "country")


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    samples = xr.DataArray(
        rng.normal(0.0, 1.0, (20, 2000)), {"country": NAMES}, ("country", "repetition")
    )
    low, high = interval(cluster_bootstrap(samples, n_boot=500), level=0.9)
    coverage = ((low < 0.0) & (high > 0.0)).mean().item()
    assert 0.83 < coverage < 0.92  # percentile intervals of twenty are a little short


def test_an_interval_is_two_percentiles() -> None:
    draws = xr.DataArray(np.arange(101.0), dims="draw")
    low, high = interval(draws, level=0.9)
    assert (low.item(), high.item()) == pytest.approx((5.0, 95.0))


def test_draws_that_are_all_unknown_have_no_interval() -> None:
    low, high = interval(xr.DataArray([[np.nan] * 3, [1.0] * 3], dims=("model", "draw")))
    np.testing.assert_array_equal(low, [np.nan, 1.0])
    np.testing.assert_array_equal(high, [np.nan, 1.0])


@pytest.mark.parametrize("n_boot", [0, -3])
def test_at_least_one_draw_is_needed(values: xr.DataArray, n_boot: int) -> None:
    with pytest.raises(ParameterError, match=f"n_boot is {n_boot}; it must be a whole number of"):
        cluster_bootstrap(values, n_boot=n_boot)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_is_a_share(values: xr.DataArray, level: float) -> None:
    with pytest.raises(ParameterError, match=r"level is .*between 0 and 1"):
        interval(cluster_bootstrap(values, n_boot=5), level=level)


def test_a_seed_is_not_negative(values: xr.DataArray) -> None:
    with pytest.raises(ParameterError, match="seed is -1; it must be a whole number from 0"):
        cluster_bootstrap(values, seed=-1)


def test_the_cluster_must_be_there(values: xr.DataArray) -> None:
    with pytest.raises(InputError, match="no dimension 'topic' to resample"):
        cluster_bootstrap(values, dim="topic")
