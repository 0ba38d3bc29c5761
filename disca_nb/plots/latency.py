"""What an answer costs: the time of a cell against the mean misalignment, model by model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError, shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._look import canvas, colour_of, fitted_legend, tidy
from disca_nb.plots._macro import Compared, compared, draw, floor_lines, name_models, shift_of
from disca_nb.plots._phrases import sentence
from disca_nb.plots._scores import with_model
from disca_nb.plots._single import set_title
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_latency", "plot_latency"]

_QUARTILES = (0.25, 0.5, 0.75)
# Times that differ by more than this factor are drawn on a logarithmic axis.
_WIDE = 4.0


def plot_latency(
    scores: xr.Dataset,
    gaps: xr.Dataset,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    n_boot: int = 2000,
    seed: int = 0,
) -> Axes:
    """Draw every model's mean misalignment against the time that it takes for a cell.

    Parameters
    ----------
    scores : xarray.Dataset
        What `disca_nb.alignment` or `disca_nb.compare` returned.
    gaps : xarray.Dataset
        What `disca_nb.elicit` returned for the same models: ``latency`` in seconds, the time of
        all prompts of a country and scenario.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the models and their steering by default.
    n_boot, seed
        Draws of the intervals, as for `disca_nb.macro`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. A dot is at the median over cells, a bar across reaches from
        the lower to the upper quartile; a bar upright is a 95 % bootstrap interval over countries,
        lines are the floors. Times that differ much are on a logarithmic axis.

    Raises
    ------
    InputError
        When the latency is missing, or of no model with a score.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> panel = panel.assign(latency=0.25 * panel.status)
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> plot_latency(scores, panel, n_boot=50).get_xlabel()
    'time of a cell in seconds (median and quartiles)'
    """
    found, times = _known(scores, gaps, n_boot=n_boot, seed=seed)
    target = canvas(ax, 8.0, 5.6)
    if times.min() > 0.0 and times[1].max() > _WIDE * times[1].min():
        target.set_xscale("log")
    low, median, high = times
    shift = shift_of(len(found.roles))
    marks = draw(target, found, median, shift)
    for (name, role), factor in zip(found.roles.items(), shift, strict=True):
        mean = found.means["mis"].sel(variant=name).values
        reach = np.array([median - low, high - median])
        colour = colour_of(role)
        target.errorbar(median * factor, mean, xerr=reach, fmt="none", ecolor=colour, alpha=0.6)
    floor_lines(target, found)
    target.set_xlabel("time of a cell in seconds (median and quartiles)")
    target.set_ylabel("mean misalignment score, MIS (0 is best)")
    tidy(target, "both")
    set_title(target, found.title() if title is None else [title])
    name_models(target, found, marks)
    fitted_legend(target)
    return told(target, _text(found, times))


def describe_latency(
    scores: xr.Dataset, gaps: xr.Dataset, *, n_boot: int = 2000, seed: int = 0
) -> str:
    """Say in words what `plot_latency` draws, as alternative text.

    Parameters
    ----------
    scores, gaps, n_boot, seed
        As for `plot_latency`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_latency`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> panel = panel.assign(latency=0.25 * panel.status)
    >>> scores = disca_nb.alignment(disca_nb.steer(panel, variant="consensus"))
    >>> describe_latency(scores, panel, n_boot=50).split(",")[0]
    'Mean misalignment score by time of a cell'
    """
    return _text(*_known(scores, gaps, n_boot=n_boot, seed=seed))


def _known(
    scores: xr.Dataset, gaps: xr.Dataset, *, n_boot: int, seed: int
) -> tuple[Compared, FloatArray]:
    """Return the means of models whose times are known, and quartiles (quartile, model)."""
    validate(gaps, "latency")
    timed = with_model(gaps[["latency"]])["latency"]
    known = with_model(validate(scores, "mis"))
    models = [str(name) for name in known["model"].values]
    quartiles = {name: _quartiles(timed, name) for name in models}
    with_time = [name for name in models if np.isfinite(quartiles[name]).all()]
    if not with_time:
        have = shorten(timed["model"].values)
        raise InputError(
            f"The latency is of {have}, the scores are of {shorten(models)}; give results of the "
            "same models that were timed."
        )
    found = compared(known.sel(model=with_time), n_boot=n_boot, seed=seed)
    untimed = sentence("Models without a time", [name for name in models if name not in with_time])
    found = found._replace(notes=[*found.notes, *untimed])
    return found, np.column_stack([quartiles[name] for name in found.models])


def _quartiles(timed: xr.DataArray, model: str) -> FloatArray:
    """Return the quartiles of a model's times over cells, NaN where there are none."""
    if model not in timed["model"].values:
        return np.full(3, np.nan)
    values = timed.sel(model=model).values.ravel()
    values = values[np.isfinite(values)]
    return np.quantile(values, _QUARTILES) if values.size else np.full(3, np.nan)


def _text(found: Compared, times: FloatArray) -> str:
    """Return the alternative text."""
    by_model = [
        f"{found.models[i]} {times[1, i]:.3g} s (quartiles {times[0, i]:.3g} and "
        f"{times[2, i]:.3g}) {found.told(found.models[i])}"
        for i in np.argsort(times[1], kind="stable")
    ]
    parts = [
        f"Mean misalignment score by time of a cell, for {found.who()} over {found.where()}:",
        f"{'; '.join(by_model)}.",
        found.told_floors(),
        *found.notes,
    ]
    return " ".join(parts)
