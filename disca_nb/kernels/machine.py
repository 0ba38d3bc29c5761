"""Machine arithmetic that Numba's Python cannot spell: bit patterns, and polynomials in pairs.

Each of these becomes a few instructions where it stands, without a function of its own that would
have to be compiled. Only kernels can call them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

__all__ = ["bits", "fused", "number", "polynomial"]

# A product and a sum may become one operation, as in `disca_nb._accelerate.bit_kernel`.
_FLAGS = ("nsz", "contract")
# The type of what an intrinsic returns, and the function that writes its code with LLVM's builder.
_Intrinsic: TypeAlias = tuple[Any, Callable[..., Any]]


def _bits(_: object, x: object) -> _Intrinsic:  # noqa: ARG001 - Numba counts the arguments
    def code(context: Any, builder: Any, _: object, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], context.get_value_type(types.uint64))

    return types.uint64(types.float64), code


def _number(_: object, pattern: object) -> _Intrinsic:  # noqa: ARG001
    def code(context: Any, builder: Any, _: object, arguments: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.uint64), code


def _fused(_: object, a: object, b: object, c: object) -> _Intrinsic:  # noqa: ARG001
    def code(_context: object, builder: Any, _: object, arguments: Any) -> Any:  # noqa: ANN401
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), code


def _polynomial(_: object, x: object, coefficients: Any) -> _Intrinsic:  # noqa: ANN401, ARG001
    def code(_context: object, builder: Any, _: object, arguments: Any) -> Any:  # noqa: ANN401
        power, table = arguments
        terms = [builder.extract_value(table, i) for i in range(len(coefficients))]
        while len(terms) > 1:
            products = [builder.fmul(term, power, flags=_FLAGS) for term in terms[1::2]]
            pairs = zip(terms[::2], products, strict=False)
            left_over = terms[2 * len(products) :]
            terms = [builder.fadd(*pair, flags=_FLAGS) for pair in pairs] + left_over
            power = builder.fmul(power, power, flags=_FLAGS)
        return terms[0]

    return types.float64(types.float64, coefficients), code


bits = cast("Callable[[float], np.uint64]", intrinsic(_bits))
"""Return the bit pattern of a float64."""

number = cast("Callable[[np.uint64], float]", intrinsic(_number))
"""Return the float64 that has a bit pattern."""

fused = cast("Callable[[float, float, float], float]", intrinsic(_fused))
"""Return ``a * b + c``, rounded once."""

polynomial = cast("Callable[[float, tuple[float, ...]], float]", intrinsic(_polynomial))
"""Return the sum of ``coefficients[i] * x**i``, for a constant tuple of float64.

Terms are added in pairs (Estrin's scheme) rather than one after the other (Horner's), as the
processor then has several sums under way.
"""
