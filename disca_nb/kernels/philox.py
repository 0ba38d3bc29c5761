"""Counter-based random numbers: Philox4x32-10 and standard normals made from it.

A counter-based generator is a pure function from (key, counter) to random bits, so a cell's
numbers depend on the cell's own label and on nothing else: not on threads, order or chunks.

References
----------
.. [1] Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
   https://doi.org/10.1145/2063384.2063405
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import bit_function, bit_kernel
from disca_nb.kernels._types import FloatArray
from disca_nb.kernels.vector_math import cos_sin_turns, log, unit_interval

__all__ = ["philox4x32", "standard_normals"]

# Every 32-bit word is held in a uint64: products then never overflow, in compiled code or not.
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_ROUNDS = 10


@bit_function
def philox4x32(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return four random 32-bit words for a 128-bit counter and a 64-bit key.

    Parameters
    ----------
    c0, c1, c2, c3 : numpy.uint64
        Words of the counter, each below 2**32.
    k0, k1 : numpy.uint64
        Words of the key, each below 2**32.

    Returns
    -------
    tuple of numpy.uint64
        Four words, each below 2**32.

    References
    ----------
    Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405
    """
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@bit_kernel
def standard_normals(seed: np.uint64, key: np.uint64, pass_id: np.uint64, out: FloatArray) -> None:
    """Fill ``out`` with standard normals that depend on (seed, key, pass_id) and its size alone.

    Four words make four normals by the Box-Muller transform; a word w becomes the uniform
    number (w + 1/2) / 2**32, so no normal is beyond 6.8 in size.

    Parameters
    ----------
    seed, key, pass_id : numpy.uint64
        The user's seed, the cell's key and the number of the pass (below 2**32).
    out : numpy.ndarray, shape (n,)
        Where the normals go, float64; n is a multiple of 4.

    References
    ----------
    Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645
    """
    n = out.size // 4
    # That all words are below 2**32 is said once more, as then a product is one instruction.
    low, high, key_low, key_high = seed & _LOW, seed >> _HALF, key & _LOW, key >> _HALF
    pass_id &= _LOW
    # The first half of the room takes what becomes radii, the second what becomes angles.
    for i in range(n):
        w0, w1, w2, w3 = philox4x32(np.uint64(i) & _LOW, pass_id, low, high, key_low, key_high)
        out[i], out[n + i] = unit_interval(w0), unit_interval(w2)
        out[2 * n + i], out[3 * n + i] = unit_interval(w1), unit_interval(w3)
    half = 2 * n
    for i in range(half):
        radius = math.sqrt(-2.0 * log(out[i]))
        cosine, sine = cos_sin_turns(out[half + i])
        out[i] = radius * cosine
        out[half + i] = radius * sine
