"""Single figures of a result in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import xarray as xr

__all__ = ["Numbers", "figure", "numbers", "percent", "plural", "shown"]

Numbers: TypeAlias = Callable[[str], float]
"""Figures by name."""


def numbers(one: xr.Dataset) -> Numbers:
    """Return a look-up of single figures, NaN where there is none."""
    return lambda name: float(one[name].item()) if name in one else math.nan


def shown(value: float) -> str:
    """Return a figure, or that it is not known."""
    return f"{value:.3f}" if math.isfinite(value) else "unknown"


def figure(one: xr.Dataset, name: str) -> str:
    """Return a figure with its interval."""
    value, low, high = (numbers(one)(f"{name}{end}") for end in ("", "_low", "_high"))
    return shown(value) + (f" [{low:.3f}, {high:.3f}]" if math.isfinite(low) else "")


def percent(one: xr.Dataset, name: str) -> str:
    """Return a share with its interval in per cent."""
    value, low, high = (100.0 * numbers(one)(f"{name}{end}") for end in ("", "_low", "_high"))
    return f"{value:.0f} %" + (f" [{low:.0f}, {high:.0f}]" if math.isfinite(low) else "")


def plural(count: float, word: str) -> str:
    """Return a number of things."""
    return f"{int(count)} {word}{'' if int(count) == 1 else 's'}"
