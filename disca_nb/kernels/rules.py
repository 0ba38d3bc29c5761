"""Gauss rules graded toward the ends of an interval, and how many of their nodes it takes."""

from __future__ import annotations

import functools
import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from disca_nb._accelerate import inner_kernel
from disca_nb.kernels._types import FloatArray

__all__ = ["Rules", "divide", "graded_rules", "grading_powers", "lay"]

Rules: TypeAlias = tuple[FloatArray, FloatArray, FloatArray, float]
"""What `graded_rules` returns."""
# An interval longer than this, in units where the default steepness is one, is divided.
_LONGEST = 6.0
# Tolerance down to which a setting holds: (tolerance, grading power, nodes, nodes per length).
# Measured against tanh-sinh on random panels of 1 to 16 personas; the tests measure it again.
_SETTINGS = (
    (1e-3, 2, 4, 3.0),
    (1e-5, 2, 6, 3.0),
    (1e-7, 2, 8, 3.0),
    (1e-9, 3, 14, 5.0),
    (1e-11, 3, 18, 7.0),
    (0.0, 4, 22, 8.0),
)
# Tails are smooth but for one end, and take so many nodes less and this share of those per length.
_TAIL_LESS, _TAIL_GROWTH = 2.0, 0.75
_DEFAULT_ALPHA = 0.88


def _setting(tol: float) -> tuple[float, int, int, float]:
    """Return the first row of the settings that reaches ``tol``."""
    return next(row for row in _SETTINGS if tol >= row[0])


def grading_powers(tol: float, alpha: FloatArray) -> npt.NDArray[np.int64]:
    """Return how strongly rules are graded toward cusps of power ``alpha``.

    Examples
    --------
    >>> grading_powers(1e-7, np.array([0.88, 0.5]))
    array([2, 4])
    """
    return np.ceil(_setting(tol)[1] * _DEFAULT_ALPHA / alpha - 1e-9).astype(np.int64)


@functools.lru_cache(maxsize=32)
def graded_rules(tol: float, graded: int) -> Rules:
    """Return graded Gauss rules on [0, 1] that reach ``tol``.

    Parameters
    ----------
    tol : float
        Absolute error allowed in the mean, in units of the search width.
    graded : int
        Power of the grading, one of `grading_powers`.

    Returns
    -------
    nodes, weights : numpy.ndarray, shape (2, R, n)
        Row r holds a rule of r nodes, padded with zeros: graded toward both ends, or toward 0.
    sizes : numpy.ndarray, shape (2, 2)
        An interval of length h takes ``sizes[i, 0] + sizes[i, 1] * h`` nodes.
    decay : float
        The integral stops where the integrand has fallen by ``exp(-decay)``.

    Examples
    --------
    >>> nodes, weights, sizes, decay = graded_rules(1e-7, 2)
    >>> weights[:, 8].sum(axis=-1).round(6)
    array([1., 1.])
    """
    _, power, first, growth = _setting(tol)
    first += 4 * (graded - power)
    sizes = np.array([[first, growth], [first - _TAIL_LESS, _TAIL_GROWTH * growth]])
    most = int(first + growth * _LONGEST) + 1
    nodes, weights = np.zeros((2, 2, most + 1, most + 4))
    for n in range(1, most + 1):
        t, weight = np.polynomial.legendre.leggauss(n)
        t, weight = (t + 1.0) / 2.0, weight / 2.0
        density = (t * (1.0 - t)) ** (graded - 1) / special.beta(graded, graded)
        nodes[0, n, :n] = special.betainc(graded, graded, t)
        weights[0, n, :n] = weight * density
        nodes[1, n, :n] = t**graded
        weights[1, n, :n] = weight * graded * t ** (graded - 1)
    return nodes, weights, sizes, 4.0 - math.log(tol)


@inner_kernel
def divide(length: float, steepness: float, alpha: float) -> tuple[int, float, float]:
    """Return into how many pieces an interval is divided, their length, and what nodes go by."""
    piece, pieces = length, 1
    if piece * steepness > _LONGEST:
        pieces = math.ceil(piece * steepness / _LONGEST)
        piece /= pieces
    extent = piece * steepness
    if steepness > 1.0 or alpha < _DEFAULT_ALPHA:
        # Next to a cusp the utility varies more than its slope farther away suggests.
        cusp = (steepness * piece**alpha) ** (1.0 / _DEFAULT_ALPHA)
        extent = max(extent, min(cusp, _LONGEST))
    return pieces, piece, extent


@inner_kernel
def lay(
    left: float,
    step: float,
    nodes: FloatArray,
    node_weights: FloatArray,
    rule: tuple[int, int],
    first: int,
    x: FloatArray,
    weights: FloatArray,
) -> None:
    """Write the nodes of rule ``(kind, n)`` between ``left`` and ``left + step``, and weights.

    They stand from index ``first`` on. Up to three more numbers are written over.
    """
    kind, n = rule
    piece = abs(step)
    # A register at a time; what is past the last node has no weight.
    for k in range(0, n, 4):
        for j in range(k, k + 4):
            x[first + j] = left + step * nodes[kind, n, j]
            weights[first + j] = piece * node_weights[kind, n, j]
