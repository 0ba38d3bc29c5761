"""Rows of a table on the country × scenario grid, in an order that every country agrees with."""

from __future__ import annotations

import heapq
import itertools
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt
import pandas as pd

from disca_nb.errors import DataFileError

__all__ = ["Cells"]


class Cells:
    """Where each row of a table stands on the country × scenario grid.

    Parameters
    ----------
    table : pandas.DataFrame
        With the columns ``country`` and ``scenario``.
    source : str
        Where the rows come from; errors name it.

    Raises
    ------
    DataFileError
        When two countries hold their scenarios in orders that exclude each other.
    """

    def __init__(self, table: pd.DataFrame, source: str) -> None:
        country, countries = pd.factorize(table["country"])
        self.row_country = country
        self.countries = np.array(countries, dtype=str)
        self.scenarios = _common_order(table, source)
        self.row_scenario = pd.Index(self.scenarios).get_indexer(pd.Index(table["scenario"]))

    def place(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return ``values``, one per row, on the grid: NaN, 0 or "" where there is no row."""
        shape = (self.countries.size, self.scenarios.size, *values.shape[1:])
        empty = np.nan if values.dtype.kind == "f" else values.dtype.type()
        grid = np.full(shape, empty, dtype=values.dtype)
        grid[self.row_country, self.row_scenario] = values
        return grid

    def describe(self, columns: dict[str, npt.NDArray[np.generic]]) -> dict[str, object]:
        """Return columns as coordinates: by scenario where all countries share them."""
        coords: dict[str, object] = {}
        for name, values in columns.items():
            shared = np.empty(self.scenarios.size, dtype=values.dtype)
            shared[self.row_scenario] = values
            if (shared[self.row_scenario] == values).all():
                coords[name] = ("scenario", shared)
            else:
                coords[name] = (("country", "scenario"), self.place(values))
        return coords

    def first_rows(self) -> npt.NDArray[np.intp]:
        """Return the index of each country's first row."""
        return np.unique(self.row_country, return_index=True)[1]


def _common_order(table: pd.DataFrame, source: str) -> npt.NDArray[np.str_]:
    """Return the scenarios in an order that is every country's own, as the average follows it."""
    orders = {tuple(rows) for _, rows in table.groupby("country", sort=False)["scenario"]}
    if len(orders) == 1:
        return np.array(orders.pop(), dtype=str)
    # First appearance breaks ties, so that the order is the file's where countries leave a choice.
    position = {name: i for i, name in enumerate(dict.fromkeys(table["scenario"]))}
    graph: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(position, ()))
    for order in orders:
        for before, after in itertools.pairwise(order):
            graph.add(after, before)
    try:
        graph.prepare()
    except CycleError as error:
        one, other = error.args[1][:2]
        message = (
            f"{source} holds the scenarios {one!r} and {other!r} in one order for one country and "
            "in the other for another; sort the rows of every country alike."
        )
        raise DataFileError(message) from None
    ordered: list[str] = []
    ready: list[tuple[int, str]] = []
    while graph.is_active():
        for name in graph.get_ready():
            heapq.heappush(ready, (position[name], name))
        _, first = heapq.heappop(ready)
        ordered.append(first)
        graph.done(first)
    return np.array(ordered, dtype=str)
