"""Every variant on one cell that can be worked through by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import xarray as xr

from disca_nb import kernels
from disca_nb.errors import InputError
from disca_nb.steering import DISCA_VARIANTS, VARIANTS, cell_keys, decide, steer

CORRECTION = 0.2 * math.exp(-1.0)


@pytest.mark.parametrize(
    ("variant", "final"),
    [
        ("vanilla", 2.0),
        ("debiased", 1.0),
        ("consensus", 0.5),
        ("correction-only", 1.0 + CORRECTION),
        ("paper", 0.5 + CORRECTION),  # mean ESS .375 is above rho: all consensus
        ("released", 0.25 * 0.5 + 0.75 * 1.0 + CORRECTION),  # smallest ESS is .25
        ("released+ema", 0.875 + CORRECTION),  # the first scenarios are not averaged
    ],
)
def test_variant_gives_the_hand_worked_final_gap(
    cell: xr.Dataset, variant: str, final: float
) -> None:
    steered = steer(cell, variant=variant, method="recorded")
    assert steered.final_gap.item() == pytest.approx(final, abs=1e-15)


@pytest.mark.parametrize(
    ("variant", "weight"), [("correction-only", 0.0), ("paper", 0.3), ("released", 0.1)]
)
def test_collapsed_passes_fall_silent_and_shift_weight_from_consensus_to_base(
    cell: xr.Dataset, variant: str, weight: float
) -> None:
    collapsed = cell.assign(recorded_ess=(("scenario", "pass_id"), [[0.04, 0.02]]))
    steered = steer(collapsed, variant=variant, method="recorded", rho=0.1)
    assert steered.anchor_weight.item() == pytest.approx(weight)
    assert steered.correction.item() == 0.0
    expected = weight * 0.5 + (1.0 - weight) * 1.0
    assert steered.final_gap.item() == pytest.approx(expected)


def test_intermediate_quantities_are_kept(cell: xr.Dataset) -> None:
    steered = steer(cell, method="recorded")
    assert steered.consensus_gap.item() == pytest.approx(0.5)
    assert steered.reliability.item() == pytest.approx(math.exp(-1.0))
    assert steered.correction.item() == pytest.approx(CORRECTION)
    assert steered.pass_variance.item() == pytest.approx(0.02)
    assert steered.pass_correction.values.tolist() == [[0.3, 0.1]]
    assert steered.ess.values.tolist() == [[0.5, 0.25]]


def test_probability_of_sparing_counts_the_preferred_side(cell: xr.Dataset) -> None:
    right = 1.0 / (1.0 + math.exp(-0.5 / 0.5))
    left = steer(cell, variant="consensus")
    assert left.p_right.item() == pytest.approx(right)
    assert left.p_spare.item() == pytest.approx(1.0 - right)
    other = cell.assign_coords(preferred_on_right=("scenario", [True]))
    assert steer(other, variant="consensus").p_spare.item() == pytest.approx(right)


def test_decision_temperature_divides_the_final_gap(cell: xr.Dataset) -> None:
    cold = steer(cell, variant="debiased", decision_temperature=0.1)
    assert cold.p_right.item() == pytest.approx(1.0 / (1.0 + math.exp(-10.0)))


def test_small_probabilities_keep_their_digits() -> None:
    sure = xr.Dataset(
        {"final_gap": ("scenario", [20.0])},
        {"scenario": ["0"], "preferred_on_right": ("scenario", [False])},
    )
    assert decide(sure).p_spare.item() == pytest.approx(math.exp(-40.0), rel=1e-12)


@pytest.mark.parametrize("method", ["monte-carlo", "quadrature"])
def test_steering_is_the_kernel_with_keys_from_labels(panel: xr.Dataset, method: str) -> None:
    steered = steer(panel, variant="correction-only", method=method, seed=5, eta=0.4)
    expected = kernels.disca_correction(
        panel.base_gap.values,
        panel.persona_gap.transpose(..., "persona").values,
        method=method,  # type: ignore[arg-type]
        seed=5,
        keys=cell_keys(panel).values,
        eta=0.4,
    )
    for name, values in expected._asdict().items():
        np.testing.assert_array_equal(
            steered[name].transpose(..., "pass_id", missing_dims="ignore"), values
        )
    np.testing.assert_array_equal(steered.final_gap, panel.base_gap + expected.correction)


def test_search_width_is_the_spread_of_the_personas(cell: xr.Dataset) -> None:
    assert steer(cell).sigma.item() == pytest.approx(math.sqrt(3.0))
    agreeing = cell.assign(persona_gap=cell.persona_gap * 0.0)
    assert steer(agreeing).sigma.item() == 0.3
    assert steer(cell, sigma=0.7).sigma.item() == 0.7


def test_a_lone_persona_is_its_own_consensus(cell: xr.Dataset) -> None:
    alone = steer(cell.isel(persona=[3]), method="quadrature")
    assert alone.consensus_gap.item() == 3.0
    assert alone.sigma.item() == 0.3
    assert math.isfinite(alone.final_gap.item())


@pytest.mark.parametrize("variant", ["vanilla", "consensus", "paper"])
def test_a_panel_without_personas_is_refused(cell: xr.Dataset, variant: str) -> None:
    with pytest.raises(InputError, match=r"has no personas: .* keep at least one, or drop"):
        steer(cell.isel(persona=[]), variant=variant)


def test_a_panel_that_agrees_with_the_base_is_left_alone(cell: xr.Dataset) -> None:
    agreeing = cell.assign(persona_gap=xr.ones_like(cell.persona_gap))
    steered = steer(agreeing, method="quadrature")
    assert steered.final_gap.item() == pytest.approx(1.0, abs=1e-7)


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v != "reported"])
def test_a_missing_gap_stays_in_its_cell(panel: xr.Dataset, variant: str) -> None:
    holes = {
        "vanilla_gap": ("JPN", "x", "n"),
        "base_gap": ("BRA", "z", "m"),
        "persona_gap": ("USA", "v", "m"),
    }
    needs = {"vanilla": ["vanilla_gap"], "debiased": ["base_gap"], "consensus": ["persona_gap"]}
    holed = panel.copy(deep=True)
    missing = xr.zeros_like(panel.base_gap, dtype=bool)
    for name, cell in holes.items():
        here = dict(zip(("country", "scenario", "model"), cell, strict=True))
        holed[name].loc[here] = np.nan
        missing.loc[here] = name in needs.get(variant, ["base_gap", "persona_gap"])
    whole, steered = steer(panel, variant=variant).p_spare, steer(holed, variant=variant).p_spare
    np.testing.assert_array_equal(steered, whole.where(~missing))


def test_reported_decisions_are_the_logged_ones(logged: xr.Dataset) -> None:
    steered = steer(logged, variant="reported")
    np.testing.assert_array_equal(steered.p_spare, logged.recorded_p_spare)
    np.testing.assert_array_equal(steered.p_right, logged.recorded_p_right)
    assert steered.attrs["method"] == "recorded"


def test_logged_vanilla_decisions_are_used_with_the_recorded_method(cell: xr.Dataset) -> None:
    there = cell.assign(
        recorded_vanilla_p_right=("scenario", [0.9]), recorded_vanilla_p_spare=("scenario", [0.125])
    )
    assert steer(there, variant="vanilla", method="recorded").p_spare.item() == 0.125
    computed = 1.0 / (1.0 + math.exp(4.0))
    assert steer(there, variant="vanilla").p_spare.item() == pytest.approx(computed)


@pytest.mark.parametrize("first", [v for v in VARIANTS if v != "reported"])
@pytest.mark.parametrize("second", ["vanilla", "paper", "released+ema"])
def test_steering_again_is_steering_the_original(
    panel: xr.Dataset, first: str, second: str
) -> None:
    small = panel.isel(country=[0])
    options: dict[str, Any] = {"n_passes": 3} if first in DISCA_VARIANTS else {}
    again = steer(steer(small, variant=first, **options), variant=second)
    assert again.identical(steer(small, variant=second))


def test_the_input_is_left_as_it_was(panel: xr.Dataset) -> None:
    before = panel.copy(deep=True)
    steer(panel, category_temperature="disca")
    assert panel.identical(before)


@pytest.mark.parametrize(
    ("variant", "method", "lacking"),
    [
        ("vanilla", "monte-carlo", "vanilla_gap"),
        ("debiased", "monte-carlo", "base_gap"),
        ("consensus", "monte-carlo", "persona_gap"),
        ("paper", "monte-carlo", "persona_gap"),
        ("paper", "recorded", "recorded_correction"),
        ("reported", "recorded", "recorded_micro_gap"),
        ("paper", "monte-carlo", "preferred_on_right"),
    ],
)
def test_a_variable_that_is_needed_and_missing_is_named(
    cell: xr.Dataset, variant: str, method: str, lacking: str
) -> None:
    with pytest.raises(InputError, match=f"lacks '{lacking}'"):
        steer(cell.drop_vars(lacking, errors="ignore"), variant=variant, method=method)
