"""The lab's picture of misalignment: dots that move before floors that stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.kernels._types import FloatArray
from disca_nb.plots._floors import FLOORS
from disca_nb.plots._look import ROLES, Role, brief, dots, fitted_legend, tidy
from disca_nb.plots._single import set_title
from disca_nb.widgets._pad import Pad, dark_ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["MisPicture"]

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
        self._floors = {name: beside[name].values for name in FLOORS}
        self._countries = [str(name) for name in np.atleast_1d(beside["country"].values)]
        known = np.where(np.isnan(vanilla), self._floors["mis_coin_flip"], vanilla)
        self._order = np.argsort(known, kind="stable")
        self._title, self._limit = title, 0.0
        self._has_vanilla = not np.isnan(vanilla).all()

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
            with dark_ink():
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
        rows = np.arange(self._order.size, dtype=np.float64)
        for name in FLOORS:
            _line(ax, ROLES[name], self._floors[name][self._order], rows)
        # Without vanilla answers there is nothing to name in the legend either.
        moving = [ROLES[name] for name in _MOVING]
        self._moving = [_line(ax, role, rows * np.nan, rows) for role in moving]
        if not self._has_vanilla:
            self._moving[0].set_label("_nothing")
        ax.set_yticks(rows, [brief(self._countries[i]) for i in self._order], parse_math=False)
        ax.set_ylim(-0.7, rows.size - 0.3)
        ax.set_xlim(0.0, self._limit)
        ax.set_xlabel("misalignment score, MIS (0 is best)")
        set_title(ax, [self._title])
        tidy(ax)
        ax.tick_params(axis="y", length=0)
        fitted_legend(ax)
        self._pad = Pad(figure, self._moving)


_MOVING: Sequence[str] = ("vanilla", "steered")


def _line(ax: Axes, role: Role, values: FloatArray, rows: FloatArray) -> Line2D:
    """Draw one thing as dots, in front of the floors if it moves."""
    size = 12.0 if role.marker == "|" else 7.0
    (line,) = ax.plot(values, rows, **dots(role, size), clip_on=False)
    line.set(markeredgewidth=1.5, zorder=4 if role.colour is not None else 3)
    return line
