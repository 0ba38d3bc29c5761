"""What was read of a survey file and what was left out, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets._wvs_codes import Answers
from disca_nb.datasets.wvs_items import ItemSet
from disca_nb.errors import shorten

__all__ = ["report"]


def report(
    country: pd.Series[str],
    answers: Answers,
    profiles: xr.Dataset,
    item_set: ItemSet,
    left_out: Mapping[str, int],
) -> str:
    """Return the report on a survey file, one fact a line.

    Parameters
    ----------
    country : Series of str
        Country of each row.
    answers : Answers
        What the rows say.
    profiles : Dataset
        The means taken of them.
    item_set : ItemSet
        The items that were looked for.
    left_out : mapping of str to int
        Numbers of respondents by what they lack.

    Returns
    -------
    str
    """
    rows = Counter(sorted(country))
    lines = [f"{len(country)} rows: {_counted(rows)}"]
    lines += [f"{text}: {number}" for text, number in left_out.items() if number]
    lines += [f"answers blank or negative, missing: {answers.missing}"]
    if answers.strange:
        lines.append(f"answers outside the item's codes, left out: {_counted(answers.strange)}")
    lacking = [item.name for item in item_set.items() if item.name not in answers.codes]
    if lacking:
        lines.append(f"not in the file, value left out: {', '.join(lacking)}")
    silent = [
        f"{name} in {place}"
        for name, codes in answers.codes.items()
        for place in _silent(country, np.isfinite(codes))
    ]
    if silent:
        lines.append(f"items that nobody of a country answered: {shorten(silent, 40)}")
    empty = [
        f"{place} {cohort}"
        for place in profiles.country.values
        for cohort in profiles.persona.values
        if not profiles.n_respondents.sel(country=place, persona=cohort)
    ]
    if empty:
        lines.append(f"cohorts without a respondent: {', '.join(empty)}")
    return "\n".join(lines)


def _silent(country: pd.Series[str], answered: npt.NDArray[np.bool_]) -> list[str]:
    """Return the countries in which nobody answered."""
    return sorted(set(country) - set(country[answered]))


def _counted(numbers: Mapping[str, int]) -> str:
    """Return names with their numbers."""
    return ", ".join(f"{name} {number}" for name, number in numbers.items())
