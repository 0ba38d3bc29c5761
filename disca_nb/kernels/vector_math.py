"""Powers, exponentials and logarithms that the compiler can vectorise.

The wheels of Numba call the C library for ``exp``, ``log`` and ``**``, one number at a time. The
functions here are polynomials on the bit pattern of a float64, without calls and branches, so
that a loop over them runs on whole vector registers. Compared with exact values `power` is within
4 units in the last place on [1e-12, 1e3] and within 1e-15 below.

Coefficients interpolate at Chebyshev nodes (computed with 250 bits); the relative error of each
polynomial stands beside it. Arguments must be finite: infinities and NaN give numbers without
meaning, so callers set such cells aside beforehand.
"""

from __future__ import annotations

import math

import numpy as np

from disca_nb._accelerate import JIT_DISABLED, bit_function
from disca_nb.kernels.machine import bits, fused, number, polynomial

__all__ = ["cos_sin_turns", "exp2", "log", "power", "unit_interval"]

# Adding this number rounds to a whole one and leaves that in the low bits of the sum.
_ROUND = 1.5 * 2.0**52
# A whole number below 2**52 in the low bits of this pattern reads as 2**52 plus the number.
_WHOLE = np.uint64(0x4330000000000000)
_TWO_52 = 2.0**52
_EXPONENT = np.uint64(52)
_ONE = np.uint64(1023 << 52)
# Bits of sqrt(1/2): subtracting them makes the mantissa run from sqrt(1/2) to sqrt(2).
_HALF_ROOT = np.uint64(0x3FE6A09E667F3BCD)
_OFFSET = np.uint64(1024 << 52)
_SIGN = np.uint64(62)
_BIT, _NEXT_BIT = np.uint64(1), np.uint64(2)
_LN_2 = math.log(2.0)


# log2(m) = f P(f**2) with f = (m - 1) / (m + 1), relative error 2.0e-16
_LOG2 = (
    2.885390081777927,
    0.9617966939243345,
    0.5770780172463286,
    0.4121984020482752,
    0.32061638813224547,
    0.2614442493522915,
    0.2429160853987535,
)
# 2**r for r between -1/2 and 1/2 (and a little beyond), relative error 1.1e-17
_EXP2 = (
    1.0,
    0.6931471805599453,
    0.24022650695910158,
    0.055504108664821625,
    0.009618129107587256,
    0.001333355814640647,
    0.00015403530463724353,
    1.5252733841556773e-05,
    1.3215432535912375e-06,
    1.0178057087733941e-07,
    7.074194297288521e-09,
    4.4558179083360645e-10,
)
# sin(2 pi r) = r P(r**2) for r between -1/8 and 1/8, relative error 3.9e-17
_SIN = (
    6.283185307179586,
    -41.341702240399634,
    81.60524927594804,
    -76.70585970427454,
    42.058685020160894,
    -15.093804209987114,
    3.7808689593022957,
)
# cos(2 pi r) = P(r**2), relative error 1.3e-16
_COS = (
    1.0,
    -19.73920880217842,
    64.93939402236538,
    -85.45681709034115,
    60.24462008593029,
    -26.42425703488269,
    7.810290968144191,
)


@bit_function
def _exponent_and_ratio(x: float) -> tuple[float, float]:
    """Return e and f = (m - 1) / (m + 1) with x = m 2**e and m between sqrt(1/2) and sqrt(2)."""
    pattern = bits(x)
    shifted = (pattern - _HALF_ROOT + _OFFSET) >> _EXPONENT
    mantissa = number(pattern - ((shifted << _EXPONENT) - _OFFSET))
    exponent = number(shifted | _WHOLE) - (_TWO_52 + 1024.0)
    return exponent, (mantissa - 1.0) / (mantissa + 1.0)


@bit_function
def _scaled_exp2(r: float, rounded: float) -> float:
    """Return 2 to the power of r and of the whole number that ``rounded`` holds."""
    return polynomial(r, _EXP2) * number((bits(rounded) << _EXPONENT) + _ONE)


@bit_function
def power(x: float, alpha: float) -> float:
    """Return ``x ** alpha`` for 0 <= x < 2**1000 and alpha in (0, 1].

    Zero and subnormal numbers give a positive number below 1e-60 for alpha of at least 0.2.

    Parameters
    ----------
    x : float
        Base.
    alpha : float
        Power.

    Returns
    -------
    float
        The power.
    """
    exponent, f = _exponent_and_ratio(x)
    # The whole part needs no more than the first term of the logarithm, and so does not wait for
    # the others; what it misses is left in the rest, which a fused operation rounds once.
    part = alpha * f
    rounded = fused(part, _LOG2[0], alpha * exponent) + _ROUND
    rest = fused(alpha, exponent, _ROUND - rounded)
    return _scaled_exp2(fused(part, polynomial(f * f, _LOG2), rest), rounded)


@bit_function
def exp2(x: float) -> float:
    """Return ``2 ** x`` for x between -1000 and 1000."""
    rounded = x + _ROUND
    return _scaled_exp2(x - (rounded - _ROUND), rounded)


@bit_function
def log(x: float) -> float:
    """Return the natural logarithm of a positive normal number."""
    exponent, f = _exponent_and_ratio(x)
    return _LN_2 * fused(f, polynomial(f * f, _LOG2), exponent)


@bit_function
def unit_interval(word: np.uint64) -> float:
    """Return (word + 1/2) / 2**32, a number in (0, 1), for a 32-bit word."""
    return (number(word | _WHOLE) - _TWO_52 + 0.5) * 2.0**-32


@bit_function
def cos_sin_turns(u: float) -> tuple[float, float]:
    """Return the cosine and sine of ``u`` turns, for u in [0, 1]."""
    rounded = 4.0 * u + _ROUND
    r = u - 0.25 * (rounded - _ROUND)
    sine = polynomial(r * r, _SIN) * r
    cosine = polynomial(r * r, _COS)
    # The quarter turn says which of the two is which, and their signs.
    quarter = bits(rounded)
    swapped = (quarter & _BIT) != 0
    first = sine if swapped else cosine
    second = cosine if swapped else sine
    first_sign = ((quarter + _BIT) & _NEXT_BIT) << _SIGN
    second_sign = (quarter & _NEXT_BIT) << _SIGN
    return number(bits(first) ^ first_sign), number(bits(second) ^ second_sign)


if JIT_DISABLED:
    # As plain Python the bit patterns would be slow and would warn of wrapping around.
    def power(x: float, alpha: float) -> float:  # noqa: D103
        return float(x**alpha)

    def exp2(x: float) -> float:  # noqa: D103
        return float(2.0**x)

    def log(x: float) -> float:  # noqa: D103
        return math.log(x)

    def unit_interval(word: np.uint64) -> float:  # noqa: D103
        return (float(word) + 0.5) * 2.0**-32

    def cos_sin_turns(u: float) -> tuple[float, float]:  # noqa: D103
        return math.cos(2.0 * math.pi * u), math.sin(2.0 * math.pi * u)
