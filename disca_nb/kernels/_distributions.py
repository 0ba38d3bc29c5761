"""Pairs of weights as distributions over the same options, padding set aside."""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers

__all__ = ["disjoint", "normalised", "paired", "paired_weights"]


def paired_weights(
    p: npt.ArrayLike, q: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Return two arrays of one shape with padding set to 0, and where the padding is.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Weights; leading axes broadcast. NaN at the end of both is padding.

    Returns
    -------
    tuple of numpy.ndarray, shape (..., n)
        The weights of p and of q, and True where both are padded.

    Raises
    ------
    InputError
        When there are no options, not as many in both, or leading axes that do not broadcast.
    """
    # In one layout, as NumPy's order of adding depends on it and so would the last bits.
    left, right = _fitted(
        np.asarray(check_numbers("p", p), order="C"), np.asarray(check_numbers("q", q), order="C")
    )
    empty = np.isnan(left) & np.isnan(right)
    padded = np.logical_and.accumulate(empty[..., ::-1], axis=-1)[..., ::-1]
    return np.where(padded, 0.0, left), np.where(padded, 0.0, right), padded


def _fitted(left: FloatArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two arrays of one shape with at least one option."""
    # One option is not broadcast: it is not the same as any number of them.
    if left.shape[-1:] == right.shape[-1:] and left.ndim and left.shape[-1]:
        with contextlib.suppress(ValueError):
            one, other = np.broadcast_arrays(left, right)
            return one, other
    raise InputError(
        f"p and q have the shapes {left.shape} and {right.shape}; give the same options along the "
        "last axis, at least one, padded with NaN at the end, and leading axes that broadcast."
    )


def normalised(weights: FloatArray) -> FloatArray:
    """Return weights that sum to 1 over the last axis, or NaN where they cannot.

    Parameters
    ----------
    weights : numpy.ndarray, shape (..., n)
        Weights, n at least 1.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        Shares. A row with a weight that is NaN, negative or infinite, and one of zeros, is NaN.
    """
    largest = weights.max(axis=-1, keepdims=True)
    usable = (weights >= 0.0).all(axis=-1, keepdims=True) & (largest > 0.0) & (largest < np.inf)
    # By a power of two nothing is rounded, and then no sum overflows and no small number is lost.
    exponent = np.frexp(np.where(usable, largest, 1.0))[1]
    scaled = np.ldexp(np.where(usable, weights, np.nan), -exponent)
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def paired(p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return p and q as shares of one shape: 0 where padded, NaN in rows that have none.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        As for `paired_weights`.

    Returns
    -------
    tuple of numpy.ndarray, shape (..., n)
        The shares of p and of q.
    """
    left, right, _ = paired_weights(p, q)
    return normalised(left), normalised(right)


def disjoint(left: FloatArray, right: FloatArray) -> npt.NDArray[np.bool_]:
    """Return where two distributions share no option, and so are as far apart as can be.

    Parameters
    ----------
    left, right : numpy.ndarray, shape (..., n)
        Shares.

    Returns
    -------
    numpy.ndarray, shape (...)
        False where a share is NaN.
    """
    return np.asarray((np.minimum(left, right) == 0.0).all(axis=-1))
