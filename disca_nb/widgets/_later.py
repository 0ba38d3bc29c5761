"""What may come a little later, piece by piece, after the page has what matters more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

__all__ = ["Later"]

# Between two pieces the kernel may hear that a slider has moved.
_BREATH = 0.002


class Later:
    """Does something when nothing asked for it for a moment, and now and then meanwhile.

    While a slider moves, a kernel has no time for what takes longer than the pictures. Where no
    event loop runs, outside of kernels, all is done at once.

    Parameters
    ----------
    action : callable
        Takes nothing, raises nothing and yields between its pieces, of which the rest is dropped
        when it is asked for anew.
    pause : float
        Seconds to wait for another call.
    longest : float
        Seconds after the first call at which all is done without a pause.

    Examples
    --------
    >>> done = []
    >>> def action():
    ...     yield done.append(1)
    ...     done.append(2)
    >>> Later(action).call()
    >>> done
    [1, 2]
    """

    def __init__(
        self, action: Callable[[], Iterator[None]], pause: float = 0.03, longest: float = 0.6
    ) -> None:
        self._action, self._pause, self._longest = action, pause, longest
        self._waiting: asyncio.TimerHandle | None = None
        self._since = 0.0

    def call(self) -> None:
        """Ask for it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._finish(self._action())
            return
        if self._waiting is None:
            self._since = loop.time()
        else:
            self._waiting.cancel()
        self._waiting = loop.call_later(self._pause, self._step, self._action())
        if loop.time() > self._since + self._longest:
            self.cancel()
            self._finish(self._action())

    def cancel(self) -> None:
        """Forget what was asked for."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _step(self, pieces: Iterator[None]) -> None:
        """Do the next piece, and have the one after it done soon."""
        self._waiting = None
        for _ in pieces:
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(_BREATH, self._step, pieces)
            return

    def _finish(self, pieces: Iterator[None]) -> None:
        """Do all pieces."""
        for _ in pieces:
            pass
