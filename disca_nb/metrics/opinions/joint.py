"""Joint bootstrap over questions: the same draws for countries, models, promptings and floors."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from disca_nb.errors import ParameterError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.opinions import average_ranks
from disca_nb.metrics.bootstrap import check_draws, resamples
from disca_nb.metrics.opinions._cells import IntArray

__all__ = [
    "block_size",
    "check_level",
    "ends",
    "fewest_questions",
    "question_counts",
    "rank_correlation",
    "widened_tails",
]

_NUMBERS_PER_BLOCK = 2_000_000
_FEWEST_COUNTRIES = 3
_HAIR = 1e-9


def question_counts(n: int, *, n_boot: int, seed: int, level: float) -> IntArray:
    """Return how often each question counts, as it is and in each draw.

    Parameters
    ----------
    n : int
        Questions, in the order of their labels.
    n_boot, seed : int
        Number of draws and their seed.
    level : float
        Coverage of the intervals that the draws are for, which is checked alone.

    Returns
    -------
    ndarray, shape (1 + n_boot, n)
        Ones, then whole numbers with the sum n.

    Raises
    ------
    ParameterError
        For fewer than one draw, a seed outside its range, or a level outside (0, 1).
    """
    check_draws("n_boot", n_boot)
    check_level(level)
    # The seed is checked also where there is no question to draw.
    drawn = resamples(max(n, 1), n_boot=n_boot, seed=seed)[:, :n]
    return np.concatenate([np.ones((1, n), dtype=np.int64), drawn.astype(np.int64)])


def block_size(n_draws: int, n_countries: int) -> int:
    """Return how many systems are worked on at a time, so that memory stays small."""
    return max(1, _NUMBERS_PER_BLOCK // max(1, n_draws * n_countries))


def ends(
    draws: FloatArray,
    n_questions: IntArray,
    *,
    level: float,
    widen: bool = True,
    ranks: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Return the percentile interval of each figure.

    Parameters
    ----------
    draws : ndarray, shape (1 + draws, ...)
        Figures, of which the first is of the questions as they are.
    n_questions : ndarray, broadcast to shape (...)
        Questions behind each figure; fewer than `fewest_questions` have no interval.
    level : float
        Coverage.
    widen : bool
        Take percentiles farther out, as Student's t does for a mean of few questions.
    ranks : bool
        Take the draws next to a percentile, outward, as there is no rank between two ranks.

    Returns
    -------
    low, high : ndarray, shape (...)
        NaN where there is none.
    """
    n = np.where(np.isnan(draws[0]), 0, np.broadcast_to(n_questions, draws.shape[1:]))
    tail = np.full(n.shape, (1.0 - level) / 2.0)
    if widen:
        sizes, which = np.unique(np.maximum(n, 2), return_inverse=True)
        tail = widened_tails(level, sizes)[which].reshape(n.shape)
    # NaN is sorted to the end, so that a draw without a question is left out.
    ordered = np.sort(draws[1:], axis=0)
    last = np.maximum((~np.isnan(ordered)).sum(axis=0) - 1, 0)
    places = [last * tail, last * (1.0 - tail)]
    if ranks:
        # A hair's breadth from a whole number is that number.
        places = [np.floor(places[0] + _HAIR), np.ceil(places[1] - _HAIR)]
    low, high = (_at(ordered, place) for place in places)
    enough = n >= fewest_questions(level)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def fewest_questions(level: float) -> int:
    """Return how many questions an interval needs at least.

    No draw leaves the range of the questions' own values, and n values that spread evenly around
    their mean are all on one side of it with probability ``2 ** (1 - n)``: with fewer questions
    even the widest interval of draws covers less often than it says.

    Parameters
    ----------
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    int
        At least 2.

    Examples
    --------
    >>> fewest_questions(0.95), fewest_questions(0.9), fewest_questions(0.5)
    (6, 5, 2)
    """
    return max(2, math.ceil(1.0 - math.log2(1.0 - level) - _HAIR))


def _at(ordered: FloatArray, place: FloatArray) -> FloatArray:
    """Return sorted values at a place between them, by linear interpolation."""
    below = np.floor(place).astype(np.int64)
    above = np.ceil(place).astype(np.int64)
    one, other = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (below, above))
    return np.asarray(one + (other - one) * (place - below))


def check_level(level: object) -> None:
    """Raise unless a level is a number between 0 and 1.

    Raises
    ------
    ParameterError
        With the value.
    """
    if not isinstance(level, int | float | np.floating) or not 0.0 < level < 1.0:
        raise ParameterError(f"level is {level!r}; it must be a number between 0 and 1.")


def widened_tails(level: float, n: IntArray) -> FloatArray:
    """Return the shares of draws to leave out at each end, for a mean of n values.

    Percentiles of a bootstrap are those of a normal distribution with the variance over n; the
    mean needs Student's with the variance over n - 1 (Hesterberg 2015,
    https://doi.org/10.1080/00031305.2015.1089789, "expanded percentiles").

    Parameters
    ----------
    level : float
        Coverage, between 0 and 1.
    n : ndarray, shape (...)
        Values, at least 2.

    Returns
    -------
    ndarray, shape (...)
        Less than half of 1 - `level`, which it nears as n grows.

    Examples
    --------
    >>> widened_tails(0.95, np.array([10, 30, 1000])).round(4)
    array([0.0086, 0.0188, 0.0248])
    """
    t = stats.t.isf((1.0 - level) / 2.0, n - 1) * np.sqrt(n / (n - 1))
    return np.asarray(stats.norm.sf(t))


def rank_correlation(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return Spearman's correlation over countries inside each draw.

    Parameters
    ----------
    left, right : ndarray, shape (draws, countries, systems)
        Scores, broadcast; a country that is NaN in one is left out of both.

    Returns
    -------
    ndarray, shape (draws, systems)
        NaN with fewer than three countries, or where all are equal.
    """
    left, right = np.broadcast_arrays(left, right)
    known = ~np.isnan(left) & ~np.isnan(right)
    size = known.sum(axis=1, keepdims=True)
    centred = []
    for scores in (left, right):
        placed = average_ranks(np.where(known, scores, np.nan), axis=1)
        centred.append(np.where(known, placed - (size + 1) / 2.0, 0.0))
    one, other = centred
    spread = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    usable = (spread > 0.0) & (size[:, 0] >= _FEWEST_COUNTRIES)
    return np.where(usable, (one * other).sum(axis=1) / np.where(usable, spread, 1.0), np.nan)
