"""Misalignment against the number of parameters: whether larger models come closer to humans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import canvas, fitted_legend, ink, tidy
from disca_nb.plots._macro import (
    Compared,
    compared,
    draw,
    floor_lines,
    name_models,
    plain_ticks,
    shift_of,
)
from disca_nb.plots._phrases import sentence
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_size", "plot_size", "size_in_name"]

# A number with B or M behind it that is no part of a word: not 4bit, 8x7B or A3B.
_SIZE = re.compile(r"(?<![0-9a-z.])(\d+(?:\.\d+)?)(b|m)(?![0-9a-z])", re.IGNORECASE)
_MILLION = 1e-3
# How far to the right of the largest model those of unknown size stand.
_BEYOND = 3.0
# Factor by which the axis is longer than the models need, at either end.
_ROOM = 1.8


def plot_size(
    scores: xr.Dataset,
    sizes: Mapping[str, float] | None = None,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    n_boot: int = 2000,
    seed: int = 0,
) -> Axes:
    """Draw every model's mean misalignment against its number of parameters.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned, for several models.
    sizes : mapping, optional
        Billions of parameters by model. Those that it lacks are read from the models' names, such
        as "7b" or "0.5B", where these say so.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the models and their steering by default.
    n_boot, seed
        Draws of the intervals, as for `disca_nb.macro`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Means are over the countries in which every model has a
        score, bars are 95 % bootstrap intervals over countries, lines the floors. Models of
        unknown size stand apart at the right edge.

    Raises
    ------
    InputError
        When no model's size is known, a size is not a number above 0, no country is scored by all
        models, or their floors differ.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> plot_size(scores, {"synthetic-demo": 0.001}, n_boot=50).get_ylabel()
    'mean misalignment score, MIS (0 is best)'
    """
    found = compared(scores, n_boot=n_boot, seed=seed)
    known = _sizes(found.models, sizes)
    target = canvas(ax, 8.0, 5.6)
    target.set_xscale("log")
    x, edge = _places(known)
    # Room for names, and a scale even where all sizes are the same; set before anything is drawn,
    # because lines cannot be placed on a logarithmic axis of no width.
    target.set_xlim(x.min() / _ROOM, x.max() * _ROOM)
    marks = draw(target, found, x, shift_of(len(found.roles)))
    floor_lines(target, found)
    if np.isnan(known).any():
        target.axvline(edge / np.sqrt(_BEYOND), color=ink(), alpha=0.4, linewidth=0.8)
    target.set_xlabel("parameters in billions (logarithmic)")
    target.set_ylabel("mean misalignment score, MIS (0 is best)")
    _ticks(target, known, edge)
    tidy(target, "y")
    set_title(target, found.title() if title is None else [title])
    name_models(target, found, marks, marks[:0])
    fitted_legend(target)
    return told(target, _text(found, known))


def describe_size(
    scores: xr.Dataset,
    sizes: Mapping[str, float] | None = None,
    *,
    n_boot: int = 2000,
    seed: int = 0,
) -> str:
    """Say in words what `plot_size` draws, as alternative text.

    Parameters
    ----------
    scores, sizes, n_boot, seed
        As for `plot_size`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_size`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> describe_size(scores, {"synthetic-demo": 0.001}, n_boot=50).split(",")[0]
    'Mean misalignment score by number of parameters'
    """
    found = compared(scores, n_boot=n_boot, seed=seed)
    return _text(found, _sizes(found.models, sizes))


def size_in_name(name: str) -> float:
    """Return the billions of parameters that a model's name states, NaN where it states none.

    Parameters
    ----------
    name : str
        The name; one that states two different sizes states none.

    Returns
    -------
    float

    Examples
    --------
    >>> size_in_name("qwen2.5-7b-instruct-4bit"), size_in_name("phi-4")
    (7.0, nan)
    """
    stated = {
        float(number) * (1.0 if unit in "bB" else _MILLION) for number, unit in _SIZE.findall(name)
    }
    return stated.pop() if len(stated) == 1 and min(stated) > 0.0 else float("nan")


def _sizes(models: Sequence[str], sizes: object) -> FloatArray:
    """Return the size of each model in billions, NaN where it is not known."""
    given = {} if sizes is None else sizes
    if not isinstance(given, Mapping):
        raise InputError(f"sizes is {sizes!r}; give a mapping of models to billions of parameters.")
    found = []
    for model in models:
        size = given.get(model, size_in_name(model))
        if model in given and not (isinstance(size, Real) and 0.0 < float(size) < np.inf):
            raise InputError(
                f"The size of {model} is {size!r}; give billions of parameters, a number above 0."
            )
        found.append(float(size))
    if np.isnan(found).all():
        names = shorten(models)
        raise InputError(f"The sizes of {names} are not known; give sizes={{name: billions}}.")
    return np.array(found)


def _places(known: FloatArray) -> tuple[FloatArray, float]:
    """Return where the models stand across, and where those of unknown size do."""
    edge = _BEYOND * float(np.nanmax(known))
    return np.where(np.isnan(known), edge, known), edge


def _ticks(ax: Axes, known: FloatArray, edge: float) -> None:
    """Name sizes in plain numbers, and the place of those not known."""
    places = plain_ticks(ax, float(np.nanmin(known)), float(np.nanmax(known)))
    if np.isnan(known).any():
        ax.set_xticks([*places, edge], [*(f"{place:g}" for place in places), "unknown"])


def _text(found: Compared, known: FloatArray) -> str:
    """Return the alternative text."""
    order = np.argsort(known, kind="stable")
    by_model = [
        f"{found.models[i]} ({known[i]:g} billion) {found.told(found.models[i])}"
        for i in order
        if np.isfinite(known[i])
    ]
    unknown = [
        f"{name} ({found.told(name)})"
        for name, size in zip(found.models, known, strict=True)
        if np.isnan(size)
    ]
    parts = [
        f"Mean misalignment score by number of parameters, for {found.who()} over {found.where()}:",
        f"{'; '.join(by_model)}.",
        *sentence("Size unknown, drawn apart at the right edge", unknown, len(unknown)),
        found.told_floors(),
        *found.notes,
    ]
    return " ".join(parts)
