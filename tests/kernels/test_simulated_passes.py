"""What the quadrature says of random passes, against many random passes.

A pass of K samples is a ratio of sums, and the quadrature gives its leading terms. The share that
they leave out is of the order of one over the effective sample size, K times the ESS ratio: up to
1.6 of it for the variance and 0.43 for the ESS ratio of the panels below. The tests allow 2 and
0.5, beside four standard errors of the simulation.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from disca_nb._accelerate import JIT_DISABLED
from disca_nb.kernels import disca_correction

N = 300 if JIT_DISABLED else 20_000
PANELS: list[tuple[float, list[float], dict[str, float]]] = [
    (1.0, [-0.5, 0.0, 0.25, 0.75], {}),
    (-2.0, [0.0, 3.0], {}),
    (0.5, [0.4], {}),
    (0.0, [0.0, 0.0, 0.0, 0.0], {}),
    (1.0, [-1.0, 0.0, 2.0, 2.5, 3.0], {"floor": 0.5}),
    (0.4, [-0.3, 0.6, 1.0], {"lam": 0.0, "sigma": 0.3}),
    (1.0, [-2.0, 0.5, 2.0], {"eta": 0.2}),
]
CASES = [(64, *panel) for panel in PANELS] + [(256, *PANELS[3]), (256, *PANELS[6])]


@pytest.mark.parametrize(("n_samples", "base", "gaps", "parameters"), CASES)
def test_simulated_passes_vary_as_the_quadrature_says(
    n_samples: int, base: float, gaps: list[float], parameters: dict[str, float]
) -> None:
    options: dict[str, Any] = {"rho": 0.0, "n_samples": n_samples, **parameters}
    limit = disca_correction(base, gaps, method="quadrature", **options)
    personas = np.broadcast_to(np.array(gaps), (N, len(gaps)))
    drawn = disca_correction(np.full(N, base), personas, keys=np.arange(N), **options)
    passes = drawn.pass_correction.ravel()
    bias = 1.0 / (n_samples * float(limit.ess[0]))
    deviation = math.sqrt(float(limit.pass_variance))

    error = 4.0 * deviation / math.sqrt(passes.size)
    assert abs(passes.mean() - limit.pass_correction[0]) <= error + deviation / n_samples
    error = 4.0 * math.sqrt(2.0 / passes.size)
    assert abs(passes.var() / limit.pass_variance - 1.0) <= error + 2.0 * bias
    error = 4.0 * drawn.ess.std() / math.sqrt(passes.size)
    assert abs(drawn.ess.mean() - limit.ess[0]) <= error + 0.5 * bias * limit.ess[0]
    # E[r] = (1 + x)^(-1/2) moves by half of x / (1 + x) = 1 - E[r]^2 of the bias of x.
    error = 4.0 * drawn.reliability.std() / math.sqrt(N)
    shift = bias * (1.0 - limit.reliability**2) * limit.reliability
    assert abs(drawn.reliability.mean() - limit.reliability) <= error + shift
    error = 4.0 * drawn.correction.std() / math.sqrt(N)
    shift = shift * abs(limit.pass_correction[0]) + deviation / n_samples
    assert abs(drawn.correction.mean() - limit.correction) <= error + shift
