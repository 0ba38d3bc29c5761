"""What the registry says of a variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Variable", "gap", "share"]


@dataclass(frozen=True)
class Variable:
    """What a variable holds.

    Attributes
    ----------
    text : str
        One line that says what the numbers are.
    kind : str
        NumPy kind: ``"f"`` float64, ``"i"`` integer, ``"b"`` boolean, ``"U"`` text.
    unit : str
        Unit, ``"1"`` for a pure number.
    low, high : float
        Allowed range; NaN is always allowed in a float.
    core : tuple of str
        Dimensions without which the variable makes no sense.
    """

    text: str
    kind: str = "f"
    unit: str = "1"
    low: float = -np.inf
    high: float = np.inf
    core: tuple[str, ...] = ()


def gap(text: str, *core: str) -> Variable:
    """Return a variable that is a log-odds of option B against option A."""
    return Variable(text, unit="logit", core=core)


def share(text: str, *core: str) -> Variable:
    """Return a variable that lies in 0 to 1."""
    return Variable(text, low=0.0, high=1.0, core=core)
