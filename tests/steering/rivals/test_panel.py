"""Cells sorted by country and attribute, and gaps turned toward the counted side."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from panels import averaged, made_up, sigmoid, toward_counted

from disca_nb import steering
from disca_nb.errors import InputError, UnknownNameError
from disca_nb.steering.rivals import Panel, gap_toward_counted
from disca_nb.steering.rivals.panel import attributes_of, varying_gap

SOURCES = ("vanilla", "debiased", "consensus")


def by_hand() -> xr.Dataset:
    """Two countries; Age in scenarios a and c, Gender in b; JPN has no scored c."""
    return xr.Dataset(
        {
            "base_gap": (("country", "scenario"), [[1.0, 2.0, np.nan], [3.0, 4.0, 5.0]]),
            "status": (("country", "scenario"), np.array([[1, 1, 2], [1, 1, 1]], dtype=np.int8)),
        },
        {
            "country": ["JPN", "USA"],
            "scenario": list("abc"),
            "category": ("scenario", ["Age", "Gender", "Age"]),
            "preferred_on_right": ("scenario", [True, False, True]),
        },
    )


def test_means_by_hand() -> None:
    dataset = by_hand()
    panel = Panel(dataset)
    assert (panel.countries, panel.attributes) == (["JPN", "USA"], ["Gender", "Age"])
    cells = panel.cells(dataset.base_gap)
    np.testing.assert_array_equal(cells, [2.0, 1.0, 4.0, 3.0, 5.0])
    np.testing.assert_array_equal(panel.means(cells), [[2.0, 1.0], [4.0, 4.0]])
    np.testing.assert_array_equal(panel.means(np.stack([cells, -cells]))[1], [[-2, -1], [-4, -4]])
    np.testing.assert_allclose(panel.preferences(np.zeros(5)), 0.5)


def test_spreading_repeats_a_value_over_its_cells() -> None:
    panel = Panel(by_hand())
    spread = panel.spread(np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(spread, [1.0, 2.0, 3.0, 4.0, 4.0])
    np.testing.assert_array_equal(panel.spread(np.array([7.0, 8.0])), [7.0, 8.0, 7.0, 8.0, 8.0])
    assert panel.spread(np.zeros((3, 1, 2))).shape == (3, 5)


def test_values_over_one_dimension_hold_for_the_other() -> None:
    panel = Panel(by_hand())
    scenario = xr.DataArray([1.0, 2.0, 3.0], dims="scenario")
    np.testing.assert_array_equal(panel.cells(scenario), [2.0, 1.0, 2.0, 1.0, 3.0])
    country = xr.DataArray([1.0, 2.0], dims="country")
    np.testing.assert_array_equal(panel.cells(country), [1.0, 1.0, 2.0, 2.0, 2.0])
    np.testing.assert_array_equal(panel.cells(xr.DataArray(4.0)), [4.0] * 5)


def test_preferences_are_a_loop() -> None:
    dataset = made_up()
    dataset.status[1, 3] = 2
    dataset.base_gap[1, 3] = np.nan
    panel = Panel(dataset)
    found = panel.preferences(panel.cells(gap_toward_counted(dataset, "debiased")) / 0.7)
    p = sigmoid(toward_counted(dataset, dataset.base_gap.values) / 0.7)
    np.testing.assert_allclose(found, averaged(dataset, p), rtol=1e-13)


def test_the_order_of_scenarios_changes_no_bit() -> None:
    dataset = made_up(each=20)
    shuffled = dataset.isel(scenario=np.random.default_rng(0).permutation(120))
    one, other = (
        Panel(each).preferences(Panel(each).cells(gap_toward_counted(each, "consensus")))
        for each in (dataset, shuffled)
    )
    np.testing.assert_array_equal(one, other)


def test_an_attribute_without_a_scored_scenario_is_named() -> None:
    dataset = by_hand()
    dataset.status[1, 1] = 3
    with pytest.raises(InputError, match=r"^USA has no scored scenario of Gender; leave out"):
        Panel(dataset)


def test_a_panel_without_countries_or_attributes_is_refused() -> None:
    with pytest.raises(InputError, match="no country to fit on"):
        Panel(by_hand().isel(country=slice(0)))
    with pytest.raises(InputError, match="No scenario has a category"):
        Panel(by_hand().assign_coords(category=("scenario", ["", "", ""])))
    with pytest.raises(InputError, match="lacks 'category'"):
        Panel(by_hand().drop_vars("category"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_gap_that_is_no_number_is_named(value: float) -> None:
    dataset = by_hand()
    dataset.base_gap[1, 2] = value
    with pytest.raises(InputError, match=f"scenario 'c' in USA is {value:g} although"):
        Panel(dataset).cells(dataset.base_gap)


def test_a_dimension_more_is_named() -> None:
    wide = xr.DataArray(np.zeros((2, 3, 2)), dims=("country", "scenario", "model"), name="gap")
    with pytest.raises(InputError, match="'gap' has the dimension 'model'"):
        Panel(by_hand()).cells(wide)


def test_ones_own_attributes_follow_the_six() -> None:
    category = ("scenario", ["Law", "Utilitarianism", "", "Age", "Art", "Law"])
    assert attributes_of(xr.Dataset(coords={"category": category})) == [
        *("Age", "Utilitarianism", "Law", "Art")
    ]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("by_country", [False, True])
def test_gaps_are_turned_toward_the_counted_side(source: str, *, by_country: bool) -> None:
    dataset = made_up()
    gap = {
        "vanilla": dataset.vanilla_gap.values,
        "debiased": dataset.base_gap.values,
        "consensus": dataset.persona_gap.values.sum(axis=-1) / 4.0,
    }[source]
    expected = toward_counted(dataset, gap)
    if by_country:
        right = np.random.default_rng(5).uniform(size=gap.shape) < 0.5
        dataset = dataset.assign_coords(preferred_on_right=(("country", "scenario"), right))
        expected = np.where(right, gap, -gap)
    found = gap_toward_counted(dataset, source)
    assert found.dims == ("country", "scenario")
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("source", SOURCES)
def test_a_category_temperature_is_undone(source: str) -> None:
    dataset = made_up()
    divided = steering.divide_by_category(dataset, "disca")
    assert not divided.base_gap.equals(dataset.base_gap)
    found = gap_toward_counted(divided, source)
    np.testing.assert_allclose(found, gap_toward_counted(dataset, source), rtol=1e-14)


@pytest.mark.parametrize("source", SOURCES)
def test_a_country_alone_has_the_same_bits(source: str) -> None:
    dataset = steering.divide_by_category(made_up(), "disca")
    np.testing.assert_array_equal(
        gap_toward_counted(dataset.isel(country=[2]), source),
        gap_toward_counted(dataset, source).isel(country=[2]),
    )


def test_fewer_personas_have_their_own_consensus() -> None:
    dataset = made_up()
    alone = gap_toward_counted(dataset.isel(persona=[0]), "consensus")
    own = dataset.persona_gap.isel(persona=0, drop=True)
    np.testing.assert_array_equal(alone.where(dataset.preferred_on_right, -alone), own)


def test_a_persona_that_is_nan_makes_the_consensus_nan() -> None:
    dataset = made_up()
    dataset.persona_gap[2, 3, 1] = np.nan
    gap = gap_toward_counted(dataset, "consensus")
    assert np.argwhere(gap.isnull().values).tolist() == [[2, 3]]
    with pytest.raises(InputError, match="scenario 's3' in KOR is nan"):
        Panel(dataset).cells(gap)


def test_the_consensus_is_that_of_steering() -> None:
    dataset = made_up()
    steered = steering.steer(dataset, variant="consensus").consensus_gap
    gap = gap_toward_counted(dataset, "consensus")
    np.testing.assert_array_equal(gap.where(dataset.preferred_on_right, -gap), steered)


@pytest.mark.parametrize("source", SOURCES)
def test_constant_gaps_are_refused_when_asked_for(source: str) -> None:
    dataset = made_up()
    name = {"vanilla": "vanilla_gap", "debiased": "base_gap", "consensus": "persona_gap"}[source]
    constant = dataset.assign({name: 0.0 * dataset[name] + 1.5})
    with pytest.raises(InputError, match=f"'{name}' is 1.5 in every cell"):
        varying_gap(constant, source)
    # A fitted rival may meet a country whose gaps are all the same.
    assert gap_toward_counted(constant, source).size
    for other in set(SOURCES) - {source}:
        assert varying_gap(constant, other).size


@pytest.mark.parametrize("source", SOURCES)
def test_gaps_that_are_all_nan_are_left_to_the_fit(source: str) -> None:
    dataset = made_up()
    names = ("vanilla_gap", "base_gap", "persona_gap")
    unknown = dataset.assign({name: dataset[name] * np.nan for name in names})
    gap = varying_gap(unknown, source)
    with pytest.raises(InputError, match="scenario 's0' in JPN is nan"):
        Panel(unknown).cells(gap)


def test_gaps_that_are_not_there_are_named() -> None:
    dataset = made_up()
    with pytest.raises(InputError, match="lacks 'vanilla_gap'"):
        gap_toward_counted(dataset.drop_vars("vanilla_gap"), "vanilla")
    with pytest.raises(InputError, match="has no personas"):
        gap_toward_counted(dataset.isel(persona=slice(0)), "consensus")
    with pytest.raises(UnknownNameError, match="Unknown source 'consensu'; did you mean 'cons"):
        gap_toward_counted(dataset, "consensu")
