"""The Jensen-Shannon centroid: the distribution that is nearest to all of a set."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import kernel, run_in_slices
from disca_nb.errors import ParameterError
from disca_nb.kernels._centroid_steps import all_equal, cccp_centroid, newton_centroid
from disca_nb.kernels._ragged import Ragged, ragged_sets
from disca_nb.kernels._types import FloatArray

__all__ = ["Centroid", "jensen_shannon_centroid", "ragged_centroids"]


class Centroid(NamedTuple):
    """Centroids of sets, and how they were found."""

    centroid: FloatArray
    """Shares that sum to 1, (..., k); NaN where there is none."""
    converged: npt.NDArray[np.bool_]
    """Whether the steps got there, (...); False where there is no centroid."""
    steps: npt.NDArray[np.int64]
    """Steps taken, (...); 0 for members that are all the same."""


def jensen_shannon_centroid(
    sets: npt.ArrayLike, *, max_steps: int = 1000, tolerance: float = 1e-13
) -> Centroid:
    """Return the distribution with the smallest mean Jensen-Shannon divergence to a set.

    It is the fixed point of the concave-convex procedure (CCCP) of Nielsen 2020, the geometric
    mean of the members' middles with it. That procedure closes in on it slowly where few of many
    members take a stance (by about 1 / n of the way in a step), and then stops too early or not
    at all. So its steps are divided by the slope of the equation they solve, which makes them
    those of Newton: about ten reach the same point from anywhere. `set_divergence` with
    ``compat`` uses the plain procedure.

    Parameters
    ----------
    sets : array_like, shape (..., n, k)
        Non-negative weights of n distributions over k stances, each normalised to sum 1. A member
        of NaN alone is padding, so that sets may have fewer than n.
    max_steps : int, at least 1
        Steps after which a set is given up.
    tolerance : float, above 0
        Error of the centroid's logarithms, estimated by the square of the last step, at which to
        stop.

    Returns
    -------
    Centroid
        ``centroid`` (..., k), ``converged`` (...) and ``steps`` (...). A stance that nobody takes
        has share 0, and a single distribution is its own centroid. NaN where there is no member,
        and where a member has a weight that is negative, infinite or NaN, or zeros alone.

    Raises
    ------
    InputError
        For fewer than two axes, or no stances.
    ParameterError
        For another number of steps or tolerance.

    References
    ----------
    Nielsen 2020, https://doi.org/10.3390/e22020221

    Examples
    --------
    >>> found = jensen_shannon_centroid([[1, 0, 0], [0, 1, 0], [1, 1, 0]])
    >>> found.centroid.round(3).tolist(), bool(found.converged)
    ([0.5, 0.5, 0.0], True)
    >>> jensen_shannon_centroid([[9, 1], [9, 1], [1, 9]]).centroid.round(3)
    array([0.669, 0.331])
    """
    _check_stop(max_steps, tolerance)
    ragged, outer = ragged_sets(sets)
    found = ragged_centroids(ragged, max_steps=max_steps, tolerance=tolerance)
    return Centroid(
        found.centroid.reshape(*outer, ragged.shares.shape[1]),
        found.converged.reshape(outer),
        found.steps.reshape(outer),
    )


def ragged_centroids(
    ragged: Ragged, *, max_steps: int, tolerance: float, newton: bool = True
) -> Centroid:
    """Return the centroids of the sets of a table.

    Parameters
    ----------
    ragged : Ragged
        Sets.
    max_steps, tolerance
        When to stop.
    newton : bool
        By Newton's steps, or by plain CCCP, for shares that are all above 0.

    Returns
    -------
    Centroid
        One for each set.
    """
    n_sets, n_stances = ragged.totals.size, ragged.shares.shape[1]
    centroids = np.full((n_sets, n_stances), np.nan)
    converged, steps = np.zeros(n_sets, dtype=np.bool_), np.zeros(n_sets, dtype=np.int64)

    def work(first: int, last: int) -> None:
        find_centroids(
            first, last, *ragged, max_steps, tolerance, newton, centroids, converged, steps
        )

    run_in_slices(work, n_sets)
    return Centroid(centroids, converged, steps)


def _check_stop(max_steps: int, tolerance: float) -> None:
    """Say what is wrong with the limits of the steps."""
    whole = isinstance(max_steps, int | np.integer) and not isinstance(max_steps, bool)
    if not whole or max_steps < 1:
        raise ParameterError(f"max_steps is {max_steps!r}; give a whole number of at least 1.")
    number = isinstance(tolerance, int | float | np.integer | np.floating)
    if not number or isinstance(tolerance, bool) or not 0.0 < float(tolerance) < math.inf:
        raise ParameterError(f"tolerance is {tolerance!r}; give a number above 0, such as 1e-13.")


@kernel
def find_centroids(
    first: int,
    last: int,
    starts: npt.NDArray[np.int64],
    shares: FloatArray,
    times: FloatArray,
    totals: FloatArray,
    max_steps: int,
    tolerance: float,
    newton: bool,
    centroids: FloatArray,
    converged: npt.NDArray[np.bool_],
    steps: npt.NDArray[np.int64],
) -> None:
    """Write the centroids of the sets ``first`` to ``last``, which hold NaN before.

    Set s has the rows ``starts[s]`` to ``starts[s + 1]`` of ``shares`` (r, k), each as often as
    ``times`` (r,) says, and ``totals`` (s,) members, or NaN for a set that has no centroid.
    """
    for s in range(first, last):
        if not totals[s] > 0.0:
            continue
        rows, often = shares[starts[s] : starts[s + 1]], times[starts[s] : starts[s + 1]]
        if all_equal(rows):  # exactly, whatever is rounded
            for k in range(rows.shape[1]):
                centroids[s, k] = rows[0, k]
            converged[s] = True
            continue
        total, found = totals[s], centroids[s]
        if newton:
            steps[s], converged[s] = newton_centroid(
                rows, often, total, max_steps, tolerance, found
            )
        else:
            steps[s], converged[s] = cccp_centroid(rows, often, total, max_steps, tolerance, found)
