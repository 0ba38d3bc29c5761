"""What all panels are: a box whose controls keep their keys, and that lets go of every part."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import anywidget
from ipywidgets import HTML, Layout, VBox

from disca_nb.widgets._page import STYLE
from disca_nb.widgets._parts import Kind, message, parts

__all__ = ["Frame", "Keys", "Panel"]


class Keys(anywidget.AnyWidget):
    """Keeps JupyterLab from taking the keys of a panel's controls for its own commands."""

    _esm = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")


class Frame(VBox):  # type: ignore[misc]
    """A box that closes itself where it is garbage, and does nothing when Python shuts down.

    By then nothing can be imported, and there is no page left to tell.
    """

    def __repr__(self) -> str:
        """Return one line: pictures are for pages."""
        return f"<{type(self).__name__}; the last line of a notebook's cell shows it>"

    def __del__(self) -> None:
        if not sys.is_finalizing():
            super().__del__()


class Panel(Frame):
    """A box with a message area, and all that every panel needs.

    Parameters
    ----------
    name : str
        Class of the panel in the page.
    **options
        Passed on to `ipywidgets.VBox`.
    """

    def __init__(self, name: str, **options: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().__init__(**options)
        self._closed = False
        self._message = HTML()
        self._first = [HTML(STYLE), self._message]
        self._last = [Keys(layout=Layout(display="none"))]
        self.fill([])
        self.add_class("disca-panel")
        self.add_class(name)

    def fill(self, children: list[Any]) -> None:
        """Put children below the message area.

        Parameters
        ----------
        children : list of ipywidgets.Widget
            From top to bottom.
        """
        self.children = [*self._first, *children, *self._last]

    def say(self, text: str, kind: Kind = "error") -> None:
        """Put a sentence into the message area, or nothing.

        Parameters
        ----------
        text : str
            Any text.
        kind : {"error", "done", "note", "busy"}
            What it is.
        """
        self._message.value = message(text, kind)

    def close(self) -> None:
        """Close every widget of the panel."""
        # Also called by the garbage collector, on what was never made whole.
        if getattr(self, "_closed", True):
            return
        self._closed = True
        self.let_go()
        held = parts(self)
        super().close()
        for widget in held:
            widget.close()

    def let_go(self) -> None:
        """Part from all that is no widget; called once, before the widgets are closed."""
