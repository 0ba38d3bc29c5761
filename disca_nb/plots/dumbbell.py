"""The preferences of one country as dumbbells: how far each variant is from the humans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import (
    LINES,
    ROLES,
    brief,
    canvas,
    colour_of,
    dots,
    fitted_legend,
    ink,
    tidy,
)
from disca_nb.plots._phrases import counted
from disca_nb.plots._preferences import Preferences, preferences_of
from disca_nb.plots._scores import title_of
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_dumbbell", "plot_dumbbell"]

_SE = "human_preference_se"


def plot_dumbbell(
    scores: xr.Dataset,
    *,
    country: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how far a model's preferences are from those of one country's humans, by attribute.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for one model.
    country : str, optional
        Which country; needed where there are several.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; country, model and steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Stars are the humans, their bars a standard error to either
        side; lines lead from them to each variant. Small diamonds are the mean of the other
        countries' humans, where several are scored, and the dashed line is a coin flip.

    Raises
    ------
    InputError
        For scores of several models, or of several countries of which none is named.
    UnknownNameError
        For a country that is not among the scores.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_dumbbell(disca_nb.compare(panel, ["vanilla", "consensus"]), country="JPN")
    >>> axes.get_xlabel()
    'share that spares the counted side'
    """
    found = preferences_of(scores, country)
    one = found.one
    names = [brief(name) for name in one["attribute"].values]
    rows = np.arange(len(names))
    target = canvas(ax, 8.0, 2.2 + 0.5 * len(names))
    _coin_flip(target)
    human = one["human_preference"].values
    for (name, role), shift in zip(found.roles.items(), _shifts(len(found.roles)), strict=True):
        values = one["preference"].sel(variant=name).values
        target.hlines(rows + shift, human, values, colors=[colour_of(role)], alpha=0.6)
        target.plot(values, rows + shift, **dots(role), clip_on=False, zorder=3)
    _humans(target, one)
    target.set_yticks(rows, names, parse_math=False)
    target.set_ylim(len(names) - 0.5, -0.5)
    target.set_xlim(0.0, 1.0)
    target.set_xlabel("share that spares the counted side")
    tidy(target)
    target.spines["left"].set_visible(False)
    target.tick_params(axis="y", length=0)
    set_title(target, title_of(one, found.country) if title is None else [title])
    fitted_legend(target)
    return told(target, describe_dumbbell(scores, country=country))


def describe_dumbbell(scores: xr.Dataset, *, country: str | None = None) -> str:
    """Say in words what `plot_dumbbell` draws, as alternative text.

    Parameters
    ----------
    scores, country
        As for `plot_dumbbell`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_dumbbell`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.compare(panel, ["vanilla", "consensus"])
    >>> describe_dumbbell(scores, country="JPN").split(":")[0]
    'How far synthetic-demo (synthetic) is from the humans of JPN'
    """
    found = preferences_of(scores, country)
    model = title_of(found.one)[0]
    parts = [f"How far {model} is from the humans of {found.country}: {found.told()}"]
    parts += [_closer(found), _errors(found.one), "A coin flip is 0.5 throughout."]
    return " ".join(part for part in parts if part)


def _shifts(count: int) -> FloatArray:
    """Return how far from the middle of its row each variant lies, so that none hides another."""
    half = min(0.3, 0.12 * (count - 1))
    return np.linspace(-half, half, count) if count > 1 else np.zeros(1)


def _humans(ax: Axes, one: xr.Dataset) -> None:
    """Draw the humans with their standard errors, and the other countries' mean."""
    rows = np.arange(one.sizes["attribute"])
    human = one["human_preference"].values
    if "others" in one:
        ax.plot(one["others"].values, rows, **dots(ROLES["mis_leave_one_out"], 5.0), zorder=4)
    measured = _SE in one and bool(one[_SE].notnull().any())
    if measured:
        ax.errorbar(human, rows, xerr=one[_SE].values, fmt="none", ecolor=ink(), capsize=3.0)
    label = "humans ± standard error" if measured else "humans"
    ax.plot(human, rows, **(dots(ROLES["human"]) | {"label": label}), clip_on=False, zorder=5)


def _coin_flip(ax: Axes) -> None:
    """Draw the line of a coin flip."""
    label = ROLES["mis_coin_flip"].label
    ax.axvline(0.5, color=ink(), linestyle=LINES["mis_coin_flip"], linewidth=1.0, label=label)


def _closer(found: Preferences) -> str:
    """Say on how many attributes each variant is closer to the humans than vanilla is."""
    if "vanilla" not in found.roles or len(found.roles) < 2:
        return ""
    apart = abs(found.one["preference"] - found.one["human_preference"])
    closer = (apart < apart.sel(variant="vanilla")).sum("attribute")
    told = [
        f"{role.label} on {closer.sel(variant=name).item()}"
        for name, role in found.roles.items()
        if name != "vanilla"
    ]
    of = counted(found.one.sizes["attribute"], "attribute")
    return f"Closer than vanilla: {', '.join(told)} of {of}."


def _errors(one: xr.Dataset) -> str:
    """Say how large the humans' standard errors are."""
    if _SE not in one or one[_SE].isnull().all():
        return ""
    low, high = one[_SE].min().item(), one[_SE].max().item()
    return f"The humans' standard errors are {low:.3f} to {high:.3f}."
