"""Legends where no data can lie: below the axes, or to their right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["legend_below", "legend_beside"]


def legend_below(ax: Axes, columns: int, **options: Any) -> None:  # noqa: ANN401 - passed on
    """Put the legend below the axes, past the name of the horizontal one.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes that were drawn on.
    columns : int
        Number of columns.
    **options
        Passed on to `matplotlib.axes.Axes.legend`.
    """
    # The pad is in units of the font.
    place: dict[str, Any] = {
        "loc": "upper center",
        "bbox_to_anchor": (0.5, 0.0),
        "borderaxespad": 4.3,
    }
    ax.legend(**place, ncols=columns, frameon=False, fontsize="small", **options)


def legend_beside(ax: Axes, **options: Any) -> None:  # noqa: ANN401 - passed on as they are
    """Put the legend to the right of the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes that were drawn on.
    **options
        Passed on to `matplotlib.axes.Axes.legend`.
    """
    place: dict[str, Any] = {
        "loc": "upper left",
        "bbox_to_anchor": (1.01, 1.0),
        "borderaxespad": 0.0,
    }
    ax.legend(**place, frameon=False, fontsize="small", **options)
