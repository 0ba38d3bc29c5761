"""Numbers, counts and labels as figures and their texts write them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from disca_nb.errors import shorten

__all__ = ["counted", "figure", "label_text", "sentence", "signed"]

_LONGEST = 40


def signed(number: float, digits: int = 2) -> str:
    """Return a number with a sign in front, a real minus included.

    Parameters
    ----------
    number : float
        Any number.
    digits : int
        Digits after the point.

    Returns
    -------
    str
        What is zero when rounded has a plus.

    Examples
    --------
    >>> signed(-0.25), signed(-0.001)
    ('−0.25', '+0.00')
    """
    return f"{round(number, digits) + 0.0:+.{digits}f}".replace("-", "−")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number of things in words.

    Parameters
    ----------
    count : int
        How many.
    one, many : str
        Their name, and its plural where an s does not make it.

    Returns
    -------
    str
        Number and name.

    Examples
    --------
    >>> counted(1, "cell"), counted(1200, "country", "countries")
    ('1 cell', '1,200 countries')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def label_text(label: object, longest: int = _LONGEST) -> str:
    r"""Return a label as a figure can show it, whatever is in it.

    Parameters
    ----------
    label : object
        A name that comes from data.
    longest : int
        Letters that are shown at most.

    Returns
    -------
    str
        One line. Dollar signs stay dollar signs, and no label is left out of a legend.

    Examples
    --------
    >>> label_text("$1$"), label_text("_hidden"), label_text("a" * 50, longest=5)
    ('\\$1\\$', ' _hidden', 'aaaa…')
    """
    text = " ".join(str(label).split())
    text = text if len(text) <= longest else f"{text[: longest - 1]}…"
    # Matplotlib reads what stands between dollars as a formula, and skips names with an underscore.
    return (f" {text}" if text.startswith("_") else text).replace("$", r"\$")


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
