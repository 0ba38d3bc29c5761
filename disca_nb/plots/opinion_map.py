"""Opinion similarity on a tile map of the world, or what of it is above a uniform responder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import unknown_name
from disca_nb.plots import _cells
from disca_nb.plots._alt import told
from disca_nb.plots._look import canvas
from disca_nb.plots._opinion_parts import (
    measure_of,
    mode_of,
    others_of,
    pick,
    title_of,
    values_of,
)
from disca_nb.plots._phrases import counted, signed
from disca_nb.plots._single import set_title
from disca_nb.plots._tiles import draw_squares, explain, mark_squares, on_map
from disca_nb.plots.opinion_ranking import ranked
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_representation_map", "plot_representation_map"]

_NAMES: Mapping[str, str] = {
    "excess": "similarity less that of the uniform responder",
    "similarity": "similarity",
}
_MEANINGS: Mapping[str, str] = {
    "worse": "less similar than the uniform responder",
    "better": "more similar than the other countries' mean",
}
_REMEDY = ", which disca_nb.datasets.surveys.unify gives"


class _Map(NamedTuple):
    """Values of countries with a tile, from the lowest, and the same countries' other figures."""

    values: xr.DataArray
    one: xr.Dataset
    name: str
    notes: list[str]


def plot_representation_map(
    result: xr.Dataset,
    *,
    value: str = "excess",
    model: str | None = None,
    prompting: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw how similar a model's answers are to those of each country, on a map of squares.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.representation` returned, countries as ISO 3166-1 alpha-3 codes.
    value : str
        ``"excess"``: similarity less that of a uniform responder, on a scale around 0;
        ``"similarity"``: as it is.
    model, prompting : str, optional
        As for `disca_nb.plots.plot_representation`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model, prompting and mode by default.
    limits : tuple of float, optional
        Ends of the colour scale, so that maps can be compared; the values' own by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. A cross marks countries that the model is less similar to
        than the uniform responder is, a dot those that it is more similar to than the mean of the
        other countries on the same questions. Sub-samples have no tile of their own; the text
        names them.

    Raises
    ------
    InputError
        For a result without the value, of several models, or where no country with a tile has one.
    UnknownNameError
        For a value, model or prompting that is not known.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"similarity": ("country", [0.6, 0.7]), "excess": ("country", [-0.1, 0.1])},
    ...     {"country": ["JPN", "USA"], "model": "m", "prompting": "default"},
    ... )
    >>> sorted(text.get_text() for text in plot_representation_map(result).texts)
    ['.10', 'JPN', 'USA', '−.10']
    """
    known = _known(result, value, model, prompting)
    target = canvas(ax, 12.0, 7.6, layout="compressed")
    ends, colours = (
        (limits, "cividis") if value == "similarity" else (_around(known, limits), "PuOr")
    )
    drawn = draw_squares(target, known.values, known.name, limits=ends, colours=colours)
    title_lines = [title_of(known.one), mode_of(known.one)]
    set_title(target, title_lines if title is None else [title])
    marks = _marks(known)
    mark_squares(target, drawn, marks)
    explain(target, drawn, _cells.mark_handles(marks, _MEANINGS))
    text = describe_representation_map(result, value=value, model=model, prompting=prompting)
    return told(target, text)


def describe_representation_map(
    result: xr.Dataset,
    *,
    value: str = "excess",
    model: str | None = None,
    prompting: str | None = None,
) -> str:
    """Say in words what `plot_representation_map` draws, as alternative text.

    Parameters
    ----------
    result, value, model, prompting
        As for `plot_representation_map`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_representation_map`.

    Examples
    --------
    >>> import xarray as xr
    >>> result = xr.Dataset(
    ...     {"similarity": ("country", [0.6, 0.7]), "excess": ("country", [-0.1, 0.1])},
    ...     {"country": ["JPN", "USA"], "model": "m", "prompting": "default"},
    ... )
    >>> describe_representation_map(result).split(": ")[0]
    'World tile map of 2 countries, m, default prompting, mode all'
    """
    known = _known(result, value, model, prompting)
    write = signed if value == "excess" else _plain
    named = [
        f"{name} {write(number, 3)}"
        for name, number in zip(known.values["country"].values, known.values.values, strict=True)
    ]
    ends = f"lowest {', '.join(named[:3])}; highest {', '.join(named[-3:])}"
    marks = _marks(known)
    told_marks = [f"{text} in {marks[name].sum()}" for name, text in _MEANINGS.items()]
    where = f"World tile map of {counted(len(named), 'country', 'countries')}"
    parts = [
        f"{where}, {title_of(known.one)}, {mode_of(known.one)}.",
        f"{known.name[:1].upper()}{known.name[1:]}: mean {write(known.values.mean().item(), 3)},",
        f"{ends if len(named) > 6 else ', '.join(named)}.",
        f"Marked are countries {' and '.join(told_marks)} of {len(named)}.",
    ]
    return " ".join([*parts, *known.notes])


def _known(result: xr.Dataset, value: str, model: str | None, prompting: str | None) -> _Map:
    """Return what is drawn."""
    if value not in _NAMES:
        raise unknown_name("value", value, _NAMES)
    validate(result, value, "country")
    one, _ = ranked(result, model=model, prompting=prompting)
    whole = pick(pick(result, "model", model), "prompting", prompting)
    values, notes = on_map(whole[value].astype(np.float64).rename(value), _REMEDY)
    name = f"{_NAMES[value]} ({measure_of(one)})"
    return _Map(values, one.sel(country=values["country"]), name, notes)


def _around(known: _Map, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Return ends of a scale with 0 in its middle, unless there are some."""
    if limits is not None:
        return limits
    largest = float(np.abs(known.values.values).max())
    return (-largest, largest)


def _marks(known: _Map) -> _cells.Marks:
    """Return which countries are below the uniform responder, and which above the others' mean."""
    similarity = known.one["similarity"].values
    excess = values_of(known.one, "excess", "country")
    return {"worse": excess < 0.0, "better": similarity > others_of(known.one)}


def _plain(number: float, digits: int) -> str:
    """Return a number with so many digits after the point."""
    return f"{number:.{digits}f}"
