"""What people of a country value, by age: the means from which personas are worded."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from disca_nb._data import data_path
from disca_nb.datasets._table import read_table, select_countries
from disca_nb.errors import unknown_name
from disca_nb.variables import annotate, validate

__all__ = ["COHORTS", "EVERYBODY", "SOURCE", "shipped"]

COHORTS = ("young", "middle", "older")
"""Under 36, 36 to 55, and over 55 years."""

EVERYBODY = "all"
"""The persona that stands for all respondents of a country."""

SOURCE = (
    "World Values Survey wave 7, means by age cohort of 13 countries; the other countries' "
    "profiles are synthetic"
)

_BY_ITEM = ("item_low", "item_high", "source_label", "source_item")
_COLUMNS = ("low", "high", "source_label", "source_item")


def shipped(
    countries: str | Iterable[str] | None = None, *, source: str | None = None
) -> xr.Dataset:
    """Return the profiles that ship with the package.

    Those marked ``wvs`` are means over respondents of the World Values Survey. Those marked
    ``synthetic`` are drawn at random around the mean of these countries, by the country's label
    alone: they let a panel be built, and say nothing about the country.

    The source documents no items. ``idleness`` and ``work_duty`` are its labels "autonomy" and
    "meritocracy", which Korea's answer counts identify as items Q39 and Q40; the range of the
    other six, 1 to 4, is presumed.

    Parameters
    ----------
    countries : str or iterable of str, optional
        ISO 3166-1 alpha-3 codes; all by default.
    source : {"wvs", "synthetic"}, optional
        Only the profiles of this source.

    Returns
    -------
    xarray.Dataset
        ``profile_mean`` (country, persona, profile_item), more being more, and ``n_respondents``
        (country, persona), 0 for synthetic profiles; with ``profile_source`` by country and the
        ends of the scale, ``item_low`` and ``item_high``, by item.

    Raises
    ------
    UnknownNameError
        For a country or source that is not there.

    References
    ----------
    Haerpfer et al. (eds.), World Values Survey: Round Seven, doi:10.14281/18241.24.

    Examples
    --------
    >>> profiles = shipped("JPN")
    >>> profiles.profile_mean.sel(country="JPN", persona="older", profile_item="trust").item()
    1.36
    >>> shipped("BRA").profile_source.item(), shipped("ARG").profile_source.item()
    ('wvs', 'synthetic')
    """
    profiles = _read()
    if source is not None:
        sources = sorted(set(profiles.profile_source.values.tolist()))
        if source not in sources:
            raise unknown_name("source of profiles", source, sources)
        profiles = profiles.sel(country=profiles.profile_source == source)
    if countries is not None:
        profiles = profiles.sel(country=select_countries(countries, profiles.country.values))
    return profiles


def _read() -> xr.Dataset:
    """Return the shipped table as a dataset; its rows stand by country, persona and item."""
    table = read_table(data_path("profiles.csv"))
    countries, personas, items = (
        list(dict.fromkeys(table[name])) for name in ("country", "persona", "item")
    )
    shape = (len(countries), len(personas), len(items))
    means = table["mean"].to_numpy(dtype=np.float64).reshape(shape)
    numbers = table["n"].to_numpy(dtype=np.int64).reshape(shape)[..., 0]
    by_item = table.iloc[: len(items)]
    by_country = table.iloc[:: shape[1] * shape[2]]
    coords: dict[str, object] = {
        "country": countries,
        "persona": personas,
        "profile_item": items,
        "profile_source": ("country", by_country["profile_source"].to_numpy(dtype=str)),
        "item_direction": ("profile_item", np.ones(len(items), dtype=np.int64)),
    }
    for name, column in zip(_BY_ITEM, _COLUMNS, strict=True):
        values = by_item[column].to_numpy(dtype=str)
        coords[name] = (
            "profile_item",
            values.astype(np.float64) if column in {"low", "high"} else values,
        )
    variables = {
        "profile_mean": (("country", "persona", "profile_item"), means),
        "n_respondents": (("country", "persona"), numbers),
    }
    return annotate(validate(xr.Dataset(variables, coords, {"source": SOURCE})))
