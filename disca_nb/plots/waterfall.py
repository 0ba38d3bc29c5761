"""The waterfall: what each ingredient of the method adds to or takes off the misalignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import LINES, ROLES
from disca_nb.plots._phrases import signed
from disca_nb.plots._single import heading, set_title, single
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_waterfall", "plot_waterfall"]

_FLOORS = ("mis_coin_flip", "mis_leave_one_out")


def plot_waterfall(result: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the macro misalignment after each step, and what the step changed.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.metrics.waterfall` returned, for one model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the model and how its passes were made by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. A bar spans a step's change, blue to the left where it
        helps and hatched orange to the right where it harms; the text gives the change with its
        interval.

    Raises
    ------
    InputError
        For the result of several models, or one without any figure.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    >>> axes = plot_waterfall(disca_nb.metrics.waterfall(panel, n_boot=50))
    >>> axes.get_xlabel()
    'mean misalignment score, MIS (0 is best)'
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    one = _known(result)
    steps = [str(step) for step in one["step"].values]
    mis, gain = one["mis"].values, one["gain"].values
    rows = np.arange(len(steps))
    if ax is None:
        _, ax = plt.subplots(figsize=(8.0, 1.8 + 0.42 * len(steps)), layout="constrained")
    ink = plt.rcParams["text.color"]
    colours = sns.color_palette("colorblind")
    for row in rows[1:]:
        worse = bool(gain[row] > 0.0)
        ax.barh(
            row,
            gain[row],
            left=mis[row - 1],
            height=0.55,
            color=colours[1 if worse else 0],
            hatch="///" if worse else None,
            edgecolor=ink,
            linewidth=0.8,
            zorder=2,
        )
        ax.plot([mis[row - 1]] * 2, [row - 1, row], color=ink, alpha=0.4, linewidth=1.0, zorder=1)
    ax.plot(mis, rows, "o", color=ink, markersize=5, zorder=3)
    for name in _FLOORS:
        if np.isfinite(one[name]):
            style = {"linestyle": LINES[name], "label": ROLES[name].label}
            ax.axvline(one[name].item(), color=ink, linewidth=1.2, **style)  # type: ignore[arg-type]
    ax.set_yticks(rows, steps)
    ax.set_ylim(len(steps) - 0.5, -0.5)
    for row in rows:
        ax.annotate(
            _change(one, row),
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize="small",
            annotation_clip=False,
        )
    ax.annotate(_columns(one), (1.02, 1.0), xycoords="axes fraction", fontsize="small")
    # The dots of the outermost steps are drawn whole.
    ax.use_sticky_edges = False
    ax.margins(x=0.06)
    ax.set_xlabel("mean misalignment score, MIS (0 is best)")
    set_title(ax, _title(one) if title is None else [title])
    ax.grid(axis="x", alpha=0.25)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=3.5, ncols=2, frameon=False
    )
    return told(ax, describe_waterfall(result))


def describe_waterfall(result: xr.Dataset) -> str:
    """Say in words what `plot_waterfall` draws, as alternative text.

    Parameters
    ----------
    result : xarray.Dataset
        As for `plot_waterfall`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_waterfall`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    >>> text = describe_waterfall(disca_nb.metrics.waterfall(panel, n_boot=50))
    >>> text.split(":")[0]
    'Mean misalignment score of 3 countries, synthetic-demo (synthetic), step by step'
    """
    one = _known(result)
    told = [
        f"{step} {mis:.3f}" if np.isnan(gain) else f"{step} {mis:.3f} ({signed(gain, 3)})"
        for step, mis, gain in zip(
            one["step"].values, one["mis"].values, one["gain"].values, strict=True
        )
    ]
    count = one["n_countries"].item()
    what = "1 country" if count == 1 else f"{count} countries"
    floors = [
        f"{ROLES[name].label} {one[name].item():.3f}" for name in _FLOORS if np.isfinite(one[name])
    ]
    return (
        f"Mean misalignment score of {what}, {_title(one)[0]}, step by step: "
        f"{'; '.join(told)}. Beside it: {', '.join(floors)}."
    )


def _known(result: xr.Dataset) -> xr.Dataset:
    """Return the result of one model."""
    validate(result, "mis", "gain", "step", *_FLOORS)
    one = single(result, "model")
    if np.isnan(one["mis"]).all():
        raise InputError(
            "The waterfall has 0 countries with a score at every step; check their status and gaps."
        )
    return one


def _change(one: xr.Dataset, row: int | np.integer) -> str:
    """Return a step's score, and its change with the interval."""
    step = one.isel(step=row)
    score = f"{step['mis'].item():.3f}"
    if np.isnan(step["gain"]):
        return score
    low, high = (step[name].item() for name in ("gain_low", "gain_high"))
    interval = f"  [{signed(low, 3)}, {signed(high, 3)}]" if np.isfinite(low) else ""
    return f"{score}  {signed(step['gain'].item(), 3)}{interval}"


def _columns(one: xr.Dataset) -> str:
    """Return what stands above the scores and changes."""
    level = one.attrs.get("level")
    return "MIS  change" + ("" if level is None else f"  [{level:.0%} interval]")


def _title(one: xr.Dataset) -> list[str]:
    """Return the model and how the last step was made, in which all others are."""
    lines = str(one.attrs.get("steering", "")).splitlines()
    last = one.assign_attrs(steering=lines[-1] if lines else "")
    return heading(last)
