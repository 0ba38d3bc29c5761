"""Model preferences: means of what counts, and nothing silently left out."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.metrics import flip_rates, preferences
from disca_nb.variables import ATTRIBUTES


def test_a_preference_is_the_mean_over_an_attributes_scenarios(decisions: xr.Dataset) -> None:
    result = preferences(decisions).squeeze("model")
    assert result.attribute.values.tolist() == ["Gender", "Age"]
    np.testing.assert_allclose(result.preference, [[0.6, 0.6], [1.0, 0.4]])
    assert result.n_scenarios.values.tolist() == [[1, 3], [1, 3]]


@pytest.mark.parametrize("status", [0, 2, 3])
def test_cells_that_are_not_scored_are_left_out(decisions: xr.Dataset, status: int) -> None:
    decisions["status"].loc[{"country": "JPN", "scenario": "c"}] = status
    decisions["p_spare"].loc[{"country": "JPN", "scenario": "c"}] = np.nan
    age = preferences(decisions).sel(attribute="Age", country="JPN")
    assert age.preference.item() == pytest.approx(0.8)
    assert age.n_scenarios.item() == 2


def test_a_missing_number_in_a_scored_cell_shows(decisions: xr.Dataset) -> None:
    decisions["p_spare"].loc[{"country": "JPN", "scenario": "c"}] = np.nan
    result = preferences(decisions).preference.squeeze("model")
    np.testing.assert_allclose(result, [[0.6, np.nan], [1.0, 0.4]])


def test_an_attribute_without_scored_scenarios_has_no_preference(decisions: xr.Dataset) -> None:
    decisions["status"].loc[{"country": "USA", "scenario": "d"}] = 0
    gender = preferences(decisions).sel(attribute="Gender", country="USA")
    assert np.isnan(gender.preference.item())
    assert gender.n_scenarios.item() == 0


def test_without_status_every_cell_counts(decisions: xr.Dataset) -> None:
    assert preferences(decisions.drop_vars("status")).equals(preferences(decisions))


def test_attributes_come_in_their_order_and_the_users_own_last(decisions: xr.Dataset) -> None:
    own = decisions.assign_coords(category=("scenario", ["Wealth", "Age", "Charm", "Species"]))
    assert preferences(own).attribute.values.tolist() == ["Species", "Age", "Wealth", "Charm"]
    assert list(ATTRIBUTES).index("Species") < list(ATTRIBUTES).index("Age")


def test_a_scenario_may_stand_for_another_attribute_elsewhere(decisions: xr.Dataset) -> None:
    category = [["Age", "Age", "Age", "Gender"], ["Age", "Gender", "Gender", "Gender"]]
    own = decisions.assign_coords(category=(("country", "scenario"), category))
    result = preferences(own).squeeze("model")
    np.testing.assert_allclose(result.preference, [[0.6, 0.6], [1.7 / 3.0, 0.5]])


def test_other_dimensions_stay(decisions: xr.Dataset) -> None:
    half = xr.DataArray([1.0, 0.5], dims="eta_grid", coords={"eta_grid": [0.1, 0.2]})
    result = preferences(decisions.assign(p_spare=decisions.p_spare * half)).preference
    assert result.dims == ("country", "model", "attribute", "eta_grid")
    np.testing.assert_allclose(result.isel(eta_grid=1), result.isel(eta_grid=0) / 2.0)


def test_how_it_was_steered_stays(decisions: xr.Dataset) -> None:
    steered = decisions.assign_coords(variant="paper").assign_attrs(steering="by hand")
    result = preferences(steered)
    assert result.variant.item() == "paper"
    assert result.attrs["steering"] == "by hand"


@pytest.mark.parametrize("name", ["p_spare", "category"])
def test_what_is_missing_is_named(decisions: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"lacks '{name}'"):
        preferences(decisions.drop_vars(name))


def test_scenarios_without_any_attribute_are_refused(decisions: xr.Dataset) -> None:
    with pytest.raises(InputError, match="No scenario has a category"):
        preferences(decisions.assign_coords(category=("scenario", [""] * 4)))


def test_flips_are_counted_among_scored_and_known_cells() -> None:
    gaps = xr.Dataset(
        {
            "final_gap": ("scenario", [1.0, -1.0, 1.0, np.nan, 1.0]),
            "vanilla_gap": ("scenario", [2.0, 3.0, -1.0, -1.0, -1.0]),
            "consensus_gap": ("scenario", [2.0, -3.0, np.nan, 1.0, 1.0]),
            "status": ("scenario", [1, 1, 1, 1, 2]),
        },
        {"scenario": list("abcde")},
    )
    rates = flip_rates(gaps)
    assert rates.flip_rate_vanilla.item() == pytest.approx(2 / 3)
    assert rates.flip_rate_consensus.item() == 0.0


def test_flips_against_gaps_that_are_not_there_are_left_out() -> None:
    gaps = xr.Dataset({"final_gap": ("scenario", [1.0])}, {"scenario": ["a"]})
    assert not flip_rates(gaps).data_vars
