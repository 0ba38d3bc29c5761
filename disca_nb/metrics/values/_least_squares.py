"""Variance components of crossed and nested effects from sums of squares, for any imbalance.

With n_g the number of answers of a level, S_g their sum and N the number of all, the sum of squares
of an effect k, fitted alone by least squares, is Q_k = Σ_g S_g² / n_g - (Σ y)² / N. Under random
effects its expectation is Σ_l σ²_l (Σ_gh n_gh² / n_g - Σ_h n_h² / N), where h runs over the levels
of effect l and n_gh is the number of answers that share both. Equating the two for all effects
gives as many linear equations as components.

Henderson 1953, method 1, https://doi.org/10.2307/3001853
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disca_nb.kernels._types import FloatArray

__all__ = ["IntArray", "Moments", "equations", "least_apart", "moments", "solved"]

IntArray = npt.NDArray[np.int64]

_APART = 1e-9
"""Smallest singular value, of columns of length 1, of effects that can be told apart."""


@dataclass(frozen=True)
class Moments:
    """Sums by topic, from which the equations of any draw of topics follow.

    A nested effect has no level in two topics, so that its sums add up over topics. The levels of
    a crossed effect run through all topics; they are unions of cells, the combinations of model,
    order and language that occur.

    Attributes
    ----------
    names : tuple of str
        The effects.
    levels : dict
        By place of a crossed effect, the level of each cell.
    sizes, sums : ndarray, shape (topics, cells)
        Answers and the sum of their values.
    squares : dict
        By place of a nested effect, (topics, 2): sums over levels of S² / n and of n².
    shared : dict
        By places of two effects of which one is nested: sums of n_gh² / n_g, (topics, 1), where
        the first is nested; sums of n_gh² by level of the first, (topics, levels), where not.
    """

    names: tuple[str, ...]
    levels: dict[int, IntArray]
    sizes: FloatArray
    sums: FloatArray
    squares: dict[int, FloatArray]
    shared: dict[tuple[int, int], FloatArray]


def moments(
    values: FloatArray,
    topics: IntArray,
    cells: IntArray,
    effects: Mapping[str, IntArray],
    crossed: Sequence[str],
) -> Moments:
    """Return the sums that the equations need.

    Parameters
    ----------
    values : ndarray, shape (answers,)
        Values near 0, so that squares do not cancel.
    topics, cells : ndarray, shape (answers,)
        Codes from 0 on, each of which occurs.
    effects : mapping
        Codes of each effect's levels, (answers,), from 0 on.
    crossed : sequence of str
        The effects whose levels are unions of cells.

    Returns
    -------
    Moments
        In the order of `effects`.
    """
    names, codes = tuple(effects), list(effects.values())
    first = np.unique(cells, return_index=True)[1]
    levels = {k: codes[k][first] for k, name in enumerate(names) if name in crossed}
    squares, shared = {}, {}
    for k, code in enumerate(codes):
        if k not in levels:
            squares[k] = _squares(values, code, topics)
        for j, other in enumerate(codes):
            if k not in levels or j not in levels:
                shared[k, j] = _shared(code, other, topics, by_level=k in levels)
    sizes = _by_topic(topics, cells, np.ones(len(values)))
    return Moments(names, levels, sizes, _by_topic(topics, cells, values), squares, shared)


def _by_topic(topics: IntArray, columns: IntArray, weights: FloatArray) -> FloatArray:
    """Return sums of weights, (topics, columns)."""
    shape = int(topics.max()) + 1, int(columns.max()) + 1
    flat = np.bincount(topics * shape[1] + columns, weights, shape[0] * shape[1])
    return np.asarray(flat.reshape(shape))


def _squares(values: FloatArray, code: IntArray, topics: IntArray) -> FloatArray:
    """Return by topic the sums over levels of S² / n and of n²."""
    first = np.unique(code, return_index=True)[1]
    sums, sizes = np.bincount(code, values), np.bincount(code).astype(float)
    rows = (sums**2 / sizes, sizes**2)
    return np.stack([np.bincount(topics[first], row) for row in rows], axis=1)


def _shared(one: IntArray, other: IntArray, topics: IntArray, *, by_level: bool) -> FloatArray:
    """Return by topic the sums of n_gh² / n_g, or of n_gh² by level g of the first effect."""
    pairs = one * (int(other.max()) + 1) + other
    _, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    joint, level = counts.astype(float) ** 2, one[first]
    if by_level:
        return _by_topic(topics[first], level, joint)
    return np.asarray(np.bincount(topics[first], joint / np.bincount(one)[level])[:, None])


def solved(parts: Moments, counts: FloatArray) -> FloatArray:
    """Return the variance components of draws of topics.

    Parameters
    ----------
    parts : Moments
        Sums by topic.
    counts : ndarray, shape (draws, topics)
        How often each topic counts; copies of a topic are topics of their own.

    Returns
    -------
    ndarray, shape (draws, effects)
        NaN where a draw leaves effects that cannot be told apart.
    """
    coefficients, squares = equations(parts, counts)
    estimates = np.full(squares.shape, np.nan)
    usable = np.linalg.svd(_of_length_one(coefficients), compute_uv=False)[:, -1] > _APART
    right = squares[usable][..., None]
    estimates[usable] = np.linalg.solve(coefficients[usable], right)[..., 0]
    return estimates


def least_apart(parts: Moments) -> list[str]:
    """Return the effects that all topics together cannot tell apart; empty where they can."""
    coefficients, _ = equations(parts, np.ones((1, len(parts.sizes))))
    _, values, vectors = np.linalg.svd(_of_length_one(coefficients)[0])
    if values[-1] > _APART:
        return []
    size = np.abs(vectors[-1])
    return [name for name, own in zip(parts.names, size, strict=True) if own > 0.05 * size.max()]


def _of_length_one(coefficients: FloatArray) -> FloatArray:
    """Return equations with columns of length 1, or 0."""
    length = np.sqrt((coefficients**2).sum(axis=1, keepdims=True))
    return np.asarray(coefficients / np.where(length > 0.0, length, 1.0))


def equations(parts: Moments, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both sides of the equations of draws of topics.

    Parameters
    ----------
    parts : Moments
        Sums by topic.
    counts : ndarray, shape (draws, topics)
        How often each topic counts.

    Returns
    -------
    coefficients : ndarray, shape (draws, effects, effects)
        Of component l in the expectation of the sum of squares k.
    squares : ndarray, shape (draws, effects)
        Sums of squares Q_k.
    """
    n_effects = len(parts.names)
    sizes, sums = _drawn(counts, parts.sizes), _drawn(counts, parts.sums)
    n = sizes.sum(axis=1)
    squares = np.empty((len(counts), n_effects))
    coefficients = np.empty((len(counts), n_effects, n_effects))
    for k in range(n_effects):
        if k in parts.levels:
            own = _merged(sizes, parts.levels[k])
            squares[:, k] = _ratio(_merged(sums, parts.levels[k]) ** 2, own)
            of_size = (own**2).sum(axis=1)
        else:
            squares[:, k], of_size = _drawn(counts, parts.squares[k]).T
        for j in range(n_effects):
            coefficients[:, j, k] = _joint(parts, counts, sizes, (j, k)) - of_size / n
    return coefficients, squares - (sums.sum(axis=1) ** 2 / n)[:, None]


def _joint(
    parts: Moments, counts: FloatArray, sizes: FloatArray, pair: tuple[int, int]
) -> FloatArray:
    """Return Σ_gh n_gh² / n_g by draw, g a level of the first effect and h of the second."""
    one, other = pair
    if one not in parts.levels:
        return _drawn(counts, parts.shared[pair])[:, 0]
    levels = parts.levels[one]
    own = _merged(sizes, levels)
    if other not in parts.levels:
        return _ratio(_drawn(counts, parts.shared[pair]), own)
    both = levels * (int(parts.levels[other].max()) + 1) + parts.levels[other]
    _, first, codes = np.unique(both, return_index=True, return_inverse=True)
    return _ratio(_merged(sizes, codes) ** 2, own[:, levels[first]])


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return sums of quotients over the last axis; a level that was not drawn adds nothing."""
    drawn = below > 0.0
    return np.asarray((np.where(drawn, above, 0.0) / np.where(drawn, below, 1.0)).sum(axis=-1))


def _drawn(counts: FloatArray, by_topic: FloatArray) -> FloatArray:
    """Return sums over topics, (draws, columns), without a product of matrices.

    Libraries add up those in an order that depends on the number of threads.
    """
    return np.asarray(np.einsum("dt,tx->dx", counts, by_topic, optimize=False))


def _merged(by_cell: FloatArray, levels: IntArray) -> FloatArray:
    """Return sums over the cells of each level, (draws, levels)."""
    total = np.zeros((len(by_cell), int(levels.max()) + 1))
    for cell, level in enumerate(levels):
        total[:, level] += by_cell[:, cell]
    return total
