"""The dual-pass reliability gate: passes that disagree are trusted less."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb.errors import InputError
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.parameters import check_numbers, check_parameter

__all__ = ["expected_gate", "reliability_gate"]


def reliability_gate(
    pass_corrections: npt.ArrayLike, gate_scale: npt.ArrayLike = 0.04
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shrink the mean of the passes' corrections by how far the passes disagree.

    With V twice the variance (ddof 1) of the passes, which is (c1 - c2)**2 for two of them, the
    reliability is exp(-V / gate_scale).

    Parameters
    ----------
    pass_corrections : array_like, shape (..., M)
        Corrections of M >= 2 passes, in logits.
    gate_scale : array_like, shape (...)
        Scale in squared logits, above 0; infinity switches the gate off: reliability 1, however
        far the passes are apart.

    Returns
    -------
    correction, reliability, pass_variance : numpy.ndarray, shape (...)
        Gated correction in logits, reliability in [0, 1], variance (ddof 1) of the passes.
        NaN propagates.

    Raises
    ------
    InputError
        For fewer than two passes, which cannot disagree, or passes that are no numbers.
    ParameterError
        For a gate scale that is not above 0.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> correction, reliability, _ = reliability_gate([0.3, 0.1])
    >>> round(float(correction), 4), round(float(reliability), 4)
    (0.0736, 0.3679)
    """
    passes = check_numbers("pass_corrections", pass_corrections)
    if passes.ndim == 0 or passes.shape[-1] < 2:
        found = "a single number" if passes.ndim == 0 else f"{passes.shape[-1]} passes"
        raise InputError(
            f"pass_corrections has {found}; its last axis must hold at least 2 passes."
        )
    scale = check_parameter("gate_scale", gate_scale)
    # Passes so far apart that their variance is infinite are as unreliable as can be.
    with np.errstate(over="ignore"):
        mean, variance = _moments(passes)
        reliability = np.exp(_in_scales(-2.0 * variance, scale))
    return reliability * mean, reliability, variance


def expected_gate(
    limit: npt.ArrayLike,
    pass_variance: npt.ArrayLike,
    gate_scale: npt.ArrayLike = 0.04,
    n_passes: int = 2,
) -> tuple[FloatArray, FloatArray]:
    """Return the gate's expectation over normally distributed passes.

    The variance of M normal passes is V1 times a chi-square with M - 1 degrees over M - 1, and is
    independent of their mean, so E[r] = (1 + 4 V1 / ((M - 1) s)) ** (-(M - 1) / 2) and the
    expected correction is E[r] times the limit.

    Parameters
    ----------
    limit : array_like, shape (...)
        Limit of a pass as the number of samples grows, in logits.
    pass_variance : array_like, shape (...)
        Variance V1 of a single pass; infinite where no number of samples is enough.
    gate_scale : array_like, shape (...)
        Scale s of the gate in squared logits, above 0; infinity switches the gate off:
        reliability 1, whatever the variance.
    n_passes : int
        Number M of passes, 2 to 256.

    Returns
    -------
    correction, reliability : numpy.ndarray, shape (...)
        Expected correction in logits and expected reliability. NaN propagates.

    Raises
    ------
    InputError
        For limits or variances that are no numbers.
    ParameterError
        For a gate scale that is not above 0, or another number of passes.

    References
    ----------
    arXiv 2605.10843 defines the gate; the expectation is this package's.

    Examples
    --------
    >>> correction, reliability = expected_gate(0.2, 0.0075)
    >>> round(float(reliability), 4)
    0.7559
    """
    freedom = int(check_parameter("n_passes", n_passes)) - 1
    scale = check_parameter("gate_scale", gate_scale)
    variance = check_numbers("pass_variance", pass_variance)
    with np.errstate(over="ignore"):
        ratio = 1.0 + _in_scales(4.0 * variance, freedom * scale)
    # A root for the usual two passes, as it is several times faster than a power.
    reliability = 1.0 / np.sqrt(ratio) if freedom == 1 else ratio ** (-freedom / 2.0)
    return reliability * check_numbers("limit", limit), reliability


def _moments(passes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance (ddof 1) over the last axis."""
    if passes.shape[-1] == 2:
        # The usual case. NumPy's reductions along so short an axis take longer than a pass.
        first, second = passes[..., 0], passes[..., 1]
        return (first + second) / 2.0, (first - second) ** 2 / 2.0
    # NumPy sums in the order in which numbers lie in memory, and the last bits follow it.
    passes = np.ascontiguousarray(passes)
    return passes.mean(axis=-1), passes.var(axis=-1, ddof=1)


def _in_scales(spread: FloatArray, scale: FloatArray) -> FloatArray:
    """Return how many scales of the gate a spread of the passes is: none where the gate is off."""
    with np.errstate(invalid="ignore"):
        ratio = spread / scale
    return np.where(np.isinf(scale) & ~np.isnan(spread), 0.0, ratio)
