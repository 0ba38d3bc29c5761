"""The wrong-country placebo as a matrix: humans by the country that an output was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._single import heading, set_title, single
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_placebo", "plot_placebo"]

_FIGURES = ("placebo_own", "placebo_other", "placebo_p", "placebo_top1", "placebo_chance")
# Outputs at distances that differ by rounding alone are equally close.
_EQUAL = 1e-12


def plot_placebo(result: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw how far every country's output is from every country's humans.

    Were every output closest to its own country, the outlined cells of the diagonal would be the
    darkest of their rows. A dot marks the closest output of each row.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.metrics.placebo` returned, for one model and variant.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model, steering and the test's figures by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Rows and columns are in alphabetical order.

    Raises
    ------
    InputError
        For the result of several models or variants, or without any figure.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> axes = plot_placebo(disca_nb.metrics.placebo(scores, n_permutations=100))
    >>> axes.get_xlabel().splitlines()[0], axes.get_ylabel()
    ('output made for', 'humans of')
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    one = _known(result)
    names = [str(name) for name in one["country"].values]
    apart = one["placebo_mis"].transpose("country", "made_for").values
    if ax is None:
        side = 3.0 + 0.24 * len(names)
        _, ax = plt.subplots(figsize=(side + 0.8, side + 0.6), layout="compressed")
    image = ax.imshow(apart, cmap="cividis", aspect="equal")
    dark = np.asarray(image.norm(apart)) < 0.5
    for row, column in np.argwhere(apart <= apart.min(axis=1, keepdims=True) + _EQUAL):
        ax.plot(column, row, "o", color=_ink(dark[row, column]), markersize=4)
    for place in range(len(names)):
        corner = (place - 0.42, place - 0.42)
        ink = _ink(dark[place, place])
        ax.add_patch(Rectangle(corner, 0.84, 0.84, fill=False, edgecolor=ink, linewidth=1.2))
    ax.set_xticks(range(len(names)), names, rotation=90, parse_math=False)
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("output made for\n(outlined: own country, dot: closest output)")
    ax.set_ylabel("humans of")
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.8)
    bar.set_label("misalignment score, MIS (0 is best)")
    set_title(ax, [*heading(one), *_told(one)] if title is None else [title])
    return told(ax, describe_placebo(result))


def describe_placebo(result: xr.Dataset) -> str:
    """Say in words what `plot_placebo` draws, as alternative text.

    Parameters
    ----------
    result : xarray.Dataset
        As for `plot_placebo`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_placebo`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA", "BRA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> text = describe_placebo(disca_nb.metrics.placebo(scores, n_permutations=100))
    >>> text.split(":")[0]
    "Misalignment of the outputs of synthetic-demo (synthetic) for 3 countries with each ..."
    """
    one = _known(result)
    return (
        f"Misalignment of the outputs of {heading(one)[0]} for {one.sizes['country']} countries "
        f"with each country's humans: {', '.join(_told(one))}."
    )


def _known(result: xr.Dataset) -> xr.Dataset:
    """Return the result of one model and variant, its countries sorted and without unknown ones."""
    validate(result, "placebo_mis", *_FIGURES)
    one = single(result, "model", "variant").sortby(["country", "made_for"])
    known = ~np.isnan(np.diagonal(one["placebo_mis"].transpose("country", "made_for")))
    one = one.isel(country=known, made_for=known)
    if np.isnan(one["placebo_own"]):
        raise InputError(
            f"The placebo has {one.sizes['country']} countries with scores; "
            "a figure needs at least 3: score more of them."
        )
    return one


def _ink(dark: np.bool_) -> str:
    """Return the colour of a mark on a cell."""
    return "white" if dark else "black"


def _told(one: xr.Dataset) -> list[str]:
    """Return the figures of the test in words."""
    own, other, p, top1, chance = (one[name].item() for name in _FIGURES)
    return [
        f"own {own:.3f}, other {other:.3f} (p {p:.2g})",
        f"own output closest in {top1:.0%} of countries (chance {chance:.0%})",
    ]
