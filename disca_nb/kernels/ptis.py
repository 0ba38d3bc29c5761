"""One pass of prospect-theory importance sampling (PT-IS) for every cell, by Monte Carlo."""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import bit_kernel, kernel, sum_kernel
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.kernels.parameters import ETA, RHO
from disca_nb.kernels.philox import standard_normals
from disca_nb.kernels.utility import center_and_width, utilities
from disca_nb.kernels.vector_math import exp2

__all__ = ["sample_passes"]

_LOG2_E = 1.0 / math.log(2.0)


@bit_kernel
def to_weights(values: FloatArray, eta: float) -> None:
    """Replace utilities by importance weights, of which the largest is 1."""
    best = values[0]
    for k in range(values.size):
        best = max(best, values[k])
    scale = _LOG2_E / eta
    for k in range(values.size):
        # What is below 2**-1000 counts for nothing, and would wrap around.
        values[k] = exp2(max((values[k] - best) * scale, -1000.0))


@sum_kernel
def weighted_sums(weights: FloatArray, x: FloatArray) -> tuple[float, float, float]:
    """Return the sums of the weights, of their squares and of weights times ``x``."""
    total, squares, moment = 0.0, 0.0, 0.0
    for k in range(x.size):
        total += weights[k]
        squares += weights[k] * weights[k]
        moment += weights[k] * x[k]
    return total, squares, moment


@kernel
def sample_passes(
    start: int,
    stop: int,
    base: FloatArray,
    personas: FloatArray,
    keys: KeyArray,
    table: FloatArray,
    seed: np.uint64,
    first_pass: int,
    n_samples: int,
    corrections: FloatArray,
    ess: FloatArray,
    widths: FloatArray,
) -> None:
    """Run the passes of cells ``start`` to ``stop`` and write their results.

    ``base`` (n,), ``personas`` (n, N) and ``keys`` (n,) describe the cells; ``table`` holds their
    parameters. ``corrections`` and ``ess`` (n, M) and ``widths`` (n,) are written. A cell with a
    gap that is not finite becomes NaN.
    """
    scaled = np.empty(personas.shape[1])
    # Normals come four at a time.
    normals = np.empty((n_samples + 3) // 4 * 4)
    words = np.empty(normals.size, np.uint64)
    x = normals[:n_samples]
    weights = np.empty(n_samples)
    for cell in range(start, stop):
        row = table[cell if table.shape[0] > 1 else 0]
        center, width = center_and_width(base[cell], personas[cell], row, scaled)
        widths[cell] = width
        for i in range(corrections.shape[1]):
            if math.isnan(width):
                corrections[cell, i], ess[cell, i] = np.nan, np.nan
                continue
            standard_normals(seed, keys[cell], np.uint64(first_pass + i), words, normals)
            utilities(x, center, scaled, row, weights)
            to_weights(weights, row[ETA])
            total, squares, moment = weighted_sums(weights, x)
            ratio = total * total / (squares * n_samples)
            # Rounding can leave the ratio of equal weights just above one. In this order NaN stays.
            ess[cell, i] = min(ratio, 1.0)
            # A ratio of NaN is not below rho, and stays visible.
            corrections[cell, i] = 0.0 if ratio < row[RHO] else width * moment / total
