"""The released code's moving average over scenarios, through `steer`."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr

from disca_nb.steering import steer


def run(micro: list[float], **state: float) -> xr.Dataset:
    """Return scenarios whose gaps before the average are ``micro``, steered by released+ema."""
    count = len(micro)
    none = np.zeros((count, 2))
    cells = xr.Dataset(
        {
            "base_gap": ("scenario", micro),
            "persona_gap": (("scenario", "persona"), np.array(micro)[:, None]),
            "recorded_correction": (("scenario", "pass_id"), none),
            "recorded_ess": (("scenario", "pass_id"), none + 0.5),
            **{name: ((), value) for name, value in state.items()},
        },
        {
            "scenario": [str(i) for i in range(count)],
            "persona": ["all"],
            "pass_id": [0, 1],
            "preferred_on_right": ("scenario", [True] * count),
        },
    )
    return steer(cells, variant="released+ema", method="recorded")


def test_hand_worked_run_from_a_given_state() -> None:
    steered = run([1.0, 1.0, -1.0], initial_average=0.5, initial_step=150.0)
    weight = [1.0 - math.exp(-(step - 50) / 100) for step in (150, 151, 152)]
    average = [0.5, 0.55, 0.595]
    final = [
        h * m + (1.0 - h) * gap for h, m, gap in zip(weight, average, [1.0, 1.0, -1.0], strict=True)
    ]
    np.testing.assert_allclose(steered.micro_gap, [1.0, 1.0, -1.0])
    np.testing.assert_allclose(steered.average_weight, weight)
    np.testing.assert_allclose(steered.average_gap, [0.55, 0.595, 0.4355])
    np.testing.assert_allclose(steered.final_gap, final)


def test_fifty_scenarios_pass_before_the_average_has_weight() -> None:
    steered = run([1.0] * 53)
    np.testing.assert_array_equal(steered.average_weight[:51], 0.0)
    np.testing.assert_allclose(steered.average_weight[51], 1.0 - math.exp(-0.01))
    np.testing.assert_allclose(steered.average_gap, 1.0 - 0.9 ** np.arange(1, 54))


def test_steps_before_the_first_scenario_count() -> None:
    assert np.flatnonzero(run([1.0] * 60, initial_step=3.0).average_weight)[0] == 48


def test_the_order_of_scenarios_matters(panel: xr.Dataset) -> None:
    state = {"initial_step": 100.0, "initial_average": 1.0}
    there = panel.assign(state)
    back = there.isel(scenario=slice(None, None, -1))
    one, other = (steer(data, variant="released+ema") for data in (there, back))
    np.testing.assert_array_equal(one.micro_gap, other.micro_gap.sel(scenario=panel.scenario))
    assert not np.allclose(one.final_gap, other.final_gap.sel(scenario=panel.scenario))


def test_every_country_and_model_has_an_average_of_its_own(logged: xr.Dataset) -> None:
    together = steer(logged, variant="released+ema", method="recorded")
    for country in logged.country.values:
        for model in logged.model.values:
            here = {"country": country, "model": model}
            alone = steer(logged.sel(here), variant="released+ema", method="recorded")
            np.testing.assert_array_equal(together.final_gap.sel(here), alone.final_gap)


def test_a_missing_scenario_leaves_the_average_as_it_was() -> None:
    whole = run([1.0, -1.0], initial_step=100.0)
    holed = run([1.0, math.nan, -1.0], initial_step=100.0)
    np.testing.assert_array_equal(holed.final_gap[[0, 2]], whole.final_gap)
    assert math.isnan(holed.final_gap[1])


@pytest.mark.parametrize("variant", ["paper", "released"])
def test_no_other_variant_averages(logged: xr.Dataset, variant: str) -> None:
    steered = steer(logged, variant=variant, method="recorded")
    assert "average_gap" not in steered
    back = steer(logged.isel(scenario=slice(None, None, -1)), variant=variant, method="recorded")
    np.testing.assert_array_equal(steered.final_gap, back.final_gap.sel(scenario=logged.scenario))
