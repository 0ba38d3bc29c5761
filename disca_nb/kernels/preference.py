"""Preferences from final gaps: mean probabilities by country and attribute."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import bit_kernel, kernel, run_in_slices
from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers
from disca_nb.kernels.vector_math import exp2

__all__ = ["mean_by_code", "mean_sigmoid"]

_LOG2_E = 1.0 / math.log(2.0)
# Probabilities are worked out so many at a time, in a buffer that fits the cache.
_BUFFER = 1024


def mean_sigmoid(logit: npt.ArrayLike, code: npt.ArrayLike, n_codes: int) -> FloatArray:
    """Return the mean of 1 / (1 + exp(-logit)) over the cells of each code.

    Parameters
    ----------
    logit : array_like, shape (..., n)
        Final gaps divided by the decision temperature, with the sign of the side that counts.
    code : array_like of int, shape (n,)
        What each cell counts for, such as a pair of country and attribute; below 0 for nothing.
    n_codes : int
        Number of codes.

    Returns
    -------
    numpy.ndarray, shape (..., n_codes)
        Means; NaN for a code with a cell that is NaN, or without any cell.

    Raises
    ------
    InputError
        When codes do not fit the cells, or are not whole numbers below ``n_codes``.

    References
    ----------
    MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> mean_sigmoid([0.0, 0.0, np.log(3.0), 5.0], [0, 1, 1, -1], 2).tolist()
    [0.5, 0.625]
    """
    return _means(logit, code, n_codes, logistic=True)


def mean_by_code(values: npt.ArrayLike, code: npt.ArrayLike, n_codes: int) -> FloatArray:
    """Return the mean over the cells of each code.

    Parameters
    ----------
    values : array_like, shape (..., n)
        Numbers, such as effective sample size ratios.
    code, n_codes
        As for `mean_sigmoid`.

    Returns
    -------
    numpy.ndarray, shape (..., n_codes)
        Means; NaN for a code with a cell that is NaN, or without any cell.

    Raises
    ------
    InputError
        When codes do not fit the cells, or are not whole numbers below ``n_codes``.

    Examples
    --------
    >>> mean_by_code([1.0, 2.0, 4.0], [0, 1, 1], 2).tolist()
    [1.0, 3.0]
    """
    return _means(values, code, n_codes, logistic=False)


def _means(
    values: npt.ArrayLike, code: npt.ArrayLike, n_codes: int, *, logistic: bool
) -> FloatArray:
    """Check what is given and average it row by row, in threads by size."""
    numbers, codes = check_numbers("values", values), np.asarray(code)
    if numbers.ndim == 0 or codes.shape != numbers.shape[-1:]:
        raise InputError(
            f"code has the shape {codes.shape} and the values {numbers.shape}; "
            "give one code for each place of their last axis."
        )
    if codes.size and (codes.dtype.kind not in "iu" or codes.max() >= n_codes):
        raise InputError(
            f"code holds {codes.dtype} up to {codes.max()}; give whole numbers below {n_codes}."
        )
    wanted = codes.astype(np.int64)
    counts = np.bincount(wanted[wanted >= 0], minlength=n_codes).astype(np.float64)
    outer = numbers.shape[:-1]
    rows = np.ascontiguousarray(numbers).reshape(math.prod(outer), codes.size)
    sums = np.empty((len(rows), n_codes))

    def work(start: int, stop: int) -> None:
        # Slices are of cells; a row belongs to the slice that its first cell is in.
        first, last = -(-start // width), -(-stop // width)
        add_by_code(first, last, rows, wanted, logistic, np.empty(_BUFFER), sums)

    width = max(codes.size, 1)
    if len(rows) == 1:
        work(0, width)
    else:
        run_in_slices(work, len(rows) * width)
    return (sums / np.where(counts > 0.0, counts, np.nan)).reshape(*outer, n_codes)


@bit_kernel
def _sigmoids(values: FloatArray, out: FloatArray) -> None:
    """Write 1 / (1 + exp(-values))."""
    for k in range(values.size):
        # Past 2**-1000 nothing is left, and the power would wrap around.
        turned = min(max(values[k] * -_LOG2_E, -1000.0), 1000.0)
        out[k] = 1.0 / (1.0 + exp2(turned))


@kernel
def add_by_code(
    start: int,
    stop: int,
    rows: FloatArray,
    codes: npt.NDArray[np.int64],
    logistic: bool,
    buffer: FloatArray,
    sums: FloatArray,
) -> None:
    """Write the sums of rows ``start`` to ``stop`` by code, of the values or of their sigmoids.

    ``rows`` (R, n) and ``codes`` (n,) are read, ``buffer`` is to work in, and ``sums`` (R, C) are
    written. A value that is NaN makes its sum NaN.
    """
    for row in range(start, stop):
        for code in range(sums.shape[1]):
            sums[row, code] = 0.0
        for first in range(0, codes.size, buffer.size):
            last = min(first + buffer.size, codes.size)
            values = rows[row, first:last]
            if logistic:
                _sigmoids(values, buffer[: last - first])
            for k in range(last - first):
                code = codes[first + k]
                if code >= 0:
                    value = buffer[k] if logistic else values[k]
                    # The polynomials of the exponential do not know NaN.
                    sums[row, code] += value if not math.isnan(values[k]) else np.nan
