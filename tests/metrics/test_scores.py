"""Alignment: every score against an independent twin, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import spatial, stats

import disca_nb
from disca_nb.datasets import demo_panel
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.metrics import alignment, compare, join_variants, macro, macro_table
from disca_nb.steering import steer

Make = Callable[..., xr.Dataset]
COUNTRIES = ["BRA", "JPN", "USA"]


@pytest.fixture(scope="module")
def panel() -> xr.Dataset:
    return demo_panel(COUNTRIES).isel(scenario=slice(None, None, 8))


@pytest.fixture(scope="module")
def scores(panel: xr.Dataset) -> xr.Dataset:
    return compare(panel, ["vanilla", "debiased", "consensus"])


def test_scores_agree_with_independent_twins(decide: Make, target: Make) -> None:
    rng = np.random.default_rng(1)
    model, human = rng.uniform(0.02, 0.98, (2, len(COUNTRIES), 6))
    model[0, :3] = 0.5  # ties
    result = alignment(decide(model, COUNTRIES), target(human, COUNTRIES))
    for i, (m, h) in enumerate(zip(model, human, strict=True)):
        one = result.isel(country=i)
        error = m - h
        assert one.mis.item() == pytest.approx(np.linalg.norm(error))
        assert one.jsd.item() == pytest.approx(spatial.distance.jensenshannon(m, h, base=2))
        assert one.pearson_r.item() == pytest.approx(stats.pearsonr(m, h).statistic)
        assert one.spearman_r.item() == pytest.approx(stats.spearmanr(m, h).statistic)
        assert one.mae.item() == pytest.approx(100.0 * np.abs(error).mean())
        assert one.rmse.item() == pytest.approx(100.0 * np.sqrt((error**2).mean()))
        np.testing.assert_allclose(one.error, error)


def test_perfect_preferences_score_zero(decide: Make, target: Make) -> None:
    human = np.random.default_rng(2).uniform(0.3, 0.9, (50, 6))
    names = [f"X{i:02d}" for i in range(50)]
    result = alignment(decide(human, names), target(human, names))
    for name in ("mis", "jsd", "mae", "rmse"):
        np.testing.assert_array_equal(result[name], 0.0)
    np.testing.assert_allclose(result.pearson_r, 1.0)
    np.testing.assert_allclose(result.spearman_r, 1.0)


def test_a_constant_has_a_distance_but_no_correlation(decide: Make, target: Make) -> None:
    human = [[0.1, 0.3, 0.5, 0.7, 0.8, 0.9]]
    result = alignment(decide([[0.1] * 6], ["JPN"]), target(human, ["JPN"]))
    assert result.mis.item() == pytest.approx(np.linalg.norm(np.array(human) - 0.1))
    assert np.isnan(result.pearson_r.item())
    assert np.isnan(result.spearman_r.item())


def test_the_worst_score_is_the_root_of_six(decide: Make, target: Make) -> None:
    result = alignment(decide([[1.0] * 6], ["JPN"]), target([[0.0] * 6], ["JPN"]))
    assert result.mis.item() == pytest.approx(6**0.5)


def test_floors_stand_beside_every_score(decide: Make, target: Make) -> None:
    human = np.array([[0.2] * 6, [0.4] * 6, [0.9] * 6])
    coin = alignment(decide(np.full((3, 6), 0.5), COUNTRIES), target(human, COUNTRIES, se=0.0))
    np.testing.assert_allclose(coin.mis_coin_flip, coin.mis)
    np.testing.assert_allclose(coin.mis_leave_one_out, 6**0.5 * np.array([0.45, 0.15, 0.6]))
    np.testing.assert_array_equal(coin.noise_ceiling, 0.0)


@pytest.mark.parametrize("variant", ["debiased", "paper"])
def test_vanilla_stands_beside_every_variant(panel: xr.Dataset, variant: str) -> None:
    vanilla = alignment(steer(panel, variant="vanilla", decision_temperature=2.0))
    steered = alignment(steer(panel, variant=variant, decision_temperature=2.0))
    xr.testing.assert_equal(steered.mis_vanilla.variable, vanilla.mis.variable)
    assert not steered.mis.equals(vanilla.mis)


def test_vanilla_beside_logged_decisions_has_the_usual_temperature(panel: xr.Dataset) -> None:
    share = panel.base_gap * 0.0 + 0.25
    logged = panel.assign(
        recorded_micro_gap=panel.base_gap, recorded_p_right=share, recorded_p_spare=share
    )
    scores = [alignment(steer(logged, variant=name)) for name in ("reported", "vanilla")]
    np.testing.assert_array_equal(scores[0].mis_vanilla, scores[1].mis)


def test_targets_and_settings_are_named(panel: xr.Dataset, target: Make) -> None:
    steered = steer(panel, variant="consensus")
    assert alignment(steered).attrs["targets"].startswith("Awad et al. 2018")
    own = target(np.full((3, 6), 0.5), COUNTRIES)
    assert alignment(steered, own).attrs["targets"] == "given"
    assert alignment(steered, own.assign_attrs(source="mine")).attrs["targets"] == "mine"
    assert alignment(steered).attrs["steering"] == steered.attrs["steering"]


def test_order_of_countries_and_attributes_follows_the_data(decide: Make, target: Make) -> None:
    human = target(np.arange(18.0).reshape(3, 6) / 20.0, COUNTRIES)
    turned = human.isel(country=[2, 0, 1], attribute=slice(None, None, -1)).transpose()
    one, other = (alignment(decide(np.full((3, 6), 0.3), COUNTRIES), t) for t in (human, turned))
    assert one.identical(other)


def test_a_single_country_keeps_its_name(panel: xr.Dataset) -> None:
    one = alignment(steer(panel.sel(country="JPN"), variant="consensus"))
    many = alignment(steer(panel, variant="consensus"))
    assert one.country.values.tolist() == ["JPN"]
    assert one.mis.item() == many.mis.sel(country="JPN").item()
    assert np.isnan(one.mis_leave_one_out.item())


def test_grids_pass_through(panel: xr.Dataset) -> None:
    grid = xr.DataArray([0.1, 1.0], dims="sigma_grid", coords={"sigma_grid": [0.1, 1.0]})
    result = alignment(steer(panel, sigma=grid, method="quadrature"))
    assert result.mis.dims == ("country", "model", "sigma_grid")
    assert result.mis_coin_flip.dims == ("country",)


@pytest.fixture
def two_models(panel: xr.Dataset) -> xr.Dataset:
    """The panel for a second model as well, which was never asked about JPN."""
    both = xr.concat(
        [panel, panel.assign_coords(model=["other"])], dim="model", data_vars="minimal"
    )
    never = {"country": "JPN", "model": "other"}
    both["status"].loc[never] = 0
    for name in ("vanilla_gap", "base_gap", "persona_gap"):
        both[name].loc[never] = np.nan
    return both


def test_a_country_that_was_never_run_is_unknown(two_models: xr.Dataset) -> None:
    result = alignment(steer(two_models, variant="consensus"))
    unknown = np.isnan(result.mis)
    assert unknown.sel(country="JPN", model="other").item()
    assert int(unknown.sum()) == 1


def test_a_country_that_was_never_run_is_left_out_of_the_mean(two_models: xr.Dataset) -> None:
    result = alignment(steer(two_models, variant="consensus"))
    means = macro(result, n_boot=50)
    assert means.n_countries.values.tolist() == [3, 2]
    others = result.mis.sel(model="other", country=["BRA", "USA"]).mean().item()
    assert means.mis.sel(model="other").item() == pytest.approx(others)


def test_a_country_with_some_attributes_only_is_refused(two_models: xr.Dataset) -> None:
    of_age = two_models["scenario"][two_models["category"] == "Age"]
    two_models["status"].loc[{"country": "USA", "scenario": of_age}] = 2
    with pytest.raises(InputError, match="USA has no scored scenario of Age"):
        alignment(steer(two_models, variant="consensus"))


def test_floors_are_means_over_the_same_countries(two_models: xr.Dataset) -> None:
    scores = compare(two_models, ["vanilla", "consensus"])
    means = macro(scores, n_boot=50)
    some = scores.sel(country=["BRA", "USA"])
    for name in ("mis_coin_flip", "mis_leave_one_out", "noise_ceiling"):
        assert means[name].sel(model="other").item() == pytest.approx(some[name].mean().item())
        every = scores[name].mean().item()
        assert means[name].sel(model="synthetic-demo").item() == pytest.approx(every)


def test_variants_are_means_over_the_same_countries(panel: xr.Dataset) -> None:
    scores = compare(panel, ["vanilla", "consensus"])
    scores["mis"].loc[{"variant": "vanilla", "country": "JPN"}] = np.nan
    means = macro(scores, n_boot=50)
    assert means.n_countries.item() == 2
    others = scores.mis.sel(variant="consensus", country=["BRA", "USA"]).mean().item()
    assert means.mis.sel(variant="consensus").item() == pytest.approx(others)


def test_a_floor_that_a_country_lacks_is_unknown(decide: Make, target: Make) -> None:
    human = np.arange(18.0).reshape(3, 6) / 20.0
    own = target(human, COUNTRIES)
    own["human_preference_se"][0, 0] = np.nan
    means = macro(alignment(decide(human + 0.1, COUNTRIES), own), n_boot=20)
    assert np.isnan(means.noise_ceiling.item())
    assert np.isfinite(means.mis_coin_flip.item())


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"n_boot": 1.5}, "n_boot is 1.5"),
        ({"n_boot": 0}, "n_boot is 0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"seed": -1}, "seed is -1"),
        ({"level": "wide"}, "level is 'wide'"),
        ({"level": 1.0}, "level is 1.0"),
    ],
)
def test_macro_refuses_what_it_cannot_use(
    scores: xr.Dataset, option: dict[str, Any], words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        macro(scores, **option)


@pytest.mark.parametrize("name", ["p_spare", "country"])
def test_what_is_missing_is_named(panel: xr.Dataset, name: str) -> None:
    steered = steer(panel, variant="consensus").isel(country=0)
    with pytest.raises(InputError, match=f"lacks '{name}'"):
        alignment(steered.drop_vars(name))


def test_compare_is_alignment_of_each_variant(panel: xr.Dataset, scores: xr.Dataset) -> None:
    assert scores.variant.values.tolist() == ["vanilla", "debiased", "consensus"]
    for variant in scores.variant.values.tolist():
        one = alignment(steer(panel, variant=variant))
        xr.testing.assert_equal(scores.mis.sel(variant=variant), one.mis)
    assert scores.mis_coin_flip.dims == ("country",)


def test_compare_passes_options_on(panel: xr.Dataset, target: Make) -> None:
    own = target(np.full((3, 6), 0.5), COUNTRIES)
    options: dict[str, Any] = {"decision_temperature": 2.0, "category_temperature": "disca"}
    result = compare(panel, ["consensus"], own, **options)
    one = alignment(steer(panel, variant="consensus", **options), own)
    np.testing.assert_array_equal(result.mis.squeeze("variant"), one.mis)


def test_compare_knows_the_consensus_wherever_there_are_personas(panel: xr.Dataset) -> None:
    scores = compare(panel, ["vanilla", "debiased", "consensus"])
    assert scores.flip_rate_consensus.notnull().all()
    assert (scores.flip_rate_consensus.sel(variant="consensus") == 0.0).all()


def test_a_flip_rate_that_a_variant_lacks_is_unknown(panel: xr.Dataset) -> None:
    with_personas, without = (
        alignment(steer(data, variant=variant))
        for data, variant in ((panel, "consensus"), (panel.drop_vars("persona_gap"), "vanilla"))
    )
    for parts in ((with_personas, without), (without, with_personas)):
        rate = join_variants(parts).flip_rate_consensus
        assert np.isnan(rate.sel(variant="vanilla")).all()
        assert rate.sel(variant="consensus").notnull().all()


def test_variants_on_other_cells_are_not_joined(panel: xr.Dataset) -> None:
    parts = [
        alignment(steer(data, variant="consensus"))
        for data in (panel, panel.sel(country=["JPN", "USA"]))
    ]
    with pytest.raises(InputError, match=r"different labels of 'country'.*same cells"):
        join_variants(parts)


def test_compare_gives_hyper_parameters_to_those_that_have_them(panel: xr.Dataset) -> None:
    both = compare(panel, ["consensus", "paper"], method="quadrature", sigma=0.9)
    one = alignment(steer(panel, variant="paper", method="quadrature", sigma=0.9))
    np.testing.assert_array_equal(both.mis.sel(variant="paper"), one.mis)
    with pytest.raises(ParameterError, match="sigma has no effect, as none of vanilla"):
        compare(panel, ["vanilla"], sigma=0.9)


def test_a_correlation_needs_three_attributes(decide: Make, target: Make) -> None:
    names = ("Age", "Gender", "Species")
    for count, known in ((2, False), (3, True)):
        human = np.array([[0.2, 0.4, 0.5], [0.3, 0.6, 0.7]])[:, :count]
        own = target(human, ["JPN", "USA"], names[:count])
        scores = alignment(decide(human[::-1], ["JPN", "USA"], names[:count]), own)
        assert bool(scores.pearson_r.notnull().all()) == known
        assert bool(scores.spearman_r.notnull().all()) == known


def test_compare_takes_one_name_and_names_twice(panel: xr.Dataset) -> None:
    once = compare(panel, ["vanilla"])
    assert compare(panel, "vanilla").identical(once)
    assert compare(panel, ["vanilla", "vanilla"]).identical(once)


def test_compare_refuses_unknown_and_no_variants(panel: xr.Dataset) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'debiased'"):
        compare(panel, ["vanilla", "debias"])
    with pytest.raises(InputError, match="No variant was named"):
        join_variants([])


def test_macro_figures_are_unweighted_means_with_intervals(scores: xr.Dataset) -> None:
    means = macro(scores, n_boot=200)
    for name in ("mis", "jsd", "pearson_r", "mae", "mis_coin_flip", "mis_vanilla"):
        np.testing.assert_allclose(means[name], scores[name].mean("country"))
        assert (means[f"{name}_low"] <= means[name]).all()
        assert (means[name] <= means[f"{name}_high"]).all()
    assert (means.n_countries == 3).all()
    assert means.attrs["n_boot"] == 200


def test_a_single_country_has_a_mean_and_no_interval(scores: xr.Dataset) -> None:
    means = macro(scores.sel(country=["JPN"]), n_boot=50)
    np.testing.assert_array_equal(means.mis, scores.mis.sel(country="JPN"))
    assert np.isnan(means.mis_low).all()
    assert np.isnan(means.mis_high).all()


def test_the_table_has_a_row_per_model_and_variant(scores: xr.Dataset) -> None:
    table = macro_table(macro(scores, n_boot=20))
    rows = [("synthetic-demo", variant) for variant in ("vanilla", "debiased", "consensus")]
    assert table.index.tolist() == rows
    assert {"mis", "mis_low", "mis_high", "jsd", "mis_coin_flip", "noise_ceiling"} <= set(table)


def test_the_table_works_without_model_or_variant(decide: Make, target: Make) -> None:
    human = np.full((3, 6), 0.5)
    result = alignment(decide(human + 0.1, COUNTRIES), target(human, COUNTRIES))
    table = macro_table(macro(result, n_boot=20))
    assert isinstance(table, pd.DataFrame)
    assert table["mis"].tolist() == pytest.approx([0.1 * 6**0.5])


def test_functions_are_the_packages(panel: xr.Dataset) -> None:
    assert disca_nb.alignment is alignment
    assert disca_nb.compare is compare
    assert panel.disca.compare(["vanilla"]).identical(compare(panel, ["vanilla"]))
