"""One survey question: the model's answer, a few countries' shares, and how alike they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, ParameterError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.divergence import jensen_shannon_distance
from disca_nb.plots._opinion_parts import is_synthetic, pick, title_of
from disca_nb.variables import validate

__all__ = ["MOST", "Answers", "answers_of"]

MOST = 5
"""How many countries a figure of one question has room for."""


class Answers(NamedTuple):
    """A question's answers side by side.

    Attributes
    ----------
    question, text : str
        Its id, and how it reads.
    title : str
        Model and prompting.
    options : list of str
        Texts of the options.
    countries : list of str
        Countries compared.
    answer : ndarray, shape (options,)
        The model's probabilities, sum 1.
    shares : ndarray, shape (countries, options)
        Shares of respondents, sum 1.
    mass : float
        Probability of all options together; NaN where it is not known.
    removed : ndarray, shape (countries,)
        Share of answers that were removed from the survey, such as "don't know".
    left_out : int
        Countries that were asked too and are not shown.
    """

    question: str
    text: str
    title: str
    options: list[str]
    countries: list[str]
    answer: FloatArray
    shares: FloatArray
    mass: float
    removed: FloatArray
    left_out: int

    @property
    def similarity(self) -> FloatArray:
        """Similarity of the model's answer and each country's, Jensen–Shannon in base 2."""
        return similarity(self.answer, self.shares)

    @property
    def uniform_similarity(self) -> FloatArray:
        """Similarity of the uniform answer and each country's."""
        return similarity(np.full(len(self.options), self.uniform), self.shares)

    @property
    def uniform(self) -> float:
        """Share of each option when all are alike."""
        return 1.0 / len(self.options)


def similarity(answer: FloatArray, shares: FloatArray) -> FloatArray:
    """Return 1 less the Jensen–Shannon distance in base 2 to each row of shares."""
    return np.array([1.0 - float(jensen_shannon_distance(answer, row, base=2.0)) for row in shares])


def answers_of(
    bank: xr.Dataset,
    answers: xr.Dataset,
    question: str,
    *,
    countries: Iterable[str] | None,
    model: str | None,
    prompting: str | None,
) -> Answers:
    """Return the answers to one question.

    Raises
    ------
    InputError
        Where the model or a country named did not answer, or without a choice of several models.
    ParameterError
        For no countries, or more than there is room for.
    UnknownNameError
        For a question, country, model or prompting that is not there.
    """
    asked = _at(_one_group(bank), question, "survey_share", "n_options", "option_text")
    given = pick(
        pick(_at(answers, question, "answer_prob"), "model", model), "prompting", prompting
    )
    given = given.assign_attrs(synthetic=is_synthetic(bank) or is_synthetic(answers))
    number = int(asked["n_options"].item())
    answer = _answer(given, number, question)
    shares = asked["survey_share"].transpose("country", "option").values[:, :number]
    names = [str(name) for name in asked["country"].values]
    known = np.isfinite(shares).all(axis=1)
    chosen = _chosen(
        names, known, similarity(answer, shares), countries, question, _prompted(given)
    )
    texts = asked["option_text"].values[:number]
    removed = asked.get("removed_share", xr.zeros_like(asked["survey_share"].isel(option=0)))
    return Answers(
        question,
        str(asked["question_text"].item()) if "question_text" in asked.variables else question,
        title_of(given),
        [str(text) for text in texts],
        [names[i] for i in chosen],
        answer,
        shares[chosen],
        float(given["answer_mass"].item()) if "answer_mass" in given else float("nan"),
        np.nan_to_num(removed.values[chosen]),
        int(known.sum()) - len(chosen),
    )


def _one_group(bank: xr.Dataset) -> xr.Dataset:
    """Return a bank whose countries are whole, or raise."""
    validate(bank)
    if "group" in bank.dims:
        names = shorten(bank["group"].values)
        raise InputError(f"The bank is by group ({names}); select one with .sel(group=…).")
    return bank


def _at(dataset: xr.Dataset, question: str, *required: str) -> xr.Dataset:
    """Return a checked dataset at one question."""
    validate(dataset, *required, "question")
    names = [str(name) for name in np.atleast_1d(dataset["question"].values)]
    if str(question) not in names:
        raise unknown_name("question", question, names)
    if "question" not in dataset.dims:
        return dataset
    return dataset.isel(question=names.index(str(question)))


def _answer(given: xr.Dataset, number: int, question: str) -> FloatArray:
    """Return the model's probabilities of the options."""
    whole: FloatArray = np.asarray(given["answer_prob"].values, dtype=np.float64)
    answer = whole[:number]
    if answer.size != number or np.isfinite(whole[number:]).any():
        found = int(np.isfinite(whole).sum())
        raise InputError(
            f"The bank has {number} options for {question}, the answers have {found}; give the "
            "bank that was asked."
        )
    if not np.isfinite(answer).all():
        raise InputError(
            f"{title_of(given)} has no answer to {question}; name another prompting or question."
        )
    return answer


def _prompted(given: xr.Dataset) -> str:
    """Return the country that the model was asked to answer for, empty where none."""
    return str(given["prompted_country"].item()) if "prompted_country" in given.variables else ""


def _chosen(
    names: list[str],
    known: FloatArray,
    alike: FloatArray,
    countries: Iterable[str] | None,
    question: str,
    prompted: str,
) -> list[int]:
    """Return the places of the countries to show: those named, or the closest to the farthest."""
    if countries is not None:
        return _named(names, known, countries, question)
    order = [int(i) for i in np.argsort(-alike, kind="stable") if known[i]]
    if not order:
        raise InputError(f"No country was asked {question}; name another question.")
    spread = [order[0], order[len(order) // 2], order[-1]]
    first = [i for i in order if names[i] == prompted]
    return list(dict.fromkeys([*first, *spread]))


def _named(
    names: list[str], known: FloatArray, countries: Iterable[str], question: str
) -> list[int]:
    """Return the places of countries by name."""
    wanted = [countries] if isinstance(countries, str) else [str(name) for name in countries]
    wanted = list(dict.fromkeys(wanted))
    if not 1 <= len(wanted) <= MOST:
        raise ParameterError(f"{len(wanted)} countries were named; name 1 to {MOST}.")
    for name in wanted:
        if name not in names:
            raise unknown_name("country", name, names)
        if not known[names.index(name)]:
            there = [other for other, asked in zip(names, known, strict=True) if asked]
            raise InputError(f"{name} was not asked {question}; take of {shorten(there)}.")
    return [names.index(name) for name in wanted]
