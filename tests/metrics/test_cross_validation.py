"""Cross-validation over countries: figures by loops, orders that change nothing, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from panels import COUNTRIES, averaged, figures, human, made_up, misalignment, sigmoid

from disca_nb import steering
from disca_nb.datasets import demo_panel, recorded
from disca_nb.datasets import targets as shipped
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.metrics import alignment, cross_validate, default_rivals, hold_out
from disca_nb.metrics._known import known_targets, one_model
from disca_nb.steering.rivals import (
    AffinePerAttribute,
    Constant,
    Deviation,
    LogitOffset,
    Margin,
    OffsetPerAttribute,
    OracleMargin,
    OracleTemperature,
    PushAlone,
    RegionMean,
    Shrinkage,
    Steerer,
    Temperature,
    TemperatureMargin,
    TemperatureWeight,
    Variant,
    WorldMean,
)
from disca_nb.variables import ATTRIBUTES

LEARNING: list[Steerer] = [
    Constant(),
    *(Temperature("vanilla"), Temperature("debiased"), Temperature("consensus")),
    *(TemperatureWeight(), Margin(), TemperatureMargin()),
    *(OffsetPerAttribute(), AffinePerAttribute(), Deviation("world"), Deviation("region")),
    *(WorldMean(), WorldMean("all"), RegionMean(), RegionMean("all")),
]
OTHERS: list[Steerer] = [
    *(OracleTemperature(), OracleMargin(), LogitOffset(), PushAlone(), Shrinkage()),
    Variant("consensus"),
]


def names(rivals: list[Steerer]) -> dict[str, Any]:
    return {"argnames": "rival", "argvalues": rivals, "ids": [each.name for each in rivals]}


def test_no_rival_is_forgotten_here() -> None:
    offered = {rival.name for rival in default_rivals(made_up())}
    variants = {name for name in offered if name.startswith("disca-")} | {"vanilla", "debiased"}
    assert {rival.name for rival in LEARNING + OTHERS} == offered - variants


def test_a_held_out_temperature_is_a_loop() -> None:
    dataset, targets = made_up(), figures()
    gap = np.where(dataset.preferred_on_right, dataset.vanilla_gap, -dataset.vanilla_gap)
    tables = [averaged(dataset, sigmoid(gap / t)) for t in np.geomspace(0.1, 60.0, 60)]
    values, expected = human(targets, COUNTRIES), []
    for i in range(len(COUNTRIES)):
        rest = [j for j in range(len(COUNTRIES)) if j != i]
        best = min(tables, key=lambda table: misalignment(table[rest], values[rest]))
        expected.append(np.linalg.norm(best[i] - values[i]))
    scores = cross_validate(Temperature("vanilla"), dataset, targets)
    np.testing.assert_allclose(scores.mis, expected, rtol=1e-12)
    assert scores.attrs["targets_touched"] == "6 other countries"
    assert (scores.attrs["folds"], scores.variant.item()) == ("country", "temperature-vanilla")


def test_held_out_regions_are_a_loop() -> None:
    dataset, targets = made_up(), figures()
    values = human(targets, COUNTRIES)
    groups = [[0, 1, 2], [3, 4], [5], [6]]
    rest = {i: [j for j in range(7) if j not in group] for group in groups for i in group}
    expected = [np.linalg.norm(values[rest[i]].mean(0) - values[i]) for i in range(7)]
    scores = cross_validate(WorldMean(), dataset, targets, folds="region")
    np.testing.assert_allclose(scores.mis, expected, rtol=1e-12)
    alone = cross_validate(RegionMean(), dataset, targets, folds="region")
    np.testing.assert_allclose(alone.mis, expected, rtol=1e-12)  # no neighbour is left


@pytest.mark.parametrize(**names(LEARNING + OTHERS))
def test_the_order_of_countries_and_scenarios_changes_no_bit(rival: Steerer) -> None:
    dataset, targets, rng = made_up(), figures(), np.random.default_rng(4)
    other = dataset.isel(country=rng.permutation(7), scenario=rng.permutation(18))
    turned = targets.isel(country=rng.permutation(7))
    train, test = ["CHN", "KOR", "DEU", "USA"], ["JPN", "BRA"]
    if rival.learns == "own country":
        train = test = ["JPN"]
    one = hold_out(rival, dataset, targets, train=train, test=test).p_spare
    again = hold_out(rival, other, turned, train=train[::-1], test=test[::-1]).p_spare
    np.testing.assert_array_equal(one, again.sel(country=one.country, scenario=one.scenario))


def test_scores_stand_in_the_datasets_order() -> None:
    dataset, targets = made_up(), figures()
    other = dataset.isel(country=np.random.default_rng(4).permutation(7))
    for rival in (WorldMean(), OracleMargin(), Shrinkage()):
        for folds in ("country", "region"):
            one, turned = (
                cross_validate(rival, each, targets, folds=folds) for each in (dataset, other)
            )
            assert turned.country.values.tolist() == other.country.values.tolist()
            np.testing.assert_array_equal(turned.mis.sel(country=one.country), one.mis)


@pytest.mark.parametrize(**names(LEARNING + OTHERS))
def test_scenarios_without_a_score_do_not_count(rival: Steerer) -> None:
    dataset, targets = made_up(each=4), figures()
    left = dataset.scenario.values[[0, 7, 14]]
    kept = dataset.drop_sel(scenario=left)
    junk = dataset.copy(deep=True)
    junk["status"] = junk.status.where(~junk.scenario.isin(left), 2).astype(np.int8)
    for name, value in (("vanilla_gap", np.nan), ("base_gap", np.nan), ("persona_gap", 50.0)):
        junk[name] = junk[name].where(~junk.scenario.isin(left), value)
    own = rival.learns == "own country"
    train, test = (["JPN"], ["JPN"]) if own else (["CHN", "KOR", "DEU", "USA"], ["JPN", "BRA"])
    found, expected = (
        hold_out(rival, each, targets, train=train, test=test).p_spare for each in (junk, kept)
    )
    np.testing.assert_array_equal(found.sel(scenario=kept.scenario), expected)


@pytest.mark.parametrize(**names([*OTHERS, Temperature("consensus"), Margin(), WorldMean()]))
def test_what_steering_left_in_a_dataset_changes_nothing(rival: Steerer) -> None:
    dataset, targets = made_up(), figures()
    steered = steering.steer(dataset, variant="debiased", decision_temperature=2.0)
    steered = steered.assign(correction=steered.base_gap).assign_attrs(method="quadrature")
    found, expected = (cross_validate(rival, each, targets) for each in (steered, dataset))
    assert set(found.data_vars) == set(expected.data_vars)
    for name in ("mis", "mis_vanilla", "preference"):
        np.testing.assert_array_equal(found[name], expected[name])
    assert {"method", "seed"} & set(found.attrs) == set()
    assert found.attrs["variant"] == rival.name
    assert found.attrs["steering"] == expected.attrs["steering"]


def test_the_same_floors_stand_beside_every_rival() -> None:
    dataset, targets = made_up(), figures()
    vanilla = alignment(steering.steer(dataset, variant="vanilla"), targets)
    for rival in (WorldMean(), Shrinkage(), OracleMargin()):
        scores = cross_validate(rival, dataset, targets)
        np.testing.assert_allclose(scores.mis_vanilla, vanilla.mis, rtol=1e-12)
        np.testing.assert_array_equal(scores.mis_leave_one_out, vanilla.mis_leave_one_out)
    bare = cross_validate(WorldMean(), dataset.drop_vars("vanilla_gap"), targets)
    assert "mis_vanilla" not in bare


def test_the_shipped_targets_are_the_default() -> None:
    panel = demo_panel()
    scores = cross_validate(WorldMean("all"), panel)
    assert scores.attrs["targets"].startswith("Awad et al. 2018")
    np.testing.assert_array_equal(scores.country, panel.country)


def test_cells_of_a_model_and_of_a_language_among_the_coordinates() -> None:
    dataset, targets = made_up(), figures()
    expected = cross_validate(Temperature("vanilla"), dataset, targets).mis
    named = dataset.expand_dims(model=["m"]).assign_coords(language="native")
    for each in (named, named.squeeze("model"), named.isel(country=[0, 1, 2, 3, 4, 5, 6])):
        found = cross_validate(Temperature("vanilla"), each, targets)
        np.testing.assert_array_equal(found.mis, expected)


def test_gaps_in_two_orders_are_debiased() -> None:
    dataset, targets = made_up(), figures()
    shown = dataset[["base_gap", "persona_gap"]].rename(
        base_gap="base_order_gap", persona_gap="persona_order_gap"
    )
    orders = xr.concat([shown, -shown], dim=pd.Index(["AB", "BA"], name="order"))
    for rival in (Temperature("consensus"), Shrinkage()):
        found, expected = (cross_validate(rival, each, targets) for each in (orders, dataset))
        np.testing.assert_allclose(found.mis, expected.mis, rtol=1e-12)


def by_country() -> xr.Dataset:
    """Return a dataset as it is read from a file whose countries have other scenarios."""
    rng = np.random.default_rng(8)
    rows = [
        {
            "country": country,
            "scenario": f"s{k}",
            "category": ATTRIBUTES[(k + i) % 6],
            "preferred_on_right": str((k + i) % 2),
            "n_left": "1",
            "n_right": str(2 + i % 3),
            "base_gap": repr(rng.normal()),
            "persona_gap_0": repr(rng.normal()),
            "persona_gap_1": repr(rng.normal()),
        }
        for i, country in enumerate(COUNTRIES)
        for k in range(i % 2, i % 2 + 12)
    ]
    return recorded.from_table(pd.DataFrame(rows), model="m", source="made up")


@pytest.mark.parametrize(**names([each for each in LEARNING if each.name != "temperature-vanilla"]))
def test_countries_may_have_scenarios_of_their_own(rival: Steerer) -> None:
    dataset, targets = by_country(), figures()
    assert "country" in dataset.category.dims
    assert (dataset.status == 0).any()
    scores = cross_validate(rival, dataset, targets)
    assert scores.mis.notnull().all()
    assert (scores.n_scenarios == 2).all()


def test_the_world_is_known_where_countries_have_their_own_scenarios() -> None:
    """Matched, they are weighted as the differences 1, 2 and 3 occur: 6 : 4 : 4 times."""
    dataset = one_model(by_country())
    for policy in ("pooled", "matched"):
        known = known_targets(dataset, None, utilitarianism=policy)
        assert known.sizes["country"] == 196
    figure = known.human_preference.sel(country="FRA", attribute="Utilitarianism").item()
    parts = shipped.moral_machine("FRA").human_preference.squeeze("country")
    one, two, three = (parts.sel(attribute=f"Utilitarianism_{i}").item() for i in (1, 2, 3))
    assert figure == pytest.approx((6 * one + 4 * two + 4 * three) / 14)


def test_matched_figures_are_learnt_and_scored() -> None:
    panel = demo_panel()
    scores = cross_validate(WorldMean(), panel, utilitarianism="matched")
    np.testing.assert_allclose(scores.mis, scores.mis_leave_one_out, rtol=1e-12)
    pooled = cross_validate(WorldMean(), panel).human_preference
    assert bool((abs(scores.human_preference - pooled) > 0).any())


def test_known_targets_are_complete_and_in_the_order_of_their_labels() -> None:
    dataset = made_up(["JPN", "USA", "BRA"])
    targets = figures()
    targets.human_preference.loc[{"country": "DEU", "attribute": "Age"}] = np.nan
    known = known_targets(dataset, targets)
    assert known.country.values.tolist() == ["BRA", "CHN", "JPN", "KOR", "MEX", "USA"]
    lacking = targets.drop_sel(country="JPN")
    with pytest.raises(InputError, match="lack the country 'JPN'"):
        known_targets(dataset, lacking)
    with pytest.raises(InputError, match="lack 'Utilitarianism_1', which utilitarianism='match"):
        known_targets(dataset, targets, utilitarianism="matched")


def test_matched_figures_need_no_pooled_one_nor_others_than_theirs() -> None:
    dataset = made_up(["JPN", "USA", "BRA"])
    extra = [f"Utilitarianism_{i}" for i in (1, 2, 3, 4)]
    targets = figures(attributes=[*ATTRIBUTES, *extra, "Utilitarianism_own"])
    targets.human_preference.loc[{"country": "JPN", "attribute": "Utilitarianism"}] = np.nan
    targets.human_preference.loc[{"attribute": "Utilitarianism_own"}] = np.nan
    known = known_targets(dataset, targets, utilitarianism="matched")
    assert known.sizes["country"] == 7
    assert known.human_preference.notnull().all()
    bare = targets.sel(attribute=list(ATTRIBUTES[:5]))
    few = dataset.isel(scenario=dataset.category.values != "Utilitarianism")
    assert known_targets(few, bare, utilitarianism="matched").sizes["country"] == 7


def test_countries_that_were_not_asked_may_lack_figures() -> None:
    targets = figures()
    targets.human_preference.loc[{"country": "DEU"}] = np.nan
    dataset = made_up(["JPN", "USA", "BRA"])
    scores = cross_validate(WorldMean("all"), dataset, targets)
    rest = cross_validate(WorldMean("all"), dataset, targets.drop_sel(country="DEU"))
    np.testing.assert_array_equal(scores.mis, rest.mis)


@pytest.mark.parametrize(**names([WorldMean(), Temperature("vanilla"), Deviation()]))
def test_an_attribute_that_a_country_lacks_is_named(rival: Steerer) -> None:
    """Whichever country it is: the first would be the first to be held out."""
    for country in ("JPN", "DEU"):
        dataset = made_up()
        lacking = (dataset.country == country) & (dataset.category == "Fitness")
        dataset["status"] = dataset.status.where(~lacking, 2).astype(np.int8)
        with pytest.raises(InputError, match=f"^{country} has no scored scenario of Fitness;"):
            cross_validate(rival, dataset, figures())


def test_fewer_than_three_countries_are_too_few_to_leave_one_out() -> None:
    dataset, targets = made_up(["JPN", "USA"]), figures()
    with pytest.raises(InputError, match="There are 2 countries; leaving one out needs at least 3"):
        cross_validate(WorldMean(), dataset, targets)
    with pytest.raises(InputError, match="There are 1 countries"):
        cross_validate(WorldMean(), dataset.isel(country=0), targets)
    for rival in OTHERS:
        assert cross_validate(rival, dataset, targets).mis.notnull().all()
        assert cross_validate(rival, dataset.isel(country=0), targets).mis.notnull().all()


def test_one_region_cannot_be_left_out() -> None:
    dataset = made_up(["JPN", "CHN", "KOR"])
    with pytest.raises(InputError, match="All countries are of Eastern Asia; leaving a region out"):
        cross_validate(WorldMean(), dataset, figures(), folds="region")


def test_constant_gaps_are_named() -> None:
    dataset = made_up()
    dataset["base_gap"] = 0.0 * dataset.base_gap
    with pytest.raises(InputError, match="'base_gap' is 0 in every cell and nothing can be fitted"):
        cross_validate(Temperature("debiased"), dataset, figures())
    assert cross_validate(Temperature("vanilla"), dataset, figures()).mis.notnull().all()


def test_a_gap_that_is_nan_is_named_with_its_cell() -> None:
    dataset = made_up()
    dataset.vanilla_gap[3, 4] = np.nan
    for rival in (Temperature("vanilla"), OracleTemperature(), OracleMargin()):
        with pytest.raises(InputError, match="scenario 's4' in BRA is nan although it counts"):
            cross_validate(rival, dataset, figures())
    scores = cross_validate(Variant("vanilla"), dataset, figures())
    assert scores.country[np.isnan(scores.mis)].values.tolist() == ["BRA"]


def test_names_that_are_not_known_are_refused() -> None:
    dataset, targets = made_up(), figures()
    with pytest.raises(
        UnknownNameError, match=r"Unknown folds 'continent'; .*Known: country, region"
    ):
        cross_validate(WorldMean(), dataset, targets, folds="continent")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Unknown utilitarianism 'pool'; did you mean"):
        cross_validate(WorldMean(), dataset, targets, utilitarianism="pool")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Unknown attribute 'Law'"):
        cross_validate(WorldMean(), made_up(attributes=["Law", "Age"]), targets)
    with pytest.raises(UnknownNameError, match="Unknown country 'FRA'"):
        hold_out(WorldMean(), dataset, targets, train=["JPN", "FRA"], test=["USA"])
    with pytest.raises(InputError, match="No country was named"):
        hold_out(WorldMean(), dataset, targets, train=[], test=["USA"])


def test_cells_of_several_runs_must_be_selected_first() -> None:
    dataset, targets = made_up(), figures()
    two = xr.concat([dataset, dataset], dim=pd.Index(["m", "n"], name="model"))
    with pytest.raises(InputError, match="holds 2 models and a method is fitted to one; select"):
        cross_validate(WorldMean(), two, targets)
    with pytest.raises(InputError, match="holds 0 models"):
        one_model(two.isel(model=slice(0)))
    for dim in ("language", "eta_grid", "variant"):
        wide = dataset.assign(base_gap=dataset.base_gap.expand_dims({dim: ["a", "b"]}))
        with pytest.raises(InputError, match=f"has the dimension '{dim}'; select one label of it"):
            cross_validate(WorldMean(), wide, targets)


def test_a_category_among_the_variables_is_understood() -> None:
    dataset = made_up().reset_coords(["category", "preferred_on_right"])
    expected = cross_validate(WorldMean(), made_up(), figures())
    found = cross_validate(WorldMean(), dataset, figures())
    np.testing.assert_array_equal(found.mis, expected.mis)
    with pytest.raises(InputError, match="lacks 'category'"):
        cross_validate(WorldMean(), dataset.drop_vars("category"), figures())


def test_chunked_gaps_give_the_same_bits() -> None:
    pytest.importorskip("dask", reason="chunked datasets need dask")
    dataset, targets = made_up(), figures()
    for rival in (Temperature("consensus"), WorldMean("all"), Shrinkage()):
        found = cross_validate(rival, dataset.chunk(country=2, scenario=5), targets.chunk())
        expected = cross_validate(rival, dataset, targets)
        np.testing.assert_array_equal(found.mis, expected.mis)
