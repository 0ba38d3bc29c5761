"""One cell as DISCA sees it: what candidates are worth, how they are weighed, who stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from disca_nb.errors import shorten
from disca_nb.kernels._types import FloatArray
from disca_nb.plots._alt import told
from disca_nb.plots._legends import legend_beside
from disca_nb.plots._look import ROLES, colour_of, ink, palette, tidy
from disca_nb.plots._phrases import counted, label_text, signed
from disca_nb.plots._single import heading, set_title, single
from disca_nb.variables import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["describe_landscape", "plot_landscape"]

_NEEDED = (
    *("utility", "consensus_value", "persona_value", "proposal_density", "weight_density"),
    *("node_at", "kink_at", "kink_text", "kink_of_gain", "weight_mean", "limit", "ess_ratio"),
    *("base_gap", "persona_gap", "consensus_gap", "sigma", "reliability", "correction"),
    *("anchor_weight", "final_gap", "p_spare"),
)
_PERSONAS = "^vPXD<>o8*"
_FINAL = ROLES["steered"]
# Colours of base and consensus, which are ink, and of the final gap come before the personas'.
_TAKEN = 2


class _Voice(NamedTuple):
    """A row of the lowest panel: name, gap in logits, marker and colour."""

    name: str
    gap: float
    marker: str
    colour: str | tuple[float, float, float]
    gains: bool = True


def plot_landscape(
    result: xr.Dataset,
    *,
    figure: Figure | SubFigure | None = None,
    title: str | None = None,
) -> npt.NDArray[np.object_]:
    """Draw one cell: the utility of candidates, their weights, and where every voice stands.

    Parameters
    ----------
    result : xarray.Dataset
        What `disca_nb.steering.landscape` returned, for one cell.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title; cell, model and steering by default.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (3,)
        Utility with the voices' values and the kinks; weights and proposal with the nodes of the
        quadrature; and the voices. All have the candidate's gap as their horizontal axis and are
        not shown.

    Raises
    ------
    InputError
        For another dataset, or several cells.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN"])
    >>> cell = disca_nb.steering.landscape(panel, country="JPN", scenario=panel.scenario[0].item())
    >>> [axes.get_ylabel() for axes in plot_landscape(cell)]
    ['utility', 'density (1/logit)', '']
    """
    import matplotlib.pyplot as plt

    cell = _known(result)
    voices = _voices(cell)
    if figure is None:
        figure = plt.figure(figsize=(9.0, 5.0 + 0.24 * len(voices)), layout="constrained")
    heights = (3.0, 2.0, 0.6 + 0.24 * len(voices))
    panels: npt.NDArray[np.object_] = figure.subplots(3, 1, sharex=True, height_ratios=heights)
    gap = cell["consensus_gap"].item() + cell["candidate"].values
    _draw_utility(panels[0], cell, gap, voices)
    _draw_weights(panels[1], cell, gap)
    _draw_voices(panels[2], cell, gap, voices)
    panels[2].set_xlim(gap[0], gap[-1])
    panels[2].set_xlabel("gap of a candidate (logit; above 0 prefers option B)")
    set_title(panels[0], [_where(cell), *heading(cell)[1:]] if title is None else [title])
    text = describe_landscape(result)
    for ax in panels:
        _guides(ax, cell)
        tidy(ax, "x")
        told(ax, text)
    return panels


def describe_landscape(result: xr.Dataset) -> str:
    """Say in words what `plot_landscape` draws, as alternative text.

    Parameters
    ----------
    result : xarray.Dataset
        As for `plot_landscape`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    InputError
        As `plot_landscape`.

    Examples
    --------
    >>> import disca_nb
    >>> panel = disca_nb.datasets.demo_panel(["JPN"])
    >>> cell = disca_nb.steering.landscape(panel, country="JPN", scenario=panel.scenario[0].item())
    >>> describe_landscape(cell).startswith("Landscape of JPN, scenario ")
    True
    """
    cell = _known(result)
    consensus = cell["consensus_gap"].item()
    best = cell.isel(candidate=int(np.argmax(cell["utility"].values)))
    voices = ", ".join(f"{voice.name} {signed(voice.gap)}" for voice in _voices(cell)[:-1])
    kinks = [
        f"{signed(consensus + at)} ({text})"
        for at, text in zip(cell["kink_at"].values, cell["kink_text"].values, strict=True)
    ]
    return (
        f"Landscape of {_where(cell)}: gaps are {voices}; search width {cell['sigma'].item():.2f}. "
        f"The utility is highest at {signed(consensus + best['candidate'].item())} with "
        f"{best['utility'].item():.2f}. The weighted candidates lie around "
        f"{signed(consensus + cell['weight_mean'].item())}, "
        f"{signed(cell['weight_mean'].item(), 3)} from the consensus, with an effective sample "
        f"size ratio of {cell['ess_ratio'].item():.2f}{_silent(cell)}. With reliability "
        f"{cell['reliability'].item():.2f} the correction is "
        f"{signed(cell['correction'].item(), 3)}; with {cell['anchor_weight'].item():.0%} of the "
        f"consensus the final gap is {signed(cell['final_gap'].item())}, and the counted side is "
        f"spared with probability {cell['p_spare'].item():.2f}. The utility is not smooth at "
        f"{counted(len(kinks), 'place')} in view: {shorten(kinks)}. The quadrature has "
        f"{counted(cell.sizes['node'], 'node')}."
    )


def _known(result: xr.Dataset) -> xr.Dataset:
    """Return the landscape of one cell."""
    validate(result, *_NEEDED)
    return single(result, *(str(dim) for dim in result["utility"].dims if dim != "candidate"))


def _where(cell: xr.Dataset) -> str:
    """Return the names of the cell."""
    return f"{cell['country'].item()}, scenario {cell['scenario'].item()}, {heading(cell)[0]}"


def _silent(cell: xr.Dataset) -> str:
    """Say where the ratio is so low that a pass gives nothing."""
    if cell["limit"].item() != 0.0 or abs(cell["weight_mean"].item()) < 1e-9:
        return ""
    return f", which is below the threshold {cell.attrs.get('rho', 'ρ')}, so that a pass gives 0"


def _voices(cell: xr.Dataset) -> list[_Voice]:
    """Return who stands where: base, personas, consensus, and the final gap at the end."""
    personas = cell["persona"].values
    colours = palette(personas.size + _TAKEN)[_TAKEN:]
    return [
        _Voice("base", cell["base_gap"].item(), "H", ink(), gains=False),
        *(
            _Voice(str(name), gap, _PERSONAS[i % len(_PERSONAS)], colours[i])
            for i, (name, gap) in enumerate(
                zip(personas, cell["persona_gap"].values.tolist(), strict=True)
            )
        ),
        _Voice("consensus", cell["consensus_gap"].item(), "p", ink()),
        _Voice(
            "final gap", cell["final_gap"].item(), _FINAL.marker, colour_of(_FINAL), gains=False
        ),
    ]


def _draw_utility(ax: Axes, cell: xr.Dataset, gap: FloatArray, voices: list[_Voice]) -> None:
    """Draw what candidates are worth to every voice and to the panel, and where that bends."""
    values = [*cell["persona_value"].transpose("persona", "candidate").values]
    values.append(cell["consensus_value"].values)
    for voice, value in zip(voices[1:-1], values, strict=True):
        ax.plot(gap, value, color=voice.colour, alpha=0.6, linewidth=0.9)
        if gap[0] < voice.gap < gap[-1]:
            peak = np.interp(voice.gap, gap, value)
            ax.plot(voice.gap, peak, voice.marker, color=voice.colour, markersize=5)
    utility = cell["utility"].values
    ax.plot(gap, utility, color=ink(), linewidth=2.2, label="utility of the panel")
    ax.plot([], [], color=ink(), alpha=0.6, linewidth=0.9, label="value to one voice")
    at = cell["consensus_gap"].item() + cell["kink_at"].values
    gains = cell["kink_of_gain"].values
    for chosen, marker, label in (
        (gains, "o", "a gain is zero"),
        (~gains, "|", "a voice, or its floor"),
    ):
        (line,) = ax.plot(
            at[chosen], np.interp(at[chosen], gap, utility), marker, color=ink(), label=label
        )
        line.set(markerfacecolor="none", markersize=7 if marker == "o" else 11, markeredgewidth=1.4)
    ax.set_ylabel("utility")
    legend_beside(ax)


def _draw_weights(ax: Axes, cell: xr.Dataset, gap: FloatArray) -> None:
    """Draw how candidates are drawn and weighed, and the nodes below."""
    weight, colour = cell["weight_density"].values, palette(1)[0]
    consensus = cell["consensus_gap"].item()
    ax.fill_between(gap, weight, color=colour, alpha=0.25, linewidth=0.0)
    ax.plot(gap, weight, color=colour, linewidth=1.8, label="weighted candidates")
    proposal = cell["proposal_density"].values
    ax.plot(gap, proposal, color=ink(), linestyle="--", linewidth=1.2, label="drawn: N(0, σ²)")
    mean = consensus + cell["weight_mean"].item()
    ax.axvline(mean, color=colour, linestyle="-.", linewidth=1.2, label="their weighted mean")
    top = max(float(weight.max()), float(proposal.max()))
    nodes = consensus + cell["node_at"].values
    inside = nodes[(nodes >= gap[0]) & (nodes <= gap[-1])]
    (rug,) = ax.plot(inside, np.full(inside.size, -0.07 * top), "|", color=ink(), markersize=6)
    rug.set(alpha=0.6, markeredgewidth=0.8, label=counted(nodes.size, "node"))
    ax.set_ylim(-0.14 * top, 1.08 * top)
    ax.set_ylabel("density (1/logit)")
    legend_beside(ax)


def _draw_voices(ax: Axes, cell: xr.Dataset, gap: FloatArray, voices: list[_Voice]) -> None:
    """Draw a row for every voice: where it stands, and what is nearer to it than the base."""
    base = cell["base_gap"].item()
    for row, voice in enumerate(voices):
        if voice.gains:
            mirror = 2.0 * voice.gap - base
            low, high = min(base, mirror), max(base, mirror)
            bar = ax.hlines(row, low, high, color=voice.colour, alpha=0.35, linewidth=6.0)
            bar.set(capstyle="butt", label="_" if row < len(voices) - 2 else "gains of the voice")
        at: float = voice.gap
        marker: str | int = voice.marker
        if not gap[0] <= at <= gap[-1]:  # an arrow at the edge; the number stands beside the name
            at, marker = (gap[0], 4) if at < gap[0] else (gap[-1], 5)
        ax.plot(at, row, marker=marker, color=voice.colour, markersize=7, clip_on=False, zorder=3)
    labels = [f"{label_text(voice.name, 24)}  {signed(voice.gap)}" for voice in voices]
    ax.set_yticks(range(len(voices)), labels)
    ax.set_ylim(len(voices) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    legend_beside(ax)


def _guides(ax: Axes, cell: xr.Dataset) -> None:
    """Draw where base, consensus and final gap stand, through all panels."""
    for name, style in (("base_gap", ":"), ("consensus_gap", "-"), ("final_gap", "--")):
        colour = colour_of(_FINAL) if name == "final_gap" else ink()
        ax.axvline(cell[name].item(), color=colour, linestyle=style, linewidth=0.9, alpha=0.5)
