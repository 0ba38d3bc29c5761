"""What a set's mean distance to its centroid can be: the largest, and that of coin flips."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from disca_nb.errors import ParameterError, unknown_name
from disca_nb.kernels._ragged import ragged_counts
from disca_nb.kernels.divergence import check_base
from disca_nb.kernels.set_divergence import base_of, ragged_divergence

__all__ = ["coin_flip_divergence", "largest_set_divergence"]

_MOST_PATTERNS = 200_000


def largest_set_divergence(k: int, *, kind: str = "distance", base: float = 2.0) -> float:
    """Return the mean distance to the centroid of k answers that take one of k stances each.

    Their centroid is the even distribution, and no set over k stances lies farther apart.

    Parameters
    ----------
    k : int, at least 1
        Number of stances.
    kind : {"distance", "divergence"}
        Of which the mean is taken.
    base : float, above 1
        Base of the logarithm.

    Returns
    -------
    float
        The largest value, in units of the base; 0 for one stance.

    Raises
    ------
    ParameterError
        For another number of stances or base.
    UnknownNameError
        For another kind.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996, for the mean distance.

    Examples
    --------
    >>> [round(largest_set_divergence(k), 5) for k in (2, 3, 4)]
    [0.55792, 0.6776, 0.74081]
    """
    n = _check_count("k", k)
    if kind not in {"distance", "divergence"}:
        raise unknown_name("kind", kind, ("distance", "divergence"))
    # Twice the divergence of a one-hot and the even distribution, in nats.
    own = math.log(2.0 * n / (n + 1.0)) + math.log(2.0 / (n + 1.0)) / n
    nats = (own + (n - 1.0) / n * math.log(2.0)) / 2.0 if n > 1 else 0.0
    units = nats / math.log(check_base(base))
    return math.sqrt(units) if kind == "distance" else units


def coin_flip_divergence(
    n: int,
    k: int = 2,
    *,
    kind: str = "distance",
    base: float | None = None,
    compat: str | None = None,
) -> float:
    """Return the expected mean distance to the centroid of n answers drawn by chance.

    Each answer takes one of k stances, all equally likely, and takes it fully. The expectation
    grows with n, so that groups of different sizes are not on one scale without it. It is exact:
    the mean over all counts of stances, weighted by their multinomial probability.

    Parameters
    ----------
    n : int, at least 1
        Number of answers in the set.
    k : int, at least 1
        Number of stances.
    kind, base, compat
        As for `set_divergence`.

    Returns
    -------
    float
        The expectation, in units of the base; NaN for one answer (0 with ``compat``).

    Raises
    ------
    ParameterError
        For other numbers, or so many answers and stances that there are more than 200,000
        patterns of counts.
    UnknownNameError
        For another kind or compat.

    References
    ----------
    Moore, Deshpande and Yang 2024, arXiv 2407.02996, for the mean distance.

    Examples
    --------
    >>> [round(coin_flip_divergence(n, base=math.e), 4) for n in (2, 5, 25)]
    [0.2323, 0.3613, 0.4439]
    """
    size, stances = _check_count("n", n), _check_count("k", k)
    return _expected(size, stances, kind, base_of(base, compat), compat)


@functools.cache
def _expected(n: int, k: int, kind: str, base: float, compat: str | None) -> float:
    """Return the expectation."""
    if _count_patterns(n, k) > _MOST_PATTERNS:
        raise ParameterError(
            f"n {n} answers over k {k} stances have more than {_MOST_PATTERNS:,} patterns of "
            "counts; give fewer of either."
        )
    patterns = list(_patterns(n, k, n))
    counts = np.array(patterns, dtype=np.int64)
    found = ragged_divergence(ragged_counts(counts), kind=kind, base=base, compat=compat)
    return math.fsum(_probability(p, n) * v for p, v in zip(patterns, found.tolist(), strict=True))


def _check_count(name: str, value: int) -> int:
    """Return a whole number of at least 1, or say what is wrong with it."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1:
        return int(value)
    raise ParameterError(f"{name} is {value!r}; give a whole number of at least 1.")


def _count_patterns(n: int, k: int) -> int:
    """Return the number of ways to write n as k counts that do not rise, or one too many."""
    if k == 1:
        return 1
    if n > 2 * _MOST_PATTERNS:  # two counts alone have n // 2 + 1 ways
        return _MOST_PATTERNS + 1
    ways = [1] + [0] * n
    for part in range(1, min(k, n) + 1):
        for total in range(part, n + 1):
            ways[total] += ways[total - part]
            if ways[total] > _MOST_PATTERNS and total == n:
                return ways[total]
    return ways[n]


def _patterns(n: int, k: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Yield n as k counts that do not rise, none of them above the largest."""
    if n == 0:
        yield (0,) * k
        return
    if k == 1:
        if n <= largest:
            yield (n,)
        return
    for first in range(min(n, largest), -(-n // k) - 1, -1):
        for rest in _patterns(n - first, k - 1, first):
            yield (first, *rest)


def _probability(pattern: tuple[int, ...], n: int) -> float:
    """Return how likely counts are, over all stances that may have them."""
    k = len(pattern)
    logs = math.lgamma(n + 1) - sum(math.lgamma(count + 1) for count in pattern)
    logs += math.lgamma(k + 1) - sum(math.lgamma(m + 1) for m in Counter(pattern).values())
    return math.exp(logs - n * math.log(k))
