"""What the quadrature says of random passes, against many random passes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from disca_nb import kernels
from disca_nb._accelerate import JIT_DISABLED

N = 200 if JIT_DISABLED else 20_000


@pytest.mark.parametrize(
    ("base", "gaps"), [(1.0, [-0.5, 0.0, 0.25, 0.75]), (-2.0, [0.0, 3.0]), (0.5, [0.4])]
)
def test_variance_reliability_and_ess_agree_with_simulated_passes(
    base: float, gaps: list[float]
) -> None:
    keys = np.arange(N, dtype=np.uint64)
    personas = np.broadcast_to(np.array(gaps), (N, len(gaps)))
    passes = kernels.disca_correction(np.full(N, base), personas, keys=keys)
    limit = kernels.disca_correction(base, gaps, method="quadrature")
    drawn = passes.pass_correction.ravel()
    # A ratio of sums of 64 terms is biased by a share of 1/64 of its variance.
    bias = 0.2 * float(np.sqrt(limit.pass_variance)) / math.sqrt(64)
    error = 4.0 * drawn.std() / math.sqrt(drawn.size)
    assert abs(drawn.mean() - limit.pass_correction[0]) < error + bias
    share = 4.0 * math.sqrt(2.0 / drawn.size)
    assert abs(drawn.var() / limit.pass_variance - 1.0) < share + 0.06
    spread = 4.0 * passes.reliability.std() / math.sqrt(N)
    assert abs(passes.reliability.mean() - limit.reliability) < spread + 0.01
    assert abs(passes.ess.mean() - limit.ess[0]) < 0.02


def test_more_passes_follow_the_chi_square_of_their_variance() -> None:
    correction, reliability = kernels.expected_gate(0.2, 0.01, 0.04, n_passes=5)
    draws = 0.01 * np.random.default_rng(0).chisquare(4, 200_000) / 4.0
    assert reliability == pytest.approx(np.exp(-2.0 * draws / 0.04).mean(), abs=0.002)
    assert correction == pytest.approx(0.2 * reliability)
