"""Gaps of any size: a right number or NaN, under both methods, and soon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference import Floats

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import disca_correction
from disca_nb.kernels.correction import METHODS, Method

PERSONAS = np.array([-0.5, 0.0, 0.25, 0.75])
POWERS = np.arange(0, 309, 44 if JIT_DISABLED else 1)
each_method = pytest.mark.parametrize("method", METHODS)


def panels(kind: str, powers: Any) -> tuple[Floats, Floats]:  # noqa: ANN401
    """Return base and personas of which one, or both, are powers of ten from the other."""
    scale = 10.0 ** np.asarray(powers, dtype=np.float64)
    wide = scale[..., None] * PERSONAS
    if kind == "base":
        return scale, np.broadcast_to(PERSONAS, wide.shape)
    return scale, wide if kind == "all" else -wide - scale[..., None]


@each_method
@pytest.mark.parametrize("sigma", ["adaptive", 1.0])
@pytest.mark.parametrize("kind", ["base", "all", "opposite"])
def test_gaps_of_any_size_give_finite_numbers_or_nan(
    kind: str,
    sigma: Any,  # noqa: ANN401
    method: Method,
) -> None:
    base, personas = panels(kind, POWERS)
    # An adaptive width grows with the personas, so that only their size ends it.
    end = 150 if kind != "base" and sigma == "adaptive" else 12
    near = np.less(POWERS, end)
    for field in disca_correction(base, personas, method=method, sigma=sigma):
        values = field.reshape(base.size, -1)
        assert np.isfinite(values[near]).all()
        assert np.isnan(values[~near]).all()


@each_method
@pytest.mark.parametrize("gaps", [(1e306, [1.7e308, -1.7e308]), (-1.7e308, [1.7e308, 0.0])])
def test_differences_that_overflow_are_nan(gaps: Any, method: Method) -> None:  # noqa: ANN401
    for values in disca_correction(*gaps, method=method):
        assert np.isnan(values).all()


def far_limit(base: float) -> float:
    """Return the limit for a base far above all candidates, in widths.

    Utilities are taken from that of the consensus on, so that nothing of their size is lost.
    """
    mean, width = PERSONAS.mean(), PERSONAS.std(ddof=1)
    x = np.linspace(-10.0, 10.0, 80_001)
    rise = np.zeros(x.size)
    for place, weight in [(0.0, 0.7), *((p, 0.075) for p in (PERSONAS - mean) / width)]:
        reach = (base - mean) / width - place
        farther = np.log1p(-np.abs(x - place) / reach) - np.log1p(-np.abs(place) / reach)
        start = (reach - np.abs(place)) ** 0.88
        rise += weight * start * np.expm1(0.88 * farther)
    density = np.exp(rise / 0.5 - x**2 / 2.0)
    return float(np.sum(density * x) / np.sum(density))


@pytest.mark.parametrize("power", [2, 5, 8, 11])
def test_a_base_far_away_gives_the_right_limit(power: int) -> None:
    width, expected = PERSONAS.std(ddof=1), far_limit(10.0**power)
    result = disca_correction(10.0**power, PERSONAS, method="quadrature")
    error = abs(result.pass_correction[0] / width - expected)
    assert error <= max(1e-7, 1e-16 * 10.0**power)
    passes = disca_correction(10.0**power, PERSONAS, n_passes=256).pass_correction / width
    assert abs(passes.mean() - expected) <= 4.0 * passes.std() / 16.0


@pytest.mark.compiled
@pytest.mark.parametrize("power", [5, 8, 11])
def test_the_steepest_utility_needs_no_more_room_for_farther_gaps(power: int) -> None:
    # Near the consensus the utility is a line: the farthest persona is lost, two others are behind.
    steep: dict[str, Any] = {"alpha": 1.0, "kappa": 100.0, "eta": 0.01, "sigma": 1.0}
    base, personas = panels("all", power)
    result = disca_correction(base, personas, method="quadrature", rho=0.0, **steep)
    slope = 0.075 * (100.0 + 1.0 - 1.0 - 1.0) - 0.7
    assert result.pass_correction[0] == pytest.approx(slope / 0.01, rel=1e-6)
