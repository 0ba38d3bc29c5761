"""Draws of a bootstrap: how often each question was drawn, and how draws are shared by threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import JIT_DISABLED, inner_kernel, kernel, run_in_slices
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers

__all__ = ["add_multiple", "check_counts", "check_values", "draw_sums", "run_draws"]

_MOST = 2**31 - 1
# Draws are added up so many at a time, so that their counts stay in the cache.
_BLOCK = 256


def check_values(values: npt.ArrayLike) -> FloatArray:
    """Return values by question, or say that they are none.

    Parameters
    ----------
    values : array_like, shape (..., Q)
        Finite numbers, or NaN where unknown.

    Returns
    -------
    numpy.ndarray, shape (..., Q)
        The values.

    Raises
    ------
    InputError
        For anything else.
    """
    numbers = check_numbers("values", values)
    if not numbers.ndim:
        raise InputError("values is a single number; give one for each question.")
    if np.isinf(numbers).any():
        raise InputError("values holds infinity; give finite numbers, or NaN where unknown.")
    return numbers


def check_counts(counts: npt.ArrayLike, n_questions: int) -> npt.NDArray[np.int64]:
    """Return how often each question was drawn, or say what is wrong with it.

    Parameters
    ----------
    counts : array_like of int, shape (B, Q)
        One row for each draw.
    n_questions : int
        Number of questions.

    Returns
    -------
    numpy.ndarray of int, shape (B, Q)
        The counts.

    Raises
    ------
    InputError
        For another shape, and for anything but whole numbers from 0 to 2**31 - 1.
    """
    drawn = np.asarray(counts)
    if drawn.ndim != 2 or drawn.shape[1] != n_questions:
        raise InputError(
            f"counts has the shape {drawn.shape}; give one row for each draw and one column for "
            f"each of the {n_questions} questions."
        )
    if drawn.size and (drawn.dtype.kind not in "iu" or drawn.min() < 0 or drawn.max() > _MOST):
        raise InputError(
            f"counts holds {drawn.dtype} from {drawn.min()} to {drawn.max()}; give whole numbers "
            f"from 0 to {_MOST}."
        )
    return np.ascontiguousarray(drawn, dtype=np.int64)


def run_draws(work: Callable[[int, int], None], n_draws: int, cells: int) -> None:
    """Call ``work(first, last)`` on ranges of draws, in threads by the cells that they visit.

    Parameters
    ----------
    work : callable
        Called with the first draw and one past the last; it must only write to those.
    n_draws : int
        Number of draws.
    cells : int
        How many cells each of them visits.

    Examples
    --------
    >>> done = []
    >>> run_draws(lambda first, last: done.append((first, last)), 3, 10)
    >>> done
    [(0, 3)]
    """
    width = max(cells, 1)

    def some(start: int, stop: int) -> None:
        # Slices are of cells; a draw belongs to the slice that its first cell is in.
        first, last = -(-start // width), -(-stop // width)
        if last > first:
            work(first, last)

    run_in_slices(some, n_draws * width)


def draw_sums(rows: FloatArray, drawn: npt.NDArray[np.int64], *, mean: bool) -> FloatArray:
    """Return the sums or means of rows under every draw, over what is known of each.

    Parameters
    ----------
    rows : numpy.ndarray, shape (R, Q)
        Values by question, NaN where unknown.
    drawn : numpy.ndarray of int, shape (B, Q)
        How often each draw holds each question.
    mean : bool
        Divide by how many known questions were drawn; NaN where there are none.

    Returns
    -------
    numpy.ndarray, shape (B, R)
        Sums or means. Each is added up in the order of the questions, whatever the threads.
    """
    known = ~np.isnan(rows)
    question = np.nonzero(known)[1]
    starts = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    # Models were asked what the countries were: most rows have the questions of the one before.
    same = np.zeros(len(rows), dtype=np.bool_)
    same[1:] = (known[1:] == known[:-1]).all(axis=1)
    value, by_question = rows[known], np.ascontiguousarray(drawn.T, dtype=np.int32)
    sums = np.empty((len(drawn), len(rows)))

    def work(first: int, last: int) -> None:
        add_draws(first, last, starts, same, question, value, by_question, mean, sums)

    run_draws(work, len(drawn), question.size)
    return sums


@inner_kernel
def add_multiple(row: FloatArray | npt.NDArray[np.int32], factor: float, total: FloatArray) -> None:
    """Add ``factor`` times a row of numbers to ``total``, which must lie elsewhere."""
    for k in range(total.size):
        total[k] += row[k] * factor


@kernel
def add_draws(
    first: int,
    last: int,
    starts: npt.NDArray[np.int64],
    same: npt.NDArray[np.bool_],
    question: npt.NDArray[np.int64],
    value: FloatArray,
    counts: npt.NDArray[np.int32],
    mean: bool,
    sums: FloatArray,
) -> None:
    """Write the sums or means of every row under the draws ``first`` to ``last``.

    Row r has the questions and values ``starts[r]`` to ``starts[r + 1]``, and the questions of
    the row before where ``same`` says so; ``counts`` (Q, B) are read, ``sums`` (B, R) written.
    """
    total, weight = np.empty(_BLOCK), np.empty(_BLOCK)
    for begin in range(first, last, _BLOCK):
        end = min(begin + _BLOCK, last)
        for row in range(same.size):
            if mean and not same[row]:
                weight[:] = 0.0
                for k in range(starts[row], starts[row + 1]):
                    add_multiple(counts[question[k], begin:end], 1.0, weight[: end - begin])
            total[:] = 0.0
            for k in range(starts[row], starts[row + 1]):
                add_multiple(counts[question[k], begin:end], value[k], total[: end - begin])
            for d in range(end - begin):
                if mean:
                    total[d] = total[d] / weight[d] if weight[d] > 0.0 else np.nan
                sums[begin + d, row] = total[d]


if JIT_DISABLED:
    # As plain Python the loop over thousands of draws would be slow.
    def add_multiple(
        row: FloatArray | npt.NDArray[np.int32], factor: float, total: FloatArray
    ) -> None:
        total += row * factor
