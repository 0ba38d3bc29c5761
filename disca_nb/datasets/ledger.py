"""The ledger of targets: which countries' human figures were read while a method was fitted.

A method must never see the country that it is scored on. Every read of the package's targets is
noted here while a ledger is open, whoever reads and however deep in the code. What is read in a
thread that a method starts by itself is not seen, unless it runs in a copy of the context.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["Ledger", "note_reads", "open_ledger"]


@dataclass
class Ledger:
    """Countries whose targets were read while the ledger was open.

    Attributes
    ----------
    countries : set of str
        Countries read so far.

    Examples
    --------
    >>> Ledger().countries
    set()
    """

    countries: set[str] = field(default_factory=set)


_OPEN: ContextVar[Ledger | None] = ContextVar("disca_nb_ledger", default=None)


@contextmanager
def open_ledger() -> Iterator[Ledger]:
    """Note every read of targets within the block.

    Returns
    -------
    context manager of Ledger
        Filled as targets are read. Ledgers nest: an outer one notes what an inner one does.

    Examples
    --------
    >>> from disca_nb.datasets import targets
    >>> with open_ledger() as ledger:
    ...     _ = targets.moral_machine(["JPN"])
    >>> sorted(ledger.countries)
    ['JPN']
    """
    outer, ledger = _OPEN.get(), Ledger()
    token = _OPEN.set(ledger)
    try:
        yield ledger
    finally:
        _OPEN.reset(token)
        if outer is not None:
            outer.countries |= ledger.countries


def note_reads(countries: Iterable[object]) -> None:
    """Note that targets of these countries were handed out, where a ledger is open.

    Parameters
    ----------
    countries : str or iterable
        Their labels.

    Examples
    --------
    >>> with open_ledger() as ledger:
    ...     note_reads(["JPN"])
    >>> ledger.countries
    {'JPN'}
    """
    ledger = _OPEN.get()
    if ledger is not None:
        # A text is one country, not its letters.
        names = [countries] if isinstance(countries, str) else countries
        ledger.countries.update(str(country) for country in names)
