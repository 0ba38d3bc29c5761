"""Slow, obvious twins of the kernels of value consistency, written from the method."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from reference_opinions import distance_twin
from scipy import optimize
from scipy.spatial import distance

Floats = npt.NDArray[np.float64]


def members_twin(members: Sequence[Sequence[float]]) -> Floats | None:
    """Return the members (n, k) that are there as shares; None where one is no distribution."""
    rows = np.array([row for row in members if not all(map(math.isnan, row))], dtype=np.float64)
    if not rows.size or not np.isfinite(rows).all() or (rows < 0.0).any():
        return None
    if not rows.any(axis=1).all():
        return None
    rows = rows / rows.max(axis=1, keepdims=True)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def centroid_twin(members: Sequence[Sequence[float]]) -> Floats:
    """Return the centroid (k,) by two nested searches for the root of one unknown.

    At the smallest mean divergence the mean of log((p + c) / 2 c) has one value for all stances
    with a share; given that value each share can be found alone, and they must sum to 1.
    """
    rows = members_twin(members)
    if rows is None:
        return np.full(len(members[0]), np.nan)

    def share_at(level: float, column: Floats) -> float:
        taken = column[column > 0.0]
        if not taken.size:
            return 0.0

        def above(log_share: float) -> float:
            return float(np.logaddexp(0.0, np.log(taken) - log_share).sum()) / len(column) - level

        return math.exp(optimize.brentq(above, -2000.0, 60.0, xtol=1e-14, rtol=1e-14))

    def too_much(level: float) -> float:
        return math.fsum(share_at(level, column) for column in rows.T) - 1.0

    level = optimize.brentq(too_much, 1e-6, math.log(2.0) + 1e-9, xtol=1e-16, rtol=1e-14)
    return np.array([share_at(level, column) for column in rows.T])


def set_divergence_twin(
    members: Sequence[Sequence[float]], kind: str = "distance", base: float = 2.0
) -> float:
    """Return the mean distance or divergence to the centroid, NaN for fewer than two."""
    rows = members_twin(members)
    if rows is None or len(rows) < 2:
        return math.nan
    centroid = centroid_twin(rows.tolist()).tolist()
    distances = [distance_twin(row, centroid, base=base) for row in rows.tolist()]
    return math.fsum(d if kind == "distance" else d * d for d in distances) / len(distances)


def natural(theta: Floats) -> Floats:
    """Return natural parameters of the free entries (..., k - 1): logs over the last's."""
    return np.asarray(np.log(theta) - np.log(1.0 - theta.sum(axis=-1, keepdims=True)))


def cccp_twin(rows: Floats, max_steps: int = 1000, tolerance: float = 1e-10) -> Floats:
    """Return the centroid by Nielsen's procedure in mixture and natural parameters."""
    theta = rows[:, :-1]
    centroid = theta.mean(axis=0)
    for _ in range(max_steps):
        eta = natural((theta + centroid) / 2.0).mean(axis=0)
        moved = np.exp(eta) / (1.0 + np.exp(eta).sum())
        if np.abs(moved - centroid).sum() < tolerance:
            break
        centroid = moved
    return np.append(centroid, 1.0 - centroid.sum())


def moore_twin(members: Sequence[Sequence[float]]) -> float:
    """Return the published mean distance in nats, step by step."""
    rows = members_twin(members)
    if rows is None:
        return math.nan
    if len(rows) == 1:
        return 0.0
    rows += 1e-10
    rows /= rows.sum(axis=1, keepdims=True)
    if all(np.allclose(a, b, rtol=1e-5, atol=1e-4) for a, b in itertools.permutations(rows, 2)):
        return 0.0
    centroid = cccp_twin(rows)
    distances = [
        0.0 if np.allclose(row, centroid) else float(distance.jensenshannon(row, centroid))
        for row in rows
    ]
    return math.fsum(distances) / len(distances)


def random_sets(rng: np.random.Generator, n_sets: int, n: int, k: int) -> Floats:
    """Return sets (n_sets, n, k) of all kinds: even, sharp, whole numbers, one-hot, alike."""
    shape = (n_sets, n, k)
    whole = rng.integers(0, 3, shape).astype(np.float64)
    whole[..., 0] += whole.sum(axis=-1) == 0.0
    kinds = [
        rng.random(shape) + 1e-3,
        np.exp(rng.normal(0.0, 10.0, shape)),
        whole,
        np.eye(k)[rng.integers(0, k, shape[:2])],
        rng.random((n_sets, 1, k)) + 1e-3 * rng.random(shape) + 1e-3,
    ]
    return np.asarray(np.choose(rng.integers(0, len(kinds), (n_sets, 1, 1)), kinds))
