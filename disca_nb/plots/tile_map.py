"""A tile map of the world: one square for each country, its code and its value inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, unknown_name
from disca_nb.plots import _cells
from disca_nb.plots._alt import told
from disca_nb.plots._floors import FLOORS, floors_by_country, told_floors
from disca_nb.plots._look import canvas
from disca_nb.plots._phrases import counted, figure
from disca_nb.plots._scores import check_scored, with_country
from disca_nb.plots._single import heading, set_title, single
from disca_nb.plots._tiles import draw_squares, explain, mark_squares, on_map
from disca_nb.variables import VARIABLES, validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_tile_map", "plot_tile_map"]

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
    target = canvas(ax, 12.0, 7.6, layout="compressed")
    drawn = draw_squares(target, known.values, known.name, limits=limits)
    set_title(target, known.title if title is None else [title])
    marks = {} if known.floors is None else _cells.marks_of(known.values, known.floors)
    if marks:
        mark_squares(target, drawn, marks)
    explain(target, drawn, _cells.mark_handles(marks) if marks else [])
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
    shown, notes = on_map(one["drawn"].astype(np.float64))
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
