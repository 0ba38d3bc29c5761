"""How figures look: one ink, one palette, and the same colour and marker for the same thing.

Everything is drawn in colours that tell apart for all kinds of colour vision, and nothing is told
by colour alone. Ink comes from the style in force, so that ``plt.style.context("dark_background")``
makes a dark figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "MARKERS",
    "ROLES",
    "Role",
    "canvas",
    "colour_of",
    "ink",
    "legend_below",
    "palette",
    "tidy",
]

MARKERS = "os^DvPX*<>"
"""Markers of things in a row, as many as colours."""


class Role(NamedTuple):
    """How one thing looks in every figure: place in the palette (or ink), marker, name."""

    colour: int | None
    marker: str
    label: str


ROLES: Mapping[str, Role] = {
    "human": Role(None, "*", "humans"),
    "vanilla": Role(1, "o", "vanilla"),
    "steered": Role(0, "s", "steered"),
    "mis_coin_flip": Role(None, "|", "coin flip"),
    "mis_leave_one_out": Role(None, "d", "other countries' mean"),
    "noise_ceiling": Role(None, ".", "noise ceiling"),
}
"""What occurs in many figures."""


def ink() -> str:
    """Return the colour of text in the style in force."""
    import matplotlib.pyplot as plt

    return str(plt.rcParams["text.color"])


def palette(count: int) -> list[tuple[float, float, float]]:
    """Return colours in the order of Okabe and Ito, as many as asked for."""
    import seaborn as sns

    return [tuple(colour) for colour in sns.color_palette("colorblind", count)]


def colour_of(role: Role) -> str | tuple[float, float, float]:
    """Return the colour of a role."""
    return ink() if role.colour is None else palette(role.colour + 1)[role.colour]


def canvas(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes given, or those of a new figure of so many inches."""
    import matplotlib.pyplot as plt

    if ax is not None:
        return ax
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def tidy(ax: Axes, grid: str = "x") -> None:
    """Leave a faint grid along one axis, or ``"both"``, and no frame."""
    ax.grid(visible=False)
    ax.grid(axis=grid, alpha=0.25)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def legend_below(ax: Axes, columns: int = 4) -> None:
    """Put the legend below the axes, where no data can lie; the pad is in units of the font."""
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        borderaxespad=3.5,
        ncols=columns,
        frameon=False,
    )
