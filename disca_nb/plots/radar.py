"""The preferences of one country as a radar: its humans, and a model's variants around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import LINES, ROLES, Role, brief, colour_of, dots, fitted_legend, ink
from disca_nb.plots._preferences import Preferences, preferences_of
from disca_nb.plots._scores import title_of
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_radar", "plot_radar"]

_RINGS = (0.25, 0.5, 0.75, 1.0)


def plot_radar(
    scores: xr.Dataset,
    *,
    country: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the preferences of one country's humans and of a model, an attribute a spoke.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for one model.
    country : str, optional
        Which country; needed where there are several.
    ax : matplotlib.axes.Axes, optional
        Polar axes to draw on; a new figure by default.
    title : str, optional
        Title; country, model and steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. The dashed circle is a coin flip, 0.5 on every spoke.

    Raises
    ------
    InputError
        For scores of several models, of fewer than three attributes, or of several countries of
        which none is named, and for axes that are not polar.
    UnknownNameError
        For a country that is not among the scores.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> axes = plot_radar(disca_nb.compare(panel, ["vanilla", "consensus"]), country="JPN")
    >>> [label.get_text() for label in axes.get_xticklabels()][:3]
    ['Species', 'Gender', 'Age']
    """
    found = _known(scores, country)
    one = found.one
    target = _polar(ax)
    angles = np.linspace(0.0, 2.0 * np.pi, one.sizes["attribute"], endpoint=False)
    human = one["human_preference"].values
    _ring(target, angles, human, ROLES["human"])
    target.fill(angles, human, color=ink(), alpha=0.08)
    for name, role in found.roles.items():
        _ring(target, angles, one["preference"].sel(variant=name).values, role)
    _coin_flip(target)
    target.set_theta_zero_location("N")  # type: ignore[attr-defined] # polar axes have it
    target.set_theta_direction(-1)  # type: ignore[attr-defined]
    target.set_ylim(0.0, 1.0)
    target.set_yticks(_RINGS, [f"{ring:g}" for ring in _RINGS], fontsize="x-small")
    # Between two spokes, where no dot can lie.
    target.set_rlabel_position(180.0 / angles.size)  # type: ignore[attr-defined]
    labels = [brief(name, 18) for name in one["attribute"].values]
    target.set_xticks(angles, labels, parse_math=False)
    target.grid(alpha=0.25)
    target.spines["polar"].set_alpha(0.3)
    target.set_xlabel("share that spares the counted side", fontsize="small")
    set_title(target, title_of(one, found.country) if title is None else [title])
    fitted_legend(target)
    return told(target, describe_radar(scores, country=country))


def describe_radar(scores: xr.Dataset, *, country: str | None = None) -> str:
    """Say in words what `plot_radar` draws, as alternative text.

    Parameters
    ----------
    scores, country
        As for `plot_radar`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_radar`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.compare(panel, ["vanilla", "consensus"])
    >>> describe_radar(scores, country="JPN").split(":")[0]
    'Preferences of JPN and of synthetic-demo (synthetic) for it'
    """
    found = _known(scores, country)
    model = title_of(found.one)[0]
    return (
        f"Preferences of {found.country} and of {model} for it: {found.told()} "
        "A coin flip is 0.5 throughout."
    )


def _known(scores: xr.Dataset, country: str | None) -> Preferences:
    """Return the preferences of one country over at least three attributes."""
    found = preferences_of(scores, country)
    if (count := found.one.sizes["attribute"]) < 3:
        raise InputError(f"A radar needs 3 attributes, not {count}; use plot_dumbbell.")
    return found


def _polar(ax: Axes | None) -> Axes:
    """Return the polar axes given, or those of a new figure."""
    import matplotlib.pyplot as plt

    if ax is None:
        return plt.figure(figsize=(6.4, 6.2), layout="constrained").add_subplot(projection="polar")
    if ax.name != "polar":
        raise InputError(
            f"The axes are {ax.name}; make them with subplot_kw={{'projection': 'polar'}}."
        )
    return ax


def _ring(ax: Axes, angles: FloatArray, values: FloatArray, role: Role) -> None:
    """Draw preferences as a closed line with a marker on every spoke."""
    style = dots(role) | {"linestyle": "-", "linewidth": 1.5, "color": colour_of(role)}
    # A star at the rim is drawn whole.
    ax.plot(np.append(angles, angles[0]), np.append(values, values[0]), clip_on=False, **style)


def _coin_flip(ax: Axes) -> None:
    """Draw the circle of a coin flip."""
    circle = np.linspace(0.0, 2.0 * np.pi, 181)
    ax.plot(
        circle,
        np.full_like(circle, 0.5),
        color=ink(),
        linestyle=LINES["mis_coin_flip"],
        linewidth=1.2,
        label=ROLES["mis_coin_flip"].label,
    )
