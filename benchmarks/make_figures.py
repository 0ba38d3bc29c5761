"""Write docs/speed-*.png and docs/elicitation-*.png, and README's tables, from the results.

python -m benchmarks.make_figures
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import asking_page, record, tables
from benchmarks.contestants import LABELS

__all__ = ["draw"]

_ROOT = Path(__file__).parent.parent
# Of the Okabe-Ito palette, which colour-blind readers can tell apart; the package's two stand out.
_COLORS = {
    "monte-carlo": "#D55E00",
    "quadrature": "#E69F00",
    "c-twin": "#009E73",
    "c-twin-pow": "#005C43",
    "torch": "#56B4E9",
    "numpy-tuned": "#CC79A7",
    "numpy-chunks": "#7FB4D8",
    "numpy": "#0072B2",
    "loop": "#999999",
}
_MARKERS = dict(zip(_COLORS, "osD^h<v>X", strict=True))


def draw(results: dict[str, Any]) -> Figure:
    """Return the figure: times at one size on the left, growth on the right.

    Parameters
    ----------
    results : dict
        Content of ``results.json`` with the sections ``speed`` and ``growth``.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes.
    """
    figure = Figure(figsize=(11.0, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    _points(results["speed"], left)
    _lines(results["growth"], right)
    return figure


def _points(speed: dict[str, Any], ax: Axes) -> None:
    """Draw medians per cell with quartiles, quickest on top: points, as a log axis has no zero."""
    rows = sorted(speed["microseconds_per_cell"], key=lambda row: -row["median"])
    for at, row in enumerate(rows):
        errors = [[row["median"] - row["low"]], [row["high"] - row["median"]]]
        color = _COLORS[row["contestant"]]
        marker = _MARKERS[row["contestant"]]
        ax.errorbar(row["median"], at, xerr=errors, color=color, marker=marker, capsize=3)
        ax.annotate(
            f"{row['median']:.3g}",
            (row["high"], at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
        )
    ax.set_yticks(
        range(len(rows)), [f"{LABELS[row['contestant']]} ({row['threads']})" for row in rows]
    )
    ax.set_xscale("log")
    ax.set_xlim(0.6 * rows[-1]["low"], 3.0 * rows[0]["median"])
    ax.grid(axis="x", alpha=0.3)
    ax.set_xlabel("microseconds per cell, median and quartiles")
    ax.set_title(f"{speed['cells']:,} cells (threads)")


def _lines(growth: dict[str, Any], ax: Axes) -> None:
    """Draw the time per cell against the number of cells."""
    rows = growth["microseconds_per_cell"]
    for name, color in _COLORS.items():
        chosen = [row for row in rows if row["contestant"] == name]
        if chosen:
            sizes = [row["cells"] for row in chosen]
            medians = [row["median"] for row in chosen]
            ax.plot(sizes, medians, color=color, marker=_MARKERS[name], label=LABELS[name])
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("cells")
    ax.set_ylabel("microseconds per cell")
    ax.set_title("Growth, one thread")
    ax.set_ylim(top=30.0 * max(row["median"] for row in rows))
    ax.grid(axis="y", alpha=0.3)
    ax.legend(fontsize="small", loc="upper right")


def main() -> None:
    """Draw for light and dark pages, what was measured of it, and fill in README's tables."""
    results = json.loads(record.FILE.read_text(encoding="utf-8"))
    figures = {"speed": draw, "elicitation": asking_page.draw}
    for name, style in (("light", "default"), ("dark", "dark_background")):
        for section in figures.keys() & results.keys():
            with plt.style.context(style):
                path = _ROOT / "docs" / f"{section}-{name}.png"
                figures[section](results).savefig(path, dpi=110)
    readme = _ROOT / "README.md"
    text = tables.put_between(readme.read_text(encoding="utf-8"), tables.speed_table(results))
    text = tables.put_between(text, asking_page.asking_part(results), asking_page.MARKERS)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
