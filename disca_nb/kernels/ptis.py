"""One pass of prospect-theory importance sampling (PT-IS) for every cell, by Monte Carlo."""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import kernel, sum_kernel
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.kernels.parameters import ETA, RHO
from disca_nb.kernels.philox import standard_normals
from disca_nb.kernels.utility import fill_panel, utilities
from disca_nb.kernels.vector_math import exp2

__all__ = ["sample_passes"]

_LOG2_E = 1.0 / math.log(2.0)


@sum_kernel
def weighted_sums(x: FloatArray, values: FloatArray, eta: float) -> tuple[float, float, float]:
    """Return the sums of the importance weights, of their squares and of weights times ``x``.

    ``values`` are the utilities; the largest weight is 1.
    """
    # Four at a time: the compiler does not reorder a maximum, and each would wait for the last.
    first = second = third = fourth = values[0]
    whole = x.size // 4 * 4
    for k in range(0, whole, 4):
        first = values[k] if values[k] > first else first
        second = values[k + 1] if values[k + 1] > second else second
        third = values[k + 2] if values[k + 2] > third else third
        fourth = values[k + 3] if values[k + 3] > fourth else fourth
    first = first if first > second else second
    third = third if third > fourth else fourth
    best = first if first > third else third
    for k in range(whole, x.size):
        best = values[k] if values[k] > best else best
    scale = _LOG2_E / eta
    total, squares, moment = 0.0, 0.0, 0.0
    for k in range(x.size):
        # What is below 2**-1000 counts for nothing, and would wrap around.
        tilt = (values[k] - best) * scale
        weight = exp2(tilt if tilt > -1000.0 else -1000.0)
        total += weight
        squares += weight * weight
        moment += weight * x[k]
    return total, squares, moment


@kernel
def sample_passes(
    start: int,
    stop: int,
    gaps: FloatArray,
    keys: KeyArray,
    table: FloatArray,
    seed: np.uint64,
    first_pass: int,
    n_samples: int,
    room: FloatArray,
    panel: FloatArray,
    corrections: FloatArray,
    ess: FloatArray,
    widths: FloatArray,
) -> None:
    """Run the passes of cells ``start`` to ``stop`` and write their results.

    ``gaps`` (n, 1 + N), the base gap and the personas', and ``keys`` (n,) describe the cells;
    ``table`` holds their parameters. ``room`` (2, K rounded up to a multiple of 4) and ``panel``
    (1 + N, 4) are to work in. ``corrections`` and ``ess`` (n, M) and ``widths`` (n,) are written.
    A cell without a width (see `disca_nb.kernels.utility.fill_panel`) becomes NaN.
    """
    normals = room[0]
    x, values = room[0, :n_samples], room[1, :n_samples]
    for cell in range(start, stop):
        row = table[cell if table.shape[0] > 1 else 0]
        _, width = fill_panel(gaps[cell], row, panel)
        widths[cell] = width
        for i in range(corrections.shape[1]):
            if math.isnan(width):
                corrections[cell, i], ess[cell, i] = np.nan, np.nan
                continue
            standard_normals(seed, keys[cell], np.uint64(first_pass + i), normals)
            utilities(x, panel, row, values)
            total, squares, moment = weighted_sums(x, values, row[ETA])
            ratio = total * total / (squares * n_samples)
            # Rounding can leave the ratio of equal weights just above one. In this order NaN stays.
            ess[cell, i] = 1.0 if ratio > 1.0 else ratio
            # A ratio of NaN is not below rho, and stays visible.
            corrections[cell, i] = 0.0 if ratio < row[RHO] else width * moment / total
