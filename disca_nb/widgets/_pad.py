"""Figures as pictures in memory, and figures of which only the changing parts are drawn again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from disca_nb.widgets._png import png_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["Pad", "dark_ink", "picture"]


@contextmanager
def dark_ink() -> Iterator[None]:
    """Draw in dark ink, whatever style the user has set; dark pages turn pictures over."""
    import matplotlib.pyplot as plt

    with plt.style.context("default"):
        yield


def picture(figure: Figure) -> bytes:
    """Return a figure as PNG on a transparent ground, without pyplot.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, which is not kept.

    Returns
    -------
    bytes
        The picture.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", transparent=True)
    return file.getvalue()


class Pad:
    """A figure whose ground is drawn once, and whose changing artists are drawn at every call.

    Drawing axes, ticks and labels takes most of the time of a picture.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure with everything in place.
    changing : sequence of matplotlib.artist.Artist
        What changes, from back to front: lines, texts or whole axes.
    """

    def __init__(self, figure: Figure, changing: Sequence[Artist]) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        for ground in (figure.patch, *(ax.patch for ax in figure.axes)):
            ground.set_alpha(0.0)
        for artist in changing:
            artist.set_animated(True)
        self._figure, self._changing = figure, list(changing)
        self._canvas = FigureCanvasAgg(figure)
        self.draw_ground()

    def draw_ground(self) -> None:
        """Draw all that stands, anew where it changed after all."""
        self._canvas.draw()
        self._ground = self._canvas.copy_from_bbox(self._figure.bbox)

    def png(self) -> bytes:
        """Return the picture as it is now, as PNG."""
        self._canvas.restore_region(self._ground)
        for artist in self._changing:
            self._figure.draw_artist(artist)
        return png_of(np.asarray(self._canvas.buffer_rgba()))
