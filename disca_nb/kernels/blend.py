"""How base gap, consensus and correction become a final gap: the three published blends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disca_nb.errors import unknown_name
from disca_nb.kernels._types import FloatArray

__all__ = ["BLENDS", "anchor_weight", "blend"]

BLENDS = ("correction-only", "paper", "released")


def anchor_weight(
    ess: npt.ArrayLike, rho: npt.ArrayLike = 0.1, *, variant: str = "paper"
) -> FloatArray:
    """Return the weight of the consensus in the final gap.

    Parameters
    ----------
    ess : array_like, shape (..., M)
        Effective sample size ratio of every pass.
    rho : array_like, shape (...)
        The ratio below which a pass counts as collapsed.
    variant : {"correction-only", "paper", "released"}
        0; ``min(1, mean(ess) / rho)``; or ``clip(min(ess), rho, 1)``.

    Returns
    -------
    numpy.ndarray, shape (...)
        The weight, between 0 and 1. NaN propagates.

    Raises
    ------
    UnknownNameError
        For another variant.

    References
    ----------
    arXiv 2605.10843, Algorithm 1 ("paper") and its authors' released code ("released").

    Examples
    --------
    >>> round(float(anchor_weight([0.04, 0.02], 0.1, variant="paper")), 2)
    0.3
    >>> round(float(anchor_weight([0.04, 0.02], 0.1, variant="released")), 2)
    0.1
    """
    # In one layout, as NumPy's order of adding depends on it and so would the last bits.
    ratios = np.asarray(ess, dtype=np.float64, order="C")
    threshold = np.asarray(rho, dtype=np.float64)
    if variant == "correction-only":
        return np.asarray(0.0 * ratios.mean(axis=-1))
    if variant == "released":
        return np.asarray(np.clip(ratios.min(axis=-1), threshold, 1.0))
    if variant != "paper":
        raise unknown_name("variant", variant, BLENDS)
    mean = ratios.mean(axis=-1)
    # rho = 0 means that no pass counts as collapsed.
    safe = np.where(threshold > 0.0, threshold, 1.0)
    return np.asarray(np.where(threshold > 0.0, np.minimum(1.0, mean / safe), 1.0 + 0.0 * mean))


def blend(
    base_gap: npt.ArrayLike,
    consensus_gap: npt.ArrayLike,
    correction: npt.ArrayLike,
    weight: npt.ArrayLike,
) -> FloatArray:
    """Return ``weight * consensus + (1 - weight) * base + correction``.

    Parameters
    ----------
    base_gap, consensus_gap, correction, weight : array_like, shape (...)
        Gaps and correction in logits; weight between 0 and 1.

    Returns
    -------
    numpy.ndarray, shape (...)
        Final gap in logits. NaN propagates.

    References
    ----------
    arXiv 2605.10843, Algorithm 1.

    Examples
    --------
    >>> float(blend(1.0, 2.0, 0.5, 0.25))
    1.75
    """
    base, consensus, shift, share = (
        np.asarray(values, dtype=np.float64)
        for values in (base_gap, consensus_gap, correction, weight)
    )
    return share * consensus + (1.0 - share) * base + shift
