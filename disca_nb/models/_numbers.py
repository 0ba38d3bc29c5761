"""Checks of numbers that callers give."""

from __future__ import annotations

import operator

from disca_nb.errors import ParameterError

__all__ = ["whole"]


def whole(name: str, value: object) -> int:
    """Return a whole number of at least 1, or say what was given instead.

    Parameters
    ----------
    name : str
        What the number is, for the message.
    value : object
        What was given.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        When it is something else.

    Examples
    --------
    >>> whole("batch_size", 8)
    8
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1 or isinstance(value, bool):
        raise ParameterError(f"{name} is {value!r}; it must be a whole number, at least 1.")
    return number
