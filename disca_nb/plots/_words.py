"""Numbers in the words of alternative texts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from disca_nb.errors import shorten

__all__ = ["count_of", "figure", "sentence"]


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count_of(1, "country", "countries"), count_of(3, "model")
    ('1 country', '3 models')
    """
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"


def figure(value: float) -> str:
    """Return a number with three decimals, or that there is none.

    Examples
    --------
    >>> figure(0.41251), figure(float("nan"))
    ('0.413', 'no score')
    """
    return f"{value:.3f}" if np.isfinite(value) else "no score"


def sentence(text: str, labels: Iterable[object], limit: int = 12) -> list[str]:
    """Return a sentence that ends in so many labels, or nothing where there are none.

    Examples
    --------
    >>> sentence("Left out", ["JPN", "USA"]), sentence("Left out", [])
    (['Left out: JPN, USA.'], [])
    """
    names = [str(label) for label in labels]
    return [f"{text}: {shorten(names, limit)}."] if names else []
