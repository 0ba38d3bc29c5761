"""What lines of answers come to: which questions there are, and a probability for each letter."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb._opinions.bank import about_questions
from disca_nb._opinions.orders import Permutation, label_of, permutation_of
from disca_nb._opinions.promptings import KINDS
from disca_nb._opinions.response_lines import Line, prompting_parts
from disca_nb.errors import DataFileError, InputError, unknown_name
from disca_nb.models.top_k import Missing, option_probabilities

__all__ = ["ReadAnswer", "check_once", "questions_of_bank", "questions_of_lines", "read_answer"]

_LETTERS = string.ascii_uppercase


@dataclass(frozen=True)
class ReadAnswer:
    """What a line comes to.

    Attributes
    ----------
    line : Line
        The line.
    permutation : tuple of int
        Which option stood at each letter.
    letters : numpy.ndarray, shape (letters,)
        Probability of each letter, scaled to sum 1; NaN where the line has none of them.
    mass : float
        Probability of the letters together before that.
    """

    line: Line
    permutation: Permutation
    letters: npt.NDArray[np.float64]
    mass: float

    @property
    def order(self) -> str:
        """Label of the order."""
        return label_of(self.permutation)


def questions_of_bank(lines: Sequence[Line], bank: xr.Dataset) -> xr.Dataset:
    """Return what a bank says of its questions, once lines are seen to be about these."""
    counts = bank["n_options"].to_series().to_dict()
    countries = bank["country"].values.tolist() if "country" in bank.coords else []
    for line in lines:
        if line.question not in counts:
            raise unknown_name(f"question ({line.place})", line.question, counts)
        number = counts[line.question]
        if line.n_options not in {None, number}:
            raise DataFileError(
                f"{line.place}: n_options is {line.n_options}, but the question {line.question!r} "
                f"of the bank has {number} options; use the bank that was asked."
            )
        kind, of = prompting_parts(line.prompting)
        if kind == KINDS[1] and countries and of not in countries:
            raise unknown_name(f"country ({line.place})", of, countries)
    return about_questions(bank)


def questions_of_lines(lines: Sequence[Line]) -> xr.Dataset:
    """Return the questions of lines, with as many options as these say or have letters."""
    said: dict[str, int] = {}
    seen: dict[str, int] = {}
    for line in lines:
        letters = {token.strip() for token in line.tokens} & set(_LETTERS)
        last = max(map(_LETTERS.index, letters), default=-1) + 1
        seen[line.question] = max(last, seen.get(line.question, 0))
        if line.n_options is None:
            continue
        if said.setdefault(line.question, line.n_options) != line.n_options:
            raise DataFileError(
                f"{line.place}: n_options of the question {line.question!r} is {line.n_options}, "
                f"and {said[line.question]} in another line; mend one."
            )
    counts = {question: said.get(question, seen[question]) for question in seen}
    width = np.arange(1, max(*counts.values(), 2) + 1)
    return xr.Dataset(
        coords={
            "question": list(counts),
            "option": width.astype(str),
            "n_options": ("question", list(counts.values())),
        }
    )


def read_answer(line: Line, number: int, missing: Missing) -> ReadAnswer:
    """Return what a line comes to, or raise with its place."""
    if not 2 <= number <= len(_LETTERS):
        raise DataFileError(
            f"{line.place}: the question {line.question!r} has {number} options; there must be 2 "
            f"to {len(_LETTERS)}, which n_options may say."
        )
    try:
        permutation = permutation_of(line.order, number)
        raw, mass = option_probabilities(line.tokens, _LETTERS[:number], missing=missing)
    except InputError as error:
        raise DataFileError(f"{line.place}: {error}") from None
    # Where all letters have probability 0 there is no answer.
    with np.errstate(invalid="ignore"):
        return ReadAnswer(line, permutation, raw / raw.sum(), mass)


def check_once(found: Sequence[ReadAnswer]) -> None:
    """Raise when two lines are about the same."""
    seen: dict[tuple[str, ...], str] = {}
    for each in found:
        line = each.line
        about = (line.model, line.prompting, line.question, each.order)
        if (first := seen.setdefault(about, line.place)) != line.place:
            raise DataFileError(
                f"{line.place}: {', '.join(map(repr, about))} is there already, in "
                f"{first.rpartition(', ')[2]}; keep one."
            )
