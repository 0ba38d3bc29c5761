"""How far the distributions of a set lie from their centroid: one number for a set of any size."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import inner_kernel, kernel, run_in_slices
from disca_nb.errors import ParameterError, unknown_name
from disca_nb.kernels._centroid_steps import nats_apart
from disca_nb.kernels._ragged import Ragged, ragged_groups, ragged_sets
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.centroid import ragged_centroids
from disca_nb.kernels.divergence import check_base

__all__ = ["base_of", "grouped_divergence", "ragged_divergence", "set_divergence"]

_KINDS = ("distance", "divergence")
_COMPAT = ("moore2024",)
_MOST_STEPS, _TOLERANCE = 1000, 1e-13
# Of the published computation:
_ADDED, _CCCP_TOLERANCE = 1e-10, 1e-10
_ALIKE, _CLOSE, _RELATIVE = 1e-4, 1e-8, 1e-5


def set_divergence(
    sets: npt.ArrayLike,
    *,
    kind: str = "distance",
    base: float | None = None,
    compat: str | None = None,
) -> FloatArray:
    """Return the mean Jensen-Shannon distance of a set's members to their centroid.

    It is exactly 0 where all members are the same, and within rounding the same for members and
    stances in any order, for a further stance that nobody takes, and for the whole set repeated.
    `largest_set_divergence` and `coin_flip_divergence` say how large it gets.

    Parameters
    ----------
    sets : array_like, shape (..., n, k)
        Non-negative weights of n distributions over k stances, each normalised to sum 1. A member
        of NaN alone is padding, so that sets may have fewer than n.
    kind : {"distance", "divergence"}
        The mean of the distances, or of the divergences, which are their squares.
    base : float, above 1
        Base of the logarithm: 2 for bits, the default; `math.e` for nats, which ``compat`` has
        and no other.
    compat : {"moore2024"}, optional
        The published computation: 1e-10 is added to each share and the shares are normalised
        again; a set in which every two members agree (each share to 1e-4 plus 1e-5 of the other)
        is 0, and so is a single distribution; the centroid is what CCCP reaches from the mean in
        1,000 steps, or before one that moves the shares, the last stance's aside, by less than
        1e-10 in sum; a member whose shares are all within 1e-8 plus 1e-5 of the centroid's counts
        0. It is a distance in nats. The released code further keeps the last stance's share of
        each middle at 1e-8 or more, which is left out here.

    Returns
    -------
    numpy.ndarray, shape (...)
        The mean, in units of the base. NaN where there are fewer than two members (with
        ``compat``, none), and where a member has a weight that is negative, infinite or NaN, or
        zeros alone.

    Raises
    ------
    InputError
        For fewer than two axes, or no stances.
    UnknownNameError
        For another kind or compat.
    ParameterError
        For another base; with ``compat`` for any but `math.e`, and for a divergence.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996; Nielsen 2020,
    https://doi.org/10.3390/e22020221

    Examples
    --------
    >>> opposite, steady = [[1, 0], [0, 1]], [[3, 1], [3, 1]]
    >>> set_divergence([opposite, steady]).round(5)
    array([0.55792, 0.     ])
    >>> set_divergence([opposite, steady], compat="moore2024").round(5)
    array([0.4645, 0.    ])
    """
    ragged, outer = ragged_sets(sets)
    return ragged_divergence(ragged, kind=kind, base=base, compat=compat).reshape(outer)


def grouped_divergence(
    rows: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    n_groups: int | None = None,
    kind: str = "distance",
    base: float | None = None,
    compat: str | None = None,
) -> FloatArray:
    """Return the mean Jensen-Shannon distance to the centroid in each group of rows.

    Parameters
    ----------
    rows : array_like, shape (m, k)
        Non-negative weights of m distributions over k stances, each normalised to sum 1. A row of
        NaN alone is in no group.
    groups : array_like of int, shape (m,)
        The group of each row, from 0; -1 is in no group.
    n_groups : int, optional
        How many groups there are, g; by default one more than the highest.
    kind, base, compat
        As for `set_divergence`.

    Returns
    -------
    numpy.ndarray, shape (g,)
        The mean of each group, NaN as for `set_divergence`.

    Raises
    ------
    InputError
        For shapes or groups that do not fit.
    UnknownNameError, ParameterError
        As for `set_divergence`.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996

    Examples
    --------
    >>> grouped_divergence([[1, 0], [2, 2], [0, 1], [1, 1], [1, 1]], [0, 1, 0, -1, 1]).round(5)
    array([0.55792, 0.     ])
    """
    ragged = ragged_groups(rows, groups, n_groups)
    return ragged_divergence(ragged, kind=kind, base=base, compat=compat)


def ragged_divergence(
    ragged: Ragged, *, kind: str, base: float | None, compat: str | None
) -> FloatArray:
    """Return the mean distance or divergence of each set of a table.

    Parameters
    ----------
    ragged : Ragged
        Sets.
    kind, base, compat
        As for `set_divergence`.

    Returns
    -------
    numpy.ndarray, shape (sets,)
        The means.

    Raises
    ------
    UnknownNameError, ParameterError
        As for `set_divergence`.
    """
    if kind not in _KINDS:
        raise unknown_name("kind", kind, _KINDS)
    log_base = math.log(base_of(base, compat))
    if compat is None:
        found = ragged_centroids(ragged, max_steps=_MOST_STEPS, tolerance=_TOLERANCE)
        distance = kind == "distance"
        return _means(ragged, found.centroid, 2, distance=distance, log_base=log_base)
    if kind != "distance":
        raise ParameterError(f"compat {compat!r} is a distance, and kind {kind!r}; leave one out.")
    return _as_published(ragged)


def base_of(base: float | None, compat: str | None) -> float:
    """Return the base of the logarithm: by default 2, and e as published.

    Raises
    ------
    UnknownNameError
        For another compat.
    ParameterError
        For a base not above 1, or one that was not published.
    """
    if compat is None:
        return check_base(2.0 if base is None else base)
    if compat not in _COMPAT:
        raise unknown_name("compat", compat, _COMPAT)
    if base is not None and check_base(base) != math.e:
        raise ParameterError(
            f"base is {base!r}, and compat {compat!r} is in nats; leave one of them out."
        )
    return math.e


def _as_published(ragged: Ragged) -> FloatArray:
    """Return the mean distance in nats, as the published computation has it."""
    shares = (ragged.shares + _ADDED) / (1.0 + _ADDED * ragged.shares.shape[1])
    sets = ragged._replace(shares=shares)
    found = ragged_centroids(sets, max_steps=_MOST_STEPS, tolerance=_CCCP_TOLERANCE, newton=False)
    return _means(sets, found.centroid, 1, moore=True)


def _means(
    ragged: Ragged,
    centroids: FloatArray,
    fewest: int,
    *,
    distance: bool = True,
    log_base: float = 1.0,
    moore: bool = False,
) -> FloatArray:
    """Return the mean of each set with the fewest members or more."""
    means = np.full(ragged.totals.size, np.nan)

    def work(first: int, last: int) -> None:
        measure_sets(first, last, *ragged, centroids, fewest, distance, log_base, moore, means)

    run_in_slices(work, means.size)
    return means


@kernel
def measure_sets(
    first: int,
    last: int,
    starts: npt.NDArray[np.int64],
    shares: FloatArray,
    times: FloatArray,
    totals: FloatArray,
    centroids: FloatArray,
    fewest: int,
    distance: bool,
    log_base: float,
    moore: bool,
    means: FloatArray,
) -> None:
    """Write the means of the sets ``first`` to ``last``, which hold NaN before.

    Set s has the rows ``starts[s]`` to ``starts[s + 1]`` of ``shares`` (r, k), each as often as
    ``times`` (r,) says, ``totals`` (s,) members, or NaN, and a row of ``centroids`` (s, k).
    """
    for s in range(first, last):
        if not totals[s] >= fewest:
            continue
        rows, often = shares[starts[s] : starts[s + 1]], times[starts[s] : starts[s + 1]]
        sum_ = 0.0
        if not (moore and _alike(rows)):
            for i in range(often.size):
                if not (moore and _close(rows[i], centroids[s])):
                    apart = nats_apart(rows[i], centroids[s]) / log_base
                    sum_ += often[i] * (math.sqrt(apart) if distance else apart)
        means[s] = sum_ / totals[s]


@inner_kernel
def _alike(rows: FloatArray) -> bool:
    """Return whether every two members agree, as the published computation sees it."""
    for k in range(rows.shape[1]):
        smallest, largest = rows[0, k], rows[0, k]
        for i in range(1, rows.shape[0]):
            smallest, largest = min(smallest, rows[i, k]), max(largest, rows[i, k])
        if largest - smallest > _ALIKE + _RELATIVE * smallest:
            return False
    return True


@inner_kernel
def _close(row: FloatArray, centroid: FloatArray) -> bool:
    """Return whether a member lies at the centroid, as the published computation sees it."""
    for k in range(row.size):
        if abs(row[k] - centroid[k]) > _CLOSE + _RELATIVE * centroid[k]:
            return False
    return True
