"""The panel's prospect-theory utility of moving the consensus, in units of the search width.

References
----------
.. [1] Tversky and Kahneman, "Advances in prospect theory", 1992,
   https://doi.org/10.1007/BF00122574
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import bit_kernel, kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import (
    ALPHA,
    ALPHA_HIGH,
    ALPHA_LOW,
    FLOOR,
    KAPPA,
    LAM,
    SIGMA,
    SIGMA_FLOOR,
)
from disca_nb.kernels.vector_math import power

__all__ = ["add_values", "center_and_width", "prospect_value", "utilities"]


@kernel
def prospect_value(z: float, alpha: float, kappa: float) -> float:
    """Return the value of a gain or loss: ``z**alpha`` or ``-kappa * (-z)**alpha``.

    Parameters
    ----------
    z : float
        Gain (positive) or loss (negative).
    alpha : float
        Power, the diminishing sensitivity.
    kappa : float
        How much more a loss weighs than a gain.

    Returns
    -------
    float
        The value; NaN for NaN.

    References
    ----------
    Tversky and Kahneman 1992, https://doi.org/10.1007/BF00122574

    Examples
    --------
    >>> round(prospect_value(2.0, 0.88, 2.25), 4), round(prospect_value(-2.0, 0.88, 2.25), 4)
    (1.8404, -4.1408)
    """
    if z >= 0.0:
        return float(z**alpha)
    return float(-kappa * (-z) ** alpha)


@bit_kernel
def add_values(
    x: FloatArray,
    place: float,
    reach: float,
    weight: float,
    row: FloatArray,
    floor: float,
    out: FloatArray,
) -> None:
    """Add ``weight`` times the value of the gain ``reach - |x - place|`` to every ``out``.

    ``row`` is one of a `parameter_table`; no value falls below ``-floor``.
    """
    alpha, kappa, high, low = row[ALPHA], row[KAPPA], row[ALPHA_HIGH], row[ALPHA_LOW]
    for k in range(x.size):
        gain = reach - abs(x[k] - place)
        size = power(abs(gain), alpha, high, low)
        value = size if gain >= 0.0 else -kappa * size
        out[k] += weight * (max(-floor, value))


@kernel
def utilities(
    x: FloatArray, base: float, personas: FloatArray, row: FloatArray, out: FloatArray
) -> None:
    """Write the utility of every candidate, everything measured from the consensus.

    Parameters
    ----------
    x : numpy.ndarray, shape (K,)
        Candidates minus consensus, divided by the search width.
    base : float
        Base gap minus consensus, divided by the search width.
    personas : numpy.ndarray, shape (N,)
        Persona gaps minus consensus, divided by the search width.
    row : numpy.ndarray
        A row of `parameter_table`.
    out : numpy.ndarray, shape (K,)
        Where the utilities go.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> from disca_nb.kernels.parameters import check_parameters, parameter_table
    >>> row = parameter_table(check_parameters({}), ())[0]
    >>> out = np.empty(1)
    >>> utilities(np.zeros(1), 2.0, np.array([-1.0, 1.0]), row, out)
    >>> bool(out[0] > 0.0)
    True
    """
    out[:] = 0.0
    lam = row[LAM]
    add_values(x, 0.0, abs(base), lam, row, np.inf, out)
    share = (1.0 - lam) / personas.size
    for i in range(personas.size):
        add_values(x, personas[i], abs(base - personas[i]), share, row, row[FLOOR], out)


@kernel
def center_and_width(
    base: float, personas: FloatArray, row: FloatArray, scaled: FloatArray
) -> tuple[float, float]:
    """Fill ``scaled`` with the personas in units of the search width around their mean.

    Returns the scaled base gap and the width. A sigma of NaN asks for the adaptive width, the
    personas' standard deviation (ddof 1) but at least sigma_floor. A gap that is not finite
    gives a width of NaN.
    """
    n = personas.size
    mean = 0.0
    finite = math.isfinite(base)
    for i in range(n):
        finite = finite and math.isfinite(personas[i])
        mean += personas[i] / n
    if not finite:
        return np.nan, np.nan
    squares = 0.0
    for i in range(n):
        squares += (personas[i] - mean) ** 2
    width = row[SIGMA]
    if math.isnan(width):
        spread = math.sqrt(squares / (n - 1)) if n > 1 else 0.0
        width = max(spread, row[SIGMA_FLOOR])
    for i in range(n):
        scaled[i] = (personas[i] - mean) / width
    return (base - mean) / width, width
