"""Similarity and concentration by question and by topic, under each prompting."""

from __future__ import annotations

import numpy as np
import xarray as xr

from disca_nb.kernels.opinions import joint_means
from disca_nb.metrics.opinions._cells import (
    Cells,
    over_groups,
    paired_questions,
)
from disca_nb.metrics.opinions._entropy import entropy, top_share
from disca_nb.metrics.opinions._labels import Variables, labelled, provenance
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions.floors import uniform_answers
from disca_nb.metrics.opinions.similarity import Measure, measured, naming, system_table
from disca_nb.variables import annotate, validate

__all__ = ["question_view", "topic_view"]

_UNKNOWN = "unknown"


def question_view(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
) -> xr.Dataset:
    """Return similarity, entropies and top shares of every question.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question). A
        dimension ``group`` is kept.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option).
    measure, base
        As for `similarity`.

    Returns
    -------
    xarray.Dataset
        ``similarity`` (country, model, prompting, question) beside ``similarity_uniform``
        (country, question), that of a uniform responder; ``answer_entropy`` and ``answer_top``
        (model, prompting, question), ``survey_entropy`` and ``survey_top`` (country, question),
        entropies in bits. NaN where a country was not asked or a model has no answer.

    Raises
    ------
    InputError, UnknownNameError, ParameterError
        As `similarity`.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> view = question_view(bank, as_answers(bank, ["DEU"])).sel(question="q01")
    >>> bool(view.survey_entropy.sel(country="DEU") == view.answer_entropy.item())
    True
    """

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = match(one, answers)
        measured(cells, measure, base)
        shape = (*cells.systems, len(cells.questions))
        table = system_table(cells, cells.probs, measure, base)
        uniform = system_table(cells, uniform_answers(cells)[None], measure, base)
        by_country, by_system = ("country", "question"), ("model", "prompting", "question")
        variables: Variables = {
            "similarity": (("country", *by_system), table.reshape(-1, *shape)),
            "similarity_uniform": (by_country, uniform[:, 0]),
            "answer_entropy": (by_system, entropy(cells.probs).reshape(shape)),
            "survey_entropy": (by_country, entropy(cells.shares)),
            "answer_top": (by_system, top_share(cells.probs).reshape(shape)),
            "survey_top": (by_country, top_share(cells.shares)),
        }
        result = labelled(variables, cells, one, questions=True)
        return annotate(result.assign_attrs(provenance(cells) | naming(measure, base)))

    return over_groups(bank, of_group)


def topic_view(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
) -> xr.Dataset:
    """Return the means of `question_view` over the questions of each topic.

    All means of a country are over the questions of the topic that it was asked, the entropy of a
    model's answers too, so that they can be set side by side. Only questions that every model
    answered under every prompting count.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers, with ``question_topic``; a question without one counts as ``"unknown"``.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option).
    measure, base
        As for `similarity`.

    Returns
    -------
    xarray.Dataset
        ``similarity``, ``answer_entropy`` and ``answer_top`` (country, model, prompting, topic),
        ``similarity_uniform``, ``survey_entropy``, ``survey_top`` and ``n_questions`` (country,
        topic). NaN where a country was asked nothing of the topic.

    Warns
    -----
    UserWarning
        When questions are left out.

    Raises
    ------
    InputError, UnknownNameError, ParameterError
        As `similarity`.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> view = topic_view(bank, as_answers(bank, ["DEU"]))
    >>> int(view.n_questions.sel(country="DEU").sum())
    36
    """
    validate(bank, "question_topic")

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = paired_questions(measured(match(one, answers), measure, base))
        variables = _topic_means(cells, measure, base)
        attrs = provenance(cells) | naming(measure, base)
        topics = np.unique(_topics(cells))
        result = labelled(variables, cells, one).assign_coords(topic=topics)
        return annotate(result.assign_attrs(attrs))

    return over_groups(bank, of_group)


def _topics(cells: Cells) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return the topic of every question."""
    texts = [str(text) or _UNKNOWN for text in cells.bank["question_topic"].values]
    return np.array(texts, dtype=np.str_)


def _topic_means(cells: Cells, measure: str, base: float) -> Variables:
    """Return the figures of each topic, which come last."""
    by_topic = _topics(cells)
    members = (by_topic == np.unique(by_topic)[:, None]).astype(np.int64)
    asked = cells.asked[:, None]
    uniform = system_table(cells, uniform_answers(cells)[None], measure, base)[:, 0]
    by_system = {
        "similarity": system_table(cells, cells.probs, measure, base),
        "answer_entropy": np.where(asked, entropy(cells.probs), np.nan),
        "answer_top": np.where(asked, top_share(cells.probs), np.nan),
    }
    by_country = {
        "similarity_uniform": uniform,
        "survey_entropy": entropy(cells.shares),
        "survey_top": top_share(cells.shares),
    }
    result: Variables = {}
    for name, values in by_system.items():
        means = np.moveaxis(joint_means(values, members), 0, -1)
        dims = ("country", "model", "prompting", "topic")
        result[name] = (dims, means.reshape(len(means), *cells.systems, -1))
    for name, values in by_country.items():
        result[name] = (("country", "topic"), joint_means(values, members).T)
    counts = cells.asked.astype(np.int64) @ members.T
    return {**result, "n_questions": (("country", "topic"), counts)}
