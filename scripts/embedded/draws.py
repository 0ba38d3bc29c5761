"""Random numbers keyed by label, and softmax: what the made-up world is made of."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
SEED = 20261001


def generator(*label: object) -> np.random.Generator:
    """Return the generator of a label; equal labels give equal numbers."""
    text = "/".join(map(str, (SEED, *label)))
    return np.random.default_rng(int.from_bytes(blake2b(text.encode(), digest_size=8).digest()))


def normal(*label: object, size: int = 1, scale: float = 1.0) -> Vector:
    """Draw normal numbers for a label."""
    return generator(*label).normal(0.0, scale, size)


def softmax(logits: Sequence[float] | Vector) -> Vector:
    """Return probabilities of logits."""
    powers = np.exp(np.asarray(logits, float) - np.max(logits))
    result: Vector = powers / powers.sum()
    return result
