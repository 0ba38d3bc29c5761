"""How far a run is: what `elicit` tells while it goes on, by a bar or to a function."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.models.protocol import FAILED, LOW_MASS

__all__ = ["Counter", "Follow", "Progress", "check_follow", "telling"]


@dataclass(frozen=True)
class Progress:
    """How far a model is with the prompts of a run.

    Attributes
    ----------
    model : str
        Its label.
    done : int
        Prompts that are scored, those included that an earlier run has scored.
    total : int
        All of its prompts.
    elapsed : float
        Seconds since this run began with the model's prompts.
    left : float or None
        Seconds that the others will take at the pace of this run, to which what an earlier one
        has scored counts nothing; None while this run has scored none.
    failed, low_mass : int
        Of the prompts that are done, those without a number, and those whose two answers together
        are less probable than ``min_mass``.
    """

    model: str
    done: int
    total: int
    elapsed: float
    left: float | None
    failed: int
    low_mass: int


Follow: TypeAlias = bool | Callable[[Progress], object]
"""Whether to show a bar, or who is told how far a run is."""


def check_follow(given: object) -> None:
    """Raise unless it says whether to show a bar, or can be told how far a run is."""
    if not isinstance(given, bool) and not callable(given):
        raise InputError(f"progress is {given!r}; give True, False, or a function to be told.")


class Counter:
    """Counts the prompts of a model as they are scored.

    Parameters
    ----------
    model : str
        Its label.
    total : int
        All of its prompts.
    clock : callable
        The time in seconds, of which differences alone are taken.
    """

    def __init__(
        self, model: str, total: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._model, self._total, self._clock = model, total, clock
        self._start = clock()
        self._done = self._own = self._failed = self._low_mass = 0

    def add(self, status: npt.NDArray[np.int8], *, own: bool) -> None:
        """Count prompts by their status; ``own`` are those that this run has scored."""
        self._done += status.size
        self._own += status.size if own else 0
        self._failed += int((status == FAILED).sum())
        self._low_mass += int((status == LOW_MASS).sum())

    def now(self) -> Progress:
        """Return how far the model is."""
        elapsed, rest = self._clock() - self._start, self._total - self._done
        left = None if rest else 0.0
        if rest and self._own:
            left = elapsed * rest / self._own
        return Progress(
            self._model, self._done, self._total, elapsed, left, self._failed, self._low_mass
        )


@contextmanager
def telling(progress: Follow, start: Progress) -> Iterator[Callable[[Progress], object]]:
    """Tell how far a model is at the start, and yield what tells it from then on.

    Parameters
    ----------
    progress : bool or callable
        As for `disca_nb.elicit`.
    start : Progress
        How far it is before anything is scored now.

    Yields
    ------
    callable
        To be given each further `Progress`.
    """
    if callable(progress):
        progress(start)
        yield progress
        return
    with _bar(start, shown=progress) as bar:
        yield lambda now: bar.update(now.done - bar.n)


def _bar(start: Progress, *, shown: bool) -> Any:  # noqa: ANN401 - a bar
    """Return a bar that counts prompts, those of an earlier run as no work of this one."""
    from tqdm.auto import tqdm

    if start.done and shown:
        tqdm.write(
            f"{start.model} goes on: {start.done:,} of {start.total:,} prompts are kept.",
            file=sys.stderr,
        )
    return tqdm(
        total=start.total, initial=start.done, desc=start.model, unit="prompt", disable=not shown
    )
