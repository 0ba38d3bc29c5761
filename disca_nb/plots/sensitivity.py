"""How the score depends on one hyper-parameter, with the floors beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import shorten
from disca_nb.plots._alt import told
from disca_nb.plots._curves import FLOORS, Curves, curves, named, symbol
from disca_nb.plots._legends import legend_beside
from disca_nb.plots._look import MARKERS, canvas, ink, palette, tidy
from disca_nb.plots._phrases import counted, label_text
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_sensitivity", "plot_sensitivity"]

_STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 1)))
# More settings of the other parameters than this are drawn as a band.
_MOST_LINES = 6
# Values that span more than this are set apart on a logarithmic axis.
_WIDE = 20.0


def plot_sensitivity(
    grid: xr.Dataset,
    *,
    over: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the mean misalignment against one hyper-parameter.

    Parameters
    ----------
    grid : xarray.Dataset
        What `disca_nb.sensitivity` returned, for one model.
    over : str, optional
        Dimension of the parameter, such as ``"eta_grid"``, or its name; the first by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Up to six settings of the other parameters are lines, more
        are a band from the least to the greatest score. The default is marked, floors are lines
        of their own. Countries without a score at some setting are left out.

    Raises
    ------
    InputError
        For a dataset without a grid, scores of several models, or no country with all scores.
    UnknownNameError
        For a dimension that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_sensitivity(disca_nb.sensitivity(panel, {"eta": [0.25, 0.5, 1.0]}))
    >>> axes.get_xlabel()
    'η (eta)'
    """
    known = curves(grid, over)
    ax = canvas(ax, 8.0, 5.0)
    if len(known.others) > _MOST_LINES:
        _draw_band(ax, known)
    else:
        _draw_lines(ax, known)
    if known.default is not None:
        ax.axvline(
            known.default,
            color=ink(),
            linewidth=1.0,
            alpha=0.4,
            label=f"default {symbol(known.name)}",
        )
    for name, height in known.floors.items():
        label, style = FLOORS[name]
        ax.axhline(height, color=ink(), linestyle=style, linewidth=1.2, label=label)
    if not known.numeric:
        ax.set_xticks(known.x, [label_text(text, 16) for text in known.texts])
    elif known.x.min() > 0.0 and known.x.max() >= _WIDE * known.x.min():
        ax.set_xscale("log")
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel(named(known.name))
    what = counted(known.countries, "country", "countries")
    ax.set_ylabel(f"mean MIS of {what} (0 is best)")
    tidy(ax, "both")
    set_title(ax, known.title if title is None else [title])
    legend_beside(ax)
    return told(ax, describe_sensitivity(grid, over=over))


def describe_sensitivity(grid: xr.Dataset, *, over: str | None = None) -> str:
    """Say in words what `plot_sensitivity` draws, as alternative text.

    Parameters
    ----------
    grid, over
        As for `plot_sensitivity`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_sensitivity`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> text = describe_sensitivity(disca_nb.sensitivity(panel, {"eta": [0.25, 0.5, 1.0]}))
    >>> text.split(":")[0]
    'Mean misalignment score of 2 countries, synthetic-demo (synthetic), over 3 values of η (eta)'
    """
    known = curves(grid, over)
    width = len(known.others)
    low, high = (divmod(int(find(known.scores)), width) for find in (np.argmin, np.argmax))
    what = counted(known.countries, "country", "countries")
    floors = ", ".join(f"{FLOORS[name][0]} {height:.3f}" for name, height in known.floors.items())
    beside = f" and {counted(width, 'setting')} of others" * (width > 1)
    left_out = f" Left out: {shorten(known.left_out)}." if known.left_out else ""
    return (
        f"Mean misalignment score of {what}, {known.title[0]}, over "
        f"{counted(len(known.texts), 'value')} of {named(known.name)}{beside}: from "
        f"{known.scores[low]:.3f} at {_setting(known, *low)} to {known.scores[high]:.3f} at "
        f"{_setting(known, *high)}.{_at_default(known)} Beside it: {floors or 'no floor'}. The "
        f"lowest of many settings is chosen on the targets.{left_out}"
    )


def _setting(known: Curves, i: int, j: int) -> str:
    """Return the parameters of a score."""
    rest = f", {known.others[j]}" if known.others[j] else ""
    return f"{symbol(known.name)} {known.texts[i]}{rest}"


def _at_default(known: Curves) -> str:
    """Return the score where everything has its default, if it is in the grid."""
    at = known.default_row
    if at is None or known.usual is None:
        return ""
    return f" At the default it is {known.scores[at, known.usual]:.3f}."


def _draw_lines(ax: Axes, known: Curves) -> None:
    """Draw a line for every setting of the other parameters."""
    for j, (other, colour) in enumerate(zip(known.others, palette(len(known.others)), strict=True)):
        ax.plot(
            known.x,
            known.scores[:, j],
            linestyle=_STYLES[j],
            marker=MARKERS[j],
            markersize=5,
            color=colour,
            label=label_text(other) if other else "mean MIS",
        )
    _mark_default(ax, known)


def _draw_band(ax: Axes, known: Curves) -> None:
    """Draw the range of scores over the other parameters' settings, and one of them as a line."""
    colour = palette(1)[0]
    low, high = known.scores.min(axis=1), known.scores.max(axis=1)
    label = f"least to most of {len(known.others)} other settings"
    ax.fill_between(known.x, low, high, color=colour, alpha=0.25, linewidth=0.0, label=label)
    for edge in (low, high):
        ax.plot(known.x, edge, color=colour, linewidth=1.0)
    if known.usual is None:
        middle, label = np.median(known.scores, axis=1), "their median"
    else:
        middle, label = known.scores[:, known.usual], "the others at their defaults"
    ax.plot(known.x, middle, marker="o", markersize=5, color=colour, linewidth=2.0, label=label)
    _mark_default(ax, known)


def _mark_default(ax: Axes, known: Curves) -> None:
    """Mark the score where everything has its default, if it is in the grid."""
    at = known.default_row
    if at is None or known.usual is None:
        return
    height = known.scores[at, known.usual]
    ax.plot(known.x[at], height, "*", color=ink(), markersize=13, zorder=4, label="at the default")
