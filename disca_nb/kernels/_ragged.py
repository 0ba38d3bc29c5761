"""Sets of distributions of unequal size, one after the other in one table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.kernels._distributions import normalised
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers

__all__ = ["Ragged", "ragged_counts", "ragged_groups", "ragged_sets"]

_LEAST = 1e-300


class Ragged(NamedTuple):
    """Sets in one table: set s has the rows ``starts[s]`` to ``starts[s + 1]``."""

    starts: npt.NDArray[np.int64]
    """Where each set begins, and where the last ends, (s + 1,)."""
    shares: FloatArray
    """Shares that sum to 1, (r, k), those below 1e-300 as 0."""
    times: FloatArray
    """How often each row stands in its set, (r,)."""
    totals: FloatArray
    """How many members each set has, (s,); NaN where one of them is no distribution."""


def ragged_sets(sets: npt.ArrayLike) -> tuple[Ragged, tuple[int, ...]]:
    """Return sets without their padding, and the shape of the leading axes.

    Parameters
    ----------
    sets : array_like, shape (..., n, k)
        Weights; a member of NaN alone is padding.

    Returns
    -------
    tuple of Ragged and tuple of int
        The sets, flattened.

    Raises
    ------
    InputError
        For fewer than two axes, or no stances.
    """
    numbers = check_numbers("sets", sets)
    if numbers.ndim < 2 or not numbers.shape[-1]:
        raise InputError(
            f"sets has the shape {numbers.shape}; give sets of distributions as (..., members, "
            "stances), with at least one stance."
        )
    *outer, n, k = numbers.shape
    rows = np.ascontiguousarray(numbers).reshape(-1, k)
    of_set = np.arange(len(rows)) // max(n, 1)
    return _by_set(rows, of_set, int(np.prod(outer, dtype=np.int64))), tuple(outer)


def ragged_groups(rows: npt.ArrayLike, groups: npt.ArrayLike, n_groups: int | None) -> Ragged:
    """Return the rows of each group, in the order in which they stand.

    Parameters
    ----------
    rows : array_like, shape (m, k)
        Weights; a row of NaN alone is left out.
    groups : array_like of int, shape (m,)
        The group of each row, from 0; -1 is in none.
    n_groups : int or None
        How many groups there are; by default as many as the highest asks for.

    Returns
    -------
    Ragged
        One set for each group.

    Raises
    ------
    InputError
        For shapes or groups that do not fit.
    """
    numbers, codes = check_numbers("rows", rows), np.asarray(groups)
    if numbers.ndim != 2 or not numbers.shape[1] or codes.shape != numbers.shape[:1]:
        raise InputError(
            f"rows {numbers.shape} and groups {codes.shape} do not fit; give (rows, stances), with "
            "at least one stance, and one group for each row."
        )
    whole = _checked_groups(codes, n_groups)
    order = np.argsort(whole, kind="stable")
    order = order[whole[order] >= 0]
    n_sets = int(whole.max(initial=-1)) + 1 if n_groups is None else n_groups
    return _by_set(np.ascontiguousarray(numbers[order]), whole[order], n_sets)


def _checked_groups(codes: npt.NDArray[np.generic], n_groups: int | None) -> npt.NDArray[np.int64]:
    """Return the groups of rows as whole numbers, or say that they are none."""
    if not codes.size:
        return np.zeros(0, dtype=np.int64)
    low, high = np.min(codes), np.max(codes)
    past = n_groups is not None and high >= n_groups
    if codes.dtype.kind not in "iu" or low < -1 or past:
        last = "" if n_groups is None else f" to {n_groups - 1}"
        raise InputError(
            f"groups holds {codes.dtype} from {low} to {high}; give whole numbers from 0{last}, or "
            "-1 for no group."
        )
    return codes.astype(np.int64)


def ragged_counts(counts: npt.NDArray[np.int64]) -> Ragged:
    """Return sets of one-hot distributions, each stance as often as it is counted.

    Parameters
    ----------
    counts : numpy.ndarray of int, shape (s, k)
        How often each stance stands in each set, 0 or more.

    Returns
    -------
    Ragged
        One set for each row of counts.
    """
    set_, stance = np.nonzero(counts)
    shares = np.eye(counts.shape[1])[stance]
    return _ragged(set_, len(counts), shares, counts[set_, stance].astype(np.float64))


def _by_set(rows: FloatArray, of_set: npt.NDArray[np.int64], n_sets: int) -> Ragged:
    """Return rows, which stand in the order of their sets, without those of NaN alone."""
    there = ~np.isnan(rows).all(axis=-1)
    kept = rows[there]
    shares = normalised(kept) if kept.size else kept
    # Near the smallest floats ratios are rounded away; distances are the same without them.
    shares[shares < _LEAST] = 0.0
    return _ragged(of_set[there], n_sets, shares, np.ones(len(kept)))


def _ragged(
    of_set: npt.NDArray[np.int64], n_sets: int, shares: FloatArray, times: FloatArray
) -> Ragged:
    """Return sets of rows that stand in their order."""
    sizes = np.bincount(of_set, minlength=n_sets)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    known = np.where(np.isnan(shares).any(axis=-1), np.nan, times)
    totals = np.bincount(of_set, weights=known, minlength=n_sets)
    return Ragged(starts, shares, times, totals.astype(np.float64))
