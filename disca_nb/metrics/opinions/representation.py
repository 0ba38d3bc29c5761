"""Whose answers a model's are closest to, with floors, joint intervals and ranks."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from disca_nb.metrics.opinions._cells import over_groups, paired_questions
from disca_nb.metrics.opinions._comparison import Comparison
from disca_nb.metrics.opinions._matching import match
from disca_nb.metrics.opinions.modes import Mode
from disca_nb.metrics.opinions.similarity import Measure, measured

__all__ = ["representation"]


def representation(
    bank: xr.Dataset,
    answers: xr.Dataset,
    *,
    mode: Mode = "all",
    reference: str | None = None,
    countries: Sequence[str] | None = None,
    measure: Measure = "jensen-shannon",
    base: float = 2.0,
    n_boot: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> xr.Dataset:
    """Score how similar a model's answers are to each country's, and rank the countries.

    Only questions that every model answered under every prompting count, so that these are
    compared on the same ones. Intervals come from draws of questions that all countries, models,
    promptings and floors share; ranks are taken inside each draw.

    Parameters
    ----------
    bank : xarray.Dataset
        Survey answers: ``survey_share`` (country, question, option), ``n_options`` (question). A
        dimension ``group`` is kept, and countries are ranked inside each group.
    answers : xarray.Dataset
        Answers of models: ``answer_prob`` (model, prompting, question, option).
    mode : {"all", "common", "paired", "fixed_effects"}
        ``all``: the mean over the questions that a country answered, as published. Countries
        answered different questions, so that part of its ranking is theirs.
        ``common``: the mean over the questions that all compared countries answered.
        ``paired``: the mean over the questions that a country and `reference` both answered;
        the reference's on the same questions stands beside it, and ranks are of the difference.
        ``fixed_effects``: a fit of country plus question; a country's effect plus the mean effect
        of questions is what it would score on all of them, if the two add up and a country was
        not asked what it is more or less similar on. It may leave 0 to 1. NaN for countries that
        share no chain of questions with the rest.
    reference : str, optional
        The country that others are paired with.
    countries : sequence of str, optional
        Countries to compare; all of the bank by default. The floors that are means of other
        countries are of all others in the bank, whichever are compared, without other samples of
        the same country.
    measure, base
        As for `similarity`.
    n_boot : int
        Number of draws.
    seed : int
        Seed; draws depend on the labels of the questions and not on their order.
    level : float
        Coverage of the percentile intervals, which are NaN for countries with fewer questions than
        it asks for: 6 at .95.

    Returns
    -------
    xarray.Dataset
        Over country, model and prompting: ``similarity``, ``excess`` (above the uniform
        responder), ``similarity_deviation`` (from the mean of the compared countries) and
        ``rank`` (1 is the most similar), each with ``NAME_low`` and ``NAME_high``; in mode
        ``paired`` also ``similarity_reference`` and, with an interval, ``similarity_difference``.
        By country the floors under the same rule: ``similarity_uniform``, ``similarity_first``,
        ``similarity_others``, ``similarity_population`` (inhabitants of 2021), with
        ``n_questions``, and ``n_questions_others`` and ``n_questions_population`` for the two
        that need another country's answer. By model and prompting ``spearman_uniform``, the rank
        correlation over countries with the uniform responder, with its interval, and
        ``n_low_mass``, how many of the answers have status 3 (these count as they are), where
        answers have a status. A country without a question has NaN and ``n_questions`` 0.

    Warns
    -----
    UserWarning
        When questions or models without answers are left out, no question is common to all, or
        in mode ``all`` a ranking correlates .8 or more with the uniform responder's.

    Raises
    ------
    InputError
        When the two datasets do not fit each other, or the mode and the reference.
    UnknownNameError
        For another mode, measure, country or reference.
    ParameterError
        For ``n_boot``, ``seed``, ``level`` or ``base`` outside their ranges.

    References
    ----------
    Durmus et al. 2023, arXiv 2306.16388.

    Examples
    --------
    >>> from disca_nb.datasets import surveys
    >>> from disca_nb.metrics.opinions import as_answers
    >>> bank = surveys.sample()
    >>> result = representation(bank, as_answers(bank, ["JPN"]), mode="common", n_boot=100)
    >>> result["rank"].sel(country="JPN").item()
    1.0
    """

    def of_group(one: xr.Dataset) -> xr.Dataset:
        cells = paired_questions(measured(match(one, answers), measure, base))
        numbers = Comparison(cells, countries, mode, reference, measure, base)
        return numbers.result(one, n_boot=n_boot, seed=seed, level=level)

    return over_groups(bank, of_group)
