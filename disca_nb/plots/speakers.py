"""One cell: which way the model leans as itself, as each persona, and as it is steered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from disca_nb.errors import InputError
from disca_nb.plots._alt import told
from disca_nb.plots._look import canvas, ink, palette, tidy
from disca_nb.plots._single import set_title
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
        Title; country and scenario by default.

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
    names, values = list(gaps), np.array(list(gaps.values()))
    rows = np.arange(len(names))[::-1]
    ax = canvas(ax, 6.0, 1.5 + 0.3 * len(names))
    blue, orange = palette(2)
    # Filled where the model is steered, hollow where it speaks.
    final = np.array([name == _GAPS["final_gap"] for name in names])
    ax.hlines(rows, 0.0, values, color=ink(), alpha=0.35, linewidth=1.5)
    style = {"markersize": 8, "markeredgewidth": 1.5, "zorder": 3}
    ax.plot(values[~final], rows[~final], "o", color=orange, markerfacecolor="none", **style)
    ax.plot(values[final], rows[final], "s", color=blue, **style)
    ax.axvline(0.0, color=ink(), linewidth=1.0)
    ax.set_yticks(rows, names, parse_math=False)
    ax.set_ylim(-0.6, len(names) - 0.4)
    # Both sides are seen, whatever the answers.
    reach = 1.1 * max(0.5, float(np.nanmax(np.abs(values), initial=0.0)))
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("gap in logits: below 0 option A, above 0 option B")
    label = f"{cell['country'].item()}, {cell['scenario'].item()}"
    set_title(ax, [label if title is None else title])
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
    >>> describe_speakers(cell).split(":")[0]
    'Gaps of JPN, age/2_adult-2_boy/left in logits'
    """
    gaps = _gaps(cell)
    shown = (f"{name} {'unknown' if np.isnan(v) else f'{v:+.2f}'}" for name, v in gaps.items())
    text = f"Gaps of {cell['country'].item()}, {cell['scenario'].item()} in logits: "
    text += f"{', '.join(shown)}. Above 0 option B is preferred, below 0 option A."
    if "p_spare" in cell:
        text += f" Probability of sparing the counted side: {cell['p_spare'].item():.2f}."
    return text


def _gaps(cell: xr.Dataset) -> dict[str, float]:
    """Return the gaps of one cell by who speaks."""
    validate(cell, "country", "scenario")
    for dim in ("country", "scenario", "model"):
        if dim in cell.dims:
            raise InputError(
                f"There are {cell.sizes[dim]} labels of {dim}; select one with .sel({dim}=…)."
            )
    found = {text: cell[name].item() for name, text in _GAPS.items() if name in cell}
    if "persona_gap" in cell:
        personas = cell["persona_gap"]
        spoken = {str(name): personas.sel(persona=name).item() for name in cell["persona"].values}
        late = {
            text: found.pop(text)
            for text in (_GAPS["consensus_gap"], _GAPS["final_gap"])
            if text in found
        }
        found |= spoken | late
    if not found:
        raise InputError(
            "The cell has no gap; give what disca_nb.elicit or disca_nb.steer returned."
        )
    return found
