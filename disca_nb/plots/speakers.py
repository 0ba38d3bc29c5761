"""One cell: which way the model leans as itself, as each persona, and as it is steered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import brief, canvas, ink, palette, tidy
from disca_nb.plots._phrases import signed
from disca_nb.plots._single import heading, set_title
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_speakers", "plot_speakers"]

# In the order of the rows; the personas stand after the base prompt.
_GAPS = {
    "vanilla_gap": "vanilla",
    "base_gap": "base prompt",
    "consensus_gap": "consensus",
    "final_gap": "as steered",
}


def plot_speakers(cell: xr.Dataset, *, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Draw the gaps of one cell: a row for the model, each persona, consensus and final gap.

    Parameters
    ----------
    cell : xarray.Dataset
        Gaps or steered decisions of one country, scenario and model, in logits.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; country, scenario and model by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which are not shown. Right of zero a speaker prefers option B.

    Raises
    ------
    InputError
        For several cells, or one without any gap.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from disca_nb.datasets import demo_panel
    >>> cell = demo_panel(["JPN"]).isel(country=0, scenario=0, model=0)
    >>> plot_speakers(cell).get_xlabel()
    'gap in logits: below 0 option A, above 0 option B'
    """
    gaps = _gaps(cell)
    names, values = [brief(name) for name, _ in gaps], np.array([value for _, value in gaps])
    rows = np.arange(len(names))[::-1]
    ax = canvas(ax, 6.0, 1.5 + 0.3 * len(names))
    blue, orange = palette(2)
    # Filled where the model is steered, hollow where it speaks.
    final = np.zeros(len(gaps), dtype=bool)
    final[-1] = "final_gap" in cell
    ax.hlines(rows, 0.0, values, color=ink(), alpha=0.35, linewidth=1.5)
    hollow = ax.plot(values[~final], rows[~final], "o", color=orange, markerfacecolor="none")
    for line in (*hollow, *ax.plot(values[final], rows[final], "s", color=blue)):
        line.set(markersize=8, markeredgewidth=1.5, zorder=3)
    ax.axvline(0.0, color=ink(), linewidth=1.0)
    ax.set_yticks(rows, names, parse_math=False)
    ax.set_ylim(-0.6, len(names) - 0.4)
    # Both sides are seen, whatever the answers.
    reach = 1.1 * max(0.5, float(np.nanmax(np.abs(values), initial=0.0)))
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("gap in logits: below 0 option A, above 0 option B")
    set_title(ax, [_who(cell) if title is None else title])
    tidy(ax)
    ax.tick_params(axis="y", length=0)
    return told(ax, describe_speakers(cell))


def describe_speakers(cell: xr.Dataset) -> str:
    """Say in words what `plot_speakers` draws, as alternative text.

    Parameters
    ----------
    cell : xarray.Dataset
        As for `plot_speakers`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_speakers`.

    Examples
    --------
    >>> from disca_nb.datasets import demo_panel
    >>> cell = demo_panel(["JPN"]).isel(country=0, scenario=0, model=0)
    >>> describe_speakers(cell).startswith(f"Gaps of JPN, {cell.scenario.item()}, synthetic-demo")
    True
    """
    gaps = _gaps(cell)
    shown = (f"{name} {'unknown' if np.isnan(v) else signed(v)}" for name, v in gaps)
    text = f"Gaps of {_who(cell)} in logits: {', '.join(shown)}. Above 0 option B is preferred, "
    text += "below 0 option A."
    if "vanilla_gap" in cell and cell.attrs.get("category_temperature", "none") != "none":
        text += " All but vanilla are divided by the temperature of the attribute."
    if "p_spare" in cell:
        text += f" Probability of sparing the counted side: {cell['p_spare'].item():.2f}."
    return text


def _who(cell: xr.Dataset) -> str:
    """Return whose gaps they are, and whether the model is made up."""
    where = f"{cell['country'].item()}, {cell['scenario'].item()}"
    return f"{where}, {heading(cell)[0]}" if "model" in cell.coords else where


def _gaps(cell: xr.Dataset) -> list[tuple[str, float]]:
    """Return who speaks with the gap of one cell, the base prompt first and the final gap last."""
    validate(cell, "country", "scenario")
    for dim in ("country", "scenario", "model"):
        if dim in cell.dims:
            raise InputError(
                f"There is a dimension {dim} ({cell.sizes[dim]}); select one with .sel({dim}=…)."
            )
    # Pairs, as a persona may have any name.
    first, last = (
        [(_GAPS[name], cell[name].item()) for name in names if name in cell]
        for names in (("vanilla_gap", "base_gap"), ("consensus_gap", "final_gap"))
    )
    names = cell["persona"].values if "persona_gap" in cell else ()
    spoken = [(str(name), cell["persona_gap"].sel(persona=name).item()) for name in names]
    if not (first or spoken or last):
        raise InputError("The cell has no gap; give one of what disca_nb.elicit returned.")
    return [*first, *spoken, *last]
