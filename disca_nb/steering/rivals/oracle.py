"""Oracles: scalings that the paper fits on the very country on which they are scored.

They are no rivals but bounds, and are marked as oracles wherever they appear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import xarray as xr

from disca_nb.steering.rivals.panel import Panel, gap_toward_counted, varying_gap
from disca_nb.steering.rivals.steerer import Learns, Steerer, Training, decided
from disca_nb.steering.rivals.temperature import best, fitted
from disca_nb.steering.settings import DECISION_TEMPERATURE

__all__ = ["OracleMargin", "OracleTemperature"]

_TEMPERATURES = np.geomspace(0.25, 4.0, 61)
_MARGINS = np.linspace(-4.0, 4.0, 161)


@dataclass(frozen=True)
class OracleTemperature:
    """A temperature of the vanilla gap, from 0.25 to 4, chosen on the country it is scored on.

    Parameters
    ----------
    temperature : float, optional
        The fitted value.

    References
    ----------
    arXiv 2605.10843, baselines.

    Examples
    --------
    >>> from disca_nb.steering.rivals import OracleTemperature
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(OracleTemperature(), panel, train="JPN", test="JPN")
    >>> held_out.attrs["variant"]
    'oracle-temperature'
    """

    temperature: float | None = None
    name: ClassVar[str] = "oracle-temperature"
    learns: ClassVar[Learns] = "own country"

    def fit(self, train: Training) -> Steerer:
        """Choose the temperature."""
        panel = Panel(train.dataset)
        logit = panel.cells(varying_gap(train.dataset, "vanilla"))
        chosen = best(panel.preferences(logit / _TEMPERATURES[:, None]), train.human())
        return replace(self, temperature=float(_TEMPERATURES[chosen]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Divide."""
        temperature = fitted(self.temperature, self.name)
        return decided(dataset, gap_toward_counted(dataset, "vanilla") / temperature, self.name)


@dataclass(frozen=True)
class OracleMargin:
    """A push toward the counted side, from -4 to 4, chosen on the country it is scored on.

    Parameters
    ----------
    margin : float, optional
        The fitted value in logits, added to the vanilla gap before it is divided by 0.5.

    References
    ----------
    arXiv 2605.10843, baselines.

    Examples
    --------
    >>> from disca_nb.steering.rivals import OracleMargin
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(OracleMargin(), panel, train="JPN", test="JPN")
    >>> held_out.attrs["variant"]
    'oracle-margin'
    """

    margin: float | None = None
    name: ClassVar[str] = "oracle-margin"
    learns: ClassVar[Learns] = "own country"

    def fit(self, train: Training) -> Steerer:
        """Choose the margin."""
        panel = Panel(train.dataset)
        gap = panel.cells(varying_gap(train.dataset, "vanilla"))
        logit = (gap + _MARGINS[:, None]) / DECISION_TEMPERATURE
        chosen = best(panel.preferences(logit), train.human())
        return replace(self, margin=float(_MARGINS[chosen]))

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Push."""
        pushed = gap_toward_counted(dataset, "vanilla") + fitted(self.margin, self.name)
        return decided(dataset, pushed / DECISION_TEMPERATURE, self.name)
