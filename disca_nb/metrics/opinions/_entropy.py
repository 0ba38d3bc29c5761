"""How concentrated answers are."""

from __future__ import annotations

import numpy as np

from disca_nb.kernels._types import FloatArray

__all__ = ["entropy", "top_share"]


def entropy(rows: FloatArray) -> FloatArray:
    """Return the entropy of distributions in bits.

    Parameters
    ----------
    rows : ndarray, shape (..., options)
        Weights, NaN past the last option; rows that are NaN as a whole are unknown.

    Returns
    -------
    ndarray, shape (...)
        0 where all lies on one option; NaN where unknown.

    Examples
    --------
    >>> entropy(np.array([[1.0, 1.0, np.nan], [3.0, 0.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    shares = _shares(rows)
    logs = np.log2(np.where(shares > 0.0, shares, 1.0))
    bits = np.where(np.isnan(shares), 0.0, -shares * logs).sum(axis=-1)
    # Adding zero makes -0.0 what it is.
    return np.where(np.isnan(shares[..., 0]), np.nan, bits + 0.0)


def top_share(rows: FloatArray) -> FloatArray:
    """Return the share of the largest option.

    Parameters
    ----------
    rows : ndarray, shape (..., options)
        As for `entropy`.

    Returns
    -------
    ndarray, shape (...)
        NaN where unknown.

    Examples
    --------
    >>> top_share(np.array([[1.0, 3.0, np.nan]])).tolist()
    [0.75]
    """
    shares = _shares(rows)
    top = np.where(np.isnan(shares), 0.0, shares).max(axis=-1)
    return np.where(np.isnan(shares[..., 0]), np.nan, top)


def _shares(rows: FloatArray) -> FloatArray:
    """Return rows that sum to 1, NaN past the last option and where unknown."""
    total = np.where(np.isnan(rows), 0.0, rows).sum(axis=-1, keepdims=True)
    return np.asarray(rows / np.where(total > 0.0, total, np.nan))
