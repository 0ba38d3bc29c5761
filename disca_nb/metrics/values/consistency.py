"""How steadily a model holds its opinions: divergence of the answers that should agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from disca_nb.kernels import check_seed
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._cells import IntArray
from disca_nb.metrics.opinions.joint import ends, question_counts
from disca_nb.metrics.values._answers import Abstention, Answers, answers_of, with_dims
from disca_nb.metrics.values._entropy import stance_entropy
from disca_nb.metrics.values._groups import Grouping, groupings
from disca_nb.metrics.values._measured import Measured, draw_means, measured
from disca_nb.metrics.values._origin import beside_answers, human_line, provenance
from disca_nb.metrics.values._scale import Compat, Kind, Weigh, scale_of
from disca_nb.variables import annotate

__all__ = ["consistency"]

_FIGURES = (
    *("inconsistency", "inconsistency_largest"),
    *("inconsistency_random", "inconsistency_shuffled", "inconsistency_yes"),
)


def consistency(
    responses: xr.Dataset,
    *,
    measures: Sequence[str] | str | None = None,
    compat: Compat | None = None,
    kind: Kind = "distance",
    base: float | None = None,
    weigh: Weigh | None = None,
    abstention: Abstention = "leave out",
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Return how far answers that should agree lie from each other, with floors and intervals.

    Answers are distributions over stances. Those of a group should agree; its value is the mean
    Jensen-Shannon distance of its answers from their Jensen-Shannon centroid, and a measure is
    the mean over groups. 0 is a model that answers alike throughout, also one that hedges on
    everything: see ``stance_entropy``. The measures have groups of different sizes and so
    different floors; compare them by what stands beside them, not with each other.

    - ``"paraphrase"``: the phrasings of a question in one language.
    - ``"topic"``: all wordings of a topic in one language, pooled.
    - ``"topic-between"``: the centroids of a topic's questions in one language.
    - ``"use-case"``: a wording answered by choice and in words.
    - ``"multilingual"``: the original wording of a question in each language.

    All but ``"use-case"`` are of answers by choice.

    Parameters
    ----------
    responses : xarray.Dataset
        Stances of models: ``stance_prob`` (model, form, wording, stance) with the coordinates of
        the questions, as `disca_nb.ask_values` returns.
    measures : sequence of str, optional
        Which; by default all that the responses allow.
    compat : {None, "moore2024"}
        ``"moore2024"`` follows the published code: distances in nats, its smoothing and
        tolerances, 0 for a single answer, and means in which every answer weighs equally.
    kind : {"distance", "divergence"}
        Which is averaged.
    base : float
        Base of the logarithm: 2 by default, and e under ``compat``, which has no other.
    weigh : {"groups", "answers"}, optional
        What counts as one in a mean; by default groups, and answers under ``compat``.
    abstention : {"leave out", "neutral"}
        What an answer in words that takes no side counts as.
    n_boot, seed, level
        Draws of topics, their seed, and the coverage of the intervals: percentiles of the draws,
        farther out where topics are few. All models and measures share the draws. With few topics
        of unequal sizes they hold the truth somewhat less often than they say: in a simulation at
        95 %, 94 times in 100 with 24 or 60 topics and 92 times with 12.

    Returns
    -------
    xarray.Dataset
        By model and measure: ``inconsistency`` and ``inconsistency_share`` (of
        ``inconsistency_largest``) with ``_low`` and ``_high``, NaN with fewer than six topics at
        95 %; the floors ``inconsistency_random`` (what is expected when every answer takes one of
        its stances by the flip of a coin, in groups of the same sizes: exact, or for large groups
        of questions and of unlike answers the mean of 5,000 draws), ``inconsistency_shuffled``
        (the model's own answers dealt anew over the groups of a language; mean of 200 deals, or
        of fewer where there are more than 1,000 answers) and
        ``inconsistency_yes`` (always the first option; NaN where stances of options are unknown);
        ``inconsistency_largest``, of as many opposed answers as stances, which groups of a
        multiple of that size reach (three answers of two sides reach 88 % of it, five 96 %):
        shares and floors are divided by the same mean of it; ``n_groups``, ``n_topics``,
        ``n_wordings`` (answers compared) and ``n_left_out`` (groups of fewer than two answers).
        In ``"topic-between"`` coins are flipped for every answer and centroids taken of them;
        whole questions are dealt.
        ``inconsistency_human`` (measure) is the published line for people, where distances of
        English questions are compared with it. ``topic_inconsistency`` (model, measure, topic)
        has ``topic_controversial``. ``stance_entropy`` (model) is of answers by choice.
        ``abstained_share`` and ``unread_share`` (model) where there are answers in words.

    Raises
    ------
    InputError
        When something is missing, an answer is no distribution, or a measure is not allowed by
        the responses.
    UnknownNameError
        For another measure.
    ParameterError
        For an option outside its range.

    References
    ----------
    Moore et al. 2024, arXiv 2407.02996; Nielsen 2020, https://doi.org/10.3390/e22020221, for the
    centroid

    Examples
    --------
    >>> from disca_nb.metrics.values.consistency import consistency
    >>> wordings = ["a", "b"]
    >>> responses = xr.Dataset(
    ...     {"stance_prob": (("model", "form", "wording", "stance"), [[[[1.0, 0.0], [0.0, 1.0]]]])},
    ...     {
    ...         "model": ["m"], "form": ["choice"], "stance": ["supports", "opposes"],
    ...         "wording": wordings, "value_question": ("wording", ["q", "q"]),
    ...         "topic_name": ("wording", ["t", "t"]), "phrasing": ("wording", [0, 1]),
    ...         "wording_language": ("wording", ["en", "en"]),
    ...     },
    ... )
    >>> found = consistency(responses, measures="paraphrase", n_boot=10).squeeze()
    >>> round(found.inconsistency.item(), 4), round(found.inconsistency_share.item(), 4)
    (0.5579, 1.0)
    """
    scale = scale_of(kind, base, compat, weigh)
    seed = check_seed(seed)
    answers = answers_of(responses, abstention=abstention)
    found = groupings(answers, measures)
    n_topics = len(answers.topics)
    counts = question_counts(n_topics, n_boot=n_boot, seed=seed, level=level)
    table = [
        [measured(answers, model, one, scale, seed=seed) for one in found]
        for model in range(len(answers.models))
    ]
    result = _figures(table, answers, found)
    result["inconsistency_share"] = result["inconsistency"] / result["inconsistency_largest"]
    for name, below in (("inconsistency", 1), ("inconsistency_share", 2)):
        sums = np.array([[one.sums(n_topics)[[0, below]] for one in row] for row in table])
        means = draw_means(sums.reshape(-1, 2, n_topics), counts)
        low, high = ends(means, _flat(table, "n_topics"), level=level)
        for end, values in (("low", low), ("high", high)):
            result[f"{name}_{end}"] = (("model", "measure"), values.reshape(len(table), -1))
    result["topic_inconsistency"] = (("model", "measure", "topic"), _by_topic(table, n_topics))
    result["inconsistency_human"] = ("measure", human_line(answers, found, scale))
    result["stance_entropy"] = ("model", stance_entropy(answers, base=scale.base))
    result = result.assign(beside_answers(with_dims(responses)))
    attrs = scale.attrs | {"abstention": abstention, "n_boot": n_boot, "seed": seed, "level": level}
    return annotate(result.assign_attrs(provenance(responses) | attrs))


def _figures(
    table: Sequence[Sequence[Measured]], answers: Answers, found: Sequence[Grouping]
) -> xr.Dataset:
    """Return means and counts by model and measure, with their labels."""
    dims = ("model", "measure")
    values = {name: [[one.mean(name) for one in row] for row in table] for name in _FIGURES}
    n_left_out = [[one.weight.size - one.n_groups for one in row] for row in table]
    counts = {
        **{name: _flat(table, name).reshape(len(table), -1) for name in ("n_groups", "n_topics")},
        "n_wordings": _flat(table, "n_answers").reshape(len(table), -1),
        "n_left_out": np.asarray(n_left_out, dtype=np.int64),
    }
    coords = {
        "model": answers.models,
        "measure": [one.measure for one in found],
        "topic": answers.topics["label"].to_numpy().astype(str),
    }
    result = xr.Dataset(
        {name: (dims, np.asarray(rows)) for name, rows in {**values, **counts}.items()}, coords
    )
    if "controversial" in answers.topics:
        kinds = answers.topics["controversial"].to_numpy(dtype=np.bool_)
        result = result.assign_coords(topic_controversial=("topic", kinds))
    return result


def _flat(table: Sequence[Sequence[Measured]], name: str) -> IntArray:
    """Return a count of every model and measure."""
    return np.array([getattr(one, name) for row in table for one in row], dtype=np.int64)


def _by_topic(table: Sequence[Sequence[Measured]], n_topics: int) -> FloatArray:
    """Return the mean of each topic's groups, (models, measures, topics)."""
    sums = np.array([[one.by_topic("inconsistency", n_topics) for one in row] for row in table])
    weight = sums[:, :, 1]
    return np.asarray(sums[:, :, 0] / np.where(weight > 0.0, weight, np.nan))
