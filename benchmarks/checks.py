"""What a contestant's arrays must show before their times count.

Contestants draw their own random numbers, so their passes are compared with the quadrature's
limit and variance: over all cells the standardised difference has a mean near 0 and a standard
deviation near 1 (within 0.06, and 0.96 to 1.06), and two passes are uncorrelated. All bounds
widen to 4 / sqrt(cells) where that is wider: 0.06 below 4,444 cells and 0.04 below 10,000.
"""

from __future__ import annotations

import numpy as np

from benchmarks.panels import Panel
from benchmarks.rivals import GATE_SCALE, Outcome
from disca_nb.kernels import disca_correction

__all__ = ["check_limit", "check_passes"]

_EXACT = 1e-11
# Samples are few, so that the mean ESS ratio of a pass is a little above its limit.
_ESS_BIAS, _RELIABILITY_BIAS = 0.03, 0.01


def check_passes(panel: Panel, outcome: Outcome) -> dict[str, float]:
    """Assert that random passes are right and return the figures that were looked at."""
    limit = disca_correction(panel.base, panel.personas, method="quadrature", tol=_EXACT)
    passes = outcome.pass_correction
    scaled = (passes - limit.pass_correction) / np.sqrt(limit.pass_variance).reshape(-1, 1)
    mean, deviation = float(scaled.mean()), float(scaled.std())
    correlation = float(np.mean(np.prod(scaled - mean, axis=1))) / deviation**2
    noise = 4.0 / np.sqrt(panel.base.size)
    assert abs(mean) <= max(0.06, noise), mean
    assert min(0.96, 1.0 - noise) <= deviation <= max(1.06, 1.0 + noise), deviation
    assert abs(correlation) <= noise, correlation
    np.testing.assert_allclose(outcome.sigma, limit.sigma, rtol=1e-12)
    difference = np.diff(passes, axis=1)[:, 0]
    reliability = np.exp(-(difference**2) / GATE_SCALE)
    np.testing.assert_allclose(outcome.reliability, reliability, rtol=1e-9, atol=1e-300)
    correction = reliability * passes.mean(axis=1)
    np.testing.assert_allclose(outcome.correction, correction, rtol=1e-9, atol=1e-12)
    ess = float(np.mean(outcome.ess - limit.ess))
    assert abs(ess) <= _ESS_BIAS, ess
    return {"mean": mean, "deviation": deviation, "correlation": correlation, "ess": ess}


def check_limit(panel: Panel, outcome: Outcome, tol: float) -> dict[str, float]:
    """Assert that quadrature keeps its tolerance and return the largest error, in widths.

    The comparison is with the same quadrature at a tighter tolerance: what both have wrong shows
    only in the means of ESS ratio and reliability, which are compared with random passes, and in
    the package's own tests, which have another integrator.
    """
    limit = disca_correction(panel.base, panel.personas, method="quadrature", tol=_EXACT)
    errors = np.abs(outcome.pass_correction[:, 0] - limit.pass_correction[:, 0]) / limit.sigma
    worst = float(np.max(errors))
    assert worst <= tol, worst
    np.testing.assert_allclose(outcome.correction, limit.correction, atol=10.0 * tol)
    passes = disca_correction(panel.base, panel.personas, keys=panel.keys)
    ess = float(np.mean(passes.ess - outcome.ess))
    assert abs(ess) <= _ESS_BIAS, ess
    reliability = float(np.mean(passes.reliability - outcome.reliability))
    # Single differences have a standard deviation of 0.12, and 4 errors of their mean are allowed.
    assert abs(reliability) <= max(_RELIABILITY_BIAS, 0.48 / np.sqrt(panel.base.size)), reliability
    return {"worst": worst, "ess": ess, "reliability": reliability}
