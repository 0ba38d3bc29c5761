"""How undecided answers are."""

from __future__ import annotations

import math

import numpy as np

from disca_nb.kernels._types import FloatArray
from disca_nb.metrics.values._answers import Answers

__all__ = ["entropies", "stance_entropy"]


def entropies(probs: FloatArray, *, base: float) -> FloatArray:
    """Return the entropy of distributions over stances.

    Parameters
    ----------
    probs : ndarray, shape (..., stances)
        Distributions, 0 where a stance is not offered.
    base : float
        Base of the logarithm.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> entropies(np.array([[0.5, 0.5], [1.0, 0.0]]), base=2.0).tolist()
    [1.0, 0.0]
    """
    logs = np.log(np.where(probs > 0.0, probs, 1.0))
    # Adding zero makes -0.0 what it is.
    return np.asarray(-(probs * logs).sum(axis=-1) / math.log(base) + 0.0)


def stance_entropy(answers: Answers, *, base: float) -> FloatArray:
    """Return the mean entropy of each model's answers by choice, NaN where it has none."""
    places = answers.places("choice")
    known = answers.known[:, places]
    total = np.where(known, entropies(answers.probs[:, places], base=base), 0.0).sum(axis=1)
    size = known.sum(axis=1)
    return np.asarray(total / np.where(size > 0, size, np.nan))
