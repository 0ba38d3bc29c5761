"""The quadrature against an independent twin, a closed form and the method's symmetries."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest
from reference import Floats, Limit, limit_twin, random_panels
from scipy import special

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import PARAMETERS, Correction, disca_correction

TOLERANCES = [1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-12]
MANY, FEW = (24, 6) if JIT_DISABLED else (500, 25)
# Name of the setting: number of panels, their spread where it is not random, parameters.
SETTINGS: dict[str, tuple[int, float | None, dict[str, float]]] = {
    "defaults": (MANY, None, {}),
    "floor of one half": (MANY, None, {"floor": 0.5}),
    "constant width": (MANY, None, {"sigma": 0.3}),
    "floor of zero": (FEW, None, {"floor": 0.0}),
    "floor of three": (FEW, None, {"floor": 3.0}),
    "wide panels": (FEW, 6.0, {"sigma": 0.3}),
    "no consensus": (FEW, None, {"lam": 0.0}),
    "some consensus": (FEW, None, {"lam": 0.3}),
    "consensus alone": (FEW, None, {"lam": 1.0}),
    "sharp weights": (FEW, None, {"eta": 0.05}),
    "flat weights": (FEW, None, {"eta": 5.0}),
    "square roots": (FEW, None, {"alpha": 0.5}),
    "linear values": (FEW, None, {"alpha": 1.0}),
    "fifth roots": (FEW, None, {"alpha": 0.2}),
    "no losses": (FEW, None, {"kappa": 0.0}),
    "losses like gains": (FEW, None, {"kappa": 1.0}),
    "strong losses": (FEW, None, {"kappa": 5.0}),
    "everything": (FEW, None, {"lam": 0.2, "eta": 0.2, "alpha": 0.4, "kappa": 4.0, "floor": 1.0}),
}


def integrate(base: float, personas: Floats, **options: Any) -> Correction:  # noqa: ANN401
    return disca_correction(base, personas, method="quadrature", rho=0.0, **options)


@functools.cache
def cases(name: str) -> list[tuple[float, Floats, Limit]]:
    """Return the panels of a setting and what the twin makes of them."""
    count, spread, parameters = SETTINGS[name]
    panels = random_panels(count, list(SETTINGS).index(name), spread)
    return [(base, panel, limit_twin(base, panel, **parameters)) for base, panel in panels]


@pytest.mark.parametrize("tol", TOLERANCES)
@pytest.mark.parametrize("name", SETTINGS)
def test_the_limit_is_within_tol_of_the_twin(name: str, tol: float) -> None:
    parameters = SETTINGS[name][2]
    for base, personas, twin in cases(name):
        result = integrate(base, personas, tol=tol, **parameters)
        assert abs(result.pass_correction[0] - twin.correction) <= tol * twin.width


@pytest.mark.parametrize("name", SETTINGS)
def test_variance_ess_and_width_are_the_twin_s(name: str) -> None:
    parameters = SETTINGS[name][2]
    for base, personas, twin in cases(name):
        result = integrate(base, personas, **parameters)
        assert result.pass_variance == pytest.approx(twin.variance, rel=1e-5)
        assert result.ess == pytest.approx(twin.ess, rel=1e-5)
        assert result.sigma == pytest.approx(twin.width, rel=1e-14)


@pytest.mark.parametrize("eta", [0.1, 0.5, 2.0])
def test_one_persona_with_linear_values_has_a_closed_form(eta: float) -> None:
    # Gains and losses alike, w = exp(-|z| / eta) up to a factor: its moments are erfcx functions.
    linear: dict[str, Any] = {"alpha": 1.0, "kappa": 1.0, "eta": eta, "sigma": 0.5, "n_samples": 10}
    result = integrate(0.75, np.array([0.25]), tol=1e-11, **linear)
    mass = special.erfcx(1.0 / eta / math.sqrt(2.0))
    slope = 2.0 / eta
    mass_squared = special.erfcx(slope / math.sqrt(2.0))
    second = (1.0 + slope**2) * mass_squared - slope * math.sqrt(2.0 / math.pi)
    assert result.pass_correction == pytest.approx(0.0, abs=1e-14)
    assert result.ess == pytest.approx(mass**2 / mass_squared, rel=1e-10)
    assert result.pass_variance == pytest.approx(0.25 * second / mass**2 / 10.0, rel=1e-10)


def test_far_tails_count_beside_a_narrow_peak() -> None:
    # Nearly all mass is in a cusp at the base, and the floor keeps the tails flat.
    parameters = {"alpha": 0.32, "kappa": 28.8, "eta": 0.04, "lam": 0.0, "floor": 3.3, "sigma": 0.6}
    personas = np.array([-0.2, 1.52])
    twin = limit_twin(-0.02, personas, **parameters)
    result = integrate(-0.02, personas, tol=1e-9, **parameters)
    assert abs(result.pass_correction[0] - twin.correction) <= 1e-9 * twin.width


def test_a_steep_cusp_gets_more_nodes() -> None:
    # Between base and floor the weight falls by exp(-20) within a fiftieth of a search width.
    parameters = {"eta": 0.025, "alpha": 0.62, "kappa": 70.0, "lam": 0.0, "floor": 1.0}
    personas = np.array([-1.0, 1.2])
    twin = limit_twin(0.05, personas, sigma=3.0, **parameters)
    result = integrate(0.05, personas, sigma=3.0, **parameters)
    assert abs(result.pass_correction[0] - twin.correction) <= 1e-7 * twin.width


def test_a_maximum_far_above_all_break_points_does_not_overflow() -> None:
    parameters = {"sigma": 1.0, "eta": 0.02, "lam": 0.0, "kappa": 5.0}
    personas = np.array([-320.0, 320.0])
    twin = limit_twin(160.0, personas, step=0.25, **parameters)
    result = integrate(160.0, personas, **parameters)
    assert abs(result.pass_correction[0] - twin.correction) <= 1e-7
    # The ESS ratio underflows: no number of samples is enough.
    found = [float(x) for x in (result.ess[0], result.pass_variance, result.correction)]
    assert found == [0.0, math.inf, 0.0]
    # Unless the gate is off.
    ungated = integrate(160.0, personas, gate_scale=math.inf, **parameters)
    assert ungated.reliability == 1.0
    assert ungated.correction == result.pass_correction[0]


@pytest.mark.parametrize("tol", [1e-12, 1e-5])
def test_no_ess_ratio_is_above_one(tol: float) -> None:
    # All weights are nearly equal.
    rng = np.random.default_rng(0)
    base, personas = rng.normal(size=MANY), rng.normal(size=(MANY, 4))
    for flat in ({"alpha": 0.2, "sigma": 0.3}, {"kappa": 0.0, "alpha": 1.0, "sigma": 0.3}):
        ess = integrate(base, personas, tol=tol, eta=1e6, **flat).ess  # type: ignore[arg-type]
        assert ess.max() <= 1.0
        assert ess.min() > 0.9999


@pytest.mark.parametrize(
    ("scale", "expected"),
    # Personas -1, -0.2, 0.3 and 0.9 and base 0.5 times the scale, in 50 digits.
    [(1e2, 0.13777103677781093), (1e6, 0.06665731722700677), (1e10, 0.025216935081295554)],
)
def test_far_gaps_round_as_documented(scale: float, expected: float) -> None:
    panel = scale * np.array([-1.0, -0.2, 0.3, 0.9])
    for tol in (1e-7, 1e-12):
        result = integrate(scale * 0.5, panel, sigma=1.0, tol=tol)
        assert abs(result.pass_correction[0] - expected) <= max(tol, 1e-16 * scale)


def test_moving_all_gaps_together_changes_nothing() -> None:
    personas = np.array([-0.5, 0.0, 0.25, 0.75])
    for here, there in zip(integrate(1.0, personas), integrate(9.0, personas + 8.0), strict=True):
        assert there == pytest.approx(here, rel=1e-13)


def test_exchanging_the_options_changes_the_sign() -> None:
    personas = np.array([-0.5, 0.0, 0.25, 0.75])
    here, there = integrate(1.0, personas, tol=1e-11), integrate(-1.0, -personas, tol=1e-11)
    assert here.correction > 0.01
    assert there.correction == pytest.approx(-here.correction, rel=1e-12)
    assert there.pass_variance == pytest.approx(here.pass_variance, rel=1e-12)


def test_scaling_gaps_and_width_scales_the_limit() -> None:
    personas = np.array([-0.5, 0.0, 0.25, 0.75])
    here = integrate(1.0, personas, sigma=0.5)
    there = integrate(4.0, 4.0 * personas, sigma=2.0)
    assert there.pass_correction == pytest.approx(4.0 * here.pass_correction, rel=1e-14)
    assert there.pass_variance == pytest.approx(16.0 * here.pass_variance, rel=1e-14)
    assert there.ess == pytest.approx(here.ess, rel=1e-14)


def test_a_panel_around_its_base_is_not_moved() -> None:
    result = integrate(0.5, np.array([-0.5, 0.25, 0.75, 1.5]), tol=1e-9)
    assert result.correction == pytest.approx(0.0, abs=1e-15)


def test_an_ess_ratio_below_rho_gives_no_correction_and_full_reliability() -> None:
    panel: list[Any] = [1.0, [-0.5, 0.0, 0.25, 0.75]]
    below = disca_correction(*panel, method="quadrature", eta=0.02, rho=0.5)
    above = disca_correction(*panel, method="quadrature", eta=0.02, rho=0.01)
    assert 0.01 < below.ess[0] < 0.5
    assert below.ess == pytest.approx(above.ess)
    found = [float(x) for x in (below.correction, below.pass_variance, below.reliability)]
    assert found == [0.0, 0.0, 1.0]
    assert above.correction > 0.0


def test_more_samples_and_passes_change_only_what_they_should() -> None:
    personas = np.array([-0.5, 0.0, 0.25, 0.75])
    few, many = integrate(1.0, personas), integrate(1.0, personas, n_samples=256, n_passes=5)
    assert many.ess.shape == many.pass_correction.shape == (5,)
    assert many.pass_correction == pytest.approx(few.pass_correction[0], rel=1e-15)
    assert many.pass_variance == pytest.approx(few.pass_variance / 4.0, rel=1e-15)
    ratio = float(many.pass_variance) / 0.04
    assert many.reliability == pytest.approx((1.0 + ratio) ** -2.0, rel=1e-14)


@pytest.mark.parametrize("name", ["lam", "eta", "alpha", "kappa", "sigma", "sigma_floor", "floor"])
def test_the_ends_of_every_range_are_usable(name: str) -> None:
    parameter = PARAMETERS[name]
    for end in (parameter.low * 1.001 if parameter.low_open else parameter.low, parameter.high):
        parameters = {} if math.isinf(end) else {name: end}
        twin = limit_twin(1.0, [-0.5, 0.0, 0.25, 0.75], **parameters)
        result = integrate(1.0, np.array([-0.5, 0.0, 0.25, 0.75]), **parameters)
        assert abs(result.pass_correction[0] - twin.correction) <= 1e-7 * twin.width
