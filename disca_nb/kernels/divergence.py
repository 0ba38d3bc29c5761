"""Jensen-Shannon divergence and distance of discrete distributions."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from disca_nb.errors import ParameterError
from disca_nb.kernels._distributions import disjoint, paired
from disca_nb.kernels._types import FloatArray

__all__ = [
    "NEAR",
    "check_base",
    "divergence_unit",
    "jensen_shannon_distance",
    "jensen_shannon_divergence",
]

NEAR = 0.5
"""Shares whose difference is below this part of their sum are compared by that difference."""
_UNITS = {2.0: "bits", math.e: "nats"}


def jensen_shannon_divergence(
    p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = 2.0
) -> FloatArray:
    """Return the Jensen-Shannon divergence, the mean relative entropy to the middle of two.

    It is the same to the bit when p and q change places, exactly 0 for equal distributions, and
    exactly 1 in base 2 (in other bases ``log(2) / log(base)``) for two that share no option.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Non-negative weights over n options; each is normalised to sum 1 over the last axis, and
        leading axes broadcast. Places at the end that are NaN in both are padding, so that rows
        may have fewer than n options.
    base : float, above 1
        Base of the logarithm: 2 for bits, `math.e` for nats; `divergence_unit` names it.

    Returns
    -------
    numpy.ndarray, shape (...)
        The divergence in units of the base, in base 2 from 0 to 1. NaN where a weight is NaN
        (padding aside), negative or infinite, or all are zero; never from rounding.

    Raises
    ------
    InputError
        When the last axes differ, are empty, or leading axes do not broadcast.
    ParameterError
        For another base.

    References
    ----------
    Lin 1991, https://doi.org/10.1109/18.61115

    Examples
    --------
    >>> jensen_shannon_divergence([[1.0, 0.0], [3.0, 3.0]], [0.5, 0.5]).round(4).tolist()
    [0.3113, 0.0]
    >>> float(jensen_shannon_divergence([1.0, 0.0, np.nan], [0.0, 1.0, np.nan]))
    1.0
    """
    return np.asarray(_nats(p, q) / math.log(check_base(base)))


def jensen_shannon_distance(p: npt.ArrayLike, q: npt.ArrayLike, *, base: float = 2.0) -> FloatArray:
    """Return the Jensen-Shannon distance, the square root of the divergence.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Weights, as for `jensen_shannon_divergence`.
    base : float, above 1
        Base of the logarithm; 2 makes the distance span [0, 1], where natural logarithms cap it
        at 0.833.

    Returns
    -------
    numpy.ndarray, shape (...)
        The distance, a metric. NaN where the divergence is.

    Raises
    ------
    InputError, ParameterError
        As for `jensen_shannon_divergence`.

    References
    ----------
    Lin 1991, https://doi.org/10.1109/18.61115; Endres and Schindelin 2003,
    https://doi.org/10.1109/TIT.2003.813506

    Examples
    --------
    >>> float(jensen_shannon_distance([1.0, 0.0], [0.0, 1.0]))
    1.0
    >>> round(float(jensen_shannon_distance([1.0, 0.0], [0.0, 1.0], base=np.e)), 3)
    0.833
    """
    return np.asarray(np.sqrt(_nats(p, q) / math.log(check_base(base))))


def divergence_unit(base: float = 2.0) -> str:
    """Return the unit of a divergence with logarithms to a base.

    Parameters
    ----------
    base : float, above 1
        Base of the logarithm.

    Returns
    -------
    str
        ``"bits"``, ``"nats"``, or the base itself.

    Raises
    ------
    ParameterError
        For another base.

    Examples
    --------
    >>> divergence_unit(2), divergence_unit(np.e), divergence_unit(10)
    ('bits', 'nats', 'base 10')
    """
    number = check_base(base)
    return _UNITS.get(number, f"base {number:g}")


def check_base(base: float) -> float:
    """Return the base of a logarithm, or say what is wrong with it.

    Parameters
    ----------
    base : float
        A number above 1.

    Returns
    -------
    float
        The base.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> check_base(1)
    Traceback (most recent call last):
        ...
    disca_nb.errors.ParameterError: base is 1; give a number above 1, such as 2 for bits.
    """
    number = isinstance(base, int | float | np.integer | np.floating)
    if number and not isinstance(base, bool) and 1.0 < float(base) < math.inf:
        return float(base)
    raise ParameterError(f"base is {base!r}; give a number above 1, such as 2 for bits.")


def _nats(p: npt.ArrayLike, q: npt.ArrayLike) -> FloatArray:
    """Return the divergence in nats."""
    left, right = paired(p, q)
    both, gap = left + right, np.abs(left - right)
    ratio = gap / np.where(both > 0.0, both, 1.0)
    # Where shares are near, their logarithms nearly cancel; this form of the same sum does not.
    small = np.minimum(ratio, NEAR)
    near = both * (np.log1p(-small * small) + 2.0 * small * np.arctanh(small)) / 2.0
    terms = np.where(ratio < NEAR, near, _entropy(left, both) + _entropy(right, both))
    nats = np.clip(terms.sum(axis=-1) / 2.0, 0.0, math.log(2.0))
    return np.where(disjoint(left, right), math.log(2.0), nats)


def _entropy(part: FloatArray, both: FloatArray) -> FloatArray:
    """Return ``part * log(part / (both / 2))``, 0 where the part is 0."""
    there = part > 0.0
    logs = np.log(np.where(there, 2.0 * part / np.where(there, both, 1.0), 1.0))
    return np.asarray(part * logs)
