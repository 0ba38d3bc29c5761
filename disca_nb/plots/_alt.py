"""Alternative text of figures: what axes show, in words, kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from disca_nb.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe", "told"]

_TEXTS: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()


def told(ax: Axes, text: str) -> Axes:
    """Keep the text that says what the axes show, and return the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes that were drawn on.
    text : str
        One paragraph, made from the figures drawn.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    _TEXTS[ax] = text
    return ax


def describe(ax: Axes) -> str:
    """Say in words what a figure of this package shows, as alternative text.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        What a function of `disca_nb.plots` returned; of several axes, any.

    Returns
    -------
    str
        One paragraph with the figures that were drawn.

    Raises
    ------
    InputError
        For axes that no function of this package drew on last.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> from disca_nb.plots import describe, plot_mis
    >>> panel = disca_nb.datasets.demo_panel(["JPN", "USA"])
    >>> describe(plot_mis(disca_nb.compare(panel, ["consensus"]))).split(":")[0]
    'Misalignment score of 2 countries, synthetic-demo (synthetic)'
    """
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes):
        found = type(ax).__name__  # type: ignore[unreachable]
        raise InputError(f"Expected axes, got {found}; of several axes give one, as axes[0].")
    text = _TEXTS.get(ax)
    if text is None:
        raise InputError(
            "These axes have no text; give what a function of disca_nb.plots returned."
        )
    return text
