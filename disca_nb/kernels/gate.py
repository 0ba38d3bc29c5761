"""The dual-pass reliability gate: passes that disagree are trusted less."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb.kernels._types import FloatArray

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
        Scale in squared logits; infinity switches the gate off.

    Returns
    -------
    correction, reliability, pass_variance : numpy.ndarray, shape (...)
        Gated correction in logits, reliability in [0, 1], variance (ddof 1) of the passes.
        NaN propagates.

    References
    ----------
    arXiv 2605.10843, section 3.

    Examples
    --------
    >>> correction, reliability, _ = reliability_gate([0.3, 0.1])
    >>> round(float(correction), 4), round(float(reliability), 4)
    (0.0736, 0.3679)
    """
    passes = np.asarray(pass_corrections, dtype=np.float64)
    variance = passes.var(axis=-1, ddof=1)
    reliability = np.exp(-2.0 * variance / np.asarray(gate_scale, dtype=np.float64))
    return reliability * passes.mean(axis=-1), reliability, variance


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
        Variance V1 of a single pass.
    gate_scale : array_like, shape (...)
        Scale s of the gate in squared logits.
    n_passes : int
        Number M of passes.

    Returns
    -------
    correction, reliability : numpy.ndarray, shape (...)
        Expected correction in logits and expected reliability.

    References
    ----------
    arXiv 2605.10843 defines the gate; the expectation is this package's.

    Examples
    --------
    >>> correction, reliability = expected_gate(0.2, 0.0075)
    >>> round(float(reliability), 4)
    0.7559
    """
    freedom = n_passes - 1
    ratio = 4.0 * np.asarray(pass_variance, dtype=np.float64)
    ratio = ratio / (freedom * np.asarray(gate_scale, dtype=np.float64))
    reliability = (1.0 + ratio) ** (-freedom / 2.0)
    return reliability * np.asarray(limit, dtype=np.float64), reliability
