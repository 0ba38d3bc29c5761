"""Languages by country: the shares and populations that MultiTP's aggregation weighs by."""

from __future__ import annotations

import os
from pathlib import Path

import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import (
    bounds,
    number_column,
    read_table,
    require_columns,
    require_text,
    require_unique,
)
from disca_nb.variables import annotate, validate

__all__ = ["SOURCE", "from_csv", "multitp"]

SOURCE = (
    "MultiTP, arXiv 2407.02273, appendix B.2, and shares solved from its published country "
    "figures; populations of 2021"
)
_COLUMNS = ("country", "language", "share", "population")


def multitp() -> xr.Dataset:
    """Return the shipped shares of speakers and populations.

    The source states a share of 0 for the only language of Réunion (REU), which therefore has no
    weighted answer.

    Returns
    -------
    xarray.Dataset
        ``share`` (country, language), NaN where a language is not among a country's rows or its
        share is unknown; ``n_languages`` and ``population`` by country.

    References
    ----------
    MultiTP, arXiv 2407.02273.

    Examples
    --------
    >>> multitp().share.sel(country="BEL", language=["nl", "fr", "de"]).values
    array([0.6 , 0.39, 0.01])
    """
    return from_csv(data_path("language_shares.csv")).assign_attrs(source=SOURCE)


def from_csv(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read shares of speakers from a CSV file.

    Parameters
    ----------
    path : path
        A file with the columns ``country, language, share, population``; shares are fractions,
        and shares or populations that are not known are left empty.

    Returns
    -------
    xarray.Dataset
        As `multitp` returns.

    Raises
    ------
    DataFileError
        Naming the column or row that cannot be used.

    Examples
    --------
    >>> from_csv(data_path("language_shares.csv")).n_languages.sel(country="BEL").item()
    3
    """
    name = Path(path).name
    table = read_table(path)
    require_columns(table, _COLUMNS, name)
    require_text(table, _COLUMNS[:2], name)
    require_unique(table, ["country", "language"], name)
    numbers = {
        column: number_column(table, column, name, allow_missing=True, within=bounds(column))
        for column in _COLUMNS[2:]
    }
    rows = table.assign(**numbers)
    shares = rows.set_index(["country", "language"])["share"].unstack()
    by_country = rows.groupby("country")
    dataset = xr.Dataset(
        {
            "share": (("country", "language"), shares.to_numpy()),
            "population": ("country", by_country["population"].first().to_numpy(dtype=float)),
            "n_languages": ("country", by_country.size().to_numpy()),
        },
        {
            "country": shares.index.to_numpy(dtype=str),
            "language": shares.columns.to_numpy(dtype=str),
        },
        {"source": name},
    )
    return annotate(validate(dataset))
