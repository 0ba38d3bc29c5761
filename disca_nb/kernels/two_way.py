"""Country effects of an additive fit of countries and questions, under every draw of a bootstrap.

A question's effect is swept out first: given the countries' effects it is the mean of what they
leave. The countries' normal equations that remain are those of a network in which two countries
are linked by the questions that both answered. They are solved by taking countries out one by
one, where only positive numbers are added (Grassmann, Taksar and Heyman 1985,
https://doi.org/10.1287/opre.33.5.1107), so that no pivot is lost to rounding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb._accelerate import inner_kernel, kernel
from disca_nb.errors import InputError
from disca_nb.kernels._draws import add_multiple, check_counts, check_values, draw_sums, run_draws
from disca_nb.kernels._types import FloatArray

__all__ = ["two_way_effects"]


def two_way_effects(values: npt.ArrayLike, counts: npt.ArrayLike) -> FloatArray:
    """Return how similar countries are when harder questions are no fault of theirs.

    For each draw and model it fits ``values[c, q] = country[c] + question[q]`` by least squares
    over the known cells, a question weighted by how often it was drawn, and returns
    ``country[c]`` plus the mean of ``question`` over all questions that enter, with the same
    weights: what the country would score, as far as the two add up, had it been asked all of them.
    Where every country knows every question that is its mean.

    Parameters
    ----------
    values : array_like, shape (C, M, Q)
        Similarities of countries and models by question; NaN where unknown.
    counts : array_like of int, shape (B, Q)
        How often each draw holds each question; a row of ones fits all of them.

    Returns
    -------
    numpy.ndarray, shape (B, C, M)
        Country effects on the scale of the values. Countries that shared questions link, directly
        or through others, with the largest group so linked (by countries, then by cells drawn,
        then by its first country); the others cannot be compared with it and are NaN, as are
        countries without a known question in the draw. The same to the bit for any number of
        threads.

    Raises
    ------
    InputError
        For another shape, infinite values, and counts that do not fit or are not whole numbers.

    References
    ----------
    Searle, Casella and McCulloch 1992, https://doi.org/10.1002/9780470316856, for two-way data
    with empty cells.

    Examples
    --------
    >>> easy, hard = [0.8, 0.9, np.nan], [np.nan, 0.6, 0.1]  # the second is .3 lower where shared
    >>> two_way_effects([[easy], [hard]], [[1, 1, 1]]).ravel().round(3).tolist()
    [0.7, 0.4]
    """
    numbers = check_values(values)
    if numbers.ndim != 3:
        raise InputError(
            f"values has the shape {numbers.shape}; give (countries, models, questions)."
        )
    drawn = check_counts(counts, numbers.shape[2])
    known = ~np.isnan(numbers)
    effects = np.empty((len(drawn), *numbers.shape[:2]))
    # Models with the same known cells share the equations.
    groups: dict[bytes, list[int]] = {}
    for model in range(numbers.shape[1]):
        groups.setdefault(known[:, model].tobytes(), []).append(model)
    for models in groups.values():
        effects[:, :, models] = _fit(numbers[:, models], known[:, models[0]], drawn)
    return effects


def _fit(
    values: FloatArray, known: npt.NDArray[np.bool_], drawn: npt.NDArray[np.int64]
) -> FloatArray:
    """Return the effects (B, C, M) of models that all have the same known cells (C, Q)."""
    # Questions of one survey were put to the same countries; each such pattern is looked at once.
    patterns, inverse = np.unique(known.T, axis=0, return_inverse=True)
    pattern = inverse.reshape(-1)  # NumPy 2.0 keeps an axis of its own
    starts = np.concatenate([[0], np.cumsum(patterns.sum(axis=1))])
    country = np.nonzero(patterns)[1]
    n_known = np.maximum(known.sum(axis=0), 1)
    means = np.where(known[:, None], values, 0.0).sum(axis=0) / n_known
    n_countries, n_models, n_questions = values.shape
    # What flows into the network: how far a country is above the means of its questions.
    above = (values - means).reshape(n_countries * n_models, n_questions)
    inflow = draw_sums(above, drawn, mean=False).reshape(len(drawn), n_countries, n_models)
    by_question = np.ascontiguousarray(means.T)
    effects = np.empty(inflow.shape)

    def work(first: int, last: int) -> None:
        fit_draws(first, last, drawn, pattern, starts, country, by_question, inflow, effects)

    run_draws(work, len(drawn), country.size + n_countries**2)
    return effects


@inner_kernel
def _root(parent: npt.NDArray[np.int64], country: int) -> int:
    """Return the first country of the group that a country is in, shortening the way there."""
    while parent[country] != country:
        parent[country] = parent[parent[country]]
        country = parent[country]
    return country


@inner_kernel
def _group(
    weight: FloatArray,
    starts: npt.NDArray[np.int64],
    country: npt.NDArray[np.int64],
    parent: npt.NDArray[np.int64],
    cells: FloatArray,
) -> None:
    """Write which country each one's linked group begins with, and how many cells each has.

    ``weight`` (P,) says how often questions of a pattern were drawn; ``parent`` and ``cells`` (C,)
    are written.
    """
    for c in range(parent.size):
        parent[c], cells[c] = c, 0.0
    for p in range(weight.size):
        if weight[p] > 0.0:
            for k in range(starts[p], starts[p + 1]):
                cells[country[k]] += weight[p]
                one, other = _root(parent, country[starts[p]]), _root(parent, country[k])
                if one < other:
                    parent[other] = one
                else:
                    parent[one] = other
    for c in range(parent.size):
        parent[c] = _root(parent, c)


@inner_kernel
def _largest(parent: npt.NDArray[np.int64], size: npt.NDArray[np.int64], cells: FloatArray) -> int:
    """Return the first country of the largest group, -1 where nothing is known.

    For the first of each group ``size`` (C,) becomes how many of its countries have cells, and
    ``cells`` how many those are together.
    """
    best = -1
    for c in range(parent.size):
        size[c] = 0
        if cells[c] > 0.0:
            size[parent[c]] += 1
        if parent[c] != c:
            cells[parent[c]] += cells[c]
    for c in range(parent.size):
        if parent[c] == c and cells[c] > 0.0:
            bigger = best < 0 or size[c] > size[best]
            if bigger or (size[c] == size[best] and cells[c] > cells[best]):
                best = c
    return best


@inner_kernel
def _link(
    weight: FloatArray,
    starts: npt.NDArray[np.int64],
    country: npt.NDArray[np.int64],
    parent: npt.NDArray[np.int64],
    best: int,
    link: FloatArray,
    spread: FloatArray,
) -> float:
    """Write the network of the countries of a group and return how many questions were drawn.

    A question of weight w that n countries know links each two of them by w / n, above the
    diagonal of ``link`` (C, C), and gives each w / n in ``spread`` (C,), 0 for other countries.
    """
    link[:], spread[:] = 0.0, 0.0
    drawn = 0.0
    for p in range(weight.size):
        begin, end = starts[p], starts[p + 1]
        if weight[p] == 0.0 or begin == end or parent[country[begin]] != best:
            continue
        share = weight[p] / (end - begin)
        drawn += weight[p]
        for k in range(begin, end):
            row = link[country[k]]
            spread[country[k]] += share
            for other in range(k + 1, end):
                row[country[other]] += share
    return drawn


@inner_kernel
def _solve(link: FloatArray, right: FloatArray, effect: FloatArray) -> None:
    """Write the effects that balance a network, 0 for its last country and for all without links.

    ``link`` (C, C) has the strength of each link above its diagonal and ``right`` (C, M) what
    flows in; both are used up.
    """
    n, n_models = right.shape
    for i in range(n):
        source, strength = link[i], 0.0
        for j in range(i + 1, n):
            strength += source[j]
        source[i] = strength
        for j in range(i + 1, n):
            if source[j] > 0.0:
                part = source[j] / strength
                add_multiple(source[j + 1 :], part, link[j, j + 1 :])
                add_multiple(right[i], part, right[j])
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            add_multiple(effect[j], link[i, j], right[i])
        for m in range(n_models):
            effect[i, m] = right[i, m] / link[i, i] if link[i, i] > 0.0 else 0.0


@kernel
def fit_draws(
    first: int,
    last: int,
    counts: npt.NDArray[np.int64],
    pattern: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    country: npt.NDArray[np.int64],
    means: FloatArray,
    inflow: FloatArray,
    effects: FloatArray,
) -> None:
    """Write the country effects under the draws ``first`` to ``last``.

    Question q with the means ``means[q]`` (Q, M) was put to the countries of ``pattern[q]``;
    those of pattern p are ``starts[p]`` to ``starts[p + 1]`` of ``country``, in rising order.
    ``counts`` (B, Q) are read, ``inflow`` (B, C, M) is used up and ``effects`` (B, C, M) written.
    """
    n, n_models = effects.shape[1], effects.shape[2]
    weight, level = np.empty(starts.size - 1), np.empty(n_models)
    parent, size, cells = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n)
    link, spread = np.empty((n, n)), np.empty(n)
    for draw in range(first, last):
        effect = effects[draw]
        weight[:] = 0.0
        for q in range(pattern.size):
            weight[pattern[q]] += counts[draw, q]
        _group(weight, starts, country, parent, cells)
        best = _largest(parent, size, cells)
        drawn = _link(weight, starts, country, parent, best, link, spread)
        _solve(link, inflow[draw], effect)
        level[:] = 0.0
        for q in range(pattern.size):
            begin = starts[pattern[q]]
            asked = begin < starts[pattern[q] + 1]
            if counts[draw, q] > 0 and asked and parent[country[begin]] == best:
                for m in range(n_models):
                    level[m] += counts[draw, q] * means[q, m]
        # From what the questions' means add up to, the part that their countries' effects are.
        for c in range(n):
            add_multiple(effect[c], -spread[c], level)
        for c in range(n):
            for m in range(n_models):
                effect[c, m] = effect[c, m] + level[m] / drawn if spread[c] > 0.0 else np.nan
