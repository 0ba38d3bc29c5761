"""The Jensen-Shannon distance by hand, at its ends and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from disca_nb.kernels.divergence import jensen_shannon_distance


def test_a_pair_by_hand() -> None:
    # Half of the two relative entropies to (3/4, 1/4), in bits.
    bits = (math.log2(4.0 / 3.0) + 0.5 * math.log2(2.0 / 3.0) + 0.5 * math.log2(2.0)) / 2.0
    assert jensen_shannon_distance([1.0, 0.0], [0.5, 0.5]) == pytest.approx(math.sqrt(bits))
    assert jensen_shannon_distance([7.0, 0.0], [2.0, 2.0]) == pytest.approx(math.sqrt(bits))


@pytest.mark.parametrize("base", [2.0, math.e, 3.0, 10.0])
def test_rounding_never_leaves_the_range(base: float) -> None:
    greatest = math.sqrt(math.log(2.0) / math.log(base))
    rng = np.random.default_rng(0)
    for n in range(2, 40):
        weights = rng.random((500, n))
        left = np.where(np.arange(n) < n // 2, weights, 0.0)
        apart = jensen_shannon_distance(left, weights - left, base=base)
        assert apart.max() <= greatest
        assert apart == pytest.approx(greatest, abs=1e-15)
        assert jensen_shannon_distance(weights, 3.0 * weights, base=base).min() >= 0.0


def test_disjoint_distributions_are_at_most_one_apart() -> None:
    rng = np.random.default_rng(0)
    weights = rng.random((2000, 37))
    left = np.where(np.arange(37) < 24, weights, 0.0)
    assert jensen_shannon_distance(left, weights - left).max() == 1.0


@pytest.mark.parametrize("bad", [[0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_what_is_no_distribution_has_no_distance(bad: list[float]) -> None:
    found = jensen_shannon_distance([bad, [1.0, 1.0]], [1.0, 1.0])
    assert np.isnan(found).tolist() == [True, False]
