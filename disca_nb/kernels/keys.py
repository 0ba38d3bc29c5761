"""Keys of the random numbers: 64-bit hashes that never depend on a cell's position."""

from __future__ import annotations

import hashlib

import numpy as np

from disca_nb.kernels._types import FloatArray, KeyArray

__all__ = ["content_keys", "label_key", "mix_keys"]

_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)


def label_key(text: str) -> np.uint64:
    """Return a 64-bit hash of a label, the same in every process and on every machine.

    Parameters
    ----------
    text : str
        The label.

    Returns
    -------
    numpy.uint64
        First eight bytes of its BLAKE2b hash (RFC 7693).

    Examples
    --------
    >>> f"{int(label_key('country=JPN')):016x}"
    'fa20f1cb10c93a54'
    """
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def mix_keys(left: KeyArray, right: KeyArray) -> KeyArray:
    """Combine two arrays of keys, broadcast, into one; the order of the two matters.

    Parameters
    ----------
    left, right : numpy.ndarray, shape (...)
        Keys, uint64.

    Returns
    -------
    numpy.ndarray, shape (...)
        Combined keys, mixed by the SplitMix64 finaliser (https://doi.org/10.1145/2660193.2660195).

    Examples
    --------
    >>> a, b = np.uint64(1), np.uint64(2)
    >>> bool(mix_keys(a, b) == mix_keys(b, a))
    False
    """
    with np.errstate(over="ignore"):
        mixed = (left + _INCREMENT) * _MULTIPLIER_1 ^ right
        mixed = (mixed ^ (mixed >> _SHIFT_1)) * _MULTIPLIER_1
        mixed = (mixed ^ (mixed >> _SHIFT_2)) * _MULTIPLIER_2
        return np.asarray(mixed ^ (mixed >> _SHIFT_3), dtype=np.uint64)


def content_keys(base_gap: FloatArray, persona_gaps: FloatArray) -> KeyArray:
    """Return keys made from the cells' own gaps, for callers that have no labels.

    Parameters
    ----------
    base_gap : numpy.ndarray, shape (n,)
        Base gaps.
    persona_gaps : numpy.ndarray, shape (n, N)
        Persona gaps.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Keys, uint64: equal panels get equal keys, wherever they stand.

    Examples
    --------
    >>> gaps = np.array([[0.5, 1.0], [0.5, 1.0]])
    >>> first, second = content_keys(np.zeros(2), gaps)
    >>> bool(first == second)
    True
    """
    # Adding zero makes -0.0 and 0.0, which are equal gaps, equal bits.
    keys = (base_gap + 0.0).view(np.uint64)
    for i in range(persona_gaps.shape[1]):
        keys = mix_keys(keys, np.ascontiguousarray(persona_gaps[:, i] + 0.0).view(np.uint64))
    return keys
