"""Jensen-Shannon divergence and distance of discrete distributions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from disca_nb.kernels._types import FloatArray

__all__ = ["jensen_shannon_distance"]


def jensen_shannon_distance(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = 2.0) -> FloatArray:
    """Return the Jensen-Shannon distance, the square root of the divergence.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Non-negative weights; each is normalised to sum 1 over the last axis.
    base : float
        Base of the logarithm; 2 makes the distance span [0, 1].

    Returns
    -------
    numpy.ndarray, shape (...)
        The distance. NaN where a weight is NaN or negative or all are zero.

    References
    ----------
    Lin 1991, https://doi.org/10.1109/18.61115; Endres and Schindelin 2003,
    https://doi.org/10.1109/TIT.2003.813506

    Examples
    --------
    >>> float(jensen_shannon_distance([1.0, 0.0], [0.0, 1.0]))
    1.0
    """
    left, right = _normalised(p), _normalised(q)
    middle = (left + right) / 2.0
    total = special.rel_entr(left, middle) + special.rel_entr(right, middle)
    # Rounding can leave a divergence just below zero, or above that of disjoint distributions.
    nats = np.clip(total.sum(axis=-1) / 2.0, 0.0, np.log(2.0))
    return np.asarray(np.sqrt(nats / np.log(base)))


def _normalised(weights: npt.ArrayLike) -> FloatArray:
    """Return weights that sum to 1 over the last axis, or NaN where they cannot."""
    values = np.asarray(weights, dtype=np.float64)
    total = values.sum(axis=-1, keepdims=True)
    usable = (total > 0.0) & (values >= 0.0).all(axis=-1, keepdims=True)
    return np.where(usable, values / np.where(usable, total, 1.0), np.nan)
