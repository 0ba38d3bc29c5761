"""How figures look: one ink, one palette, and the same colour and marker for the same thing.

Everything is drawn in colours that tell apart for all kinds of colour vision, and nothing is told
by colour alone. Ink comes from the style in force, so that ``plt.style.context("dark_background")``
makes a dark figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

__all__ = [
    "LETTER",
    "LINES",
    "MARKERS",
    "ROLES",
    "Role",
    "brief",
    "canvas",
    "colour_of",
    "dots",
    "fitted_legend",
    "ink",
    "ink_on",
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

LINES: Mapping[str, str] = {
    "mis_coin_flip": "--",
    "mis_leave_one_out": ":",
    "noise_ceiling": "-.",
}
"""How floors are drawn where they are lines."""

LETTER = 0.58
"""Width of an average letter as a share of its height."""

# A handle with its room, in letters.
_HANDLE = 7
# Below this width in inches a legend is set in smaller type.
_NARROW = 4.5
# Relative luminance at which black and white stand out equally (WCAG 2).
_MIDDLE = 0.179


def ink() -> str:
    """Return the colour of text in the style in force."""
    import matplotlib.pyplot as plt

    return str(plt.rcParams["text.color"])


def palette(count: int) -> list[tuple[float, float, float]]:
    """Return colours in the order of Okabe and Ito, as many as asked for."""
    import seaborn as sns

    return [(red, green, blue) for red, green, blue in sns.color_palette("colorblind", count)]


def colour_of(role: Role) -> str | tuple[float, float, float]:
    """Return the colour of a role."""
    return ink() if role.colour is None else palette(role.colour + 1)[role.colour]


def canvas(
    ax: Axes | None,
    width: float,
    height: float,
    *,
    layout: Literal["constrained", "compressed"] = "constrained",
) -> Axes:
    """Return the axes given, or those of a new figure of so many inches."""
    import matplotlib.pyplot as plt

    if ax is not None:
        return ax
    return plt.subplots(figsize=(width, height), layout=layout)[1]


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


def fitted_legend(ax: Axes, handles: Sequence[Artist] = (), *, pad: float = 3.5) -> None:
    """Put a legend below the axes in as many columns as fit, its labels taken as plain text.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where.
    handles : sequence of matplotlib.artist.Artist
        What it explains; all that has a label by default.
    pad : float
        Room for tick labels and the axis' name, in units of the font.
    """
    import matplotlib.pyplot as plt

    shown = list(handles) or ax.get_legend_handles_labels()[0]
    if not shown:
        return
    labels = [str(handle.get_label()) for handle in shown]
    inches = ax.bbox.width / ax.figure.dpi
    letters = 72.0 * inches / (LETTER * plt.rcParams["font.size"])
    fit = int(letters / (max(map(len, labels)) + _HANDLE))
    legend = ax.legend(
        shown,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        # In units of the legend's own letters, which are smaller than those of the axis.
        borderaxespad=pad * (1.25 if inches < _NARROW else 1.0),
        ncols=min(max(fit, 1), 4, len(labels)),
        frameon=False,
        fontsize="small" if inches < _NARROW else None,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def dots(role: Role, size: float = 6.0) -> dict[str, Any]:
    """Return how dots of a role are drawn: a star larger, floors hollow, all without a line."""
    floor = role.colour is None and role.marker != ROLES["human"].marker
    return {
        "color": colour_of(role),
        # A legend leaves out names that begin with an underscore.
        "label": f" {role.label}" if role.label.startswith("_") else role.label,
        "linestyle": "none",
        "marker": role.marker,
        "markerfacecolor": "none" if floor else colour_of(role),
        "markersize": 1.7 * size if role.marker == "*" else size,
    }


def ink_on(colour: ColorType) -> str:
    """Return black or white, whichever stands out more from a colour."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if luminance > _MIDDLE else "white"


def brief(label: object, longest: int = 30) -> str:
    """Return a label for a tick: in one line, and without its middle where it is long.

    Examples
    --------
    >>> brief("a-model-with-a-long-name-and-4bit", longest=20)
    'a-model-wit…and-4bit'
    """
    text = " ".join(str(label).split())
    if len(text) <= longest:
        return text
    end = (longest - 1) * 2 // 5 + 1
    return f"{text[: longest - 1 - end]}…{text[-end:]}"
