"""Other distances of discrete distributions, all from 0 to 1, and all of them by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError, unknown_name
from disca_nb.kernels._distributions import disjoint, normalised, paired, paired_weights
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.divergence import jensen_shannon_distance
from disca_nb.kernels.parameters import check_numbers

__all__ = ["MEASURES", "earth_movers", "hellinger", "option_distance", "total_variation"]

MEASURES = ("jensen-shannon", "total-variation", "hellinger", "earth-movers")
"""Names of the distances between answers."""


def total_variation(p: npt.ArrayLike, q: npt.ArrayLike) -> FloatArray:
    """Return the total variation distance, half the sum of the absolute differences.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Non-negative weights over n options; each is normalised to sum 1 over the last axis, and
        leading axes broadcast. Places at the end that are NaN in both are padding.

    Returns
    -------
    numpy.ndarray, shape (...)
        From 0 to 1: the share of answers that would have to change. NaN where a weight is NaN
        (padding aside), negative or infinite, or all are zero.

    Raises
    ------
    InputError
        When the last axes differ, are empty, or leading axes do not broadcast.

    References
    ----------
    Gibbs and Su 2002, https://doi.org/10.1111/j.1751-5823.2002.tb00178.x

    Examples
    --------
    >>> float(total_variation([3, 1, 0], [1, 1, 2]))
    0.5
    """
    left, right = paired(p, q)
    half = np.abs(left - right).sum(axis=-1) / 2.0
    return np.where(disjoint(left, right), 1.0, np.minimum(half, 1.0))


def hellinger(p: npt.ArrayLike, q: npt.ArrayLike) -> FloatArray:
    """Return the Hellinger distance, that of the square roots of the shares over root two.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Weights, as for `total_variation`.

    Returns
    -------
    numpy.ndarray, shape (...)
        From 0 to 1; NaN as for `total_variation`.

    Raises
    ------
    InputError
        As for `total_variation`.

    References
    ----------
    Gibbs and Su 2002, https://doi.org/10.1111/j.1751-5823.2002.tb00178.x

    Examples
    --------
    >>> round(float(hellinger([1, 0], [9, 16])) ** 2, 12)  # 1 - sqrt(9 / 25)
    0.4
    """
    left, right = paired(p, q)
    roots = np.sqrt(left) + np.sqrt(right)
    # The difference of the roots, from that of the shares, which loses nothing where they are near.
    gaps = (left - right) / np.where(roots > 0.0, roots, 1.0)
    far = np.sqrt(np.minimum((gaps * gaps).sum(axis=-1) / 2.0, 1.0))
    return np.where(disjoint(left, right), 1.0, far)


def earth_movers(
    p: npt.ArrayLike, q: npt.ArrayLike, *, positions: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the earth mover's distance of answers in order, over the distance of the ends.

    It is the area between the two cumulative distributions (Wasserstein's first distance),
    divided by the range from the first to the last option of the row, so that it spans [0, 1]:
    1 means that all answers lie at opposite ends. It is for options that have an order.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Weights, as for `total_variation`, of options from the lowest to the highest.
    positions : array_like, shape (..., n), optional
        Where the options lie, rising and finite but for padding; by default 0 to n - 1.

    Returns
    -------
    numpy.ndarray, shape (...)
        From 0 to 1, in ranges of the row's own options; 0 where there is one option alone. NaN as
        for `total_variation`.

    Raises
    ------
    InputError
        As for `total_variation`, and for positions that do not fit or do not rise.

    References
    ----------
    Rubner, Tomasi and Guibas 2000, https://doi.org/10.1023/A:1026543900054

    Examples
    --------
    >>> earth_movers([[1, 0, 0], [0, 1, 0]], [0, 0, 1]).tolist()
    [1.0, 0.5]
    >>> float(earth_movers([0, 1, 0], [0, 0, 1], positions=[0, 1, 10]))
    0.9
    """
    left, right, padded = paired_weights(p, q)
    gaps = _gaps(positions, padded)
    differences = normalised(left) - normalised(right)
    moved = np.abs(np.cumsum(differences, axis=-1))[..., :-1]
    area, width = (np.ascontiguousarray(each).sum(axis=-1) for each in (moved * gaps, gaps))
    # One option is no range; what is undefined is so in the differences, also of one option.
    known = np.where(np.isnan(differences).any(axis=-1), np.nan, 1.0)
    return np.asarray(known * np.minimum(area / np.where(width > 0.0, width, 1.0), 1.0))


def _gaps(positions: npt.ArrayLike | None, padded: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the steps from option to option, 0 into the padding."""
    places = np.arange(padded.shape[-1], dtype=np.float64)
    if positions is not None:
        places = check_numbers("positions", positions)
    try:
        places = np.broadcast_to(places, padded.shape)
    except ValueError:
        raise InputError(
            f"positions have the shape {places.shape} and the options {padded.shape}; give one "
            "position for each option."
        ) from None
    used = ~padded
    places = np.where(used, places, 0.0)
    inner = used[..., 1:]
    gaps = np.diff(places, axis=-1)
    bad = ~(np.isfinite(places).all(axis=-1) & ((gaps > 0.0) | ~inner).all(axis=-1))
    if bad.any():
        raise InputError(
            f"positions are {places[bad][0].tolist()} in a row; give finite numbers that rise "
            "from option to option."
        )
    return np.where(inner, gaps, 0.0)


def option_distance(
    p: npt.ArrayLike, q: npt.ArrayLike, *, measure: str = "jensen-shannon", base: float = 2.0
) -> FloatArray:
    """Return a distance of answers by its name.

    Parameters
    ----------
    p, q : array_like, shape (..., n)
        Weights, as for `total_variation`.
    measure : {"jensen-shannon", "total-variation", "hellinger", "earth-movers"}
        Which distance; the last is for options in order, at equal steps.
    base : float, above 1
        Base of the logarithm, of the Jensen-Shannon distance alone.

    Returns
    -------
    numpy.ndarray, shape (...)
        The distance; NaN as for `total_variation`.

    Raises
    ------
    InputError, ParameterError
        As the distance itself.
    UnknownNameError
        For another measure.

    Examples
    --------
    >>> [round(float(option_distance([1, 0], [1, 1], measure=name)), 3) for name in MEASURES]
    [0.558, 0.5, 0.541, 0.5]
    """
    if measure == "jensen-shannon":
        return jensen_shannon_distance(p, q, base=base)
    others = {
        "total-variation": total_variation,
        "hellinger": hellinger,
        "earth-movers": earth_movers,
    }
    if measure not in others:
        raise unknown_name("measure", measure, MEASURES)
    return others[measure](p, q)
