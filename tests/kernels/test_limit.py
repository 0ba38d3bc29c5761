"""The limit of a pass, against tanh-sinh quadrature, arbitrary precision and simulation."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import reference

from disca_nb import kernels
from disca_nb._accelerate import JIT_DISABLED

Panel = tuple[float, np.ndarray[Any, np.dtype[np.float64]]]
N_PANELS = 25 if JIT_DISABLED else 500
# How far the error may go beyond the tolerance through rounding alone, in search widths.
ROUNDING = 2e-13


def _panels(n: int, *, wide: float = 1.0) -> list[Panel]:
    """Return panels of 1 to 16 personas, most of them with points that coincide."""
    rng = np.random.default_rng(20260510)
    panels = []
    for i in range(n):
        gaps = rng.normal(0.0, wide * rng.choice([0.3, 1.0, 3.0]), rng.integers(1, 17))
        gaps = np.round(gaps, int(rng.integers(0, 5)))
        candidates = [rng.normal(0.0, 3.0), gaps[0], gaps.mean(), round(rng.normal(0.0, 3.0)), 0.0]
        panels.append((float(candidates[i % 5]), gaps))
    return panels


def _errors(panels: list[Panel], tol: float, **parameters: Any) -> list[tuple[float, ...]]:  # noqa: ANN401
    """Return the error of limit (in widths), variance and ESS (relative) of every panel."""
    errors: list[tuple[float, ...]] = []
    for base, gaps in panels:
        got = kernels.disca_correction(base, gaps, method="quadrature", tol=tol, **parameters)
        twin = reference.limit_twin(base, gaps, **{"rho": 0.0} | parameters)
        errors.append(
            (
                abs(float(got.pass_correction[0]) - twin.correction) / twin.width,
                abs(float(got.pass_variance) / twin.variance - 1.0),
                abs(float(got.ess[0]) / twin.ess - 1.0),
            )
        )
    return errors


@pytest.mark.parametrize("tol", [1e-5, 1e-7, 1e-9, 1e-11])
def test_limit_holds_its_tolerance(tol: float) -> None:
    limit, variance, ess = np.max(_errors(_panels(N_PANELS), tol, rho=0.0), axis=0)
    assert limit <= tol + ROUNDING
    # Variance and ESS are no part of the promise, but follow it closely.
    assert max(variance, ess) <= 100.0 * tol + 1e-10


def test_a_tighter_tolerance_is_needed_for_a_tighter_result() -> None:
    coarse = np.max(_errors(_panels(N_PANELS), 1e-5, rho=0.0), axis=0)[0]
    assert coarse > 1e-9


@pytest.mark.parametrize(
    "parameters",
    [
        {"floor": 0.0},
        {"floor": 0.7},
        {"floor": 3.0, "kappa": 1.0},
        {"sigma": 0.3},
        {"sigma": 2.0},
        {"lam": 0.0},
        {"lam": 1.0},
        {"eta": 0.05},
        {"eta": 5.0},
        {"alpha": 0.5},
        {"alpha": 1.0},
        {"kappa": 0.0},
        {"kappa": 5.0},
        {"kappa": 5.0, "eta": 0.2, "lam": 0.3},
    ],
    ids=str,
)
@pytest.mark.parametrize("tol", [1e-7, 1e-11])
def test_limit_holds_its_tolerance_for_other_parameters(
    parameters: dict[str, float], tol: float
) -> None:
    panels = _panels(N_PANELS // 10)
    assert np.max(_errors(panels, tol, rho=0.0, **parameters), axis=0)[0] <= tol + ROUNDING


def test_limit_holds_for_personas_far_beyond_the_search_width() -> None:
    panels = _panels(N_PANELS // 10, wide=10.0)
    assert np.max(_errors(panels, 1e-7, rho=0.0, sigma=0.3), axis=0)[0] <= 1e-7


@pytest.mark.parametrize(
    "panel", [(1.0, [-0.5, 0.0, 0.25, 0.75]), (0.0, [0.0, 1.0, 1.0]), (2.0, [1.5])]
)
def test_the_twin_agrees_with_thirty_digits(panel: tuple[float, list[float]]) -> None:
    base, gaps = panel
    twin = reference.limit_twin(base, gaps)
    with mpmath.workdps(30):
        center = mpmath.fsum(gaps) / len(gaps)
        width = mpmath.mpf(twin.width)
        b, p = (base - center) / width, [(g - center) / width for g in gaps]

        def weight(x: mpmath.mpf) -> mpmath.mpf:
            def value(gain: mpmath.mpf) -> mpmath.mpf:
                size = abs(gain) ** mpmath.mpf(0.88)
                return size if gain >= 0 else mpmath.mpf(-2.25) * size

            own = mpmath.fsum(value(abs(b - q) - abs(x - q)) for q in p) / len(p)
            shared = value(abs(b) - abs(x))
            utility = mpmath.mpf(0.3) * own + mpmath.mpf(0.7) * shared
            return mpmath.exp(utility / mpmath.mpf(0.5) - x * x / 2)

        points = sorted({-mpmath.mpf(12), 0, b, -b, *p, *(2 * q - b for q in p), mpmath.mpf(12)})
        mass = mpmath.quad(weight, points)
        moment = mpmath.quad(lambda x: x * weight(x), points)
        assert abs(twin.correction - float(width * moment / mass)) < 1e-13 * twin.width


def test_variance_reliability_and_ess_agree_with_simulated_passes() -> None:
    n = 200 if JIT_DISABLED else 20_000
    for base, gaps in [(1.0, [-0.5, 0.0, 0.25, 0.75]), (-2.0, [0.0, 3.0]), (0.5, [0.4])]:
        keys = np.arange(n, dtype=np.uint64)
        personas = np.broadcast_to(np.array(gaps), (n, len(gaps)))
        passes = kernels.disca_correction(np.full(n, base), personas, keys=keys)
        limit = kernels.disca_correction(base, gaps, method="quadrature")
        drawn = passes.pass_correction.ravel()
        # A ratio of sums of 64 terms is biased by a share of 1/64 of its variance.
        bias = 0.2 * float(np.sqrt(limit.pass_variance)) / math.sqrt(64)
        error = 4.0 * drawn.std() / math.sqrt(drawn.size)
        assert abs(drawn.mean() - limit.pass_correction[0]) < error + bias
        share = 4.0 * math.sqrt(2.0 / drawn.size)
        assert abs(drawn.var() / limit.pass_variance - 1.0) < share + 0.06
        spread = 4.0 * passes.reliability.std() / math.sqrt(n)
        assert abs(passes.reliability.mean() - limit.reliability) < spread + 0.01
        assert abs(passes.ess.mean() - limit.ess[0]) < 0.02


def test_a_collapsed_limit_gives_no_correction() -> None:
    panel = (4.0, [0.0, 1.0, 2.0])
    free = kernels.disca_correction(*panel, method="quadrature", eta=0.05, rho=0.0)
    ratio = float(free.ess[0])
    assert free.correction != 0.0
    held = kernels.disca_correction(*panel, method="quadrature", eta=0.05, rho=ratio * 1.01)
    assert held.correction == 0.0
    assert held.pass_variance == 0.0
    assert held.reliability == 1.0


def test_both_directions_are_mirror_images() -> None:
    one = kernels.disca_correction(1.0, [-0.5, 0.0, 0.25, 0.75], method="quadrature", tol=1e-11)
    other = kernels.disca_correction(-1.0, [0.5, 0.0, -0.25, -0.75], method="quadrature", tol=1e-11)
    assert one.correction == pytest.approx(-other.correction, abs=1e-12)


def test_more_passes_follow_the_chi_square_of_their_variance() -> None:
    correction, reliability = kernels.expected_gate(0.2, 0.01, 0.04, n_passes=5)
    draws = 0.01 * np.random.default_rng(0).chisquare(4, 200_000) / 4.0
    assert reliability == pytest.approx(np.exp(-2.0 * draws / 0.04).mean(), abs=0.002)
    assert correction == pytest.approx(0.2 * reliability)
