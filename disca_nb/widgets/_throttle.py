"""How often a page is written to: something new at once, more of the same a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Throttle"]


class Throttle:
    """Says whether something is to be shown now.

    Parameters
    ----------
    interval : float
        Seconds between two showings of the same kind.
    clock : callable
        The time in seconds, of which differences alone are taken.

    Examples
    --------
    >>> seconds = iter([0.0, 0.1, 0.15, 0.3])
    >>> throttle = Throttle(0.2, clock=lambda: next(seconds))
    >>> [throttle.due(kind) for kind in ("idle", "running", "running", "running")]
    [True, True, False, True]
    """

    def __init__(self, interval: float = 0.2, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval, self._clock = interval, clock
        self._kind: str | None = None
        self._last = 0.0

    def due(self, kind: str) -> bool:
        """Return whether it is of another kind than the last that was due, or that is long ago."""
        now = self._clock()
        if kind == self._kind and now - self._last < self.interval:
            return False
        self._kind, self._last = kind, now
        return True
