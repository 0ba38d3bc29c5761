"""Where countries stand on a tile map of the world: one square each, neighbours near each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from disca_nb._data import data_path
from disca_nb.datasets._table import each_once, integer_column, read_table

__all__ = ["Tile", "of_countries", "world"]


class Tile(NamedTuple):
    """A square of the map.

    Attributes
    ----------
    column : int
        Counted from the west, from 0 on.
    row : int
        Counted from the north, from 0 on.
    """

    column: int
    row: int


def of_countries(countries: Iterable[str]) -> dict[str, Tile]:
    """Return the tiles of countries, without those that have none.

    Parameters
    ----------
    countries : str or iterable of str
        ISO 3166-1 alpha-3 codes.

    Returns
    -------
    dict
        Country to tile.

    Raises
    ------
    InputError
        For what holds no names.

    Examples
    --------
    >>> tiles = of_countries(["JPN", "USA", "ATL"])
    >>> list(tiles), tiles["USA"].column < tiles["JPN"].column
    (['JPN', 'USA'], True)
    """
    places = world()
    names = [str(name) for name in each_once(countries, "countries")]
    return {name: places[name] for name in names if name in places}


def world() -> Mapping[str, Tile]:
    """Return the tile of every country that the shipped map has.

    Returns
    -------
    mapping
        Country, as ISO 3166-1 alpha-3 code, to tile.

    Examples
    --------
    >>> len(world())
    197
    """
    return _table()


@cache
def _table() -> Mapping[str, Tile]:
    """Return the shipped map, which cannot be changed."""
    path = data_path("tiles.csv")
    table = read_table(path)
    columns, rows = (integer_column(table, name, path.name) for name in ("column", "row"))
    return MappingProxyType(
        {
            country: Tile(int(column), int(row))
            for country, column, row in zip(table["country"], columns, rows, strict=True)
        }
    )
