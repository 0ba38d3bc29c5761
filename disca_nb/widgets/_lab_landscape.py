"""The lab's picture of one cell: what candidates are worth, and how much weight they get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.landscape import Landscape, cell_landscape
from disca_nb.plots._look import ink, palette, tidy
from disca_nb.plots._phrases import signed
from disca_nb.widgets._pad import Pad, dark_ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Cell", "LandscapePicture", "told_of_cell"]

_DPI = 96
_SIZE = (6.6, 4.2)
_TOL = 1e-3
# Axes stay as they are while what is drawn takes between these shares of them.
_LEAST, _USUAL = 0.6, 0.9
# Voices stand in the lower picture, below the weights.
_VOICES_AT, _BELOW = 0.06, 0.2
_VOICES = {"persona": "|", "consensus": "d", "base prompt": "o", "as steered": "s"}


class Cell(NamedTuple):
    """Gaps of one cell in logits: base prompt, personas, and final gap."""

    base: float
    personas: FloatArray
    final: float

    @property
    def consensus(self) -> float:
        """Mean of the personas."""
        return float(np.mean(self.personas))


class LandscapePicture:
    """Utility of the candidates of one cell, and below it where they are drawn and weighed."""

    def __init__(self) -> None:
        with dark_ink():
            self._draw()

    def _draw(self) -> None:
        """Draw all that stands, and prepare what moves."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=_SIZE, dpi=_DPI)
        # Laid out by hand: to find the best layout takes longer than the whole picture may.
        upper, lower = figure.subplots(2, sharex=True, height_ratios=(1, 1))
        figure.subplots_adjust(left=0.1, right=0.99, top=0.97, bottom=0.25, hspace=0.12)
        self._prepare(upper, lower)
        handles, names = lower.get_legend_handles_labels()
        figure.legend(handles, names, loc="lower center", ncols=3, frameon=False)
        self._upper, self._lower = upper, lower
        moving = [self._utility, self._kinks, self._proposal, self._weight, *self._voices]
        self._pad = Pad(figure, moving)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return round(_SIZE[0] * _DPI)

    def draw(self, cell: Cell, parameters: Mapping[str, object], name: str) -> tuple[bytes, str]:
        """Return the picture of a cell and what it shows.

        Parameters
        ----------
        cell : Cell
            Its gaps.
        parameters : mapping
            Hyper-parameters of DISCA.
        name : str
            What the cell is called.

        Returns
        -------
        png : bytes
            Dark ink on a transparent ground.
        text : str
            A few sentences.

        Raises
        ------
        InputError
            For gaps that are not finite.
        """
        drawn = cell_landscape(cell.base, cell.personas, tol=_TOL, **parameters)  # type: ignore[arg-type]
        x = cell.consensus + drawn.candidate
        self._utility.set_data(x, drawn.utility)
        self._proposal.set_data(x, drawn.proposal)
        self._weight.set_data(x, drawn.weight)
        inside = (drawn.kinks.place >= drawn.candidate[0]) & (
            drawn.kinks.place <= drawn.candidate[-1]
        )
        places = drawn.kinks.place[inside]
        worth = np.interp(places, drawn.candidate, drawn.utility)
        self._kinks.set_data(cell.consensus + places, worth)
        top = float(max(drawn.weight.max(), drawn.proposal.max()))
        alone = ([cell.consensus], [cell.base], [cell.final])
        spoken: list[FloatArray | list[float]] = [cell.personas, *alone]
        for line, gaps in zip(self._voices, spoken, strict=True):
            line.set_data(gaps, np.full(len(gaps), _VOICES_AT))
        self._make_room(x, drawn.utility, top)
        return self._pad.png(), told_of_cell(cell, drawn, name)

    def _make_room(self, x: FloatArray, utility: FloatArray, top: float) -> None:
        """Set the limits of the axes where what is drawn leaves them, or is lost in them."""
        usual = self._upper.get_xlim(), self._upper.get_ylim(), self._lower.get_ylim()
        roomy = (
            _room(usual[0], float(x[0]), float(x[-1])),
            _room(usual[1], float(utility.min()), float(utility.max())),
            _room(usual[2], -_BELOW * top, top),
        )
        if roomy == usual:
            return
        self._upper.set_xlim(roomy[0])
        self._upper.set_ylim(roomy[1])
        self._lower.set_ylim(roomy[2])
        with dark_ink():
            self._pad.draw_ground()

    def _prepare(self, upper: Axes, lower: Axes) -> None:
        """Put lines in their places, without numbers yet."""
        from matplotlib.ticker import MaxNLocator

        blue, orange, green = palette(3)
        style = {"color": ink(), "linestyle": "none"}
        (self._utility,) = upper.plot([], [], color=blue, linewidth=1.8)
        (self._kinks,) = upper.plot([], [], marker=".", **style)  # type: ignore[arg-type]
        (self._proposal,) = lower.plot([], [], "--", color=green, linewidth=1.5, label="drawn")
        (self._weight,) = lower.plot([], [], color=orange, linewidth=1.8, label="weighted")
        self._voices = [
            lower.plot([], [], marker=marker, markersize=7, label=name, **style)[0]  # type: ignore[arg-type]
            for name, marker in _VOICES.items()
        ]
        for line in self._voices:
            line.set_transform(lower.get_xaxis_transform())
        upper.set_ylabel("utility")
        lower.set_ylabel("density")
        lower.set_xlabel("candidate gap in logits")
        for ax in (upper, lower):
            tidy(ax)
            ax.yaxis.set_major_locator(MaxNLocator(3))
            # Said to the axes, as ticks are made when they are needed.
            ax.tick_params(colors=ink())
        lower.xaxis.set_major_locator(MaxNLocator(7))


def _room(usual: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Return limits that hold a range: the usual ones, unless it leaves them or looks lost."""
    span = max(high - low, 1e-9)
    if usual[0] <= low and high <= usual[1] and span >= _LEAST * (usual[1] - usual[0]):
        return usual
    air = 0.5 * span * (1.0 / _USUAL - 1.0)
    return low - air, high + air


def told_of_cell(cell: Cell, drawn: Landscape, name: str) -> str:
    """Say what the picture of one cell shows.

    Parameters
    ----------
    cell : Cell
        Its gaps.
    drawn : Landscape
        Its candidates.
    name : str
        What it is called.

    Returns
    -------
    str
        A few sentences.
    """
    result = drawn.result
    ess = float(result.ess[0])
    return (
        f"{name}. Above: what each candidate gap is worth to the panel; dots mark kinks. Below: "
        f"the density that candidates are drawn from (dashed) and the same after weighing. The "
        f"base prompt says {signed(cell.base)}, the consensus {signed(cell.consensus)}; candidates "
        f"are drawn with σ {float(result.sigma):.2f} around the consensus. In the limit of many, "
        f"their weighted mean is {signed(drawn.mean, 3)} from it, the effective sample size ratio "
        f"{ess:.2f}, the reliability {float(result.reliability):.2f} and the correction "
        f"{signed(float(result.correction), 3)}. The final gap, as set, is {signed(cell.final)}."
    )
