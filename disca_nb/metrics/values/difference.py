"""Whether one model is steadier than another, or steadier where nothing is controversial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, ParameterError
from disca_nb.kernels import check_seed, label_key, mix_keys
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.bootstrap import resamples
from disca_nb.metrics.opinions._cells import BoolArray, IntArray
from disca_nb.metrics.opinions.joint import ends, question_counts
from disca_nb.metrics.values._answers import Abstention, Answers, answers_of
from disca_nb.metrics.values._groups import Grouping, groupings
from disca_nb.metrics.values._measured import Measured, draw_means, measured
from disca_nb.metrics.values._origin import provenance
from disca_nb.metrics.values._scale import Compat, Kind, Scale, Weigh, scale_of
from disca_nb.variables import annotate

__all__ = ["consistency_difference"]

_PAIR = 2


def consistency_difference(
    responses: xr.Dataset,
    *,
    models: tuple[str, str] | None = None,
    by: Literal["controversial"] | None = None,
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
    """Return the difference of two inconsistencies with its interval.

    Give either ``models`` or ``by``. Two models are compared on the answers that both gave, in
    the same groups and under the same draws of topics, so that what topics have in common falls
    out. Controversial topics are compared with the others, each drawn among its own kind, by the
    same draws for all models.

    Parameters
    ----------
    responses : xarray.Dataset
        As for `disca_nb.metrics.values.consistency`.
    models : tuple of str, optional
        Two models; the difference is the first less the second.
    by : {"controversial"}, optional
        Controversial topics less the others, for each model.
    measures, compat, kind, base, weigh, abstention
        As for `disca_nb.metrics.values.consistency`.
    n_boot, seed, level
        Draws of topics, their seed, and the coverage of the intervals.

    Returns
    -------
    xarray.Dataset
        ``inconsistency_difference`` with ``_low`` and ``_high`` by measure, and by model where
        kinds of topics are compared, with ``n_groups`` and ``n_topics``; the interval is NaN with
        fewer than six topics (of each kind) at 95 %. ``inconsistency_random_difference`` is the
        same of coin flips: how much the sizes of groups make alone. For two models also
        ``inconsistency`` (model, measure) on what both answered.

    Raises
    ------
    InputError
        For neither or both of ``models`` and ``by``, and as for `consistency`; also when all
        topics are of one kind.
    UnknownNameError
        For a model that is not there.
    ParameterError
        For an option outside its range.

    References
    ----------
    Moore et al. 2024, arXiv 2407.02996

    Examples
    --------
    >>> wordings = ["a", "b"]
    >>> responses = xr.Dataset(
    ...     {"stance_prob": (("model", "form", "wording", "stance"),
    ...                      [[[[1.0, 0.0], [0.0, 1.0]]], [[[1.0, 0.0], [1.0, 0.0]]]])},
    ...     {
    ...         "model": ["base", "chat"], "form": ["choice"], "stance": ["supports", "opposes"],
    ...         "wording": wordings, "value_question": ("wording", ["q", "q"]),
    ...         "topic_name": ("wording", ["t", "t"]), "phrasing": ("wording", [0, 1]),
    ...         "wording_language": ("wording", ["en", "en"]),
    ...     },
    ... )
    >>> found = consistency_difference(
    ...     responses, models=("base", "chat"), measures="paraphrase", n_boot=10
    ... )
    >>> round(found.inconsistency_difference.item(), 4)
    0.5579
    """
    if (models is None) == (by is None):
        raise InputError(
            f"models is {models!r} and by is {by!r}; give either two models, or by='controversial'."
        )
    scale = scale_of(kind, base, compat, weigh)
    check_seed(seed)
    answers = answers_of(responses, abstention=abstention)
    draws = (n_boot, seed, level)
    if models is not None:
        result = _of_models(answers, models, measures, scale, draws)
    elif by == "controversial":
        result = _of_kinds(answers, measures, scale, draws)
    else:
        raise ParameterError(f"by is {by!r}; use 'controversial'.")
    attrs = scale.attrs | {"abstention": abstention, "n_boot": n_boot, "seed": seed, "level": level}
    return annotate(result.assign_attrs(provenance(responses) | attrs))


def _of_models(
    answers: Answers,
    models: Sequence[str],
    measures: Sequence[str] | str | None,
    scale: Scale,
    draws: tuple[int, int, float],
) -> xr.Dataset:
    """Return the first model's figures less the second's."""
    if isinstance(models, str) or len(models) != _PAIR or models[0] == models[1]:
        raise InputError(f"models is {models!r}; give two different models.")
    pair = answers.of_pair(*(str(name) for name in models))
    n_boot, seed, level = draws
    found, table = _table(pair, measures, scale)
    counts = question_counts(len(pair.topics), n_boot=n_boot, seed=seed, level=level)
    one, other = (_means(row, counts) for row in table)
    n_topics = np.array([each.n_topics for each in table[0]], dtype=np.int64)
    low, high = ends(one[0] - other[0], n_topics, level=level)
    figures = [[each.mean("inconsistency") for each in row] for row in table]
    return xr.Dataset(
        {
            "inconsistency_difference": ("measure", (one[0] - other[0])[0]),
            "inconsistency_difference_low": ("measure", low),
            "inconsistency_difference_high": ("measure", high),
            "inconsistency_random_difference": ("measure", (one[1] - other[1])[0]),
            "inconsistency": (("model", "measure"), np.asarray(figures)),
            "n_groups": ("measure", np.array([each.n_groups for each in table[0]])),
            "n_topics": ("measure", n_topics),
        },
        {"measure": [each.measure for each in found], "model": pair.models},
        {"first": pair.models[0], "second": pair.models[1]},
    )


def _of_kinds(
    answers: Answers,
    measures: Sequence[str] | str | None,
    scale: Scale,
    draws: tuple[int, int, float],
) -> xr.Dataset:
    """Return controversial topics' figures less the others', by model."""
    if "controversial" not in answers.topics:
        raise InputError("The responses lack 'controversial'; read the questions with it.")
    kinds = answers.topics["controversial"].to_numpy(dtype=np.bool_)
    if kinds.all() or not kinds.any():
        which = "controversial" if kinds.all() else "uncontroversial"
        raise InputError(f"All topics are {which}; join questions of both kinds.")
    found, table = _table(answers, measures, scale)
    counts = _counts_by_kind(kinds, draws)
    columns: dict[str, list[FloatArray]] = {}
    for row in table:
        parts = [_means(row, np.where(which, counts, 0)) for which in (kinds, ~kinds)]
        change = parts[0] - parts[1]
        of_kinds = np.array([[_n_topics(each, which) for each in row] for which in (kinds, ~kinds)])
        # The kind with fewer topics says how far out the percentiles are.
        low, high = ends(change[0], of_kinds.min(axis=0), level=draws[2])
        one = {
            "inconsistency_difference": change[0, 0],
            "inconsistency_difference_low": low,
            "inconsistency_difference_high": high,
            "inconsistency_random_difference": change[1, 0],
            "n_groups": np.array([each.n_groups for each in row]),
            "n_topics": of_kinds.sum(axis=0),
        }
        for name, values in one.items():
            columns.setdefault(name, []).append(values)
    return xr.Dataset(
        {name: (("model", "measure"), np.stack(rows)) for name, rows in columns.items()},
        {"model": answers.models, "measure": [each.measure for each in found]},
        {"first": "controversial", "second": "uncontroversial"},
    )


def _table(
    answers: Answers, measures: Sequence[str] | str | None, scale: Scale
) -> tuple[list[Grouping], list[list[Measured]]]:
    """Return the figures of every model and measure."""
    found = groupings(answers, measures)
    return found, [
        [measured(answers, model, one, scale, seed=None) for one in found]
        for model in range(len(answers.models))
    ]


def _means(row: Sequence[Measured], counts: IntArray) -> FloatArray:
    """Return means of the figure and of coin flips, (2, draws, measures)."""
    n_topics = counts.shape[1]
    sums = [[one.by_topic(name, n_topics) for one in row] for name in _COMPARED]
    flat = np.array(sums).reshape(-1, 2, n_topics)
    means = draw_means(flat, counts).reshape(len(counts), len(_COMPARED), len(row))
    return np.ascontiguousarray(means.transpose(1, 0, 2))


_COMPARED = ("inconsistency", "inconsistency_random")


def _n_topics(one: Measured, which: BoolArray) -> int:
    """Return how many topics of a kind have groups."""
    return int(np.unique(one.topic[(one.weight > 0.0) & which[one.topic]]).size)


def _counts_by_kind(kinds: BoolArray, draws: tuple[int, int, float]) -> IntArray:
    """Return how often each topic counts, as it is and in each draw among its kind."""
    n_boot, seed, level = draws
    counts = question_counts(kinds.size, n_boot=n_boot, seed=seed, level=level)
    for name, which in (("controversial", kinds), ("uncontroversial", ~kinds)):
        own = mix_keys(np.asarray(np.uint64(seed)), np.asarray(label_key(name)))
        drawn = resamples(int(which.sum()), n_boot=n_boot, seed=int(own))
        counts[1:, which] = drawn.astype(np.int64)
    return counts
