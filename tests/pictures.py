"""What figures show, read from their artists."""

from __future__ import annotations

from matplotlib.axes import Axes

__all__ = ["inside", "legend_texts"]


def legend_texts(ax: Axes) -> list[str]:
    """Return the entries of the legend."""
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def inside(ax: Axes) -> bool:
    """Draw the figure, and return whether all of the axes, with their texts, lies inside of it."""
    ax.figure.canvas.draw()
    box, page = ax.get_tightbbox(), ax.figure.bbox
    assert box is not None
    # Less than a pixel is rounding.
    low, high = min(box.x0, box.y0), max(box.x1 - page.width, box.y1 - page.height)
    return bool(low > -1.0 and high < 1.0)
