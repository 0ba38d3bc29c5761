"""Human preferences by country: the shipped Moral Machine figures, or the user's own table."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import (
    bounds,
    number_column,
    read_table,
    require_columns,
    require_text,
    require_unique,
    select_countries,
)
from disca_nb.datasets.ledger import note_reads
from disca_nb.errors import DataFileError, shorten
from disca_nb.variables import ATTRIBUTES, annotate, validate

__all__ = ["AMCE_LABELS", "SOURCE", "from_csv", "moral_machine"]

SOURCE = (
    "Awad et al. 2018, doi:10.1038/s41586-018-0637-6; AMCEs by country from GitHub "
    "causalNLP/moralmachine at commit 1987958a9453ac9e8647352af83a47622eca3523 (MIT)"
)

AMCE_LABELS = {
    "Species": "Species",
    "Gender": "Gender",
    "Age": "Age",
    "Fitness": "Fitness",
    "Social Status": "SocialValue",
    "No. Characters": "Utilitarianism",
    "No. Characters_1": "Utilitarianism_1",
    "No. Characters_2": "Utilitarianism_2",
    "No. Characters_3": "Utilitarianism_3",
    "No. Characters_4": "Utilitarianism_4",
}
"""Labels of the Moral Machine's AMCEs and the attributes they stand for here."""

_OWN = ["country", "attribute", "preference", "se"]
_AMCE = ["Estimates", "se", "Label", "Country"]


def moral_machine(countries: Iterable[str] | None = None) -> xr.Dataset:
    """Return the Moral Machine's human preferences, shipped for 196 countries.

    The preference is ``(1 + AMCE) / 2`` and its standard error half that of the AMCE, an average
    marginal component effect. ``Utilitarianism_1`` to ``_4`` are the preferences by how many more
    characters one side has.

    Parameters
    ----------
    countries : str or iterable of str, optional
        ISO 3166-1 alpha-3 codes; all by default.

    Returns
    -------
    xarray.Dataset
        ``human_preference`` and ``human_preference_se``, each (country, attribute), on [0, 1].

    Raises
    ------
    UnknownNameError
        For a country that is not in the table.

    References
    ----------
    Awad et al. 2018, https://doi.org/10.1038/s41586-018-0637-6

    Examples
    --------
    >>> targets = moral_machine(["USA", "JPN"])
    >>> targets.human_preference.sel(country="JPN", attribute="Species").round(3).item()
    0.798
    """
    targets = _read(data_path("human_preferences.csv")).assign_attrs(source=SOURCE)
    if countries is not None:
        targets = targets.sel(country=select_countries(countries, targets.country.values))
    note_reads(targets.country.values)
    return targets


def from_csv(path: str | os.PathLike[str]) -> xr.Dataset:
    r"""Read human preferences from a CSV file.

    Two forms are understood: the columns ``country, attribute, preference, se`` (one row per
    country and attribute; ``country_name`` may follow), and the Moral Machine's own table of AMCEs
    with ``Estimates, se, Label, Country``.

    Parameters
    ----------
    path : path
        The file, plain or gzip.

    Returns
    -------
    xarray.Dataset
        ``human_preference`` and ``human_preference_se``, each (country, attribute). Combinations
        that the file lacks, and standard errors left empty, are NaN.

    Raises
    ------
    DataFileError
        Naming the column or row that cannot be used.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "country,attribute,preference,se\nJPN,Age,0.58,0.01\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "mine.csv"
    ...     _ = path.write_text(text)
    ...     from_csv(path).human_preference.item()
    0.58
    """
    targets = _read(path)
    note_reads(targets.country.values)
    return targets


def _read(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read, check and arrange a file of preferences."""
    name = Path(path).name
    table = read_table(path)
    if set(_AMCE) <= set(table.columns):
        table = _from_amce(table, name)
    require_columns(table, _OWN, name)
    require_text(table, _OWN[:2], name)
    require_unique(table, ["country", "attribute"], name)
    table = table.assign(
        preference=number_column(table, "preference", name, within=bounds("human_preference")),
        se=number_column(
            table, "se", name, allow_missing=True, within=bounds("human_preference_se")
        ),
    )
    return annotate(validate(_to_dataset(table, name)))


def _from_amce(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Turn a table of AMCEs into the package's own columns."""
    table = table[table["Label"].isin(list(AMCE_LABELS))]
    if table.empty:
        known = shorten(AMCE_LABELS, limit=4)
        raise DataFileError(f"{name} has no row whose Label is one of {known}; check the file.")
    # Checked here, where the columns still have the file's own names.
    require_text(table, ["Country"], name)
    require_unique(table, ["Country", "Label"], name)
    numbers = {
        "Estimates": number_column(table, "Estimates", name, within=(-1.0, 1.0)),
        "se": number_column(table, "se", name, within=bounds("human_preference_se")),
    }
    return pd.DataFrame(
        {
            "country": table["Country"],
            "attribute": table["Label"].map(AMCE_LABELS),
            # Full precision through text, as the rest of the reading goes by text.
            "preference": [repr(float(x)) for x in (1.0 + numbers["Estimates"]) / 2.0],
            "se": [repr(float(x)) for x in numbers["se"] / 2.0],
        }
    )


def _to_dataset(table: pd.DataFrame, name: str) -> xr.Dataset:
    """Arrange the rows as country × attribute."""
    countries = list(dict.fromkeys(table["country"]))
    found = list(dict.fromkeys(table["attribute"]))
    # The six come first and in their usual order; the user's own follow in the file's order.
    attributes = [a for a in ATTRIBUTES if a in found] + [a for a in found if a not in ATTRIBUTES]
    rows = table.set_index(["country", "attribute"])
    every = pd.MultiIndex.from_product([countries, attributes])
    shape = (len(countries), len(attributes))
    grids = {
        column: rows[column].reindex(every).to_numpy(dtype=np.float64).reshape(shape)
        for column in ("preference", "se")
    }
    dims = ("country", "attribute")
    coords: dict[str, object] = {
        "country": np.array(countries, dtype=str),
        "attribute": np.array(attributes, dtype=str),
    }
    if "country_name" in table.columns:
        names = table.drop_duplicates("country")["country_name"].to_numpy(dtype=str)
        coords["country_name"] = ("country", names)
    return xr.Dataset(
        {
            "human_preference": (dims, grids["preference"]),
            "human_preference_se": (dims, grids["se"]),
        },
        coords,
        {"source": name},
    )
