"""Rows of a figure: the size of their letters, and columns of text to their right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.errors import ParameterError
from disca_nb.plots._look import brief, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MOST", "lay_rows", "letters_for", "rows_of", "size_of_marks"]

MOST = 40
"""How many rows are drawn where nothing else is said."""

# Height of a line of text as a share of the letters' size; in points the smallest letters, and
# those down to which rows are drawn without being asked for.
_LINE, _SMALLEST, _READABLE = 1.25, 4.5, 6.0
# Share of the axes' height that the rows have before labels are laid out.
_ROOM = 0.8
# Letters of a name that are shown at most.
_LONGEST = 36
# Width of a letter as a share of its size, and room between two columns in letters.
_LETTER, _GAP = 0.52, 2.0


def rows_of(ax: Axes | None, rows: int, top: int | None) -> int:
    """Return how many of so many rows are drawn: those asked for, or those that can be read.

    Raises
    ------
    ParameterError
        For ``top`` below 1.
    """
    if top is None:
        return min(rows, MOST if ax is None else max(1, min(MOST, _fit(ax))))
    if isinstance(top, bool) or not isinstance(top, int | np.integer) or top < 1:
        raise ParameterError(f"top is {top!r}; it must be a whole number of at least 1.")
    return min(rows, int(top))


def letters_for(ax: Axes, rows: int, largest: float | None = None) -> float:
    """Return the size of letters in points at which so many rows do not overlap.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where the rows are.
    rows : int
        How many stand one above the other.
    largest : float, optional
        Size that is never exceeded; that of the style in force by default.
    """
    import matplotlib.pyplot as plt

    usual = float(plt.rcParams["font.size"]) if largest is None else largest
    height = _ROOM * 72.0 * ax.bbox.height / ax.figure.dpi / max(rows, 1)
    return max(min(usual, height / _LINE), _SMALLEST)


def size_of_marks(letters: float, largest: float = 6.0) -> float:
    """Return the size of marks in points in rows with letters of a size."""
    return min(largest, 0.7 * letters)


def lay_rows(
    ax: Axes, names: Sequence[str], columns: Mapping[str, Sequence[str]], size: float
) -> None:
    """Name the rows 0, 1, … from the top on, and write columns of text to their right.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where the rows are.
    names : sequence of str
        Names of the rows, plain text.
    columns : mapping
        Heading to one text for each row.
    size : float
        Size of the letters in points.
    """
    short = [brief(name, _LONGEST) for name in names]
    ax.set_yticks(range(len(short)), short, parse_math=False, fontsize=size)
    ax.set_ylim(len(short) - 0.4, -0.6)
    tidy(ax)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    _annotate(ax, columns, size)


def _annotate(ax: Axes, columns: Mapping[str, Sequence[str]], size: float) -> None:
    """Write the columns, each under its heading."""
    right = 0.0
    for heading, texts in columns.items():
        wide = max(map(len, [heading, *texts]))
        right += _LETTER * size * (wide + _GAP)
        for row, text in enumerate(texts):
            _write(ax, text, right, ("axes fraction", "data"), (1.0, row), size, "center")
        _write(ax, heading, right, "axes fraction", (1.0, 1.0), size, "bottom")


def _fit(ax: Axes) -> int:
    """Return how many rows can be read one above the other."""
    return int(_ROOM * 72.0 * ax.bbox.height / ax.figure.dpi / (_LINE * _READABLE))


def _write(
    ax: Axes,
    text: str,
    right: float,
    system: str | tuple[str, str],
    place: tuple[float, float],
    size: float,
    upright: str,
) -> None:
    """Write a text that ends so many points to the right of the axes."""
    ax.annotate(
        text,
        place,
        xytext=(right, 0.0),
        xycoords=system,
        textcoords="offset points",
        ha="right",
        va=upright,
        fontsize=0.9 * size,
        annotation_clip=False,
        parse_math=False,
    )
