"""Regions of countries by the United Nations' standard M49."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal, TypeAlias

from disca_nb._data import data_path
from disca_nb.datasets._table import read_table
from disca_nb.errors import unknown_name

__all__ = ["LEVELS", "SOURCE", "Level", "neighbours", "of_countries"]

Level: TypeAlias = Literal["region", "subregion", "finest"]

SOURCE = (
    "United Nations Statistics Division, Standard country or area codes for statistical use (M49)"
)
LEVELS: tuple[Level, ...] = ("region", "subregion", "finest")
"""Kinds of regions, from the widest."""


def of_countries(countries: Iterable[str], *, level: Level = "subregion") -> dict[str, str]:
    """Return the region of each country.

    Parameters
    ----------
    countries : str or iterable of str
        ISO 3166-1 alpha-3 codes.
    level : {"region", "subregion", "finest"}
        Continents; M49's subregions; or these with sub-Saharan Africa and Latin America divided
        into their intermediate regions.

    Returns
    -------
    dict
        Country to region, ``""`` for a country that the shipped table lacks.

    Raises
    ------
    UnknownNameError
        For another level.

    References
    ----------
    https://unstats.un.org/unsd/methodology/m49/

    Examples
    --------
    >>> of_countries(["JPN", "MEX"])
    {'JPN': 'Eastern Asia', 'MEX': 'Latin America and the Caribbean'}
    """
    if level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    table = _table(level)
    return {name: table.get(name, "") for name in _names(countries)}


def neighbours(country: str, others: Iterable[str], *, level: Level = "subregion") -> list[str]:
    """Return those of the other countries that share a country's region.

    Parameters
    ----------
    country : str
        The country.
    others : str or iterable of str
        Countries to choose from; the country itself is never among the result.
    level : {"region", "subregion", "finest"}
        As for `of_countries`.

    Returns
    -------
    list of str
        In the order given; empty for a country whose region is not known.

    Raises
    ------
    UnknownNameError
        For another level.

    Examples
    --------
    >>> neighbours("JPN", ["CHN", "DEU", "JPN"])
    ['CHN']
    """
    names = _names(others)
    regions = of_countries([country, *names], level=level)
    own = regions[str(country)]
    return [name for name in names if own and name != country and regions[name] == own]


def _names(countries: Iterable[str]) -> list[str]:
    """Return labels as text; a text is one country, not its letters."""
    return [str(x) for x in ([countries] if isinstance(countries, str) else countries)]


@cache
def _table(level: str) -> dict[str, str]:
    """Return the shipped regions; a fit asks for them once a country."""
    table = read_table(data_path("regions.csv"))
    return dict(zip(table["country"], table[level], strict=True))
