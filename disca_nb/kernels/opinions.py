"""Means and ranks of countries under every draw of a bootstrap over questions."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import kernel
from disca_nb.errors import InputError
from disca_nb.kernels._draws import check_counts, check_values, draw_sums, run_draws
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers

__all__ = ["average_ranks", "joint_means"]


def joint_means(values: npt.ArrayLike, counts: npt.ArrayLike) -> FloatArray:
    """Return the mean over the known questions under every draw, the same draw for all.

    Parameters
    ----------
    values : array_like, shape (..., Q)
        Similarities by question, such as (C, M, Q) for countries and models; NaN where unknown.
    counts : array_like of int, shape (B, Q)
        How often each draw holds each question; a row of ones gives the plain mean.

    Returns
    -------
    numpy.ndarray, shape (B, ...)
        Means over the questions known for each, weighted by ``counts``. NaN where a draw holds no
        question that is known. The same to the bit for any number of threads.

    Raises
    ------
    InputError
        For infinite values, and for counts that do not fit or are not whole numbers.

    References
    ----------
    Efron 1979, https://doi.org/10.1214/aos/1176344552

    Examples
    --------
    >>> joint_means([[0.2, 0.4, np.nan], [np.nan, 0.5, 0.8]], [[1, 1, 1], [2, 0, 1]]).round(3)
    array([[0.3 , 0.65],
           [0.2 , 0.8 ]])
    """
    numbers = check_values(values)
    drawn = check_counts(counts, numbers.shape[-1])
    outer = numbers.shape[:-1]
    rows = numbers.reshape(math.prod(outer), numbers.shape[-1])
    return draw_sums(rows, drawn, mean=True).reshape(len(drawn), *outer)


def average_ranks(values: npt.ArrayLike, *, axis: int = 0) -> FloatArray:
    """Return the ranks along an axis, 1 for the highest; ties share the mean of their ranks.

    Parameters
    ----------
    values : array_like, shape (..., C, ...)
        Numbers to rank; NaN has no rank, and takes none from the others.
    axis : int
        The axis of the countries, by default the first.

    Returns
    -------
    numpy.ndarray, shape as values
        Ranks from 1 to the number of values that are not NaN; NaN stays.

    Raises
    ------
    InputError
        For a single number, or an axis that is not there.

    Examples
    --------
    >>> average_ranks([0.7, 0.9, np.nan, 0.7, 0.1]).tolist()
    [2.5, 1.0, nan, 2.5, 4.0]
    """
    numbers = check_numbers("values", values)
    if not -numbers.ndim <= axis < numbers.ndim:
        raise InputError(
            f"values has the shape {numbers.shape} and no axis {axis!r}; name another."
        )
    last = np.ascontiguousarray(np.moveaxis(numbers, axis, -1))
    n = last.shape[-1]
    rows = last.reshape(math.prod(last.shape[:-1]), n)
    ranks = np.empty(rows.shape)

    def work(first: int, stop: int) -> None:
        rank_rows(first, stop, rows, ranks)

    run_draws(work, len(rows), n)
    return np.ascontiguousarray(np.moveaxis(ranks.reshape(last.shape), -1, axis))


@kernel
def rank_rows(first: int, last: int, rows: FloatArray, ranks: FloatArray) -> None:
    """Write the ranks of the rows ``first`` to ``last``, both of shape (R, n)."""
    for row in range(first, last):
        for i in range(rows.shape[1]):
            above, level = 0, 0
            for j in range(rows.shape[1]):
                above += rows[row, j] > rows[row, i]
                level += rows[row, j] == rows[row, i]
            # A number is level with itself, NaN with nothing.
            ranks[row, i] = above + 0.5 * (level + 1) if level else np.nan
