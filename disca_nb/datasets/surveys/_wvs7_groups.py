"""Groups of the respondents of the World Values Survey, wave 7: by sex, age, education, region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets._wvs_codes import numbers
from disca_nb.datasets.surveys._items import code_text
from disca_nb.errors import DataFileError, shorten, unknown_name

__all__ = ["group_columns", "groups"]

_Floats = npt.NDArray[np.float64]

# Each way to divide respondents, by the columns that it can be read from: any one of the tuples.
_WAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "sex": (("Q260",),),
    "age": (("Q262",), ("A_YEAR", "Q261")),
    "education": (("Q275",),),
    "region": (("N_REGION_ISO",), ("N_REGION_WVS",)),
}


def group_columns(by: str, names: Iterable[str], name: str) -> list[str]:
    """Return the columns that a way to divide respondents needs.

    Parameters
    ----------
    by : str
        ``"sex"``, ``"age"``, ``"education"``, ``"region"``, or a column.
    names : iterable of str
        Columns of the file.
    name : str
        The file, for errors.

    Raises
    ------
    UnknownNameError
        For anything else.
    DataFileError
        When the file lacks what is needed.

    Examples
    --------
    >>> group_columns("age", ["A_YEAR", "Q261", "Q57"], "made-up.csv")
    ['A_YEAR', 'Q261']
    """
    known = list(names)
    if by not in _WAYS:
        if by not in known:
            raise unknown_name("way to divide respondents", by, [*_WAYS, *known])
        return [by]
    there = [way for way in _WAYS[by] if set(way) <= set(known)]
    if not there:
        wanted = " or ".join(shorten(way) for way in _WAYS[by])
        raise DataFileError(f"{name} lacks {wanted}, which by={by!r} needs; name another column.")
    # Ages come from both where both are there; regions from the first.
    return list(there[0]) if by == "region" else [column for way in there for column in way]


def groups(by: str, table: pd.DataFrame) -> pd.Series:
    """Return the group of each respondent, missing or blank where it is not known.

    Parameters
    ----------
    by : str
        As for `group_columns`.
    table : pandas.DataFrame
        Those columns, as text.

    Returns
    -------
    pandas.Series
        With the table's index; bands are categories in their order.
    """
    if by == "sex":
        code = numbers(table["Q260"])
        known = np.where(np.isin(code, [1, 2]), code, np.nan)
        return _banded(known, [2], ["male", "female"], table.index)
    if by == "age":
        return _banded(_ages(table), [36, 56], ["under 36", "36 to 55", "over 55"], table.index)
    if by == "education":
        level = _within(numbers(table["Q275"]), 0, 8)
        return _banded(level, [3, 5], ["lower", "middle", "higher"], table.index)
    column = table[by if by in table.columns else table.columns[0]]
    codes = column.map(code_text)
    return codes.mask(numbers(column) < 0.0, "")


def _ages(table: pd.DataFrame) -> _Floats:
    """Return the age: as published, or else the year of the interview minus that of birth."""
    age = np.full(len(table), np.nan)
    if "Q262" in table.columns:
        age = _within(numbers(table["Q262"]), 0, 120)
    if {"A_YEAR", "Q261"} <= set(table.columns):
        year = _within(numbers(table["A_YEAR"]), 2015, 2035)
        born = _within(numbers(table["Q261"]), 1900, 2010)
        age = np.where(np.isnan(age), year - born, age)
    return age


def _banded(
    values: _Floats, starts: Sequence[float], bands: Sequence[str], index: pd.Index
) -> pd.Series:
    """Return the band of each number; each but the first band has its start."""
    names = np.array([*bands, None], dtype=object)
    place = np.where(np.isnan(values), -1, np.searchsorted(starts, values, side="right"))
    return pd.Series(pd.Categorical(names[place], categories=[*bands]), index=index)


def _within(values: _Floats, low: float, high: float) -> _Floats:
    """Return numbers that lie between two ends or on them, NaN for others."""
    return np.where((values >= low) & (values <= high), values, np.nan)
