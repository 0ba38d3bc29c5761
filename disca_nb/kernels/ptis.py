"""One pass of prospect-theory importance sampling (PT-IS) for every cell, by Monte Carlo."""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import kernel
from disca_nb.kernels._types import FloatArray, KeyArray
from disca_nb.kernels.philox import standard_normals
from disca_nb.kernels.utility import center_and_width, utility

__all__ = ["importance_mean", "sample_passes"]


@kernel
def importance_mean(normals: FloatArray, utilities: FloatArray, eta: float) -> tuple[float, float]:
    """Return the mean of ``normals`` under weights softmax(utilities / eta), and their ESS ratio.

    Parameters
    ----------
    normals, utilities : numpy.ndarray, shape (K,)
        Candidates and their utilities.
    eta : float
        Temperature of the weights.

    Returns
    -------
    mean : float
        The weighted mean.
    ess : float
        Effective sample size divided by K, between 1/K and 1 (Kish 1965).

    Examples
    --------
    >>> mean, ess = importance_mean(np.array([-1.0, 1.0]), np.array([3.0, 3.0]), 0.5)
    >>> float(mean), float(ess)
    (0.0, 1.0)
    """
    best = utilities.max()
    total = 0.0
    squares = 0.0
    weighted = 0.0
    for k in range(normals.size):
        weight = math.exp((utilities[k] - best) / eta)
        total += weight
        squares += weight * weight
        weighted += weight * normals[k]
    return weighted / total, total * total / (squares * normals.size)


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

    ``base`` (n,), ``personas`` (n, N) and ``keys`` (n,) describe the cells; ``table`` (n or 1, 8)
    holds sigma, sigma_floor, lam, eta, alpha, kappa, rho and floor. ``corrections`` and ``ess``
    (n, M) and ``widths`` (n,) are written. A cell with a gap that is not finite becomes NaN.
    """
    scaled = np.empty(personas.shape[1])
    normals = np.empty(n_samples)
    utilities = np.empty(n_samples)
    for cell in range(start, stop):
        row = cell if table.shape[0] > 1 else 0
        sigma, sigma_floor, lam, eta, alpha, kappa, rho, floor = table[row]
        center, width = center_and_width(base[cell], personas[cell], sigma, sigma_floor, scaled)
        widths[cell] = width
        for i in range(corrections.shape[1]):
            if math.isnan(width):
                corrections[cell, i] = np.nan
                ess[cell, i] = np.nan
                continue
            standard_normals(seed, keys[cell], np.uint64(first_pass + i), normals)
            for k in range(n_samples):
                utilities[k] = utility(normals[k], center, scaled, lam, alpha, kappa, floor)
            mean, ratio = importance_mean(normals, utilities, eta)
            ess[cell, i] = ratio
            corrections[cell, i] = width * mean if ratio >= rho else 0.0
