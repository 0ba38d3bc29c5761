"""Figures of every group that is compared, and their means over groups and under draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from disca_nb.kernels._draws import draw_sums
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import BoolArray, IntArray
from disca_nb.metrics.values._answers import Answers
from disca_nb.metrics.values._coins import coin_flips
from disca_nb.metrics.values._floors import dealt, largest
from disca_nb.metrics.values._groups import Grouping, members
from disca_nb.metrics.values._scale import Scale, any_offered, set_values

__all__ = ["Measured", "draw_means", "measured"]


@dataclass(frozen=True)
class Measured:
    """Figures of one model's groups.

    Attributes
    ----------
    figures : mapping of ndarray, shape (groups,)
        ``inconsistency``, its floors and the largest value; NaN where left out.
    weight : ndarray, shape (groups,)
        What each group counts in a mean, 0 where left out.
    topic : ndarray of int, shape (groups,)
        Topic of each group.
    n_answers : int
        Answers in the groups that are compared.
    """

    figures: Mapping[str, FloatArray]
    weight: FloatArray
    topic: IntArray
    n_answers: int

    @property
    def n_groups(self) -> int:
        """Groups that are compared."""
        return int((self.weight > 0.0).sum())

    @property
    def n_topics(self) -> int:
        """Topics of the groups that are compared."""
        return int(np.unique(self.topic[self.weight > 0.0]).size)

    def mean(self, name: str) -> float:
        """Return the mean of a figure over groups, NaN where there are none."""
        there = self.weight > 0.0
        total = self.weight[there].sum()
        values = self.figures[name][there]
        return float((values * self.weight[there]).sum() / total) if total else np.nan

    def by_topic(self, name: str, n_topics: int) -> FloatArray:
        """Return the sums of a figure and of the weights by topic, (2, topics)."""
        there = self.weight > 0.0
        weight, topic = self.weight[there], self.topic[there]
        values = self.figures[name][there] * weight
        return np.stack([np.bincount(topic, w, minlength=n_topics) for w in (values, weight)])

    def sums(self, n_topics: int) -> FloatArray:
        """Return by topic the sums of inconsistencies, weights and largest values, (3, topics)."""
        figures = ("inconsistency", "inconsistency_largest")
        value, most = (self.by_topic(name, n_topics) for name in figures)
        return np.stack([*value, most[0]])


def measured(
    answers: Answers, model: int, grouping: Grouping, scale: Scale, *, seed: int | None
) -> Measured:
    """Return the figures of a model's groups; dealt answers only where there is a seed."""
    n_groups = grouping.topic.size
    one = members(answers, model, grouping)
    size = np.bincount(one.group, minlength=n_groups)
    enough = size >= scale.fewest
    one = one.of_groups(enough)
    offered = any_offered(one.offered, one.group, n_groups)
    most = largest(size, offered.sum(axis=1), scale)
    figures = {
        "inconsistency": set_values(one.probs, one.group, offered, n_groups, scale),
        "inconsistency_largest": np.where(enough, most, np.nan),
        "inconsistency_random": coin_flips(one, n_groups, scale),
        "inconsistency_yes": _first_option(answers, model, grouping, scale, enough),
    }
    if seed is not None:
        figures["inconsistency_shuffled"] = dealt(one, offered, n_groups, scale, seed=seed)
    weight = np.where(enough, size if scale.weigh == "answers" else 1.0, 0.0)
    return Measured(figures, weight, grouping.topic, one.n_answers)


def _first_option(
    answers: Answers, model: int, grouping: Grouping, scale: Scale, enough: BoolArray
) -> FloatArray:
    """Return the value of each group when every wording is answered by its first option."""
    n_groups = grouping.topic.size
    firsts = answers.first_options(model)
    if firsts is None:
        return np.full(n_groups, np.nan)
    one = members(firsts, 0, grouping).of_groups(enough)
    offered = any_offered(one.offered, one.group, n_groups)
    return set_values(one.probs, one.group, offered, n_groups, scale)


def draw_means(sums: FloatArray, counts: IntArray) -> FloatArray:
    """Return means under every draw of topics.

    Parameters
    ----------
    sums : ndarray, shape (figures, 2, topics)
        Sums of values and of weights by topic.
    counts : ndarray of int, shape (draws, topics)
        How often each topic counts.

    Returns
    -------
    ndarray, shape (draws, figures)
        NaN where a draw holds no topic with a value.
    """
    rows = np.ascontiguousarray(sums.reshape(-1, sums.shape[-1]))
    drawn = draw_sums(rows, np.ascontiguousarray(counts), mean=False)
    totals = drawn.reshape(len(counts), -1, 2)
    weight = totals[..., 1]
    return np.asarray(totals[..., 0] / np.where(weight > 0.0, weight, np.nan))
