"""What trivial responders score: uniform, first option, and the mean of the other countries."""

from __future__ import annotations

from functools import cache

import numpy as np

from disca_nb.datasets import languages
from disca_nb.datasets.country_names import identify
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import Cells, IntArray
from disca_nb.metrics.opinions.similarity import responder_table, system_table

__all__ = ["FLOORS", "floor_table", "known_populations", "mean_of_others", "uniform_answers"]

FLOORS = ("uniform", "first", "others", "population")
"""Responders that stand beside every similarity, in the order of `floor_table`."""


def floor_table(cells: Cells, measure: str, base: float) -> FloatArray:
    """Return the similarity of each trivial responder, question by question.

    Parameters
    ----------
    cells : Cells
        The bank's side of it. The other countries are all others of the bank, without other
        samples of the same country.
    measure, base
        The distance.

    Returns
    -------
    ndarray, shape (countries, 4, questions)
        Of a responder that is uniform over the options, one that takes the first, the mean of
        the other countries that were asked, and their mean by population. NaN where a country was
        not asked, and for the last two where no other country (with a known population) was.
    """
    everywhere = system_table(
        cells, np.stack([uniform_answers(cells), _first(cells)]), measure, base
    )
    equal = np.ones(len(cells.countries))
    means = [
        mean_of_others(cells.shares, weights, cells.nations)
        for weights in (equal, known_populations(cells))
    ]
    own = [responder_table(cells, mean, measure, base)[:, None] for mean in means]
    return np.concatenate([everywhere, *own], axis=1)


def _inside(cells: Cells) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which options a question has, (questions, options)."""
    return np.arange(cells.shares.shape[-1]) < cells.n_options[:, None]


def uniform_answers(cells: Cells) -> FloatArray:
    """Return equal probabilities of a question's options."""
    return np.where(_inside(cells), 1.0 / cells.n_options[:, None], np.nan)


def _first(cells: Cells) -> FloatArray:
    """Return all probability on the first option."""
    first = np.arange(cells.shares.shape[-1]) == 0
    return np.where(_inside(cells), first.astype(np.float64), np.nan)


def mean_of_others(shares: FloatArray, weights: FloatArray, nations: IntArray) -> FloatArray:
    """Return, for every country, the weighted mean of the others' shares.

    Parameters
    ----------
    shares : ndarray, shape (countries, questions, options)
        Shares; NaN in the whole row where a country was not asked.
    weights : ndarray, shape (countries,)
        Weights; a country with NaN is not among the others.
    nations : ndarray of int, shape (countries,)
        Samples of one nation have the same number and are not among each other's others.

    Returns
    -------
    ndarray, shape (countries, questions, options)
        NaN where no other country was asked.
    """
    known = ~np.isnan(shares[:, :, :1])
    counted = np.where(np.isnan(weights), 0.0, weights)[:, None, None] * known
    size = _sum_of_others(counted, nations)
    total = _sum_of_others(np.where(np.isnan(shares), 0.0, shares) * counted, nations)
    # Past the last option a country's own NaN stays.
    there = (size > 0.0) & ~np.isnan(shares)
    return np.where(there, total / np.where(size > 0.0, size, 1.0), np.nan)


def _sum_of_others(values: FloatArray, nations: IntArray) -> FloatArray:
    """Return the sum of all rows of other nations: those before plus those after.

    The sum of all rows less the nation's own would round, and leave traces where others have 0.
    """
    own = np.zeros((int(nations.max()) + 1, *values.shape[1:]))
    for row, nation in zip(values, nations, strict=True):
        own[nation] += row
    others = np.zeros_like(own)
    others[1:] = np.cumsum(own[:-1], axis=0)
    others[:-1] += np.cumsum(own[:0:-1], axis=0)[::-1]
    return np.asarray(others[nations])


def known_populations(cells: Cells) -> FloatArray:
    """Return the inhabitants of each country, NaN where the label is no country of the table.

    A label such as ``"IND (Current national sample)"`` has no population of its own: its people
    would count twice where another sample of them stands beside it.
    """
    people = _populations()
    return np.array([people.get(_code(name), np.nan) for name in cells.countries])


@cache
def _populations() -> dict[str, float]:
    """Return the shipped numbers of inhabitants by code."""
    table = languages.multitp()["population"]
    return dict(zip(table["country"].values.tolist(), table.values.tolist(), strict=True))


def _code(label: str) -> str:
    """Return the code of a label that stands for a whole country, empty for others."""
    place = identify(label)
    return place.code if place is not None and not place.sample else ""
