"""One cell's landscape against the quadrature's own results and the slow twin."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from reference import Floats, Setting, limit_twin, random_panels

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.errors import InputError, ParameterError, UnknownNameError
from disca_nb.kernels import Landscape, cell_landscape, disca_correction
from disca_nb.kernels.landscape import AT_VOICE, FLOORED, ZERO_GAIN

PANEL: tuple[float, list[float]] = (1.0, [-0.5, 0.0, 0.25, 0.75])
COUNT = 6 if JIT_DISABLED else 40
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "constant width": {"sigma": 0.3},
    "floor": {"floor": 0.5},
    "sharp weights": {"eta": 0.05},
    "flat weights": {"eta": 5.0},
    "no consensus": {"lam": 0.0},
    "consensus alone": {"lam": 1.0},
    "square roots": {"alpha": 0.5},
    "straight lines": {"alpha": 1.0, "kappa": 1.0},
    "no losses": {"kappa": 0.0},
    "everything": {"lam": 0.2, "eta": 0.2, "alpha": 0.4, "kappa": 4.0, "floor": 1.0},
}


def ess_ratio(cell: Landscape, width: float) -> float:
    """Return one over the mean of the squared weights, over the proposal's density."""
    there = cell.node_density > 0.0
    x, weights, density = (
        cell.node[there] / width,
        cell.node_weight[there],
        cell.node_density[there],
    )
    log_proposal = -0.5 * x**2 - math.log(math.sqrt(2.0 * math.pi) * width)
    with np.errstate(over="ignore"):
        squares = np.sum(weights * np.exp(2.0 * np.log(density) - log_proposal))
    return min(1.0, float(1.0 / squares))


def drawn(name: str, **options: Any) -> Landscape:  # noqa: ANN401 - passed on as they are
    base, personas = PANEL
    return cell_landscape(base, personas, **SETTINGS[name], **options)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("tol", [1e-5, 1e-7])
def test_nodes_are_those_of_the_quadrature(name: str, tol: float) -> None:
    # To rounding: nodes laid in any other way would differ by about the tolerance.
    for base, personas in random_panels(COUNT, list(SETTINGS).index(name)):
        cell = cell_landscape(base, personas, tol=tol, rho=0.0, **SETTINGS[name])
        width = float(cell.result.sigma)
        assert abs(cell.mean - cell.result.pass_correction[0]) <= 1e-10 * width
        assert ess_ratio(cell, width) == pytest.approx(cell.result.ess[0], rel=1e-9, abs=1e-200)


def test_nodes_of_far_gaps_are_those_of_the_quadrature() -> None:
    sharp: dict[str, Any] = {"sigma": 1.0, "eta": 0.02, "lam": 0.0, "kappa": 5.0}
    cell = cell_landscape(160.0, [-320.0, 320.0], rho=0.0, **sharp)
    assert abs(cell.mean - cell.result.pass_correction[0]) <= 1e-8
    assert cell.node.max() > 35.0


@pytest.mark.parametrize("name", SETTINGS)
def test_weights_integrate_to_one_around_the_twin_s_limit(name: str) -> None:
    for base, personas in random_panels(COUNT, list(SETTINGS).index(name)):
        cell = cell_landscape(base, personas, **SETTINGS[name])
        twin = limit_twin(base, personas, **SETTINGS[name])
        assert np.sum(cell.node_weight * cell.node_density) == pytest.approx(1.0, abs=1e-12)
        assert abs(cell.mean - twin.correction) <= 1e-7 * twin.width


@pytest.mark.parametrize("name", SETTINGS)
def test_utility_and_values_are_the_twin_s(name: str) -> None:
    for base, personas in random_panels(COUNT, list(SETTINGS).index(name)):
        cell = cell_landscape(base, personas, n_points=101, **SETTINGS[name])
        setting = Setting(**SETTINGS[name])
        expected = setting.eta * setting.log_weight(cell.candidate, base, personas)
        reach = abs(base) + np.abs(personas).max() + np.abs(cell.candidate).max()
        scale = max(1.0, reach / float(cell.result.sigma))
        # Where a gain is zero but for rounding, its power is much larger than the rounding.
        rounding = 10.0 * (1e-14 * scale) ** setting.alpha
        np.testing.assert_allclose(cell.utility, expected, rtol=0.0, atol=rounding)
        mixed = (1.0 - setting.lam) * cell.persona_value.mean(axis=0)
        mixed += setting.lam * cell.consensus_value
        np.testing.assert_allclose(mixed, cell.utility, rtol=0.0, atol=1e-12 * scale)
        assert cell.persona_value.shape == (len(personas), 101)


@pytest.mark.parametrize("name", ["defaults", "floor", "flat weights"])
def test_the_drawn_range_holds_the_weights(name: str) -> None:
    cell = drawn(name, n_points=20_001)
    assert np.trapezoid(cell.weight, cell.candidate) == pytest.approx(1.0, abs=1e-4)
    assert np.trapezoid(cell.proposal, cell.candidate) == pytest.approx(1.0, abs=1e-4)
    mean = np.trapezoid(cell.weight * cell.candidate, cell.candidate)
    assert mean == pytest.approx(cell.mean, abs=1e-4)
    width = float(cell.result.sigma)
    assert cell.candidate[0] <= -4.0 * width
    assert cell.candidate[-1] >= 4.0 * width


def test_the_drawn_range_holds_voices_that_are_near_and_not_those_far_off() -> None:
    near = cell_landscape(1.5, [-0.3, 0.3], sigma=0.3)
    assert near.candidate[-1] == pytest.approx(1.5 + 0.15)
    far = cell_landscape(150.0, [-0.3, 0.3], sigma=0.3)
    assert far.candidate[-1] < 3.0


def test_candidates_rise_and_kinks_are_among_them() -> None:
    for base, personas in random_panels(COUNT, 3):
        cell = cell_landscape(base, personas)
        assert cell.candidate.size == 401
        assert (np.diff(cell.candidate) > 0.0).all()
    cell = drawn("defaults")
    inside = cell.kinks.place[cell.kinks.place > cell.candidate[0]]
    assert inside.size == 10
    assert np.abs(inside[:, None] - cell.candidate).min(axis=1).max() < 1e-12


def test_a_panel_of_n_has_two_n_and_three_kinks() -> None:
    kinks = drawn("defaults").kinks
    assert len(kinks.place) == 2 * 4 + 3
    assert (np.diff(kinks.place) >= 0.0).all()
    base, personas = PANEL[0], np.array(PANEL[1])
    mean = personas.mean()
    at = {(kind, voice): place for place, kind, voice in zip(*kinks, strict=True)}
    assert at[AT_VOICE, 0] == 0.0
    assert at[ZERO_GAIN, -1] == pytest.approx(base - mean)
    assert at[ZERO_GAIN, 0] == pytest.approx(mean - base)
    for i, gap in enumerate(personas, start=1):
        assert at[AT_VOICE, i] == pytest.approx(gap - mean)
        assert at[ZERO_GAIN, i] == pytest.approx(2.0 * gap - mean - base)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_slope_jumps_at_kinks_and_nowhere_else(name: str) -> None:
    base, personas = PANEL[0], np.array(PANEL[1])
    setting = Setting(**SETTINGS[name])
    places = np.unique(drawn(name).kinks.place.round(12))
    step = 1e-7

    def jumps(at: Floats) -> Floats:
        left, here, right = (
            setting.eta * setting.log_weight(at + shift, base, personas)
            for shift in (-step, 0.0, step)
        )
        return np.abs(left + right - 2.0 * here) / step

    between = np.array([(a + b) / 2.0 for a, b in itertools.pairwise(places)])
    assert jumps(places).min() > 0.01
    assert jumps(between).max() < 0.001


def test_a_floor_adds_two_kinks_to_each_persona() -> None:
    kinks = drawn("floor").kinks
    assert np.count_nonzero(kinks.kind == FLOORED) == 2 * 4
    assert 0 not in kinks.voice[kinks.kind == FLOORED]


# Compiled kernels keep it to themselves, uncompiled ones do not.
@pytest.mark.filterwarnings("ignore:overflow encountered in scalar power:RuntimeWarning")
@pytest.mark.parametrize("options", [{"floor": 1e200, "alpha": 0.2}, {"floor": 0.0, "kappa": 0.0}])
def test_a_floor_that_is_never_met_adds_none(options: dict[str, Any]) -> None:
    assert FLOORED not in cell_landscape(*PANEL, **options).kinks.kind


def test_voices_without_weight_have_no_kinks() -> None:
    assert set(drawn("no consensus").kinks.voice) == {-1, 1, 2, 3, 4}
    assert set(drawn("consensus alone").kinks.voice) == {-1, 0}


def test_the_result_is_that_of_the_kernel() -> None:
    options: dict[str, Any] = {"eta": 0.3, "gate_scale": 0.01, "n_passes": 3, "n_samples": 16}
    cell = cell_landscape(*PANEL, tol=1e-6, **options)
    kernel = disca_correction(*PANEL, method="quadrature", tol=1e-6, **options)
    for ours, theirs in zip(cell.result, kernel, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_below_rho_the_limit_is_silent_and_the_weights_are_not() -> None:
    cell = cell_landscape(*PANEL, eta=0.02, rho=0.5)
    assert cell.result.pass_correction[0] == 0.0
    assert cell.mean > 0.0


@pytest.mark.parametrize("gaps", [(math.nan, [0.0, 1.0]), (0.0, [math.inf, 1.0]), (1e200, [0.0])])
def test_gaps_that_no_cell_can_have_are_refused(gaps: tuple[float, list[float]]) -> None:
    with pytest.raises(InputError, match="not finite or too far apart; give another cell"):
        cell_landscape(*gaps)


def test_several_cells_are_refused() -> None:
    with pytest.raises(InputError, match=r"persona_gaps \(2, 3\) are of several cells"):
        cell_landscape(0.0, np.zeros((2, 3)))
    with pytest.raises(ParameterError, match="Parameter eta is an array"):
        cell_landscape(*PANEL, eta=[0.2, 0.5])


@pytest.mark.parametrize("n_points", [2, 100_002, 10.0, True])
def test_other_numbers_of_points_are_refused(n_points: Any) -> None:  # noqa: ANN401
    with pytest.raises(ParameterError, match=f"n_points is {n_points!r}; .* from 3 to 100001"):
        cell_landscape(*PANEL, n_points=n_points)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown parameter 'seed'"):
        cell_landscape(*PANEL, seed=1)
    with pytest.raises(ParameterError, match="tol is 2"):
        cell_landscape(*PANEL, tol=2)
