"""A number with a name, as a slider and a box of the same value."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Bool, Enum, Float, Unicode

__all__ = ["Slider"]


def _beside(name: str) -> str:
    """Return a file that lies beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


class Slider(anywidget.AnyWidget):
    """A labelled slider and a labelled box that hold one number.

    The sliders of ipywidgets 8 have handles without an accessible name, and no way to give them
    one; hence this one, of the browser's own inputs.

    Parameters
    ----------
    label : str
        Name of the number, shown and read aloud.
    value : float
        The number. The box takes any, also outside the slider's ends.
    low, high : float
        Ends of the slider; above 0 on a logarithmic scale.
    step : float
        Values of a linear slider are whole steps from ``low``; 1 or more means whole numbers.
    scale : {"linear", "log"}
        Scale of the slider.
    help : str
        Shown where the pointer rests on the name.
    disabled : bool
        Whether it cannot be moved.

    Examples
    --------
    >>> slider = Slider(label="η", value=0.5, low=0.05, high=5.0, scale="log")
    >>> slider.value
    0.5
    >>> slider.close()
    """

    _esm = _beside("slider.js")
    _css = _beside("slider.css")

    label = Unicode().tag(sync=True)
    help = Unicode().tag(sync=True)
    value = Float().tag(sync=True)
    low = Float(0.0).tag(sync=True)
    high = Float(1.0).tag(sync=True)
    step = Float(0.01).tag(sync=True)
    scale = Enum(["linear", "log"], "linear").tag(sync=True)
    disabled = Bool(default_value=False).tag(sync=True)

    def close(self) -> None:
        """Close the slider and its layout."""
        layout = self.layout
        super().close()
        if layout is not None:
            layout.close()
