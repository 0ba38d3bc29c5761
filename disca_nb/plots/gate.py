"""Which cells the gate trusts: reliability against effective sample size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.decisions import scored
from disca_nb.plots._alt import told
from disca_nb.plots._legends import legend_below
from disca_nb.plots._look import MARKERS, canvas, ink, palette, tidy
from disca_nb.plots._phrases import counted, label_text
from disca_nb.plots._single import heading, set_title, single
from disca_nb.steering.settings import DISCA_VARIANTS
from disca_nb.variables import ATTRIBUTES, GRID_SUFFIX, validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_gate", "plot_gate"]

# More cells than this are drawn as a grid of hexagons, as dots would hide each other.
_MOST_DOTS = 4_000
_SMALLEST, _LARGEST = 8.0, 120.0


class _Cells(NamedTuple):
    """Cells with passes: four arrays of one length, and what is told about them."""

    ratio: FloatArray
    reliability: FloatArray
    size: FloatArray
    category: npt.NDArray[np.str_]
    silent: npt.NDArray[np.bool_]
    rho: float
    title: list[str]
    left_out: int

    @property
    def attributes(self) -> list[str]:
        """Attributes in their usual order, others behind."""
        here = set(self.category.tolist())
        return [name for name in ATTRIBUTES if name in here] + sorted(here - set(ATTRIBUTES))

    def medians(self, attribute: str) -> tuple[float, float]:
        """Return the medians of ratio and reliability over the cells of an attribute."""
        own = self.category == attribute
        return float(np.median(self.ratio[own])), float(np.median(self.reliability[own]))


def plot_gate(steered: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the reliability of every cell against the effective sample size of its passes.

    Parameters
    ----------
    steered : xarray.Dataset
        What `disca_nb.steer` returned for a variant that makes passes, of one model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model and steering by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Up to 4000 cells are dots with a marker by attribute, the
        larger the correction; more are hexagons whose colour is the mean size of the correction,
        with the median of every attribute upon them. Cells that were not scored are left out.

    Raises
    ------
    InputError
        For several models or settings, a variant without passes, or no scored cell.

    References
    ----------
    arXiv 2605.10843, section 3, for gate and threshold.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN"])
    >>> axes = plot_gate(disca_nb.steer(panel, method="quadrature"))
    >>> axes.get_ylabel()
    'reliability of the passes'
    """
    cells = _known(steered)
    ax = canvas(ax, 8.5, 5.0)
    if cells.ratio.size > _MOST_DOTS:
        _draw_hexagons(ax, cells)
    else:
        _draw_dots(ax, cells)
    if np.isfinite(cells.rho):
        ax.axvline(cells.rho, color=ink(), linestyle="--", linewidth=1.2)
        ax.annotate(
            f"ρ {cells.rho:g}",
            (cells.rho, 0.02),
            xytext=(4, 0),
            textcoords="offset points",
            xycoords=("data", "axes fraction"),
            rotation=90,
            fontsize="small",
        )
    ax.set_xlim(0.0, 1.02)
    ax.set_ylim(-0.02, 1.03)
    ax.set_xlabel("effective sample size ratio, mean of the passes")
    ax.set_ylabel("reliability of the passes")
    tidy(ax, "both")
    set_title(ax, cells.title if title is None else [title])
    return told(ax, describe_gate(steered))


def describe_gate(steered: xr.Dataset) -> str:
    """Say in words what `plot_gate` draws, as alternative text.

    Parameters
    ----------
    steered : xarray.Dataset
        As for `plot_gate`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_gate`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN"])
    >>> describe_gate(disca_nb.steer(panel, method="quadrature")).split(":")[0]
    'Gate of synthetic-demo (synthetic) in 96 cells'
    """
    cells = _known(steered)
    low, middle, high = np.percentile(cells.reliability, [5.0, 50.0, 95.0])
    lowest, median = cells.ratio.min(), np.median(cells.ratio)
    doubted = int((cells.reliability < 0.5).sum())
    each = [
        f"{name} {reliability:.2f} at {ratio:.2f}"
        for name in cells.attributes
        for ratio, reliability in [cells.medians(name)]
    ]
    left_out = f" Left out: {counted(cells.left_out, 'cell')} that were not scored."
    return (
        f"Gate of {cells.title[0]} in {counted(cells.ratio.size, 'cell')}: reliability has the "
        f"median {middle:.2f} (5 to 95 %: {low:.2f} to {high:.2f}) and is below 0.5 in "
        f"{counted(doubted, 'cell')}. The effective sample size ratio has the median "
        f"{median:.2f} and is {lowest:.2f} at least{_silent(cells)}. Corrections are up to "
        f"{cells.size.max():.2f} logits in size, with the median {np.median(cells.size):.3f}. "
        f"Median reliability and ratio by attribute: {'; '.join(each)}."
        f"{left_out if cells.left_out else ''}"
    )


def _silent(cells: _Cells) -> str:
    """Say in how many cells a pass is below the threshold."""
    if not np.isfinite(cells.rho):
        return ""
    silent = counted(int(cells.silent.sum()), "cell")
    return f"; in {silent} a pass is below the threshold ρ {cells.rho:g} and gives no correction"


def _known(steered: xr.Dataset) -> _Cells:
    """Return the scored cells of one model and setting."""
    validate(steered)
    _check_passes(steered)
    validate(steered, "reliability", "ess", "correction", "category")
    grids = [str(dim) for dim in steered.dims if str(dim).endswith(GRID_SUFFIX)]
    one = single(steered, "model", "language", "variant", *grids)
    reliability = one["reliability"]
    ratio, size = one["ess"].mean("pass_id"), abs(one["correction"])
    rho = one.attrs.get("rho")
    rho = float(rho) if isinstance(rho, int | float | np.number) else np.nan
    # A pass is silenced by its own ratio; the mean may lie above the threshold all the same.
    silent = (one["ess"] < rho).any("pass_id")
    parts = [
        values.broadcast_like(reliability).transpose(*reliability.dims).values.ravel()
        for values in (ratio, reliability, size, one["category"], silent, scored(one))
    ]
    kept = np.isfinite(parts[0]) & np.isfinite(parts[1]) & np.isfinite(parts[2]) & parts[5]
    if not kept.any():
        raise InputError("The dataset has no scored cell with passes; check status and gaps.")
    return _Cells(
        ratio=parts[0][kept],
        reliability=parts[1][kept],
        size=parts[2][kept],
        category=parts[3][kept].astype(str),
        silent=parts[4][kept],
        rho=rho,
        title=heading(one),
        left_out=int((~kept).sum()),
    )


def _check_passes(steered: xr.Dataset) -> None:
    """Raise for decisions that were made without passes."""
    variant = steered.attrs.get("variant")
    if "reliability" not in steered and variant is not None and variant not in DISCA_VARIANTS:
        raise InputError(
            f"The variant {str(variant)!r} makes no passes, so there is no gate to draw; steer "
            f"with one of {', '.join(DISCA_VARIANTS)}."
        )


def _draw_dots(ax: Axes, cells: _Cells) -> None:
    """Draw every cell, its marker by attribute and its area by the correction's size."""
    largest = float(cells.size.max())
    area = _SMALLEST + (_LARGEST - _SMALLEST) * cells.size / (largest or 1.0)
    colours = palette(len(cells.attributes))
    handles, labels = [], []
    for i, name in enumerate(cells.attributes):
        own = cells.category == name
        marker = MARKERS[i % len(MARKERS)]
        options: dict[str, Any] = {"marker": marker, "color": colours[i], "alpha": 0.7}
        ax.scatter(
            cells.ratio[own],
            cells.reliability[own],
            area[own],
            linewidths=0.4,
            edgecolors=ink(),
            rasterized=True,
            **options,
        )
        handles += ax.plot([], [], linestyle="none", **options)
        labels.append(f"{label_text(name, 24)} ({counted(int(own.sum()), 'cell')})")
    for share in (0.25, 1.0) if largest > 0.0 else ():
        side = np.sqrt(_SMALLEST + (_LARGEST - _SMALLEST) * share)
        handles += ax.plot([], [], "o", color=ink(), markerfacecolor="none", markersize=side)
        labels.append(f"correction {share * largest:.2g} logit in size")
    legend_below(ax, 3, handles=handles, labels=labels)


def _draw_hexagons(ax: Axes, cells: _Cells) -> None:
    """Draw where cells lie by hexagons, and the median of every attribute."""
    image = ax.hexbin(
        cells.ratio,
        cells.reliability,
        cells.size,
        reduce_C_function=np.mean,
        gridsize=45,
        extent=(0.0, 1.0, 0.0, 1.0),
        cmap="cividis",
        linewidths=0.2,
        rasterized=True,
    )
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.8)
    bar.set_label("mean size of the correction (logit)")
    handles, labels = [], []
    for i, name in enumerate(cells.attributes):
        (mark,) = ax.plot(*cells.medians(name), MARKERS[i % len(MARKERS)], color="white", zorder=3)
        mark.set(markersize=8, markeredgecolor="black", markeredgewidth=1.2)
        handles.append(mark)
        count = int((cells.category == name).sum())
        labels.append(f"median of {label_text(name, 24)} ({counted(count, 'cell')})")
    legend_below(ax, 3, handles=handles, labels=labels)
