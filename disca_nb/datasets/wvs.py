"""The user's own copy of the World Values Survey, wave 7: value profiles by country and age."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from disca_nb.datasets._table import (
    as_path,
    require_columns,
    require_text,
    row_name,
    select_countries,
)
from disca_nb.datasets._wvs_codes import Answers, numbers, read_columns
from disca_nb.datasets._wvs_means import Cells
from disca_nb.datasets._wvs_report import report
from disca_nb.datasets.profiles import COHORTS, EVERYBODY
from disca_nb.datasets.wvs_items import ITEM_SETS, ItemSet
from disca_nb.errors import DataFileError, unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["read_wvs"]

_COUNTRY, _YEAR, _BIRTH, _WEIGHT = "B_COUNTRY_ALPHA", "A_YEAR", "Q261", "W_WEIGHT"
_YEARS = (2015, 2035)
_BIRTHS = (1900, 2010)
_BLANK = ("", "na", "nan")
# The first ages of the middle and the older cohort.
_AGES = (36, 56)


def read_wvs(
    path: str | os.PathLike[str],
    *,
    items: Literal["wvs7", "disca"] = "wvs7",
    countries: str | Iterable[str] | None = None,
) -> xr.Dataset:
    r"""Read value profiles from the microdata of the World Values Survey, wave 7.

    The microdata may not be redistributed; download the CSV file from the survey's site. Plain
    columns (``Q6``) are read, and where one is missing that of the file of reversed items
    (``Q6P``).

    With ``wvs7`` each item is brought to [0, 1], 1 being most, its mean taken with the survey's
    weights, and the value is the mean of its items. With ``disca``, the item set of
    arXiv 2605.10843 for replication, codes are pooled over respondents and items without weights
    and the mean rounded to three decimals. Blank and negative answers are missing; answers
    outside an item's codes are left out as well, and the report counts both.

    Age is the year of the interview (2015 to 2035) minus that of birth (1900 to 2010). A
    respondent whose age is not known counts among all of the country only.

    Parameters
    ----------
    path : path
        The CSV file, with the columns ``B_COUNTRY_ALPHA``, ``A_YEAR``, ``Q261`` and the items.
    items : {"wvs7", "disca"}
        Item set, see `disca_nb.datasets.wvs_items.ITEM_SETS`.
    countries : str or iterable of str, optional
        ISO 3166-1 alpha-3 codes; all in the file by default.

    Returns
    -------
    xarray.Dataset
        As `disca_nb.datasets.profiles.shipped` returns it: ``profile_mean`` (country, persona,
        profile_item), NaN where nobody answered, and ``n_respondents`` (country, persona), those
        who answered at least one item. The attribute ``report`` says what was left out, and
        ``weights`` whether weights were used.

    Raises
    ------
    UnknownNameError
        For another item set, or a country that the file lacks.
    DataFileError
        For a file that cannot be read, lacks items (it names them), has no valid answer, or has
        no weight above 0 or one that is no number.

    References
    ----------
    Haerpfer et al. (eds.), World Values Survey: Round Seven, doi:10.14281/18241.24.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from disca_nb.datasets.wvs_items import ITEM_SETS
    >>> names = [item.name for value in ITEM_SETS["disca"].values for item in value.items]
    >>> text = ",".join(["B_COUNTRY_ALPHA,A_YEAR,Q261", *names])
    >>> text += "\nJPN,2019,1950" + ",1" * len(names) + "\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "made-up.csv"
    ...     _ = path.write_text(text)
    ...     profiles = read_wvs(path, items="disca")
    >>> profiles.profile_mean.sel(persona="older", profile_item="religiosity").item()
    4.0
    """
    if items not in tuple(ITEM_SETS):  # where a list, which has no hash, can be looked for
        raise unknown_name("item set", items, ITEM_SETS)
    item_set, source = ITEM_SETS[items], as_path(path)
    table = _of_countries(_read(source, item_set), countries)
    answers = Answers()
    for item in item_set.items():
        answers.add(table, item, source.name)
    weight, weights = _weight(table, item_set, source.name)
    cohort = _cohort(table)
    profiles = _profiles(table[_COUNTRY], cohort, weight, item_set, answers)
    if not profiles.n_respondents.values.any():
        raise DataFileError(
            f"{source.name} has no valid answer to the items of {items!r}; check that it is the "
            "survey's CSV file with numeric codes."
        )
    left_out = {
        "respondents without an age, counted among all": int((cohort < 0).sum()),
        "respondents without a weight, left out": int((weight <= 0.0).sum()),
    }
    return profiles.assign_attrs(
        source=f"World Values Survey wave 7, {source.name}, item set {items}",
        items=items,
        weights=weights,
        report=report(table[_COUNTRY], answers, profiles, item_set, left_out),
    )


def _read(source: Path, item_set: ItemSet) -> pd.DataFrame:
    """Return the columns of a file that the item set needs."""
    needed = [item.name for item in item_set.items() if item.name not in item_set.optional]
    table = read_columns(source, [_COUNTRY, _YEAR, _BIRTH], needed, [*item_set.optional, _WEIGHT])
    require_columns(table, [_COUNTRY], source.name)
    require_text(table, [_COUNTRY], source.name)
    return table


def _of_countries(table: pd.DataFrame, countries: str | Iterable[str] | None) -> pd.DataFrame:
    """Return the rows of some countries; those of the file are named where one is not there."""
    if countries is None:
        return table
    known = sorted(set(table[_COUNTRY]))
    return table[table[_COUNTRY].isin(select_countries(countries, known))]


def _weight(
    table: pd.DataFrame, item_set: ItemSet, name: str
) -> tuple[npt.NDArray[np.float64], str]:
    """Return the weight of each respondent, 0 for none, and a word on it."""
    if not item_set.weighted:
        return np.ones(len(table)), "none"
    if _WEIGHT not in table.columns:
        return np.ones(len(table)), f"none: the file lacks {_WEIGHT}"
    weight = numbers(table[_WEIGHT])
    # Left out one by one, those with a comma would leave a country to those without.
    blank = table[_WEIGHT].str.strip().str.lower().isin(_BLANK).to_numpy()
    wrong = np.flatnonzero(np.isnan(weight) & ~blank)
    if wrong.size:
        row, found = row_name(table, wrong[0]), table[_WEIGHT].iloc[wrong[0]]
        raise DataFileError(
            f"{name}, {row}: {_WEIGHT} is {found!r}; it must be a number with a decimal point."
        )
    weight = np.where(np.isfinite(weight) & (weight > 0.0), weight, 0.0)
    if not weight.any():
        raise DataFileError(
            f"{name} has no {_WEIGHT} above 0 among {len(table)} respondents; mend the column, or "
            "remove it to count everybody alike."
        )
    return weight, _WEIGHT


def _cohort(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the number of each respondent's cohort, -1 where the age is not known."""
    year, birth = numbers(table[_YEAR]), numbers(table[_BIRTH])
    known = _within(year, _YEARS) & _within(birth, _BIRTHS)
    age = np.where(known, year - birth, 0.0)
    return np.where(known, np.searchsorted(_AGES, age, side="right"), -1)


def _within(numbers: npt.NDArray[np.float64], ends: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which numbers lie between two ends, or on them."""
    return (numbers >= ends[0]) & (numbers <= ends[1])


def _profiles(
    country: pd.Series[str],
    cohort: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    item_set: ItemSet,
    answers: Answers,
) -> xr.Dataset:
    """Return the means of the values whose items the file has."""
    names, number = np.unique(country.to_numpy(dtype=str), return_inverse=True)
    cells = Cells(number, cohort, weight, len(names))
    values = [v for v in item_set.values if all(item.name in answers.codes for item in v.items)]
    take = cells.rescaled if item_set.rescaled else cells.pooled
    answered = np.isfinite(list(answers.codes.values())).any(axis=0) & (weight > 0.0)
    people = cells.total(answered.astype(np.float64)).astype(np.int64)
    coords = {
        "country": names,
        "persona": [*COHORTS, EVERYBODY],
        "profile_item": [value.name for value in values],
        "profile_source": ("country", np.full(len(names), "wvs")),
        "item_low": ("profile_item", np.array([float(value.low) for value in values])),
        "item_high": ("profile_item", np.array([float(value.high) for value in values])),
        "item_direction": ("profile_item", np.array([value.direction for value in values])),
        "source_label": ("profile_item", np.array([value.label for value in values])),
        "source_item": ("profile_item", np.array([value.shown for value in values])),
    }
    variables = {
        "profile_mean": (
            ("country", "persona", "profile_item"),
            np.stack([take(value, answers) for value in values], axis=-1),
        ),
        "n_respondents": (("country", "persona"), people),
    }
    return annotate(validate(xr.Dataset(variables, coords)))
