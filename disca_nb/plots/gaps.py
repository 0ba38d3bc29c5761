"""How the gaps of the base prompt and of every persona are spread, over all or by attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from disca_nb.plots._alt import told
from disca_nb.plots._gap_table import GapTable, gap_table
from disca_nb.plots._legends import legend_beside
from disca_nb.plots._look import MARKERS, canvas, ink, palette, tidy
from disca_nb.plots._phrases import counted, label_text, signed
from disca_nb.plots._single import set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_gaps", "plot_gaps"]

_SHARES = (5.0, 25.0, 50.0, 75.0, 95.0)
# Share of a row that the boxes of an attribute take together.
_WIDTH = 0.8


def plot_gaps(
    gaps: xr.Dataset,
    *,
    country: str | None = None,
    by_attribute: bool = False,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how the debiased gaps of the base prompt and of every persona are spread.

    Parameters
    ----------
    gaps : xarray.Dataset
        Gaps that `disca_nb.steer` takes, of one model.
    country : str, optional
        Which country; all together by default.
    by_attribute : bool
        Whether every attribute has rows of its own.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; model, countries and category temperature by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Gaps are turned so that above 0 the side that the attribute
        counts is spared. A box spans the quartiles, its whiskers 5 to 95 %, and dots are the
        medians of countries, where there are several. Gaps that were not scored are left out.

    Raises
    ------
    InputError
        For gaps of several models, or without any scored cell.
    UnknownNameError
        For a country that is not there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> axes = plot_gaps(disca_nb.datasets.demo_panel(["JPN", "USA"]), by_attribute=True)
    >>> len(axes.get_yticks())
    6
    """
    known = gap_table(gaps, country)
    rows = len(known.speakers) * (len(known.attributes) if by_attribute else 1)
    ax = canvas(ax, 8.0, 2.0 + (0.18 if by_attribute else 0.45) * rows)
    ax.axvline(0.0, color=ink(), linestyle="--", linewidth=1.0, zorder=0.5)
    if by_attribute:
        _draw_attributes(ax, known)
    else:
        _draw_speakers(ax, known)
    dots = "; dots: medians of countries" if known.several and not by_attribute else ""
    ax.set_xlabel(
        "debiased gap (logit; above 0 spares the counted side)\n"
        f"mark: median; box: quartiles; line: 5 to 95 %{dots}"
    )
    ax.tick_params(axis="y", length=0)
    tidy(ax)
    ax.spines["left"].set_visible(False)
    lines = [f"{known.model}, {known.where}", f"category temperature {known.temperature}"]
    set_title(ax, lines if title is None else [title])
    return told(ax, describe_gaps(gaps, country=country, by_attribute=by_attribute))


def describe_gaps(
    gaps: xr.Dataset, *, country: str | None = None, by_attribute: bool = False
) -> str:
    """Say in words what `plot_gaps` draws, as alternative text.

    Parameters
    ----------
    gaps, country, by_attribute
        As for `plot_gaps`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError, UnknownNameError
        As `plot_gaps`.

    Examples
    --------
    >>> import disca_nb
    >>> describe_gaps(disca_nb.datasets.demo_panel(["JPN"])).split(":")[0]
    'Debiased gaps of synthetic-demo (synthetic), JPN, toward the counted side in logits'
    """
    known = gap_table(gaps, country)
    parts = [_spread(known, i) for i in range(len(known.speakers))]
    what = f"{known.model}, {known.where}, toward the counted side in logits"
    sentences = [f"Debiased gaps of {what}: {'; '.join(parts)}", *_apart(known)]
    if by_attribute:
        each = "; ".join(_attribute(known, name) for name in known.attributes)
        sentences.append(f"Medians of base and personas by attribute: {each}")
    sentences.append(f"Category temperature {known.temperature}")
    if known.left_out:
        sentences.append(f"Left out: {counted(known.left_out, 'gap')} that were not scored")
    return f"{'. '.join(sentences)}."


def _spread(known: GapTable, speaker: int) -> str:
    """Return median, quartiles and number of one speaker's gaps."""
    gaps, name = known.of(speaker), known.speakers[speaker]
    if gaps.empty:
        return f"{name} without a number"
    low, middle, high = (signed(x) for x in np.percentile(gaps, _SHARES[1:4]))
    return f"{name} median {middle} (quartiles {low} to {high}, {counted(gaps.size, 'cell')})"


def _apart(known: GapTable) -> list[str]:
    """Say how far the personas' medians lie apart, where there are several."""
    medians = dict(zip(known.speakers[1:], known.medians()[1:], strict=True))
    medians = {name: median for name, median in medians.items() if np.isfinite(median)}
    if len(medians) < 2:
        return []
    low, *_, high = sorted(medians, key=medians.__getitem__)
    apart = medians[high] - medians[low]
    return [f"The personas' medians lie {apart:.2f} apart, from {low} to {high}"]


def _attribute(known: GapTable, attribute: str) -> str:
    """Return the medians of one attribute."""
    base, *personas = known.medians(attribute)
    finite = [median for median in personas if np.isfinite(median)]
    rest = f", personas {signed(min(finite))} to {signed(max(finite))}" if finite else ""
    return f"{attribute} {signed(base) if np.isfinite(base) else 'unknown'}{rest}"


def _draw_speakers(ax: Axes, known: GapTable) -> None:
    """Draw a row for every speaker, and the medians of countries below each box."""
    medians = known.table.groupby(["speaker", "country"])["gap"].median()
    for i, colour in enumerate(palette(len(known.speakers))):
        _box(ax, known.of(i), i, 0.4, colour, MARKERS[i % len(MARKERS)])
        if known.several and i in medians.index:
            dots = medians.loc[[i]].to_numpy()
            ax.plot(dots, np.full(dots.size, i + 0.33), ".", color=ink(), alpha=0.7, markersize=4)
    _label_rows(ax, known.speakers, [known.of(i).size for i in range(len(known.speakers))])


def _draw_attributes(ax: Axes, known: GapTable) -> None:
    """Draw a row for every attribute, with the boxes of all speakers in it."""
    attributes, count = known.attributes, len(known.speakers)
    shifts = (np.arange(count) - (count - 1) / 2.0) * _WIDTH / count
    handles = []
    for i, colour in enumerate(palette(count)):
        marker = MARKERS[i % len(MARKERS)]
        for row, attribute in enumerate(attributes):
            _box(ax, known.of(i, attribute), row + shifts[i], 0.75 * _WIDTH / count, colour, marker)
        handles += ax.plot([], [], marker, color=colour, markeredgecolor=ink())
    labels = [label_text(name, 24) for name in known.speakers]
    legend_beside(ax, handles=handles, labels=labels)
    _label_rows(ax, attributes, [known.of(0, name).size for name in attributes])


def _box(
    ax: Axes,
    gaps: pd.Series[float],
    row: float,
    height: float,
    colour: tuple[float, float, float],
    marker: str,
) -> None:
    """Draw quartiles as a box, 5 to 95 % as a line, and the median as a mark."""
    if gaps.empty:
        return
    low, first, middle, third, high = np.percentile(gaps, _SHARES)
    ax.hlines(row, low, high, color=ink(), linewidth=1.0, zorder=1.5)
    box = ax.barh(row, third - first, height, left=first, zorder=2)
    box[0].set(facecolor=(*colour, 0.75), edgecolor=ink(), linewidth=0.8)
    (mark,) = ax.plot(middle, row, marker, color=colour, zorder=3, clip_on=False)
    mark.set(markersize=6, markeredgecolor=ink(), markeredgewidth=0.9)


def _label_rows(ax: Axes, names: list[str], counts: list[int]) -> None:
    """Write names and numbers of cells beside the rows, the first one on top."""
    labels = [
        f"{label_text(name, 24)} ({counted(count, 'cell')})"
        for name, count in zip(names, counts, strict=True)
    ]
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
