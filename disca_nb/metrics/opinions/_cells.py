"""A bank and answers to it on the same questions, as plain arrays in the order of labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets.country_names import identify
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.opinions._tell import tell
from disca_nb.variables import annotate

__all__ = ["BoolArray", "Cells", "IntArray", "over_groups", "paired_questions"]

BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """What a country said and what a system answered, question by question.

    A system is a model under a prompting. Countries and questions stand in the order of their
    labels, so that sums and draws do not depend on how a dataset was put together.

    Attributes
    ----------
    bank, answers : xarray.Dataset
        What else is known of them, on the same countries, questions and systems.
    shares : ndarray, shape (countries, questions, options)
        Shares; NaN in the whole row where a country was not asked, and past the last option.
    probs : ndarray, shape (systems, questions, options)
        Answers; NaN in the whole row where there is none, and past the last option.
    n_options : ndarray, shape (questions,)
        Options of each question.
    """

    bank: xr.Dataset
    answers: xr.Dataset
    shares: FloatArray
    probs: FloatArray
    n_options: IntArray

    @property
    def countries(self) -> list[str]:
        """Labels of the countries, sorted."""
        return [str(name) for name in self.bank["country"].values]

    @property
    def questions(self) -> list[str]:
        """Labels of the questions, sorted."""
        return [str(name) for name in self.bank["question"].values]

    @property
    def nations(self) -> IntArray:
        """A number for each country, the same for samples of one nation.

        ``"IND (Current national sample)"`` and ``"IND (Non-national sample)"`` are compared apart,
        but neither is one of the other countries of the other.
        """
        places = [identify(name) for name in self.countries]
        names = [
            name if place is None else place.code
            for name, place in zip(self.countries, places, strict=True)
        ]
        return np.unique(names, return_inverse=True)[1].astype(np.int64)

    @property
    def systems(self) -> tuple[int, int]:
        """How many models there are, and how many promptings of each."""
        return self.answers.sizes["model"], self.answers.sizes["prompting"]

    @property
    def asked(self) -> BoolArray:
        """Where a country was asked, (countries, questions)."""
        return ~np.isnan(self.shares[:, :, 0])

    @property
    def answered(self) -> BoolArray:
        """Where a system has an answer, (systems, questions)."""
        return ~np.isnan(self.probs[:, :, 0])

    def of_questions(self, keep: BoolArray) -> Cells:
        """Return the cells of some of the questions."""
        if keep.all():
            return self
        return replace(
            self,
            bank=self.bank.isel(question=keep),
            answers=self.answers.isel(question=keep),
            shares=np.ascontiguousarray(self.shares[:, keep]),
            probs=np.ascontiguousarray(self.probs[:, keep]),
            n_options=self.n_options[keep],
        )

    def of_countries(self, places: IntArray) -> Cells:
        """Return the cells of some of the countries, by position."""
        if len(places) == len(self.countries):
            return self
        bank = self.bank.isel(country=places)
        return replace(self, bank=bank, shares=np.ascontiguousarray(self.shares[places]))

    def of_promptings(self, places: Sequence[int]) -> Cells:
        """Return the cells of some of the promptings, by position."""
        probs = self.probs.reshape(*self.systems, *self.probs.shape[1:])[:, list(places)]
        answers = self.answers.isel(prompting=list(places))
        number = probs.shape[0] * probs.shape[1]
        return replace(self, answers=answers, probs=probs.reshape(number, *self.probs.shape[1:]))

    def country_places(self, countries: Sequence[str] | None) -> IntArray:
        """Return the positions of some countries, in the order of their labels.

        Raises
        ------
        UnknownNameError
            For a country that the bank lacks.
        InputError
            When there is none, or one of them twice.
        """
        if countries is None:
            return np.arange(len(self.countries))
        names = [countries] if isinstance(countries, str) else [str(name) for name in countries]
        for name in names:
            if name not in self.countries:
                raise unknown_name("country", name, self.countries)
        if not names or len(set(names)) < len(names):
            raise InputError(f"The countries are {shorten(names)}; name each of them once.")
        return np.array(sorted(self.countries.index(name) for name in names), dtype=np.int64)


def paired_questions(cells: Cells) -> Cells:
    """Return the questions that every system answered, and say how many are left out.

    A system without any answer takes part in nothing; it is named in a warning.
    """
    active = np.asarray(cells.answered.any(axis=1))
    if not active.all():
        models, promptings = (cells.answers[dim].values for dim in ("model", "prompting"))
        names = [f"{model} ({prompting})" for model in models for prompting in promptings]
        lost = [name for name, there in zip(names, active, strict=True) if not there]
        text = f"No answers of {shorten(lost)}; there the result is NaN."
        tell(text)
    keep = np.asarray(cells.answered[active].all(axis=0))
    n_lost = int((~keep).sum())
    if n_lost and active.any():
        lack, are = ("lacks", "is") if n_lost == 1 else ("lack", "are")
        text = (
            f"{n_lost} of {keep.size} questions {lack} the answer of a model or prompting and "
            f"{are} left out for all, so that comparisons are paired."
        )
        tell(text)
    return cells.of_questions(keep)


def over_groups(bank: xr.Dataset, function: Callable[[xr.Dataset], xr.Dataset]) -> xr.Dataset:
    """Run a function of a bank on each group of respondents, where the bank has groups."""
    if not isinstance(bank, xr.Dataset) or "group" not in bank.dims:
        return function(bank)
    parts = [function(bank.sel(group=name, drop=True)) for name in bank["group"].values]
    together = xr.concat(
        parts,
        dim=bank["group"],
        data_vars="all",
        coords="minimal",
        compat="override",
        join="outer",
        combine_attrs="drop_conflicts",
    )
    return annotate(together)
