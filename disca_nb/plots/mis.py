"""Misalignment by country: every variant as a dot, with the floors drawn beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._single import heading, single
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_mis", "plot_mis"]

_FLOORS = {
    "mis_coin_flip": ("coin flip", "|", 12),
    "mis_leave_one_out": ("other countries' mean", "d", 8),
    "noise_ceiling": ("noise ceiling", "o", 4),
}


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
    import matplotlib.pyplot as plt
    import seaborn as sns

    one = _one_model(scores)
    order = one["country"].values[np.argsort(one["mis"].max("variant").values)]
    one = one.sel(country=order)
    rows = np.arange(order.size)
    if ax is None:
        _, ax = plt.subplots(figsize=(8.0, 1.9 + 0.3 * order.size), layout="constrained")
    ink = plt.rcParams["text.color"]
    spread = one["mis"].transpose("variant", "country").values
    ax.hlines(rows, spread.min(axis=0), spread.max(axis=0), color=ink, alpha=0.3, linewidth=1.0)
    # Okabe-Ito order of the palette, and a marker each: nothing is told by colour alone.
    palette = sns.color_palette("colorblind", one.sizes["variant"])
    shapes = "os^DvPX*"
    # Variants are set apart within a row, so that none hides behind another.
    for i, (variant, shift) in enumerate(zip(one["variant"].values, _shifts(one), strict=True)):
        mis = one["mis"].sel(variant=variant).values
        shape, label = shapes[i % len(shapes)], _label(str(variant))
        ax.plot(mis, rows + shift, shape, color=palette[i], label=label, markersize=6, zorder=3)
    for name, (label, marker, size) in _FLOORS.items():
        if not np.isfinite(one[name]).any():
            continue
        (line,) = ax.plot(one[name].values, rows, marker, color=ink, label=label, zorder=4)
        # A floor close to zero is drawn whole, across the edge.
        line.set(clip_on=False, markersize=size, markerfacecolor="none", markeredgewidth=1.5)
    ax.set_yticks(rows, [str(country) for country in order])
    ax.set_xlim(left=0.0)
    ax.set_xlabel("misalignment score, MIS (0 is best)")
    ax.set_ylabel("country, by largest score")
    ax.set_title("\n".join(heading(one)) if title is None else title, fontsize="medium", loc="left")
    ax.grid(axis="x", alpha=0.25)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    # Below the axes, where no country's dots can lie; the pad is in units of the font.
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=3.5, ncols=4, frameon=False
    )
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
    'Misalignment score of 2 countries'
    """
    one = _one_model(scores)
    values = {_label(str(name)): one["mis"].sel(variant=name) for name in one["variant"].values}
    values |= {label: one[name] for name, (label, *_) in _FLOORS.items()}
    means = {name: value.mean().item() for name, value in values.items()}
    told = [f"{name} {mean:.3f}" for name, mean in means.items() if np.isfinite(mean)]
    count = one.sizes["country"]
    what = "1 country" if count == 1 else f"{count} countries"
    beaten = int((one["mis_coin_flip"] < one["mis"].min("variant")).sum())
    return (
        f"Misalignment score of {what}: means are {', '.join(told)}. "
        f"A coin flip is better than every variant in {beaten} of {what}."
    )


def _one_model(scores: xr.Dataset) -> xr.Dataset:
    """Return scores with a variant dimension and without a model dimension."""
    validate(scores, "mis", *_FLOORS)
    one = single(scores, "model")
    if "variant" not in one.dims:
        label = str(one.coords["variant"].values) if "variant" in one.coords else "scores"
        # Floors stay without the dimension, as they are where variants were compared.
        one = one.drop_vars("variant", errors="ignore")
        one = one.assign(mis=one["mis"].expand_dims(variant=[label]))
    return one


def _shifts(one: xr.Dataset) -> FloatArray:
    """Return how far from the middle of its row each variant is drawn."""
    count = one.sizes["variant"]
    return np.linspace(0.22, -0.22, count) if count > 1 else np.zeros(1)


def _label(variant: str) -> str:
    """Return a variant's name, and that it is DISCA where its name does not tell."""
    return f"DISCA ({variant})" if variant in DISCA_VARIANTS else variant
