"""Where differences between answers come from: variance components as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import canvas, ink, palette
from disca_nb.plots._opinion_parts import is_synthetic, level_of, pick, values_of, whose
from disca_nb.plots._phrases import counted, sentence
from disca_nb.plots._rows import lay_rows, rows_of
from disca_nb.plots._single import made_up
from disca_nb.plots._values_parts import (
    apart,
    fitting,
    is_narrow,
    letters_of,
    title_over,
    wrap_label,
)
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_variance", "plot_variance"]

# Bars of estimates below 0 are hatched.
_HATCH = "///"
# Lines of text above and below the rows.
_LINES = 5.0


class _Parts(NamedTuple):
    """Components with an estimate, in their own order.

    Attributes
    ----------
    one : xarray.Dataset
        (component,) of one model, or of all together.
    unknown : list of str
        Components without an estimate.
    """

    one: xr.Dataset
    unknown: list[str]


def plot_variance(
    components: xr.Dataset,
    *,
    model: str | None = None,
    top: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how much each source adds to the variance of answers.

    Parameters
    ----------
    components : xarray.Dataset
        What `disca_nb.variance_components` returned.
    model : str, optional
        Which model, where each has its own components; of several one must be named.
    top : int, optional
        How many components are drawn at most, from the first on; by default 40, and no more than
        can be read in the axes given.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; the model by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Bars are the estimates and lines their intervals; an
        estimate below 0, which chance can bring about where a component is small, is hatched. At
        the right stand the estimate and its share of the sum of those above 0.

    Raises
    ------
    InputError
        For a dataset without variance components, of several models, or without any estimate.
    ParameterError
        For ``top`` below 1.
    UnknownNameError
        For a model that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import xarray as xr
    >>> parts = xr.Dataset(
    ...     {"variance": ("component", [0.03, 0.01])}, {"component": ["topic", "residual"]}
    ... )
    >>> [float(bar.get_width()) for bar in plot_variance(parts).patches]
    [0.03, 0.01]
    """
    found = _known(components, model)
    number = found.one.sizes["component"]
    shown = fitting(ax, number, top, _LINES)
    one = found.one.isel(component=slice(shown))
    target = canvas(ax, 8.0, 2.2 + 0.32 * shown)
    size = letters_of(target, shown, _LINES)
    _draw(target, one)
    columns = _columns(one)
    if is_narrow(target):
        columns["variance"] = [text.split(" [")[0] for text in columns["variance"]]
    lay_rows(target, apart([str(name) for name in one["component"].values]), columns, size)
    below = ["hatched: estimate below 0"] if (one["variance"].values < 0.0).any() else []
    wrap_label(target, [f"variance of answers [{level_of(one)} interval]", *below])
    if shown < number:
        target.set_ylabel(f"first {shown} of {number} components")
    title_over(target, [_title(one)] if title is None else [title], size)
    return told(target, describe_variance(components, model=model, top=shown))


def describe_variance(
    components: xr.Dataset, *, model: str | None = None, top: int | None = None
) -> str:
    """Say in words what `plot_variance` draws, as alternative text.

    Parameters
    ----------
    components, model, top
        As for `plot_variance`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, ParameterError, UnknownNameError
        As `plot_variance`.

    Examples
    --------
    >>> import xarray as xr
    >>> parts = xr.Dataset(
    ...     {"variance": ("component", [0.03, -0.01]), "variance_share": ("component", [1.0, 0.0])},
    ...     {"component": ["topic", "residual"]},
    ... )
    >>> describe_variance(parts)
    'Variance components of answers: topic 0.0300, 100 %; residual −0.0100 (below 0).'
    """
    one, unknown = _known(components, model)
    number = one.sizes["component"]
    shown = rows_of(None, number, top)
    columns = _columns(one)
    shares = columns.get("share", [""] * number)
    rows = [
        f"{name} {text}{f', {part}' if part else ''}{' (below 0)' if value < 0.0 else ''}"
        for name, text, part, value in zip(
            one["component"].values,
            columns["variance"],
            shares,
            one["variance"].values,
            strict=True,
        )
    ]
    parts = [f"{_title(one)}: {'; '.join(rows)}."]
    if shown < number:
        parts.append(f"Drawn are the first {shown}; {number - shown} are left out.")
    return " ".join([*parts, *sentence("No estimate", unknown)])


def _known(components: xr.Dataset, model: str | None) -> _Parts:
    """Return the components that have an estimate."""
    validate(components, "variance", "component")
    one = pick(components, "model", model)
    one = one if "component" in one.dims else one.expand_dims("component")
    if one["variance"].dims != ("component",):
        extra = next(str(dim) for dim in one["variance"].dims if dim != "component")
        raise InputError(f"The variance is by {extra} too; select one with .sel({extra}=…).")
    known = np.isfinite(one["variance"].values)
    names = [str(name) for name in one["component"].values]
    if not known.any():
        raise InputError(
            f"None of {counted(len(names), 'component')} has an estimate; ask more questions in "
            "more wordings."
        )
    unknown = [name for name, there in zip(names, known, strict=True) if not there]
    return _Parts(one.isel(component=np.flatnonzero(known)), unknown)


def _draw(ax: Axes, one: xr.Dataset) -> None:
    """Draw the bars, and the intervals over them."""
    values, rows = one["variance"].values, np.arange(one.sizes["component"])
    colour = palette(1)[0]
    ax.axvline(0.0, color=ink(), linewidth=1.0, alpha=0.6)
    for row, value in zip(rows, values, strict=True):
        hatched = {"facecolor": "none", "hatch": _HATCH, "edgecolor": colour}
        ax.barh(row, value, 0.62, **(hatched if value < 0.0 else {"color": colour}))
    low, high = (values_of(one, f"variance_{end}", "component") for end in ("low", "high"))
    ax.hlines(rows, low, high, color=ink(), linewidth=1.6, zorder=3)
    for ends in (low, high):
        ax.plot(ends, rows, "|", color=ink(), markersize=6, zorder=3)


def _columns(one: xr.Dataset) -> dict[str, list[str]]:
    """Return what stands at the right of each row, by its heading."""
    names = ("variance", "variance_low", "variance_high", "variance_share")
    numbers = [values_of(one, name, "component") for name in names]
    texts = [_text(*ends) for ends in zip(*numbers[:3], strict=True)]
    shares = [_percent(n) if np.isfinite(n) and n > 0.0 else "" for n in numbers[3]]
    columns = {"variance": texts, "share": shares}
    return {heading: column for heading, column in columns.items() if any(column)}


def _percent(share: float) -> str:
    """Return a share above 0 as a percentage."""
    return f"{100.0 * share:.0f} %" if share >= 0.01 else "< 1 %"


def _text(value: float, low: float, high: float) -> str:
    """Return an estimate with its interval."""
    ends = f" [{low:z.4f}, {high:z.4f}]" if np.isfinite([low, high]).all() else ""
    return f"{value:z.4f}{ends}".replace("-", "−")


def _title(one: xr.Dataset) -> str:
    """Return what the figure is of."""
    single = "model" in one.coords and one["model"].ndim == 0
    if single:
        return f"Variance components of answers of {whose(one)}"
    mark = made_up(one) or (" (synthetic data)" if is_synthetic(one) else "")
    return f"Variance components of answers{mark}"
