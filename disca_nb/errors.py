"""The package's own exceptions: every message is one sentence with the value and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

__all__ = [
    "DataFileError",
    "DiscaError",
    "InputError",
    "LeakageError",
    "MissingPackageError",
    "OfflineError",
    "ParameterError",
    "PromptTooLongError",
    "StoreError",
    "UnknownNameError",
]


class DiscaError(Exception):
    """Base class of every error that the package raises on purpose."""


class InputError(DiscaError, ValueError):
    """A dataset, table or argument that does not have the form it needs."""


class ParameterError(InputError):
    """A parameter outside its allowed range."""


class PromptTooLongError(InputError):
    """Prompts with more tokens than a model reads.

    Parameters
    ----------
    message : str
        The sentence.
    tokens : mapping
        Number of tokens by the prompt's position, of those that are too long.
    limit : int
        Tokens that the model reads.
    """

    def __init__(self, message: str, tokens: Mapping[int, int], limit: int) -> None:
        super().__init__(message)
        self.tokens, self.limit = dict(tokens), limit


class LeakageError(InputError):
    """A method that has seen the targets of a country on which it would be scored."""


class MissingPackageError(InputError):
    """Libraries of an extra that are not installed; the message names the extra."""


class UnknownNameError(InputError):
    """A country, model, variant or attribute that is not known."""


class DataFileError(InputError):
    """A file whose content cannot be used; the message names file and row."""


class StoreError(DiscaError, OSError):
    """A saved result that is missing, half-written or already there."""


class OfflineError(DiscaError, ConnectionError):
    """A download that is needed but not possible; the message names the cache folder."""


def unknown_name(kind: str, value: object, known: Iterable[object]) -> UnknownNameError:
    """Build the error for a name that is not known, with the closest known one.

    Parameters
    ----------
    kind : str
        What the name stands for: ``"country"``, ``"variant"``.
    value : object
        The name that was given.
    known : iterable
        The names that would have been accepted.

    Returns
    -------
    UnknownNameError
        Ready to be raised.

    Examples
    --------
    >>> print(unknown_name("variant", "papre", ["paper", "released"]))
    Unknown variant 'papre'; did you mean 'paper'? Known: paper, released.
    """
    names = [str(name) for name in known]
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(str(value).casefold(), folded, n=1, cutoff=0.5)
    rest = f"did you mean {folded[close[0]]!r}? Known" if close else "known"
    return UnknownNameError(f"Unknown {kind} {str(value)!r}; {rest}: {shorten(names)}.")


def shorten(names: Iterable[object], limit: int = 12) -> str:
    """Join names with commas, leaving out all past ``limit``.

    Examples
    --------
    >>> shorten("abcde", limit=3)
    'a, b, c and 2 more'
    """
    texts = [str(name) for name in names]
    if len(texts) <= limit:
        return ", ".join(texts) if texts else "none"
    return f"{', '.join(texts[:limit])} and {len(texts) - limit} more"
