"""Means of a value over the respondents of each country and cohort."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb.datasets._wvs_codes import Answers
from disca_nb.datasets.wvs_items import Value

__all__ = ["Cells"]

_N_COHORTS = 3


class Cells:
    """The cells of a profile: countries by three cohorts and everybody.

    Parameters
    ----------
    country : array of int, shape (row,)
        Number of each respondent's country.
    cohort : array of int, shape (row,)
        0, 1 or 2, or -1 where the age is not known: such a respondent counts among everybody.
    weight : array, shape (row,)
        Weight of each respondent.
    n_countries : int
        Number of countries.
    """

    def __init__(
        self,
        country: npt.NDArray[np.int64],
        cohort: npt.NDArray[np.int64],
        weight: npt.NDArray[np.float64],
        n_countries: int,
    ) -> None:
        self._country, self._weight = country, weight
        self._n = n_countries
        self._aged = cohort >= 0
        self._cell = country[self._aged] * _N_COHORTS + cohort[self._aged]

    def total(self, amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the sums of an amount by respondent, shape (country, 4)."""
        cells = np.bincount(self._cell, amounts[self._aged], self._n * _N_COHORTS)
        everybody = np.bincount(self._country, amounts, self._n)
        return np.column_stack([cells.reshape(self._n, _N_COHORTS), everybody])

    def pooled(self, value: Value, answers: Answers) -> npt.NDArray[np.float64]:
        """Return the mean over respondents and items together, shape (country, 4)."""
        total = np.zeros((self._n, _N_COHORTS + 1))
        number = np.zeros_like(total)
        for item in value.items:
            codes = answers.codes[item.name]
            turned = item.low + item.high - codes if item.reverse else codes
            total += self.total(np.nan_to_num(self._weight * turned))
            number += self.total(self._weight * np.isfinite(codes))
        return np.round(_ratio(total, number), 3)

    def rescaled(self, value: Value, answers: Answers) -> npt.NDArray[np.float64]:
        """Return the mean of the items' means, each item on [0, 1], shape (country, 4)."""
        means = []
        for item in value.items:
            codes = answers.codes[item.name]
            share = (codes - item.low) / (item.high - item.low)
            share = 1.0 - share if item.reverse else share
            total = self.total(np.nan_to_num(self._weight * share))
            means.append(_ratio(total, self.total(self._weight * np.isfinite(codes))))
        held = np.isfinite(means)
        return _ratio(np.where(held, means, 0.0).sum(0), held.sum(0).astype(np.float64))


def _ratio(
    total: npt.NDArray[np.float64], number: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the quotient, NaN where there is nothing to divide by."""
    result = np.full(total.shape, np.nan)
    np.divide(total, number, out=result, where=number > 0.0)
    return result
