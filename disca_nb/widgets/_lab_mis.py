"""The lab's picture of misalignment: dots that move before floors that stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._look import ROLES, Role, colour_of, legend_below, tidy
from disca_nb.widgets._pad import Pad

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["MisPicture"]

_FLOORS = ("mis_coin_flip", "mis_leave_one_out", "noise_ceiling")
_DPI = 96
_WIDTH = 6.6
# The axis grows where a dot would leave it, by this share more than needed.
_AIR = 1.15


class MisPicture:
    """Misalignment of one model by country, vanilla and steered, with the floors.

    Parameters
    ----------
    beside : xarray.Dataset
        Floors over ``country``, as `disca_nb.metrics.live.Live` has them beside its scores.
    vanilla : numpy.ndarray, shape (countries,)
        Misalignment without steering, by which countries are ordered; NaN where it is not known.
    title : str
        The model, and whether it is synthetic.
    """

    def __init__(self, beside: xr.Dataset, vanilla: FloatArray, title: str) -> None:
        self._floors = {name: beside[name].values for name in _FLOORS}
        self._countries = [str(name) for name in np.atleast_1d(beside["country"].values)]
        known = np.where(np.isnan(vanilla), self._floors["mis_coin_flip"], vanilla)
        self._order = np.argsort(known, kind="stable")
        self._title, self._limit = title, 0.0

    @property
    def width(self) -> int:
        """Width in pixels."""
        return round(_WIDTH * _DPI)

    def png(self, mis: FloatArray, vanilla: FloatArray) -> bytes:
        """Return the picture.

        Parameters
        ----------
        mis, vanilla : numpy.ndarray, shape (countries,)
            Misalignment as steered, and without steering.

        Returns
        -------
        bytes
            PNG, dark ink on a transparent ground.
        """
        largest = np.nanmax([*mis, *vanilla, *self._floors["mis_coin_flip"], 0.1])
        if largest > self._limit:
            self._limit = _AIR * float(largest)
            self._draw()
        rows = np.arange(self._order.size)
        for line, values in zip(self._moving, (vanilla, mis), strict=True):
            line.set_data(values[self._order], rows)
        return self._pad.png()

    def _draw(self) -> None:
        """Draw all that stands, and prepare what moves."""
        from matplotlib.figure import Figure

        height = 1.5 + 0.21 * self._order.size
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
        ax = figure.subplots()
        rows = np.arange(self._order.size)
        for name in _FLOORS:
            _line(ax, ROLES[name], self._floors[name][self._order], rows)
        self._moving = [_line(ax, ROLES[name], rows * np.nan, rows) for name in _MOVING]
        ax.set_yticks(rows, [self._countries[i] for i in self._order])
        ax.set_ylim(-0.7, rows.size - 0.3)
        ax.set_xlim(0.0, self._limit)
        ax.set_xlabel("misalignment score, MIS (0 is best)")
        ax.set_title(self._title, fontsize="medium", loc="left", parse_math=False)
        tidy(ax)
        ax.tick_params(axis="y", length=0)
        legend_below(ax, 5)
        self._pad = Pad(figure, self._moving)


_MOVING: Sequence[str] = ("vanilla", "steered")


def _line(ax: Axes, role: Role, values: FloatArray, rows: FloatArray) -> Line2D:
    """Draw one thing as dots, hollow unless it is what one looks at."""
    filled = role is ROLES["steered"]
    colour = colour_of(role)
    (line,) = ax.plot(
        values,
        rows,
        role.marker,
        color=colour,
        label=role.label,
        markersize=7,
        markerfacecolor=colour if filled else "none",
        markeredgewidth=1.5,
        clip_on=False,
        zorder=4 if filled else 3,
    )
    return line
