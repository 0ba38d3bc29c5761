"""Closing a widget with all that it holds."""

from __future__ import annotations

from collections.abc import Iterator

from ipywidgets import Box, Widget

__all__ = ["close_all", "inside"]


def inside(widget: Widget) -> Iterator[Widget]:
    """Yield what a widget holds, innermost first, and the widget itself.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Any widget; boxes hold others.

    Yields
    ------
    ipywidgets.Widget
        Each with its layout and style before it.
    """
    for child in widget.children if isinstance(widget, Box) else ():
        yield from inside(child)
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if isinstance(part, Widget):
            yield part
    yield widget


def close_all(widgets: list[Widget]) -> None:
    """Close widgets with all that they hold, so that nothing of them stays in memory.

    Parameters
    ----------
    widgets : list of ipywidgets.Widget
        Outermost ones.
    """
    for widget in widgets:
        for each in list(inside(widget)):
            each.close()
