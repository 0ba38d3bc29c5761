"""Means of other countries' humans, by hand and against loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from panels import COUNTRIES, Floats, figures, human, made_up

from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import alignment, cross_validate, hold_out
from disca_nb.steering.rivals import RegionMean, Training, WorldMean
from disca_nb.steering.rivals.means import region_means, weights_of

OTHERS = [name for name in COUNTRIES if name != "JPN"]


def answers(decisions: xr.Dataset) -> Floats:
    """Return the one probability of each attribute's scenarios."""
    p = decisions.p_spare.transpose("country", "scenario").values.reshape(-1, 3, 6)
    assert (p == p[:, :1]).all()
    return np.asarray(p[:, 0])


def test_the_world_mean_is_the_leave_one_out_floor() -> None:
    dataset, targets = made_up(), figures()
    scores = cross_validate(WorldMean(), dataset, targets)
    expected = [human(targets, [x for x in COUNTRIES if x != own]).mean(0) for own in COUNTRIES]
    np.testing.assert_allclose(scores.preference.transpose("country", ...), expected, rtol=1e-13)
    np.testing.assert_allclose(scores.mis, scores.mis_leave_one_out, rtol=1e-12)


def test_the_mean_of_all_is_weighted_by_precision() -> None:
    dataset, targets = made_up(["JPN", "USA", "BRA"]), figures()
    found = answers(hold_out(WorldMean("all"), dataset, targets, train=["USA", "BRA"], test="JPN"))
    values = human(targets, OTHERS)
    se = targets.human_preference_se.sel(country=OTHERS).values
    weights = weights_of(values, se)
    np.testing.assert_allclose(found[0], (weights * values).sum(0) / weights.sum(0), rtol=1e-13)


def test_weights_are_those_of_dersimonian_and_laird() -> None:
    values, se = human(figures(), COUNTRIES), figures().human_preference_se.values
    expected = np.empty_like(values)
    for j in range(6):
        w = [1.0 / s**2 for s in se[:, j]]
        mean = sum(a * b for a, b in zip(w, values[:, j], strict=True)) / sum(w)
        q = sum(a * (b - mean) ** 2 for a, b in zip(w, values[:, j], strict=True))
        between = (q - (len(w) - 1)) / (sum(w) - sum(a * a for a in w) / sum(w))
        expected[:, j] = [max(between, 1e-6) / (max(between, 1e-6) + s**2) for s in se[:, j]]
    np.testing.assert_allclose(weights_of(values, se), expected, rtol=1e-10)


def test_weights_where_errors_are_missing_or_all_equal() -> None:
    values = np.array([[0.5], [0.6], [0.8]])
    nothing = np.full((3, 1), np.nan)
    np.testing.assert_array_equal(weights_of(values, nothing), 1.0)
    some = weights_of(values, np.array([[0.02], [np.nan], [0.04]]))
    np.testing.assert_array_equal(some, weights_of(values, np.array([[0.02], [0.03], [0.04]])))
    same = weights_of(values, np.full((3, 1), 0.1))
    assert np.ptp(same) == 0.0
    exact = weights_of(values, np.zeros((3, 1)))
    np.testing.assert_allclose(exact, 1.0)
    alone = weights_of(values[:1], np.array([[0.1]]))
    assert 0.0 < alone.item() <= 1.0


def test_neighbours_are_shrunk_toward_the_world_by_hand() -> None:
    """JPN has n = 2 neighbours: (0.6 + 0.8 + world) / 3 with the world mean 0.65."""
    names = ("CHN", "KOR", "USA", "DEU")
    values, ones = np.array([[0.6], [0.8], [0.5], [0.7]]), np.ones((4, 1))
    found = region_means(["JPN", "USA", "ETH"], names, values, ones)
    usa = (0.6 + 0.8 + 0.7) / 3
    np.testing.assert_allclose(found[:, 0], [(0.6 + 0.8 + 0.65) / 3, usa, 0.65])
    wide = region_means(["JPN"], names, values, ones, level="region")
    np.testing.assert_allclose(wide, found[:1])


def test_a_country_does_not_count_itself() -> None:
    values = human(figures(), COUNTRIES)
    moved = values + (np.array(COUNTRIES) == "JPN")[:, None]
    ones = np.ones_like(values)
    one, other = (region_means(["JPN"], COUNTRIES, each, ones) for each in (values, moved))
    np.testing.assert_array_equal(one, other)
    with pytest.raises(InputError, match="No country but JPN has figures to learn from"):
        region_means(["JPN"], ("JPN",), values[:1], ones[:1])


def test_levels_say_who_is_a_neighbour() -> None:
    dataset, targets = made_up(), figures()
    fit = {"train": OTHERS, "test": ["JPN"]}
    options: dict[str, Any] = fit
    region, subregion = (
        answers(hold_out(RegionMean(level=level), dataset, targets, **options))
        for level in ("region", "subregion")
    )
    np.testing.assert_allclose(region, subregion)  # the panel's Asia is Eastern Asia
    values = human(targets, OTHERS)
    near = values[:2].sum(0) + values.mean(0)
    np.testing.assert_allclose(subregion[0], near / 3, rtol=1e-13)


def test_means_of_all_need_no_standard_errors() -> None:
    dataset, targets = made_up(), figures().drop_vars("human_preference_se")
    for rival, same in ((WorldMean("all"), WorldMean()), (RegionMean("all"), RegionMean())):
        found = cross_validate(rival, dataset, targets)
        np.testing.assert_allclose(found.mis, cross_validate(same, dataset, targets).mis)
        assert found.noise_ceiling.isnull().all()


def test_ones_own_attributes_have_means() -> None:
    names = ["Law", "Age"]
    dataset, targets = made_up(attributes=names), figures(attributes=names)
    for rival in (WorldMean(), WorldMean("all"), RegionMean("all")):
        assert cross_validate(rival, dataset, targets).mis.notnull().all()


@pytest.mark.parametrize("rival", [WorldMean(), WorldMean("all"), RegionMean(), RegionMean("all")])
def test_a_rival_must_be_fitted_first(rival: WorldMean | RegionMean) -> None:
    with pytest.raises(InputError, match=f"The rival '{rival.name}' was not fitted"):
        rival.apply(made_up())


@pytest.mark.parametrize("kind", [WorldMean, RegionMean])
def test_unknown_pools_and_levels_are_refused_at_once(kind: Any) -> None:  # noqa: ANN401
    with pytest.raises(UnknownNameError, match="Unknown pool 'everyone'; known: panel, all"):
        kind("everyone")
    with pytest.raises(UnknownNameError, match="Unknown level 'continent'"):
        RegionMean(level="continent")  # type: ignore[arg-type]


def test_several_countries_can_be_answered_at_once() -> None:
    dataset, targets = made_up(), figures()
    train = ["USA", "DEU", "CHN"]
    together = RegionMean().fit(Training(dataset.sel(country=train), targets))
    decisions = together.apply(dataset.sel(country=["JPN", "BRA"]))
    for name in ("JPN", "BRA"):
        alone = together.apply(dataset.sel(country=[name]))
        np.testing.assert_array_equal(decisions.p_spare.sel(country=[name]), alone.p_spare)
    assert alignment(decisions, targets).mis.sizes["country"] == 2
