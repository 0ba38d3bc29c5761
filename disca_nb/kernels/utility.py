"""The panel's prospect-theory utility of moving the consensus, in units of the search width.

References
----------
.. [1] Tversky and Kahneman, "Advances in prospect theory", 1992,
   https://doi.org/10.1007/BF00122574
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import kernel
from disca_nb.kernels._types import FloatArray

__all__ = ["prospect_value", "utility"]


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


@kernel
def utility(
    x: float,
    base: float,
    personas: FloatArray,
    lam: float,
    alpha: float,
    kappa: float,
    floor: float,
) -> float:
    """Return the utility of a candidate at ``x``, everything measured from the consensus.

    Parameters
    ----------
    x : float
        Candidate minus consensus, divided by the search width.
    base : float
        Base gap minus consensus, divided by the search width.
    personas : numpy.ndarray, shape (N,)
        Persona gaps minus consensus, divided by the search width.
    lam : float
        Weight of the consensus' own gain, 0 to 1.
    alpha, kappa : float
        Power and loss aversion of the value function.
    floor : float
        No persona's value falls below ``-floor``; infinity for none.

    Returns
    -------
    float
        The utility.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> utility(0.0, 2.0, np.array([-1.0, 1.0]), 0.7, 0.88, 2.25, np.inf) > 0
    True
    """
    total = 0.0
    for i in range(personas.size):
        gain = abs(base - personas[i]) - abs(x - personas[i])
        total += max(prospect_value(gain, alpha, kappa), -floor)
    shared = prospect_value(abs(base) - abs(x), alpha, kappa)
    return (1.0 - lam) * total / personas.size + lam * shared


@kernel
def center_and_width(
    base: float, personas: FloatArray, sigma: float, sigma_floor: float, scaled: FloatArray
) -> tuple[float, float]:
    """Fill ``scaled`` with the personas in units of the search width around their mean.

    Returns the scaled base gap and the width. ``sigma`` NaN asks for the adaptive width, the
    personas' standard deviation (ddof 1) but at least ``sigma_floor``. A gap that is not finite
    gives a width of NaN.
    """
    n = personas.size
    mean = 0.0
    for i in range(n):
        mean += personas[i]
    mean /= n
    squares = 0.0
    for i in range(n):
        squares += (personas[i] - mean) ** 2
    width = sigma
    if math.isnan(sigma):
        width = max(math.sqrt(squares / (n - 1)), sigma_floor) if n > 1 else sigma_floor
    if not math.isfinite(mean + base + squares):
        width = np.nan
    for i in range(n):
        scaled[i] = (personas[i] - mean) / width
    return (base - mean) / width, width
