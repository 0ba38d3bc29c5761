"""A tile map of the world: one square for each country, its code and its value inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.datasets import tiles
from disca_nb.errors import InputError, shorten, unknown_name
from disca_nb.kernels._types import FloatArray
from disca_nb.plots import _cells
from disca_nb.plots._alt import told
from disca_nb.plots._floors import FLOORS, floors_by_country, told_floors
from disca_nb.plots._look import canvas, fitted_legend, ink
from disca_nb.plots._phrases import counted, figure, sentence
from disca_nb.plots._scores import check_scored, with_country
from disca_nb.plots._single import heading, set_title, single
from disca_nb.variables import VARIABLES, validate

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import Normalize
    from matplotlib.patches import Rectangle

__all__ = ["describe_tile_map", "plot_tile_map"]

# Half the side of a square; a little room is left between two.
_HALF = 0.47
_MIS = "misalignment score, MIS (0 is best)"


class _Map(NamedTuple):
    """Values of countries that have a tile, from the lowest, with the floors of a MIS.

    Attributes
    ----------
    values : xarray.DataArray
        (country,), none of them NaN.
    floors : xarray.Dataset, optional
        Floors of the same countries.
    name : str
        What the values are.
    title : list of str
        Lines of the title.
    notes : list of str
        Sentences on what is left out.
    """

    values: xr.DataArray
    floors: xr.Dataset | None
    name: str
    title: list[str]
    notes: list[str]


def plot_tile_map(
    values: xr.DataArray | xr.Dataset,
    *,
    variable: str = "mis",
    ax: Axes | None = None,
    title: str | None = None,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw values of countries on a map of equal squares, without anything from a network.

    Parameters
    ----------
    values : xarray.DataArray or xarray.Dataset
        Values by country, or scores of one model and variant that hold them.
    variable : str
        Which variable of scores to draw.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and steering by default.
    limits : tuple of float, optional
        Ends of the colour scale, so that maps can be compared; the values' own by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Squares of countries without a value are outlined only.
        Beside a MIS from scores a cross marks what is worse than a coin flip, a dot what is better
        than the other countries' mean.

    Raises
    ------
    InputError
        For values over other dimensions than country, or where no country with a tile has any.
    UnknownNameError
        For a variable that the scores lack.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> sorted(text.get_text() for text in plot_tile_map(scores).texts)[-2:]
    ['JPN', 'USA']
    """
    known = _known(values, variable)
    world = tiles.world()
    target = canvas(ax, 12.0, 7.6, layout="compressed")
    wide, tall = (1 + max(each) for each in zip(*world.values(), strict=True))
    names = [str(name) for name in known.values["country"].values]
    x, y = (np.array(each, float) for each in zip(*(world[name] for name in names), strict=True))
    rest = [place for name, place in world.items() if name not in names]
    _outlines(target, np.array(rest, float).reshape(-1, 2))
    squares = _squares(target, np.column_stack([x, y]), known.values.values, limits)
    inks = _cells.inks_on(squares, known.values.values)
    # Little stands beside a map, so that its squares are larger than cells of a table.
    size = _cells.readable_size(target, 0.85 * wide, 0.8 * tall, 3.3, 2.4)
    _write(target, names, known, (x, y), inks, size)
    target.set_xlim(-0.6, wide - 0.4)
    target.set_ylim(tall - 0.4, -0.6)
    target.set_aspect("equal")
    target.set_axis_off()
    bar = target.figure.colorbar(squares, ax=target, shrink=0.6, pad=0.01)
    bar.set_label(known.name, parse_math=False)
    set_title(target, known.title if title is None else [title])
    _legend(target, known, any_outlined=bool(rest))
    return told(target, describe_tile_map(values, variable=variable))


def describe_tile_map(values: xr.DataArray | xr.Dataset, *, variable: str = "mis") -> str:
    """Say in words what `plot_tile_map` draws, as alternative text.

    Parameters
    ----------
    values, variable
        As for `plot_tile_map`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_tile_map`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> describe_tile_map(scores).split(":")[0]
    'World tile map of 2 countries, synthetic-demo (synthetic)'
    """
    known = _known(values, variable)
    data = known.values
    named = [
        f"{name} {figure(value)}"
        for name, value in zip(data["country"].values, data.values, strict=True)
    ]
    many = len(named) > 6
    ends = f"lowest {', '.join(named[:3])}; highest {', '.join(named[-3:])}"
    where = counted(len(named), "country", "countries")
    parts = [
        f"World tile map of {where}, {known.title[0]}: {known.name},",
        f"mean {figure(data.mean().item())}, {ends if many else ', '.join(named)}.",
    ]
    if known.floors is not None:
        parts.append(f"Floors, means: {told_floors(known.floors)}.")
        parts.append(_cells.told_marks(_cells.marks_of(data, known.floors), len(named)))
    return " ".join([*parts, *known.notes])


def _known(values: xr.DataArray | xr.Dataset, variable: str) -> _Map:
    """Return what is drawn."""
    array, floors = _parts(values, variable)
    # Under a name of its own, as one attribute of a preference is no preference to the registry.
    data = with_country(array.rename("drawn").to_dataset())
    one = single(data, *(str(dim) for dim in data.dims if dim != "country"))
    if one["drawn"].dtype.kind not in "fiub":
        raise InputError(f"{array.name!r} holds {array.dtype}; a map needs numbers.")
    shown = one["drawn"].astype(np.float64).sortby("country")
    shown = shown.isel(country=np.argsort(shown.values, kind="stable"))
    names = shown["country"].values
    placed, known = np.isin(names, list(tiles.world())), np.isfinite(shown.values)
    if not (placed & known).any():
        raise InputError(
            f"None of {shorten(names)} has a value and a tile; tiles are of ISO 3166-1 alpha-3 "
            "codes."
        )
    notes = sentence("No tile", names[~placed]) + sentence("No value", names[placed & ~known])
    shown = shown.isel(country=np.flatnonzero(placed & known))
    if floors is not None:
        floors = floors_by_country(with_country(floors)).sel(country=shown["country"])
    title = _heading(one.assign_attrs(values.attrs if isinstance(values, xr.Dataset) else {}))
    return _Map(shown, floors, _name_of(array), title, notes)


def _parts(
    values: xr.DataArray | xr.Dataset, variable: str
) -> tuple[xr.DataArray, xr.Dataset | None]:
    """Return the values and, of a misalignment with any floors beside it, all of these."""
    if isinstance(values, xr.DataArray):
        if values.name == "mis":
            raise InputError(
                "A map of the misalignment shows its floors too; give the scores, not the array."
            )
        return values.rename(values.name or "value"), None
    if not isinstance(values, xr.Dataset):
        validate(values)  # type: ignore[unreachable] # says what it is
    if variable == "mis":
        check_scored(values)
    if variable not in values:
        raise unknown_name("variable", variable, map(str, values.data_vars))
    if variable != "mis":
        return values[variable], None
    return values[variable], validate(values, *FLOORS)[list(FLOORS)]


def _name_of(array: xr.DataArray) -> str:
    """Return what the values are, as short as it is known."""
    name = str(array.name)
    if name == "mis":
        return _MIS
    return str(array.attrs.get("long_name", VARIABLES[name].text if name in VARIABLES else name))


def _heading(one: xr.Dataset) -> list[str]:
    """Return the lines of a title; of an attribute, which it is."""
    first, *rest = heading(one) if "model" in one.coords or one.attrs else ["values by country"]
    chosen = [str(one[name].values) for name in ("attribute",) if name in one.coords]
    return [", ".join([first, *chosen]), *rest]


def _outlines(ax: Axes, places: FloatArray) -> None:
    """Draw the squares of countries without a value."""
    from matplotlib.collections import PatchCollection

    outlined = PatchCollection(
        _patches(places), facecolor="none", edgecolor=ink(), linewidth=0.7, alpha=0.35
    )
    ax.add_collection(outlined)


def _squares(
    ax: Axes, places: FloatArray, values: FloatArray, limits: tuple[float, float] | None
) -> PatchCollection:
    """Draw the squares of countries with a value, and return them."""
    from matplotlib.collections import PatchCollection

    squares = PatchCollection(_patches(places), cmap="cividis", edgecolor=ink(), linewidth=0.7)
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


def _write(
    ax: Axes,
    names: list[str],
    known: _Map,
    places: tuple[FloatArray, FloatArray],
    inks: npt.NDArray[np.str_],
    size: float,
) -> None:
    """Write codes and values into the squares, and mark them against the floors."""
    x, y = places
    texts = [_cells.number(value) for value in known.values.values]
    for dy, words in ((-0.17, names), (0.24, texts)):
        _cells.write(ax, zip(x, y + dy, strict=True), words, inks, size)
    if known.floors is not None:
        marks = _cells.marks_of(known.values, known.floors)
        _cells.mark(ax, marks, x + 0.34, y - 0.34, inks, 2.6 if size else 2.0)


def _legend(ax: Axes, known: _Map, *, any_outlined: bool) -> None:
    """Explain outlines and marks below the map."""
    from matplotlib.patches import Patch

    outlined = Patch(facecolor="none", edgecolor=ink(), alpha=0.5, label="no value")
    handles: list[Artist] = [outlined] if any_outlined else []
    if known.floors is not None:
        handles += _cells.mark_handles(_cells.marks_of(known.values, known.floors))
    if handles:
        fitted_legend(ax, handles, pad=0.5)
