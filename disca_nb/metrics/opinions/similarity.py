"""Similarity of a model's answers and a country's, question by question."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import xarray as xr

from disca_nb.errors import unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.distances import MEASURES, option_distance
from disca_nb.kernels.divergence import check_base
from disca_nb.kernels.opinion_cells import similarity_table
from disca_nb.metrics.opinions._cells import BoolArray, Cells, over_groups
from disca_nb.metrics.opinions._labels import labelled, provenance
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions._tell import tell
from disca_nb.variables import annotate

__all__ = ["Measure", "measured", "naming", "responder_table", "similarity", "system_table"]

Measure: TypeAlias = Literal["jensen-shannon", "total-variation", "hellinger", "earth-movers"]


def similarity(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
) -> xr.Dataset:
    """Return the similarity of every answer and every country's shares.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question). A
        dimension ``group`` is kept.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option).
    measure : {"jensen-shannon", "total-variation", "hellinger", "earth-movers"}
        The distance d of which the similarity is 1 - d. The earth mover's, which is divided by
        its largest value, is of questions with ordinal options alone; others are NaN.
    base : float
        Base of the logarithm of the Jensen-Shannon distance, above 1. With 2 the similarity spans
        0 to 1, with e .167 to 1.

    Returns
    -------
    xarray.Dataset
        ``similarity`` (country, model, prompting, question), NaN where the country was not asked
        or the model has no answer; attrs name ``measure`` and ``base``.

    Raises
    ------
    InputError
        When the two do not fit each other.
    UnknownNameError
        For another measure.
    ParameterError
        For a base that is not above 1.

    References
    ----------
    Durmus et al. 2023, arXiv 2306.16388; Lin 1991, https://doi.org/10.1109/18.61115

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> one = similarity(bank, as_answers(bank, ["JPN"])).similarity
    >>> one.sel(country="JPN").min().item()
    1.0
    """
    return over_groups(bank, lambda one: _similarity(one, answers, measure, base))


def _similarity(bank: xr.Dataset, answers: xr.Dataset, measure: Measure, base: float) -> xr.Dataset:
    """Return the similarity of one group."""
    cells = match(bank, answers)
    measured(cells, measure, base)
    table = system_table(cells, cells.probs, measure, base)
    values = table.reshape(len(cells.countries), *cells.systems, len(cells.questions))
    dims = ("country", "model", "prompting", "question")
    result = labelled({"similarity": (dims, values)}, cells, bank, questions=True)
    return annotate(result.assign_attrs(provenance(cells) | naming(measure, base)))


def naming(measure: str, base: float) -> dict[str, str | float]:
    """Return what a result says of its distance."""
    return {"measure": measure, "base": base if measure == "jensen-shannon" else "none"}


def measured(cells: Cells, measure: str, base: float) -> Cells:
    """Return the cells of the questions that the distance is defined on, and say what is left out.

    Raises
    ------
    UnknownNameError
        For a measure that is not known.
    ParameterError
        For a base that is not above 1.
    """
    if measure not in MEASURES:
        raise unknown_name("measure", measure, MEASURES)
    check_base(base)
    ordinal = _ordinal(cells)
    if measure != "earth-movers" or ordinal.all():
        return cells
    text = (
        f"{int((~ordinal).sum())} of {ordinal.size} questions have options without an order; the "
        "earth mover's distance leaves them out."
    )
    tell(text)
    return cells.of_questions(ordinal)


def _ordinal(cells: Cells) -> BoolArray:
    """Return which questions have options with an order."""
    if "ordinal" not in cells.bank:
        return np.zeros(len(cells.questions), dtype=np.bool_)
    return np.asarray(cells.bank["ordinal"].to_numpy(), dtype=np.bool_)


def system_table(cells: Cells, answers: FloatArray, measure: str, base: float) -> FloatArray:
    """Return the similarity of systems that answer every country alike.

    Parameters
    ----------
    cells : Cells
        The bank's side of it.
    answers : ndarray, shape (systems, questions, options)
        Their answers.
    measure, base
        The distance.

    Returns
    -------
    ndarray, shape (countries, systems, questions)
        NaN where a country was not asked, or a system has no answer.
    """
    table = similarity_table(
        cells.shares, answers, n_options=cells.n_options, measure=measure, base=base
    )
    return _where_defined(table, cells, measure)


def responder_table(cells: Cells, answers: FloatArray, measure: str, base: float) -> FloatArray:
    """Return the similarity of a responder that has an answer of its own for every country.

    Parameters
    ----------
    cells : Cells
        The bank's side of it.
    answers : ndarray, shape (countries, questions, options)
        Its answers.
    measure, base
        The distance.

    Returns
    -------
    ndarray, shape (countries, questions)
        NaN where a country was not asked, or the responder has no answer.
    """
    table = np.full(cells.asked.shape, np.nan)
    # Only what was asked is looked at: most countries were asked few of the questions.
    there = cells.asked
    distance = option_distance(cells.shares[there], answers[there], measure=measure, base=base)
    table[there] = 1.0 - distance
    return _where_defined(table, cells, measure)


def _where_defined(table: FloatArray, cells: Cells, measure: str) -> FloatArray:
    """Return similarities, NaN on questions without the distance."""
    return np.where(_ordinal(cells), table, np.nan) if measure == "earth-movers" else table
