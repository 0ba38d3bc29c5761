"""Misalignment by country: every variant as a dot, with the floors drawn beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._floors import FLOORS
from disca_nb.plots._look import ROLES, brief, canvas, dots, fitted_legend, ink, tidy
from disca_nb.plots._phrases import counted
from disca_nb.plots._scores import looks, one_model, title_of
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_mis", "plot_mis"]

# A bar needs more of its size to be seen than a dot.
_SIZES = {"mis_coin_flip": 12.0, "mis_leave_one_out": 8.0, "noise_ceiling": 9.0}


def plot_mis(scores: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the misalignment score of every country, variant and floor.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for one model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; how the result was steered, by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown.

    Raises
    ------
    InputError
        For scores of several models.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_mis(disca_nb.compare(panel, ["vanilla", "consensus"]))
    >>> axes.get_xlabel()
    'misalignment score, MIS (0 is best)'
    """
    one = one_model(scores, "mis", *FLOORS)
    order = one["country"].values[np.argsort(one["mis"].max("variant").values)]
    one = one.sel(country=order)
    rows = np.arange(order.size)
    ax = canvas(ax, 8.0, 2.2 + 0.3 * order.size)
    spread = one["mis"].transpose("variant", "country").values
    ax.hlines(rows, spread.min(axis=0), spread.max(axis=0), color=ink(), alpha=0.3, linewidth=1.0)
    # Variants are set apart within a row, so that none hides behind another.
    for (variant, role), shift in zip(looks(one).items(), _shifts(one), strict=True):
        mis = one["mis"].sel(variant=variant).values
        ax.plot(mis, rows + shift, **dots(role), zorder=3)
    for name in FLOORS:
        if not np.isfinite(one[name]).any():
            continue
        (line,) = ax.plot(one[name].values, rows, **dots(ROLES[name], _SIZES[name]), zorder=4)
        # A floor close to zero is drawn whole, across the edge.
        line.set(clip_on=False, markeredgewidth=1.5)
    ax.set_yticks(rows, [brief(country) for country in order], parse_math=False)
    ax.set_xlim(left=0.0)
    # Room for what is set apart, also in a single row.
    ax.set_ylim(-0.6, rows.size - 0.4)
    ax.set_xlabel("misalignment score, MIS (0 is best)")
    ax.set_ylabel("country, by largest score")
    set_title(ax, title_of(one) if title is None else [title])
    tidy(ax)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    fitted_legend(ax)
    return told(ax, describe_mis(scores))


def describe_mis(scores: xr.Dataset) -> str:
    """Say in words what `plot_mis` draws, as alternative text.

    Parameters
    ----------
    scores : xarray.Dataset
        As for `plot_mis`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        For scores of several models.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> describe_mis(disca_nb.compare(panel, ["consensus"])).split(":")[0]
    'Misalignment score of 2 countries, synthetic-demo (synthetic)'
    """
    one = one_model(scores, "mis", *FLOORS)
    roles = looks(one)
    # Means and counts are over the same countries, floors included.
    known = one.isel(country=one["mis"].notnull().all("variant").values)
    values = {role.label: known["mis"].sel(variant=name) for name, role in roles.items()}
    values |= {ROLES[name].label: known[name] for name in FLOORS}
    shown = [
        f"{name} {value.mean().item():.3f}"
        for name, value in values.items()
        if np.isfinite(value).any()
    ]
    what = counted(one.sizes["country"], "country", "countries")
    scored = counted(known.sizes["country"], "country", "countries")
    over = "" if scored == what else f" over the {scored} that every variant has a score for"
    beaten = int((known["mis_coin_flip"] < known["mis"].min("variant")).sum())
    start = f"Misalignment score of {what}, {title_of(one)[0]}: "
    if not shown:
        return f"{start}there is no country that every variant has a score for."
    return (
        f"{start}means{over} are {', '.join(shown)}. "
        f"A coin flip is better than every variant in {beaten} of {scored}."
    )


def _shifts(one: xr.Dataset) -> FloatArray:
    """Return how far from the middle of its row each variant is drawn."""
    count = one.sizes["variant"]
    return np.linspace(0.22, -0.22, count) if count > 1 else np.zeros(1)
