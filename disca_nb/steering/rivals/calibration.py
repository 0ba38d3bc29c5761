"""Rivals with a number or two per attribute, learnt from other countries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import xarray as xr
from scipy import special

from disca_nb.kernels._types import FloatArray
from disca_nb.steering.rivals.panel import Panel, gap_toward_counted, varying_gap
from disca_nb.steering.rivals.steerer import (
    Learns,
    Steerer,
    Training,
    by_attribute,
    chances,
    decided,
)
from disca_nb.steering.rivals.temperature import TEMPERATURES, best, fitted

__all__ = ["AffinePerAttribute", "OffsetPerAttribute"]

# Wider than a bare temperature's grid: the offsets carry the level, so that the gaps may matter
# as little as the other countries say.
_WIDE = np.geomspace(0.1, 6000.0, 60)
_STEPS = 30
_CLOSE = 1e-9


@dataclass(frozen=True)
class OffsetPerAttribute:
    """A temperature and one offset per attribute: ``p = sigmoid(consensus / T + b_d)``.

    For every temperature the offsets make the mean preference over the training countries equal
    the human mean; the temperature with the lowest mean misalignment there is kept.

    Parameters
    ----------
    temperature : float, optional
        Fitted, of a grid of 60 from 0.1 to 6000.
    attributes : tuple of str
        Attributes that were fitted.
    offsets : tuple of float
        Log-odds by attribute.

    Examples
    --------
    >>> from disca_nb.steering.rivals import OffsetPerAttribute
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(OffsetPerAttribute(), panel, train=["USA", "BRA"], test="JPN")
    >>> held_out.attrs["variant"]
    'offset-per-attribute'
    """

    temperature: float | None = None
    attributes: tuple[str, ...] = ()
    offsets: tuple[float, ...] = ()
    name: ClassVar[str] = "offset-per-attribute"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose the temperature and the offsets."""
        panel = Panel(train.dataset)
        gap = panel.cells(varying_gap(train.dataset, "consensus"))
        human = train.human()
        logit = gap / _WIDE[:, None]
        offsets = _offsets(panel, logit, human.mean(axis=0))
        moved = panel.preferences(logit + panel.spread(offsets[:, None, :]))
        chosen = best(moved, human)
        return replace(
            self,
            temperature=float(_WIDE[chosen]),
            attributes=tuple(panel.attributes),
            offsets=tuple(map(float, offsets[chosen])),
        )

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Divide and move."""
        temperature = fitted(self.temperature, self.name)
        offset = by_attribute(dataset, self.attributes, np.array(self.offsets))
        logit = gap_toward_counted(dataset, "consensus") / temperature + offset
        return decided(dataset, logit, self.name)


@dataclass(frozen=True)
class AffinePerAttribute:
    """A line per attribute from the model's preference to the human one.

    Decisions at the best temperature become ``a_d + b_d p``, cut to [0, 1]; the lines are
    least-squares fits over the training countries.

    Parameters
    ----------
    temperature : float, optional
        Fitted as `Temperature` does.
    attributes : tuple of str
        Attributes that were fitted.
    lines : tuple of (float, float)
        Intercept and slope by attribute.

    Examples
    --------
    >>> from disca_nb.steering.rivals import AffinePerAttribute
    >>> from disca_nb.datasets import demo_panel
    >>> from disca_nb.metrics import hold_out
    >>> panel = demo_panel(["JPN", "USA", "BRA"])
    >>> held_out = hold_out(AffinePerAttribute(), panel, train=["USA", "BRA"], test="JPN")
    >>> held_out.attrs["variant"]
    'affine-per-attribute'
    """

    temperature: float | None = None
    attributes: tuple[str, ...] = ()
    lines: tuple[tuple[float, float], ...] = ()
    name: ClassVar[str] = "affine-per-attribute"
    learns: ClassVar[Learns] = "other countries"

    def fit(self, train: Training) -> Steerer:
        """Choose the temperature and fit the lines."""
        panel = Panel(train.dataset)
        gap = panel.cells(varying_gap(train.dataset, "consensus"))
        human = train.human()
        tables = panel.preferences(gap / TEMPERATURES[:, None])
        chosen = best(tables, human)
        lines = [_line(x, y) for x, y in zip(tables[chosen].T, human.T, strict=True)]
        return replace(
            self,
            temperature=float(TEMPERATURES[chosen]),
            attributes=tuple(panel.attributes),
            lines=tuple(lines),
        )

    def apply(self, dataset: xr.Dataset) -> xr.Dataset:
        """Divide and put on the lines."""
        temperature = fitted(self.temperature, self.name)
        p = xr.apply_ufunc(special.expit, gap_toward_counted(dataset, "consensus") / temperature)
        intercept, slope = np.array(self.lines).T
        moved = by_attribute(dataset, self.attributes, intercept) + p * by_attribute(
            dataset, self.attributes, slope
        )
        return chances(dataset, moved.clip(0.0, 1.0), self.name)


def _offsets(panel: Panel, logit: FloatArray, target: FloatArray) -> FloatArray:
    """Return offsets that bring mean preferences to a target, for each setting and attribute.

    Newton's method, kept in a bracket: where the gaps saturate, slopes vanish.
    """
    shape = (len(logit), target.size)
    far = np.abs(logit).max(axis=-1, keepdims=True) + 40.0
    low, high = np.broadcast_to(-far, shape), np.broadcast_to(far, shape)
    offset = np.zeros(shape)
    for _ in range(_STEPS):
        p = special.expit(logit + panel.spread(offset[:, None, :]))
        excess = panel.means(p).mean(axis=-2) - target
        if np.abs(excess).max() < _CLOSE:
            break
        low, high = np.where(excess < 0.0, offset, low), np.where(excess > 0.0, offset, high)
        slope = panel.means(p * (1.0 - p)).mean(axis=-2)
        offset = offset - excess / np.maximum(slope, 1e-300)
        offset = np.where((offset > low) & (offset < high), offset, (low + high) / 2.0)
    return offset


def _line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return intercept and slope of the least-squares line; a flat one where x does not vary."""
    apart = x - x.mean()
    squares = float((apart**2).sum())
    slope = float((apart * y).sum()) / squares if squares > 1e-18 else 0.0
    return float(y.mean()) - slope * float(x.mean()), slope
