"""Names beside points, each where it covers least of what else is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.kernels._types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["label_points"]

# Width and height of a letter as shares of its size, and half the side of a marker in points.
_WIDTH, _HEIGHT, _MARKER = 0.6, 1.15, 4.0
# Where a name may stand: direction from its point, and how it is aligned.
_SIDES = (
    *((1, 0, "left"), (-1, 0, "right"), (0, 1, "center"), (0, -1, "center")),
    *((1, 1, "left"), (1, -1, "left"), (-1, 1, "right"), (-1, -1, "right")),
)
_OUTSIDE = 1e4


def label_points(
    ax: Axes,
    points: FloatArray,
    names: Sequence[str],
    *,
    avoid: FloatArray,
    every: bool = True,
) -> list[str]:
    """Write names beside points, and return those for which there was no room.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes whose limits are final.
    points : ndarray, shape (names, 2)
        Where the things named are, in data units.
    names : sequence of str
        Plain text.
    avoid : ndarray, shape (marks, 2)
        What else is drawn, in data units.
    every : bool
        Whether a name without room is written all the same.
    """
    from matplotlib.font_manager import FontProperties

    # Limits are worked out when they are asked for.
    ax.get_xlim(), ax.get_ylim()
    scale = 72.0 / ax.figure.dpi
    spots, marks = (scale * ax.transData.transform(each) for each in (points, avoid))
    frame = scale * np.array([ax.bbox.x0, ax.bbox.y0, ax.bbox.x1, ax.bbox.y1])
    marks = np.concatenate([spots, marks])
    taken = np.hstack([marks - _MARKER, marks + _MARKER])
    size = float(FontProperties(size="small").get_size_in_points())
    left_out = []
    for spot, xy, name in zip(spots, points, names, strict=True):
        tries = [
            (_cost(_box(spot, offset, align, name, size), taken, frame), offset, align)
            for offset, align in _offsets(size)
        ]
        cost, offset, align = min(tries, key=lambda each: each[0])
        if cost > 0.0 and not every:
            left_out.append(name)
            continue
        taken = np.vstack([taken, _box(spot, offset, align, name, size)])
        _write(ax, xy, offset, align, name)
    return left_out


def _offsets(size: float) -> list[tuple[tuple[float, float], str]]:
    """Return places for a name in points from its own point, from the nearest."""
    found = []
    for ring in (1.0, 2.2):
        for x, y, align in _SIDES:
            step = (x * (_MARKER + 2.0) * (1.0 if y == 0 else 0.7), y * (ring * size * 0.9))
            found.append((step, align))
    return found


def _box(
    spot: FloatArray, offset: tuple[float, float], align: str, name: str, size: float
) -> FloatArray:
    """Return left, bottom, right and top of a name, in points."""
    width, height = _WIDTH * size * len(name), _HEIGHT * size
    x, y = spot + offset
    left = x - width * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    return np.array([left, y - height / 2, left + width, y + height / 2])


def _cost(box: FloatArray, taken: FloatArray, frame: FloatArray) -> float:
    """Return how much a name would cover, and what of it would lie outside the axes."""
    width = np.minimum(box[2], taken[:, 2]) - np.maximum(box[0], taken[:, 0])
    height = np.minimum(box[3], taken[:, 3]) - np.maximum(box[1], taken[:, 1])
    covered = np.clip(width, 0.0, None) * np.clip(height, 0.0, None)
    outside = np.clip(np.concatenate([frame[:2] - box[:2], box[2:] - frame[2:]]), 0.0, None)
    return float(covered.sum() + _OUTSIDE * outside.sum())


def _write(ax: Axes, xy: FloatArray, offset: tuple[float, float], align: str, name: str) -> None:
    """Write a name beside its point."""
    ax.annotate(
        name,
        (xy[0], xy[1]),
        xytext=offset,
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize="small",
        parse_math=False,
        zorder=6,
    )
