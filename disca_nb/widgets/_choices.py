"""Controls whose name stands beside them, as long as it is."""

from __future__ import annotations

from collections.abc import Sequence

from ipywidgets import Dropdown, Layout

__all__ = ["NAMED", "dropdown"]

NAMED = {"description_width": "initial"}
"""The style of such a control."""


def dropdown(options: Sequence[str], value: str, label: str) -> Dropdown:
    """Return a selector that is as wide as it needs to be.

    Parameters
    ----------
    options : sequence of str
        What can be chosen.
    value : str
        What is chosen at first.
    label : str
        What it is called on the page.

    Returns
    -------
    ipywidgets.Dropdown
    """
    return Dropdown(
        options=options,
        value=value,
        description=label,
        style=NAMED,
        layout=Layout(width="auto", max_width="100%"),
    )
