"""The panel's prospect-theory utility of moving the consensus, in units of the search width.

References
----------
.. [1] Tversky and Kahneman, "Advances in prospect theory", 1992,
   https://doi.org/10.1007/BF00122574
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import bit_kernel, inner_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import (
    ALPHA,
    FLOOR,
    KAPPA,
    LAM,
    SIGMA,
    SIGMA_FLOOR,
)
from disca_nb.kernels.vector_math import power

__all__ = ["FARTHEST", "LARGEST", "LEAST", "PLACE", "REACH", "WEIGHT", "fill_panel", "utilities"]


# Columns of a panel: where each voice stands, how far the base is from it, how much its value
# counts, and minus the least that its value can be. The consensus is the first voice.
PLACE, REACH, WEIGHT, LEAST = range(4)
# Squares of gaps below this one, and their sums, are finite.
LARGEST = 1e150
# In search widths. A float64 leaves four digits of a width to a difference so large.
FARTHEST = 1e12


@inner_kernel
def fill_panel(gaps: FloatArray, row: FloatArray, panel: FloatArray) -> tuple[float, float]:
    """Write the panel of a cell, in units of the search width around the personas' mean.

    A sigma of NaN asks for the adaptive width, the personas' standard deviation (ddof 1) but at
    least sigma_floor.

    Parameters
    ----------
    gaps : numpy.ndarray, shape (1 + N,)
        Base gap and persona gaps, in logits.
    row : numpy.ndarray
        A row of `parameter_table`.
    panel : numpy.ndarray, shape (1 + N, 4)
        Where consensus and personas go.

    Returns
    -------
    center, width : float
        Base gap in those units, and the search width in logits: NaN when a gap is not finite or
        as large as `LARGEST`, or when a voice is farther than `FARTHEST` from the base.
    """
    n = gaps.size - 1
    for i in range(n + 1):
        if not abs(gaps[i]) < LARGEST:  # in this order NaN is not below it
            return np.nan, np.nan
    mean = 0.0
    for i in range(1, n + 1):
        mean += gaps[i] / n
    width = row[SIGMA]
    if math.isnan(width):
        squares = 0.0
        for i in range(1, n + 1):
            squares += (gaps[i] - mean) ** 2
        spread = math.sqrt(squares / (n - 1)) if n > 1 else 0.0
        width = spread if spread > row[SIGMA_FLOOR] else row[SIGMA_FLOOR]
    center = (gaps[0] - mean) / width
    panel[0, PLACE], panel[0, REACH] = 0.0, abs(center)
    panel[0, WEIGHT], panel[0, LEAST] = row[LAM], np.inf
    farthest = panel[0, REACH]
    for i in range(1, n + 1):
        place = (gaps[i] - mean) / width
        panel[i, PLACE], panel[i, REACH] = place, abs(center - place)
        panel[i, WEIGHT], panel[i, LEAST] = (1.0 - row[LAM]) / n, row[FLOOR]
        farthest = max(farthest, panel[i, REACH])
    return center, width if farthest <= FARTHEST else np.nan


@bit_kernel
def utilities(x: FloatArray, panel: FloatArray, row: FloatArray, out: FloatArray) -> None:
    """Write the utility of every candidate: the weighted values of all voices' gains.

    A gain is how much nearer the candidate is than the base; its value is ``gain**alpha``, a
    loss's ``-kappa * loss**alpha``.

    Parameters
    ----------
    x : numpy.ndarray, shape (K,)
        Candidates minus consensus, divided by the search width.
    panel : numpy.ndarray, shape (1 + N, 4)
        As `fill_panel` writes it.
    row : numpy.ndarray
        A row of `parameter_table`.
    out : numpy.ndarray, shape (K,)
        Where the utilities go.

    References
    ----------
    arXiv 2605.10843, section 3; Tversky and Kahneman 1992, https://doi.org/10.1007/BF00122574
    """
    alpha, kappa = row[ALPHA], row[KAPPA]
    for k in range(x.size):
        out[k] = 0.0
    for i in range(panel.shape[0]):
        place, reach = panel[i, PLACE], panel[i, REACH]
        weight, least = panel[i, WEIGHT], -panel[i, LEAST]
        for k in range(x.size):
            gain = reach - abs(x[k] - place)
            size = power(abs(gain), alpha)
            value = size if gain >= 0.0 else -kappa * size
            out[k] += weight * (value if value > least else least)
