"""Respondents: who of a table is counted, in which country and group, and with which weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.datasets.country_names import identify
from disca_nb.datasets.surveys._counting import Places, in_order
from disca_nb.datasets.surveys._items import code_text
from disca_nb.datasets.surveys._tidy import as_text
from disca_nb.errors import DataFileError, InputError, unknown_name

__all__ = ["People", "gather", "is_column"]

_MOST_GROUPS = 2000


@dataclass(frozen=True)
class People:
    """The respondents that are counted.

    Attributes
    ----------
    rows : numpy.ndarray of int
        Their rows in the table.
    places : Places
        Where each is counted, and how much.
    countries, groups : list of str
        Labels, in order; one group where the table is not divided.
    grouped : bool
        Whether it is divided.
    dropped : dict of str to int
        Why others were left out, and how many.
    """

    rows: npt.NDArray[np.intp]
    places: Places
    countries: list[str]
    groups: list[str]
    grouped: bool
    dropped: dict[str, int]


def gather(
    table: pd.DataFrame, country: str, weight: str | None, by: str | None, name: str
) -> People:
    """Return the respondents with a country, a group and a weight above 0.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each respondent.
    country : str
        Column of the country, or the label of all.
    weight, by : str, optional
        Columns of weights and groups.
    name : str
        What the file is called in errors.

    Raises
    ------
    DataFileError
        For a weight that is negative or no number, too many groups, or nobody to count.
    UnknownNameError
        For what is neither a column nor a known country.
    """
    place, countries = _labels(_countries(table, country, name))
    group, groups = (
        _labels(table[by]) if by else (np.zeros(len(table), dtype=np.int64), ["everybody"])
    )
    if len(groups) > _MOST_GROUPS:
        raise DataFileError(
            f"{name} has {len(groups)} different values in {by}; choose a column of categories."
        )
    weights = _weights(table[weight], name) if weight else np.ones(len(table))
    reasons = {
        "respondent without a country": place < 0,
        "respondent without a group": group < 0,
        "respondent with weight 0": weights == 0.0,
    }
    out, dropped = np.zeros(len(table), dtype=bool), {}
    for why, which in reasons.items():
        if n := int((which & ~out).sum()):
            dropped[why] = n
        out |= which
    if out.all():
        found = ", ".join(f"{why} {n}" for why, n in dropped.items())
        raise DataFileError(f"{name} has no respondent to count ({found}); check its columns.")
    rows = np.flatnonzero(~out)
    cell = place[rows] * len(groups) + group[rows]
    places = Places(cell, weights[rows], len(countries) * len(groups))
    return People(rows, places, countries, groups, by is not None, dropped)


def _countries(table: pd.DataFrame, country: str, name: str) -> pd.Series:
    """Return each respondent's country: a column, or one label for all."""
    if is_column(country, [str(column) for column in table.columns], name):
        return table[country]
    return pd.Series(country, index=table.index)


def is_column(country: str, columns: list[str], name: str) -> bool:
    """Return whether a country's name is that of a column, or a label for everybody.

    Parameters
    ----------
    country : str
        What was said.
    columns : list of str
        Columns of the file.
    name : str
        The file, for errors.

    Raises
    ------
    UnknownNameError
        For what is neither a column nor a known country.
    InputError
        For what is no text, or blank.

    Examples
    --------
    >>> is_column("land", ["land", "q1"], "mine.csv"), is_column("Korea", ["land"], "mine.csv")
    (True, False)
    """
    if not isinstance(country, str) or not country.strip():
        raise InputError(f"country is {country!r}; name a column, or give the country's label.")
    if country in columns:
        return True
    if identify(country) is None:  # a column misspelt would be a label for everybody
        raise unknown_name(f"country or column of {name}", country, columns)
    return False


def _labels(column: pd.Series) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the number of each row's label, -1 for none, and the labels in order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes, dtype=np.int64), [
            as_text(value) for value in column.cat.categories
        ]
    codes, values = pd.factorize(column, use_na_sentinel=False)
    texts = [code_text(value) for value in values]
    labels = sorted({text for text in texts if text}, key=in_order)
    place = {text: i for i, text in enumerate(labels)}
    numbers: npt.NDArray[np.int64] = np.array([place.get(text, -1) for text in texts])[codes]
    return numbers, labels


def _weights(column: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """Return the weights, or name the first row that has none."""
    weights = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(weights) | (weights < 0.0))
    if bad.size:
        row = int(bad[0])
        label, found = column.index[row], as_text(column.iloc[row]) or "empty"
        # Where countries were chosen, the index still counts the rows of the file.
        number = int(label) if isinstance(label, int | np.integer) else row
        raise DataFileError(
            f"{name}, row {number + 1}: {column.name} is {found}; a weight must be a number of 0 "
            "or more, with a decimal point."
        )
    return weights
