"""What a contestant's arrays must show before their times count.

Contestants draw their own random numbers, so their passes are compared with the quadrature's
limit and variance: over all cells the standardised difference has a mean near 0 and a standard
deviation near 1 (within 0.06, and 0.96 to 1.06), and two passes are uncorrelated.
"""

from __future__ import annotations

import numpy as np

from benchmarks.panels import Panel
from benchmarks.rivals import GATE_SCALE, Outcome
from disca_nb.kernels import disca_correction

__all__ = ["check_limit", "check_passes"]

_EXACT = 1e-11


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
    assert abs(ess) <= 0.03, ess
    return {"mean": mean, "deviation": deviation, "correlation": correlation, "ess": ess}


def check_limit(panel: Panel, outcome: Outcome, tol: float) -> dict[str, float]:
    """Assert that quadrature keeps its tolerance and return the largest error, in widths."""
    limit = disca_correction(panel.base, panel.personas, method="quadrature", tol=_EXACT)
    errors = np.abs(outcome.pass_correction[:, 0] - limit.pass_correction[:, 0]) / limit.sigma
    worst = float(np.max(errors))
    assert worst <= tol, worst
    np.testing.assert_allclose(outcome.correction, limit.correction, atol=10.0 * tol)
    return {"worst": worst}
