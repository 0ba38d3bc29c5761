"""Squares of a world map: where countries stand, how they are drawn, coloured and written on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets import tiles
from disca_nb.errors import InputError, shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.plots import _cells
from disca_nb.plots._look import fitted_legend, ink
from disca_nb.plots._phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import Normalize
    from matplotlib.patches import Rectangle

__all__ = ["Squares", "draw_squares", "explain", "mark_squares", "on_map"]

# Half the side of a square; a little room is left between two.
_HALF = 0.47


class Squares(NamedTuple):
    """What was drawn, so that marks can be added.

    Attributes
    ----------
    x, y : ndarray, shape (countries,)
        Middles of the squares with a value.
    inks : ndarray, shape (countries,)
        What stands out from each.
    size : float
        Size of the letters in points, 0 where there is no room for any.
    any_outlined : bool
        Whether there are squares without a value.
    """

    x: FloatArray
    y: FloatArray
    inks: npt.NDArray[np.str_]
    size: float
    any_outlined: bool


def on_map(values: xr.DataArray, remedy: str = "") -> tuple[xr.DataArray, list[str]]:
    """Return the values that have a tile from the lowest, and sentences on what has none.

    Parameters
    ----------
    values : xarray.DataArray
        (country,), float64.
    remedy : str
        What the error says at its end on how to get such codes.

    Raises
    ------
    InputError
        When no country has both.
    """
    shown = values.sortby("country")
    shown = shown.isel(country=np.argsort(shown.values, kind="stable"))
    names = shown["country"].values
    placed, known = np.isin(names, list(tiles.world())), np.isfinite(shown.values)
    if not (placed & known).any():
        raise InputError(
            f"None of {shorten(names)} has a value and a tile; tiles are of ISO 3166-1 alpha-3 "
            f"codes{remedy}."
        )
    notes = sentence("No tile", names[~placed]) + sentence("No value", names[placed & ~known])
    return shown.isel(country=np.flatnonzero(placed & known)), notes


def draw_squares(
    ax: Axes,
    values: xr.DataArray,
    name: str,
    *,
    limits: tuple[float, float] | None = None,
    colours: str = "cividis",
) -> Squares:
    """Draw the world in squares, with codes and values inside, and the scale beside it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    values : xarray.DataArray
        (country,) as `on_map` returns them.
    name : str
        What the values are, for the scale.
    limits : tuple of float, optional
        Ends of the scale; the values' own by default.
    colours : str
        Name of a colour map.

    Raises
    ------
    InputError
        For limits that are none.
    """
    world = tiles.world()
    wide, tall = (1 + max(each) for each in zip(*world.values(), strict=True))
    names = [str(label) for label in values["country"].values]
    x, y = (np.array(each, float) for each in zip(*(world[label] for label in names), strict=True))
    rest = [place for label, place in world.items() if label not in names]
    _outlines(ax, np.array(rest, float).reshape(-1, 2))
    squares = _squares(ax, np.column_stack([x, y]), values.values, limits, colours)
    inks = _cells.inks_on(squares, values.values)
    # Little stands beside a map, so that its squares are larger than cells of a table.
    size = _cells.readable_size(ax, 0.85 * wide, 0.8 * tall, 3.3, 2.4)
    texts = [_cells.number(value) for value in values.values]
    for dy, words in ((-0.17, names), (0.24, texts)):
        _cells.write(ax, zip(x, y + dy, strict=True), words, inks, size)
    ax.set_xlim(-0.6, wide - 0.4)
    ax.set_ylim(tall - 0.4, -0.6)
    ax.set_aspect("equal")
    ax.set_axis_off()
    bar = ax.figure.colorbar(squares, ax=ax, shrink=0.6, pad=0.01)
    bar.set_label(name, parse_math=False)
    return Squares(x, y, inks, size, bool(rest))


def mark_squares(ax: Axes, drawn: Squares, marks: _cells.Marks) -> None:
    """Put marks into the upper right corners of squares."""
    size = 2.6 if drawn.size else 2.0
    _cells.mark(ax, marks, drawn.x + 0.34, drawn.y - 0.34, drawn.inks, size)


def explain(ax: Axes, drawn: Squares, handles: Sequence[Artist] = ()) -> None:
    """Explain outlines and marks below the map."""
    from matplotlib.patches import Patch

    outlined = Patch(facecolor="none", edgecolor=ink(), alpha=0.5, label="no value")
    shown: list[Artist] = [*([outlined] if drawn.any_outlined else []), *handles]
    if shown:
        fitted_legend(ax, shown, pad=0.5)


def _outlines(ax: Axes, places: FloatArray) -> None:
    """Draw the squares of countries without a value."""
    from matplotlib.collections import PatchCollection

    outlined = PatchCollection(
        _patches(places), facecolor="none", edgecolor=ink(), linewidth=0.7, alpha=0.35
    )
    ax.add_collection(outlined)


def _squares(
    ax: Axes,
    places: FloatArray,
    values: FloatArray,
    limits: tuple[float, float] | None,
    colours: str,
) -> PatchCollection:
    """Draw the squares of countries with a value, and return them."""
    from matplotlib.collections import PatchCollection

    squares = PatchCollection(_patches(places), cmap=colours, edgecolor=ink(), linewidth=0.7)
    squares.set_array(values)
    squares.set_norm(_norm(values, limits))
    ax.add_collection(squares)
    return squares


def _norm(values: FloatArray, limits: tuple[float, float] | None) -> Normalize:
    """Return the colour scale; of equal values one that has two ends."""
    from matplotlib.colors import Normalize

    low, high = (values.min(), values.max()) if limits is None else limits
    if not (np.isfinite([low, high]).all() and low <= high):
        raise InputError(f"limits is {limits!r}; give a lower and an upper end.")
    # One country, or many alike, have no scale of their own.
    widening = 0.5 * abs(float(low)) + 1e-3 if low == high else 0.0
    return Normalize(float(low) - widening, float(high) + widening)


def _patches(places: FloatArray) -> list[Rectangle]:
    """Return a square for each place."""
    from matplotlib.patches import Rectangle

    return [Rectangle((x - _HALF, y - _HALF), 2 * _HALF, 2 * _HALF) for x, y in places]
