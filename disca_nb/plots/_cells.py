"""Cells of a matrix or a map: the number in each, and marks that set it against the floors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._look import ink, ink_on
from disca_nb.plots._phrases import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.lines import Line2D

__all__ = [
    "MARKS",
    "Marks",
    "inks_on",
    "mark",
    "mark_handles",
    "marks_of",
    "number",
    "readable_size",
    "told_marks",
    "write",
]

Marks = Mapping[str, npt.NDArray[np.bool_]]

MARKS: Mapping[str, tuple[str, str]] = {
    "worse": ("x", "worse than a coin flip"),
    "better": ("o", "better than the other countries' mean"),
}
"""Marks of cells: marker and meaning."""

# Width and height of a letter as shares of its size; below the smallest size nothing is written.
_WIDTH, _HEIGHT, _SMALLEST = 0.62, 1.2, 4.5


def marks_of(mis: xr.DataArray, floors: xr.Dataset) -> Marks:
    """Return which cells are worse than a coin flip, and which better than the others' mean."""
    return {
        "worse": (mis > floors["mis_coin_flip"]).transpose(*mis.dims).values,
        "better": (mis < floors["mis_leave_one_out"]).transpose(*mis.dims).values,
    }


def told_marks(marks: Marks, cells: int) -> str:
    """Say of how many cells either holds, as one sentence."""
    told = [f"{meaning} in {marks[name].sum()}" for name, (_, meaning) in MARKS.items()]
    return f"Marked are cells {' and '.join(told)} of {counted(cells, 'cell')}."


def mark(
    ax: Axes, marks: Marks, x: FloatArray, y: FloatArray, inks: npt.NDArray[np.str_], size: float
) -> None:
    """Draw the marks of cells at the places given, in inks that stand out from the cells."""
    for name, (marker, _) in MARKS.items():
        chosen = marks[name]
        if chosen.any():
            ax.scatter(
                x[chosen],
                y[chosen],
                s=size**2,
                marker=marker,
                color=inks[chosen].tolist(),
                linewidths=1.2,
                zorder=3,
                gid=name,
            )


def mark_handles(marks: Marks, meanings: Mapping[str, str] | None = None) -> list[Line2D]:
    """Return what explains the marks that occur; their meanings are those of `MARKS` by default."""
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"linestyle": "none", "color": ink(), "markersize": 5.0}
    return [
        Line2D([], [], marker=marker, label=(meanings or {}).get(name, meaning), **style)
        for name, (marker, meaning) in MARKS.items()
        if marks[name].any()
    ]


def inks_on(mappable: ScalarMappable, values: FloatArray) -> npt.NDArray[np.str_]:
    """Return the ink that stands out from the colour of each value; any where there is none."""
    colours = mappable.to_rgba(np.nan_to_num(values).ravel())
    return np.array([ink_on(tuple(each)) for each in colours], dtype=str).reshape(values.shape)


def readable_size(
    ax: Axes, columns: float, rows: float, letters: float, lines: float, room: float = 0.8
) -> float:
    """Return the size in points at which so many letters and lines fit a cell; 0 if too small.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where the cells are.
    columns, rows : float
        How many cells there are side by side and one above the other.
    letters, lines : float
        What goes into a cell.
    room : float
        Share of the axes that the cells have, where labels beside them are still to be laid out.
    """
    import matplotlib.pyplot as plt

    width, height = (room * 72.0 * side / ax.figure.dpi for side in (ax.bbox.width, ax.bbox.height))
    fits = min(width / columns / (_WIDTH * letters), height / rows / (_HEIGHT * lines))
    size = min(fits, 0.83 * plt.rcParams["font.size"])
    return float(size) if size >= _SMALLEST else 0.0


def write(
    ax: Axes,
    places: Iterable[tuple[float, float]],
    texts: Sequence[str],
    inks: Iterable[str],
    size: float,
) -> None:
    """Write texts into cells, as they are; none where the size is 0."""
    if size == 0.0:
        return
    for (x, y), text, colour in zip(places, texts, inks, strict=True):
        ax.text(
            x,
            y,
            text,
            color=colour,
            fontsize=size,
            ha="center",
            va="center",
            parse_math=False,
            zorder=4,
        )


def number(value: float) -> str:
    """Return a number as short as a cell needs it, empty where there is none.

    Examples
    --------
    >>> number(0.4251), number(1.02), number(-0.5), number(1250.0), number(float("nan"))
    ('.43', '1.02', '−.50', '1250', '')
    """
    if not np.isfinite(value):
        return ""
    # What is zero when rounded has no sign.
    text = f"{round(value, 2) + 0.0:.2f}" if abs(value) < 100.0 else f"{value:.0f}"
    short = text.replace("0.", ".", 1) if abs(value) < 1.0 else text
    return short.replace("-", "−")
