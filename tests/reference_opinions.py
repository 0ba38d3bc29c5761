"""Slow, obvious twins of the kernels of opinions, written from the method."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


def shares_twin(weights: Sequence[float]) -> list[float] | None:
    """Return weights over their sum; None where they are no distribution."""
    if not all(0.0 <= w < math.inf for w in weights) or not any(weights):
        return None
    return [w / math.fsum(weights) for w in weights]


def without_padding_twin(p: Sequence[float], q: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return both without the places at the end that are NaN in both."""
    left, right = list(p), list(q)
    while left and math.isnan(left[-1]) and math.isnan(right[-1]):
        left.pop()
        right.pop()
    return left, right


def distance_twin(
    p: Sequence[float], q: Sequence[float], measure: str = "jensen-shannon", base: float = 2.0
) -> float:
    """Return a distance by its definition, NaN where there is none."""
    left, right = (shares_twin(weights) for weights in without_padding_twin(p, q))
    if left is None or right is None:
        return math.nan
    if measure == "total-variation":
        return math.fsum(abs(a - b) for a, b in zip(left, right, strict=True)) / 2.0
    if measure == "hellinger":
        roots = [math.sqrt(a) - math.sqrt(b) for a, b in zip(left, right, strict=True)]
        return math.sqrt(math.fsum(gap * gap for gap in roots) / 2.0)
    if measure == "earth-movers":
        n = len(left)
        area = math.fsum(abs(math.fsum(left[:k]) - math.fsum(right[:k])) for k in range(1, n))
        return area / (n - 1) if n > 1 else 0.0
    middle = [(a + b) / 2.0 for a, b in zip(left, right, strict=True)]
    bits = [
        share * math.log(share / m) / math.log(base)
        for side in (left, right)
        for share, m in zip(side, middle, strict=True)
        if share > 0.0
    ]
    return math.sqrt(max(math.fsum(bits) / 2.0, 0.0))


def similarity_twin(
    shares: Floats,
    answers: Floats,
    n_options: Sequence[int],
    measure: str = "jensen-shannon",
    base: float = 2.0,
) -> Floats:
    """Return 1 - distance of every country (C, Q, O) and model (M, Q, O), one by one."""
    table = np.full((len(shares), len(answers), len(n_options)), np.nan)
    for c, m, q in np.ndindex(*table.shape):
        n = n_options[q]
        p, r = shares[c, q, :n].tolist(), answers[m, q, :n].tolist()
        if not (np.isnan(p).any() or np.isnan(r).any()):
            table[c, m, q] = 1.0 - distance_twin(p, r, measure, base)
    return table


def joint_means_twin(values: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """Return the mean over every question as often as it was drawn, of rows (R, Q)."""
    means = np.full((len(counts), len(values)), np.nan)
    for (b, drawn), (r, row) in (
        (one, other) for one in enumerate(counts) for other in enumerate(values)
    ):
        known = [
            value
            for value, times in zip(row.tolist(), drawn.tolist(), strict=True)
            if not math.isnan(value)
            for _ in range(times)
        ]
        if known:
            means[b, r] = math.fsum(known) / len(known)
    return means


def largest_group_twin(known: npt.NDArray[np.bool_], times: npt.NDArray[np.int64]) -> list[int]:
    """Return the countries that drawn questions link into the largest group."""
    asked = known & (times > 0)
    left = {int(c) for c in np.flatnonzero(asked.any(axis=1))}
    groups: list[list[int]] = []
    while left:
        group: set[int] = set()
        new = {min(left)}
        while new:
            group |= new
            questions = asked[sorted(group)].any(axis=0)
            new = {int(c) for c in np.flatnonzero(asked[:, questions].any(axis=1))} - group
        groups.append(sorted(group))
        left -= group
    # Most countries, then most cells, then the first country: `max` keeps the first of equals.
    return max(groups, key=lambda g: (len(g), int((asked[g] * times).sum())), default=[])


def two_way_twin(values: Floats, times: npt.NDArray[np.int64]) -> Floats:
    """Return the country effects (C,) of one model (C, Q) by least squares on dummies."""
    known = ~np.isnan(values)
    countries = largest_group_twin(known, times)
    effects = np.full(len(values), np.nan)
    if not countries:
        return effects
    rows, cells, roots = [], [], []
    for c in countries:
        for q in np.flatnonzero(known[c] & (times > 0)):
            row = np.zeros(sum(values.shape))
            row[c], row[len(values) + q] = 1.0, 1.0
            rows.append(row)
            cells.append(values[c, q])
            roots.append(math.sqrt(times[q]))
    weights = np.array(roots)
    fitted = np.linalg.lstsq(np.array(rows) * weights[:, None], np.array(cells) * weights)[0]
    entered = known[countries].any(axis=0) & (times > 0)
    mean = np.average(fitted[len(values) :][entered], weights=times[entered])
    effects[countries] = fitted[countries] + mean
    return effects


def ranks_twin(values: Floats) -> Floats:
    """Return the ranks of a row, 1 for the highest, of what is not NaN."""
    known = ~np.isnan(values)
    ranks = np.full(values.shape, np.nan)
    ranks[known] = stats.rankdata(-values[known])
    return ranks


def random_weights(rng: np.random.Generator, *shape: int) -> Floats:
    """Return weights of all kinds: even, sharp, whole numbers, zeros."""
    kind = rng.integers(0, 4, (*shape[:-1], 1))
    whole = rng.integers(0, 4, shape).astype(np.float64)
    whole[..., 0] += whole.sum(axis=-1) == 0.0
    sharp = np.exp(rng.normal(0.0, 12.0, shape))
    return np.asarray(np.choose(kind, [rng.random(shape), rng.random(shape) ** 9, whole, sharp]))


def random_table(
    rng: np.random.Generator, countries: int, models: int, questions: int, *, known: float = 0.6
) -> Floats:
    """Return similarities (C, M, Q), unknown where a country was not asked, and some cells more.

    The last model lacks a few of its answers, and the others lack none.
    """
    values = rng.random((countries, models, questions))
    values[np.broadcast_to(rng.random((countries, 1, questions)) > known, values.shape)] = np.nan
    values[:, -1][rng.random((countries, questions)) < 0.1] = np.nan
    return values
